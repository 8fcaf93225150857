package token

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// bit is one word of a text that holds credentials, and what stood before it: ' ' spaces, '\n' a line break among them, ',' anything else.
type bit struct {
	text   string
	before byte
}

// starts says whether a credential begins here: a JWT by its first characters ({" in base64url, or { and white space), any other by its prefix.
func starts(s string) bool {
	for _, prefix := range []string{"eyJ", "eyA", "ewo", "ew0", "GOCSPX-", "AMf-"} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return strings.HasPrefix(s, "ya29.") || opaqueStart(s)
}

// opaqueStart is about the prefixes that need a look at the rest, so as not to take prose for a credential.
func opaqueStart(s string) bool {
	if s == "" || strings.IndexByte("14Av", s[0]) < 0 {
		return false
	}
	end := strings.IndexFunc(s, func(r rune) bool { return r <= ' ' })
	if end < 0 {
		end = len(s)
	}
	_, ok := byPrefix(s[:min(end, maxToken)])
	return ok
}

// holdsStart says whether a JWT or an access token begins at some word of the text.
func holdsStart(text string) bool {
	for _, b := range bits(text) {
		if _, ok := startIn(b.text); ok {
			return true
		}
	}
	return false
}

// startIn is the bit from where a credential begins in it: token=eyJ…
func startIn(s string) (string, bool) {
	if starts(s) {
		return s, true
	}
	for i := 1; i < len(s); i++ {
		if strings.IndexByte("=:/@", s[i-1]) >= 0 && starts(s[i:]) {
			return s[i:], true
		}
	}
	return s, false
}

// bits cuts a text into words. Quotes, brackets and the signs between parameters of a URL end a word as a comma does; a backslash before an n is
// the line break it writes.
func bits(text string) []bit {
	var all []bit
	before := byte(' ')
	start := -1
	end := func(at int) {
		if start >= 0 {
			all = append(all, bit{text[start:at], before})
			before = ' '
		}
		start = -1
	}
	for at := 0; at < len(text); at++ {
		c := text[at]
		switch {
		case c == ' ' || c == '\t':
			end(at)
		case c == '\n':
			end(at)
			if before == ' ' {
				before = '\n'
			}
		case c == '\\':
			end(at)
			next := byte(0)
			if at+1 < len(text) {
				next = text[at+1]
			}
			switch {
			case next == '\n' && before == ' ':
				before = '\n'
				at++
			case (next == 'n' || next == 'r') && before == ' ':
				before = '\n'
				at++
			default:
				before = ','
			}
		case strings.IndexByte(",;|\"'`<>()[]{}&?#", c) >= 0:
			end(at)
			before = ','
		case start < 0:
			start = at
		}
	}
	end(len(text))
	return all
}

// joinable says whether a word may be the middle of a token that was wrapped: base64url or what comes of it, with padding at its end only.
func joinable(s string) bool {
	s = strings.TrimRight(s, "=")
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return notBase64(r) && r != '.' && r != '+' && r != '/' && r != '~' && !dash(r) && r != utf8.RuneError
	}) < 0
}

// split finds the credentials in a text that has been unwrapped, and puts together the ones that were wrapped. A text in which none begins is one by
// itself, unrecognised.
func (v *value) split() []string {
	words := bits(v.text)
	if s, ok := v.joinAll(words); ok {
		return []string{s}
	}
	var raws []string
	other, lastDot := 0, 0
	for i, w := range words {
		if strings.Contains(w.text, ".") {
			lastDot = i
		}
	}
	breaks, spaces := 0, 0
	for i := 0; i < len(words) && len(raws) < maxTokens; {
		s, ok := startIn(words[i].text)
		if !ok {
			if !strings.EqualFold(words[i].text, "Bearer") {
				other++
			}
			i++
			continue
		}
		if len(s) < len(words[i].text) {
			other++
		}
		j := run(words, i, s, lastDot)
		var whole strings.Builder
		whole.WriteString(s)
		for _, w := range words[i+1 : j] {
			if w.before == '\n' {
				breaks++
			} else {
				spaces++
			}
			whole.WriteString(w.text)
		}
		raw := whole.String()
		if text, ok := strings.CutSuffix(raw, "."); ok && v.form == bare && complete(text) {
			raw = text // the end of a sentence
			other++
		}
		if half := raw[:len(raw)/2]; raw == half+half && complete(half) {
			raw = half
			v.repairs = append(v.repairs, Repair{ID: "in.multiple", Text: "the token stands twice, without anything between", Sent: v.form >= line})
		}
		raws = append(raws, raw)
		i = j
	}
	if len(raws) == 0 {
		return []string{v.text}
	}
	v.joined(breaks, spaces)
	if v.form == bare && len(raws) == 1 && len(strings.Map(solid, v.text)) > len(raws[0]) {
		other++ // brackets, and signs between words
	}
	if v.form == shell && len(raws) == 1 && len(strings.Map(solid, v.text)) > len(raws[0]) {
		other++
	}
	if other > 0 {
		if v.form == shell {
			v.sent("something stands in the header beside the token", true)
		} else if v.form == bare && len(raws) == 1 && inAddress(v.text, raws[0]) {
			v.note("in.prefix", "took the token out of an address, where Cloud Run's own check reads none; sent only so, it is a request without a credential")
		} else {
			v.note("in.prefix", "took the token out of the text around it")
		}
	}
	return raws
}

