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
	"log/slog"
	"os"
	"time"

	"why401/gcp"
)

// Options is what Run needs.
type Options struct {
	// Project is the project's id, for the header until the client says more. ProjectFrom is where it was found: "--project".
	Project, ProjectFrom string
	// Open makes the client; it may take its time (credentials). It is called off the screen's path, again after it failed, and
	// anew where Google no longer takes the client's credentials.
	Open func(context.Context) (*gcp.Client, error)
	// OpenIn is Open for any other project, by id, or several joined by commas; nil where there is none to go to.
	OpenIn func(ctx context.Context, project string) (*gcp.Client, error)
	// Regions are the only ones that are read; none: all.
	Regions []string
	// Demo says that the cloud is the embedded one; the screen says so too.
	Demo bool
	// Samples are tokens to try with a service, by its Service.ID; nil where there are none (a real project).
	Samples func(service string) []Sample
	// Since is how far back refused requests are read; 0 means 15 minutes.
	Since time.Duration
	// Token is a credential read from a file at the start, as pasted; nil for none.
	Token []byte
	// Keys are public keys at hand; for the issuers of which there are some, none are fetched.
	Keys []KeyFile
	// Version is the program's version, for the help screen.
	Version string
	// Mouse lets the wheel scroll and a click choose. The terminal then selects text only while its own key for that is held (mostly shift).
	Mouse bool
	// ASCII draws with plain ASCII only.
	ASCII bool
	// Plain runs the dashboard in lines, without a screen: for screen readers and pipes.
	Plain bool
	// Theme is one of Themes; "" and "auto" choose dark or light by the terminal's background, where it answers.
	Theme string
	// Log gets what the program does, for a bug report: NewLog makes one. It never gets text from outside. Nil: nobody is told.
	Log *slog.Logger
	// Keymap are other keys for some actions, by the names of Actions, as Settings has them. Ones that ReadSettings would refuse
	// leave the keys as they are.
	Keymap map[string][]string
}

// Sample is a token of the demo, to try.
type Sample struct{ Label, Token string }

// Run shows the dashboard on the process's own terminal, or with Plain runs it in lines on its standard input and output, until
// the user quits, the terminal goes away or ctx is done. It returns nil for the first, Stopped where a signal ended it, and an
// *Error with the next step where there is no terminal to draw on.
func Run(ctx context.Context, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o.ASCII = o.ASCII || traits(os.Environ()).ASCII
	if o.Plain {
		o.Theme = themeNone // the terminal is not asked for its background
	}
	r := newRoot(ctx, o)
	r.record.began(o, os.Environ())
	var err error
	if o.Plain {
		err = runLines(ctx, newLinear(r, newLineReader(os.Stdin), os.Stdout))
	} else {
		err = runProgram(ctx, r)
	}
	cancel()
	r.record.ended(err)
	return err
}
