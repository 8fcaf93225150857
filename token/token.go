// Package token reads a credential that somebody sent to Cloud Run and judges it against one service: which kind it is,
// which checks pass and fail, what Cloud Run will answer, and what to do.
//
// It promises:
//   - Strictness. A token is read as the specifications say (RFC 7515, RFC 7519) and as no looser reader would: canonical
//     base64url, one JSON object, each name once and in exact case.
//   - Completeness. Every rule is run, always; the report never stops at the first failure.
//   - Honesty. What cannot be known is unknown, never pass and never fail; each finding carries its confidence and its source.
//   - Secrecy. A Token prints as a redaction under every verb and encoder; no error holds any part of it.
//
// It does no I/O, has no clock of its own and knows no cloud types: the moment, the keys and the service are values in a Target.
// A kind read from claims is claimed until the signature has been verified.
package token

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"
)

// Token is what was pasted, read as far as it can be. A nil *Token is a request without a credential, and so is the zero Token.
//
// It prints as a redaction such as "google_id_token_sa, 873 bytes, sha256 1a2b3c4d", whatever prints it. The fields stand behind
// two pointers because fmt prints the fields of a struct, past all its methods, where the struct is an unexported field of
// another, and follows one pointer where the verb does not fit; at the second it stops, and prints an address.
type Token struct{ *sealed }

// sealed is the second of the two pointers.
type sealed struct{ *content }

// content is the contract between the reader and the rules.
type content struct {
	raw       string   // the credential itself, whole; leaves this package never
	header    object   // zero where it could not be read
	claims    object   // zero where it could not be read
	signature []byte   // decoded; nil where it could not be, or is absent or removed
	segments  []string // raw, split at dots; nil for a kind that is no JWT and no JWE
	removed   bool     // the third segment is Google's SIGNATURE_REMOVED_BY_GOOGLE
	kind      Kind     // as claimed
	repairs   []Repair // what Read had to do, and what it noticed
	defects   []defect // what the strict reader refuses, in reading order
	via       string   // the header it came in: "Authorization", "X-Serverless-Authorization", "X-Goog-Iap-Jwt-Assertion", "X-Firebase-AppCheck", "Cookie", another; besideHeaders; "" where unknown
	preflight bool     // of no credential: the paste is a CORS preflight
	wins      bool     // it came in X-Serverless-Authorization, and for that an Authorization in the same request is not looked at
	beaten    bool     // it came in Authorization, beside an X-Serverless-Authorization that nobody has seen

	proof atomic.Pointer[proof] // the last verification, see proven
}

// defect is one breach of the format, found by the strict reader and reported by the rule it names: one of the jws.* rules, "in.size",
// or "in.truncated" where it is certain that something is missing. Signs of that, short of certain, are repairs of the same id.
type defect struct {
	rule string // "jws.b64"
	got  string // "claims segment, character 17: '+' is not base64url"; characters and bytes count from 1; no secret in it
	want string // "A–Z a–z 0–9 - _"
}

// Repair is one thing that Read changed in what was pasted before it read a token from it, or one thing that it noticed.
type Repair struct {
	ID   string // the rule it is reported under: "in.prefix", "in.whitespace", "in.hidden_chars", "in.multiple", "in.truncated", "in.secret_long_lived", "req.credential"
	Text string // "removed a line break inside the token (7 times)"; no secret in it
	Sent bool   // it was (as far as can be told) sent like that too, so that it counts against the request: a doubled Bearer inside a header line
}

// absent says whether there is nothing behind the pointers: the nil Token, and the zero one.
func (t *Token) absent() bool { return t == nil || t.sealed == nil }

// Kind is the token's kind, as claimed.
func (t *Token) Kind() Kind {
	if t.absent() || t.kind == "" {
		return None
	}
	return t.kind
}

// Via is the header that the token came in, in its usual spelling ("Authorization", "X-Serverless-Authorization", "Cookie"), "the command's
// address or data" where it came in none, or "" where the paste does not tell. Another header than the usual ones stands as it was written.
func (t *Token) Via() string {
	if t.absent() {
		return ""
	}
	return t.via
}

// Expiry is the exp claim, held within the years 1 to 9999, and whether there is one that is a whole number.
func (t *Token) Expiry() (time.Time, bool) {
	if t.absent() {
		return time.Time{}, false
	}
	seconds, ok := t.claims.num("exp")
	if !ok {
		return time.Time{}, false
	}
	return instant(seconds).UTC(), true
}

// String is the redaction: the kind, the length, and eight hexadecimal digits of the SHA-256 to tell one token from another.
func (t Token) String() string {
	if t.absent() || t.raw == "" {
		return string(None)
	}
	sum := sha256.Sum256([]byte(t.raw))
	return string(t.kind) + ", " + strconv.Itoa(len(t.raw)) + " bytes, sha256 " + hex.EncodeToString(sum[:4])
}

// GoString is the redaction, for %#v.
func (t Token) GoString() string { return t.String() }

// Format writes the redaction, whatever the verb.
func (t Token) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(t.String())) }

// MarshalJSON is the redaction as a JSON string. It never errs.
func (t Token) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// MarshalText is the redaction. It never errs.
func (t Token) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// LogValue is the redaction, for log/slog.
func (t Token) LogValue() slog.Value { return slog.StringValue(t.String()) }
