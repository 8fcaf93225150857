package ui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"

	"why401/gcp"
	"why401/gcp/demo"
)

// TestQuietOrKeptOut: an empty list says whether the log is written at all.
func TestQuietOrKeptOut(t *testing.T) {
	for _, c := range []struct {
		name   string
		logged []demo.Refusal
		fail   error
		has    []string
		lacks  []string
	}{
		{"quiet", []demo.Refusal{{Service: "service-00001", Status: 200, App: true, Latency: time.Millisecond}},
			nil, []string{"The log is written: its newest request, answered 200 by service-00001, is of 23:59:00."}, []string{"exclusion filter keeps"}},
		{"excluded", nil, nil, []string{"exclusion filter keeps", "gcloud logging sinks describe _Default --project=acme-prod"}, []string{"The log is written"}},
		{"unread", nil, demo.PermissionDenied("logging.logEntries.list", "projects/acme-prod"),
			[]string{"The request log could not be read."}, []string{"The log is written", "exclusion filter keeps", "No 401 or 403"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(3))
				for _, e := range c.logged {
					e.Time = time.Now().Add(-time.Minute)
					cloud.Emit(e)
				}
				if c.fail != nil {
					cloud.Fail("ListLogEntries", c.fail)
				}
				d := drive(t, cloud, 120, 40)
				d.wait(10 * time.Second)
				if c.fail == nil {
					d.golden(c.name + "-120x40")
				}
				d.keys("4", "a")
				d.has(c.has...)
				d.lacks(c.lacks...)
				calls := cloud.Calls("ListLogEntries")
				d.wait(4 * time.Minute)
				if n := cloud.Calls("ListLogEntries") - calls; c.fail == nil && n > int(4*time.Minute/watchTime) { // a silent tail is looked after
					t.Errorf("%d calls in four quiet minutes", n)
				}
				cloud.Heal("ListLogEntries")
				cloud.Emit(demo.Refusal{Service: "service-00001"})
				d.wait(3 * time.Minute)
				d.lacks("exclusion filter keeps", "The log is written")
				d.keys("4", "a")
				d.choose("service-00002")
				d.has("The log is written: it holds 1 refusal of other services.")
			})
		})
	}
}

// TestAStormOnTheScreen: thousands of refusals that began six minutes ago, after a change, some of them held back.
func TestAStormOnTheScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		now := time.Now()
		cloud.EmitChange(demo.Change{Service: "billing", Method: "google.cloud.run.v1.Services.SetIamPolicy", Actor: "sec.review@acme.example", Time: now.Add(-7 * time.Minute),
			Before: []*iampb.Binding{{Role: "roles/run.invoker", Members: []string{"serviceAccount:invoicer@acme-prod.iam.gserviceaccount.com"}}}})
		for i := range 7000 {
			cloud.Emit(demo.Refusal{Service: "billing", Status: 403, Method: "POST", URL: fmt.Sprintf("https://billing.acme.example/v2/invoices/%d/lines", 90000+i%700), UserAgent: "python-requests/2.32.3",
				RemoteIP: fmt.Sprintf("198.51.100.%d", i%40), Time: now.Add(-6*time.Minute + time.Duration(i)*50*time.Millisecond)})
		}
		d := drive(t, cloud, 120, 40)
		d.cloud.Suppress(1200)
		d.wait(10 * time.Second)
		d.keys("4", "enter", "up", "up")
		d.golden("storm-120x40")
		d.has("7003+×403", "7401+ refused", "rose 23:54, one minute after sec.review@acme.example", "at least 1200 more entries held back")
		d.keys("v")
		d.golden("storm-groups-120x40")
	})
}

// TestTheChangeThatBeganItOnTheScreen: since when, after which change, and the change itself among the refusals.
func TestTheChangeThatBeganItOnTheScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.choose("public-site")
		d.keys("4", "enter")
		d.golden("began-120x40")
		d.has("began 23:52, one minute after sec.review@acme.example removed allUsers from roles/run.invoker")
	})
}

