package token

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	longestToken  = 64 << 10 // bytes
	commonMaximum = 8 << 10  // bytes: where many servers and proxies end a header line
)

// inputRules are about what was pasted: what had to be repaired, and what may be missing.
func inputRules() []Rule {
	return []Rule{
		{ID: "in.size", Name: "size", Gate: GateInput, needs: needToken, Test: inputSize, Confidence: Observed,
			Why: "A credential is at most 64 KiB; longer ones are not read."},
		{ID: "in.truncated", Name: "truncation", Gate: GateInput, Stops: 401, needs: needToken, Test: inputTruncated, Confidence: Observed, Source: pageJWS,
			Why:  "A token of which characters are missing cannot be verified.",
			Says: "the token is cut short; if only the paste was cut, paste it whole"},
		{ID: "in.multiple", Name: "several", Gate: GateInput, Stops: 401, needs: needToken, Test: inputMultiple, Confidence: Documented, Source: pageTrouble,
			Why:  "A request carries one credential.",
			Says: "the request carries several credentials"},
		{ID: "in.prefix", Name: "prefix", Gate: GateInput, needs: needToken, Test: repaired("in.prefix", "nothing around the token"), Confidence: Observed,
			Why: "What stands around the token in a paste is taken off and shown."},
		{ID: "in.hidden_chars", Name: "hidden", Gate: GateInput, needs: needToken, Test: repaired("in.hidden_chars", "no hidden characters"), Confidence: Observed,
			Why: "Characters that no screen shows break a token."},
		{ID: "in.whitespace", Name: "whitespace", Gate: GateInput, needs: needToken, Test: repaired("in.whitespace", "no space or line break inside"), Confidence: Observed,
			Why: "A token has no space and no line break in it."},
		{ID: "in.secret_long_lived", Name: "secret", Gate: GateInput, needs: needToken, Test: inputSecret, Confidence: Documented, Source: pageTokens,
			Why: "A secret without an early end is rotated once it has been shown around."},
	}
}

// clockRules stand before everything that is judged by time.
func clockRules() []Rule {
	return []Rule{
		{ID: "clock.skew", Name: "clock", Gate: GateInput, Test: clockSkew, Confidence: Observed,
			Why: "Times are judged by the server's clock where it is known, by the local one otherwise."},
	}
}

func inputSize(t *Token, _ Target) Result {
	got := strconv.Itoa(len(t.raw)) + " bytes"
	switch {
	case len(t.raw) > longestToken:
		return Result{Status: Fail, Got: got, Want: "at most 65536 bytes", Fix: "check that it is a token"}
	case len(t.raw) > commonMaximum:
		return Result{Status: Warn, Got: got, Want: "under 8192 bytes", Fix: "look at what fills the claims", Confidence: Inferred}
	}
	return pass(got)
}

func inputTruncated(t *Token, target Target) Result {
	const fix = "paste it whole, or pipe it in from a file: a terminal may cut a line at 4095 characters"
	if d, more := t.defect("in.truncated"); d.rule != "" {
		return Result{Status: Fail, Got: d.got + more, Want: d.want, Fix: fix}
	}
	text, sent := t.repaired("in.truncated")
	switch {
	case text != "" && t.cutShort(&target):
		return Result{Status: Fail, Got: text, Want: "the whole token", Fix: fix}
	case text != "":
		return Result{Status: Warn, Doubt: !sent, Got: text, Fix: fix}
	}
	return pass("nothing is known to be missing")
}

// cutShort says whether what is missing makes the token one that nobody takes: a segment, or the end of a signature that no key makes like that. Of
// another issuer's token, the issuer is what to speak of where the signature could at least be read.
func (t *Token) cutShort(target *Target) bool {
	switch {
	case !t.kind.JWT() || t.removed:
		return false
	case len(t.segments) < 3:
		return true
	}
	alg, _ := t.header.str("alg")
	if right := signatureLengths(alg); len(t.segments) > 3 || len(right) == 0 || len(t.segments[2]) >= right[0] {
		return false
	}
	_, err := base64.RawURLEncoding.Strict().DecodeString(t.segments[2])
	return err != nil || t.google() && signatureLength(t, *target).Status == Fail
}

func inputMultiple(t *Token, _ Target) Result {
	text, sent := t.repaired("in.multiple")
	switch {
	case sent:
		return Result{Status: Fail, Got: text, Want: "one credential", Fix: "send one token in one Authorization header"}
	case text != "":
		return Result{Status: Warn, Got: text, Fix: "this report judges the first; paste the other alone to judge it"}
	}
	return pass("one credential")
}

