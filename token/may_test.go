package token

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// policyRow is one policy and one principal: rows are sentences, "WHO, when …: …".
type policyRow struct {
	when     string
	who      string // as typed; "" for caller
	bindings []Binding
	change   func(*Target)
	want     Answer
	says     string // part of the sentence
}

func role(name string, invokes Answer, members ...string) Binding {
	return Binding{Role: name, Members: members, Level: "service", Invokes: invokes}
}

func at(level string, b Binding) Binding {
	b.Level = level
	return b
}

func when(condition string, b Binding) Binding {
	b.Condition = condition
	return b
}

const (
	sa     = "serviceAccount:" + caller
	ann    = "user:ann@example.com"
	longSA = "principal://iam.googleapis.com/projects/-/serviceAccounts/" + caller
	public = "principalSet://goog/public:all"
	pool   = "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/subject/repo"
)

func policyRows() []policyRow {
	still, over, odd := `request.time < timestamp("2026-12-31T00:00:00Z")`, `request.time < timestamp("2026-01-01T00:00:00Z")`, `request.path == "/x"`
	tagged := `resource.matchTag("1/env", "prod")`
	group := invoker("group:ops@example.com")
	custom := role("projects/acme-prod/roles/x", Unsure, sa)
	unread := func(what ...string) func(*Target) { return func(t *Target) { t.Policy.Unread = what } }
	owner := func(members ...string) Binding { return at("project acme-prod", role("roles/owner", Yes, members...)) }
	viewer := func(members ...string) Binding { return at("project acme-prod", role("roles/viewer", No, members...)) }
	return []policyRow{
		// The service's own bindings, and what is above it.
		{when: "named on the service", bindings: []Binding{invoker(sa)}, want: Yes, says: "holds roles/run.invoker (service)"},
		{when: "nobody named and everything read", want: No, says: "no binding lets it in"},
		{when: "nobody named and the project not read", change: unread("project acme-prod"), want: Unsure, says: "not read: project acme-prod"},
		{when: "named on the project", bindings: []Binding{at("project acme-prod", invoker(sa))}, want: Yes, says: "(project acme-prod)"},
		{when: "named on a folder, the organisation not read", bindings: []Binding{at("folder 12", invoker(sa))}, change: unread("organisation 1"), want: Yes, says: "(folder 12)"},
		{when: "named on the organisation as editor", bindings: []Binding{at("organisation 1", role("roles/editor", Yes, sa))}, want: Yes},
		{when: "the service's policy not read", change: func(t *Target) { t.Policy = Policy{} }, want: Unsure, says: "could not be read"},
		{when: "the change two minutes old", bindings: []Binding{invoker(sa)}, change: func(t *Target) { t.Policy.Changed = moment.Add(-120e9) }, want: Yes, says: "may not have spread"},
		// Roles.
		{when: "viewer only", bindings: []Binding{role("roles/run.viewer", No, sa)}, want: No, says: "which does not hold run.routes.invoke"},
		{when: "cloudfunctions.invoker only", bindings: []Binding{role("roles/cloudfunctions.invoker", No, sa)}, want: No, says: "roles/cloudfunctions.invoker"},
		{when: "a custom role that was not read", bindings: []Binding{custom}, want: Unsure, says: "nobody knows here"},
		{when: "a custom role that was not read, and run.invoker", bindings: []Binding{custom, invoker(sa)}, want: Yes},
		{when: "a custom role that holds it", bindings: []Binding{role("projects/acme-prod/roles/x", Yes, sa)}, want: Yes},
		// Conditions.
		{when: "the condition still true", bindings: []Binding{when(still, invoker(sa))}, want: Yes, says: "a condition that is true now"},
		{when: "the condition over", bindings: []Binding{when(over, invoker(sa))}, want: No, says: "not true now"},
		{when: "the condition odd", bindings: []Binding{when(odd, invoker(sa))}, want: Unsure, says: "cannot be evaluated"},
		{when: "one condition over and a plain binding above", bindings: []Binding{when(over, invoker(sa)), at("folder 12", invoker(sa))}, want: Yes},
		{when: "the condition over and the folders not read", bindings: []Binding{when(over, invoker(sa))}, change: unread("2 folders"), want: Unsure},
		{when: "the condition true but no moment known", bindings: []Binding{when(still, invoker(sa))}, change: func(t *Target) { t.Now = Target{}.Now }, want: Unsure},
		// Groups, domains, everybody.
		{when: "a group on the service", bindings: []Binding{group}, want: Unsure, says: "group ops@example.com"},
		{when: "a group whose condition is over", bindings: []Binding{when(over, group)}, want: No},
		{when: "the whole group, and it is that", who: "group:OPS@example.com", bindings: []Binding{group}, want: Yes, says: "as a whole may invoke"},
		{when: "the whole group, and only one account is named", who: "group:ops@example.com", bindings: []Binding{invoker(ann)}, want: No, says: "a binding of its own"},
		{when: "the whole group, and another group is named", who: "group:dev@example.com", bindings: []Binding{group}, want: Unsure},
		{when: "any Google account may", who: "ann@example.com", bindings: []Binding{invoker("allAuthenticatedUsers")}, want: Yes},
		{when: "anonymous, and any Google account may", who: "anonymous", bindings: []Binding{invoker("allAuthenticatedUsers")}, want: No, says: "a request without a credential may not invoke shop-api"},
		{when: "anonymous, and all may", who: "anonymous", bindings: []Binding{invoker("allUsers")}, change: unread("project acme-prod"), want: Yes},
		{when: "anonymous, and a group may, the project not read", who: "anonymous", bindings: []Binding{group}, change: unread("project acme-prod"), want: No},
		{when: "any Google account, and a group may", who: "allAuthenticatedUsers", bindings: []Binding{group}, want: No},
		{when: "an account of the domain, which no token proves", who: "ann@example.com", bindings: []Binding{invoker("domain:example.com")}, want: Unsure, says: "hd"},
		{when: "an account of another domain", who: "ann@gmail.com", bindings: []Binding{invoker("domain:example.com")}, want: No},
		{when: "the whole domain", who: "domain:example.com", bindings: []Binding{invoker("domain:Example.com")}, want: Yes},
		// Accounts that are gone, and the newer form of identifiers.
		{when: "the account of that address gone", bindings: []Binding{invoker("deleted:" + sa + "?uid=1")}, want: No, says: "an account that is gone"},
		{when: "gone, in the newer form", bindings: []Binding{invoker("deleted:" + longSA + "?uid=1")}, want: No, says: "an account that is gone"},
		{when: "gone and made again and named", bindings: []Binding{invoker("deleted:"+sa+"?uid=1", sa)}, want: Yes},
		{when: "named in the newer form", bindings: []Binding{invoker(longSA)}, want: Yes},
		{when: "a user named in the newer form", who: ann, bindings: []Binding{invoker("principal://goog/subject/ann@example.com")}, want: Yes},
		{when: "every account of a customer", who: ann, bindings: []Binding{invoker("principalSet://goog/cloudIdentityCustomerId/C01")}, want: Unsure},
		{when: "every service account of a project", bindings: []Binding{invoker("principalSet://cloudresourcemanager.googleapis.com/projects/4242/type/ServiceAccount")}, want: Unsure},
		{when: "a member of an unknown sort", bindings: []Binding{invoker("martian:x")}, want: Unsure},
		{when: "an identifier of an unknown sort", bindings: []Binding{invoker("principal://agents.example/x")}, want: Unsure},
		{when: "named by a number, which no address tells", bindings: []Binding{invoker("principal://iam.googleapis.com/projects/-/serviceAccounts/101112131415")}, want: Unsure, says: "account number"},
		{when: "another spelling of one mailbox named", who: "ann.lee@gmail.com", bindings: []Binding{invoker("user:annlee@googlemail.com")}, want: Unsure, says: "another spelling"},
		{when: "another mailbox named", who: "ann.lee@gmail.com", bindings: []Binding{invoker("user:annlea@gmail.com")}, want: No},
		// Identities of pools.
		{when: "a pool's identity that is named", who: pool, bindings: []Binding{invoker(pool)}, want: No, says: "cannot present an ID token itself"},
		{when: "a workload of Kubernetes that is named", who: "serviceAccount:acme-prod.svc.id.goog[ns/ksa]", bindings: []Binding{invoker("serviceAccount:acme-prod.svc.id.goog[ns/ksa]")}, want: No, says: "cannot present an ID token itself"},
		{when: "a pool's identity where all may", who: pool, bindings: []Binding{invoker("allUsers")}, want: Yes},
		{when: "a pool's identity, the policy not read", who: pool, change: func(t *Target) { t.Policy = Policy{} }, want: Unsure},
		{when: "an account, and a pool's identity is named", bindings: []Binding{invoker(pool, "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/*")}, want: No},
		// Convenience members.
		{when: "the project's viewers, and it is one", bindings: []Binding{invoker("projectViewer:acme-prod"), viewer(sa)}, want: Yes, says: "projectViewer:acme-prod"},
		{when: "the project's viewers, and it is none", bindings: []Binding{invoker("projectViewer:acme-prod"), viewer(ann)}, want: No},
		{when: "the project's viewers, one of whom is a group", bindings: []Binding{invoker("projectViewer:acme-prod"), viewer("group:ops@example.com")}, want: Unsure},
		{when: "the project's viewers, and the project was not read", bindings: []Binding{invoker("projectViewer:acme-prod")}, change: unread("project acme-prod"), want: Unsure},
		{when: "the project's viewers, and nothing of the project is there", bindings: []Binding{invoker("projectViewer:acme-prod")}, want: Unsure},
		{when: "the project's viewers, and a folder makes it one", bindings: []Binding{invoker("projectViewer:acme-prod"), viewer(ann), at("folder 12", role("roles/viewer", No, sa))}, want: Unsure},
		{when: "another project's viewers", bindings: []Binding{invoker("projectViewer:acme-dev"), viewer(sa)}, want: Unsure},
		{when: "the project's owners may only look, and it is one", bindings: []Binding{role("roles/run.viewer", No, "projectOwner:acme-prod"), owner(sa)}, want: Yes, says: "holds roles/owner"},
		// Deny policies.
		{when: "denied by name", bindings: []Binding{invoker(sa)}, change: denying(Denial{Policy: "stop", Level: "folder 12", Denied: []string{longSA}}), want: No, says: "the deny policy stop (folder 12)"},
		{when: "denied as everybody", bindings: []Binding{invoker(sa)}, change: denying(Denial{Denied: []string{public}}), want: No},
		{when: "denied as everybody and excepted", bindings: []Binding{invoker(sa)}, change: denying(Denial{Denied: []string{public}, Except: []string{longSA}}), want: Yes},
		{when: "denied and perhaps excepted by a group", bindings: []Binding{invoker(sa)}, change: denying(Denial{Denied: []string{longSA}, Except: []string{"principalSet://goog/group/ops@example.com"}}), want: Unsure, says: "excepts"},
		{when: "perhaps denied by a group", bindings: []Binding{invoker(sa)}, change: denying(Denial{Denied: []string{"principalSet://goog/group/ops@example.com"}}), want: Unsure, says: "may take"},
		{when: "perhaps denied by a group, and nothing lets it in", change: denying(Denial{Denied: []string{"principalSet://goog/group/ops@example.com"}}), want: No, says: "no binding"},
		{when: "a group bound and denied", bindings: []Binding{group}, change: denying(Denial{Policy: "stop", Denied: []string{"principalSet://goog/group/OPS@example.com"}}), want: No, says: "group:ops@example.com may invoke, but the deny policy stop takes that from its members"},
		{when: "a group bound and denied, and another group bound", bindings: []Binding{group, invoker("group:dev@example.com")}, change: denying(Denial{Denied: []string{"principalSet://goog/group/ops@example.com"}}), want: Unsure, says: "group dev@example.com"},
		{when: "a group bound and denied, but for the account", bindings: []Binding{group}, change: denying(Denial{Denied: []string{"principalSet://goog/group/ops@example.com"}, Except: []string{longSA}}), want: Unsure},
		{when: "a group bound and denied, but perhaps for the account", bindings: []Binding{group}, change: denying(Denial{Denied: []string{"principalSet://goog/group/ops@example.com"}, Except: []string{"principalSet://goog/group/dev@example.com"}}), want: Unsure},
		{when: "a group bound and denied, under a condition on a tag", bindings: []Binding{group}, change: denying(Denial{Denied: []string{"principalSet://goog/group/ops@example.com"}, Condition: tagged}), want: Unsure},
		{when: "a group bound and another denied", bindings: []Binding{group}, change: denying(Denial{Denied: []string{"principalSet://goog/group/dev@example.com"}}), want: Unsure},
		{when: "denied under a condition on a tag", bindings: []Binding{invoker(sa)}, change: denying(Denial{Denied: []string{longSA}, Condition: tagged}), want: Unsure, says: "cannot be evaluated"},
		{when: "denied under a condition that is over", bindings: []Binding{invoker(sa)}, change: denying(Denial{Denied: []string{longSA}, Condition: over}), want: Yes},
		{when: "denied under a condition that is true", bindings: []Binding{invoker(sa)}, change: denying(Denial{Denied: []string{longSA}, Condition: still}), want: No},
		{when: "another denied", bindings: []Binding{invoker(sa)}, change: denying(Denial{Denied: []string{"principal://goog/subject/ann@example.com"}}), want: Yes},
		{when: "an account gone denied", bindings: []Binding{invoker(sa)}, change: denying(Denial{Denied: []string{"deleted:" + longSA + "?uid=1"}}), want: Yes},
		{when: "perhaps denied by one rule and surely by the next", bindings: []Binding{invoker(sa)}, change: denying(Denial{Denied: []string{"principalSet://goog/group/g@example.com"}}, Denial{Policy: "sure", Denied: []string{longSA}}), want: No, says: "sure"},
		{when: "deny policies not read", bindings: []Binding{invoker(sa)}, want: Yes, says: "unless a deny policy that was not read"},
		{when: "all deny policies read", bindings: []Binding{invoker(sa)}, change: denying(), want: Yes, says: "(service)"},
		{when: "every Google account may, but one is denied", who: "allAuthenticatedUsers", bindings: []Binding{invoker("allAuthenticatedUsers")}, change: denying(Denial{Policy: "stop", Denied: []string{longSA}}), want: Yes, says: "; but not those from whom the deny policy stop takes it"},
		{when: "every Google account may, but a group is denied, under a condition on a tag", who: "allAuthenticatedUsers", bindings: []Binding{invoker("allUsers")}, change: denying(Denial{Denied: []string{"principalSet://goog/group/g@example.com"}, Condition: tagged}), want: Yes, says: "; but not those from whom a deny policy takes it"},
		{when: "every account of the domain may, but one is denied", who: "domain:example.com", bindings: []Binding{invoker("domain:example.com")}, change: denying(Denial{Denied: []string{"principal://goog/subject/ann@example.com"}}), want: Yes, says: "; but not those"},
		{when: "the whole group denied", who: "group:ops@example.com", bindings: []Binding{group}, change: denying(Denial{Denied: []string{"principalSet://goog/group/ops@example.com"}}), want: No},
	}
}

