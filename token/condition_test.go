package token

import (
	"strings"
	"testing"
	"time"
)

func TestConditionsOfTimeAreEvaluated(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		when       string
		expression string
		want       Answer
	}{
		{"before the end", `request.time < timestamp("2026-12-31T00:00:00Z")`, Yes},
		{"after the end", `request.time < timestamp("2026-01-01T00:00:00.000Z")`, No},
		{"at the end, which is not before it", `request.time < timestamp("2026-11-23T14:00:00Z")`, No},
		{"at the end, included", `request.time <= timestamp("2026-11-23T14:00:00Z")`, Yes},
		{"at the beginning, which is not after it", `request.time > timestamp("2026-11-23T14:00:00Z")`, No},
		{"at the beginning, included", `request.time >= timestamp("2026-11-23T14:00:00Z")`, Yes},
		{"in single quotes, with an offset and no spaces", `request.time<timestamp('2026-11-23T16:00:01+02:00')`, Yes},
		{"between two moments", `request.time > timestamp("2026-01-01T00:00:00Z") && request.time < timestamp("2026-12-31T00:00:00Z")`, Yes},
		{"outside of two moments", `request.time > timestamp("2026-01-01T00:00:00Z") && request.time < timestamp("2026-02-01T00:00:00Z")`, No},
		{"in parentheses", `((request.time > timestamp("2026-01-01T00:00:00Z")) && (request.time < timestamp("2026-12-31T00:00:00Z")))`, Yes},
		{"one part false, the other not understood", `resource.name.startsWith("x") && request.time < timestamp("2026-01-01T00:00:00Z")`, No},
		{"one part true, the other not understood", `resource.name.startsWith("x") && request.time < timestamp("2026-12-31T00:00:00Z")`, Unsure},
		{"an or, which is not evaluated", `request.time < timestamp("2026-01-01T00:00:00Z") || request.auth.claims.x == "y"`, Unsure},
		{"an or beside a false and, which binds closer", `resource.name == "x" && request.time < timestamp("2026-01-01T00:00:00Z") || true`, Unsure},
		{"a false and before an or, which may be true", `request.time < timestamp("2026-01-01T00:00:00Z") && a || b`, Unsure},
		{"a raw string that shifts the quotes of the others", `a == r"\" + "X && request.time < timestamp('2026-01-01T00:00:00Z') && Y" + "\""`, Unsure},
		{"an or inside parentheses beside a false part", `(a || b) && request.time < timestamp("2026-01-01T00:00:00Z")`, No},
		{"a choice", `request.time < timestamp("2026-01-01T00:00:00Z") ? true : true`, Unsure},
		{"&& inside a string", `resource.name == "a && request.time < timestamp('2026-01-01T00:00:00Z') && b"`, Unsure},
		{"an escaped quote inside a string", `resource.name == "a\" && request.time < timestamp('2026-01-01T00:00:00Z') && \"b"`, Unsure},
		{"a raw string, whose quotes are read otherwise", `resource.name == r"a\" && request.time < timestamp("2026-01-01T00:00:00Z")`, Unsure},
		{"a string in triple quotes", `resource.name == """a" && request.time < timestamp("2026-01-01T00:00:00Z") && """`, Unsure},
		{"a negation", `!(request.time < timestamp("2026-01-01T00:00:00Z"))`, Unsure},
		{"a part of the time", `request.time.getHours("Europe/Berlin") < 17`, Unsure},
		{"another name that begins alike", `request.timezone < timestamp("2026-12-31T00:00:00Z")`, Unsure},
		{"something after the timestamp", `request.time < timestamp("2026-12-31T00:00:00Z") + duration("1h")`, Unsure},
		{"a moment that is none", `request.time < timestamp("tomorrow")`, Unsure},
		{"no end of a string", `request.time < timestamp("2026-12-31T00:00:00Z`, Unsure},
		{"no end of a parenthesis", `(request.time < timestamp("2026-12-31T00:00:00Z")`, Unsure},
		{"a parenthesis too much", `request.time < timestamp("2026-12-31T00:00:00Z"))`, Unsure},
		{"equality", `request.time == timestamp("2026-11-23T14:00:00Z")`, Unsure},
		{"nothing", ``, Unsure},
	} {
		if got := conditionHolds(c.expression, now); got != c.want {
			t.Errorf("%s: %v, want %v: %s", c.when, got, c.want, c.expression)
		}
	}
	if got := conditionHolds(`request.time < timestamp("2026-12-31T00:00:00Z")`, time.Time{}); got != Unsure {
		t.Errorf("without a moment: %v", got)
	}
}

// FuzzCondition holds the evaluator to the grammar it claims: it is sure of nothing without a comparison of request.time in the text.
func FuzzCondition(f *testing.F) {
	for _, seed := range []string{`request.time < timestamp("2026-12-31T00:00:00Z")`, `(a && b) && c`, `"a\"" && (`, `r"\" && '''`, `request.time<timestamp('x')&&&`} {
		f.Add(seed)
	}
	now := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, expression string) {
		got := conditionHolds(expression, now)
		if got != Unsure && !(strings.Contains(expression, "request.time") && strings.Contains(expression, "timestamp")) {
			t.Errorf("%v: %q", got, expression)
		}
		if got != Unsure && strings.Contains(expression, "||") && !strings.ContainsAny(expression, `("'`) {
			t.Errorf("%v in spite of an or: %q", got, expression)
		}
	})
}
