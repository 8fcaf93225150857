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
	project string
	stream  loggingpb.LoggingServiceV2_TailLogEntriesClient
	cancel  context.CancelFunc
	closed  atomic.Bool
	words   pool
}

// Batch is what one message of a tail brought: perhaps nothing. Entries are sorted by time within a batch, not between batches;
// an entry may come late, and twice; a change like an entry.
type Batch struct {
	Entries    []Entry
	Changes    []Change
	Suppressed int // entries that the service held back since the last batch: a lower bound
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
			ResourceNames: []string{"projects/" + c.project},
			Filter:        everything,
			BufferWindow:  durationpb.New(bufferWindow),
		})
		if errors.Is(err, io.EOF) { // the reason is what Recv returns
			_, err = stream.Recv()
		}
	}
	if err != nil {
		cancel()
		return nil, failure(tailOp, "", c.project, needLogs, err)
	}
	return &Tail{project: c.project, stream: stream, cancel: cancel, words: pool{}}, nil
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
	for _, s := range m.GetSuppressionInfo() {
		b.Suppressed += int(max(0, s.GetSuppressedCount()))
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
	e := failure(tailOp, "", t.project, needLogs, err)
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
