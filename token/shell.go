package token

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// longestExpansion bounds the look for the end of an expansion, so that a hostile paste costs no more than its length.
const longestExpansion = 4096

// word is one word of a shell command, as the shell would hand it to the program.
type word struct {
	text     string
	from, to int  // where it stands, quotes included
	expands  bool // a variable or a command stands in it, whose value is not in the paste
}

// shellWords reads the words of a command as sh would. It reads on across line breaks, since a terminal wraps a command without asking;
// what is never closed ends with the text.
func shellWords(text string, from int) []word {
	l := shellLexer{text: text, at: from}
	for l.at < len(text) {
		l.next()
	}
	l.end()
	return l.words
}

type shellLexer struct {
	text  string
	at    int
	words []word
	now   word
	open  bool // a word has begun
	buf   strings.Builder
}

func (l *shellLexer) begin() {
	if !l.open {
		l.open, l.now = true, word{from: l.at}
		l.buf.Reset()
	}
}

func (l *shellLexer) end() {
	if l.open {
		l.now.text, l.now.to = l.buf.String(), l.at
		l.words = append(l.words, l.now)
	}
	l.open = false
}

func (l *shellLexer) peek(i int) byte {
	if l.at+i < len(l.text) {
		return l.text[l.at+i]
	}
	return 0
}

// next reads one thing outside quotes.
func (l *shellLexer) next() {
	c := l.peek(0)
	switch {
	case c == ' ' || c == '\t' || c == '\n' || c == ';':
		l.end()
		l.at++
	case (c == '\\' || c == '^' || c == '`') && l.peek(1) == '\n':
		l.at += 2 // a continued line: sh, cmd and PowerShell each have their own sign
	case c == '\\':
		l.begin()
		l.at++
		l.one()
	case c == '\'':
		l.begin()
		l.at++
		l.single()
	case c == '"' || c == '$' && l.peek(1) == '"':
		l.begin()
		l.at += 1 + strings.IndexByte(l.text[l.at:], '"')
		l.double()
	case c == '$' && l.peek(1) == '\'':
		l.begin()
		l.at += 2
		l.ansi()
	case c == '$' || c == '`':
		l.begin()
		l.expansion()
	default:
		l.begin()
		l.one()
	}
}

// one takes the next character as it stands.
func (l *shellLexer) one() {
	_, n := utf8.DecodeRuneInString(l.text[l.at:])
	l.buf.WriteString(l.text[l.at : l.at+n])
	l.at += n
}

func (l *shellLexer) single() {
	end := strings.IndexByte(l.text[l.at:], '\'')
	if end < 0 {
		l.buf.WriteString(l.text[l.at:])
		l.at = len(l.text)
		return
	}
	l.buf.WriteString(l.text[l.at : l.at+end])
	l.at += end + 1
}

func (l *shellLexer) double() {
	for l.at < len(l.text) {
		switch c := l.peek(0); {
		case c == '"':
			l.at++
			return
		case c == '\\' && l.peek(1) == '\n':
			l.at += 2
		case c == '\\' && strings.IndexByte(`"\$`+"`", l.peek(1)) >= 0 && l.at+1 < len(l.text):
			l.at++
			l.one()
		case c == '$' || c == '`':
			l.expansion()
		default:
			l.one()
		}
	}
}

// expansion passes over $NAME, ${…}, $(…) or `…` and keeps it as it stands: its value is not in the paste. A lone dollar is a dollar.
func (l *shellLexer) expansion() {
	rest := l.text[l.at:]
	n := 1
	switch c := l.peek(1); {
	case rest[0] == '`':
		if end := strings.IndexByte(rest[1:min(len(rest), longestExpansion)], '`'); end >= 0 {
			n = end + 2
		}
	case c == '(' || c == '{':
		n = nested(rest)
	case c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
		for n < len(rest) && (rest[n] == '_' || !notBase64(rune(rest[n])) && rest[n] != '-') {
			n++
		}
	}
	l.now.expands = l.now.expands || n > 1
	l.buf.WriteString(rest[:n])
	l.at += n
}

// nested is the length of the expansion at the start of rest up to the bracket that closes it; 1 where none does.
func nested(rest string) int {
	open := 0
	for i := 1; i < min(len(rest), longestExpansion); i++ {
		switch rest[i] {
		case '(', '{':
			open++
		case ')', '}':
			open--
			if open == 0 {
				return i + 1
			}
		}
	}
	return 1
}

// ansi reads the rest of $'…', whose escapes are C's.
func (l *shellLexer) ansi() {
	for l.at < len(l.text) {
		c := l.peek(0)
		if c == '\'' {
			l.at++
			return
		}
		if c != '\\' || l.at+1 == len(l.text) {
			l.one()
			continue
		}
		l.at++
		l.ansiEscape()
	}
}

func (l *shellLexer) ansiEscape() {
	c := l.peek(0)
	if i := strings.IndexByte(`ntr\'"?`, c); i >= 0 {
		l.buf.WriteByte("\n\t\r\\'\"?"[i])
		l.at++
		return
	}
	width, n := 0, 0
	switch c {
	case 'x':
		width = 2
	case 'u':
		width = 4
	case 'U':
		width = 8
	}
	for n < width && strings.IndexByte("0123456789abcdefABCDEF", l.peek(1+n)) >= 0 && l.at+1+n < len(l.text) {
		n++
	}
	if n == 0 {
		l.buf.WriteByte('\\')
		l.one()
		return
	}
	code, err := strconv.ParseUint(l.text[l.at+1:l.at+1+n], 16, 32)
	if err == nil && code > 0 && code <= utf8.MaxRune {
		l.buf.WriteRune(rune(code))
	}
	l.at += 1 + n
}
