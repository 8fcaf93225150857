package ui

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"why401/gcp"
)

// mostClipboard is how many bytes terminals take by OSC 52: a sequence of 100,000 bytes holds that many in base64.
const mostClipboard = 74_994

// leastAiry is how high the choice must be to have empty lines.
const leastAiry = 14

// mostNames is how many names are tried for a report before giving up.
const mostNames = 9

// handover is the choice of how to hand over what the screen shows: as a report on the clipboard, or in a file.
type handover struct {
	th     theme
	scope  place // the service of the report; the zero value for the project
	chosen place // the selected service, "" where there is none
	trying bool  // what-ifs are on, of which the report says nothing

	several bool // there are several projects: a service's name alone does not tell which one's it is
}

// reportCopied answers makeReport: the text for the clipboard, or the file that it went to where it was too long.
type reportCopied struct {
	text string
	name string
	err  error
}

// reportWritten answers writeReport.
type reportWritten struct {
	name string
	err  error
}

// copyReport makes a report for the clipboard; one that is too long for it is written to a file.
func copyReport(d *dossier, masked bool) tea.Cmd {
	return func() tea.Msg {
		text := d.report(masked).markdown()
		if len(text) <= mostClipboard {
			return reportCopied{text: string(text)}
		}
		name, err := writeNamed(d.fileName(), ".md", text)
		return reportCopied{name: name, err: err}
	}
}

// writeReport makes a report and writes it to a file in the working directory, as Markdown or, for programs, as JSON.
func writeReport(d *dossier, masked, json bool) tea.Cmd {
	return func() tea.Msg {
		r, end := d.report(masked), ".md"
		text := r.markdown
		if json {
			text, end = r.json, ".json"
		}
		name, err := writeNamed(d.fileName(), end, text())
		return reportWritten{name, err}
	}
}

// fileName is the name of the report's file without its end: "why401-shop-api-20261124T0312Z". Nothing foreign is in it but letters,
// digits and hyphens.
func (d *dossier) fileName() string {
	of := d.scope.Service
	if of == "" {
		of = d.project
	}
	of = strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return '-'
	}, of)
	return "why401-" + of[:min(len(of), 63)] + "-" + d.at.UTC().Format("20060102T1504Z")
}

