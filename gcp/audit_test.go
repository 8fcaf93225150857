package gcp_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/genproto/googleapis/cloud/audit"
	iamlog "google.golang.org/genproto/googleapis/iam/v1/logging"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/anypb"

	"why401/gcp"
)

// The shapes of entries as they were found in public, with other names. %s is the place of what differs.
const (
	replaceEntry = `{"insertId":"qd23","logName":"projects/p/logs/cloudaudit.googleapis.com%%2Factivity","protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog",
"authenticationInfo":{"principalEmail":"jo@acme.example"},"methodName":"google.cloud.run.v1.Services.ReplaceService",
"request":{"@type":"type.googleapis.com/google.cloud.run.v1.ReplaceServiceRequest","name":"namespaces/p/services/shop-api","region":"europe-west1",
"service":{"apiVersion":"serving.knative.dev/v1","kind":"Service","metadata":{"annotations":{"run.googleapis.com/ingress":"all"}},"spec":{}}},
"resourceName":"namespaces/p/services/shop-api",%s"serviceName":"run.googleapis.com"},
"receiveTimestamp":"2026-03-01T12:00:04.7Z","resource":{"labels":{"configuration_name":"","location":"europe-west1","project_id":"p","revision_name":"","service_name":"shop-api"},
"type":"cloud_run_revision"},"severity":"NOTICE","timestamp":"2026-03-01T12:00:04.3Z"}`

	policyEntry = `{"insertId":"l3jv","logName":"projects/p/logs/cloudaudit.googleapis.com%%2Factivity","protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog",
"authenticationInfo":{"principalEmail":"jo@acme.example","principalSubject":"user:jo@acme.example"},"methodName":"google.cloud.run.v1.Services.SetIamPolicy",
"request":{"@type":"type.googleapis.com/google.iam.v1.SetIamPolicyRequest","policy":{"bindings":[{"members":["user:jo@acme.example"],"role":"roles/run.invoker"}]},
"resource":"projects/p/locations/us-west1/services/shop-api"},"resourceName":"projects/p/locations/us-west1/services/shop-api",%s"serviceName":"run.googleapis.com"},
"resource":{"labels":{"configuration_name":"","location":"us-west1","project_id":"p","revision_name":"","service_name":""},"type":"cloud_run_revision"},
"severity":"NOTICE","timestamp":"2026-03-01T12:00:04.3Z"}`

	updateEntry = `{"insertId":"u1","operation":{"id":"op-77","producer":"run.googleapis.com",%s},"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog",
"authenticationInfo":{"principalSubject":"principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/subject/repo"},
"methodName":"google.cloud.run.v2.Services.UpdateService","resourceName":"projects/p/locations/us-west1/services/shop-api",%s"serviceName":"run.googleapis.com"},
"resource":{"type":"cloud_run_revision","labels":{}},"timestamp":"2026-03-01T12:00:04.3Z"}`
)

