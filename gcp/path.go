package gcp

import "strings"

const (
	mostSegments = 10 // of a folded path
	mostSegment  = 64 // bytes of one
)

// FoldPath replaces what differs from call to call in a path, so that the calls of one endpoint fall together:
// "/orders/41877/lines" becomes "/orders/{id}/lines". Numbers, UUIDs, hexadecimal and random-looking words become {id}, dates
// {date}, mail addresses {email}; a segment of more than 64 bytes, which may be a credential, {long}. What follows the tenth
// segment becomes "…". Folding twice is the same as once, and the result has less than 800 bytes.
func FoldPath(path string) string {
	var b strings.Builder
	n := 0
	for rest, more := path, true; more; n++ {
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		if n > mostSegments {
			b.WriteString("/…")
			break
		}
		if n > 0 {
			b.WriteByte('/')
		}
		b.WriteString(foldSegment(segment))
	}
	return b.String()
}

// foldSegment folds what stands between two slashes.
func foldSegment(s string) string {
	switch {
	case len(s) > mostSegment:
		return "{long}"
	case !strings.ContainsAny(s, "0123456789@%") && len(s) < 16:
		return s
	case mail(s):
		return "{email}"
	case date(s):
		return "{date}"
	}
	out := make([]byte, 0, len(s)+8)
	folded := false // the word before was an id
	for i := 0; i < len(s); {
		word, id := firstWord(s[i:])
		if id && folded && strings.IndexByte("-_.", out[len(out)-1]) >= 0 {
			out = out[:len(out)-1] // a composed id is one id
		} else if id {
			out = append(out, "{id}"...)
		} else {
			out = append(out, foldWord(word)...)
		}
		folded = id
		i += len(word)
		n := joint(s[i:])
		out = append(out, s[i:i+n]...)
		i += n
	}
	if len(out) > mostSegment {
		return "{long}"
	}
	return string(out)
}

// firstWord is what comes before the first joint, and whether the whole of it is an id. A UUID is one word.
func firstWord(s string) (word string, id bool) {
	if len(s) >= 36 && uuid(s[:36]) && (len(s) == 36 || joint(s[36:]) > 0) {
		return s[:36], true
	}
	n := 0
	for n < len(s) && joint(s[n:]) == 0 {
		n++
	}
	word = s[:n]
	return word, word == "{id}" || random(word)
}

// joint is the length of what separates two words at the beginning of s: a sign, or an escaped byte; 0 where there is none.
func joint(s string) int {
	switch {
	case s == "":
		return 0
	case s[0] == '%' && len(s) >= 3 && hex(s[1]) && hex(s[2]):
		return 3
	case strings.IndexByte("-_.:,;=~+()!*'&$|@% ", s[0]) >= 0:
		return 1
	}
	return 0
}

// random says whether a word is a number, or looks as if nobody had chosen it.
func random(w string) bool {
	var digits, letters, nibbles, turns int
	for i := range len(w) {
		switch c := w[i]; {
		case digit(c):
			digits++
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letters++
		default:
			return false
		}
		if hex(w[i]) {
			nibbles++
		}
		if i > 0 && digit(w[i]) != digit(w[i-1]) {
			turns++
		}
	}
	n := len(w)
	switch {
	case n == 0:
		return false
	case digits == n:
		return true
	case nibbles == n && (n >= 8 && digits > 0 || n >= 16):
		return true
	case n >= 16 && digits >= 2:
		return true
	}
	version := w[0]|0x20 == 'v' && n < 12 // v1p1beta1
	return n >= 8 && turns >= 4 && !version
}

// foldWord folds the number at the end of a word: order41877.
func foldWord(w string) string {
	n := len(w)
	for n > 0 && digit(w[n-1]) {
		n--
	}
	if len(w)-n < 4 {
		return w
	}
	return w[:n] + "{id}"
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func hex(c byte) bool { return digit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

func uuid(s string) bool {
	for i := range len(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash && s[i] != '-' || !dash && !hex(s[i]) {
			return false
		}
	}
	return true
}

// date knows 2026-03-01, alone or before a time.
func date(s string) bool {
	if len(s) < 10 || len(s) > 10 && s[10] != 'T' {
		return false
	}
	for i := range 10 {
		if dash := i == 4 || i == 7; dash && s[i] != '-' || !dash && !digit(s[i]) {
			return false
		}
	}
	return true
}

// mail knows name@host.tld, also with its sign escaped.
func mail(s string) bool {
	at, n := strings.IndexByte(s, '@'), 1
	if at < 0 {
		at, n = strings.Index(s, "%40"), 3
	}
	if at <= 0 {
		return false
	}
	host, top, ok := cutLast(s[at+n:], '.')
	return ok && host != "" && top != "" && strings.IndexFunc(top, func(r rune) bool { return r|0x20 < 'a' || r|0x20 > 'z' }) < 0
}

func cutLast(s string, sep byte) (before, after string, found bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