func (r policyRow) target(t testing.TB) (Principal, Target) {
	t.Helper()
	who := r.who
	if who == "" {
		who = caller
	}
	p, err := ParsePrincipal(who)
	if err != nil {
		t.Fatal(err)
	}
	target := shop(t)
	target.Policy = Policy{Known: true, Bindings: r.bindings}
	if r.change != nil {
		r.change(&target)
	}
	return p, target
}

// TestMay: from policy to answer.
func TestMay(t *testing.T) {
	for _, r := range policyRows() {
		t.Run(r.when, func(t *testing.T) {
			p, target := r.target(t)
			a := May(p, target)
			if a.Answer != r.want || !strings.Contains(a.Says, r.says) {
				t.Errorf("answer %d, want %d; says %q, want %q in it", a.Answer, r.want, a.Says, r.says)
			}
			if a.Answer == Yes && len(a.By) == 0 {
				t.Error("let in by nothing")
			}
			if a.Answer == Unsure && len(a.Maybe)+len(a.Unread)+len(a.Against) == 0 {
				t.Error("unsure of nothing")
			}
			for _, g := range slices.Concat(a.Against, a.Maybe) {
				if g.Why == "" || g.Member == "" {
					t.Errorf("a grant without its reason: %+v", g)
				}
			}
			for _, g := range a.By {
				if g.Holds != Yes || g.Deny != "" {
					t.Errorf("let in by %+v", g)
				}
			}
		})
	}
}

