package ui

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

func TestTraits(t *testing.T) {
	for _, c := range []struct {
		name string
		env  []string
		want terminalTraits
	}{
		{"a UTF-8 locale draws everything", []string{"LANG=en_GB.UTF-8"}, terminalTraits{}},
		{"spelt as some systems do", []string{"LANG=C.utf8"}, terminalTraits{}},
		{"the category alone", []string{"LC_CTYPE=UTF-8"}, terminalTraits{}},
		{"no locale is the C locale", nil, terminalTraits{ASCII: true}},
		{"another encoding", []string{"LANG=de_DE.ISO-8859-1"}, terminalTraits{ASCII: true}},
		{"LC_ALL outranks LANG", []string{"LANG=en_GB.UTF-8", "LC_ALL=C"}, terminalTraits{ASCII: true}},
		{"LC_CTYPE outranks LANG", []string{"LC_CTYPE=C.UTF-8", "LANG=C"}, terminalTraits{}},
		{"an empty LC_ALL counts for nothing", []string{"LC_ALL=", "LANG=C.UTF-8"}, terminalTraits{}},
		{"the last of two counts", []string{"LANG=C", "LANG=C.UTF-8"}, terminalTraits{}},
		{"lines would be two cells wide", []string{"LANG=C.UTF-8", "RUNEWIDTH_EASTASIAN=1"}, terminalTraits{ASCII: true}},
		{"NO_COLOR with any value", []string{"LANG=C.UTF-8", "NO_COLOR=yes"}, terminalTraits{NoColor: true}},
		{"NO_COLOR with 0, too", []string{"LANG=C.UTF-8", "NO_COLOR=0"}, terminalTraits{NoColor: true}},
		{"an empty NO_COLOR is none", []string{"LANG=C.UTF-8", "NO_COLOR="}, terminalTraits{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := traits(c.env); got != c.want {
				t.Errorf("traits(%q) = %+v, want %+v", c.env, got, c.want)
			}
		})
	}
}

func TestEnvironmentForBubbleTea(t *testing.T) {
	env := []string{"TERM=xterm", "SSH_TTY=/dev/pts/3", "SSH_TTYX=1"}
	if got := strings.Join(without(env, "SSH_TTY"), " "); got != "TERM=xterm SSH_TTYX=1" {
		t.Errorf("without SSH_TTY: %s", got)
	}
	if len(env) != 3 || env[1] != "SSH_TTY=/dev/pts/3" {
		t.Errorf("the environment itself was changed: %q", env)
	}
}

func TestUsableRefusesAPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	var e *Error
	if err := usable([]string{"TERM=xterm"}, r, w); !errors.As(err, &e) || !strings.Contains(e.Text, "standard input") || e.Hint == "" {
		t.Errorf("usable on pipes: %v", err)
	}
}

