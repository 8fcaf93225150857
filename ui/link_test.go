package ui

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"why401/gcp"
	"why401/gcp/demo"
)

// link is the whole screen over a link: the model, Bubble Tea with its renderer, and at the far end a terminal in pure Go. Like sshd
// it takes whatever the program writes, at once, and carries it at its own pace; what does not fit waits in line. Time is that of the
// bubble, so bytes and delays come out the same each time: what is measured is what is queued, not how fast this machine is.
type link struct {
	t       testing.TB
	root    *root
	cloud   *demo.Cloud
	program *tea.Program
	keys    *io.PipeWriter
	cancel  context.CancelFunc // what Run does at the end

	rate   int           // bytes a second; 0 for as many as there are
	delay  time.Duration // each way
	silent bool          // the terminal answers nothing
	real   bool          // time is real, for a benchmark
	random *rand.Rand
	serial int // of made up entries

	mu       sync.Mutex
	queue    []byte // written, and not carried yet
	longest  int    // of the queue, ever
	sent     int    // bytes written by the program
	raw      strings.Builder
	wake     chan struct{}
	near     chan parcel // on the way to the terminal
	far      chan parcel // on the way to the program
	emulator *vt.Emulator
}

// parcel is on its way until it is due.
type parcel struct {
	text string
	due  time.Time
}

// dial starts the screen at a size over a link, in the bubble of the calling test, and waits until it has come to rest.
func dial(t testing.TB, cloud *demo.Cloud, w, h int, change func(*link)) *link {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	l := &link{t: t, cloud: cloud, wake: make(chan struct{}, 1), near: make(chan parcel, 1000), far: make(chan parcel, 1000), emulator: newEmulator(w, h), random: rand.New(rand.NewPCG(4, 1))}
	l.cancel = cancel
	if change != nil {
		change(l)
	}
	if err := cloud.Start(); err != nil {
		t.Fatal(err)
	}
	o, hangUp := onCloud(cloud)
	l.root = newRoot(ctx, o)
	var in *io.PipeReader
	in, l.keys = io.Pipe()
	door := newDoorkeeper()
	l.program = tea.NewProgram(l.root, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(l), tea.WithWindowSize(w, h),
		tea.WithEnvironment([]string{"TERM=xterm-256color"}), tea.WithColorProfile(colorprofile.ANSI), tea.WithoutSignalHandler(),
		tea.WithFilter(door.filter))
	door.attach(l.program.Send)
	ended := make(chan struct{})
	go func() { defer close(ended); _, _ = l.program.Run() }()
	go l.carry(ctx)
	go l.answer()
	go deliver(ctx, l.near, l.drawn)
	go deliver(ctx, l.far, l.typed)
	t.Cleanup(func() {
		if !l.real && ctx.Err() == nil {
			l.agrees()
		}
		cancel()
		_ = l.keys.Close()
		_ = l.emulator.InputPipe().(io.Closer).Close()
		<-ended
		if l.root.stream != nil {
			l.root.stream.close()
		}
		hangUp()
		cloud.Close()
		if !l.real {
			time.Sleep(time.Hour)
			synctest.Wait()
		}
	})
	if l.real {
		l.wait(2 * time.Second)
	} else {
		l.wait(20 * time.Second)
	}
	return l
}

// Write takes the program's output.
func (l *link) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = append(l.queue, p...)
	l.raw.Write(p)
	l.longest = max(l.longest, len(l.queue))
	l.sent += len(p)
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return len(p), nil
}

// packet is what the link carries at once.
const packet = 256

// carry takes the queue to the terminal.
func (l *link) carry(ctx context.Context) {
	for {
		l.mu.Lock()
		n := min(len(l.queue), packet)
		l.mu.Unlock()
		if n == 0 {
			select {
			case <-l.wake:
			case <-ctx.Done():
				return
			}
			continue
		}
		if l.rate > 0 {
			time.Sleep(time.Second * time.Duration(n) / time.Duration(l.rate))
		}
		l.mu.Lock()
		p := string(l.queue[:n])
		l.queue = l.queue[n:]
		l.mu.Unlock()
		l.near <- parcel{p, time.Now().Add(l.delay)}
	}
}

