package token

import (
	"slices"
	"strings"
)

// Denial is one rule of a deny policy that takes run.routes.invoke away, whatever the bindings say. Its members are written in either of IAM's
// forms: "principal://goog/subject/ann@example.com" or "user:ann@example.com".
//
// Source: https://cloud.google.com/iam/docs/deny-overview.
type Denial struct {
	Level     string   // where the policy is attached: "project acme-prod", "folder 12", …
	Policy    string   // the deny policy's name
	Denied    []string // from whom it takes the permission
	Except    []string // who keeps it all the same
	Condition string   // the CEL expression, "" for none
	Title     string   // the condition's title
}

// denied says whether a rule that was read takes the permission from the principal, and lists those that do or may. A no says nothing of
// the rules that were not read.
func (t *Target) denied(p Principal) (Answer, []Grant) {
	worst := No
	var rules []Grant
	for i := range t.Policy.Deny {
		d := &t.Policy.Deny[i]
		found, member, why := d.names(p)
		if found == No {
			continue
		}
		g := Grant{Deny: d.Policy, Member: member, Level: d.Level, Condition: d.Condition, Title: d.Title, Holds: Yes, Why: why}
		if d.Condition != "" {
			g.Holds = conditionHolds(d.Condition, t.serverNow())
		}
		switch {
		case g.Holds == No:
			continue
		case g.Holds == Unsure:
			found, g.Why = Unsure, "the condition of "+d.name()+" cannot be evaluated: "+d.Condition
		case found == Yes:
			g.Why = d.name() + " takes run.routes.invoke from " + member
		}
		if found == Yes && worst != Yes {
			rules = append([]Grant{g}, rules...) // the one to speak of
		} else {
			rules = append(rules, g)
		}
		if worst != Yes {
			worst = found
		}
	}
	return worst, rules
}

// names says whether the rule names the principal and does not except it, by which member, and why that is unsure.
func (d *Denial) names(p Principal) (found Answer, member, why string) {
	found = No
	for _, m := range d.Denied {
		if f, w := p.matches(m); f == Yes || f == Unsure && found == No {
			found, member, why = f, m, w
		}
	}
	if found == No {
		return No, "", ""
	}
	for _, m := range d.Except {
		switch f, w := p.matches(m); f {
		case Yes:
			return No, "", ""
		case Unsure:
			if found == Yes {
				found, why = Unsure, d.name()+" excepts "+m+": "+w
			}
		}
	}
	if found == Unsure {
		why = d.name() + " may take run.routes.invoke away: " + strings.TrimPrefix(why, d.name()+" ")
	}
	return found, member, why
}

// deniesGroup is a rule that takes the permission from every member of a group that is written like that, but for whoever is excepted, which the
// principal plainly is not; nil for none.
func (t *Target) deniesGroup(p Principal, member string) *Denial {
	for i := range t.Policy.Deny {
		d := &t.Policy.Deny[i]
		if d.group(member) && !slices.ContainsFunc(d.Except, func(e string) bool { f, _ := p.matches(e); return f != No }) &&
			(d.Condition == "" || conditionHolds(d.Condition, t.serverNow()) == Yes) {
			return d
		}
	}
	return nil
}

// group says whether the rule names this group; "" stands for any.
func (d *Denial) group(member string) bool {
	if member != "" && !strings.HasPrefix(classic(member), "group:") {
		return false
	}
	return slices.ContainsFunc(d.Denied, func(m string) bool {
		m = classic(m)
		return strings.HasPrefix(m, "group:") && (member == "" || strings.EqualFold(m, classic(member)))
	})
}

// deniesGroups says whether some rule names a group.
func (t *Target) deniesGroups() bool {
	return slices.ContainsFunc(t.Policy.Deny, func(d Denial) bool { return d.group("") })
}

// name is the rule's policy for a sentence.
func (d *Denial) name() string {
	name := "a deny policy"
	if d.Policy != "" {
		name = "the deny policy " + d.Policy
	}
	if d.Level != "" {
		name += " (" + d.Level + ")"
	}
	return name
}

// iamDeny judges by the rules that were read. Hardly anybody on call may read them all, and there is hardly ever one on run.routes.invoke: were
// what was not read unknown, no caller would ever be let in with certainty. A verdict names it among what it assumes instead.
func iamDeny(t *Token, target Target) Result {
	if !target.Policy.DenyKnown {
		r := skip("deny policies are not read")
		r.Fix = target.denyPolicies() + " shows those of the project"
		r.Assumes = "no deny policy takes run.routes.invoke from the caller"
		return r
	}
	p := t.principal()
	switch found, rules := target.denied(p); found {
	case Yes:
		return Result{Status: Fail, Got: rules[0].Why, Want: "an exception for " + p.String() + ", or no such rule",
			Fix: "have " + p.String() + " excepted by whoever owns the deny policy: no binding outweighs it"}
	case Unsure:
		return Result{Status: Unknown, Got: rules[0].Why, Fix: "Policy Troubleshooter says whether it holds here"}
	}
	if len(target.Policy.DenyUnread) > 0 {
		unread := strings.Join(target.Policy.DenyUnread, ", ")
		r := skip("no rule that was read names the caller; not read: " + unread)
		r.Assumes = "no deny policy that was not read takes run.routes.invoke from the caller (" + unread + ")"
		return r
	}
	return pass("no deny rule takes it from " + p.String())
}
