package gcp_test

import (
	"strings"
	"testing"

	"why401/gcp"
)

func TestDoor(t *testing.T) {
	bound := func(role string, invokes gcp.Answer, members ...string) gcp.Binding {
		return gcp.Binding{Role: role, Members: members, Level: "service", Invokes: invokes}
	}
	policy := func(b ...gcp.Binding) *gcp.Policy {
		return &gcp.Policy{Bindings: b, Unread: []string{"project acme-prod and its folders and organisation"}}
	}
	everybody := bound("roles/run.invoker", gcp.Yes, "allUsers")
	sometimes := everybody
	sometimes.Condition = gcp.Condition{Title: "office hours", Expression: "request.time.getHours() > 8"}

	at := gcp.Service{URI: "https://shop-api-1a2b3c-ew.a.run.app", Ingress: gcp.IngressAll}
	with := func(change func(*gcp.Service)) gcp.Service {
		s := at
		change(&s)
		return s
	}
	for _, c := range []struct {
		name    string
		service gcp.Service
		policy  *gcp.Policy
		word    string
		says    string
	}{
		{"allUsers may invoke", at, policy(everybody), "public", "allUsers holds roles/run.invoker"},
		{"the check is off, with no policy read", with(func(s *gcp.Service) { s.InvokerOff = true }), nil, "public", "invoker check is off"},
		{"the check is on, with no policy read", at, nil, "unknown", "has not been read"},
		{"allUsers behind internal ingress", with(func(s *gcp.Service) { s.Ingress = gcp.IngressInternal }), policy(everybody), "internal", "404"},
		{"the check is off behind internal ingress", with(func(s *gcp.Service) { s.Ingress, s.InvokerOff = gcp.IngressInternal, true }), nil, "internal", "VPC"},
		{"allUsers behind a load balancer", with(func(s *gcp.Service) { s.Ingress = gcp.IngressLoadBalancer }), policy(everybody), "load balancer only", "load balancer"},
		{"allUsers with the run.app URL off", with(func(s *gcp.Service) { s.DefaultURLOff = true }), policy(everybody), "load balancer only", "a load balancer or a domain that is mapped"},
		{"allUsers where the ingress is not known", with(func(s *gcp.Service) { s.Ingress = gcp.IngressUnknown }), policy(everybody), "unknown", "not known"},
		{"a credential counts before the network", with(func(s *gcp.Service) { s.Ingress = gcp.IngressLoadBalancer }), policy(bound("roles/run.invoker", gcp.Yes, "user:a@acme.example")), "named callers", "1 member"},
		{"nobody is bound", at, policy(), "unknown", "nobody may invoke. Others may by what was not read."},
		{"nobody is bound, and everything was read", at, &gcp.Policy{}, "nobody", "no binding lets anybody invoke."},
		{"any Google account", at, policy(bound("roles/run.invoker", gcp.Yes, "allAuthenticatedUsers")), "Google identities", "service account may invoke. Requests come"},
		{"a member, and something unread", at, policy(bound("roles/run.invoker", gcp.Yes, "user:a@acme.example")), "named callers", "1 member may invoke. Others may by what was not read. Requests come"},
		{"allUsers under a condition is not public", at, policy(sometimes), "unknown", "cannot be evaluated"},
		{"allUsers with a role that does not invoke is not public", at, policy(bound("roles/run.viewer", gcp.No, "allUsers")), "unknown", "nobody"},
		{"allUsers with a role nobody could read is not known", at, policy(bound("organizations/1/roles/x", gcp.Unsure, "allUsers")), "unknown", "organizations/1/roles/x"},
		{"a sure allUsers counts beside an unsure one", at, policy(bound("organizations/1/roles/x", gcp.Unsure, "allUsers"), everybody), "public", ""},
		{"IAP comes before all", with(func(s *gcp.Service) { s.IAP, s.InvokerOff = true, true }), policy(everybody), "IAP users", "Identity-Aware Proxy"},
		{"ingress none", with(func(s *gcp.Service) { s.Ingress, s.IAP = gcp.IngressNone, true }), policy(everybody), "nobody", "none"},
		{"a URL that is off is listed nowhere", with(func(s *gcp.Service) { s.URI, s.DefaultURLOff = "", true }), policy(everybody), "load balancer only", "run.app URL is off"},
		{"no URL", with(func(s *gcp.Service) { s.URI = "" }), policy(everybody), "nobody", "no URL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := c.service.Door(c.policy)
			if d.Word != c.word || !strings.Contains(d.Text, c.says) {
				t.Errorf("Door = %q: %s\nwant %q, with %q", d.Word, d.Text, c.word, c.says)
			}
		})
	}
}
