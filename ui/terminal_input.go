package ui

import (
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// slack is the longest of what is put into the stream besides what was read: marks, and what was held back before.
const slack = 3*len(pasteEnd) + 2*longestReply

// startWait is how long half a start mark is waited for. It delays alt+[, which is the same two bytes, and nothing else.
const startWait = 500 * time.Millisecond

// input is the keyboard as Bubble Tea reads it. Bubble Tea gives up half a sequence after 50 ms: a paste whose end mark comes
// in two pieces further apart is lost, and every key after it, ctrl+c too. So marks go on whole only (see pasteGate).
//
// It stands in for the terminal's own file: raw mode, waiting and cancelling go by its descriptor.
type input struct {
	*os.File
	gate pasteGate
	rest []byte    // was read, and did not fit into the caller's buffer
	bare bareToken // the paste without marks that is going on

	leaving     <-chan struct{} // closed when the program ends; nil for never
	ended       chan struct{}   // closed when nothing more can come
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
		room := buf[:max(len(buf)-len(out), 1)]
		n, err := in.File.Read(room)
		if err != nil {
			in.once.Do(func() { close(in.ended) })
			return copy(p, out), err
		}
		if !in.gate.inside {
			n = in.gather(room, n)
			out, room = in.gate.begin(out, room[:n])
			n, in.bare = len(room), bareToken{}
		}
		out = in.gate.pass(out, room[:n])
		if in.gate.bare && !in.more(in.bare.silence(room[:n])) {
			out = in.gate.end(out)
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
		if !in.more(startWait) {
			out = in.gate.release(out)
			break
		}
	}
	n := copy(p, out)
	in.rest = out[n:]
	return n, nil
}

// more waits for the rest of what may be a mark or a paste, but not when the program ends meanwhile.
func (in *input) more(wait time.Duration) bool {
	const step = 20 * time.Millisecond
	for ; wait > 0; wait -= step {
		if readable(in.Fd(), step) {
			return true
		}
		if closed(in.leaving) {
			return false
		}
	}
	return false
}

// readable waits until there is something to read, or the wait is over. It never says so where a read would wait: a signal, of which
// the Go runtime sends itself many, only has it look again.
func readable(fd uintptr, wait time.Duration) bool {
	for end := now().Add(wait); ; wait = max(end.Sub(now()), 0) {
		var set unix.FdSet
		set.Zero()
		set.Set(int(fd))
		timeout := unix.NsecToTimeval(int64(wait))
		n, err := unix.Select(int(fd)+1, &set, nil, nil, &timeout)
		if err != unix.EINTR {
			return n > 0
		}
	}
}
