package ui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
	"why401/gcp/demo"
	"why401/token"
)

// TestCanTheyAndWhoAccepts asks the Access pane, by keyboard, and goes on to another service with the question open.
func TestCanTheyAndWhoAccepts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("t") // from the list of services
		d.send(tea.PasteMsg{Content: "ann@acme.example"})
		d.keys("enter", "enter")
		d.golden("ask-caller-120x40")
		d.has("let in by IAM", "user:ann@acme.example may invoke shop-api", "allAuthenticatedUsers run.invoker")
		d.keys("esc", "1", "/")
		d.send(tea.PasteMsg{Content: "order-events"})
		d.keys("enter", "t")
		d.send(tea.PasteMsg{Content: "order-push@acme-prod.iam.gserviceaccount.com"})
		d.keys("enter", "enter")
		d.has("T", "ask Google's Policy Troubleshooter too")
		d.keys("T")
		d.golden("ask-near-120x40")
		d.has("says Policy Troubleshooter")
		d.has("against   serviceAccount:order-push@acme-prod.iam.gserviceaccount.com holds roles/cloudfunctions.invoker")
		d.lacks("let in by IAM")
		d.keys("t", "ctrl+u", "x", "y", "enter")
		d.has("Can they")
		d.lacks("let in by IAM", "refused: 403")
		d.keys("l")
		d.send(tea.PasteMsg{Content: "https://order-events-424242424242.us-central1.run.app/"})
		d.keys("enter")
		d.has("? very likely order-events", "nearly", "the trailing slash is too much")
		d.keys("l", "backspace", "enter")
		d.golden("ask-audience-120x40")
		d.has("✓ order-events")
		d.keys("esc")
		d.lacks("very likely", "✓ order-events")
		if d.root.zoom != true {
			t.Error("esc left the zoom together with the answer")
		}
	})
}

// TestGooglesAnswerStandsBelowOurs: where it is seen however long the reasons are. What a deny policy outranks lets nobody in.
func TestGooglesAnswerStandsBelowOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("t")
		d.send(tea.PasteMsg{Content: "edge-monitor@acme-prod.iam.gserviceaccount.com"})
		d.keys("enter")
		d.has("✗ refused: 403", "the deny policy", "despite   allAuthenticatedUsers run.invoker")
		d.lacks("by        allAuthenticatedUsers", "says Policy Troubleshooter")
		d.keys("T")
		d.has("says Policy Troubleshooter", "the deny policy")
	})
}

// TestAQuestionBeginsWithTheTokensCaller: whoever holds a token asks about its principal with two keys.
func TestAQuestionBeginsWithTheTokensCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		for _, s := range d.cloud.Samples("billing") {
			d.send(tea.PasteMsg{Content: s.Token})
			if callerOf(d.root.token.token).text != "" {
				break
			}
		}
		who := callerOf(d.root.token.token).text
		if who == "" {
			t.Fatal("the demo has no Google ID token for billing")
		}
		d.keys("t", "enter")
		if d.root.access.ask.text != who {
			t.Errorf("asked about %q, want the token's %q", d.root.access.ask.text, who)
		}
		d.has("Can they")
	})
}

// TestTheDoorBeforeIAM: whom nobody asks is let in, IAP decides about its own users, and ingress has the first word. The same story at
// three sizes.
func TestTheDoorBeforeIAM(t *testing.T) {
	for _, size := range []tea.WindowSizeMsg{{Width: 120, Height: 40}, {Width: 80, Height: 24}, {Width: 40, Height: 12}} {
		synctest.Test(t, func(t *testing.T) {
			d := drive(t, demo.New(demo.InMemory()), size.Width, size.Height)
			at := fmt.Sprintf("-%dx%d", size.Width, size.Height)
			ask := func(service, who string) {
				d.choose(service)
				d.keys("t", "ctrl+u")
				d.send(tea.PasteMsg{Content: who})
				d.keys("enter")
			}
			ask("status", "allUsers")
			d.has("let in: nobody is asked")
			d.lacks("refused: 403")
			d.golden("ask-open" + at)
			d.keys("esc")
			ask("admin-console", "ann@acme.example")
			d.has("? IAP decides")
			d.lacks("refused: 403", "let in by IAM")
			d.golden("ask-iap" + at)
			d.keys("esc")
			ask("shop-api", "ann@acme.example")
			d.has("let in by IAM", "straight from the internet:")
			d.golden("ask-balancer" + at)
		})
	}
}

