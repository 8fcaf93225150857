package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"cloud.google.com/go/iam/admin/apiv1/adminpb"
	"cloud.google.com/go/iam/apiv1/iampb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

type iamServer struct {
	adminpb.UnimplementedIAMServer
	c *Cloud
}

// GetRole reads predefined roles and the projects' own; those of an organisation are denied, as for most people on call.
func (s *iamServer) GetRole(ctx context.Context, req *adminpb.GetRoleRequest) (*adminpb.Role, error) {
	p := strings.Split(req.Name, "/")
	predefined := len(p) == 2 && p[0] == "roles"
	custom := len(p) == 4 && p[2] == "roles" && (p[0] == "projects" || p[0] == "organizations")
	switch {
	case !predefined && !custom || p[len(p)-1] == "":
		return nil, invalid("The role name must be in the form \"roles/{role}\", \"organizations/{organization_id}/roles/{role}\", or " +
			"\"projects/{project_id}/roles/{role}\".")
	case custom && !s.c.mine(p[0]+"/"+p[1]):
		return nil, status.Errorf(codes.PermissionDenied, "You don't have permission to get the role at %s.", req.Name)
	}
	s.c.world.mu.Lock()
	defer s.c.world.mu.Unlock()
	r, ok := s.c.world.roles[req.Name]
	if !ok {
		return nil, notFound("The role named %s was not found.", req.Name)
	}
	return r, nil
}

// mine says whether a name is one of the projects.
func (c *Cloud) mine(name string) bool {
	_, err := c.ours(name)
	return err == nil
}

// predefined are roles with a few of their permissions: those that tell whether they let a caller in, and those that name them.
func predefined() map[string]*adminpb.Role {
	const invoke = "run.routes.invoke"
	roles := map[string]*adminpb.Role{}
	add := func(name, title string, permissions ...string) {
		roles[name] = &adminpb.Role{
			Name: name, Title: title, IncludedPermissions: permissions,
			Stage: adminpb.Role_GA, Etag: []byte("AA=="),
		}
	}
	add("roles/run.invoker", "Cloud Run Invoker", "run.jobs.run", invoke)
	add("roles/run.servicesInvoker", "Cloud Run Service Invoker", invoke)
	add("roles/run.admin", "Cloud Run Admin", invoke, "run.services.get", "run.services.list", "run.services.setIamPolicy")
	add("roles/run.editor", "Cloud Run Editor", invoke, "run.services.get", "run.services.list", "run.services.update")
	add("roles/run.developer", "Cloud Run Developer", invoke, "run.services.get", "run.services.list", "run.services.update")
	add("roles/run.sourceDeveloper", "Cloud Run Source Developer", invoke, "run.services.get", "run.services.update")
	add("roles/run.viewer", "Cloud Run Viewer", "run.services.get", "run.services.getIamPolicy", "run.services.list")
	add("roles/run.jobsExecutor", "Cloud Run Jobs Executor", "run.jobs.run")
	add("roles/owner", "Owner", invoke, "run.services.get", "run.services.setIamPolicy")
	add("roles/editor", "Editor", invoke, "run.services.get", "run.services.update")
	add("roles/viewer", "Viewer", "run.services.get", "run.services.list")
	add("roles/cloudfunctions.admin", "Cloud Functions Admin", "cloudfunctions.functions.invoke", invoke)
	add("roles/cloudfunctions.developer", "Cloud Functions Developer", "cloudfunctions.functions.invoke", invoke)
	add("roles/cloudfunctions.editor", "Cloud Functions Editor", "cloudfunctions.functions.invoke", invoke)
	add("roles/cloudfunctions.invoker", "Cloud Functions Invoker", "cloudfunctions.functions.invoke")
	for _, n := range []string{"firebase.admin", "firebase.developAdmin", "iam.dataScientist", "iam.devOps", "iam.mlEngineer"} {
		add("roles/"+n, n, invoke, "resourcemanager.projects.get")
	}
	add("roles/iap.httpsResourceAccessor", "IAP-secured Web App User", "iap.webServiceVersions.accessViaIAP")
	add("projects/"+project+"/roles/edgeCaller", "Edge Caller", invoke, "run.services.get")
	add("projects/"+project+"/roles/auditor", "Auditor", "run.services.get", "run.services.getIamPolicy")
	return roles
}

// policyOf is a policy at a version. Without version 3 a conditional binding comes back without its condition, under a role name
// that no one can mistake for a role.
func (c *Cloud) policyOf(name string, version int32) (*iampb.Policy, error) {
	if version != 0 && version != 1 && version != 3 {
		return nil, invalid("Requested policy version %d is invalid: it must be 0, 1 or 3.", version)
	}
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	p, ok := c.world.policies[name]
	if !ok {
		return &iampb.Policy{Etag: []byte("ACAB")}, nil
	}
	if p.Version < 3 || version == 3 {
		return p, nil
	}
	p = proto.Clone(p).(*iampb.Policy)
	p.Version = 1
	for _, b := range p.Bindings {
		if b.Condition != nil {
			sum := sha256.Sum256([]byte(b.Condition.Expression))
			b.Role += "_withcond_" + hex.EncodeToString(sum[:10])
			b.Condition = nil
		}
	}
	return p, nil
}