// parameter is the end of an address up to the value of one of its parameters, also behind a #, as OAuth answers with.
var parameter = regexp.MustCompile(`(?i)\bhttps?://[^\s"'<>]*[?&#][\w.-]+=$`)

// inAddress says whether the token is the value of a parameter of an address in the text.
func inAddress(text, raw string) bool {
	at := strings.Index(text, raw[:min(len(raw), 24)])
	return at >= 0 && parameter.MatchString(text[:at])
}

// solid drops what stands between the rows of one token.
func solid(r rune) rune {
	if strings.ContainsRune(" \t\n\\", r) {
		return -1
	}
	return r
}

// joinAll is the one token that all words together make, where they do: the wrap may have cut its very first characters.
func (v *value) joinAll(words []bit) (string, bool) {
	if len(words) < 2 || len(v.text) > 2*maxToken {
		return "", false
	}
	var b strings.Builder
	breaks, spaces := 0, 0
	for i, w := range words {
		if w.before == ',' || !joinable(w.text) {
			return "", false
		}
		if i > 0 && w.before == '\n' {
			breaks++
		} else if i > 0 {
			spaces++
		}
		b.WriteString(w.text)
	}
	if s := b.String(); starts(s) && complete(s) {
		v.joined(breaks, spaces)
		return s, true
	}
	return "", false
}

// joined notes what was taken out of the middle of a token. In a command's header it was sent, but for the breaks that a terminal makes.
func (v *value) joined(breaks, spaces int) {
	if breaks > 0 {
		sent := v.form == shell && !v.in.wrapped(v.from, v.to)
		v.repairs = append(v.repairs, Repair{ID: "in.whitespace", Text: "removed a line break inside the token" + times(breaks), Sent: sent})
	}
	if spaces > 0 {
		v.repairs = append(v.repairs, Repair{ID: "in.whitespace", Text: "removed a space inside the token" + times(spaces), Sent: v.form == shell})
	}
}

// run is the index after the last word that belongs to the token that begins with s at word i. Where words make a token of just the right length
// it ends with the last such; where none do, at a row shorter than the one before, or at a space after what could be whole.
func run(words []bit, i int, s string, lastDot int) int {
	jwt := strings.HasPrefix(s, "e")
	var g growing
	g.add(s)
	whole, guess := 0, 0
	if g.complete() {
		whole = i + 1
	}
	j := i + 1
	for ; j < len(words) && g.length < maxToken; j++ {
		w, row := words[j], len(words[j-1].text)
		newStart := starts(w.text) && (!jwt || !strings.HasPrefix(w.text, "e") || g.dots >= 2 && j <= lastDot)
		if w.before == ',' || newStart || !joinable(w.text) {
			break
		}
		if !jwt && (w.before == ' ' || row < 40) {
			break
		}
		third := g.dots >= 2 && g.signature > 0
		if guess == 0 && third && (w.before == ' ' || j-1 > i && row < len(words[j-2].text)) {
			guess = j
		}
		g.add(w.text)
		if g.complete() {
			whole = j + 1
		}
	}
	switch {
	case whole > 0:
		return whole
	case guess > 0:
		return guess
	}
	return j
}
