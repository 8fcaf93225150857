package ui

import (
	"fmt"
	"slices"
	"strings"

	"why401/gcp"
	"why401/token"
)

// bindings are who may invoke, level by level, then whose role nobody could read, then the other bindings of the service itself,
// then what was not read.
func (p *accessPane) bindings() []string {
	th := p.th
	if p.policy == nil {
		if p.err == nil {
			return entry("Invokers", th.dim, labelWidth, "reading the policy"+th.glyph.ellipsis, th.dim, p.w)
		}
		return entry("Invokers", th.dim, labelWidth, "unknown: the policy could not be read", th.unknown, p.w)
	}
	var lets, unsure, others []string
	var above levels
	for _, b := range p.judged.Bindings {
		switch {
		case b.Invokes == gcp.Yes && b.Level != serviceLevel && b.Level != "":
			above.add(b)
		case b.Invokes == gcp.Yes:
			lets = append(lets, p.binding("Invokers", len(lets), b, th.strong)...)
		case b.Invokes == gcp.Unsure:
			unsure = append(unsure, p.binding("Unknown", len(unsure), b, th.unknown)...)
		case b.Level == serviceLevel || b.Level == "":
			others = append(others, p.binding("Others", len(others), b, th.dim)...)
		}
	}
	if lets == nil {
		lets = entry("Invokers", th.dim, labelWidth, p.nobody(len(above) > 0), th.doubt, p.w)
	}
	lines := append(lets, p.handedDown(above)...)
	lines = append(append(lines, unsure...), others...)
	for i, d := range p.policy.Deny {
		lines = append(lines, p.denial(i, d)...)
	}
	if p.above != nil && !p.aboveAt.IsZero() {
		lines = append(lines, entry("Above", p.th.dim, labelWidth, asOf(p.aboveAt)+": "+clean(p.above.Error()), p.th.unknown, p.w)...)
	}
	if !p.full {
		lines = append(lines, p.fromList(func(gcp.Binding) bool { return true })...)
	}
	lines = append(lines, p.unread("Not read", append(slices.Clone(p.policy.Unread), p.policy.DenyUnread...))...)
	return append(lines, steps(p.th, append(asErrors(p.policy.Errs), p.above), p.full, p.w)...)
}

func asErrors(list []*gcp.Error) []error {
	out := make([]error, len(list))
	for i, e := range list {
		out[i] = e
	}
	return out
}

// steps are what to do about what was not read, each once. Permissions that few on call have are told by name beside what they would
// show; the commands for them stand where there is room.
func steps(th theme, errs []error, full bool, w int) []string {
	var lines, said []string
	for _, err := range errs {
		next := hint(err)
		if err == nil || next == "" || slices.Contains(said, next) || lacks(err) && !full {
			continue
		}
		lines = append(lines, entry(first(len(said), "To do"), th.accent, labelWidth, next, th.accent, w)...)
		said = append(said, next)
	}
	return lines
}

// fromList names the roles of the bindings that count, of which nothing but the shipped list tells what they hold.
func (p *accessPane) fromList(counts func(gcp.Binding) bool) []string {
	if p.policy == nil {
		return nil
	}
	var roles []string
	for _, b := range p.policy.Bindings {
		if b.RoleFrom == gcp.ShippedList && counts(b) {
			roles = append(roles, clean(strings.TrimPrefix(b.Role, "roles/")))
		}
	}
	if roles == nil {
		return nil
	}
	slices.Sort(roles)
	return entry("Roles", p.th.dim, labelWidth, "not read, by the shipped list: "+strings.Join(slices.Compact(roles), ", "), p.th.unknown, p.w)
}

// serviceLevel is gcp.Binding.Level of the service's own bindings.
const serviceLevel = "service"

func (p *accessPane) nobody(above bool) string {
	switch {
	case p.service.InvokerOff:
		return "not asked: the invoker check is off"
	case above || len(p.policy.Unread) > 0:
		return "nobody by a binding of the service itself"
	}
	return "nobody: no binding of the service, or above it, lets anybody invoke"
}

// levels are the bindings that invoke and are handed down, by the level where they stand, from the project up.
type levels []levelBindings

type levelBindings struct {
	name     string
	bindings []gcp.Binding
}

func (l *levels) add(b gcp.Binding) {
	if n := len(*l); n == 0 || (*l)[n-1].name != b.Level {
		*l = append(*l, levelBindings{name: b.Level})
	}
	at := &(*l)[len(*l)-1]
	at.bindings = append(at.bindings, b)
}

