package ui

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"why401/token"
)

// TestWhatATargetLeavesOutIsUnknown: the same rule for every field.
func TestWhatATargetLeavesOutIsUnknown(t *testing.T) {
	read := func(text string) token.Target {
		s, err := readTarget([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return s.target(nil, moment{})
	}
	for _, text := range []string{`{}`, `{"service": {}}`, `{"service": null, "policy": null, "request": null}`, "\ufeff{\"request\": {}}", `{"policy": {"version": 1}}`} {
		got := read(text)
		if !got.Has || got.AudiencesKnown || got.Policy.Known || got.InvokerCheck != token.Unsure || got.DefaultURL != token.Unsure || got.IAP != token.Unsure ||
			got.Ingress != token.IngressUnknown || got.Request != (token.Request{}) {
			t.Errorf("%s: %+v", text, got)
		}
	}
	for _, c := range []struct {
		text  string
		holds func(token.Target) bool
	}{
		{`{"service": {"invokerIamDisabled": true}}`, func(g token.Target) bool { return g.InvokerCheck == token.No }},
		{`{"service": {"invokerIamDisabled": false}}`, func(g token.Target) bool { return g.InvokerCheck == token.Yes }},
		{`{"service": {"defaultUriDisabled": true}}`, func(g token.Target) bool { return g.DefaultURL == token.No }},
		{`{"service": {"iapEnabled": true}}`, func(g token.Target) bool { return g.IAP == token.Yes }},
		{`{"service": {"ingress": "INGRESS_TRAFFIC_NONE"}}`, func(g token.Target) bool { return g.Ingress == token.IngressNone }},
		{`{"service": {"ingress": "INGRESS_TRAFFIC_UNSPECIFIED"}}`, func(g token.Target) bool { return g.Ingress == token.IngressUnknown }},
		{`{"service": {"urls": [], "customAudiences": []}}`, func(g token.Target) bool { return g.AudiencesKnown && len(g.Audiences) == 0 }},
		{`{"service": {"uri": "https://x.example", "customAudiences": ["a"]}}`, func(g token.Target) bool { return !g.AudiencesKnown && len(g.Audiences) == 2 }},
		{`{"service": {}, "serviceComplete": true}`, func(g token.Target) bool {
			return g.AudiencesKnown && g.InvokerCheck == token.Yes && g.DefaultURL == token.Yes && g.IAP == token.No && g.Ingress == token.IngressUnknown
		}},
		{`{"policy": {"etag": "ACAB"}}`, func(g token.Target) bool { return g.Policy.Known && len(g.Policy.Unread) == 2 }},
		{`{"policy": {"bindings": []}}`, func(g token.Target) bool { return g.Policy.Known && len(g.Policy.Unread) == 2 }},
		{`{"policy": {}, "policyComplete": true}`, func(g token.Target) bool { return g.Policy.Known && len(g.Policy.Unread) == 0 }},
		{`{"policyComplete": true}`, func(g token.Target) bool { return !g.Policy.Known }},
		{`{"request": {"url": "http://user@API.example:8080/x?y=z"}}`, func(g token.Target) bool { return g.Request.Host == "API.example:8080" }},
		{`{"request": {"from": "load-balancer", "header": "X-Serverless-Authorization", "method": "OPTIONS"}}`, func(g token.Target) bool {
			return g.Request == token.Request{From: token.FromLoadBalancer, Header: "X-Serverless-Authorization", Method: "OPTIONS"}
		}},
		{`{"app": {}}`, func(g token.Target) bool { return g.App == token.App{} }},
		{`{"app": {"firebase": {}}}`, func(g token.Target) bool { return g.App == token.App{Firebase: true} }},
		{`{"app": {"firebase": {"project": "p", "tenant": "t"}}}`, func(g token.Target) bool { return g.App == token.App{Firebase: true, Project: "p", Tenant: "t"} }},
	} {
		if got := read(c.text); !c.holds(got) {
			t.Errorf("%s: %+v", c.text, got)
		}
	}
}

func TestTargetErrorsSayThePlace(t *testing.T) {
	long := "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEyMyJ9.eyJpc3MiOiJhIn0.c2ln"
	for _, c := range []struct{ name, text, says string }{
		{"nothing", "", "the target file: empty"},
		{"spaces", " \n", "the target file: empty"},
		{"not UTF-8", "{\"service\": \"\xff\"}", "not UTF-8"},
		{"half of it", "{\n  \"service\": {", "the target file, line 2, column 14: unexpected end"},
		{"no JSON", "{\"service\": {},\n \"policy\" {}}", "the target file, line 2, column 11: invalid character"},
		{"more after it", "{} {}", "line 1, column 4: invalid character"},
		{"a list", `[]`, "the target file: want an object"},
		{"a name that is not ours", `{"service": {}, "polcy": {}}`, "the target file: polcy is not known here"},
		{"a name in another case", `{"Service": {}}`, "the target file: Service is not known here"},
		{"a name that is not ours, inside", `{"request": {"form": "vpc"}}`, "the target file: request.form is not known here"},
		{"a name that may be a token", `{"` + long + `": 1}`, "the target file: (a name of 57 bytes) is not known here"},
		{"the first of two by their letters", `{"b": 1, "a": 2}`, "the target file: a is not known here"},
		{"twice the same", `{"service": {"urls": [], "urls": []}}`, "the target file: service.urls stands there twice"},
		{"twice the same, deep", `{"policy": {"bindings": [{}, {"role": "a", "members": [], "role": "b"}]}}`, "policy.bindings[1].role stands there twice"},
		{"a token twice", `{"service": {"` + long + `": 1, "` + long + `": 1}}`, "service.(a name of 57 bytes) stands there twice"},
		{"no object for a request", `{"request": []}`, "the target file, request: want an object"},
		{"no object for a service", `{"service": "shop-api"}`, "the target file, service: want an object"},
		{"a field of a service", `{"service": {"urls": "https://x.example"}}`, "the target file, service.urls: want a list of texts"},
		{"a field of a policy", `{"policy": {"bindings": [{"role": "roles/run.invoker"}]}}`, "the target file, policy.bindings[0].members: is missing"},
		{"Knative", `{"service": {"apiVersion": "serving.knative.dev/v1"}}`, "the target file, service: this is the older Knative form"},
		{"complete is no text", `{"policyComplete": "yes"}`, "the target file, policyComplete: want true or false"},
		{"a path that is none", `{"request": {"from": "Internet"}}`, "the target file, request.from: want internet, vpc or load-balancer"},
		{"a URL that is none", `{"request": {"url": "shop.example/x"}}`, "the target file, request.url: want a whole URL"},
		{"a URL of another scheme", `{"request": {"url": "ftp://shop.example/x"}}`, "the target file, request.url: want a whole URL"},
		{"a method that is none", `{"request": {"method": 4}}`, "the target file, request.method: want a text"},
		{"an app of another sort", `{"app": {"auth0": {}}}`, "the target file: app.auth0 is not known here"},
		{"a field of the app", `{"app": {"firebase": {"project": 4}}}`, "the target file, app.firebase.project: want a text"},
		{"a field of the app that is not ours", `{"app": {"firebase": {"proyect": "p"}}}`, "the target file: app.firebase.proyect is not known here"},
		{"too large", `{"service": "` + strings.Repeat("x", mostTarget) + `"}`, "larger than 4 MiB"},
	} {
		_, err := readTarget([]byte(c.text))
		var own *Error
		if !errors.As(err, &own) || !strings.Contains(own.Text, c.says) || own.Hint == "" || strings.Contains(own.Text, "eyJ") {
			t.Errorf("%s: %v; want %q", c.name, err, c.says)
		}
	}
}

// FuzzTarget: whatever the file, an error is short and fit to show, and a target that was read can be judged. What the file does
// not name at all is never known.
func FuzzTarget(f *testing.F) {
	f.Add([]byte(seedTarget))
	f.Add([]byte(`{"service": {"urls": [], "urls": []}}`))
	f.Add([]byte(`{"request": {"url": "https://[::1]:8080/", "from": "vpc"}, "policyComplete": true, "serviceComplete": false}`))
	f.Add([]byte(`{"policy": {"bindings": [{"role": "", "members": ["allUsers"], "condition": {"expression": "request.time < timestamp('2027-01-01T00:00:00Z')"}}]}}`))
	f.Add([]byte("\ufeff{\"service\":{\"name\":\"projects/42/locations/l/services/s\",\"labels\":{\"goog-managed-by\":\"cloudfunctions\"}}}"))
	f.Add([]byte(`[{"a":[{}]}]`))
	held := token.Parse(firebaseToken(f))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := readTarget(text)
		if err != nil {
			if said := err.Error(); clean(said) != said || len(said) > 2000 {
				t.Errorf("said %q", said)
			}
			return
		}
		if !utf8.Valid(text) {
			t.Error("read what is not UTF-8")
		}
		for _, tok := range []*token.Token{nil, held} {
			aim := s.target(tok, moment{now: judgedAt})
			token.Check(tok, aim).Verdict()
			token.Ways(tok, aim)
			// A name may be written with escapes; without any it must stand there as it is.
			if strings.Contains(string(text), `\`) || strings.Contains(string(text), "serviceComplete") {
				continue
			}
			for name, known := range map[string]bool{
				"ingress": aim.Ingress != token.IngressUnknown, "invokerIamDisabled": aim.InvokerCheck != token.Unsure, "iapEnabled": aim.IAP != token.Unsure,
				"defaultUriDisabled": aim.DefaultURL != token.Unsure, "customAudiences": aim.AudiencesKnown, "urls": aim.AudiencesKnown, "policy": aim.Policy.Known,
				"from": aim.Request.From != token.FromUnknown, "url": aim.Request.Host != "",
			} {
				if known && !strings.Contains(string(text), `"`+name+`"`) {
					t.Errorf("%s is known, and was not told", name)
				}
			}
		}
	})
}
