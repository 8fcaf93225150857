package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/run/apiv2/runpb"
	"google.golang.org/genproto/googleapis/cloud/location"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// mostServices is the largest page of services, and a request that names no size gets 100. The documentation names neither.
const mostServices = 1000

type runServer struct {
	runpb.UnimplementedServicesServer
	c *Cloud
}

type locationsServer struct {
	location.UnimplementedLocationsServer
	c *Cloud
}

func (s *locationsServer) ListLocations(ctx context.Context, req *location.ListLocationsRequest) (*location.ListLocationsResponse, error) {
	if err := ours(req.Name); err != nil {
		return nil, err
	}
	if req.PageSize < 0 || req.PageSize > mostServices {
		return nil, invalid("page_size %d is not between 0 and %d.", req.PageSize, mostServices)
	}
	if req.Filter != "" {
		return nil, invalid("A filter is not supported for locations.")
	}
	names, next, err := take(s.c, regions(), func(r [2]string) string { return r[0] },
		req.PageToken, scopeOf("locations", req.Name), int(req.PageSize), 100)
	if err != nil {
		return nil, err
	}
	out := &location.ListLocationsResponse{NextPageToken: next}
	for _, n := range names {
		out.Locations = append(out.Locations, &location.Location{
			Name:       "projects/" + project + "/locations/" + n[0],
			LocationId: n[0],
			Labels:     map[string]string{"cloud.googleapis.com/region": n[0]},
		})
	}
	return out, nil
}

func (s runServer) ListServices(ctx context.Context, req *runpb.ListServicesRequest) (*runpb.ListServicesResponse, error) {
	parent, err := regionName(req.Parent)
	if err != nil {
		return nil, err
	}
	if req.PageSize < 0 || req.PageSize > mostServices {
		return nil, invalid("page_size %d is not between 0 and %d.", req.PageSize, mostServices)
	}
	size := int(req.PageSize)
	if size == 0 {
		size = 100
	}
	found, next, err := take(s.c, s.c.servicesIn(parent), func(v *runpb.Service) string { return v.Name },
		req.PageToken, scopeOf("services", parent), size, mostServices)
	if err != nil {
		return nil, err
	}
	return &runpb.ListServicesResponse{Services: found, NextPageToken: next}, nil
}

func (s runServer) GetService(ctx context.Context, req *runpb.GetServiceRequest) (*runpb.Service, error) {
	name, err := serviceName(req.Name)
	if err != nil {
		return nil, err
	}
	v, ok := s.c.service(name)
	if !ok {
		return nil, notFound("Resource '%s' was not found.", req.Name)
	}
	return v, nil
}

// GetIamPolicy answers like IAM: without version 3 a conditional binding comes back without its condition, under a role name
// that no one can mistake for a role.
func (s runServer) GetIamPolicy(ctx context.Context, req *iampb.GetIamPolicyRequest) (*iampb.Policy, error) {
	name, err := serviceName(req.Resource)
	if err != nil {
		return nil, err
	}
	version := req.GetOptions().GetRequestedPolicyVersion()
	if version != 0 && version != 1 && version != 3 {
		return nil, invalid("Requested policy version %d is invalid: it must be 0, 1 or 3.", version)
	}
	if _, ok := s.c.service(name); !ok {
		return nil, notFound("Resource '%s' was not found.", req.Resource)
	}
	s.c.world.mu.Lock()
	defer s.c.world.mu.Unlock()
	p, ok := s.c.world.policies[name]
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

// ours refuses every resource but the story's project.
func ours(name string) error {
	if name == "projects/"+project || name == "projects/"+number {
		return nil
	}
	if !strings.HasPrefix(name, "projects/") || strings.Count(name, "/") != 1 {
		return invalid("Invalid resource name '%s'.", name)
	}
	return status.Errorf(codes.PermissionDenied, "Permission denied on resource '%s' (or it may not exist).", name)
}

// regionName is the whole name of a region, by project id.
func regionName(parent string) (string, error) {
	p := strings.Split(parent, "/")
	if len(p) != 4 || p[0] != "projects" || p[2] != "locations" {
		return "", invalid("Invalid parent '%s': it must be projects/PROJECT/locations/REGION.", parent)
	}
	if err := ours("projects/" + p[1]); err != nil {
		return "", err
	}
	if p[3] == "-" {
		return "", invalid("Invalid parent '%s': the location cannot be the \"-\" wildcard.", parent)
	}
	if _, ok := regionCode(p[3]); !ok {
		return "", status.Errorf(codes.PermissionDenied, "Location %s is not found or access is unauthorized.", p[3])
	}
	return "projects/" + project + "/locations/" + p[3], nil
}

// serviceName is the whole name of a service, by project id.
func serviceName(name string) (string, error) {
	p := strings.Split(name, "/")
	if len(p) != 6 || p[4] != "services" || p[5] == "" {
		return "", invalid("Invalid resource name '%s': it must be projects/PROJECT/locations/REGION/services/SERVICE.", name)
	}
	parent, err := regionName(strings.Join(p[:4], "/"))
	if err != nil {
		return "", err
	}
	return parent + "/services/" + p[5], nil
}
