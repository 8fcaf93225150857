package demo

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"
)

// faults is what goes wrong on purpose, and what was asked.
type faults struct {
	mu     sync.Mutex
	set    map[string][]fault
	slow   map[string]time.Duration
	calls  map[string]int
	flying map[string]int
	peak   map[string]int
}

type fault struct {
	err  error
	on   []string // segments of the resource name; none: everywhere
	left int      // how often still; negative: until healed
}

func (f *faults) init() {
	f.set = map[string][]fault{}
	f.slow = map[string]time.Duration{}
	f.calls = map[string]int{}
	f.flying = map[string]int{}
	f.peak = map[string]int{}
}

// Fail lets a method fail until it is healed. Methods have their gRPC names: "ListLocations", "ListServices", "GetService",
// "GetIamPolicy" (of a service), "ListLogEntries", "TailLogEntries" (when opened), "GetRole", "GetProject", "SearchProjects",
// "Projects.GetIamPolicy", "GetFolder", "Folders.GetIamPolicy", "GetOrganization", "Organizations.GetIamPolicy", "ListPolicies"
// and "GetPolicy" (deny policies), "TroubleshootIamPolicy"; REST methods theirs: "compute.urlMaps.aggregatedList",
// "iap.getIapSettings"; "PublicKeys" stands for the key server. With words after the error, only requests fail whose resource name
// (address, for keys) has one of them as a segment: a region, a service, a role, a host.
func (c *Cloud) Fail(method string, err error, on ...string) { c.FailTimes(method, -1, err, on...) }

// FailTimes lets a method fail n times, and then no more.
func (c *Cloud) FailTimes(method string, n int, err error, on ...string) {
	c.faults.mu.Lock()
	defer c.faults.mu.Unlock()
	c.faults.set[method] = append(c.faults.set[method], fault{err, on, n})
}

// Heal takes back every Fail and Slow of a method.
func (c *Cloud) Heal(method string) {
	c.faults.mu.Lock()
	defer c.faults.mu.Unlock()
	delete(c.faults.set, method)
	delete(c.faults.slow, method)
}

// Slow delays the answers of one method, in place of the cloud's Latency.
func (c *Cloud) Slow(method string, d time.Duration) {
	c.faults.mu.Lock()
	defer c.faults.mu.Unlock()
	c.faults.slow[method] = d
}

// Calls is how often a method was called, refused calls included.
func (c *Cloud) Calls(method string) int {
	c.faults.mu.Lock()
	defer c.faults.mu.Unlock()
	return c.faults.calls[method]
}

// Peak is how many calls of a method were under way at the same time, at most.
func (c *Cloud) Peak(method string) int {
	c.faults.mu.Lock()
	defer c.faults.mu.Unlock()
	return c.faults.peak[method]
}

// enter counts a call, holds it for the latency and says whether it fails. leave must be called at its end.
func (c *Cloud) enter(ctx context.Context, method, resource string) (leave func(), err error) {
	f := &c.faults
	f.mu.Lock()
	f.calls[method]++
	f.flying[method]++
	f.peak[method] = max(f.peak[method], f.flying[method])
	wait, ok := f.slow[method]
	if !ok {
		wait = c.latency
	}
	f.mu.Unlock()
	leave = func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.flying[method]--
	}
	if err := c.hold(ctx, wait); err != nil {
		return leave, err
	}
	return leave, f.next(method, resource)
}

func (c *Cloud) hold(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return status.FromContextError(ctx.Err()).Err()
	case <-c.closed:
		return Unavailable()
	}
}

// hits says whether a fault concerns a resource.
func (d fault) hits(resource string) bool {
	segments := strings.Split(resource, "/")
	return len(d.on) == 0 || slices.ContainsFunc(d.on, func(s string) bool { return slices.Contains(segments, s) })
}

// next is the fault that is due for a call, nil where there is none.
func (f *faults) next(method, resource string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.set[method] {
		d := &f.set[method][i]
		if !d.hits(resource) || d.left == 0 {
			continue
		}
		d.left--
		return d.err
	}
	return nil
}

// forbidden says whether a method refuses a resource for lack of a permission, as long as nobody heals it.
func (c *Cloud) forbidden(method, resource string) bool {
	f := &c.faults
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.ContainsFunc(f.set[method], func(d fault) bool {
		return d.hits(resource) && d.left < 0 && status.Code(d.err) == codes.PermissionDenied
	})
}

