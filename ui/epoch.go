package ui

import (
	"reflect"

	tea "charm.land/bubbletea/v2"
)

// A screen that goes to another project begins anew, while requests of the old one are still on their way. So every message of this
// package carries the epoch in which its command was made, and one of an older epoch is dropped where it arrives.

// dated is a message of this package with its epoch.
type dated struct {
	epoch int
	msg   tea.Msg
}

// ownPackage is how messages of this package are told from Bubble Tea's, which its event loop has to see as they are.
var ownPackage = reflect.TypeOf(dated{}).PkgPath()

// date marks the messages that a command answers with, also those of a batch.
func date(epoch int, cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		switch m := cmd().(type) {
		case nil:
			return nil
		case tea.BatchMsg:
			for i := range m {
				m[i] = date(epoch, m[i])
			}
			return m
		default:
			if reflect.TypeOf(m).PkgPath() != ownPackage {
				return m
			}
			return dated{epoch, m}
		}
	}
}

// current unwraps a message, and says whether it is of this epoch. What an old one brings that has to be closed is closed.
func (r *root) current(msg tea.Msg) (current tea.Msg, clear tea.Cmd, ok bool) {
	m, ok := msg.(dated)
	if !ok {
		return msg, nil, true
	}
	if m.epoch == r.epoch {
		return m.msg, nil, true
	}
	switch old := m.msg.(type) {
	case clientOpened:
		if old.client != nil {
			return nil, closeClient(old.client), false
		}
	case tailOpened:
		if old.tail != nil {
			old.tail.Close()
		}
	}
	return nil, nil, false
}
