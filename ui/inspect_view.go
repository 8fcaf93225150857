package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"why401/token"
)

// welcome says how to begin.
func (p *tokenPane) welcome() []string {
	th := p.th
	var lines []string
	if p.err != nil {
		lines = append(problem(th, p.err, p.w), strings.Repeat(" ", p.w))
	}
	how := p.km.paste.Help().Key + "  paste the token that was refused: bare, a header line, a whole curl command"
	if p.demo {
		how += "   " + p.km.sample.Help().Key + "  a demo token that its callers send"
	}
	lines = append(lines, para(th.accent, how, p.w)...)
	if p.diagnosis == nil || p.full {
		lines = append(lines, para(th.dim, p.km.typed.Help().Key+"  type it    --token-file FILE  read it at the start", p.w)...)
		lines = append(lines, para(th.dim, "It stays in memory until "+p.km.clear.Help().Key+" or the end; it is never drawn whole, logged or sent.", p.w)...)
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
	lines := append(p.alarm(), p.several()...)
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
	lines = append(lines, p.more()...)
	all(token.Fail)
	all(token.Unknown)
	all(token.Warn)
	for _, a := range p.verdict.Assumes {
		if slices.ContainsFunc(p.report, func(f token.Finding) bool { return f.Status >= token.Warn && strings.Contains(f.Got, a) }) {
			continue // a check that stands above says it
		}
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

// more says where the ways out are told, where they are not on the screen.
func (p *tokenPane) more() []string {
	n := len(token.Ways(p.token, p.untried))
	if n == 0 || p.full || p.km.zoom.Help().Key == "" {
		return nil
	}
	return entry("  ways", p.th.accent, checkWidth, fmt.Sprintf("%s out, with costs and commands: %s", plural(n, "way"), p.km.zoom.Help().Key), p.th.plain, p.w)
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
	if c, ok := missed(f, clean); ok {
		return c.lines(glyph+" "+f.Name, st, checkWidth, p.th, st, p.w)
	}
	got := orElse(clean(f.Got), f.Why)
	if p.saidAbove(f) {
		got, text = "in doubt, as said above", p.th.dim
	}
	lines := entry(glyph+" "+f.Name, st, checkWidth, got, text, p.w)
	if f.Status == token.Fail && f.Want != "" && f.Want != p.report.Find(p.verdict.DecidedBy).Want {
		lines = append(lines, entry("", st, checkWidth, wanted(f), p.th.dim, p.w)...)
	}
	return lines
}

// saidAbove says whether the verdict, in doubt, has told all of a finding already.
func (p *tokenPane) saidAbove(f token.Finding) bool {
	const short = 20 // too short to be told apart from the rest of the sentence
	return p.verdict.Status == 0 && f.Status >= token.Warn && len(f.Got) > short && strings.Contains(p.verdict.Text, "("+f.Got+")")
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
		lines = append(lines, entry(clean(c.Name), p.th.dim, claimWidth, clean(c.Value)+momentOf(c), p.th.plain, p.w)...)
	}
	return lines
}

const claimWidth = len("email_verified")

// momentOf is what a claim that is a time means, in UTC; "" for all others.
func momentOf(c token.Claim) string {
	if c.Header || !slices.Contains([]string{"exp", "iat", "nbf", "auth_time"}, c.Name) {
		return ""
	}
	at, err := strconv.ParseInt(c.Value, 10, 64)
	if most := time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).Unix(); err != nil || at < 0 || at > most {
		return ""
	}
	return " (" + time.Unix(at, 0).UTC().Format(time.DateTime) + " UTC)"
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

// ways are all ways out of things as they are, with what each costs and the commands. What a what-if takes is told beside it (whatif.go).
func (p *tokenPane) ways() []string {
	th := p.th
	var lines []string
	all := token.Ways(p.token, p.untried)
	if len(all) > 0 && p.trying() > 0 {
		lines = append(lines, strings.Repeat(" ", p.w), th.doubt.of(fit("Ways out of things as they are, without the what-if", p.w)))
	}
	for _, way := range all {
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
	want := wanted(f)
	lines := entry(glyph+" "+f.Name, st, checkWidth, word+": "+orElse(clean(f.Got), f.Why), th.plain, p.w)
	if c, ok := missed(f, clean); ok {
		c.miss = word + ": " + c.miss
		lines, want = c.lines(glyph+" "+f.Name, st, checkWidth, th, st, p.w), ""
	}
	if f.Status == token.Skip || f.Status == token.Pass {
		return lines
	}
	for _, text := range []string{want, f.Why, clean(f.Fix)} {
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
