package ui

import (
	"fmt"
	"slices"
)

// trialLines are the pane while the list of what-ifs is open: what comes of those that are on, the list, and what they turn. On a small screen
// the title says what comes of them, and the footer which keys do something.
func (p *tokenPane) trialLines() []string {
	const roomy = 14
	lines := p.alarm()
	if p.h >= roomy {
		lines = append(lines, p.head()...)
	}
	if len(p.offered()) == 0 {
		return append(lines, para(p.th.doubt, "What if? There is nothing to try: no service is selected.", p.w)...)
	}
	intro := "What if? The numbers switch, 0 none, enter done. Nothing is changed in the cloud."
	if p.h < roomy {
		intro = "What if? Nothing changes in the cloud."
	}
	lines = append(lines, para(p.th.strong, intro, p.w)...)
	return slices.Concat(lines, p.whatIfLines(), p.flipped())
}

// whatIfLines are the list of what-ifs while it is open, and what is on while it is not.
func (p *tokenPane) whatIfLines() []string {
	th := p.th
	var lines []string
	for i, w := range p.offered() {
		label := clean(w.label(p))
		switch {
		case p.choosing:
			mark := "  "
			if p.tried[w.id] {
				mark = th.glyph.cursor + " "
			}
			st := th.plain
			if p.tried[w.id] {
				st = th.doubt
			}
			lines = append(lines, entry(fmt.Sprintf("%s%d", mark, i+1), th.doubt, 4, label, st, p.w)...)
		case p.tried[w.id]:
			lines = append(lines, entry("  what if", th.doubt, checkWidth, label, th.doubt, p.w)...)
			lines = append(lines, p.earnest(w)...)
		}
	}
	return lines
}

// earnest is how a what-if is done in earnest: what it costs, and the commands. They are for the user to run; nothing here does.
func (p *tokenPane) earnest(w whatIf) (lines []string) {
	if w.way == nil {
		return nil
	}
	way := w.way(p)
	if way.Cost != "" {
		lines = entry("  costs", p.th.dim, checkWidth, clean(way.Cost), p.th.dim, p.w)
	}
	label := "  to do it"
	for _, c := range way.Commands {
		lines = append(lines, entry(label, p.th.accent, checkWidth, clean(c), p.th.accent, p.w)...)
		label = ""
	}
	return lines
}

// flipped are the checks that come out otherwise with the what-ifs that are on, each with what it was.
func (p *tokenPane) flipped() []string {
	if p.trying() == 0 {
		return nil
	}
	var lines []string
	for i, f := range p.report {
		if i < len(p.plain) && p.plain[i].Status != f.Status {
			_, was, _ := p.th.status(p.plain[i].Status)
			f.Got, f.Difference = "was "+was+"; "+orElse(f.Got, f.Why), nil
			lines = append(lines, p.finding(f)...)
		}
	}
	if lines == nil {
		return para(p.th.doubt, "No check comes out otherwise.", p.w)
	}
	return lines
}
