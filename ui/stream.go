package ui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"
	"google.golang.org/grpc/codes"

	"why401/gcp"
)

// The stream keeps the ring filled: the tail is opened first, then what was logged before is read (backfill.go), and after a few
// seconds once more what came in meanwhile (second.go), since a tail shows only what comes in while it is open. When the
// tail ends it is opened again and the log is read from a minute before the last entry; doubles fall out in the ring. Before
// the hour after which Logging ends every stream, the next one is opened, and the old one read until it stands. Where a
// break is not closed by a list, or Logging held something back that no list brought, a gap stands in the list (gap.go).
const (
	settleTime  = 5 * time.Second  // until the second list
	pollTime    = 10 * time.Second // between lists where no tail is to be had: six a minute of sixty
	streamLife  = 55 * time.Minute // until the next tail is opened
	firstWait   = time.Second
	longestWait = 30 * time.Second
)

// purpose says why entries were listed.
type purpose int8

const (
	windowFill purpose = iota // the window, or what a break left open
	secondRun                 // what the tail may not have told of (second.go)
	poll                      // in place of a tail
)

// streamState is what the stream is doing.
type streamState int8

const (
	streamOpening  streamState = iota // the tail is being opened
	streamCatching                    // the tail is open, the back fill is not read yet
	streamLive                        // both
	streamPolling                     // no tail session is free: the log is listed every pollTime
	streamWaiting                     // it ended; it is opened again at next
	streamParted                      // its client is gone; join gives it another
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
	next     time.Time // when the next step is due
	err      error     // of the tail, while waiting or polling
	listWait time.Duration
	listErr  error     // of the last list; nil after one that worked
	filled   bool      // the window was read once
	since    time.Time // when the tail was opened
	heard    time.Time // until when it is known to have told all: its last message, or a look into the log
	cancel   context.CancelFunc

	old    *gcp.Tail // the tail before, read until the new one stands
	oldEnd context.CancelFunc
	reach  time.Time // how far back the next reading must reach over a break; the zero value where none is open
	gaps   gaps
	second second

	fill        *backfill // the reading that is under way; nil for none
	serial      int       // of fill
	known       time.Time // from when on the log is known, but for what is open; the zero value while nothing is
	cut         bool      // what was logged before known is too much to be read
	changesFrom time.Time // since when the changes are to be read for themselves; the zero value where they need not
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
	s.second.back()
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

// broke notes that entries may be missed from now on, until a reading has reached back to the last one known. One that is under way
// goes on, or a tail that fails at once would keep the log from being read at all; but it began before the break, and does not close it.
func (s *stream) broke() {
	if s.fill != nil {
		s.fill.broken = true
	}
	if !s.known.IsZero() && s.reach.IsZero() {
		s.reach = s.newest.Add(-reachBack)
	}
}

// opened takes the answer to open.
func (s *stream) opened(m tailOpened) tea.Cmd {
	if m.attempt != s.attempt {
		if m.tail != nil {
			m.tail.Close()
		}
		return nil
	}
	if m.err != nil {
		end := s.ended(m.at, m.err)
		return tea.Batch(s.plan(m.at, windowFill), end)
	}
	s.tail, s.state, s.since, s.second.opened = m.tail, streamCatching, m.at, m.at
	list := s.plan(m.at, windowFill)
	if list == nil && s.fill == nil {
		list = s.settled()
	}
	return tea.Batch(list, nextEntries(s.tail, s.attempt), after(streamLife, rotateDue{s.attempt}), after(watchTime, watchDue{s.attempt}))
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
	return s.backOff(err)
}

// backOff waits before the next attempt, twice as long each time, and not shorter than Google asks.
func (s *stream) backOff(err error) tea.Cmd {
	s.close()
	s.state = streamWaiting
	d := max(s.wait, googleAsks(err))
	s.wait = min(s.wait*2, longestWait)
	return s.due(d)
}

func (s *stream) due(d time.Duration) tea.Cmd {
	s.turn++
	s.next = now().Add(d)
	return after(d, streamDue{s.attempt, s.turn})
}

// part gives up a client whose credentials are no longer taken. What is known stays; what is missed until join has opened the
// next tail is a break like any other.
func (s *stream) part(err error) {
	s.close()
	s.broke()
	s.giveUp()
	s.attempt++
	s.state, s.err = streamParted, err
}

// join goes on with another client.
func (s *stream) join(client *gcp.Client) tea.Cmd {
	s.client, s.wait = client, firstWait
	return s.open()
}

// arrived takes one message of the tail; new entries are the caller's to keep.
func (s *stream) arrived(m entriesArrived) tea.Cmd {
	s.seen(m.refusals)
	held := s.heldBack(m.suppressed, m.at)
	switch {
	case s.old != nil && m.attempt == s.attempt-1 && m.err == nil:
		return tea.Batch(held, nextEntries(s.old, m.attempt))
	case m.attempt != s.attempt || s.tail == nil:
		return held
	case m.err != nil:
		return s.ended(m.at, m.err)
	}
	// The first message says that the stream stands.
	s.heard = m.at
	s.closeOld()
	s.err = nil
	return tea.Batch(held, nextEntries(s.tail, s.attempt))
}

// listed takes the answer of a list, or a page of a reading.
func (s *stream) listed(m entriesListed) tea.Cmd {
	s.seen(m.refusals)
	if m.purpose == secondRun && m.attempt != s.attempt || m.purpose != secondRun && (s.fill == nil || m.serial != s.fill.serial) {
		return nil
	}
	s.listErr = m.err
	s.stands(m.at)
	if m.err == nil {
		s.listWait = 0
	}
	if m.purpose == secondRun {
		return s.listedLate(m)
	}
	if cmd, done := s.page(m); !done {
		return cmd
	}
	switch {
	case s.state == streamPolling:
		if m.err == nil {
			s.filled = true
		}
		s.broke()
		return s.due(max(pollTime, googleAsks(m.err)))
	case m.err != nil && (s.state == streamCatching || s.state == streamLive):
		return s.due(max(s.longer(), googleAsks(m.err)))
	case s.state == streamCatching:
		if cmd := s.plan(m.at, windowFill); cmd != nil {
			return cmd
		}
		return s.settled()
	case m.err == nil:
		s.filled = true
	}
	return nil
}

// stands forgets what a tail ended of once the next one has been open for a while: a refusal comes at once, and a quiet project may
// send nothing for hours.
func (s *stream) stands(at time.Time) {
	if s.tail != nil && at.Sub(s.since) >= settleTime {
		s.closeOld()
		s.err = nil
	}
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
		return s.plan(at, poll)
	case streamCatching:
		return tea.Batch(s.plan(at, windowFill), s.changesAgain())
	case streamLive:
		s.stands(at)
		return tea.Batch(s.again(at), s.changesAgain())
	}
	return nil
}