// TestWhoAcceptsIsNoSurerThanTheCheck: what a token's audience would be doubtful for is no plain no here either.
func TestWhoAcceptsIsNoSurerThanTheCheck(t *testing.T) {
	shop := gcp.Service{ID: "projects/acme/locations/europe-west1/services/shop", Name: "shop", Region: "europe-west1", URI: "https://shop-1a-ew.a.run.app", Audiences: []string{"https://shop.acme.example"}}
	off := gcp.Service{ID: "projects/acme/locations/europe-west1/services/off", Name: "off", Region: "europe-west1", DefaultURLOff: true}
	for _, c := range []struct {
		name, audience string
		all            []gcp.Service
		part           bool // not every region has answered
		want           string
	}{
		{"a service's URL", "https://shop-1a-ew.a.run.app", []gcp.Service{shop}, false, "✓ shop"},
		{"nobody's", "https://nobody.example", []gcp.Service{shop, off}, false, "✗ no service of the project accepts https://nobody.example"},
		{"nobody's, and a region did not answer", "https://nobody.example", []gcp.Service{shop}, true, "? no service that is listed accepts"},
		{"a slash after its URL", "https://shop-1a-ew.a.run.app/", []gcp.Service{shop}, false, "? very likely shop: a path"},
		{"a path after its URL", "https://shop-1a-ew.a.run.app/v1/cart", []gcp.Service{shop}, false, "? very likely shop: a path"},
		{"a path after a custom audience, which is an exact string", "https://shop.acme.example/", []gcp.Service{shop}, false, "✗ no service"},
		{"the URL of a tag", "https://green---shop-1a-ew.a.run.app", []gcp.Service{shop}, false, "✗ no service"},
		{"a run.app address, and one is not listed", "https://other-1a-ew.a.run.app", []gcp.Service{shop, off}, false, "? none that is known accepts"},
		{"gcloud's client", "32555940559.apps.googleusercontent.com", []gcp.Service{shop}, false, "✓ every service: gcloud's own client"},
		{"the client of application-default login", "764086051850-6qr4p6gpi6hn506pt8ejuq83di341hur.apps.googleusercontent.com", []gcp.Service{shop}, false, "? not known: the client"},
		{"some other client", "1-x.apps.googleusercontent.com", []gcp.Service{shop}, false, "✗ no service"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newAccessPane(newTheme(themeNone, false), newKeyMap())
			p.SetSize(120, 40)
			p.show(accessed{service: c.all[0], all: c.all, index: gcp.IndexAudiences(c.all), whole: !c.part}, true)
			p.Update(press("l"))
			p.Paste(c.audience)
			p.Update(press("enter"))
			if got := strings.Join(p.lines, "\n"); !strings.Contains(got, c.want) {
				t.Errorf("no %q in\n%s", c.want, got)
			}
		})
	}
}

// TestAQuestionKeepsWhatTheTokenProves: a token's principal is more than its text, until the text is changed.
func TestAQuestionKeepsWhatTheTokenProves(t *testing.T) {
	service := gcp.Service{ID: "projects/acme/locations/europe-west1/services/s", Name: "s", Project: "acme", URI: "https://s-1a-ew.a.run.app", Ingress: gcp.IngressAll}
	ask := func(member string, c claims, typed string) *accessPane {
		c["iss"], c["aud"] = "https://accounts.google.com", service.URI
		p := newAccessPane(newTheme(themeNone, false), newKeyMap())
		p.SetSize(100, 40)
		p.show(accessed{service: service, at: moment{now: time.Now()}, policy: &gcp.Policy{DenyRead: true, Bindings: []gcp.Binding{
			{Role: "roles/run.invoker", Level: serviceLevel, Invokes: gcp.Yes, Members: []string{member}},
		}}}, true)
		held, err := token.Read([]byte(signed(t, c)))
		if err != nil {
			t.Fatal(err)
		}
		p.ask.held = callerOf(held)
		p.Update(press("t"))
		if typed != "" {
			p.Update(press("ctrl+u"))
			p.Paste(typed)
		}
		p.Update(press("enter"))
		return p
	}
	for _, c := range []struct {
		name, member string
		claims       claims
		typed        string
		want         string
	}{
		{"the domain that a token proves", "domain:acme.example", claims{"email": "ann@acme.example", "hd": "acme.example", "sub": "1"}, "", "let in by IAM"},
		{"the same address, typed anew", "domain:acme.example", claims{"email": "ann@acme.example", "hd": "acme.example", "sub": "1"}, "ann@acme.example", "? unknown"},
		{"an account of no domain", "domain:acme.example", claims{"email": "ann@gmail.com", "sub": "1"}, "", "refused: 403"},
		{"no address, bound by its number", "serviceAccount:104242", claims{"sub": "104242", "azp": "104242"}, "", "let in by IAM"},
		{"no address, another number bound", "serviceAccount:104243", claims{"sub": "104242", "azp": "104242"}, "", "refused: 403"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := ask(c.member, c.claims, c.typed)
			if got := strings.Join(p.lines, "\n"); !strings.Contains(got, c.want) || strings.Contains(got, "a principal is one word") {
				t.Errorf("no %q in\n%s", c.want, got)
			}
			p.Update(press("t"))
			p.Update(press("enter"))
			if got := strings.Join(p.lines, "\n"); !strings.Contains(got, c.want) {
				t.Errorf("asked again, no %q in\n%s", c.want, got)
			}
		})
	}
}

