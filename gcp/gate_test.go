package gcp_test

import (
	"strings"
	"testing"

	"why401/gcp"
)

// effects writes a gate's passages in a word: internet, VPC, load balancer.
func effects(g gcp.Gate) string {
	return strings.Join([]string{g.Internet.Text, g.VPC.Text, g.Balancer.Text}, " | ")
}

func TestGates(t *testing.T) {
	const agent = "serviceAccount:service-424242@gcp-sa-iap.iam.gserviceaccount.com"
	bound := func(invokes gcp.Answer, members ...string) gcp.Binding {
		return gcp.Binding{Role: "roles/x", Members: members, Invokes: invokes}
	}
	policy := func(b ...gcp.Binding) *gcp.Policy { return &gcp.Policy{Bindings: b} }
	partly := func(b ...gcp.Binding) *gcp.Policy { return &gcp.Policy{Bindings: b, Unread: []string{"the project"}} }
	plain := gcp.Service{Name: "s", URI: "https://s-1a-ew.a.run.app", Ingress: gcp.IngressAll, State: gcp.StateReady, ProjectNumber: "424242"}
	with := func(change func(*gcp.Service)) gcp.Service {
		s := plain
		change(&s)
		return s
	}
	iap := with(func(s *gcp.Service) { s.IAP = true })
	conditional := bound(gcp.Yes, "user:a@b.example")
	conditional.Condition = gcp.Condition{Expression: "request.path == '/'"}
	for _, c := range []struct {
		name    string
		service gcp.Service
		policy  *gcp.Policy
		gate    string
		setting string
		want    string
	}{
		{"the run.app URL is on", plain, nil, "host", "run.app URL on", "passes | passes | passes"},
		{"the run.app URL is off", with(func(s *gcp.Service) { s.DefaultURLOff = true }), nil, "host", "run.app URL off", "run.app: 404 | run.app: 404 | passes"},
		{"ingress all", plain, nil, "ingress", "all", "passes | passes | passes"},
		{"ingress internal", with(func(s *gcp.Service) { s.Ingress = gcp.IngressInternal }), nil, "ingress", "internal", "404 | passes | 404"},
		{"ingress load balancer", with(func(s *gcp.Service) { s.Ingress = gcp.IngressLoadBalancer }), nil, "ingress", "balancer", "404 | passes | passes"},
		{"ingress none", with(func(s *gcp.Service) { s.Ingress = gcp.IngressNone }), nil, "ingress", "none", "404 | 404 | 404"},
		{"what ingress stops reaches no later gate", with(func(s *gcp.Service) { s.Ingress = gcp.IngressInternal }), policy(), "invoker", "on", "not reached | needs token | not reached"},
		{"an ingress that is newer than the program", with(func(s *gcp.Service) { s.Ingress = gcp.IngressUnknown }), nil, "ingress", "unknown", "unknown | unknown | unknown"},
		{"IAP off", plain, nil, "IAP", "off", "off | off | off"},
		{"IAP on", iap, nil, "IAP", "on", "needs login | needs login | needs login"},
		{"behind IAP the caller is its agent", iap, policy(bound(gcp.Yes, agent)), "invoker", "agent", "IAP's token | IAP's token | IAP's token"},
		{"IAP's agent may", iap, policy(bound(gcp.Yes, agent)), "permission", "may", "passes | passes | passes"},
		{"IAP's agent may not", iap, policy(bound(gcp.Yes, "user:a@b.example")), "permission", "may not", "403 | 403 | 403"},
		{"IAP's agent may by what was not read", iap, partly(), "permission", "unknown", "unknown | unknown | unknown"},
		{"IAP's agent may be in a group", iap, policy(bound(gcp.Yes, "group:g@b.example")), "permission", "unknown", "unknown | unknown | unknown"},
		{"the check is on, the policy not read", plain, nil, "invoker", "check on", "unknown | unknown | unknown"},
		{"the check is on", plain, policy(), "invoker", "check on", "needs token | needs token | needs token"},
		{"the check is off", with(func(s *gcp.Service) { s.InvokerOff = true }), nil, "invoker", "off", "off | off | off"},
		{"allUsers pass the check", plain, policy(bound(gcp.Yes, "allUsers")), "invoker", "allUsers", "passes | passes | passes"},
		{"and are not asked for an audience", plain, policy(bound(gcp.Yes, "allUsers")), "audience", "1 accepted", "not asked | not asked | not asked"},
		{"a right audience, else 401", plain, policy(), "audience", "1 accepted", "else 401 | else 401 | else 401"},
		{"no audience known", with(func(s *gcp.Service) { s.URI = "" }), policy(), "audience", "none known", "unknown | unknown | unknown"},
		{"audiences beside URLs that are off", with(func(s *gcp.Service) {
			s.URI, s.DefaultURLOff, s.Audiences = "", true, []string{"https://api.acme.example"}
		}), policy(), "audience", "1, and URLs not listed", "else 401 | else 401 | else 401"},
		{"allUsers by a role that could not be read", plain, policy(bound(gcp.Unsure, "allUsers")), "permission", "perhaps", "unknown | unknown | unknown"},
		{"and whether a credential is asked for is not known then", plain, policy(bound(gcp.Unsure, "allUsers")), "invoker", "check on", "unknown | unknown | unknown"},
		{"nor whether an audience is", plain, policy(bound(gcp.Unsure, "allUsers")), "audience", "1 accepted", "unknown | unknown | unknown"},
		{"nor where the policy was not read", plain, nil, "audience", "1 accepted", "unknown | unknown | unknown"},
		{"what is unread above is no doubt of it", plain, partly(), "audience", "1 accepted", "else 401 | else 401 | else 401"},
		{"any Google identity", plain, policy(bound(gcp.Yes, "allAuthenticatedUsers")), "permission", "any Google identity", "else 403 | else 403 | else 403"},
		{"named callers", plain, policy(bound(gcp.Yes, "user:a@b.example", "user:c@b.example")), "permission", "2 members", "else 403 | else 403 | else 403"},
		{"named callers under a condition", plain, policy(conditional), "permission", "1 member, conditional", "else 403 | else 403 | else 403"},
		{"a deleted member is nobody", plain, policy(bound(gcp.Yes, "deleted:user:a@b.example?uid=1")), "permission", "nobody", "403 | 403 | 403"},
		{"nobody, and everything was read", plain, policy(), "permission", "nobody", "403 | 403 | 403"},
		{"nobody by what was read", plain, partly(), "permission", "nobody, as far as read", "unknown | unknown | unknown"},
		{"a role that could not be read", plain, policy(bound(gcp.Unsure, "user:a@b.example")), "permission", "role unread", "unknown | unknown | unknown"},
		{"behind a gate that stops all nothing is reached", plain, policy(), "container", "ready", "not reached | not reached | not reached"},
		{"the container answers", plain, policy(bound(gcp.Yes, "allUsers")), "container", "ready", "answers | answers | answers"},
		{"the newest revision failed", with(func(s *gcp.Service) { s.State, s.Revision, s.InvokerOff = gcp.StateFailed, "s-00002", true }), nil, "container", "an older serves", "older one | older one | older one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, g := range c.service.Gates(c.policy) {
				if g.Name != c.gate {
					continue
				}
				for _, at := range []gcp.Passage{g.Internet, g.VPC, g.Balancer} {
					if len(at.Text) > 12 || len(g.Setting) > 23 {
						t.Errorf("too long for its column: %q, %q", at.Text, g.Setting)
					}
				}
				if got := effects(g); got != c.want || !strings.Contains(g.Setting, c.setting) {
					t.Errorf("%s (%s): %s\nwant (%s): %s", g.Name, g.Setting, got, c.setting, c.want)
				}
				return
			}
			t.Errorf("there is no gate %s", c.gate)
		})
	}
}

