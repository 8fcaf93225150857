package ui

import (
	"bytes"
	"slices"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// A terminal without bracketed paste, or a multiplexer that swallows it (GNU screen 4), sends a paste as keys: every letter of a
// token would be a command. So what comes faster than anybody types goes on as a paste, until the terminal is silent. It may come
// in any pieces: text is held back for as long as more of it comes within typedWait.
const (
	burstLength  = 24                     // nobody types as many keys at once
	burstLetters = 8                      // different ones: a key that is held down comes in bursts too
	typedWait    = 3 * time.Millisecond   // nobody types two keys within, nor does a key repeat
	burstWait    = 250 * time.Millisecond // silence that ends a paste
	burstBig     = 512                    // bytes from which on it is longer:
	burstRest    = 600 * time.Millisecond // the packets of a slow link come apart
	startLength  = 3                      // characters at once by which a credential's beginning is known:
	begunWait    = 250 * time.Millisecond // after it more is waited for
	tokenRest    = 2 * time.Second        // silence that ends a paste in the middle of a token
)

// starts are how pasted credentials begin. Nobody types these letters at once.
var starts = [][]byte{[]byte("eyJ"), []byte("Bearer"), []byte("bearer"), []byte("Authorization"), []byte("authorization"), []byte("curl"), []byte("ya29")}

// started says whether text may be the beginning of a pasted credential, or is one.
func started(text []byte) bool {
	for _, start := range starts {
		if n := min(len(text), len(start)); n >= startLength && bytes.Equal(text[:n], start[:n]) {
			return true
		}
	}
	return false
}

// isText says whether all that was read may be text: printable characters and line breaks.
func isText(chunk []byte) bool {
	for _, c := range chunk {
		if c < 0x20 && c != '\r' && c != '\n' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return len(chunk) > 0
}

// isBurst says whether what was read at once is a paste rather than keys: long, all of it text, and of many letters.
func isBurst(chunk []byte) bool {
	if !isText(chunk) || len(chunk) < burstLength && !(len(chunk) > 2*startLength && started(chunk)) {
		return false
	}
	if started(chunk) {
		return true
	}
	var seen [256]bool
	letters := 0
	for _, c := range chunk {
		if c > ' ' && !seen[c] {
			seen[c] = true
			letters++
		}
	}
	return letters >= burstLetters
}

// burstAt is where in data a paste without marks begins, or -1. Keys that are no text and answers of the terminal may stand before it:
// what is read at once was not sent at once.
func burstAt(data []byte) int {
	for at := 0; at < len(data); at += sequenceLength(data[at:]) {
		n := textLength(data[at:])
		if isBurst(data[at : at+n]) {
			return at
		}
		if at += n; bytes.HasPrefix(data[at:], []byte(pasteStart)) {
			break
		}
	}
	return -1
}

// textTail is the text at the end of data.
func textTail(data []byte) []byte {
	for at := 0; at < len(data); at += sequenceLength(data[at:]) {
		n := textLength(data[at:])
		if at += n; at == len(data) {
			return data[at-n:]
		}
	}
	return nil
}

// textLength is how much text stands at the beginning of data.
func textLength(data []byte) int {
	n := 0
	for n < len(data) && isText(data[n:n+1]) {
		n++
	}
	return n
}

// sequenceLength is how much of data belongs to the key or the answer at its beginning. An escape before a letter is the key itself: alt
// and a letter would be the same, but nobody presses that before a paste.
func sequenceLength(data []byte) int {
	_, _, n, _ := ansi.DecodeSequence(data, ansi.NormalState, nil)
	if n == 2 && data[0] == '\x1b' {
		return 1
	}
	return n
}

// bareToken is how far a paste without marks has come.
type bareToken struct {
	length int  // bytes
	begun  bool // a JWT has
	dots   int  // of it
	tail   int  // characters since the last dot
}

// shortestSignature is what an ES256 signature has in base64url.
const shortestSignature = 86

// silence takes a piece of the paste and says how long nothing must come until it is over.
func (b *bareToken) silence(piece []byte) time.Duration {
	b.length += len(piece)
	if !b.begun {
		at := bytes.Index(piece, starts[0])
		b.begun = at >= 0
		piece = piece[max(at, 0):]
	}
	if b.begun {
		b.dots += bytes.Count(piece, []byte("."))
		if at := bytes.LastIndexByte(piece, '.'); at >= 0 {
			b.tail, piece = 0, piece[at+1:]
		}
		b.tail += len(piece)
	}
	switch {
	case b.begun && b.dots < 3 && (b.dots < 2 || b.tail < shortestSignature):
		return tokenRest
	case b.length > burstBig:
		return burstRest
	}
	return burstWait
}

// gather adds to the n bytes in buf, where they end with text, what follows them faster than keys, until it is enough to tell.
func (in *input) gather(buf []byte, n int) int {
	for n < len(buf) {
		text := textTail(slices.Concat(in.gate.held, buf[:n]))
		wait := typedWait
		if started(text) {
			wait = begunWait
		}
		if len(text) == 0 || isBurst(text) || len(text) >= burstLength || !readable(in.Fd(), wait) {
			break
		}
		more, err := in.File.Read(buf[n:])
		if err != nil {
			break // the next read gives it again
		}
		n += more
	}
	return n
}
