package ui

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"why401/gcp/demo"
)

// TestADayOfTheStream lets a day pass in which entries come late, unordered and twice, and everything that ends or stops a stream
// happens, from a fixed seed: the end after an hour, UNAVAILABLE, a reset, no free session, a log that cannot be listed, its quota,
// a tail that goes deaf, what comes in while a tail is being opened, and what Logging holds back. In the end every entry is in the list
// once, each count of what was held back stands there as a mark, of which those are closed whose entries came, no break is open, one tail
// is, and in no minute was the log listed ten times.
func TestADayOfTheStream(t *testing.T) {
	if testing.Short() {
		t.Skip("a day takes some seconds")
	}
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(2))
		d := drive(t, cloud, 80, 24, func(o *Options) { o.Since = 25 * time.Hour })
		name := d.root.services.rows[0].service.Name
		rnd := rand.New(rand.NewPCG(4, 1))
		ends := []error{
			demo.Unavailable(), status.Error(codes.OutOfRange, "Session has run for the maximum allowed duration of 1h."),
			status.Error(codes.Internal, "stream reset"), demo.QuotaExceeded("logging.googleapis.com", "global", 0),
		}
		sent, held, closed, apart := map[string]bool{}, 0, 0, 0
		untold := func(id string, found time.Duration) {
			sent[id] = true
			cloud.EmitUntold(found, demo.Refusal{Service: name, ID: id})
		}
		most, calls := 0, cloud.Calls("ListLogEntries")
		var heal []func()
		for minute := range 24 * 60 {
			for i := range 2 {
				id := fmt.Sprintf("day%05d-%d", minute, i)
				sent[id] = true
				late := time.Duration(rnd.IntN(40)) * time.Second
				e := demo.Refusal{Service: name, ID: id, Time: time.Now().Add(-late)}
				cloud.Emit(e)
				if rnd.IntN(10) == 0 {
					cloud.Emit(e)
				}
				d.wait(30 * time.Second)
			}
			for _, h := range heal {
				h()
			}
			heal = nil
			what := rnd.IntN(24)
			if (what == 4 || what == 8) && minute < apart {
				what = 5 // what is held back within a minute is read, or not, as one
			}
			switch what {
			case 0, 1:
				cloud.EndTails(ends[rnd.IntN(len(ends))])
				untold(fmt.Sprintf("between%05d", minute), 3*time.Second)
			case 2:
				cloud.Fail("ListLogEntries", ends[0])
				cloud.EndTails(ends[2])
				heal = append(heal, func() { cloud.Heal("ListLogEntries") })
			case 3:
				cloud.Fail("TailLogEntries", ends[rnd.IntN(2)*3])
				cloud.EndTails(ends[0])
				heal = append(heal, func() { cloud.Heal("TailLogEntries") })
			case 4:
				held, apart = held+5*cloud.Suppress(5), minute+3
			case 5:
				cloud.Keepalive()
			case 6:
				cloud.Deafen()
			case 7:
				cloud.Fail("ListLogEntries", demo.QuotaExceeded("logging.googleapis.com", "global", 20*time.Second))
				cloud.EndTails(ends[0])
				heal = append(heal, func() { cloud.Heal("ListLogEntries") })
			case 8:
				if n := cloud.Outpace(2); n > 0 {
					apart = minute + 3
					held, closed = held+2*n, closed+2*n
					for i := range 2 * n {
						untold(fmt.Sprintf("held%05d-%d", minute, i), 3*time.Second)
					}
				}
			}
			now := cloud.Calls("ListLogEntries")
			most, calls = max(most, now-calls), now
		}
		cloud.Heal("ListLogEntries")
		cloud.Heal("TailLogEntries")
		d.wait(3 * time.Minute)
		got := map[string]int{}
		for _, e := range d.root.ring.entries {
			got[e.ID]++
		}
		lost := 0
		for id := range sent {
			switch n := got[id]; {
			case n == 0:
				lost++
			case n > 1:
				t.Errorf("entry %s stands %d times in the list", id, n)
			}
		}
		if lost > 0 {
			t.Errorf("%d of %d entries are not in the list", lost, len(sent))
		}
		marked, read := 0, 0
		for _, m := range d.root.stream.gaps.marks {
			if m.gap != nil {
				marked += m.gap.held.Total()
			}
			if m.closed() {
				read += m.gap.held.Total()
			}
		}
		if marked != held || held == 0 {
			t.Errorf("%d entries are marked as held back, of %d", marked, held)
		}
		if read != closed || closed == 0 {
			t.Errorf("%d of them count as read from the log, %d were there", read, closed)
		}
		if most > 9 {
			t.Errorf("the log was listed %d times in a minute", most)
		}
		if n := cloud.OpenTails(); n != 1 {
			t.Errorf("%d tails are open", n)
		}
		if !d.root.stream.reach.IsZero() {
			t.Error("a break is still open")
		}
		d.has("● live")
		t.Logf("%d entries, at most %d list calls in a minute", len(sent), most)
	})
}
