package ui

import (
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"why401/gcp/demo"
)

// TestNoLineTooWide sweeps the sizes over every pane, zoomed and not, with a token and without: no line is wider than the
// screen, no screen is higher, and none panics.
func TestNoLineTooWide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		sizes := []struct{ w, h int }{{1, 1}, {2, 2}, {3, 5}, {10, 4}, {20, 8}, {24, 10}, {40, 12}, {59, 17}, {60, 18}, {79, 23}, {80, 24}, {99, 30}, {100, 29}, {100, 30}, {120, 40}, {163, 47}, {200, 60}}
		check := func(what string) {
			t.Helper()
			for _, s := range sizes {
				d.root.w, d.root.h = s.w, s.h
				d.root.arrange()
				lines := d.root.screen()
				if len(lines) != s.h {
					t.Errorf("%s at %d×%d: %d lines", what, s.w, s.h, len(lines))
				}
				for y, l := range lines {
					if got := ansi.StringWidth(l); got != s.w {
						t.Errorf("%s at %d×%d: line %d is %d cells wide: %q", what, s.w, s.h, y, got, ansi.Strip(l))
					}
				}
			}
		}
		views := func(what string) {
			t.Helper()
			for f := range panes {
				for _, zoom := range []bool{false, true} {
					d.root.at, d.root.zoom = f, zoom
					check(what)
				}
			}
			d.root.zoom = false
		}
		views("without a token")
		d.keys("1", "d")
		views("with a token")
		d.keys("3", "w", "2")
		check("choosing a what-if")
		d.keys("enter")
		views("with a what-if")
		d.keys("w", "0", "enter", "4", "v")
		views("groups")
		d.keys("4", "v", "a", "/", "4", "enter", "m")
		views("marked matches")
		d.keys("4", "esc", "a", "m")
		d.cloud.Suppress(3)
		d.wait(3 * time.Second)
		views("a gap")
		d.keys("C")
		check("what can be copied")
		d.keys("esc", "1", "/", "x", "y")
		views("typing a filter")
		d.keys("esc", "?")
		views("help")
		d.keys("esc", "R")
		check("choosing how to hand over")
		d.keys("esc", "i", "a")
		views("typing a token")
		d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	})
}

// TestASCIIOnly: where only ASCII can be counted on, nothing else is drawn, and it is as wide.
func TestASCIIOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 80, 24, func(o *Options) { o.ASCII = true })
		for _, keys := range [][]string{{"1"}, {"2"}, {"4", "enter"}, {"d", "3", "enter"}, {"R"}, {"esc", "?"}} {
			d.keys(keys...)
			for _, l := range d.root.screen() {
				for _, r := range l {
					if r > 0x7e {
						t.Fatalf("after %q %q is on the screen: %q", keys, r, l)
					}
				}
				if ansi.StringWidth(l) != 80 {
					t.Errorf("after %q a line is %d cells wide: %q", keys, ansi.StringWidth(l), l)
				}
			}
		}
	})
}
