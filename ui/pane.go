package ui

import (
	"errors"
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"why401/gcp"
)

// pane is one of the four. Panes never name one another and never message the root: the root looks at them after every
// message and hands each what it shows.
type pane interface {
	// SetSize tells the room inside the frame.
	SetSize(w, h int)
	// Update takes a key that is the pane's.
	Update(tea.KeyPressMsg) tea.Cmd
	// View draws exactly as many lines as the height, each exactly as many cells as the width.
	View(focused bool) []string
	// Title is what stands in the frame, left and right; both clean.
	Title() (left, right string)
	// Keys are the pane's own keys, for the footer and the help.
	Keys() []key.Binding
	// Typing says that the pane takes every key, so that letters are not shortcuts.
	Typing() bool
}

// problem explains an error in lines of w cells: what went wrong, then the next step.
func problem(th theme, err error, w int) []string {
	var lines []string
	for _, l := range wrap(clean(err.Error()), w) {
		lines = append(lines, th.bad.of(fit(l, w)))
	}
	var e *gcp.Error
	if errors.As(err, &e) && e.Hint != "" {
		for _, l := range wrap(clean(e.Hint), w) {
			lines = append(lines, th.accent.of(fit(l, w)))
		}
	}
	return lines
}

// hint is an error's next step, or "".
func hint(err error) string {
	var e *gcp.Error
	if errors.As(err, &e) {
		return clean(e.Hint)
	}
	return ""
}

// para wraps a text in one style.
func para(st style, text string, w int) []string {
	var lines []string
	for _, l := range wrap(text, w) {
		lines = append(lines, st.of(fit(l, w)))
	}
	return lines
}

// entry wraps a text beside a label of labelWidth cells that stands on the first line only.
func entry(label string, labelStyle style, labelWidth int, text string, textStyle style, w int) []string {
	if labelWidth*3 > w {
		// Too narrow for two columns: the label gets a line of its own.
		lines := []string{labelStyle.of(fit(label, w))}
		if label == "" {
			lines = nil
		}
		return append(lines, para(textStyle, text, w)...)
	}
	var lines []string
	for i, l := range wrap(text, room(w, labelWidth, 1)) {
		head := strings.Repeat(" ", labelWidth)
		if i == 0 {
			head = labelStyle.of(fit(label, labelWidth))
		}
		lines = append(lines, head+" "+textStyle.of(fit(l, room(w, labelWidth, 1))))
	}
	return lines
}

// count shows a number in at most five cells.
func count(n int) string {
	if n >= 100_000 {
		return strconv.Itoa(n/1000) + "k"
	}
	return strconv.Itoa(n)
}

// plural counts things: "1 region", "3 regions".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}
