package ui

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"why401/gcp/demo"
)

// logged puts n refusals into the log, one every so often, the newest a minute ago.
func logged(cloud *demo.Cloud, service string, n int, every time.Duration) {
	now := time.Now()
	past := make([]demo.Refusal, n)
	for i := range past {
		past[i] = demo.Refusal{Service: service, ID: fmt.Sprintf("past%06d", i), Time: now.Add(-time.Minute - time.Duration(i)*every)}
	}
	cloud.Emit(past...)
}

// reads lets time pass by the second until the log is read, and gives the most list calls that any minute saw, and what the header said
// on the way.
func (d *driver) reads(limit time.Duration) (most int, said []string) {
	d.t.Helper()
	var calls []int
	for range int(limit / time.Second) {
		calls = append(calls, d.cloud.Calls("ListLogEntries"))
		if n := len(calls); n > 60 {
			most = max(most, calls[n-1]-calls[n-61])
		}
		if word := d.root.stream.word(now()); len(said) == 0 || said[len(said)-1] != word {
			said = append(said, word)
		}
		if s := d.root.stream; s.state == streamLive && s.fill == nil {
			return max(most, calls[len(calls)-1]-calls[max(0, len(calls)-61)]), said
		}
		d.wait(time.Second)
	}
	d.t.Fatalf("it is not read after %v: %q", limit, said)
	return 0, nil
}

// TestALongWindowIsReadPageByPage: what has come is on the screen while the rest is read, the header says how far, no minute sees more
// than nine calls, and in the end every entry is there once.
func TestALongWindowIsReadPageByPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(2))
		logged(cloud, "service-00000", 15_500, time.Second) // four hours and some
		d := drive(t, cloud, 120, 40)
		d.reads(time.Minute)
		before := d.root.ring.all.total()
		d.wait(time.Minute) // the calls of the start are over
		calls := cloud.Calls("ListLogEntries")
		d.keys("]", "]")
		d.has("6h: ", "○ back to ", " read")
		d.lacks("● live")
		if got := d.root.ring.all.total(); got <= before || got >= 15_500 {
			t.Errorf("%d entries while it is read, %d before", got, before)
		}
		d.keys("4", "g")
		d.has("still being read")
		most, said := d.reads(5 * time.Minute)
		if most > 9 {
			t.Errorf("%d list calls in a minute", most)
		}
		if len(said) < 3 {
			t.Errorf("it said only %q", said)
		}
		if got := d.root.ring.all.total(); got != 15_500 {
			t.Errorf("%d entries of 15500", got)
		}
		if n := cloud.Calls("ListLogEntries") - calls; n > 20 {
			t.Errorf("%d calls for 15 pages: what was known was read again", n)
		}
		d.lacks("still being read", "which were read")
		d.has("● live")
	})
}

// TestAReadingIsSuperseded: another window at once is another reading, which goes on from where the one before had come.
func TestAReadingIsSuperseded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(2))
		logged(cloud, "service-00000", 18_000, time.Second)
		d := drive(t, cloud, 120, 40)
		d.reads(time.Minute)
		d.keys("]", "]", "]") // 24h
		d.wait(5 * time.Second)
		half := d.root.ring.all.total()
		if half < 5000 || half >= 18_000 {
			t.Fatalf("%d entries after five seconds", half)
		}
		d.keys("[") // 6h: the entries of five hours
		if got := d.root.ring.all.total(); got < half {
			t.Errorf("%d entries after %d: what was read is gone", got, half)
		}
		d.keys("[", "[", "[", "[")
		d.has("5m: 2", "● live")
		calls := cloud.Calls("ListLogEntries")
		d.wait(20 * time.Second)
		if n := cloud.Calls("ListLogEntries") - calls; n > 2 {
			t.Errorf("%d calls for a window that is known", n)
		}
		d.keys("]", "]", "]", "]")
		d.reads(5 * time.Minute)
		if got := d.root.ring.all.total(); got != 18_000 {
			t.Errorf("%d entries of 18000", got)
		}
	})
}

