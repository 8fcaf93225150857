package ui

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing stays nothing", "", ""},
		{"plain ASCII is left alone", "GET /api/cart?x=1&y=%20 ~", "GET /api/cart?x=1&y=%20 ~"},
		{"a backslash is left alone", `C:\new`, `C:\new`},
		{"letters of other scripts are drawn", "Zürich Ωmega 東京 مرحبا ไทย", "Zürich Ωmega 東京 مرحبا ไทย"},
		{"an emoji of two cells is drawn", "ok 👍", "ok 👍"},
		{"a colour sequence", "\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"a title sequence", "\x1b]0;title\x07", `\x1b]0;title\x07`},
		{"line breaks and tabs", "a\nb\tc\rd", `a\nb\tc\rd`},
		{"NUL, DEL, backspace", "\x00\x7f\b", `\x00\x7f\x08`},
		{"C1 as UTF-8", "\u009b31m\u0085", `\u009b31m\u0085`},
		{"C1 as a bare byte", "\x9b31m", `\x9b31m`},
		{"bytes that are no UTF-8", "a\xffb\xc3", `a\xffb\xc3`},
		{"an overlong and a surrogate", "\xc0\xaf\xed\xa0\x80", `\xc0\xaf\xed\xa0\x80`},
		{"a replacement character that was really sent", "\ufffd", "\ufffd"},
		{"bidirectional controls", "a\u202eb\u2066c\u2069\u061c\u200f", `a\u202eb\u2066c\u2069\u061c\u200f`},
		{"zero-width characters", "a\u200bb\u2060c\ufeff\u00ad", `a\u200bb\u2060c\ufeff\u00ad`},
		{"spaces that look like the space", "a\u00a0b\u2009c\u3000d", `a\u00a0b\u2009c\u3000d`},
		{"line and paragraph separators", "a\u2028b\u2029c", `a\u2028b\u2029c`},
		{"tag characters", "a\U000e0041\U000e007f", `a\U000e0041\U000e007f`},
		{"private use and noncharacters", "\ue000\uffff\U0010ffff", `\ue000\uffff\U0010ffff`},
		{"letters that show nothing", "\u3164\u115f\uffa0\u2800", `\u3164\u115f\uffa0\u2800`},
		{"two marks on a base are drawn", "e\u0301\u0323x", "e\u0301\u0323x"},
		{"a third mark is not", "e\u0301\u0323\u0302\u0303x", "e\u0301\u0323" + `\u0302\u0303x`},
		{"the next base may carry marks again", "e\u0301\u0323a\u0301", "e\u0301\u0323a\u0301"},
		{"a mark without a base", "\u0301a", `\u0301a`},
		{"a mark behind an escape", "\n\u0301", `\n\u0301`},
		{"the joiner of a family", "👩\u200d👧", `👩\u200d👧`},
		{"a variation selector", "⚠\ufe0f", `⚠\ufe0f`},
		{"a spacing mark, one cell or none", "नि", `\u0928\u093f`},
		{"a flag", "🇫🇷", `\U0001f1eb\U0001f1f7`},
		{"a skin tone", "👍🏽", `\U0001f44d\U0001f3fd`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := clean(c.in); got != c.want {
				t.Errorf("clean(%q)\n got %q\nwant %q", c.in, got, c.want)
			}
		})
	}
}

