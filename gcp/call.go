package gcp

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/googleapis/gax-go/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// callTime is how long one call may take, its retries included. GetIamPolicy and roles.get have no limit of their own.
const callTime = 10 * time.Second

// logTime is the limit of one page of log entries: a search over a quiet log is slow.
const logTime = 30 * time.Second

// mostPages ends a listing whose server never stops handing out page tokens.
const mostPages = 500

// attempts makes a call again while its server is unavailable, and remembers what it last failed of: once the time is up, all
// that Google's client returns is "context deadline exceeded". It is a gax.Retryer in place of a gRPC interceptor, since it
// also sees the calls on a connection that somebody else made.
type attempts struct {
	last  error
	pause gax.Backoff
}

func (a *attempts) options() []gax.CallOption {
	return []gax.CallOption{gax.WithRetry(func() gax.Retryer {
		a.pause = gax.Backoff{Initial: 250 * time.Millisecond, Max: 4 * time.Second, Multiplier: 1.6}
		return a
	})}
}

// Retry says whether to call again and when. A name that does not resolve and a certificate that is not trusted do not mend
// within seconds: the user hears of them at once.
func (a *attempts) Retry(err error) (time.Duration, bool) {
	code := status.Code(err)
	ended := code == codes.DeadlineExceeded || code == codes.Canceled || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
	if !ended {
		a.last = err
	}
	text := err.Error()
	if code != codes.Unavailable || strings.Contains(text, "no such host") || strings.Contains(text, "x509: ") {
		return 0, false
	}
	return a.pause.Pause(), true
}

// cause puts what really happened beside a bare time-out.
func (a *attempts) cause(err error) error {
	if a.last == nil || !errors.Is(err, context.DeadlineExceeded) && status.Code(err) != codes.DeadlineExceeded {
		return err
	}
	return &timedOut{err, a.last}
}

// timedOut is a deadline that passed while the same failure came again and again.
type timedOut struct{ deadline, last error }

func (t *timedOut) Error() string   { return t.deadline.Error() + "; last: " + t.last.Error() }
func (t *timedOut) Unwrap() []error { return []error{t.last, t.deadline} }

// once makes one call with its deadline and its retries.
func once[T any](ctx context.Context, limit time.Duration, call func(context.Context, ...gax.CallOption) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var a attempts
	v, err := call(ctx, a.options()...)
	if err != nil {
		err = a.cause(err)
	}
	return v, err
}

// pages calls page with each page token until there is none; page says with stop that it has enough.
func pages(page func(token string) (next string, stop bool, err error)) error {
	token := ""
	for range mostPages {
		next, stop, err := page(token)
		if err != nil || stop || next == "" {
			return err
		}
		if next == token {
			return status.Error(codes.Internal, "the server gave the same page token twice")
		}
		token = next
	}
	return status.Errorf(codes.Internal, "the server gave more than %d pages", mostPages)
}

// pace lets len(times) calls through in any window of time.
type pace struct {
	mu     sync.Mutex
	window time.Duration
	times  []time.Time // a ring: when the last calls went, or will go
	next   int
}

// wait waits for a slot. One that is given up before its time is given back, unless somebody waits behind it.
func (p *pace) wait(ctx context.Context) error {
	p.mu.Lock()
	now := time.Now()
	slot, was := p.next, p.times[p.next]
	at := was.Add(p.window)
	if at.Before(now) {
		at = now
	}
	p.times[slot] = at
	p.next = (slot + 1) % len(p.times)
	p.mu.Unlock()
	if at.Equal(now) {
		return ctx.Err()
	}
	err := gax.Sleep(ctx, at.Sub(now))
	if err != nil {
		p.mu.Lock()
		if p.next == (slot+1)%len(p.times) && p.times[slot].Equal(at) {
			p.times[slot], p.next = was, slot
		}
		p.mu.Unlock()
	}
	return err
}
