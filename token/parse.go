package token

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxPaste = 1 << 20  // bytes of a paste
	maxToken = 64 << 10 // bytes of one credential

	removedSignature = "SIGNATURE_REMOVED_BY_GOOGLE" // legal base64url, which is why it has to be known by name
	alphabet         = "A–Z a–z 0–9 - _"
)

// strictBase64 takes base64url as RFC 7515 has it: no padding, and the spare bits of the last character zero.
var strictBase64 = base64.RawURLEncoding.Strict()

// headerNames and claimNames are the names that a verifier looks for, textNames those of them that are strings (RFC 7515, 4.1; RFC 8555, 6.5). A reader that ignores case takes "Alg" for alg, one that does not
// takes it for nothing, and so the two do not read the same token.
var (
	headerNames = []string{"alg", "kid", "typ", "cty", "crit", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "enc", "zip", "b64"}
	textNames   = []string{"alg", "kid", "typ", "cty", "jku", "x5u", "x5t", "x5t#S256", "nonce"} // strings wherever they stand in a header
	claimNames  = []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "azp", "email", "email_verified", "hd", "auth_time", "firebase", "google"}
)

// Parse reads one credential, with nothing around it, as strictly as RFC 7515 and RFC 7519 allow. It verifies nothing, never errs and never
// panics: what it refuses becomes a finding of the checks, and whatever it could read all the same is there for them. The empty string is
// a credential of kind None; what is no credential is one of kind Unrecognised; what is longer than 64 KiB is not looked at.
func Parse(s string) *Token {
	t := &Token{&sealed{&content{raw: s, kind: Unrecognised}}}
	switch kind, ok := byPrefix(s); {
	case s == "":
		t.kind = None
	case len(s) > maxToken:
		t.defects = []defect{{"in.size", strconv.Itoa(len(s)) + " bytes", fmt.Sprintf("at most %d bytes", maxToken)}}
	case ok:
		t.kind = kind
	default:
		t.readSegments()
		t.kind = t.byContent()
		t.forgive()
		t.noticeTruncation()
	}
	return t
}

// forgive drops what the strict reader says of a text that is no JWT in any eye: that "hello" has too few segments helps nobody, and nothing is
// missing from it.
func (t *Token) forgive() {
	if t.kind != Unrecognised {
		return
	}
	if !starts(t.raw) && len(t.segments) != 3 {
		t.segments, t.header, t.claims, t.defects = nil, object{}, object{}, nil
	}
	t.defects = slices.DeleteFunc(t.defects, func(d defect) bool { return d.rule == "in.truncated" })
}

// refuse notes a breach of the format.
func (t *Token) refuse(rule, got, want string) {
	t.defects = append(t.defects, defect{rule, got, want})
}

// readSegments reads a JWT. A JWE it reads no further than its header, since the rest is encrypted.
func (t *Token) readSegments() {
	t.segments = strings.Split(t.raw, ".")
	n := len(t.segments)
	if n != 3 {
		t.refuse("jws.segments", count(n, "segment"), "3 segments: header.claims.signature")
	}
	t.header = t.readPart("header", t.segments[0], headerNames)
	for _, name := range textNames {
		if _, ok := t.header.str(name); t.header.has(name) && !ok {
			t.refuse("jws.json", "header, "+name+" is no string", "a string")
		}
	}
	if n == 5 && t.header.has("enc") || n < 2 {
		return
	}
	t.claims = t.readPart("claims", t.segments[1], claimNames)
	if n < 3 {
		return
	}
	if t.segments[2] == removedSignature {
		t.removed = true
		return
	}
	if signature, whole := t.decode("signature", t.segments[2]); whole && len(signature) > 0 {
		t.signature = signature
	}
	if b64, ok := t.header.values["b64"]; ok && string(b64) != "true" {
		t.refuse("jws.b64", "header, b64: the claims are not encoded (RFC 7797)", "claims in base64url")
	}
}

// readPart decodes a segment and reads the object in it.
func (t *Token) readPart(part, segment string, exact []string) object {
	text, _ := t.decode(part, segment)
	o, defects, early := readObject(text, part, exact)
	t.defects = append(t.defects, defects...)
	// Where other characters stand in it, what was read of it loosely may end early for them.
	if early && strings.IndexFunc(segment, notBase64) < 0 {
		t.refuse("in.truncated", part+" end in the middle of the JSON", "the whole token")
	}
	return o
}

// decode decodes a segment and notes what is wrong with it. Where whole is false the bytes are a loose reading, for showing: never for a signature.
func (t *Token) decode(part, segment string) (data []byte, whole bool) {
	if strings.IndexFunc(segment, notBase64) < 0 {
		data, err := strictBase64.DecodeString(segment)
		if err == nil {
			return data, true
		}
		if len(segment)%4 == 1 {
			got := fmt.Sprintf("%s segment, %d characters: no number of bytes is as long in base64url", part, len(segment))
			t.refuse("jws.b64", got, "a length that is not 1 more than a multiple of 4")
			t.refuse("in.truncated", got, "the whole token")
		} else {
			t.refuse("jws.b64", fmt.Sprintf("%s segment, character %d: bits are set that no byte uses", part, len(segment)), "canonical base64url")
		}
	} else {
		t.refuse("jws.b64", part+" segment, "+notAlphabet(segment), alphabet)
	}
	return looseBase64(segment), false
}

func notBase64(r rune) bool {
	return !('A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' || r == '_')
}

// notAlphabet says which character is the first that does not belong, and how many there are.
func notAlphabet(segment string) string {
	first, at, n := rune(0), 0, 0
	place := 0
	for _, r := range segment {
		place++
		if notBase64(r) {
			if n == 0 {
				first, at = r, place
			}
			n++
		}
	}
	what := strconv.QuoteRuneToASCII(first) + " is not base64url"
	switch first {
	case '=':
		what = "'=' is padding"
	case '+', '/':
		what = strconv.QuoteRune(first) + " is of the other base64 alphabet"
	case utf8.RuneError:
		what = "not UTF-8"
	}
	if n > 1 {
		what += fmt.Sprintf(" (and %d more)", n-1)
	}
	return fmt.Sprintf("character %d: %s", at, what)
}

// looseBase64 decodes what it can of a segment that is not canonical: either alphabet, padding or none, dashes that a word processor made of
// hyphens, and all but the last character of a length that cannot be.
func looseBase64(segment string) []byte {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r == '+' || dash(r):
			return '-'
		case r == '/':
			return '_'
		case notBase64(r):
			return -1
		}
		return r
	}, segment)
	if len(plain)%4 == 1 {
		plain = plain[:len(plain)-1]
	}
	data, err := base64.RawURLEncoding.DecodeString(plain)
	if err != nil {
		return nil
	}
	return data
}

// noticeTruncation notes the signs, short of certain, that the end of a JWT is missing.
func (t *Token) noticeTruncation() {
	if !t.kind.JWT() {
		return
	}
	notice := func(text string) { t.repairs = append(t.repairs, Repair{ID: "in.truncated", Text: text}) }
	if n := len(t.segments); n < 3 {
		notice("the end is missing: " + count(n, "segment") + " of 3")
		return
	}
	alg, _ := t.header.str("alg")
	right := signatureLengths(alg)
	if n := len(t.segments[2]); n > 0 && n%4 != 1 && !t.removed && alg != "none" && len(right) > 0 && !slices.Contains(right, n) {
		notice(fmt.Sprintf("the signature has %d characters; one of %s has %d", n, alg, right[0]))
	}
}

// count is a number with its noun: "1 segment", "2 segments".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
