package gcp

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// Front is one way through a load balancer to a Cloud Run service: a URL map, a backend service and one serverless NEG of it.
type Front struct {
	Project   string
	Name      string    // the URL map, by which people name the load balancer; "" where none of this project uses the backend service
	Region    string    // of the backend service and its load balancer; "" for a global one
	Routes    []Route   // the requests that lead there
	Addresses []Address // where it listens
	External  Answer    // whether an address is on the internet
	Secure    Answer    // whether an address takes HTTPS
	// Certificates are the domains of managed certificates, the names of others, or where they are kept if not here.
	Certificates []string

	Backend   string   // the backend service
	BackendID string   // its number, which an IAP assertion names
	Scheme    string   // EXTERNAL is classic; EXTERNAL_MANAGED, INTERNAL_MANAGED
	UsedBy    []string // what else uses the backend service, also in other projects: "projects/P/global/urlMaps/NAME"
	NEG       NEG
	Others    []NEG // the backend service's other serverless NEGs: other regions mostly

	Armor     string // the Cloud Armor policy, "" for none
	EdgeArmor string // the edge policy, which comes before any cache; "" for none
	IAP       Answer // whether IAP stands before the backend service
	IAPClient string // its OAuth client id, "" where Google's own is used
	// External identities of IAP: Identity Platform in place of Google accounts, or a workforce pool. Identities names the kind in
	// words, and says why where it is not known.
	IAPExternal Answer
	Identities  string

	LogOn       bool    // whether requests are logged
	LogSampling float64 // the share of them that is, 0 to 1; 0 also where the API did not tell

	// What Fronts.Of found for a service: Yes, or Unsure, and what is to be said of it.
	Leads Answer
	Why   string
}

// Route is a set of requests that a URL map sends to a backend service.
type Route struct {
	Hosts []string // as the host rule names them: "api.example.com", "*.example.com"; "*" is any host
	Paths []string // "/api/*"; "/*" is every path, or every other one
	Rest  bool     // other rules take some of these requests before it
	Share int      // the percentage of them that comes here, 100 for all
	Note  string   // "only with certain headers or query parameters", "a copy of each request"; "" for none
}

// Address is where a load balancer listens.
type Address struct {
	IP, Ports string // "203.0.113.10", "443"
	HTTPS     bool
	Kind      string // "global external", "classic external", "regional external", "internal", "cross-region internal"
	External  bool
}

// NEG is a serverless network endpoint group: what a backend service has in place of machines.
type NEG struct {
	Name, Region       string
	Known              bool // whether it could be read; the rest is empty where not
	Service, Tag, Mask string
	Function           string // where it leads to a function
}

// Fronts are the load balancers of a project that lead to serverless services.
type Fronts struct {
	Fronts []Front   // by URL map, backend service and NEG
	Errs   []*Error  // the errors behind Unread, those of one cause and one next step once
	Unread []string  // what could not be read, in words, with the permission that would show it: what is missing there is unknown
	Read   time.Time // when it was read
}

// Fronts reads the project's load balancers: URL maps, backend services, serverless NEGs, addresses, certificates, and the IAP settings
// of backend services that have IAP. It needs roles/compute.viewer, and iap.webServices.getSettings for the kind of IAP's identities. What could not be
// read is in Unread; the error, an *Error, is set only where nothing could be. A load balancer whose URL map is in another project
// (cross-project service referencing) is seen by its backend service alone.
func (c *Client) Fronts(ctx context.Context) (Fronts, error) {
	all := make([]Fronts, len(c.projects))
	errs := make([]error, len(c.projects))
	var work together
	for i, project := range c.projects {
		work.Do(func() { all[i], errs[i] = c.frontsIn(ctx, project) })
	}
	_ = work.Wait()
	out, read := Fronts{Read: time.Now()}, false
	for i, f := range all {
		read = read || errs[i] == nil
		out.Fronts = append(out.Fronts, f.Fronts...)
		if errs[i] != nil && len(all) > 1 {
			f.Unread = []string{"the load balancers of " + c.projects[i] + ": " + errs[i].Error()}
		}
		out.Unread = append(out.Unread, f.Unread...)
		out.Errs = eachOnce(out.Errs, f.Errs...)
	}
	if !read {
		return out, errs[0]
	}
	return out, nil
}

func (c *Client) frontsIn(ctx context.Context, project string) (Fronts, error) {
	const op = "read the load balancers"
	apis, err := c.rest()
	if err != nil {
		return Fronts{}, c.failureIn(project, op, "", "", err)
	}
	b := balancers{project: project, log: c.log}
	all := apis.collections(&b)
	failed := b.read(ctx, all)
	f := Fronts{Fronts: b.join(), Unread: b.unread}
	for _, e := range failed {
		f.Errs = eachOnce(f.Errs, c.named(e))
	}
	for i := range f.Fronts {
		f.Fronts[i].Project = project
	}
	if len(failed) == len(all) {
		first := *failed[0]
		first.Op = op
		return f, c.named(&first)
	}
	unread, unsettled := c.identities(ctx, project, apis.iapSettings, f.Fronts)
	f.Unread, f.Errs = append(f.Unread, unread...), eachOnce(f.Errs, unsettled...)
	return f, nil
}

// Of are the ways that lead to a service, those that certainly do first. A NEG that takes the service's name from the request's
// address, and one that could not be read, may lead to it.
func (f Fronts) Of(s Service) []Front {
	var out []Front
	for _, v := range f.Fronts {
		if !alike(v.Project, s.Project) {
			continue
		}
		if v.Leads, v.Why = v.NEG.leads(s); v.Leads != No {
			if v.Why == "" && v.NEG.Tag != "" && !tagged(s, v.NEG.Tag) {
				v.Why = "the service has no tag " + v.NEG.Tag
			}
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b Front) int { return cmp.Compare(b.Leads, a.Leads) }) // Yes is above Unsure
	return out
}

// tagged says whether a service has a traffic tag: its URL is https://TAG---SERVICE-….
func tagged(s Service, tag string) bool {
	return slices.ContainsFunc(s.TagURLs, func(u string) bool { return strings.HasPrefix(u, "https://"+tag+"---") })
}

// leads says whether a NEG leads to a service. A serverless NEG and its service are in one project and one region, says the reference
// (https://cloud.google.com/compute/docs/reference/rest/v1/networkEndpointGroups).
func (n NEG) leads(s Service) (Answer, string) {
	function := ""
	if s.FunctionURL != "" {
		function = last(s.FunctionURL)
	}
	switch {
	case n.Region != s.Region:
		return No, ""
	case !n.Known:
		return Unsure, "its NEG " + n.Name + " could not be read"
	case n.Service != "" && n.Service == s.Name:
		return Yes, ""
	case n.Service != "":
		return No, ""
	case n.Function != "" && function != "" && (n.Function == function || n.Function == s.Name):
		return Unsure, "its NEG names the function " + n.Function + ", which may be this service"
	case n.Function != "":
		return No, ""
	case strings.Contains(n.Mask, "<service>"):
		return Unsure, "the URL mask " + n.Mask + " takes the service from the address: requests for " +
			strings.ReplaceAll(n.Mask, "<service>", s.Name) + " would lead here"
	case strings.Contains(n.Mask, "<function>") && function == "":
		return No, ""
	case n.Mask != "":
		return Unsure, "the URL mask " + n.Mask + " takes the service from the address"
	}
	return Unsure, "its NEG " + n.Name + " names no service"
}
