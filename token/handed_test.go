package token

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"
)

// above marks a binding as one that the project hands down.
func above(b Binding) Binding {
	b.Level = "project acme-prod"
	return b
}

// TestWhatIsHandedDownCountsLikeAnyBinding: wherever the bindings stand, the report is the same, also where another principal, or another moment, was
// asked about before.
func TestWhatIsHandedDownCountsLikeAnyBinding(t *testing.T) {
	r := rand.New(rand.NewPCG(40, 1000))
	bindings := []Binding{
		above(invoker("serviceAccount:" + caller)), above(invoker("group:ops@example.com", "user:ann@example.com")), above(past(invoker("user:ann@example.com"))),
		above(role("roles/cloudfunctions.invoker", No, "serviceAccount:"+caller)), above(role("projects/p/roles/x", Unsure, "user:ann@example.com")),
		above(invoker("deleted:serviceAccount:" + caller + "?uid=1")), above(when(`resource.name == "x"`, invoker("serviceAccount:"+caller))),
		above(invoker("projectOwner:acme-prod")), above(role("roles/owner", No, "user:ann@example.com")), above(invoker("domain:example.com")),
		above(invoker("serviceAccount:" + iapAgent("4242"))),
	}
	pastes := []string{account(), gcloud(), firebase(), ""}
	answers := map[int]int{}
	for range 400 {
		var own, handed []Binding
		for _, b := range bindings {
			switch r.IntN(6) {
			case 0:
				b.Level = "service"
				own = append(own, b)
			case 1:
				handed = append(handed, b)
			}
		}
		shared := HandDown(handed)
		for i := range 4 {
			whole := shop(t)
			whole.IAP = pick(r, Yes, No, No)
			whole.Now = whole.Now.Add(time.Duration(i%2) * -400 * 24 * time.Hour) // when the binding that is past was not
			split := whole
			whole.Policy.Bindings = append(append([]Binding(nil), own...), handed...)
			split.Policy.Bindings, split.Policy.Above = own, shared
			paste := pick(r, pastes...)
			want, verdict := judge(t, paste, whole)
			got, _ := judge(t, paste, split)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("own %+v\nhanded down %+v\n%s\nwant\n%s", own, handed, got.show(), want.show())
			}
			answers[verdict.Status]++
		}
	}
	if len(answers) < 3 {
		t.Errorf("the answers are too alike: %v", answers)
	}
}

// TestManyMayShareWhatIsHandedDown is for the race detector.
func TestManyMayShareWhatIsHandedDown(t *testing.T) {
	shared := HandDown([]Binding{above(invoker("serviceAccount:" + caller))})
	var all sync.WaitGroup
	for i := range 12 {
		token, err := Read([]byte(account(set("email", fmt.Sprintf("c%d@acme-prod.iam.gserviceaccount.com", i)))))
		if i == 0 {
			token, err = Read([]byte(account()))
		}
		if err != nil {
			t.Fatal(err)
		}
		target := shop(t)
		target.Policy.Bindings, target.Policy.Above = nil, shared
		all.Go(func() {
			for range 20 {
				if got, want := Predict(token, target).Status, map[bool]int{true: 200, false: 403}[i == 0]; got != want {
					t.Errorf("caller %d: %d, want %d", i, got, want)
				}
			}
		})
	}
	all.Wait()
}

// TestWhatIsHandedDownKeepsNoDenial: a group that one service's deny rule stops lets nobody in there, and perhaps somebody at the next.
func TestWhatIsHandedDownKeepsNoDenial(t *testing.T) {
	shared := HandDown([]Binding{above(invoker("group:ops@example.com"))})
	for i, want := range []Status{Unknown, Fail, Unknown} {
		target := shop(t)
		target.Policy.Bindings, target.Policy.Above, target.Policy.DenyKnown = nil, shared, true
		if i == 1 {
			target.Policy.Deny = []Denial{{Policy: "stop", Denied: []string{"principalSet://goog/group/ops@example.com"}}}
		}
		if report, _ := judge(t, account(), target); report.Find("iam.binding").Status != want {
			t.Errorf("service %d: want %d\n%s", i, want, report.show())
		}
	}
}
