package token

import "unicode/utf8"

// Difference marks where an audience misses the accepted one that it nearly is, for drawing. Both texts are foreign: cut them at the marks,
// then clean each piece.
type Difference struct {
	Got, Want     string // the token's audience, and the accepted one
	GotAt, WantAt Span   // what differs in each: from its first byte that differs to its last
}

// Span is a part of a text, in bytes from its beginning: text[From:To]. It never cuts a character, and is empty where something is missing.
type Span struct{ From, To int }

// differ finds what of two texts is not common to their beginnings or their ends; nil where they are the same.
func differ(got, want string) *Difference {
	if got == want {
		return nil
	}
	from := 0
	for from < len(got) && from < len(want) && got[from] == want[from] {
		from++
	}
	for from > 0 && (inside(got, from) || inside(want, from)) {
		from--
	}
	tail := 0
	for tail < len(got)-from && tail < len(want)-from && got[len(got)-1-tail] == want[len(want)-1-tail] {
		tail++
	}
	for tail > 0 && (inside(got, len(got)-tail) || inside(want, len(want)-tail)) {
		tail--
	}
	return &Difference{Got: got, Want: want, GotAt: Span{from, len(got) - tail}, WantAt: Span{from, len(want) - tail}}
}

// inside says whether a cut at this byte would stand inside a character.
func inside(s string, at int) bool { return at < len(s) && !utf8.RuneStart(s[at]) }
