package ui

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"why401/token"
)

// checkSchema names the JSON of a check. It changes when something in it is taken away or comes to mean something else; a field
// may be added without. CheckHelp documents it.
const checkSchema = "why401/check/1"

type checkJSON struct {
	Schema       string        `json:"schema"`
	Kind         token.Kind    `json:"kind"`
	KindVerified bool          `json:"kindVerified"`
	Repairs      []repairJSON  `json:"repairs"`
	Checks       []findingJSON `json:"checks"`
	Verdict      verdictJSON   `json:"verdict"`
	Ways         []wayJSON     `json:"ways"`
}

type repairJSON struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Sent bool   `json:"sent"`
}

type findingJSON struct {
	ID         string `json:"id"`
	Status     string `json:"status"`
	Got        string `json:"got"`
	Want       string `json:"want"`
	Why        string `json:"why"`
	Fix        string `json:"fix"`
	Confidence string `json:"confidence"`
	Source     string `json:"source"`
	// Difference is there only where an audience nearly is an accepted one.
	Difference *differenceJSON `json:"difference,omitempty"`
}

// differenceJSON holds each text in three pieces: before what differs, what differs, and after it.
type differenceJSON struct {
	Got  [3]string `json:"got"`
	Want [3]string `json:"want"`
}

type verdictJSON struct {
	Status     *int   `json:"status"`
	DecidedBy  string `json:"decidedBy"`
	Confidence string `json:"confidence"`
	Source     string `json:"source"`
	Text       string `json:"text"`
}

// wayJSON is a way out; a command that begins with # says when the next ones are for.
type wayJSON struct {
	Title    string   `json:"title"`
	Text     string   `json:"text"`
	Cost     string   `json:"cost"`
	Commands []string `json:"commands"`
}

// json is the report as JSON. Its texts are shown ones, so that a terminal may show it.
func (a answer) json() []byte {
	out := checkJSON{
		Schema: checkSchema, Kind: a.token.Kind(), KindVerified: a.verified(),
		Repairs: []repairJSON{}, Checks: []findingJSON{}, Verdict: a.verdictJSON(), Ways: []wayJSON{},
	}
	for _, r := range a.token.Repairs() {
		out.Repairs = append(out.Repairs, repairJSON{r.ID, shown(r.Text), r.Sent})
	}
	for _, f := range slices.Concat(a.report, token.Report{a.prediction()}) {
		out.Checks = append(out.Checks, findingJSON{
			ID: f.ID, Status: statusName(f.Status), Got: shown(f.Got), Want: shown(f.Want), Why: f.Why, Fix: shown(f.Fix),
			Confidence: confidenceName(f.Confidence), Source: f.Source, Difference: newDifferenceJSON(f.Difference),
		})
	}
	for _, w := range token.Ways(a.token, a.target) {
		way := wayJSON{Title: shown(w.Title), Text: shown(w.Text), Cost: shown(w.Cost), Commands: []string{}}
		for _, c := range w.Commands {
			way.Commands = append(way.Commands, shown(c))
		}
		out.Ways = append(out.Ways, way)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if e.Encode(out) != nil { // texts, numbers and truths always encode
		return nil
	}
	return b.Bytes()
}

// newDifferenceJSON cleans each piece. Where a text holds a credential it is left out: in pieces that would not be known as one.
func newDifferenceJSON(d *token.Difference) *differenceJSON {
	if d == nil || token.Scrub(d.Got) != d.Got || token.Scrub(d.Want) != d.Want {
		return nil
	}
	return &differenceJSON{split3(d.Got, d.GotAt, clean), split3(d.Want, d.WantAt, clean)}
}

func (a answer) verdictJSON() verdictJSON {
	v := a.verdict
	out := verdictJSON{DecidedBy: v.DecidedBy, Confidence: confidenceName(a.confidence()), Source: v.Source, Text: shown(v.Text)}
	if v.Status != 0 {
		out.Status = &v.Status
	}
	if len(v.Assumes) > 0 {
		out.Text += "; assuming that " + shown(strings.Join(v.Assumes, ", that "))
	}
	return out
}

// confidence is how sure the predicted status is; where none is predicted nobody is sure of anything.
func (a answer) confidence() token.Confidence {
	if a.verdict.Status == 0 {
		return token.Undocumented
	}
	return a.verdict.Confidence
}

// prediction is the verdict as the last of the checks.
func (a answer) prediction() token.Finding {
	v := a.verdict
	f := token.Finding{
		ID: "predict.status", Status: token.Fail, Got: v.Text, Want: "200: the request reaches the container", Fix: v.Fix,
		Why:        "What Cloud Run answers follows from the checks, in the order of its gates.",
		Confidence: a.confidence(), Source: v.Source,
	}
	switch v.Status {
	case 0:
		f.Status = token.Unknown
	case 200:
		f.Status, f.Want = token.Pass, ""
	}
	return f
}

// statusName is a check's outcome in the words of the schema.
func statusName(s token.Status) string {
	switch s {
	case token.Pass:
		return "pass"
	case token.Fail:
		return "fail"
	case token.Warn:
		return "warn"
	case token.Unknown:
		return "unknown"
	}
	return "skip"
}

// confidenceName is a confidence in the words of the schema.
func confidenceName(c token.Confidence) string {
	switch c {
	case token.Documented:
		return "documented"
	case token.Observed:
		return "observed"
	case token.Inferred:
		return "inferred"
	}
	return "unknown"
}
