package token

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// headerRules are about the JOSE header.
func headerRules() []Rule {
	return []Rule{
		{ID: "hdr.alg", Name: "algorithm", Gate: GateVerify, Stops: 401, needs: needHeader | needSigner, Test: headerAlgorithm, Confidence: Documented, Source: pageJWTPractice,
			Why:  "The issuer fixes the algorithm, never the token: RS256 for Google and Firebase, ES256 for IAP.",
			Says: "the token is not signed by the algorithm of its issuer"},
		{ID: "hdr.typ", Name: "type", Gate: GateVerify, needs: needHeader, Test: headerType, Confidence: Observed, Source: pageJWT,
			Why: "An ID token has typ JWT, or none; another value tells another kind."},
		{ID: "hdr.crit", Name: "crit", Gate: GateVerify, Stops: 401, needs: needHeader | needSigner, Test: headerCritical, Confidence: Observed, Source: pageJWS,
			Why:  "A token with critical extensions is refused by whoever does not know them.",
			Says: "the token demands extensions that no Google token has"},
		{ID: "hdr.embedded_key", Name: "own key", Gate: GateVerify, Stops: 401, needs: needHeader | needSigner, Test: headerEmbeddedKey, Confidence: Observed, Source: pageJWTPractice,
			Why:  "A key that a token brings along, or points to, is never used: anybody could sign like that.",
			Says: "the token brings its own key, which Google's tokens never do"},
	}
}

// keyRules are about the signature and the published keys. The key id comes last: where it is missing because no keys are at hand, the signature is
// what is in doubt.
func keyRules() []Rule {
	return []Rule{
		{ID: "sig.present", Name: "signed", Gate: GateVerify, Stops: 401, needs: needJWS | needSigner, Test: signaturePresent, Confidence: Documented, Source: pageTrouble,
			Why:  "A token without its signature proves nothing; Google removes it from what a container sees.",
			Says: "the token has no signature"},
		{ID: "sig.length", Name: "sig length", Gate: GateVerify, Stops: 401, needs: needJWS | needSigner, Test: signatureLength, Confidence: Documented, Source: "https://www.rfc-editor.org/rfc/rfc7518",
			Why:  "An RS256 signature is as long as the key, an ES256 signature is 64 bytes.",
			Says: "the signature has a length that no key makes: characters are missing"},
		{ID: "key.source", Name: "keys", Gate: GateVerify, needs: needJWS, Test: keySource, Confidence: Documented, Source: pageOpenID,
			Why: "Keys come from the issuer's published address and are good for as long as it says."},
		{ID: "sig.verify", Name: "signature", Gate: GateVerify, Stops: 401, needs: needJWS, Test: signatureVerifies, Confidence: Documented, Source: pageInvoke,
			Why:  "The signature verifies with the issuer's published key; until then every claim is only claimed.",
			Says: "the signature does not verify"},
		{ID: "hdr.kid", Name: "key id", Gate: GateVerify, Stops: 401, needs: needHeader | needSigner, Test: headerKeyID, Confidence: Observed, Source: pageOpenID,
			Why:  "The header names one of the keys that the issuer publishes.",
			Says: "the token names a key that its issuer does not publish"},
	}
}

func headerAlgorithm(t *Token, _ Target) Result {
	alg, ok := t.header.str("alg")
	iss, known := t.issuer()
	want := ""
	if known {
		want = iss.alg
	}
	switch {
	case !ok:
		return Result{Status: Fail, Got: "no alg", Want: want, Fix: "take the token from its source again"}
	case strings.EqualFold(alg, "none"):
		return Result{Status: Fail, Got: alg + ": the token is not signed", Want: want, Fix: "send a signed token; the Firebase emulator signs none"}
	case strings.HasPrefix(alg, "HS"):
		return Result{Status: Fail, Got: alg + ": signed with a shared secret, by anybody who holds it", Want: want, Fix: "send a token that Google signed"}
	case !known:
		return skip(alg + "; which one this issuer uses is not known here")
	case alg != want:
		return Result{Status: Fail, Got: alg, Want: want + " for " + iss.name, Fix: "send a token that Google signed"}
	}
	return pass(alg)
}

func headerType(t *Token, _ Target) Result {
	typ, ok := t.header.str("typ")
	switch {
	case !t.header.has("typ"):
		return pass("none")
	case !ok:
		return Result{Status: Warn, Got: "typ is no string", Want: "JWT", Fix: "find out who made this token"}
	case strings.EqualFold(typ, "JWT"):
		return pass(typ)
	}
	return Result{Status: Warn, Got: typ, Want: "JWT", Fix: "make sure that it is the ID token"}
}

func headerKeyID(t *Token, target Target) Result {
	kid, ok := t.header.str("kid")
	iss, known := t.signer(target.Keys)
	switch {
	case !ok && t.google():
		return Result{Status: Fail, Got: "none", Want: "the id of one of Google's keys", Fix: "send a token that Google signed",
			Says: "the token names no key, as every token that Google signs does"}
	case !ok:
		return skip("none")
	case !known:
		return skip(kid + "; no keys of this issuer are known here")
	}
	set := target.Keys[iss.keys]
	if len(set.keys) == 0 {
		return Result{Status: Unknown, Got: kid + "; no published keys at hand", Fix: "go online to fetch them"}
	}
	switch _, n := set.byID(kid); {
	case n == 1:
		return pass(kid)
	case n > 1:
		return Result{Status: Unknown, Got: fmt.Sprintf("%s is the id of %d of the keys at hand: which one is meant nobody knows", kid, n), Want: "exactly one key of that id", Fix: "fetch the keys again"}
	case t.expired(&target):
		return Result{Status: Unknown, Got: kid + " is not published; the token has expired, and its key may have been withdrawn since", Fix: "get a new token"}
	case !set.fresh(&target):
		return Result{Status: Unknown, Got: kid + " is not among the keys at hand, which are not of this moment", Fix: "fetch the keys again"}
	}
	return Result{Status: Fail, Got: kid + " is not published by " + iss.name, Want: "the id of a published key",
		Fix: "get a new token; if that fails too, somebody else signed it"}
}

