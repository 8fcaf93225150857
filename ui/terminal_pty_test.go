package ui

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// patience is how long a test waits for what must come; nothing is measured by it.
const patience = 20 * time.Second

// console is a terminal with a program on it: the far side of a pty, and what came out of it.
type console struct {
	t      *testing.T
	far    *os.File // what a terminal emulator holds
	near   *os.File // the program's side, kept open to look at its settings
	before *term.State
	cmd    *exec.Cmd
	ended  chan struct{}
	silent bool // answers no question
	deaf   bool // takes no output

	mu      sync.Mutex
	out     bytes.Buffer
	changed chan struct{}
}

// launch starts tiny, or the command given, on a terminal of 80×24.
func launch(t *testing.T, change func(*console, *exec.Cmd)) *console {
	t.Helper()
	far, near, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	far = pollable(t, far)
	if err := pty.Setsize(near, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	before, err := term.GetState(near.Fd())
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &console{t: t, far: far, near: near, before: before, ended: make(chan struct{}), changed: make(chan struct{}, 1)}
	c.cmd = exec.Command(program)
	c.cmd.Env = []string{"WHY401_TINY=1", "TERM=xterm-256color", "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "GORACE=atexit_sleep_ms=0"}
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = near, near, near
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if change != nil {
		change(c, c.cmd)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = c.cmd.Wait(); close(c.ended) }()
	if !c.deaf {
		go c.listen()
	}
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		_ = far.Close()
		_ = near.Close()
		<-c.ended
	})
	return c
}

// pollable is the same file, such that closing it ends a read.
func pollable(t *testing.T, f *os.File) *os.File {
	t.Helper()
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), f.Name())
}

// listen takes the program's output, and answers as a terminal does.
func (c *console) listen() {
	buf := make([]byte, 4096)
	for {
		n, err := c.far.Read(buf)
		if err != nil {
			return
		}
		c.mu.Lock()
		c.out.Write(buf[:n])
		c.mu.Unlock()
		if !c.silent {
			for range bytes.Count(buf[:n], []byte("\x1b[c")) {
				c.press("\x1b[?62;22c")
			}
		}
		select {
		case c.changed <- struct{}{}:
		default:
		}
	}
}

func (c *console) press(keys string) {
	if _, err := c.far.WriteString(keys); err != nil {
		c.t.Errorf("press %q: %v", keys, err)
	}
}

func (c *console) output() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.String()
}

// await waits until the output holds want.
func (c *console) await(want string) {
	c.t.Helper()
	late := time.After(patience)
	for !strings.Contains(c.output(), want) {
		select {
		case <-c.changed:
		case <-late:
			c.t.Fatalf("no %q came; the output:\n%q", want, c.output())
		}
	}
}

// eventually waits for what no output tells of.
func (c *console) eventually(what string, is func() bool) {
	c.t.Helper()
	late := time.After(patience)
	for !is() {
		select {
		case <-time.After(10 * time.Millisecond):
		case <-late:
			c.t.Fatalf("%s never came", what)
		}
	}
}

// exit waits for the program's end and gives its exit status.
func (c *console) exit() int {
	c.t.Helper()
	select {
	case <-c.ended:
	case <-time.After(patience):
		c.t.Fatalf("the program did not end; the output:\n%q", c.output())
	}
	return c.cmd.ProcessState.ExitCode()
}

// restored checks that the terminal is as it was: its settings, the screen, bracketed paste, and no answer left to land in the shell.
func (c *console) restored() {
	c.t.Helper()
	c.await("outcome: ")
	after, err := term.GetState(c.near.Fd())
	if err != nil {
		c.t.Fatal(err)
	}
	if !reflect.DeepEqual(after, c.before) {
		c.t.Errorf("the terminal's settings differ:\n%+v, were\n%+v", after, c.before)
	}
	out := c.output()
	for on, off := range map[string]string{"\x1b[?1002h": "\x1b[?1002l", "\x1b[?1006h": "\x1b[?1006l", "\x1b[?1049h": "\x1b[?1049l", "\x1b[?2004h": "\x1b[?2004l", "\x1b[?25l": "\x1b[?25h"} {
		if strings.LastIndex(out, off) <= strings.LastIndex(out, on) || !strings.Contains(out, on) {
			c.t.Errorf("%q was not undone by %q in the output:\n%q", on, off, out)
		}
	}
	if _, err := term.MakeRaw(c.near.Fd()); err != nil {
		c.t.Fatal(err)
	}
	if readable(c.near.Fd(), 0) {
		left := make([]byte, 100)
		n, _ := c.near.Read(left)
		c.t.Errorf("the shell would read %q", left[:n])
	}
}

