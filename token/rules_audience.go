package token

import (
	"fmt"
	"slices"
	"strings"
)

// audienceRules are gate 9.
func audienceRules() []Rule {
	return []Rule{
		{ID: "clm.aud", Name: "audience", Gate: GateAudience, Stops: 401, needs: needClaims | needService | needJudge, Test: claimAudience, Confidence: Documented, Source: pageAudiences,
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
	r := compareAudience(t, &target)
	if t.google() || r.Status == Pass {
		return r
	}
	// The issuer is refused before the audience counts: to name one that would do says that it was the trouble.
	r.Want, r.Difference, r.Fix = "", nil, "nothing to change here: the issuer is refused whatever the audience"
	if r.Status != Fail {
		return r
	}
	if aud, ok := t.claims.str("aud"); ok {
		r.Got = orElse(aud, "empty") + ": not an audience of " + target.name()
	}
	r.Got += ", but the issuer is refused before that counts"
	return r
}

// compareAudience judges aud as Cloud Run compares it.
func compareAudience(t *Token, target *Target) Result {
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
	if aud, ok := t.claims.str("aud"); ok && aud == gcloudClient && t.google() {
		return t.gcloudAudience(target)
	} else if ok {
		return judgeAudience(t, target, aud)
	}
	list, ok := t.claims.list("aud")
	switch {
	case ok && len(list) > 0:
		return judgeAudiences(t, target, list)
	case t.claims.has("aud"):
		return Result{Status: Fail, Got: "aud is no string", Want: target.wanted(), Fix: target.ask(target.wanted()), Confidence: Observed}
	}
	return Result{Status: Fail, Got: "no aud claim", Want: target.wanted(), Fix: target.ask(target.wanted()), Confidence: Observed}
}

// gcloudAudience judges gcloud's own client id in the token of somebody who is no gcloud user, as gcloud prints it for a service account where no
// audience is asked for. That it is not compared is documented for users only.
func (t *Token) gcloudAudience(target *Target) Result {
	if a, ok := accepts(target.Audiences, gcloudClient); ok {
		return pass(gcloudClient + " " + a.source())
	}
	return Result{Status: Unknown, Got: "gcloud's own client, while the token is no gcloud user's: whether it is compared is not documented", Want: target.wanted(),
		Fix: "ask gcloud auth print-identity-token for an audience: --audiences=" + orElse(target.wanted(), "SERVICE_URL"), Confidence: Inferred}
}

// judgeAudience judges the one string that Google mints.
func judgeAudience(t *Token, target *Target, aud string) Result {
	if a, ok := accepts(target.Audiences, aud); ok {
		return pass(aud + " " + a.source())
	}
	parts := apart(aud)
	for _, a := range target.Audiences {
		if a.tolerates(parts) {
			return Result{Status: Warn, Doubt: true, Got: aud + ": the path is very likely tolerated, but that is not documented", Want: a.Value,
				Difference: differ(aud, a.Value), Fix: target.mint(a.Value), Confidence: Observed}
		}
	}
	r := Result{Status: Fail, Got: orElse(aud, "empty"), Want: target.wanted()}
	if miss, want := nearest(target, aud, parts); miss != "" {
		r.Got += ": " + miss
		if want != "" {
			r.Want, r.Difference = want, differ(aud, want)
		}
	}
	r.Fix = target.mint(r.Want)
	if aud == "" {
		r.Fix = target.ask(r.Want)
	}
	if t.kind == GoogleIDUser {
		r.Fix = "use gcloud auth print-identity-token, or a service account's token: a user's own is for its OAuth client only"
	}
	switch {
	case !target.AudiencesKnown:
		r.Status, r.Fix = Unknown, "gcloud run services describe shows them"
		r.Got += "; not all audiences of " + target.name() + " are known"
	case t.kind == GoogleIDUser, target.ownName(parts):
		// Of other clients' ID tokens no page tells, nor how closely the service's own URL is compared.
		r.Confidence = Observed
	}
	return r
}

// ownName says whether an audience names the service's own run.app host over https, however it is written.
func (t *Target) ownName(parts address) bool {
	for _, a := range t.Audiences {
		own := apart(a.Value)
		if a.Source == "url" && own.runApp() && strings.EqualFold(own.host, parts.host) && strings.EqualFold(own.scheme, parts.scheme) {
			return true
		}
	}
	return false
}

// nearest says how an audience misses, and which accepted one it misses; "" for the latter where it misses none in particular.
func nearest(target *Target, aud string, parts address) (miss, want string) {
	if of := elsewhere(target.Elsewhere, aud, parts); of != "" {
		return of, ""
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

// elsewhere says which services would accept an audience as it is, or where none does as a path below their own URL; "" for none. A project has
// thousands of audiences, so that only those with which this one begins are taken apart.
func elsewhere(list []Audience, aud string, parts address) string {
	var whole, below []string
	for i := range list {
		a := &list[i]
		switch {
		case !strings.HasPrefix(aud, a.Value):
		case len(aud) == len(a.Value):
			whole = append(whole, a.service())
		case a.tolerates(parts):
			below = append(below, a.service())
		}
	}
	switch {
	case whole != nil:
		return "that is an audience of " + firstOf(whole)
	case below != nil:
		return "but for its path that is an audience of " + firstOf(below)
	}
	return ""
}

// service names the service whose audience it is, with its region where that is known.
func (a *Audience) service() string {
	if a.Region == "" {
		return a.Of
	}
	return a.Of + " (" + a.Region + ")"
}

// firstOf lists the first three of names, each once, and how many more there are.
func firstOf(names []string) string {
	const most = 3
	slices.Sort(names)
	names = slices.Compact(names)
	switch n := len(names); {
	case n == 1:
		return names[0]
	case n <= most:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	default:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), n-most)
	}
}

// judgeAudiences judges a list, which RFC 7519 allows and Google never mints.
func judgeAudiences(t *Token, target *Target, list []string) Result {
	got := fmt.Sprintf("a list of %d: %s", len(list), strings.Join(list, ", "))
	tolerated := false
	for _, aud := range list {
		switch r := judgeAudience(t, target, aud); r.Status {
		case Pass, Warn:
			return Result{Status: Warn, Doubt: true, Got: got + "; what Cloud Run makes of a list is not documented", Want: "one string", Fix: target.ask(target.wanted()), Confidence: Inferred}
		case Unknown:
			tolerated = true
		}
	}
	if tolerated {
		return Result{Status: Unknown, Got: got + "; not all audiences of " + target.name() + " are known", Fix: "gcloud run services describe shows them"}
	}
	return Result{Status: Fail, Got: got, Want: target.wanted(), Fix: target.ask(target.wanted()), Confidence: Observed}
}

// ask is the next step where the token has no audience that a service could take in, and this one is the one to ask for.
func (t *Target) ask(want string) string {
	return "ask for a token with the audience " + orElse(want, "the service's URL")
}

// mint is the same where it has one, which the service may be set up to accept.
func (t *Target) mint(want string) string {
	return t.ask(want) + ", or add this one to the custom audiences of " + t.name()
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
