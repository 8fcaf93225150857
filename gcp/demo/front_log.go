package demo

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/url"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/genproto/googleapis/api/monitoredres"
	ltype "google.golang.org/genproto/googleapis/logging/type"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"
)

// balancerLog is where global and classic load balancers log.
const balancerLog = "projects/" + project + "/logs/requests"

// Answer is a request in a load balancer's log. What is left out gets a believable value, or stays out where the log leaves it out too.
type Answer struct {
	URLMap, Backend string
	Region          string // of a regional load balancer, whose entries have another shape; "" for a global one
	Internal        bool   // a regional one inside the VPC
	Status          int
	Details         string // statusDetails, or for a regional one the details of its proxyStatus
	Policy          string // of Cloud Armor; "": none
	Priority        int
	Action, Outcome string   // as configured: "DENY"; as it came: "DENY", "ACCEPT"
	Rules           []string // preconfigured expressions that matched
	Method, URL     string
	UserAgent       string
	RemoteIP        string
	Latency         time.Duration
	Trace           string // "": none
	Time, Received  time.Time
	ID              string // insertId; "": made of the rest
}

// EmitAnswers puts entries into the log of load balancers.
func (c *Cloud) EmitAnswers(answers ...Answer) {
	var entries []*loggingpb.LogEntry
	for _, a := range answers {
		entries = append(entries, a.entry())
	}
	c.EmitEntries(entries...)
}

// entry is the answer as the log holds it.
func (a Answer) entry() *loggingpb.LogEntry {
	e := &loggingpb.LogEntry{
		LogName: balancerLog, Timestamp: stamped(a.Time), ReceiveTimestamp: stamped(a.Received), Trace: a.Trace,
		InsertId: or(a.ID, mark(a.URL, a.Details, a.Trace, a.Time.String())), Severity: ltype.LogSeverity_WARNING,
		Resource: &monitoredres.MonitoredResource{Type: "http_load_balancer", Labels: map[string]string{
			"project_id": project, "zone": "global", "url_map_name": a.URLMap, "forwarding_rule_name": a.URLMap + "-rule",
			"target_proxy_name": a.URLMap + "-proxy", "backend_service_name": a.Backend,
		}},
		HttpRequest: &ltype.HttpRequest{
			RequestMethod: or(a.Method, "GET"), RequestUrl: a.URL, Status: int32(a.Status), UserAgent: a.UserAgent,
			RemoteIp: or(a.RemoteIP, "198.51.100.7"), Latency: durationpb.New(a.Latency), RequestSize: 512, ResponseSize: 258,
		},
	}
	payload := map[string]any{
		"@type":                      "type.googleapis.com/google.cloud.loadbalancing.type.LoadBalancerLogEntry",
		"backendTargetProjectNumber": "projects/" + number,
	}
	if a.Details != "" {
		payload["statusDetails"] = a.Details
	}
	if a.Region != "" {
		a.regional(e, payload)
	}
	if a.Policy != "" {
		p := map[string]any{"name": a.Policy, "priority": float64(a.Priority), "configuredAction": a.Action, "outcome": a.Outcome}
		var rules []any
		for _, r := range a.Rules {
			rules = append(rules, r)
		}
		if rules != nil {
			p["preconfiguredExprIds"] = rules
		}
		payload["enforcedSecurityPolicy"] = p
	}
	// Only text, numbers and lists of them are in it: this does not fail but for a text that is no UTF-8.
	if s, err := structpb.NewStruct(payload); err == nil {
		e.Payload = &loggingpb.LogEntry_JsonPayload{JsonPayload: s}
	}
	return e
}

