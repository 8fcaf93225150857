package main

import (
	"os/exec"
	"strings"
	"testing"
)

// The dashboard in lines, as a screen reader's user and a script have it.

func TestInLinesOnATerminal(t *testing.T) {
	t.Parallel()
	d := sit(t, 100, 40, []string{"--demo", "--plain"}, "TERM=dumb")
	d.shows("why401>")
	d.press("service shop-api\n")
	d.shows("Chosen: shop-api")

	t.Log("a token longer than a line of the terminal, which is not shown")
	long := jwt + strings.Repeat("a", 6000)
	d.press("token\n")
	d.shows("It is not shown.")
	d.press(long)
	pause()
	d.press("\r")
	d.shows("predicted ")

	t.Log("and one that is given up")
	d.press("token\n")
	d.until("asked again", func() bool { return strings.Count(d.output(), "It is not shown.") == 2 })
	pause()
	d.press("\x1b")
	d.shows("Given up.")

	d.press("quit\n")
	if got := d.exit(); got != 0 {
		t.Errorf("exit status %d", got)
	}
	out := d.output()
	if strings.Contains(out, "\x1b") {
		t.Errorf("sequences in %q", out)
	}
	if strings.Contains(out, jwt[:20]) || strings.Contains(out, "aaaaaaaa") {
		t.Error("the token was shown")
	}
}

func TestControlCEndsTheLines(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string][]string{"where a word is awaited": nil, "where a token is": {"token\n"}} {
		t.Run(name, func(t *testing.T) {
			d := sit(t, 100, 30, []string{"--demo", "--plain"})
			d.shows("why401>")
			for _, l := range lines {
				d.press(l)
				d.shows("It is not shown.")
				pause()
			}
			d.press("\x03")
			if got := d.exit(); got != 130 {
				t.Errorf("exit status %d, want 130", got)
			}
		})
	}
}

func TestInLinesThroughPipes(t *testing.T) {
	t.Parallel()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--demo", "--plain")
	cmd.Env = environment(t)
	cmd.Stdin = strings.NewReader("service shop-api\ntoken\n" + jwt + "\nrefused 1\n")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Chosen: shop-api", "predicted ", "\n1. ", "401 by Cloud Run"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("it lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(string(out), "why401>") || strings.Contains(string(out), "\x1b") {
		t.Errorf("a sign to type at, or a sequence, in a pipe:\n%s", out)
	}
}
