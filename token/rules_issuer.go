package token

import "strings"

// kindRules say what the credential is, and whether Cloud Run's own check takes that kind at all.
func kindRules() []Rule {
	return []Rule{
		{ID: "kind.recognised", Name: "kind", Gate: GateVerify, needs: needToken, Test: kindRecognised, Confidence: Documented, Source: pageTokens,
			Why: "What a credential claims to be decides which rules apply; it is a claim until the signature is verified."},
	}
}

// issuerRules come before the signature: a token of another issuer is refused, however well it is signed.
func issuerRules() []Rule {
	return []Rule{
		{ID: "clm.iss", Name: "issuer", Gate: GateVerify, Stops: 401, needs: needClaims | needJudge, Test: claimIssuer, Confidence: Documented, Source: pageInvoke,
			Why:  "Cloud Run's own check takes tokens issued by https://accounts.google.com and nobody else.",
			Says: "Cloud Run does not accept this issuer; it takes Google-signed ID tokens only"},
		{ID: "kind.accepted", Name: "accepted", Gate: GateVerify, Stops: 401, needs: needToken | needJudge, Test: kindAccepted, Confidence: Documented, Source: pageInvoke,
			Why:  "A private Cloud Run service takes Google-signed ID tokens, and no other kind of credential.",
			Says: "this kind of credential is not accepted; Cloud Run takes Google-signed ID tokens only"},
	}
}

// scopeRules are about claims that only the app will look at.
func scopeRules() []Rule {
	return []Rule{
		{ID: "clm.scope", Name: "scope", Gate: GateApp, needs: needClaims, Test: claimScope, Confidence: Observed, Source: pageTokens,
			Why: "Scopes belong to access tokens; Cloud Run does not look at them."},
	}
}

const onlyGoogle = "Cloud Run accepts Google-signed ID tokens only"

// google says whether the token claims to be issued by Google's own OpenID provider: its kind is read from exactly that.
func (t *Token) google() bool { return t.kind.Google() }

func kindRecognised(t *Token, _ Target) Result {
	switch t.kind {
	case Unrecognised:
		return Result{Status: Warn, Got: "nothing that is known here", Fix: "make sure that the whole token was pasted"}
	case JWT:
		return Result{Status: Warn, Got: "a JWT of an issuer that is not known here", Fix: "see which issuer it names"}
	}
	return pass(t.kind.Title())
}

func kindAccepted(t *Token, target Target) Result {
	if target.toApp(t.kind) {
		return t.appAccepts(&target)
	}
	if len(t.raw) > longestToken {
		return Result{Status: Unknown, Got: "not read: longer than 64 KiB, which no Google ID token is known to be", Want: onlyGoogle, Fix: "check that it is a token", Confidence: Inferred}
	}
	if t.google() {
		if t.kind == GoogleIDUserGcloud {
			return pass(t.kind.Title() + ": meant for development")
		}
		return pass(t.kind.Title())
	}
	return Result{Status: Fail, Got: t.kind.Title(), Want: onlyGoogle, Fix: t.kind.instead(), Confidence: t.kind.refusal()}
}

func claimIssuer(t *Token, target Target) Result {
	if target.toApp(t.kind) {
		return t.appIssuer(&target)
	}
	if t.google() {
		iss, _ := t.claims.str("iss")
		return pass(iss)
	}
	r := Result{Status: Fail, Want: onlyGoogle, Fix: t.kind.instead(), Confidence: t.kind.refusal()}
	switch iss, ok := t.claims.str("iss"); {
	case ok:
		r.Got = iss
		if strings.EqualFold(strings.TrimRight(iss, "/"), "https://accounts.google.com") {
			r.Got += ": not exactly Google's https://accounts.google.com"
		}
	case t.claims.has("iss"):
		r.Got = "iss is no string"
	default:
		r.Got = "no iss claim"
	}
	return r
}

// refusal is how sure it is that Cloud Run refuses the kind.
func (k Kind) refusal() Confidence {
	switch k {
	case GoogleAccess, FirebaseID, FirebaseEmulator, GitHubActions, Kubernetes, AzureAD, Okta, Auth0, Cognito, Apple, Keycloak, JWT:
		return Documented
	}
	return Observed
}

// instead is what to do with a credential that Cloud Run's own check does not take.
func (k Kind) instead() string {
	switch k {
	case FirebaseID, FirebaseSession:
		return "make the service public and verify the token in the app, or put a gateway in front; see the ways"
	case FirebaseEmulator:
		return "send it to an app in emulator mode only; nothing in the cloud takes an unsigned token"
	case FirebaseCustom:
		return "exchange it with signInWithCustomToken; what comes out is a Firebase ID token, for the app and not for Cloud Run"
	case FirebaseRefresh:
		return "exchange it at Firebase's token endpoint; what comes out is a Firebase ID token, for the app and not for Cloud Run"
	case FirebaseAppCheck:
		return "send it in X-Firebase-AppCheck, for the app to verify"
	case GoogleAccess:
		return "send an ID token: gcloud auth print-identity-token, not print-access-token"
	case SelfSigned:
		return "exchange it for a Google ID token: the same JWT with target_audience, sent to https://oauth2.googleapis.com/token"
	case IAPAssertion:
		return "leave it to the app to verify; IAP's own service agent calls the service"
	case GitHubActions, Kubernetes, AzureAD, Okta, Auth0, Cognito, Apple, Keycloak, JWT:
		return "exchange it: workload identity federation, then an ID token of a service account by generateIdToken"
	case GoogleAPIKey:
		return "send an ID token; an API key names a project, not a caller"
	}
	return "send a Google ID token for the service"
}

func claimScope(t *Token, _ Target) Result {
	for _, name := range [...]string{"scope", "scp"} {
		if t.claims.has(name) {
			return Result{Status: Warn, Got: "has the claim " + name + ", as access tokens have", Fix: "make sure that it is the ID token"}
		}
	}
	return pass("none")
}
