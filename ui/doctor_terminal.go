package ui

import (
	"errors"
	"fmt"
	"os"

	"github.com/charmbracelet/x/term"

	"why401/token"
)

// The smallest screen on which one can work.
const leastWidth, leastHeight = 40, 12

// settings says whether they can be used; where not, the dashboard does not start.
func (x *examination) settings() {
	f := finding{section: "Settings", id: "settings", name: "settings", status: token.Pass, text: "understood, or none", needed: true}
	if x.o.Settings != nil {
		f.status, f.text = token.Fail, x.o.Settings.Error()
		var e *Error
		if errors.As(x.o.Settings, &e) {
			f.fix = e.Hint
		}
	}
	x.add(f)
}

// terminal says what the screen could be drawn with. Nothing of it is needed: check and doctor work without a terminal.
func (x *examination) terminal() {
	f := finding{section: "Terminal", id: "terminal", name: "terminal", status: token.Pass}
	in, out := x.o.Stdin, x.o.Stdout
	if in == nil || out == nil || !term.IsTerminal(in.Fd()) || !term.IsTerminal(out.Fd()) {
		f.status, f.text = token.Skip, "none here; the screen needs one, the other commands do not"
		x.add(f)
		x.locale()
		return
	}
	x.size(f, in, out)
	x.locale()
	x.colours()
	x.clipboard()
}

func (x *examination) size(f finding, in, out *os.File) {
	if err := usable(x.o.Environ, in, out); err != nil {
		f.status, f.text, f.fix = token.Warn, err.Error(), hint(err)
		x.add(f)
		return
	}
	f.text = "TERM=" + x.env("TERM")
	if w, h, err := term.GetSize(out.Fd()); err == nil {
		f.text += fmt.Sprintf(", %d×%d", w, h)
		switch {
		case w < leastWidth || h < leastHeight:
			f.status, f.fix = token.Warn, fmt.Sprintf("make it larger: %d×%d shows one pane, %d×%d all four", leastWidth, leastHeight, wideWidth, wideHeight)
		case w < wideWidth || h < wideHeight:
			f.text += fmt.Sprintf("; from %d×%d all four panes fit", wideWidth, wideHeight)
		}
	}
	x.add(f)
}

func (x *examination) locale() {
	f := finding{section: "Terminal", id: "locale", name: "locale", status: token.Pass, text: "UTF-8"}
	if traits(x.o.Environ).ASCII {
		f.status, f.text, f.fix = token.Warn, "not known to be UTF-8: the screen is drawn in ASCII", "where the terminal has it: export LC_ALL=C.UTF-8"
		if x.env("RUNEWIDTH_EASTASIAN") != "" {
			f.text, f.fix = "RUNEWIDTH_EASTASIAN makes every line two cells wide: the screen is drawn in ASCII", "unset RUNEWIDTH_EASTASIAN"
		}
	}
	x.add(f)
}

func (x *examination) colours() {
	f := finding{section: "Terminal", id: "colours", name: "colours", status: token.Pass, text: "the terminal's own sixteen"}
	if traits(x.o.Environ).NoColor {
		f.text = "none, by NO_COLOR"
	}
	x.add(f)
}

// clipboard says what stands between a copy and the clipboard: a multiplexer may keep it, and does not tell.
func (x *examination) clipboard() {
	f := finding{section: "Terminal", id: "clipboard", name: "clipboard", status: token.Unknown, text: "copying is by OSC 52; whether the terminal takes it cannot be known from here"}
	switch {
	case x.env("TMUX") != "":
		f.text, f.fix = "inside tmux, which hands a copy on only where it is told to", "tmux set-option -s set-clipboard on"
	case x.env("STY") != "":
		f.text, f.fix = "inside screen, which may keep a copy to itself; a paste has its marks from screen 5.0 on", "where a copy does not arrive, select it with the mouse, or use tmux"
	}
	x.add(f)
}
