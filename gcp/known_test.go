package gcp_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"why401/gcp"
)

func pick[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

const knownAgent = "serviceAccount:service-424242@gcp-sa-iap.iam.gserviceaccount.com"

// anyService is a service with a policy about which everything is known.
func anyService(r *rand.Rand) (gcp.Service, *gcp.Policy) {
	s := gcp.Service{Name: "s", Project: "acme", ProjectNumber: "424242", URI: "https://s-1a-ew.a.run.app", State: gcp.StateReady,
		Ingress: pick(r, gcp.IngressAll, gcp.IngressAll, gcp.IngressInternal, gcp.IngressLoadBalancer, gcp.IngressNone),
		IAP:     r.IntN(3) == 0, InvokerOff: r.IntN(6) == 0, DefaultURLOff: r.IntN(4) == 0}
	members := []string{"allUsers", "allAuthenticatedUsers", "user:ann@acme.example", "serviceAccount:push@acme.iam.gserviceaccount.com", "domain:acme.example", knownAgent,
		"deleted:user:ann@acme.example?uid=1", "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/*"}
	p := &gcp.Policy{DenyRead: true}
	for range r.IntN(4) {
		invokes := pick(r, gcp.Yes, gcp.Yes, gcp.No)
		p.Bindings = append(p.Bindings, gcp.Binding{Role: map[gcp.Answer]string{gcp.Yes: "roles/run.invoker", gcp.No: "roles/cloudfunctions.invoker"}[invokes], Level: "service",
			Members: []string{pick(r, members...)}, Invokes: invokes, Condition: gcp.Condition{Expression: pick(r, "", "", "on", "over")}})
	}
	if r.IntN(3) == 0 {
		denied := []string{publicAll, "principal://goog/subject/ann@acme.example", "principal://iam.googleapis.com/projects/-/serviceAccounts/push@acme.iam.gserviceaccount.com"}
		p.Deny = []gcp.DenyRule{denying(pick(r, "", "on", "over"), pick(r, nil, []string{pick(r, denied[1:]...)}), pick(r, denied...))}
	}
	return s, p
}

// forgotten takes some of what is known away.
func forgotten(r *rand.Rand, s gcp.Service, p *gcp.Policy) (gcp.Service, *gcp.Policy) {
	some := func() bool { return r.IntN(4) == 0 }
	if some() {
		s.Ingress = gcp.IngressUnknown
	}
	if some() {
		s.ProjectNumber = ""
	}
	if some() {
		s.State = gcp.StateUnknown
	}
	if s.DefaultURLOff && some() {
		s.URI = ""
	}
	if r.IntN(8) == 0 {
		return s, nil
	}
	q := *p
	q.Bindings, q.Deny = slices.Clone(p.Bindings), slices.Clone(p.Deny)
	if some() {
		q.Unread = []string{"project acme"}
		if len(q.Bindings) > 0 {
			q.Bindings = q.Bindings[:len(q.Bindings)-1] // what stands there
		}
	}
	for i := range q.Bindings {
		b := &q.Bindings[i]
		if some() && b.Role != "roles/cloudfunctions.invoker" {
			b.Invokes = gcp.Unsure
		}
		if b.Condition.Expression != "" && some() {
			b.Condition.Expression = "?"
		}
		if m := b.Members[0]; some() && (strings.HasPrefix(m, "user:") || strings.HasPrefix(m, "serviceAccount:")) {
			b.Members = []string{"group:all@acme.example"} // whoever is in it
		}
	}
	for i := range q.Deny {
		if q.Deny[i].Condition.Expression != "" && some() {
			q.Deny[i].Condition.Expression = "?"
		}
		if some() {
			q.Deny[i].Except = append(slices.Clone(q.Deny[i].Except), "principalSet://goog/group/some@acme.example")
		}
	}
	return s, &q
}

// TestLessKnownIsNeverSurer: whatever the door, the gates and the notes say for certain where less is known is so where all is known.
func TestLessKnownIsNeverSurer(t *testing.T) {
	r := rand.New(rand.NewPCG(401, 403))
	judge := func(c gcp.Condition) gcp.Answer {
		return map[string]gcp.Answer{"over": gcp.No, "on": gcp.Yes}[c.Expression]
	}
	refused := func(s gcp.Service, p *gcp.Policy) (all []string) {
		for _, c := range s.Cautions(p, nil) {
			if strings.Contains(c.Why, "gets 403") && !strings.Contains(c.Why, "if it may not") {
				all = append(all, c.Text)
			}
		}
		return all
	}
	nobody, lost := 0, 0
	for range 20000 {
		s, p := anyService(r)
		less, q := forgotten(r, s, p)
		p, q = p.Judged(judge), q.Judged(judge)
		more, fewer := s.Door(p), less.Door(q)
		switch fewer.Word {
		case "nobody", "public", "internal", "load balancer only":
			if more.Word != fewer.Word {
				t.Fatalf("with less known %q (%s), with all %q (%s)\n%+v %+v\n%+v %+v", fewer.Word, fewer.Text, more.Word, more.Text, less, q, s, p)
			}
		}
		if more.Word == "nobody" {
			nobody++
		}
		if more.Word == "nobody" && fewer.Word != "nobody" {
			lost++
		}
		all := s.Gates(p)
		for i, g := range less.Gates(q) {
			for side, at := range []gcp.Passage{g.Internet, g.VPC, g.Balancer} {
				full := []gcp.Passage{all[i].Internet, all[i].VPC, all[i].Balancer}[side]
				if (at.Effect == gcp.Stops || at.Effect == gcp.Passes) && full.Effect != at.Effect && full.Effect != gcp.NotCome {
					t.Fatalf("%s: with less known %q, with all %q\n%+v %+v\n%+v %+v", g.Name, at.Text, full.Text, less, q, s, p)
				}
			}
		}
		for _, text := range refused(less, q) {
			if !slices.Contains(refused(s, p), text) {
				t.Fatalf("with less known %q\n%+v\n%+v\nwith all %v", text, less, q, refused(s, p))
			}
		}
	}
	if nobody < 1000 || lost < 300 {
		t.Errorf("the services are too dull: %d closed, %d of them unknown with less", nobody, lost)
	}
}
