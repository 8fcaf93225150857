package token

// firebaseRules are what the app's own verifier will look at. Cloud Run's check never gets that far.
func firebaseRules() []Rule {
	return []Rule{
		{ID: "fb.project", Name: "project", Gate: GateApp, needs: needClaims, Test: firebaseProject, Confidence: Documented, Source: pageFirebase,
			Why: "Issuer and audience of a Firebase token name the same project, the one that the app is set up for."},
		{ID: "fb.tenant", Name: "tenant", Gate: GateApp, needs: needClaims, Test: firebaseTenant, Confidence: Documented, Source: "https://cloud.google.com/identity-platform/docs/multi-tenancy-authentication",
			Why: "A token of an Identity Platform tenant is verified as that tenant's."},
		{ID: "fb.provider", Name: "provider", Gate: GateApp, needs: needClaims, Test: firebaseProvider, Confidence: Documented, Source: pageFirebase,
			Why: "The sign-in provider tells how the user signed in; anonymous users are nobody in particular."},
		{ID: "fb.revoked", Name: "revoked", Gate: GateApp, needs: needClaims, Test: firebaseRevoked, Confidence: Documented, Source: pageRevoked,
			Why: "Whether a user is disabled or the session was revoked stands in the user's record, not in the token."},
	}
}

func firebaseProject(t *Token, target Target) Result {
	if !t.kind.Firebase() {
		return skip("not a Firebase token")
	}
	named := t.issuedBy()
	aud, ok := t.claims.str("aud")
	switch {
	case !ok || aud != named:
		return Result{Status: Fail, Got: "the issuer names " + named + ", the audience " + aud, Want: "one project in both", Fix: "find out who made this token"}
	case target.App.Firebase || target.Project != "":
		return target.appTakes(named, named, "")
	}
	return pass(named)
}

func firebaseTenant(t *Token, target Target) Result {
	if !t.kind.Firebase() {
		return skip("not a Firebase token")
	}
	claims, _ := t.claims.object("firebase")
	tenant, ok := claims.str("tenant")
	want := target.App.Tenant
	switch {
	case target.App.Firebase && want != "" && tenant == want:
		return pass(tenant + ", as the app expects")
	case target.App.Firebase && want != "":
		return Result{Status: Fail, Got: orNone(tenant), Want: want, Fix: "sign in to the tenant " + want}
	case !ok:
		return pass("none")
	}
	return Result{Status: Warn, Got: tenant, Fix: "make sure that the app verifies it for this tenant"}
}

func firebaseProvider(t *Token, _ Target) Result {
	if !t.kind.Firebase() {
		return skip("not a Firebase token")
	}
	claims, _ := t.claims.object("firebase")
	provider, ok := claims.str("sign_in_provider")
	switch {
	case !ok:
		return Result{Status: Warn, Got: "none named", Want: "firebase.sign_in_provider", Fix: "find out who made this token"}
	case provider == "anonymous":
		return Result{Status: Warn, Got: "anonymous", Fix: "the app has to decide whether anonymous users may come in"}
	}
	return pass(provider)
}

func firebaseRevoked(t *Token, _ Target) Result {
	if !t.kind.Firebase() {
		return skip("not a Firebase token")
	}
	return Result{Status: Unknown, Got: "the token does not tell", Fix: "verify it in the app with the check for revocation"}
}
