package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
	"why401/gcp/demo"
)

func TestSelectionIsKeptByName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("down", "down")
		s, _ := d.root.services.selection()
		for _, key := range []string{"s", "s", "S", "r"} {
			d.keys(key)
			if now, _ := d.root.services.selection(); now.ID != s.ID {
				t.Errorf("after %q the selection is %s, was %s", key, now.Name, s.Name)
			}
		}
		d.has("▸ " + s.Name)
		// Another service appears in front of it: the selection stays.
		d.keys("s", "s", "s")
		d.cloud.Emit(demo.Refusal{Service: "status"})
		d.keys("r")
		if now, _ := d.root.services.selection(); now.ID != s.ID {
			t.Errorf("after a refresh the selection is %s, was %s", now.Name, s.Name)
		}
		// It goes away: the cursor stays where it was, on whatever is there now.
		d.cloud.RemoveService(s.Name)
		d.keys("r")
		if now, ok := d.root.services.selection(); !ok || now.ID == s.ID {
			t.Errorf("the removed service is still selected")
		}
		d.lacks(s.Name + " ")
	})
}

func TestFilterNarrowsTheServices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("/", "p", "u", "b")
		d.has("/pub▏", "public-site")
		d.lacks("nightly-sync")
		d.keys("q") // a letter while typing, not the end
		d.has("nothing matches /pubq")
		if d.quit {
			t.Error("q ended the program while a filter was typed")
		}
		d.keys("backspace", "enter")
		d.has("public-site", "/pub")
		d.keys("esc")
		d.has("nightly-sync")
	})
}

func TestRegionsThatFailAreNamedAndTheOthersShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		cloud.Fail("ListServices", demo.PermissionDenied("run.services.list", "projects/acme-prod/locations/us-east1"), "us-east1")
		d := drive(t, cloud, 120, 40)
		d.has("unknown: 1 region did not answer: us-east1", "(1 unknown)", "shop-api", "run.services.list")
		d.lacks("public-site")
		d.golden("region-failed-120x40")
		cloud.Heal("ListServices")
		d.wait(61 * time.Second)
		d.has("public-site")
		d.lacks("did not answer")
	})
}

// TestRowsComeAsRegionsAnswer: a region that cannot be reached keeps nothing of the others away, and what is not known yet says so.
func TestRowsComeAsRegionsAnswer(t *testing.T) {
	for _, size := range []tea.WindowSizeMsg{{Width: 120, Height: 40}, {Width: 80, Height: 24}, {Width: 40, Height: 12}} {
		synctest.Test(t, func(t *testing.T) {
			cloud := demo.New(demo.InMemory())
			cloud.Fail("ListServices", demo.Unavailable(), "us-east1")
			cloud.Slow("GetIamPolicy", 3*time.Second)
			d := drive(t, cloud, size.Width, size.Height)
			d.has("shop-api", "8 of 9 regions", "…")
			d.lacks("public-site", "unknown: 1 region")
			d.golden(fmt.Sprintf("listing-%dx%d", size.Width, size.Height))
			first, _ := d.root.services.selection()
			d.keys("down")
			chosen, _ := d.root.services.selection()
			if chosen.ID == first.ID {
				t.Error("the list cannot be used while it comes")
			}
			d.keys("l")
			d.send(tea.PasteMsg{Content: "nobody-takes-this"})
			d.keys("enter")
			d.has("? no service that is listed")
			d.lacks("no service of the project")
			d.keys("esc", "1")
			d.wait(14 * time.Second)
			d.has("unknown: 1 region did not")
			d.lacks("of 9 regions", "policies ")
			if now, _ := d.root.services.selection(); now.ID != chosen.ID {
				t.Errorf("the selection went from %s to %s when the list was whole", chosen.Name, now.Name)
			}
			d.cloud.Heal("ListServices")
			d.wait(62 * time.Second)
			if n := len(d.root.services.rows); n != 17 || d.root.services.unread != 0 {
				t.Errorf("%d rows, %d without a policy", n, d.root.services.unread)
			}
		})
	}
}

