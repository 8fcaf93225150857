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
	r.ring.prune(r.time.Add(-next))
	r.history.Prune(r.time.Add(-next))
	r.history.draw()
	var cmd tea.Cmd
	if r.stream != nil {
		cmd = r.streamed(r.stream.span(next, r.time))
	}
	r.unseen++
	return cmd
}

// paste sends what was pasted to the token pane, wherever the focus is. A short word while a filter is typed is the filter's.
func (r *root) paste(text string) tea.Cmd {
	r.time = now()
	if strings.TrimSpace(text) == "" {
		// A stray end mark of a paste arrives as an empty one.
		return nil
	}
	if f, ok := r.pane[r.at].(interface{ Paste(string) }); ok && r.pane[r.at].Typing() && short(text) {
		f.Paste(text)
		return nil
	}
	r.help = nil
	r.focus(onToken)
	return readToken([]byte(text), "pasted")
}

// short says that a pasted text is a word to look for rather than a credential.
func short(text string) bool {
	return len(text) <= 60 && !strings.ContainsAny(text, "\r\n") && !strings.HasPrefix(strings.TrimSpace(text), "ey")
}

func (r *root) tokenRead(m tokenRead) {
	r.time = now()
	r.token.hold(m.tokens, m.label, m.err)
	r.judged = judgement{}
}

// forget drops the token wherever it is held.
func (r *root) forget() {
	r.token.forget()
	r.judged, r.diagnosed, r.predicted = judgement{}, diagnosed{}, predictions{}
	r.services.setPredictions(nil)
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
	n := r.sample[s.Name]
	r.sample[s.Name]++
	if !r.lay.wide {
		r.focus(onToken)
	}
	load := r.o.Samples
	return func() tea.Msg {
		samples := load(s.Name)
		if len(samples) == 0 {
			return tokenRead{err: &gcp.Error{Op: "load a demo token", On: s.Name, Hint: "this service has none; choose another"}}
		}
		sample := samples[n%len(samples)]
		tokens, err := token.ReadAll([]byte(sample.Token))
		return tokenRead{tokens, sample.Label, err}
	}
}

// clip puts a text on the clipboard, through the terminal (OSC 52); where there is none it says why.
func (r *root) clip(text, why string) tea.Cmd {
	if text == "" {
		return r.say("nothing to copy: " + why)
	}
	first, _, _ := strings.Cut(text, "\n")
	return tea.Batch(tea.SetClipboard(text), r.say("sent to the terminal's clipboard: "+first))
}

// say shows a notice in the footer for a while.
func (r *root) say(text string) tea.Cmd {
	r.notice = text
	r.noticeSerial++
	return after(noticeTime, noticeDue{r.noticeSerial})
}