func logged(t *testing.T, format string, parts ...any) *loggingpb.LogEntry {
	t.Helper()
	m := &loggingpb.LogEntry{}
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(fmt.Appendf(nil, format, parts...), m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestChangeOfAnEntry(t *testing.T) {
	const knative = `"response":{"kind":"Service","spec":{},"metadata":{"generation":23,"annotations":{%s}}},`
	for _, c := range []struct {
		name   string
		entry  *loggingpb.LogEntry
		kind   gcp.ChangeKind
		region string
		text   string
	}{
		{"a deploy by version 1", logged(t, replaceEntry, fmt.Sprintf(knative, `"run.googleapis.com/ingress":"all"`)),
			gcp.ChangeDeploy, "europe-west1", "jo@acme.example deployed"},
		{"a deploy that failed", logged(t, replaceEntry, `"status":{"code":10,"message":"Conflict for resource 'shop-api'."},`),
			gcp.ChangeDeploy, "europe-west1", "jo@acme.example tried to deploy, which failed: Aborted, Conflict for resource 'shop-api'."},
		{"a policy without its delta", logged(t, policyEntry, `"response":{"bindings":[{"members":["user:jo@acme.example"],"role":"roles/run.invoker"}],"etag":"BwY="},`),
			gcp.ChangePolicy, "us-west1", "jo@acme.example set the policy to user:jo@acme.example as roles/run.invoker; what it was before is not known"},
		{"a policy that may not be set", logged(t, policyEntry, `"status":{"code":7},`),
			gcp.ChangePolicy, "us-west1", "jo@acme.example tried to set the policy to user:jo@acme.example as roles/run.invoker, which failed: permission denied"},
		{"a delta in the service data", logged(t, policyEntry, `"serviceData":{"@type":"type.googleapis.com/google.iam.v1.logging.AuditData",
			"policyDelta":{"bindingDeltas":[{"action":"REMOVE","role":"roles/run.invoker","member":"allUsers"},
			{"action":"ADD","role":"roles/run.invoker","member":"group:g@acme.example","condition":{"title":"office hours","expression":"x"}}]}},`),
			gcp.ChangePolicy, "us-west1", "jo@acme.example removed allUsers from roles/run.invoker and added group:g@acme.example to roles/run.invoker under the condition office hours"},
		{"a delta in the metadata", logged(t, policyEntry, `"metadata":{"policyDelta":{"bindingDeltas":[{"action":"ADD","role":"roles/run.invoker","member":"allUsers"}]}},`),
			gcp.ChangePolicy, "us-west1", "jo@acme.example added allUsers to roles/run.invoker"},
		{"a delta of nothing", logged(t, policyEntry, `"serviceData":{"@type":"type.googleapis.com/google.iam.v1.logging.AuditData","policyDelta":{}},`),
			gcp.ChangePolicy, "us-west1", "jo@acme.example set the policy without a change of its grants"},
		{"the beginning of an update by version 2, by a federated identity", logged(t, updateEntry, `"first":true`, ""),
			gcp.ChangeDeploy, "us-west1", "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/subject/repo deployed"},
	} {
		got := gcp.ChangeOf(c.entry)
		if got.Kind != c.kind || got.Service != "shop-api" || got.Region != c.region || got.Text() != c.text {
			t.Errorf("%s:\ngot  %s %q in %q: %s\nwant %s in %q: %s", c.name, got.Kind, got.Service, got.Region, got.Text(), c.kind, c.region, c.text)
		}
		if got.Time.IsZero() || got.ID == "" || got.Failed != "" != strings.Contains(c.text, "failed") {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestWhereAChangeWasMade(t *testing.T) {
	for _, c := range []struct {
		name            string
		log             *audit.AuditLog
		service, region string
	}{
		{"by the whole name", &audit.AuditLog{ResourceName: "projects/p/locations/r/services/s"}, "s", "r"},
		{"by the location's own field", &audit.AuditLog{ResourceName: "namespaces/p/services/s",
			ResourceLocation: &audit.ResourceLocation{CurrentLocations: []string{"r"}}}, "s", "r"},
		{"by nothing", &audit.AuditLog{ResourceName: "namespaces/p"}, "", ""},
		{"a name that ends early", &audit.AuditLog{ResourceName: "services"}, "", ""},
	} {
		body, _ := anypb.New(c.log)
		got := gcp.ChangeOf(&loggingpb.LogEntry{Payload: &loggingpb.LogEntry_ProtoPayload{ProtoPayload: body}})
		if got.Service != c.service || got.Region != c.region {
			t.Errorf("%s: %q in %q", c.name, got.Service, got.Region)
		}
	}
}

func TestAnUnreadablePayloadIsAChangeToo(t *testing.T) {
	for name, body := range map[string]*anypb.Any{
		"none":         nil,
		"another type": {TypeUrl: "type.googleapis.com/google.protobuf.Duration", Value: []byte{8, 1}},
		"broken":       {TypeUrl: "type.googleapis.com/google.cloud.audit.AuditLog", Value: []byte{0xff}},
	} {
		m := logged(t, policyEntry, "")
		m.Payload = &loggingpb.LogEntry_ProtoPayload{ProtoPayload: body}
		c := gcp.ChangeOf(m)
		if c.Kind != gcp.ChangeOther || c.Region != "us-west1" || c.Time.IsZero() || !strings.Contains(c.Text(), "does not name") || len(c.Detail) != 1 {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestAPolicyOfManyGrantsIsBounded(t *testing.T) {
	d := &iampb.PolicyDelta{}
	for i := range 5000 {
		d.BindingDeltas = append(d.BindingDeltas, &iampb.BindingDelta{Action: iampb.BindingDelta_REMOVE, Role: "roles/run.invoker", Member: fmt.Sprint("user:", i)})
	}
	data, _ := anypb.New(&iamlog.AuditData{PolicyDelta: d})
	log := &audit.AuditLog{MethodName: "/Services.SetIamPolicy"}
	//lint:ignore SA1019 IAM's deltas come in this field and in no other
	log.ServiceData = data
	body, _ := anypb.New(log)
	c := gcp.ChangeOf(&loggingpb.LogEntry{Payload: &loggingpb.LogEntry_ProtoPayload{ProtoPayload: body}})
	if len(c.Removed) != 1500 || c.Text() != "somebody removed user:0 from roles/run.invoker, removed user:1 from roles/run.invoker and 1498 grants more" {
		t.Errorf("%d grants: %s", len(c.Removed), c.Text())
	}
}

func TestDiff(t *testing.T) {
	base := gcp.Service{Ingress: gcp.IngressAll, Audiences: []string{"a", "b"}, Revision: "s-00001"}
	for _, c := range []struct {
		name   string
		change func(*gcp.Service)
		want   []string
	}{
		{"nothing", func(*gcp.Service) {}, nil},
		{"what does not matter", func(s *gcp.Service) { s.Modifier = "x" }, nil},
		{"the invoker check", func(s *gcp.Service) { s.InvokerOff = true }, []string{"invoker check on → off"}},
		{"ingress", func(s *gcp.Service) { s.Ingress = gcp.IngressInternal }, []string{"ingress all → internal"}},
		{"an ingress that is not known", func(s *gcp.Service) { s.Ingress = gcp.IngressUnknown }, nil},
		{"audiences in another order", func(s *gcp.Service) { s.Audiences = []string{"b", "a"} }, nil},
		{"audiences", func(s *gcp.Service) { s.Audiences = []string{"b", "c"} }, []string{"custom audience a removed", "custom audience c added"}},
		{"IAP", func(s *gcp.Service) { s.IAP = true }, []string{"IAP off → on"}},
		{"the run.app URL", func(s *gcp.Service) { s.DefaultURLOff = true }, []string{"run.app URL on → off"}},
		{"a revision", func(s *gcp.Service) { s.Revision = "s-00002" }, []string{"revision s-00001 → s-00002"}},
		{"several", func(s *gcp.Service) { s.IAP, s.Ingress, s.InvokerOff = true, gcp.IngressLoadBalancer, true },
			[]string{"invoker check on → off", "ingress all → internal and load balancer", "IAP off → on"}},
	} {
		after := base
		after.Audiences = slices.Clone(base.Audiences)
		c.change(&after)
		if got := gcp.Diff(base, after); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzChange(f *testing.F) {
	for _, format := range []string{replaceEntry, policyEntry} {
		m := &loggingpb.LogEntry{}
		if (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(fmt.Appendf(nil, format, ""), m) == nil {
			f.Add(m.GetProtoPayload().GetValue())
		}
	}
	f.Add([]byte{0xff})
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, body []byte) {
		c := gcp.ChangeOf(&loggingpb.LogEntry{Payload: &loggingpb.LogEntry_ProtoPayload{
			ProtoPayload: &anypb.Any{TypeUrl: "type.googleapis.com/google.cloud.audit.AuditLog", Value: body}}})
		if len(c.Text()) > 40<<10 || len(c.Who)+len(c.Service)+len(c.Region)+len(c.Method) > 8<<10 || len(c.Added)+len(c.Removed) > 1500 {
			t.Errorf("too much is kept: %d bytes of text", len(c.Text()))
		}
		var h gcp.History
		h.Add(c, c)
		if h.Add(c); len(h.List()) != 1 {
			t.Errorf("one change is there %d times", len(h.List()))
		}
	})
}

func auditOf(t *testing.T, body *anypb.Any) *audit.AuditLog {
	t.Helper()
	log := &audit.AuditLog{}
	if err := body.UnmarshalTo(log); err != nil {
		t.Fatal(err)
	}
	return log
}

func payload(t *testing.T, log *audit.AuditLog) *loggingpb.LogEntry_ProtoPayload {
	t.Helper()
	body, err := anypb.New(log)
	if err != nil {
		t.Fatal(err)
	}
	return &loggingpb.LogEntry_ProtoPayload{ProtoPayload: body}
}
