package ui

import (
	"slices"
	"strings"

	"why401/gcp"
	"why401/token"
)

// acceptors answers which services accept an audience, and which nearly do.
func (p *accessPane) acceptors(label string) []string {
	const most = 8
	th, audience := p.th, p.ask.text
	exact := p.index[audience]
	var lines []string
	for i, s := range exact {
		if i == most {
			lines = append(lines, entry("", th.dim, labelWidth, plural(len(exact)-most, "more service"), th.dim, p.w)...)
			break
		}
		if len(p.projects) < 2 {
			lines = append(lines, p.listed(label, i, th.glyph.pass+" "+clean(s.Name), clean(s.Region), th.good)...)
		} else {
			for _, l := range entry(first(i, label), th.accent, labelWidth, th.glyph.pass+" "+p.named(s)+" in "+clean(s.Region), th.good, p.w) {
				lines = append(lines, p.hued(l, s, th.good))
			}
		}
		label = ""
	}
	if len(exact) == 0 {
		lines = p.unaccepted(label, audience)
	}
	return append(lines, p.nearly(audience, most)...)
}

// unaccepted says of an audience that no service has among those it accepts what becomes of it all the same.
func (p *accessPane) unaccepted(label, audience string) []string {
	th := p.th
	say := func(sign, text string, st style) []string {
		return entry(label, th.accent, labelWidth, sign+" "+text, st, p.w)
	}
	switch taken, why := token.Uncompared(audience); taken {
	case token.Yes:
		return say(th.glyph.pass, "every service: "+why, th.good)
	case token.Unsure:
		return say(th.glyph.unknown, "not known: "+why, th.unknown)
	}
	hidden := 0
	for _, s := range p.all {
		if slices.ContainsFunc(audiences(s), func(a token.Audience) bool { return token.Tolerated(audience, a) }) {
			lines := say(th.glyph.unknown, "very likely "+p.namedAmong(s)+": a path after its address is tolerated, though no page says so", th.unknown)
			for i, l := range lines {
				lines[i] = p.hued(l, s, th.unknown)
			}
			return lines
		}
		if s.URLsHidden() {
			hidden++
		}
	}
	switch {
	case !p.whole:
		return say(th.glyph.unknown, "no service that is listed accepts "+clean(audience)+", but not every region has answered", th.unknown)
	case hidden > 0 && token.RunApp(audience):
		return say(th.glyph.unknown, "none that is known accepts "+clean(audience)+"; the run.app URL of "+plural(hidden, "service")+" is off and not listed", th.unknown)
	}
	return say(th.glyph.fail, "no service of "+p.ofWhat()+" accepts "+clean(audience), th.bad)
}

// nearly are the audiences that an audience misses by a part, each with its service and the part: marked in what is accepted, and in what
// was asked about where only that has more.
func (p *accessPane) nearly(audience string, most int) (lines []string) {
	th, label, n := p.th, "nearly", 0
	for _, s := range p.all {
		for _, a := range audiences(s) {
			part, at := token.Differs(audience, a)
			if part == "" {
				continue
			}
			if n++; n > most {
				return append(lines, entry("", th.dim, labelWidth, "and more", th.doubt, p.w)...)
			}
			want, got := split3(a.Value, at.WantAt, clean), split3(audience, at.GotAt, clean)
			of, words := "of "+p.namedAmong(s), clean(part)
			if beside := " " + of; width(strings.Join(want[:], "")+beside) <= room(p.w, labelWidth, 1) {
				want[2], of = want[2]+beside, ""
			} else {
				of += ": "
			}
			below := of + words
			if want[1] == "" {
				below = strings.TrimSuffix(of, ": ")
			}
			for _, l := range pointed(label, th.dim, labelWidth, want, below, th.doubt, th.bad, p.w) {
				lines = append(lines, p.hued(l, s, th.doubt))
			}
			if want[1] == "" {
				lines = append(lines, pointed("asked", th.dim, labelWidth, got, words, th.dim, th.bad, p.w)...)
			}
			label = ""
		}
	}
	return lines
}

// named is a service's name: with its project where there are several.
func (p *accessPane) named(s gcp.Service) string {
	if len(p.projects) < 2 {
		return clean(s.Name)
	}
	return clean(s.Project) + "/" + clean(s.Name)
}

// namedAmong is named with the region, where another service has the same name.
func (p *accessPane) namedAmong(s gcp.Service) string {
	if slices.ContainsFunc(p.all, func(o gcp.Service) bool { return o.Name == s.Name && o.Project == s.Project && o.Region != s.Region }) {
		return p.named(s) + " in " + clean(s.Region)
	}
	return p.named(s)
}

// hued draws the project that named has put into a line of a style in the project's own colour.
func (p *accessPane) hued(line string, s gcp.Service, st style) string {
	if len(p.projects) < 2 {
		return line
	}
	return st.within(line, clean(s.Project)+"/", p.th.hues(p.projects)[s.Project])
}

// ofWhat are the projects whose services are looked through.
func (p *accessPane) ofWhat() string {
	if len(p.projects) < 2 {
		return "the project"
	}
	return clean(strings.Join(p.projects, " or "))
}
