package gcp

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/protobuf/types/known/structpb"
)

// FrontEntry is one entry of a load balancer's log: a request that was refused, or sent elsewhere, on its way or behind. Its strings
// are what the client sent and the log kept, cut at 2 KiB.
type FrontEntry struct {
	ID        string
	Time      time.Time
	Status    int
	Method    string
	URL       string // as logged, with its query
	UserAgent string
	RemoteIP  string
	Latency   time.Duration
	Balancer  string // the URL map
	Backend   string // the backend service, "" where none was chosen
	Region    string // of a regional load balancer, "" for a global one
	Details   string // statusDetails, or the details of a regional one's proxyStatus; "" for none
	Armor     ArmorRule
	Trace     string // "projects/P/traces/ID", "" for none
	Project   string // whose log it is in: the project of the load balancer's frontend
}

// ArmorRule is the Cloud Armor rule that decided a request, the zero value where none is in the entry
// (https://cloud.google.com/armor/docs/request-logging).
type ArmorRule struct {
	Policy   string
	Priority int    // of the rule; 2147483647 is the policy's default rule
	Action   string // as configured: "ALLOW", "DENY", "THROTTLE", "RATE_BASED_BAN", "GOOGLE_RECAPTCHA", "EXTERNAL_302"
	Outcome  string // "ACCEPT", "DENY", "REDIRECT", "EXEMPT"
	Matched  []string
}

// refusedInFront is the filter of what this package reads from the logs of load balancers. The statusDetails are in it for refusals
// with another status: a security policy may be told to deny with 404 or 502.
const refusedInFront = `resource.type=("http_load_balancer" OR "http_external_regional_lb_rule" OR "internal_http_lb_rule")
AND httpRequest.status>=300
AND (httpRequest.status=(401 OR 403 OR 404 OR 429)
OR jsonPayload.statusDetails:"by_security_policy"
OR jsonPayload.proxyStatus:"by_security_policy"
OR jsonPayload.statusDetails=("handled_by_identity_aware_proxy" OR "multiple_iap_policies" OR "serverless_neg_routing_failed")
OR jsonPayload.proxyStatus:("handled_by_identity_aware_proxy" OR "multiple_iap_policies" OR "serverless_neg_routing_failed"))`

// FrontLog lists what load balancers of the project refused, or saw refused behind them, from one moment to another, newest first, on
// the terms of Refused: within its pace, and with what came before an error. A load balancer logs only where a backend service's
// logging is on, and only its sample; that of another project's frontend is in that project.
func (c *Client) FrontLog(ctx context.Context, from, to time.Time, limit int) (entries []FrontEntry, more bool, err error) {
	words := pool{}
	more, err = c.scan(ctx, refusedInFront, from, to, limit, func(m *loggingpb.LogEntry) { entries = append(entries, words.frontEntry(m)) })
	return entries, more, err
}

// frontEntry converts one message.
func (p pool) frontEntry(m *loggingpb.LogEntry) FrontEntry {
	r, of, body := m.GetHttpRequest(), m.GetResource().GetLabels(), m.GetJsonPayload()
	e := FrontEntry{
		ID: cutTo(m.GetInsertId()), Status: int(r.GetStatus()), Method: p.keep(r.GetRequestMethod()), URL: cutTo(r.GetRequestUrl()),
		UserAgent: p.keep(r.GetUserAgent()), RemoteIP: cutTo(r.GetRemoteIp()), Trace: cutTo(m.GetTrace()),
		Balancer: p.keep(of["url_map_name"]), Backend: p.keep(of["backend_service_name"]), Region: p.keep(of["region"]),
		Details: p.keep(text(body, "statusDetails")), Project: p.keep(of["project_id"]),
	}
	if e.Backend == "" {
		e.Backend = p.keep(of["backend_target_name"])
	}
	if e.Details == "" {
		e.Details = p.keep(proxyDetails(text(body, "proxyStatus")))
	}
	if t := m.GetTimestamp(); t != nil {
		e.Time = t.AsTime()
	}
	if d := r.GetLatency(); d != nil {
		e.Latency = d.AsDuration()
	}
	rule := child(body, "enforcedSecurityPolicy")
	e.Armor = ArmorRule{
		Policy: p.keep(text(rule, "name")), Priority: whole(rule, "priority"), Action: p.keep(text(rule, "configuredAction")), Outcome: p.keep(text(rule, "outcome")),
	}
	for _, v := range rule.GetFields()["preconfiguredExprIds"].GetListValue().GetValues() {
		if len(e.Armor.Matched) < 10 {
			e.Armor.Matched = append(e.Armor.Matched, p.keep(v.GetStringValue()))
		}
	}
	return e
}

// proxyDetails is what stands under details in a proxyStatus (RFC 9209): error="http_request_denied"; details="denied_by_security_policy".
func proxyDetails(s string) string {
	_, rest, ok := strings.Cut(s, `details="`)
	if !ok {
		return ""
	}
	rest, _, _ = strings.Cut(rest, `"`)
	return rest
}

