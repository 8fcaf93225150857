package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"why401/gcp/demo"
)

func TestNewRefusalsArriveLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		was := slices.Clone(d.root.ring.entries)
		d.cloud.Emit(demo.Refusal{Service: "shop-api", URL: "/api/brand-new", UserAgent: "curl/8.9.1"})
		d.wait(3 * time.Second)
		d.has("/api/brand-new", "curl")
		// Some of the oldest may have left the window meanwhile.
		left := slices.IndexFunc(was, func(e *refusal) bool { return e == d.root.ring.entries[0] })
		if got, want := d.root.ring.all.total(), len(was)-left+1; left < 0 || got != want {
			t.Errorf("%d refusals counted, want %d", got, want)
		}
	})
}

// TestStreamLosesAndDoublesNothing ends the tail in every way while entries keep coming, some of them late, and holds what
// the ring has against what was sent.
func TestStreamLosesAndDoublesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(3))
		d := drive(t, cloud, 120, 40, func(o *Options) { o.Since = time.Hour })
		sent := map[string]bool{}
		ends := []error{demo.Unavailable(), status.Error(codes.OutOfRange, "Session has run for the maximum allowed duration of 1h."), status.Error(codes.Internal, "stream reset"), demo.QuotaExceeded("logging.googleapis.com", "global", 0)}
		name := d.root.services.rows[0].service.Name
		for i := range 120 {
			id := fmt.Sprintf("sent%05d", i)
			sent[id] = true
			late := time.Duration(i%7) * time.Second
			cloud.Emit(demo.Refusal{Service: name, ID: id, Time: time.Now().Add(-late)})
			if i%15 == 14 {
				cloud.EndTails(ends[i/15%len(ends)])
			}
			d.wait(1700 * time.Millisecond)
		}
		d.wait(2 * time.Minute)
		got := map[string]int{}
		for _, e := range d.root.ring.entries {
			got[e.ID]++
		}
		for id := range sent {
			if got[id] != 1 {
				t.Errorf("entry %s stands %d times in the list, want once", id, got[id])
			}
		}
		if got := cloud.OpenTails(); got != 1 {
			t.Errorf("%d tails are open, want 1", got)
		}
		d.has("● live")
	})
}

func TestWithoutAFreeTailTheLogIsPolled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		cloud.Fail("TailLogEntries", demo.QuotaExceeded("logging.googleapis.com", "global", 0))
		d := drive(t, cloud, 120, 40)
		d.has("every 10s")
		cloud.Emit(demo.Refusal{Service: "shop-api", URL: "/polled"})
		d.wait(11 * time.Second)
		d.has("/polled")
		calls := cloud.Calls("ListLogEntries")
		d.wait(time.Minute)
		if per := cloud.Calls("ListLogEntries") - calls; per > 10 {
			t.Errorf("%d list calls in a minute, want at most 10", per)
		}
		cloud.Heal("TailLogEntries")
		d.wait(2 * time.Minute)
		d.has("● live")
	})
}

func TestPauseHoldsTheListStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("4", "space")
		d.has("paused, 0 new", "○ paused")
		d.cloud.Emit(demo.Refusal{Service: "shop-api", URL: "/while-paused"}, demo.Refusal{Service: "shop-api", URL: "/while-paused-too"})
		d.wait(3 * time.Second)
		d.has("paused, 2 new")
		d.lacks("/while-paused")
		d.keys("space")
		d.has("/while-paused", "/while-paused-too", "following")
	})
}

func TestScrollingBackStopsFollowingAndKeepsTheEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("4", "up", "up", "up")
		d.lacks("following")
		chosen := d.root.refused.chosen
		for i := range 30 {
			d.cloud.Emit(demo.Refusal{Service: "shop-api", URL: fmt.Sprintf("/later/%d", i)})
		}
		d.wait(3 * time.Second)
		if d.root.refused.chosen != chosen {
			t.Error("new entries moved the selection")
		}
		d.keys("f")
		d.has("following", "/later/29")
	})
}

func TestEntryIsExplainedInPlainWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("4", "enter")
		d.has("Evidence", "Not proven", "Confidence", "Refused by Cloud Run.")
		d.golden("entry-aimed-120x40") // while the load balancers have not been read
		d.keys("esc")
		d.has("Services", "Access")
	})
}

func TestAllServicesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("4", "a")
		d.has("Refused · all services", "SERVICE")
		d.keys("/", "w", "h", "o", ":", "a", "p", "p", "enter")
		d.has("mobile-bff", "the container answered")
		d.lacks("credential not accepted")
	})
}

// TestStormIsDrawnTenTimesASecond: however many messages a tail brings, new rows are shown at most ten times a second.
func TestStormIsDrawnTenTimesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		shows := 0
		last := ""
		for i := range 200 {
			d.send(entriesArrived{attempt: -1, refusals: []*refusal{someRefusal(i, time.Now())}})
			d.root.ring.entries[len(d.root.ring.entries)-1].Service = "shop-api"
			d.wait(5 * time.Millisecond)
			if now := d.root.header(); now != last {
				shows++
				last = now
			}
		}
		d.wait(time.Second)
		if d.root.unseen != 0 {
			t.Errorf("%d entries were never shown", d.root.unseen)
		}
		if got := len(d.root.refused.shown); shows == 0 {
			t.Errorf("nothing was shown of %d", got)
		}
	})
}

// TestHostileLogFieldsAreHarmless: what an attacker writes into a request reaches the screen only as visible escapes.
func TestHostileLogFieldsAreHarmless(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		hostile := "\x1b[2J\x1b]0;owned\x07\x1bPq\x1b\\\u202e\u200b\u009b31m\r\n[red]" + strings.Repeat("\u0301", 20)
		d.cloud.Emit(demo.Refusal{Service: "shop-api", Method: hostile, URL: "https://shop-api.example/" + hostile, UserAgent: hostile, Referer: hostile, Protocol: hostile, Text: hostile, Trace: hostile, RemoteIP: hostile})
		d.wait(3 * time.Second)
		d.keys("4", "enter")
		for _, l := range d.root.screen() {
			if bad := control(l); bad != "" {
				t.Errorf("control text %q reaches the terminal in line %q", bad, l)
			}
		}
		d.has(`\x1b`)
	})
}

// control finds anything in a line that is not printable text or one of our own colour sequences.
func control(line string) string {
	for line != "" {
		if rest, ok := strings.CutPrefix(line, "\x1b["); ok {
			end := strings.IndexByte(rest, 'm')
			if end < 0 || strings.Trim(rest[:end], "0123456789;") != "" {
				return line
			}
			line = rest[end+1:]
			continue
		}
		for i, r := range line {
			if r == 0x1b {
				line = line[i:]
				break
			}
			if r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e {
				return line[i:]
			}
			if i+len(string(r)) == len(line) {
				return ""
			}
		}
	}
	return ""
}

// TestTheWindowIsChangedOnTheFly: a longer one is read from the log, a shorter one drops what is older.
func TestTheWindowIsChangedOnTheFly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		quarter := d.root.ring.all.total()
		d.keys("]")
		d.wait(time.Second)
		d.has("1h: ")
		hour := d.root.ring.all.total()
		d.keys("[", "[")
		d.wait(time.Second)
		d.has("5m: ")
		if five := d.root.ring.all.total(); !(five < quarter && quarter < hour) {
			t.Errorf("refusals of 5m, 15m, 1h: %d, %d, %d", five, quarter, hour)
		}
		d.keys("[", "[")
		d.has("5m: ")
	})
}

// TestAnEntryCanBeSentAgain: the command and the address go to the clipboard, without what the query held.
func TestAnEntryCanBeSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.cloud.Emit(demo.Refusal{Service: "shop-api", Method: "POST", URL: "https://api.acme.example/pay?access_token=hunter2"})
		d.wait(3 * time.Second)
		d.keys("4", "c")
		d.has("sent to the terminal's clipboard, C shows it: curl -i -X POST")
		d.keys("u")
		d.has("sent to the terminal's clipboard, C shows it: https://console.cloud.google.com/logs/query")
		d.keys("enter")
		d.has("Again", "Explorer")
		d.lacks("hunter2")
		copied := d.copied()
		if len(copied) != 2 || strings.Contains(strings.Join(copied, ""), "hunter2") {
			t.Errorf("the clipboard got %q, want the command and the address, without the query", copied)
		}
	})
}