// TestAnotherServicesChangeBeganNothing: of all services, a change is named where its own service is refused, with that service.
func TestAnotherServicesChangeBeganNothing(t *testing.T) {
	for _, c := range []struct {
		refused, says, not string
		also               []string
	}{
		{"service-00001", "began 23:54 at service-00001, one minute after sec.review@acme.example", "\x00", nil},
		{"service-00000", "began 23:54", "began 23:54, ", nil},
		{"service-00001", "began 23:54 at acme-prod/service-00001, one minute after sec.review@acme.example", "\x00", []string{"acme-staging"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(2))
			now := time.Now()
			cloud.EmitChange(demo.Change{Service: "service-00001", Method: "google.cloud.run.v1.Services.SetIamPolicy", Actor: "sec.review@acme.example", Time: now.Add(-7 * time.Minute)})
			for i := range 700 {
				cloud.Emit(demo.Refusal{Service: c.refused, Status: 403, Method: "GET", URL: "https://a.example/x", Time: now.Add(-6*time.Minute + time.Duration(i)*500*time.Millisecond)})
			}
			d := drive(t, cloud, 120, 40, several(cloud, func(of *gcp.Config) { of.Also = c.also }))
			d.keys("4", "a", "enter")
			d.has("all services", c.says)
			d.lacks(c.not)
			if text := string(d.root.dossier(place{}).report(false).markdown()); len(c.also) > 0 && !strings.Contains(text, "began 23:54 at `acme-prod/service-00001`") {
				t.Errorf("the report:\n%s", text)
			}
		})
	}
}

// TestTheStreamsStateIsThereTooWhilePaused: a list that stands still hides nothing of the stream.
func TestTheStreamsStateIsThereTooWhilePaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		d := drive(t, cloud, 120, 40)
		d.keys("4", "space")
		d.has("○ paused")
		d.lacks("paused, live")
		cloud.Fail("TailLogEntries", demo.Unavailable())
		cloud.EndTails(demo.Unavailable())
		d.wait(8 * time.Second)
		d.has("○ paused, retry ")
	})
}

// TestAReportOfNothingAsksWhetherTheLogIsWritten: a report without any refusal tells a quiet project from a log that holds nothing.
func TestAReportOfNothingAsksWhetherTheLogIsWritten(t *testing.T) {
	for _, c := range []struct {
		emit func(cloud *demo.Cloud)
		says string
	}{
		{func(*demo.Cloud) {}, "the log holds no request at all"},
		{func(cloud *demo.Cloud) {
			cloud.Emit(demo.Refusal{Service: "service-00001", Status: 200, Time: time.Now().Add(-time.Minute)})
		}, "other services' requests are in it"},
	} {
		synctest.Test(t, func(t *testing.T) {
			cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(2))
			c.emit(cloud)
			text, err := reported(t, cloud, func(o *ReportOptions) { o.Service = "service-00000" })
			if err != nil || !strings.Contains(text, c.says) {
				t.Errorf("%v, it lacks %q:\n%s", err, c.says, text)
			}
		})
	}
}

// TestAnotherProjectsLogProvesNothing: of two projects the one's log may be written, and the other's kept out.
func TestAnotherProjectsLogProvesNothing(t *testing.T) {
	at := time.Now()
	p := newRefusedPane(newTheme(themeDark, false), newKeyMap(), newRing(10), &history{}, time.Hour)
	p.service, p.several = place{Project: "acme-staging", Service: "shop-api", Region: "europe-west1"}, true
	p.ring.add(ingest([]gcp.Entry{{ID: "1", Time: at, Status: 401, Project: "acme-prod", Service: "shop-api", Region: "europe-west1"}}))
	if p.silent() != "" || p.lastSeen() != nil {
		t.Errorf("by another project's entry: %q, %+v", p.silent(), p.lastSeen())
	}
	p.ring.add(ingest([]gcp.Entry{{ID: "2", Time: at.Add(-time.Minute), Status: 403, Project: "acme-staging", Service: "billing", Region: "europe-west1"}}))
	if l := p.lastSeen(); p.silent() != "The log is written: it holds 1 refusal of other services." || l == nil || l.Service != "billing" {
		t.Errorf("by one of the same project: %q, %+v", p.silent(), l)
	}
	p.ring = newRing(10)
	for project, says := range map[string]string{"acme-prod": "", "acme-staging": "The log is written: its newest request"} {
		p.silence = silence{known: true, window: p.window, last: gcp.Logged{Found: true, Time: at, Status: 200, Place: place{Project: project, Service: "billing"}}}
		if text := p.silent(); !strings.HasPrefix(text, says) || says == "" && text != "" {
			t.Errorf("the newest request is of %s: %q", project, text)
		}
	}
	p.silence.last = gcp.Logged{}
	if text := p.silent(); !strings.HasSuffix(text, "--project=acme-staging") {
		t.Errorf("no request at all: %q", text)
	}
}
