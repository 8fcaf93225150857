package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// The built program in a terminal, as its user has it. What the screens say in detail is tested in ui, without a terminal; here
// is what only the whole can show.

func TestDemo(t *testing.T) {
	t.Parallel()
	d := sit(t, 120, 40, []string{"--demo"})
	d.shows("why401", "acme-prod", "Services", "Access", "Token", "Refused", "shop-api", "live")

	t.Log("a token of the demo, judged against the selected service")
	d.press("d")
	d.shows("predicted 401", "Firebase")

	t.Log("help, and back")
	d.press("?")
	d.shows("ctrl+c")
	d.press("\x1b")
	d.shows("predicted 401", "Services")

	t.Log("smaller, and smaller still: one pane at a time")
	d.size(80, 24)
	d.until("a screen for 80×24", func() bool { return lines(d) == 24 && strings.Contains(d.screen(), "Services") })
	d.size(40, 12)
	d.until("a screen for 40×12", func() bool { return lines(d) == 12 && strings.Contains(d.screen(), "shop-api") })
	d.size(120, 40)
	d.shows("Services", "Access", "Token", "Refused", "predicted 401")

	t.Log("a token pasted anywhere, its end mark in pieces")
	d.press("x")
	d.loses("predicted 401")
	d.press("\x1b[200~Authorization: Bearer " + jwt[:40])
	d.press(jwt[40:] + "\x1b")
	pause()
	d.press("[20")
	pause()
	d.press("1~")
	d.shows("predicted")

	t.Log("keys still work")
	d.press("q")
	if got := d.exit(); got != 0 {
		t.Errorf("exit status %d", got)
	}
	d.restored()
	if out := d.output(); strings.Contains(out, jwt[len(jwt)-10:]) {
		t.Error("the signature was drawn")
	}
}

// lines is the number of lines of the screen, if the footer stands in the last one.
func lines(d *desk) int {
	all := strings.Split(strings.TrimRight(d.screen(), "\n"), "\n")
	if !strings.Contains(all[len(all)-1], "quit") {
		return 0
	}
	return len(all)
}

func TestSignals(t *testing.T) {
	for _, s := range []syscall.Signal{unix.SIGHUP, unix.SIGINT, unix.SIGTERM} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			d := sit(t, 100, 30, []string{"--demo"})
			d.shows("shop-api")
			if err := d.cmd.Process.Signal(s); err != nil {
				t.Fatal(err)
			}
			if got, want := d.exit(), 128+int(s); got != want {
				t.Errorf("exit status %d, want %d", got, want)
			}
			d.restored()
		})
	}
}

func TestLostConnection(t *testing.T) {
	t.Parallel()
	d := sit(t, 100, 30, []string{"--demo"})
	d.shows("shop-api")
	if err := d.far.Close(); err != nil {
		t.Fatal(err)
	}
	if got := d.exit(); got != 129 {
		t.Errorf("exit status %d, want 129", got)
	}
}

var sequence = regexp.MustCompile(`\x1b\[([0-9;:]*)m`)

// colours are the SGR parameters of an output that set a colour.
func colours(out string) (found []string) {
	for _, m := range sequence.FindAllStringSubmatch(out, -1) {
		for p := range strings.SplitSeq(m[1], ";") {
			if len(p) >= 2 && (p[0] == '3' || p[0] == '4' || p[0] == '9' || strings.HasPrefix(p, "10")) {
				found = append(found, m[0])
			}
		}
	}
	return found
}

func TestColours(t *testing.T) {
	t.Run("the terminal's own sixteen", func(t *testing.T) {
		t.Parallel()
		d := sit(t, 100, 30, []string{"--demo"}, "COLORTERM=truecolor")
		d.shows("shop-api", "live")
		d.press("q")
		d.exit()
		found := colours(d.output())
		if len(found) == 0 {
			t.Error("no colour at all")
		}
		for _, c := range found {
			if strings.Contains(c, "38") || strings.Contains(c, "48") {
				t.Errorf("%q is none of them", c)
			}
		}
	})
	t.Run("none with NO_COLOR", func(t *testing.T) {
		t.Parallel()
		d := sit(t, 100, 30, []string{"--demo"}, "NO_COLOR=yes")
		d.shows("shop-api", "live")
		d.press("d")
		d.shows("predicted")
		d.press("q")
		d.exit()
		if found := colours(d.output()); len(found) > 0 {
			t.Errorf("colours %q", found)
		}
	})
}

