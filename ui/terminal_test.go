package ui

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"golang.org/x/sys/unix"
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
		{"an answer in pieces", []string{"j\x1b[?6", "2;", "22c"}, "j||\x1b[?62;22c"},
		{"an answer in pieces after another", []string{"\x1b[?2026;2$y\x1b[?2027;0", "$y"}, "\x1b[?2026;2$y|\x1b[?2027;0$y"},
		{"a key after half an answer", []string{"\x1b[?62", "j"}, "|\x1b[?62j"},
		{"half an answer before a paste", []string{"\x1b[?6", "\x1b[200~a\x1b[201~"}, "|\x1b[?6\x1b[200~a\x1b[201~"},
		{"what is too long for an answer", []string{"\x1b[?" + strings.Repeat("1", 80)}, "\x1b[?" + strings.Repeat("1", 80)},
		{"an escape inside a paste", []string{"\x1b[200~a\x1b[31mb\x1b]0;x\x1b[201~"}, "\x1b[200~a\x1a[31mb\x1a]0;x\x1b[201~"},
		{"a start mark inside a paste", []string{"\x1b[200~a\x1b[200~b\x1b[201~"}, "\x1b[200~a\x1a[200~b\x1b[201~"},
		{"what only begins like an end mark", []string{"\x1b[200~a\x1b[20", "0~\x1b[201~"}, "\x1b[200~a|\x1a[200~\x1b[201~"},
		{"an answer inside a paste", []string{"\x1b[200~ey\x1b[?62;22cJ\x1b[201~k"}, "\x1b[200~eyJ\x1b[201~\x1b[?62;22ck"},
		{"an answer in pieces inside a paste", []string{"\x1b[200~ey\x1b[", "?62", ";22", "cJ", "\x1b[201~"}, "\x1b[200~ey|||J|\x1b[201~\x1b[?62;22c"},
		{"what only begins like an answer", []string{"\x1b[200~\x1b[?62", "mJ\x1b[201~"}, "\x1b[200~|\x1a[?62mJ\x1b[201~"},
		{"answers without end inside a paste", []string{"\x1b[200~" + strings.Repeat("\x1b[?1c", 500) + "\x1b[201~"}, "\x1b[200~\x1b[201~" + strings.Repeat("\x1b[?1c", longestReply/5)},
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
	g.pass(nil, []byte("\x1b[?6"))
	if g.hurried() {
		t.Error("half an answer was given up, though no key begins so")
	}
	g = pasteGate{}
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
	d.attach(func(m tea.Msg) { sent = append(sent, m) })
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

func TestQuittingDoesNotWaitForATerminalThatNeverAnswers(t *testing.T) {
	question := tea.RawMsg{Msg: "\x1b[c"}
	for _, c := range []struct {
		name string
		then func(*doorkeeper)
		want tea.Msg
	}{
		{"asked a while ago, and no answer", func(*doorkeeper) { time.Sleep(answerWait + time.Millisecond) }, tea.QuitMsg{}},
		{"asked just now", func(*doorkeeper) {}, question},
		{"it has answered once", func(d *doorkeeper) {
			d.filter(nil, uv.PrimaryDeviceAttributesEvent{62})
			time.Sleep(answerWait + time.Millisecond)
		}, question},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, _ := door(t)
				d.filter(nil, question)
				c.then(d)
				if got := d.filter(nil, tea.QuitMsg{}); got != c.want {
					t.Errorf("quit became %v, want %v", got, c.want)
				}
				time.Sleep(answerWait)
			})
		})
	}
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

// packets is a terminal of which each read gives one of the pieces.
func packets(t *testing.T) (near *os.File, write func(piece string)) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Skip("no sockets that keep pieces apart: ", err)
	}
	near, far := os.NewFile(uintptr(fds[0]), "near"), os.NewFile(uintptr(fds[1]), "far")
	t.Cleanup(func() { _ = near.Close(); _ = far.Close() })
	return near, func(piece string) {
		if _, err := far.WriteString(piece); err != nil {
			t.Errorf("write: %v", err)
		}
	}
}

// TestPastesWithoutMarksComeInPieces: however a paste is cut up, it goes on as one paste, and keys stay keys.
func TestPastesWithoutMarksComeInPieces(t *testing.T) {
	var random strings.Builder
	for i := 0; random.Len() < 16<<10; i++ {
		fmt.Fprintf(&random, "%x.", sha256.Sum256([]byte{byte(i), byte(i >> 8)}))
	}
	whole := "Authorization: Bearer eyJhbGciOiJSUzI1NiJ9." + random.String()
	answer := "\x1b[?62;22c" // of the terminal, to the question behind a frame
	for _, size := range []int{1, 2, 7, 23, 24, 25, 100, 1000, 3000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			near, write := packets(t)
			text := whole
			next := func() {
				n := min(size, len(text))
				piece := text[:n]
				switch text = text[n:]; {
				case len(piece)+len(text) == len(whole):
					piece = answer + piece
				case len(whole)-len(text) > len(whole)/2 && len(whole)-len(text)-n <= len(whole)/2:
					piece += answer
				}
				write(piece)
			}
			for len(text) > 0 && len(whole)-len(text) < burstLength {
				next() // before the first read, so that a machine that is busy makes no pause here
			}
			go func() {
				for len(text) > 0 {
					next()
				}
			}()
			in, buf := newInput(near), make([]byte, 4096)
			var got []byte
			for !bytes.HasSuffix(got, []byte(pasteEnd+answer)) {
				n, err := in.Read(buf)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, buf[:n]...)
			}
			if want := answer + pasteStart + whole + pasteEnd + answer; string(got) != want {
				t.Errorf("%d bytes passed, want one paste of %d; they begin %q", len(got), len(whole), got[:min(60, len(got))])
			}
			write("j")
			if n, err := in.Read(buf); err != nil || string(buf[:n]) != "j" {
				t.Errorf("a key afterwards is %q, %v", buf[:n], err)
			}
		})
	}
}

