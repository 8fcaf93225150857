package token

import (
	"strings"
	"testing"
)

// TestEnter: the gates before IAM have their say first.
func TestEnter(t *testing.T) {
	const agent = "serviceAccount:service-4242@gcp-sa-iap.iam.gserviceaccount.com"
	user := func(level, member string) Binding { return at(level, role(iapRole, No, member)) }
	iap := func(more ...func(*Target)) func(*Target) {
		return func(t *Target) {
			t.IAP, t.ProjectNumber = Yes, "4242"
			for _, change := range more {
				change(t)
			}
		}
	}
	ingress := func(i Ingress) func(*Target) { return func(t *Target) { t.Ingress = i } }
	for _, r := range []struct {
		when     string
		who      string
		bindings []Binding
		change   func(*Target)
		want     Answer
		word     string
		says     string
		asked    bool
		users    int
		note     string
	}{
		{when: "named", bindings: []Binding{invoker(sa)}, want: Yes, word: "let in by IAM", says: "holds roles/run.invoker", asked: true},
		{when: "not named", want: No, word: "refused: 403", says: "no binding", asked: true},
		{when: "not named, the policy not read", change: func(t *Target) { t.Policy = Policy{} }, want: Unsure, word: "unknown", asked: true},
		{when: "not named, the invoker check off", change: func(t *Target) { t.InvokerCheck = No }, want: Yes, word: "let in: nobody is asked", says: "with any credential or none"},
		{when: "not named, nobody knows of the invoker check", change: func(t *Target) { t.InvokerCheck = Unsure }, want: Unsure, word: "unknown", says: "where it is", asked: true},
		{when: "named, nobody knows of the invoker check", bindings: []Binding{invoker(sa)}, change: func(t *Target) { t.InvokerCheck = Unsure }, want: Yes, word: "let in by IAM", asked: true},
		{when: "named, nobody knows of IAP", bindings: []Binding{invoker(sa)}, change: func(t *Target) { t.IAP = Unsure }, want: Unsure, word: "unknown", says: "where it is off", asked: true},
		{when: "the check off, nobody knows of IAP", change: func(t *Target) { t.IAP, t.InvokerCheck = Unsure, No }, want: Unsure, word: "unknown", asked: true},
		// IAP on the service.
		{when: "IAP, its agent bound", bindings: []Binding{invoker(agent)}, change: iap(), want: Unsure, word: "IAP decides", says: "which may invoke"},
		{when: "IAP, the caller bound and not the agent", bindings: []Binding{invoker(sa)}, change: iap(), want: No, word: "refused: 403", says: "may not invoke"},
		{when: "IAP, the agent unknown", bindings: []Binding{invoker("group:ops@example.com")}, change: iap(), want: Unsure, word: "IAP decides", says: "may or may not invoke"},
		{when: "IAP, the project above unread", change: iap(func(t *Target) { t.Policy.Unread = []string{"project acme-prod"} }), want: Unsure, word: "IAP decides", says: "may or may not invoke"},
		{when: "IAP, the project number unknown", bindings: []Binding{invoker(agent)}, change: iap(func(t *Target) { t.ProjectNumber = "" }), want: Unsure, word: "IAP decides", says: "project number"},
		{when: "IAP and the check off", change: iap(func(t *Target) { t.InvokerCheck = No }), want: Unsure, word: "IAP decides", says: "asks nobody"},
		{when: "IAP, the agent not bound, nobody knows of the check", change: iap(func(t *Target) { t.InvokerCheck = Unsure }), want: Unsure, word: "IAP decides", says: "where the invoker check is on, IAP's service agent may not invoke"},
		{when: "IAP's own agent, bound", who: agent, bindings: []Binding{invoker(agent)}, change: iap(), want: Yes, word: "let in by IAM", asked: true},
		{when: "IAP's own agent, not bound", who: agent, change: iap(), want: No, word: "refused: 403", asked: true},
		{when: "IAP's role on the project, and another's", who: "ann@example.com", bindings: []Binding{invoker(agent), user("project acme-prod", ann), user("project acme-prod", "user:bob@example.com")}, change: iap(), want: Unsure, word: "IAP decides", users: 1},
		{when: "IAP's role of others only", bindings: []Binding{invoker(agent), user("project acme-prod", ann), user("service", "user:bob@example.com")}, change: iap(), want: Unsure, word: "IAP decides", users: 2},
		// The network.
		{when: "named, ingress none", bindings: []Binding{invoker(sa)}, change: ingress(IngressNone), want: No, word: "refused: 404", says: "no request gets in"},
		{when: "the check off, ingress none", change: func(t *Target) { t.InvokerCheck, t.Ingress = No, IngressNone }, want: No, word: "refused: 404"},
		{when: "IAP, ingress none", change: iap(ingress(IngressNone)), want: No, word: "refused: 404"},
		{when: "named, ingress internal", bindings: []Binding{invoker(sa)}, change: ingress(IngressInternal), want: Yes, word: "let in by IAM", asked: true, note: "a load balancer there: 404"},
		{when: "named, ingress of the load balancer", bindings: []Binding{invoker(sa)}, change: ingress(IngressLoadBalancer), want: Yes, word: "let in by IAM", asked: true, note: "straight from the internet: 404"},
		{when: "named, ingress not known", bindings: []Binding{invoker(sa)}, change: ingress(IngressUnknown), want: Yes, word: "let in by IAM", asked: true, note: "not known"},
		{when: "named, the run.app URL off", bindings: []Binding{invoker(sa)}, change: func(t *Target) { t.DefaultURL = No }, want: Yes, word: "let in by IAM", asked: true, note: "URL is off"},
	} {
		t.Run(r.when, func(t *testing.T) {
			p, target := policyRow{who: r.who, bindings: r.bindings, change: r.change}.target(t)
			e := Enter(p, target)
			if e.Answer != r.want || e.Word != r.word || !strings.Contains(e.Says, r.says) || e.Asked != r.asked || len(e.Users) != r.users {
				t.Errorf("%d %q, %q, asked %v, %d users; want %d %q, %q, %v, %d", e.Answer, e.Word, e.Says, e.Asked, len(e.Users), r.want, r.word, r.says, r.asked, r.users)
			}
			notes := strings.Join(e.Notes, "\n")
			if !strings.Contains(notes, r.note) || r.note == "" && notes != "" {
				t.Errorf("notes %q, want %q", notes, r.note)
			}
		})
	}
}
