package demo

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	mostTails   = 10   // sessions a project
	mostMessage = 1000 // entries a message; not documented
)

// tails are the open streams.
type tails struct {
	mu   sync.Mutex
	open []*tail
}

// tail is one open stream. What arrives waits for the buffer window, then goes out sorted.
type tail struct {
	mu         sync.Mutex
	match      matcher
	of         []string // the projects
	pending    []*loggingpb.LogEntry
	suppressed map[loggingpb.TailLogEntriesResponse_SuppressionInfo_Reason]int32
	deaf       bool          // it stands, and tells of nothing any more
	wake       chan struct{} // something waits
	end        chan error    // the server ends the stream
}

// add registers a stream, unless ten of its project are open.
func (s *tails) add(t *tail) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	others := 0
	for _, o := range s.open {
		if slices.Equal(o.of, t.of) {
			others++
		}
	}
	if others >= mostTails {
		return status.Errorf(codes.ResourceExhausted, "Quota exceeded: a project can have at most %d open tail sessions.", mostTails)
	}
	s.open = append(s.open, t)
	return nil
}

func (s *tails) remove(t *tail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = slices.DeleteFunc(s.open, func(o *tail) bool { return o == t })
}

func (s *tails) all() []*tail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.open)
}

// offer hands entries to every stream whose filter lets them through.
func (s *tails) offer(entries []*loggingpb.LogEntry) {
	for _, t := range s.all() {
		t.mu.Lock()
		before := len(t.pending)
		for _, e := range entries {
			if !t.deaf && t.match(e) {
				t.pending = append(t.pending, e)
			}
		}
		some := len(t.pending) > before
		t.mu.Unlock()
		if some {
			t.stir()
		}
	}
}

func (t *tail) stir() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// OpenTails is how many tails are open.
func (c *Cloud) OpenTails() int { return len(c.tails.all()) }

// EndTails ends every open tail with err, such as Unavailable. What waits for its buffer window is lost, as it is in truth.
func (c *Cloud) EndTails(err error) {
	for _, t := range c.tails.all() {
		select {
		case t.end <- err:
		default:
		}
	}
}

// Deafen lets every open tail stand and tell of nothing any more, as one does whose server has lost it.
func (c *Cloud) Deafen() {
	for _, t := range c.tails.all() {
		t.mu.Lock()
		t.deaf = true
		t.mu.Unlock()
	}
}

// Suppress lets every open tail say that it held back n entries for the rate limit, and gives how many tails say so. Where nothing
// else waits, a message carries that alone.
func (c *Cloud) Suppress(n int) (tails int) {
	return c.suppress(loggingpb.TailLogEntriesResponse_SuppressionInfo_RATE_LIMIT, n)
}

// Outpace is Suppress for the other reason: the client took its messages too slowly.
func (c *Cloud) Outpace(n int) (tails int) {
	return c.suppress(loggingpb.TailLogEntriesResponse_SuppressionInfo_NOT_CONSUMED, n)
}

func (c *Cloud) suppress(why loggingpb.TailLogEntriesResponse_SuppressionInfo_Reason, n int) (tails int) {
	for _, t := range c.tails.all() {
		t.mu.Lock()
		told := !t.deaf
		if told {
			t.suppressed[why] += int32(n)
			tails++
		}
		t.mu.Unlock()
		if told {
			t.stir()
		}
	}
	return tails
}

// Keepalive sends every open tail an empty message.
func (c *Cloud) Keepalive() {
	for _, t := range c.tails.all() {
		t.mu.Lock()
		deaf := t.deaf
		t.mu.Unlock()
		if !deaf {
			t.stir()
		}
	}
}

// TailLogEntries follows the log. A stream begins with an empty message, so that the client knows it is open.
func (s loggingServer) TailLogEntries(stream loggingpb.LoggingServiceV2_TailLogEntriesServer) error {
	req, err := stream.Recv()
	if err != nil {
		return err
	}
	leave, err := s.c.enter(stream.Context(), "TailLogEntries", resourceOf(req))
	defer leave()
	if err != nil {
		return err
	}
	t := &tail{wake: make(chan struct{}, 1), end: make(chan error, 1), suppressed: map[loggingpb.TailLogEntriesResponse_SuppressionInfo_Reason]int32{}}
	window, err := t.ask(s.c, req)
	if err != nil {
		return err
	}
	if err := s.c.tails.add(t); err != nil {
		return err
	}
	defer s.c.tails.remove(t)
	if err := stream.Send(&loggingpb.TailLogEntriesResponse{}); err != nil {
		return err
	}
	return s.c.follow(stream, t, window)
}

// ask takes in a request: the filter, and the buffer window that it returns.
func (t *tail) ask(c *Cloud, req *loggingpb.TailLogEntriesRequest) (time.Duration, error) {
	within, err := c.logsOf(req.ResourceNames)
	if err != nil {
		return 0, err
	}
	window := 2 * time.Second
	if req.BufferWindow != nil {
		window = req.BufferWindow.AsDuration()
	}
	if window < 0 || window > time.Minute {
		return 0, invalid("buffer_window %v is not between 0 and 60 seconds.", window)
	}
	match, err := compile(req.Filter)
	if err != nil {
		return 0, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.match, t.of = joined(within, match, "AND"), slices.Clone(req.ResourceNames)
	return window, nil
}

func (c *Cloud) follow(stream loggingpb.LoggingServiceV2_TailLogEntriesServer, t *tail, window time.Duration) error {
	ctx, cancel := context.WithTimeout(stream.Context(), c.tailLife)
	defer cancel()
	buffer := time.NewTimer(0)
	<-buffer.C
	running := false
	defer buffer.Stop()
	for {
		select {
		case err := <-t.end:
			return err
		case <-c.closed:
			return Unavailable()
		case <-ctx.Done():
			if stream.Context().Err() != nil {
				return status.FromContextError(ctx.Err()).Err()
			}
			return status.Error(codes.OutOfRange, "Session has run for the maximum allowed duration of 1h. To continue, start a new session.")
		case <-t.wake:
			if window > 0 {
				if !running {
					buffer.Reset(window)
					running = true
				}
				continue
			}
		case <-buffer.C:
			running = false
		}
		if err := t.flush(stream); err != nil {
			return err
		}
	}
}

// flush sends what waits: sorted inside each message, and at least one message.
func (t *tail) flush(stream loggingpb.LoggingServiceV2_TailLogEntriesServer) error {
	t.mu.Lock()
	entries := t.pending
	t.pending = nil
	var suppressed []*loggingpb.TailLogEntriesResponse_SuppressionInfo
	for _, why := range slices.Sorted(maps.Keys(t.suppressed)) {
		suppressed = append(suppressed, &loggingpb.TailLogEntriesResponse_SuppressionInfo{Reason: why, SuppressedCount: t.suppressed[why]})
	}
	clear(t.suppressed)
	t.mu.Unlock()
	slices.SortStableFunc(entries, func(a, b *loggingpb.LogEntry) int {
		return a.Timestamp.AsTime().Compare(b.Timestamp.AsTime())
	})
	for first := true; first || len(entries) > 0; first = false {
		n := min(len(entries), mostMessage)
		m := &loggingpb.TailLogEntriesResponse{Entries: entries[:n], SuppressionInfo: suppressed}
		entries, suppressed = entries[n:], nil
		if err := stream.Send(m); err != nil {
			return err
		}
	}
	return nil
}
