package ui

import "time"

// A terminal without bracketed paste, or a multiplexer that swallows it, sends a paste as keys: every letter of a token would be a
// command. So what comes in one read and cannot have been typed in that time goes on as a paste, until the terminal is silent.
const (
	burstLength  = 24                    // nobody types as many keys between two reads
	burstLetters = 8                     // different ones: a key that is held down comes in bursts too
	burstWait    = 80 * time.Millisecond // silence that ends it
)

// isBurst says whether what was read at once is a paste rather than keys: long, all of it text, and of many letters.
func isBurst(chunk []byte) bool {
	if len(chunk) < burstLength {
		return false
	}
	var seen [256]bool
	letters := 0
	for _, c := range chunk {
		switch {
		case c == '\r', c == '\n', c == '\t':
		case c < 0x20, c > 0x7e:
			return false
		case !seen[c]:
			seen[c] = true
			letters++
		}
	}
	return letters >= burstLetters
}
