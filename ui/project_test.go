package ui

import (
	"strings"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"

	"why401/gcp/demo"
)

// TestGoToAnotherProject: by search, by a whole id that is not listed, and back again. The token stays, nothing else does.
func TestGoToAnotherProject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("d", "P")
		d.golden("projects-120x40")
		d.has("acme-staging", "acme-dev", "shown now")
		for _, k := range "stag" {
			d.keys(string(k))
		}
		d.has("acme-staging")
		d.lacks("acme-dev")
		kind := d.root.token.token.Kind()
		d.keys("enter")
		if got := d.root.project(); got != "acme-staging" {
			t.Fatalf("the project is %q", got)
		}
		if d.root.token.token == nil || d.root.token.token.Kind() != kind {
			t.Error("the token did not come along")
		}
		d.golden("projects-staging-120x40")
		d.lacks("public-site")
		for _, e := range d.root.ring.entries {
			if strings.Contains(e.Trace, "acme-prod") {
				t.Fatalf("a refusal of the other project is kept: %s", e.Trace)
			}
		}
		d.keys("P")
		d.send(tea.PasteMsg{Content: "acme-prod"})
		d.keys("enter")
		d.has("acme-prod", "shop-api", "predicted 401")
		if strings.Contains(d.screen(), "now acme-staging") {
			t.Error("the notice of the project before stands still")
		}
		if got := d.root.stream.word(d.root.time); got != "live" {
			t.Errorf("the stream is %q after coming back", got)
		}
	})
}

// TestGoToSeveralProjects: each is searched behind a comma, and what enter does is said before.
func TestGoToSeveralProjects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 80, 24)
		typed := func(text string) {
			d.keys("P", "ctrl+u")
			d.send(tea.PasteMsg{Content: text})
		}
		for _, c := range []struct{ typed, says, goes string }{
			{"acme-prod,stag", "enter shows acme-prod and acme-staging together", "acme-prod,acme-staging"},
			{"acme-staging, acme-dev", "enter shows acme-staging and acme-dev together", "acme-staging,acme-dev"},
			{"acme-prod,acme-dev,other-project-1", "not in the list:", "acme-prod,acme-dev,other-project-1"},
			{"acme-prod,acme-prod", "enter goes to acme-prod", "acme-prod"},
			{"other-project-1", "enter goes to other-project-1; not in the list: other-project-1", "other-project-1"},
			{"acme-de", "end with a comma to go to acme-de itself", "acme-dev"},
			{"acme-de,", "enter goes to acme-de; not in the list: acme-de", "acme-de"},
			{"acme-dev", "1 project", "acme-dev"},
		} {
			typed(c.typed)
			d.has(c.says)
			if got := d.root.over.(*projectsScreen).choice(); got != c.goes {
				t.Errorf("%q goes to %q, want %q", c.typed, got, c.goes)
			}
			d.keys("esc")
		}
		typed("acme-prod,stag")
		d.keys("enter")
		d.has("acme-prod  acme-staging")
		d.keys("P")
		if got := strings.Count(d.screen(), "shown now"); got != 2 {
			t.Errorf("%d projects are said to be shown now, want 2", got)
		}
	})
}

// TestAProjectThatIsNotListed: listing projects takes a permission that reading one does not.
func TestAProjectThatIsNotListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		cloud.Fail("SearchProjects", demo.PermissionDenied("resourcemanager.projects.get", "//cloudresourcemanager.googleapis.com/projects"))
		d := drive(t, cloud, 80, 24)
		d.keys("P")
		d.has("resourcemanager.projects.get", "type a whole project id")
		d.keys("esc")
		d.lacks("type a whole project id")
		d.keys("P")
		d.send(tea.PasteMsg{Content: "other-project-1"})
		d.keys("enter")
		if got := d.root.project(); got != "other-project-1" {
			t.Errorf("the project is %q", got)
		}
		d.has("other-project-1")
	})
}

// TestWhatAnOldProjectAnswersIsDropped: a listing that was asked for before the change of projects comes after it.
func TestWhatAnOldProjectAnswersIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		old := dated{d.root.epoch, servicesListed{generation: d.root.generation + 1, listing: d.root.services.listing, at: now()}}
		d.keys("P")
		d.send(tea.PasteMsg{Content: "acme-dev"})
		d.keys("enter")
		d.root.generation = old.msg.(servicesListed).generation
		d.send(old)
		d.lacks("public-site")
	})
}

func TestProductionHasItsOwnColour(t *testing.T) {
	for _, name := range []string{themeDark, themeLight, themeContrast} {
		th := newTheme(name, false)
		for _, id := range []string{"acme-staging", "acme-dev", "acme-qa-7", "warehouse", "billing-42"} {
			if th.project(id) == th.project("acme-prod") {
				t.Errorf("%s: %s looks like production", name, id)
			}
		}
		if th.project("acme-prod") != th.project("prod-eu-7") {
			t.Errorf("%s: production has two colours", name)
		}
	}
}
