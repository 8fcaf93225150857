package ui

import (
	"why401/gcp"
)

// diagnosed is what the last diagnosis was made from; while none of it changes the diagnosis stands.
type diagnosed struct {
	service string
	policy  *gcp.Policy
	tally   tally
	changes int
	filled  bool
}

// mostDiagnosed is how many of a service's newest refusals a diagnosis looks at.
const mostDiagnosed = 2000

// diagnose says, while no token is held, what most likely stops the callers of the selected service.
func (r *root) diagnose(s gcp.Service, ok bool, policy *gcp.Policy) {
	if r.token.token != nil {
		return
	}
	if !ok {
		r.token.diagnose(nil)
		r.diagnosed = diagnosed{}
		return
	}
	at := place{clean(s.Name), clean(s.Region)}
	d := diagnosed{service: s.ID, policy: policy, tally: r.ring.of(at), changes: len(r.history.rows), filled: r.stream != nil && r.stream.filled}
	if d == r.diagnosed || !d.filled {
		return
	}
	r.diagnosed = d
	var entries []gcp.Entry
	for i := len(r.ring.entries) - 1; i >= 0 && len(entries) < mostDiagnosed; i-- {
		if e := r.ring.entries[i]; e.Service == at.name && e.Region == at.region {
			entries = append(entries, e.Entry)
		}
	}
	diagnosis := gcp.Diagnose(s, policy, entries, r.history.changes(at), now())
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
	if !p.full {
		lines = append(lines, para(th.dim, "enter shows all of it", p.w)...)
	}
	return lines
}

const diagnosisWidth = 7
