package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	compute "google.golang.org/api/compute/v1"

	"why401/gcp/demo"
)

const listMaps = "compute.urlMaps.aggregatedList"

// section compares the section "In front" as it is drawn in w cells with testdata/NAME.txt.
func (d *driver) section(name string, w int) {
	d.t.Helper()
	var b strings.Builder
	for _, l := range frontLines(d.root.th, d.root.access.front, true, w) {
		b.WriteString(strings.TrimRight(ansi.Strip(l), " ") + "\n")
	}
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			d.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	if b.String() != string(want) {
		d.t.Errorf("%s differs.\n--- want\n%s\n--- got\n%s", name, want, b.String())
	}
}

func TestInFront(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 60)
		if n := d.cloud.Calls(listMaps); n != 0 {
			t.Fatalf("%d calls before anybody looked", n)
		}
		d.choose("shop-api")
		d.keys("2")
		for _, w := range []int{118, 78, 38} {
			d.section(fmt.Sprintf("front-shop-%d", w), w)
		}
		d.keys("enter", "end")
		d.has("Cloud Run itself answered 401: credential not accepted", "denied by a rule, rule 1000 of edge-guard", "the service has no tag green")
		d.keys("esc")

		// The other way round: Cloud Run's own entry tells the way to it.
		told := 0
		for _, x := range d.root.ring.entries {
			d.root.refused.explained = x
			lines := ansi.Strip(strings.Join(d.root.refused.explain(), "\n"))
			handed, ok := d.root.refused.handed[traceID(x.Trace)]
			if ok {
				told++
			}
			if got := strings.Contains(lines, "Way           load balancer "+handed.Balancer+": took "); got != ok {
				t.Fatalf("%s of %s: the way is told: %v, and should be: %v\n%s", x.Trace, x.Service, got, ok, lines)
			}
		}
		if told < 20 {
			t.Errorf("%d ways are told", told)
		}
		for service, texts := range map[string][]string{
			"reports":       {"reports-lb", "external identities: Identity Platform, tenant customers-a1b2c", "may lead here", "sent to the login", "does not guard the run.app URL"},
			"admin-console": {"IAP twice: backend and service", "IAP is on twice"},
			"billing":       {"its log is off"},
			"ledger":        {"no load balancer of this project leads here"},
		} {
			d.choose(service)
			d.keys("2", "enter", "end")
			all := ansi.Strip(strings.Join(frontLines(d.root.th, d.root.access.front, true, 118), "\n"))
			for _, text := range texts {
				if !strings.Contains(all, text) {
					t.Errorf("%s lacks %q:\n%s", service, text, all)
				}
			}
			d.keys("esc")
		}
	})
}

// TestInFrontOneByOne: a cause opens into its requests, each with its way, and from there into Cloud Run's own entry of the same one.
func TestInFrontOneByOne(t *testing.T) {
	for _, size := range []tea.WindowSizeMsg{{Width: 120, Height: 40}, {Width: 80, Height: 24}, {Width: 40, Height: 12}} {
		synctest.Test(t, func(t *testing.T) {
			d := drive(t, demo.New(demo.InMemory()), size.Width, size.Height)
			at := fmt.Sprintf("-%dx%d", size.Width, size.Height)
			d.choose("shop-api")
			d.keys("2", "enter", "enter")
			d.has("Refused in front of shop-api", "Cloud Armor")
			d.golden("front-causes" + at)
			p := d.root.over.(*frontRequests)
			for i, g := range p.v.groups {
				d.keys("enter")
				if len(p.shown) != g.Count {
					t.Errorf("%s: %d requests, want %d", g.Short, len(p.shown), g.Count)
				}
				if i == 1 {
					d.golden("front-requests" + at)
					for range p.detail.n {
						d.keys("J") // where there is no room for all of it
					}
					d.has("denied_by_security_policy", "rule 1000 of edge-guard")
					d.keys("enter")
					d.has("no entry of this trace")
					if d.root.over != p {
						t.Fatal("left for an entry that is not there")
					}
				}
				d.keys("esc", "down")
			}
			d.keys("g", "enter", "down")
			run := p.run()
			for n := 0; run == nil && n < len(p.shown); n++ {
				d.keys("down")
				run = p.run()
			}
			if run == nil {
				t.Fatal("no request can be followed into Cloud Run's log")
			}
			d.keys("enter")
			if d.root.over != nil || d.root.at != onRefused || d.root.refused.chosen != run {
				t.Errorf("the Refused pane has another entry than the one that was followed")
			}
			d.golden("front-followed" + at)
		})
	}
}

func TestInFrontIsReadWhileItIsLookedAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		f := &d.root.fronting
		read := func(maps int, youngest, oldest time.Duration, when string) {
			t.Helper()
			if n, age := d.cloud.Calls(listMaps), time.Since(f.logAt); n != maps || age < youngest || age > oldest {
				t.Errorf("%s: %d lists of URL maps, want %d; the log is of %v ago", when, n, maps, age)
			}
		}
		d.wait(30 * time.Second)
		if n := d.cloud.Calls(listMaps); n != 0 || !f.logAt.IsZero() {
			t.Errorf("%d lists before anybody looked, and the log of %v", n, f.logAt)
		}
		d.keys("2")
		read(1, 0, 0, "first looked at")
		d.wait(time.Second)
		d.keys("3", "2", "1", "2")
		read(1, time.Second, time.Second, "looked at again")
		d.wait(3 * time.Minute)
		read(1, 0, 2*frontLogAge, "three minutes on")
		d.keys("3")
		d.wait(20 * time.Minute)
		read(1, 20*time.Minute, 22*time.Minute, "twenty minutes elsewhere")
		d.keys("2")
		read(2, 0, 0, "back")
		d.wait(time.Second)
		d.keys("r")
		read(3, 0, 0, "refreshed by hand")
		d.keys("]")
		if f.log.window != time.Hour {
			t.Errorf("the window is %v", f.log.window)
		}
	})
}

func TestInFrontWithoutTheAPI(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		parts := []string{"urlMaps", "backendServices", "networkEndpointGroups", "forwardingRules", "targetHttpProxies", "targetHttpsProxies", "sslCertificates"}
		for _, p := range parts {
			cloud.Fail("compute."+p+".aggregatedList", demo.Disabled("compute.googleapis.com"))
		}
		d := drive(t, cloud, 120, 60)
		d.keys("2", "enter", "end")
		d.has("unknown: none was found in what could be read", "compute.googleapis.com is off in this project", "gcloud services enable compute.googleapis.com")
		if n := d.root.fronting.logAt; !n.IsZero() {
			t.Error("the log was read without a load balancer")
		}
		for _, p := range parts {
			cloud.Heal("compute." + p + ".aggregatedList")
		}
		d.wait(2 * time.Minute)
		d.keys("end")
		d.has("In front  acme-lb", "rule 1000 of edge-guard")
		d.lacks("compute.googleapis.com is off")
	})
}

func TestInFrontKeepsWhatItHad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 60)
		d.keys("2", "enter")
		at := d.root.fronting.fronts.Read.Format(time.TimeOnly)
		for _, p := range []string{"urlMaps", "backendServices", "networkEndpointGroups", "forwardingRules", "targetHttpProxies", "targetHttpsProxies", "sslCertificates"} {
			d.cloud.Fail("compute."+p+".aggregatedList", demo.PermissionDenied("compute."+p+".list", "projects/acme-prod"))
		}
		d.cloud.Fail("ListLogEntries", demo.PermissionDenied("logging.logEntries.list", "projects/acme-prod"))
		d.keys("r", "end")
		d.has("In front  acme-lb", "as of "+at+": read the load balancers: permission compute.urlMaps.list is missing", "as of "+at+": read the log: permission logging.logEntries.list", "rule 1000 of edge-guard")
	})
}

func TestInFrontSaysWhatItMayNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		cloud.Fail("compute.networkEndpointGroups.aggregatedList", demo.PermissionDenied("compute.networkEndpointGroups.list", "projects/acme-prod"))
		d := drive(t, cloud, 120, 60)
		d.keys("2", "enter", "end")
		d.has("may lead here: acme-lb", "its NEG billing-backend-neg could not be read", "permission compute.networkEndpointGroups.list is missing on", "roles/compute.viewer would show it")
	})
}

// TestInFrontOfHostileNames: whatever load balancers are called and whatever stands in their log, it takes the room of its lines and
// nothing of it reaches the terminal as it is, at any size and in ASCII too.
func TestInFrontOfHostileNames(t *testing.T) {
	for _, plain := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			const evil = "x\x1b[31m\u202e\u200b表\U0001F468\u200D\U0001F469\nevil"
			cloud := demo.New(demo.InMemory())
			b := demo.Balancer{
				NEGs: []*compute.NetworkEndpointGroup{{Name: "n" + evil, Region: "europe-west1", CloudRun: &compute.NetworkEndpointGroupCloudRun{Service: "shop-api", Tag: evil, UrlMask: evil}}},
				Backends: []*compute.BackendService{{Name: "b" + evil, SecurityPolicy: "p/" + evil, EdgeSecurityPolicy: evil, Iap: &compute.BackendServiceIAP{Enabled: true, Oauth2ClientId: evil},
					Backends:  []*compute.Backend{{Group: demo.SelfLink("regions/europe-west1/networkEndpointGroups/n" + evil)}},
					LogConfig: &compute.BackendServiceLogConfig{Enable: true, SampleRate: 1}, UsedBy: []*compute.BackendServiceUsedBy{{Reference: evil}}}},
				URLMaps: []*compute.UrlMap{{Name: "0" + evil, HostRules: []*compute.HostRule{{Hosts: []string{evil}, PathMatcher: evil}},
					PathMatchers: []*compute.PathMatcher{{Name: evil, PathRules: []*compute.PathRule{{Paths: []string{evil, strings.Repeat("/long", 300)}, Service: demo.SelfLink("global/backendServices/b" + evil)}}}}}},
			}
			cloud.SetBalancer(b)
			cloud.EmitAnswers(demo.Answer{URLMap: "0" + evil, Backend: "b" + evil, Status: 403, Details: "denied_by_security_policy", Policy: evil, Method: evil,
				URL: "https://h" + evil + "/" + strings.Repeat("p", 5000), RemoteIP: evil, Trace: evil, Outcome: evil, Action: evil})
			d := drive(t, cloud, 120, 60, func(o *Options) { o.ASCII = plain })
			d.keys("2", "enter", "end")
			if n := len(d.root.access.front.ways); n != 3 {
				t.Fatalf("%d ways", n)
			}
			if !strings.Contains(ansi.Strip(strings.Join(frontLines(d.root.th, d.root.access.front, true, 118), "\n")), `rule 0 of x\x1b[31m`) {
				t.Error("the entry is not shown")
			}
			for _, s := range []struct{ w, h int }{{120, 40}, {80, 24}, {40, 12}, {20, 8}, {200, 60}} {
				d.send(tea.WindowSizeMsg{Width: s.w, Height: s.h})
				d.wait(time.Second)
				d.keys("end")
				for more := true; more; {
					more = d.root.access.scroll.top > 0
					for y, l := range d.root.screen() {
						bare := ansi.Strip(l)
						if ansi.StringWidth(l) != s.w || strings.ContainsAny(bare, "\x1b\u202e\u200b\n") || plain && strings.IndexFunc(bare, func(r rune) bool { return r > 0x7e }) >= 0 {
							t.Fatalf("%d×%d, line %d: %q", s.w, s.h, y, l)
						}
					}
					d.keys("pgup")
				}
			}
		})
	}
}
