package demo

import (
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// specimens are entries to filter: "401" and "403" of Cloud Run, "app" of a container, "audit" of the audit log.
func specimens() map[string]*loggingpb.LogEntry {
	c := New(Empty())
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return map[string]*loggingpb.LogEntry{
		"401":   Refusal{Service: "shop-api", Time: at, Received: at.Add(time.Second), ID: "one", UserAgent: "okhttp/4.12.0"}.entry(c),
		"403":   Refusal{Service: "billing", Status: 403, Empty: true, Method: "OPTIONS", Time: at.Add(time.Minute), Received: at.Add(2 * time.Minute), ID: "two", Function: true}.entry(c),
		"app":   Refusal{Service: "mobile-bff", Region: "us-east1", App: true, Time: at.Add(2 * time.Minute), Received: at.Add(2 * time.Minute), ID: "three"}.entry(c),
		"audit": Change{Service: "shop-api", Method: "google.cloud.run.v1.Services.SetIamPolicy", Time: at, Received: at, ID: "four"}.entry(c),
	}
}

// which names the specimens that a filter lets through.
func which(t *testing.T, filter string) string {
	t.Helper()
	m, err := compile(filter)
	if err != nil {
		t.Fatal(err)
	}
	all := specimens()
	var out []string
	for _, n := range []string{"401", "403", "app", "audit"} {
		if m(all[n]) {
			out = append(out, n)
		}
	}
	return strings.Join(out, " ")
}

func TestFiltersLetThroughWhatTheySay(t *testing.T) {
	for _, r := range []struct{ filter, want string }{
		{``, "401 403 app audit"},
		{"  \n-- only a comment", "401 403 app audit"},
		{`resource.type="cloud_run_revision"`, "401 403 app audit"},
		{`resource.type=cloud_run_job`, ""},
		{`log_id("run.googleapis.com/requests")`, "401 403 app"},
		{`log_id("cloudaudit.googleapis.com/activity")`, "audit"},
		{`logName="projects/acme-prod/logs/run.googleapis.com%2Frequests"`, "401 403 app"},
		{`httpRequest.status=401`, "401 app"},
		{`httpRequest.status=(401 OR 403)`, "401 403 app"},
		{`httpRequest.status=(NOT 401)`, "403 audit"},
		{`httpRequest.status>=402`, "403"},
		{`httpRequest.status<402`, "401 app"},
		{`httpRequest.status!=401`, "403 audit"},
		{`httpRequest.status=(401 AND 403)`, ""},
		{`httpRequest.requestMethod="options"`, "403"},
		{`httpRequest.userAgent:okhttp`, "401"},
		{`textPayload:("The request was not authorized to invoke" OR "The request was not authenticated")`, "401 403"},
		{`textPayload:"empty authorization header"`, "403"},
		{`textPayload=~"Empty Auth"`, "403"},
		{`textPayload=~"empty auth"`, ""},
		{`textPayload!~"Empty Auth"`, "401"},
		{`textPayload:*`, "401 403"},
		{`labels.instanceId:*`, "app"},
		{`NOT labels.instanceId:*`, "401 403 audit"},
		{`-labels.instanceId:*`, "401 403 audit"},
		{`-(httpRequest.status=401)`, "403 audit"},
		{`labels."goog-managed-by"="cloudfunctions"`, "403"},
		{`labels.goog-managed-by=cloudfunctions`, "403"},
		{`resource.labels.service_name="shop-api"`, "401"}, // a SetIamPolicy leaves the label empty
		{`resource.labels.location="europe-west1"`, "401 403 audit"},
		{`protoPayload.resourceName:"/services/shop-api"`, "audit"},
		{`protoPayload.methodName:("Services.SetIamPolicy" OR "Services.ReplaceService")`, "audit"},
		{`protoPayload.methodName:("Services.UpdateService" OR "Services.ReplaceService")`, ""},
		// Alternatives of whole terms, with a bound on both.
		{"((resource.type=\"cloud_run_revision\"\nAND log_id(\"run.googleapis.com/requests\")\nAND httpRequest.status=403)\nOR (log_id(\"cloudaudit.googleapis.com/activity\")" +
			" AND protoPayload.methodName:\"SetIamPolicy\"))\ntimestamp<=\"2026-03-01T13:00:00Z\"", "403 audit"},
		{"((httpRequest.status=403) OR (protoPayload.methodName:\"SetIamPolicy\"))\ntimestamp>\"2026-03-01T12:00:00Z\"", "403"},
		{`resource.labels.location=us-east1`, "app"},
		{`protoPayload.serviceName="run.googleapis.com"`, "audit"},
		{`protoPayload.methodName=~"Services.(SetIamPolicy|ReplaceService)$"`, "audit"},
		{`protoPayload.@type="type.googleapis.com/google.cloud.audit.AuditLog"`, "audit"},
		{`protoPayload.authenticationInfo.principalEmail="deployer@acme.example"`, "audit"},
		{`timestamp>="2026-03-01T12:01:00Z"`, "403 app"},
		{`timestamp<"2026-03-01T13:01:00+01:00"`, "401 audit"},
		{`timestamp="2026-03-01T12:00:00Z"`, "401 audit"},
		{`receiveTimestamp>"2026-03-01T12:00:01Z" AND receiveTimestamp<="2026-03-01T12:02:00Z"`, "403 app"},
		{`severity>=WARNING`, "401 403 app"},
		{`severity=notice`, "audit"},
		{`insertId=(one OR "three")`, "401 app"},
		// OR binds closer than AND.
		{`insertId=one OR insertId=two AND httpRequest.status=403`, "403"},
		{`insertId=one OR (insertId=two AND httpRequest.status=403)`, "401 403"},
		{`insertId=one OR insertId=two httpRequest.status=403`, "403"},
		{`NOT insertId=one AND httpRequest.status=401`, "app"},
		{`((insertId=one))`, "401"},
		{"resource.type=\"cloud_run_revision\"\nlog_id(\"run.googleapis.com/requests\") -- the request log\nhttpRequest.status=(401 OR 403)\nNOT labels.instanceId:*", "401 403"},
	} {
		t.Run(r.filter, func(t *testing.T) {
			if got := which(t, r.filter); got != r.want {
				t.Errorf("lets through %q, want %q", got, r.want)
			}
		})
	}
}

func TestFiltersThatTheRealAPIWouldNotTake(t *testing.T) {
	for _, filter := range []string{
		`colour=red`, `httpRequest.state=401`, `protoPayload.colour=red`, `labels.=x`, `resource.labels=x`, `labels=x`,
		`shop-api`, `"shop-api"`, `NOT`, `AND`, `OR insertId=x`, `insertId=x OR`, `insertId=x AND`,
		`insertId`, `insertId=`, `insertId=)`, `=x`, `insertId==x`, `insertId x`, `insertId=OR`,
		`(insertId=x`, `insertId=x)`, `()`, `insertId=()`, `insertId=(a OR)`, `insertId=(a b)`, `insertId=(a OR b AND c)`, `insertId=(a OR b`,
		`insertId="x`, `insertId="\q"`, `insertId="x\`, `insertId=abc:def`, "insertId=a\x00b", "\x00",
		`httpRequest.status=many`, `httpRequest.status:4`, `httpRequest.status=~"4"`, `severity=LOUD`,
		`timestamp>=2026-03-01T12:00:00Z`, `timestamp>="yesterday"`, `timestamp:"2026"`, `timestamp>="2026-03-01"`,
		`textPayload=~"("`, `textPayload=~x`,
		`log_id`, `log_id("x"`, `log_id(x)`, `log_id()`, `ip_in_net(httpRequest.remoteIp, "10.0.0.0/8")`,
		`((insertId=x) OR )`, `((insertId=x) OR (insertId=y)`, `(insertId=x) (OR insertId=y)`, `protoPayload.methodName:("a" OR)`, `protoPayload.serviceData:*`,
		strings.Repeat("(", 1000) + "insertId=x" + strings.Repeat(")", 1000),
		strings.Repeat("NOT ", 1000) + "insertId=x",
		"insertId=" + strings.Repeat("(", 1000) + "x" + strings.Repeat(")", 1000),
	} {
		t.Run(filter[:min(len(filter), 60)], func(t *testing.T) {
			if _, err := compile(filter); status.Code(err) != codes.InvalidArgument {
				t.Errorf("got %v, want InvalidArgument", err)
			}
		})
	}
}

func FuzzFilter(f *testing.F) {
	for _, s := range []string{
		``, `resource.type="cloud_run_revision" log_id("run.googleapis.com/requests") httpRequest.status=(401 OR 403)`,
		`-(a=b)`, `labels."a/b":*`, `textPayload=~"(a|b)"`, `timestamp>="2026-03-01T12:00:00Z" -- x`, `insertId=(NOT a AND (b OR c))`, "\"\\", `-`, `--`, "a\x00b)",
	} {
		f.Add(s)
	}
	all := specimens()
	f.Fuzz(func(t *testing.T, s string) {
		m, err := compile(s)
		if err != nil {
			if status.Code(err) != codes.InvalidArgument {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		not, err := compile("NOT (" + s + "\n)")
		for name, e := range all {
			yes := m(e)
			// What a filter lets through its negation does not; an empty one has none.
			if err == nil && yes == not(e) {
				t.Errorf("%q and its negation agree on %s", s, name)
			}
		}
	})
}
