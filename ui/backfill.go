package ui

import (
	"context"
	"fmt"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
)

// What was logged before the tail stood is read backwards, a page a message, less than ten calls a minute: so a day of a storm takes
// minutes, and what has come is shown meanwhile. One reading is under way at a time. What a break left open goes first; then
// the window, from where it is known back to its beginning. A reading can be given up at any page, for a break, or since the
// window was changed: what it brought is kept, and the next one goes on from there.
const (
	fillLimit   = ringSize // entries of one reading; the ring keeps no more
	changeLimit = 1000     // changes that are read for themselves: one call
)

// backfill is a reading of the log that is under way.
type backfill struct {
	serial  int
	purpose purpose
	log     *gcp.Reading
	front   bool // of what a break left open, not of the window
	began   time.Time
	oldest  time.Time // of what it has brought
	got     int       // entries
	paged   bool      // there was more than one page
	broken  bool      // a break came while it was under way, which it does not close
	cancel  context.CancelFunc
	ctx     context.Context
}

// nextPage reads a page, when its turn has come.
func nextPage(ctx context.Context, log *gcp.Reading, attempt, serial int, why purpose) tea.Cmd {
	return func() tea.Msg {
		page, err := log.Next(ctx)
		return entriesListed{
			attempt: attempt, serial: serial, purpose: why, refusals: ingest(page.Entries), changes: page.Changes, more: page.More, at: now(), err: err,
		}
	}
}

// readChanges reads the changes alone: a storm of refusals can crowd out the one that began it.
func readChanges(ctx context.Context, client *gcp.Client, attempt int, from time.Time) tea.Cmd {
	return func() tea.Msg {
		changes, more, err := client.Changes(ctx, from, now(), changeLimit)
		return changesListed{attempt, from, changes, more, now(), err}
	}
}

// plan begins the reading that is needed most, if none is under way; nil where nothing is left to be read.
func (s *stream) plan(at time.Time, why purpose) tea.Cmd {
	start, open := at.Add(-s.window), !s.reach.IsZero() && !s.known.IsZero()
	if s.fill != nil {
		if !open || s.fill.front {
			return nil
		}
		s.giveUp()
	}
	if !s.known.After(start) {
		s.cut = false // what was too much is out of the window
	}
	s.serial++
	f := &backfill{serial: s.serial, purpose: why, began: at, front: open}
	switch {
	case open && s.reach.After(start):
		f.log = s.client.ReadLog(s.reach, time.Time{})
	case s.known.IsZero(), open:
		f.log = s.client.ReadLog(start, time.Time{})
	case !s.cut && s.known.After(start):
		f.log = s.client.ReadLog(start, s.known)
	default:
		return nil
	}
	f.ctx, f.cancel = context.WithCancel(s.ctx)
	s.fill = f
	return nextPage(f.ctx, f.log, s.attempt, f.serial, why)
}

// giveUp ends the reading that is under way. What it has brought is known.
func (s *stream) giveUp() {
	if s.fill != nil {
		s.fill.cancel()
		s.fill = nil
	}
}

// page takes a page of the reading that is under way, and says what comes next; done that the reading is over.
func (s *stream) page(m entriesListed) (cmd tea.Cmd, done bool) {
	f := s.fill
	if m.err != nil {
		s.giveUp()
		return nil, true
	}
	f.got += len(m.refusals)
	for _, e := range m.refusals {
		if f.oldest.IsZero() || e.Time.Before(f.oldest) {
			f.oldest = e.Time
		}
	}
	if !f.front && !f.oldest.IsZero() {
		s.known = f.oldest
	}
	switch {
	case !m.more:
		if !f.front {
			s.known = f.log.From()
		}
	case m.full || f.got >= fillLimit:
		if f.got > 0 {
			s.gaps.unread(f.oldest, f.got)
			s.known = f.oldest
		}
		s.cut = true
	default:
		cmd = nextPage(f.ctx, f.log, s.attempt, f.serial, f.purpose)
		if !f.paged {
			f.paged = true
			s.changesFrom = m.at.Add(-s.window)
			cmd = tea.Batch(cmd, readChanges(s.ctx, s.client, s.attempt, s.changesFrom))
		}
		return cmd, false
	}
	if f.front {
		s.reach = time.Time{}
	}
	if f.broken && s.reach.IsZero() && !s.known.IsZero() {
		s.reach = f.began.Add(-reachBack)
	}
	s.giveUp()
	return nil, true
}

// listedChanges takes the changes that were read for themselves.
func (s *stream) listedChanges(m changesListed) tea.Cmd {
	switch {
	case !m.from.Equal(s.changesFrom):
	case m.err != nil && (s.state == streamCatching || s.state == streamLive):
		// Once more with whatever is read next.
		s.listErr = m.err
		if s.fill == nil {
			return s.due(max(s.longer(), googleAsks(m.err)))
		}
	case m.err == nil:
		s.changesFrom = time.Time{}
		if m.more && len(m.changes) > 0 {
			s.gaps.mark(m.changes[len(m.changes)-1].Time.Add(-time.Nanosecond), fmt.Sprintf("before this more was changed than the newest %d, which were read", len(m.changes)))
		}
	}
	return nil
}

// span changes the window. Of a longer one what is not known yet is read from the log; what a shorter one leaves out is the caller's
// to drop.
func (s *stream) span(window time.Duration, at time.Time) tea.Cmd {
	s.window = window
	if s.fill != nil && !s.fill.front {
		s.giveUp()
	}
	if s.state != streamLive && s.state != streamCatching {
		return nil
	}
	if cmd := s.plan(at, windowFill); cmd != nil {
		s.state = streamCatching
		return cmd
	}
	if s.fill == nil && s.state == streamCatching {
		return s.settled()
	}
	return nil
}

// forgot says that what was logged before a moment is no longer kept; full that the ring has no room for it.
func (s *stream) forgot(before time.Time, full bool) {
	if s != nil && !s.known.IsZero() && s.known.Before(before) {
		s.known = before
	}
	if s != nil && full {
		s.cut = true
	}
}

// pruned says that what was logged before a moment has left the window: of a longer one it is read again, and what could not be read
// then says so itself.
func (s *stream) pruned(before time.Time) {
	if s == nil {
		return
	}
	s.forgot(before, false)
	s.gaps.prune(before)
	if !s.known.After(before) {
		s.cut = false
	}
}

// settled says that nothing is left to be read but what comes late.
func (s *stream) settled() tea.Cmd {
	s.state, s.filled = streamLive, true
	return s.due(settleTime)
}

// still is the mark before which the window is still being read; nil where it is not.
func (s *stream) still() *refusal {
	if s.fill == nil || s.fill.front || s.known.IsZero() {
		return nil
	}
	return &refusal{Entry: gcp.Entry{ID: gapPrefix + "still", Time: s.known.Add(-time.Nanosecond)}, note: "what was logged before this is still being read"}
}

// progress is how far back a reading has come, in words for the header; "" while it has brought nothing.
func (s *stream) progress() string {
	if s.fill == nil || s.fill.oldest.IsZero() {
		return ""
	}
	return s.fill.oldest.Local().Format("15:04") + ", " + strconv.Itoa(s.fill.got) + " read"
}
