package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
)

const (
	frontRetry    = time.Minute // between two readings of what could not be read
	frontLogAge   = time.Minute // until the load balancers' log is read again, while the Access pane is looked at
	frontLogLimit = 1000        // entries, which is one page: the pace is shared with everything else that reads the log
)

// fronting is what stands in front of the project's services. It is read when the Access pane is first looked at, and again while it
// is looked at, and for a report: load balancers as rarely as policies, their log once a minute.
type fronting struct {
	client *gcp.Client // whose answers these are
	fronts *gcp.Fronts // nil: not read yet
	at     time.Time   // of the last answer
	err    error
	kept   bool // fronts are older than err
	bare   bool // fronts are of a reading that failed
	asking bool
	stale  bool // to be read again, log and all

	log    frontsLogged // the last answer that was none of an error
	logAt  time.Time    // of the last answer
	logErr error
	asked  bool // a readFrontLog is on its way

	drawn frontDrawn
}

// frontDrawn is what the Access pane was last drawn from.
type frontDrawn struct {
	service string
	updated time.Time
	policy  *gcp.Policy
	fronts  *gcp.Fronts
	at      time.Time
	logAt   time.Time
	asking  bool
	zoom    bool
	err     error // that of the last answer
	logErr  error
}

// frontsRead answers readFronts of a client.
type frontsRead struct {
	client *gcp.Client
	fronts gcp.Fronts
	at     time.Time
	err    error
}

// frontsLogged answers readFrontLog of a client.
type frontsLogged struct {
	client  *gcp.Client
	window  time.Duration
	entries []gcp.FrontEntry
	more    bool
	at      time.Time
	err     error
}

func readFronts(ctx context.Context, client *gcp.Client) tea.Cmd {
	return func() tea.Msg {
		fronts, err := client.Fronts(ctx)
		return frontsRead{client, fronts, now(), err}
	}
}

func readFrontLog(ctx context.Context, client *gcp.Client, window time.Duration) tea.Cmd {
	return func() tea.Msg {
		at := now()
		entries, more, err := client.FrontLog(ctx, at.Add(-window), at, frontLogLimit)
		return frontsLogged{client, window, entries, more, at, err}
	}
}

// front reads what stands in front while the Access pane is looked at, and has the pane show it.
func (r *root) front(s gcp.Service, ok bool, policy *gcp.Policy) tea.Cmd {
	f := &r.fronting
	if f.client != r.client && r.client != nil {
		was := f.client
		f.client, f.asking, f.asked, f.stale = r.client, false, false, true
		if was == nil || !slices.Equal(was.All(), r.client.All()) {
			*f = fronting{client: r.client}
		}
	}
	var cmds []tea.Cmd
	if r.at == onAccess && r.client != nil {
		cmds = f.ask(r.ctx, r.client, r.time, r.o.Since)
	}
	if d := (frontDrawn{s.ID, s.Updated, policy, f.fronts, f.at, f.logAt, f.asking, r.zoom, f.err, f.logErr}); ok && d != f.drawn {
		f.drawn = d
		r.access.front = r.inFront(s, policy)
		r.access.build()
	}
	return tea.Batch(cmds...)
}

// ask asks for what is missing or old. Without a load balancer there is no log to read.
func (f *fronting) ask(ctx context.Context, client *gcp.Client, now time.Time, window time.Duration) []tea.Cmd {
	cmds := []tea.Cmd{f.askFronts(ctx, client, now)}
	if f.fronts != nil && len(f.fronts.Fronts) > 0 && !f.asked && (f.logAt.IsZero() || f.stale || now.Sub(f.logAt) >= frontLogAge || f.log.window != window && f.logErr == nil) {
		f.asked = true
		cmds = append(cmds, readFrontLog(ctx, client, window))
	}
	f.stale = false
	return cmds
}

// askFronts asks for the load balancers, where they are missing or old.
func (f *fronting) askFronts(ctx context.Context, client *gcp.Client, now time.Time) tea.Cmd {
	age := policyAge
	if f.err != nil || f.fronts != nil && len(f.fronts.Unread) > 0 {
		age = frontRetry
	}
	if f.asking || !f.at.IsZero() && !f.stale && now.Sub(f.at) < age {
		return nil
	}
	f.asking = true
	return readFronts(ctx, client)
}