func TestPasteGate(t *testing.T) {
	for _, c := range []struct {
		name   string
		chunks []string
		want   string // all that passed, pieces divided by |
	}{
		{"keys pass", []string{"j", "\x1b[A", "\x1b"}, "j|\x1b[A|\x1b"},
		{"a paste in one piece", []string{"\x1b[200~eyJ\x1b[201~k"}, "\x1b[200~eyJ\x1b[201~k"},
		{"a start mark in pieces", []string{"j\x1b[2", "00", "~eyJ"}, "j||\x1b[200~eyJ"},
		{"what only begins like a start mark", []string{"\x1b[2", "~"}, "|\x1b[2~"},
		{"an end mark in pieces", []string{"\x1b[200~eyJ", "\x1b", "[20", "1~j"}, "\x1b[200~eyJ|||\x1b[201~j"},
		{"two pastes in one read", []string{"\x1b[200~a\x1b[201~\x1b[200~b\x1b[201~"}, "\x1b[200~a\x1b[201~\x1b[200~b\x1b[201~"},
		{"an escape inside a paste", []string{"\x1b[200~a\x1b[31mb\x1b]0;x\x1b[201~"}, "\x1b[200~a\x1a[31mb\x1a]0;x\x1b[201~"},
		{"a start mark inside a paste", []string{"\x1b[200~a\x1b[200~b\x1b[201~"}, "\x1b[200~a\x1a[200~b\x1b[201~"},
		{"what only begins like an end mark", []string{"\x1b[200~a\x1b[20", "0~\x1b[201~"}, "\x1b[200~a|\x1a[200~\x1b[201~"},
		{"C1 inside a paste", []string{"\x1b[200~a\x9d0;x\x1b[201~"}, "\x1b[200~a\x1a0;x\x1b[201~"},
		{"a character in pieces", []string{"\x1b[200~\xe6\x9d", "\xb1\x1b[201~"}, "\x1b[200~|東\x1b[201~"},
		{"half a character at the end", []string{"\x1b[200~\xe6\x9d", "\x1b[201~"}, "\x1b[200~|\x1a\x1a\x1b[201~"},
		{"ctrl+c ends a paste that has no end", []string{"\x1b[200~eyJ", "\x1b[20", "\x03", "j"}, "\x1b[200~eyJ||\x1b[201~\x03|j"},
		{"ctrl+c as other terminals send it", []string{"\x1b[200~eyJ", "\x1b[99;5u"}, "\x1b[200~eyJ|\x1b[201~\x1b[99;5u"},
		{"the same byte among others is text", []string{"\x1b[200~", "e\x03J\x1b[201~"}, "\x1b[200~|e\x03J\x1b[201~"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var g pasteGate
			var got []string
			for _, chunk := range c.chunks {
				got = append(got, string(g.pass(nil, []byte(chunk))))
			}
			if s := strings.Join(got, "|"); s != c.want {
				t.Errorf("passed %q\n  want %q", s, c.want)
			}
		})
	}
}

func TestPasteGateTellsOfControlC(t *testing.T) {
	for _, c := range []struct {
		name   string
		chunks []string
		want   bool
	}{
		{"by itself", []string{"\x03"}, true},
		{"among other keys", []string{"jj\x03"}, true},
		{"as the kitty protocol has it", []string{"\x1b[99;5u"}, true},
		{"before a paste", []string{"\x03\x1b[200~a\x1b[201~"}, true},
		{"in a paste that has no end", []string{"\x1b[200~a", "\x03"}, true},
		{"in a paste, as text", []string{"\x1b[200~a\x03\x1b[201~"}, false},
		{"not at all", []string{"jj\x1b[A"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var g pasteGate
			for _, chunk := range c.chunks {
				g.pass(nil, []byte(chunk))
			}
			if g.interrupted != c.want {
				t.Errorf("interrupted: %v, want %v", g.interrupted, c.want)
			}
		})
	}
}

func TestPasteGateHurriesOnlyForAKey(t *testing.T) {
	var g pasteGate
	g.pass(nil, []byte("\x1b["))
	if !g.hurried() {
		t.Error("half a start mark may be alt+[, and was not waited for with a limit")
	}
	if got := string(g.release(nil)); got != "\x1b[" || g.hurried() {
		t.Errorf("released %q", got)
	}
	g.pass(nil, []byte("\x1b[200~eyJ\x1b[20"))
	if g.hurried() {
		t.Error("half an end mark was given up")
	}
}

// FuzzPasteGate holds that however a stream is cut up, what passes is the same, and that the program behind never sees a sequence
// between the marks.
func FuzzPasteGate(f *testing.F) {
	f.Add([]byte("j\x1b[200~eyJ\x1b[31m\xff\x1b[201~k\x1b[2~"), uint(5))
	f.Add([]byte("\x1b[200~東\x1b[20\x1b[201~\x1b[200~"), uint(1))
	f.Fuzz(func(t *testing.T, stream []byte, size uint) {
		if bytes.Contains(stream, []byte{3}) || bytes.Contains(stream, []byte("99")) {
			t.Skip("ctrl+c counts by itself only: there the pieces matter")
		}
		var whole, cut pasteGate
		want := whole.release(whole.pass(nil, stream))
		var got []byte
		for step := int(size%64) + 1; len(stream) > 0; {
			n := min(step, len(stream))
			for n < len(stream) && stream[n-1] == '\x1b' {
				n++ // right behind it is the one cut that cannot be told from the Esc key
			}
			got = cut.pass(got, stream[:n])
			stream = stream[n:]
		}
		got = cut.release(got)
		if !bytes.Equal(got, want) {
			t.Fatalf("in pieces %q, as a whole %q", got, want)
		}
		for {
			_, paste, ok := bytes.Cut(want, []byte(pasteStart))
			if !ok {
				return
			}
			body, rest, ended := bytes.Cut(paste, []byte(pasteEnd))
			if !ended {
				return
			}
			if bytes.IndexByte(body, '\x1b') >= 0 || !utf8.Valid(body) {
				t.Fatalf("inside a paste: %q", body)
			}
			want = rest
		}
	})
}

