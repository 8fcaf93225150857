package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	"github.com/charmbracelet/x/ansi"
	"google.golang.org/genproto/googleapis/type/expr"

	"why401/gcp"
	"why401/gcp/demo"
)

// TestAConditionIsEvaluatedWhereItCan: by the time, and no further; the words follow the clock.
func TestAConditionIsEvaluatedWhereItCan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		only := func(expression string) *iampb.Binding {
			return &iampb.Binding{Role: "roles/run.invoker", Members: []string{"user:ann@acme.example"}, Condition: &expr.Expr{Expression: expression}}
		}
		soon := time.Now().Add(5 * time.Minute).UTC().Format(time.RFC3339)
		cloud.SetPolicy("webhooks", only(fmt.Sprintf("request.time < timestamp(%q)", soon)), only("request.path.startsWith('/hooks')"))
		d := drive(t, cloud, 120, 40)
		d.choose("webhooks")
		d.keys("2", "enter")
		d.has(": true now", ": cannot be evaluated here")
		d.wait(6 * time.Minute)
		d.has(": not true now", ": cannot be evaluated here")
		d.lacks(": true now")
	})
}

// TestTheDoorFollowsTheClock: the word in the list and the gates say who comes in now, and again when a condition has come to its end.
func TestTheDoorFollowsTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		soon := time.Now().Add(5 * time.Minute).UTC().Format(time.RFC3339)
		cloud.SetPolicy("webhooks", &iampb.Binding{Role: "roles/run.invoker", Members: []string{"allUsers"}, Condition: &expr.Expr{Expression: fmt.Sprintf("request.time < timestamp(%q)", soon)}})
		d := drive(t, cloud, 120, 40)
		d.choose("webhooks")
		door := func() string { return d.root.services.row(d.root.access.service.ID).door }
		before := door()
		d.keys("2", "enter")
		d.has("allUsers holds roles/run.invoker: no credential is asked for.")
		d.wait(7 * time.Minute)
		d.has("Not counted: 1 member under a condition")
		d.lacks("no credential is asked for.")
		if after := door(); before == after {
			t.Errorf("the list says %q before and after", before)
		}
	})
}

func TestALevelCountsWhoComesIn(t *testing.T) {
	const over = `request.time < timestamp("2020-01-01T00:00:00Z")`
	binding := func(condition string, members ...string) gcp.Binding {
		return gcp.Binding{Role: "roles/run.invoker", Level: "project acme", Members: members, Invokes: gcp.Yes, Condition: gcp.Condition{Expression: condition}}
	}
	for _, c := range []struct {
		name     string
		bindings []gcp.Binding
		want     string
	}{
		{"both come in", []gcp.Binding{binding("", "user:a@b.example", "user:c@b.example")}, "lets 2 members in too: run.invoker"},
		{"one is over, one is gone", []gcp.Binding{binding(over, "user:a@b.example"), binding("", "deleted:user:c@b.example?uid=1")}, "lets nobody in: "},
		{"one is over", []gcp.Binding{binding(over, "user:a@b.example"), binding("", "user:c@b.example")}, "lets 1 member in too: run.invoker"},
		{"one perhaps", []gcp.Binding{binding("a.b", "user:a@b.example")}, "may let 1 member in too: run.invoker"},
		{"one for certain and one perhaps", []gcp.Binding{binding("a.b", "user:a@b.example"), binding("", "user:c@b.example")}, "lets 1 member in too, and perhaps 1 more: run.invoker"},
	} {
		p := newAccessPane(newTheme(themeNone, false), newKeyMap())
		p.SetSize(100, 40)
		p.show(accessed{service: gcp.Service{ID: "x", Name: "s"}, policy: &gcp.Policy{Bindings: c.bindings}, at: moment{now: time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)}}, true)
		if got := p.letsIn(p.judged.Bindings); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestURLsThatAreOffAreNotKnown: the API lists no run.app URL while it is off, and no token is told that it has the wrong audience for that.
func TestURLsThatAreOffAreNotKnown(t *testing.T) {
	for _, c := range []struct {
		name    string
		service gcp.Service
		known   bool
		says    string
	}{
		{"off and not listed", gcp.Service{ID: "x", DefaultURLOff: true}, false, "its run.app URLs: not listed while they are off"},
		{"off, beside a custom audience", gcp.Service{ID: "x", DefaultURLOff: true, Audiences: []string{"https://api.acme.example"}}, false, "its run.app URLs: not listed while they are off"},
		{"off and listed all the same", gcp.Service{ID: "x", DefaultURLOff: true, URI: "https://x-1a-ew.a.run.app"}, true, "https://x-1a-ew.a.run.app"},
		{"none yet", gcp.Service{ID: "x"}, true, "the service has no URL yet"},
	} {
		if got := target(c.service, nil, nil, moment{}).AudiencesKnown; got != c.known {
			t.Errorf("%s: known %v, want %v", c.name, got, c.known)
		}
		p := newAccessPane(newTheme(themeNone, false), newKeyMap())
		p.SetSize(100, 40)
		p.show(accessed{service: c.service}, true)
		if got := strings.Join(p.audiences(), "\n"); !strings.Contains(got, c.says) {
			t.Errorf("%s: %s\nwant %q", c.name, got, c.says)
		}
	}
}

// TestAnAudienceSaysOnceWhereItComesFrom: its form stands there where it says more than its source.
func TestAnAudienceSaysOnceWhereItComesFrom(t *testing.T) {
	p := newAccessPane(newTheme(themeNone, false), newKeyMap())
	p.SetSize(120, 40)
	p.show(accessed{service: gcp.Service{
		ID: "projects/acme/locations/us-central1/services/f", Name: "f", URI: "https://f-1a-uc.a.run.app",
		FunctionURL: "https://us-central1-acme.cloudfunctions.net/f", Audiences: []string{"f"},
	}}, true)
	p.full = true
	var said []string
	for _, l := range p.audiences() {
		said = append(said, strings.Join(strings.Fields(strings.TrimPrefix(ansi.Strip(l), "Audiences")), " "))
	}
	want := []string{"https://f-1a-uc.a.run.app url, with a hash", "https://us-central1-acme.cloudfunctions.net/f function", "f custom"}
	if !slices.Equal(said, want) {
		t.Errorf("audiences %q, want %q", said, want)
	}
}
