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
	switch key {
	case "up", "k":
		l.to(l.cursor - 1)
	case "down", "j":
		l.to(l.cursor + 1)
	case "pgup", "ctrl+b":
		l.to(l.cursor - max(l.h, 1))
	case "pgdown", "ctrl+f":
		l.to(l.cursor + max(l.h, 1))
	case "ctrl+u":
		l.to(l.cursor - max(l.h/2, 1))
	case "ctrl+d":
		l.to(l.cursor + max(l.h/2, 1))
	case "home", "g":
		l.to(0)
	case "end", "G":
		l.to(l.n - 1)
	default:
		return false
	}
	return true
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
	switch key {
	case "up", "k":
		s.to(s.top - 1)
	case "down", "j":
		s.to(s.top + 1)
	case "pgup", "ctrl+b":
		s.to(s.top - max(s.h, 1))
	case "pgdown", "ctrl+f":
		s.to(s.top + max(s.h, 1))
	case "ctrl+u":
		s.to(s.top - max(s.h/2, 1))
	case "ctrl+d":
		s.to(s.top + max(s.h/2, 1))
	case "home", "g":
		s.to(0)
	case "end", "G":
		s.to(s.n)
	default:
		return false
	}
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

// cell is one field of a table's row: clean text and its style.
type cell struct {
	text  string
	style style
}

// row draws cells into widths. A selected row is drawn whole in one style, since a style that ends inside would end the
// selection too.
func row(widths []int, cols []column, cells []cell, selected *style) string {
	var b strings.Builder
	first := true
	for i, c := range cells {
		if widths[i] == 0 {
			continue
		}
		if !first {
			b.WriteByte(' ')
		}
		first = false
		text := fit(c.text, widths[i])
		if cols[i].right {
			text = fitRight(c.text, widths[i])
		}
		if selected == nil {
			text = c.style.of(text)
		}
		b.WriteString(text)
	}
	if selected != nil {
		return selected.of(b.String())
	}
	return b.String()
}

// fitRight is fit with the text at the right edge.
func fitRight(s string, w int) string {
	s = cut(s, w)
	return strings.Repeat(" ", room(w, width(s))) + s
}