func TestQuitRestoresTheTerminal(t *testing.T) {
	t.Parallel()
	c := launch(t, nil)
	c.await("size 80x24")
	c.press("q")
	if got := c.exit(); got != 0 {
		t.Errorf("exit status %d", got)
	}
	c.restored()
}

func TestQuitWaitsForTheLastAnswer(t *testing.T) {
	t.Parallel()
	c := launch(t, func(c *console, _ *exec.Cmd) { c.silent = true })
	c.await("size 80x24")
	c.press("q")
	c.await("\x1b[c")
	if strings.Contains(c.output(), "\x1b[?1049l") {
		t.Error("the screen was left before the answer")
	}
	c.press("\x1b[?62;22c")
	c.exit()
	c.restored()
}

func TestQuitWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	c := launch(t, func(c *console, _ *exec.Cmd) { c.silent = true })
	c.await("size 80x24")
	c.press("q")
	if got := c.exit(); got != 0 {
		t.Errorf("exit status %d", got)
	}
	c.restored()
}

func TestSignalsEndTheProgram(t *testing.T) {
	for _, c := range []struct {
		signal syscall.Signal
		says   string
	}{
		{unix.SIGHUP, "outcome: stopped: hangup"},
		{unix.SIGINT, "outcome: stopped: interrupt"},
		{unix.SIGQUIT, "outcome: stopped: quit"},
		{unix.SIGTERM, "outcome: stopped: terminated"},
	} {
		t.Run(c.signal.String(), func(t *testing.T) {
			t.Parallel()
			terminal := launch(t, nil)
			terminal.await("size 80x24")
			_ = terminal.cmd.Process.Signal(c.signal)
			if got, want := terminal.exit(), 128+int(c.signal); got != want {
				t.Errorf("exit status %d, want %d", got, want)
			}
			terminal.await(c.says)
			terminal.restored()
		})
	}
}

// ignoringHangup starts the program as nohup does, but for its output.
func ignoringHangup(_ *console, cmd *exec.Cmd) {
	cmd.Path, cmd.Args = "/bin/sh", []string{"sh", "-c", `trap "" HUP; exec "$0"`, cmd.Path}
}

func TestHangupEndsTheProgramUnderNohup(t *testing.T) {
	t.Parallel()
	c := launch(t, ignoringHangup)
	c.await("size 80x24")
	_ = c.cmd.Process.Signal(unix.SIGHUP)
	if got := c.exit(); got != 129 {
		t.Errorf("exit status %d, want 129", got)
	}
	c.restored()
}

func TestLosingTheTerminalEndsTheProgram(t *testing.T) {
	for name, change := range map[string]func(*console, *exec.Cmd){"plainly": nil, "under nohup": ignoringHangup} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := launch(t, change)
			c.await("size 80x24")
			_ = c.far.Close()
			if got := c.exit(); got != 129 {
				t.Errorf("exit status %d, want 129", got)
			}
		})
	}
}

func TestSignalBehindAStalledTerminal(t *testing.T) {
	t.Parallel()
	c := launch(t, func(c *console, _ *exec.Cmd) { c.deaf = true })
	c.eventually("raw mode", func() bool {
		now, err := term.GetState(c.near.Fd())
		return err == nil && !reflect.DeepEqual(now, c.before)
	})
	c.press("f") // more than the terminal holds, and nobody takes it
	refused := 0 // in a row; once or twice it is only being written to
	c.eventually("a terminal that takes no more", func() bool {
		if refused++; writable(t, c.near) {
			refused = 0
		}
		return refused == 20
	})
	_ = c.cmd.Process.Signal(unix.SIGTERM)
	asked := time.Now()
	if got := c.exit(); got != 143 {
		t.Errorf("exit status %d, want 143", got)
	}
	if took := time.Since(asked); took > 3*exitWait {
		t.Errorf("it took %v, want about %v", took, exitWait)
	}
	after, err := term.GetState(c.near.Fd())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(after, c.before) {
		t.Errorf("the terminal's settings differ:\n%+v, were\n%+v", after, c.before)
	}
}

