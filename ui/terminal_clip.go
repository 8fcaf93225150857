package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// The terminal's clipboard is written with OSC 52, the only way that goes through ssh. Nobody says whether it was taken: tmux drops
// it unless set-clipboard is on, some terminals have no such thing, others ask. So the text can always be shown to be selected too
// (sheet.go). The clipboard is never read.

// clipRoute is how OSC 52 gets to the terminal.
type clipRoute int8

const (
	clipDirect clipRoute = iota
	clipTmux             // by itself, for set-clipboard on, and wrapped, for allow-passthrough on
	clipScreen           // wrapped, in pieces
	clipEither           // one of the two: the terminal is asked which
	clipNone             // a terminal that is known to have no clipboard
)

// route finds it from the environment.
func route(env []string) clipRoute {
	name := lookup(env, "TERM")
	is := func(families ...string) bool {
		for _, f := range families {
			if name == f || strings.HasPrefix(name, f+"-") || strings.HasPrefix(name, f+".") {
				return true
			}
		}
		return false
	}
	switch {
	case is("tmux"), is("screen") && lookup(env, "TMUX") != "":
		return clipTmux
	case is("screen") && lookup(env, "STY") != "":
		return clipScreen
	case is("screen"):
		return clipEither
	case is("linux", "vt100", "vt102", "vt220", "ansi", "cons25"), lookup(env, "TERM_PROGRAM") == "Apple_Terminal":
		return clipNone
	}
	return clipDirect
}

// mostString is what GNU screen takes in one string; what is longer it draws as text.
const mostString = 700

// sequence writes text to the clipboard.
func (c clipRoute) sequence(text string) string {
	osc := ansi.SetSystemClipboard(text)
	switch c {
	case clipNone:
		return ""
	case clipTmux:
		return osc + ansi.TmuxPassthrough(osc)
	case clipScreen:
		return ansi.ScreenPassthrough(osc, mostString)
	case clipEither:
		if len(osc) > mostString {
			osc = ""
		}
		return osc + ansi.ScreenPassthrough(ansi.SetSystemClipboard(text), mostString)
	}
	return osc
}

// learn takes the environment, and asks the terminal where that leaves open what it is.
func (r *root) learn(env []string) tea.Cmd {
	if r.clipboard = route(env); r.clipboard == clipEither {
		return tea.Raw(ansi.RequestSecondaryDeviceAttributes)
	}
	return nil
}

// told takes the answer: tmux and screen sign with their initial.
func (r *root) told(m uv.SecondaryDeviceAttributesEvent) {
	if r.clipboard != clipEither || len(m) == 0 {
		return
	}
	switch m[0] {
	case 'T':
		r.clipboard = clipTmux
	case 'S':
		r.clipboard = clipScreen
	}
}

// clip sends a text to the clipboard, or shows it where there is none; where there is no text it says why. What was sent is named before,
// where that is no matter of course.
func (r *root) clip(text, why, what string) tea.Cmd {
	if text == "" {
		return r.say("nothing to copy: " + why)
	}
	if r.clipboard == clipNone {
		r.showCopies()
		return r.say("this terminal has no clipboard for programs: select the text")
	}
	first, _, _ := strings.Cut(text, "\n")
	how := what + "sent to the terminal's clipboard"
	if r.clipboard == clipTmux {
		how += " (tmux: set-clipboard on)"
	}
	if k := r.km.show.Help().Key; k != "" {
		how += ", " + k + " shows it"
	}
	return tea.Batch(tea.Raw(r.clipboard.sequence(text)), r.say(how+": "+first))
}

// clipFix copies what makes the what-ifs real, or the fix.
func (r *root) clipFix() tea.Cmd {
	text, tried := r.token.copied()
	if tried {
		return r.clip(text, "", "what is tried was ")
	}
	why := "there is no fix yet"
	if r.token.judged && r.token.plain.Verdict().Status == 200 {
		why = "the request is let in already"
	}
	return r.clip(text, why, "")
}

// copyable is a text for the clipboard, clean but for its line feeds.
type copyable struct{ what, text string }

// copies are the texts that can be copied where the focus is.
func (r *root) copies() (found []copyable) {
	add := func(what, text string) {
		if text != "" {
			found = append(found, copyable{what, text})
		}
	}
	if r.at == onRefused {
		add("The request again", r.refused.copied(false))
		add("Its address in the Logs Explorer", r.refused.copied(true))
	}
	fix := "The fix"
	if r.token.trying() > 0 {
		fix += ", as things are"
		add("What is tried: "+r.token.outcome(), r.token.trial())
	}
	add(fix, r.token.way())
	return found
}

// showCopies opens the sheet with them.
func (r *root) showCopies() {
	r.cover(&sheet{th: r.th, texts: r.copies()})
}
