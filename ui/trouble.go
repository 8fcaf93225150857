package ui

import (
	"strings"
	"time"
)

// How an error stands in a pane beside what the pane still knows: what is known of it keeps its age, and the next step is what
// helps, so that it is the last to give way.

// trouble explains an error in at most some lines: what went wrong, then the next step. Where there is too little room, what went
// wrong is cut short before the next step is.
func trouble(th theme, err error, w, most int) []string {
	if w <= 0 || most <= 0 {
		return nil
	}
	said, next := wrap(clean(err.Error()), w), wrap(hint(err), w)
	if left := max(most-len(next), min(most, len(next), 1)); len(said) > left {
		said = shorten(said, left, w)
	}
	if left := most - len(said); len(next) > left {
		next = shorten(next, left, w)
	}
	var lines []string
	for _, l := range said {
		lines = append(lines, th.bad.of(fit(l, w)))
	}
	for _, l := range next {
		lines = append(lines, th.accent.of(fit(l, w)))
	}
	return lines
}

// shorten keeps the first n lines, and marks that there were more.
func shorten(lines []string, n, w int) []string {
	if n <= 0 {
		return nil
	}
	out := append([]string{}, lines[:n]...)
	out[n-1] = cut(out[n-1]+" "+strings.Join(lines[n:], " "), w)
	return out
}

// troubleRoom is how many lines of a pane of height h an error may take: what the pane shows keeps the rest, if only a line.
func troubleRoom(h int) int {
	if h < 12 {
		return room(h, 2)
	}
	return h / 2
}

// asOf is the age of what is shown although it could not be read again.
func asOf(at time.Time) string { return "as of " + at.Local().Format(time.TimeOnly) }
