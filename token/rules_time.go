package token

import (
	"fmt"
	"strings"
	"time"
)

// tolerance is what most verifiers allow two clocks to differ by. Cloud Run's own is not published: within it nothing is certain.
const tolerance = 5 * time.Minute

// timeRules judge by the server's clock where it is known.
func timeRules() []Rule {
	return []Rule{
		{ID: "clm.exp", Name: "expiry", Gate: GateVerify, Stops: 401, needs: needClaims, Test: claimExpiry, Confidence: Observed, Source: pageTrouble,
			Why:  "An expired token is refused; how much the clocks may differ is not published.",
			Says: "the token has expired"},
		{ID: "clm.iat", Name: "issued at", Gate: GateVerify, Stops: 401, needs: needClaims, Test: claimIssuedAt, Confidence: Inferred, Source: pageJWT,
			Why:  "A token was issued in the past.",
			Says: "the token was issued in the future"},
		{ID: "clm.nbf", Name: "not before", Gate: GateVerify, Stops: 401, needs: needClaims, Test: claimNotBefore, Confidence: Observed, Source: pageJWT,
			Why:  "A token with nbf is not accepted before that moment.",
			Says: "the token is not valid yet"},
		{ID: "clm.lifetime", Name: "lifetime", Gate: GateVerify, needs: needClaims, Test: claimLifetime, Confidence: Observed, Source: pageInvoke,
			Why: "Google's and Firebase's ID tokens live for an hour, session cookies for up to 14 days, IAP's assertions for 10 minutes."},
		{ID: "clm.auth_time", Name: "signed in", Gate: GateVerify, needs: needClaims, Test: claimAuthTime, Confidence: Documented, Source: pageFirebase,
			Why: "The moment of signing in lies in the past."},
	}
}

// moment reads a time claim. A result that is not Pass says what is wrong with it.
func (t *Token) moment(name string) (time.Time, Result) {
	if !t.claims.has(name) {
		return time.Time{}, Result{Status: Skip, Got: "no " + name + " claim"}
	}
	if n, ok := t.claims.num(name); ok {
		return instant(n), Result{Status: Pass}
	}
	value := string(t.claims.values[name])
	if value != "" && strings.IndexByte("-0123456789", value[0]) >= 0 {
		return time.Time{}, Result{Status: Warn, Doubt: true, Got: name + " is no whole number", Want: "whole seconds", Confidence: Inferred,
			Fix: "find out who made this token: Google writes whole seconds"}
	}
	return time.Time{}, Result{Status: Fail, Got: name + " is no number", Want: "whole seconds since 1970", Fix: "send a token that Google signed"}
}

// instant is a moment given in seconds since 1970, held within the years 1 to 9999: time.Time wraps far beyond them, so that what ends after all
// time would have ended long ago.
func instant(seconds int64) time.Time {
	const first, last = -62135596800, 253402300799
	return time.Unix(min(max(seconds, first), last), 0)
}

// expired says whether exp has passed by so much that no tolerance helps.
func (t *Token) expired(target *Target) bool {
	exp, ok := t.claims.num("exp")
	now := target.serverNow()
	return ok && !now.IsZero() && now.Sub(instant(exp)) > tolerance
}

func noMoment(name string) Result {
	return Result{Status: Unknown, Got: "there is no moment to judge " + name + " at", Fix: "give the moment"}
}

func claimExpiry(t *Token, target Target) Result {
	const again = "get a new token; ID tokens live for an hour, so fetch one for each call or refresh it"
	exp, r := t.moment("exp")
	now := target.serverNow()
	switch {
	case r.Status == Skip && needSigner.unasked(t, &target):
		return r
	case r.Status == Skip:
		return Result{Status: Fail, Got: r.Got, Want: "a moment in the future", Fix: "send a token that Google signed", Says: "the token has no expiry"}
	case r.Status != Pass:
		r.Says = "the token has no expiry that can be read"
		return r
	case now.IsZero():
		return noMoment("exp")
	}
	switch left := exp.Sub(now); {
	case left < -tolerance:
		r = Result{Status: Fail, Got: "expired " + span(left) + " ago", Want: "a moment in the future", Fix: again}
	case left <= 0:
		r = Result{Status: Warn, Doubt: true, Got: "expired " + span(left) + " ago; how much the clocks may differ is not published", Want: "a moment in the future", Fix: again}
	case left <= tolerance:
		r = Result{Status: Warn, Got: "in " + span(left), Fix: "get a new token soon"}
	default:
		r = pass("in " + span(left))
	}
	if !target.Clock.Known && !target.Clock.Given {
		r.Assumes = "the local clock is right"
	}
	return r
}

