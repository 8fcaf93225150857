package token

import (
	"strings"
	"testing"
)

func TestShellWords(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"words", "curl -s  x\ty\nz", "curl|-s|x|y|z"},
		{"single quotes", `a 'b c' d'e'f ''`, "a|b c|def|"},
		{"double quotes", `a "b \"c\" \$d \\ \n" "e"f`, `a|b "c" $d \ \n|ef`},
		{"a continued line", "a \\\n b \"c\\\nd\" 'e\\\nf'", "a|b|cd|e\\\nf"},
		{"a continued line of cmd and PowerShell", "a ^\n b `\n c", "a|b|c"},
		{"a backslash before a space", `a\ b \'c`, "a b|'c"},
		{"a backslash at the end", `a \`, `a|`},
		{"quotes of C", `$'a\nb\tc\'d\"e\\f\x41\u00e9\q' g`, "a\nb\tc'd\"e\\fAé\\q|g"},
		{"quotes of C that end early", `$'a\`, `a\`},
		{"a number of C without digits", `$'\x' b`, `\x|b`},
		{"quotes of a translation", `$"a b" c`, "a b|c"},
		{"a variable", `a $b "c $d_1-e" ${f g} h`, "a|$b!|c $d_1-e!|${f g}!|h"},
		{"a command", `a "$(b "c d" $(e))" f`, `a|$(b "c d" $(e))!|f`},
		{"a command in backticks", "a \"`b c`\" d", "a|`b c`!|d"},
		{"a dollar alone", `a $ "b$" $1`, "a|$|b$|$1"},
		{"an open quote", `a 'b c`, "a|b c"},
		{"an open double quote", `a "b c`, "a|b c"},
		{"an open command", `a $(b c`, "a|$(b|c"},
		{"nothing", "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, w := range shellWords(c.text, 0) {
				s := w.text
				if w.expands {
					s += "!"
				}
				got = append(got, s)
				if w.from >= w.to || w.to > len(c.text) {
					t.Errorf("the word %q stands from %d to %d", w.text, w.from, w.to)
				}
			}
			if s := strings.Join(got, "|"); s != c.want {
				t.Errorf("words %q, want %q", s, c.want)
			}
		})
	}
}

func TestClean(t *testing.T) {
	cases := []struct{ name, in, want, repairs string }{
		{"plain text", "a b\tc\n", "a b\tc\n", ""},
		{"line breaks of all sorts", "a\r\nb\rc\vd\fe\u0085f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh", ""},
		{"colours and cursor keys", "\x1b[1;31ma\x1b[0m\x1b[2Kb\x1b[?25h", "ab", "removed a terminal sequence (4 times)"},
		{"an eight-bit introducer", "a\u009b31mb", "ab", "removed a terminal sequence"},
		{"a title that ends with BEL", "\x1b]0;title\x07a", "a", "removed a terminal sequence"},
		{"a title that ends with ST", "\x1b]0;title\x1b\\a", "a", "removed a terminal sequence"},
		{"a device string", "\x1bPq#0\x1b\\a", "a", "removed a terminal sequence"},
		{"a title without an end", "\x1b]0;a\nb", "0;a\nb", "removed a terminal sequence"},
		{"a title that another sequence ends", "\x1b]0;a\x1b[0mb", "0;ab", "removed a terminal sequence (2 times)"},
		{"character sets and keypads", "\x1b(Ba\x1b=b\x1b7c", "abc", "removed a terminal sequence (3 times)"},
		{"an ESC before a letter", "\x1beyJ", "eyJ", "removed a terminal sequence"},
		{"an ESC at the end", "a\x1b", "a", "removed a terminal sequence"},
		{"a sequence without an end", "a\x1b[12", "a", "removed a terminal sequence"},
		{"controls", "a\x00b\x07c\x7fd\x08", "abcd", "removed a NUL byte; removed a control character (3 times)"},
		{"characters that are not seen", "a\u200bb\u202ec\u2066d\ufeffe\u00adf\ufe0fg\U000e0041h", "abcdefgh", "removed a character that is not seen (7 times)"},
		{"spaces", "a\u00a0b\u2003c\u3000d", "a b c d", "replaced a special space, or a line of a frame, by a plain space (3 times)"},
		{"quotes", "“a” ‘b’ «c»", `"a" 'b' "c"`, "replaced a typographic quote by a plain one (6 times)"},
		{"dashes stay", "a–b—c", "a–b—c", ""},
		{"UTF-16, big end first", "\xfe\xff\x00a\x00b", "ab", "decoded UTF-16"},
		{"UTF-16 with a surrogate pair", "\xff\xfe\x3d\xd8\x00\xdea\x00", "😀a", "decoded UTF-16"},
		{"bytes that are no UTF-8", "a\xffb", "a\ufffdb", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := clean([]byte(c.in))
			if got.text != c.want {
				t.Errorf("cleaned %q, want %q", got.text, c.want)
			}
			var texts []string
			for _, r := range got.repairs {
				texts = append(texts, r.Text)
				if r.ID != "in.hidden_chars" || r.Sent {
					t.Errorf("repair %v", r)
				}
			}
			if s := strings.Join(texts, "; "); s != c.repairs {
				t.Errorf("repairs %q, want %q", s, c.repairs)
			}
		})
	}
}
