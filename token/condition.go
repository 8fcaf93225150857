package token

import (
	"strings"
	"time"
)

// conditionHolds evaluates an IAM condition at a moment: comparisons of request.time with a timestamp, joined by &&. Of anything else
// nothing is known, except that one false part makes the whole of an && false.
func conditionHolds(expression string, now time.Time) Answer {
	parts, ok := conjuncts(expression)
	if !ok {
		return Unsure
	}
	all := Yes
	for _, part := range parts {
		switch partHolds(part, now) {
		case No:
			return No
		case Unsure:
			all = Unsure
		}
	}
	return all
}

// partHolds evaluates one part of an &&.
func partHolds(part string, now time.Time) Answer {
	part = strings.TrimSpace(part)
	if inner, ok := parenthesised(part); ok {
		return conditionHolds(inner, now)
	}
	rest, ok := strings.CutPrefix(part, "request.time")
	if !ok || now.IsZero() {
		return Unsure
	}
	rest = strings.TrimSpace(rest)
	for _, operator := range [...]string{"<=", ">=", "<", ">"} {
		literal, ok := strings.CutPrefix(rest, operator)
		if !ok {
			continue
		}
		at, ok := timestamp(strings.TrimSpace(literal))
		if !ok {
			return Unsure
		}
		c := now.Compare(at)
		return answer(operator == "<" && c < 0 || operator == "<=" && c <= 0 || operator == ">" && c > 0 || operator == ">=" && c >= 0)
	}
	return Unsure
}

// timestamp reads timestamp("2026-08-01T00:00:00Z").
func timestamp(literal string) (time.Time, bool) {
	inner, ok := strings.CutPrefix(literal, "timestamp")
	if !ok {
		return time.Time{}, false
	}
	inner, ok = parenthesised(strings.TrimSpace(inner))
	if !ok {
		return time.Time{}, false
	}
	inner = strings.TrimSpace(inner)
	if len(inner) < 2 || inner[0] != inner[len(inner)-1] || inner[0] != '"' && inner[0] != '\'' {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339, inner[1:len(inner)-1])
	return at, err == nil
}

// parenthesised takes off one pair of parentheses that encloses the whole text.
func parenthesised(text string) (string, bool) {
	if !strings.HasPrefix(text, "(") {
		return "", false
	}
	depth, end := 0, -1
	ok := scan(text, func(i int, c byte) bool {
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		}
		if depth == 0 {
			end = i
		}
		return depth > 0
	})
	if !ok || end != len(text)-1 || text[end] != ')' {
		return "", false
	}
	return text[1:end], true
}

// conjuncts splits an expression at the && of its outermost level. It is not ok where || or ?: stands on that level, which bind
// less than &&, or where quotes or parentheses do not match.
func conjuncts(expression string) ([]string, bool) {
	var parts []string
	depth, start, plain := 0, 0, true
	ok := scan(expression, func(i int, c byte) bool {
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case '|', '?':
			plain = plain && depth > 0
		case '&':
			if depth == 0 && i >= start && strings.HasPrefix(expression[i:], "&&") {
				parts = append(parts, expression[start:i])
				start = i + 2
			}
		}
		return depth >= 0
	})
	return append(parts, expression[min(start, len(expression)):]), ok && plain && depth == 0
}

// scan hands on each byte outside of quotes until it is told to stop. It is not ok where a quote has no end, or a string is of a kind
// that needs more than this to be read: raw, of bytes, or in triple quotes.
func scan(text string, each func(i int, c byte) bool) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c != '"' && c != '\'' {
			if !each(i, c) {
				return true
			}
			continue
		}
		if i > 0 && strings.IndexByte("rRbB", text[i-1]) >= 0 || strings.HasPrefix(text[i:], strings.Repeat(string(c), 3)) {
			return false
		}
		end := i + 1
		for end < len(text) && text[end] != c {
			if text[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(text) {
			return false
		}
		i = end
	}
	return true
}

func answer(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}
