package ui

import (
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"why401/gcp"
)

// frontRequests lists what was refused in front of one service: the causes, and of the one that is opened each request, with the way
// of the selected one hop by hop. It stands still as it was opened; what comes later is there when it is opened again.
type frontRequests struct {
	th   theme
	km   keyMap
	w, h int

	service string              // clean
	hued    func(string) string // draws a title that names it
	v       inFront
	runs    map[string]*refusal // Cloud Run's own entries of the service, by traceID

	groups  list
	open    bool // one group's entries are listed
	entries list
	detail  scroll // the way of the selected one
	shown   []gcp.FrontEntry
}

// openFront shows what was refused in front of the selected service, and says whether there is any.
func (r *root) openFront() bool {
	v := r.access.front
	if !r.access.have || len(v.groups) == 0 {
		return false
	}
	s := r.access.service
	hued := func(line string) string { return r.access.hued(r.th.title.of(line), s, r.th.title) }
	r.cover(&frontRequests{th: r.th, km: r.km, service: r.access.named(s), hued: hued, v: v, runs: r.traced(s)})
	return true
}

// opensFront is what to press for it on the Access pane: the first enter takes the pane alone.
func (r *root) opensFront() string {
	enter := r.km.zoom.Help().Key
	if r.zoom || enter == "" {
		return enter
	}
	return enter + " " + enter
}

func (p *frontRequests) Resize(w, h int) {
	p.w, p.h = room(w, 2), h
	p.groups.resize(len(p.v.groups), room(h, frontHead))
	p.fit()
}

// fit shares the room out: the entries get a few lines at least, the selected one's way what it needs, then the entries the rest.
func (p *frontRequests) fit() {
	if len(p.shown) == 0 {
		return
	}
	n := len(p.way())
	below := room(p.h, frontHead, 1)
	p.entries.resize(len(p.shown), clamp(room(below, n), min(len(p.shown), max(below/3, 1)), len(p.shown)))
	p.detail.resize(n, room(below, p.entries.h))
}

// frontHead is how many lines stand above the rows: what it is, and the heading.
const frontHead = 3

func (p *frontRequests) Paint(th theme) { p.th = th }

func (p *frontRequests) Typing() bool { return false }

func (p *frontRequests) Foot(*root) string {
	keys := []string{p.km.zoom.Help().Key + " opens the cause", keyed(p.km.back), p.km.arrows() + " choose", keyed(p.km.quit)}
	if p.open {
		keys = keys[1:]
		if p.run() != nil {
			keys = append([]string{p.km.zoom.Help().Key + " Cloud Run's own"}, keys...)
		}
		if p.detail.n > p.detail.h {
			keys = append([]string{p.km.detailUp.Help().Key + " " + p.km.detailDown.Help().Key + " the way"}, keys...)
		}
	}
	return " " + strings.Join(keys, "   ")
}

func (p *frontRequests) Key(r *root, m tea.KeyPressMsg) (cmd tea.Cmd, left bool) {
	switch {
	case key.Matches(m, r.km.quit):
		return r.quit(), false
	case key.Matches(m, r.km.back) && p.open:
		p.open = false
	case key.Matches(m, r.km.back):
		return nil, true
	case key.Matches(m, r.km.zoom) && p.open:
		run := p.run()
		if run == nil {
			return r.say("no entry of this trace among those read of Cloud Run's log"), false
		}
		r.zoom = true // which explains the entry
		r.focus(onRefused)
		r.refused.goTo(run)
		return nil, true
	case key.Matches(m, r.km.zoom):
		p.enter()
	case p.open:
		switch {
		case key.Matches(m, r.km.detailDown):
			p.detail.to(p.detail.top + 1)
		case key.Matches(m, r.km.detailUp):
			p.detail.to(p.detail.top - 1)
		case p.entries.move(r.km.motion(m)):
			p.detail.to(0)
			p.fit()
		}
	default:
		p.groups.move(r.km.motion(m))
	}
	return nil, false
}

// enter opens the selected cause.
func (p *frontRequests) enter() {
	g := p.v.groups[p.groups.cursor]
	p.shown = p.shown[:0]
	for _, e := range p.v.entries {
		if g.Has(e) {
			p.shown = append(p.shown, e)
		}
	}
	p.open, p.entries = len(p.shown) > 0, list{}
	p.detail.to(0)
	p.fit()
}

// selected is the entry under the cursor.
func (p *frontRequests) selected() gcp.FrontEntry { return p.shown[p.entries.cursor] }

// run is Cloud Run's own entry of the selected request; nil where none is among those that were read.
func (p *frontRequests) run() *refusal {
	e := p.selected()
	if run := p.runs[traceID(clean(e.Trace))]; e.Trace != "" && run != nil && e.Same(run.Entry) {
		return run
	}
	return nil
}

