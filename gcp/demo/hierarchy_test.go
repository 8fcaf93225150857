package demo

import (
	"strings"
	"testing"
	"testing/synctest"

	"cloud.google.com/go/iam/apiv1/iampb"
	iamv2pb "cloud.google.com/go/iam/apiv2/iampb"
	troubleshooterpb "cloud.google.com/go/policytroubleshooter/iam/apiv3/iampb"
	"cloud.google.com/go/resourcemanager/apiv3/resourcemanagerpb"
	"google.golang.org/genproto/googleapis/type/expr"
	"google.golang.org/grpc/codes"
)

func TestResourceManagerRefuses(t *testing.T) {
	project := func(name string) func(clients) error {
		return func(c clients) error {
			_, err := resourcemanagerpb.NewProjectsClient(c.bare).GetProject(c.ctx, &resourcemanagerpb.GetProjectRequest{Name: name})
			return err
		}
	}
	folder := func(name string) func(clients) error {
		return func(c clients) error {
			_, err := resourcemanagerpb.NewFoldersClient(c.bare).GetFolder(c.ctx, &resourcemanagerpb.GetFolderRequest{Name: name})
			return err
		}
	}
	org := func(name string) func(clients) error {
		return func(c clients) error {
			_, err := resourcemanagerpb.NewOrganizationsClient(c.bare).GetOrganization(c.ctx, &resourcemanagerpb.GetOrganizationRequest{Name: name})
			return err
		}
	}
	policy := func(kind, name string, version int32) func(clients) error {
		return func(c clients) error {
			req := &iampb.GetIamPolicyRequest{Resource: name, Options: &iampb.GetPolicyOptions{RequestedPolicyVersion: version}}
			var err error
			switch kind {
			case "projects":
				_, err = resourcemanagerpb.NewProjectsClient(c.bare).GetIamPolicy(c.ctx, req)
			case "folders":
				_, err = resourcemanagerpb.NewFoldersClient(c.bare).GetIamPolicy(c.ctx, req)
			default:
				_, err = resourcemanagerpb.NewOrganizationsClient(c.bare).GetIamPolicy(c.ctx, req)
			}
			return err
		}
	}
	search := func(req *resourcemanagerpb.SearchProjectsRequest) func(clients) error {
		return func(c clients) error {
			_, err := resourcemanagerpb.NewProjectsClient(c.bare).SearchProjects(c.ctx, req)
			return err
		}
	}
	ask(t, []row{
		{"the project is read", project("projects/acme-prod"), codes.OK},
		{"by its number too", project("projects/424242424242"), codes.OK},
		{"a project that is not there may as well be forbidden", project("projects/nowhere"), codes.PermissionDenied},
		{"a project by its id alone", project("acme-prod"), codes.InvalidArgument},
		{"a folder as a project", project(shopsFolder), codes.InvalidArgument},
		{"something in a project", project("projects/acme-prod/locations/x"), codes.InvalidArgument},
		{"the folder is read", folder(shopsFolder), codes.OK},
		{"a folder by its name", folder("folders/Shops"), codes.InvalidArgument},
		{"a folder that is not there", folder("folders/1"), codes.PermissionDenied},
		{"the organisation is read", org(organization), codes.OK},
		{"an organisation by its domain", org("organizations/acme.example"), codes.InvalidArgument},
		{"another organisation", org("organizations/1"), codes.PermissionDenied},

		{"the project's policy", policy("projects", "projects/acme-prod", 3), codes.OK},
		{"the folder's policy", policy("folders", shopsFolder, 3), codes.OK},
		{"the organisation's policy, which nobody on call may read", policy("organizations", organization, 3), codes.PermissionDenied},
		{"a policy at version 2", policy("folders", shopsFolder, 2), codes.InvalidArgument},
		{"a project's policy asked of folders", policy("folders", "projects/acme-prod", 3), codes.InvalidArgument},
		{"the policy of a project that is not there", policy("projects", "projects/nowhere", 3), codes.PermissionDenied},

		{"all projects", search(&resourcemanagerpb.SearchProjectsRequest{}), codes.OK},
		{"those whose name begins so", search(&resourcemanagerpb.SearchProjectsRequest{Query: "name:acme* id:acme*"}), codes.OK},
		{"a term without a field", search(&resourcemanagerpb.SearchProjectsRequest{Query: "acme"}), codes.InvalidArgument},
		{"a field that is none", search(&resourcemanagerpb.SearchProjectsRequest{Query: "colour:red"}), codes.InvalidArgument},
		{"quotes", search(&resourcemanagerpb.SearchProjectsRequest{Query: `name:"acme"`}), codes.InvalidArgument},
		{"less than nothing", search(&resourcemanagerpb.SearchProjectsRequest{PageSize: -1}), codes.InvalidArgument},
		{"a page token that nobody gave", search(&resourcemanagerpb.SearchProjectsRequest{PageToken: "bm90IGEgdG9rZW4"}), codes.InvalidArgument},
		{"a change", func(c clients) error {
			_, err := resourcemanagerpb.NewProjectsClient(c.bare).SetIamPolicy(c.ctx, &iampb.SetIamPolicyRequest{Resource: "projects/acme-prod"})
			return err
		}, codes.Unimplemented},
	})
}

