package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"why401/token"
)

// whatIf is a change to the selected service that is tried on the screen only: the target that the token is judged against is
// changed, and nothing else. It is the token pane's, and whenever one is on the screen says so.
type whatIf struct {
	id    string
	label func(*tokenPane) string // what is tried; foreign text, "" where there is nothing to try
	apply func(*token.Target, *tokenPane)
	// supposed is the token in place of the held one; nil where it stays.
	supposed func(*tokenPane) *token.Token
}

// whatIfs are what people try, in the order in which they do.
func whatIfs() []whatIf {
	return []whatIf{
		{id: "audience", label: func(p *tokenPane) string {
			aud := p.audience()
			there := slices.ContainsFunc(p.untried.Audiences, func(a token.Audience) bool { return a.Value == aud })
			switch {
			case aud == "":
				return ""
			case there:
				return "add the custom audience " + aud + " (it is there already)"
			}
			return "add the custom audience " + aud
		}, apply: func(t *token.Target, p *tokenPane) {
			t.Audiences = append(slices.Clone(t.Audiences), token.Audience{Value: p.audience(), Source: "custom"})
		}},
		{id: "minted", label: func(p *tokenPane) string {
			aud := p.ownAudience()
			if aud == "" || p.token.MintedFor(aud) == nil || aud == p.audience() {
				return ""
			}
			return "had the token been minted for " + aud
		}, supposed: func(p *tokenPane) *token.Token { return p.token.MintedFor(p.ownAudience()) }},
		{id: "binding", label: func(p *tokenPane) string {
			if p.principal() == "" {
				return ""
			}
			return "grant roles/run.invoker to " + p.principal()
		}, apply: func(t *token.Target, p *tokenPane) { invoker(t, p.principal()) }},
		{id: "unchecked", label: func(*tokenPane) string { return "switch the invoker check off" },
			apply: func(t *token.Target, _ *tokenPane) { t.InvokerCheck = token.No }},
		{id: "public", label: func(*tokenPane) string { return "make it public: allUsers holds roles/run.invoker" },
			apply: func(t *token.Target, _ *tokenPane) { invoker(t, "allUsers") }},
		{id: "ingress", label: func(*tokenPane) string { return "let requests in from everywhere (ingress all)" },
			apply: func(t *token.Target, _ *tokenPane) {
				t.Ingress, t.Request.From = token.IngressAll, token.FromInternet
			}},
		{id: "internet", label: func(*tokenPane) string { return "send the request straight from the internet" },
			apply: func(t *token.Target, _ *tokenPane) { t.Request.From, t.Request.Assumed = token.FromInternet, false }},
	}
}

// invoker binds a member to roles/run.invoker. A policy that was not read stays unread: what else is in it is not known.
func invoker(t *token.Target, member string) {
	t.Policy.Bindings = append(slices.Clone(t.Policy.Bindings), token.Binding{
		Role: "roles/run.invoker", Members: []string{member}, Level: "what if", Invokes: token.Yes,
	})
}

// audience is the held token's aud as it stands there, "" where it has none or several.
func (p *tokenPane) audience() string {
	for _, c := range p.token.Claims() {
		if c.Name == "aud" && !strings.HasPrefix(c.Value, "[") {
			return c.Value
		}
	}
	return ""
}

// ownAudience is the first audience that the service accepts, its URL; "" where none is known.
func (p *tokenPane) ownAudience() string {
	if len(p.untried.Audiences) == 0 {
		return ""
	}
	return p.untried.Audiences[0].Value
}

// principal is whom IAM knows the held token as, "" where it knows nobody.
func (p *tokenPane) principal() string {
	if f := p.plain.Find("iam.principal"); f.Status == token.Pass {
		return f.Got
	}
	return ""
}

// trying is how many what-ifs are on.
func (p *tokenPane) trying() int { return len(p.tried) }

// triedBits tells one choice of what-ifs from another.
func (p *tokenPane) triedBits() int {
	bits := 0
	for i, w := range whatIfs() {
		if p.tried[w.id] {
			bits |= 1 << i
		}
	}
	return bits
}

// suppose changes a token and a target by the what-ifs that are on.
func (p *tokenPane) suppose(t token.Target) (*token.Token, token.Target) {
	held := p.token
	for _, w := range p.offered() {
		if !p.tried[w.id] {
			continue
		}
		if w.apply != nil {
			w.apply(&t, p)
		}
		if w.supposed != nil {
			held = w.supposed(p)
		}
	}
	return held, t
}

// offered are the what-ifs that there is something to try of, numbered as they are listed.
func (p *tokenPane) offered() []whatIf {
	return slices.DeleteFunc(whatIfs(), func(w whatIf) bool { return w.label(p) == "" })
}

// chooseWhatIf handles a key while the list of what-ifs is open: the numbers switch, 0 switches all off.
func (p *tokenPane) chooseWhatIf(m tea.KeyPressMsg) {
	switch k := m.String(); k {
	case "esc", "w", "enter":
		p.choosing = false
	case "0":
		p.tried = map[string]bool{}
	default:
		offered := p.offered()
		if i := int(m.Code - '1'); len(k) == 1 && i >= 0 && i < len(offered) {
			if id := offered[i].id; p.tried[id] {
				delete(p.tried, id)
			} else {
				p.tried[id] = true
			}
		}
	}
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
		}
	}
	if p.choosing {
		lines = append(para(th.strong, "What if? The numbers switch, 0 none, enter done. Nothing is changed in the cloud.", p.w), lines...)
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
			f.Got = "was " + was + "; " + orElse(f.Got, f.Why)
			lines = append(lines, p.finding(f)...)
		}
	}
	if lines == nil {
		return para(p.th.doubt, "No check comes out otherwise.", p.w)
	}
	return lines
}
