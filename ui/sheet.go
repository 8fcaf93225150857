package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// sheet shows texts over the whole width without a frame, so that the terminal's own selection takes them and nothing else. What
// the shell reads is broken such that all its lines together are the same command.
type sheet struct {
	th     theme
	texts  []copyable
	scroll scroll
	lines  []string
	w      int
}

// Resize breaks the texts anew and keeps the window inside them.
func (s *sheet) Resize(w, h int) {
	if w != s.w {
		s.w = w
		s.lines = s.write()
	}
	s.scroll.resize(len(s.lines), h)
}

func (s *sheet) View(int, int) []string { return s.scroll.slice(s.lines, s.w) }

func (s *sheet) Paint(th theme) { s.th, s.w = th, 0 }

func (s *sheet) Typing() bool { return false }

func (s *sheet) Foot(r *root) string { return r.readFoot() }

func (s *sheet) Key(r *root, m tea.KeyPressMsg) (cmd tea.Cmd, left bool) {
	return r.read(m, &s.scroll, r.km.show)
}

func (s *sheet) write() []string {
	if s.w <= 0 {
		return nil
	}
	empty := strings.Repeat(" ", s.w)
	lines := para(s.th.dim, "Select with the mouse. Commands may go over several lines; they are one command each.", s.w)
	if len(s.texts) == 0 {
		return append(lines, append([]string{empty}, para(s.th.plain, "There is nothing to copy here: no fix, and no refused request is selected.", s.w)...)...)
	}
	for _, c := range s.texts {
		lines = append(append(lines, empty), para(s.th.title, c.what, s.w)...)
		for text := range strings.SplitSeq(c.text, "\n") {
			for _, l := range breakUp(text, s.w) {
				lines = append(lines, fit(l, s.w))
			}
		}
	}
	return lines
}

// breakUp breaks a line of our own texts, as what it is: a command, a comment among commands, or anything else.
func breakUp(text string, w int) (lines []string) {
	name, rest, _ := strings.Cut(text, " ")
	switch name {
	case "curl", "gcloud":
		return continued(text, w)
	case "#":
		for _, l := range wrap(rest, room(w, len("# "))) {
			lines = append(lines, "# "+l)
		}
		return lines
	}
	return pieces(text, w)
}
