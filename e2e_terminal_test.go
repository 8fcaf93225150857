package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// patience is how long a test waits for what must come; nothing is measured by it.
const patience = 30 * time.Second

// scratch is a directory that lives as long as the tests.
var scratch string

// program is the built program, made once for all tests that want it.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "why401")
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %v\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "why401"); err != nil {
		panic(err)
	}
	status := m.Run()
	_ = os.RemoveAll(scratch)
	os.Exit(status)
}

// desk is somebody at a terminal with the program on it: a pty, and an emulator that draws what comes out of it.
type desk struct {
	t       testing.TB
	far     *os.File // the emulator's side
	near    *os.File // the program's side, kept open to look at its settings
	before  *term.State
	cmd     *exec.Cmd
	ended   chan struct{}
	changed chan struct{}
	silent  atomic.Bool   // the terminal answers nothing
	typed   chan string   // what goes to the program, in order; it may take its time
	left    chan struct{} // closed when nobody types any more

	mu       sync.Mutex // the emulator has none of its own
	emulator *vt.Emulator
	raw      bytes.Buffer
}

// newEmulator is one that takes no margins beyond its screen, as no terminal does: they come when the window became smaller while
// they were on their way.
func newEmulator(w, h int) *vt.Emulator {
	e := vt.NewEmulator(w, h)
	e.RegisterCsiHandler('r', func(params ansi.Params) bool {
		bottom, _, _ := params.Param(1, 0)
		return bottom > e.Height()
	})
	return e
}

func TestEmulatorTakesNoMarginsBeyondItsScreen(t *testing.T) {
	e := newEmulator(20, 40)
	e.Resize(20, 36)
	if _, err := e.Write([]byte("\x1b[34;40r\x1b[3S")); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Write([]byte("\x1b[1;36r\x1b[2;1Hdrawn")); err != nil || !strings.Contains(e.String(), "drawn") {
		t.Errorf("error %v, screen %q", err, e.String())
	}
}

// environment is what the program gets: a UTF-8 terminal, and no way to any cloud.
func environment(t testing.TB) []string {
	home := t.TempDir()
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_CONFIG_HOME=" + home, "TERM=xterm-256color", "LANG=C.UTF-8",
		"NO_GCE_CHECK=true", "GCE_METADATA_HOST=127.0.0.1:1", "TZ=UTC",
	}
}

// sit starts the program with args on a terminal of w×h.
func sit(t testing.TB, w, h int, args []string, env ...string) *desk {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return sitWith(t, w, h, append([]string{path}, args...), env...)
}

// sitWith starts another command on a terminal of w×h, which brings up the program.
func sitWith(t testing.TB, w, h int, command []string, env ...string) *desk {
	t.Helper()
	far, near, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{
		t: t, far: pollable(t, far), near: near,
		ended: make(chan struct{}), changed: make(chan struct{}, 1), typed: make(chan string, 1024), left: make(chan struct{}),
		emulator: newEmulator(w, h),
	}
	d.size(w, h)
	if d.before, err = term.GetState(near.Fd()); err != nil {
		t.Fatal(err)
	}
	d.cmd = exec.Command(command[0], command[1:]...)
	d.cmd.Env = append(environment(t), env...)
	d.cmd.Stdin, d.cmd.Stdout, d.cmd.Stderr = near, near, near
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = d.cmd.Wait(); close(d.ended) }()
	go d.draw()
	go d.reply()
	go d.send()
	t.Cleanup(func() {
		_ = d.cmd.Process.Kill()
		<-d.ended
		_ = d.far.Close()
		_ = near.Close()
		_ = d.emulator.InputPipe().(interface{ Close() error }).Close()
		close(d.left)
		if t.Failed() {
			t.Logf("the last screen:\n%s", d.screen())
		}
	})
	return d
}

// pollable is the same file, such that closing it ends a read.
func pollable(t testing.TB, f *os.File) *os.File {
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

// draw takes the program's output.
func (d *desk) draw() {
	buf := make([]byte, 32<<10)
	for {
		n, err := d.far.Read(buf)
		if err != nil {
			return
		}
		d.mu.Lock()
		d.raw.Write(buf[:n])
		_, _ = d.emulator.Write(buf[:n])
		d.mu.Unlock()
		select {
		case d.changed <- struct{}{}:
		default:
		}
	}
}

// reply hands on what the emulator answers. Nobody else reads it, and then it would stop drawing.
func (d *desk) reply() {
	buf := make([]byte, 1024)
	for {
		n, err := d.emulator.Read(buf)
		if err != nil {
			return
		}
		if !d.silent.Load() {
			d.press(string(buf[:n]))
		}
	}
}

// send types, one piece after the other.
func (d *desk) send() {
	for {
		select {
		case piece := <-d.typed:
			if _, err := d.far.WriteString(piece); err != nil {
				return
			}
		case <-d.left:
			return
		}
	}
}

// press types keys, or anything else.
func (d *desk) press(keys string) {
	select {
	case d.typed <- keys:
	case <-d.left:
	}
}

// paste pastes as a terminal does that was asked for brackets.
func (d *desk) paste(text string) { d.press("\x1b[200~" + text + "\x1b[201~") }

// pause is longer than Bubble Tea waits for the rest of a sequence; in real time, since that is what is tested.
func pause() { <-time.After(150 * time.Millisecond) }

// size makes the terminal another size.
func (d *desk) size(w, h int) {
	d.t.Helper()
	d.mu.Lock()
	d.emulator.Resize(w, h)
	d.mu.Unlock()
	if err := pty.Setsize(d.far, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)}); err != nil {
		d.t.Fatal(err)
	}
}

// screen is what stands on the screen.
func (d *desk) screen() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.emulator.String()
}

// output is all that came out of the program.
func (d *desk) output() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.raw.String()
}

// until waits until is holds, looking again whenever the screen changes.
func (d *desk) until(what string, is func() bool) {
	d.t.Helper()
	late := time.After(patience)
	for !is() {
		select {
		case <-d.changed:
		case <-time.After(50 * time.Millisecond): // not everything is seen on the screen
		case <-late:
			d.t.Fatalf("%s did not come", what)
		}
	}
}

// shows waits until all of these stand on the screen at once.
func (d *desk) shows(texts ...string) {
	d.t.Helper()
	d.until(fmt.Sprintf("a screen with %q", texts), func() bool {
		screen := d.screen()
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// loses waits until the text stands on the screen no more.
func (d *desk) loses(text string) {
	d.t.Helper()
	d.until(fmt.Sprintf("a screen without %q", text), func() bool { return !strings.Contains(d.screen(), text) })
}

// exit waits for the program's end and gives its exit status.
func (d *desk) exit() int {
	d.t.Helper()
	select {
	case <-d.ended:
	case <-time.After(patience):
		d.t.Fatal("the program did not end")
	}
	return d.cmd.ProcessState.ExitCode()
}

// restored checks that the terminal is as the program found it.
func (d *desk) restored() {
	d.t.Helper()
	d.until("the end of the alternate screen", func() bool { return strings.Contains(d.output(), "\x1b[?1049l") })
	d.until("the end of bracketed paste", func() bool { return strings.Contains(d.output(), "\x1b[?2004l") })
	after, err := term.GetState(d.near.Fd())
	if err != nil {
		d.t.Fatal(err)
	}
	if !reflect.DeepEqual(after, d.before) {
		d.t.Errorf("the terminal's settings are %+v, were %+v", after, d.before)
	}
	if out := d.output(); strings.LastIndex(out, "\x1b[?25h") < strings.LastIndex(out, "\x1b[?25l") {
		d.t.Error("the cursor stayed hidden")
	}
}
