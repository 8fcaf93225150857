package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
	"why401/token"
)

// windows are the lengths that the window of refusals can be switched to.
var windows = []time.Duration{5 * time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}

// resizeWindow switches to the next longer or shorter window.
func (r *root) resizeWindow(by int) tea.Cmd {
	next := r.o.Since
	for _, w := range windows {
		if by > 0 && w > r.o.Since {
			next = w
			break
		}
		if by < 0 && w < r.o.Since {
			next = w
		}
	}
	if next == r.o.Since {
		return nil
	}
	r.o.Since, r.refused.window = next, next
	r.refused.paused = nil // another window is asked for in order to see what is in it
	r.prune(r.time.Add(-next))
	r.history.draw()
	var cmd tea.Cmd
	if r.stream != nil {
		cmd = r.streamed(r.stream.span(next, r.time))
	}
	r.show()
	return cmd
}

// paste sends what was pasted to the token pane, wherever the focus is. A short word while a filter is typed is the filter's.
func (r *root) paste(text string) tea.Cmd {
	if strings.TrimSpace(text) == "" {
		// A stray end mark of a paste arrives as an empty one.
		return nil
	}
	if p, ok := r.over.(*projectsScreen); ok && isWord(text) {
		p.filter.paste(strings.TrimSpace(text))
		return p.typed()
	}
	if f, ok := r.pane[r.at].(interface{ Paste(string) }); ok && r.pane[r.at].Typing() && isWord(text) {
		// A line's end that came along is no key stroke: enter stays the user's.
		f.Paste(strings.TrimSpace(text))
		return nil
	}
	r.over = nil
	r.focus(onToken)
	return readToken([]byte(text), "pasted")
}

// isWord says that a pasted text is something to look for rather than a credential: it is short, or an address that is none.
func isWord(text string) bool {
	const short, longest = 60, 300
	text = strings.TrimSpace(text)
	switch {
	case len(text) > longest, strings.ContainsAny(text, "\r\n"), strings.HasPrefix(text, "ey"):
		return false
	case len(text) <= short:
		return true
	case !strings.Contains(text, "@") && !strings.HasPrefix(text, "https://") && !isLongName(text):
		return false
	}
	t, err := token.Read([]byte(text))
	return err == nil && t.Kind() == token.Unrecognised
}

// isLongName says that a text has the form of a name that is long by nature: an identity of a pool, an OAuth client, an audience of IAP.
func isLongName(text string) bool {
	return !strings.ContainsAny(text, " \t") && (strings.HasPrefix(text, "principal://") || strings.HasPrefix(text, "principalSet://") ||
		strings.HasPrefix(text, "/projects/") || strings.HasSuffix(text, ".apps.googleusercontent.com"))
}

func (r *root) tokenRead(m tokenRead) {
	r.token.hold(m.tokens, m.label, m.err)
	r.judged = judgement{}
}

// forget drops the token wherever it is held.
func (r *root) forget() {
	r.token.forget()
	r.judged, r.diagnosed, r.predicted = judgement{}, diagnosing{}, predictions{waiting: r.predicted.waiting}
	r.services.predictNothing()
	for _, s := range r.keysFrom {
		s.chosen = nil
	}
}

// loadSample takes the next demo token of the selected service.
func (r *root) loadSample() tea.Cmd {
	s, ok := r.services.selection()
	if !ok {
		return nil
	}
	n := r.sample[s.ID]
	r.sample[s.ID]++
	if !r.lay.wide {
		r.focus(onToken)
	}
	load := r.o.Samples
	return func() tea.Msg {
		samples := load(s.ID)
		if len(samples) == 0 {
			return tokenRead{err: &gcp.Error{Op: "load a demo token", On: s.Name, Hint: "this service has none; choose another"}}
		}
		sample := samples[n%len(samples)]
		tokens, err := token.ReadAll([]byte(sample.Token))
		return tokenRead{tokens, sample.Label, err}
	}
}

// say shows a notice in the footer for a while.
func (r *root) say(text string) tea.Cmd {
	r.notice = text
	r.noticeSerial++
	return after(noticeTime, noticeDue{r.noticeSerial})
}
