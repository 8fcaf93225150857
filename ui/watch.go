package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
)

// A tail that says nothing is a quiet one, or one that no longer hears: its connection stands, and nobody ends it. So while it is
// silent the log is looked into now and then; refusals in it that the tail should have told of show a deaf tail, which is then
// opened again. A tail that speaks is not looked after.
const (
	watchTime  = 2 * time.Minute  // between two looks
	watchLimit = 100              // entries of one
	watchLate  = 15 * time.Second // that a tail may take to tell of what Logging has received
)

// watchDue is the timer of an attempt's watch.
type watchDue struct{ attempt int }

// watched answers watchLog.
type watched struct {
	attempt  int
	refusals []*refusal
	changes  []gcp.Change
	at       time.Time
	err      error
}

func watchLog(ctx context.Context, client *gcp.Client, attempt int, from time.Time) tea.Cmd {
	return func() tea.Msg {
		at := now()
		page, err := client.Log(ctx, from, at, watchLimit)
		return watched{attempt, ingest(page.Entries), page.Changes, at, err}
	}
}

// watch looks into the log where the tail has been silent.
func (s *stream) watch(m watchDue, at time.Time) tea.Cmd {
	if m.attempt != s.attempt || s.tail == nil {
		return nil
	}
	next := after(watchTime, m)
	from := s.since
	if s.heard.After(from) {
		from = s.heard
	}
	if s.state != streamLive || at.Sub(from) < watchTime {
		return next
	}
	// What has left the window has left the ring too, and would seem to be new.
	if from = from.Add(-watchLate); from.Before(at.Add(-s.window)) {
		from = at.Add(-s.window)
	}
	return tea.Batch(next, watchLog(s.ctx, s.client, s.attempt, from))
}

// watched keeps what a look found, and opens a tail again that should have told of it.
func (r *root) watched(m watched) tea.Cmd {
	var due, fresh []*refusal
	for _, e := range m.refusals {
		if m.at.Sub(e.received()) > watchLate {
			due = append(due, e)
		} else {
			fresh = append(fresh, e)
		}
	}
	missed := r.ring.add(due)
	r.unseen += missed
	r.keep(fresh)
	cmd := r.changed(m.changes)
	s := r.stream
	if m.err != nil || m.attempt != s.attempt || s.state != streamLive {
		return cmd
	}
	s.heard = m.at
	if missed == 0 {
		return cmd
	}
	s.broke()
	s.seen(m.refusals)
	return tea.Batch(cmd, r.streamed(s.open()))
}