// deliver has each parcel taken when it has come, in order.
func deliver(ctx context.Context, from <-chan parcel, take func(string)) {
	for {
		select {
		case p := <-from:
			time.Sleep(time.Until(p.due))
			take(p.text)
		case <-ctx.Done():
			return
		}
	}
}

func (l *link) drawn(p string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	// Its input being no terminal, Bubble Tea counts on the kernel to bring the cursor back with each line feed.
	_, _ = l.emulator.WriteString(strings.ReplaceAll(p, "\n", "\r\n"))
}

func (l *link) typed(keys string) { _, _ = io.WriteString(l.keys, keys) }

// answer hands on what the terminal has to say.
func (l *link) answer() {
	buf := make([]byte, 1024)
	for {
		n, err := l.emulator.Read(buf)
		if err != nil {
			return
		}
		if !l.silent {
			l.press(string(buf[:n]))
		}
	}
}

// press types keys at the far end.
func (l *link) press(keys string) { l.far <- parcel{keys, time.Now().Add(l.delay)} }

// agrees checks that the terminal shows what the model drew, once everything has arrived.
func (l *link) agrees() {
	l.t.Helper()
	l.wait(10*time.Second + 37*time.Millisecond) // not when a count-down goes on
	trim := func(screen string) string {
		lines := strings.Split(screen, "\n")
		for i := range lines {
			lines[i] = strings.TrimRight(lines[i], " ")
		}
		return strings.TrimRight(strings.Join(lines, "\n"), "\n")
	}
	if got, want := trim(l.screen()), trim(ansi.Strip(l.root.View().Content)); got != want {
		l.t.Errorf("the terminal shows\n%s\nthe model drew\n%s", got, want)
	}
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

// size makes the terminal another size, and has the program told.
func (l *link) size(w, h int) {
	l.mu.Lock()
	l.emulator.Resize(w, h)
	l.mu.Unlock()
	l.program.Send(tea.WindowSizeMsg{Width: w, Height: h})
}

func (l *link) wait(d time.Duration) {
	time.Sleep(d)
	if !l.real {
		synctest.Wait()
	}
}

// cost is how many bytes the program writes in a time.
func (l *link) cost(d time.Duration) int {
	before := l.written()
	l.wait(d)
	return l.written() - before
}

func (l *link) written() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sent
}

// output is all that the program wrote.
func (l *link) output() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.raw.String()
}

// screen is what the terminal shows.
func (l *link) screen() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.emulator.String()
}

// until is how long it takes until the terminal's screen is as wanted.
func (l *link) until(what string, is func(screen string) bool) time.Duration {
	l.t.Helper()
	from := time.Now()
	for !is(l.screen()) {
		if time.Since(from) > time.Minute {
			l.t.Fatalf("%s did not come:\n%s", what, l.screen())
		}
		l.wait(time.Millisecond)
	}
	return time.Since(from)
}

// entry is one of a storm: no two are alike, since what is alike is not sent.
func (l *link) entry() gcp.Entry {
	one := func(of ...string) string { return of[l.random.IntN(len(of))] }
	return gcp.Entry{
		ID: fmt.Sprintf("%08d", l.serial), Time: time.Now(), Project: l.cloud.Project(), Service: "shop-api", Region: "europe-west1",
		Status: 401 + 2*l.random.IntN(2), Method: one("GET", "POST", "DELETE", "OPTIONS"), Text: one("", "The request was not authenticated."),
		URL:       "https://shop.acme.example/" + one("api", "v2", "internal", "graphql") + fmt.Sprintf("/%s/%x", one("orders", "catalog", "me", "session"), l.random.Uint32()),
		UserAgent: one("okhttp/4.12.0", "curl/8.5.0", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", "python-requests/2.32.3", "Dart/3.6 (dart:io)"),
	}
}

// storm has n refusals of shop-api a second come in for a time, in batches of ten milliseconds.
func (l *link) storm(n int, d time.Duration) {
	sent := 0
	for at := time.Duration(0); at < d; at += 10 * time.Millisecond {
		var batch []gcp.Entry
		for ; sent < int(at.Seconds()*float64(n)); sent++ {
			l.serial++
			batch = append(batch, l.entry())
		}
		if batch != nil {
			l.program.Send(entriesArrived{attempt: -1, refusals: ingest(batch), at: time.Now()})
		}
		time.Sleep(10 * time.Millisecond)
	}
}
