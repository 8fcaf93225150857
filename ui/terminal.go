package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
	"golang.org/x/sys/unix"
)

// The guards around the terminal. The rules they keep:
//
//   - Nothing is drawn where it cannot be seen: without a terminal on both sides, or on a dumb one, the program does not start.
//   - However the program ends, the terminal is as it was, and nothing that the terminal still has to say lands in the shell.
//   - A signal, a lost connection and a terminal that takes no more output all end the program, within two seconds at most.
//   - While the screen is up nothing else writes on it. What is typed or pasted is written nowhere, not by a crash either.
//
// The goroutines here are the only ones of this package besides Bubble Tea's commands: they end a program that hangs.

// exitWait is how long the program may take to end once it has been asked to.
const exitWait = 2 * time.Second

// hasteWait is how long it may take where the terminal is gone: Bubble Tea waits half a second for its reader where a key or an
// answer came just then.
const hasteWait = 80 * time.Millisecond

// Protect makes the process fit to hold a token: it leaves no core dump, and Bubble Tea no log of what is typed. Call it before
// a token is read; calling it again does nothing.
func Protect() {
	// An error leaves what the system allows; there is nobody to tell, and nothing to do differently.
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	_ = os.Unsetenv("TEA_TRACE") // logs every key and paste to a file
	_ = os.Unsetenv("TEA_DEBUG") // writes a panic's value to a file
}

// terminalTraits is what the environment says of the terminal.
type terminalTraits struct {
	ASCII   bool // only ASCII can be counted on
	NoColor bool // the user wants none
}

// traits reads the environment: LC_ALL, LC_CTYPE and LANG by their rank, NO_COLOR (no-color.org: any value that is not empty), and
// RUNEWIDTH_EASTASIAN, by which the libraries below take every line and bullet for two cells.
func traits(env []string) terminalTraits {
	locale := ""
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale = lookup(env, name); locale != "" {
			break
		}
	}
	locale = strings.ToLower(locale)
	utf8 := strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
	double, _ := strconv.ParseBool(lookup(env, "RUNEWIDTH_EASTASIAN"))
	return terminalTraits{ASCII: !utf8 || double, NoColor: lookup(env, "NO_COLOR") != ""}
}

// profile is the colours to use: the terminal's own sixteen, since ssh hands on nothing that tells of more.
func (t terminalTraits) profile() colorprofile.Profile {
	if t.NoColor {
		return colorprofile.ASCII
	}
	return colorprofile.ANSI
}

// lookup is the value that a variable has for a child process: the last one.
func lookup(env []string, name string) string {
	for _, v := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// without is env less one variable.
func without(env []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(v string) bool { return strings.HasPrefix(v, name+"=") })
}

// usable says whether the screen can be drawn and the keyboard read. The error is an *Error.
func usable(env []string, in, out *os.File) error {
	const look = "run it in a terminal, over ssh with: ssh -t HOST why401; or in lines: why401 --plain"
	switch name := lookup(env, "TERM"); {
	case !term.IsTerminal(in.Fd()):
		return &Error{"standard input is not a terminal", look}
	case !term.IsTerminal(out.Fd()):
		return &Error{"standard output is not a terminal", look}
	case name == "":
		return &Error{"TERM is not set, so nothing is known of this terminal", "name it, for most with: export TERM=xterm-256color; or run it in lines: why401 --plain"}
	case name == "dumb":
		return &Error{"TERM=dumb cannot move the cursor", "run it in lines: why401 --plain; if the terminal can do more, name it: export TERM=xterm-256color"}
	}
	return nil
}

// runProgram shows m on the process's own terminal until the user quits, the terminal goes away, a signal comes or ctx is done. It
// returns nil, Stopped, or an *Error. ctrl+c ends the program whatever m does, and ctrl+z never reaches m.
func runProgram(ctx context.Context, m tea.Model) error {
	env := os.Environ()
	if err := usable(env, os.Stdin, os.Stdout); err != nil {
		return err
	}
	Protect()
	cooked, err := term.GetState(os.Stdin.Fd())
	if err != nil {
		return &Error{fmt.Sprintf("read the terminal's settings: %v", err), "try another terminal"}
	}
	unmute, err := mute(os.Stderr)
	if err != nil {
		return &Error{fmt.Sprintf("set standard error aside: %v", err), "try again without a limit on open files"}
	}
	defer unmute()

	keyboard, door := newInput(os.Stdin), newDoorkeeper()
	keyboard.leaving = door.leaving
	program := tea.NewProgram(m,
		tea.WithInput(keyboard),
		tea.WithOutput(os.Stdout),
		// With SSH_TTY set Bubble Tea does not ask for synchronized output, and frames tear.
		tea.WithEnvironment(without(env, "SSH_TTY")),
		tea.WithColorProfile(traits(env).profile()),
		tea.WithoutSignalHandler(),
		tea.WithFilter(door.filter),
	)
	door.attach(program.Send)
	done := make(chan error, 1)
	go func() {
		_, err := program.Run()
		done <- err
	}()
	return attend(ctx, program, done, door, keyboard, cooked)
}