// read takes load balancers. A reading that failed replaces none that did not.
func (f *fronting) read(m frontsRead) {
	if m.client != f.client {
		return
	}
	f.asking, f.at, f.err = false, m.at, m.err
	if f.kept = m.err != nil && f.fronts != nil && !f.bare; f.kept {
		return
	}
	if m.err == nil || len(m.fronts.Unread) > 0 {
		f.fronts, f.bare = &m.fronts, m.err != nil
	}
}

// frontsLogged takes the load balancers' log; entries before an error are kept beside it, where there are none of before.
func (r *root) frontsLogged(m frontsLogged) {
	f := &r.fronting
	if m.client != f.client {
		return
	}
	f.asked, f.logAt, f.logErr = false, m.at, m.err
	if m.err != nil && !f.log.at.IsZero() {
		return
	}
	f.log = m
	r.refused.handed = map[string]gcp.FrontEntry{}
	for _, e := range m.entries {
		if by := e.By(); e.Trace != "" && (by == gcp.ByBackend || by == gcp.FrontUnknown) {
			r.refused.handed[traceID(clean(e.Trace))] = e
		}
	}
}

// inFront is what the Access pane shows of one service.
func (r *root) inFront(s gcp.Service, policy *gcp.Policy) inFront {
	f := &r.fronting
	v := inFront{
		asked: f.asking || !f.at.IsZero(), known: f.fronts != nil, err: f.err,
		opens: r.opensFront(), window: f.log.window, more: f.log.more, logErr: f.logErr, logAt: f.log.at,
	}
	if !v.known {
		return v
	}
	v.unread, v.errs, v.read, v.kept = f.fronts.Unread, asErrors(f.fronts.Errs), f.fronts.Read, f.kept
	v.ways = f.fronts.Of(s)
	v.cautions = s.FrontCautions(judged(policy, r.moment(s).server()), v.ways)
	mine := f.fronts.Entries(s, f.log.entries)
	v.refused, v.entries = len(mine), mine
	runs := r.traced(s)
	for _, g := range gcp.GroupFronts(mine) {
		e, run := followed(g, mine, runs)
		v.groups = append(v.groups, frontGroup{g, e.Hops(way(v.ways, e), run)})
	}
	return v
}

// home tells the own addresses of a service, those of load balancers where they have been read.
func (r *root) home(at place) gcp.Home {
	return homeOf(r.services.listing.Services, r.fronting.fronts, at)
}

func homeOf(all []gcp.Service, fronts *gcp.Fronts, at place) gcp.Home {
	for _, s := range all {
		if s.Name != at.Service || whereIs(s) != at {
			continue
		}
		var ways []gcp.Front
		if fronts != nil {
			ways = fronts.Of(s)
		}
		return s.Home(ways)
	}
	return gcp.Home{}
}

// way is the way that a request took; nil where it cannot be told.
func way(ways []gcp.Front, e gcp.FrontEntry) *gcp.Front {
	for i, w := range ways {
		if w.Backend == e.Backend && w.Region == e.Region && (w.Name == "" || w.Name == e.Balancer) {
			return &ways[i]
		}
	}
	return nil
}

func traceID(trace string) string { return trace[strings.LastIndexByte(trace, '/')+1:] }

// followed is the newest entry of a group that can be followed into Cloud Run's own log, with the entry there; the newest of all
// where none can.
func followed(g gcp.FrontGroup, entries []gcp.FrontEntry, runs map[string]*refusal) (gcp.FrontEntry, *gcp.Entry) {
	if g.By == gcp.ByBackend || g.By == gcp.FrontUnknown {
		for _, e := range entries {
			if run := runs[traceID(clean(e.Trace))]; run != nil && e.By() == g.By && e.Status == g.Status && e.Same(run.Entry) {
				return e, &run.Entry
			}
		}
	}
	return g.Newest, nil
}
