package ui

import (
	"fmt"
	"strings"
	"time"

	"why401/token"
)

// plainWidth is how wide the plain report is, but for commands, which stand in one line each so that they can be copied.
const plainWidth = 100

// shown is foreign text as a report shows it: clean, and without a credential in it. A report goes into files and tickets.
func shown(s string) string { return clean(token.Scrub(s)) }

// paper takes the lines of a plain report.
type paper struct{ b strings.Builder }

// line writes one line without the spaces at its end.
func (p *paper) line(s string) { p.b.WriteString(strings.TrimRight(s, " ") + "\n") }

// head begins a section.
func (p *paper) head(title string) {
	p.line("")
	p.line(title)
}

// entry wraps a text beside a label.
func (p *paper) entry(label, text string) {
	for _, l := range entry(label, style{}, 14, text, style{}, plainWidth) {
		p.line(l)
	}
}

// plain is the report as text, the most important first: what happens, what failed, what nobody knows, what to look at, what
// passed, then the ways out, and the claims. It has no colours and nothing of the signature.
func (a answer) plain() []byte {
	p := &paper{}
	a.writeVerdict(p)
	a.writeSubject(p)
	for _, s := range []struct {
		status token.Status
		title  string
	}{{token.Fail, "Failed"}, {token.Unknown, "Unknown"}, {token.Warn, "Look at"}} {
		a.writeFindings(p, s.status, s.title)
	}
	a.writePassed(p)
	a.writeWays(p)
	a.writeClaims(p)
	return []byte(p.b.String())
}

func (a answer) writeVerdict(p *paper) {
	v := a.verdict
	word, text := statusWord(v), shown(v.Text)
	if rest, ok := strings.CutPrefix(text, word+": "); ok {
		text = rest
	}
	p.entry(word, text)
	if v.DecidedBy != "" {
		p.entry("", a.decided())
	}
	for _, assumed := range v.Assumes {
		p.entry("", "assuming that "+shown(assumed))
	}
}

// decided names the check that decides, or what is in doubt first, and how sure that is.
func (a answer) decided() string {
	f := a.report.Find(a.verdict.DecidedBy)
	f.Source = a.verdict.Source
	if a.verdict.Status == 0 {
		return "in doubt first: " + f.ID
	}
	f.Confidence = a.verdict.Confidence
	return "decided by " + f.ID + "; " + sure(f)
}

// writeSubject says what was judged: the credential, the service, the moment.
func (a answer) writeSubject(p *paper) {
	p.line("")
	kind := a.token.Kind().Title()
	switch {
	case a.token.Kind() == token.None:
	case a.verified():
		kind += ", its signature verified"
	default:
		kind += ", as it claims"
	}
	p.entry("token", kind)
	p.entry("service", a.service())
	moment := a.target.Now
	if c := a.target.Clock; c.Known {
		moment = moment.Add(-c.Skew)
	}
	p.entry("moment", moment.UTC().Format(time.RFC3339))
	for _, n := range a.notes {
		p.entry("not read", n)
	}
}

// service names what the token is judged against.
func (a answer) service() string {
	t := a.target
	if !t.Has {
		return "none chosen"
	}
	text := orElse(shown(t.Service), "of a name that is not given")
	if t.Region != "" {
		text += " in " + shown(t.Region)
	}
	if t.Project != "" {
		text += ", project " + shown(t.Project)
	}
	return text
}

// writeFindings writes the checks of a status with all there is to say of them.
func (a answer) writeFindings(p *paper, s token.Status, title string) {
	for i, f := range a.of(s) {
		if i == 0 {
			p.head(title)
		}
		want := prefixed("wanted: ", shown(f.Want), "")
		if c, ok := missed(f, shown); ok {
			want = ""
			for _, l := range c.lines("  "+f.Name, style{}, 14, theme{}, style{}, plainWidth) {
				p.line(l)
			}
		} else {
			p.entry("  "+f.Name, orElse(shown(f.Got), f.Why))
		}
		for _, text := range []string{want, f.Why, prefixed("fix: ", shown(f.Fix), ""), f.ID + "; " + sure(f)} {
			if text != "" {
				p.entry("", text)
			}
		}
	}
}

// writePassed gives a line to each check that passed, more where it needs them, and names those that do not apply.
func (a answer) writePassed(p *paper) {
	for i, f := range a.of(token.Pass) {
		if i == 0 {
			p.head("Passed")
		}
		p.entry("  "+f.Name, shown(f.Got))
	}
	var names []string
	for _, f := range a.of(token.Skip) {
		names = append(names, f.Name)
	}
	if names != nil {
		p.head("Does not apply")
		p.entry("", strings.Join(names, ", "))
	}
}

func (a answer) writeWays(p *paper) {
	for i, way := range token.Ways(a.token, a.target) {
		if i == 0 {
			p.head("Ways out")
		}
		p.entry(fmt.Sprintf("  %d", i+1), shown(way.Title)+": "+shown(way.Text))
		if way.Cost != "" {
			p.entry("", "costs: "+shown(way.Cost))
		}
		for _, c := range way.Commands {
			p.line(strings.Repeat(" ", 15) + shown(c))
		}
	}
}

// writeClaims shows what the token says; a long value is cut.
func (a answer) writeClaims(p *paper) {
	const most = 300
	claims := a.token.Claims()
	names, widest := make([]string, len(claims)), 12
	for i, c := range claims {
		names[i] = cut(prefixed(map[bool]string{true: "header "}[c.Header], shown(c.Name), ""), 24)
		widest = max(widest, width(names[i]))
	}
	for i, c := range claims {
		if i == 0 {
			p.head("Claims")
		}
		for _, l := range entry("  "+names[i], style{}, widest+2, orElse(cut(shown(c.Value), most), `""`), style{}, plainWidth) {
			p.line(l)
		}
	}
}

// of lists the checks of a status in the order of the gates.
func (a answer) of(s token.Status) []token.Finding {
	var list []token.Finding
	for _, f := range a.report {
		if f.Status == s {
			list = append(list, f)
		}
	}
	return list
}

// prefixed puts a text behind a prefix; no text is other.
func prefixed(prefix, text, other string) string {
	if text == "" {
		return other
	}
	return prefix + text
}
