package gcp

import (
	"context"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
)

// Error is what went wrong with Google: what was done, on what, and the next step. Every error of this package is one.
type Error struct {
	Op   string     // what was being done: "list services"
	On   string     // on what: "europe-west1", "shop-api"; "" for the project as a whole
	Code codes.Code // Unknown where Google gave none
	Hint string     // the next step, a command where there is one; "" where nothing is known to help
	// Retry is how long Google asks to wait, or a minute where a quota is used up and it does not say; 0: nothing is known.
	Retry time.Duration
	// Permission is the IAM permission that is missing, "" for other errors. Where Google does not name it, it is the one that
	// the call is documented to need.
	Permission string
	Role       string // the smallest predefined role known to hold Permission
	API        string // the API that is off in the project, "" for other errors
	Unreached  bool   // the way to Google failed, so that there is no answer of Google's
	Login      string // whose login is not taken, or could not be tried, and where it is from; "" for other errors
	Err        error  // Google's own error

	text string // the cause in plain words; "": Err's own
}

// Error is one line: what was done, on what, and why it did not work. It may quote Google's text, which may quote anything.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.On != "" {
		b.WriteString(" (" + e.On + ")")
	}
	if cause := e.Cause(); cause != "" {
		b.WriteString(": " + cause)
	}
	return b.String()
}

// Cause is why, without what was done: "permission run.services.list is missing". It is one line of at most some 300
// characters.
func (e *Error) Cause() string {
	if e.text != "" {
		return e.text
	}
	if e.Err == nil {
		return ""
	}
	return oneLine(message(e.Err))
}

// Unwrap is Google's own error.
func (e *Error) Unwrap() error { return e.Err }

// Is lets errors.Is find context.Canceled and context.DeadlineExceeded also where a gRPC status says so.
func (e *Error) Is(target error) bool {
	return target == context.Canceled && e.Code == codes.Canceled ||
		target == context.DeadlineExceeded && e.Code == codes.DeadlineExceeded
}

// oneLine joins the lines of a foreign text and bounds it.
func oneLine(s string) string {
	const most = 300
	s, cut := prefix(s, 4*most)
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		s, cut = string(r[:most]), true
	}
	if cut {
		s += "…"
	}
	return s
}
