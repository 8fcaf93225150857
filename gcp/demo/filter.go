package demo

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"cloud.google.com/go/logging/apiv2/loggingpb"
)

// The filter language of Cloud Logging, as far as this program's filters and their neighbours go:
// https://cloud.google.com/logging/docs/view/logging-query-language. NOT binds closest, then OR, then AND, which may be left
// out. What is not understood is refused, as the real API refuses it; a fake that lets everything through proves nothing.

const (
	mostFilter = 20_000 // characters
	mostDepth  = 100    // nested parentheses; not documented
)

// matcher says whether a filter lets an entry through.
type matcher func(*loggingpb.LogEntry) bool

// compile reads a filter. The error is INVALID_ARGUMENT and says where.
func compile(filter string) (matcher, error) {
	if n := utf8.RuneCountInString(filter); n > mostFilter {
		return nil, invalid("The filter has %d characters, more than %d.", n, mostFilter)
	}
	words, err := lex(filter)
	if err != nil {
		return nil, invalid("Unparseable filter: %v", err)
	}
	p := &parser{words: words}
	if len(words) == 0 {
		return func(*loggingpb.LogEntry) bool { return true }, nil
	}
	m, err := p.and(0)
	if err == nil && p.at < len(p.words) {
		err = p.fault("unexpected %q", p.peek().text)
	}
	if err != nil {
		return nil, invalid("Unparseable filter: %v", err)
	}
	return m, nil
}

// word is one token of a filter.
type word struct {
	text   string
	quoted bool
	at     int
}

func (w word) is(s string) bool { return !w.quoted && w.text == s }

const special = `()=<>!:~,"`

// lex cuts a filter into words.
func lex(s string) ([]word, error) {
	var words []word
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case c < ' ':
			return nil, fmt.Errorf("at character %d: a control character", i+1)
		case strings.HasPrefix(s[i:], "--"):
			end := strings.IndexByte(s[i:], '\n')
			if end < 0 {
				end = len(s) - i
			}
			i += end
		case c == '"':
			text, n, err := quoted(s[i:])
			if err != nil {
				return nil, fmt.Errorf("at character %d: %w", i+1, err)
			}
			words = append(words, word{text, true, i})
			i += n
		case strings.IndexByte(special, c) >= 0:
			n := 1
			if i+1 < len(s) && (s[i+1] == '=' && strings.IndexByte("<>!", c) >= 0 || s[i+1] == '~' && (c == '=' || c == '!')) {
				n = 2
			}
			words = append(words, word{s[i : i+n], false, i})
			i += n
		default:
			n := bare(s[i:])
			words = append(words, word{s[i : i+n], false, i})
			i += n
		}
	}
	return words, nil
}

// bare is the length of an unquoted word. A quoted part after a dot belongs to it: labels."a/b".
func bare(s string) int {
	n := 0
	for n < len(s) {
		if s[n] == '"' && n > 0 && s[n-1] == '.' {
			_, q, err := quoted(s[n:])
			if err != nil {
				return n
			}
			n += q
			continue
		}
		if s[n] <= ' ' || strings.IndexByte(special, s[n]) >= 0 {
			break
		}
		n++
	}
	return n
}

// quoted reads a string in double quotes and says how long it was.
func quoted(s string) (string, int, error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), i + 1, nil
		case '\\':
			i++
			if i == len(s) {
				return "", 0, fmt.Errorf("the string does not end")
			}
			switch s[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case '"', '\\':
				b.WriteByte(s[i])
			default:
				return "", 0, fmt.Errorf("\\%c is no escape", s[i])
			}
		default:
			b.WriteByte(s[i])
		}
	}
	return "", 0, fmt.Errorf("the string does not end")
}

// parser goes through the words once.
type parser struct {
	words []word
	at    int
}

func (p *parser) peek() word {
	if p.at < len(p.words) {
		return p.words[p.at]
	}
	return word{}
}

func (p *parser) accept(s string) bool {
	if p.at < len(p.words) && p.words[p.at].is(s) {
		p.at++
		return true
	}
	return false
}

func (p *parser) fault(format string, args ...any) error {
	if p.at < len(p.words) {
		format = fmt.Sprintf("at character %d: ", p.words[p.at].at+1) + format
	}
	return fmt.Errorf(format, args...)
}

// and reads terms joined by AND, or by nothing.
func (p *parser) and(depth int) (matcher, error) {
	var all []matcher
	for {
		m, err := p.or(depth)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
		if !p.accept("AND") && (p.at == len(p.words) || p.peek().is(")")) {
			break
		}
	}
	return func(e *loggingpb.LogEntry) bool {
		for _, m := range all {
			if !m(e) {
				return false
			}
		}
		return true
	}, nil
}

func (p *parser) or(depth int) (matcher, error) {
	var some []matcher
	for {
		m, err := p.term(depth)
		if err != nil {
			return nil, err
		}
		some = append(some, m)
		if !p.accept("OR") {
			break
		}
	}
	return func(e *loggingpb.LogEntry) bool {
		for _, m := range some {
			if m(e) {
				return true
			}
		}
		return false
	}, nil
}

// term reads a comparison, a function or a group, perhaps negated.
func (p *parser) term(depth int) (matcher, error) {
	w := p.peek()
	switch {
	case p.at == len(p.words):
		return nil, p.fault("the filter ends where a term is wanted")
	case depth > mostDepth:
		return nil, p.fault("too many parentheses")
	case p.accept("NOT"):
		m, err := p.term(depth + 1)
		return negate(m), err
	case p.accept("("):
		m, err := p.and(depth + 1)
		if err == nil && !p.accept(")") {
			err = p.fault("a parenthesis is not closed")
		}
		return m, err
	case w.quoted:
		return nil, p.fault("a search in all fields is not supported here")
	case strings.HasPrefix(w.text, "-"):
		if p.words[p.at].text = w.text[1:]; w.text == "-" {
			p.at++
		}
		m, err := p.term(depth + 1)
		return negate(m), err
	case w.is("log_id"):
		return p.logID()
	}
	return p.comparison()
}

func negate(m matcher) matcher { return func(e *loggingpb.LogEntry) bool { return !m(e) } }

// logID reads log_id("run.googleapis.com/requests").
func (p *parser) logID() (matcher, error) {
	p.at++
	if !p.accept("(") || !p.peek().quoted {
		return nil, p.fault("log_id wants one quoted argument")
	}
	name := "/logs/" + strings.ReplaceAll(p.peek().text, "/", "%2F")
	p.at++
	if !p.accept(")") {
		return nil, p.fault("log_id wants one quoted argument")
	}
	return func(e *loggingpb.LogEntry) bool { return strings.HasSuffix(e.LogName, name) }, nil
}
