package ui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"why401/gcp"
	"why401/gcp/demo"
)

// untold are n refusals of a service that a tail holds back.
func untold(cloud *demo.Cloud, service, id string, n int) {
	all := make([]demo.Refusal, n)
	for i := range all {
		all[i] = demo.Refusal{Service: service, ID: fmt.Sprintf("%s%05d", id, i)}
	}
	cloud.EmitUntold(0, all...)
}

// TestWhatWasHeldBackIsReadFromTheLog: a count is a lower bound, so a mark is closed only where the list left nothing unread and brought no
// less than was held back.
func TestWhatWasHeldBackIsReadFromTheLog(t *testing.T) {
	for _, c := range []struct {
		name        string
		there, held int
		says        string
		closed      bool
	}{
		{"all of it", 40, 40, "at least 40 entries held back by Cloud Logging (rate limit), since read from the log", true},
		{"more than was said", 43, 40, "at least 40 entries held back by Cloud Logging (rate limit), since read from the log", true},
		{"not all of it", 39, 40, "at least 40 more entries held back by Cloud Logging (rate limit); the log gave 39 since", false},
		{"nothing", 0, 40, "at least 40 more entries held back by Cloud Logging (rate limit)", false},
		{"more than is read at once", heldLimit + 1, 40, "; the log gave 4000 since", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(1))
				d := drive(t, cloud, 120, 40)
				d.wait(time.Minute)
				cloud.Emit(demo.Refusal{Service: "service-00000", ID: "told"})
				untold(cloud, "service-00000", "held", c.there)
				cloud.Suppress(c.held)
				d.wait(3 * time.Second)
				d.has("at least 40 more entries held back by Cloud Logging (rate limit) ")
				if n := d.root.ring.all.total(); n != 1 {
					t.Errorf("%d entries came by the tail", n)
				}
				d.wait(20 * time.Second)
				d.has(c.says)
				if n := d.root.ring.all.total(); n != min(c.there, heldLimit)+1 {
					t.Errorf("%d entries", n)
				}
				_, until := d.root.refused.whole(now())
				if closed := until.IsZero(); closed != c.closed {
					t.Errorf("nothing is missing: %v", closed)
				}
				if closed := len(d.root.unread()) == 0; closed != c.closed {
					t.Errorf("a report says %q", d.root.unread())
				}
			})
		})
	}
}

// TestWhatIsHeldBackForLongIsAskedForOnceAMinute, and what a list that was asked for already cannot have brought is a mark of its own.
func TestWhatIsHeldBackForLongIsAskedForOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(1))
		d := drive(t, cloud, 120, 40)
		d.wait(time.Minute)
		calls := cloud.Calls("ListLogEntries")
		for i := range 60 {
			untold(cloud, "service-00000", fmt.Sprint("storm", i, "-"), 3)
			cloud.Suppress(3)
			d.wait(5 * time.Second)
		}
		if n := cloud.Calls("ListLogEntries") - calls; n < 4 || n > 6 {
			t.Errorf("the log was listed %d times in five minutes", n)
		}
		d.wait(2 * time.Minute)
		if n := d.root.ring.all.total(); n != 180 {
			t.Errorf("%d entries of 180", n)
		}
		held := 0
		for _, m := range d.root.stream.gaps.marks {
			if held += m.gap.held.Total(); !m.closed() {
				t.Errorf("at %v: %s", m.Time, m.note)
			}
		}
		if held != 180 {
			t.Errorf("%d are marked", held)
		}
	})
}

// TestWhatWasHeldBackIsAskedForAgainAfterAFailure, of the list or of the tail.
func TestWhatWasHeldBackIsAskedForAgainAfterAFailure(t *testing.T) {
	for _, c := range []struct {
		name  string
		wrong func(*demo.Cloud)
	}{
		{"the list", func(c *demo.Cloud) { c.FailTimes("ListLogEntries", 4, demo.Unavailable()) }},
		{"the quota", func(c *demo.Cloud) {
			c.FailTimes("ListLogEntries", 1, demo.QuotaExceeded("logging.googleapis.com", "global", 10*time.Second))
		}},
		{"the tail", func(c *demo.Cloud) { c.EndTails(demo.Unavailable()) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(1))
				d := drive(t, cloud, 120, 40)
				d.wait(time.Minute)
				untold(cloud, "service-00000", "held", 7)
				cloud.Suppress(7)
				d.wait(3 * time.Second)
				c.wrong(cloud)
				d.wait(3 * time.Minute)
				d.has("since read from the log", "● live")
				if n := d.root.ring.all.total(); n != 7 {
					t.Errorf("%d entries of 7", n)
				}
			})
		})
	}
}

// TestASecondListThatIsCutShortLeavesAMark: it goes by when entries were received, so that a storm which was there before is not read again;
// where there is too much all the same, what it did not read is marked.
func TestASecondListThatIsCutShortLeavesAMark(t *testing.T) {
	for _, c := range []struct {
		name     string
		received time.Duration // ago
		marked   bool
	}{
		{"what came while the tail was opened", 0, true},
		{"what was there before", 30 * time.Second, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(1))
				at := time.Now()
				all := make([]demo.Refusal, lateLimit+1000)
				for i := range all {
					all[i] = demo.Refusal{Service: "service-00000", Time: at.Add(-31*time.Second - time.Duration(i)*time.Millisecond), Received: at.Add(-c.received)}
				}
				cloud.Emit(all...)
				d := drive(t, cloud, 120, 40)
				d.wait(4 * time.Minute)
				if n := d.root.ring.all.total(); n != len(all) {
					t.Errorf("%d entries of %d", n, len(all))
				}
				if n := cloud.Calls("ListLogEntries"); n < 13 || n > 15 && !c.marked {
					t.Errorf("%d list calls for 11 pages", n)
				}
				d.keys("4", "/")
				d.send(press("i"))
				d.keys("s", ":", "g", "a", "p", "enter")
				if !c.marked {
					d.lacks("what came late may be missing")
					return
				}
				d.has("from 23:59:00 to here what came late may be missing: the newest 10000 were read")
				if _, until := d.root.refused.whole(now()); !until.Equal(at.Add(-reachBack)) {
					t.Errorf("nothing is missing until %v", until)
				}
			})
		})
	}
}

