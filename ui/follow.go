package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
)

const (
	// restTime is how long the cursor rests until what follows it catches up: longer than it takes a key that is held down to come
	// again, as systems are set (30 to 90 ms).
	restTime = 120 * time.Millisecond
	// scrollTime is between two frames that scroll while a key is held down: beside other panes the terminal cannot scroll by
	// itself, and every row is sent anew.
	scrollTime = 60 * time.Millisecond
)

// pursuit is how the screen follows the cursor: a single step at once, with all that depends on it. While the cursor runs, a key
// being held down, three panes would be drawn anew for every service that it passes, 2 KB each, and over a slow link the keys
// would come late; so the panes beside it catch up where it comes to rest, and go on showing the service that their titles name
// until then. And of the running cursor's own frames only one is in flight (terminal_flow.go).
type pursuit struct {
	service gcp.Service // that the panes show
	some    bool        // there is one
	runs    bool        // the panes may be behind the selection
	moved   time.Time   // of the last step
	serial  int         // of restDue

	held     string     // the last frame, which stays while the next one has to wait; "" where it has not
	frame    string     // the last one
	tops     [panes]int // what it showed first of each pane
	scrolled time.Time  // when that last changed
}

// follow is the service that the panes beside the list show.
func (r *root) follow() (s gcp.Service, ok bool) {
	if !r.pursuit.runs {
		r.pursuit.service, r.pursuit.some = r.services.selection()
		r.refused.explained = r.refused.chosen
	}
	return r.pursuit.service, r.pursuit.some
}

// pursue sees every key first: a step that comes soon after another lets the panes fall behind, any other key finds them up to
// date.
func (r *root) pursue(m tea.KeyPressMsg) tea.Cmd {
	p := &r.pursuit
	if r.km.motion(m) == noMotion || r.over != nil || r.pane[r.at].Typing() {
		if !p.runs {
			return nil
		}
		p.runs = false
		return r.settle()
	}
	p.runs = r.time.Sub(p.moved) < restTime
	p.moved = r.time
	if !p.runs {
		return nil
	}
	p.serial++
	return after(restTime, restDue{p.serial})
}

// rested lets the panes catch up, if the cursor has not moved since.
func (r *root) rested(m restDue) {
	if m.serial == r.pursuit.serial {
		r.pursuit.runs = false
	}
}

// hold decides whether the next frame waits, which it does only while the cursor runs: then the next key brings it, or the
// terminal's answer to the one before, or the cursor's rest.
func (r *root) hold() tea.Cmd {
	p, at := &r.pursuit, now()
	tops := [panes]int{onServices: r.services.list.top, onAccess: r.access.scroll.top, onToken: r.token.scroll.top, onRefused: r.refused.list.top}
	switch {
	case p.runs && (!r.flow.arrived() || tops != p.tops && at.Sub(p.scrolled) < scrollTime):
		p.held = p.frame
		return nil
	case tops != p.tops:
		p.tops, p.scrolled = tops, at
	}
	p.held = ""
	if p.runs {
		return r.flow.ask(at)
	}
	return nil
}