func (p *frontRequests) View(w, h int) []string {
	th := p.th
	var lines []string
	if p.open {
		g := p.v.groups[p.groups.cursor]
		lines = append(lines, p.hued(fit(fmt.Sprintf("%d × %d by %s before %s", g.Count, g.Status, g.By, p.service), p.w)), th.dim.of(fit(clean(g.Short), p.w)))
		lines = append(lines, p.entryRows()...)
		lines = append(append(lines, strings.Repeat(" ", p.w)), p.detail.slice(p.way(), p.w)...)
	} else {
		lines = append(lines, p.hued(fit("Refused in front of "+p.service, p.w)), th.dim.of(fit(p.extent(), p.w)))
		lines = append(lines, p.groupRows()...)
	}
	lines = pad(lines, p.w, h)
	for i := range lines {
		lines[i] = " " + lines[i] + " "
		if w < 2 {
			lines[i] = strings.Repeat(" ", max(w, 0))
		}
	}
	return lines
}

// extent says of when the entries are, and whether they are all.
func (p *frontRequests) extent() string {
	text := fmt.Sprintf("%d in %s, read at %s", p.v.refused, span(p.v.window), p.v.logAt.Local().Format(time.TimeOnly))
	if p.v.more {
		text += fmt.Sprintf("; only the newest %d of all load balancers", frontLogLimit)
	}
	return text + "; only what a load balancer logs, perhaps a sample"
}

var frontGroupColumns = []column{
	{title: "COUNT", min: 5, max: 6, right: true},
	{title: "", min: 3, max: 3},
	{title: "WHO", min: 11, max: 17},
	{title: "WHY", min: 12, max: 60, flex: true},
	{title: "RULE", min: 10, max: 40, drop: 2},
	{title: "LAST", min: 8, max: 8, drop: 1},
}

func (p *frontRequests) groupRows() []string {
	th := p.th
	widths := columns(p.w, frontGroupColumns)
	lines := []string{heading(th, widths, frontGroupColumns, p.w)}
	from, to := p.groups.visible()
	for i := from; i < to; i++ {
		g := p.v.groups[i]
		rule := ""
		if g.Policy != "" {
			rule = clean(g.Newest.Rule())
		}
		cells := []cell{
			{count(g.Count), th.plain}, {fmt.Sprint(g.Status), th.code(g.Status)}, {g.By.String(), th.plain}, {clean(g.Short), th.plain},
			{rule, th.dim}, {g.Newest.Time.Local().Format(time.TimeOnly), th.dim},
		}
		lines = append(lines, tableRow(th, widths, frontGroupColumns, cells, i == p.groups.cursor, p.w))
	}
	return lines
}

var frontEntryColumns = []column{
	{title: "TIME", min: 8, max: 8},
	{title: "", min: 3, max: 3},
	{title: "REQUEST", min: 24, max: 32, flex: true},
	{title: "CLIENT", min: 10, max: 22, drop: 1},
	{title: "DETAILS", min: 25, max: 32, drop: 3},
	{title: "RULE", min: 24, max: 30, drop: 2},
}

func (p *frontRequests) entryRows() []string {
	th := p.th
	widths := columns(p.w, frontEntryColumns)
	lines := []string{heading(th, widths, frontEntryColumns, p.w)}
	from, to := p.entries.visible()
	for i := from; i < to; i++ {
		e := p.shown[i]
		cells := []cell{
			{e.Time.Local().Format(time.TimeOnly), th.dim}, {fmt.Sprint(e.Status), th.code(e.Status)}, {clean(e.Method + " " + e.Path()), th.plain}, {clean(e.Caller()), th.plain},
			{clean(e.Details), th.dim}, {clean(e.Rule()), th.dim},
		}
		lines = append(lines, tableRow(th, widths, frontEntryColumns, cells, i == p.entries.cursor, p.w))
	}
	return lines
}

// way is the selected request hop by hop, with what its row may have no room for.
func (p *frontRequests) way() []string {
	e, d := p.selected(), frontDrawing{th: p.th, full: true, w: p.w}
	run := p.run()
	var own *gcp.Entry
	if run != nil {
		own = &run.Entry
	}
	from := clean(e.Caller())
	if ip := clean(e.RemoteIP); ip != "" && ip != from {
		from += ", " + ip
	}
	details := clean(e.Details)
	if details == "" {
		details = "none in the entry"
	}
	if rule := clean(e.Rule()); rule != "" {
		details += " " + p.th.glyph.sep + " " + rule
	}
	var lines []string
	for i, h := range e.Hops(way(p.v.ways, e), own) {
		lines = append(lines, d.hop(first(i, "Way"), h)...)
	}
	if run != nil {
		lines = append(lines, d.line("", p.th.dim, p.km.zoom.Help().Key+" goes to Cloud Run's own entry of this request", p.th.accent)...)
	}
	return append(append(lines, d.line("Details", p.th.dim, details, p.th.plain)...), d.line("Client", p.th.dim, from, p.th.plain)...)
}

// traced are Cloud Run's own entries of a service that the ring holds, by the last part of their trace.
func (r *root) traced(s gcp.Service) map[string]*refusal {
	at := whereIs(s)
	out := map[string]*refusal{}
	for _, x := range r.ring.entries {
		if x.Place() == at && x.Trace != "" {
			out[traceID(x.Trace)] = x
		}
	}
	return out
}
