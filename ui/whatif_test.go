package ui

import (
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

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

// TestTheListOfWhatIfsFitsASmallScreen: the list itself, and not what stands elsewhere on the screen.
func TestTheListOfWhatIfsFitsASmallScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 40, 12)
		d.keys("d", "w", "3")
		d.golden("whatif-40x12")
		d.has("WHAT IF: 200, now 401", "1  add the custom audience", "▸ 3  make it public", "Nothing changes in the cloud", "1-9 switch")
		d.keys("end")
		d.has("was ")
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
		d.has("2  grant roles/run.invoker to", "predicted 200 or 403")
		d.keys("2")
		d.has("WHAT IF: 200, now 200 or 403", "✓ caller      was unknown")
	})
}

// TestWhatHelpsCanBeCopied: once a what-if lets the request in, the commands that make it real lead; one that does not help leaves the fix
// of things as they are.
func TestWhatHelpsCanBeCopied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		last := func() string {
			t.Helper()
			d.keys("c")
			all := d.copied()
			if len(all) == 0 {
				t.Fatal("nothing was copied")
			}
			return all[len(all)-1]
		}
		d.keys("d")
		fix := last()

		d.keys("w", "3", "enter")
		d.has("WHAT IF: 200, now 401", "make it public", "costs", "to do it", "gcloud run services add-iam-policy-binding", "--member=allUsers")
		d.wait(noticeTime + time.Second)
		d.has("c copy what is tried")
		d.golden("whatif-helps-120x40")
		public := "gcloud run services add-iam-policy-binding shop-api --member=allUsers --role=roles/run.invoker --region=europe-west1 --project=acme-prod"
		if got := last(); got != public {
			t.Errorf("what helps is copied as %q, want %q", got, public)
		}
		d.has("what is tried was sent to the terminal's clipboard")
		d.keys("C")
		d.has("What is tried: 200, now 401", "The fix, as things are", " WHAT IF")
		d.keys("C", "enter")
		d.keys("end")
		d.lacks("nothing to copy")

		d.keys("esc", "w", "0", "1", "enter")
		d.has("WHAT IF: 401, now 401", "to do it", "--add-custom-audiences=acme-prod")
		if got := last(); got != fix {
			t.Errorf("beside a what-if that does not help %q is copied, want the fix as things are: %q", got, fix)
		}
		d.keys("w", "0", "enter")
		if got := last(); got != fix {
			t.Errorf("without what-ifs %q is copied, want %q", got, fix)
		}
	})
}

// TestWhyThereIsNothingToCopy: that a request is let in is another reason than that nobody knows.
func TestWhyThereIsNothingToCopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("c")
		d.has("nothing to copy: there is no fix yet")
		d.choose("status")
		d.keys("d", "c")
		d.has("nothing to copy: the request is let in already")
	})
}

// TestWhatIfGrantsWhereThePolicyCannotBeRead: what is tried is there, though nobody knows what else is.
func TestWhatIfGrantsWhereThePolicyCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		cloud.Fail("GetIamPolicy", demo.PermissionDenied("run.services.getIamPolicy", "projects/acme-prod"))
		d := drive(t, cloud, 120, 40)
		d.choose("order-events")
		d.keys("d", "w")
		d.has("predicted 200 or 403")
		for _, what := range []string{"2", "4"} {
			d.keys("0", what)
			d.has("WHAT IF: 200, now 200 or 403")
		}
	})
}

