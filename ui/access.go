package ui

import (
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"why401/gcp"
)

// accessPane shows who may call the selected service and through which doors.
type accessPane struct {
	th     theme
	w, h   int
	scroll scroll
	lines  []string

	have    bool
	service gcp.Service
	policy  *gcp.Policy
	err     error
}

func newAccessPane(th theme) *accessPane { return &accessPane{th: th} }

func (p *accessPane) SetSize(w, h int) { p.w, p.h = w, h; p.build() }

func (p *accessPane) Typing() bool { return false }

func (p *accessPane) Keys() []key.Binding { return nil }

func (p *accessPane) Title() (left, right string) {
	if !p.have {
		return "Access", ""
	}
	switch {
	case p.err != nil && p.policy != nil:
		right = "policy as of " + p.policy.Read.Format(time.TimeOnly)
	case p.err != nil:
		right = "policy unknown"
	case p.policy == nil:
		right = "reading the policy" + p.th.glyph.ellipsis
	case p.scroll.n > p.scroll.h:
		right = fmt.Sprintf("%d%%", 100*(p.scroll.top+p.scroll.h)/p.scroll.n)
	}
	sep := " " + p.th.glyph.sep + " "
	return "Access" + sep + clean(p.service.Name) + sep + clean(p.service.Region), right
}

func (p *accessPane) Update(m tea.KeyPressMsg) tea.Cmd {
	p.scroll.move(m.String())
	return nil
}

// show takes the selected service and what is known of its policy (nil: not read yet, or err).
func (p *accessPane) show(s gcp.Service, ok bool, policy *gcp.Policy, err error) {
	if s.ID != p.service.ID {
		p.scroll.top = 0
	}
	p.have, p.service, p.policy, p.err = ok, s, policy, err
	p.build()
}

func (p *accessPane) View(bool) []string { return p.scroll.slice(p.lines, p.w) }

// build draws all lines once a change; View only cuts the window out of them.
func (p *accessPane) build() {
	p.lines = nil
	if p.have && p.w > 0 {
		p.lines = append(p.lines, p.doors()...)
		p.lines = append(p.lines, p.audiences()...)
		p.lines = append(p.lines, p.bindings()...)
		p.lines = append(p.lines, p.tags()...)
		p.lines = append(p.lines, entry("In short", p.th.dim, labelWidth, clean(p.service.Door(p.policy).Text), p.th.plain, p.w)...)
		p.lines = append(p.lines, p.facts()...)
	} else if p.w > 0 {
		p.lines = para(p.th.dim, "no service is selected", p.w)
	}
	p.scroll.resize(len(p.lines), p.h)
}

const labelWidth = 9

func (p *accessPane) doors() []string {
	s, th := p.service, p.th
	sep := " " + th.glyph.sep + " "
	text := strings.Join([]string{
		"invoker check " + onOff(!s.InvokerOff), "ingress " + ingressWord(s.Ingress), "IAP " + onOff(s.IAP), "run.app URL " + onOff(!s.DefaultURLOff),
	}, sep)
	lines := entry(clean(s.Door(p.policy).Word), th.strong, labelWidth, text, th.plain, p.w)
	if s.State == gcp.StateFailed || s.State == gcp.StateReconciling {
		text := map[gcp.State]string{gcp.StateFailed: "failed", gcp.StateReconciling: "changing"}[s.State]
		if s.StateText != "" {
			text += ": " + clean(s.StateText)
		}
		lines = append(lines, entry("State", th.dim, labelWidth, text, th.doubt, p.w)...)
	}
	return lines
}

func (p *accessPane) audiences() []string {
	var lines []string
	for i, a := range audiences(p.service) {
		lines = append(lines, p.listed("Audiences", i, clean(a.Value), clean(a.Source), p.th.plain)...)
	}
	if lines == nil {
		lines = entry("Audiences", p.th.dim, labelWidth, "none known: the service has no URL yet", p.th.unknown, p.w)
	}
	return lines
}

// tags are URLs that may be called and are no audience: a token for one is refused.
func (p *accessPane) tags() []string {
	var lines []string
	for i, u := range p.service.TagURLs {
		lines = append(lines, p.listed("Tag URLs", i, clean(u), "no audience", p.th.dim)...)
	}
	return lines
}

