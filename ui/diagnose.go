package ui

import (
	"time"

	"why401/gcp"
)

// diagnosing is when the last diagnosis was made and of what, and whether the next one is put off.
type diagnosing struct {
	of  diagnosed
	at  time.Time
	due bool
}

// diagnosed is what a diagnosis was made from; while none of it changes the diagnosis stands.
type diagnosed struct {
	service string
	policy  *gcp.Policy
	tally   tally
	changes int
	minute  int64 // in which it was made: a grant has spread some time, and a storm may be over
	filled  bool
	some    bool       // there are refusals, of whatever service
	asked   bool       // the log was asked for any request at all,
	logged  gcp.Logged // and this is the newest
}

// mostDiagnosed is how many of a service's newest refusals a diagnosis looks at.
const mostDiagnosed = 2000

// diagnoseTime is the least time between two diagnoses that differ by more refusals alone: each copies thousands of them, and nobody reads
// ten in a second.
const diagnoseTime = time.Second

// diagnose says, while no token is held, what most likely stops the callers of the selected service.
func (r *root) diagnose(s gcp.Service, ok bool, policy *gcp.Policy) {
	r.diagnosed.due = false
	if r.token.token != nil {
		return
	}
	if !ok {
		r.token.diagnose(nil)
		r.diagnosed = diagnosing{}
		return
	}
	at := whereIs(s)
	d := diagnosed{
		service: s.ID, policy: policy, changes: len(r.history.rows), minute: r.time.Unix() / 60, filled: r.stream != nil && r.stream.filled,
		some: len(r.ring.entries) > 0, asked: r.refused.silence.known, logged: r.refused.silence.last,
	}
	if row := r.services.row(s.ID); row != nil {
		d.tally = row.tally // as it is drawn: in a storm the words would change with every entry
	}
	if d == r.diagnosed.of || !d.filled {
		return
	}
	more := r.diagnosed.of
	more.tally, more.minute = d.tally, d.minute
	if r.diagnosed.due = d == more && r.time.Sub(r.diagnosed.at) < diagnoseTime; r.diagnosed.due {
		return
	}
	r.diagnosed = diagnosing{of: d, at: r.time}
	var entries []gcp.Entry
	for i := len(r.ring.entries) - 1; i >= 0 && len(entries) < mostDiagnosed; i-- {
		if e := r.ring.entries[i]; e.Place() == at {
			entries = append(entries, e.Entry)
		}
	}
	of := gcp.Evidence{Policy: judged(policy, r.moment(s).server()), Entries: entries, Gaps: r.refused.missing(), Logged: r.refused.lastSeen(), Changes: r.history.changes(at), Now: now()}
	of.Since, _ = r.refused.whole(of.Now)
	if counted, _ := r.refused.counted(of.Now); !counted.IsZero() {
		of.Minutes = r.ring.minutes(at, counted.Truncate(time.Minute).Add(time.Minute), of.Now)
	}
	diagnosis := gcp.Diagnose(s, of)
	r.token.diagnose(&diagnosis)
}

// diagnose takes a diagnosis to show while there is no token; nil for none.
func (p *tokenPane) diagnose(d *gcp.Diagnosis) {
	p.diagnosis = d
	p.build()
}

// likely is the diagnosis: what most likely stops the callers, the evidence for and against, and what to look at next; all of
// it while the pane is zoomed, the strongest of each otherwise.
func (p *tokenPane) likely() []string {
	d, th := p.diagnosis, p.th
	if d == nil {
		return nil
	}
	lines := entry("likely", th.doubt, diagnosisWidth, clean(d.Likely)+" ("+d.Confidence+")", th.strong, p.w)
	list := func(label string, st style, most int, texts []string) {
		if p.full {
			most = len(texts)
		}
		for _, t := range texts[:min(most, len(texts))] {
			lines = append(lines, entry(label, st, diagnosisWidth, clean(t), th.plain, p.w)...)
			label = ""
		}
	}
	list("for", th.good, 2, d.For)
	list("next", th.accent, 2, d.Next)
	list("but", th.unknown, 1, d.Against)
	list("also", th.dim, 1, d.Also)
	if zoom := p.km.zoom.Help().Key; !p.full && zoom != "" {
		lines = append(lines, para(th.dim, zoom+" shows all of it", p.w)...)
	}
	return lines
}

const diagnosisWidth = 7
