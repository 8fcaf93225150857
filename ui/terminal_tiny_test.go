package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"golang.org/x/sys/unix"
)

// The tests of terminal_pty_test.go run this binary again, as a program of its own on a terminal of its own.
func init() {
	if os.Getenv("WHY401_TINY") != "" {
		os.Exit(tinyProgram())
	}
}

// tinyProgram shows tiny behind the guards and says on standard output how it ended.
func tinyProgram() int {
	var limit unix.Rlimit
	_ = unix.Getrlimit(unix.RLIMIT_CORE, &limit)
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: limit.Max, Max: limit.Max})
	err := runProgram(context.Background(), tiny{})
	var stopped Stopped
	var failed *Error
	switch {
	case err == nil:
		say("none")
	case errors.As(err, &stopped):
		say(stopped.Error())
		return 128 + int(stopped.Signal)
	case errors.As(err, &failed):
		say(failed.Error() + ". next: " + failed.Hint)
		return 2
	default:
		say("untyped: " + err.Error())
		return 3
	}
	return 0
}

// say prints how it ended, unless the terminal takes no more.
func say(outcome string) {
	said := make(chan struct{})
	go func() { fmt.Println("outcome:", outcome); close(said) }()
	select {
	case <-said:
	case <-time.After(time.Second):
	}
}

// tiny is the smallest program that shows what reached it, and misbehaves on request.
type tiny struct {
	width, height int
	seen          string
	flood         int
}

func (t tiny) Init() tea.Cmd { return nil }

func (t tiny) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		t.width, t.height = m.Width, m.Height
	case tea.PasteMsg:
		t.seen = fmt.Sprintf("paste of %d: %q", len(m.Content), cutMiddle(clean(m.Content), 60))
	case tea.ResumeMsg:
		t.seen = "back again"
	case flooded:
		t.flood++
		return t, flood
	case tea.KeyPressMsg:
		t.seen = "key " + m.String()
		switch m.String() {
		case "q":
			return t, tea.Quit
		case "c":
			var limit unix.Rlimit
			t.seen = fmt.Sprint("core limit: ", unix.Getrlimit(unix.RLIMIT_CORE, &limit), " ", limit.Cur, " ", limit.Max)
		case "e":
			fmt.Fprintln(os.Stderr, "a library's log")
		case "f":
			return t, flood
		case "b":
			select {} // never comes back
		case "p":
			panic("eyJsecret")
		case "P":
			return t, func() tea.Msg { panic("eyJsecret") }
		case "B":
			return t, tea.Batch(func() tea.Msg { panic("eyJsecret") }, func() tea.Msg { return nil })
		}
	}
	return t, nil
}

type flooded struct{}

func flood() tea.Msg { return flooded{} }

func (t tiny) View() tea.View {
	red := lipgloss.NewStyle().Foreground(lipgloss.Color("#ff0000"))
	text := ""
	if t.width > 0 { // a size of 0x0 would be patched into the true one, cell by cell, and nobody would find that in the output
		text = fmt.Sprintf("size %dx%d\n%s\n", t.width, t.height, red.Render("saw "+t.seen))
	}
	for i := range max(t.height-4, 0) {
		if t.flood > 0 {
			text += "\n" + strings.Repeat(string(rune('a'+(t.flood+i)%26)), max(t.width-1, 1))
		}
	}
	v := tea.NewView(text)
	v.MouseMode = tea.MouseModeCellMotion
	v.AltScreen = true
	return v
}
