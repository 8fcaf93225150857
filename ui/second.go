package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
)

// What a tail may not have told of is listed once more: what Logging took in while the tail was being opened, since an entry can be
// found a while after it was received; and what Logging held back (gap.go). These lists go by when an entry was received, so that they
// are as short as the doubt, and reach back by when it was logged, so that what came late is in them.
const (
	lateLimit = 10_000           // entries of the list that follows the opening of a tail
	heldLimit = 4000             // entries of one that follows what was held back: half of the calls that there are in a minute
	heldPause = time.Minute      // between two of these
	reachBack = 60 * time.Second // how late an entry may come
	findTime  = 15 * time.Second // until an entry that was received can be found
)

// stretch is a part of the log, by when it was received.
type stretch struct {
	from, to time.Time
	marks    []string // the ids of the marks for what was held back in it; none for that of the opening
	found    int      // how many of it have come since, by whatever list
}

// has says whether what was received at a moment may belong to it. Messages are handled some time after they were sent.
func (s *stretch) has(received time.Time) bool {
	return !received.Before(s.from.Add(-settleTime)) && !received.After(s.to)
}

// second is what is to be listed once more.
type second struct {
	opened time.Time // when the tail was opened, until the list that follows was read; then the zero value
	held   stretch   // what was held back and not asked for yet
	asked  *stretch  // what is being listed; nil while nothing is
	last   time.Time // when what was held back was asked for
}

// listLate reads a stretch of the log, as far as it was logged since a moment, the newest first.
func listLate(ctx context.Context, client *gcp.Client, attempt int, from time.Time, of stretch, limit int) tea.Cmd {
	return func() tea.Msg {
		at := now()
		page, err := client.Late(ctx, from, of.from.Add(-findTime), of.to, limit)
		return entriesListed{attempt: attempt, purpose: secondRun, from: from, refusals: ingest(page.Entries), changes: page.Changes, more: page.More, at: at, err: err}
	}
}

// heldBack notes what Logging did not send since its last message, and sees to it that the log is asked for that.
func (s *stream) heldBack(n gcp.Suppressed, at time.Time) tea.Cmd {
	if n.Total() == 0 {
		return nil
	}
	from := s.heard
	if from.IsZero() || s.tail != nil && s.since.After(from) {
		from = s.since
	}
	h := &s.second.held
	if len(h.marks) == 0 {
		h.from = from
	}
	h.to = at
	h.marks = append(h.marks, s.gaps.held(n, from, at))
	if s.state != streamLive || s.second.asked != nil || s.next.After(at) {
		return nil // what comes next sees to it
	}
	return s.due(s.second.wait(at))
}

// wait is how long until what was held back may be asked for: the tail may still tell of what was received just now.
func (c *second) wait(at time.Time) time.Duration {
	if c.last.IsZero() {
		return settleTime
	}
	return max(settleTime, c.last.Add(heldPause).Sub(at))
}

// again asks for what is to be listed once more, the opening first.
func (s *stream) again(at time.Time) tea.Cmd {
	c, limit := &s.second, lateLimit
	switch {
	case c.asked != nil:
		return nil
	case !c.opened.IsZero():
		c.asked = &stretch{from: c.opened, to: at}
	case len(c.held.marks) == 0:
		return nil
	case at.Sub(c.last) < heldPause, at.Sub(c.held.to) < settleTime && at.Sub(c.held.from) < heldPause:
		// What was held back just now is not to be found yet; what is held back all the time is not waited for.
		return s.due(c.wait(at))
	default:
		asked := c.held
		c.asked, c.held, c.last, limit = &asked, stretch{}, at, heldLimit
		s.gaps.seal()
	}
	from := c.asked.from.Add(-reachBack)
	// What has left the window has left the ring too, and would seem to be new.
	if start := at.Add(-s.window); from.Before(start) {
		from = start
	}
	return listLate(s.ctx, s.client, s.attempt, from, *c.asked, limit)
}

// back takes back what is being listed, whose answer will not come or was an error.
func (c *second) back() {
	if c.asked != nil && len(c.asked.marks) > 0 {
		if len(c.held.marks) == 0 {
			c.held.to = c.asked.to
		}
		c.held.from, c.held.marks, c.held.found = c.asked.from, append(c.asked.marks, c.held.marks...), c.held.found+c.asked.found
	}
	c.asked = nil
}

// listedLate takes the answer. Counts of what was held back are lower bounds: a stretch has been read where nothing of it was left
// unread, and it brought no less than was held back.
func (s *stream) listedLate(m entriesListed) tea.Cmd {
	c := &s.second
	asked := c.asked
	switch {
	case asked == nil:
		return nil
	case m.err != nil:
		c.back()
		if s.state == streamLive {
			return s.due(max(s.longer(), googleAsks(m.err)))
		}
		return nil
	case len(asked.marks) > 0:
		s.gaps.read(asked.marks, asked.found, !m.more)
	case m.more:
		oldest := m.at
		for _, e := range m.refusals {
			if e.Time.Before(oldest) {
				oldest = e.Time
			}
		}
		s.gaps.late(m.from, oldest, len(m.refusals)+len(m.changes))
	}
	if c.asked = nil; len(asked.marks) == 0 {
		c.opened = time.Time{}
	}
	s.filled = true
	if s.state == streamLive && len(c.held.marks) > 0 {
		return s.due(c.wait(m.at))
	}
	return nil
}

// found keeps what a list brought, and counts what is new in it of what was held back, whatever it was asked for.
func (r *root) found(entries []*refusal, changes []gcp.Change) tea.Cmd {
	c := &r.stream.second
	for _, of := range []*stretch{c.asked, &c.held} {
		if of == nil || len(of.marks) == 0 {
			continue
		}
		var in, out []*refusal
		for _, e := range entries {
			// What is older than all that the ring has counted may have been there.
			if gone := r.ring.lost > 0 && e.Time.Before(r.ring.reach()); !gone && of.has(e.received()) {
				in = append(in, e)
			} else {
				out = append(out, e)
			}
		}
		n := r.ring.add(in)
		of.found, r.unseen, entries = of.found+n, r.unseen+n, out
	}
	r.keep(entries)
	fresh := r.history.take(changes)
	for _, of := range []*stretch{&c.held, c.asked} {
		for _, v := range fresh {
			if of != nil && len(of.marks) > 0 && of.has(v.Received) {
				of.found++
			}
		}
	}
	return r.reread(fresh)
}

// received is when Logging took an entry in; when it was logged, where that is not told.
func (e *refusal) received() time.Time {
	if e.Received.IsZero() {
		return e.Time
	}
	return e.Received
}