// TestARoleThatWasNotReadIsNamed: in short as in full, and beside the answer that rests on it.
func TestARoleThatWasNotReadIsNamed(t *testing.T) {
	const note = "not read, by the shipped list: run.invoker"
	for _, from := range []string{gcp.ShippedList, "role read"} {
		p := newAccessPane(newTheme(themeNone, false), newKeyMap())
		p.SetSize(100, 40)
		p.show(accessed{
			service: gcp.Service{ID: "projects/acme/locations/europe-west1/services/s", Name: "s", URI: "https://s-1a-ew.a.run.app", Ingress: gcp.IngressAll},
			policy: &gcp.Policy{DenyRead: true, Bindings: []gcp.Binding{
				{Role: "roles/run.invoker", Level: serviceLevel, Invokes: gcp.Yes, RoleFrom: from, Members: []string{"user:ann@acme.example"}},
				{Role: "roles/run.invoker", Level: "project acme", Invokes: gcp.Yes, RoleFrom: from, Members: []string{"user:bob@acme.example"}},
			}},
		}, true)
		for asked, want := range map[string]int{"": 1, "ann@acme.example": 2, "eve@acme.example": 1} {
			p.Leave()
			if asked != "" {
				p.Update(press("t"))
				p.Paste(asked)
				p.Update(press("enter"))
			}
			if from != gcp.ShippedList {
				want = 0
			}
			if got := strings.Count(strings.Join(p.lines, "\n"), note); got != want {
				t.Errorf("%s, asked about %q: the note stands there %d times, want %d", from, asked, got, want)
			}
		}
	}
}

func TestWhatIsPastedIntoAPromptIsAWord(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{
		{"shop-api", true},
		{"ann@acme.example\r", true},
		{"serviceAccount:a-robot-with-a-long-name@a-project-with-a-long-name.iam.gserviceaccount.com\n", true},
		{"https://order-events-424242424242.us-central1.run.app/with/a/path/that/goes/on", true},
		{"764086051850-6qr4p6gpi6hn506pt8ejuq83di341hur.apps.googleusercontent.com", true},
		{"principalSet://iam.googleapis.com/projects/424242424242/locations/global/workloadIdentityPools/ci/attribute.repository/acme/shop", true},
		{"principal://iam.googleapis.com/locations/global/workforcePools/acme-staff/subject/ann", true},
		{"/projects/424242424242/locations/europe-west1/services/admin-console", true},
		{"curl https://api.acme.example/a/long/path -H 'Authorization: Bearer " + strings.Repeat("x", 60) + "' https://x.apps.googleusercontent.com", false},
		{"two\nlines", false},
		{"eyJhbGciOiJSUzI1NiJ9.e30.AAAA", false},
		{"https://api.acme.example/?access_token=ya29.a0AfB_" + strings.Repeat("x", 60), false},
		{"ya29.a0AfB_" + strings.Repeat("x", 100), false},
		{strings.Repeat("a", 61), false},
	} {
		if got := isWord(c.text); got != c.want {
			t.Errorf("%q is a word: %v, want %v", c.text, got, c.want)
		}
	}
}