// TestPoliciesAreCounted: while they are read the title says how many, and a row whose policy has not come is not called unknown.
func TestPoliciesAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(100))
		cloud.Slow("GetIamPolicy", time.Second)
		d := drive(t, cloud, 120, 40)
		d.has("policies 0/100", "▸ service-00000 …")
		d.wait(1100 * time.Millisecond)
		d.has("policies 32/100")
		cloud.Fail("GetIamPolicy", demo.PermissionDenied("run.services.getIamPolicy", "x"))
		d.wait(10 * time.Second)
		d.lacks("policies ")
		rows := d.root.services.rows
		i := slices.IndexFunc(rows, func(r serviceRow) bool { return r.doorErr })
		if i < 0 {
			t.Fatal("every policy was read")
		}
		d.choose(rows[i].name)
		d.has("▸ " + rows[i].name + " ?")
	})
}

func TestOldRowsStayWhenARefreshFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		d := drive(t, cloud, 120, 40)
		cloud.Fail("ListLocations", demo.Disabled("run.googleapis.com"))
		d.keys("r")
		d.has("shop-api", "as of 00:00:00", "gcloud services enable run.googleapis.com")
		cloud.Heal("ListLocations")
		d.wait(61 * time.Second)
		d.lacks("as of", "gcloud services enable")
	})
}

func TestAnErrorNeverLooksLikeAnEmptyList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		denied := demo.PermissionDenied("run.locations.list", "projects/acme-prod")
		cloud.Fail("ListLocations", denied)
		cloud.Fail("ListLogEntries", demo.PermissionDenied("logging.logEntries.list", "projects/acme-prod"))
		cloud.Fail("TailLogEntries", demo.PermissionDenied("logging.logEntries.list", "projects/acme-prod"))
		d := drive(t, cloud, 120, 40)
		d.has("The services could not be listed.", "run.locations.list", "roles/run.viewer", "The request log could not be read.", "logging.logEntries.list")
		d.golden("denied-120x40")
		d.resize(40, 12)
		d.keys("2") // alone on the screen, the pane for which there is no service says why
		d.has("The services could not be listed.", "roles/run.viewer")
		d.lacks("no service is selected")
		d.resize(120, 40)
		d.keys("1")
		cloud.Heal("ListLocations")
		cloud.Heal("ListLogEntries")
		cloud.Heal("TailLogEntries")
		d.wait(2 * time.Minute)
		d.has("shop-api", "● live", "credential not accepted")
		d.lacks("could not be")
	})
}

func TestAnEmptyProjectSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory(), demo.Empty()), 120, 40)
		d.has("No Cloud Run services in the", "No 401 or 403 of the project in the request log of the last 15m.")
	})
}

func TestAPolicyThatCannotBeReadIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		cloud.Fail("GetIamPolicy", demo.PermissionDenied("run.services.getIamPolicy", "projects/acme-prod/locations/europe-west1/services/shop-api"), "shop-api")
		d := drive(t, cloud, 120, 40)
		d.has("policy unknown", "run.services.getIamPolicy", "acme-prod --role=roles/run.viewer")
		cloud.Heal("GetIamPolicy")
		d.keys("r")
		d.has("allAuthenticatedUsers")
		d.lacks("policy unknown")
	})
}

// TestPoliciesOfTheScreenComeFirst: with many services and a slow answer, the selected service and those on the screen are
// asked for before the others, and never more than 32 at a time.
func TestPoliciesOfTheScreenComeFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(300))
		cloud.Slow("GetIamPolicy", 200*time.Millisecond)
		d := drive(t, cloud, 120, 40)
		d.wait(250 * time.Millisecond)
		for _, id := range d.root.services.onScreen()[:10] {
			if s := d.root.policies[id]; s == nil || s.policy == nil {
				t.Errorf("the policy of %s, which is on the screen, has not come with the first answers", id)
			}
		}
		d.wait(10 * time.Second)
		if got := cloud.Peak("GetIamPolicy"); got > 32 {
			t.Errorf("%d policies were asked for at once, want at most 32", got)
		}
		if got := cloud.Calls("GetIamPolicy"); got != 300 {
			t.Errorf("%d policies were read, want 300, each once", got)
		}
	})
}

func TestIdleScreenStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.wait(10 * time.Second)
		before, handled := d.screen(), d.count
		d.wait(40 * time.Second)
		if d.screen() != before {
			t.Error("the screen changed though nothing happened")
		}
		if d.count-handled > 2 {
			t.Errorf("%d messages were handled in 40 idle seconds", d.count-handled)
		}
		if strings.Count(before, "\n") != 40 {
			t.Errorf("the screen has %d lines, want 40", strings.Count(before, "\n"))
		}
	})
}

// TestTheClientIsOpenedOnce: however often somebody presses r while credentials are slow, and again when they failed.
func TestTheClientIsOpenedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opened := 0
		d := drive(t, demo.New(demo.InMemory()), 120, 40, func(o *Options) {
			open := o.Open
			o.Open = func(ctx context.Context) (*gcp.Client, error) {
				opened++
				time.Sleep(10 * time.Second)
				if opened == 1 {
					return nil, &gcp.Error{Op: "find credentials", Hint: "gcloud auth application-default login"}
				}
				return open(ctx)
			}
		})
		d.keys("r", "r", "r")
		d.wait(11 * time.Second)
		d.has("find credentials", "gcloud auth application-default login")
		d.keys("r", "r")
		d.wait(time.Minute)
		d.has("shop-api", "● live")
		if opened != 2 || d.cloud.OpenTails() != 1 {
			t.Errorf("the client was opened %d times, and %d tails are open; want 2 and 1", opened, d.cloud.OpenTails())
		}
	})
}

// TestTheSelectionStaysOnceSomethingWasDoneWithIt: until then it is whatever is refused most; after any key, paste or token it is the
// same service, however much another one is refused.
func TestTheSelectionStaysOnceSomethingWasDoneWithIt(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(*driver)
		want string
	}{
		{"nothing", func(*driver) {}, "billing"},
		{"another pane", func(d *driver) { d.keys("2") }, "shop-api"},
		{"a zoom", func(d *driver) { d.keys("3", "enter") }, "shop-api"},
		{"a demo token, zoomed", func(d *driver) { d.keys("d", "3", "enter") }, "shop-api"},
		{"a what-if", func(d *driver) { d.keys("d", "w", "1", "enter") }, "shop-api"},
		{"help", func(d *driver) { d.keys("?", "esc") }, "shop-api"},
		{"a paste", func(d *driver) { d.send(tea.PasteMsg{Content: d.cloud.Samples("shop-api")[0].Token}) }, "shop-api"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := demo.New(demo.InMemory())
				d := drive(t, cloud, 80, 24)
				c.do(d)
				var many []demo.Refusal
				for range 900 {
					many = append(many, demo.Refusal{Service: "billing", Time: time.Now()})
				}
				cloud.Emit(many...)
				d.wait(70 * time.Second)
				if s, _ := d.root.services.selection(); s.Name != c.want {
					t.Errorf("%s is selected, want %s", s.Name, c.want)
				}
				d.keys("3")
				d.has("Token · " + c.want)
			})
		})
	}
}

// TestATokenFromTheStartIsAgainstTheMostRefused: when that is known, and then it stays so.
func TestATokenFromTheStartIsAgainstTheMostRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		d := drive(t, cloud, 120, 40, func(o *Options) { o.Token = []byte(cloud.Samples("shop-api")[0].Token) })
		d.has("Token · Firebase ID token · shop-api")
		var many []demo.Refusal
		for range 900 {
			many = append(many, demo.Refusal{Service: "billing", Time: time.Now()})
		}
		cloud.Emit(many...)
		d.wait(70 * time.Second)
		d.has("Token · Firebase ID token · shop-api")
	})
}
