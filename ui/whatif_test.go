package ui

import (
	"testing"
	"testing/synctest"

	"why401/gcp/demo"
)

// TestWhatIfShowsWhatWouldHelp tries the changes that people try for a Firebase token. The custom audience alone does not help;
// an open door does. What is on is always on the screen, and nothing reaches the cloud.
func TestWhatIfShowsWhatWouldHelp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("d", "w")
		d.has("What if?", "add the custom audience acme-prod (it is there already)", "switch the invoker check off")
		d.keys("1")
		d.has("WHAT IF: 401, now 401", "No check comes out otherwise.")
		d.keys("1", "2")
		d.has("WHAT IF: 200, now 401", "IAM check", "was skip")
		d.golden("whatif-120x40")
		d.keys("enter")
		d.has(" WHAT IF ", "what if", "switch the invoker check off")
		d.choose("billing")
		d.has(" WHAT IF ")
		d.keys("w", "0", "1")
		d.has("WHAT IF: 401, now 401", "✓ audience", "was fail")
		d.keys("0", "enter")
		d.lacks("WHAT IF")
	})
}

// TestWhatIfForALoadBalancersAudience: for a Google token with another audience the custom audience is what helps.
func TestWhatIfForALoadBalancersAudience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.choose("billing")
		d.keys("d", "w")
		d.has("add the custom audience https://billing.acme.example")
		d.keys("1")
		d.has("WHAT IF: 200, now 401")
		d.keys("0", "2")
		d.has("had the token been minted for", "WHAT IF: 200, now 401")
	})
}

func TestWhatIfGrantsTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.choose("order-events")
		d.keys("d", "w")
		d.has("grant roles/run.invoker to", "predicted 200 or 403")
		d.keys("3")
		d.has("WHAT IF: 200")
	})
}