// listed is one line of a labelled list, with a word at the right edge.
func (p *accessPane) listed(label string, i int, text, right string, st style) []string {
	if i > 0 {
		label = ""
	}
	used := width(right) + 1
	if used*5 > p.w*2 && labelWidth*3 <= p.w {
		// A long word at the edge would leave the text no room: it follows below.
		return append(entry(label, p.th.dim, labelWidth, text, st, p.w), entry("", p.th.dim, labelWidth, right, p.th.dim, p.w)...)
	}
	if labelWidth*3 > p.w {
		lines := para(st, text, p.w)
		if label != "" {
			lines = append([]string{p.th.dim.of(fit(label, p.w))}, lines...)
		}
		return append(lines, p.th.dim.of(fitRight(right, p.w)))
	}
	room := room(p.w, labelWidth, 1, used)
	var lines []string
	for j, part := range wrap(text, room) {
		head := strings.Repeat(" ", labelWidth)
		if j == 0 {
			head = p.th.dim.of(fit(label, labelWidth))
		}
		tail := ""
		if j == 0 {
			tail = right
		}
		lines = append(lines, head+" "+st.of(fit(part, room))+" "+p.th.dim.of(fitRight(tail, used-1)))
	}
	return lines
}

func (p *accessPane) bindings() []string {
	th := p.th
	if p.policy == nil {
		if p.err == nil {
			return entry("Invokers", th.dim, labelWidth, "reading the policy"+th.glyph.ellipsis, th.dim, p.w)
		}
		lines := entry("Invokers", th.dim, labelWidth, "unknown: the policy could not be read", th.unknown, p.w)
		return append(lines, problem(th, p.err, p.w)...)
	}
	var lets, unsure, others []string
	for _, b := range p.policy.Bindings {
		switch b.Invokes {
		case gcp.Yes:
			lets = append(lets, p.binding("Invokers", len(lets), b, th.strong)...)
		case gcp.Unsure:
			unsure = append(unsure, p.binding("Unknown", len(unsure), b, th.unknown)...)
		default:
			others = append(others, p.binding("Others", len(others), b, th.dim)...)
		}
	}
	if lets == nil {
		none := "nobody by a binding of the service itself"
		if p.service.InvokerOff {
			none = "not asked: the invoker check is off"
		}
		lets = entry("Invokers", th.dim, labelWidth, none, th.doubt, p.w)
	}
	lines := append(append(lets, unsure...), others...)
	for i, u := range p.policy.Unread {
		label := "Not read"
		if i > 0 {
			label = ""
		}
		lines = append(lines, entry(label, th.dim, labelWidth, clean(u), th.unknown, p.w)...)
	}
	return lines
}

// binding is a line for each member, then what the role's and the condition's words mean.
func (p *accessPane) binding(label string, before int, b gcp.Binding, st style) []string {
	var lines []string
	role := clean(strings.TrimPrefix(b.Role, "roles/"))
	if len(b.Members) == 0 {
		lines = p.listed(label, before, "nobody", role, st)
	}
	for i, m := range b.Members {
		lines = append(lines, p.listed(label, before+i, clean(m), role, st)...)
		if why := gcp.MemberMeaning(m); why != "" {
			lines = append(lines, entry("", p.th.plain, labelWidth, why, p.th.dim, p.w)...)
		}
	}
	if b.Condition != (gcp.Condition{}) {
		text := "only if " + clean(b.Condition.Expression)
		if b.Condition.Title != "" {
			text += " (" + clean(b.Condition.Title) + ")"
		}
		lines = append(lines, entry("", p.th.plain, labelWidth, text, p.th.doubt, p.w)...)
	}
	if b.Invokes == gcp.Unsure && b.RoleFrom != "" {
		lines = append(lines, entry("", p.th.plain, labelWidth, clean(b.RoleFrom), p.th.unknown, p.w)...)
	}
	return lines
}

func (p *accessPane) facts() []string {
	s, th := p.service, p.th
	var lines []string
	fact := func(label, text string) {
		if text != "" {
			lines = append(lines, entry(label, th.dim, labelWidth, clean(text), th.dim, p.w)...)
		}
	}
	fact("Runs as", s.ServiceAccount)
	fact("Revision", s.Revision)
	if !s.Updated.IsZero() {
		by := ""
		if s.Modifier != "" {
			by = " by " + s.Modifier
		}
		fact("Changed", s.Updated.Local().Format(time.DateTime)+by)
	}
	return lines
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func ingressWord(in gcp.Ingress) string {
	switch in {
	case gcp.IngressAll:
		return "all"
	case gcp.IngressInternal:
		return "internal"
	case gcp.IngressLoadBalancer:
		return "load balancer"
	case gcp.IngressNone:
		return "none"
	}
	return "unknown"
}
