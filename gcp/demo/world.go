package demo

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"cloud.google.com/go/iam/admin/apiv1/adminpb"
	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/run/apiv2/runpb"
	"google.golang.org/protobuf/proto"
)

// world is what the project holds besides its log.
type world struct {
	mu       sync.Mutex
	services map[string]*runpb.Service // by full name
	policies map[string]*iampb.Policy  // by full name
	roles    map[string]*adminpb.Role  // by full name
}

func (w *world) init() {
	w.services = map[string]*runpb.Service{}
	w.policies = map[string]*iampb.Policy{}
	w.roles = predefined()
}

// regions are those in which the project may run services: region id, and its code in run.app addresses.
func regions() [][2]string {
	return [][2]string{
		{"asia-northeast1", "an"}, {"asia-southeast1", "as"}, {"australia-southeast1", "ts"},
		{"europe-north1", "lz"}, {"europe-west1", "ew"}, {"europe-west4", "ez"},
		{"us-central1", "uc"}, {"us-east1", "ue"}, {"us-west1", "uw"},
	}
}

func regionCode(region string) (string, bool) {
	for _, r := range regions() {
		if r[0] == region {
			return r[1], true
		}
	}
	return "", false
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
	w.services[s.Name] = s
	w.mu.Unlock()
	c.EmitChange(Change{Service: s.Name, Method: method})
}

// RemoveService takes a service and its policy away; the audit log tells.
func (c *Cloud) RemoveService(name string) {
	name = c.whole(name)
	w := &c.world
	w.mu.Lock()
	delete(w.services, name)
	delete(w.policies, name)
	w.mu.Unlock()
	c.EmitChange(Change{Service: name, Method: "google.cloud.run.v2.Services.DeleteService"})
}

// SetPolicy replaces the policy of a service, by its short or whole name; the audit log tells.
func (c *Cloud) SetPolicy(service string, bindings ...*iampb.Binding) {
	name := c.whole(service)
	c.putPolicy(name, bindings)
	c.EmitChange(Change{Service: name, Method: "google.cloud.run.v1.Services.SetIamPolicy"})
}

func (c *Cloud) putPolicy(name string, bindings []*iampb.Binding) {
	p := &iampb.Policy{Version: 1, Etag: []byte("BwYdemo" + time.Now().Format("150405.000"))}
	for _, b := range bindings {
		p.Bindings = append(p.Bindings, proto.Clone(b).(*iampb.Binding))
		if b.Condition != nil {
			p.Version = 3
		}
	}
	w := &c.world
	w.mu.Lock()
	defer w.mu.Unlock()
	w.policies[name] = p
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

// whole is the full name of a service that is given by its short one; a name that is not known stays as it is.
func (c *Cloud) whole(name string) string {
	if strings.HasPrefix(name, "projects/") {
		return name
	}
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	for _, full := range slices.Sorted(maps.Keys(c.world.services)) {
		if strings.HasSuffix(full, "/services/"+name) {
			return full
		}
	}
	return name
}

// servicesIn are a region's services by name.
func (c *Cloud) servicesIn(parent string) []*runpb.Service {
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	var found []*runpb.Service
	for name, s := range c.world.services {
		if strings.HasPrefix(name, parent+"/services/") {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b *runpb.Service) int { return strings.Compare(a.Name, b.Name) })
	return found
}