// TestMayOfAWordForManySaysOnlyWhatIsSo: what takes nothing from anybody whom the word stands for is not said.
func TestMayOfAWordForManySaysOnlyWhatIsSo(t *testing.T) {
	const but = "; but not those"
	over := `request.time < timestamp("2026-01-01T00:00:00Z")`
	for _, c := range []struct {
		name, who string
		deny      Denial
		want      bool
	}{
		{"one is denied", "allAuthenticatedUsers", Denial{Denied: []string{longSA}}, true},
		{"the condition is over", "allAuthenticatedUsers", Denial{Denied: []string{longSA}, Condition: over}, false},
		{"an account that is gone is denied", "allAuthenticatedUsers", Denial{Denied: []string{"deleted:" + longSA + "?uid=1"}}, false},
		{"a pool's identity is denied", "allAuthenticatedUsers", Denial{Denied: []string{pool}}, false},
		{"a service account is of no domain", "domain:example.com", Denial{Denied: []string{longSA}}, false},
		{"the domain is excepted", "domain:example.com", Denial{Denied: []string{"principal://goog/subject/ann@example.com"}, Except: []string{"domain:example.com"}}, false},
		{"a request without a credential is one", "anonymous", Denial{Denied: []string{longSA}}, false},
		{"an account is one", "ann@example.com", Denial{Denied: []string{longSA}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, target := policyRow{who: c.who, bindings: []Binding{invoker("allUsers")}, change: denying(c.deny)}.target(t)
			if a := May(p, target); a.Answer != Yes || strings.Contains(a.Says, but) != c.want {
				t.Errorf("answer %d, says %q", a.Answer, a.Says)
			}
		})
	}
}

