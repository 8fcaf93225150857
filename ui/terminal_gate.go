package ui

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// The marks around a bracketed paste.
const (
	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// longestReply is more than any answer has that the program asks for.
const longestReply = 64

// substitute stands in a paste for a byte that must not be there (ASCII's own character for that).
const substitute = 0x1a

// pasteGate lets the bytes of a keyboard pass, pastes in such a way that nothing in them can be taken for anything else:
//
//   - An answer of the terminal passes whole too, or its numbers would be keys.
//   - A mark passes whole. Half a start mark is held back for a while, half an end mark until it is complete or disproved:
//     inside a paste nobody waits for a key.
//   - An escape inside a paste, and every byte that is no UTF-8 (C1 controls among them), becomes a substitute character.
//     Bubble Tea would read a sequence there, and one that is not closed takes the end mark with it.
//   - An answer of the terminal inside a paste goes on behind it: a multiplexer writes it wherever it is just then.
//   - ctrl+c by itself ends a paste whose end never came, so that it works in every state.
//
// A paste without marks gets them, if begin is asked before pass.
type pasteGate struct {
	inside      bool
	bare        bool   // the paste had no marks of its own
	held        []byte // half a mark or half an answer, or inside a paste half a character
	answers     []byte // whole ones that came inside the paste
	interrupted bool   // ctrl+c was among the keys
}

// pass appends to out what may go on of what was held back and chunk together.
func (g *pasteGate) pass(out, chunk []byte) []byte {
	if g.inside && slices.Contains(interrupts, string(chunk)) {
		g.held, g.interrupted = nil, true
		return append(g.end(out), chunk...)
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

// begin has a paste without marks begin where there is one in chunk, and gives what of it is to pass yet.
func (g *pasteGate) begin(out, chunk []byte) (passed, rest []byte) {
	data := slices.Concat(g.held, chunk)
	at := burstAt(data)
	if at < 0 {
		return out, chunk
	}
	g.held = nil
	out, _ = g.typed(out, data[:at])
	g.inside, g.bare = true, true
	return append(out, pasteStart...), data[at:]
}

// end closes the paste that is going on. Half an answer at its end is still held back.
func (g *pasteGate) end(out []byte) []byte {
	out = append(append(out, pasteEnd...), g.answers...)
	g.inside, g.bare, g.answers = false, false, nil
	if replyBegun(g.held) < len(g.held) {
		g.held = nil
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
	if n := replyBegun(data); n > 0 {
		g.held = bytes.Clone(data[len(data)-n:])
		return append(out, data[:len(data)-n]...), nil
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

// replyBegun is how much at the end of data is the beginning of an answer of the terminal: ESC [ ? and numbers. Its pieces would be
// keys one by one, and no key begins so.
func replyBegun(data []byte) int {
	at := bytes.LastIndex(data, []byte("\x1b[?"))
	if at < 0 || len(data)-at > longestReply || len(bytes.TrimLeft(data[at+3:], "0123456789;$")) > 0 {
		return 0
	}
	return len(data) - at
}

// answered is how long the answer is that data begins with, to the one question that is asked again and again (terminal_flow.go).
func answered(data []byte) int {
	if !bytes.HasPrefix(data, []byte("\x1b[?")) {
		return 0
	}
	for i, c := range data[3:min(len(data), longestReply)] {
		switch {
		case c == 'c':
			return 3 + i + 1
		case c != ';' && (c < '0' || c > '9'):
			return 0
		}
	}
	return 0
}

// pasted passes what stands inside a paste, up to and with its end mark.
func (g *pasteGate) pasted(out, data []byte) (passed, rest []byte) {
	for i := 0; i < len(data); {
		left := data[i:]
		switch {
		case bytes.HasPrefix(left, []byte(pasteEnd)):
			return g.end(out), left[len(pasteEnd):]
		case g.bare && left[0] == '\x03':
			g.interrupted = true
			return append(g.end(out), left[0]), left[1:]
		case answered(left) > 0:
			n := answered(left)
			if len(g.answers)+n <= longestReply {
				g.answers = append(g.answers, left[:n]...)
			}
			i += n
		case bytes.HasPrefix([]byte(pasteEnd), left), left[0] == '\x1b' && len(left) <= longestReply && replyBegun(left) == len(left), !utf8.FullRune(left):
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
func (g *pasteGate) hurried() bool { return !g.inside && len(g.held) > 0 && replyBegun(g.held) == 0 }

// release appends to out what was held back, since nothing more came.
func (g *pasteGate) release(out []byte) []byte {
	out = append(out, g.held...)
	g.held = nil
	return out
}

// interrupts are the ways in which terminals send ctrl+c.
var interrupts = []string{"\x03", "\x1b[27;5;99~", "\x1b[99;5u"}
