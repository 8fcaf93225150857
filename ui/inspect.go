package ui

import (
	"slices"
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"why401/gcp"
	"why401/token"
)

// tokenPane shows the pasted token, every check of it against the selected service, the predicted status and the way out.
// What it draws comes from a report; the token itself it holds only to be asked for its kind and its claims.
type tokenPane struct {
	th     theme
	km     keyMap
	w, h   int
	full   bool // zoomed: every finding with its reason
	alone  bool // no other pane is on the screen
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

	about     string         // the selected service's name, with its region where several have it; "" for none
	diagnosis *gcp.Diagnosis // of the selected service, while there is no token (diagnose.go)

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
		fix := p.km.copy
		if _, tried := p.copied(); tried {
			fix.SetHelp(fix.Help().Key, "copy what is tried")
		}
		keys = append([]key.Binding{fix, p.km.whatIf, p.km.clear}, keys...)
	}
	if len(p.found) > 1 {
		keys = append([]key.Binding{p.km.another}, keys...)
	}
	return keys
}

func (p *tokenPane) Title() (left, right string) {
	kind := ""
	switch {
	case p.token != nil && p.token.Kind() != token.None && p.token.Verified(p.target.Keys) != token.Yes:
		kind = "claimed: " + p.token.Kind().Title()
	case p.token != nil:
		kind = p.token.Kind().Title()
	case p.diagnosis != nil:
		kind = "none yet: what is likely"
	}
	// What has no room is cut at the end. The panes beside this one name the service; alone, only this title does.
	parts := []string{"Token", kind, p.about}
	if p.alone {
		parts = []string{"Token", p.about, kind}
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	left = strings.Join(parts, " "+p.th.glyph.sep+" ")
	if p.token != nil && p.judged {
		right = "predicted " + statusWord(p.verdict)
		if p.trying() > 0 {
			right = "WHAT IF: " + p.outcome()
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
		p.typeIn()
		return nil
	}
	p.scroll.move(p.km.motion(m))
	return nil
}

// typeIn begins to take a token by the keyboard.
func (p *tokenPane) typeIn() {
	p.typing, p.typed = true, nil
	p.build()
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

// copied is the text that the copy key copies, clean but for the line breaks between commands, and whether it is what is tried: what
// makes the what-ifs real once they let the request in; without them, and until they do, the way out of things as they are.
func (p *tokenPane) copied() (text string, tried bool) {
	if p.helps() {
		if text := p.trial(); text != "" {
			return text, true
		}
	}
	return p.way(), false
}

// way is the way out of things as they are, what-ifs left aside: the commands of the first that has any, or the fix in words; ""
// where there is none.
func (p *tokenPane) way() string {
	if p.token == nil || !p.judged {
		return ""
	}
	for _, w := range token.Ways(p.token, p.untried) {
		if len(w.Commands) > 0 {
			return strings.Join(cleaned(w.Commands), "\n")
		}
	}
	return clean(p.plain.Verdict().Fix)
}

// cleaned are the commands of a way, each in one clean line.
func cleaned(commands []string) []string {
	lines := make([]string, len(commands))
	for i, c := range commands {
		lines[i] = clean(c)
	}
	return lines
}

func (p *tokenPane) View(bool) []string { return p.scroll.slice(p.lines, p.w) }

func (p *tokenPane) build() {
	p.lines = nil
	if p.w <= 0 {
		return
	}
	switch {
	case p.choosing && p.judged:
		p.lines = p.trialLines()
	case p.typing:
		p.lines = p.prompt()
	case p.token == nil:
		p.lines = p.welcome()
	case !p.judged:
		p.lines = append(p.alarm(), para(p.th.dim, "waiting for the services"+p.th.glyph.ellipsis, p.w)...)
	default:
		p.lines = p.answer()
	}
	p.scroll.resize(len(p.lines), p.h)
}
