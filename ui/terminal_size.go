package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

const (
	sizeTime = 40 * time.Millisecond  // until a size has settled
	sizeMost = 400 * time.Millisecond // how long the screen may have another size than the terminal
)

// sizeDue says that a size may have settled.
type sizeDue struct{ serial int }

// sizes lets a new size through once it has settled: dragging a window makes hundreds, and for each of them Bubble Tea would send the
// whole screen. The first one passes at once.
type sizes struct {
	send    func(tea.Msg) // to the program
	begun   bool          // the first one has passed
	pending bool          // newest has not passed yet
	newest  tea.WindowSizeMsg
	since   time.Time // for how long
	serial  int       // of newest
}

// filter is part of a tea.WithFilter: it sees a size before Bubble Tea's renderer does. What is no size passes unchanged.
func (s *sizes) filter(msg tea.Msg) tea.Msg {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		if !s.begun {
			s.begun = true
			return m
		}
		if !s.pending {
			s.pending, s.since = true, now()
		}
		s.newest = m
		s.serial++
		due := sizeDue{s.serial}
		time.AfterFunc(clamp(sizeMost-now().Sub(s.since), 0, sizeTime), func() { s.send(due) })
		return nil
	case sizeDue:
		if !s.pending || m.serial != s.serial && now().Sub(s.since) < sizeMost {
			return nil
		}
		s.pending = false
		return s.newest // also where it is the old one again: the terminal may have lost what it showed
	}
	return msg
}
