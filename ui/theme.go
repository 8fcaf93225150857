package ui

import (
	"image/color"
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
	production, staging           style // the bars of projects
	development                   style
	other1, other2, other3        style
	underline                     style
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

// within draws the first text of a line that is drawn in s in another style. A line that has no room for the whole text stays as it is.
func (s style) within(line, text string, other style) string {
	if text == "" {
		return line
	}
	return strings.Replace(line, text, s.off+other.of(text)+s.on, 1)
}

func newStyle(s lipgloss.Style) style {
	on, off, _ := strings.Cut(s.Render("x"), "x")
	return style{on, off}
}

// The themes by name. Which of dark and light fits, a terminal says that answers what its background is; until then, and on one that
// does not answer, it is dark.
const (
	themeAuto     = "auto"
	themeDark     = "dark"
	themeLight    = "light"
	themeContrast = "contrast"
	themeNone     = "none"
)

// Themes are the names of the themes.
func Themes() []string {
	return []string{themeAuto, themeDark, themeLight, themeContrast, themeNone}
}

// newTheme makes a theme by its name; one that is not known is dark.
func newTheme(name string, ascii bool) theme {
	t := darkTheme()
	switch name {
	case themeLight:
		t = lightTheme()
	case themeContrast:
		t = contrastTheme()
	case themeNone:
		t = colourless()
	}
	t.glyph = unicodeGlyphs
	if ascii {
		t.glyph = asciiGlyphs
	}
	return t
}

// bars are the colours of projects on a dark or light background, where the text takes the background's.
func (t *theme) bars(production, staging, development, other1, other2, other3 color.Color) {
	bar := func(c color.Color) style { return newStyle(ink(c).Reverse(true).Bold(true)) }
	t.production, t.staging, t.development = bar(production), bar(staging), bar(development)
	t.other1, t.other2, t.other3 = bar(other1), bar(other2), bar(other3)
}

// spokenTheme is for text that is read aloud: no styles, and no sign where a word says the same.
func spokenTheme() theme {
	return theme{glyph: glyphs{unknown: "?", ellipsis: "...", sep: ",", bar: "|", horizontal: "-", vertical: "|"}}
}

// ink is a text in one of the terminal's colours.
func ink(c color.Color) lipgloss.Style { return lipgloss.NewStyle().Foreground(c) }

// darkTheme is for a dark background.
func darkTheme() theme {
	t := colourless()
	t.dim, t.frame = newStyle(ink(lipgloss.BrightBlack)), newStyle(ink(lipgloss.BrightBlack))
	t.accent, t.focus = newStyle(ink(lipgloss.Cyan)), newStyle(ink(lipgloss.Cyan))
	t.good, t.unknown = newStyle(ink(lipgloss.Green)), newStyle(ink(lipgloss.Magenta))
	t.bad, t.badBadge = newStyle(ink(lipgloss.Red).Bold(true)), newStyle(ink(lipgloss.Red).Reverse(true).Bold(true))
	t.doubt, t.doubtBadge = newStyle(ink(lipgloss.Yellow)), newStyle(ink(lipgloss.Yellow).Reverse(true).Bold(true))
	t.bars(lipgloss.Red, lipgloss.Yellow, lipgloss.Green, lipgloss.Cyan, lipgloss.Magenta, lipgloss.White)
	return t
}

// lightTheme is for a light background, on which yellow, cyan and most greens cannot be read.
func lightTheme() theme {
	t := colourless()
	t.dim, t.frame = newStyle(ink(lipgloss.BrightBlack)), newStyle(ink(lipgloss.BrightBlack))
	t.accent, t.focus = newStyle(ink(lipgloss.Blue)), newStyle(ink(lipgloss.Blue))
	t.good, t.unknown = newStyle(ink(lipgloss.Blue)), newStyle(ink(lipgloss.Magenta))
	t.bad, t.badBadge = newStyle(ink(lipgloss.Red).Bold(true)), newStyle(ink(lipgloss.Red).Reverse(true).Bold(true))
	t.doubt, t.doubtBadge = newStyle(ink(lipgloss.Magenta).Bold(true)), newStyle(ink(lipgloss.Magenta).Reverse(true).Bold(true))
	t.bars(lipgloss.Red, lipgloss.Magenta, lipgloss.Blue, lipgloss.Black, lipgloss.BrightBlack, lipgloss.Black)
	return t
}

// contrastTheme is for eyes that need more, on any background: no text is dimmed, and a status brings its own background along. Its black
// is not bold, since many terminals draw bold black in grey.
func contrastTheme() theme {
	t := colourless()
	on := func(text, ground color.Color) style { return newStyle(ink(text).Background(ground)) }
	t.dim, t.focus = style{}, newStyle(lipgloss.NewStyle().Reverse(true))
	t.good, t.unknown = on(lipgloss.Black, lipgloss.BrightGreen), on(lipgloss.Black, lipgloss.BrightCyan)
	t.bad, t.badBadge = on(lipgloss.BrightWhite, lipgloss.Red), on(lipgloss.BrightWhite, lipgloss.Red)
	t.doubt, t.doubtBadge = on(lipgloss.Black, lipgloss.BrightYellow), on(lipgloss.Black, lipgloss.BrightYellow)
	t.production, t.staging, t.development = on(lipgloss.BrightWhite, lipgloss.Red), on(lipgloss.Black, lipgloss.BrightYellow), on(lipgloss.Black, lipgloss.BrightGreen)
	t.other1, t.other2, t.other3 = on(lipgloss.Black, lipgloss.BrightCyan), on(lipgloss.BrightWhite, lipgloss.Blue), on(lipgloss.Black, lipgloss.BrightWhite)
	return t
}

// colourless is a theme of bold, faint and reverse alone: what every other begins with.
func colourless() theme {
	base := lipgloss.NewStyle()
	bold, badge := newStyle(base.Bold(true)), newStyle(base.Reverse(true).Bold(true))
	return theme{
		dim: newStyle(base.Faint(true)), strong: bold, accent: bold,
		bad: bold, doubt: bold, unknown: bold,
		focus: bold, title: bold,
		selected: newStyle(base.Reverse(true)), badge: badge, doubtBadge: badge, badBadge: badge,
		production: badge, staging: bold, development: style{}, other1: bold, other2: bold, other3: bold,
		underline: newStyle(base.Underline(true)),
	}
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
