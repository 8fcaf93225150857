package ui

import (
	"fmt"
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"why401/token"
)

// tokenPane shows the pasted token, every check of it against the selected service, the predicted status and the way out.
// What it draws comes from a report; the token itself it holds only to be asked for its kind and its claims.
type tokenPane struct {
	th     theme
	km     keyMap
	w, h   int
	full   bool // zoomed: every finding with its reason
	scroll scroll
	lines  []string

	token   *token.Token
	found   []*token.Token // all credentials of the paste; token is one of them
	chosen  int            // which
	label   string         // where the token came from
	err     error          // what was pasted could not be read
	report  token.Report
	verdict token.Verdict
	target  token.Target
	judged  bool
	demo    bool // there are demo tokens to load

	typing bool
	typed  []rune

	choosing bool // the list of what-ifs is open (whatif.go)
	tried    map[string]bool
	plain    token.Report // without any what-if
	untried  token.Target // likewise
}

func newTokenPane(th theme, km keyMap) *tokenPane {
	return &tokenPane{th: th, km: km}
}

func (p *tokenPane) SetSize(w, h int) { p.w, p.h = w, h; p.build() }

func (p *tokenPane) Typing() bool { return p.typing || p.choosing }

func (p *tokenPane) Keys() []key.Binding {
	keys := []key.Binding{p.km.paste, p.km.typed}
	if p.demo {
		keys = append(keys, p.km.sample)
	}
	if p.token != nil {
		keys = append([]key.Binding{p.km.copy, p.km.whatIf, p.km.clear}, keys...)
	}
	if len(p.found) > 1 {
		keys = append([]key.Binding{p.km.another}, keys...)
	}
	return keys
}

func (p *tokenPane) Title() (left, right string) {
	if p.token == nil {
		return "Token", ""
	}
	claimed := ""
	if p.token.Verified(p.target.Keys) != token.Yes {
		claimed = "claimed: "
	}
	left = "Token " + p.th.glyph.sep + " " + claimed + p.token.Kind().Title()
	if p.judged {
		right = "predicted " + statusWord(p.verdict)
		if p.trying() > 0 {
			right = "WHAT IF: " + statusWord(p.verdict) + ", now " + statusWord(p.plain.Verdict())
		}
	}
	return left, right
}

// statusWord is a verdict in a word or two: "401", "200 or 403", "unknown" where there are more ways it may go.
func statusWord(v token.Verdict) string {
	switch {
	case v.Status != 0:
		return strconv.Itoa(v.Status)
	case len(v.Possible) == 2:
		return strconv.Itoa(v.Possible[0]) + " or " + strconv.Itoa(v.Possible[1])
	}
	return "unknown"
}

func (p *tokenPane) Update(m tea.KeyPressMsg) tea.Cmd {
	switch {
	case p.typing:
		return p.take(m)
	case p.choosing:
		p.chooseWhatIf(m)
		p.build()
		return nil
	case key.Matches(m, p.km.another) && len(p.found) > 1:
		p.choose((p.chosen + 1) % len(p.found))
		return nil
	case key.Matches(m, p.km.whatIf) && p.token != nil:
		p.choosing = true
		p.scroll.top = 0
		p.build()
		return nil
	}
	if key.Matches(m, p.km.typed) {
		p.typing, p.typed = true, nil
		p.build()
		return nil
	}
	p.scroll.move(m.String())
	return nil
}

// take handles a key while a token is typed: every one is the token's, so that no letter of it is a shortcut.
func (p *tokenPane) take(m tea.KeyPressMsg) tea.Cmd {
	defer p.build()
	switch m.String() {
	case "esc":
		p.typing, p.typed = false, nil
	case "enter":
		typed := []byte(string(p.typed))
		p.typing, p.typed = false, nil
		if len(typed) > 0 {
			return readToken(typed, "typed")
		}
	case "backspace":
		if len(p.typed) > 0 {
			p.typed = p.typed[:len(p.typed)-1]
		}
	case "ctrl+u":
		p.typed = nil
	default:
		p.typed = append(p.typed, []rune(m.Text)...)
	}
	return nil
}

// hold takes the credentials of a paste, the first of which is judged; an error keeps the token that was there.
func (p *tokenPane) hold(found []*token.Token, label string, err error) {
	p.typing, p.typed, p.err = false, nil, err
	if err == nil {
		p.found, p.label = found, label
		p.choose(0)
	}
	p.build()
}

// choose judges another credential of the same paste.
func (p *tokenPane) choose(i int) {
	p.chosen = i
	p.token, p.judged = p.found[i], false
	p.choosing, p.tried = false, map[string]bool{}
	p.scroll.top = 0
	p.build()
}

// forget drops the token.
func (p *tokenPane) forget() {
	*p = tokenPane{th: p.th, km: p.km, w: p.w, h: p.h, full: p.full, demo: p.demo, tried: map[string]bool{}}
	p.build()
}

// judge checks the token against a target, and against the same with the what-ifs that are on.
func (p *tokenPane) judge(target token.Target) {
	if target.Service != p.target.Service || target.Region != p.target.Region {
		p.scroll.top = 0
	}
	p.plain, p.untried = token.Check(p.token, target), target
	p.target, p.report = target, p.plain
	if p.trying() > 0 {
		supposed, changed := p.suppose(target)
		p.target, p.report = changed, token.Check(supposed, changed)
	}
	p.verdict, p.judged = p.report.Verdict(), true
	p.build()
}

// way is the text that the copy key copies: the commands of the first way out that has any, or the fix in words; "" where
// there is none. It is clean, but for the line breaks between commands.
func (p *tokenPane) way() string {
	if p.token == nil || !p.judged {
		return ""
	}
	for _, w := range token.Ways(p.token, p.target) {
		if len(w.Commands) == 0 {
			continue
		}
		var lines []string
		for _, c := range w.Commands {
			lines = append(lines, clean(c))
		}
		return strings.Join(lines, "\n")
	}
	return clean(p.verdict.Fix)
}

func (p *tokenPane) View(bool) []string { return p.scroll.slice(p.lines, p.w) }

func (p *tokenPane) build() {
	p.lines = nil
	if p.w <= 0 {
		return
	}
	switch {
	case p.choosing && p.judged:
		p.lines = append(append(p.head(), p.whatIfLines()...), p.flipped()...)
	case p.typing:
		p.lines = p.prompt()
	case p.token == nil:
		p.lines = p.welcome()
	case !p.judged:
		p.lines = para(p.th.dim, "waiting for the services"+p.th.glyph.ellipsis, p.w)
	default:
		p.lines = p.answer()
	}
	p.scroll.resize(len(p.lines), p.h)
}

// welcome says how to begin.
func (p *tokenPane) welcome() []string {
	th := p.th
	var lines []string
	if p.err != nil {
		lines = append(problem(th, p.err, p.w), strings.Repeat(" ", p.w))
	}
	lines = append(lines, para(th.plain, "Paste the token that was refused, here or anywhere: a bare token, a header line, a whole curl command.", p.w)...)
	if p.demo {
		lines = append(lines, para(th.accent, "d  load a demo token that this service's callers send", p.w)...)
	}
	lines = append(lines, para(th.dim, "i  type it    --token-file FILE  read it at the start", p.w)...)
	return append(lines, para(th.dim, "It stays in memory until x or the end; it is never drawn whole, logged or sent.", p.w)...)
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
