package ui

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"why401/gcp"
)

// query is what a filter of the refused requests asks for: conditions that must all hold. A condition is a word that stands anywhere in
// the row, or field:text for one field of it; field:a,b is either of two; an exclamation mark, before a condition or before its text,
// turns it round.
type query struct {
	conditions []condition
	doubt      string // what of it could not be read; clean
}

type condition struct {
	field string   // "" for anywhere
	texts []string // any of them, in lower case
	not   bool
	at    time.Time // for since and until
}

// field is what can be asked for by name.
type field struct {
	of    func(*refusal) string
	about kind
	whole bool // one of a few values: asked for twice, either will do, since both cannot be
}

// kind is what sort of row has a field. A filter by a field of requests does not hide the changes: what was changed is what one
// looks for next.
type kind int8

const (
	ofAll kind = iota
	ofRequests
	ofChanges
)

var fields = map[string]field{
	"status":  {func(e *refusal) string { return strconv.Itoa(e.Status) }, ofRequests, true},
	"who":     {func(e *refusal) string { return refusers[e.by] }, ofRequests, true},
	"method":  {func(e *refusal) string { return e.Method }, ofRequests, true},
	"path":    {func(e *refusal) string { return e.Path() }, ofRequests, false},
	"caller":  {func(e *refusal) string { return e.caller + " " + e.kind + " " + e.UserAgent + " " + e.RemoteIP }, ofRequests, false},
	"ip":      {func(e *refusal) string { return e.RemoteIP }, ofRequests, false},
	"service": {func(e *refusal) string { return e.Service }, ofAll, true},
	"project": {func(e *refusal) string { return e.Project }, ofAll, true},
	"region":  {func(e *refusal) string { return e.Region }, ofAll, true},
	"why":     {func(e *refusal) string { return e.short }, ofRequests, false},
	"trace":   {func(e *refusal) string { return e.Trace }, ofRequests, false},
	"by":      {func(e *refusal) string { return e.change.Who }, ofChanges, false},
	"is":      {func(e *refusal) string { return e.sort() }, ofAll, true},
}

// refusers are the words that people use for who refused.
var refusers = map[gcp.Refuser]string{
	gcp.Platform: "cloud run cloudrun cloud-run platform google", gcp.App: "app container", gcp.RefuserUnknown: "unclear unknown",
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

// parseQuery reads the words of a filter at a moment. What is no field that it knows is looked for as it stands, and a moment that
// cannot be read asks for nothing, so that a half-typed filter hides nothing that it should not; doubt says so.
func parseQuery(words []string, at time.Time) query {
	var q query
	for _, w := range words {
		t, text := condition{}, w
		if rest, ok := strings.CutPrefix(text, "!"); ok {
			t.not, text = true, rest
		}
		if text == "" {
			continue
		}
		name, value, ok := strings.Cut(text, ":")
		switch f, known := fields[name]; {
		case ok && (name == "since" || name == "until"):
			moment, err := parseMoment(strings.TrimPrefix(value, "!"), at)
			if err != nil {
				q.doubt = clean(text) + ": " + err.Error()
				continue
			}
			t.field, t.at, t.not = name, moment, t.not != strings.HasPrefix(value, "!")
		case ok && known:
			if rest, ok := strings.CutPrefix(value, "!"); ok {
				t.not, value = !t.not, rest
			}
			if t.texts = anyOf(value); t.texts == nil {
				continue
			}
			t.field = name
			if i := q.sameField(t); i >= 0 && f.whole {
				q.conditions[i].texts = append(q.conditions[i].texts, t.texts...)
				continue
			}
		default:
			if ok && nameLike(name) && value != "" {
				q.doubt = clean(name) + " is no field of a request; " + clean(text) + " is looked for as it stands"
			}
			t.texts = []string{text}
		}
		q.conditions = append(q.conditions, t)
	}
	return q
}

// outside says which moment of the filter lies before the window, in which then nothing of what it asks for can be; "" where none does.
func (q query) outside(begins time.Time) string {
	for _, t := range q.conditions {
		if t.at.IsZero() || !t.at.Before(begins) {
			continue
		}
		at, from := t.at.Local(), begins.Local()
		text := at.Format(time.TimeOnly)
		if at.YearDay() != from.YearDay() || at.Year() != from.Year() {
			text = at.Format(time.DateTime)
		}
		return t.field + " " + text + ": the window begins later, " + from.Format(time.TimeOnly)
	}
	return ""
}

// anyOf is the texts between commas.
func anyOf(value string) (texts []string) {
	for text := range strings.SplitSeq(value, ",") {
		if text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// sameField is where the query asks for the same field already, -1 for nowhere.
func (q query) sameField(t condition) int {
	return slices.IndexFunc(q.conditions, func(o condition) bool { return o.field == t.field && !o.not && !t.not })
}

// nameLike says whether a word was meant as the name of a field: "http://…" and "api.example:443" were not.
func nameLike(s string) bool {
	for _, c := range s {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return s != "" && s != "http" && s != "https"
}

// parseMoment reads a time of day (14:00, 14:00:30: the last one that was), a day and a time of day, or how long ago (5m, 1h30m).
func parseMoment(text string, at time.Time) (time.Time, error) {
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return at.Add(-ago), nil
	}
	local := at.Local()
	for _, layout := range []string{"15:04", time.TimeOnly} {
		clock, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		moment := time.Date(local.Year(), local.Month(), local.Day(), clock.Hour(), clock.Minute(), clock.Second(), 0, local.Location())
		if moment.After(at) {
			moment = moment.AddDate(0, 0, -1)
		}
		return moment, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339Nano, time.DateOnly} {
		if moment, err := time.ParseInLocation(layout, strings.ToUpper(text), local.Location()); err == nil {
			return moment, nil
		}
	}
	return time.Time{}, errors.New("no such time, so it is passed over; 14:00, 14:00:30, 5m, 1h30m and 2026-01-31T14:00 are")
}

// matches says whether every condition holds of a row.
func (q query) matches(e *refusal) bool {
	for _, t := range q.conditions {
		if t.holds(e) == t.not {
			return false
		}
	}
	return true
}

// passes says whether the filter leaves a row in the list: one that every condition holds of, or that none is about that does not.
func (q query) passes(e *refusal) bool {
	for _, t := range q.conditions {
		if fields[t.field].about == ofRequests && e.note != "" {
			continue
		}
		if t.holds(e) == t.not {
			return false
		}
	}
	return true
}

func (t condition) holds(e *refusal) bool {
	var text string
	switch f := fields[t.field]; {
	case t.field == "":
		text = e.text()
	case t.field == "since":
		return !e.Time.Before(t.at)
	case t.field == "until":
		return !e.Time.After(t.at)
	case f.about == ofRequests && e.note != "", f.about == ofChanges && e.change == nil:
		return false // it has no such field
	default:
		text = strings.ToLower(f.of(e))
	}
	return slices.ContainsFunc(t.texts, func(part string) bool { return strings.Contains(text, part) })
}

// text is what a word without a field is looked for in, in lower case.
func (e *refusal) text() string {
	if e.hay == nil {
		parts := []string{strconv.Itoa(e.Status), refuser(e.by), e.Method + " " + e.Path(), e.caller, e.UserAgent, e.short, e.Service, e.Region, e.RemoteIP}
		if e.note != "" {
			parts = []string{e.note, e.Service, e.Region}
		}
		text := strings.ToLower(strings.Join(parts, "\n"))
		e.hay = &text
	}
	return *e.hay
}
