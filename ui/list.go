package ui

import "strings"

// list is the cursor and the window of a list of n rows in h lines. It draws nothing and knows no rows, so it costs the
// same for ten and for ten thousand.
type list struct {
	n, h        int
	cursor, top int
}

// resize tells how many rows there are and how many lines show them; the cursor stays in range.
func (l *list) resize(n, h int) {
	l.n, l.h = n, h
	l.to(l.cursor)
}

// to moves the cursor to row i, or as near as there is one.
func (l *list) to(i int) {
	l.cursor = clamp(i, 0, max(l.n-1, 0))
	l.top = window(l.n, l.h, l.cursor, l.top)
}

// move moves the cursor, and says whether there was a motion.
func (l *list) move(m motion) bool {
	if m == noMotion {
		return false
	}
	l.to(m.from(l.cursor, l.h, l.n-1))
	return true
}

// motion is a way to move a cursor or a window.
type motion int8

const (
	noMotion motion = iota
	lineUp
	lineDown
	pageUp
	pageDown
	halfUp
	halfDown
	toFirst
	toLast
)

// from is where a motion leads from a position, in pages of h and at most to last.
func (m motion) from(at, h, last int) int {
	switch m {
	case lineUp:
		return at - 1
	case lineDown:
		return at + 1
	case pageUp:
		return at - max(h, 1)
	case pageDown:
		return at + max(h, 1)
	case halfUp:
		return at - max(h/2, 1)
	case halfDown:
		return at + max(h/2, 1)
	case toFirst:
		return 0
	case toLast:
		return last
	}
	return at
}

// visible is the range of rows to draw.
func (l *list) visible() (from, to int) {
	return l.top, min(l.top+max(l.h, 0), l.n)
}

// scroll is a window on lines that have no cursor.
type scroll struct {
	n, h, top int
}

func (s *scroll) resize(n, h int) {
	s.n, s.h = n, h
	s.to(s.top)
}

func (s *scroll) to(top int) { s.top = clamp(top, 0, max(s.n-max(s.h, 0), 0)) }

// move moves the window, and says whether there was a motion.
func (s *scroll) move(m motion) bool {
	if m == noMotion {
		return false
	}
	s.to(m.from(s.top, s.h, s.n))
	return true
}

// slice is the part of lines that the window shows, filled up with empty lines of w cells to its height.
func (s *scroll) slice(lines []string, w int) []string {
	out := make([]string, 0, max(s.h, 0))
	for i := s.top; i < len(lines) && len(out) < s.h; i++ {
		out = append(out, lines[i])
	}
	return pad(out, w, s.h)
}

// pad adds empty lines of w cells until there are h, and drops what is over.
func pad(lines []string, w, h int) []string {
	for len(lines) < h {
		lines = append(lines, strings.Repeat(" ", max(w, 0)))
	}
	return lines[:max(h, 0)]
}