// door is a doorkeeper with a program that only collects.
func door(t *testing.T) (*doorkeeper, *[]tea.Msg) {
	t.Helper()
	var sent []tea.Msg
	d := newDoorkeeper()
	d.send = func(m tea.Msg) { sent = append(sent, m) }
	return d, &sent
}

func TestQuittingWaitsForTheTerminal(t *testing.T) {
	question, answer := tea.RawMsg{Msg: "\x1b[c"}, uv.PrimaryDeviceAttributesEvent{62}
	synctest.Test(t, func(t *testing.T) {
		d, _ := door(t)
		if got := d.filter(nil, question); got != question {
			t.Fatalf("the screen's own question became %v", got)
		}
		if got := d.filter(nil, tea.QuitMsg{}); got != question {
			t.Fatalf("quit became %v, want the last question", got)
		}
		if !closed(d.leaving) {
			t.Error("nobody was told that the end has begun")
		}
		if got := d.filter(nil, tea.KeyPressMsg{Code: 'j'}); got != nil {
			t.Errorf("a key reached the program at its end: %v", got)
		}
		if got := d.filter(nil, answer); got != nil {
			t.Errorf("the answer to the screen's question ended the program: %v", got)
		}
		if got := d.filter(nil, question); got != nil {
			t.Errorf("one more question was let out: %v", got)
		}
		if got := d.filter(nil, answer); got != (tea.QuitMsg{}) {
			t.Errorf("the last answer became %v, want the end", got)
		}
	})
}

func TestQuittingWaitsNoLongerThanASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, sent := door(t)
		d.filter(nil, tea.QuitMsg{})
		time.Sleep(answerWait)
		synctest.Wait()
		if len(*sent) != 1 {
			t.Fatalf("sent %v, want that the answer is overdue", *sent)
		}
		if got := d.filter(nil, (*sent)[0]); got != (tea.QuitMsg{}) {
			t.Errorf("overdue became %v, want the end", got)
		}
	})
}

func TestLeavingAtOnceAsksNothing(t *testing.T) {
	d, _ := door(t)
	if got := d.filter(nil, leave{atOnce: true}); got != (tea.QuitMsg{}) {
		t.Errorf("leaving at once became %v", got)
	}
	if got := d.filter(nil, leave{atOnce: true}); got != (tea.QuitMsg{}) {
		t.Errorf("leaving at once, the second time, became %v", got)
	}
}

func TestMessagesPassUnchanged(t *testing.T) {
	d, _ := door(t)
	for _, m := range []tea.Msg{tea.KeyPressMsg{Code: 'q'}, tea.WindowSizeMsg{Width: 80}, tea.PasteMsg{Content: "eyJ"}, tea.RawMsg{Msg: "x"}} {
		if got := d.filter(nil, m); got != m {
			t.Errorf("%v became %v", m, got)
		}
	}
	if got, ok := d.filter(nil, uv.PrimaryDeviceAttributesEvent{62}).(uv.PrimaryDeviceAttributesEvent); !ok || len(got) != 1 {
		t.Errorf("an answer to the screen's own question became %v", got)
	}
}

func TestBursts(t *testing.T) {
	for _, c := range []struct {
		name, chunk string
		want        bool
	}{
		{"a token", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln", true},
		{"a curl command over lines", "curl -H 'Authorization: Bearer \\\r eyJhbG'", true},
		{"a few keys", "jjkk/shop", false},
		{"a key held down on a slow link", strings.Repeat("j", 200), false},
		{"arrows held down", strings.Repeat("\x1b[B", 60), false},
		{"text with ctrl+c in it", "eyJhbGciOiJSUzI1NiJ9.e30\x03.c2ln", false},
		{"no text", strings.Repeat("\x00\x01", 30), false},
	} {
		if got := isBurst([]byte(c.chunk)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
