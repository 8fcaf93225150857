package token

import (
	"strings"
	"time"
)

// ConditionHolds says whether an IAM condition is true at a moment. It evaluates request.time, compared with a timestamp, and its parts
// (getHours and the like, in UTC or a named time zone), compared with a number or looked up in a list of numbers, joined by &&, || and !.
// Every other part is Unsure, and so is the whole where it depends on one; false && unknown is No, true || unknown is Yes. Without a
// moment, and of a text that is not understood, nothing is known.
//
// Source: https://cloud.google.com/iam/docs/conditions-attribute-reference and https://github.com/google/cel-spec.
func ConditionHolds(expression string, now time.Time) Answer { return conditionHolds(expression, now) }

func conditionHolds(expression string, now time.Time) Answer {
	if now.IsZero() {
		return Unsure
	}
	words, ok := celWords(expression)
	if !ok {
		return Unsure
	}
	p := celParser{words: words, now: now}
	v := p.expression()
	if p.broken || p.at != len(words) {
		return Unsure
	}
	return v.truth()
}

// celValue is what a part of a condition comes to.
type celValue struct {
	kind  celKind
	holds Answer // of a celTruth
	at    time.Time
	n     int64
	text  string // of a celText, and of a celName with its dots
	items []celValue
	timed bool // it comes from request.time: of nothing else is anything said
}

type celKind int8

const (
	celOpaque celKind = iota // not known here
	celTruth
	celMoment
	celNumber
	celText
	celList
	celName
)

// truth is a value where a truth is wanted.
func (v celValue) truth() Answer {
	if v.kind != celTruth {
		return Unsure
	}
	return v.holds
}

func celAnswer(a Answer) celValue { return celValue{kind: celTruth, holds: a} }

// compared is a comparison of two values: of moments or of whole numbers, one of which comes from request.time.
func compared(operator string, a, b celValue) celValue {
	if operator == "in" {
		return within(a, b)
	}
	var c int
	switch {
	case !a.timed && !b.timed || a.kind != b.kind:
		return celValue{}
	case a.kind == celMoment:
		c = a.at.Compare(b.at)
	case a.kind == celNumber:
		c = int(min(1, max(-1, a.n-b.n)))
	default:
		return celValue{}
	}
	return celAnswer(answer(operator == "==" && c == 0 || operator == "!=" && c != 0 || strings.HasPrefix(operator, "<") && c < 0 ||
		strings.HasPrefix(operator, ">") && c > 0 || (operator == "<=" || operator == ">=") && c == 0))
}

// within looks a number that comes from request.time up in a list.
func within(a, list celValue) celValue {
	if !a.timed || a.kind != celNumber || list.kind != celList {
		return celValue{}
	}
	found := No
	for _, item := range list.items {
		switch {
		case item.kind != celNumber:
			return celValue{}
		case item.n == a.n:
			found = Yes
		}
	}
	return celAnswer(found)
}

// allOf and anyOf are && and || where not everything is known.
func allOf(a, b Answer) Answer {
	switch {
	case a == No || b == No:
		return No
	case a == Yes && b == Yes:
		return Yes
	}
	return Unsure
}

func anyOf(a, b Answer) Answer { return opposite(allOf(opposite(a), opposite(b))) }

func opposite(a Answer) Answer {
	switch a {
	case Yes:
		return No
	case No:
		return Yes
	}
	return Unsure
}

func answer(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}