// writable says whether the terminal takes more output at this moment.
func writable(t *testing.T, f *os.File) bool {
	t.Helper()
	set := []unix.PollFd{{Fd: int32(f.Fd()), Events: unix.POLLOUT}}
	if _, err := unix.Poll(set, 0); err != nil && err != unix.EINTR {
		t.Fatal(err)
	}
	return set[0].Revents&unix.POLLOUT != 0
}

func TestControlCEndsAProgramThatHangs(t *testing.T) {
	t.Parallel()
	c := launch(t, nil)
	c.await("size 80x24")
	c.press("b")
	c.press("\x03")
	if got := c.exit(); got != 0 {
		t.Errorf("exit status %d", got)
	}
	c.restored()
}

func TestPanicsRestoreTheTerminalAndTellNothing(t *testing.T) {
	for name, key := range map[string]string{"in Update": "p", "in a command": "P", "in a batch of commands": "B"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := launch(t, nil)
			c.await("size 80x24")
			c.press(key)
			if got := c.exit(); got != 2 {
				t.Errorf("exit status %d, want 2", got)
			}
			c.restored()
			if out := c.output(); !strings.Contains(out, "stopped by an error of its own") || strings.Contains(out, "secret") {
				t.Errorf("the output:\n%q", out)
			}
		})
	}
}

func TestNothingElseIsWrittenOnTheScreen(t *testing.T) {
	t.Parallel()
	c := launch(t, nil)
	c.await("size 80x24")
	c.press("e")
	c.await("key e")
	c.press("q")
	c.exit()
	if strings.Contains(c.output(), "library") {
		t.Errorf("the output:\n%q", c.output())
	}
}

// pause is longer than Bubble Tea waits for the rest of a sequence. It is real time, since that is what is tested.
func pause() { <-time.After(150 * time.Millisecond) }

