package ui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"why401/gcp"
	"why401/gcp/demo"
)

func TestHowMuchOfTheLogIsKnown(t *testing.T) {
	at := time.Date(2026, 10, 1, 3, 0, 0, 0, time.UTC)
	const window = 15 * time.Minute
	start, bad := at.Add(-window), errors.New("no")
	for _, c := range []struct {
		name    string
		s       stream
		want    logState
		changes bool
	}{
		{"the first list is under way", stream{fill: &backfill{}}, logReading, false},
		{"the tail is being opened", stream{}, logReading, false},
		{"the tail failed, and the first list is under way", stream{fill: &backfill{}, err: bad}, logReading, false},
		{"the first list failed", stream{listErr: bad}, logUnread, false},
		{"it is tried again", stream{listErr: bad, fill: &backfill{}}, logUnread, false},
		{"neither tail nor list", stream{err: bad}, logUnread, false},
		{"a page was read", stream{known: start.Add(time.Minute), fill: &backfill{}}, logPart, false},
		{"a page was read, and the next could not be", stream{known: start.Add(time.Minute), listErr: bad}, logPart, false},
		{"there is too much, and the changes were read for themselves", stream{known: start.Add(time.Minute), cut: true}, logPart, true},
		{"there is too much, and the changes are still to be read", stream{known: start.Add(time.Minute), cut: true, changesFrom: start}, logPart, false},
		{"all was read", stream{known: start}, logWhole, true},
		{"all was read, and what came late could not be", stream{known: start, listErr: bad}, logWhole, true},
		{"a break is being closed", stream{known: start, reach: at}, logWhole, true},
		{"a break is open, and cannot be closed", stream{known: start, reach: at, listErr: bad}, logPart, false},
		{"a break is open, and no tail can be opened", stream{known: start, reach: at, err: bad, state: streamWaiting}, logPart, false},
		{"no tail is to be had, and lists do", stream{known: start, reach: at, err: bad, state: streamPolling}, logWhole, true},
		{"no tail is to be had, and no list", stream{known: start, reach: at, err: bad, listErr: bad, state: streamPolling}, logPart, false},
	} {
		c.s.window = window
		if got := c.s.logged(at); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
		if got := c.s.changesKnown(at); got != c.changes {
			t.Errorf("%s: the changes are known: %v, want %v", c.name, got, c.changes)
		}
	}
}

func TestACountIsWorthWhatWasRead(t *testing.T) {
	for _, c := range []struct {
		of   logState
		n    int
		want string
	}{
		{logReading, 0, "?"}, {logReading, 3, "3+"}, {logUnread, 0, "?"}, {logUnread, 3, "3+"},
		{logPart, 0, "0+"}, {logPart, 3, "3+"}, {logWhole, 0, "0"}, {logWhole, 3, "3"},
	} {
		if got := c.of.count(c.n); got != c.want {
			t.Errorf("%d of %d: %q, want %q", c.n, c.of, got, c.want)
		}
	}
}

// noLog lets every reading of the log fail.
func noLog(cloud *demo.Cloud) {
	for _, m := range []string{"ListLogEntries", "TailLogEntries"} {
		cloud.Fail(m, demo.PermissionDenied("logging.logEntries.list", "projects/acme-prod"))
	}
}

