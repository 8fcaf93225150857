package demo

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	iamv2pb "cloud.google.com/go/iam/apiv2/iampb"
	"google.golang.org/protobuf/proto"
)

type denialsServer struct {
	iamv2pb.UnimplementedPoliciesServer
	c *Cloud
}

// quarantine is the story's deny policy: somebody took an account out of use and left its grants where they are.
func quarantine() *iamv2pb.Policy {
	return Denying("quarantine", &iamv2pb.DenyRule{
		DeniedPrincipals:  []string{"principal://iam.googleapis.com/projects/-/serviceAccounts/" + address("edge-monitor")},
		DeniedPermissions: []string{"run.googleapis.com/routes.invoke", "run.googleapis.com/jobs.run"},
	})
}

// Denying is a deny policy with the rules given, to attach with SetDenyPolicy.
func Denying(id string, rules ...*iamv2pb.DenyRule) *iamv2pb.Policy {
	p := &iamv2pb.Policy{Name: id, Kind: "DenyPolicy", DisplayName: id, Etag: "MTc0ZGVtbw=="}
	for _, r := range rules {
		p.Rules = append(p.Rules, &iamv2pb.PolicyRule{Kind: &iamv2pb.PolicyRule_DenyRule{DenyRule: r}})
	}
	return p
}

// SetDenyPolicy attaches a deny policy to a project, a folder or an organisation, or replaces the one of the same id; without
// rules it is taken away.
func (c *Cloud) SetDenyPolicy(on string, p *iamv2pb.Policy) {
	b, err := c.branch(on, "")
	if err != nil {
		return
	}
	p = proto.Clone(p).(*iamv2pb.Policy)
	p.Name = denypolicies(b.name) + "/" + p.Name
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	c.world.denials[p.Name] = p
	if len(p.Rules) == 0 {
		delete(c.world.denials, p.Name)
	}
}

// attachment reads "policies/ATTACHMENT/denypolicies" and gives the same with the number of the project in it.
func (c *Cloud) attachment(name, permission string) (string, error) {
	p := strings.Split(name, "/")
	if len(p) != 3 || p[0] != "policies" || p[2] != "denypolicies" {
		return "", invalid("The policy name '%s' is not of the form policies/{attachment_point}/denypolicies.", name)
	}
	whole, err := url.PathUnescape(p[1])
	on, ok := strings.CutPrefix(whole, "cloudresourcemanager.googleapis.com/")
	if err != nil || !ok {
		return "", invalid("The attachment point '%s' is not valid.", p[1])
	}
	b, err := c.branch(on, permission)
	if err != nil {
		return "", err
	}
	return denypolicies(b.name), nil
}

// ListPolicies leaves the rules out, as its reference says.
func (s denialsServer) ListPolicies(ctx context.Context, req *iamv2pb.ListPoliciesRequest) (*iamv2pb.ListPoliciesResponse, error) {
	parent, err := s.c.attachment(req.Parent, "iam.denypolicies.list")
	if err != nil {
		return nil, err
	}
	const most = 1000 // whatever the request says, says the reference
	found, next, err := take(s.c, s.c.denialsIn(parent), (*iamv2pb.Policy).GetName, req.PageToken, scopeOf("denypolicies", parent), most, most)
	if err != nil {
		return nil, err
	}
	for _, p := range found {
		p.Rules = nil
	}
	return &iamv2pb.ListPoliciesResponse{Policies: found, NextPageToken: next}, nil
}

// denialsOf are copies of the deny policies of a branch, by name.
func (c *Cloud) denialsOf(branch string) []*iamv2pb.Policy { return c.denialsIn(denypolicies(branch)) }

// denypolicies is the name under which the deny policies of a branch are.
func denypolicies(branch string) string {
	return "policies/" + url.PathEscape("cloudresourcemanager.googleapis.com/"+branch) + "/denypolicies"
}

func (c *Cloud) denialsIn(parent string) (found []*iamv2pb.Policy) {
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	for _, n := range slices.Sorted(maps.Keys(c.world.denials)) {
		if strings.HasPrefix(n, parent+"/") {
			found = append(found, proto.Clone(c.world.denials[n]).(*iamv2pb.Policy))
		}
	}
	return found
}

func (s denialsServer) GetPolicy(ctx context.Context, req *iamv2pb.GetPolicyRequest) (*iamv2pb.Policy, error) {
	i := strings.LastIndexByte(req.Name, '/')
	if i < 0 {
		return nil, invalid("The policy name '%s' is not valid.", req.Name)
	}
	parent, err := s.c.attachment(req.Name[:i], "iam.denypolicies.get")
	if err != nil {
		return nil, err
	}
	p := s.c.denial(parent + req.Name[i:])
	if p == nil {
		return nil, notFound("The policy '%s' was not found.", req.Name)
	}
	return p, nil
}

// denial is a copy of a deny policy by its whole name, nil where there is none.
func (c *Cloud) denial(name string) *iamv2pb.Policy {
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	p, ok := c.world.denials[name]
	if !ok {
		return nil
	}
	return proto.Clone(p).(*iamv2pb.Policy)
}