// TestOtherIngressSettingsAreTried: all but the present one, one at a time, together with anything else; the path is taken to be one that
// the setting admits, unless that is tried too.
func TestOtherIngressSettingsAreTried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		firebase := d.sampleOf("shop-api", "firebase")
		d.choose("order-events")
		d.send(tea.PasteMsg{Content: firebase})
		d.keys("w")
		d.has("3  make it public", "4  ingress internal-and-cloud-load-balancing", "5  ingress internal:", "6  send the request straight")
		d.lacks("ingress all:")
		d.keys("3", "4")
		d.has("WHAT IF: 200, now 401", "▸ 3", "▸ 4")
		d.keys("5")
		d.has("WHAT IF: 200, now 401", "▸ 3", "▸ 5")
		d.lacks("▸ 4")
		d.keys("4", "enter")
		d.has("make it public", "--member=allUsers", "ingress internal-and-cloud-load-balancing", "Straight from the internet it is 404")
		d.keys("c")
		const place = " --region=us-central1 --project=acme-prod"
		want := "gcloud run services add-iam-policy-binding order-events --member=allUsers --role=roles/run.invoker" + place +
			"\ngcloud run services update order-events --ingress=internal-and-cloud-load-balancing" + place
		if all := d.copied(); len(all) != 1 || all[0] != want {
			t.Errorf("copied %q, want %q", all, want)
		}
		d.keys("enter")
		d.has("assumed", "through the external load balancer")
		d.keys("esc", "w", "6")
		d.has("WHAT IF: 404, now 401")
		d.keys("6", "4")
		d.has("WHAT IF: 200, now 401", "▸ 3")
		d.lacks("▸ 4", "▸ 6")
		d.keys("enter")

		d.choose("shop-api") // its setting is the load balancer's
		d.send(tea.PasteMsg{Content: firebase})
		d.keys("w")
		d.has("ingress all:", "ingress internal:")
		d.lacks("internal-and-cloud")
	})
}

// TestWhatIsSoAlreadyIsNotTried: an open door cannot be opened, and who is let in needs no grant. A what-if of another service that has
// nothing to try here is not on here.
func TestWhatIsSoAlreadyIsNotTried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.choose("billing")
		d.keys("d", "w")
		d.has("switch the invoker check off", "make it public")
		d.lacks("grant roles/run.invoker to")
		d.keys("4", "enter")
		d.has(" WHAT IF ")
		d.choose("status")
		d.lacks("WHAT IF")
		d.keys("w")
		d.has("What if?")
		d.lacks("switch the invoker check off", "make it public")
		d.keys("enter")
		d.choose("billing")
		d.has(" WHAT IF ")
	})
}

// TestThereIsNothingToTryWithoutAService: no command is made for a service that nobody has chosen.
func TestThereIsNothingToTryWithoutAService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("d", "1", "/", "z", "z", "z", "enter", "w")
		d.has("nothing to try: no service is selected")
		d.keys("1")
		d.lacks("WHAT IF", "SERVICE")
	})
}

// TestAWhatIfIsAlwaysSaid: in every pane and over them, down to the smallest screen; where the token's pane is away, with what it comes to.
// What stands beside it tells what is.
func TestAWhatIfIsAlwaysSaid(t *testing.T) {
	for _, size := range []struct{ w, h int }{{120, 40}, {80, 24}, {40, 12}, {20, 8}} {
		synctest.Test(t, func(t *testing.T) {
			d := drive(t, demo.New(demo.InMemory()), size.w, size.h)
			d.keys("d", "3", "w", "3", "enter")
			for _, pane := range []string{"1", "2", "3", "4"} {
				d.keys(pane)
				d.has(" WHAT IF")
				d.keys("enter")
				d.has(" WHAT IF")
				d.keys("esc", "esc")
			}
			for _, over := range []string{"?", "C", "R", "P"} {
				d.keys(over)
				d.has(" WHAT IF")
				if size.w >= 80 {
					d.has("WHAT IF: 200, now 401")
				}
				if over == "R" && size.w >= 40 {
					d.has("what-if is not in it")
				}
				d.keys("esc")
			}
			d.keys("3", "w", "0", "enter")
			for _, over := range []string{"1", "?", "R"} {
				d.keys(over)
				d.lacks("WHAT IF", "what-if is not in it")
				d.keys("esc")
			}
		})
	}
}

// TestTheListTellsWhatIs: a what-if changes nothing in the list of services and in the strip, and the head of the column says so.
func TestTheListTellsWhatIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.lacks("token:200", "by token too")
		d.keys("d")
		d.has("TOKEN")
		d.lacks("NOW")
		d.keys("1")
		d.has("filter, as token:200", "sort, by token too")
		d.keys("w", "3", "enter")
		d.has("NOW", "shop-api         Google   401", "WHAT IF: 200, now 401")
		d.lacks("TOKEN")
		d.send(tea.WindowSizeMsg{Width: 40, Height: 12})
		d.keys("1")
		d.has("NOW", " / filter   s sort") // no room for more
		d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
		d.has("3 Token 401", "NOW")
		d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
		d.keys("3", "w", "0", "enter")
		d.has("TOKEN")
	})
}
