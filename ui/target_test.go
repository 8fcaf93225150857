package ui

import (
	"math/rand/v2"
	"testing"
	"time"

	"why401/gcp"
	"why401/token"
)

// TestTheDoorSaysWhatMaySays: the list's word and the answer to "can they?" are worked out apart, the one by gcp for whoever may call, the
// other by token for one principal. They never contradict.
func TestTheDoorSaysWhatMaySays(t *testing.T) {
	r := rand.New(rand.NewPCG(401, 403))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	const robot = "robot@acme.iam.gserviceaccount.com"
	members := []string{"allUsers", "allAuthenticatedUsers", "user:ann@acme.example", "serviceAccount:" + robot, "group:all@acme.example", "projectEditor:acme",
		"deleted:user:ann@acme.example?uid=1", "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/*"}
	denied := []string{"principalSet://goog/public:all", "principal://goog/subject/ann@acme.example", "principalSet://goog/group/all@acme.example",
		"principal://iam.googleapis.com/projects/-/serviceAccounts/" + robot, "principalSet://cloudresourcemanager.googleapis.com/projects/1/type/ServiceAccount"}
	condition := func() gcp.Condition {
		return gcp.Condition{Expression: pick("", "", `request.time < timestamp("2020-01-01T00:00:00Z")`, `request.time > timestamp("2020-01-01T00:00:00Z")`, `resource.name == "x"`)}
	}
	at := moment{now: time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)}
	s := gcp.Service{ID: "x", Name: "s", Project: "acme", URI: "https://s-1a-ew.a.run.app", Ingress: gcp.IngressAll}
	seen := map[string]int{}
	for range 20000 {
		p := &gcp.Policy{DenyRead: true}
		for range r.IntN(4) {
			p.Bindings = append(p.Bindings, gcp.Binding{Role: "roles/x", Level: "service", Members: []string{pick(members...)}, Condition: condition(),
				Invokes: []gcp.Answer{gcp.Yes, gcp.Yes, gcp.No, gcp.Unsure}[r.IntN(4)]})
		}
		if r.IntN(3) == 0 {
			d := gcp.DenyRule{Policy: "stop", Denied: []string{pick(denied...)}, Condition: condition()}
			if r.IntN(2) == 0 {
				d.Except = []string{pick(denied[1:]...)}
			}
			p.Deny = []gcp.DenyRule{d}
		}
		if r.IntN(4) == 0 {
			p.Unread = []string{"project acme"}
		}
		door, aim := s.Door(judged(p, at.now)).Word, target(s, p, nil, at)
		may := func(who string) token.Answer {
			of, err := token.ParsePrincipal(who)
			if err != nil {
				t.Fatal(err)
			}
			return token.May(of, aim).Answer
		}
		everybody, google, ann, machine := may("allUsers"), may("allAuthenticatedUsers"), may("user:ann@acme.example"), may("serviceAccount:"+robot)
		seen[door]++
		sound := true
		switch door {
		case "public":
			sound = everybody == token.Yes
		case "Google identities":
			sound = everybody == token.No && google == token.Yes
		case "named callers":
			sound = everybody == token.No && google != token.Yes
		case "nobody":
			// A group that is let in and denied, too, lets nobody in, whoever is in it; of one account May does not see that.
			sound = everybody == token.No && google == token.No && ann != token.Yes && machine != token.Yes && (ann == token.No || len(p.Deny) > 0)
		case "unknown":
			sound = everybody == token.Unsure || everybody == token.No && google != token.Yes
		}
		if !sound {
			t.Fatalf("the door is %q; allUsers %v, allAuthenticatedUsers %v, ann %v, a service account %v\n%+v", door, everybody, google, ann, machine, p)
		}
	}
	for _, word := range []string{"public", "Google identities", "named callers", "nobody", "unknown"} {
		if seen[word] < 200 {
			t.Errorf("%q came %d times only", word, seen[word])
		}
	}
}

// TestConditionsAreHandedInEvaluated: what a door and a diagnosis are told of conditions is what a token is judged by.
func TestConditionsAreHandedInEvaluated(t *testing.T) {
	p := &gcp.Policy{}
	want := map[string]gcp.Answer{
		`request.time < timestamp("2026-11-27T05:00:00Z")`: gcp.No,
		`request.time < timestamp("2027-01-01T00:00:00Z")`: gcp.Yes,
		`resource.name == "x"`:                             gcp.Unsure,
	}
	for expression := range want {
		p.Bindings = append(p.Bindings, gcp.Binding{Role: "roles/run.invoker", Condition: gcp.Condition{Expression: expression}})
	}
	at := time.Date(2026, 11, 29, 7, 24, 0, 0, time.UTC)
	for _, b := range judged(p, at).Bindings {
		if b.Holds != want[b.Condition.Expression] {
			t.Errorf("%s: %v, want %v", b.Condition.Expression, b.Holds, want[b.Condition.Expression])
		}
	}
	if judged(nil, at) != nil {
		t.Error("a policy that was not read became one")
	}
}
