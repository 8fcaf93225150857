package token

import "strings"

// claimRules are about the claims by which IAM and the app know the caller.
func claimRules() []Rule {
	return []Rule{
		{ID: "clm.sub", Name: "subject", Gate: GatePermission, needs: needClaims, Test: claimSubject, Confidence: Documented, Source: pageOpenID,
			Why: "The subject is the account's number at Google, the user's id at Firebase."},
		{ID: "clm.email", Name: "email", Gate: GatePermission, needs: needClaims, Test: claimEmail, Confidence: Inferred, Source: pageOpenID,
			Why: "IAM's bindings name accounts by email; what Cloud Run makes of a token without one is not documented."},
		{ID: "clm.email_verified", Name: "verified", Gate: GatePermission, Stops: 403, needs: needClaims, Test: claimEmailVerified, Confidence: Inferred, Source: pageOpenID,
			Why:  "An address that Google has not verified may be anybody's.",
			Says: "the email that a binding names is not verified"},
		{ID: "clm.hd", Name: "domain", Gate: GatePermission, needs: needClaims, Test: claimDomain, Confidence: Observed, Source: pageOpenID,
			Why: "The hd claim tells the Workspace domain of an account; its email alone does not."},
	}
}

func claimSubject(t *Token, _ Target) Result {
	sub, ok := t.claims.str("sub")
	switch {
	case t.google() && (!ok || !digits(sub)):
		return Result{Status: Warn, Got: orNone(sub), Want: "the account's number", Fix: "find out who made this token: Google writes digits"}
	case t.kind.Firebase() && (sub == "" || len(sub) > 128):
		return Result{Status: Fail, Got: orNone(sub), Want: "1 to 128 characters", Fix: "find out who made this token"}
	case !ok:
		return skip("none")
	}
	return pass(sub)
}

func orNone(s string) string { return orElse(s, "none") }

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func claimEmail(t *Token, target Target) Result {
	email, ok := t.claims.str("email")
	switch {
	case t.claims.has("email") && !ok:
		return Result{Status: Warn, Got: "email is no string", Fix: "find out who made this token"}
	case email == "" && t.google() && target.looks == byCloudRun:
		return Result{Status: Warn, Got: "none: a binding cannot be told from the token", Want: "an email claim", Fix: "ask for the token with its email (includeEmail: true)"}
	case email == "":
		return skip("none")
	}
	return pass(email)
}

// claimEmailVerified has its doubts only where the address is what lets the caller in, and where the token says that it is not verified. Where
// it says nothing of it, that is a thing to look at: Google's tokens always say so.
func claimEmailVerified(t *Token, target Target) Result {
	if !t.claims.has("email") {
		return skip("no email claim")
	}
	r := Result{Status: Warn, Got: "no", Want: "a verified email", Fix: "verify the address of the account"}
	switch string(t.claims.values["email_verified"]) {
	case "true", `"true"`:
		return pass("yes")
	case "":
		if !t.bindingNeedsEmail(&target) {
			return skip("not said")
		}
		r.Got, r.Fix = "not said, while a binding goes by the address", "ask for the token with its email (includeEmail: true): Google then says both"
	default:
		r.Doubt = t.bindingNeedsEmail(&target)
	}
	return r
}

// bindingNeedsEmail says whether the address is what lets the caller in: a binding names it, and none lets in every Google account.
func (t *Token) bindingNeedsEmail(target *Target) bool {
	if !t.google() || !target.Has || target.looks != byCloudRun {
		return false
	}
	needs := false
	for _, g := range target.access(t.principal()).named {
		if (g.Member == "allAuthenticatedUsers" || g.Member == "allUsers") && g.Holds == Yes {
			return false
		}
		needs = true
	}
	return needs
}

func claimDomain(t *Token, target Target) Result {
	if domain, ok := t.claims.str("hd"); ok {
		return pass(domain)
	}
	if !t.google() || !target.Has || target.looks != byCloudRun || t.principal().word != "user" {
		return skip("none")
	}
	for b := range target.Policy.all() {
		for _, member := range b.Members {
			if strings.HasPrefix(member, "domain:") && b.Invokes != No {
				return Result{Status: Warn, Got: "none, while " + member + " holds " + b.Role, Want: "an hd claim", Fix: "sign in with the Workspace account"}
			}
		}
	}
	return skip("none")
}
