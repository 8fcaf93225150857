package ui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"why401/token"
)

// theme is every colour and glyph of the screen. Status is always glyph and word, never colour alone; colours are the
// terminal's own sixteen, since ssh does not hand on COLORTERM and people chose theirs to be read.
type theme struct {
	plain, dim, strong, accent    style
	good, bad, doubt, unknown     style
	frame, focus, title, selected style
	badge, doubtBadge, badBadge   style
	glyph                         glyphs
}

// glyphs are the signs of the screen, one cell each.
type glyphs struct {
	pass, fail, warn, unknown, skip       string
	cursor, dot, ring, ellipsis, sep, bar string
	changed                               string
	topLeft, topRight, bottomLeft         string
	bottomRight, horizontal, vertical     string
}

// style is a pair of sequences around a text; computed once, since Render for every cell costs five times as much.
type style struct{ on, off string }

// of draws t in the style. t must be clean.
func (s style) of(t string) string {
	if s.on == "" || t == "" {
		return t
	}
	return s.on + t + s.off
}

func newStyle(s lipgloss.Style) style {
	on, off, _ := strings.Cut(s.Render("x"), "x")
	return style{on, off}
}

func newTheme(ascii bool) theme {
	base := lipgloss.NewStyle()
	fg := func(c int) lipgloss.Style { return base.Foreground(lipgloss.ANSIColor(c)) }
	const red, green, yellow, _, magenta, cyan, grey = 1, 2, 3, 4, 5, 6, 8
	t := theme{
		plain:      style{},
		dim:        newStyle(fg(grey)),
		strong:     newStyle(base.Bold(true)),
		accent:     newStyle(fg(cyan)),
		good:       newStyle(fg(green)),
		bad:        newStyle(fg(red).Bold(true)),
		doubt:      newStyle(fg(yellow)),
		unknown:    newStyle(fg(magenta)),
		frame:      newStyle(fg(grey)),
		focus:      newStyle(fg(cyan)),
		title:      newStyle(base.Bold(true)),
		selected:   newStyle(base.Reverse(true)),
		badge:      newStyle(base.Reverse(true).Bold(true)),
		badBadge:   newStyle(fg(red).Reverse(true).Bold(true)),
		doubtBadge: newStyle(fg(yellow).Reverse(true).Bold(true)),
		glyph:      unicodeGlyphs,
	}
	if ascii {
		t.glyph = asciiGlyphs
	}
	return t
}

var unicodeGlyphs = glyphs{
	pass: "✓", fail: "✗", warn: "!", unknown: "?", skip: "·",
	cursor: "▸", dot: "●", ring: "○", ellipsis: "…", sep: "·", bar: "▏",
	changed: "▲",
	topLeft: "╭", topRight: "╮", bottomLeft: "╰", bottomRight: "╯", horizontal: "─", vertical: "│",
}

var asciiGlyphs = glyphs{
	pass: "+", fail: "x", warn: "!", unknown: "?", skip: "-",
	cursor: ">", dot: "*", ring: "o", ellipsis: "~", sep: "-", bar: "_",
	changed: "^",
	topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+", horizontal: "-", vertical: "|",
}

// status is the glyph, word and style of a check's outcome.
func (t theme) status(s token.Status) (glyph, word string, st style) {
	switch s {
	case token.Pass:
		return t.glyph.pass, "pass", t.good
	case token.Fail:
		return t.glyph.fail, "fail", t.bad
	case token.Warn:
		return t.glyph.warn, "warn", t.doubt
	case token.Unknown:
		return t.glyph.unknown, "unknown", t.unknown
	}
	return t.glyph.skip, "skip", t.dim
}

// code is the style of an HTTP status.
func (t theme) code(status int) style {
	switch {
	case status == 0:
		return t.unknown
	case status < 400:
		return t.good
	case status == 401:
		return t.bad
	}
	return t.doubt
}
