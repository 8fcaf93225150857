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
// happens, from a fixed seed: the end after an hour, UNAVAILABLE, a reset, no free session, a log that cannot be listed, quota,
// and what Logging holds back. In the end every entry is in the list once, what was held back stands there as a mark, no break is
// open, one tail is, and in no minute was the log listed more than ten times.
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
		sent, held := map[string]bool{}, 0
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
			switch rnd.IntN(24) {
			case 0, 1:
				cloud.EndTails(ends[rnd.IntN(len(ends))])
			case 2:
				cloud.Fail("ListLogEntries", ends[0])
				cloud.EndTails(ends[2])
				heal = append(heal, func() { cloud.Heal("ListLogEntries") })
			case 3:
				cloud.Fail("TailLogEntries", ends[rnd.IntN(2)*3])
				cloud.EndTails(ends[0])
				heal = append(heal, func() { cloud.Heal("TailLogEntries") })
			case 4:
				held += 5
				cloud.Suppress(5)
			case 5:
				cloud.Keepalive()
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
		marked := 0
		for _, m := range d.root.stream.gaps.marks {
			marked += m.withheld
		}
		if marked == 0 || marked > held {
			t.Errorf("%d entries are marked as held back, of %d", marked, held)
		}
		if most > 10 {
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
