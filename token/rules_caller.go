package token

import "strings"

// callerRules are gate 10: whether IAM lets the principal in. They have something to say of Google's tokens only.
func callerRules() []Rule {
	const needs = needToken | needService | needClaims | needGoogle
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
		{ID: "iam.deny", Name: "deny", Gate: GatePermission, needs: needs, Test: iamDeny, Confidence: Observed, Source: pageDeny,
			Why: "A deny policy can take run.routes.invoke away from whoever holds it."},
	}
}

func iamPrincipal(t *Token, _ Target) Result {
	p := t.principal()
	if p.email == "" {
		return Result{Status: Warn, Got: p.member() + ", known by its number only", Want: "an email claim",
			Fix: "ask for the token with its email (includeEmail: true)"}
	}
	return pass(p.member())
}

func iamBinding(t *Token, target Target) Result {
	p := t.principal()
	a := target.access(p)
	fix := "grant roles/run.invoker on " + target.name() + " to " + p.member()
	young := target.spreading()
	switch {
	case len(a.named) > 0:
		g := a.best()
		got := g.member + " holds " + g.role
		if g.level != "" {
			got += " (" + g.level + ")"
		}
		if young != "" {
			return Result{Status: Warn, Doubt: true, Got: got + "; " + young,
				Fix: "wait: a change takes 2 minutes, at times 7 and more", Says: "the grant may not have spread yet"}
		}
		r := pass(got)
		if strings.HasPrefix(g.member, "domain:") {
			r.Confidence = Observed
		}
		return r
	case !target.Policy.Known:
		return Result{Status: Unknown, Got: "the service's policy could not be read", Fix: "roles/run.viewer shows it", Want: "run.routes.invoke for " + p.member()}
	case len(a.maybe) > 0:
		return Result{Status: Unknown, Got: a.maybe[0].why, Want: "run.routes.invoke for " + p.member(),
			Fix: "look it up; or grant roles/run.invoker to " + p.member() + " itself"}
	case !a.complete:
		return Result{Status: Unknown, Got: nearly(a, "no binding of the service lets "+p.member()+" in"), Want: "run.routes.invoke for " + p.member(),
			Fix: fix + "; or see what is inherited, with roles/browser and roles/iam.securityReviewer"}
	}
	r := Result{Status: Fail, Got: nearly(a, "no binding lets "+p.member()+" in"), Want: "roles/run.invoker", Fix: fix}
	if young != "" {
		r.Got += "; " + young
		r.Assumes = "the last policy change has spread"
	}
	return r
}

// nearly says which binding nearly lets the caller in, or that none does.
func nearly(a access, none string) string {
	if len(a.near) > 0 {
		return a.near[0].why
	}
	return none
}

func iamCondition(t *Token, target Target) Result {
	a := target.access(t.principal())
	if len(a.named) == 0 {
		return skip("no binding names the caller")
	}
	g := a.best()
	text := g.condition
	if g.title != "" {
		text = g.title + ": " + g.condition
	}
	switch {
	case g.condition == "":
		return skip("the binding has no condition")
	case g.holds == Yes:
		return pass("true now: " + text)
	case g.holds == Unsure:
		return Result{Status: Unknown, Got: "cannot evaluate: " + text, Fix: "Policy Troubleshooter evaluates it"}
	case a.answer() == Unsure:
		return Result{Status: Unknown, Got: "not true now: " + text + "; another binding may let the caller in", Fix: "see what could not be read"}
	}
	return Result{Status: Fail, Got: "not true now: " + text, Want: "a condition that is true, or none", Fix: "change the condition of the binding of " + g.role}
}

func iamInherited(t *Token, target Target) Result {
	a := target.access(t.principal())
	unread := strings.Join(target.Policy.Unread, ", ")
	switch {
	case a.answer() == Yes:
		return skip("not needed: " + a.best().member + " is let in")
	case !target.Policy.Known && unread == "":
		return Result{Status: Unknown, Got: "no policy was read", Fix: "roles/browser shows what the project hands down"}
	case unread != "":
		return Result{Status: Unknown, Got: "not read: " + unread, Fix: "roles/browser and roles/iam.securityReviewer show it"}
	}
	return pass("everything above the service was read")
}

// iamDeny is never more than a note. Deny policies are not read: reading them needs a permission that hardly anybody on call holds, and
// there is hardly ever one on run.routes.invoke. Were it unknown, no caller would ever be let in with certainty; a verdict names it among
// what it assumes instead.
func iamDeny(*Token, Target) Result {
	r := skip("deny policies are not read; see gcloud iam policies list --kind=denypolicies")
	r.Assumes = "no deny policy takes run.routes.invoke from the caller"
	return r
}
