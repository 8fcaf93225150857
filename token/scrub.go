package token

import (
	"regexp"
	"strings"
)

// scrubbed stands in place of what was taken out.
const scrubbed = "(hidden)"

// The shapes of credentials inside other text. A shape is wide where a false alarm costs a word of a log line, and a miss a secret.
var (
	scrubShapes = regexp.MustCompile(strings.Join([]string{
		`eyJ[A-Za-z0-9_-]{6,}[A-Za-z0-9_.=%-]*`, // JWT, JWE, and other JSON in base64
		`ya29\.[A-Za-z0-9_.-]{8,}`,              // a Google access token
		`1//[A-Za-z0-9_-]{16,}`,                 // a Google refresh token
		`4/0[A-Za-z0-9_-]{16,}`,                 // a Google authorization code
		`AIza[A-Za-z0-9_-]{16,}`,
		`GOCSPX-[A-Za-z0-9_-]{8,}`,
		`AMf-[A-Za-z0-9_-]{16,}`,
		`\b(?:gh[opsur]|github_pat|glpat|xox[abprs]|sk|rk|pk)[_-][A-Za-z0-9_-]{16,}`,
		`\b(?:AKIA|ASIA)[A-Z0-9]{12,}`,
		`\bv[1-4]\.(?:local|public)\.[A-Za-z0-9_.-]{8,}`, // PASETO
		`-----BEGIN .*`,
	}, "|"))

	// scrubSchemes are the words that a credential stands behind, in a header or in a URL.
	scrubSchemes = regexp.MustCompile(`(?i)\b(bearer|basic|digest|negotiate)(?:[ :+]|%20)+[A-Za-z0-9+/_.~=-]{6,}`)

	// scrubNamed are parameters that hold credentials by their name, escaped ones too.
	scrubNamed = regexp.MustCompile(`(?i)((?:[a-z0-9_.-]|%5f)*(?:token|secret|passw(?:or)?d|passwd|pwd|api[_-]?key|access[_-]?key|signature|credential|assertion|authorization|session(?:[_-]?id)?|samlresponse|jwt|cookie|hmac)|\b(?:key|auth|code|sig|sid|pass|otp))(=|%3d)[^\s&;#"'<>,|]+`)

	// scrubUser is a user, with or without a password, in a URL.
	scrubUser = regexp.MustCompile(`(//)[^/@\s?#]+@`)

	// scrubLong is an opaque word that nobody chose: see opaqueWord.
	scrubLong = regexp.MustCompile(`[A-Za-z0-9_+=-]{40,}`)
)

// Scrub takes out of a text what looks like a credential, and puts "(hidden)" there: JWTs, tokens and keys by their shape, what follows
// Bearer and the like, values of parameters that are named for one, users in URLs, and long opaque words. It is for texts that were
// not meant to hold a credential and are handed on: addresses, log lines, what a check found. It cannot
// know every secret.
func Scrub(text string) string {
	text = scrubShapes.ReplaceAllString(text, scrubbed)
	text = scrubSchemes.ReplaceAllStringFunc(text, func(found string) string {
		scheme := scrubSchemes.FindStringSubmatch(found)[1]
		// "Basic authentication" is prose, and ID_TOKEN a word to fill in: no credential is one word in lower case, or in capitals.
		rest := strings.TrimLeft(strings.Replace(found[len(scheme):], "%20", "", 1), " :+")
		if (strings.ToLower(rest) == rest || strings.ToUpper(rest) == rest) && !strings.ContainsAny(rest, "0123456789=/+") {
			return found
		}
		return scheme + " " + scrubbed
	})
	text = scrubNamed.ReplaceAllString(text, "${1}${2}"+scrubbed)
	text = scrubUser.ReplaceAllString(text, "${1}"+scrubbed+"@")
	return scrubLong.ReplaceAllStringFunc(text, func(word string) string {
		if opaqueWord(word) {
			return scrubbed
		}
		return word
	})
}

// opaqueWord says whether a long word mixes capitals, small letters and digits. Ids in hexadecimal and names do not.
func opaqueWord(word string) bool {
	return strings.ContainsAny(word, "0123456789") && strings.ToLower(word) != word && strings.ToUpper(word) != word
}