// TestASignalIsNothingToRead: the wait for more is cut short by signals, and must not end in a read that waits for the next key.
func TestASignalIsNothingToRead(t *testing.T) {
	near, write := packets(t)
	over := make(chan struct{})
	defer close(over)
	go func() {
		for {
			select {
			case <-over:
				return
			default:
				_ = unix.Kill(unix.Getpid(), unix.SIGURG) // as the Go runtime does
			}
		}
	}()
	for range 50 {
		if readable(near.Fd(), typedWait) {
			t.Fatal("there is nothing to read, and it says there is")
		}
	}
	write("j")
	if !readable(near.Fd(), typedWait) {
		t.Error("there is something to read, and it says there is not")
	}
}

func TestKeysOfALateLinkStayKeys(t *testing.T) {
	for _, keys := range [][]string{{"j", "j", "k"}, {"/", "shop", "-api"}, {strings.Repeat("j", 40)}, {"d", "\x1b[B", "\x1b[B"}, {"\r"}} {
		near, write := packets(t)
		for _, k := range keys {
			write(k)
		}
		want := strings.Join(keys, "")
		in, buf := newInput(near), make([]byte, 4096)
		var got []byte
		for len(got) < len(want) {
			n, err := in.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, buf[:n]...)
		}
		if string(got) != want {
			t.Errorf("%q became %q", want, got)
		}
	}
}

func TestBursts(t *testing.T) {
	const token = "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"
	for _, c := range []struct {
		name, chunk string
		want        int
	}{
		{"a token", token, 0},
		{"a curl command over lines", "curl -H 'Authorization: Bearer \\\r eyJhbG'", 0},
		{"a few keys", "jjkk/shop", -1},
		{"a key held down on a slow link", strings.Repeat("j", 200), -1},
		{"arrows held down", strings.Repeat("\x1b[B", 60), -1},
		{"text with ctrl+c behind it", token + "\x03", 0},
		{"typographic quotes around it", "“" + token + "”", 0},
		{"no text", strings.Repeat("\x00\x01", 30), -1},
		{"behind an answer of the terminal", "\x1b[?62;22c" + token, 9},
		{"behind the terminal's colour", "\x1b]11;rgb:1c1c/2d2d/3e3e\x1b\\" + token, 25},
		{"a colour alone is no paste", "\x1b]11;rgb:1c1c/2d2d/3e3e/ffff\a", -1},
		{"behind keys", "\x1b[B\x1bOB\x1b[1;5B" + token, 12},
		{"behind the Esc key", "\x1b" + token, 1},
		{"behind the space before a control key", " \x0c" + token, 2},
		{"with marks", "j\x1b[200~" + token, -1},
		{"the first piece of a token", "eyJhbGci", 0},
		{"the first piece of a header line behind a key", "\x1b[BBearer eyJ", 3},
		{"too little of a token to tell", "eyJh", -1},
		{"the name of a service", "eyewear", -1},
		{"nothing", "", -1},
	} {
		if got := burstAt([]byte(c.chunk)); got != c.want {
			t.Errorf("%s: at %d, want %d", c.name, got, c.want)
		}
	}
}

// TestSilenceThatEndsAPasteWithoutMarks: in the middle of a token a slow link may pause longer than behind it.
func TestSilenceThatEndsAPasteWithoutMarks(t *testing.T) {
	payload, signature := strings.Repeat("A", 400), strings.Repeat("B", 342)
	for _, c := range []struct {
		name   string
		pieces []string
		want   time.Duration
	}{
		{"words", []string{"not a token but a sentence"}, burstWait},
		{"many words", []string{strings.Repeat("words. ", 100)}, burstRest},
		{"the header of a token", []string{"eyJhbGciOiJSUzI1NiJ9"}, tokenRest},
		{"claims that go on", []string{"curl https://a.b.c/ -H 'Authorization: Bearer eyJh.eyJ", payload}, tokenRest},
		{"a signature that has just begun", []string{"eyJh.eyJ" + payload, ".BBBB"}, tokenRest},
		{"a whole token", []string{"eyJh.eyJ", payload + "." + signature[:300], signature[300:]}, burstRest},
		{"a short one", []string{"eyJh.eyJ.", signature[:shortestSignature]}, burstWait},
		{"an encrypted one", []string{"eyJh.AAAA.AAAA.AAAA.AAAA"}, burstWait},
	} {
		var b bareToken
		var got time.Duration
		for _, piece := range c.pieces {
			got = b.silence([]byte(piece))
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestControlCEndsAPasteWithoutMarks: it has no end that could be lost, so that ctrl+c right behind it is the key.
func TestControlCEndsAPasteWithoutMarks(t *testing.T) {
	near, write := packets(t)
	text := "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"
	write(text + "\x03j")
	in, buf := newInput(near), make([]byte, 4096)
	n, err := in.Read(buf)
	if want := pasteStart + text + pasteEnd + "\x03j"; err != nil || string(buf[:n]) != want {
		t.Errorf("passed %q, %v; want %q", buf[:n], err, want)
	}
	select {
	case <-in.interrupted:
	default:
		t.Error("nobody was told of ctrl+c")
	}
}
