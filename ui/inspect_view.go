package ui

import (
	"fmt"
	"strconv"
	"strings"

	"why401/token"
)

// welcome says how to begin.
func (p *tokenPane) welcome() []string {
	th := p.th
	var lines []string
	if p.err != nil {
		lines = append(problem(th, p.err, p.w), strings.Repeat(" ", p.w))
	}
	how := "p  paste the token that was refused: bare, a header line, a whole curl command"
	if p.demo {
		how += "   d  a demo token that its callers send"
	}
	lines = append(lines, para(th.accent, how, p.w)...)
	if p.diagnosis == nil || p.full {
		lines = append(lines, para(th.dim, "i  type it    --token-file FILE  read it at the start", p.w)...)
		lines = append(lines, para(th.dim, "It stays in memory until x or the end; it is never drawn whole, logged or sent.", p.w)...)
	}
	return append(lines, p.likely()...)
}

// prompt is the field in which a token is typed; of the token only its length shows.
func (p *tokenPane) prompt() []string {
	th := p.th
	lines := para(th.strong, "Paste or type the token, then enter; esc gives up.", p.w)
	return append(lines, fit(fmt.Sprintf("%s characters %s", strconv.Itoa(len(p.typed)), th.glyph.bar), p.w))
}

// questions are the checks that are shown also when they pass: what everybody asks first, in the order in which people ask.
var questions = []string{"clm.iss", "clm.aud", "clm.exp", "sig.verify", "iam.binding"}

// answer is the verdict first, then what decides it and what everybody asks, the way out, what else failed or could not be
// known, and at last what passed.
func (p *tokenPane) answer() []string {
	th := p.th
	lines := p.several()
	if p.token.LongLived() {
		lines = append(lines, para(th.badBadge, " A long-lived secret: whoever sees it can use it. Rotate it now. ", p.w)...)
	}
	lines = append(lines, p.head()...)
	if p.err != nil {
		lines = append(lines, problem(th, p.err, p.w)...)
	}
	lines = append(lines, p.whatIfLines()...)
	shown := map[string]bool{}
	add := func(f token.Finding) {
		if f.ID != "" && !shown[f.ID] {
			shown[f.ID] = true
			lines = append(lines, p.finding(f)...)
		}
	}
	all := func(s token.Status) {
		for _, f := range p.report {
			if f.Status == s {
				add(f)
			}
		}
	}
	add(p.report.Find(p.verdict.DecidedBy))
	for _, id := range questions {
		add(p.report.Find(id))
	}
	lines = append(lines, p.fix()...)
	all(token.Fail)
	all(token.Unknown)
	all(token.Warn)
	for _, a := range p.verdict.Assumes {
		lines = append(lines, entry("  assumed", th.dim, checkWidth, clean(a), th.dim, p.w)...)
	}
	lines = append(lines, p.names(token.Pass, shown)...)
	lines = append(lines, p.names(token.Skip, shown)...)
	if p.full {
		lines = append(lines, p.ways()...)
		lines = append(lines, p.claims()...)
		lines = append(lines, p.gates()...)
	}
	return lines
}

// several says which of the paste's credentials is judged.
func (p *tokenPane) several() []string {
	if len(p.found) < 2 {
		return nil
	}
	var names []string
	for i, t := range p.found {
		name := t.Kind().Title()
		if i == p.chosen {
			name = p.th.glyph.cursor + name
		}
		names = append(names, name)
	}
	return para(p.th.accent, fmt.Sprintf("%d of %d found, n next: %s", p.chosen+1, len(p.found), strings.Join(names, ", ")), p.w)
}

// head is the verdict in words.
func (p *tokenPane) head() []string {
	th, v := p.th, p.verdict
	word, st := statusWord(v), th.code(v.Status)
	text := clean(v.Text)
	if rest, ok := strings.CutPrefix(text, word+": "); ok {
		text = rest
	}
	if width(word)*3 > p.w {
		return append([]string{st.of(fit(word, p.w))}, para(th.strong, text, p.w)...)
	}
	return entry(word, st, width(word)+1, text, th.strong, p.w)
}

// fix is the first thing to do.
func (p *tokenPane) fix() []string {
	if p.verdict.Fix == "" {
		return nil
	}
	return entry("  fix", p.th.accent, checkWidth, clean(p.verdict.Fix), p.th.plain, p.w)
}

const checkWidth = 13 // a glyph, a space and a name

