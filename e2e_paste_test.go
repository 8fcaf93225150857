package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// longToken is a Firebase ID token of 16 KB.
func longToken() string { return grown(710) }

// grown is a Firebase ID token with many claims more. If one character of it is lost or another comes in, they cannot be read.
func grown(claims int) string {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	var groups strings.Builder
	for i := range claims {
		fmt.Fprintf(&groups, `,"group-%04d":%d`, i*37%10_000, i)
	}
	payload := `{"iss":"https://securetoken.google.com/acme-prod","aud":"acme-prod","sub":"u1","exp":4102444800,"iat":1764000000` +
		`,"firebase":{"sign_in_provider":"password"}` + groups.String() + `}`
	return part(`{"alg":"RS256","kid":"1","typ":"JWT"}`) + "." + part(payload) + "." + strings.Repeat("A", 342)
}

// judges waits until a token is judged that came whole, and checks that keys still work.
func (d *desk) judges() {
	d.t.Helper()
	d.shows("Firebase ID token", "predicted 401")
	d.press("?")
	d.shows("Everywhere")
	d.loses("Firebase ID token")
	d.press("\x1b")
	d.loses("Everywhere") // or the next key would be alt and that key
	d.shows("Firebase ID token")
}

func TestLongPasteInPieces(t *testing.T) {
	token := longToken()
	if len(token) < 16<<10 {
		t.Fatalf("the token has %d bytes only", len(token))
	}
	for _, c := range []struct {
		name  string
		text  string
		sizes []int // bytes at once
	}{
		{"with marks", "\x1b[200~" + token + "\x1b[201~", []int{1, 7, 100, 4095, 4096, 1 << 20}},
		// Smaller pieces stand in ui/terminal_test.go: here a busy machine may pause before it can be told what comes.
		{"without marks", token, []int{100, 4095, 1 << 20}},
	} {
		for _, size := range c.sizes {
			t.Run(fmt.Sprintf("%s, %d bytes at once", c.name, size), func(t *testing.T) {
				t.Parallel()
				d := sit(t, 120, 40, []string{"--demo"})
				d.shows("shop-api", "live")
				for rest := c.text; rest != ""; {
					n := min(size, len(rest))
					d.press(rest[:n])
					rest = rest[n:]
				}
				d.judges()
			})
		}
	}
}

func TestPasteThatWasCutIsTold(t *testing.T) {
	t.Parallel()
	d := sit(t, 120, 40, []string{"--demo"})
	d.shows("shop-api", "live")
	d.paste(longToken()[:4095])
	d.shows("4095")
}

// inTmux starts the program in a tmux of its own, on a terminal of w×h, with lines of configuration.
func inTmux(t *testing.T, w, h int, config string) *desk {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	tmux, err := exec.LookPath("tmux")
	if err != nil {
		t.Skip("this machine has no tmux")
	}
	dir, err := os.MkdirTemp("", "tmux") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "conf")
	if err := os.WriteFile(file, []byte("set -g default-terminal tmux-256color\n"+config), 0o600); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	d := sitWith(t, w, h, []string{tmux, "-u", "-S", socket, "-f", file, "new-session", path + " --demo"}, "SHELL=/bin/sh")
	t.Cleanup(func() {
		_ = exec.Command(tmux, "-S", socket, "kill-server").Run()
		_ = os.RemoveAll(dir)
	})
	return d
}

func TestInTmux(t *testing.T) {
	t.Parallel()
	d := inTmux(t, 120, 41, "") // tmux has a line of its own
	d.shows("shop-api", "live")
	d.paste(longToken())
	d.judges()
	d.size(80, 25)
	d.until("a screen for 80×24", func() bool { return strings.Contains(d.screen(), "1 Services") })
	d.press("q")
	d.exit()
}

// TestCopyInTmux: tmux hands on what is copied if either of its settings lets it; if neither does, the text can be shown.
func TestCopyInTmux(t *testing.T) {
	for _, c := range []struct {
		name, config string
		handed       bool
	}{
		{"set-clipboard on", "set -s set-clipboard on\n", true},
		{"allow-passthrough on", "set -s set-clipboard off\nset -g allow-passthrough on\n", true},
		{"neither", "set -s set-clipboard off\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := inTmux(t, 120, 41, c.config)
			d.shows("shop-api", "live")
			d.press("d")
			d.shows("predicted 401")
			d.press("c")
			d.shows("C shows it")
			copied := func() bool {
				for _, part := range strings.Split(d.output(), "\x1b]52;")[1:] {
					_, rest, _ := strings.Cut(part, ";")
					coded, _, _ := strings.Cut(strings.ReplaceAll(rest, "\x1b\\", "\a"), "\a")
					if text, err := base64.StdEncoding.DecodeString(coded); err == nil && strings.HasPrefix(string(text), "gcloud run services") {
						return true
					}
				}
				return false
			}
			if c.handed {
				d.until("the text on the clipboard", copied)
			}
			d.press("C")
			d.shows("The fix", "gcloud run services")
			if !c.handed && copied() {
				t.Error("tmux handed it on against its settings")
			}
		})
	}
}

// TestInScreen: GNU screen 4 swallows the marks of a paste, and hands on what is copied in pieces. Of what is pasted faster than its window
// reads, it loses the 4,096th byte now and then, also before any other program; so the token is shorter here.
func TestInScreen(t *testing.T) {
	t.Parallel()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	screen, err := exec.LookPath("screen")
	if err != nil {
		t.Skip("this machine has no GNU screen")
	}
	dir, err := os.MkdirTemp("", "screen")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	d := sitWith(t, 120, 40, []string{screen, "-U", "-c", "/dev/null", "-S", "why401", path, "--demo"}, "SCREENDIR="+dir, "SHELL=/bin/sh")
	d.shows("shop-api", "live")
	d.press(grown(130)) // as the terminal pastes that nobody asked for marks
	d.judges()
	d.press("c")
	want := base64.StdEncoding.EncodeToString([]byte("gcloud run services"))
	d.until("the text on the clipboard", func() bool { return strings.Contains(d.output(), "\x1b]52;c;"+want[:20]) })
	d.press("q")
	d.exit()
}
