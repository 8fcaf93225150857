package ui

import (
	"bytes"
	"os"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// The marks around a bracketed paste, and the longest of what is put into the stream besides what was read.
const (
	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
	slack      = 3 * len(pasteEnd)
)

// startWait is how long half a start mark is waited for. It delays alt+[, which is the same two bytes, and nothing else.
const startWait = 500 * time.Millisecond

// substitute stands in a paste for a byte that must not be there (ASCII's own character for that).
const substitute = 0x1a

// input is the keyboard as Bubble Tea reads it. Bubble Tea gives up half a sequence after 50 ms: a paste whose end mark comes
// in two pieces further apart is lost, and every key after it, ctrl+c too. So marks go on whole only (see pasteGate).
//
// It stands in for the terminal's own file: raw mode, waiting and cancelling go by its descriptor.
type input struct {
	*os.File
	gate  pasteGate
	rest  []byte // was read, and did not fit into the caller's buffer
	burst bool   // the paste that is going on has no marks of its own (terminal_burst.go)

	ended       chan struct{} // closed when nothing more can come
	once        sync.Once
	interrupted chan struct{} // gets something when ctrl+c was pressed
}

// newInput reads from a terminal.
func newInput(f *os.File) *input {
	return &input{File: f, ended: make(chan struct{}), interrupted: make(chan struct{}, 1)}
}

// Read waits for what may go on, at most startWait longer than for the first byte. It may give no byte and no error.
func (in *input) Read(p []byte) (int, error) {
	if len(in.rest) > 0 {
		n := copy(p, in.rest)
		in.rest = in.rest[n:]
		return n, nil
	}
	// What is held back is waited for outside, by the descriptor, so nothing may stay here for want of room.
	buf := make([]byte, max(len(p)-slack, 1))
	var out []byte
	for {
		n, err := in.File.Read(buf[:max(len(buf)-len(out), 1)])
		if err != nil {
			in.once.Do(func() { close(in.ended) })
			return copy(p, out), err
		}
		if !in.gate.inside && len(in.gate.held) == 0 && isBurst(buf[:n]) {
			out = append(out, pasteStart...)
			in.gate.inside, in.burst = true, true
		}
		out = in.gate.pass(out, buf[:n])
		if in.burst = in.burst && in.gate.inside; in.burst && !readable(in.Fd(), burstWait) {
			out = append(out, pasteEnd...)
			in.gate.inside, in.gate.held, in.burst = false, nil, false
		}
		if in.gate.interrupted {
			in.gate.interrupted = false
			select {
			case in.interrupted <- struct{}{}:
			default:
			}
		}
		if !in.gate.hurried() || len(out) >= len(buf) {
			break
		}
		if !readable(in.Fd(), startWait) {
			out = in.gate.release(out)
			break
		}
	}
	n := copy(p, out)
	in.rest = out[n:]
	return n, nil
}

// readable waits until there is something to read, or the wait is over.
func readable(fd uintptr, wait time.Duration) bool {
	var set unix.FdSet
	set.Zero()
	set.Set(int(fd))
	timeout := unix.NsecToTimeval(int64(wait))
	n, err := unix.Select(int(fd)+1, &set, nil, nil, &timeout)
	return n > 0 || err == unix.EINTR
}

// pasteGate lets the bytes of a keyboard pass, pastes in such a way that nothing in them can be taken for anything else:
//
//   - A mark passes whole. Half a start mark is held back for a while, half an end mark until it is complete or disproved:
//     inside a paste nobody waits for a key.
//   - An escape inside a paste, and every byte that is no UTF-8 (C1 controls among them), becomes a substitute character.
//     Bubble Tea would read a sequence there, and one that is not closed takes the end mark with it.
//   - ctrl+c by itself ends a paste whose end never came, so that it works in every state.
type pasteGate struct {
	inside      bool
	held        []byte // half a mark, or inside a paste half a character
	interrupted bool   // ctrl+c was among the keys
}

// pass appends to out what may go on of what was held back and chunk together.
func (g *pasteGate) pass(out, chunk []byte) []byte {
	if g.inside && slices.Contains(interrupts, string(chunk)) {
		g.inside, g.held, g.interrupted = false, nil, true
		return append(append(out, pasteEnd...), chunk...)
	}
	data := append(g.held, chunk...)
	g.held = nil
	for len(data) > 0 && g.held == nil {
		if g.inside {
			out, data = g.pasted(out, data)
		} else {
			out, data = g.typed(out, data)
		}
	}
	return out
}

// typed passes what stands before a paste, and its start mark.
func (g *pasteGate) typed(out, data []byte) (passed, rest []byte) {
	if at := bytes.Index(data, []byte(pasteStart)); at >= 0 {
		g.inside = true
		at += len(pasteStart)
		data, rest = data[:at], data[at:]
	}
	for _, keys := range interrupts {
		g.interrupted = g.interrupted || bytes.Contains(data, []byte(keys))
	}
	if g.inside {
		return append(out, data...), rest
	}
	// A lone ESC is the key itself and goes on at once.
	for n := min(len(pasteStart)-1, len(data)); n >= 2; n-- {
		if bytes.HasSuffix(data, []byte(pasteStart[:n])) {
			g.held = bytes.Clone(data[len(data)-n:])
			return append(out, data[:len(data)-n]...), nil
		}
	}
	return append(out, data...), nil
}

// pasted passes what stands inside a paste, up to and with its end mark.
func (g *pasteGate) pasted(out, data []byte) (passed, rest []byte) {
	for i := 0; i < len(data); {
		left := data[i:]
		switch {
		case bytes.HasPrefix(left, []byte(pasteEnd)):
			g.inside = false
			return append(out, pasteEnd...), left[len(pasteEnd):]
		case bytes.HasPrefix([]byte(pasteEnd), left), !utf8.FullRune(left):
			g.held = bytes.Clone(left)
			return out, nil
		case left[0] == '\x1b':
			out = append(out, substitute)
			i++
		default:
			r, n := utf8.DecodeRune(left)
			if r == utf8.RuneError && n == 1 {
				out = append(out, substitute)
			} else {
				out = append(out, left[:n]...)
			}
			i += n
		}
	}
	return out, nil
}

// hurried says whether something is held back that may be a key.
func (g *pasteGate) hurried() bool { return !g.inside && len(g.held) > 0 }

// release appends to out what was held back, since nothing more came.
func (g *pasteGate) release(out []byte) []byte {
	out = append(out, g.held...)
	g.held = nil
	return out
}

// interrupts are the ways in which terminals send ctrl+c.
var interrupts = []string{"\x03", "\x1b[27;5;99~", "\x1b[99;5u"}
