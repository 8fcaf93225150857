package gcp

import (
	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/grpc"
)

// TailOf is a tail over messages that come from somewhere else than a server, to measure it alone.
func TailOf(recv func() (*loggingpb.TailLogEntriesResponse, error)) *Tail {
	return &Tail{client: &Client{}, stream: source{recv: recv}, cancel: func() {}, words: pool{}}
}

type source struct {
	grpc.ClientStream
	recv func() (*loggingpb.TailLogEntriesResponse, error)
}

func (s source) Recv() (*loggingpb.TailLogEntriesResponse, error) { return s.recv() }
func (s source) Send(*loggingpb.TailLogEntriesRequest) error      { return nil }

// Failure makes the *Error of a call that failed with err.
func Failure(op, on, project, need string, err error) *Error {
	return failure(op, on, project, need, err)
}

// Pooled is how many strings a tail keeps.
func Pooled(t *Tail) int { return len(t.words) }

// ChangeOf converts one entry of the audit log.
func ChangeOf(m *loggingpb.LogEntry) Change { return pool{}.change(m) }

// Everything is the filter of the tail that reads some regions; none: all.
func Everything(regions ...string) string { return (&Client{wanted: regions}).everything() }

// FrontEntryOf converts one entry of a load balancer's log.
func FrontEntryOf(m *loggingpb.LogEntry) FrontEntry { return pool{}.frontEntry(m) }
