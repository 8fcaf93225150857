// Package ui is the dashboard: it joins what gcp reads and what token judges on one screen, driven by keyboard.
//
// It promises:
//   - Nothing from outside reaches the terminal as it came: every service, binding, log field, claim and error goes through
//     clean (text.go) first.
//   - A token is never drawn whole, written to a file, logged or put on the clipboard; it lives in memory until it is cleared.
//   - An error never looks like an empty list, and never ends the program.
//   - It waits for nothing: all input and output happens in commands (cmd.go), and a screen stands before the first answer.
package ui

import (
	"context"
	"os"
	"time"

	"why401/gcp"
)

// Options is what Run needs.
type Options struct {
	// Project is the project's id, for the header until the client says more.
	Project string
	// Open makes the client; it may take its time (credentials), and is called once, off the screen's path.
	Open func(context.Context) (*gcp.Client, error)
	// Demo says that the cloud is the embedded one; the screen says so too.
	Demo bool
	// Samples are tokens to try with a service, by its short name; nil where there are none (a real project).
	Samples func(service string) []Sample
	// Since is how far back refused requests are read; 0 means 15 minutes.
	Since time.Duration
	// Token is a credential read from a file at the start, as pasted; nil for none.
	Token []byte
	// Keys are public keys at hand; for the issuers of which there are some, none are fetched.
	Keys []KeyFile
	// Version is the program's version, for the help screen.
	Version string
	// ASCII draws with plain ASCII only.
	ASCII bool
}

// Sample is a token of the demo, to try.
type Sample struct{ Label, Token string }

// Run shows the dashboard on the process's own terminal until the user quits, the terminal goes away or ctx is done. It
// returns nil for the first, Stopped where a signal ended it, and an *Error with the next step where there is no terminal to
// draw on.
func Run(ctx context.Context, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o.ASCII = o.ASCII || traits(os.Environ()).ASCII
	r := newRoot(ctx, o)
	err := runProgram(ctx, r)
	cancel()
	return err
}
