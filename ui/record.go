package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"runtime"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"google.golang.org/grpc/codes"

	"why401/gcp"
)

// A log for bug reports: what the program did, and never with what. Its rules:
//
//   - Numbers, codes, sizes, durations and words of this program only. No text from outside is written: no name, no address, no
//     claim, no error text, and nothing that was typed or pasted.
//   - A key is written as the action that it stands for, and not while text is typed; nor when keys come faster than fingers are, since that is a
//     paste that the terminal did not mark.
//   - It ends when it is large, so that a forgotten session fills no disk.

const (
	mostLog     = 32 << 20 // bytes
	logPause    = 10 * time.Second
	slowUpdate  = 50 * time.Millisecond
	fingersRest = 30 * time.Millisecond // the shortest time between two keys of a person
)

// NewLog is a logger for Options.Log and gcp.Config.Log, that writes lines of text to w until there are 32 MiB.
func NewLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(&bounded{to: w, left: mostLog}, nil))
}

// bounded lets so many bytes through, whole writes only, and drops the rest.
type bounded struct {
	to   io.Writer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return len(p), nil
	}
	return b.to.Write(p)
}

// record is the log of one session.
type record struct {
	log     *slog.Logger // nil: nobody is told
	stream  string       // what it was doing, as last written
	verdict string
	pressed time.Time // the last key
	arrived int       // entries since they were last written
	written time.Time // when that was
}

// began writes what the program is and where it runs.
func (c *record) began(o Options, env []string) {
	if c.log == nil {
		return
	}
	t := traits(env)
	has := func(name string) bool { return lookup(env, name) != "" }
	c.log.Info("start", "version", clean(o.Version), "go", runtime.Version(), "on", runtime.GOOS+"/"+runtime.GOARCH,
		"term", word(lookup(env, "TERM")), "tmux", has("TMUX"), "screen", has("STY"), "ssh", has("SSH_CONNECTION") || has("SSH_TTY"),
		"ascii", o.ASCII, "no_color", t.NoColor, "theme", word(o.Theme), "since", o.Since, "keys_changed", len(o.Keymap), "demo", o.Demo, "plain", o.Plain)
}

// ended writes how it ended.
func (c *record) ended(err error) {
	if c.log == nil {
		return
	}
	var stopped Stopped
	switch {
	case err == nil:
		c.log.Info("end", "by", "the user")
	case errors.As(err, &stopped):
		c.log.Info("end", "by", stopped.Signal.String())
	default:
		c.log.Info("end", "by", "an error")
	}
}

// saw writes a message, before it is handled.
func (c *record) saw(r *root, msg tea.Msg) {
	if c.log == nil {
		return
	}
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		c.log.Info("size", "width", m.Width, "height", m.Height)
	case tea.BackgroundColorMsg:
		c.log.Info("background", "dark", m.IsDark())
	case tea.ResumeMsg:
		c.log.Info("resumed")
	case tea.KeyPressMsg:
		c.key(r, m)
	case tea.PasteMsg:
		c.log.Info("paste", "bytes", len(m.Content))
	case tokenRead:
		c.log.Info("token read", "credentials", len(m.tokens), "ok", m.err == nil)
	default:
		c.answer(msg)
	}
}

