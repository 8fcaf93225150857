package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
	"why401/token"
)

// opinion is Policy Troubleshooter's answer beside our own, for one principal and one service. It is asked on request only: it needs an
// API that few projects have on.
type opinion struct {
	service, principal string
	asking             bool
	value              gcp.Troubleshot
	err                error
}

// troubleshot answers troubleshoot.
type troubleshot struct {
	service, principal string
	value              gcp.Troubleshot
	err                error
}

func troubleshoot(ctx context.Context, client *gcp.Client, service, principal string) tea.Cmd {
	return func() tea.Msg {
		value, err := client.Troubleshoot(ctx, service, principal)
		return troubleshot{service, principal, value, err}
	}
}

// askGoogle has Policy Troubleshooter answer the question that stands on the Access pane.
func (r *root) askGoogle() tea.Cmd {
	p := r.access
	if !p.have || p.ask.about != askedCaller || p.ask.text == "" {
		return r.say("ask about a caller first: " + r.km.caller.Help().Key)
	}
	who, err := p.ask.principal()
	if err != nil || r.client == nil {
		return nil
	}
	if !who.Addressed() {
		return r.say("Policy Troubleshooter takes an address, and the token names none")
	}
	p.opinion = opinion{service: p.service.ID, principal: who.String(), asking: true}
	p.build()
	return troubleshoot(r.ctx, r.client, p.service.ID, who.String())
}

// troubleshot takes the answer, where it is still the one that was asked for last.
func (p *accessPane) troubleshot(m troubleshot) {
	if p.opinion.service != m.service || p.opinion.principal != m.principal {
		return
	}
	p.opinion.asking, p.opinion.value, p.opinion.err = false, m.value, m.err
	p.build()
}

// second draws Policy Troubleshooter's answer to the same question, right below ours, or while it was not asked how to ask for it.
func (p *accessPane) second(principal string) (lines []string, asked bool) {
	th, o := p.th, p.opinion
	const label = "Google"
	switch {
	case o.service != p.service.ID || o.principal != principal:
		return entry(p.km.troubleshoot.Help().Key, th.accent, labelWidth, p.km.troubleshoot.Help().Desc, th.dim, p.w), false
	case o.asking:
		return entry(label, th.dim, labelWidth, "asking Policy Troubleshooter"+th.glyph.ellipsis, th.dim, p.w), true
	case o.err != nil:
		lines = entry(label, th.dim, labelWidth, "Policy Troubleshooter did not answer", th.unknown, p.w)
		return append(lines, problem(th, o.err, p.w)...), true
	}
	sign, word, st := p.answered(map[gcp.Answer]token.Answer{gcp.Yes: token.Yes, gcp.No: token.No}[o.value.Access])
	lines = entry(label, th.dim, labelWidth, sign+" "+word+", says Policy Troubleshooter: "+clean(strings.TrimPrefix(o.value.Text, "not known: ")), st, p.w)
	for _, text := range []string{o.value.AllowText, o.value.DenyText} {
		if text != "" {
			lines = append(lines, entry("", th.dim, labelWidth, clean(text), th.dim, p.w)...)
		}
	}
	return lines, true
}

// answered is an answer about a caller as glyph, word and style.
func (p *accessPane) answered(a token.Answer) (sign, word string, st style) {
	th := p.th
	switch a {
	case token.Yes:
		return th.glyph.pass, "let in by IAM", th.good
	case token.No:
		return th.glyph.fail, "refused: 403", th.bad
	}
	return th.glyph.unknown, "unknown", th.unknown
}
