package ui

import (
	"strconv"
	"strings"
	"time"
)

// query is what a filter of the refused requests asks for: conditions that must all hold. A condition is a word that stands anywhere in
// the row, or field:text for one field of it; an exclamation mark before a condition turns it round.
type query []condition

type condition struct {
	field string // "" for anywhere
	text  string // in lower case
	not   bool
	at    time.Time // for since and until
}

// fields are what can be asked for by name.
var fields = map[string]func(*refusal) string{
	"status":  func(e *refusal) string { return strconv.Itoa(e.Status) },
	"who":     func(e *refusal) string { return refuser(e.by) },
	"method":  func(e *refusal) string { return e.Method },
	"path":    func(e *refusal) string { return e.path },
	"caller":  func(e *refusal) string { return e.caller + " " + e.UserAgent + " " + e.RemoteIP },
	"ip":      func(e *refusal) string { return e.RemoteIP },
	"service": func(e *refusal) string { return e.Service },
	"region":  func(e *refusal) string { return e.Region },
	"why":     func(e *refusal) string { return e.short },
	"is":      func(e *refusal) string { return e.sort() },
	"trace":   func(e *refusal) string { return e.Trace },
}

// sort says what a row is: an entry, a change, or a gap.
func (e *refusal) sort() string {
	switch {
	case e.change != nil:
		return "change"
	case e.note != "":
		return "gap"
	}
	return "entry"
}

// parseQuery reads the words of a filter at a moment. What is no condition that it knows is looked for as it stands, so that a
// half-typed filter hides nothing that it should not.
func parseQuery(words []string, at time.Time) query {
	var q query
	for _, w := range words {
		t := condition{text: w}
		if rest, ok := strings.CutPrefix(w, "!"); ok {
			if rest == "" {
				continue
			}
			t.not, t.text = true, rest
		}
		if field, text, ok := strings.Cut(t.text, ":"); ok && text != "" {
			if _, known := fields[field]; known {
				t.field, t.text = field, text
			} else if moment, ok := parseMoment(text, at); ok && (field == "since" || field == "until") {
				t.field, t.at = field, moment
			}
		}
		q = append(q, t)
	}
	return q
}

// parseMoment reads a time of day (14:00, 14:00:30: the last one that was), or how long ago (5m, 1h30m).
func parseMoment(text string, at time.Time) (time.Time, bool) {
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return at.Add(-ago), true
	}
	for _, layout := range []string{"15:04", time.TimeOnly} {
		clock, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		local := at.Local()
		moment := time.Date(local.Year(), local.Month(), local.Day(), clock.Hour(), clock.Minute(), clock.Second(), 0, local.Location())
		if moment.After(at) {
			moment = moment.AddDate(0, 0, -1)
		}
		return moment, true
	}
	return time.Time{}, false
}

// matches says whether every condition holds of an entry.
func (q query) matches(e *refusal) bool {
	for _, t := range q {
		if t.holds(e) == t.not {
			return false
		}
	}
	return true
}

func (t condition) holds(e *refusal) bool {
	switch t.field {
	case "":
		return strings.Contains(e.text(), t.text)
	case "since":
		return !e.Time.Before(t.at)
	case "until":
		return !e.Time.After(t.at)
	}
	return strings.Contains(strings.ToLower(fields[t.field](e)), t.text)
}

// text is what a word without a field is looked for in, in lower case.
func (e *refusal) text() string {
	if e.hay == "" {
		e.hay = strings.ToLower(strings.Join([]string{
			strconv.Itoa(e.Status), refuser(e.by), e.Method + " " + e.path, e.caller, e.UserAgent, e.short, e.Service, e.Region, e.RemoteIP, e.note,
		}, "\n"))
	}
	return e.hay
}
