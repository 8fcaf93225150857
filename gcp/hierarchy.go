package gcp

import (
	"context"
	"io"

	"cloud.google.com/go/iam/apiv1/iampb"
	iamv2 "cloud.google.com/go/iam/apiv2"
	iamv2pb "cloud.google.com/go/iam/apiv2/iampb"
	troubleshooter "cloud.google.com/go/policytroubleshooter/iam/apiv3"
	troubleshooterpb "cloud.google.com/go/policytroubleshooter/iam/apiv3/iampb"
	resourcemanager "cloud.google.com/go/resourcemanager/apiv3"
	"cloud.google.com/go/resourcemanager/apiv3/resourcemanagerpb"
	"github.com/googleapis/gax-go/v2"
	"google.golang.org/api/option"
)

// ask is one method of one of Google's clients.
type ask[Q, A any] func(context.Context, Q, ...gax.CallOption) (A, error)

// once asks with the deadline and the retries of every call.
func (a ask[Q, A]) once(ctx context.Context, question Q) (A, error) {
	return once(ctx, callTime, func(ctx context.Context, opts ...gax.CallOption) (A, error) { return a(ctx, question, opts...) })
}

// hierarchy are the calls about what is above a service. The clients themselves are no fields: nothing here has a use for the
// rest of their methods, of which most change things.
type hierarchy struct {
	project      ask[*resourcemanagerpb.GetProjectRequest, *resourcemanagerpb.Project]
	projects     ask[*resourcemanagerpb.SearchProjectsRequest, *resourcemanagerpb.SearchProjectsResponse] // one page
	folder       ask[*resourcemanagerpb.GetFolderRequest, *resourcemanagerpb.Folder]
	organization ask[*resourcemanagerpb.GetOrganizationRequest, *resourcemanagerpb.Organization]

	projectPolicy, folderPolicy, organizationPolicy ask[*iampb.GetIamPolicyRequest, *iampb.Policy]

	denials ask[*iamv2pb.ListPoliciesRequest, *iamv2pb.ListPoliciesResponse] // one page
	denial  ask[*iamv2pb.GetPolicyRequest, *iamv2pb.Policy]

	troubleshoot ask[*troubleshooterpb.TroubleshootIamPolicyRequest, *troubleshooterpb.TroubleshootIamPolicyResponse]

	open []io.Closer // the clients that were made
}

func (h *hierarchy) dial(ctx context.Context, manager, iam, troubleshoot []option.ClientOption) error {
	if err := h.dialManager(ctx, manager); err != nil {
		return failure("make the Resource Manager client", "", "", "", err)
	}
	policies, err := iamv2.NewPoliciesClient(ctx, iam...)
	if err != nil {
		return failure("make the IAM client", "", "", "", err)
	}
	h.open = append(h.open, closing(policies.Close))
	h.denial = policies.GetPolicy
	h.denials = func(ctx context.Context, req *iamv2pb.ListPoliciesRequest, opts ...gax.CallOption) (*iamv2pb.ListPoliciesResponse, error) {
		it := policies.ListPolicies(ctx, req, opts...)
		if _, _, err := it.InternalFetch(0, req.PageToken); err != nil {
			return nil, err
		}
		return it.Response.(*iamv2pb.ListPoliciesResponse), nil
	}
	shooter, err := troubleshooter.NewPolicyTroubleshooterClient(ctx, troubleshoot...)
	if err != nil {
		return failure("make the Policy Troubleshooter client", "", "", "", err)
	}
	h.open = append(h.open, closing(shooter.Close))
	h.troubleshoot = shooter.TroubleshootIamPolicy
	return nil
}

func (h *hierarchy) dialManager(ctx context.Context, opts []option.ClientOption) error {
	projects, err := resourcemanager.NewProjectsClient(ctx, opts...)
	if err != nil {
		return err
	}
	h.open = append(h.open, closing(projects.Close))
	h.project, h.projectPolicy = projects.GetProject, projects.GetIamPolicy
	h.projects = func(ctx context.Context, req *resourcemanagerpb.SearchProjectsRequest, opts ...gax.CallOption) (*resourcemanagerpb.SearchProjectsResponse, error) {
		it := projects.SearchProjects(ctx, req, opts...)
		if _, _, err := it.InternalFetch(int(req.PageSize), req.PageToken); err != nil {
			return nil, err
		}
		return it.Response.(*resourcemanagerpb.SearchProjectsResponse), nil
	}
	folders, err := resourcemanager.NewFoldersClient(ctx, opts...)
	if err != nil {
		return err
	}
	h.open = append(h.open, closing(folders.Close))
	h.folder, h.folderPolicy = folders.GetFolder, folders.GetIamPolicy
	organizations, err := resourcemanager.NewOrganizationsClient(ctx, opts...)
	if err != nil {
		return err
	}
	h.open = append(h.open, closing(organizations.Close))
	h.organization, h.organizationPolicy = organizations.GetOrganization, organizations.GetIamPolicy
	return nil
}

// closing is the Close of a client.
type closing func() error

func (c closing) Close() error { return c() }
