package demo

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	compute "google.golang.org/api/compute/v1"
	"google.golang.org/api/iap/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Balancer is parts of load balancers, as the Compute API shows them. A Region is short ("europe-west1"), "" for a global part;
// links between parts are SelfLinks.
type Balancer struct {
	URLMaps      []*compute.UrlMap
	Backends     []*compute.BackendService
	NEGs         []*compute.NetworkEndpointGroup
	Rules        []*compute.ForwardingRule
	HTTPProxies  []*compute.TargetHttpProxy
	HTTPSProxies []*compute.TargetHttpsProxy
	Certificates []*compute.SslCertificate
}

// SelfLink is the address of a part in the project, such as "global/urlMaps/shop-lb" or "regions/europe-west1/networkEndpointGroups/shop".
func SelfLink(path string) string {
	return "https://www.googleapis.com/compute/v1/projects/" + project + "/" + path
}

// part is one resource of the Compute API, ready to be sent.
type part struct {
	scope, name string // "global" or "regions/R"
	body        map[string]any
}

func (p part) key() string { return p.scope + "/" + p.name }

// partKinds are the collections that are served, by their names in an address, and what one of each is called.
func partKinds() map[string]string {
	return map[string]string{
		"urlMaps": "urlMap", "backendServices": "backendService", "networkEndpointGroups": "networkEndpointGroup",
		"forwardingRules": "forwardingRule", "targetHttpProxies": "targetHttpProxy", "targetHttpsProxies": "targetHttpsProxy",
		"sslCertificates": "sslCertificate",
	}
}

// SetBalancer puts parts of load balancers into the project, or changes those that are there under the same name. Nothing is
// checked: a link may lead nowhere.
func (c *Cloud) SetBalancer(b Balancer) {
	w := &c.world
	w.mu.Lock()
	defer w.mu.Unlock()
	for kind, all := range map[string][]any{
		"urlMaps": anys(b.URLMaps), "backendServices": anys(b.Backends), "networkEndpointGroups": anys(b.NEGs), "forwardingRules": anys(b.Rules),
		"targetHttpProxies": anys(b.HTTPProxies), "targetHttpsProxies": anys(b.HTTPSProxies), "sslCertificates": anys(b.Certificates),
	} {
		for _, v := range all {
			w.putPart(kind, v)
		}
	}
}

func anys[T any](in []T) []any {
	var out []any
	for _, v := range in {
		out = append(out, v)
	}
	return out
}

// putPart keeps one part under its collection, in order of scope and name. The caller holds the lock.
func (w *world) putPart(kind string, v any) {
	raw, err := json.Marshal(v)
	p := part{scope: "global"}
	if err != nil || json.Unmarshal(raw, &p.body) != nil {
		return
	}
	p.name, _ = p.body["name"].(string)
	if region, _ := p.body["region"].(string); region != "" {
		p.scope = "regions/" + region
		p.body["region"] = SelfLink(p.scope)
	}
	p.body["kind"] = "compute#" + partKinds()[kind]
	p.body["selfLink"] = SelfLink(p.scope + "/" + kind + "/" + p.name)
	at, there := slices.BinarySearchFunc(w.parts[kind], p, func(a, b part) int { return strings.Compare(a.key(), b.key()) })
	if there {
		w.parts[kind][at] = p
		return
	}
	w.parts[kind] = slices.Insert(w.parts[kind], at, p)
}

// SetIAP sets the IAP settings of a resource, such as "projects/acme-prod/iap_web/compute/services/reports".
func (c *Cloud) SetIAP(resource string, s *iap.IapSettings) {
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	c.world.iap[resource] = s
}

// Darken lets the Compute API find a region out of reach.
func (c *Cloud) Darken(region string) {
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	c.world.dark[region] = true
}

// webServer answers for the REST APIs and the published keys, by host.
type webServer struct{ c *Cloud }

func (s webServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Host {
	case "compute.googleapis.com":
		s.c.serveREST(w, r, s.c.compute)
	case "iap.googleapis.com":
		s.c.serveREST(w, r, s.c.iapSettings)
	default:
		keyServer(s).ServeHTTP(w, r)
	}
}

// serveREST answers one call with JSON, or with an error as Google's gateways shape it.
func (c *Cloud) serveREST(w http.ResponseWriter, r *http.Request, call func(*http.Request) (any, error)) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	answer, err := call(r)
	if err == nil && r.Method != http.MethodGet {
		err = notFound("The requested URL was not found on this server: %s %s.", r.Method, r.URL.Path)
	}
	if err != nil {
		refuseREST(w, err)
		return
	}
	json.NewEncoder(w).Encode(answer)
}

// refuseREST writes a status in the form of REST. The Compute API tells a missing permission in words alone, without details.
func refuseREST(w http.ResponseWriter, err error) {
	s := status.Convert(err)
	type item struct {
		Message string `json:"message"`
		Domain  string `json:"domain"`
		Reason  string `json:"reason"`
	}
	reason := map[codes.Code]string{
		codes.InvalidArgument: "invalid", codes.NotFound: "notFound", codes.PermissionDenied: "forbidden",
		codes.ResourceExhausted: "rateLimitExceeded", codes.Unavailable: "backendError",
	}[s.Code()]
	message := s.Message()
	var details []any
	for _, d := range s.Details() {
		info, ok := d.(*errdetails.ErrorInfo)
		if !ok {
			continue
		}
		if info.Reason == "IAM_PERMISSION_DENIED" {
			message = "Required '" + info.Metadata["permission"] + "' permission for '" + info.Metadata["resource"] + "'"
			continue
		}
		if info.Reason == "SERVICE_DISABLED" {
			reason = "accessNotConfigured"
		}
		details = append(details, map[string]any{
			"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": info.Reason, "domain": info.Domain, "metadata": info.Metadata,
		})
	}
	w.WriteHeader(httpStatus(err))
	json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
		"code": httpStatus(err), "message": message, "errors": []item{{message, "global", reason}}, "details": details,
	}})
}