// writeNamed writes a new file, under another name where there is one of that name.
func writeNamed(stem, end string, text []byte) (name string, err error) {
	for n := 1; n <= mostNames; n++ {
		name = stem + end
		if n > 1 {
			name = fmt.Sprintf("%s-%d%s", stem, n, end)
		}
		if err = writeNew(name, text); err == nil {
			return name, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return "", unwritten(name, err)
}

// Key takes a key while the choice is on the screen.
func (h *handover) Key(r *root, m tea.KeyPressMsg) (cmd tea.Cmd, left bool) {
	switch k := m.String(); {
	case k == "c", k == "m":
		return copyReport(r.dossier(h.scope), k == "m"), true
	case k == "w", k == "W":
		return writeReport(r.dossier(h.scope), k == "W", false), true
	case k == "j", k == "J":
		return writeReport(r.dossier(h.scope), k == "J", true), true
	case k == "a" && h.chosen != place{}:
		if h.scope == (place{}) {
			h.scope = h.chosen
		} else {
			h.scope = place{}
		}
		return nil, false
	case key.Matches(m, r.km.quit):
		return r.quit(), true
	}
	return nil, key.Matches(m, r.km.back) || key.Matches(m, r.km.report)
}

func (h *handover) Resize(int, int) {}

func (h *handover) Paint(th theme) { h.th = th }

func (h *handover) Typing() bool { return false }

func (h *handover) Foot(r *root) string { return " " + keyed(r.km.back) + "   " + keyed(r.km.quit) }

// View draws the choice in a rectangle.
func (h *handover) View(w, height int) []string {
	if w <= 0 {
		return pad(nil, w, height)
	}
	of, other, th := h.whole(), "of "+h.named(h.chosen)+" alone", h.th
	if h.scope != (place{}) {
		of, other = h.named(h.scope)+" in "+h.scope.Region, "of "+h.whole()
	}
	lines := []string{th.title.of(fit(" Incident report: "+of, w))}
	if h.trying {
		lines = append(lines, para(th.doubt, " The what-if is not in it: it tells what is.", w)...)
	}
	if height >= leastAiry {
		lines = append(lines, strings.Repeat(" ", w))
	}
	for _, c := range []struct{ key, text string }{
		{"c", "copy it as Markdown"}, {"m", "copy it, callers' addresses masked"},
		{"w", "write it to a file in this directory"}, {"W", "write it, masked"},
		{"j", "write it as JSON, for programs"}, {"J", "write it as JSON, masked"}, {"a", other},
	} {
		if c.key == "a" && h.chosen == (place{}) {
			continue
		}
		lines = append(lines, entry(" "+c.key, th.accent, 3, c.text, th.plain, w)...)
	}
	if height >= leastAiry {
		lines = append(lines, strings.Repeat(" ", w))
	}
	return pad(append(lines, para(th.dim, " No token is in it. why401 report writes the same without the screen.", w)...), w, height)
}

// whole is what there is besides one service.
func (h *handover) whole() string {
	if h.several {
		return "all projects"
	}
	return "the whole project"
}

// named is a service's name: with its project where there are several.
func (h *handover) named(at place) string {
	if h.several {
		return at.Project + "/" + at.Service
	}
	return at.Service
}

// handOver begins the choice: of the selected service, or of the project where every service is shown.
func (r *root) handOver() tea.Cmd {
	s, ok := r.follow()
	h := &handover{th: r.th, trying: r.token.trying() > 0, several: len(r.names()) > 1}
	if ok {
		h.chosen = whereIs(s)
	}
	if h.scope = h.chosen; r.at == onRefused && r.refused.everyService() {
		h.scope = place{}
	}
	r.cover(h)
	if f := &r.fronting; f.client != nil {
		return f.askFronts(r.ctx, f.client, r.time) // which the report tells too
	}
	return nil
}

// reportCopied takes a report for the clipboard.
func (r *root) reportCopied(m reportCopied) tea.Cmd {
	switch {
	case m.err != nil:
		return r.say(complaint(m.err))
	case m.name != "":
		return r.say(fmt.Sprintf("too long for a terminal's clipboard (%d bytes at most): written to %s", mostClipboard, m.name))
	}
	return tea.Batch(tea.SetClipboard(m.text), r.say(fmt.Sprintf("the report was sent to the terminal's clipboard, %d bytes", len(m.text))))
}

func (r *root) reportWritten(m reportWritten) tea.Cmd {
	if m.err != nil {
		return r.say(complaint(m.err))
	}
	return r.say("written to " + m.name)
}

// complaint is an error in one line with its next step.
func complaint(err error) string {
	text := clean(err.Error())
	var e *Error
	if errors.As(err, &e) && e.Hint != "" {
		text += "; " + clean(e.Hint)
	}
	return text
}

// dossier is what the screen knows, for a report of a service or, with the zero place, of the project.
func (r *root) dossier(scope place) *dossier {
	d := &dossier{
		project: r.project(), several: len(r.names()) > 1, demo: r.o.Demo, at: r.time, window: r.o.Since, scope: scope, services: r.services.listing.Services,
		policies: map[string]*gcp.Policy{}, failed: map[string]string{}, entries: slices.Clone(r.ring.entries), changes: r.history.List(), held: r.token.held(),
	}
	if d.several && scope.Project != "" {
		d.project = scope.Project
	} else if d.several {
		d.project = strings.Join(r.names(), ", ")
	}
	d.whole, d.until = r.refused.whole(d.at)
	d.gaps, d.logged = r.refused.missing(), r.refused.lastSeen()
	d.fronts, d.barred = r.fronting.handed()
	d.changed = r.stream != nil && r.stream.changesKnown(d.at)
	d.unread = r.unread()
	changed := map[place]bool{}
	for _, c := range d.changes {
		changed[whereWas(c)] = true
	}
	for _, s := range d.services {
		at := whereIs(s)
		state := r.policies[s.ID]
		if state == nil || at != scope && (scope != place{} || r.ring.of(at).total() == 0 && !changed[at]) {
			continue
		}
		if state.policy != nil {
			d.policies[s.ID] = r.inherited.join(state.policy)
		} else if state.err != nil {
			d.failed[s.ID] = described(state.err)
		}
	}
	return d
}

// unread says what a report lacks.
func (r *root) unread() (notes []string) {
	if err := r.services.err; err != nil {
		notes = append(notes, "the services as they are now: "+described(err))
	} else if !r.services.have {
		notes = append(notes, "the services: they are being listed")
	}
	for _, f := range r.services.listing.Failed {
		notes = append(notes, "the services of "+f.Region+": "+described(f.Err))
	}
	s := r.stream
	switch {
	case s == nil:
		return append(notes, "the log: there is no connection yet")
	case s.listErr != nil:
		notes = append(notes, "the log, or some of it: "+described(s.listErr))
	case s.known.IsZero():
		notes = append(notes, "the log: it is being read")
	}
	for _, g := range r.refused.gaps {
		if g.closed() {
			continue
		}
		notes = append(notes, "around "+g.Time.UTC().Format(time.DateTime)+": "+g.note)
	}
	return notes
}

// held is the token as it was judged without what-ifs; nil where none was.
func (p *tokenPane) held() *heldToken {
	if p.token == nil || !p.judged {
		return nil
	}
	return &heldToken{token: p.token, target: p.untried, report: p.plain, verdict: p.plain.Verdict()}
}