func TestCleanDoesNotAllocateOnPlainText(t *testing.T) {
	s := strings.Repeat("https://shop-api-1a2b3c-ew.a.run.app/", 8)
	if n := testing.AllocsPerRun(100, func() { s = clean(s) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		name, in string
		w        int
		want     string
	}{
		{"shorter text is padded", "abc", 5, "abc  "},
		{"text of that width is left alone", "abcde", 5, "abcde"},
		{"longer text ends in an ellipsis", "abcdef", 5, "abcd…"},
		{"one cell", "abc", 1, "…"},
		{"no cell", "abc", 0, ""},
		{"less than none", "abc", -3, ""},
		{"nothing, padded", "", 3, "   "},
		{"wide characters", "東京都", 6, "東京都"},
		{"a wide character that does not fit leaves a space", "東京都", 4, "東… "},
		{"a mark stays with its base", "e\u0301e\u0301e\u0301", 2, "e\u0301…"},
		{"a mark takes no cell", "e\u0301", 3, "e\u0301  "},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := fit(c.in, c.w); got != c.want {
				t.Errorf("fit(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
			}
		})
	}
	if got := width(fit("x", 1000)); got != 1000 {
		t.Errorf("beyond the ready spaces: %d cells, want 1000", got)
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		name         string
		in           string
		w            int
		want, middle string
	}{
		{"what fits is left alone", "abc", 3, "abc", "abc"},
		{"the end or the middle goes", "https://shop-api.run.app", 12, "https://sho…", "https:…n.app"},
		{"an odd width", "abcdefghij", 5, "abcd…", "ab…ij"},
		{"two cells", "abcdef", 2, "a…", "a…"},
		{"no cell", "abcdef", 0, "", ""},
		{"wide characters", "東京都庁", 5, "東京…", "東…庁"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := cut(c.in, c.w); got != c.want {
				t.Errorf("cut(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
			}
			if got := cutMiddle(c.in, c.w); got != c.middle {
				t.Errorf("cutMiddle(%q, %d) = %q, want %q", c.in, c.w, got, c.middle)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, in string
		w        int
		want     []string
	}{
		{"nothing is no line", "", 10, nil},
		{"one line", "one two", 10, []string{"one two"}},
		{"exactly one line", "one two", 7, []string{"one two"}},
		{"at a space", "one two three", 8, []string{"one two", "three"}},
		{"a space just behind the line", "one two three", 7, []string{"one two", "three"}},
		{"several spaces at the break go", "one   two", 4, []string{"one", "two"}},
		{"several spaces elsewhere stay", "a   b c", 6, []string{"a   b", "c"}},
		{"a long word is broken", "see abcdefghij", 5, []string{"see", "abcde", "fghij"}},
		{"a long word first", "abcdefghij k", 4, []string{"abcd", "efgh", "ij k"}},
		{"a line feed of our own", "a\n\nb", 5, []string{"a", "", "b"}},
		{"wide characters", "東京都庁 前", 5, []string{"東京", "都庁", "前"}},
		{"a wide character in one cell", "東a", 1, []string{"…", "a"}},
		{"no width counts as one", "ab", 0, []string{"a", "b"}},
		{"leading spaces do not stop it", "  abcdef", 4, []string{"  ab", "cdef"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := wrap(c.in, c.w); !slices.Equal(got, c.want) {
				t.Errorf("wrap(%q, %d)\n got %q\nwant %q", c.in, c.w, got, c.want)
			}
		})
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{
		"", "plain", "\x1b[31m\u202e\xff\u200b", "e\u0301\u0302\u0303", "🇫🇷👍🏽👩\u200d👧⚠\ufe0f", "東京\u0301", "\u0d4ea\u111c2",
		"\u1100\u1161\u11a8", "क\u094dष\u093f", "\u0e33\u0e33", "\u034f\u20e3", "1\u20e3 #\ufe0f\u20e3",
	} {
		f.Add(s, 7)
	}
	f.Fuzz(func(t *testing.T, s string, w int) {
		got := clean(s)
		if !utf8.ValidString(got) {
			t.Fatalf("clean(%q) = %q is no UTF-8", s, got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) || unicode.In(r, hidden...) {
				t.Fatalf("clean(%q) = %q holds %U", s, got, r)
			}
		}
		if again := clean(got); again != got {
			t.Fatalf("cleaned twice, %q becomes %q", got, again)
		}
		if a, b := ansi.StringWidth(got), ansi.StringWidthWc(got); a != b {
			t.Fatalf("clean(%q) = %q is %d cells by cluster and %d by code point", s, got, a, b)
		}
		w %= 200
		if n := ansi.StringWidthWc(fit(got, w)); n != max(w, 0) {
			t.Fatalf("fit(%q, %d) is %d cells", got, w, n)
		}
		if n := width(cutMiddle(got, w)); n > max(w, 0) {
			t.Fatalf("cutMiddle(%q, %d) is %d cells", got, w, n)
		}
		for _, line := range wrap(got, w) {
			if n := ansi.StringWidthWc(line); n > max(w, 1) {
				t.Fatalf("wrap(%q, %d) has a line of %d cells: %q", got, w, n, line)
			}
		}
	})
}

// Budget: 66 ns and no allocation for a line of a log.
func BenchmarkCleanASCII(b *testing.B) {
	const line = "14:02:11 GET https://shop-api-1a2b3c-ew.a.run.app/api/cart okhttp/4.12.0"
	b.ReportAllocs()
	for b.Loop() {
		if clean(line) != line {
			b.Fatal("changed")
		}
	}
}

func BenchmarkFit(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		fit("shop-api", 24)
	}
}

func TestPlain(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"ASCII is left alone", "\x1b[31mshop-api\x1b[m", "\x1b[31mshop-api\x1b[m"},
		{"signs of our own", "╭─ ✗ 12:00 · ▸ ●…", "+- x 12:00 - > *~"},
		{"letters", "Zürich", "Z?rich"},
		{"a wide character keeps its cells", "東京|", "????|"},
		{"a mark takes none", "e\u0301|", "e|"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := plain(c.in); got != c.want || width(got) != width(c.in) {
				t.Errorf("plain(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

// Every sign of the theme has an ASCII character of its own, not a question mark.
func TestEverySignHasASubstitute(t *testing.T) {
	signs := reflect.ValueOf(unicodeGlyphs)
	for i := range signs.NumField() {
		sign := signs.Field(i).String()
		if got := plain(sign); strings.Contains(got, "?") && sign != "?" || width(got) != width(sign) {
			t.Errorf("%s %q becomes %q", signs.Type().Field(i).Name, sign, got)
		}
	}
}
