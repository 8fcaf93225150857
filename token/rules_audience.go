package token

import (
	"fmt"
	"strings"
)

// audienceRules are gate 9.
func audienceRules() []Rule {
	return []Rule{
		{ID: "clm.aud", Name: "audience", Gate: GateAudience, Stops: 401, needs: needClaims | needService, Test: claimAudience, Confidence: Documented, Source: pageAudiences,
			Why:  "The audience is exactly one of the service's URLs or custom audiences; that of a gcloud user's token is not compared.",
			Says: "the token's audience is not one of the service's"},
		{ID: "clm.azp", Name: "azp", Gate: GateAudience, needs: needClaims, Test: claimAuthorizedParty, Confidence: Observed, Source: pageOpenID,
			Why: "The authorised party is the client that asked for the token; Cloud Run compares aud, not azp."},
		{ID: "svc.audience", Name: "accepts", Gate: GateAudience, needs: needService, Test: acceptedAudiences, Confidence: Documented, Source: pageAudiences,
			Why: "A service accepts its run.app URLs, a function's URL and its custom audiences."},
	}
}

func claimAudience(t *Token, target Target) Result {
	if target.toApp(t.kind) {
		return t.appAudience(&target)
	}
	switch t.kind {
	case GoogleIDUserGcloud:
		return pass("gcloud's own client: not compared; for development")
	case GoogleIDUserADC:
		if a, ok := accepts(target.Audiences, adcClient); ok {
			return pass(adcClient + " " + a.source())
		}
		return Result{Status: Unknown, Got: "the client of application-default login: reports disagree on whether it is compared", Want: target.wanted(),
			Fix: "use gcloud auth print-identity-token, or a service account's token", Confidence: Inferred}
	}
	if aud, ok := t.claims.str("aud"); ok {
		return judgeAudience(t, &target, aud)
	}
	list, ok := t.claims.list("aud")
	switch {
	case ok && len(list) > 0:
		return judgeAudiences(t, &target, list)
	case t.claims.has("aud"):
		return Result{Status: Fail, Got: "aud is no string", Want: target.wanted(), Fix: mint(t, &target), Confidence: Observed}
	}
	return Result{Status: Fail, Got: "no aud claim", Want: target.wanted(), Fix: mint(t, &target), Confidence: Observed}
}

// judgeAudience judges the one string that Google mints.
func judgeAudience(t *Token, target *Target, aud string) Result {
	if a, ok := accepts(target.Audiences, aud); ok {
		return pass(aud + " " + a.source())
	}
	parts := apart(aud)
	for _, a := range target.Audiences {
		if a.Source == "url" && parts.onlyPath(apart(a.Value)) {
			return Result{Status: Warn, Doubt: true, Got: aud + ": the path is very likely tolerated, but that is not documented", Want: a.Value,
				Fix: mint(t, target), Confidence: Observed}
		}
	}
	if !target.AudiencesKnown {
		return Result{Status: Unknown, Got: aud + "; not all audiences of " + target.name() + " are known", Fix: "gcloud run services describe shows them"}
	}
	r := Result{Status: Fail, Got: aud, Want: target.wanted(), Fix: mint(t, target)}
	if t.kind == GoogleIDUser {
		r.Confidence = Observed // of other clients' ID tokens no page tells
	}
	if miss, want := nearest(target, aud, parts); miss != "" {
		r.Got += ": " + miss
		if want != "" {
			r.Want = want
		}
	}
	return r
}

// nearest says how an audience misses, and which accepted one it misses; "" for the latter where it misses none in particular.
func nearest(target *Target, aud string, parts address) (miss, want string) {
	if of, ok := elsewhere(target.Elsewhere, aud, parts); ok {
		return "that is an audience of " + of, ""
	}
	for _, a := range target.Audiences {
		if miss := near(aud, a); miss != "" {
			return miss, a.Value
		}
		if a.Source == "custom" && target.ProjectNumber != "" && (aud == target.ProjectNumber && a.Value == target.Project || aud == target.Project && a.Value == target.ProjectNumber) {
			return "project number and project id are two things", a.Value
		}
	}
	switch {
	case strings.HasSuffix(aud, ".apps.googleusercontent.com"):
		return "an OAuth client id in place of the service's URL", ""
	case strings.HasPrefix(aud, "/projects/"):
		return "an audience of IAP", ""
	case parts.scheme == "":
		return "", ""
	}
	if !parts.runApp() && !foldedSuffix(parts.host, ".cloudfunctions.net") {
		return "the name of a custom domain or load balancer counts only as a custom audience", ""
	}
	return "", ""
}

// elsewhere finds the service that would accept an audience: as it is, or as a path below its own URL. A project has thousands of audiences, so
// that only those with which this one begins are taken apart.
func elsewhere(list []Audience, aud string, parts address) (of string, found bool) {
	for i := range list {
		a := &list[i]
		if !strings.HasPrefix(aud, a.Value) {
			continue
		}
		if len(aud) == len(a.Value) {
			return a.Of, true
		}
		if !found && a.Source == "url" && parts.onlyPath(apart(a.Value)) {
			of, found = a.Of, true
		}
	}
	return of, found
}

// judgeAudiences judges a list, which RFC 7519 allows and Google never mints.
func judgeAudiences(t *Token, target *Target, list []string) Result {
	got := fmt.Sprintf("a list of %d: %s", len(list), strings.Join(list, ", "))
	tolerated := false
	for _, aud := range list {
		switch r := judgeAudience(t, target, aud); r.Status {
		case Pass, Warn:
			return Result{Status: Warn, Doubt: true, Got: got + "; what Cloud Run makes of a list is not documented", Want: "one string", Fix: mint(t, target), Confidence: Inferred}
		case Unknown:
			tolerated = true
		}
	}
	if tolerated {
		return Result{Status: Unknown, Got: got + "; not all audiences of " + target.name() + " are known", Fix: "gcloud run services describe shows them"}
	}
	return Result{Status: Fail, Got: got, Want: target.wanted(), Fix: mint(t, target), Confidence: Observed}
}

// mint is the next step where the audience is wrong.
func mint(t *Token, target *Target) string {
	if !t.google() {
		return "nothing to change here: the issuer is refused whatever the audience"
	}
	want := target.wanted()
	if want == "" {
		want = "the service's URL"
	}
	return "ask for a token with the audience " + want + ", or add this one to the custom audiences of " + target.name()
}

func claimAuthorizedParty(t *Token, _ Target) Result {
	azp, ok := t.claims.str("azp")
	aud, _ := t.claims.str("aud")
	switch {
	case !t.claims.has("azp"):
		return skip("none")
	case !ok:
		return Result{Status: Warn, Got: "azp is no string", Fix: "find out who made this token"}
	case t.google() && aud == gcloudClient && azp != aud:
		return Result{Status: Warn, Got: azp + ": not gcloud's own, as the audience is", Fix: "find out who asked for this token"}
	}
	return pass(azp)
}
