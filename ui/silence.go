package ui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
)

// silence is what an empty list of refusals is held against: whether the log holds any request at all. One call tells an exclusion
// filter, or a log that is switched off, from a project that refuses nobody.
type silence struct {
	asking bool
	at     time.Time // of the last answer
	window time.Duration
	known  bool
	last   gcp.Logged
}

// silenceAge is how long an answer counts.
const silenceAge = 5 * time.Minute

// lastLogged answers askLog.
type lastLogged struct {
	window time.Duration
	last   gcp.Logged
	at     time.Time
	err    error
}

func askLog(ctx context.Context, client *gcp.Client, window time.Duration) tea.Cmd {
	return func() tea.Msg {
		at := now()
		last, err := client.LastLogged(ctx, at.Add(-window), time.Time{})
		return lastLogged{window, last, at, err}
	}
}

// doubt asks whether the log holds any request, where it was read and holds no refusal.
func (r *root) doubt() tea.Cmd {
	s := &r.refused.silence
	if r.client == nil || r.stream == nil || r.stream.state != streamLive || r.stream.listErr != nil || len(r.ring.entries) > 0 || s.asking ||
		s.window == r.o.Since && r.time.Sub(s.at) < silenceAge {
		return nil
	}
	s.asking = true
	return askLog(r.ctx, r.client, r.o.Since)
}

func (r *root) lastLogged(m lastLogged) {
	r.refused.silence = silence{at: m.at, window: m.window, known: m.err == nil, last: m.last}
	r.refused.fit()
}

// lastSeen is the newest request that is known to be in the log, of any service; nil where that is not known.
func (p *refusedPane) lastSeen() *gcp.Logged {
	switch s := p.silence; {
	case len(p.ring.entries) > 0:
		return newestOf(p.ring.entries, p.projectAlone())
	case s.known && s.window == p.window:
		return &s.last
	}
	return nil
}

// newestOf is the newest of some rows in the log's order, those of one project unless that is ""; nil where there is none.
func newestOf(rows []*refusal, project string) *gcp.Logged {
	for _, e := range slices.Backward(rows) {
		if project == "" || e.Project == project {
			return &gcp.Logged{Found: true, Time: e.Time, Status: e.Status, Place: e.Place()}
		}
	}
	return nil
}

// projectAlone is the project whose log is looked at, of several; "" where there is one, or where all are.
func (p *refusedPane) projectAlone() string {
	if !p.several {
		return ""
	}
	return p.service.Project
}

// silent says what it means that there is no refusal, as far as the log tells.
func (p *refusedPane) silent() string {
	others, only := 0, p.projectAlone()
	for at, t := range p.ring.by {
		if only == "" || at.Project == only {
			others += t.total()
		}
	}
	switch s := p.silence; {
	case others > 0:
		return fmt.Sprintf("The log is written: it holds %s of other services.", plural(others, "refusal"))
	case !s.known || s.window != p.window:
		return ""
	case s.last.Found && only != "" && s.last.Project != only:
		return "" // of another project's log
	case s.last.Found:
		return fmt.Sprintf("The log is written: its newest request, answered %d by %s, is of %s.", s.last.Status, clean(s.last.Service), s.last.Time.Local().Format(time.TimeOnly))
	}
	return "The log holds no request at all, of any answer: either nobody calls, or an exclusion filter keeps requests out of the log. If there is traffic, look at the filter: gcloud logging sinks describe _Default --project=" + clean(cmp.Or(only, p.project))
}