func TestPastesArriveWholeAndKeysWorkAfterwards(t *testing.T) {
	long := strings.Repeat("eyJhbGciOiJSUzI1NiJ9", 3000)
	for _, c := range []struct {
		name   string
		pieces []string // with a pause longer than Bubble Tea's patience between them
		want   string
	}{
		{"in one piece", []string{"\x1b[200~eyJ.a.b\x1b[201~"}, `paste of 7: "eyJ.a.b"`},
		{"an end mark in pieces", []string{"\x1b[200~eyJ.a.b\x1b", "[20", "1~"}, `paste of 7: "eyJ.a.b"`},
		{"a start mark in pieces", []string{"\x1b[20", "0~eyJ.a.b\x1b[201~"}, `paste of 7: "eyJ.a.b"`},
		{"a sequence inside that is not closed", []string{"\x1b[200~eyJ\x1b]0;a.b\x1b[201~"}, `paste of 10: "eyJ\\x1a]0;a.b"`},
		{"a character in pieces", []string{"\x1b[200~\xe6\x9d", "\xb1\x1b[201~"}, `paste of 3: "東"`},
		{"60,000 characters", []string{"\x1b[200~" + long + "\x1b[201~"}, `paste of 60000: `},
		{"over several lines", []string{"\x1b[200~eyJ\ra.b\r\x1b[201~"}, `paste of 8: "eyJ\\ra.b\\r"`},
		{"without marks", []string{"eyJhbGciOiJSUzI1NiJ9.e30.c2ln"}, `paste of 29: "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			terminal := launch(t, nil)
			terminal.await("size 80x24")
			for i, piece := range c.pieces {
				if i > 0 {
					pause()
				}
				terminal.press(piece)
			}
			terminal.await(c.want)
			terminal.press("j")
			terminal.await("key j")
			terminal.press("\x03")
			if got := terminal.exit(); got != 0 {
				t.Errorf("exit status %d", got)
			}
		})
	}
}

func TestControlCWorksInAPasteWithoutAnEnd(t *testing.T) {
	t.Parallel()
	c := launch(t, nil)
	c.await("size 80x24")
	c.press("\x1b[200~eyJ.a.b")
	pause()
	c.press("\x03")
	if got := c.exit(); got != 0 {
		t.Errorf("exit status %d", got)
	}
	c.restored()
}

func TestAltBracketIsAKey(t *testing.T) {
	t.Parallel()
	c := launch(t, nil)
	c.await("size 80x24")
	c.press("\x1b[")
	c.await("key alt+[")
}

func TestSuspendAndBack(t *testing.T) {
	t.Parallel()
	c := launch(t, func(_ *console, cmd *exec.Cmd) {
		// A shell with job control, as the user has; it takes its commands from the terminal.
		program := cmd.Path
		cmd.Path, cmd.Args = "/bin/bash", []string{"bash", "--norc", "--noprofile", "-i"}
		cmd.Env = append(cmd.Env, "PS1=ready> ", "PROGRAM="+program)
	})
	c.await("ready> ")
	c.press("\"$PROGRAM\"\r")
	c.await("size 80x24")
	c.press("\x1a")
	c.await("Stopped")
	out := c.output()
	if strings.LastIndex(out, "\x1b[?1049l") < strings.LastIndex(out, "\x1b[?1049h") {
		t.Errorf("in the background the screen is still up:\n%q", out)
	}
	c.press("fg\r")
	c.await("back again")
	c.press("j")
	c.await("key j")
	c.press("q")
	c.await("outcome: none")
	c.press("exit\r")
	c.exit()
}

func TestSuspendIsRefusedWithoutAShell(t *testing.T) {
	t.Parallel()
	c := launch(t, nil) // a session of its own: nobody could bring it back
	c.await("size 80x24")
	c.press("\x1a")
	c.press("j")
	c.await("key j")
	c.press("q")
	c.exit()
	c.restored()
}

func TestEnvironmentOfTheTerminal(t *testing.T) {
	colour := regexp.MustCompile(`\x1b\[[0-9;]*m`)
	for _, c := range []struct {
		name string
		env  string
		want string // colours used
	}{
		{"sixteen colours, whatever is promised", "COLORTERM=truecolor", "\x1b[91m"},
		{"none with NO_COLOR", "NO_COLOR=yes", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			terminal := launch(t, func(_ *console, cmd *exec.Cmd) { cmd.Env = append(cmd.Env, c.env, "SSH_TTY=/dev/pts/0") })
			terminal.await("saw ")
			terminal.press("q")
			terminal.exit()
			terminal.restored()
			out := terminal.output()
			used := map[string]bool{}
			for _, s := range colour.FindAllString(out, -1) {
				if s != "\x1b[m" && s != "\x1b[0m" {
					used[s] = true
				}
			}
			if c.want == "" && len(used) > 0 || c.want != "" && (len(used) != 1 || !used[c.want]) {
				t.Errorf("colours %v, want %q", used, c.want)
			}
			if !strings.Contains(out, "\x1b[?2026$p") {
				t.Error("synchronized output was not asked for")
			}
		})
	}
}

func TestNothingIsLogged(t *testing.T) {
	t.Parallel()
	trace := filepath.Join(t.TempDir(), "trace")
	c := launch(t, func(_ *console, cmd *exec.Cmd) { cmd.Env = append(cmd.Env, "TEA_TRACE="+trace) })
	c.await("size 80x24")
	c.press("c")
	c.await("core limit: <nil> 0 0")
	c.press("q")
	c.exit()
	if _, err := os.Stat(trace); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("TEA_TRACE: %v", err)
	}
}

func TestTerminalsThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*exec.Cmd)
		want   string
	}{
		{"a dumb one", func(cmd *exec.Cmd) { cmd.Env = append(cmd.Env, "TERM=dumb") }, "outcome: TERM=dumb"},
		{"one without a name", func(cmd *exec.Cmd) { cmd.Env = append(cmd.Env, "TERM=") }, "outcome: TERM is not set"},
		{"no input", func(cmd *exec.Cmd) { cmd.Stdin = nil }, "outcome: standard input is not a terminal"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			terminal := launch(t, func(_ *console, cmd *exec.Cmd) {
				c.change(cmd)
				if cmd.Stdin == nil {
					cmd.SysProcAttr.Ctty = 1
				}
			})
			if got := terminal.exit(); got != 2 {
				t.Errorf("exit status %d, want 2", got)
			}
			terminal.await(c.want)
			if strings.Contains(terminal.output(), "\x1b") {
				t.Errorf("sequences went out: %q", terminal.output())
			}
		})
	}
}
