package ui

import (
	"strings"

	"why401/token"
)

// nearMiss is what an audience and the accepted one that it nearly is differ in, in clean pieces.
type nearMiss struct {
	got, want [3]string // before what differs, what differs, after it
	miss      string    // the same in words, and what else is to be said
}

// missed takes a finding apart for drawing, each piece by a function that makes it fit to be shown; ok is false where nothing is
// marked, and where the text shown would not be the audience as it stands.
func missed(f token.Finding, show func(string) string) (c nearMiss, ok bool) {
	d := f.Difference
	if d == nil {
		return c, false
	}
	miss, ok := strings.CutPrefix(f.Got, d.Got+": ")
	if !ok || token.Scrub(d.Got) != d.Got || token.Scrub(d.Want) != d.Want {
		return c, false
	}
	return nearMiss{split3(d.Got, d.GotAt, show), split3(d.Want, d.WantAt, show), show(miss)}, true
}

// split3 cuts a text at a mark.
func split3(s string, at token.Span, show func(string) string) [3]string {
	return [3]string{show(s[:at.From]), show(s[at.From:at.To]), show(s[at.To:])}
}

// lines draw the audience with its mark and the words for it, then the one that is wanted, one above the other: beside a label of labelWidth cells, as entry does.
func (c nearMiss) lines(label string, labelStyle style, labelWidth int, th theme, mark style, w int) []string {
	lines := pointed(label, labelStyle, labelWidth, c.got, c.miss, th.plain, mark, w)
	return append(lines, pointed("  wanted", th.dim, labelWidth, c.want, "", th.dim, mark, w)...)
}

// pointed draws a text of which a part is marked. Words for it stand behind the carets, or below where they do not fit.
func pointed(label string, labelStyle style, labelWidth int, text [3]string, words string, st, mark style, w int) []string {
	space := room(w, labelWidth, 1)
	if labelWidth*3 > w { // as entry does: the label has a line of its own
		space = w
	}
	var lines []string
	add := func(drawn string) {
		if space == w {
			if label != "" {
				lines = append(lines, labelStyle.of(fit(label, w)))
			}
			lines = append(lines, drawn)
		} else {
			lines = append(lines, labelStyle.of(fit(label, labelWidth))+" "+drawn)
		}
		label = ""
	}
	all := carets(text[0], text[1], text[2], space)
	for i, l := range all {
		rest := fit(l.after, room(space, width(l.before), width(l.part)))
		add(st.of(l.before) + mark.of(l.part) + st.of(rest))
		under := l.under
		if beside := under + " " + words; i == len(all)-1 && under != "" && words != "" && width(beside) <= space {
			under, words = beside, ""
		}
		if under != "" {
			add(mark.of(fit(under, space)))
		}
	}
	for _, l := range wrap(words, space) {
		add(st.of(fit(l, space)))
	}
	return lines
}
