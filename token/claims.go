package token

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// Claim is one top-level claim or header of the token, for showing: its name and its value as compact JSON (strings bare). Foreign text.
type Claim struct {
	Name, Value string
	Header      bool // it stands in the header, not among the claims
}

// shownFirst and shownHeader are the names that are looked for first, in the order of the checks; all others follow as they stand.
var (
	shownFirst  = []string{"iss", "aud", "azp", "sub", "email", "email_verified", "hd", "exp", "iat", "nbf", "auth_time", "firebase"}
	shownHeader = []string{"alg", "kid", "typ"}
)

// Claims lists the claims, then the header members, each in a fixed order: first those that the checks look at, then the others as they stand. Times
// stand as they are. The signature is not among them, and a value that is itself a credential is shown as its redaction.
func (t *Token) Claims() []Claim {
	if t.absent() {
		return nil
	}
	return append(t.claims.shown(shownFirst, false), t.header.shown(shownHeader, true)...)
}

func (o object) shown(first []string, header bool) []Claim {
	claims := make([]Claim, 0, len(o.names))
	for _, name := range first {
		if o.has(name) {
			claims = append(claims, Claim{name, o.text(name), header})
		}
	}
	for _, name := range o.names {
		if !slices.Contains(first, name) {
			claims = append(claims, Claim{name, o.text(name), header})
		}
	}
	return claims
}

// text is a member's value for showing.
func (o object) text(name string) string {
	if s, ok := o.str(name); ok {
		return redacted(s)
	}
	var b bytes.Buffer
	if json.Compact(&b, o.values[name]) != nil {
		return ""
	}
	return quotedText.ReplaceAllStringFunc(b.String(), func(quoted string) string {
		if s := unquote([]byte(quoted)); redacted(s) != s {
			return `"` + redacted(s) + `"`
		}
		return quoted
	})
}

// quotedText is a string of JSON that is known to be valid.
var quotedText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// redacted is the text, or its redaction where it is a credential in its own right.
func redacted(s string) string {
	if t := Parse(s); t.secret() {
		return t.String()
	}
	return s
}

// secret says whether the text is a credential in its own right: a claim may hold an access token of some other API.
func (t *Token) secret() bool {
	if t.kind.JWT() || t.kind == JWE {
		return len(t.segments) >= 3
	}
	return t.kind != None && t.kind != Unrecognised && !(t.kind == SAML && strings.HasPrefix(t.raw, "<"))
}
