package token

import (
	"fmt"
	"strings"
	"time"
)

// spreadTime is how long a policy change may take until every server knows it: typically 2 minutes, 7 and more at times.
const spreadTime = 7 * time.Minute

// Grant is one member of one binding, or of one rule of a deny policy, seen from a principal. All of it is foreign text: clean before drawing.
type Grant struct {
	Role      string // of a binding; "" for a rule of a deny policy
	Deny      string // the deny policy; "" for a binding
	Member    string // as it stands there
	Level     string // "service", "project acme-prod", …
	Condition string // the CEL expression, "" for none
	Title     string // the condition's title
	Holds     Answer // whether the condition does; Yes where there is none
	Why       string // why it may or does not count; "" where it plainly does
	Supposed  bool   // it is not there: see Policy.Supposed
}

// access is what a policy says of a principal.
type access struct {
	named    []Grant // name the principal by a role that invokes; the condition may or may not hold
	maybe    []Grant // may let it in: a group, a role that could not be read; the condition may hold
	near     []Grant // nearly: another role, an account that is gone
	complete bool    // the service's policy and everything above it was read

	denied Answer  // whether a deny policy, of those read, takes the permission away
	denial []Grant // the rules that do, or may
}

// allowed says whether the bindings let the principal in, whatever is denied.
func (a access) allowed() Answer {
	unsure := len(a.maybe) > 0 || !a.complete
	for _, g := range a.named {
		switch g.Holds {
		case Yes:
			return Yes
		case Unsure:
			unsure = true
		}
	}
	if unsure {
		return Unsure
	}
	return No
}

// answer says whether the policy lets the principal in. What is denied stays so, whoever allows it.
func (a access) answer() Answer {
	allowed := a.allowed()
	switch {
	case a.denied == Yes:
		return No
	case a.denied == Unsure && allowed == Yes:
		return Unsure
	}
	return allowed
}

// doubt is why the answer is unsure.
func (t *Target) doubt(a access) string {
	if a.allowed() == Yes && len(a.denial) > 0 {
		return a.denial[0].Why
	}
	for _, g := range a.named {
		if g.Holds == Unsure {
			return "the condition on " + g.Member + " cannot be evaluated: " + g.Condition
		}
	}
	switch {
	case len(a.maybe) > 0:
		return a.maybe[0].Why
	case t.Policy.Known && len(t.Policy.Unread) > 0:
		return "not read: " + t.levelsUnread()
	}
	return "the policy could not be read"
}

// best is the grant to speak of: one that holds before one that may.
func (a access) best() Grant {
	var best Grant
	for i, g := range a.named {
		if g.Holds == Yes {
			return g
		}
		if i == 0 || best.Holds == No && g.Holds == Unsure {
			best = g
		}
	}
	return best
}

// readings are what a check has read of the policy so far: several rules ask for the same principal.
type readings struct {
	of    [2]Principal
	found [2]access
	n     int
}

// access reads the policy for a principal, once in a check. It keeps all grants that name the principal, and of the others the first of each sort.
func (t *Target) access(p Principal) access {
	r := t.readings
	if r == nil {
		return t.read(p, false)
	}
	for i := range r.n {
		if r.of[i] == p {
			return r.found[i]
		}
	}
	a := t.read(p, false)
	if r.n < len(r.of) {
		r.of[r.n], r.found[r.n] = p, a
		r.n++
	}
	return a
}

// read reads the policy for a principal. For those who come without a credential it is complete as soon as the service's own policy is
// read: a project's takes neither allUsers nor allAuthenticatedUsers (Resource Manager, projects.setIamPolicy).
func (t *Target) read(p Principal, whole bool) access {
	a := access{complete: t.Policy.Known && (len(t.Policy.Unread) == 0 || p.word == "allUsers")}
	a.denied, a.denial = t.denied(p)
	now := t.serverNow()
	a.suppose(t, p, now)
	if !t.Policy.Known {
		return a
	}
	a.scan(t, t.Policy.Bindings, p, now, whole)
	t.Policy.Above.join(&a, t, p, now, whole)
	return a
}

// scan reads bindings for a principal.
func (a *access) scan(t *Target, bindings []Binding, p Principal, now time.Time, whole bool) {
	for i := range bindings {
		b := &bindings[i]
		if b.Invokes == No && len(a.near) > 0 && !whole && !telling(b.Role) {
			continue
		}
		for _, member := range b.Members {
			if !whole && len(a.maybe) > 0 && strings.HasPrefix(member, "group:") {
				continue // one more of which nobody knows
			}
			if found, why := t.matches(p, member); found != No || why != "" {
				a.add(b, member, found, why, now, whole)
			}
		}
	}
}

// suppose sorts in what is only tried, before what was read, so that it is the grant to speak of.
func (a *access) suppose(t *Target, p Principal, now time.Time) {
	for i := range t.Policy.Supposed {
		b := &t.Policy.Supposed[i]
		for _, member := range b.Members {
			if found, why := p.matches(member); found == Yes {
				a.add(b, member, found, why, now, true)
			}
		}
	}
	for i := range a.named {
		a.named[i].Supposed = true
	}
}