func TestCautions(t *testing.T) {
	const id = "projects/acme/locations/europe-west1/services/"
	service := func(change func(*gcp.Service)) gcp.Service {
		s := gcp.Service{ID: id + "s", Name: "s", Project: "acme", ProjectNumber: "424242", URI: "https://s-1a-ew.a.run.app", Ingress: gcp.IngressAll}
		if change != nil {
			change(&s)
		}
		return s
	}
	custom := func(a string) gcp.Service { return service(func(s *gcp.Service) { s.Audiences = []string{a} }) }
	policy := func(role string, invokes gcp.Answer, members ...string) *gcp.Policy {
		return &gcp.Policy{Bindings: []gcp.Binding{{Role: role, Members: members, Invokes: invokes}}}
	}
	iap := service(func(s *gcp.Service) { s.IAP = true })
	const agent = "serviceAccount:service-424242@gcp-sa-iap.iam.gserviceaccount.com"
	for _, c := range []struct {
		name    string
		service gcp.Service
		policy  *gcp.Policy
		says    string // "" for no caution at all
	}{
		{"allAuthenticatedUsers is no Firebase user", service(nil), policy("roles/run.invoker", gcp.Yes, "allAuthenticatedUsers"), "no Firebase user"},
		{"a named caller needs no word", service(nil), policy("roles/run.invoker", gcp.Yes, "user:a@b.example"), ""},
		{"IAP without its agent", iap, policy("roles/run.invoker", gcp.Yes, "user:a@b.example"), "until serviceAccount:service-424242@gcp-sa-iap"},
		{"IAP with its agent", iap, policy("roles/run.invoker", gcp.Yes, "serviceAccount:service-424242@gcp-sa-iap.iam.gserviceaccount.com"), ""},
		{"IAP with a group that may hold its agent", iap, policy("roles/run.invoker", gcp.Yes, "group:g@b.example"), "group:g@b.example may invoke, and may hold it"},
		{"IAP with its agent under a condition of which nobody knows", iap, limited([]gcp.Binding{letting("?", agent)}), agent + " holds roles/run.invoker under a condition, which cannot be evaluated here"},
		{"IAP with its agent under a condition that is true", iap, limited([]gcp.Binding{letting("on", agent)}), ""},
		{"IAP with its agent by a role that nobody could read", iap, policy("projects/p/roles/x", gcp.Unsure, agent), "whether that role may invoke is not known"},
		{"IAP with its agent, which is denied", iap, limited([]gcp.Binding{letting("", agent)}, denying("", nil, publicAll)), "gets 403 as long as the deny policy stop (project acme)"},
		{"IAP with its agent, which may be denied", iap, limited([]gcp.Binding{letting("", agent)}, denying("?", nil, publicAll)), "cannot be told from here; if it may not"},
		{"IAP with an agent of a project whose number is not known", service(func(s *gcp.Service) { s.IAP, s.ProjectNumber = true, "" }), policy("roles/run.invoker", gcp.Yes, agent), "whether it is the agent of this project"},
		{"IAP where nobody looked above", iap, &gcp.Policy{Unread: []string{"project acme"}}, "no binding that was read names " + agent},
		{"cloudfunctions.invoker alone", service(nil), policy("roles/cloudfunctions.invoker", gcp.No, "user:a@b.example"), "cloudfunctions.invoker alone: such a caller gets 403"},
		{"a function's invoker who is gone", service(nil), policy("roles/cloudfunctions.invoker", gcp.No, "deleted:user:a@b.example?uid=1"), ""},
		{"a function's invoker where IAM is not asked", service(func(s *gcp.Service) { s.InvokerOff = true }), policy("roles/cloudfunctions.invoker", gcp.No, "user:a@b.example"), ""},
		{"a binding of an account that is gone", service(nil), policy("roles/run.invoker", gcp.Yes, "deleted:user:a@b.example?uid=1"), "bind that one anew"},
		{"allUsers behind internal ingress", service(func(s *gcp.Service) { s.Ingress = gcp.IngressInternal }), policy("roles/run.invoker", gcp.Yes, "allUsers"), "behind internal ingress"},
		{"allUsers behind the load balancer", service(func(s *gcp.Service) { s.Ingress = gcp.IngressLoadBalancer }), policy("roles/run.invoker", gcp.Yes, "allUsers"), "behind the load balancer"},
		{"allUsers from anywhere is what it says", service(nil), policy("roles/run.invoker", gcp.Yes, "allUsers"), ""},
		{"the project id as custom audience", custom("acme"), nil, "Firebase"},
		{"the project number as custom audience", custom("424242"), nil, "Firebase"},
		{"a host without its scheme", custom("api.acme.example"), nil, "no scheme"},
		{"a host without its scheme, beside the same with it", service(func(s *gcp.Service) { s.Audiences = []string{"api.acme.example", "https://api.acme.example"} }), nil, ""},
		{"a host without its scheme is no 401 where no credential is asked for", custom("api.acme.example"), policy("roles/run.invoker", gcp.Yes, "allUsers"), "does not match it"},
		{"a trailing slash, beside the same without it", service(func(s *gcp.Service) { s.Audiences = []string{"https://api.acme.example/", "https://api.acme.example"} }), nil, ""},
		{"what looks like another project's id", custom("acme-mobile-1a2b3"), nil, "looks like a project id"},
		{"a word too short for a project's id", custom("shop"), nil, ""},
		{"a word with capitals is no project's id", custom("ShopBackend"), nil, ""},
		{"an OAuth client's id is proper", custom("42-x.apps.googleusercontent.com"), nil, ""},
		{"a whole address is proper", custom("https://api.acme.example"), nil, ""},
		{"a trailing slash", custom("https://api.acme.example/"), nil, "ends in a slash"},
		{"a tag's address", custom("https://canary---s-1a-ew.a.run.app"), nil, "tag's URL"},
		{"a function's origin", custom("https://us-central1-acme.cloudfunctions.net"), nil, "without the function's name"},
		{"a function's whole address is proper", custom("https://us-central1-acme.cloudfunctions.net/f"), nil, ""},
		{"a space", custom("https://api.acme.example "), nil, "a space around it"},
		{"an audience of another service too", custom("https://shared.acme.example"), nil, "accepted by other too"},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := gcp.IndexAudiences([]gcp.Service{c.service, {ID: id + "other", Name: "other", Project: c.service.Project, Audiences: []string{"https://shared.acme.example"}}})
			var said []string
			for _, w := range c.service.Cautions(c.policy, all) {
				said = append(said, w.Text+": "+w.Why)
				if w.Confidence == "" {
					t.Errorf("%q has no confidence", w.Text)
				}
			}
			if got := strings.Join(said, "\n"); c.says == "" && got != "" || !strings.Contains(got, c.says) {
				t.Errorf("cautions:\n%s\nwant one with %q", got, c.says)
			}
		})
	}
}

