package ui

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Foreign text, and the only file that cleans and cuts it. Its rules:
//
//   - Whatever comes from outside goes through clean once, where it enters. All other functions here take clean text.
//   - What clean lets through draws only forward, one to two cells a character, and nothing invisible. Everything else
//     stands there as an escape, so that two strings that look the same are the same.
//   - Terminals measure in two ways, by code point and by grapheme cluster, and which one is in force is known only once
//     the terminal has answered. Clean text has the same width under both.

// ascii tells the bytes that stand for themselves: printable ASCII.
var ascii = func() (t [256]bool) {
	for b := ' '; b <= '~'; b++ {
		t[b] = true
	}
	return t
}()

// hidden are code points that are printable by their category, and yet show nothing, or are drawn differently everywhere.
var hidden = []*unicode.RangeTable{
	unicode.Variation_Selector,
	unicode.Other_Default_Ignorable_Code_Point,
	{
		R16: []unicode.Range16{{Lo: 0x2800, Hi: 0x2800, Stride: 1}},   // the empty Braille pattern
		R32: []unicode.Range32{{Lo: 0x1f1e6, Hi: 0x1f1ff, Stride: 1}}, // regional indicators: a flag, or two to four cells of letters
	},
}

// marks a base may carry. More of them climb over the lines above.
const marks = 2

// clean makes foreign text safe to draw. Control characters (C0, C1, DEL), bidirectional controls, everything invisible (zero-width
// characters, joiners, variation selectors, tags, spaces other than the space, line and paragraph separators), private use,
// unassigned code points, bytes that are no UTF-8, flags, combining marks without a base or beyond the second, and clusters on whose width
// terminals disagree become escapes: \n, \x1b, \u202e, \U000e0041. A backslash stays as it is.
//
// Plain ASCII comes back as it went in, without an allocation.
func clean(s string) string {
	for i := 0; i < len(s); i++ {
		if !ascii[s[i]] {
			return settle(escape(s, i))
		}
	}
	return s
}

// escape writes every code point of s that must not be drawn as an escape. The first from bytes are plain ASCII.
func escape(s string, from int) string {
	var b strings.Builder
	b.Grow(len(s) + 16)
	b.WriteString(s[:from])
	base, carried := from > 0, 0
	for i := from; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
			base = false
		case !drawable(r):
			b.WriteString(escaped(r))
			base = false
		case unicode.Is(unicode.M, r):
			if carried++; !base || carried > marks {
				b.WriteString(escaped(r))
				break
			}
			b.WriteRune(r)
		default:
			b.WriteRune(r)
			base, carried = true, 0
		}
		i += n
	}
	return b.String()
}

// settle escapes the clusters of s on whose width the two ways of measuring disagree: skin tones, spacing marks, some conjuncts.
func settle(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return s // all that was foreign is an escape now
	}
	if ansi.StringWidth(s) == ansi.StringWidthWc(s) && !doubtful(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		cluster, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		s = s[len(cluster):]
		if w == ansi.StringWidthWc(cluster) {
			b.WriteString(cluster)
			continue
		}
		for _, r := range cluster {
			if r < utf8.RuneSelf {
				b.WriteRune(r)
			} else {
				b.WriteString(escaped(r))
			}
		}
	}
	return b.String()
}

// doubtful says whether any cluster of s is measured differently; the sums may agree by chance.
func doubtful(s string) bool {
	for len(s) > 0 {
		cluster, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		if w != ansi.StringWidthWc(cluster) {
			return true
		}
		s = s[len(cluster):]
	}
	return false
}

// drawable says whether a code point shows something of its own, and nothing else.
func drawable(r rune) bool {
	if r < utf8.RuneSelf {
		return ascii[byte(r)]
	}
	return unicode.IsPrint(r) && !unicode.In(r, hidden...)
}