// TestMayAgreesWithTheCheck: what the rules of the last gate say of a token is what May says of its caller.
func TestMayAgreesWithTheCheck(t *testing.T) {
	for _, r := range policyRows() {
		if r.who != "" {
			continue
		}
		_, target := r.target(t)
		target.Policy.Changed = Target{}.Now
		held, err := Read([]byte(account()))
		if err != nil {
			t.Fatal(err)
		}
		p, ok := held.Principal()
		if !ok {
			t.Fatal("a service account's ID token has no principal")
		}
		want := map[Answer][]int{Yes: {200}, No: {403}, Unsure: {200, 403}}[May(p, target).Answer]
		if target.Now.IsZero() || slices.ContainsFunc(target.Policy.Deny, func(d Denial) bool { return slices.Contains(d.Denied, public) && d.Except == nil }) {
			continue // other gates have their doubts there
		}
		if v := Check(held, target).Verdict(); fmt.Sprint(v.Possible) != fmt.Sprint(want) {
			t.Errorf("%s: the check says %v, May %v: %s", r.when, v.Possible, want, v.Text)
		}
	}
}

// TestLessKnownIsNeverNo: to know less of a policy never turns an answer into a no.
func TestLessKnownIsNeverNo(t *testing.T) {
	for _, r := range policyRows() {
		p, target := r.target(t)
		before := May(p, target).Answer
		check := func(what string, forget func(*Policy)) {
			less := target
			less.Policy.Bindings, less.Policy.Deny = slices.Clone(target.Policy.Bindings), slices.Clone(target.Policy.Deny)
			less.Policy.Unread = slices.Clone(target.Policy.Unread)
			forget(&less.Policy)
			if after := May(p, less); after.Answer == No && before != No {
				t.Errorf("%s: %s makes a no of %d: %s", r.when, what, before, after.Says)
			}
		}
		check("an unread service", func(p *Policy) { p.Known, p.Bindings = false, nil })
		for i, b := range target.Policy.Bindings {
			check("an unknown role", func(p *Policy) { p.Bindings[i].Invokes = Unsure })
			check("a condition of an unknown sort", func(p *Policy) { p.Bindings[i].Condition = "nobody.knows()" })
			check("a condition of an unknown sort besides", func(p *Policy) {
				if b.Condition != "" {
					p.Bindings[i].Condition = "nobody.knows() && " + b.Condition
				}
			})
			check("a member of an unknown sort", func(p *Policy) { p.Bindings[i].Members = []string{"martian:x"} })
			if b.Level != "service" {
				check("the unread level "+b.Level, func(p *Policy) {
					p.Bindings = slices.DeleteFunc(p.Bindings, func(o Binding) bool { return o.Level == b.Level })
					p.Unread = append(p.Unread, b.Level)
				})
			}
		}
		check("unread folders", func(p *Policy) { p.Unread = append(p.Unread, "2 folders") })
		check("unread deny policies", func(p *Policy) { p.Deny, p.DenyKnown, p.DenyUnread = nil, false, nil })
		for i := range target.Policy.Deny {
			check("a deny rule's unknown condition", func(p *Policy) { p.Deny[i].Condition = "nobody.knows()" })
			check("a deny rule's unknown exception", func(p *Policy) { p.Deny[i].Except = append(slices.Clone(p.Deny[i].Except), "martian:x") })
			check("a deny rule's unknown members", func(p *Policy) { p.Deny[i].Denied = []string{"martian:x"} })
		}
	}
}
