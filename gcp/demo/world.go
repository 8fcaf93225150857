package demo

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"cloud.google.com/go/iam/admin/apiv1/adminpb"
	"cloud.google.com/go/iam/apiv1/iampb"
	iamv2pb "cloud.google.com/go/iam/apiv2/iampb"
	"cloud.google.com/go/run/apiv2/runpb"
	"google.golang.org/api/iap/v1"
	"google.golang.org/protobuf/proto"
)

// world is what the project holds besides its log.
type world struct {
	mu       sync.Mutex
	services map[string]*runpb.Service   // by full name
	policies map[string]*iampb.Policy    // by full name
	roles    map[string]*adminpb.Role    // by full name
	branches map[string]branch           // projects, folders, organisations, by the name with the number
	denials  map[string]*iamv2pb.Policy  // deny policies, by full name
	bodies   map[string][]byte           // replaced key files, by address
	parts    map[string][]part           // of load balancers, by collection
	iap      map[string]*iap.IapSettings // by resource
	dark     map[string]bool             // regions that the Compute API finds out of reach
	set      int                         // how many policies were ever set: their etag

	// Two indexes of services, nil while they are out of date.
	full map[string]string           // by short name: the first full one
	in   map[string][]*runpb.Service // by region's full name, in order
}

func (w *world) init() {
	w.services = map[string]*runpb.Service{}
	w.policies = map[string]*iampb.Policy{}
	w.roles = predefined()
	w.branches = map[string]branch{}
	w.denials = map[string]*iamv2pb.Policy{}
	w.grow()
	w.bodies = map[string][]byte{}
	w.parts = map[string][]part{}
	w.iap = map[string]*iap.IapSettings{}
	w.dark = map[string]bool{}
}

// storyRegions are in the story; the others come with Regions.
const storyRegions = 9

// everyRegion are region ids, and their codes in run.app addresses.
func everyRegion() [][2]string {
	return [][2]string{
		{"asia-northeast1", "an"}, {"asia-southeast1", "as"}, {"australia-southeast1", "ts"},
		{"europe-north1", "lz"}, {"europe-west1", "ew"}, {"europe-west4", "ez"},
		{"us-central1", "uc"}, {"us-east1", "ue"}, {"us-west1", "uw"},
		{"asia-east1", "de"}, {"asia-east2", "df"}, {"asia-northeast2", "dt"}, {"asia-south1", "el"}, {"europe-central2", "lm"},
		{"europe-west2", "nw"}, {"europe-west3", "ey"}, {"europe-west6", "oa"}, {"southamerica-east1", "rj"}, {"us-east4", "uk"},
		{"us-west2", "wl"},
	}
}

// regions are those in which a project may run services, by id.
func (c *Cloud) regions() [][2]string {
	all := everyRegion()[:c.places]
	slices.SortFunc(all, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return all
}

func regionCode(region string) string {
	for _, r := range everyRegion() {
		if r[0] == region {
			return r[1]
		}
	}
	return ""
}

// SetService puts a service into the project, or changes it; the audit log tells. The name must be whole:
// "projects/acme-prod/locations/R/services/NAME".
func (c *Cloud) SetService(s *runpb.Service) {
	s = proto.Clone(s).(*runpb.Service)
	w := &c.world
	w.mu.Lock()
	method := "google.cloud.run.v2.Services.UpdateService"
	if _, there := w.services[s.Name]; !there {
		method = "google.cloud.run.v2.Services.CreateService"
	}
	w.put(s)
	w.mu.Unlock()
	c.EmitChange(Change{Service: s.Name, Method: method, Settings: s})
}

// RemoveService takes a service and its policy away; the audit log tells.
func (c *Cloud) RemoveService(name string) {
	name = c.whole(name)
	w := &c.world
	w.mu.Lock()
	delete(w.services, name)
	delete(w.policies, name)
	w.full, w.in = nil, nil
	w.mu.Unlock()
	c.EmitChange(Change{Service: name, Method: "google.cloud.run.v2.Services.DeleteService"})
}

// SetPolicy replaces the policy of a service, by its short or whole name; the audit log tells.
func (c *Cloud) SetPolicy(service string, bindings ...*iampb.Binding) {
	name := c.whole(service)
	before, after := c.putPolicy(name, bindings)
	c.EmitChange(Change{Service: name, Method: setPolicy, Before: before, After: after})
}

const setPolicy = "google.cloud.run.v1.Services.SetIamPolicy"

// putPolicy replaces a policy without a word in the log; it returns the bindings before and after.
func (c *Cloud) putPolicy(name string, bindings []*iampb.Binding) (before, after []*iampb.Binding) {
	w := &c.world
	w.mu.Lock()
	defer w.mu.Unlock()
	w.set++
	before = w.policies[name].GetBindings()
	p := &iampb.Policy{Version: 1, Etag: fmt.Appendf(nil, "BwYdemo%d", w.set)}
	for _, b := range bindings {
		p.Bindings = append(p.Bindings, proto.Clone(b).(*iampb.Binding))
		if b.Condition != nil {
			p.Version = 3
		}
	}
	w.policies[name] = p
	return before, p.Bindings
}

// SetRole puts a role into the project: "roles/NAME" or "projects/acme-prod/roles/NAME".
func (c *Cloud) SetRole(r *adminpb.Role) {
	w := &c.world
	w.mu.Lock()
	defer w.mu.Unlock()
	w.roles[r.Name] = proto.Clone(r).(*adminpb.Role)
}

// Service is a copy of a service, by its short or whole name; nil where there is none.
func (c *Cloud) Service(name string) *runpb.Service {
	s, ok := c.service(c.whole(name))
	if !ok {
		return nil
	}
	return proto.Clone(s).(*runpb.Service)
}

func (c *Cloud) service(name string) (*runpb.Service, bool) {
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	s, ok := c.world.services[name]
	return s, ok
}

// put adds a service, or replaces it. The caller holds the lock.
func (w *world) put(s *runpb.Service) {
	w.services[s.Name] = s
	w.full, w.in = nil, nil
}

// index brings the indexes up to date. The caller holds the lock.
func (w *world) index() {
	if w.full != nil {
		return
	}
	w.full, w.in = map[string]string{}, map[string][]*runpb.Service{}
	for _, name := range slices.Sorted(maps.Keys(w.services)) {
		region, short, _ := strings.Cut(name, "/services/")
		w.in[region] = append(w.in[region], w.services[name])
		if w.full[short] == "" {
			w.full[short] = name
		}
	}
}

// whole is the full name of a service that is given by its short one; a name that is not known stays as it is.
func (c *Cloud) whole(name string) string {
	if strings.HasPrefix(name, "projects/") {
		return name
	}
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	c.world.index()
	return or(c.world.full[name], name)
}

// servicesIn are a region's services by name.
func (c *Cloud) servicesIn(parent string) []*runpb.Service {
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	c.world.index()
	return c.world.in[parent]
}
