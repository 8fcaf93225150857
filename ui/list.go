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

// move handles the keys that move a cursor, and says whether this was one.
func (l *list) move(key string) bool {
	to, ok := step(key, l.cursor, l.h, l.n-1)
	if ok {
		l.to(to)
	}
	return ok
}

// step is where a key moves a position to, in pages of h and at most to last, and whether it is a key that moves.
func step(key string, at, h, last int) (to int, ok bool) {
	switch key {
	case "up", "k":
		return at - 1, true
	case "down", "j":
		return at + 1, true
	case "pgup", "ctrl+b":
		return at - max(h, 1), true
	case "pgdown", "ctrl+f":
		return at + max(h, 1), true
	case "ctrl+u":
		return at - max(h/2, 1), true
	case "ctrl+d":
		return at + max(h/2, 1), true
	case "home", "g":
		return 0, true
	case "end", "G":
		return last, true
	}
	return at, false
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

// move handles the keys that move a window, and says whether this was one.
func (s *scroll) move(key string) bool {
	to, ok := step(key, s.top, s.h, s.n)
	if ok {
		s.to(to)
	}
	return ok
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
