package token

import "strings"

// celWord is one word of a condition.
type celWord struct {
	kind celWordKind
	text string
}

type celWordKind int8

const (
	celSign celWordKind = iota // an operator or a bracket; also the word in
	celWordName
	celWordText // a string, without its quotes
	celWordNumber
)

// celSigns are the operators, the longer ones first.
var celSigns = [...]string{"&&", "||", "<=", ">=", "==", "!=", "<", ">", "!", "?", ":", "+", "-", "*", "/", "%", ".", ",", "(", ")", "[", "]", "{", "}"}

// celWords splits a condition. It is not ok where a quote has no end, or where something stands there that takes more than this to be read:
// a string that is raw, of bytes, or in triple quotes.
func celWords(text string) (words []celWord, ok bool) {
	for text != "" {
		c := text[0]
		switch {
		case strings.IndexByte(" \t\n\f\r", c) >= 0:
			text = text[1:]
		case strings.HasPrefix(text, "//"):
			_, text, _ = strings.Cut(text, "\n")
		case c == '"' || c == '\'':
			word, rest, ok := celString(text)
			if !ok {
				return nil, false
			}
			words, text = append(words, celWord{celWordText, word}), rest
		case celNamed(c) || digits(text[:1]):
			n := 1
			for n < len(text) && (celNamed(text[n]) || digits(text[n:n+1]) || text[n] == '.' && digits(text[:n]) && n+1 < len(text) && digits(text[n+1:n+2])) {
				n++
			}
			w := celWord{celWordName, text[:n]}
			switch {
			case digits(text[:1]):
				w.kind = celWordNumber
			case w.text == "in":
				w.kind = celSign
			case n < len(text) && (text[n] == '"' || text[n] == '\''):
				return nil, false
			}
			words, text = append(words, w), text[n:]
		default:
			n := 0
			for _, s := range celSigns {
				if strings.HasPrefix(text, s) {
					words, n = append(words, celWord{celSign, s}), len(s)
					break
				}
			}
			if n == 0 {
				return nil, false
			}
			text = text[n:]
		}
	}
	return words, true
}

func celNamed(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// celString reads the string at the beginning of a text.
func celString(text string) (word, rest string, ok bool) {
	quote := text[:1]
	if strings.HasPrefix(text, strings.Repeat(quote, 3)) {
		return "", "", false
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == quote[0]:
			return b.String(), text[i+1:], true
		case c == '\n' || c == '\r':
			return "", "", false
		case c == '\\':
			if i++; i == len(text) {
				return "", "", false
			}
			if strings.IndexByte(`\"'`, text[i]) < 0 {
				b.WriteByte(c) // of the others only where the string ends matters: no timestamp and no time zone has one
			}
			b.WriteByte(text[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}