// attend waits for the program's end, brings it about where something asks for it, and does not wait longer than exitWait then.
func attend(ctx context.Context, program *tea.Program, done <-chan error, door *doorkeeper, keyboard *input, cooked *term.State) error {
	// Notify also where the signal is ignored, as under nohup: without its terminal this program has nothing to do.
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM)
	defer signal.Stop(signals)

	var (
		stopped  error // Stopped, once something from outside ends the program
		deadline <-chan time.Time
		haste    <-chan time.Time // ends it sooner, where the terminal is gone
		leaving  = door.leaving
		ended    = keyboard.ended
		quit     = ctx.Done()
	)
	end := func(m tea.Msg) {
		if deadline == nil {
			deadline = time.After(exitWait)
		}
		if m != nil {
			go program.Send(m) // the program may be past taking any
		}
	}
	for {
		select {
		case err := <-done:
			if stopped == nil && closed(keyboard.ended) {
				stopped = Stopped{unix.SIGHUP}
			}
			return outcome(stopped, err)
		case s := <-signals:
			if stopped != nil { // asked twice
				return abandon(cooked, stopped)
			}
			stopped = Stopped{s.(syscall.Signal)}
			if s == unix.SIGHUP {
				haste = time.After(hasteWait)
			}
			end(leave{atOnce: s == unix.SIGHUP})
		case <-ended:
			ended = nil
			if stopped == nil {
				stopped = Stopped{unix.SIGHUP}
			}
			haste = time.After(hasteWait)
			end(leave{atOnce: true})
		case <-keyboard.interrupted: // the program's loop may be waiting for the terminal, and not see the key
			end(leave{})
		case <-quit:
			quit = nil
			end(leave{})
		case <-leaving:
			leaving = nil
			end(nil)
		case <-deadline:
			return abandon(cooked, stopped)
		case <-haste:
			return abandon(cooked, stopped)
		}
	}
}

// outcome is what a program has to say that ended by itself with err.
func outcome(stopped, err error) error {
	switch {
	case stopped != nil || err == nil:
		return stopped
	case errors.Is(err, tea.ErrProgramPanic):
		return &Error{"stopped by an error of its own; the terminal is restored", "run it again; a report of what was done just before helps to find it"}
	}
	return &Error{fmt.Sprintf("run the screen: %v", err), "try another terminal"}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// abandon restores what can be restored of the terminal without waiting for it, and leaves the program to the process's exit. Nothing
// more may be written then: the terminal may take no more.
func abandon(cooked *term.State, stopped error) error {
	_ = term.Restore(os.Stdin.Fd(), cooked)
	written := make(chan struct{})
	go func() {
		_, _ = os.Stdout.WriteString(restoring)
		close(written)
	}()
	select {
	case <-written:
	case <-time.After(100 * time.Millisecond):
	}
	return stopped
}

// mute keeps everything else off the screen: gRPC and others write to standard error, and Bubble Tea the value of a panic. What the Go
// runtime itself has to say when it crashes still comes through. Calling unmute ends it.
func mute(stderr *os.File) (unmute func(), err error) {
	fd := int(stderr.Fd())
	saved, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		_ = unix.Close(saved)
		return nil, err
	}
	defer null.Close()
	aside := os.NewFile(uintptr(saved), stderr.Name())
	_ = debug.SetCrashOutput(aside, debug.CrashOptions{})
	if err := unix.Dup2(int(null.Fd()), fd); err != nil {
		_ = aside.Close()
		return nil, err
	}
	return func() {
		_ = unix.Dup2(saved, fd)
		_ = debug.SetCrashOutput(nil, debug.CrashOptions{})
		_ = aside.Close()
	}, nil
}