// repaired is the test of a rule that only tells what was repaired. Whether it counts against the request is req.credential's to say.
func repaired(id, clean string) func(*Token, Target) Result {
	return func(t *Token, _ Target) Result {
		text, sent := t.repaired(id)
		switch {
		case text == "" && id == "in.prefix" && t.via != "":
			return pass("taken out of " + t.via)
		case text == "":
			return pass(clean)
		case sent:
			return Result{Status: Warn, Got: text, Fix: "send the token without it"}
		}
		return Result{Status: Warn, Got: text, Fix: "make sure that the caller does not send it like that"}
	}
}

func inputSecret(t *Token, _ Target) Result {
	if text, _ := t.repaired("in.secret_long_lived"); text != "" {
		return Result{Status: Warn, Got: text, Fix: "rotate it: it has been pasted"}
	}
	if t.kind == GoogleAuthCode {
		return Result{Status: Warn, Got: "an authorization code: until it is used or has run out, whoever exchanges it gets a refresh token", Fix: "sign in anew and keep the code to yourself; take the grant back if somebody else used it"}
	}
	if !t.LongLived() {
		return pass("no long-lived secret")
	}
	r := Result{Status: Warn, Got: t.kind.Title() + ": it stays good until somebody revokes it", Fix: "revoke it and make a new one: it has been pasted"}
	switch t.kind {
	case PEM, ServiceAccountKey:
		r.Got = t.kind.Title() + ": whoever holds a private key is the account"
		r.Fix = "treat it as an incident: delete the key, then look at what it was used for"
	case Basic:
		r.Got, r.Fix = "Basic credentials hold a password", "change the password: it has been pasted"
	}
	return r
}

func clockSkew(t *Token, target Target) Result {
	if target.Clock.Given {
		return skip("the moment is given: no clock has a part in it")
	}
	if !target.Clock.Known && t.KeysURL() == "" {
		return Result{Status: Unknown, Got: "no server has told the time: no keys are fetched for this", Fix: "make sure that the machine's clock is right"}
	}
	if !target.Clock.Known {
		return Result{Status: Unknown, Got: "no server has told the time", Fix: "go online: the key servers' answers tell it"}
	}
	skew := target.Clock.Skew
	got := "in step with " + target.Clock.Who
	if d := skew.Abs(); d > 30*time.Second {
		way := "ahead of "
		if skew < 0 {
			way = "behind "
		}
		got = span(d) + " " + way + target.Clock.Who
		r := Result{Status: Warn, Got: got, Want: "within 30 s", Fix: "set the clock; times are judged by the server's here"}
		if d > 300*time.Second {
			r.Status = Fail
		}
		return r
	}
	return pass(got)
}

// defect is the first of the reader's defects under a rule, and how many more there are, in words.
func (t *Token) defect(rule string) (first defect, more string) {
	n := 0
	for _, d := range t.defects {
		if d.rule != rule {
			continue
		}
		if n++; n == 1 {
			first = d
		}
	}
	if n > 1 {
		more = fmt.Sprintf(" (and %d more)", n-1)
	}
	return first, more
}

// repaired joins the repairs under a rule; sent says whether one of them was sent like that.
func (t *Token) repaired(rule string) (text string, sent bool) {
	if len(t.repairs) == 0 {
		return "", false
	}
	var texts []string
	for _, r := range t.repairs {
		if r.ID == rule {
			texts, sent = append(texts, r.Text), sent || r.Sent
		}
	}
	return strings.Join(texts, "; "), sent
}

// opaque says whether it is a credential without header and claims, so that the format of a JWT says nothing about it.
func (t *Token) opaque() bool {
	if t.kind.JWT() {
		return false
	}
	for _, d := range t.defects {
		if strings.HasPrefix(d.rule, "jws.") {
			return false
		}
	}
	return true
}

// longestSpan is the longest that is told in days: what a token says beyond it is no time of anybody's.
const longestSpan = 100 * 365 * 24 * time.Hour

// span is a length of time for people: "45 s", "12:07", "5 h 12 min", "12 days", "more than 100 years".
func span(d time.Duration) string {
	if d.Abs() > longestSpan {
		return "more than 100 years"
	}
	s := int(d.Abs() / time.Second)
	switch {
	case s < 60:
		return strconv.Itoa(s) + " s"
	case s < 3600:
		return strconv.Itoa(s/60) + ":" + string([]byte{byte('0' + s%60/10), byte('0' + s%10)})
	case s < 48*3600:
		return strconv.Itoa(s/3600) + " h " + strconv.Itoa(s/60%60) + " min"
	}
	return strconv.Itoa(s/(24*3600)) + " days"
}
