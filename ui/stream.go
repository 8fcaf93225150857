package ui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"
	"google.golang.org/grpc/codes"

	"why401/gcp"
)

// The stream keeps the ring filled: the tail is opened first, then what was logged before is listed, and after a few
// seconds once more the last minute, since entries come late and a tail shows only what comes in while it is open. When the
// tail ends it is opened again and the log is listed from a minute before the last entry; doubles fall out in the ring. Before
// the hour after which Logging ends every stream, the next one is opened, and the old one read until it stands. Where a
// break is not closed by a list, or Logging held something back, a gap stands in the list (gap.go).
const (
	backfillLimit = 10_000           // entries of one back fill
	settleTime    = 5 * time.Second  // until the second list
	reachBack     = 60 * time.Second // how late an entry may come
	pollTime      = 10 * time.Second // between lists where no tail is to be had: six a minute of sixty
	streamLife    = 55 * time.Minute // until the next tail is opened
	firstWait     = time.Second
	longestWait   = 30 * time.Second
)

// purpose says why entries were listed.
type purpose int8

const (
	backfill  purpose = iota // the window, or what a break left open
	secondRun                // what came late
	poll                     // in place of a tail
)

// streamState is what the stream is doing.
type streamState int8

const (
	streamOpening  streamState = iota // the tail is being opened
	streamCatching                    // the tail is open, the back fill is not read yet
	streamLive                        // both
	streamPolling                     // no tail session is free: the log is listed every pollTime
	streamWaiting                     // it ended; it is opened again at retry
)

// stream is the state of the project's one stream of refusals. Its methods are called in Update and return the next
// command; answers to an attempt that is over are dropped.
type stream struct {
	ctx      context.Context
	client   *gcp.Client
	attempt  int
	turn     int // of streamDue
	state    streamState
	tail     *gcp.Tail
	window   time.Duration
	newest   time.Time // of all entries; the zero value until there was one
	wait     time.Duration
	retry    time.Time
	err      error // of the tail, while waiting or polling
	listWait time.Duration
	listErr  error     // of the last list; nil after one that worked
	filled   bool      // the window was read once
	since    time.Time // when the tail was opened
	cancel   context.CancelFunc

	old    *gcp.Tail // the tail before, read until the new one stands
	oldEnd context.CancelFunc
	reach  time.Time // how far back the next list must reach; the zero value where nothing is open
	gaps   gaps
}

func newStream(ctx context.Context, client *gcp.Client, window time.Duration) *stream {
	return &stream{ctx: ctx, client: client, window: window, wait: firstWait}
}

// open begins an attempt.
func (s *stream) open() tea.Cmd {
	s.close()
	return s.begin()
}

// rotate begins an attempt while the old tail is still read.
func (s *stream) rotate(m rotateDue) tea.Cmd {
	if m.attempt != s.attempt || s.tail == nil || s.state != streamLive {
		return nil
	}
	s.old, s.oldEnd = s.tail, s.cancel
	s.tail, s.cancel = nil, nil
	s.broke()
	return s.begin()
}

func (s *stream) begin() tea.Cmd {
	s.attempt++
	s.state = streamOpening
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(s.ctx)
	return openTail(ctx, s.client, s.attempt)
}

// close ends the tails; whoever waits on them returns.
func (s *stream) close() {
	s.closeOld()
	if s.tail != nil {
		s.tail.Close()
		s.tail = nil
	}
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
}

func (s *stream) closeOld() {
	if s.old != nil {
		s.old.Close()
		s.oldEnd()
		s.old, s.oldEnd = nil, nil
	}
}

// broke notes that entries may be missed from now on, until a list has reached back to the last one known.
func (s *stream) broke() {
	if s.filled && s.reach.IsZero() {
		s.reach = s.newest.Add(-reachBack)
	}
}

// from is how far back a list must reach: over what is open, but not over the window.
func (s *stream) from(at time.Time) time.Time {
	start := at.Add(-s.window)
	if s.reach.After(start) {
		return s.reach
	}
	return start
}

// span changes the window. A longer one is read from the log; what a shorter one leaves out is the caller's to drop.
func (s *stream) span(window time.Duration, at time.Time) tea.Cmd {
	longer := window > s.window
	s.window = window
	if !longer || s.state != streamLive && s.state != streamCatching {
		return nil
	}
	s.state, s.reach = streamCatching, at.Add(-window)
	return listEntries(s.ctx, s.client, s.attempt, backfill, s.reach)
}

