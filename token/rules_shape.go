package token

// shapeRules report what the strict reader found. A token that Google signed has none of it.
func shapeRules() []Rule {
	const says = "the token is not well-formed"
	return []Rule{
		{ID: "jws.segments", Name: "segments", Gate: GateVerify, Stops: 401, needs: needJWS, Confidence: Observed, Source: pageJWS, Says: says,
			Test: malformed("jws.segments", "header, claims and signature"),
			Why:  "A signed token has three segments, joined by dots."},
		{ID: "jws.b64", Name: "base64url", Gate: GateVerify, Stops: 401, needs: needJWS, Confidence: Observed, Source: pageJWS, Says: says,
			Test: malformed("jws.b64", "canonical"),
			Why:  "Each segment is base64url without padding, in its one canonical form."},
		{ID: "jws.json", Name: "JSON", Gate: GateVerify, Stops: 401, needs: needJWS, Confidence: Observed, Source: pageJWT, Says: says,
			Test: malformed("jws.json", "header and claims are one object each"),
			Why:  "Header and claims are each one JSON object in UTF-8 with nothing after it."},
		{ID: "jws.dup_keys", Name: "names once", Gate: GateVerify, Stops: 401, needs: needJWS, Confidence: Observed, Source: pageJWS, Says: says,
			Test: irregular("jws.dup_keys", "each name once"),
			Why:  "A name that stands twice is read differently by different readers."},
		{ID: "jws.case", Name: "name case", Gate: GateVerify, Stops: 401, needs: needJWS, Confidence: Observed, Source: pageJWT, Says: says,
			Test: irregular("jws.case", "in exact case"),
			Why:  "Names are compared in exact case: Aud is not aud."},
		{ID: "jws.depth", Name: "nesting", Gate: GateVerify, Stops: 401, needs: needJWS, Confidence: Observed, Source: pageJWTPractice, Says: says,
			Test: irregular("jws.depth", "within bounds"),
			Why:  "Claims are at most 32 levels deep and have at most 4096 members."},
	}
}

// malformed is the test of a rule whose breach no reader of tokens can accept.
func malformed(id, clean string) func(*Token, Target) Result {
	return func(t *Token, _ Target) Result {
		if d, more := t.defect(id); d.rule != "" {
			return Result{Status: Fail, Got: d.got + more, Want: d.want, Fix: "take the token from its source again, unchanged"}
		}
		return pass(clean)
	}
}

// irregular is the test of a rule that a looser reader may let pass. It is a fail all the same: only what Google signed gets in, and
// Google signs nothing like it.
func irregular(id, clean string) func(*Token, Target) Result {
	return func(t *Token, _ Target) Result {
		if d, more := t.defect(id); d.rule != "" {
			return Result{Status: Fail, Got: d.got + more, Want: d.want, Fix: "find out who made this token: Google makes none like it"}
		}
		return pass(clean)
	}
}
