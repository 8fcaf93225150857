package gcp_test

import (
	"strings"
	"testing"

	"why401/gcp"
)

func TestFrontCautions(t *testing.T) {
	way := gcp.Front{Name: "lb", Backend: "b", Leads: gcp.Yes, External: gcp.Yes, IAP: gcp.No, Routes: []gcp.Route{{Hosts: []string{"api.example.com", "*.example.com"}}}}
	open := gcp.Service{Name: "shop", Ingress: gcp.IngressAll, InvokerOff: true, URI: "https://shop-x.a.run.app"}
	private := gcp.Service{Name: "shop", Ingress: gcp.IngressLoadBalancer, URI: "https://shop-x.a.run.app", ProjectNumber: "42", Audiences: []string{"https://api.example.com"}}
	with := func(change func(*gcp.Front)) []gcp.Front {
		w := way
		change(&w)
		return []gcp.Front{w}
	}
	of := func(s gcp.Service, change func(*gcp.Service)) gcp.Service { change(&s); return s }
	iap := func(w *gcp.Front) { w.IAP = gcp.Yes }
	agent := &gcp.Policy{Bindings: []gcp.Binding{{Role: "roles/run.invoker", Members: []string{"serviceAccount:service-42@gcp-sa-iap.iam.gserviceaccount.com"}, Invokes: gcp.Yes}}}
	for _, c := range []struct {
		name    string
		service gcp.Service
		policy  *gcp.Policy
		ways    []gcp.Front
		want    string // "" for none
	}{
		{"nothing in front", open, nil, nil, ""},
		{"nothing that guards", open, nil, []gcp.Front{way}, ""},
		{"Cloud Armor, and the run.app URL is open", open, nil, with(func(w *gcp.Front) { w.Armor = "waf" }), "Cloud Armor waf before lb does not guard the run.app URL"},
		{"IAP, and the run.app URL is open", open, nil, with(iap), "IAP before lb does not guard"},
		{"a way that only may lead here", open, nil, with(func(w *gcp.Front) { w.Armor, w.Leads = "waf", gcp.Unsure }), ""},
		{"Cloud Armor, and the run.app URL is off", of(open, func(s *gcp.Service) { s.DefaultURLOff = true }), nil, with(func(w *gcp.Front) { w.Armor = "waf" }), ""},
		{"Cloud Armor, and ingress is restricted", private, nil, with(func(w *gcp.Front) { w.Armor = "waf" }), ""},
		{"Cloud Armor, and ingress is unknown", of(open, func(s *gcp.Service) { s.Ingress = gcp.IngressUnknown }), nil, with(func(w *gcp.Front) { w.Armor = "waf" }), ""},
		{"IAP on both", of(open, func(s *gcp.Service) { s.IAP = true }), nil, with(iap), "IAP is on twice"},
		{"IAP on the service alone", of(open, func(s *gcp.Service) { s.IAP = true }), nil, []gcp.Front{way}, ""},
		{"internal ingress under an external load balancer", of(open, func(s *gcp.Service) { s.Ingress = gcp.IngressInternal }), nil, []gcp.Front{way}, "404"},
		{"internal ingress under an internal one", of(open, func(s *gcp.Service) { s.Ingress = gcp.IngressInternal }), nil, with(func(w *gcp.Front) { w.External = gcp.No }), ""},
		{"internal ingress, and nobody knows", of(open, func(s *gcp.Service) { s.Ingress = gcp.IngressInternal }), nil, with(func(w *gcp.Front) { w.External = gcp.Unsure }), ""},
		{"IAP's agent may not invoke", private, &gcp.Policy{}, with(iap), "service agent may not invoke"},
		{"IAP's agent may invoke", private, agent, with(iap), ""},
		{"nobody knows whether IAP's agent may", private, &gcp.Policy{Unread: []string{"the project"}}, with(iap), "was not found out: no binding that was read names"},
		{"IAP's agent may, under a condition of which nobody knows", private, limited([]gcp.Binding{letting("?", "serviceAccount:service-42@gcp-sa-iap.iam.gserviceaccount.com")}), with(iap), "which cannot be evaluated here"},
		{"IAP's agent is denied", private, limited(agent.Bindings, denying("", nil, publicAll)), with(iap), "as long as the deny policy stop"},
		{"external identities", private, nil, with(func(w *gcp.Front) {
			w.IAP, w.IAPExternal, w.Identities = gcp.Yes, gcp.Yes, "external identities: Identity Platform"
		}), "Google's own pages disagree"},
		{"a workforce pool", private, nil, with(func(w *gcp.Front) {
			w.IAP, w.IAPExternal, w.Identities = gcp.Yes, gcp.Yes, "external identities: workforce pool x"
		}), ""},
		{"a host that is no audience", of(private, func(s *gcp.Service) { s.Audiences = []string{"api.example.com"} }), nil, []gcp.Front{way}, "https://api.example.com is called, and is no audience"},
		{"a host that is one", private, nil, []gcp.Front{way}, ""},
		{"a host of a service that asks for no token", of(open, func(s *gcp.Service) { s.Ingress = gcp.IngressLoadBalancer }), nil, []gcp.Front{way}, ""},
		{"a host behind IAP, which takes the token", of(private, func(s *gcp.Service) { s.Audiences = nil }), nil, with(iap), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, n := range c.service.FrontCautions(c.policy, c.ways) {
				if n.Text == "" || n.Why == "" || n.Confidence == "" {
					t.Errorf("incomplete: %+v", n)
				}
				got = append(got, n.Text+": "+n.Why)
			}
			if all := strings.Join(got, "\n"); len(got) > 1 || (c.want == "") != (len(got) == 0) || !strings.Contains(all, c.want) {
				t.Errorf("got %q, want %q", all, c.want)
			}
		})
	}
}