// fresh says whether the set is known to be what its issuer publishes at the moment judged. Where the answer did not say for how long it
// is good, that is 5 minutes.
func (s KeySet) fresh(target *Target) bool {
	age := s.Age
	if age <= 0 {
		age = 5 * time.Minute
	}
	since := target.Now.Sub(s.Read)
	return !s.Read.IsZero() && !target.Now.IsZero() && since < age && since > -5*time.Minute
}

func headerCritical(t *Token, _ Target) Result {
	if !t.header.has("crit") {
		return pass("none")
	}
	return Result{Status: Fail, Got: "crit is there", Want: "no critical extensions", Fix: "send a token that Google signed"}
}

func headerEmbeddedKey(t *Token, _ Target) Result {
	for _, name := range [...]string{"jwk", "jku", "x5u", "x5c"} {
		if t.header.has(name) {
			return Result{Status: Fail, Got: name + " is there; it is not followed", Want: "a key id only", Fix: "send a token that Google signed"}
		}
	}
	return pass("none")
}

func signaturePresent(t *Token, _ Target) Result {
	switch {
	case t.removed:
		return Result{Status: Fail, Got: "removed by Google: it was copied from a request inside a container", Want: "the token as the caller got it",
			Fix: "get a new token; take it where the caller gets it, not from the container's headers"}
	case len(t.segments) == 3 && t.segments[2] == "":
		return Result{Status: Fail, Got: "empty", Want: "a signature", Fix: "get a signed token", Confidence: Observed}
	case len(t.segments) != 3:
		return Result{Status: Fail, Got: "no third segment", Want: "a signature", Fix: "take the token from its source again, whole", Confidence: Observed}
	}
	return pass("present")
}

func signatureLength(t *Token, target Target) Result {
	n := len(t.signature)
	if n == 0 {
		return skip("no signature that could be read")
	}
	const fix = "take the token from its source again, whole"
	got := strconv.Itoa(n) + " bytes"
	switch alg, _ := t.header.str("alg"); alg {
	case "ES256":
		if n != 64 {
			return Result{Status: Fail, Got: got, Want: "64 bytes", Fix: fix}
		}
		return pass(got)
	case "RS256":
		if _, key := t.proven(target.Keys); key.bits > 0 && n != (key.bits+7)/8 {
			return Result{Status: Fail, Got: got, Want: fmt.Sprintf("%d bytes, as the key", (key.bits+7)/8), Fix: fix}
		} else if key.bits == 0 && n != 256 && n != 384 && n != 512 {
			return Result{Status: Warn, Doubt: true, Got: got, Want: "256 bytes, as Google's keys make them", Fix: fix, Confidence: Observed}
		}
		return pass(got)
	}
	return skip(got + "; its algorithm is not one of Google's")
}

func keySource(t *Token, target Target) Result {
	iss, known := t.signer(target.Keys)
	if !known {
		return t.noPublishedKeys()
	}
	set, at := target.Keys[iss.keys], "keys of "+iss.name
	if set.Err != "" {
		at += " (" + set.Err + ")"
	}
	if len(set.keys) == 0 {
		return Result{Status: Unknown, Got: "no " + at, Want: iss.keys, Fix: "go online to fetch them"}
	}
	if !set.fresh(&target) {
		return Result{Status: Warn, Got: at + " are not of this moment", Want: iss.keys, Fix: "fetch the keys again"}
	}
	return pass(at + ", read " + span(target.Now.Sub(set.Read)) + " ago")
}

func signatureVerifies(t *Token, target Target) Result {
	if len(t.signature) == 0 {
		return skip("no signature that could be read")
	}
	iss, known := t.signer(target.Keys)
	if !known {
		return t.noPublishedKeys()
	}
	switch outcome, _ := t.proven(target.Keys); outcome {
	case verified:
		return pass("a key of " + iss.name)
	case severalKeys:
		return Result{Status: Unknown, Got: "several of the keys at hand have the id that it names: which one is meant nobody knows", Fix: "fetch the keys again"}
	case broken:
		return Result{Status: Fail, Got: "does not verify with the key of " + iss.name + " that it names", Want: "a token as it was issued, unchanged",
			Fix: "get a new token; one whose text was changed never verifies"}
	case noSuchKey:
		return Result{Status: Unknown, Got: "the key that it names is not among the published keys at hand", Fix: "fetch the keys again, or get a new token"}
	case noKeys:
		return Result{Status: Unknown, Got: "not verified: no published keys at hand", Fix: "go online to fetch them"}
	}
	return skip("nothing to verify it with")
}

// noPublishedKeys: a service account's own keys are published too, but are tried only where somebody asks for it.
func (t *Token) noPublishedKeys() Result {
	if by, ok := t.issuer(); ok && by.own {
		return skip("the account's own keys: tried only where they are given, as --keys ACCOUNT=FILE")
	}
	return skip("no published keys of this issuer are known here")
}
