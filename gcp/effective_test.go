package gcp_test

import (
	"strings"
	"testing"

	"why401/gcp"
)

const publicAll = "principalSet://goog/public:all"

// limited is a policy that was read whole, judged by the texts of its conditions: "over", "on", and anything else for what cannot be
// evaluated.
func limited(bindings []gcp.Binding, deny ...gcp.DenyRule) *gcp.Policy {
	p := &gcp.Policy{Bindings: bindings, Deny: deny, DenyRead: true}
	return p.Judged(func(c gcp.Condition) gcp.Answer {
		return map[string]gcp.Answer{"over": gcp.No, "on": gcp.Yes}[c.Expression]
	})
}

// letting is a binding that invokes, under a condition or "" for none.
func letting(condition string, members ...string) gcp.Binding {
	return gcp.Binding{Role: "roles/run.invoker", Members: members, Level: "service", Invokes: gcp.Yes, Condition: gcp.Condition{Expression: condition}}
}

func denying(condition string, except []string, denied ...string) gcp.DenyRule {
	return gcp.DenyRule{Level: "project acme", Policy: "stop", Denied: denied, Except: except, Condition: gcp.Condition{Expression: condition}}
}

func TestWhatABindingLetsIn(t *testing.T) {
	const ann, robot = "user:ann@acme.example", "serviceAccount:robot@acme.iam.gserviceaccount.com"
	for _, c := range []struct {
		name      string
		condition string
		member    string
		deny      []gcp.DenyRule
		want      gcp.Answer
	}{
		{"a plain member", "", ann, nil, gcp.Yes},
		{"a condition that is true now", "on", ann, nil, gcp.Yes},
		{"a condition that is not", "over", ann, nil, gcp.No},
		{"a condition of which nobody knows", "?", ann, nil, gcp.Unsure},
		{"an account that is gone", "", "deleted:" + ann + "?uid=1", nil, gcp.No},
		{"an identity pool", "", "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/*", nil, gcp.No},
		{"a workload of Kubernetes", "", "serviceAccount:acme.svc.id.goog[shop/web]", nil, gcp.No},
		{"the service accounts of a project", "", "principalSet://cloudresourcemanager.googleapis.com/projects/1/type/ServiceAccount", nil, gcp.Yes},
		{"everybody is denied", "", ann, []gcp.DenyRule{denying("", nil, publicAll)}, gcp.No},
		{"everybody is denied, while a condition that is over lasted", "", ann, []gcp.DenyRule{denying("over", nil, publicAll)}, gcp.Yes},
		{"everybody is denied, under a condition that is true now", "", ann, []gcp.DenyRule{denying("on", nil, publicAll)}, gcp.No},
		{"everybody is denied, under a condition of which nobody knows", "", ann, []gcp.DenyRule{denying("?", nil, publicAll)}, gcp.Unsure},
		{"everybody but the member is denied", "", ann, []gcp.DenyRule{denying("", []string{"principal://goog/subject/ann@acme.example"}, publicAll)}, gcp.Yes},
		{"everybody but a group is denied", "", ann, []gcp.DenyRule{denying("", []string{"principalSet://goog/group/ops@acme.example"}, publicAll)}, gcp.Unsure},
		{"the member is denied", "", ann, []gcp.DenyRule{denying("", nil, "principal://goog/subject/Ann@acme.example")}, gcp.No},
		{"a service account is denied", "", robot, []gcp.DenyRule{denying("", nil, "principal://iam.googleapis.com/projects/-/serviceAccounts/robot@acme.iam.gserviceaccount.com")}, gcp.No},
		{"another is denied", "", ann, []gcp.DenyRule{denying("", nil, "principal://goog/subject/eve@acme.example")}, gcp.Yes},
		{"one that may be the same under another spelling is denied", "", "user:a.n.n@gmail.com", []gcp.DenyRule{denying("", nil, "principal://goog/subject/ann@gmail.com")}, gcp.Unsure},
		{"an account of which only the number is written is denied", "", robot, []gcp.DenyRule{denying("", nil, "principal://iam.googleapis.com/projects/-/serviceAccounts/104242")}, gcp.Unsure},
		{"a group is denied", "", ann, []gcp.DenyRule{denying("", nil, "principalSet://goog/group/ops@acme.example")}, gcp.Unsure},
		{"the same group is denied", "", "group:ops@acme.example", []gcp.DenyRule{denying("", nil, "principalSet://goog/group/ops@acme.example")}, gcp.No},
		{"the same group but for one is denied", "", "group:ops@acme.example", []gcp.DenyRule{denying("", []string{"principal://goog/subject/ann@acme.example"}, "principalSet://goog/group/ops@acme.example")}, gcp.Unsure},
		{"one of a group is denied", "", "group:ops@acme.example", []gcp.DenyRule{denying("", nil, "principal://goog/subject/ann@acme.example")}, gcp.Yes},
		{"the service accounts of a project are denied, and a person asks", "", ann, []gcp.DenyRule{denying("", nil, "principalSet://cloudresourcemanager.googleapis.com/projects/1/type/ServiceAccount")}, gcp.Yes},
		{"the service accounts of a project are denied", "", robot, []gcp.DenyRule{denying("", nil, "principalSet://cloudresourcemanager.googleapis.com/projects/1/type/ServiceAccount")}, gcp.Unsure},
		{"one caller denied closes no public service", "", "allUsers", []gcp.DenyRule{denying("", nil, "principal://goog/subject/eve@acme.example")}, gcp.Yes},
		{"a group denied closes no public service", "", "allUsers", []gcp.DenyRule{denying("", nil, "principalSet://goog/group/ops@acme.example")}, gcp.Yes},
		{"who is meant by a denied word is not known", "", "allUsers", []gcp.DenyRule{denying("", nil, "martian:x")}, gcp.Unsure},
	} {
		p := limited([]gcp.Binding{letting(c.condition, c.member)}, c.deny...)
		if got := p.Lets(p.Bindings[0], c.member); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	p := &gcp.Policy{}
	if p.Lets(gcp.Binding{Invokes: gcp.Unsure}, ann) != gcp.Unsure || p.Lets(gcp.Binding{Invokes: gcp.No}, ann) != gcp.No {
		t.Error("a role that nobody knows, and one that does not invoke")
	}
}

func TestAPolicyIsJudgedInACopy(t *testing.T) {
	plain := &gcp.Policy{Bindings: []gcp.Binding{letting("", "user:a@b.example")}}
	yes := func(gcp.Condition) gcp.Answer { return gcp.Yes }
	if plain.Judged(yes) != plain || (*gcp.Policy)(nil).Judged(yes) != nil {
		t.Error("what has no condition is copied")
	}
	p := &gcp.Policy{Bindings: []gcp.Binding{letting("x", "user:a@b.example")}, Deny: []gcp.DenyRule{denying("y", nil, publicAll)}}
	q := p.Judged(yes)
	if q.Bindings[0].Holds != gcp.Yes || q.Deny[0].Holds != gcp.Yes || p.Bindings[0].Holds != gcp.Unsure || p.Deny[0].Holds != gcp.Unsure {
		t.Errorf("judged %+v\nof %+v", q, p)
	}
}

// TestDoorsOfWhatHoldsNow: conditions, deny rules and members that cannot call decide about the list's word and the gates.
func TestDoorsOfWhatHoldsNow(t *testing.T) {
	s := gcp.Service{URI: "https://s-1a-ew.a.run.app", Ingress: gcp.IngressAll, ProjectNumber: "424242"}
	iap := s
	iap.IAP = true
	off := s
	off.InvokerOff = true
	const agent = "serviceAccount:service-424242@gcp-sa-iap.iam.gserviceaccount.com"
	stop := denying("", nil, publicAll)
	for _, c := range []struct {
		name       string
		service    gcp.Service
		policy     *gcp.Policy
		word, says string
		permission string
	}{
		{"the only binding is over", s, limited([]gcp.Binding{letting("over", "user:a@b.example")}), "nobody", "Not counted: 1 member under a condition that is not true now", "403"},
		{"it is on", s, limited([]gcp.Binding{letting("on", "user:a@b.example")}), "named callers", "1 member may invoke.", "else 403"},
		{"nobody knows", s, limited([]gcp.Binding{letting("?", "user:a@b.example")}), "named callers", "cannot be evaluated here", "else 403"},
		{"a pool only", s, limited([]gcp.Binding{letting("", "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/*")}), "nobody", "1 member of an identity pool", "403"},
		{"gone only", s, limited([]gcp.Binding{letting("", "deleted:user:a@b.example?uid=1")}), "nobody", "1 member that is gone", "403"},
		{"allUsers over", s, limited([]gcp.Binding{letting("over", "allUsers"), letting("", "user:a@b.example")}), "named callers", "1 member may invoke", "else 403"},
		{"allUsers on", s, limited([]gcp.Binding{letting("on", "allUsers")}), "public", "allUsers holds", "everybody"},
		{"allUsers perhaps, beside a named caller", s, limited([]gcp.Binding{letting("?", "allUsers"), letting("", "user:a@b.example")}), "unknown", "cannot be evaluated", "unknown"},
		{"allAuthenticatedUsers over", s, limited([]gcp.Binding{letting("over", "allAuthenticatedUsers")}), "nobody", "", "403"},
		{"allAuthenticatedUsers perhaps", s, limited([]gcp.Binding{letting("?", "allAuthenticatedUsers")}), "unknown", "allAuthenticatedUsers holds", "unknown"},
		{"allUsers, and everybody is denied", s, limited([]gcp.Binding{letting("", "allUsers")}, stop), "nobody", "deny policy stop (project acme)", "403"},
		{"everybody is denied, whatever was not read", s, func() *gcp.Policy {
			p := limited([]gcp.Binding{letting("", "allUsers")}, stop)
			p.Unread = []string{"folder 7"}
			return p
		}(), "nobody", "from everybody", "403"},
		{"allUsers, and everybody but one is denied", s, limited([]gcp.Binding{letting("", "allUsers")}, denying("", []string{"principal://goog/subject/a@b.example"}, publicAll)), "unknown", "whether the deny policy stop", "unknown"},
		{"allUsers, and everybody was denied until lately", s, limited([]gcp.Binding{letting("", "allUsers")}, denying("over", nil, publicAll)), "public", "", "everybody"},
		{"the only caller is denied", s, limited([]gcp.Binding{letting("", "user:a@b.example")}, denying("", nil, "principal://goog/subject/a@b.example")), "nobody", "1 member that a deny policy refuses", "403"},
		{"the only caller may be denied", s, limited([]gcp.Binding{letting("", "user:a@b.example")}, denying("", nil, "principalSet://goog/group/g@b.example")), "named callers", "unless the deny policy stop", "else 403"},
		{"where IAM is not asked no deny rule counts", off, limited(nil, stop), "public", "", "not asked"},
		{"IAP's agent", iap, limited([]gcp.Binding{letting("", agent)}), "IAP users", "", "passes"},
		{"IAP's agent is denied with everybody", iap, limited([]gcp.Binding{letting("", agent)}, stop), "nobody", "its service agent may not invoke", "403"},
		{"IAP's agent is denied by name", iap, limited([]gcp.Binding{letting("", agent)}, denying("", nil, agent)), "nobody", "", "403"},
		{"IAP's agent may be denied", iap, limited([]gcp.Binding{letting("", agent)}, denying("?", nil, publicAll)), "IAP users", "", "unknown"},
		{"IAP's agent was bound until lately", iap, limited([]gcp.Binding{letting("over", agent)}), "nobody", "", "403"},
		{"IAP's agent, perhaps", iap, limited([]gcp.Binding{letting("?", agent)}), "IAP users", "", "unknown"},
		{"IAP's agent of another project", iap, limited([]gcp.Binding{letting("", "serviceAccount:service-999@gcp-sa-iap.iam.gserviceaccount.com")}), "nobody", "", "403"},
		{"IAP where IAM is not asked", func() gcp.Service { s := iap; s.InvokerOff = true; return s }(), limited(nil), "IAP users", "", "not asked"},
		{"IAP's agent by what was not read", iap, &gcp.Policy{Unread: []string{"project acme"}}, "IAP users", "", "unknown"},
		{"IAP's agent may be an editor of the project", iap, limited([]gcp.Binding{letting("", "projectEditor:acme")}), "IAP users", "", "unknown"},
	} {
		d := c.service.Door(c.policy)
		if d.Word != c.word || !strings.Contains(d.Text, c.says) {
			t.Errorf("%s: Door = %q: %s\nwant %q, with %q", c.name, d.Word, d.Text, c.word, c.says)
		}
		for _, g := range c.service.Gates(c.policy) {
			if g.Name != "permission" {
				continue
			}
			if g.Internet.Text != c.permission {
				t.Errorf("%s: the gate says %q, want %q", c.name, g.Internet.Text, c.permission)
			}
			if len(g.Setting) > 23 {
				t.Errorf("%s: too long for its column: %q", c.name, g.Setting)
			}
		}
	}
}
