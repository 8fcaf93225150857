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
		{"an or with what is not understood", `request.time < timestamp("2026-01-01T00:00:00Z") || request.auth.claims.x == "y"`, Unsure},
		{"an or beside a false and, which binds closer", `resource.name == "x" && request.time < timestamp("2026-01-01T00:00:00Z") || true`, Unsure},
		{"a false and before an or, which may be true", `request.time < timestamp("2026-01-01T00:00:00Z") && a || b`, Unsure},
		{"a raw string that shifts the quotes of the others", `a == r"\" + "X && request.time < timestamp('2026-01-01T00:00:00Z') && Y" + "\""`, Unsure},
		{"an or inside parentheses beside a false part", `(a || b) && request.time < timestamp("2026-01-01T00:00:00Z")`, No},
		{"a choice", `request.time < timestamp("2026-01-01T00:00:00Z") ? true : true`, Unsure},
		{"&& inside a string", `resource.name == "a && request.time < timestamp('2026-01-01T00:00:00Z') && b"`, Unsure},
		{"an escaped quote inside a string", `resource.name == "a\" && request.time < timestamp('2026-01-01T00:00:00Z') && \"b"`, Unsure},
		{"a raw string, whose quotes are read otherwise", `resource.name == r"a\" && request.time < timestamp("2026-01-01T00:00:00Z")`, Unsure},
		{"a string in triple quotes", `resource.name == """a" && request.time < timestamp("2026-01-01T00:00:00Z") && """`, Unsure},
		{"a negation of what is false", `!(request.time < timestamp("2026-01-01T00:00:00Z"))`, Yes},
		{"a negation of what is true", `!(request.time > timestamp("2026-01-01T00:00:00Z"))`, No},
		{"a negation of what is not understood", `!(resource.name == "x")`, Unsure},
		{"a negation twice", `!!(request.time > timestamp("2026-01-01T00:00:00Z"))`, Yes},
		{"a negation that binds closer than the comparison", `!request.time < timestamp("2026-01-01T00:00:00Z")`, Unsure},
		{"the timestamp first, before", `timestamp("2026-01-01T00:00:00Z") < request.time`, Yes},
		{"the timestamp first, after", `timestamp("2026-01-01T00:00:00Z") >= request.time`, No},
		{"an or of which one is true", `request.time < timestamp("2026-01-01T00:00:00Z") || request.time > timestamp("2026-02-01T00:00:00Z")`, Yes},
		{"an or of which none is", `request.time < timestamp("2026-01-01T00:00:00Z") || request.time > timestamp("2027-02-01T00:00:00Z")`, No},
		{"an or of which one is true, the other not understood", `request.path.startsWith("/x") || request.time < timestamp("2026-12-31T00:00:00Z")`, Yes},
		{"an or that binds less than the and", `request.time > timestamp("2026-01-01T00:00:00Z") || resource.name == "x" && request.time < timestamp("2026-01-01T00:00:00Z")`, Yes},
		{"an or in parentheses", `(request.time > timestamp("2026-01-01T00:00:00Z") || a) && request.time < timestamp("2026-01-01T00:00:00Z")`, No},
		{"another moment", `request.time != timestamp("2026-11-23T14:00:01Z")`, Yes},
		{"the same moment", `request.time != timestamp("2026-11-23T14:00:00Z")`, No},
		{"hours in a time zone", `request.time.getHours("Europe/Berlin") < 15`, No},
		{"hours in a time zone, at the edge", `request.time.getHours("Europe/Berlin") <= 15`, Yes},
		{"hours at a distance from UTC", `request.time.getHours("-08:00") == 6`, Yes},
		{"hours at a distance without a sign", `request.time.getHours("05:30") == 19 && request.time.getMinutes("05:30") == 30`, Yes},
		{"hours in UTC", `request.time.getHours() == 14`, Yes},
		{"a number first", `17 > request.time.getHours()`, Yes},
		{"a Monday", `request.time.getDayOfWeek("Europe/Berlin") == 1`, Yes},
		{"a day among others", `request.time.getDayOfWeek("Europe/Berlin") in [1, 2, 3, 4, 5]`, Yes},
		{"a day among others, which it is not", `request.time.getDayOfWeek("Europe/Berlin") in [0, 6]`, No},
		{"a day among others that are not understood", `request.time.getDayOfWeek() in [1, x]`, Unsure},
		{"the year", `request.time.getFullYear() == 2026`, Yes},
		{"the month, from 0", `request.time.getMonth() == 10`, Yes},
		{"the date, from 1", `request.time.getDate() == 23`, Yes},
		{"the day of the month, from 0", `request.time.getDayOfMonth() == 22`, Yes},
		{"the day of the year, from 0", `request.time.getDayOfYear() == 326`, Yes},
		{"the next day somewhere else", `request.time.getDate("Pacific/Kiritimati") == 24`, Yes},
		{"working hours", `request.time.getHours("Europe/Berlin") >= 9 && request.time.getHours("Europe/Berlin") <= 17 && request.time.getDayOfWeek("Europe/Berlin") >= 1 && request.time.getDayOfWeek("Europe/Berlin") <= 5`, Yes},
		{"a time zone that does not exist", `request.time.getHours("Europe/Atlantis") < 24`, Unsure},
		{"the machine's own time zone", `request.time.getHours("Local") < 24`, Unsure},
		{"a part that is not known here", `request.time.getEra() == 1`, Unsure},
		{"a part without the call", `request.time.getHours < 24`, Unsure},
		{"a moment and a number", `request.time < 2027`, Unsure},
		{"a number that is none of ours", `size(request.path) < 24 && request.time.getHours() < 24`, Unsure},
		{"a fraction", `request.time.getHours() < 14.5`, Unsure},
		{"a negative number", `request.time.getHours() > -1`, Yes},
		{"arithmetic", `request.time.getHours() + 1 < 24`, Unsure},
		{"a comment at the end", "request.time < timestamp('2026-12-31T00:00:00Z') // until the audit", Yes},
		{"on several lines", "request.time <\n\ttimestamp(\"2026-12-31T00:00:00Z\")", Yes},
		{"a name that hides request", `[1].exists(request, request.time < timestamp("2026-12-31T00:00:00Z"))`, Unsure},
		{"a map and a list that are not understood", `resource.matchTag("a/b", "c") && {"a": [1, 2]}["a"] == [1] && request.time < timestamp("2026-01-01T00:00:00Z")`, No},
		{"other escapes inside a string", `resource.name == "\u0041\n" || request.time < timestamp("2026-12-31T00:00:00Z")`, Yes},
		{"a constant, of which nothing is said", `true`, Unsure},
		{"half an operator", `request.time < timestamp("2026-12-31T00:00:00Z") & true`, Unsure},
		{"an operator without its right side", `request.time < timestamp("2026-12-31T00:00:00Z") &&`, Unsure},
		{"more parentheses than anybody writes", strings.Repeat("(", 5000) + `request.time < timestamp("2026-12-31T00:00:00Z")` + strings.Repeat(")", 5000), Unsure},
		{"another name that begins alike", `request.timezone < timestamp("2026-12-31T00:00:00Z")`, Unsure},
		{"something after the timestamp", `request.time < timestamp("2026-12-31T00:00:00Z") + duration("1h")`, Unsure},
		{"a moment that is none", `request.time < timestamp("tomorrow")`, Unsure},
		{"no end of a string", `request.time < timestamp("2026-12-31T00:00:00Z`, Unsure},
		{"no end of a parenthesis", `(request.time < timestamp("2026-12-31T00:00:00Z")`, Unsure},
		{"a parenthesis too much", `request.time < timestamp("2026-12-31T00:00:00Z"))`, Unsure},
		{"equality", `request.time == timestamp("2026-11-23T14:00:00Z")`, Yes},
		{"equality with another moment", `request.time == timestamp("2026-11-23T14:00:01Z")`, No},
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

// FuzzCondition holds the evaluator to the grammar it claims: it is sure of nothing without request.time in the text, and a negation of
// the whole says the opposite.
func FuzzCondition(f *testing.F) {
	for _, seed := range []string{`request.time < timestamp("2026-12-31T00:00:00Z")`, `(a && b) && c`, `"a\"" && (`, `r"\" && '''`, `request.time<timestamp('x')&&&`,
		`!(1 in [request.time.getHours("-08:00")]) ? a : {"b": -c}`, `request.time.getDayOfWeek("Europe/Berlin") in [1,2] || x // y`} {
		f.Add(seed)
	}
	now := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, expression string) {
		got := conditionHolds(expression, now)
		if got != Unsure && !strings.Contains(expression, "request") {
			t.Errorf("%v: %q", got, expression)
		}
		if not := conditionHolds("!("+expression+"\n)", now); got != Unsure && not != opposite(got) {
			t.Errorf("%v, and %v of the negation: %q", got, not, expression)
		}
		if and := conditionHolds("nobody.knows() && ("+expression+"\n)", now); got == No && and != No || and == Yes {
			t.Errorf("%v, and %v beside what nobody knows: %q", got, and, expression)
		}
	})
}
