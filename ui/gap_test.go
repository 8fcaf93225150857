package ui

import (
	"testing"
	"testing/synctest"
	"time"

	"why401/gcp/demo"
)

// TestWhatLoggingHeldBackStandsInTheList: a suppression is a row of its own, with its count, and several at once are one.
func TestWhatLoggingHeldBackStandsInTheList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.lacks("held back")
		d.cloud.Suppress(40)
		d.wait(3 * time.Second)
		d.has("at least 40 more entries held back by Cloud Logging (rate limit)")
		d.cloud.Suppress(2)
		d.wait(3 * time.Second)
		d.has("at least 42 more entries held back")
		d.cloud.Outpace(3)
		d.wait(3 * time.Second)
		d.has("at least 45 more entries held back by Cloud Logging (42: rate limit; 3: taken too slowly here)")
		d.wait(time.Minute)
		d.cloud.Outpace(2)
		d.wait(3 * time.Second)
		d.has("at least 2 more entries held back by Cloud Logging (taken too slowly here)")
		d.wait(time.Minute)
		d.cloud.Suppress(1)
		d.wait(3 * time.Second)
		d.has("at least 1 more entry held back")
	})
}

// TestABreakIsMarkedUntilItIsClosed: while the log cannot be read after the tail broke, the list says where it may lack
// entries; once it has been read the mark is gone and nothing is missing.
func TestABreakIsMarkedUntilItIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		d := drive(t, cloud, 120, 40)
		d.wait(10 * time.Second)
		cloud.Fail("ListLogEntries", demo.Unavailable())
		cloud.Fail("TailLogEntries", demo.Unavailable())
		cloud.EndTails(demo.Unavailable())
		d.wait(time.Second)
		cloud.Emit(demo.Refusal{Service: "shop-api", URL: "/in-the-break"})
		d.wait(20 * time.Second)
		d.has("the stream broke here")
		d.lacks("/in-the-break")
		cloud.Heal("TailLogEntries")
		d.wait(2 * time.Minute)
		d.has("the stream broke here")
		cloud.Heal("ListLogEntries")
		d.wait(2 * time.Minute)
		d.has("/in-the-break", "● live")
		d.lacks("the stream broke here")
	})
}

// TestTheTailIsReplacedBeforeItsHour: the next one is opened before the old one is closed, and no entry is lost or doubled.
func TestTheTailIsReplacedBeforeItsHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.TailLife(time.Hour))
		d := drive(t, cloud, 120, 40, func(o *Options) { o.Since = 3 * time.Hour })
		before := d.root.ring.all.total()
		for i := range 2 * 60 {
			cloud.Emit(demo.Refusal{Service: "shop-api", ID: string(rune('a'+i%26)) + time.Now().Format(time.RFC3339)})
			d.wait(time.Minute)
		}
		d.wait(10 * time.Second)
		if got := d.root.ring.all.total() - before; got != 120 {
			t.Errorf("%d of 120 entries are in the list", got)
		}
		if got := cloud.OpenTails(); got != 1 {
			t.Errorf("%d tails are open, want 1", got)
		}
		d.lacks("the stream broke here")
	})
}
