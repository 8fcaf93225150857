package token

import (
	"encoding/binary"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// cleaned is a paste without what nobody sees.
type cleaned struct {
	text    string
	hidden  []int // where in text something hidden was removed or replaced
	quoted  bool  // the rows had signs or numbers before them, so that somebody broke them who quoted the paste
	repairs []Repair
}

// cleaner takes away what a terminal, a chat program or a file adds to a token without showing it, and counts what it took.
type cleaner struct {
	in                                      []rune
	at                                      int
	out                                     strings.Builder
	hidden                                  []int
	nuls, escapes, controls, unseen, spaces int
	quotes                                  int
}

// clean removes terminal sequences (the end of a bracketed paste among them), control and hidden characters, and makes plain spaces,
// line breaks and quotes of their many cousins. A carriage return is a line break: tmux pastes it for one.
func clean(pasted []byte) cleaned {
	plain, wide := fromUTF16(pasted)
	plain, marks := unmark(plain)
	c := cleaner{in: []rune(plain), escapes: marks}
	for c.at < len(c.in) {
		c.next()
	}
	var repairs []Repair
	note := func(n int, text string) {
		if n > 0 {
			repairs = append(repairs, Repair{ID: "in.hidden_chars", Text: text + times(n)})
		}
	}
	if wide {
		note(1, "decoded UTF-16")
	}
	note(c.escapes, "removed a terminal sequence")
	note(c.nuls, "removed a NUL byte")
	note(c.controls, "removed a control character")
	note(c.unseen, "removed a character that is not seen")
	note(c.spaces, "replaced a special space, or a line of a frame, by a plain space")
	note(c.quotes, "replaced a typographic quote by a plain one")
	return cleaned{text: c.out.String(), hidden: c.hidden, repairs: repairs}
}

// unmark removes the marks of a bracketed paste that a terminal printed in place of obeying them, and says how many there were. No token holds a tilde.
func unmark(text string) (string, int) {
	n := 0
	for _, mark := range []string{"^[[200~", "^[[201~", "\x1b[200~", "\x1b[201~", "[200~", "[201~"} {
		if found := strings.Count(text, mark); found > 0 {
			n += found
			text = strings.ReplaceAll(text, mark, "")
		}
	}
	return text, n
}

// next takes one character, or one sequence.
func (c *cleaner) next() {
	r := c.in[c.at]
	c.at++
	switch {
	case ' ' <= r && r <= '~':
		c.out.WriteByte(byte(r))
	case r == 0x1b:
		c.escapes++
		c.at += sequence(c.in[c.at:])
	case r == 0x9b:
		c.escapes++
		c.at += parameters(c.in[c.at:])
	case r == '\r':
		if c.at < len(c.in) && c.in[c.at] == '\n' {
			c.at++
		}
		c.out.WriteByte('\n')
	case r == '\n' || r == '\t':
		c.out.WriteRune(r)
	case r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029:
		c.out.WriteByte('\n')
	case r == 0:
		c.nuls++
		c.hide()
	case unicode.IsControl(r):
		c.controls++
		c.hide()
	case unseen(r):
		c.unseen++
		c.hide()
	case 0x2500 <= r && r <= 0x257F: // of the frame of a pane, which no command holds
		c.spaces++
		c.out.WriteByte(' ')
	case unicode.Is(unicode.Zs, r):
		c.spaces++
		c.hide()
		c.out.WriteByte(' ')
	case strings.ContainsRune("“”„‟«»″＂", r):
		c.quotes++
		c.hide()
		c.out.WriteByte('"')
	case strings.ContainsRune("‘’‚‛‹›′＇", r):
		c.quotes++
		c.hide()
		c.out.WriteByte('\'')
	default:
		c.out.WriteRune(r)
	}
}

func (c *cleaner) hide() { c.hidden = append(c.hidden, c.out.Len()) }

// unseen says whether r has no width and no place in a credential: zero-width and bidirectional characters, soft hyphens, tags, selectors.
func unseen(r rune) bool {
	switch {
	case r == 0xAD, r == 0x34F, r == 0x61C, r == 0x180E, r == 0xFEFF,
		0x200B <= r && r <= 0x200F, 0x202A <= r && r <= 0x202E, 0x2060 <= r && r <= 0x206F,
		0xFE00 <= r && r <= 0xFE0F, 0xE0000 <= r && r <= 0xE01EF:
		return true
	}
	return false
}

// sequence is the length of the terminal sequence after its ESC. Of what it does not know it takes nothing: the next character may be the token's.
func sequence(rest []rune) int {
	if len(rest) == 0 {
		return 0
	}
	switch rest[0] {
	case '[':
		return 1 + parameters(rest[1:])
	case ']', 'P', 'X', '^', '_':
		// A text that never ends is none: what follows is looked at by itself.
		for i, r := range rest {
			switch {
			case r == 0x07 || r == 0x9c:
				return i + 1
			case r == 0x1b && i+1 < len(rest) && rest[i+1] == '\\':
				return i + 2
			case r == '\n' || r == '\r' || r == 0x1b:
				return 1
			}
		}
		return 1
	case '(', ')', '*', '+', '#':
		return min(2, len(rest))
	case '=', '>', '7', '8', '\\':
		return 1
	}
	return 0
}

// parameters is the length of a control sequence after its introducer: parameters, intermediates, one final character.
func parameters(rest []rune) int {
	i := 0
	for i < len(rest) && 0x20 <= rest[i] && rest[i] <= 0x3f {
		i++
	}
	if i < len(rest) && 0x40 <= rest[i] && rest[i] <= 0x7e {
		i++
	}
	return i
}

// fromUTF16 is the paste as UTF-8, and whether it was UTF-16: what PowerShell writes when its output goes to a file.
func fromUTF16(pasted []byte) (string, bool) {
	var order binary.ByteOrder
	switch n := len(pasted); {
	case n < 2:
		return string(pasted), false
	case pasted[0] == 0xFF && pasted[1] == 0xFE:
		order = binary.LittleEndian
	case pasted[0] == 0xFE && pasted[1] == 0xFF:
		order = binary.BigEndian
	default:
		return string(pasted), false
	}
	units := make([]uint16, 0, len(pasted)/2)
	for i := 2; i+1 < len(pasted); i += 2 { // a last odd byte is of what was written behind it
		units = append(units, order.Uint16(pasted[i:]))
	}
	out := make([]byte, 0, len(units))
	for _, r := range utf16.Decode(units) {
		out = utf8.AppendRune(out, r)
	}
	return string(out), true
}

// times says how often, where that is more than once.
func times(n int) string {
	if n == 1 {
		return ""
	}
	return " (" + strconv.Itoa(n) + " times)"
}
