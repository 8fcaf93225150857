package gcp

import (
	"context"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/grpc/codes"
)

// Reading goes through the log backwards, a page a call, so that a long one shows what it has so far and can be given up after
// any page. It is for one goroutine at a time.
type Reading struct {
	c     *Client
	req   *loggingpb.ListLogEntriesRequest
	from  time.Time
	token string
	pages int
	words pool
}

// ReadLog is to read the refused requests and the changes from one moment to another, both included, newest first; from must be set,
// and a zero to means until now. It calls nobody: Next does.
func (c *Client) ReadLog(from, to time.Time) *Reading {
	return &Reading{c: c, from: from, req: c.logRequest(c.everything(), from, to), words: pool{}}
}

// From is the moment to which it goes back.
func (r *Reading) From() time.Time { return r.from }

// Next reads one page, when its turn has come: it calls Google less than ten times a minute, together with every other reading of the
// log by this client. More says that there is another page; this one may be empty while Google still searches. After an error the
// next call asks for the same page.
func (r *Reading) Next(ctx context.Context) (Page, error) {
	const op = "read the log"
	if r.from.IsZero() {
		return Page{}, &Error{Op: op, Code: codes.InvalidArgument, text: "no moment to begin at"}
	}
	got, err := r.c.logPage(ctx, r.req, r.token)
	if err != nil {
		return Page{More: true}, r.c.failure(op, "", needLogs, err)
	}
	var p Page
	for _, m := range got.GetEntries() {
		r.words.sort(m, &p.Entries, &p.Changes)
	}
	p = r.c.place(p)
	next := got.GetNextPageToken()
	r.pages++
	switch {
	case next != "" && next == r.token:
		return p, &Error{Op: op, Code: codes.Internal, text: "the server gave the same page token twice"}
	case next != "" && r.pages == mostPages:
		return p, &Error{Op: op, Code: codes.Internal, text: "the server does not come to an end of its pages"}
	}
	r.token, p.More = next, next != ""
	return p, nil
}
