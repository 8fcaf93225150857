package token

import (
	"slices"
	"strings"
)

// Access is what IAM says of one principal at one service. The other gates have no part in it.
type Access struct {
	Answer  Answer   // whether it may invoke; never No where what is not known could still let it in
	By      []Grant  // the bindings that let it in
	Against []Grant  // what stands against it: deny rules that hold or may, conditions that are not true, near misses
	Maybe   []Grant  // bindings that may let it in
	Unread  []string // what was not read, in words
	Says    string   // one sentence in plain words; foreign text: clean before drawing
}

// May says whether IAM lets a principal invoke the service: by which bindings, what stands against it, and what is not known. It judges the
// policy as it was read; a change so young that it may not have spread is told in the sentence.
func May(p Principal, target Target) Access {
	if p.federated() {
		return target.mayFederated(p)
	}
	found := target.read(p, true)
	a := found.told(&target, p)
	a.Answer = found.answer()
	a.Says = p.spoken() + " " + target.sayAccess(found)
	if a.Answer == No && (p.word == "group" || p.word == "domain") {
		a.Says += "; a member may be let in by a binding of its own"
	}
	if a.Answer == Yes {
		a.Says += target.butFor(p)
	}
	if young := target.young(found); young != "" && a.Answer != Unsure {
		a.Says += "; " + young
	}
	if a.Answer == Yes && (!target.Policy.DenyKnown || len(target.Policy.DenyUnread) > 0) {
		a.Says += "; unless a deny policy that was not read takes it away"
	}
	return a
}

// butFor names the deny policies that take the permission from some of those for whom one word stands, to follow what is said of all; "" where
// there are none. A request without a credential is not many.
func (t *Target) butFor(p Principal) string {
	if p.account() || p.word == "allUsers" {
		return ""
	}
	var names []string
	for i := range t.Policy.Deny {
		d := &t.Policy.Deny[i]
		excepted := slices.ContainsFunc(d.Except, func(m string) bool { found, _ := p.matches(m); return found == Yes })
		if !excepted && slices.ContainsFunc(d.Denied, p.mayHold) && !slices.Contains(names, d.name()) &&
			(d.Condition == "" || conditionHolds(d.Condition, t.serverNow()) != No) {
			names = append(names, d.name())
		}
	}
	if names == nil {
		return ""
	}
	return "; but not those from whom " + strings.Join(names, " or ") + " takes it"
}

// mayHold says whether a member of a deny rule may be one or some of those for whom the principal's word stands.
func (p Principal) mayHold(member string) bool {
	word, rest, _ := strings.Cut(classic(member), ":")
	switch {
	case word == "deleted", strings.HasPrefix(rest, "//iam.googleapis.com/") && strings.Contains(rest, "Pools/"):
		return false
	case p.word == "domain":
		return word != "serviceAccount"
	}
	return true
}

// spoken is the principal at the beginning of a sentence.
func (p Principal) spoken() string {
	switch p.word {
	case "allUsers":
		return "a request without a credential"
	case "allAuthenticatedUsers":
		return "every Google account"
	case "group":
		return "the group " + p.email + " as a whole"
	case "domain":
		return "every account of " + p.domain
	}
	return p.String()
}

// told lists the grants by what they do.
func (a access) told(target *Target, p Principal) Access {
	out := Access{Maybe: a.maybe, Against: a.denial, Unread: target.unreadFor(p)}
	for _, g := range a.named {
		switch g.Holds {
		case Yes:
			out.By = append(out.By, g)
		case Unsure:
			g.Why = "the condition cannot be evaluated: " + g.Condition
			out.Maybe = append(out.Maybe, g)
		default:
			g.Why = "the condition is not true now: " + g.Condition
			out.Against = append(out.Against, g)
		}
	}
	out.Against = append(out.Against, a.near...)
	return out
}

// unreadFor is what was not read and may matter to the principal.
func (t *Target) unreadFor(p Principal) []string {
	var unread []string
	if !t.Policy.Known {
		unread = append(unread, "the service's own policy")
	}
	if p.word != "allUsers" {
		unread = append(unread, t.Policy.Unread...)
	}
	if !t.Policy.DenyKnown {
		return append(unread, "deny policies")
	}
	return append(unread, t.Policy.DenyUnread...)
}

// sayAccess is the rest of the sentence that begins with the principal.
func (t *Target) sayAccess(a access) string {
	switch {
	case a.denied == Yes:
		return "may not invoke " + t.name() + ": " + a.denial[0].Why
	case a.answer() == Yes:
		g := a.best()
		says := "may invoke " + t.name() + ": " + g.Member + " holds " + g.Role
		if g.Level != "" {
			says += " (" + g.Level + ")"
		}
		if g.Condition != "" {
			says += ", under a condition that is true now"
		}
		return says
	case a.answer() == No && len(a.named) > 0:
		return "may not invoke " + t.name() + ": the condition of its binding is not true now: " + a.best().Condition
	case a.answer() == No:
		return "may not invoke " + t.name() + ": " + nearly(a, "no binding lets it in")
	case a.allowed() == Yes || len(a.maybe) > 0 || len(a.named) > 0 && a.best().Holds == Unsure || !t.Policy.Known:
		return "may or may not invoke " + t.name() + ": " + t.doubt(a)
	}
	return "may or may not invoke " + t.name() + ": " + nearly(a, "no binding that was read lets it in") + "; not read: " + strings.Join(t.Policy.Unread, ", ")
}

// mayFederated: an identity of a pool has no ID token of Google's to show, so that a binding which names it is of no use at this door. It
// comes in where everybody does.
func (t *Target) mayFederated(p Principal) Access {
	open := t.read(everyone(), true)
	a := open.told(t, everyone())
	a.Answer = open.answer()
	const cannot = "cannot present an ID token itself: let it impersonate a service account that may invoke (generateIdToken)"
	for _, g := range t.read(p, true).named {
		if g.Member != "allUsers" {
			g.Why = "it names an identity that has no Google ID token of its own to present"
			a.Against = append(a.Against, g)
		}
	}
	switch a.Answer {
	case Yes:
		a.Says = p.String() + " may invoke " + t.name() + " as everybody may, without a credential"
	case Unsure:
		a.Says = p.String() + " " + cannot + "; whether everybody may invoke " + t.name() + " is not known: " + t.doubt(open)
	default:
		a.Says = p.String() + " " + cannot
	}
	return a
}
