package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

// resizes collects what goes on of the sizes that come, each at its moment after the start.
func resizes(t *testing.T, come map[time.Duration]tea.WindowSizeMsg, until time.Duration) (passed map[time.Duration]tea.Msg) {
	t.Helper()
	passed = map[time.Duration]tea.Msg{}
	msgs := make(chan tea.Msg, 1000)
	s := sizes{send: func(m tea.Msg) { msgs <- m }}
	start := time.Now()
	for at, m := range come {
		time.AfterFunc(at, func() { msgs <- m })
	}
	over := time.After(until)
	for {
		select {
		case m := <-msgs:
			if m = s.filter(m); m != nil {
				passed[time.Since(start)] = m
			}
		case <-over:
			return passed
		}
	}
}

func TestSizesPassWhenTheyHaveSettled(t *testing.T) {
	const ms = time.Millisecond
	size := func(w int) tea.WindowSizeMsg { return tea.WindowSizeMsg{Width: w, Height: 24} }
	drag := map[time.Duration]tea.WindowSizeMsg{0: size(80)}
	for i := range 100 {
		drag[time.Second+time.Duration(i)*10*ms] = size(81 + i)
	}
	for _, c := range []struct {
		name string
		come map[time.Duration]tea.WindowSizeMsg
		want map[time.Duration]tea.Msg
	}{
		{"the first at once", map[time.Duration]tea.WindowSizeMsg{0: size(80)}, map[time.Duration]tea.Msg{0: size(80)}},
		{"a later one when it has settled", map[time.Duration]tea.WindowSizeMsg{0: size(80), 100 * ms: size(90)},
			map[time.Duration]tea.Msg{0: size(80), 140 * ms: size(90)}},
		{"the last of several", map[time.Duration]tea.WindowSizeMsg{0: size(80), 100 * ms: size(90), 120 * ms: size(91), 150 * ms: size(92)},
			map[time.Duration]tea.Msg{0: size(80), 190 * ms: size(92)}},
		{"the same one again, since the terminal may have lost what it showed", map[time.Duration]tea.WindowSizeMsg{0: size(80), 100 * ms: size(20), 120 * ms: size(80)},
			map[time.Duration]tea.Msg{0: size(80), 160 * ms: size(80)}},
		{"a long drag now and then, and its end", drag,
			map[time.Duration]tea.Msg{0: size(80), 1400 * ms: size(120), 1810 * ms: size(161), 2030 * ms: size(180)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := resizes(t, c.come, 5*time.Second)
				if len(got) != len(c.want) {
					t.Errorf("passed %v, want %v", got, c.want)
				}
				for at, want := range c.want {
					// Two things that happen at one moment may come in any order.
					if m := got[at]; m != want && at < time.Second {
						t.Errorf("at %v %v passed, want %v; all: %v", at, m, want, got)
					}
				}
			})
		})
	}
}

// TestAResizeStormIsCheap: hundreds of sizes cost a few screens, and the last one is drawn.
func TestAResizeStormIsCheap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t, storyteller(), 120, 40, nil)
		before := l.written()
		for i := range 200 {
			l.size(20+i%100, 8+i%32)
			l.wait(10 * time.Millisecond)
		}
		l.size(120, 40)
		l.wait(time.Second)
		if cost := l.written() - before; cost > 50_000 {
			t.Errorf("200 sizes cost %d bytes", cost)
		} else {
			t.Logf("200 sizes cost %d bytes", cost)
		}
		if s := l.screen(); !strings.Contains(s, "Services") || !strings.Contains(s, "Access") || !strings.Contains(s, "Refused") {
			t.Errorf("the last size was not drawn:\n%s", s)
		}
	})
}
