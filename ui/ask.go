package ui

import (
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"why401/gcp"
	"why401/token"
)

// question is what is asked on the Access pane: whether a principal may invoke the service, or which services accept an audience.
// Its answer stands above the rest until esc, and goes with the selection.
type question struct {
	input filter
	about asked
	text  string // what was asked, as typed; "" while there is no answer

	held, begun principalText // the held token's principal, and the one that the question began with
}

// principalText is a principal beside its text, which tells less: not the domain that a token proves, nor an account known by its number alone.
type principalText struct {
	who  token.Principal
	text string // "" for none
}

// asked is what a question is about.
type asked int8

const (
	askedNothing asked = iota
	askedCaller
	askedAudience
)

func newQuestion() question { return question{input: newFilter()} }

// typing says that the question is being typed.
func (q *question) typing() bool { return q.input.typing }

// open says that there is a question or its answer to leave by esc.
func (q *question) open() bool { return q.about != askedNothing }

// begin starts a question. The first about a caller begins with the token's own.
func (q *question) begin(about asked) {
	before := ""
	switch {
	case q.about == about:
		before = q.text
	case about == askedCaller:
		before, q.begun = q.held.text, q.held
	}
	q.about, q.text = about, ""
	q.input.clear()
	q.input.paste(before)
	if before != "" && before == q.begun.text {
		q.begun.text = q.input.value() // as a prompt takes it
	}
	q.input.begin()
}

// principal is who is asked about: the token's own, with all that it proves, while its text stands as it was put there.
func (q *question) principal() (token.Principal, error) {
	if q.text != "" && q.text == q.begun.text {
		return q.begun.who, nil
	}
	return token.ParsePrincipal(q.text)
}

// key takes a key while the question is typed: enter asks, esc gives up.
func (q *question) key(m tea.KeyPressMsg) {
	q.input.update(m)
	switch m.String() {
	case "enter":
		if q.text = q.input.value(); q.text == "" {
			q.leave()
		}
	case "esc":
		q.leave()
	}
}

// leave forgets the question.
func (q *question) leave() {
	q.input.clear()
	q.about, q.text, q.begun = askedNothing, "", principalText{}
}

// opens says which question a key begins.
func opens(km keyMap, m tea.KeyPressMsg) asked {
	switch {
	case key.Matches(m, km.caller):
		return askedCaller
	case key.Matches(m, km.audience):
		return askedAudience
	}
	return askedNothing
}

// asking draws the question, or its answer.
func (p *accessPane) asking() []string {
	q, th := &p.ask, p.th
	if !q.open() {
		return nil
	}
	label, prompt := "Can they", "an address, a member such as group:ops@example.com, or allUsers"
	if q.about == askedAudience {
		label, prompt = "Accepts", "an audience, as it stands in aud"
	}
	if q.typing() {
		text := strings.TrimPrefix(q.input.text(th.glyph), "/")
		return append(entry(label, th.accent, labelWidth, text, th.plain, p.w), entry("", th.dim, labelWidth, prompt, th.dim, p.w)...)
	}
	var lines []string
	if q.about == askedAudience {
		lines = p.acceptors(label)
	} else {
		lines = p.mayInvoke(label)
	}
	return append(lines, strings.Repeat(" ", p.w))
}

// mayInvoke answers whether a principal gets in at the selected service: by the gates that come first, then by which binding, and what
// stands against it.
func (p *accessPane) mayInvoke(label string) []string {
	th := p.th
	who, err := p.ask.principal()
	if err != nil {
		return entry(label, th.accent, labelWidth, clean(err.Error()), th.bad, p.w)
	}
	e := token.Enter(who, target(p.service, p.policy, nil, p.at))
	a := e.Access
	sign, _, st := p.answered(e.Answer)
	lines := entry(label, th.accent, labelWidth, sign+" "+e.Word, st, p.w)
	google, asked := p.second(who.String())
	if asked {
		lines, google = append(lines, google...), nil
	}
	say := func(label string, all []string, st style) {
		for _, text := range all {
			lines = append(lines, entry(label, th.dim, labelWidth, clean(text), st, p.w)...)
			label = ""
		}
	}
	grants := func(label string, all []token.Grant, st style) {
		for _, g := range all {
			lines = append(lines, entry(label, th.dim, labelWidth, grantText(g), st, p.w)...)
			label = ""
		}
	}
	say("network", e.Notes, th.doubt)
	say("why", []string{e.Says}, th.strong)
	grants("IAP users", e.Users, th.plain)
	if !e.Asked {
		footnote := "not asked about this caller"
		if a.Answer != token.Unsure {
			footnote += "; it would say: " + a.Says
		}
		say("IAM", []string{footnote}, th.dim)
		return append(lines, google...)
	}
	if a.Answer == token.No {
		grants("despite", a.By, th.dim) // a deny policy outranks it
	} else {
		grants("by", a.By, th.good)
	}
	grants("maybe", a.Maybe, th.unknown)
	grants("against", a.Against, th.doubt)
	if a.Answer != token.Yes {
		say("unread", slices.Compact(a.Unread), th.unknown)
	}
	told := slices.Concat(a.By, a.Maybe, a.Against)
	lines = append(lines, p.fromList(func(b gcp.Binding) bool {
		return slices.ContainsFunc(told, func(g token.Grant) bool { return g.Role == b.Role })
	})...)
	return append(lines, google...)
}

// grantText is a binding or a deny rule in a line: the member, the role, where it stands, and why it counts or not.
func grantText(g token.Grant) string {
	if strings.HasPrefix(g.Why, g.Member) {
		return clean(g.Why)
	}
	text := clean(g.Member) + " " + clean(strings.TrimPrefix(g.Role, "roles/"))
	if g.Deny != "" {
		text = clean(g.Member) + " denied by " + clean(g.Deny)
	}
	if g.Level != "" && g.Level != serviceLevel {
		text += " on " + clean(g.Level)
	}
	if g.Why != "" {
		text += ": " + clean(g.Why)
	} else if g.Condition != "" {
		text += ", only if " + clean(g.Condition)
	}
	return text
}

// callerOf is the principal of a held token and how a policy writes it; no text where it has none.
func callerOf(t *token.Token) principalText {
	if t == nil {
		return principalText{}
	}
	who, ok := t.Principal()
	if !ok {
		return principalText{}
	}
	return principalText{who, who.String()}
}

// accessed is what the pane shows.
type accessed struct {
	service gcp.Service
	policy  *gcp.Policy // nil: not read yet, or err
	err     error
	above   error     // why what is handed down could not be read again; nil where it could
	aboveAt time.Time // when it was read last
	index   gcp.AudienceIndex
	all     []gcp.Service
	at      moment
	serial  int  // of the list of services
	whole   bool // every region of it has answered
}