// regional gives an entry the shape of a regional load balancer's.
func (a Answer) regional(e *loggingpb.LogEntry, payload map[string]any) {
	e.LogName = "projects/" + project + "/logs/loadbalancing.googleapis.com%2Fexternal_regional_requests"
	e.Resource.Type = "http_external_regional_lb_rule"
	if a.Internal {
		e.LogName = "projects/" + project + "/logs/loadbalancing.googleapis.com%2Frequests"
		e.Resource.Type = "internal_http_lb_rule"
	}
	labels := e.Resource.Labels
	labels["region"], labels["backend_target_name"], labels["backend_target_type"] = a.Region, a.Backend, "BACKEND_SERVICE"
	delete(labels, "zone")
	delete(labels, "backend_service_name")
	delete(payload, "statusDetails")
	if a.Details != "" && a.Details != "response_sent_by_backend" {
		payload["proxyStatus"] = `error="http_request_denied"; details="` + a.Details + `"`
	}
}

// mark makes an insertId, the same in every run.
func mark(parts ...string) string {
	h := fnv.New64a()
	for _, p := range parts {
		h.Write([]byte(p + "\x00"))
	}
	return fmt.Sprintf("lb%012x", h.Sum64()>>16)
}

// knock is somebody whom a load balancer answers itself.
type knock struct {
	urlMap, backend string
	region          string // of an internal load balancer
	hourly          int
	status          int
	details         string
	policy          string
	priority        int
	action, outcome string
	rules           []string
	method, host    string
	paths           []string
	agent, ip       string
}

// knocker is a knock that goes on, and when it comes next.
type knocker struct {
	knock
	dice *rand.Rand
	next time.Time
}

func (k knock) answer(r *rand.Rand, at time.Time) Answer {
	return Answer{
		URLMap: k.urlMap, Backend: k.backend, Region: k.region, Internal: k.region != "", Status: k.status, Details: k.details, Policy: k.policy, Priority: k.priority,
		Action: k.action, Outcome: k.outcome, Rules: k.rules, Method: k.method, URL: k.host + k.paths[r.IntN(len(k.paths))],
		UserAgent: k.agent, RemoteIP: k.ip, Latency: time.Duration(1+r.IntN(90)) * time.Millisecond, Time: at,
		Trace: fmt.Sprintf("projects/%s/traces/%016x%016x", project, r.Uint64(), r.Uint64()),
	}
}

// knocked is the last hour of the load balancers' own answers.
func knocked(now time.Time) []*loggingpb.LogEntry {
	var out []*loggingpb.LogEntry
	for _, k := range knocks() {
		r := dice("front", k.backend, k.details, k.agent)
		for at := now.Add(-time.Hour).Add(gap(r, k.hourly)); ; at = at.Add(gap(r, k.hourly)) {
			a := k.answer(r, at)
			if a.Received = at.Add(lag(r)); a.Received.After(now) {
				break
			}
			out = append(out, a.entry())
		}
	}
	return out
}

// inFront is what the load balancer logs of a request that Cloud Run logs too, under the same trace; nil where it came another
// way, or is not in the sample.
func inFront(e *loggingpb.LogEntry) *loggingpb.LogEntry {
	r := e.GetHttpRequest()
	u, err := url.Parse(r.GetRequestUrl())
	if err != nil {
		return nil
	}
	urlMap, backend, share := seen(u.Host)
	h := fnv.New32a()
	h.Write([]byte(e.Trace))
	if urlMap == "" || float64(h.Sum32()%1000) >= share*1000 || e.LogName != "projects/"+project+requestLog {
		return nil
	}
	a := Answer{
		URLMap: urlMap, Backend: backend, Status: int(r.Status), Details: "response_sent_by_backend", Method: r.RequestMethod, URL: r.RequestUrl,
		UserAgent: r.UserAgent, RemoteIP: r.RemoteIp, Latency: r.Latency.AsDuration() + 11*time.Millisecond, Trace: e.Trace,
		Time: e.Timestamp.AsTime(),
	}
	if e.ReceiveTimestamp != nil {
		a.Received = e.ReceiveTimestamp.AsTime()
	}
	if backend == "shop-api-backend" {
		a.Policy, a.Priority, a.Action, a.Outcome = "edge-guard", noRule, "ALLOW", "ACCEPT"
	}
	return a.entry()
}
