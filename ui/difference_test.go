package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp/demo"
	"why401/token"
)

// TestCaretsStandUnderWhatDiffers: at every width the carets of all lines together are under the marked part, cell by cell.
func TestCaretsStandUnderWhatDiffers(t *testing.T) {
	for _, c := range []struct{ before, part, after string }{
		{"https://a.example", "/", ""}, {"http", "s", "://a.example/path"}, {"", "all", ""}, {"ab", "", "cd"}, {"東京", "都庁", "é"}, {"", "", ""},
	} {
		for w := 2; w < 40; w++ {
			text, marks := "", ""
			for _, l := range carets(c.before, c.part, c.after, w) {
				line := l.before + l.part + l.after
				if width(line) > w || width(l.under) > w {
					t.Fatalf("%q is wider than %d", line, w)
				}
				text += line
				marks += fit(l.under, width(line))
			}
			if text != c.before+c.part+c.after {
				t.Errorf("at %d cells %q became %q", w, c, text)
			}
			if want := fit(strings.Repeat(" ", width(c.before))+strings.Repeat("^", width(c.part)), width(text)); marks != want {
				t.Errorf("at %d cells %q has the marks %q, want %q", w, c, marks, want)
			}
		}
	}
}

// TestWhatDiffersIsMarkedOnTheScreen: in the check of a token, at a glance and in full, and in the answer of who accepts an audience.
func TestWhatDiffersIsMarkedOnTheScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const want = "https://billing-424242424242.europe-west1.run.app"
		d := drive(t, demo.New(demo.InMemory()), 80, 24)
		d.choose("billing")
		minted := func(aud string) string {
			return signed(t, claims{"iss": "https://accounts.google.com", "aud": aud, "azp": "1", "sub": "1", "email": "a@p.iam.gserviceaccount.com",
				"iat": time.Now().Add(-5 * time.Minute).Unix(), "exp": time.Now().Add(55 * time.Minute).Unix()})
		}
		d.send(tea.PasteMsg{Content: minted(strings.Replace(want, "europe-west1", "us-west1", 1))})
		d.keys("3")
		d.has("│✗ audience    https://billing-424242424242.us-west1.run.app", "\n│                                           ^^  ", "the region differs: us-west1, not europe-west1",
			"│  wanted      "+want, "\n│                                           ^^^^^^ ")
		d.golden("differs-80x24")
		d.keys("enter", "end")
		d.keys("esc", "esc", "l")
		d.send(tea.PasteMsg{Content: strings.Replace(want, "europe-west1", "us-west1", 1)})
		d.keys("enter")
		d.has("nearly", "europe-west1.run.app of billing", "^^^^^^")
		d.golden("differs-ask-80x24")
		d.keys("l", "ctrl+u")
		d.send(tea.PasteMsg{Content: want + "/"})
		d.keys("enter")
		d.has("asked     "+want+"/", "^", "the trailing slash is too much")
		d.send(tea.WindowSizeMsg{Width: 200, Height: 40})
		d.has("^ the trailing slash is too much") // there is room behind the mark
	})
}

// TestWhatCannotBeMarkedIsNot: a credential in an audience would not be known as one in pieces.
func TestWhatCannotBeMarkedIsNot(t *testing.T) {
	span := token.Span{From: 1, To: 2}
	marks := func(got, want string) *token.Difference {
		return &token.Difference{Got: got, Want: want, GotAt: span, WantAt: span}
	}
	jwt := "https://a.example/?t=" + signed(t, claims{"iss": "x"})
	for _, c := range []struct {
		name string
		f    token.Finding
		want bool
	}{
		{"an audience and the words", token.Finding{Got: "abc: the path differs", Difference: marks("abc", "axc")}, true},
		{"no mark", token.Finding{Got: "abc: the path differs"}, false},
		{"another text", token.Finding{Got: "a list: abc", Difference: marks("abc", "axc")}, false},
		{"a credential", token.Finding{Got: jwt + ": the path differs", Difference: marks(jwt, "axc")}, false},
	} {
		if _, ok := missed(c.f, clean); ok != c.want {
			t.Errorf("%s: %v, want %v", c.name, ok, c.want)
		}
	}
}

// TestTheReportMarksWhatDiffers: a line of carets under the audience, and under the one that is wanted where that has what is missing.
func TestTheReportMarksWhatDiffers(t *testing.T) {
	for _, c := range []struct{ name, aud, want string }{
		{"too much", shopURL + "/x", "  audience     " + shopURL + "/x\n" + strings.Repeat(" ", 15+len(shopURL)) + "^^\n"},
		{"too little", strings.TrimPrefix(shopURL, "https://"), "  wanted       " + shopURL + "\n" + strings.Repeat(" ", 15) + "^^^^^^^^\n"},
		{"nothing near", "whatever", ""},
	} {
		text := check(t, accountToken(t, c.aud), func(o *CheckOptions) { o.JSON = false }).out
		if !strings.Contains(text, c.want) || c.want == "" && strings.Contains(text, "^") {
			t.Errorf("%s: no %q in\n%s", c.name, c.want, text)
		}
	}
}
