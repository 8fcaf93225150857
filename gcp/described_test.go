package gcp_test

import (
	"reflect"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	"why401/gcp"
)

const describedService = `{
  "name": "projects/acme-prod/locations/europe-west1/services/shop-api",
  "uid": "1a2b", "generation": "7",
  "uri": "https://shop-api-1a2b3c-ew.a.run.app",
  "urls": ["https://shop-api-4242.europe-west1.run.app", "https://shop-api-1a2b3c-ew.a.run.app"],
  "customAudiences": ["acme-prod"],
  "ingress": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
  "invokerIamDisabled": false, "defaultUriDisabled": true, "iapEnabled": null,
  "labels": {"goog-managed-by": "cloudfunctions"},
  "trafficStatuses": [{"tag": "canary", "uri": "https://canary---shop-api-1a2b3c-ew.a.run.app"}, {"percent": 100}],
  "template": {"containers": [{"image": "shop"}]}
}`

func TestDescribeReadsAService(t *testing.T) {
	d, err := gcp.Describe([]byte(describedService), false)
	if err != nil {
		t.Fatal(err)
	}
	want := gcp.Described{
		Service: gcp.Service{
			ID: "projects/acme-prod/locations/europe-west1/services/shop-api", Name: "shop-api", Region: "europe-west1", Project: "acme-prod",
			ProjectNumber: "4242", URI: "https://shop-api-1a2b3c-ew.a.run.app",
			URLs:      []string{"https://shop-api-4242.europe-west1.run.app", "https://shop-api-1a2b3c-ew.a.run.app"},
			Audiences: []string{"acme-prod"}, Ingress: gcp.IngressLoadBalancer, DefaultURLOff: true,
			FunctionURL: "https://europe-west1-acme-prod.cloudfunctions.net/shop-api",
			TagURLs:     []string{"https://canary---shop-api-1a2b3c-ew.a.run.app"},
			Traffic:     []gcp.Traffic{{Tag: "canary", URL: "https://canary---shop-api-1a2b3c-ew.a.run.app"}, {Percent: 100}},
		},
		Given: gcp.Given{URLs: true, Audiences: true, Labels: true, InvokerCheck: true, DefaultURL: true},
	}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("got  %+v\nwant %+v", d, want)
	}
}

func TestDescribeKnowsOnlyWhatIsGiven(t *testing.T) {
	all := gcp.Given{URLs: true, Audiences: true, Labels: true, InvokerCheck: true, DefaultURL: true, IAP: true}
	for _, c := range []struct {
		name, text string
		whole      bool
		given      gcp.Given
	}{
		{"nothing", `{}`, false, gcp.Given{}},
		{"nothing, of the API's whole answer", `{}`, true, all},
		{"a uri, which is not all of the URLs", `{"uri": "https://shop-1a2b3c-ew.a.run.app"}`, true, gcp.Given{Audiences: true, Labels: true, InvokerCheck: true, DefaultURL: true, IAP: true}},
		{"an empty list", `{"customAudiences": []}`, false, gcp.Given{Audiences: true}},
		{"null is as good as left out", `{"customAudiences": null, "urls": null, "iapEnabled": null}`, false, gcp.Given{}},
		{"false", `{"invokerIamDisabled": false, "iapEnabled": false}`, false, gcp.Given{InvokerCheck: true, IAP: true}},
		{"names in another case are others", `{"CustomAudiences": [], "IAPEnabled": false}`, false, gcp.Given{}},
	} {
		d, err := gcp.Describe([]byte(c.text), c.whole)
		if err != nil || d.Given != c.given {
			t.Errorf("%s: %+v, %v; want %+v", c.name, d.Given, err, c.given)
		}
	}
}

