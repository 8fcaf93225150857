package ui

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"why401/token"
)

// ReadFile reads a file, or a pipe, of at most some bytes; what says which, for the error, an *Error that holds none of it. What is
// neither is refused: a device may be the keyboard, or have no end.
func ReadFile(what, name string, most int64) ([]byte, error) {
	file, err := openFile(name)
	if err != nil {
		return nil, unreadable(what, name, err)
	}
	defer file.Close()
	read, err := io.ReadAll(io.LimitReader(file, most+1))
	switch {
	case err != nil:
		return nil, unreadable(what, name, err)
	case int64(len(read)) > most:
		return nil, &Error{Text: fmt.Sprintf("the %s%s is larger than %s", what, ShownName(name), size(most)), Hint: "name a file that holds it and nothing else"}
	}
	return read, nil
}

// openFile opens a file to read, or a pipe, as a shell's <(COMMAND) is one.
func openFile(name string) (*os.File, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, syscall.EISDIR
	case info.Mode().Type() == fs.ModeNamedPipe:
		return openPipe(name, 10*time.Second) // a shell opens its end at once
	case !info.Mode().IsRegular():
		return nil, errNoFile
	}
	return os.Open(name)
}

var (
	errNoFile   = errors.New("it is not a file")
	errNoWriter = errors.New("it is a pipe that nobody writes to")
)

// openPipe opens a pipe to read once somebody has opened it to write, and waits so long for that. Then it opens the other end itself, which
// ends the waiting, and whoever comes to write just then has come too late.
func openPipe(name string, wait time.Duration) (*os.File, error) {
	var late, opened atomic.Bool
	var end func()
	end = func() {
		late.Store(true)
		if other, err := os.OpenFile(name, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
			other.Close()
		} else if !opened.Load() { // the waiting has not begun yet
			time.AfterFunc(10*time.Millisecond, end)
		}
	}
	timer := time.AfterFunc(wait, end)
	defer timer.Stop()
	file, err := os.Open(name)
	opened.Store(true)
	if err == nil && late.Load() {
		file.Close()
		return nil, errNoWriter
	}
	return file, err
}

// size is a limit in words.
func size(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d KiB", bytes>>10)
	}
	return fmt.Sprintf("%d MiB", bytes>>20)
}

// unreadable says why a file could not be read. The error of os repeats the path as it is.
func unreadable(what, name string, err error) error {
	if of := (*fs.PathError)(nil); errors.As(err, &of) {
		err = of.Err
	}
	hint := "name a file that you may read"
	if errors.Is(err, errNoWriter) {
		hint = "start the command that writes it first, or in bash: <(COMMAND) in place of its name"
	}
	return &Error{Text: "read the " + what + ShownName(name) + ": " + err.Error(), Hint: hint}
}

// ShownName is a file's name for a message, with a space before it; "" where it could be a piece of a token that was typed in the wrong place.
func ShownName(name string) string {
	if token.HoldsPiece(name) {
		return ""
	}
	return " " + name
}

// ReadSettingsFile reads the settings file, of at most some bytes. Nobody named it: a pipe is not waited for, and the way out is not another
// name. The error is an *Error.
func ReadSettingsFile(name string, most int64) (body []byte, err error) {
	if info, wrong := os.Stat(name); wrong == nil && !info.Mode().IsRegular() && !info.IsDir() {
		err = unreadable("settings file", name, errNoFile)
	} else {
		body, err = ReadFile("settings file", name, most)
	}
	var e *Error
	if errors.As(err, &e) {
		err = &Error{Text: e.Text, Hint: "mend it, or take it away; why401 man tells what may stand in it"}
	}
	return body, err
}

// OpenLog opens a log to append to, for its owner alone. What stands in it stays; what is no file is refused, and not waited for.
// The error is an *Error.
func OpenLog(name string) (*os.File, error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		if of := (*fs.PathError)(nil); errors.As(err, &of) {
			err = of.Err // without the path as it is
		}
		return nil, &Error{Text: "open the log" + ShownName(name) + ": " + err.Error(), Hint: "name a file that you may write"}
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		file.Close()
		return nil, &Error{Text: "the log" + ShownName(name) + " is not a file", Hint: "name a file that you may write"}
	}
	return file, nil
}
