package gcp

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"github.com/googleapis/gax-go/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/durationpb"
)

// bufferWindow is how long Google waits for late entries, to sort them: its own default.
const bufferWindow = 2 * time.Second

const tailOp = "tail the log"

// Tail is an open stream of refused requests and of changes. It has no goroutine and no channel: whoever calls Next sets the pace.
type Tail struct {
	client *Client
	stream loggingpb.LoggingServiceV2_TailLogEntriesClient
	cancel context.CancelFunc
	closed atomic.Bool
	words  pool
}

// Batch is what one message of a tail brought: perhaps nothing. Entries are sorted by time within a batch, not between batches;
// an entry may come late, and twice; a change like an entry.
type Batch struct {
	Entries    []Entry
	Changes    []Change
	Suppressed Suppressed
}

// Suppressed counts the entries, refused requests and changes, that the service did not send since the last batch, by its reason. They
// are lower bounds.
//
// Source: https://cloud.google.com/logging/docs/reference/v2/rpc/google.logging.v2#suppressioninfo
type Suppressed struct {
	RateLimit   int // more came than it sends in the time
	NotConsumed int // this client took them too slowly
	Other       int // a reason that is not given, or not known here
}

// Total is how many there are, for any reason.
func (s Suppressed) Total() int { return s.RateLimit + s.NotConsumed + s.Other }

// Plus adds up two counts.
func (s Suppressed) Plus(o Suppressed) Suppressed {
	return Suppressed{s.RateLimit + o.RateLimit, s.NotConsumed + o.NotConsumed, s.Other + o.Other}
}

// Tail opens the project's tail; it ends with ctx. Google allows ten in a project at a time: one too many, like a permission that
// is missing, is told by the first Next. The stream is ended after an hour with codes.OutOfRange, now and then with Unavailable:
// whoever reads it opens the next one and fills the gap with Log.
func (c *Client) Tail(ctx context.Context) (*Tail, error) {
	ctx, cancel := context.WithCancel(ctx)
	// A stream may have no deadline, but opening it must: gRPC waits for a connection for as long as it is let.
	late := time.AfterFunc(callTime, cancel)
	// The client's own setting opens the stream again and again without end and without a word.
	stream, err := c.logs.TailLogEntries(ctx, gax.WithRetry(func() gax.Retryer { return nil }))
	if !late.Stop() {
		err = context.DeadlineExceeded
	}
	if err == nil {
		err = stream.Send(&loggingpb.TailLogEntriesRequest{
			ResourceNames: c.resources(),
			Filter:        c.everything(),
			BufferWindow:  durationpb.New(bufferWindow),
		})
		if errors.Is(err, io.EOF) { // the reason is what Recv returns
			_, err = stream.Recv()
		}
	}
	if err != nil {
		cancel()
		return nil, c.failure(tailOp, "", needLogs, err)
	}
	return &Tail{client: c, stream: stream, cancel: cancel, words: pool{}}, nil
}

// Next waits for the next message. It is for one goroutine; after an error the tail is over and stays so.
func (t *Tail) Next() (Batch, error) {
	m, err := t.stream.Recv()
	if err != nil {
		t.cancel()
		return Batch{}, t.ended(err)
	}
	b := Batch{Entries: make([]Entry, 0, len(m.GetEntries()))}
	for _, e := range m.GetEntries() {
		t.words.sort(e, &b.Entries, &b.Changes)
	}
	p := t.client.place(Page{Entries: b.Entries, Changes: b.Changes})
	b.Entries, b.Changes = p.Entries, p.Changes
	for _, s := range m.GetSuppressionInfo() {
		switch n := int(max(0, s.GetSuppressedCount())); s.GetReason() {
		case loggingpb.TailLogEntriesResponse_SuppressionInfo_RATE_LIMIT:
			b.Suppressed.RateLimit += n
		case loggingpb.TailLogEntriesResponse_SuppressionInfo_NOT_CONSUMED:
			b.Suppressed.NotConsumed += n
		default:
			b.Suppressed.Other += n
		}
	}
	return b, nil
}

func (t *Tail) ended(err error) *Error {
	switch {
	case t.closed.Load():
		return &Error{Op: tailOp, Code: codes.Canceled, Err: err, text: "closed"}
	case errors.Is(err, io.EOF):
		return &Error{Op: tailOp, Code: codes.Unavailable, Err: err, text: "Google ended the stream"}
	}
	e := t.client.failure(tailOp, "", needLogs, err)
	if e.Code == codes.ResourceExhausted {
		e.text = "no session is free, or the quota of entries is used up: a project has ten tails"
		e.Hint = "close another tail of this project; the log can still be read by query"
	}
	return e
}

// Close ends the tail; a Next that waits returns an error with codes.Canceled. It may be called twice, and from anywhere.
func (t *Tail) Close() {
	t.closed.Store(true)
	t.cancel()
}
