package ui

import (
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"

	"why401/gcp/demo"
)

// The mouse is off unless it is asked for.
func TestTheMouseIsAskedFor(t *testing.T) {
	for _, mouse := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			d := drive(t, demo.New(demo.InMemory()), 120, 40, func(o *Options) { o.Mouse = mouse })
			if on := d.root.View().MouseMode != tea.MouseModeNone; on != mouse {
				t.Errorf("asked for: %v; on: %v", mouse, on)
			}
			d.keys("?")
			if mouse {
				d.has("the wheel scrolls")
			} else {
				d.lacks("the wheel scrolls")
			}
		})
	}
}

// A click goes to the pane under it and chooses the row; the wheel moves what is under it and leaves the keys where they are.
func TestTheMouseDoesWhatKeysDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40, func(o *Options) { o.Mouse = true })
		click := func(x, y int) { d.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }
		wheel := func(x, y int, b tea.MouseButton) { d.send(tea.MouseWheelMsg{X: x, Y: y, Button: b}) }
		selected := func() string { s, _ := d.root.services.selection(); return s.Name }

		click(10, 5) // frame, heading, then the rows
		if got := selected(); got != "web-gateway" {
			t.Errorf("a click on the third row chose %s", got)
		}
		wheel(10, 5, tea.MouseWheelDown)
		if got := selected(); got != "edge-gateway" {
			t.Errorf("a notch of the wheel went to %s", got)
		}
		wheel(10, 5, tea.MouseWheelUp)
		click(10, 2)  // the heading
		click(10, 25) // below the rows
		if got := selected(); got != "web-gateway" || d.root.at != onServices {
			t.Errorf("%s is chosen, the focus is on %d", got, d.root.at)
		}
		d.send(tea.MouseClickMsg{X: 10, Y: 3, Button: tea.MouseRight})
		if got := selected(); got != "web-gateway" {
			t.Errorf("the right button chose %s", got)
		}

		click(60, 34) // the log, whose last row is followed until then
		r := d.root.refused
		if d.root.at != onRefused || r.chosen != r.shown[r.list.cursor] || r.follow {
			t.Errorf("the focus is on %d, following %v", d.root.at, r.follow)
		}
		row := r.list.cursor
		wheel(60, 34, tea.MouseWheelUp)
		if r.list.cursor != row-wheelLines {
			t.Errorf("the wheel went from row %d to %d", row, r.list.cursor)
		}
		top := d.root.access.scroll.top
		wheel(80, 5, tea.MouseWheelDown)
		if d.root.access.scroll.top == top || d.root.at != onRefused {
			t.Errorf("the text under the wheel stands at %d, the focus is on %d", d.root.access.scroll.top, d.root.at)
		}

		d.keys("?")
		click(10, 3)
		wheel(10, 10, tea.MouseWheelDown)
		if h, ok := d.root.over.(*helpScreen); !ok || h.scroll.top == 0 {
			t.Error("the wheel does not scroll the help, or a click left it")
		}
		d.keys("esc")
		for _, at := range [][2]int{{-1, -1}, {0, 0}, {119, 39}, {500, 500}} {
			click(at[0], at[1])
			wheel(at[0], at[1], tea.MouseWheelDown)
		}
	})
}