// TestRefusalsAreFoldedIntoGroups: alike ones are one row with their count, and a group opens to its entries.
func TestRefusalsAreFoldedIntoGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("4", "v")
		d.has("COUNT", "groups, enter opens")
		sum := 0
		for _, g := range d.root.refused.groups.rows {
			sum += g.Count
		}
		if want := d.root.ring.of(place{Project: "acme-prod", Service: "shop-api", Region: "europe-west1"}).total(); sum != want {
			t.Errorf("the groups hold %d refusals, the log %d", sum, want)
		}
		first := d.root.refused.groups.rows[0]
		d.keys("enter")
		d.has("one group, esc goes back")
		if got := len(d.root.refused.shown); got != first.Count {
			t.Errorf("the group of %d opens to %d entries", first.Count, got)
		}
		d.keys("esc")
		d.has("groups, enter opens")
		d.keys("a", "enter", "esc", "esc")
		d.golden("groups-120x40")
		d.keys("v")
		d.has("following")
	})
}

// TestMatchesAreMarkedAmongTheOthers: m shows the others too, n and N go from match to match.
func TestMatchesAreMarkedAmongTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("4", "a", "/")
		for _, r := range "who:app" {
			d.keys(string(r))
		}
		d.keys("enter")
		only := 0
		for _, e := range d.root.refused.shown {
			if e.note == "" {
				only++
			}
		}
		if changes := len(d.root.refused.shown) - only; changes == 0 {
			t.Error("a filter by who refused hides the changes")
		}
		hidden := len(d.root.refused.shown)
		d.keys("m")
		d.has(fmt.Sprintf("(%d matches)", only))
		if all := len(d.root.refused.shown); all <= hidden {
			t.Fatalf("%d rows with the others, %d without", all, hidden)
		}
		seen := map[*refusal]bool{}
		for range only {
			d.keys("N")
			seen[d.root.refused.chosen] = true
			if got := refuser(d.root.refused.chosen.by); got != "app" {
				t.Errorf("N went to an entry of %s", got)
			}
		}
		if len(seen) != only {
			t.Errorf("%d presses of N saw %d different matches", only, len(seen))
		}
		d.has(fmt.Sprintf("(match 1 of %d)", only))
		d.keys("n")
		d.has(fmt.Sprintf("(match 2 of %d)", only))
		d.keys("m")
		if got := len(d.root.refused.shown); got != hidden {
			t.Errorf("%d rows with the others hidden again, want %d", got, hidden)
		}
		d.keys("m", "/", "x", "enter")
		d.has("(no match)")
	})
}

// TestRowsOfEveryServiceNameTheService, whatever has to go for it; and groups tell of the selected one what has gone.
func TestRowsOfEveryServiceNameTheService(t *testing.T) {
	for _, s := range []struct{ w, h int }{{120, 40}, {80, 24}, {60, 20}, {40, 12}} {
		synctest.Test(t, func(t *testing.T) {
			d := drive(t, demo.New(demo.InMemory()), s.w, s.h)
			d.keys("4", "a")
			d.has("SERVICE", "REQUEST", " shop-api ", " GET /api/")
			if s.w != 120 {
				d.golden(fmt.Sprintf("refused-all-%dx%d", s.w, s.h))
			}
			d.keys("v")
			d.has("SERVICE", "REQUEST", " shop-api ", "/api/cart")
			if s.w == 120 {
				d.has("FIRST", "LAST")
				d.lacks("first 23:4")
				return
			}
			d.lacks("FIRST")
			d.golden(fmt.Sprintf("groups-all-%dx%d", s.w, s.h))
			d.has("first 23:45:")
			d.keys("j")
			d.has("first 23:4", ", last 23:5")
			d.keys("a") // of one service the row has room for who refused
			d.has("WHO")
		})
	}
}

// TestTheTitleSaysHowManyAFilterLetsThrough, and a filter that is taken up again goes on with another word.
func TestTheTitleSaysHowManyAFilterLetsThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("4", "a", "/", "4", "0", "3")
		d.has("/403▏ (63) ")
		d.keys("enter", "/", "!", "s", "i", "t", "e")
		d.has("/403 !site▏ (46) ")
		d.keys("enter")
		n := 0
		for _, e := range d.root.ring.entries {
			if e.Status == 403 && e.Service != "public-site" {
				n++
			}
		}
		if n != 46 {
			t.Errorf("there are %d", n)
		}
		d.keys("/", "enter")
		d.has("/403 !site (46) ")
		d.keys("esc")
		d.lacks("(63)", "(46)", "(402)")
	})
}

func TestAGroupThatIsPausedIsStillOneGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("4", "v", "enter", "space")
		d.has(" one group, paused, 0 new ")
		d.keys("esc")
		d.lacks("one group")
	})
}
