package ui

import (
	"image"

	tea "charm.land/bubbletea/v2"
)

// The mouse is off unless it is asked for, since a terminal that reports it no longer selects text with it. It does nothing that keys
// do not.

// wheelLines is how far one notch of the wheel goes.
const wheelLines = 3

// roller is what a wheel moves: a list's cursor, or a text.
type roller interface {
	Roll(motion)
}

// pressable is a pane with rows to choose: line counts from its first line.
type pressable interface {
	Press(line int)
}

func (p *servicesPane) Roll(m motion) { p.stepped(p.list.move(m)) }
func (p *accessPane) Roll(m motion)   { p.scroll.move(m) }
func (p *tokenPane) Roll(m motion)    { p.scroll.move(m) }

func (p *refusedPane) Roll(m motion) {
	if p.groups.listed() {
		p.groups.list.move(m)
		return
	}
	p.stepped(p.list.move(m))
}

func (s *sheet) Roll(m motion)          { s.scroll.move(m) }
func (h *helpScreen) Roll(m motion)     { h.scroll.move(m) }
func (p *projectsScreen) Roll(m motion) { p.list.move(m) }

func (p *servicesPane) Press(line int) {
	p.stepped(p.list.press(line - 1))
}

func (p *refusedPane) Press(line int) {
	line -= 1 + len(p.lead())
	if p.groups.listed() {
		p.groups.list.press(line)
		return
	}
	p.stepped(p.list.press(line))
}

// press moves the cursor to the row that stands in a line of the list, and says whether there is one.
func (l *list) press(line int) bool {
	from, to := l.visible()
	if line < 0 || from+line >= to {
		return false
	}
	l.to(from + line)
	return true
}

// pressed handles a button: the left one goes to the pane under the pointer, and to the row.
func (r *root) pressed(m tea.MouseClickMsg) {
	if m.Button != tea.MouseLeft || r.over != nil {
		return
	}
	f, line, ok := r.under(m.X, m.Y)
	if !ok || r.pane[r.at].Typing() && f != r.at {
		return
	}
	if f != r.at {
		r.focus(f)
	}
	if p, ok := r.pane[f].(pressable); ok {
		p.Press(line)
	}
}

// rolled handles the wheel: it moves what is under the pointer, and leaves the keys where they are.
func (r *root) rolled(m tea.MouseWheelMsg) {
	by := lineDown
	switch m.Button {
	case tea.MouseWheelUp:
		by = lineUp
	case tea.MouseWheelDown:
	default:
		return
	}
	to, ok := r.over.(roller)
	if r.over == nil {
		var f focus
		if f, _, ok = r.under(m.X, m.Y); ok {
			to, ok = r.pane[f].(roller)
		}
	}
	for range wheelLines {
		if ok {
			to.Roll(by)
		}
	}
}

// under is the pane at a cell of the screen, and the line of it there, which is negative on its title.
func (r *root) under(x, y int) (f focus, line int, ok bool) {
	for f := range panes {
		if at := r.lay.pane[f]; image.Pt(x, y).In(at) {
			return f, y - r.lay.inner(f).Min.Y, true
		}
	}
	return 0, 0, false
}
