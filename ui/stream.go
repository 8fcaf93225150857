package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"google.golang.org/grpc/codes"

	"why401/gcp"
)

// The stream keeps the ring filled: the tail is opened first, then what was logged before is listed, and after a few
// seconds once more the last minute, since entries come late and a tail shows only what comes in while it is open. When the
// tail ends it is opened again and the same is done from a minute before the last entry; doubles fall out in the ring.
const (
	backfillLimit = 10_000           // entries of one back fill
	settleTime    = 5 * time.Second  // until the second list
	reachBack     = 60 * time.Second // how late an entry may come
	pollTime      = 10 * time.Second // between lists where no tail is to be had: six a minute of sixty
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
	ctx     context.Context
	client  *gcp.Client
	attempt int
	turn    int // of streamDue
	state   streamState
	tail    *gcp.Tail
	window  time.Duration
	newest  time.Time // of all entries; the zero value until there was one
	wait    time.Duration
	retry   time.Time
	err     error     // of the tail, while waiting or polling
	listErr error     // of the last list; nil after one that worked
	filled  bool      // the window was read once
	short   bool      // the window held more than backfillLimit
	held    int       // entries that Logging held back: a lower bound
	since   time.Time // when the tail was opened
	cancel  context.CancelFunc
}

func newStream(ctx context.Context, client *gcp.Client, window time.Duration) *stream {
	return &stream{ctx: ctx, client: client, window: window, wait: firstWait}
}

// open begins an attempt.
func (s *stream) open() tea.Cmd {
	s.close()
	s.attempt++
	s.state = streamOpening
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(s.ctx)
	return openTail(ctx, s.client, s.attempt)
}

// close ends the tail; whoever waits on it returns.
func (s *stream) close() {
	if s.tail != nil {
		s.tail.Close()
		s.tail = nil
	}
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
}

// from is how far back a list must reach.
func (s *stream) from(at time.Time) time.Time {
	start := at.Add(-s.window)
	if back := s.newest.Add(-reachBack); s.filled && back.After(start) {
		return back
	}
	return start
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
	return tea.Batch(list, nextEntries(s.tail, s.attempt))
}

// ended takes the end of a tail, or that it could not be opened (which shows only when the first message is awaited).
func (s *stream) ended(at time.Time, err error) tea.Cmd {
	s.err = err
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
	if m.attempt != s.attempt || s.tail == nil {
		return nil
	}
	if m.err != nil {
		return s.ended(m.at, m.err)
	}
	s.err = nil
	s.held += m.suppressed
	s.seen(m.refusals)
	return nextEntries(s.tail, s.attempt)
}

// listed takes the answer of a list.
func (s *stream) listed(m entriesListed) tea.Cmd {
	if m.attempt != s.attempt {
		return nil
	}
	s.listErr = m.err
	if m.err == nil {
		s.seen(m.refusals)
		if m.purpose == backfill {
			s.short = m.more
			s.filled = true
		}
		if s.state == streamCatching {
			s.state, s.wait = streamLive, firstWait
		}
	}
	switch {
	case s.state == streamPolling && m.purpose == poll:
		return s.due(pollTime)
	case m.err != nil && s.state == streamCatching:
		return s.due(s.longer())
	case m.purpose == backfill && s.state == streamLive:
		return s.due(settleTime)
	}
	return nil
}

func (s *stream) longer() time.Duration {
	d := s.wait
	s.wait = min(s.wait*2, longestWait)
	return max(d, settleTime)
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

// lacks says what the entries that came are not: all there are.
func (s *stream) lacks(lost int) string {
	var parts []string
	if s.short {
		parts = append(parts, "the window holds more than the newest "+count(backfillLimit)+"; older ones were not read")
	}
	if s.held > 0 {
		parts = append(parts, "Logging held back at least "+count(s.held)+" entries")
	}
	if lost > 0 {
		parts = append(parts, "the oldest "+count(lost)+" made room for newer ones")
	}
	return strings.Join(parts, "; ")
}
