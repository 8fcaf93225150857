package ui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"golang.org/x/sys/unix"
)

// answerWait is how long the terminal's last answer is waited for.
const answerWait = time.Second

// restoring undoes what the screen set up, for a terminal that Bubble Tea could not restore itself: the mouse, key reporting, synchronized
// output, bracketed paste, the alternate screen, the hidden cursor and colours.
const restoring = "\x1b[?1002l\x1b[?1006l\x1b[>4m\x1b[<u\x1b[?2026l\x1b[?2004l\x1b[?1049l\x1b[?25h\x1b[0m"

// leave asks the program to end.
type leave struct{ atOnce bool } // without asking the terminal for a last answer

// overdue says that the terminal's last answer did not come.
type overdue struct{ question int }

// doorkeeper sees every message before the program does. It lets the program go (to its end, or to the background) only when the
// terminal has answered whatever it was asked: an answer that comes later would be typed into the shell.
//
// Answers come in the order of the questions, so one last question is enough: the device attributes (DA1), which every terminal
// knows. The screen asks the same to see how far the terminal has come; so answers are counted.
//
// Where the terminal has been asked for long enough and has answered nothing at all, nothing is waited for.
type doorkeeper struct {
	send     func(tea.Msg) // to the program
	sizes    sizes
	leaving  chan struct{} // closed when the end has begun
	ending   bool
	then     tea.Msg   // goes on when everything is answered; nil while nobody wants to go
	question int       // how often somebody wanted to
	asked    int       // DA1s without an answer yet
	heard    bool      // there was an answer
	since    time.Time // of the first question
}

func newDoorkeeper() *doorkeeper { return &doorkeeper{leaving: make(chan struct{})} }

// attach tells where messages go.
func (d *doorkeeper) attach(send func(tea.Msg)) { d.send, d.sizes.send = send, send }

// filter is a tea.WithFilter; it runs in the program's own loop.
func (d *doorkeeper) filter(_ tea.Model, msg tea.Msg) tea.Msg {
	switch m := msg.(type) {
	case tea.WindowSizeMsg, sizeDue:
		msg = d.sizes.filter(msg)
	case leave:
		return d.quit(m.atOnce)
	case tea.QuitMsg, tea.InterruptMsg:
		return d.quit(false)
	case tea.SuspendMsg:
		return d.suspend()
	case tea.KeyPressMsg:
		if m.String() == "ctrl+z" {
			return d.suspend()
		}
	case overdue:
		if d.then != nil && m.question == d.question {
			return d.answered()
		}
		return nil
	case uv.PrimaryDeviceAttributesEvent:
		d.asked, d.heard = max(d.asked-1, 0), true
		if d.then != nil && d.asked == 0 {
			return d.answered()
		}
	case tea.RawMsg:
		questions := strings.Count(fmt.Sprint(m.Msg), ansi.RequestPrimaryDeviceAttributes)
		if questions > 0 && d.then != nil {
			return nil // or the last question would not be the last
		}
		if questions > 0 && d.since.IsZero() {
			d.since = now()
		}
		d.asked += questions
	}
	if d.ending {
		return nil
	}
	return msg
}

// quit ends the program; not atOnce only when the terminal has answered.
func (d *doorkeeper) quit(atOnce bool) tea.Msg {
	again := d.ending
	if !again {
		d.ending = true
		close(d.leaving)
	}
	switch {
	case atOnce, d.silent():
		return tea.QuitMsg{}
	case again:
		return nil
	}
	return d.ask(tea.QuitMsg{})
}

// silent says whether this is a terminal that answers nothing.
func (d *doorkeeper) silent() bool {
	return !d.heard && !d.since.IsZero() && now().Sub(d.since) > answerWait
}

// suspend puts the program into the background, where there is a shell to come back from. Without one (ssh -t HOST why401, a container's
// first process) the system does not stop the process group, and Bubble Tea would wait for its continuation for ever.
func (d *doorkeeper) suspend() tea.Msg {
	session, err := unix.Getsid(0)
	if d.then != nil || d.ending || err != nil || session == unix.Getpgrp() {
		return nil
	}
	if d.silent() {
		return tea.SuspendMsg{}
	}
	return d.ask(tea.SuspendMsg{})
}

// ask puts the last question to the terminal; then follows on the answer, or when it is overdue.
func (d *doorkeeper) ask(then tea.Msg) tea.Msg {
	d.then = then
	d.question++
	d.asked++
	question := d.question
	time.AfterFunc(answerWait, func() { d.send(overdue{question}) })
	return tea.RawMsg{Msg: ansi.RequestPrimaryDeviceAttributes}
}

// answered lets go what waited.
func (d *doorkeeper) answered() tea.Msg {
	then := d.then
	d.then = nil
	return then
}