// TestALogThatIsNotReadIsNoZero: no number stands anywhere for what nobody has counted, in any size; and the numbers are there once
// the log is read.
func TestALogThatIsNotReadIsNoZero(t *testing.T) {
	for _, c := range []struct {
		name, golden string
		break_       func(*demo.Cloud)
	}{
		{"neither tail nor list", "unlogged", noLog},
		{"no list", "unlisted", func(cloud *demo.Cloud) {
			cloud.Fail("ListLogEntries", demo.PermissionDenied("logging.logEntries.list", "projects/acme-prod"))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := demo.New(demo.InMemory())
				c.break_(cloud)
				d := drive(t, cloud, 120, 40)
				d.wait(time.Second)
				d.has("15m: log not read", "The request log could not be read.", "?      ?")
				d.lacks("0 refused", "No 401 or 403", "   0")
				d.golden(c.golden + "-120x40")
				d.resize(80, 24)
				d.keys("1")
				d.has("log not read", "401/403 unknown: log not read, see 4")
				d.lacks("0 refused", "   0")
				d.golden(c.golden + "-80x24")
				d.resize(40, 12)
				d.has("401/403 unknown: log not read, see 4")
				d.lacks("   0")

				cloud.Emit(demo.Refusal{Service: "status", Status: 401})
				cloud.Heal("ListLogEntries")
				cloud.Heal("TailLogEntries")
				d.resize(120, 40)
				d.wait(2 * time.Minute)
				d.has("● live", "refused (")
				d.lacks("log not read", "?      ?", "unknown: log")
			})
		})
	}
}

// TestWhatTheTailToldIsTheLeast: while the list cannot be read, what the tail brings is counted as at least so many.
func TestWhatTheTailToldIsTheLeast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		cloud.Fail("ListLogEntries", demo.Unavailable())
		d := drive(t, cloud, 120, 40)
		d.wait(time.Minute)
		cloud.Emit(demo.Refusal{Service: "status", Status: 401})
		d.wait(10 * time.Second)
		d.has("15m: 1+ refused", "1+")
		d.keys("4", "a") // of every service
		d.lacks("No 401 or 403 of")
		d.has("all services · 1+×401", "live, log retry ")
		d.keys("/", "4", "0", "1", "enter")
		d.has("/401 (1+)")
		d.keys("esc", "space")
		cloud.Heal("ListLogEntries")
		d.wait(time.Minute)
		d.has("1+×401") // it stands still, as does what is known of it
		d.keys("space")
		d.lacks("1+")
		d.keys("a", "1")
		d.lacks("1+")
		d.has("● live")
	})
}

// TestTheCountsBeforeThereIsAClient: nothing was counted yet, or nothing can be.
func TestTheCountsBeforeThereIsAClient(t *testing.T) {
	for _, c := range []struct {
		name string
		open func(context.Context) (*gcp.Client, error)
		want string
	}{
		{"none can be opened", func(context.Context) (*gcp.Client, error) { return nil, &gcp.Error{Op: "log in"} }, "15m: log not read"},
		{"it is being opened", func(ctx context.Context) (*gcp.Client, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}, "15m: reading"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := drive(t, demo.New(demo.InMemory()), 120, 40, func(o *Options) { o.Open = c.open })
				d.has(c.want)
				d.lacks("0 refused")
			})
		})
	}
}

// TestTheLinesDoNotCountWhatIsNotRead: the same in words.
func TestTheLinesDoNotCountWhatIsNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		noLog(cloud)
		s := talk(t, cloud)
		for _, c := range []struct {
			line  string
			want  []string
			lacks []string
		}{
			{"services", []string{"whether anything was refused is not known", "The request log: ", "logging.logEntries.list", "To do: ", "shop-api, europe-west1: ", "its refusals are not known"}, []string{"0 refused", "0 answered"}},
			{"service shop-api", []string{"Chosen: shop-api", "its refusals are not known"}, []string{"0 answered"}},
			{"changes", []string{"No change of shop-api is known, but the log of the last 15m is not wholly read.", "To do: "}, []string{"No change of shop-api in"}},
			{"refused", []string{"is not read yet"}, []string{"0 answered"}},
		} {
			said := s.types(c.line)
			saidOf(t, c.line, said, c.want, c.lacks)
		}
		cloud.Heal("ListLogEntries")
		cloud.Heal("TailLogEntries")
		s.wait(2 * time.Minute)
		saidOf(t, "services", s.types("services"), []string{"refused in the last 15m: ", "answered 401"}, []string{"not known: ", "are not known"})
		s.types("service resize-image")
		saidOf(t, "changes", s.types("changes"), []string{"No change of resize-image in the last 15m."}, []string{"wholly"})
	})
}

