package ui

import (
	"encoding/base64"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"why401/gcp/demo"
)

func TestClipRoute(t *testing.T) {
	for _, c := range []struct {
		name string
		env  string
		want clipRoute
	}{
		{"a terminal of its own", "TERM=xterm-256color", clipDirect},
		{"tmux", "TERM=tmux-256color TMUX=/tmp/tmux-0/default,1,0", clipTmux},
		{"tmux on the near side of ssh", "TERM=tmux-256color", clipTmux},
		{"tmux by the name of screen", "TERM=screen-256color TMUX=/tmp/tmux-0/default,1,0", clipTmux},
		{"screen", "TERM=screen STY=1.pts-0.host", clipScreen},
		{"screen with the outer terminal's name", "TERM=screen.xterm-256color STY=1.pts-0.host", clipScreen},
		{"screen or tmux on the near side of ssh", "TERM=screen-256color", clipEither},
		{"a terminal inside tmux that is not tmux", "TERM=xterm-256color TMUX=/tmp/tmux-0/default,1,0", clipDirect},
		{"the console", "TERM=linux", clipNone},
		{"macOS Terminal", "TERM=xterm-256color TERM_PROGRAM=Apple_Terminal", clipNone},
		{"another one of that family", "TERM=vt100-am", clipNone},
		{"a name that only begins alike", "TERM=screenful", clipDirect},
	} {
		if got := route(strings.Fields(c.env)); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// throughTmux is what tmux hands on to the terminal of what it is told to pass through.
func throughTmux(t *testing.T, seq string) string {
	t.Helper()
	_, rest, ok := strings.Cut(seq, "\x1bPtmux;")
	inside, after, closed := strings.Cut(rest, "\x1b\\")
	if !ok || !closed || after != "" {
		t.Fatalf("%q is not what tmux passes through", seq)
	}
	return strings.ReplaceAll(inside, "\x1b\x1b", "\x1b")
}

// throughScreen is the same for GNU screen, which takes 768 bytes at once.
func throughScreen(t *testing.T, seq string) (passed string) {
	t.Helper()
	for seq != "" {
		rest, ok := strings.CutPrefix(seq, "\x1bP")
		inside, after, closed := strings.Cut(rest, "\x1b\\")
		if !ok || !closed || len(inside) >= 768 {
			t.Fatalf("%q is not what screen passes through", seq)
		}
		passed, seq = passed+inside, after
	}
	return passed
}

func TestClipSequence(t *testing.T) {
	long := strings.Repeat("gcloud run services update shop-api ", 100)
	for _, text := range []string{"gcloud run services list", long} {
		direct := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\a"
		if got := clipDirect.sequence(text); got != direct {
			t.Errorf("straight: %q, want %q", got, direct)
		}
		if got := clipNone.sequence(text); got != "" {
			t.Errorf("a terminal without a clipboard gets %q", got)
		}
		wrapped, ok := strings.CutPrefix(clipTmux.sequence(text), direct)
		if got := throughTmux(t, wrapped); !ok || got != direct {
			t.Errorf("through tmux: %q, want %q by itself and wrapped", got, direct)
		}
		if got := throughScreen(t, clipScreen.sequence(text)); got != direct {
			t.Errorf("through screen: %q, want %q", got, direct)
		}
		either, bare := strings.CutPrefix(clipEither.sequence(text), direct)
		if got := throughScreen(t, either); got != direct || bare != (len(direct) < 768) {
			t.Errorf("through either: %q, by itself too: %v; screen draws what is longer than 768 bytes", got, bare)
		}
	}
}

func TestScreenAndTmuxAreAskedApart(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer tea.Msg
		want   clipRoute
	}{
		{"tmux signs with T", uv.SecondaryDeviceAttributesEvent{'T', 0, 0}, clipTmux},
		{"screen signs with S", uv.SecondaryDeviceAttributesEvent{'S', 40900, 0}, clipScreen},
		{"another answer tells nothing", uv.SecondaryDeviceAttributesEvent{1, 10, 0}, clipEither},
		{"nor does an empty one", uv.SecondaryDeviceAttributesEvent{}, clipEither},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := drive(t, demo.New(demo.InMemory()), 80, 24)
				d.send(tea.EnvMsg{"TERM=screen-256color"})
				if len(d.sent) != 1 || d.sent[0].(tea.RawMsg).Msg != ansi.RequestSecondaryDeviceAttributes {
					t.Fatalf("the terminal was told %v, want the one question", d.sent)
				}
				d.send(c.answer)
				if d.root.clipboard != c.want {
					t.Errorf("%d, want %d", d.root.clipboard, c.want)
				}
			})
		})
	}
}

func TestWithoutAClipboardTheTextIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 80, 24)
		d.send(tea.EnvMsg{"TERM=linux"})
		d.keys("d", "c")
		if len(d.copied()) > 0 {
			t.Error("it was sent all the same")
		}
		d.has("this terminal has no clipboard", "The fix", "gcloud run services")
		d.keys("esc")
		d.lacks("The fix")
	})
}

func TestWhatCanBeCopiedIsShown(t *testing.T) {
	for _, size := range []struct {
		name string
		w, h int
	}{{"copy-80x24", 80, 24}, {"copy-40x12", 40, 12}} {
		t.Run(size.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := drive(t, demo.New(demo.InMemory()), size.w, size.h)
				d.keys("C")
				d.has("nothing to copy")
				d.keys("C")
				d.lacks("nothing to copy")
				d.keys("d", "4", "C")
				d.golden(size.name)
				d.send(tea.PasteMsg{Content: "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"})
				d.lacks("Select with the mouse")
			})
		})
	}
}

// TestContinuedCommandsMeanTheSame has a shell read commands as they are and as they are broken at every width.
func TestContinuedCommandsMeanTheSame(t *testing.T) {
	for _, command := range []string{
		"gcloud run services add-iam-policy-binding shop-api --region=europe-west1 --member=serviceAccount:billing@acme-prod.iam.gserviceaccount.com --role=roles/run.invoker",
		`curl -i -H "Authorization: Bearer it's a token" https://shop-api-1a2b3c4d5e-ew.a.run.app/api/orders/41877`,
		`curl -X 'it'\''s quoted' 'a  lot   of spaces and "these" and \n these' end`,
		`curl "a \"quoted\" word \\" 'back\slash' \\ \' x\ y`,
		`curl '東京 都庁' é "ü"`,
	} {
		read := func(text string) string {
			out, err := exec.Command("/bin/sh", "-c", `curl() { printf '<%s>' "$@"; }; gcloud() { curl "$@"; }; `+text).CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v\n%s", text, err, out)
			}
			return string(out)
		}
		want := read(command)
		for w := leastContinued; w <= 60; w += 3 {
			lines := continued(command, w)
			for _, l := range lines {
				if width(l) > w {
					t.Errorf("%q is wider than %d", l, w)
				}
			}
			if got := read(strings.Join(lines, "\n")); got != want {
				t.Errorf("at %d cells the shell reads %s, want %s, from\n%s", w, got, want, strings.Join(lines, "\n"))
			}
		}
	}
	if got := strings.Join(continued("gcloud run services list", 5), "|"); got != "gclou|d run| serv|ices |list" {
		t.Errorf("without room it is cut, not %q", got)
	}
}