// answer writes the result of a request.
func (c *record) answer(msg tea.Msg) {
	switch m := msg.(type) {
	case clientOpened:
		c.log.Info("client opened", outcomeOf(m.err)...)
	case servicesListed:
		c.log.Info("services listed", append(outcomeOf(m.err), "services", len(m.listing.Services), "regions", m.listing.Regions, "failed", len(m.listing.Failed))...)
	case policyRead:
		if m.err != nil {
			c.log.Info("policy not read", outcomeOf(m.err)...)
		}
	case tailOpened:
		c.log.Info("tail opened", append(outcomeOf(m.err), "attempt", m.attempt)...)
	case entriesArrived:
		c.arrived += len(m.refusals)
		if m.err != nil || m.suppressed.Total() > 0 || m.at.Sub(c.written) >= logPause {
			c.log.Info("entries arrived", append(outcomeOf(m.err), "entries", c.arrived, "changes", len(m.changes), "held_back", m.suppressed.Total(), "too_slow", m.suppressed.NotConsumed, "attempt", m.attempt)...)
			c.arrived, c.written = 0, m.at
		}
	case entriesListed:
		c.log.Info("log listed", append(outcomeOf(m.err), "entries", len(m.refusals), "changes", len(m.changes), "more", m.more, "purpose", int(m.purpose), "attempt", m.attempt)...)
	case keysFetched:
		c.log.Info("keys fetched", append(outcomeOf(m.err), "keys", len(m.set.IDs()))...)
	}
}

// key writes which action a key stands for.
func (c *record) key(r *root, m tea.KeyPressMsg) {
	at := now()
	fast := at.Sub(c.pressed) < fingersRest
	c.pressed = at
	switch {
	case r.over == nil && r.pane[r.at].Typing(), r.over != nil && r.over.Typing():
	case fast:
		c.log.Info("key", "too_fast", true)
	default:
		c.log.Info("key", "action", r.km.actionOf(m, r.at), "pane", int(r.at))
	}
}

// handled writes what came of a message: a new state of the stream, another verdict, that it took long.
func (c *record) handled(r *root, msg tea.Msg, took time.Duration) {
	if c.log == nil {
		return
	}
	if took >= slowUpdate {
		c.log.Info("slow", "message", fmt.Sprintf("%T", msg), "ms", took.Milliseconds())
	}
	if s := phase(r.stream); s != c.stream {
		c.stream = s
		c.log.Info("stream", "state", s)
	}
	verdict := ""
	if r.token.token != nil && r.token.judged {
		verdict = statusWord(r.token.verdict) + " " + r.token.verdict.DecidedBy
	}
	if verdict != c.verdict {
		c.verdict = verdict
		c.log.Info("verdict", "status", verdict)
	}
}

// phase is what the stream is doing, in a word.
func phase(s *stream) string {
	if s == nil {
		return "connecting"
	}
	word := [...]string{streamOpening: "opening", streamCatching: "catching up", streamLive: "live", streamPolling: "polling", streamWaiting: "waiting"}[s.state]
	if s.listErr != nil {
		word += ", log not read"
	}
	return word
}

// outcomeOf says how a request ended: its code, and the permission that is missing.
func outcomeOf(err error) []any {
	var e *gcp.Error
	switch {
	case err == nil:
		return []any{"code", codes.OK}
	case !errors.As(err, &e):
		if errors.Is(err, context.Canceled) {
			return []any{"code", codes.Canceled}
		}
		return []any{"code", codes.Unknown}
	}
	said := []any{"code", e.Code}
	if permission.MatchString(e.Permission) {
		said = append(said, "permission", e.Permission)
	}
	return said
}

// permission is how IAM writes one. Google's error texts name it, and might name anything.
var permission = regexp.MustCompile(`^[a-z]{2,30}\.[a-zA-Z]{2,30}\.[a-zA-Z]{2,40}$`)

// word is a word of the environment, if it is one.
func word(s string) string {
	if oneWord.MatchString(s) {
		return s
	}
	return ""
}

var oneWord = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.+_-]{0,39}$`)

// actionOf is the name of the action that a key stands for in a pane, "none" where it stands for none.
func (km keyMap) actionOf(m tea.KeyPressMsg, at focus) string {
	in := [panes]where{onServices: inServices, onAccess: inAccess, onToken: inToken, onRefused: inRefused}[at]
	// What counts in this pane alone is tried first.
	for _, narrow := range []bool{true, false} {
		for _, a := range km.actions() {
			if a.in&in != 0 && (a.in != everywhere) == narrow && key.Matches(m, *a.binding) {
				return a.name
			}
		}
	}
	return "none"
}
