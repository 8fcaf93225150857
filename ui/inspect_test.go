package ui

import (
	"strings"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"

	"why401/gcp/demo"
	"why401/token"
)

// TestNothingIsSaidTwiceAtAGlance: what the verdict tells of a doubt, and what a check tells of an assumption, stands there once; the whole
// report has it all.
func TestNothingIsSaidTwiceAtAGlance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 80, 24)
		once := func(text string) {
			t.Helper()
			if n := strings.Count(strings.Join(strings.Fields(strings.ReplaceAll(d.screen(), "│", " ")), " "), text); n != 1 {
				t.Errorf("%q stands %d times:\n%s", text, n, d.screen())
			}
		}
		d.choose("order-events")
		d.keys("d", "3")
		d.has("? caller      in doubt, as said above")
		once("membership of the group shops-backends@acme.example cannot be read")
		d.send(tea.WindowSizeMsg{Width: 120, Height: 200})
		d.keys("enter")
		d.has("? caller      unknown: holds roles/cloudfunctions.invoker")
		d.keys("esc")
		d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
		d.choose("billing")
		d.keys("3")
		once("the request comes through the external load balancer")
		d.has("assumed     nothing in front refuses it first")
		d.lacks("as said above") // a verdict that is sure tells no doubts
	})
}

// TestWhereTheWaysAre: the fix speaks of them; at a glance a line says where they stand, with them it does not.
func TestWhereTheWaysAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 80, 24)
		d.keys("d", "3")
		d.has("4 ways out, with costs and commands: enter")
		d.keys("enter")
		d.lacks("4 ways out")
		d.keys("esc")
		d.choose("status")
		d.keys("3")
		d.lacks("ways out")
	})
}

// TestTimesAreToldAsMoments beside the number that stands in the token; what is no time stays as it is.
func TestTimesAreToldAsMoments(t *testing.T) {
	for _, c := range []struct {
		claim token.Claim
		want  string
	}{
		{token.Claim{Name: "exp", Value: "946688220"}, " (2000-01-01 00:57:00 UTC)"},
		{token.Claim{Name: "auth_time", Value: "0"}, " (1970-01-01 00:00:00 UTC)"},
		{token.Claim{Name: "exp", Value: "9223372036854775807"}, ""},
		{token.Claim{Name: "exp", Value: "-1"}, ""},
		{token.Claim{Name: "exp", Value: "1e9"}, ""},
		{token.Claim{Name: "exp", Value: "946688220", Header: true}, ""},
		{token.Claim{Name: "sub", Value: "946688220"}, ""},
	} {
		if got := momentOf(c.claim); got != c.want {
			t.Errorf("%+v: %q, want %q", c.claim, got, c.want)
		}
	}
}

// TestNoCredentialClaimsNothing: there is nothing that a signature could bear out.
func TestNoCredentialClaimsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.choose("web-gateway")
		d.send(tea.PasteMsg{Content: d.sampleOf("web-gateway", "preflight")})
		d.has("Token · no credential", "predicted 403")
		d.lacks("claimed")
	})
}

// TestTheClockIsToldByAHost: the path of a key set says nothing about time.
func TestTheClockIsToldByAHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 200)
		d.keys("d", "3", "enter")
		d.has("in step with www.googleapis.com")
		d.lacks("in step with https")
	})
}

// TestALineThatIsTypedKeepsItsKeys: a notice does not stand where it says how to end.
func TestALineThatIsTypedKeepsItsKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("2", "T")
		d.has("ask about a caller first: t")
		d.keys("t")
		d.has("enter done   esc give up")
		d.lacks("ask about a caller first")
	})
}
