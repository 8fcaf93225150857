package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"why401/gcp/demo"
)

func TestKeysDoNotQueueBehindTheLog(t *testing.T) {
	if testing.Short() {
		t.Skip("a storm over a slow link is timed in the whole run")
	}
	for _, c := range []struct {
		name        string
		rate        int           // of the link, bytes a second
		delay       time.Duration // each way
		rows        int           // a second
		most        time.Duration // from a key to the screen, above the way there and back
		mostWaiting int           // bytes in line at any time
	}{
		{"a good link", 1_000_000, 10 * time.Millisecond, 5_000, 50 * time.Millisecond, 5000},
		{"30 KB/s, a trickle", 30_000, 30 * time.Millisecond, 10, 50 * time.Millisecond, 5000},
		{"30 KB/s, a storm", 30_000, 30 * time.Millisecond, 5_000, 50 * time.Millisecond, 5000},
		{"10 KB/s, a storm", 10_000, 100 * time.Millisecond, 5_000, 250 * time.Millisecond, 5000},
		{"3 KB/s, a storm", 3_000, 100 * time.Millisecond, 5_000, 500 * time.Millisecond, 5000},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := dial(t, demo.New(demo.InMemory()), 120, 40, func(l *link) { l.rate, l.delay = c.rate, c.delay })
				l.press("2")
				l.wait(5 * time.Second)
				l.longest = 0 // everything is at rest
				over := make(chan struct{})
				go func() { defer close(over); l.storm(c.rows, 7*time.Second) }()
				var slowest time.Duration
				for i := range 20 {
					l.wait(237 * time.Millisecond) // at another point of the pace each time
					before := strings.Split(l.screen(), "\n")[1]
					l.press([]string{"j", "k"}[i%2])
					slowest = max(slowest, l.until("another part of the access", func(s string) bool { return strings.Split(s, "\n")[1] != before })-2*c.delay)
				}
				<-over
				synctest.Wait()
				if slowest > c.most {
					t.Errorf("a key took %v above the link's own way, want at most %v", slowest, c.most)
				}
				if l.longest < 500 {
					t.Errorf("%d bytes were in line at most: there was no storm", l.longest)
				}
				if l.longest > c.mostWaiting {
					t.Errorf("%d bytes were in line for the link, want at most %d", l.longest, c.mostWaiting)
				}
				t.Logf("key to screen at most %v above the link's own way, %d bytes in line at most", slowest, l.longest)
			})
		})
	}
}

func TestRowsGoOnWhereNothingAnswers(t *testing.T) {
	if testing.Short() {
		t.Skip("minutes of a storm are played in the whole run")
	}
	synctest.Test(t, func(t *testing.T) {
		l := dial(t, demo.New(demo.InMemory()), 120, 40, func(l *link) { l.silent = true })
		for range 5 {
			before := l.screen()
			l.storm(100, time.Second/5)
			if l.screen() == before {
				t.Error("no new row in a fifth of a second")
			}
		}
		before := strings.Count(l.output(), ansi.RequestPrimaryDeviceAttributes)
		l.storm(20, time.Minute)
		if n := strings.Count(l.output(), ansi.RequestPrimaryDeviceAttributes) - before; n < 1 || n > 2 {
			t.Errorf("a terminal that answers nothing was asked %d times in a minute, want every half", n)
		}
	})
}

func TestTheQuestionStandsBehindItsFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t, demo.New(demo.InMemory()), 120, 40, nil)
		for range 20 {
			from := len(l.output())
			l.storm(100, 20*time.Millisecond)
			l.wait(173 * time.Millisecond)
			out := l.output()[from:]
			if before, question := strings.CutSuffix(out, ansi.RequestPrimaryDeviceAttributes); !question || before == "" || strings.Contains(before, ansi.RequestPrimaryDeviceAttributes) {
				t.Fatalf("want a frame and then a question, got %q", out)
			}
		}
	})
}

func TestNothingIsSentWhileNothingChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t, demo.New(demo.InMemory(), demo.Empty(), demo.Services(30)), 120, 40, nil)
		l.storm(100, time.Second)
		l.wait(5 * time.Second)
		if n := l.cost(10 * time.Minute); n != 0 {
			t.Errorf("%d bytes in ten minutes in which nothing changed", n)
		}
	})
}

func TestFlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f flow
		if !f.ready() {
			t.Fatal("the first rows have to wait")
		}
		f.drew(now())
		f.paced = false
		if f.ready() {
			t.Error("the second frame goes out before the first has arrived")
		}
		f.answered()
		if !f.ready() {
			t.Error("it does not go out when it has")
		}
		f.drew(now())
		if f.answered(); f.ready() {
			t.Error("an answer ends the pace")
		}
		f.paced = false
		f.drew(now())
		f.lost(answerLost{f.turn - 1})
		if f.paced = false; f.ready() {
			t.Error("the question before was given up, and this one's answer is awaited no more")
		}
		f.lost(answerLost{f.turn})
		if !f.ready() {
			t.Error("a lost answer is awaited for ever")
		}
		f.drew(now())
		if f.paced = false; !f.ready() {
			t.Error("a silent terminal is waited for")
		}
		f.answered()
		if f.drew(now()); !f.asking || f.silent {
			t.Error("a terminal that answers again is not asked")
		}
	})
}

func TestFlowBeginsAnewAfterSuspension(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 80, 24)
		d.root.flow = flow{asking: true, turn: 3}
		d.send(tea.ResumeMsg{})
		if !d.root.flow.ready() {
			t.Error("an answer that the shell got is still awaited")
		}
		d.root.flow = flow{asking: true, turn: 3}
		d.send(uv.PrimaryDeviceAttributesEvent{62})
		if !d.root.flow.ready() {
			t.Error("the terminal's answer was not taken")
		}
	})
}

// TestNoTailIsLeft: a signal ends the program past the model, in the middle of a storm, and its session of the log ends all the same.
func TestNoTailIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t, storyteller(), 120, 40, nil)
		if n := l.cloud.OpenTails(); n != 1 {
			t.Fatalf("%d tails are open, want one", n)
		}
		l.storm(1000, time.Second)
		l.program.Send(leave{atOnce: true})
		l.program.Wait()
		l.cancel()
		l.wait(time.Second)
		if n := l.cloud.OpenTails(); n != 0 {
			t.Errorf("%d tails are open after the end", n)
		}
	})
}