// TestTheLinesDoNotDenyAServiceThatTheyDoNotKnow: without a list of services there is none that there is not.
func TestTheLinesDoNotDenyAServiceThatTheyDoNotKnow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		cloud.Fail("ListLocations", demo.PermissionDenied("run.locations.list", "projects/acme-prod"))
		s := talk(t, cloud)
		saidOf(t, "service shop-api", s.types("service shop-api"), []string{"The services could not be listed: ", "run.locations.list", "To do: "}, []string{"There is no service"})
		cloud.Heal("ListLocations")
		cloud.Fail("ListServices", demo.Unavailable(), "us-east1")
		s.types("refresh")
		s.wait(time.Minute)
		saidOf(t, "service public-site", s.types("service public-site"), []string{"where the services are known; 1 region did not answer"}, nil)
		cloud.Heal("ListServices")
		s.wait(2 * time.Minute)
		saidOf(t, "service nowhere", s.types("service nowhere"), []string{"There is no service nowhere. Say"}, nil)
	})
}

// saidOf fails unless what was said to a line has every text, and none that it must not have.
func saidOf(t *testing.T, line, said string, want, lacks []string) {
	t.Helper()
	for _, text := range want {
		if !strings.Contains(said, text) {
			t.Errorf("%s: it lacks %q:\n%s", line, text, said)
		}
	}
	for _, text := range lacks {
		if strings.Contains(said, text) {
			t.Errorf("%s: it has %q:\n%s", line, text, said)
		}
	}
}

// TestNoTailAndNoList: while no session is free and the lists' quota is used up, the next list is counted down to, and the pane
// says what keeps it back, not that the log can be read by lists.
func TestNoTailAndNoList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		d := drive(t, cloud, 120, 40)
		quota := demo.QuotaExceeded("logging.googleapis.com", "global", 40*time.Second)
		cloud.Fail("TailLogEntries", quota)
		cloud.EndTails(quota)
		d.wait(12 * time.Second)
		d.has("every 10s", "by query")
		cloud.Fail("ListLogEntries", quota)
		d.wait(10 * time.Second)
		for _, text := range []string{"retry 3", "+ refused", "the quota is used up", "wait 40s"} {
			d.has(text)
		}
		d.lacks("every 10s", "by query")
		d.wait(10 * time.Second)
		d.has("retry 2")
		cloud.Heal("ListLogEntries")
		d.wait(40 * time.Second)
		d.has("every 10s", "by query")
		cloud.Heal("TailLogEntries")
		d.wait(2 * time.Minute)
		d.has("● live")
		d.lacks("by query", "+ refused")
	})
}

// TestATailThatFailsAtOnceDoesNotKeepTheLogFromBeingRead: what the list brings is shown, as at least so much, from the start and again
// and again, and nothing is lost once the tail stands.
func TestATailThatFailsAtOnceDoesNotKeepTheLogFromBeingRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Latency(20*time.Millisecond))
		cloud.Slow("TailLogEntries", 0)
		cloud.Slow("ListLogEntries", 300*time.Millisecond)
		cloud.Fail("TailLogEntries", demo.PermissionDenied("logging.logEntries.list", "projects/acme-prod"))
		d := drive(t, cloud, 120, 40)
		d.wait(5 * time.Second)
		d.has("+ refused", "credential not accepted", "tail the log: permission")
		d.lacks("log not read")
		cloud.Emit(demo.Refusal{Service: "status", Status: 401, ID: "late"})
		d.wait(75 * time.Second)
		if d.root.ring.of(place{Project: "acme-prod", Service: "status", Region: "us-central1"}).s401 != 1 {
			t.Errorf("what was logged since was not read:\n%s", d.screen())
		}
		cloud.Heal("TailLogEntries")
		d.wait(time.Minute)
		d.has("● live")
		d.lacks("+ refused", "broke here")
	})
}