// changesAgain reads the changes for themselves where that is still to be done.
func (s *stream) changesAgain() tea.Cmd {
	if s.changesFrom.IsZero() {
		return nil
	}
	return readChanges(s.ctx, s.client, s.attempt, s.changesFrom)
}

func (s *stream) seen(entries []*refusal) {
	for _, e := range entries {
		if e.Time.After(s.newest) {
			s.newest = e.Time
		}
	}
}

// waits says how long until what failed is tried again; 0 where nothing waits.
func (s *stream) waits(at time.Time) time.Duration {
	if s.state == streamWaiting || s.listErr != nil && (s.state == streamCatching || s.state == streamLive || s.state == streamPolling && s.fill == nil) {
		return max(s.next.Sub(at), 0)
	}
	return 0
}

// word is what the stream is doing, for the header.
func (s *stream) word(at time.Time) string {
	switch {
	case s == nil:
		return "connecting"
	case s.listErr != nil && (s.state == streamCatching || s.state == streamLive):
		return "live, log retry " + seconds(s.waits(at))
	case s.state == streamLive:
		return "live"
	case s.state == streamCatching && s.progress() != "":
		return "back to " + s.progress()
	case s.state == streamCatching:
		return "reading"
	case s.state == streamPolling && s.listErr != nil:
		return "retry " + seconds(s.waits(at))
	case s.state == streamPolling:
		return "every " + span(pollTime)
	case s.state == streamWaiting:
		return "retry " + seconds(s.waits(at))
	case s.state == streamParted:
		return "login"
	}
	return "opening"
}
