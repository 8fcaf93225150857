package demo

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/genproto/googleapis/cloud/audit"
	ltype "google.golang.org/genproto/googleapis/logging/type"
	"google.golang.org/protobuf/types/known/timestamppb"
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

// kind is how a field's values compare.
type kind int8

const (
	text kind = iota
	integer
	moment
	severity
)

// field is one field of an entry: how to read it, and whether it is there.
type field struct {
	kind kind
	text func(*loggingpb.LogEntry) (string, bool)
	num  func(*loggingpb.LogEntry) (int64, bool)
	time func(*loggingpb.LogEntry) *timestamppb.Timestamp
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

func (f field) present(e *loggingpb.LogEntry) bool {
	var ok bool
	switch f.kind {
	case integer, severity:
		_, ok = f.num(e)
	case moment:
		ok = f.time(e) != nil
	default:
		_, ok = f.text(e)
	}
	return ok
}

// fieldOf finds a field by its name in the language.
func fieldOf(name string) (field, error) {
	str := func(read func(*loggingpb.LogEntry) string) (field, error) {
		return field{text: func(e *loggingpb.LogEntry) (string, bool) { s := read(e); return s, s != "" }}, nil
	}
	lookup := func(read func(*loggingpb.LogEntry) map[string]string, key string) (field, error) {
		key = strings.Trim(key, `"`)
		return field{text: func(e *loggingpb.LogEntry) (string, bool) { s, ok := read(e)[key]; return s, ok }}, nil
	}
	if key, ok := strings.CutPrefix(name, "resource.labels."); ok && key != "" {
		return lookup(func(e *loggingpb.LogEntry) map[string]string { return e.GetResource().GetLabels() }, key)
	}
	if key, ok := strings.CutPrefix(name, "labels."); ok && key != "" {
		return lookup((*loggingpb.LogEntry).GetLabels, key)
	}
	if key, ok := strings.CutPrefix(name, "httpRequest."); ok {
		return httpField(key, str)
	}
	if key, ok := strings.CutPrefix(name, "protoPayload."); ok {
		return auditField(key)
	}
	switch name {
	case "resource.type":
		return str(func(e *loggingpb.LogEntry) string { return e.GetResource().GetType() })
	case "logName":
		return str((*loggingpb.LogEntry).GetLogName)
	case "textPayload":
		return str((*loggingpb.LogEntry).GetTextPayload)
	case "insertId":
		return str((*loggingpb.LogEntry).GetInsertId)
	case "trace":
		return str((*loggingpb.LogEntry).GetTrace)
	case "spanId":
		return str((*loggingpb.LogEntry).GetSpanId)
	case "timestamp":
		return field{kind: moment, time: (*loggingpb.LogEntry).GetTimestamp}, nil
	case "receiveTimestamp":
		return field{kind: moment, time: (*loggingpb.LogEntry).GetReceiveTimestamp}, nil
	case "severity":
		return field{kind: severity, num: func(e *loggingpb.LogEntry) (int64, bool) { return int64(e.GetSeverity()), true }}, nil
	}
	return field{}, fmt.Errorf("the field %q is not known", name)
}

type strField func(func(*loggingpb.LogEntry) string) (field, error)

func httpField(key string, str strField) (field, error) {
	read := func(get func(*ltype.HttpRequest) string) (field, error) {
		return str(func(e *loggingpb.LogEntry) string { return get(e.GetHttpRequest()) })
	}
	switch key {
	case "status":
		return field{kind: integer, num: func(e *loggingpb.LogEntry) (int64, bool) {
			n := e.GetHttpRequest().GetStatus()
			return int64(n), n != 0
		}}, nil
	case "requestMethod":
		return read((*ltype.HttpRequest).GetRequestMethod)
	case "requestUrl":
		return read((*ltype.HttpRequest).GetRequestUrl)
	case "userAgent":
		return read((*ltype.HttpRequest).GetUserAgent)
	case "remoteIp":
		return read((*ltype.HttpRequest).GetRemoteIp)
	case "referer":
		return read((*ltype.HttpRequest).GetReferer)
	case "protocol":
		return read((*ltype.HttpRequest).GetProtocol)
	}
	return field{}, fmt.Errorf("the field %q is not known", "httpRequest."+key)
}

func auditField(key string) (field, error) {
	read := func(get func(*audit.AuditLog) string) (field, error) {
		return field{text: func(e *loggingpb.LogEntry) (string, bool) {
			var a audit.AuditLog
			if e.GetProtoPayload() == nil || e.GetProtoPayload().UnmarshalTo(&a) != nil {
				return "", false
			}
			s := get(&a)
			return s, s != ""
		}}, nil
	}
	switch key {
	case "@type":
		return field{text: func(e *loggingpb.LogEntry) (string, bool) {
			s := e.GetProtoPayload().GetTypeUrl()
			return s, s != ""
		}}, nil
	case "serviceName":
		return read((*audit.AuditLog).GetServiceName)
	case "methodName":
		return read((*audit.AuditLog).GetMethodName)
	case "resourceName":
		return read((*audit.AuditLog).GetResourceName)
	case "authenticationInfo.principalEmail":
		return read(func(a *audit.AuditLog) string { return a.GetAuthenticationInfo().GetPrincipalEmail() })
	}
	return field{}, fmt.Errorf("the field %q is not known", "protoPayload."+key)
}