// escaped is how a code point is written that must not be drawn.
func escaped(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\t':
		return `\t`
	case r == '\r':
		return `\r`
	case r < utf8.RuneSelf:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// ellipsis stands where something was cut away: one cell, or two where RUNEWIDTH_EASTASIAN makes the libraries below say so.
const ellipsis = "…"

var ellipsisCells = ansi.StringWidth(ellipsis)

// cutMark is the ellipsis, or dots where it does not fit into w cells.
func cutMark(w int) string {
	if w < ellipsisCells {
		return strings.Repeat(".", max(w, 0))
	}
	return ellipsis
}

// width is the number of cells that clean text takes.
func width(s string) int {
	for i := 0; i < len(s); i++ {
		if !ascii[s[i]] {
			return ansi.StringWidth(s)
		}
	}
	return len(s)
}

// cut shortens clean text to at most w cells; an ellipsis stands at the end of what was shortened.
func cut(s string, w int) string {
	if len(s) <= w || width(s) <= w {
		return s
	}
	return head(s, w-ellipsisCells) + cutMark(w)
}

// cutMiddle shortens clean text to at most w cells like cut, but keeps its end too: for what tells itself apart at the end.
func cutMiddle(s string, w int) string {
	if len(s) <= w || width(s) <= w {
		return s
	}
	keep := w - ellipsisCells
	if keep < 2 {
		return cut(s, w)
	}
	left := (keep + 1) / 2
	start := head(s, left)
	return start + ellipsis + tail(s[len(start):], keep-left)
}

// spaces pads without an allocation of its own for every usual width.
const spaces = "                                                                                                                                "

// fit makes clean text exactly w cells wide: shortened like cut, or padded with spaces. A w below 1 gives "".
func fit(s string, w int) string {
	if w <= 0 {
		return ""
	}
	s = cut(s, w)
	short := w - width(s)
	switch {
	case short == 0:
		return s
	case short <= len(spaces):
		return s + spaces[:short]
	}
	return s + strings.Repeat(" ", short)
}

// head is as much of the start of s as fits into w cells.
func head(s string, w int) string {
	end := 0
	for end < len(s) {
		cluster, cells := ansi.FirstGraphemeCluster(s[end:], ansi.GraphemeWidth)
		if w -= cells; w < 0 {
			break
		}
		end += len(cluster)
	}
	return s[:end]
}

// tail is as much of the end of s as fits into w cells.
func tail(s string, w int) string {
	over := width(s) - w
	for over > 0 {
		cluster, cells := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		s = s[len(cluster):]
		over -= cells
	}
	return s
}

// longer says whether clean text takes more than w cells, without measuring the whole of a long one: a cell of clean text has at
// most a code point and two marks.
func longer(s string, w int) bool {
	const most = (1 + marks) * utf8.UTFMax
	return len(s) > w && (len(s) > most*w || width(s) > w)
}

// wrap breaks clean text into lines of at most w cells, at spaces where it can and inside a word where it must. The spaces at a
// break are dropped. A line feed, which only text of our own holds, ends a line. No text is no line; a w below 1 counts as 1.
func wrap(s string, w int) []string {
	if s == "" {
		return nil
	}
	w = max(w, 1)
	var lines []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		for longer(paragraph, w) {
			line := head(paragraph, w)
			if line == "" { // not even one wide character fits
				lines = append(lines, cutMark(w))
				cluster, _ := ansi.FirstGraphemeCluster(paragraph, ansi.GraphemeWidth)
				paragraph = paragraph[len(cluster):]
				continue
			}
			if paragraph[len(line)] != ' ' {
				if space := strings.LastIndexByte(line, ' '); strings.TrimSpace(line[:space+1]) != "" {
					line = line[:space]
				}
			}
			paragraph = strings.TrimLeft(paragraph[len(line):], " ")
			lines = append(lines, strings.TrimRight(line, " "))
		}
		lines = append(lines, paragraph)
	}
	return lines
}

// pieces cuts clean text into lines of at most w cells wherever they end.
func pieces(s string, w int) (lines []string) {
	for width(s) > max(w, 1) {
		line := head(s, max(w, 1))
		if line == "" { // not even one wide character fits
			line, _ = ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		}
		lines, s = append(lines, line), s[len(line):]
	}
	return append(lines, s)
}

// leastContinued is the least width in which a command can be continued on another line.
const leastContinued = 8

// continued breaks a shell command into lines of at most w cells that mean the same to the shell: a backslash at the end of a line,
// and inside single quotes, where that would be a character, these end before it and begin again behind. It breaks behind a space
// between words where it can. Where w leaves no room for that, it cuts.
func continued(s string, w int) (lines []string) {
	type place struct {
		n     int
		quote byte // the one that is open there; 0 for none
	}
	var quote byte
	open := "" // begins the line
	for w >= leastContinued && width(open)+width(s) > w {
		var space, last place
		escaped, at := false, quote
		for i, used := 0, width(open); i < len(s); {
			cluster, cells := ansi.FirstGraphemeCluster(s[i:], ansi.GraphemeWidth)
			i, used = i+len(cluster), used+cells
			switch c := cluster[0]; {
			case escaped:
				escaped = false
			case c == '\\' && at != '\'':
				escaped = true
			case c == '\'' || c == '"':
				if at == 0 {
					at = c
				} else if at == c {
					at = 0
				}
			}
			room := used + len(`\`)
			if at == '\'' {
				room += len(`'`)
			}
			if room > w {
				break
			}
			if !escaped {
				last = place{i, at}
			}
			if !escaped && at == 0 && cluster == " " {
				space = last
			}
		}
		if space.n > 0 {
			last = space
		}
		if last.n == 0 {
			break
		}
		end := `\`
		if last.quote == '\'' {
			end = `'\`
		}
		lines = append(lines, open+s[:last.n]+end)
		open, s, quote = "", s[last.n:], last.quote
		if quote == '\'' {
			open = `'`
		}
	}
	return append(lines, pieces(open+s, w)...)
}