func claimIssuedAt(t *Token, target Target) Result {
	iat, r := t.moment("iat")
	now := target.serverNow()
	switch {
	case r.Status == Skip:
		return Result{Status: Warn, Got: r.Got, Want: "the moment of issue", Fix: "find out who made this token: Google writes it"}
	case r.Status == Fail:
		r.Status, r.Doubt = Warn, true
		return r
	case r.Status != Pass:
		return r
	case now.IsZero():
		return Result{Status: Unknown, Stops: 401, Got: "there is no moment to judge iat at", Fix: "give the moment"}
	}
	ahead := iat.Sub(now)
	if ahead <= 0 {
		return pass(span(ahead) + " ago")
	}
	fix := "is a clock wrong? compare the local one with a server's"
	if target.Clock.Known {
		fix = "set the clock of whoever made the token"
	}
	if ahead > tolerance && target.toApp(t.kind) {
		return Result{Status: Fail, Got: span(ahead) + " in the future, which the app's verifier refuses", Want: "a moment in the past", Fix: fix, Confidence: Documented}
	}
	return Result{Status: Warn, Doubt: ahead > tolerance, Got: span(ahead) + " in the future", Want: "a moment in the past", Fix: fix}
}

func claimNotBefore(t *Token, target Target) Result {
	nbf, r := t.moment("nbf")
	now := target.serverNow()
	switch {
	case r.Status != Pass:
		return r
	case now.IsZero():
		return noMoment("nbf")
	}
	ahead := nbf.Sub(now)
	got := "valid in " + span(ahead)
	switch {
	case ahead <= 0:
		return pass("valid for " + span(ahead) + " now")
	case ahead <= tolerance:
		return Result{Status: Warn, Doubt: true, Got: got + "; how much the clocks may differ is not published", Want: "a moment in the past", Fix: "wait, and look at the clocks"}
	}
	return Result{Status: Fail, Got: got, Want: "a moment in the past", Fix: "wait, or send another token"}
}

// longest is how long a token of the kind lives at most, and shortest at least.
func (k Kind) longest() time.Duration {
	switch k {
	case FirebaseSession:
		return 14 * 24 * time.Hour
	case IAPAssertion:
		return 10 * time.Minute
	}
	return time.Hour
}

func claimLifetime(t *Token, _ Target) Result {
	// Google dates iat back by up to a few seconds and IAP by more, so that a little over is nothing to show.
	const slack = time.Minute
	exp, e := t.moment("exp")
	iat, i := t.moment("iat")
	if e.Status != Pass || i.Status != Pass {
		return skip("exp or iat is missing")
	}
	life, most := exp.Sub(iat), t.kind.longest()
	switch {
	case life <= 0:
		return Result{Status: Warn, Got: "it ends before it was issued", Want: "at most " + span(most), Fix: "find out who made this token"}
	case life > longestSpan:
		return Result{Status: Warn, Got: span(life) + ", as where exp is in milliseconds", Want: "at most " + span(most), Fix: "find out who made this token: exp and iat are whole seconds"}
	case life > most+slack:
		return Result{Status: Warn, Got: span(life), Want: "at most " + span(most), Fix: "find out who made this token: those of this kind live for less"}
	}
	return pass(span(life))
}

func claimAuthTime(t *Token, target Target) Result {
	at, r := t.moment("auth_time")
	now := target.serverNow()
	switch {
	case r.Status == Fail:
		r.Status = Warn
		return r
	case r.Status != Pass:
		return r
	case now.IsZero():
		return noMoment("auth_time")
	}
	if ahead := at.Sub(now); ahead > tolerance {
		r = Result{Status: Warn, Got: fmt.Sprintf("%s in the future", span(ahead)), Want: "a moment in the past", Fix: "compare the clocks"}
		if target.toApp(t.kind) {
			r.Status = Fail
		}
		return r
	}
	return pass(span(at.Sub(now)) + " ago")
}
