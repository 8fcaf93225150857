package token

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// inBase64 finds what begins, in base64, as a JWT, a header or a PEM block does.
var inBase64 = regexp.MustCompile(`(?:^|[^A-Za-z0-9+/_-])((?:ZXlK|ZXlB|[QY]mVhcmVyI|[QY]XV0aG9yaXphdGlvb|LS0tLS1CRUdJTi)[A-Za-z0-9+/_-]{16,}(?:\n[A-Za-z0-9+/_-]{20,})*(?:\n?[A-Za-z0-9+/_-]+)?={0,2})(?:[^A-Za-z0-9+/_=-]|$)`)

// unbase64 is the text with the first credential in base64 in it decoded, as a Kubernetes secret or a pipeline holds one, and whether there was one. The last
// row of several may be another thing already.
func unbase64(text string) (string, bool) {
	if !mentions(text, "ZXlK", "ZXlB", "mVhcmVyI", "XV0aG9yaXphdGlvb", "LS0tLS1CRUdJTi") {
		return "", false
	}
	at := inBase64.FindStringSubmatchIndex(text)
	if at == nil {
		return "", false
	}
	run := text[at[2]:at[3]]
	for _, run := range []string{run, run[:max(0, strings.LastIndexByte(run, '\n'))]} {
		plain := string(looseBase64(run))
		if utf8.ValidString(plain) && (holdsStart(plain) || strings.Contains(plain, "-----BEGIN ")) {
			return text[:at[2]] + plain + text[at[2]+len(run):], true
		}
	}
	return "", false
}
