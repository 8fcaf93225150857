package demo

import (
	"fmt"
	"strings"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/genproto/googleapis/api/monitoredres"
	ltype "google.golang.org/genproto/googleapis/logging/type"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// The logs of a project, after its name.
const (
	requestLog  = "/logs/run.googleapis.com%2Frequests"
	activityLog = "/logs/cloudaudit.googleapis.com%2Factivity"
)

// The texts of entries that Cloud Run writes when it refuses a request itself in the wording of the documentation as it is today.
const (
	text401 = "The request was not authorized to invoke this service. The access token could not be verified. Read more at " +
		"https://cloud.google.com/run/docs/securing/authenticating Additional troubleshooting documentation can be found at: " +
		"https://cloud.google.com/run/docs/troubleshooting#401"
	text403 = "The request was not authenticated. Either allow public access or set the proper Authorization header. " +
		"Read more at https://cloud.google.com/run/docs/securing/authenticating Additional troubleshooting documentation can be found " +
		"at: https://cloud.google.com/run/docs/troubleshooting#unauthorized-client"
	noCredential = " Empty Authorization header value."
)

// Refusal is a request that was answered with 401 or 403, in the words of the request log. What is left out gets a believable value.
type Refusal struct {
	Service   string // short or whole name
	Region    string // "": the service's
	Status    int    // 0: 401
	Method    string // "": GET
	URL       string // whole, or a path on the service's main URL
	UserAgent string
	RemoteIP  string
	Referer   string
	Protocol  string        // "": HTTP/1.1
	App       bool          // the container answered: no text, an instance, a latency
	Instance  string        // for App; "": made up
	Latency   time.Duration // for App
	Empty     bool          // for a 403 of Cloud Run: the request had no credential
	Text      string        // replaces the text that Cloud Run writes
	Trace     string        // "": made up
	Time      time.Time     // when the request was answered; zero: now
	Received  time.Time     // when the log took it in; zero: now, for Emit
	ID        string        // insertId; "": the next one
	Function  bool          // the service is a second-generation function
}

// entry is the refusal as the log holds it.
func (r Refusal) entry(c *Cloud) *loggingpb.LogEntry {
	at := c.locate(r.Service, r.Region)
	id := c.journal.next(at.project)
	e := &loggingpb.LogEntry{
		LogName:          "projects/" + at.project + requestLog,
		Resource:         at.revision(at.name + "-00007-vab"),
		Timestamp:        stamped(r.Time),
		ReceiveTimestamp: stamped(r.Received),
		InsertId:         or(r.ID, fmt.Sprintf("%016x%04x", 0x68f7a1d000000000+id, id*7919&0xffff)),
		Severity:         ltype.LogSeverity_WARNING,
		Trace:            or(r.Trace, fmt.Sprintf("projects/%s/traces/%016x%016x", at.project, id*0x9e3779b97f4a7c15, id*0xbf58476d1ce4e5b9)),
		SpanId:           fmt.Sprintf("%016x", id*0xd1b54a32d192ed03),
		TraceSampled:     id%4 == 0,
	}
	url := r.URL
	if strings.HasPrefix(url, "/") || url == "" {
		url = at.url + url
	}
	e.HttpRequest = &ltype.HttpRequest{
		RequestMethod: or(r.Method, "GET"), RequestUrl: url, RequestSize: 700 + int64(id%211),
		Status: int32(r.Status), UserAgent: r.UserAgent, RemoteIp: or(r.RemoteIP, "198.51.100.7"), ServerIp: "203.0.113.36",
		Referer: r.Referer, Protocol: or(r.Protocol, "HTTP/1.1"), Latency: durationpb.New(r.Latency),
	}
	if r.Status == 0 {
		e.HttpRequest.Status = 401
	}
	if r.Function {
		e.Labels = map[string]string{"goog-managed-by": "cloudfunctions"}
	}
	if r.App {
		if e.Labels == nil {
			e.Labels = map[string]string{}
		}
		e.Labels["instanceId"] = or(r.Instance, "0069c7a9"+strings.Repeat(fmt.Sprintf("%08x", 0x2f00+id%3), 12))
		e.HttpRequest.ResponseSize = 142
		return e
	}
	text := r.Text
	switch {
	case text != "":
	case e.HttpRequest.Status == 401:
		text = text401
	case r.Empty:
		text = text403 + noCredential
	default:
		text = text403
	}
	e.Payload = &loggingpb.LogEntry_TextPayload{TextPayload: text}
	return e
}

// spot is where a service is.
type spot struct {
	project, name, region string
	url                   string // its main URL
}

func (s spot) revision(rev string) *monitoredres.MonitoredResource {
	return &monitoredres.MonitoredResource{Type: "cloud_run_revision", Labels: map[string]string{
		"project_id": s.project, "location": s.region, "service_name": s.name, "configuration_name": s.name, "revision_name": rev,
	}}
}

// locate finds a service by its short or whole name; one that is not there keeps the name that was given.
func (c *Cloud) locate(service, region string) spot {
	full := c.whole(service)
	at := spot{project, service, or(region, "europe-west1"), ""}
	if p := strings.Split(full, "/"); len(p) == 6 {
		at.project, at.name, at.region = p[1], p[5], or(region, p[3])
	}
	at.url = "https://" + at.name + "-" + number + "." + at.region + ".run.app"
	if s, ok := c.service(full); ok && s.Uri != "" {
		at.url = s.Uri
	}
	return at
}

func stamped(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
