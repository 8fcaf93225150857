package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// overlay is what stands in place of the panes until it is left: the help, the texts to select, the hand-over, the list of projects.
// There is one at a time.
type overlay interface {
	// Resize tells the room.
	Resize(w, h int)
	// Paint draws it in another theme from now on.
	Paint(theme)
	// Key takes a key, and says whether the overlay is left.
	Key(*root, tea.KeyPressMsg) (cmd tea.Cmd, left bool)
	// View draws exactly as many lines as the height, each exactly as many cells as the width.
	View(w, h int) []string
	// Foot are the keys that do something in it, for the footer.
	Foot(*root) string
	// Typing says that letters are text.
	Typing() bool
}

// cover puts an overlay over the panes, in place of another one.
func (r *root) cover(o overlay) {
	r.over = o
	o.Resize(r.lay.body.Dx(), r.lay.body.Dy())
}

// read handles a key of an overlay that is only read: own is the key that opened it, and leaves it again.
func (r *root) read(m tea.KeyPressMsg, s *scroll, own key.Binding) (cmd tea.Cmd, left bool) {
	switch {
	case key.Matches(m, r.km.quit):
		return r.quit(), false
	case key.Matches(m, own), key.Matches(m, r.km.back):
		return nil, true
	}
	s.move(r.km.motion(m))
	return nil, false
}

// readFoot are the keys of an overlay that is only read.
func (r *root) readFoot() string {
	return " " + keyed(r.km.back) + "   " + r.km.arrows() + " scroll   " + keyed(r.km.quit)
}

// keyed is a key with what it does.
func keyed(b key.Binding) string { return b.Help().Key + " " + b.Help().Desc }