func (c *Cloud) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	leave, err := c.enter(ctx, methodOf(info.FullMethod), resourceOf(req))
	defer leave()
	if err != nil {
		return nil, err
	}
	return next(ctx, req)
}

// methodOf is the name by which faults know a method.
func methodOf(full string) string {
	method := path.Base(full)
	if kind, ok := strings.CutPrefix(path.Dir(full), "/google.cloud.resourcemanager.v3."); ok && method == "GetIamPolicy" {
		return kind + "." + method
	}
	return method
}

// resourceOf is the resource that a request names.
func resourceOf(req any) string {
	switch r := req.(type) {
	case interface{ GetParent() string }:
		return attached(r.GetParent())
	case interface{ GetName() string }:
		return attached(r.GetName())
	case interface{ GetResource() string }:
		return r.GetResource()
	case interface{ GetResourceNames() []string }:
		return strings.Join(r.GetResourceNames(), "/")
	}
	return ""
}

// attached is a name as it is, but for that of a deny policy, which has another name within, escaped.
func attached(name string) string {
	whole, err := url.PathUnescape(name)
	if err != nil || !strings.HasPrefix(name, "policies/") {
		return name
	}
	return whole
}

// PermissionDenied is the status of a caller without a permission, such as "run.services.list" on
// "projects/acme-prod/locations/europe-west1".
func PermissionDenied(permission, resource string) error {
	return detailed(codes.PermissionDenied,
		fmt.Sprintf("Permission '%s' denied on resource '%s' (or it may not exist).", permission, resource),
		&errdetails.ErrorInfo{
			Reason: "IAM_PERMISSION_DENIED", Domain: "iam.googleapis.com",
			Metadata: map[string]string{"permission": permission, "resource": resource},
		})
}

// Disabled is the status of an API that the project has not switched on, such as "run.googleapis.com".
func Disabled(service string) error {
	url := "https://console.developers.google.com/apis/api/" + service + "/overview?project=" + number
	return detailed(codes.PermissionDenied,
		fmt.Sprintf("%s has not been used in project %s before or it is disabled. Enable it by visiting %s then retry. If you enabled "+
			"this API recently, wait a few minutes for the action to propagate to our systems and retry.", service, number, url),
		&errdetails.ErrorInfo{
			Reason: "SERVICE_DISABLED", Domain: "googleapis.com",
			Metadata: map[string]string{"service": service, "consumer": "projects/" + number, "activationUrl": url},
		},
		&errdetails.Help{Links: []*errdetails.Help_Link{{Description: "Google developers console API activation", Url: url}}})
}

// QuotaExceeded is the status of a used-up read quota of a service, in one region or "global". With wait above 0 it names the
// time after which to ask again; the real API leaves that out more often than not.
func QuotaExceeded(service, region string, wait time.Duration) error {
	details := []protoadapt.MessageV1{protoadapt.MessageV1Of(&errdetails.ErrorInfo{
		Reason: "RATE_LIMIT_EXCEEDED", Domain: "googleapis.com",
		Metadata: map[string]string{
			"service": service, "consumer": "projects/" + number,
			"quota_metric": service + "/read_requests", "quota_limit": "ReadRequestsPerMinutePerProject",
			"quota_limit_value": "60", "quota_location": region,
		},
	})}
	if wait > 0 {
		details = append(details, protoadapt.MessageV1Of(&errdetails.RetryInfo{RetryDelay: durationpb.New(wait)}))
	}
	return detailed(codes.ResourceExhausted, fmt.Sprintf("Quota exceeded for quota metric 'Read requests' and limit 'Read requests "+
		"per minute' of service '%s' for consumer 'project_number:%s'.", service, number), details...)
}

// Unavailable is the status of a server that cannot answer just now.
func Unavailable() error {
	return status.Error(codes.Unavailable, "The service is currently unavailable.")
}

func detailed(code codes.Code, text string, details ...protoadapt.MessageV1) error {
	s, err := status.New(code, text).WithDetails(details...)
	if err != nil {
		return status.Error(code, text)
	}
	return s.Err()
}

func invalid(format string, args ...any) error {
	return status.Errorf(codes.InvalidArgument, format, args...)
}

func notFound(format string, args ...any) error {
	return status.Errorf(codes.NotFound, format, args...)
}