// TestAReadingOutlivesWhatGoesWrong: the tail breaks, the log cannot be read for a while: it goes on from where it had come.
func TestAReadingOutlivesWhatGoesWrong(t *testing.T) {
	for _, c := range []struct {
		name  string
		wrong func(*demo.Cloud)
	}{
		{"the tail breaks", func(c *demo.Cloud) { c.EndTails(demo.Unavailable()) }},
		{"the log cannot be read", func(c *demo.Cloud) { c.FailTimes("ListLogEntries", 4, demo.Unavailable()) }},
		{"both", func(c *demo.Cloud) {
			c.FailTimes("ListLogEntries", 4, demo.Unavailable())
			c.EndTails(demo.Unavailable())
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(2))
				logged(cloud, "service-00000", 15_000, time.Second)
				d := drive(t, cloud, 120, 40, func(o *Options) { o.Since = 6 * time.Hour })
				d.wait(2 * time.Second)
				d.lacks("● live")
				calls := cloud.Calls("ListLogEntries")
				c.wrong(cloud)
				cloud.Emit(demo.Refusal{Service: "service-00000", ID: "meanwhile", URL: "/meanwhile"})
				d.reads(6 * time.Minute)
				if got := d.root.ring.all.total(); got != 15_001 {
					t.Errorf("%d entries of 15001", got)
				}
				if n := cloud.Calls("ListLogEntries") - calls; n > 20 {
					t.Errorf("%d calls for the last pages", n)
				}
				if !d.root.stream.reach.IsZero() {
					t.Error("a break is still open")
				}
			})
		})
	}
}

// TestAStormDoesNotCrowdOutTheChangeThatBeganIt: where there is more than one page the changes are read for themselves.
func TestAStormDoesNotCrowdOutTheChangeThatBeganIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(2))
		began := time.Now().Add(-50 * time.Minute)
		cloud.EmitChange(demo.Change{Service: "service-00000", Method: "google.cloud.run.v1.Services.SetIamPolicy", Actor: "sec.review@acme.example", Time: began})
		logged(cloud, "service-00000", fillLimit+5000, 110*time.Millisecond)
		d := drive(t, cloud, 120, 40, func(o *Options) { o.Since = time.Hour })
		d.wait(3 * time.Second)
		if got := len(d.root.history.rows); got != 1 {
			t.Errorf("%d changes while the log is being read, want the one that began it", got)
		}
		d.reads(5 * time.Minute)
		d.wait(time.Second) // rows are drawn ten times a second
		d.keys("4", "g")
		d.has("before this more was logged than the newest", "set the policy")
		if got := len(d.root.ring.entries); got != ringSize {
			t.Errorf("%d entries", got)
		}
		most, _ := d.reads(time.Minute)
		if most > 9 {
			t.Errorf("%d calls a minute after it was cut short", most)
		}
	})
}

// TestAStormIsCountedToTheLast: more refusals than there are rows for, some late, some twice, are counted to the last one in header, list
// of services, title and chart, for as long as the window wants them; what is made of rows says that it is at least so much, and
// since when they came is told from the counts.
func TestAStormIsCountedToTheLast(t *testing.T) {
	if testing.Short() {
		t.Skip("30,000 entries")
	}
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(2))
		d := drive(t, cloud, 160, 40)
		d.wait(4*time.Minute + 10*time.Second)
		began := time.Now().Truncate(time.Minute)
		n := 0
		for range 120 {
			var some []demo.Refusal
			for i := range 250 {
				late := time.Duration(i%5) * 9 * time.Second / 5
				one := demo.Refusal{ID: fmt.Sprint("storm-", n), Service: "service-00000", Status: 401, Time: time.Now().Add(-late)}
				if some = append(some, one); i%50 == 0 {
					some = append(some, one)
				}
				n++
			}
			cloud.Emit(some...)
			d.wait(5 * time.Second)
		}
		d.wait(30 * time.Second)
		if got := len(d.root.ring.entries); got != ringSize {
			t.Fatalf("%d rows, want a full ring", got)
		}
		d.keys("4")
		d.has(fmt.Sprintf("15m: %d refused", n), fmt.Sprintf("%d×401", n), fmt.Sprintf(" %d     0 ready", n), "began "+began.Local().Format("15:04"))
		d.keys("g")
		d.has(fmt.Sprintf("the oldest %d made room for newer ones; %d of them are counted all the same", n-ringSize, n-ringSize))
		d.keys("v")
		d.has("20000+")
		d.keys("v", "space")
		d.has(fmt.Sprintf("%d+×401", ringSize))
		d.keys("space")
		d.wait(6 * time.Minute)
		if got, rows := d.root.ring.all.total(), len(d.root.ring.entries); got <= rows-1 || got >= n {
			t.Errorf("%d are counted and %d are there after some have left the window", got, rows)
		}
		d.wait(15 * time.Minute)
		d.has("15m: 0 refused")
		if d.root.ring.gone != nil {
			t.Error("what nobody wants is kept")
		}
	})
}
