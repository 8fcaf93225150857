package ui

import (
	"errors"
	"fmt"
	"io"
	"syscall"

	"why401/gcp"
)

// Error says why there is no screen, or no longer: what happened, and what to do about it.
type Error struct {
	Text string // "standard output is not a terminal"
	Hint string // the next step; "" where there is none
}

func (e *Error) Error() string { return e.Text }

// Stopped is the error of a program that a signal ended, or the loss of its terminal (SIGHUP). The terminal is as it was, and there
// is nothing to say to anybody.
type Stopped struct{ Signal syscall.Signal }

func (e Stopped) Error() string { return "stopped: " + e.Signal.String() }

// Explain writes what ended the program and the next step to w, and gives its exit status: 0 for nil, 128 and the signal's number
// for Stopped (of which it writes nothing: the terminal may be gone), 2 for everything else.
func Explain(w io.Writer, err error) (status int) {
	var (
		stopped Stopped
		own     *Error
		cloud   *gcp.Error
		hint    string
	)
	switch {
	case err == nil:
		return 0
	case errors.As(err, &stopped):
		return 128 + int(stopped.Signal)
	case errors.As(err, &own):
		hint = own.Hint
	case errors.As(err, &cloud):
		hint = cloud.Hint
	}
	fmt.Fprintln(w, "why401:", clean(err.Error()))
	if hint != "" {
		fmt.Fprintln(w, " ", clean(hint))
	}
	return 2
}