// matches is the principal's, who holds a basic role on the project included. A group of which nobody knows whether it holds the principal lets
// nobody in where a deny rule takes that from all its members.
func (t *Target) matches(p Principal, member string) (Answer, string) {
	if strings.HasPrefix(member, "project") {
		return t.holdsBasicRole(p, member)
	}
	found, why := p.matches(member)
	if found == Unsure && len(t.Policy.Deny) > 0 {
		if d := t.deniesGroup(p, member); d != nil {
			return No, member + " may invoke, but " + d.name() + " takes that from its members"
		}
	}
	return found, why
}

// add sorts one member of one binding in; of those that do not name the principal for certain only the first where the whole is not wanted.
func (a *access) add(b *Binding, member string, found Answer, why string, now time.Time, whole bool) {
	if !whole && found == Unsure && len(a.maybe) > 0 {
		return
	}
	g := Grant{Role: b.Role, Member: member, Level: b.Level, Condition: b.Condition, Title: b.Title, Holds: Yes, Why: why}
	if b.Condition != "" {
		g.Holds = conditionHolds(b.Condition, now)
	}
	switch {
	case b.Invokes == No && found == Yes:
		g.Why = fmt.Sprintf("%s holds %s, which does not hold run.routes.invoke", member, b.Role)
		a.miss(g, whole)
	case b.Invokes == No:
	case found == No:
		a.miss(g, whole)
	case found == Yes && b.Invokes == Yes:
		a.named = append(a.named, g)
	case g.Holds == No:
	case found == Yes:
		g.Why = fmt.Sprintf("%s holds %s, of which nobody knows here whether it holds run.routes.invoke", member, b.Role)
		a.maybe = append(a.maybe, g)
	default:
		a.maybe = append(a.maybe, g)
	}
}

// miss sorts a near miss in: the ones that are most likely taken for a grant first.
func (a *access) miss(g Grant, whole bool) {
	switch {
	case len(a.near) > 0 && g.telling() && !a.near[0].telling():
		a.near = append([]Grant{g}, a.near...)
	case len(a.near) == 0 || whole:
		a.near = append(a.near, g)
	}
}

// telling says whether a near miss is one that people take for a grant: a role to invoke something else, or an account that is gone. That the
// caller also holds some role to read or to log says little.
func (g *Grant) telling() bool { return telling(g.Role) || strings.HasPrefix(g.Member, "deleted:") }

func telling(role string) bool { return strings.HasSuffix(role, "nvoker") }

// holdsBasicRole looks a convenience member such as projectViewer:acme-prod up in the project's policy. That is known to have been read where some
// binding of it is among those of the service, and nothing of the project is among what was not read.
func (t *Target) holdsBasicRole(p Principal, member string) (Answer, string) {
	word, project, _ := strings.Cut(member, ":")
	role, ok := map[string]string{"projectOwner": "roles/owner", "projectEditor": "roles/editor", "projectViewer": "roles/viewer"}[word]
	found, why := p.matches(member)
	if !ok || found != Unsure || project == "" {
		return found, why
	}
	for _, unread := range t.Policy.Unread {
		if strings.Contains(unread, "project") || strings.Contains(unread, project) {
			return Unsure, why
		}
	}
	// A basic role that a folder hands down makes no owner in the project's own policy; whether the member means those too is not documented.
	read, unsure := false, len(t.Policy.Unread) > 0
	for b := range t.Policy.all() {
		here := b.Level == "project "+project
		read = read || here
		if b.Role != role || b.Level == "service" {
			continue
		}
		for _, holder := range b.Members {
			held, _ := p.matches(holder)
			if held == Yes && here && b.Condition == "" {
				return Yes, ""
			}
			unsure = unsure || held != No
		}
	}
	if unsure || !read {
		return Unsure, why
	}
	return No, ""
}

// young is spreading, of the grant that lets a principal in: one that is only tried has no age.
func (t *Target) young(a access) string {
	if a.best().Supposed {
		return ""
	}
	return t.spreading()
}

// spreading tells of a policy change so young that it may not be known everywhere, or that came only after the moment judged; "" otherwise.
func (t *Target) spreading() string {
	now := t.serverNow()
	if t.Policy.Changed.IsZero() || now.IsZero() {
		return ""
	}
	switch since := now.Sub(t.Policy.Changed); {
	case since < -time.Minute:
		return "the policy was changed after this moment"
	case since < spreadTime:
		return "the policy changed " + span(max(since, 0)) + " ago and may not have spread yet"
	}
	return ""
}

// serverNow is the moment by the server's clock where that is known; zero where no moment is given.
func (t *Target) serverNow() time.Time {
	if !t.Clock.Known || t.Now.IsZero() {
		return t.Now
	}
	return t.Now.Add(-t.Clock.Skew)
}
