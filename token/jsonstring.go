package token

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// str reads a string with its quotes, and says whether it has an end.
func (r *jsonReader) str() bool {
	r.at++ // the quote
	for r.at < len(r.text) {
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			return true
		case c == '\\':
			if !r.escape() {
				return false
			}
		case c < 0x20:
			r.fail(fmt.Sprintf("byte %d: a control character in a string", r.at+1), "an escape")
			return false
		default:
			r.at++
		}
	}
	r.unexpected("the end of a string")
	return false
}

// escape reads one escape, or two where they are the halves of a surrogate pair. Half a pair alone is no Unicode: one reader puts U+FFFD in its
// place, another refuses it.
func (r *jsonReader) escape() bool {
	start := r.at
	r.at++
	if strings.IndexByte(`"\/bfnrt`, r.peek()) >= 0 && r.at < len(r.text) {
		r.at++
		return true
	}
	first, ok := r.unit()
	if !ok {
		return false
	}
	if first < 0xD800 || first > 0xDFFF {
		return true
	}
	if first < 0xDC00 && bytes.HasPrefix(r.text[r.at:], []byte(`\u`)) {
		back := r.at
		r.at++
		second, ok := r.unit()
		if !ok {
			return false
		}
		if 0xDC00 <= second && second <= 0xDFFF {
			return true
		}
		r.at = back
	}
	r.report("jws.json", fmt.Sprintf("byte %d: half a surrogate pair", start+1), "valid Unicode")
	return true
}

// unit reads the u and the four digits of an escape.
func (r *jsonReader) unit() (uint64, bool) {
	if r.peek() != 'u' {
		r.unexpected("an escape")
		return 0, false
	}
	r.at++
	start := r.at
	for r.at < start+4 {
		if strings.IndexByte("0123456789abcdefABCDEF", r.peek()) < 0 || r.at >= len(r.text) {
			r.unexpected("four hexadecimal digits")
			return 0, false
		}
		r.at++
	}
	unit, err := strconv.ParseUint(string(r.text[start:r.at]), 16, 16)
	return unit, err == nil
}

// unquoteName is the name that a string of JSON writes, so that "\u0061lg" is known for the alg it is.
func unquoteName(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1 : len(quoted)-1]
	}
	return []byte(unquote(quoted))
}

// unquote is the string that a string of JSON writes; what is no Unicode in it becomes U+FFFD.
func unquote(quoted []byte) string {
	if inner := quoted[1 : len(quoted)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner)
	}
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		return ""
	}
	return s
}

// cutName is a name, shortened: a path shows where to look, it is not the place for a long text.
func cutName(name []byte) string {
	const longest = 48
	if len(name) <= longest {
		return string(name)
	}
	return string(bytes.ToValidUTF8(name[:longest], nil)) + "…"
}

func quoteName(name []byte) string { return strconv.Quote(cutName(name)) }

// invalidByte is the offset of the first byte that is not UTF-8.
func invalidByte(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return len(text)
}
