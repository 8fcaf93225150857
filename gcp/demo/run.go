package demo

import (
	"context"
	"slices"
	"strings"

	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/run/apiv2/runpb"
	"google.golang.org/genproto/googleapis/cloud/location"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
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
	id, err := s.c.ours(req.Name)
	if err != nil {
		return nil, err
	}
	if req.PageSize < 0 || req.PageSize > mostServices {
		return nil, invalid("page_size %d is not between 0 and %d.", req.PageSize, mostServices)
	}
	if req.Filter != "" {
		return nil, invalid("A filter is not supported for locations.")
	}
	names, next, err := take(s.c, s.c.regions(), func(r [2]string) string { return r[0] },
		req.PageToken, scopeOf("locations", req.Name), int(req.PageSize), 100)
	if err != nil {
		return nil, err
	}
	out := &location.ListLocationsResponse{NextPageToken: next}
	for _, n := range names {
		out.Locations = append(out.Locations, &location.Location{
			Name:       "projects/" + id + "/locations/" + n[0],
			LocationId: n[0],
			Labels:     map[string]string{"cloud.googleapis.com/region": n[0]},
		})
	}
	return out, nil
}

func (s runServer) ListServices(ctx context.Context, req *runpb.ListServicesRequest) (*runpb.ListServicesResponse, error) {
	parent, err := s.c.regionName(req.Parent)
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
	name, err := s.c.serviceName(req.Name)
	if err != nil {
		return nil, err
	}
	v, ok := s.c.service(name)
	if !ok {
		return nil, notFound("Resource '%s' was not found.", req.Name)
	}
	return v, nil
}

func (s runServer) GetIamPolicy(ctx context.Context, req *iampb.GetIamPolicyRequest) (*iampb.Policy, error) {
	name, err := s.c.serviceName(req.Resource)
	if err != nil {
		return nil, err
	}
	if _, ok := s.c.service(name); !ok {
		return nil, notFound("Resource '%s' was not found.", req.Resource)
	}
	return s.c.policyOf(name, req.GetOptions().GetRequestedPolicyVersion())
}

// ours is the id of a project that is named by its id or its number; every other resource is refused.
func (c *Cloud) ours(name string) (string, error) {
	if !strings.HasPrefix(name, "projects/") || strings.Count(name, "/") != 1 {
		return "", invalid("Invalid resource name '%s'.", name)
	}
	b, err := c.branch(name, "")
	if err != nil {
		return "", status.Errorf(codes.PermissionDenied, "Permission denied on resource '%s' (or it may not exist).", name)
	}
	return b.id, nil
}

// regionName is the whole name of a region, by project id.
func (c *Cloud) regionName(parent string) (string, error) {
	p := strings.Split(parent, "/")
	if len(p) != 4 || p[0] != "projects" || p[2] != "locations" {
		return "", invalid("Invalid parent '%s': it must be projects/PROJECT/locations/REGION.", parent)
	}
	id, err := c.ours("projects/" + p[1])
	if err != nil {
		return "", err
	}
	if p[3] == "-" {
		return "", invalid("Invalid parent '%s': the location cannot be the \"-\" wildcard.", parent)
	}
	if !slices.ContainsFunc(c.regions(), func(r [2]string) bool { return r[0] == p[3] }) {
		return "", status.Errorf(codes.PermissionDenied, "Location %s is not found or access is unauthorized.", p[3])
	}
	return "projects/" + id + "/locations/" + p[3], nil
}

// serviceName is the whole name of a service, by project id.
func (c *Cloud) serviceName(name string) (string, error) {
	p := strings.Split(name, "/")
	if len(p) != 6 || p[4] != "services" || p[5] == "" {
		return "", invalid("Invalid resource name '%s': it must be projects/PROJECT/locations/REGION/services/SERVICE.", name)
	}
	parent, err := c.regionName(strings.Join(p[:4], "/"))
	if err != nil {
		return "", err
	}
	return parent + "/services/" + p[5], nil
}