// TestAFunctionsInvokerIsRefusedOnlyWhereThatIsKnown: 403 takes a policy read whole, and callers of whom each is one account.
func TestAFunctionsInvokerIsRefusedOnlyWhereThatIsKnown(t *testing.T) {
	const robot = "serviceAccount:push@acme.iam.gserviceaccount.com"
	s := gcp.Service{Name: "s", URI: "https://s-1a-ew.a.run.app", Ingress: gcp.IngressAll}
	role := func(role string, invokes gcp.Answer, member string) gcp.Binding {
		return gcp.Binding{Role: role, Members: []string{member}, Invokes: invokes}
	}
	for _, c := range []struct {
		name   string
		beside []gcp.Binding
		unread []string
		says   string // "" for nothing
	}{
		{"alone", nil, nil, "gets 403"},
		{"beside a caller that is another", []gcp.Binding{letting("", "user:a@b.example")}, nil, "gets 403"},
		{"beside a caller whose condition is over", []gcp.Binding{letting("over", "allAuthenticatedUsers")}, nil, "gets 403"},
		{"it may invoke by another role", []gcp.Binding{letting("", robot)}, nil, ""},
		{"it may invoke by a role that nobody could read", []gcp.Binding{role("projects/p/roles/x", gcp.Unsure, robot)}, nil, ""},
		{"every Google identity may invoke", []gcp.Binding{letting("", "allAuthenticatedUsers")}, nil, ""},
		{"everybody may invoke", []gcp.Binding{letting("", "allUsers")}, nil, ""},
		{"the project was not read", nil, []string{"project acme"}, "by itself"},
		{"a group may invoke", []gcp.Binding{letting("", "group:g@b.example")}, nil, "by itself"},
		{"the accounts of a project may invoke", []gcp.Binding{letting("", "principalSet://cloudresourcemanager.googleapis.com/projects/1/type/ServiceAccount")}, nil, "by itself"},
		{"whoever is editor may invoke", []gcp.Binding{letting("", "projectEditor:acme")}, nil, "by itself"},
		{"a pool names nobody that has an ID token", []gcp.Binding{letting("", "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/*")}, nil, "gets 403"},
		{"the holder is a group, too", []gcp.Binding{role("roles/cloudfunctions.invoker", gcp.No, "group:g@b.example")}, nil, "by itself"},
	} {
		p := limited(append(c.beside, role("roles/cloudfunctions.invoker", gcp.No, robot)))
		p.Unread = c.unread
		var said string
		for _, w := range s.Cautions(p, nil) {
			if strings.Contains(w.Text, "cloudfunctions.invoker") {
				said += w.Text + ": " + w.Why
			}
		}
		if c.says == "" && said != "" || !strings.Contains(said, c.says) || c.says == "by itself" && strings.Contains(said, "403") {
			t.Errorf("%s: %q, want %q", c.name, said, c.says)
		}
	}
}
