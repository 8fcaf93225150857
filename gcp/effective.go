package gcp

import (
	"slices"
	"strings"
)

// Judged is the policy with Binding.Holds and DenyRule.Holds set, by what holds says of each condition at one moment. The policy itself
// is left as it is; it comes back itself where it has no condition. Nil stays nil.
func (p *Policy) Judged(holds func(Condition) Answer) *Policy {
	if p == nil || !slices.ContainsFunc(p.Bindings, func(b Binding) bool { return b.Condition != Condition{} }) &&
		!slices.ContainsFunc(p.Deny, func(d DenyRule) bool { return d.Condition != Condition{} }) {
		return p
	}
	q := *p
	q.Bindings, q.Deny = slices.Clone(p.Bindings), slices.Clone(p.Deny)
	for i := range q.Bindings {
		if c := q.Bindings[i].Condition; c != (Condition{}) {
			q.Bindings[i].Holds = holds(c)
		}
	}
	for i := range q.Deny {
		if c := q.Deny[i].Condition; c != (Condition{}) {
			q.Deny[i].Holds = holds(c)
		}
	}
	return &q
}

// counts says whether the binding counts at the moment for which the policy was judged: always without a condition.
func (b Binding) counts() Answer {
	if b.Condition == (Condition{}) {
		return Yes
	}
	return b.Holds
}

// counts is Binding.counts of a deny rule.
func (d DenyRule) counts() Answer {
	if d.Condition == (Condition{}) {
		return Yes
	}
	return d.Holds
}

// Lets says whether one member of one binding of the policy may invoke by it, deny rules that were read considered. No is certain: the
// role does not hold run.routes.invoke, the condition is not true now, the account is gone, the member is of a pool and has no Google ID
// token, or a deny rule takes the permission from it.
func (p *Policy) Lets(b Binding, member string) Answer {
	if strings.HasPrefix(member, "deleted:") || isFederated(member) {
		return No
	}
	denied, _ := p.denies(member)
	return both(both(b.Invokes, b.counts()), not(denied))
}

// isFederated says whether a member is of a pool: it holds no Google ID token to present.
func isFederated(member string) bool { return MemberMeaning(member) == federated }

// shut is the deny rule that takes run.routes.invoke from everybody without exception, nil for none.
func (p *Policy) shut() *DenyRule {
	for i, d := range p.Deny {
		if d.counts() == Yes && len(d.Except) == 0 && slices.ContainsFunc(d.Denied, isEverybody) {
			return &p.Deny[i]
		}
	}
	return nil
}

// denies says whether a deny rule, of those that were read, takes run.routes.invoke from a member, and which; of a word for many, from
// all of them. That a rule takes it from some of them is no answer about the word. What only Policy Troubleshooter could tell, who is in
// a group or a set, is Unsure.
func (p *Policy) denies(member string) (Answer, *DenyRule) {
	worst, by := No, (*DenyRule)(nil)
	for i := range p.Deny {
		switch d := &p.Deny[i]; d.hits(member) {
		case Yes:
			return Yes, d
		case Unsure:
			if worst == No {
				worst, by = Unsure, d
			}
		}
	}
	return worst, by
}

// hits is denies of one rule.
func (d *DenyRule) hits(member string) Answer {
	found := No
	for _, m := range d.Denied {
		found = either(found, covers(m, member))
	}
	if found == No || d.counts() == No {
		return No
	}
	for _, m := range d.Except {
		excepted := covers(m, member)
		if excepted == Yes {
			return No
		}
		if excepted == Unsure || isMany(member) {
			found = Unsure // some of them may be excepted
		}
	}
	return both(found, d.counts())
}

// name is the rule's policy for a sentence.
func (d *DenyRule) name() string {
	text := "deny policy " + d.Policy
	if d.Level != "" {
		text += " (" + d.Level + ")"
	}
	return text
}

// covers says whether a member of a deny rule is, or holds, all of a member of a binding. It goes by what is written, and is sure only
// where that is enough.
//
// Source: https://cloud.google.com/iam/docs/principal-identifiers.
func covers(wide, member string) Answer {
	wide, member = classic(wide), classic(member)
	kind, name, _ := strings.Cut(wide, ":")
	of, whom, _ := strings.Cut(member, ":")
	switch {
	case isEverybody(wide) || wide == member:
		return Yes
	case kind == "deleted" || isFederated(wide):
		return No
	case kind == "user" || kind == "serviceAccount":
		return sameAccount(kind, name, of, whom)
	case isSet(kind, name) && (isEverybody(member) || member == "allAuthenticatedUsers"):
		return No // not everybody is in it
	case strings.HasSuffix(name, "/type/ServiceAccount") && of == "user":
		return No
	}
	return Unsure
}

// isSet says whether a member is a set of accounts that is known to be narrower than all.
func isSet(kind, name string) bool {
	return kind == "group" || kind == "domain" || strings.HasPrefix(name, "//goog/cloudIdentityCustomerId/") || strings.HasPrefix(name, "//cloudresourcemanager.googleapis.com/")
}

// sameAccount compares two members of which the first is one account.
func sameAccount(kind, name, of, whom string) Answer {
	number := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	gmail := func(s string) bool {
		_, domain, _ := strings.Cut(strings.ToLower(s), "@")
		return domain == "gmail.com" || domain == "googlemail.com"
	}
	switch {
	case of != "user" && of != "serviceAccount":
		return No // one account is not all of many
	case strings.EqualFold(name, whom) && kind == of:
		return Yes
	case strings.EqualFold(name, whom), number(name) != number(whom), gmail(name) && gmail(whom):
		return Unsure // an account in another form, or under another spelling
	}
	return No
}

// classic writes a member in the older of IAM's two forms where that has a word for it: deny policies say
// principal://goog/subject/ann@example.com for user:ann@example.com.
func classic(member string) string {
	for _, form := range [...]struct{ long, short string }{
		{"principal://goog/subject/", "user:"},
		{"principal://iam.googleapis.com/projects/-/serviceAccounts/", "serviceAccount:"},
		{"principalSet://goog/group/", "group:"},
	} {
		if name, ok := strings.CutPrefix(member, form.long); ok {
			return form.short + name
		}
	}
	if member == "principalSet://goog/public:all" {
		return "allUsers"
	}
	return member
}

func isEverybody(member string) bool { return classic(member) == "allUsers" }

// isMany says whether a member is a word for many.
func isMany(member string) bool {
	kind, _, _ := strings.Cut(classic(member), ":")
	return kind != "user" && kind != "serviceAccount" && kind != "principal"
}

// both, either and not are the three-valued and, or and not.
func both(a, b Answer) Answer {
	switch {
	case a == No || b == No:
		return No
	case a == Yes && b == Yes:
		return Yes
	}
	return Unsure
}

func either(a, b Answer) Answer { return not(both(not(a), not(b))) }

func not(a Answer) Answer {
	switch a {
	case Yes:
		return No
	case No:
		return Yes
	}
	return Unsure
}
