package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestOpenLog(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "why401.log")
	for _, line := range []string{"first\n", "second\n"} {
		file, err := openLog(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteString(line); err != nil {
			t.Fatal(err)
		}
		file.Close()
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != "first\nsecond\n" {
		t.Errorf("the log holds %q, %v: what stood in it must stay", got, err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the log is %v, %v", info.Mode(), err)
	}
	pipe := filepath.Join(dir, "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for what, name := range map[string]string{"a directory": dir, "a pipe that nobody reads": pipe, "the terminal's like": "/dev/null", "a place that is not there": filepath.Join(dir, "no", "log")} {
		if file, err := openLog(name); err == nil {
			file.Close()
			t.Errorf("%s was opened", what)
		}
	}
}

func TestALogOfASession(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "why401.log")
	d := sit(t, 100, 30, []string{"--demo", "--log", name})
	d.shows("shop-api", "live")
	d.press("q")
	d.exit()
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(got), `version=""`) {
		t.Errorf("the log does not tell the version:\n%s", got)
	}
	for _, want := range []string{"msg=start version=", "method=ListServices code=OK", "msg=stream state=live", "msg=key action=quit", "msg=end by=\"the user\""} {
		if !strings.Contains(string(got), want) {
			t.Errorf("the log lacks %q:\n%s", want, got)
		}
	}
}
