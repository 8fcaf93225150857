package ui

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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
		d.has("policy unknown", "unknown: the policy could not be read", "run.services.getIamPolicy")
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
