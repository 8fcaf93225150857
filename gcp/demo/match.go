package demo

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	ltype "google.golang.org/genproto/googleapis/logging/type"
)

// comparison reads a field, an operator and a value, or several values in parentheses.
func (p *parser) comparison() (matcher, error) {
	name := p.peek().text
	f, err := fieldOf(name)
	if err != nil {
		return nil, p.fault("%v", err)
	}
	p.at++
	op := p.peek().text
	if p.peek().quoted || !slices.Contains([]string{"=", "!=", "<", "<=", ">", ">=", ":", "=~", "!~"}, op) {
		return nil, p.fault("an operator is wanted after %s", name)
	}
	p.at++
	if !p.accept("(") {
		return p.value(f, op)
	}
	return p.values(f, op, 1)
}

// values reads the rest of a parenthesis of values that are joined by OR, AND or NOT.
func (p *parser) values(f field, op string, depth int) (matcher, error) {
	if depth > mostDepth {
		return nil, p.fault("too many parentheses")
	}
	var out matcher
	for join := ""; ; {
		not := p.accept("NOT")
		var m matcher
		var err error
		if p.accept("(") {
			m, err = p.values(f, op, depth+1)
		} else {
			m, err = p.value(f, op)
		}
		if err != nil {
			return nil, err
		}
		if not {
			m = negate(m)
		}
		out = joined(out, m, join)
		switch {
		case p.accept(")"):
			return out, nil
		case p.accept("OR") && join != "AND":
			join = "OR"
		case p.accept("AND") && join != "OR":
			join = "AND"
		default:
			return nil, p.fault("OR, AND or a closing parenthesis is wanted among the values, and one kind of joint in a parenthesis")
		}
	}
}

func joined(a, b matcher, join string) matcher {
	switch {
	case a == nil:
		return b
	case join == "OR":
		return func(e *loggingpb.LogEntry) bool { return a(e) || b(e) }
	}
	return func(e *loggingpb.LogEntry) bool { return a(e) && b(e) }
}

// value reads one value and builds the comparison with it.
func (p *parser) value(f field, op string) (matcher, error) {
	w := p.peek()
	if p.at == len(p.words) || !w.quoted && (strings.IndexByte(special, w.text[0]) >= 0 || w.text == "AND" || w.text == "OR" || w.text == "NOT") {
		return nil, p.fault("a value is wanted after %s", op)
	}
	m, err := compare(f, op, w)
	if err != nil {
		return nil, p.fault("%v", err)
	}
	p.at++
	return m, nil
}

// compare builds one comparison. Text compares without regard to case, says the documentation of the language.
func compare(f field, op string, w word) (matcher, error) {
	if op == ":" && w.is("*") {
		return f.present, nil
	}
	if op == "!=" {
		m, err := compare(f, "=", w)
		return negate(m), err
	}
	switch f.kind {
	case integer, severity:
		want, err := number64(f.kind, w.text)
		if err != nil {
			return nil, err
		}
		return ordered(op, func(e *loggingpb.LogEntry) (int, bool) {
			got, ok := f.num(e)
			return sign(got - want), ok
		})
	case moment:
		want, err := time.Parse(time.RFC3339Nano, w.text)
		if err != nil || !w.quoted {
			return nil, fmt.Errorf("%q is not a quoted RFC 3339 time", w.text)
		}
		return ordered(op, func(e *loggingpb.LogEntry) (int, bool) {
			return f.time(e).AsTime().Compare(want), f.time(e) != nil
		})
	}
	return f.texts(op, w)
}

// texts builds a comparison of text.
func (f field) texts(op string, w word) (matcher, error) {
	switch op {
	case ":":
		want := strings.ToLower(w.text)
		return func(e *loggingpb.LogEntry) bool {
			got, ok := f.text(e)
			return ok && strings.Contains(strings.ToLower(got), want)
		}, nil
	case "=~", "!~":
		re, err := regexp.Compile(w.text)
		if err != nil || !w.quoted {
			return nil, fmt.Errorf("%q is not a quoted regular expression", w.text)
		}
		return func(e *loggingpb.LogEntry) bool {
			got, ok := f.text(e)
			return ok && re.MatchString(got) == (op == "=~")
		}, nil
	}
	want := strings.ToLower(w.text)
	return ordered(op, func(e *loggingpb.LogEntry) (int, bool) {
		got, ok := f.text(e)
		return strings.Compare(strings.ToLower(got), want), ok
	})
}

// ordered turns a three-way comparison into one by an operator. A field that is not there compares to nothing.
func ordered(op string, cmp func(*loggingpb.LogEntry) (int, bool)) (matcher, error) {
	var test func(int) bool
	switch op {
	case "=":
		test = func(n int) bool { return n == 0 }
	case "<":
		test = func(n int) bool { return n < 0 }
	case "<=":
		test = func(n int) bool { return n <= 0 }
	case ">":
		test = func(n int) bool { return n > 0 }
	case ">=":
		test = func(n int) bool { return n >= 0 }
	default:
		return nil, fmt.Errorf("the operator %s does not fit this field", op)
	}
	return func(e *loggingpb.LogEntry) bool {
		n, ok := cmp(e)
		return ok && test(n)
	}, nil
}

func sign(n int64) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

func number64(k kind, s string) (int64, error) {
	if k == severity {
		if n, ok := ltype.LogSeverity_value[strings.ToUpper(s)]; ok {
			return int64(n), nil
		}
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	return n, nil
}