// TestMarksLeaveTheWindowToo: what was held back before it is not this list's any more.
func TestMarksLeaveTheWindowToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(1))
		d := drive(t, cloud, 120, 40)
		d.wait(time.Minute)
		cloud.Suppress(5)
		d.wait(10 * time.Minute)
		d.has("held back")
		d.wait(6 * time.Minute)
		cloud.Emit(demo.Refusal{Service: "service-00000"})
		d.wait(5 * time.Second)
		d.lacks("held back")
		if from, until := d.root.refused.whole(now()); !until.IsZero() || !from.Equal(now().Add(-d.root.o.Since)) {
			t.Errorf("it is whole from %v until %v", from, until)
		}
	})
}

// TestMarkOfWhatWasHeldBack: counts of one stretch are one mark, until the log was asked for them.
func TestMarkOfWhatWasHeldBack(t *testing.T) {
	var g gaps
	at := time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC)
	first := g.held(gcp.Suppressed{RateLimit: 2}, at.Add(-time.Second), at)
	if second := g.held(gcp.Suppressed{Other: 1}, at, at.Add(time.Second)); second != first || g.marks[0].note != "at least 3 more entries held back by Cloud Logging (2: rate limit; 1: no reason given)" {
		t.Errorf("%s and %s: %s", first, second, g.marks[0].note)
	}
	if b, to := g.marks[0].began(), g.marks[0].gap.to; !b.Equal(at.Add(-time.Second)) || !to.Equal(at.Add(time.Second)) {
		t.Errorf("it is between %v and %v", b, to)
	}
	old := g.marks[0]
	g.seal()
	third := g.held(gcp.Suppressed{RateLimit: 1}, at.Add(time.Second), at.Add(2*time.Second))
	if third == first || len(g.marks) != 2 {
		t.Errorf("%s was added to %s", third, first)
	}
	g.read([]string{first}, 3, true)
	if !g.marks[0].closed() || g.marks[1].closed() || old.closed() {
		t.Error("the first alone is read, and a mark that changes is another one")
	}
	if g.prune(at.Add(time.Second)); len(g.marks) != 1 || g.marks[0].ID != third {
		t.Errorf("%d marks are left", len(g.marks))
	}
}

// TestWhatIsHeldBackIsGivenTimeToBeFound, but not without end; and no two lists come in a minute.
func TestWhatIsHeldBackIsGivenTimeToBeFound(t *testing.T) {
	at := time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name           string
		from, to, last time.Duration // ago
		asked          bool
	}{
		{"told just now", 10 * time.Second, time.Second, time.Hour, false},
		{"told a while ago", 10 * time.Second, settleTime, time.Hour, true},
		{"told again and again", heldPause, time.Second, time.Hour, true},
		{"asked for just before", 10 * time.Second, settleTime, 59 * time.Second, false},
		{"asked for a minute ago", 10 * time.Second, settleTime, time.Minute, true},
	} {
		s := &stream{state: streamLive, window: time.Hour}
		s.second = second{held: stretch{from: at.Add(-c.from), to: at.Add(-c.to), marks: []string{"a mark"}}, last: at.Add(-c.last)}
		if cmd := s.again(at); cmd == nil || (s.second.asked != nil) != c.asked || len(s.second.held.marks) == 0 != c.asked {
			t.Errorf("%s: asked for %+v, held back %+v", c.name, s.second.asked, s.second.held)
		}
	}
}

// TestInLinesWhatWasReadIsNotCalledUnknown.
func TestInLinesWhatWasReadIsNotCalledUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(1))
		s := talk(t, cloud)
		s.wait(time.Minute)
		untold(cloud, "service-00000", "held", 3)
		cloud.Suppress(3)
		s.wait(3 * time.Second)
		if said := s.types("refused"); !strings.Contains(said, "Not known: at least 3 more entries held back by Cloud Logging (rate limit).") {
			t.Errorf("before it is read:\n%s", said)
		}
		s.wait(20 * time.Second)
		if said := s.types("refused"); strings.Contains(said, "Not known") || !strings.Contains(said, "Around 00:01:02: at least 3 entries held back by Cloud Logging (rate limit), since read from the log.") {
			t.Errorf("after:\n%s", said)
		}
	})
}

// TestAMarkIsExplained: what it is about, and between which moments; a closed one has none any more.
func TestAMarkIsExplained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(1))
		d := drive(t, cloud, 120, 40)
		d.wait(time.Minute)
		cloud.Emit(demo.Refusal{Service: "service-00000"})
		d.wait(10 * time.Second)
		untold(cloud, "service-00000", "held", 3)
		cloud.Suppress(3)
		d.wait(3 * time.Second)
		d.keys("4", "enter")
		d.has("│? gap         at least 3 more entries held back by Cloud Logging (rate limit)", "│Between       00:01:02 and 00:01:12")
		d.wait(20 * time.Second)
		d.has("│· gap         at least 3 entries held back by Cloud Logging (rate limit), since read from the log")
		d.lacks("│Between")
	})
}
