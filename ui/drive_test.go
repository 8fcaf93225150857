package ui

import (
	"context"
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"why401/gcp"
	"why401/gcp/demo"
)

var update = flag.Bool("update", false, "write the golden screens anew; read the difference as screens")

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

// driver runs the model as Bubble Tea does: one message after the other, commands in goroutines of their own. Everything
// below it is real: the demo cloud, gRPC and Google's clients, in memory. Inside a synctest bubble Wait is idle, and the
// clock is fake, so no test sleeps or polls.
type driver struct {
	t     *testing.T
	root  *root
	cloud *demo.Cloud
	msgs  chan tea.Msg
	ctx   context.Context
	quit  bool
	// update is the model's; the root's, unless a test puts another around it.
	update func(tea.Msg) tea.Cmd
	sent   []tea.Msg // what commands told the terminal: clipboard writes
	count  int       // messages handled

	// turn is held by the test while it looks at the model, and given up while it waits, so that the loop's next message comes
	// after whatever the test has read.
	turn sync.Mutex
}

// drive starts the dashboard on a cloud at a size, in the bubble of the calling test, and waits until it is idle.
func drive(t *testing.T, cloud *demo.Cloud, w, h int, change ...func(*Options)) *driver {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	d := &driver{t: t, cloud: cloud, msgs: make(chan tea.Msg), ctx: ctx}
	if err := cloud.Start(); err != nil {
		t.Fatal(err)
	}
	o, hangUp := onCloud(cloud)
	for _, c := range change {
		c(&o)
	}
	d.root = newRoot(ctx, o)
	d.update = func(m tea.Msg) tea.Cmd {
		_, cmd := d.root.Update(m)
		d.root.View()
		return cmd
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case m := <-d.msgs:
				d.handle(m)
			case <-ctx.Done():
				return
			}
		}
	}()
	d.turn.Lock()
	t.Cleanup(func() {
		d.turn.Unlock()
		cancel()
		<-stopped
		if d.root.stream != nil {
			d.root.stream.close()
		}
		if d.root.client != nil {
			d.root.client.Close()
		}
		hangUp()
		cloud.Close()
		// Every timer that a command still waits for has its time, so that no goroutine is left in the bubble.
		time.Sleep(time.Hour)
		synctest.Wait()
	})
	d.run(d.root.Init())
	d.send(tea.WindowSizeMsg{Width: w, Height: h})
	return d
}

// onCloud are the options of a dashboard on an embedded cloud; hangUp closes its client.
func onCloud(cloud *demo.Cloud) (o Options, hangUp func()) {
	var clients []*gcp.Client
	open := func(ctx context.Context, id string) (*gcp.Client, error) {
		ids := strings.Split(id, ",")
		c, err := gcp.New(ctx, gcp.Config{Project: ids[0], Also: ids[1:], Options: cloud.Options(), HTTP: cloud.HTTP()})
		clients = append(clients, c)
		return c, err
	}
	o = Options{
		Project: cloud.Project(), Demo: true, Version: "test", Theme: themeDark,
		Open:   func(ctx context.Context) (*gcp.Client, error) { return open(ctx, cloud.Project()) },
		OpenIn: open,
		Samples: func(service string) []Sample {
			var out []Sample
			for _, s := range cloud.Samples(service) {
				out = append(out, Sample{s.Label, s.Token})
			}
			return out
		},
	}
	return o, func() {
		for _, c := range clients {
			if c != nil {
				c.Close()
			}
		}
	}
}

func (d *driver) handle(m tea.Msg) {
	d.turn.Lock()
	defer d.turn.Unlock()
	if _, ok := m.(tea.QuitMsg); ok {
		d.quit = true
		return
	}
	if raw, ok := m.(tea.RawMsg); ok && raw.Msg == ansi.RequestPrimaryDeviceAttributes {
		d.run(func() tea.Msg { return uv.PrimaryDeviceAttributesEvent{62} })
		return
	}
	if strings.HasPrefix(typeName(m), "tea.") && !isInput(m) {
		d.sent = append(d.sent, m)
		return
	}
	d.count++
	d.run(d.update(m))
}

func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch m := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range m {
				d.run(c)
			}
		default:
			select {
			case d.msgs <- m:
			case <-d.ctx.Done():
			}
		}
	}()
}

// send hands the model a message and waits until everything that follows from it has come to rest.
func (d *driver) send(m tea.Msg) {
	d.turn.Unlock()
	defer d.turn.Lock()
	d.msgs <- m
	synctest.Wait()
	d.turn.Lock()
	runs := d.root.pursuit.runs
	d.turn.Unlock()
	if runs {
		time.Sleep(restTime)
		synctest.Wait()
	}
}

// wait lets a time pass.
func (d *driver) wait(t time.Duration) {
	d.turn.Unlock()
	defer d.turn.Lock()
	time.Sleep(t)
	synctest.Wait()
}

// keys presses keys by name, one after the other.
func (d *driver) keys(names ...string) {
	for _, n := range names {
		d.send(press(n))
	}
}

// press is a key by its name.
func press(name string) tea.KeyPressMsg {
	special := map[string]tea.KeyPressMsg{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab}, "up": {Code: tea.KeyUp},
		"down": {Code: tea.KeyDown}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "pgdown": {Code: tea.KeyPgDown}, "pgup": {Code: tea.KeyPgUp},
		"space": {Code: tea.KeySpace, Text: " "}, "backspace": {Code: tea.KeyBackspace},
		"shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
	}
	if k, ok := special[name]; ok {
		return k
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

// screen is what stands on the screen, without colours.
func (d *driver) screen() string {
	lines := strings.Split(ansi.Strip(d.root.View().Content), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// golden compares the screen with testdata/NAME.txt.
func (d *driver) golden(name string) {
	d.t.Helper()
	path := filepath.Join("testdata", name+".txt")
	got := d.screen()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			d.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatalf("%v; write it with: go test ./ui -run %s -update", err, d.t.Name())
	}
	if got != string(want) {
		d.t.Errorf("screen %s differs.\n--- want\n%s\n--- got\n%s", name, want, got)
	}
}

// has fails unless the screen holds every text.
func (d *driver) has(texts ...string) {
	d.t.Helper()
	s := d.screen()
	for _, text := range texts {
		if !strings.Contains(s, text) {
			d.t.Errorf("the screen lacks %q:\n%s", text, s)
		}
	}
}

// lacks fails if the screen holds any text.
func (d *driver) lacks(texts ...string) {
	d.t.Helper()
	s := d.screen()
	for _, text := range texts {
		if strings.Contains(s, text) {
			d.t.Errorf("the screen has %q:\n%s", text, s)
		}
	}
}

// copied are the texts that the terminal was told to put on the clipboard.
func (d *driver) copied() (texts []string) {
	d.t.Helper()
	for _, m := range d.sent {
		_, rest, ok := strings.Cut(fmt.Sprint(m), "\x1b]52;c;")
		if !ok {
			continue
		}
		coded, _, _ := strings.Cut(rest, "\a")
		text, err := base64.StdEncoding.DecodeString(coded)
		if err != nil {
			d.t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

func typeName(m tea.Msg) string { return fmt.Sprintf("%T", m) }

func isInput(m tea.Msg) bool {
	switch m.(type) {
	case tea.MouseClickMsg, tea.MouseWheelMsg, tea.KeyPressMsg, tea.PasteMsg, tea.WindowSizeMsg, tea.EnvMsg, tea.ResumeMsg, tea.BackgroundColorMsg:
		return true
	}
	return false
}
