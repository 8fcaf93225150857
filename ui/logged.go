package ui

import (
	"fmt"
	"time"
)

// logState is how much of the window's log is known: a count of refusals is worth no more. Whatever shows one asks for it, so that a
// log that cannot be read never looks like one without refusals.
type logState int8

const (
	logReading logState = iota // nothing yet: it is being read
	logUnread                  // nothing: it could not be read
	logPart                    // not all: what is counted are at least so many
	logWhole
)

// logged is how much of its window is known.
func (s *stream) logged(at time.Time) logState {
	switch {
	case s.known.IsZero() && (s.listErr != nil || s.fill == nil && s.err != nil):
		return logUnread
	case s.known.IsZero():
		return logReading
	case s.known.After(at.Add(-s.window)):
		return logPart
	case !s.reach.IsZero() && (s.listErr != nil || s.err != nil && s.state != streamPolling):
		// A break that is being closed is no news; one that cannot be is.
		return logPart
	case s.gaps.lack(at.Add(-s.window)):
		return logPart
	}
	return logWhole
}

// changesKnown says whether every change of the window is known: where there are too many refusals to be read, the changes were
// read for themselves.
func (s *stream) changesKnown(at time.Time) bool {
	of := s.logged(at)
	return s.changesFrom.IsZero() && (of == logWhole || of == logPart && s.cut && s.reach.IsZero())
}

// logged is how much of the window's log is known.
func (r *root) logged() logState {
	switch {
	case r.stream != nil:
		return r.stream.logged(r.time)
	case r.opener.err != nil:
		return logUnread
	}
	return logReading
}

// know tells the panes that count how much their counts are worth.
func (r *root) know() {
	if of := r.logged(); of != r.services.log || of != r.refused.log {
		r.services.log, r.refused.log = of, of
		r.services.fit()
		r.refused.fit()
	}
}

// count is a number of refusals in a column.
func (l logState) count(n int) string {
	switch {
	case l == logWhole:
		return count(n)
	case n == 0 && l != logPart:
		return "?"
	}
	return count(n) + "+"
}

// totals are the refusals of the window, in a sentence and in short.
func (r *root) totals() (full, brief string) {
	all, of, in := r.drawn, r.logged(), span(r.o.Since)
	switch {
	case all.total() == 0 && of == logReading:
		brief = in + ": reading "
		return brief, brief
	case all.total() == 0 && of == logUnread:
		brief = in + ": log not read "
		return brief, brief
	}
	parts := fmt.Sprintf("%d by Cloud Run, %d by the app", all.platform, all.app)
	if n := all.total() - all.platform - all.app; n > 0 {
		parts += fmt.Sprintf(", %d unclear", n)
	}
	total := fmt.Sprint(all.total())
	if of != logWhole {
		total += "+"
	}
	brief = in + ": " + total + " refused "
	return fmt.Sprintf("%s(%s) ", brief, parts), brief
}

// spokenTotals are the refusals of the window in a sentence.
func (r *root) spokenTotals() string {
	all, of, in := r.ring.all, r.logged(), span(r.o.Since)
	parts := fmt.Sprintf(" refused in the last %s: %d by Cloud Run, %d by the app.", in, all.platform, all.app)
	switch {
	case of == logWhole:
		return fmt.Sprint(all.total()) + parts
	case all.total() > 0:
		return fmt.Sprint("At least ", all.total()) + parts
	case of == logReading:
		return "The log of the last " + in + " is still being read."
	case of == logUnread:
		return "The log of the last " + in + " is not read: whether anything was refused is not known."
	}
	return "No refusal is known, but the log of the last " + in + " is not wholly read."
}

// spoken is a service's refusals in words.
func (l logState) spoken(t tally) string {
	text := fmt.Sprintf("%d answered 401, %d answered 403", t.s401, t.s403)
	switch {
	case l == logWhole:
		return text
	case t.total() > 0:
		return "at least " + text
	}
	return "its refusals are not known"
}