func TestPlainASCII(t *testing.T) {
	for name, with := range map[string]struct {
		args []string
		env  string
	}{
		"on request":                 {[]string{"--demo", "--ascii"}, "LANG=C.UTF-8"},
		"in another locale":          {[]string{"--demo"}, "LANG=de_DE.ISO-8859-1"},
		"where lines take two cells": {[]string{"--demo"}, "RUNEWIDTH_EASTASIAN=1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := sit(t, 100, 30, with.args, with.env)
			d.shows("shop-api", "live")
			d.press("d")
			d.shows("predicted")
			d.press("q")
			d.exit()
			out := d.output()
			for i, r := range out {
				if r > '~' {
					t.Fatalf("%q in %q", r, out[max(i-40, 0):min(i+40, len(out))])
				}
			}
		})
	}
}

func TestNothingIsWrittenToDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := sit(t, 100, 30, []string{"--demo"}, "TEA_TRACE="+filepath.Join(dir, "trace"), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "TMPDIR="+dir)
	d.shows("shop-api")
	d.paste(jwt)
	d.shows("predicted")
	d.press("q")
	d.exit()
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("it left %v", left)
	}
}

func TestTokenFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("Bearer "+jwt+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := sit(t, 120, 40, []string{"--demo", "--token-file", path})
	d.shows("predicted")
	d.press("q")
	d.exit()
}

func TestTerminalsOnWhichItDoesNotStart(t *testing.T) {
	for name, with := range map[string]struct{ env, want string }{
		"a dumb one":         {"TERM=dumb", "TERM=dumb"},
		"one without a name": {"TERM=", "TERM is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := sit(t, 80, 24, []string{"--demo"}, with.env)
			if got := d.exit(); got != 2 {
				t.Errorf("exit status %d, want 2", got)
			}
			d.shows("why401: " + with.want)
			if strings.Contains(d.output(), "\x1b") {
				t.Errorf("sequences in %q", d.output())
			}
		})
	}
}

// piped runs the program without a terminal.
func piped(t *testing.T, args []string, env ...string) (stdout, stderr string, status int) {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	var out, complaint strings.Builder
	cmd := exec.Command(path, args...)
	cmd.Env = append(environment(t), env...)
	cmd.Stdout, cmd.Stderr = &out, &complaint
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), complaint.String(), cmd.ProcessState.ExitCode()
}

func TestWithoutATerminal(t *testing.T) {
	t.Parallel()
	stdout, stderr, status := piped(t, []string{"--demo"})
	if status != 2 || stdout != "" || !strings.HasPrefix(stderr, "why401: standard input is not a terminal\n") {
		t.Errorf("exit status %d, standard output %q, standard error %q", status, stdout, stderr)
	}
}

func TestWithoutCredentialsNorAProject(t *testing.T) {
	t.Parallel()
	d := sit(t, 100, 30, nil)
	if got := d.exit(); got != 2 {
		t.Errorf("exit status %d, want 2", got)
	}
	d.shows("why401: find credentials", "gcloud auth application-default login", "--demo")
	if strings.Contains(d.output(), "\x1b[?1049h") {
		t.Error("the screen came up")
	}
}

// TestWithoutCredentials: the screen says what to do, and finds by itself that it was done.
func TestWithoutCredentials(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24, []string{"--project", "acme-prod"}, "GOOGLE_APPLICATION_CREDENTIALS=/nonexistent/key.json")
	d.shows("retry", "/nonexistent/key.json", "unset GOOGLE_APPLICATION_CREDENTIALS", "does not exist")
	d.press("?")
	d.shows("What fails now", "acme-prod, from --project", "none yet")
	d.press("q")
	if got := d.exit(); got != 0 {
		t.Errorf("exit status %d", got)
	}
}

func TestCredentialsFileThatIsNone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "credentials.json")
	if err := os.WriteFile(path, []byte("\x1b[31m{"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := sit(t, 120, 40, []string{"--project", "acme-prod"}, "GOOGLE_APPLICATION_CREDENTIALS="+path)
	d.shows("retry", "credentials.json", "gcloud auth")
	if strings.Contains(d.output(), "\x1b[31m{") {
		t.Error("what stands in the file reached the terminal")
	}
	d.press("q")
	if got := d.exit(); got != 0 {
		t.Errorf("exit status %d", got)
	}
}