// opened takes the answer to open.
func (s *stream) opened(m tailOpened) tea.Cmd {
	if m.attempt != s.attempt {
		if m.tail != nil {
			m.tail.Close()
		}
		return nil
	}
	list := listEntries(s.ctx, s.client, s.attempt, backfill, s.from(m.at))
	if m.err != nil {
		return tea.Batch(list, s.ended(m.at, m.err))
	}
	s.tail, s.state, s.since = m.tail, streamCatching, m.at
	return tea.Batch(list, nextEntries(s.tail, s.attempt), after(streamLife, rotateDue{s.attempt}))
}

// ended takes the end of a tail, or that it could not be opened (which shows only when the first message is awaited).
func (s *stream) ended(at time.Time, err error) tea.Cmd {
	s.err = err
	s.broke()
	if at.Sub(s.since) > longestWait {
		s.wait = firstWait
	}
	var e *gcp.Error
	errors.As(err, &e)
	switch {
	case e != nil && e.Code == codes.OutOfRange && at.Sub(s.since) > longestWait:
		// Every stream ends so after an hour; nothing is wrong. One that ends so at once is.
		s.err = nil
		return s.open()
	case e != nil && e.Code == codes.ResourceExhausted:
		// No session is free: the log is listed instead, and a tail tried again now and then.
		s.close()
		s.state = streamPolling
		return s.due(pollTime)
	}
	return s.backOff(at)
}

// backOff waits before the next attempt, twice as long each time.
func (s *stream) backOff(at time.Time) tea.Cmd {
	s.close()
	s.state, s.retry = streamWaiting, at.Add(s.wait)
	d := s.wait
	s.wait = min(s.wait*2, longestWait)
	return s.due(d)
}

func (s *stream) due(d time.Duration) tea.Cmd {
	s.turn++
	return after(d, streamDue{s.attempt, s.turn})
}

// arrived takes one message of the tail; new entries are the caller's to keep.
func (s *stream) arrived(m entriesArrived) tea.Cmd {
	s.seen(m.refusals)
	s.gaps.held(m.suppressed, m.at)
	switch {
	case s.old != nil && m.attempt == s.attempt-1 && m.err == nil:
		return nextEntries(s.old, m.attempt)
	case m.attempt != s.attempt || s.tail == nil:
		return nil
	case m.err != nil:
		return s.ended(m.at, m.err)
	}
	// The first message says that the stream stands.
	s.closeOld()
	s.err = nil
	return nextEntries(s.tail, s.attempt)
}

// listed takes the answer of a list.
func (s *stream) listed(m entriesListed) tea.Cmd {
	s.seen(m.refusals)
	if m.attempt != s.attempt {
		return nil
	}
	s.listErr = m.err
	if m.err == nil {
		s.listWait = 0
		if m.more && m.purpose != secondRun {
			s.gaps.unread(m.refusals)
		}
		if m.purpose != secondRun {
			s.reach, s.filled = time.Time{}, true
		}
		if s.state == streamCatching {
			s.state = streamLive
		}
	}
	switch {
	case s.state == streamPolling && m.purpose == poll:
		s.broke()
		return s.due(pollTime)
	case m.err != nil && s.state == streamCatching:
		return s.due(s.longer())
	case m.purpose == backfill && s.state == streamLive:
		return s.due(settleTime)
	}
	return nil
}

// longer is how long to wait until the log is listed again after it could not be: longer each time.
func (s *stream) longer() time.Duration {
	s.listWait = clamp(2*s.listWait, settleTime, longestWait)
	return s.listWait
}

// stepped takes the timer.
func (s *stream) stepped(m streamDue) tea.Cmd {
	if m.attempt != s.attempt || m.turn != s.turn {
		return nil
	}
	at := now()
	switch s.state {
	case streamWaiting:
		return s.open()
	case streamPolling:
		if s.turn%6 == 0 {
			return s.open()
		}
		return listEntries(s.ctx, s.client, s.attempt, poll, s.from(at))
	case streamCatching:
		return listEntries(s.ctx, s.client, s.attempt, backfill, s.from(at))
	case streamLive:
		return listEntries(s.ctx, s.client, s.attempt, secondRun, at.Add(-reachBack))
	}
	return nil
}

func (s *stream) seen(entries []*refusal) {
	for _, e := range entries {
		if e.Time.After(s.newest) {
			s.newest = e.Time
		}
	}
}

// word is what the stream is doing, for the header. The time of the next attempt is written out, since a count-down would
// send bytes every second.
func (s *stream) word() string {
	switch {
	case s == nil:
		return "connecting"
	case s.state == streamLive && s.listErr != nil, s.state == streamCatching && s.listErr != nil:
		return "live, log not read"
	case s.state == streamLive:
		return "live"
	case s.state == streamCatching:
		return "reading"
	case s.state == streamPolling:
		return "every " + span(pollTime)
	case s.state == streamWaiting:
		return "retry " + s.retry.Local().Format(time.TimeOnly)
	}
	return "opening"
}