const mostParts = 500 // the most that maxResults may ask for, says the reference

// compute answers GET /compute/v1/projects/P/aggregated/KIND.
func (c *Cloud) compute(r *http.Request) (any, error) {
	p := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if len(p) != 6 || p[0] != "compute" || p[1] != "v1" || p[2] != "projects" || p[4] != "aggregated" || partKinds()[p[5]] == "" {
		return nil, notFound("The requested URL %s was not found on this server.", r.URL.Path)
	}
	kind := p[5]
	leave, err := c.enter(r.Context(), "compute."+kind+".aggregatedList", "projects/"+p[3])
	defer leave()
	if err != nil {
		return nil, err
	}
	id, err := c.ours("projects/" + p[3])
	if err != nil {
		return nil, notFound("The resource 'projects/%s' was not found", p[3])
	}
	q, err := computeQuery(r.URL.Query())
	if err != nil {
		return nil, err
	}
	return c.aggregate(id, kind, q)
}

// partQuery is what a list call asks for.
type partQuery struct {
	size    int
	token   string
	partial bool
}

// computeQuery reads the parameters. Those that are not known here are refused, which the real API does only with some.
func computeQuery(v url.Values) (partQuery, error) {
	q := partQuery{size: mostParts, token: v.Get("pageToken"), partial: v.Get("returnPartialSuccess") == "true"}
	for name := range v {
		switch name {
		case "alt", "prettyPrint", "pageToken", "returnPartialSuccess":
		case "maxResults":
			n, err := strconv.Atoi(v.Get(name))
			if err != nil || n < 0 || n > mostParts {
				return q, invalid("Invalid value for field 'maxResults': '%s'. Must be a number from 0 to %d.", v.Get(name), mostParts)
			}
			if n > 0 {
				q.size = n
			}
		default:
			return q, invalid("Invalid JSON payload received. Unknown name \"%s\": Cannot bind query parameter.", name)
		}
	}
	return q, nil
}

// aggregate is one page of a project's collection over all scopes; only production has anything in it. A scope without anything on the page says so, as the real API does.
func (c *Cloud) aggregate(of, kind string, q partQuery) (any, error) {
	c.world.mu.Lock()
	var all []part
	if of == project {
		all = slices.Clone(c.world.parts[kind])
	}
	var unreachable []string
	for region := range c.world.dark {
		all = slices.DeleteFunc(all, func(p part) bool { return p.scope == "regions/"+region })
		unreachable = append(unreachable, "projects/"+of+"/regions/"+region)
	}
	c.world.mu.Unlock()
	if len(unreachable) > 0 && !q.partial {
		return nil, Unavailable()
	}
	slices.Sort(unreachable)
	found, next, err := take(c, all, part.key, q.token, scopeOf("compute", of, kind, strconv.FormatBool(q.partial)), q.size, mostParts)
	if err != nil {
		return nil, err
	}
	items := map[string]map[string]any{}
	for _, scope := range c.scopes() {
		items[scope] = map[string]any{"warning": map[string]any{
			"code": "NO_RESULTS_ON_PAGE", "message": "There are no results for scope '" + scope + "' on this page.",
			"data": []map[string]string{{"key": "scope", "value": scope}},
		}}
	}
	for _, p := range found {
		of := items[p.scope]
		if of == nil || of["warning"] != nil {
			of = map[string]any{kind: []any{}}
			items[p.scope] = of
		}
		of[kind] = append(of[kind].([]any), p.body)
	}
	answer := map[string]any{"kind": "compute#" + partKinds()[kind] + "AggregatedList", "items": items}
	if next != "" {
		answer["nextPageToken"] = next
	}
	if unreachable != nil {
		answer["unreachables"] = unreachable
	}
	return answer, nil
}

func (c *Cloud) scopes() []string {
	all := []string{"global"}
	for _, r := range c.regions() {
		all = append(all, "regions/"+r[0])
	}
	return all
}

// iapSettings answers GET /v1/RESOURCE:iapSettings: what is set on the resource itself. A resource that nobody has set anything on
// answers with its name alone.
func (c *Cloud) iapSettings(r *http.Request) (any, error) {
	name, ok := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/v1/"), ":iapSettings")
	if !ok || !strings.HasPrefix(name, "projects/") {
		return nil, notFound("The requested URL %s was not found on this server.", r.URL.Path)
	}
	leave, err := c.enter(r.Context(), "iap.getIapSettings", name)
	defer leave()
	if err != nil {
		return nil, err
	}
	p := strings.Split(name, "/")
	if p[1] != project && p[1] != number {
		return nil, status.Errorf(codes.PermissionDenied, "The caller does not have permission")
	}
	p[1] = project
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	s := iap.IapSettings{}
	if set := c.world.iap[strings.Join(p, "/")]; set != nil {
		s = *set
	}
	s.Name = name
	return &s, nil
}
