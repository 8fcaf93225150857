package ui

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/term"
	"golang.org/x/sys/unix"
)

// The guards of the dashboard in lines. The terminal stays as it is, but while a token is pasted: then nothing is echoed, and the line is
// read raw, since a terminal that reads by lines cuts them at 4,095 characters without a word.

var (
	errGivenUp     = errors.New("given up")
	errInterrupted = errors.New("interrupted")
)

// lineReader reads lines, and one at a time unseen. It is for one goroutine.
type lineReader struct {
	from  *bufio.Reader
	file  *os.File // nil where it is no terminal
	typed bool     // somebody types, or a program does that a terminal stands before
}

func newLineReader(in io.Reader) *lineReader {
	r := &lineReader{from: bufio.NewReader(in)}
	if f, ok := in.(*os.File); ok && term.IsTerminal(f.Fd()) {
		r.file, r.typed = f, true
	}
	return r
}

// line reads a line without its end. The last one may come with io.EOF. One of more than mostPaste bytes is cut there.
func (r *lineReader) line() (string, error) {
	var b strings.Builder
	for {
		part, err := r.from.ReadSlice('\n')
		b.Write(part[:min(len(part), max(mostPaste+1-b.Len(), 0))])
		if !errors.Is(err, bufio.ErrBufferFull) {
			return strings.TrimRight(b.String(), "\r\n"), err
		}
	}
}

// secret reads a line that is not shown, and calls ready when it may be typed. The error is errGivenUp after esc, and errInterrupted after ctrl+c.
func (r *lineReader) secret(ready func()) (text string, err error) {
	if r.file == nil || r.from.Buffered() > 0 {
		ready()
		return r.line()
	}
	cooked, err := term.MakeRaw(r.file.Fd())
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(r.file.Fd(), cooked) }()
	ready()
	var read []byte
	buf := make([]byte, 4096)
	for {
		n, err := r.file.Read(buf)
		if err != nil {
			return "", err
		}
		read = append(read, buf[:n]...)
		switch {
		case strings.ContainsRune(string(buf[:n]), 3):
			return "", errInterrupted
		case n == 1 && (buf[0] == 0x1b || buf[0] == 4):
			return "", errGivenUp
		case n == 1 && (buf[0] == 0x7f || buf[0] == 8):
			read = read[:max(len(read)-2, 0)]
		case n == 1 && buf[0] == 0x15: // ctrl+u
			read = nil
		case len(read) > mostPaste:
			return string(read), nil
		}
		// A paste may have several lines; it is over when nothing follows its last.
		if last := len(read) - 1; last >= 0 && (read[last] == '\r' || read[last] == '\n') && !readable(r.file.Fd(), burstWait) {
			text := strings.NewReplacer(pasteStart, "", pasteEnd, "", "\r", "\n").Replace(string(read))
			return strings.TrimRight(text, "\n"), nil
		}
	}
}

// runLines runs the dashboard in lines on the process's own input and output until they end, a signal comes or ctx is done. It returns
// nil, Stopped, or an *Error.
func runLines(ctx context.Context, l *linear) error {
	Protect()
	unmute, err := mute(os.Stderr)
	if err != nil {
		return &Error{"set standard error aside: " + err.Error(), "try again without a limit on open files"}
	}
	defer unmute()
	if l.in.file != nil {
		if cooked, err := term.GetState(l.in.file.Fd()); err == nil {
			// The reader of a token may still wait when everything else is over.
			defer func() { _ = term.Restore(l.in.file.Fd(), cooked) }()
		}
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM)
	defer signal.Stop(signals)
	program := tea.NewProgram(l, tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutRenderer(), tea.WithoutSignalHandler())
	done := make(chan error, 1)
	go func() {
		_, err := program.Run()
		done <- err
	}()
	select {
	case s := <-signals:
		return Stopped{s.(syscall.Signal)}
	case <-ctx.Done():
		return nil
	case err := <-done:
		switch {
		case errors.Is(l.err, errInterrupted):
			return Stopped{unix.SIGINT}
		case l.err != nil:
			return &Error{"write: " + l.err.Error(), "look at where standard output goes"}
		}
		return outcome(nil, err)
	}
}
