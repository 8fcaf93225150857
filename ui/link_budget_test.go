package ui

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"why401/gcp/demo"
)

// repeat is between two letters of a key that is held down.
const repeat = 33 * time.Millisecond

// moves is what each press of a key costs, in bytes.
func (l *link) moves(key string, times int, pace time.Duration) []int {
	costs := make([]int, times)
	for i := range costs {
		l.press(key)
		costs[i] = l.cost(pace)
	}
	return costs
}

// mean and p99 of some costs.
func mean(costs []int) int {
	sum := 0
	for _, n := range costs {
		sum += n
	}
	return sum / len(costs)
}

func p99(costs []int) int {
	sorted := slices.Sorted(slices.Values(costs))
	return sorted[len(sorted)*99/100]
}

// crowd is a cloud of many services, in which nothing happens.
func crowd() *demo.Cloud { return demo.New(demo.InMemory(), demo.Empty(), demo.Services(1000)) }

// TestBytes measures what goes to the terminal, at 120×40 with four panes, and holds it to the budgets. Bytes come out the same each
// time; go test -v says how many.
func TestBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("bytes are counted where the whole is run; no other goroutine runs here than in any test of the screen")
	}
	for _, c := range []struct {
		name  string
		cloud func() *demo.Cloud
		keys  string // pressed before
		cost  func(*link) int
		most  int
	}{
		{"idle, a minute", crowd, "", func(l *link) int { return l.cost(time.Minute) }, 0},
		{"with a count-down, a second", storyteller, "d", func(l *link) int { return l.cost(time.Minute) / 60 }, 40},
		{"a key held down among the services, a move, p99", crowd, "jg", func(l *link) int { l.moves("j", 2, repeat); return p99(l.moves("j", 12, repeat)) }, 320},
		{"and over the edge, so that they scroll, a move", crowd, "", func(l *link) int { l.moves("j", 30, repeat); return mean(l.moves("j", 60, repeat)) }, 650},
		{"among the refusals, scrolling", storyteller, "4ag", func(l *link) int { l.moves("j", 10, repeat); return mean(l.moves("j", 60, repeat)) }, 650},
		{"among the refusals, each explained", storyteller, "4ag\r", func(l *link) int { l.moves("j", 2, repeat); return mean(l.moves("j", 60, repeat)) }, 650},
		{"through the access of a service", storyteller, "2", func(l *link) int { return mean(l.moves("j", 20, repeat)) }, 650},
		{"a single step among the services, all panes following", storyteller, "", func(l *link) int { return p99(l.moves("j", 15, time.Second)) }, 3000},
		{"a single step in the log", storyteller, "4ag", func(l *link) int { return p99(l.moves("j", 30, time.Second)) }, 650},
		{"10 rows a second, a second", storyteller, "", func(l *link) int { return l.stormy(10) }, 3000},
		{"1,000 rows a second", storyteller, "", func(l *link) int { return l.stormy(1000) }, 28_000},
		{"20,000 rows a second", storyteller, "", func(l *link) int { return l.stormy(20_000) }, 28_000},
		{"20,000 rows a second in the zoomed log", storyteller, "4\r", func(l *link) int { return l.stormy(20_000) }, 28_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := dial(t, c.cloud(), 120, 40, nil)
				for _, key := range c.keys {
					l.press(string(key))
					l.wait(2 * time.Second)
				}
				got := c.cost(l)
				if got > c.most {
					t.Errorf("%d bytes, want at most %d", got, c.most)
				}
				if got < c.most/30 {
					t.Errorf("%d bytes: that is too good to be what was to be measured", got)
				}
				t.Logf("%d bytes", got)
			})
		})
	}
}

// storyteller is the cloud of the demo.
func storyteller() *demo.Cloud { return demo.New(demo.InMemory()) }

// stormy is what a second of a storm costs that has been on for a second.
func (l *link) stormy(rows int) int {
	l.storm(rows, time.Second)
	before := l.written()
	l.storm(rows, 3*time.Second)
	return (l.written() - before) / 3
}

func TestPanesFollowTheCursor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t, storyteller(), 120, 40, nil)
		shown := func() (at, access string) {
			t.Helper()
			for line := range strings.Lines(l.screen()) {
				if _, rest, ok := strings.Cut(line, "▸"); ok {
					at = strings.Fields(rest)[0]
				}
				if _, rest, ok := strings.Cut(line, "Access · "); ok {
					access = strings.Fields(rest)[0]
				}
			}
			return at, access
		}
		const frame = 20 * time.Millisecond
		first, _ := shown()
		l.press("j")
		l.wait(frame)
		second, access := shown()
		if second == first || access != second {
			t.Fatalf("after a single step the cursor is on %s, the panes show %s", second, access)
		}
		for range 5 {
			l.press("j")
			l.wait(repeat)
			if at, access := shown(); access != second || at == second {
				t.Errorf("while the cursor runs and is on %s, the panes show %s, want %s still", at, access, second)
			}
		}
		l.wait(restTime)
		at, access := shown()
		if access != at {
			t.Errorf("the cursor rests on %s, the panes show %s", at, access)
		}
		l.press("k")
		l.wait(repeat)
		l.press("k")
		l.wait(repeat)
		l.press("2")
		l.wait(frame)
		if back, access := shown(); access != back || back == at {
			t.Errorf("another key finds the cursor on %s and the panes on %s", back, access)
		}
	})
}

// TestARunningCursorDoesNotQueue: over a slow link a key held down among many services leaves out frames, and the cursor is where it
// belongs soon after the key is let go.
func TestARunningCursorDoesNotQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t, crowd(), 120, 40, func(l *link) { l.rate, l.delay = 10_000, 50*time.Millisecond })
		l.longest = 0
		l.moves("j", 150, repeat)
		took := l.until("the last service", func(s string) bool { return strings.Contains(s, "▸ service-00150") })
		if most := 2*l.delay + restTime + 300*time.Millisecond; took > most {
			t.Errorf("the cursor came to rest %v after the key was let go, want %v at most", took, most)
		}
		if l.longest > 3000 {
			t.Errorf("%d bytes were in line", l.longest)
		}
		t.Logf("%v, %d bytes in line at most", took, l.longest)
	})
}