// handedDown is a line for each level in short; in full its members too.
func (p *accessPane) handedDown(all levels) []string {
	th := p.th
	var lines []string
	for i, l := range all {
		text := clean(l.name) + " " + p.letsIn(l.bindings)
		label := "Above"
		if i > 0 {
			label = ""
		}
		lines = append(lines, entry(label, th.dim, labelWidth, text, th.plain, p.w)...)
		if p.full {
			for _, b := range l.bindings {
				lines = append(lines, p.binding("", 0, b, th.strong)...)
			}
		}
	}
	return lines
}

// letsIn says how many members the bindings of a level let in: for certain, perhaps, and none where each is gone, lapsed, or denied.
func (p *accessPane) letsIn(bindings []gcp.Binding) string {
	sure, perhaps := 0, 0
	var roles []string
	for _, b := range bindings {
		before := sure + perhaps
		for _, m := range b.Members {
			switch p.judged.Lets(b, m) {
			case gcp.Yes:
				sure++
			case gcp.Unsure:
				perhaps++
			}
		}
		if sure+perhaps > before {
			roles = append(roles, clean(strings.TrimPrefix(b.Role, "roles/")))
		}
	}
	slices.Sort(roles)
	by := ": " + strings.Join(slices.Compact(roles), ", ")
	switch {
	case sure+perhaps == 0:
		return "lets nobody in: its members are gone, denied, of a pool, or under a condition that is not true now"
	case sure == 0:
		return "may let " + plural(perhaps, "member") + " in too" + by
	case perhaps > 0:
		return "lets " + plural(sure, "member") + " in too, and perhaps " + fmt.Sprint(perhaps) + " more" + by
	}
	return "lets " + plural(sure, "member") + " in too" + by
}

func (p *accessPane) unread(label string, what []string) []string {
	var lines []string
	for _, u := range what {
		lines = append(lines, entry(label, p.th.dim, labelWidth, clean(u), p.th.unknown, p.w)...)
		label = ""
	}
	return lines
}

// denial is a rule of a deny policy: it takes run.routes.invoke away, whatever the bindings say.
func (p *accessPane) denial(i int, d gcp.DenyRule) []string {
	label := "Denied"
	if i > 0 {
		label = ""
	}
	text := clean(strings.Join(d.Denied, ", "))
	if len(d.Except) > 0 {
		text += ", but not " + clean(strings.Join(d.Except, ", "))
	}
	text += ", by " + clean(d.Policy) + " of " + clean(d.Level)
	if d.Condition.Expression != "" {
		holds, _ := p.holds(d.Condition)
		text += ", only if " + clean(d.Condition.Expression) + holds
	}
	return entry(label, p.th.dim, labelWidth, text, p.th.bad, p.w)
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
	note := func(text string, st style) {
		lines = append(lines, entry("", p.th.plain, labelWidth, text, st, p.w)...)
	}
	if b.Invokes == gcp.Unsure && b.Level != serviceLevel && b.Level != "" {
		note("handed down by "+clean(b.Level), p.th.dim)
	}
	if b.Condition != (gcp.Condition{}) {
		holds, st := p.holds(b.Condition)
		text := "only if " + clean(b.Condition.Expression)
		if b.Condition.Title != "" {
			text += " (" + clean(b.Condition.Title) + ")"
		}
		note(text+holds, st)
	}
	off := b.RoleFrom == gcp.RoleDisabled || b.RoleFrom == gcp.RoleDeleted
	if b.RoleFrom != "" && (b.Invokes == gcp.Unsure || off || p.full && b.RoleFrom == gcp.ShippedList) {
		note("the role: "+clean(b.RoleFrom), p.th.unknown)
	}
	return lines
}

// holds says whether a condition is true now, as far as it can be evaluated.
func (p *accessPane) holds(c gcp.Condition) (text string, st style) {
	switch token.ConditionHolds(c.Expression, p.at.server()) {
	case token.Yes:
		return ": true now", p.th.good
	case token.No:
		return ": not true now", p.th.bad
	}
	return ": cannot be evaluated here", p.th.unknown
}

// failed is why the policy, or what is handed down, could not be read, above all that hangs on it. A permission that few have is no
// failure.
func (p *accessPane) failed() []string {
	err := p.err // the title says how old the policy is, if there is one
	if err == nil && p.policy != nil {
		for _, e := range append([]error{p.above}, asErrors(p.policy.Errs)...) {
			if e != nil && !lacks(e) {
				err = e
				break
			}
		}
	}
	if err == nil {
		return nil
	}
	return trouble(p.th, err, p.w, troubleRoom(p.h))
}
