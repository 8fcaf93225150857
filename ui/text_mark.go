package ui

import "strings"

// caretLine is a line of clean text of which a part is marked, and the line of carets for under it, "" where nothing of it is marked. The
// mark needs neither colour nor underlining, and goes through pipes and screen readers.
type caretLine struct {
	before, part, after string
	under               string
}

// carets breaks clean text in three pieces, the second of which is marked, into lines of at most w cells wherever they end.
func carets(before, part, after string, w int) []caretLine {
	from := width(before)
	to := from + width(part)
	var lines []caretLine
	at := 0 // the cell at which a line begins
	for _, text := range pieces(before+part+after, w) {
		cells := width(text)
		first, last := clamp(from-at, 0, cells), clamp(to-at, 0, cells)
		l := caretLine{before: head(text, first)}
		l.part = head(text[len(l.before):], last-first)
		l.after = text[len(l.before)+len(l.part):]
		if last > first {
			l.under = strings.Repeat(" ", first) + strings.Repeat("^", last-first)
		}
		lines, at = append(lines, l), at+cells
	}
	return lines
}
