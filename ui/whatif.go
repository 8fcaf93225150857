package ui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"why401/token"
)

// whatIf is a change to the selected service that is tried on the screen only: the target that the token is judged against is
// changed, and nothing else. It is the token pane's, and whenever one is on the screen says so.
type whatIf struct {
	id    string
	group string                  // of several that exclude one another; "" for what goes with everything
	label func(*tokenPane) string // what is tried; foreign text, "" where there is nothing to try
	apply func(*token.Target, *tokenPane)
	// supposed is the token in place of the held one; nil where it stays.
	supposed func(*tokenPane) *token.Token
	// way is how it is done in earnest; nil for what is no change but another request.
	way func(*tokenPane) token.Way
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
		}, way: func(p *tokenPane) token.Way { return p.untried.ToAccept(p.audience()) }},
		{id: "minted", label: func(p *tokenPane) string {
			aud := p.ownAudience()
			if aud == "" || p.token.MintedFor(aud) == nil || aud == p.audience() {
				return ""
			}
			return "had the token been minted for " + aud
		}, supposed: func(p *tokenPane) *token.Token { return p.token.MintedFor(p.ownAudience()) },
			way: func(p *tokenPane) token.Way { return p.untried.ToMint(p.token, p.ownAudience()) }},
		{id: "binding", label: func(p *tokenPane) string {
			if p.principal() == "" || p.plain.Find("iam.binding").Status == token.Pass {
				return ""
			}
			return "grant roles/run.invoker to " + p.principal()
		}, apply: func(t *token.Target, p *tokenPane) { invoker(t, p.principal()) },
			way: func(p *tokenPane) token.Way { return p.untried.ToInvite(p.principal()) }},
		{id: "unchecked", label: unlessOpen("switch the invoker check off"),
			apply: func(t *token.Target, _ *tokenPane) { t.InvokerCheck = token.No },
			way:   func(p *tokenPane) token.Way { return p.untried.ToUncheck() }},
		{id: "public", label: unlessOpen("make it public: allUsers holds roles/run.invoker"),
			apply: func(t *token.Target, _ *tokenPane) { invoker(t, "allUsers") },
			way:   func(p *tokenPane) token.Way { return p.untried.ToInvite("allUsers") }},
		admitting("every-path", token.IngressAll, "ingress all: requests come in from everywhere"),
		admitting("load-balancer", token.IngressLoadBalancer, "ingress internal-and-cloud-load-balancing"),
		admitting("internal", token.IngressInternal, "ingress internal: no internet, no load balancer"),
		{id: "internet", label: func(*tokenPane) string { return "send the request straight from the internet" },
			apply: func(t *token.Target, _ *tokenPane) { t.Request.From, t.Request.Assumed = token.FromInternet, false }},
	}
}

// unlessOpen is a label of what opens the door, where it is not open already.
func unlessOpen(label string) func(*tokenPane) string {
	return func(p *tokenPane) string {
		if p.plain.Find("svc.iam_check").Status == token.Pass {
			return ""
		}
		return label
	}
}

// admitting is another ingress setting than the present one. The request is taken to come by a path that it admits, as everywhere; there is
// one setting at a time.
func admitting(id string, in token.Ingress, label string) whatIf {
	return whatIf{id: id, group: "ingress", label: func(p *tokenPane) string {
		if p.untried.Ingress == in {
			return ""
		}
		return label
	}, apply: func(t *token.Target, _ *tokenPane) {
		r := request(in)
		t.Ingress, t.Request.From, t.Request.Assumed = in, r.From, r.Assumed
	}, way: func(p *tokenPane) token.Way { return p.untried.ToAdmit(in) }}
}

// invoker binds a member to roles/run.invoker, as something that is there and spread. A policy that was not read stays unread.
func invoker(t *token.Target, member string) {
	t.Policy.Supposed = append(slices.Clone(t.Policy.Supposed), token.Binding{
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

// trying is how many what-ifs change something here. They go with the selection, and some have nothing to try at another service.
func (p *tokenPane) trying() (n int) {
	if len(p.tried) == 0 {
		return 0
	}
	for _, w := range p.offered() {
		if p.tried[w.id] {
			n++
		}
	}
	return n
}

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

// toggle switches a what-if; one of a group switches the others of it off.
func (p *tokenPane) toggle(w whatIf) {
	if p.tried[w.id] {
		delete(p.tried, w.id)
		return
	}
	for _, other := range whatIfs() {
		if w.group != "" && other.group == w.group {
			delete(p.tried, other.id)
		}
	}
	p.tried[w.id] = true
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

// offered are the what-ifs that there is something to try of at the selected service, numbered as they are listed.
func (p *tokenPane) offered() []whatIf {
	if p.token == nil || !p.untried.Has {
		return nil
	}
	return slices.DeleteFunc(whatIfs(), func(w whatIf) bool { return w.label(p) == "" })
}

// chooseWhatIf handles a key while the list of what-ifs is open: the numbers switch, 0 switches all off, and what moves scrolls.
func (p *tokenPane) chooseWhatIf(m tea.KeyPressMsg) {
	switch k := m.String(); {
	case k == "esc", k == "enter", key.Matches(m, p.km.whatIf):
		p.choosing = false
	case k == "0":
		p.tried = map[string]bool{}
	default:
		offered := p.offered()
		if i := int(m.Code - '1'); len(k) == 1 && i >= 0 && i < len(offered) {
			p.toggle(offered[i])
			return
		}
		p.scroll.move(p.km.motion(m))
	}
}

// trial is the text that makes real what is tried: the commands of all what-ifs that are on, one a line; "" where none has any.
func (p *tokenPane) trial() string {
	var lines []string
	for _, w := range p.offered() {
		if p.tried[w.id] && w.way != nil {
			lines = append(lines, cleaned(w.way(p).Commands)...)
		}
	}
	return strings.Join(lines, "\n")
}

// outcome is what the what-ifs that are on would change.
func (p *tokenPane) outcome() string {
	return statusWord(p.verdict) + ", now " + statusWord(p.plain.Verdict())
}

// helps says whether the request may get in with the what-ifs that are on.
func (p *tokenPane) helps() bool { return p.trying() > 0 && slices.Contains(p.verdict.Possible, 200) }
