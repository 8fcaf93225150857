package ui

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestAPipeThatNobodyWritesToIsGivenUp(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := openPipe(name, time.Millisecond)
	if !errors.Is(err, errNoWriter) {
		t.Fatalf("without a writer: %v", err)
	}
	var said *Error
	if errors.As(unreadable("token file", name, err), &said); !strings.Contains(said.Hint, "start the command") {
		t.Errorf("said %+v", said)
	}
}

func TestOpenLog(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "why401.log")
	for _, line := range []string{"first\n", "second\n"} {
		file, err := OpenLog(name)
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
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for what, name := range map[string]string{"a directory": dir, "a pipe that nobody reads": pipe, "the terminal's like": "/dev/null", "a place that is not there": filepath.Join(dir, "no", "log")} {
		if file, err := OpenLog(name); err == nil {
			file.Close()
			t.Errorf("%s was opened", what)
		}
	}
}