// finding draws one check at a glance: what was found, and for a failure what was wanted, but for the one that decides, whose
// want is the verdict itself.
func (p *tokenPane) finding(f token.Finding) []string {
	glyph, _, st := p.th.status(f.Status)
	text := p.th.plain
	if f.Status == token.Skip {
		text = p.th.dim
	}
	lines := entry(glyph+" "+f.Name, st, checkWidth, orElse(clean(f.Got), f.Why), text, p.w)
	if f.Status == token.Fail && f.Want != "" && f.Want != p.report.Find(p.verdict.DecidedBy).Want {
		lines = append(lines, entry("", st, checkWidth, wanted(f), p.th.dim, p.w)...)
	}
	return lines
}

func wanted(f token.Finding) string {
	if f.Want == "" {
		return ""
	}
	return "wanted: " + clean(f.Want)
}

// names lists the checks of a status that were not shown, by name alone.
func (p *tokenPane) names(s token.Status, shown map[string]bool) []string {
	var names []string
	for _, f := range p.report {
		if f.Status == s && !shown[f.ID] {
			names = append(names, f.Name)
		}
	}
	if names == nil {
		return nil
	}
	glyph, word, st := p.th.status(s)
	return entry(glyph+" "+word, st, checkWidth, strings.Join(names, ", "), p.th.dim, p.w)
}

// gateNames head the sections of the whole report.
var gateNames = map[token.Gate]string{
	token.GateInput: "What was pasted", token.GateHost: "Host", token.GateIngress: "Ingress", token.GateIAP: "IAP",
	token.GateOpen: "Invoker check", token.GateCredential: "Credential", token.GateVerify: "Verification",
	token.GateAudience: "Audience", token.GatePermission: "Permission", token.GateApp: "For the app",
}

// claims are the token's header and claims, as they stand in it.
func (p *tokenPane) claims() []string {
	claims := p.token.Claims()
	if len(claims) == 0 {
		return nil
	}
	lines := []string{strings.Repeat(" ", p.w), p.th.title.of(fit("Claims", p.w))}
	for _, c := range claims {
		lines = append(lines, entry(clean(c.Name), p.th.dim, checkWidth, clean(c.Value), p.th.plain, p.w)...)
	}
	return lines
}

// gates are every check in the order of the gates, with its reason and its source.
func (p *tokenPane) gates() []string {
	var lines []string
	last := token.Gate(-1)
	for _, f := range p.report {
		if f.Gate != last {
			last = f.Gate
			lines = append(lines, strings.Repeat(" ", p.w), p.th.title.of(fit(gateNames[f.Gate], p.w)))
		}
		lines = append(lines, p.detail(f)...)
	}
	return lines
}

// ways are all ways out, with what each costs and the commands.
func (p *tokenPane) ways() []string {
	th := p.th
	var lines []string
	for _, way := range token.Ways(p.token, p.target) {
		lines = append(lines, strings.Repeat(" ", p.w), th.title.of(fit(clean(way.Title), p.w)))
		lines = append(lines, para(th.plain, clean(way.Text), p.w)...)
		if way.Cost != "" {
			lines = append(lines, para(th.dim, "Costs: "+clean(way.Cost), p.w)...)
		}
		for _, c := range way.Commands {
			lines = append(lines, para(th.accent, clean(c), p.w)...)
		}
	}
	return lines
}

// detail is one check with all there is to say of it.
func (p *tokenPane) detail(f token.Finding) []string {
	th := p.th
	glyph, word, st := th.status(f.Status)
	lines := entry(glyph+" "+f.Name, st, checkWidth, word+": "+orElse(clean(f.Got), f.Why), th.plain, p.w)
	if f.Status == token.Skip || f.Status == token.Pass {
		return lines
	}
	for _, text := range []string{wanted(f), f.Why, clean(f.Fix)} {
		if text != "" {
			lines = append(lines, entry("", th.dim, checkWidth, text, th.dim, p.w)...)
		}
	}
	return append(lines, entry("", th.dim, checkWidth, f.ID+" "+th.glyph.sep+" "+sure(f), th.dim, p.w)...)
}

// sure is a finding's confidence and source in words.
func sure(f token.Finding) string {
	word := map[token.Confidence]string{
		token.Undocumented: "nobody documents it", token.Inferred: "inferred", token.Observed: "observed", token.Documented: "documented",
	}[f.Confidence]
	if f.Source != "" {
		word += ": " + f.Source
	}
	return word
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