// TestDescribeByNumber: the number is no project id, so it neither stands for one nor makes a function's address.
func TestDescribeByNumber(t *testing.T) {
	d, err := gcp.Describe([]byte(`{"name":"projects/4242/locations/us-east1/services/resize","labels":{"goog-managed-by":"cloudfunctions"}}`), true)
	if err != nil || d.Project != "" || d.ProjectNumber != "4242" || d.FunctionURL != "" || d.Given.Labels || d.Name != "resize" || d.Region != "us-east1" {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestDescribeNamesThePlace(t *testing.T) {
	for _, c := range []struct{ name, text, on, says string }{
		{"no object", `[]`, "service", "want an object"},
		{"null", `null`, "service", "want an object"},
		{"no text", `{"uri": 4}`, "service.uri", "want a text"},
		{"no list", `{"urls": "https://x.example"}`, "service.urls", "want a list of texts"},
		{"no texts", `{"customAudiences": [1]}`, "service.customAudiences", "want a list of texts"},
		{"no truth", `{"iapEnabled": "true"}`, "service.iapEnabled", "want true or false"},
		{"gcloud's word for an ingress", `{"ingress": "internal"}`, "service.ingress", "INGRESS_TRAFFIC_INTERNAL_ONLY"},
		{"the Knative form", `{"apiVersion": "serving.knative.dev/v1", "kind": "Service"}`, "service", "Knative"},
	} {
		_, err := gcp.Describe([]byte(c.text), false)
		if e := failed(t, err); e.On != c.on || !strings.Contains(e.Error(), c.says) || e.Code != codes.InvalidArgument {
			t.Errorf("%s: %v", c.name, e)
		}
	}
	d, err := gcp.Describe([]byte(`{"ingress": "INGRESS_TRAFFIC_OF_TOMORROW"}`), false)
	if err != nil || d.Ingress != gcp.IngressUnknown {
		t.Errorf("an ingress setting that is newer than this program: %v, %v", d.Ingress, err)
	}
}

func TestDescribePolicy(t *testing.T) {
	p, known, err := gcp.DescribePolicy([]byte(`{
	  "version": 3, "etag": "BwYx", "auditConfigs": [],
	  "bindings": [
	    {"role": "roles/run.invoker", "members": ["allAuthenticatedUsers"]},
	    {"role": "roles/run.viewer", "members": ["user:a@acme.example"], "condition": {"title": "until May", "expression": "request.time < x", "description": "d"}},
	    {"role": "projects/acme-prod/roles/caller", "members": []}
	  ]}`))
	if err != nil || !known {
		t.Fatal(known, err)
	}
	want := []gcp.Binding{
		{Role: "roles/run.invoker", Members: []string{"allAuthenticatedUsers"}, Level: "service", Invokes: gcp.Yes, RoleFrom: "shipped list"},
		{Role: "roles/run.viewer", Members: []string{"user:a@acme.example"}, Level: "service", Invokes: gcp.No, RoleFrom: "shipped list",
			Condition: gcp.Condition{Title: "until May", Expression: "request.time < x"}},
		{Role: "projects/acme-prod/roles/caller", Members: []string{}, Level: "service", RoleFrom: "role not read: there is no cloud to read it from"},
	}
	if !reflect.DeepEqual(p.Bindings, want) {
		t.Errorf("got  %+v\nwant %+v", p.Bindings, want)
	}
	for text, want := range map[string]bool{
		`{}`: false, `{"version": 1}`: false, `{"etag": "ACAB", "version": 1}`: true, `{"bindings": []}`: true, `{"bindings": null}`: false,
	} {
		if p, known, err := gcp.DescribePolicy([]byte(text)); err != nil || known != want || len(p.Bindings) != 0 {
			t.Errorf("%s: known %v, %v", text, known, err)
		}
	}
}

func TestDescribePolicyNamesThePlace(t *testing.T) {
	for _, c := range []struct{ name, text, on, says string }{
		{"a list", `[]`, "policy", "want an object"},
		{"bindings in an object", `{"bindings": {}}`, "policy.bindings", "want a list of objects"},
		{"a binding that is none", `{"bindings": [1]}`, "policy.bindings[0]", "want an object"},
		{"no role", `{"bindings": [{"role":"roles/viewer","members":[]}, {"members": []}]}`, "policy.bindings[1].role", "is missing"},
		{"no members", `{"bindings": [{"role": "roles/run.invoker"}]}`, "policy.bindings[0].members", "is missing"},
		{"a condition without an expression", `{"bindings": [{"role":"r","members":[],"condition":{"title":"t"}}]}`, "policy.bindings[0].condition.expression", "is missing"},
		{"an empty condition", `{"bindings": [{"role":"r","members":[],"condition":{"expression":""}}]}`, "policy.bindings[0].condition.expression", "is empty"},
		{"an etag that is none", `{"etag": 3}`, "policy.etag", "want a text"},
	} {
		_, _, err := gcp.DescribePolicy([]byte(c.text))
		if e := failed(t, err); e.On != c.on || !strings.Contains(e.Error(), c.says) {
			t.Errorf("%s: %v", c.name, e)
		}
	}
}

func TestInheritedUnread(t *testing.T) {
	if got := strings.Join(gcp.InheritedUnread("acme-prod"), "; "); got != "project acme-prod and its folders and organisation; deny policies" {
		t.Error(got)
	}
	if got := strings.Join(gcp.InheritedUnread(""), "; "); got != "the service's project and its folders and organisation; deny policies" {
		t.Error(got)
	}
}
