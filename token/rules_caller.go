package token

import "strings"

// callerRules are gate 10: whether IAM lets the principal in. They have something to say of Google's tokens only.
func callerRules() []Rule {
	const needs = needToken | needService | needClaims | needGoogle | needCheck
	return []Rule{
		{ID: "iam.principal", Name: "principal", Gate: GatePermission, needs: needs, Test: iamPrincipal, Confidence: Documented, Source: pageMembers,
			Why: "IAM knows a Google ID token by the account whose email it carries."},
		{ID: "iam.binding", Name: "caller", Gate: GatePermission, Stops: 403, needs: needs, Test: iamBinding, Confidence: Documented, Source: pageAccess,
			Why:  "The caller needs run.routes.invoke on the service, as roles/run.invoker holds it.",
			Says: "the caller is known, but nothing lets it invoke the service"},
		{ID: "iam.condition", Name: "condition", Gate: GatePermission, Stops: 403, needs: needs, Test: iamCondition, Confidence: Documented, Source: pageConditions,
			Why:  "A binding with a condition lets in only while the condition is true.",
			Says: "the binding that names the caller has a condition that is not true now"},
		{ID: "iam.inherited", Name: "inherited", Gate: GatePermission, Stops: 403, needs: needs, Test: iamInherited, Confidence: Documented, Source: pageInherited,
			Why:  "A service inherits the bindings of its project, folders and organisation, which its own policy does not show.",
			Says: "nothing above the service lets the caller in"},
		{ID: "iam.deny", Name: "deny", Gate: GatePermission, Stops: 403, needs: needs, Test: iamDeny, Confidence: Observed, Source: pageDeny,
			Why:  "A deny policy can take run.routes.invoke away from whoever holds it.",
			Says: "a deny policy takes the permission to invoke from the caller"},
	}
}

func iamPrincipal(t *Token, _ Target) Result {
	p := t.principal()
	if p.email == "" {
		return Result{Status: Warn, Got: p.String() + ", known by its number only", Want: "an email claim",
			Fix: "ask for the token with its email (includeEmail: true)"}
	}
	return pass(p.String())
}

func iamBinding(t *Token, target Target) Result {
	p := t.principal()
	a := target.access(p)
	young := target.young(a)
	switch {
	case len(a.named) > 0:
		g := a.best()
		got := g.Member + " holds " + g.Role
		if g.Level != "" {
			got += " (" + g.Level + ")"
		}
		if g.Holds == No { // no waiting helps
			return Result{Status: Warn, Got: got + ", under a condition that is not true now", Fix: "change the condition of the binding of " + g.Role}
		}
		if young != "" {
			return Result{Status: Warn, Doubt: true, Got: got + "; " + young,
				Fix: "wait: a change takes 2 minutes, at times 7 and more", Says: "the grant may not have spread yet"}
		}
		r := pass(got)
		switch {
		case p.email == "": // nothing is known of what Cloud Run makes of such a token
			r.Confidence = Inferred
		case strings.HasPrefix(g.Member, "domain:"):
			r.Confidence = Observed
		}
		return r
	case !target.Policy.Known:
		return Result{Status: Unknown, Got: "the service's policy could not be read", Fix: "roles/run.viewer shows it", Want: "run.routes.invoke for " + p.String()}
	case len(a.maybe) > 0:
		return Result{Status: Unknown, Got: also(p.nearly(a, ""), a.maybe[0].Why), Want: "run.routes.invoke for " + p.String(),
			Fix: "look it up; or " + target.invitation(p)}
	case !a.complete:
		return Result{Status: Unknown, Got: p.nearly(a, "no binding of the service lets "+p.String()+" in"), Want: "run.routes.invoke for " + p.String(),
			Fix: target.invitation(p) + "; or see what is inherited, with roles/browser and roles/iam.securityReviewer"}
	}
	r := Result{Status: Fail, Got: p.nearly(a, "no binding lets "+p.String()+" in"), Want: "roles/run.invoker", Fix: target.invitation(p)}
	if young != "" {
		r.Got += "; " + young
		r.Assumes = "the last policy change has spread"
	}
	return r
}

// invitation is the next step that lets a caller in. One that is known by its number alone cannot be named in a binding.
func (t *Target) invitation(p Principal) string {
	if p.email == "" {
		return "ask for the token with its email (includeEmail: true) and grant roles/run.invoker on " + t.name() + " to that account"
	}
	return "grant roles/run.invoker on " + t.name() + " to " + p.String()
}

// nearly says which binding nearly lets the caller in, or that none does.
func nearly(a access, none string) string {
	if len(a.near) > 0 {
		return a.near[0].Why
	}
	return none
}

// nearly is the same beside the word caller: of whom it speaks is plain there.
func (p Principal) nearly(a access, none string) string {
	return strings.TrimPrefix(nearly(a, none), p.String()+" ")
}

// also joins what nearly lets the caller in, where anything does, and what perhaps lets it in all the same.
func also(near, maybe string) string {
	if near == "" {
		return maybe
	}
	return near + "; besides: " + maybe
}

func iamCondition(t *Token, target Target) Result {
	a := target.access(t.principal())
	if len(a.named) == 0 {
		return skip("no binding names the caller")
	}
	g := a.best()
	text := g.Condition
	if g.Title != "" {
		text = g.Title + ": " + g.Condition
	}
	switch {
	case g.Condition == "":
		return skip("the binding has no condition")
	case g.Holds == Yes:
		return pass("true now: " + text)
	case g.Holds == Unsure:
		return Result{Status: Unknown, Got: "cannot evaluate: " + text, Fix: "Policy Troubleshooter evaluates it"}
	}
	change := "change the condition of the binding of " + g.Role
	if a.allowed() == Unsure {
		return Result{Status: Unknown, Got: "not true now: " + text + "; another binding may let the caller in: " + target.doubt(a), Fix: change + "; or look the other up"}
	}
	r := Result{Status: Fail, Got: "not true now: " + text, Want: "a condition that is true, or none", Fix: change}
	if target.young(a) != "" {
		r.Assumes = "the last policy change has spread"
	}
	return r
}

func iamInherited(t *Token, target Target) Result {
	a := target.access(t.principal())
	unread := strings.Join(target.Policy.Unread, ", ")
	switch {
	case a.allowed() == Yes:
		return skip("not needed: " + a.best().Member + " is let in")
	case !target.Policy.Known && unread == "":
		return Result{Status: Unknown, Got: "no policy was read", Fix: "roles/browser shows what the project hands down"}
	case unread != "":
		return Result{Status: Unknown, Got: "not read: " + unread, Brief: "not read: " + target.levelsUnread(), Fix: "roles/browser and roles/iam.securityReviewer show it"}
	}
	return pass("everything above the service was read")
}

// levelsUnread names what was not read, without what would show it.
func (t *Target) levelsUnread() string {
	levels := make([]string, len(t.Policy.Unread))
	for i, unread := range t.Policy.Unread {
		levels[i], _, _ = strings.Cut(unread, ": ")
	}
	return strings.Join(levels, ", ")
}
