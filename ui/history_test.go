package ui

import (
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"

	"why401/gcp/demo"
)

// TestAChangeIsShownAndWhatItTouchedIsReadAgain: somebody takes the invoker away while the screen is up. The change stands in
// the log with who did it, and the service's policy and door are those of after it.
func TestAChangeIsShownAndWhatItTouchedIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.choose("mobile-bff")
		d.has("public")
		d.wait(time.Minute)
		d.cloud.SetPolicy("mobile-bff", &iampb.Binding{Role: "roles/run.viewer", Members: []string{"user:ann@acme.example"}})
		d.wait(10 * time.Second)
		d.has("▲", "removed allUsers from roles/run.invoker", "nobody by a binding of the service itself")
		if got := d.cloud.Calls("ListServices"); got > 60 {
			t.Errorf("services were listed %d times over", got)
		}
	})
}

// TestWhatBeganItStandsInTheLog: the removal of allUsers stands before the refusals that it began.
func TestWhatBeganItStandsInTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.choose("public-site")
		d.keys("4", "enter", "g")
		d.has("sec.review@acme.example removed allUsers from roles/run.invoker")
		d.has("began 23:5", "after sec.review@acme.example removed allUsers from roles/run.invoker")
		d.golden("change-120x40")
	})
}

// TestAGrantMadeMinutesAgoLeavesDoubt: the audit log tells when the policy was changed, and a change takes minutes to spread.
func TestAGrantMadeMinutesAgoLeavesDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.choose("partner-api")
		d.keys("d")
		d.has("predicted 200 or 403", "spread")
		d.wait(10 * time.Minute)
		d.has("predicted 200 ")
	})
}