func TestDenyPoliciesRefuse(t *testing.T) {
	const (
		at       = "policies/cloudresourcemanager.googleapis.com%2Fprojects%2F"
		ofFolder = "policies/cloudresourcemanager.googleapis.com%2Ffolders%2F710000000042/denypolicies"
		ofAcme   = "policies/cloudresourcemanager.googleapis.com%2Forganizations%2F900000000042/denypolicies"
	)
	list := func(parent, token string) func(clients) error {
		return func(c clients) error {
			_, err := iamv2pb.NewPoliciesClient(c.bare).ListPolicies(c.ctx, &iamv2pb.ListPoliciesRequest{Parent: parent, PageToken: token})
			return err
		}
	}
	get := func(name string) func(clients) error {
		return func(c clients) error {
			_, err := iamv2pb.NewPoliciesClient(c.bare).GetPolicy(c.ctx, &iamv2pb.GetPolicyRequest{Name: name})
			return err
		}
	}
	ask(t, []row{
		{"those of the project", list(at+"acme-prod/denypolicies", ""), codes.OK},
		{"by its number too", list(at+"424242424242/denypolicies", ""), codes.OK},
		{"those of the folder", list(ofFolder, ""), codes.OK},
		{"those of the organisation, which nobody on call may list", list(ofAcme, ""), codes.PermissionDenied},
		{"those of another project", list(at+"nowhere/denypolicies", ""), codes.PermissionDenied},
		{"another kind of policy", list(at+"acme-prod/allowpolicies", ""), codes.InvalidArgument},
		{"an attachment point that is not escaped", list("policies/cloudresourcemanager.googleapis.com/projects/acme-prod/denypolicies", ""), codes.InvalidArgument},
		{"an attachment point of another API", list("policies/run.googleapis.com%2Fprojects%2Facme-prod/denypolicies", ""), codes.InvalidArgument},
		{"a page token that nobody gave", list(ofFolder, "bm90IGEgdG9rZW4"), codes.InvalidArgument},
		{"one of them", get(at + "acme-prod/denypolicies/quarantine"), codes.OK},
		{"one that is not there", get(at + "acme-prod/denypolicies/none"), codes.NotFound},
		{"a name that is none", get("quarantine"), codes.InvalidArgument},
	})
}

func TestDenyPoliciesAreListedWithoutTheirRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		policies := iamv2pb.NewPoliciesClient(c.bare)
		l, err := policies.ListPolicies(c.ctx, &iamv2pb.ListPoliciesRequest{Parent: "policies/cloudresourcemanager.googleapis.com%2Fprojects%2Facme-prod/denypolicies"})
		if err != nil || len(l.Policies) != 1 || len(l.Policies[0].Rules) > 0 {
			t.Fatalf("%v, %v", err, l)
		}
		if n := l.Policies[0].Name; !strings.Contains(n, "%2F424242424242/") {
			t.Errorf("a project has its number in the answer: %s", n)
		}
		p, err := policies.GetPolicy(c.ctx, &iamv2pb.GetPolicyRequest{Name: l.Policies[0].Name})
		if err != nil || len(p.Rules) != 1 {
			t.Errorf("%v, %v", err, p)
		}
		c.SetDenyPolicy("projects/acme-prod", Denying("quarantine"))
		if _, err := policies.GetPolicy(c.ctx, &iamv2pb.GetPolicyRequest{Name: p.Name}); err == nil {
			t.Error("one without rules is taken away")
		}
	})
}

func TestLevelPoliciesHideConditionsBelowVersion3(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		b := bind("roles/run.invoker", "user:ada@acme.example")
		b.Condition = &expr.Expr{Expression: "true"}
		c.SetLevelPolicy(shopsFolder, b)
		for version, want := range map[int32]string{1: "roles/run.invoker_withcond_", 3: "roles/run.invoker"} {
			p, err := resourcemanagerpb.NewFoldersClient(c.bare).GetIamPolicy(c.ctx, &iampb.GetIamPolicyRequest{
				Resource: shopsFolder, Options: &iampb.GetPolicyOptions{RequestedPolicyVersion: version},
			})
			if err != nil || len(p.Bindings) != 1 || !strings.HasPrefix(p.Bindings[0].Role, want) || (p.Bindings[0].Condition != nil) != (version == 3) {
				t.Errorf("version %d: %v, %v", version, err, p)
			}
		}
	})
}

func TestTroubleshooterRefuses(t *testing.T) {
	of := func(principal, resource, permission string) func(clients) error {
		return func(c clients) error {
			_, err := troubleshooterpb.NewPolicyTroubleshooterClient(c.bare).TroubleshootIamPolicy(c.ctx, &troubleshooterpb.TroubleshootIamPolicyRequest{
				AccessTuple: &troubleshooterpb.AccessTuple{Principal: principal, FullResourceName: resource, Permission: permission},
			})
			return err
		}
	}
	ask(t, []row{
		{"an account and a service", of("ada@acme.example", "//run.googleapis.com/"+shop, invokeRun), codes.OK},
		{"the permission in its second form", of("ada@acme.example", "//run.googleapis.com/"+shop, "run.googleapis.com/routes.invoke"), codes.OK},
		{"another permission", of("ada@acme.example", "//run.googleapis.com/"+shop, "run.routes.fly"), codes.InvalidArgument},
		{"a member in place of an address", of("user:ada@acme.example", "//run.googleapis.com/"+shop, invokeRun), codes.InvalidArgument},
		{"no address", of("ada", "//run.googleapis.com/"+shop, invokeRun), codes.InvalidArgument},
		{"a name that is not full", of("ada@acme.example", shop, invokeRun), codes.InvalidArgument},
		{"a service that is not there", of("ada@acme.example", "//run.googleapis.com/"+europe+"/services/none", invokeRun), codes.NotFound},
		{"a project that is not there", of("ada@acme.example", "//run.googleapis.com/projects/other/locations/europe-west1/services/x", invokeRun), codes.PermissionDenied},
	})
}