// whole is a number of a payload without its fraction, 0 where there is none.
func whole(s *structpb.Struct, key string) int {
	n := s.GetFields()[key].GetNumberValue()
	if n < 0 || n > 1<<31 || n != n {
		return 0
	}
	return int(n)
}

// Same says whether an entry of Cloud Run's log tells of the same request. Traces are compared without the project, which differs where
// the load balancer is another's.
func (e FrontEntry) Same(run Entry) bool {
	return e.Trace != "" && last(e.Trace) == last(run.Trace)
}

// Entries are those of entries that are of the ways to a service. A backend service that several services share by a URL mask has only
// those requests whose address names the service; one that is refused before a backend service was chosen counts by the routes that its
// host and path would have taken.
func (f Fronts) Entries(s Service, entries []FrontEntry) []FrontEntry {
	ways := f.Of(s)
	var out []FrontEntry
	for _, e := range entries {
		if slices.ContainsFunc(ways, func(w Front) bool { return w.has(e, s) && !(e.Backend == "" && f.elsewhere(w, e)) }) {
			out = append(out, e)
		}
	}
	return out
}

// has says whether an entry is of this way to a service.
func (f Front) has(e FrontEntry, s Service) bool {
	if f.Region != e.Region || f.Name != "" && (f.Name != e.Balancer || !alike(f.Project, e.Project)) {
		return false
	}
	masked := f.NEG.Service == "" && f.NEG.Mask != ""
	if e.Backend != "" && (e.Backend != f.Backend || !masked) {
		return e.Backend == f.Backend
	}
	at := e.asked()
	if e.Backend == "" && !slices.ContainsFunc(f.Routes, func(r Route) bool { return r.takes(at) }) {
		return false
	}
	return !masked || named(f.NEG.Mask, s.Name, at)
}

func (e FrontEntry) asked() *url.URL {
	at, err := url.Parse(e.URL)
	if err != nil {
		return &url.URL{}
	}
	return at
}

// elsewhere says whether a request that no backend service was chosen for is another way's: the routes that take it here take only the
// rest, and a rule of the same load balancer sends it to another backend service.
func (f Fronts) elsewhere(w Front, e FrontEntry) bool {
	at := e.asked()
	if slices.ContainsFunc(w.Routes, func(r Route) bool { return !r.Rest && r.takes(at) }) {
		return false
	}
	return slices.ContainsFunc(f.Fronts, func(o Front) bool {
		return o.Backend != w.Backend && o.Name == w.Name && o.Region == w.Region && o.Project == w.Project &&
			slices.ContainsFunc(o.Routes, func(r Route) bool { return !r.Rest && r.Note == "" && r.certain() && r.takes(at) })
	})
}

// takes says whether a route may take a request to an address, by host and path. A path by a regular expression or a template is not
// looked into: it may.
func (r Route) takes(at *url.URL) bool {
	path := at.EscapedPath()
	if path == "" {
		path = "/"
	}
	return slices.ContainsFunc(r.Hosts, func(h string) bool { return hosts(h, at.Hostname()) }) &&
		(len(r.Paths) == 0 || slices.ContainsFunc(r.Paths, func(p string) bool {
			if before, any := strings.CutSuffix(p, "*"); any && !patterned(before) {
				return strings.HasPrefix(path, before)
			}
			return p == path || patterned(p)
		}))
}

// certain says whether takes is certain of every path of the route.
func (r Route) certain() bool { return !slices.ContainsFunc(r.Paths, patterned) }

// patterned says whether a path is more than a text with a star at its end.
func patterned(path string) bool {
	return !strings.HasPrefix(path, "/") || strings.ContainsAny(strings.TrimSuffix(path, "*"), "*{")
}

// alike says whether two names may be of one project: one may be its number, or not be known.
func alike(a, b string) bool {
	number := func(s string) bool { return strings.Trim(s, "0123456789") == "" }
	return a == b || number(a) || number(b)
}

// hosts says whether a host rule takes a host: "*.example.com" takes every name below example.com.
func hosts(rule, host string) bool {
	if below, ok := strings.CutPrefix(rule, "*"); ok {
		return strings.HasSuffix(strings.ToLower(host), strings.ToLower(below))
	}
	return strings.EqualFold(rule, host)
}

// named says whether an address names a service by a URL mask: "<service>.example.com/", "example.com/<service>". A tag in the mask
// may be anything.
func named(mask, service string, at *url.URL) bool {
	mask = strings.NewReplacer("<service>", service, "<function>", service).Replace(mask)
	address := strings.ToLower(at.Hostname()) + at.Path
	if strings.HasPrefix(mask, "/") {
		address = at.Path
	}
	before, after, tagged := strings.Cut(mask, "<tag>")
	if !tagged {
		rest, ok := strings.CutPrefix(address, mask)
		return ok && (rest == "" || strings.HasSuffix(mask, "/") || rest[0] == '/' || rest[0] == '?')
	}
	rest, ok := strings.CutPrefix(address, before)
	return ok && strings.Contains(rest, after)
}
