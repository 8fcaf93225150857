package token

import (
	"slices"
	"strings"
)

// A paste may hold a secret besides the token that is judged: pasted is pasted.

// withoutKeys is the text with spaces in place of its PEM blocks and of the name that a key has in JSON, and the first private key among them, with the service account's file it stands in
// where it does. A block without an end goes on to the end of the text.
func withoutKeys(text string) (rest, key string) {
	const begin, dashes, keyName = "-----BEGIN ", "-----", "private_key"
	out := []byte(text)
	for from := 0; ; {
		at := strings.Index(text[from:], begin)
		if at < 0 {
			return string(out), key
		}
		at += from
		end := len(text)
		if i := strings.Index(text[at:], "-----END "); i >= 0 {
			i += at + len("-----END ")
			if j := strings.Index(text[i:], dashes); j >= 0 {
				end = i + j + len(dashes)
			}
		}
		if label, _, _ := strings.Cut(text[at+len(begin):end], dashes); key == "" && strings.Contains(label, "PRIVATE KEY") {
			key = text[at:end]
			if open := strings.LastIndexByte(text[:at], '{'); open >= 0 && strings.Contains(text[open:at], keyName) {
				key = text[open:end]
			}
		}
		if name := strings.LastIndex(text[from:at], keyName); name >= 0 {
			copy(out[from+name:], strings.Repeat(" ", len(keyName)))
		}
		copy(out[at:], strings.Repeat(" ", end-at))
		from = end
	}
}

// lasting notes the long-lived secrets beside the token, whichever of the credentials is judged: those that are among them, and those that nobody would
// take for the request's credential, as a key in an address.
func (c cleaned) lasting(all []found, i int) []Repair {
	var repairs []Repair
	for j, other := range all {
		if j != i && other.token.LongLived() {
			repairs = append(repairs, alarm(other.token.kind))
		}
	}
	if !mentions(c.text, "AIza", "GOCSPX-", "AMf-", "1//") {
		return repairs
	}
	for _, b := range bits(c.text) {
		s, _ := startIn(b.text)
		kind, ok := byPrefix(s)
		if !ok || !kind.LongLived() || slices.ContainsFunc(all, func(f found) bool { return f.token.raw == s }) {
			continue
		}
		if r := alarm(kind); !slices.Contains(repairs, r) {
			repairs = append(repairs, r)
		}
	}
	return repairs
}

func alarm(kind Kind) Repair {
	text := ", which stays good until it is revoked"
	if kind == PEM || kind == ServiceAccountKey {
		text = "; whoever holds a private key is the account"
	}
	return Repair{ID: "in.secret_long_lived", Text: "beside it stands a " + kind.Title() + text}
}
