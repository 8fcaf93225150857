package ui

import (
	"slices"
	"strings"
	"time"

	"why401/gcp"
)

// history is what was changed in the project's services, ready to be drawn as rows of the log.
type history struct {
	gcp.History
	rows []*refusal // in the log's order
}

// take takes in changes and gives those that are new.
func (h *history) take(changes []gcp.Change) []gcp.Change {
	fresh := h.Add(changes...)
	if len(changes) > 0 {
		h.draw()
	}
	return fresh
}

// saw tells what was read of services and policies, with which later changes are compared.
func (h *history) saw(s gcp.Service, p *gcp.Policy) { h.Saw(s, p) }

// draw makes the rows anew: what a change did may show only when the next one is known.
func (h *history) draw() {
	h.rows = nil
	for _, c := range h.List() {
		h.rows = append(h.rows, changeRow(c))
	}
}

// changeRow is a change as a row of the log, clean.
func changeRow(c gcp.Change) *refusal {
	note := clean(c.Text())
	c.ID, c.Project, c.Service, c.Region, c.Who = clean(c.ID), clean(c.Project), clean(c.Service), clean(c.Region), clean(c.Who)
	c.Method, c.Failed = clean(c.Method), clean(c.Failed)
	c.Detail = slices.Clone(c.Detail)
	for i := range c.Detail {
		c.Detail[i] = clean(c.Detail[i])
	}
	return &refusal{Entry: gcp.Entry{ID: c.ID, Time: c.Time, Project: c.Project, Service: c.Service, Region: c.Region}, note: note, change: &c}
}

// of are the changes of one service since a moment; of the zero place, of all.
func (h *history) of(at place, since time.Time) []*refusal {
	var out []*refusal
	for _, c := range h.rows {
		if !c.Time.Before(since) && (at == place{} || c.Place() == at) {
			out = append(out, c)
		}
	}
	return out
}

// changes are those of a scope as they came.
func (h *history) changes(scope place) []gcp.Change {
	if scope == (place{}) {
		return h.List()
	}
	return h.Of(scope)
}

// policyChanged is when the policy of a service was changed last, the zero time where that is not known.
func (h *history) policyChanged(at place) time.Time {
	for _, c := range slices.Backward(h.rows) {
		if c.Place() == at && c.change.Kind == gcp.ChangePolicy && c.change.Failed == "" {
			return c.Time
		}
	}
	return time.Time{}
}

// explainChange is a change in full.
func (p *refusedPane) explainChange(c *refusal) []string {
	th := p.th
	lines := entry("change", th.accent, checkWidth, c.note, th.strong, p.w)
	add := func(label, text string) {
		if text != "" {
			lines = append(lines, entry(label, th.dim, checkWidth, text, th.plain, p.w)...)
		}
	}
	add("Service", strings.TrimSpace(p.named(c.Project, c.Service)+" in "+c.Region))
	add("Who", c.change.Who)
	add("What", c.change.Kind.String())
	added, removed, lead := "Added", "Removed", ""
	if c.change.Failed != "" {
		added, removed, lead = "Tried to", "Tried to", "add "
	}
	for _, g := range c.change.Added {
		add(added, lead+clean(g.Member+" to "+g.Role+g.Under()))
	}
	if lead != "" {
		lead = "remove "
	}
	for _, g := range c.change.Removed {
		add(removed, lead+clean(g.Member+" from "+g.Role+g.Under()))
	}
	add("Detail", strings.Join(c.change.Detail, "; "))
	add("Failed", c.change.Failed)
	add("Time", c.Time.Local().Format("2006-01-02 15:04:05.000 -0700"))
	add("Method", c.change.Method)
	return lines
}
