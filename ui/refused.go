package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"why401/gcp"
)

// refusedPane lists the refused requests, the newest at the bottom as a log is read. It draws from a ring that others fill;
// while it is paused, or scrolled back, what it shows stands still and new rows are counted.
type refusedPane struct {
	th     theme
	km     keyMap
	w, h   int
	list   list
	filter filter
	full   bool // zoomed: the selected entry is explained below the list

	groups groups
	ring   *ring
	past   *history
	counts tally      // of the scope
	chart  string     // refusals over the window, as bars
	began  string     // since when there are refusals, and after which change; "" where that is not known
	shown  []*refusal // what passes scope and filter, as of the last take
	chosen *refusal   // the selected entry, while not following
	detail scroll

	service place // the selected service; the zero value for none
	all     bool  // every service's, not the selected one's alone
	follow  bool
	paused  bool
	held    int // new rows since it was paused
	state   string
	gaps    []*refusal // where entries may be missing
	err     error
	window  time.Duration
	project string
}

// copied is what the copy keys put on the clipboard: the command that sends the selected request again, or its address in the
// Logs Explorer; "" where no entry is selected.
func (p *refusedPane) copied(address bool) string {
	if p.chosen == nil || p.chosen.note != "" {
		return ""
	}
	if address {
		return clean(p.chosen.ExplorerURL(p.project))
	}
	return clean(p.chosen.Curl())
}

func newRefusedPane(th theme, km keyMap, r *ring, past *history, window time.Duration) *refusedPane {
	return &refusedPane{th: th, km: km, filter: newFilter(), ring: r, past: past, follow: true, window: window}
}

func (p *refusedPane) SetSize(w, h int) { p.w, p.h = w, h; p.fit() }

// fit gives list and detail their lines.
func (p *refusedPane) fit() {
	h := p.h
	if p.full && !p.groups.listed() {
		h, _ = halves(p.h)
	}
	p.list.resize(len(p.shown), room(h, 1, len(p.lead()), len(p.foot())))
	if p.follow {
		p.list.to(p.list.n - 1)
	}
}

func (p *refusedPane) Typing() bool { return p.filter.typing }

func (p *refusedPane) Keys() []key.Binding {
	return []key.Binding{p.km.filter, p.km.groups, p.km.scope, p.km.pause, p.km.follow, p.km.again, p.km.address}
}

func (p *refusedPane) Title() (left, right string) {
	left = "Refused"
	if !p.everyService() {
		left += " " + p.th.glyph.sep + " " + p.service.name
	} else {
		left += " " + p.th.glyph.sep + " all services"
	}
	for _, c := range []struct{ n, status int }{{p.counts.s401, 401}, {p.counts.s403, 403}} {
		if c.n > 0 {
			left += fmt.Sprintf(" %s %d×%d", p.th.glyph.sep, c.n, c.status)
		}
	}
	if p.chart != "" {
		left += " " + p.chart
	}
	if f := p.filter.text(p.th.glyph); f != "" {
		left += " " + f
	}
	switch {
	case p.groups.listed():
		right = plural(len(p.groups.rows), "group") + ", enter opens"
	case p.groups.open != nil:
		right = "one group, esc goes back"
	case p.paused:
		right = fmt.Sprintf("paused, %s new", strconv.Itoa(p.held))
	case p.follow:
		right = "following"
	default:
		right = fmt.Sprintf("%d of %d, f follows", p.list.cursor+1, len(p.shown))
	}
	return left, right
}

func (p *refusedPane) Update(m tea.KeyPressMsg) tea.Cmd {
	switch {
	case p.filter.typing:
		if p.filter.update(m) {
			p.take()
		}
	case key.Matches(m, p.km.filter):
		p.filter.begin()
	case p.updateGroups(m):
	case key.Matches(m, p.km.back):
		p.filter.clear()
		p.take()
	case key.Matches(m, p.km.scope):
		p.all = !p.all
		p.take()
	case key.Matches(m, p.km.pause):
		p.paused, p.held = !p.paused, 0
		if !p.paused {
			p.take()
		}
	case key.Matches(m, p.km.follow):
		p.follow, p.paused, p.held = true, false, 0
		p.take()
	case m.String() == "J":
		p.detail.to(p.detail.top + 1)
	case m.String() == "K":
		p.detail.to(p.detail.top - 1)
	case p.list.move(m.String()):
		p.follow = p.list.cursor == p.list.n-1 && !p.paused
		p.detail.top = 0
		p.choose()
	}
	return nil
}

// Paste takes text while the filter is typed.
func (p *refusedPane) Paste(text string) {
	if p.filter.paste(text) {
		p.take()
	}
}

func (p *refusedPane) choose() {
	p.chosen = nil
	if p.list.cursor < len(p.shown) {
		p.chosen = p.shown[p.list.cursor]
	}
}

// scope says which service is selected; its refusals alone are shown unless all are wanted.
func (p *refusedPane) scope(at place) {
	if at == p.service {
		return
	}
	p.service = at
	if !p.all {
		p.follow, p.chosen, p.detail.top = true, nil, 0
		p.take()
	}
}

// arrived says that the ring has n more entries.
func (p *refusedPane) arrived(n int) {
	if p.paused {
		p.held += n
		return
	}
	p.take()
}

// take takes what the ring holds now into the list, and keeps the selection by entry.
func (p *refusedPane) take() {
	p.shown = p.shown[:0]
	scope, counts := p.service, p.ring.all
	if p.all {
		scope = place{}
	} else if scope != (place{}) {
		counts = p.ring.of(scope)
	}
	at := now()
	query := parseQuery(p.filter.words, at)
	inScope := func(e *refusal) bool { return scope == place{} || e.Service == scope.name && e.Region == scope.region }
	for _, e := range p.ring.entries {
		if inScope(e) && query.matches(e) && (p.groups.open == nil || e.group == *p.groups.open) {
			p.shown = append(p.shown, e)
		}
	}
	marks := slices.Clone(p.gaps)
	for _, c := range p.past.of(scope, at.Add(-p.window)) {
		if query.matches(c) {
			marks = append(marks, c)
		}
	}
	for _, m := range marks {
		i, _ := slices.BinarySearchFunc(p.shown, m, order)
		p.shown = slices.Insert(p.shown, i, m)
	}
	if p.groups.listed() {
		p.groups.fold(p.shown, at.Add(-p.window), at)
	}
	p.counts, p.chart = counts, spark(p.ring.buckets(at, p.window, inScope))
	p.began = ""
	// The first minute of the window is there in part only, and a window that is not read yet looks quiet.
	if from := at.Add(-p.window).Truncate(time.Minute).Add(time.Minute); p.state == "live" && len(p.gaps) == 0 {
		if b := gcp.Onset(p.ring.minutes(from, at, inScope), from.Local(), p.past.changes(scope)); b.Known {
			p.began = clean(b.Text)
		}
	}
	p.fit()
	if p.follow {
		p.choose()
		return
	}
	if p.chosen != nil {
		at, _ := slices.BinarySearchFunc(p.shown, p.chosen, order)
		p.list.to(at)
	}
	p.choose()
}

// tell takes the stream's state: a word for the empty list, the gaps, and the error behind it.
func (p *refusedPane) tell(state string, gaps []*refusal, err error) {
	same := slices.EqualFunc(p.gaps, gaps, func(a, b *refusal) bool { return a.note == b.note && a.Time.Equal(b.Time) })
	p.state, p.err, p.gaps = state, err, gaps
	if same || p.paused {
		p.fit()
		return
	}
	p.take()
}

var refusedColumns = []column{
	{title: "TIME", min: 8, max: 8},
	{title: "", min: 3, max: 3},
	{title: "WHO", min: 9, max: 9},
	{title: "SERVICE", min: 12, max: 20, drop: 3},
	{title: "REQUEST", min: 19, max: 36, flex: true},
	{title: "CALLER", min: 10, max: 20, drop: 4},
	{title: "WHY", min: 23, max: 40, drop: 2},
}

const serviceColumn = 3

// everyService says whether the list is not one service's alone.
func (p *refusedPane) everyService() bool { return p.all || p.service == place{} }

// columns are those of the scope: the service's name says nothing where all rows have the same.
func (p *refusedPane) columns() []column {
	if p.everyService() {
		return refusedColumns
	}
	return slices.Delete(slices.Clone(refusedColumns), serviceColumn, serviceColumn+1)
}

func (p *refusedPane) View(focused bool) []string {
	h, below := p.h, 0
	if p.full && !p.groups.listed() {
		h, below = halves(p.h)
	}
	lines := p.rows(focused, h)
	if below > 0 {
		lines = append(lines, p.th.frame.of(strings.Repeat(p.th.glyph.horizontal, p.w)))
		explained := p.explain()
		p.detail.resize(len(explained), below)
		lines = append(lines, p.detail.slice(explained, p.w)...)
	}
	return pad(lines, p.w, p.h)
}

func (p *refusedPane) rows(focused bool, h int) []string {
	if h <= 0 {
		return nil
	}
	if p.groups.listed() {
		return p.groupRows(focused, h)
	}
	foot := p.foot()
	if len(p.shown) == 0 {
		return pad(append(p.nothing(), foot...), p.w, h)
	}
	cols := p.columns()
	widths := columns(p.w, cols)
	head := make([]cell, len(cols))
	for i, c := range cols {
		head[i] = cell{c.title, p.th.dim}
	}
	lines := append(p.lead(), row(widths, cols, head, nil)+strings.Repeat(" ", room(p.w, used(widths))))
	from, to := p.list.visible()
	for at := from; at < to; at++ {
		lines = append(lines, p.line(widths, cols, p.shown[at], focused && at == p.list.cursor))
	}
	return pad(append(pad(lines, p.w, room(h, len(foot))), foot...), p.w, h)
}

func (p *refusedPane) line(widths []int, cols []column, e *refusal, selected bool) string {
	th := p.th
	if e.note != "" {
		sign, st := th.glyph.unknown, th.unknown
		if e.change != nil {
			sign, st = th.glyph.changed, th.accent
		}
		text := e.note
		if e.change != nil && p.everyService() {
			text = e.Service + ": " + text
		}
		text = fit(e.Time.Local().Format(time.TimeOnly)+" "+sign+"   "+text, p.w)
		if selected {
			return th.selected.of(text)
		}
		return st.of(text)
	}
	who := cell{refuser(e.by), th.plain}
	switch e.by {
	case gcp.App:
		who.style = th.accent
	case gcp.RefuserUnknown:
		who.style = th.unknown
	}
	cells := []cell{
		{e.Time.Local().Format(time.TimeOnly), th.dim}, {strconv.Itoa(e.Status), th.code(e.Status)}, who,
		{e.Service, th.plain}, {e.Method + " " + e.path, th.plain}, {e.caller, th.dim}, {e.short, th.plain},
	}
	if len(cols) < len(cells) {
		cells = slices.Delete(cells, serviceColumn, serviceColumn+1)
	}
	if selected {
		return th.selected.of(fit(row(widths, cols, plainly(cells), nil), p.w))
	}
	return row(widths, cols, cells, nil) + strings.Repeat(" ", room(p.w, used(widths)))
}

// nothing says why there is no row.
func (p *refusedPane) nothing() []string {
	th := p.th
	switch {
	case p.err != nil && len(p.ring.entries) == 0:
		return append(para(th.strong, "The request log could not be read.", p.w), problem(th, p.err, p.w)...)
	case p.state == "reading":
		return para(th.dim, "reading the last "+span(p.window)+th.glyph.ellipsis, p.w)
	case p.filter.on():
		return para(th.dim, "nothing matches "+p.filter.text(th.glyph)+"; esc shows all again", p.w)
	}
	of := "this service"
	if p.everyService() {
		of = "the project"
	}
	lines := para(th.plain, fmt.Sprintf("No 401 or 403 of %s in the request log of the last %s.", of, span(p.window)), p.w)
	return append(lines, para(th.dim, "Requests stopped by ingress (404) or by a load balancer are not in this log, nor what an exclusion filter drops.", p.w)...)
}

// lead is the line above the list: since when, and after what.
func (p *refusedPane) lead() []string {
	if p.began == "" || p.h < 6 {
		return nil
	}
	return []string{p.th.accent.of(fit(p.th.glyph.changed+" "+p.began, p.w))}
}

// foot is the error behind what the list lacks.
func (p *refusedPane) foot() []string {
	if p.w <= 0 || p.h < 3 {
		return nil
	}
	var lines []string
	if p.err != nil && len(p.shown) > 0 {
		text := clean(p.err.Error())
		if h := hint(p.err); h != "" {
			text += " " + p.th.glyph.sep + " " + h
		}
		lines = append(lines, p.th.bad.of(fit(text, p.w)))
	}
	return lines
}

// explain is the selected entry in plain words.
func (p *refusedPane) explain() []string {
	e, th := p.chosen, p.th
	if e == nil {
		return para(th.dim, "no entry is selected", p.w)
	}
	if e.change != nil {
		return p.explainChange(e)
	}
	if e.note != "" {
		return entry(th.glyph.unknown+" gap", th.unknown, checkWidth, e.note, th.plain, p.w)
	}
	r := e.Reason()
	who := map[gcp.Refuser]string{gcp.Platform: "Refused by Cloud Run. ", gcp.App: "Answered by the app. "}[e.by]
	lines := entry(strconv.Itoa(e.Status), th.code(e.Status), checkWidth, who+clean(r.Text), th.strong, p.w)
	add := func(label, text string) {
		if text != "" {
			lines = append(lines, entry(label, th.dim, checkWidth, clean(text), th.plain, p.w)...)
		}
	}
	add("Evidence", strings.ReplaceAll(strings.Join(r.Evidence, "; "), ".;", ";"))
	add("Proves", r.Proves)
	add("Not proven", r.NotProven)
	add("Next", r.Next)
	add("Again", clean(e.Curl()))
	add("Explorer", clean(e.ExplorerURL(p.project)))
	sourced := r.Confidence
	if r.Source != "" {
		sourced += ": " + r.Source
	}
	add("Confidence", sourced)
	add("Time", e.Time.Local().Format("2006-01-02 15:04:05.000 -0700"))
	add("Request", e.Method+" "+e.URL+" "+e.Protocol)
	add("Caller", strings.TrimSpace(e.RemoteIP+" "+e.UserAgent))
	add("Referer", e.Referer)
	add("Service", e.Service+" in "+e.Region+", revision "+e.Revision)
	add("Instance", e.Instance)
	add("Latency", e.Latency.String())
	add("Trace", e.Trace)
	add("Log text", e.Text)
	return lines
}

// span writes the window's length: 10s, 15m, 1h, 1h30m.
func span(d time.Duration) string {
	if d < time.Minute {
		return d.String()
	}
	return strings.TrimSuffix(strings.TrimSuffix(d.Truncate(time.Minute).String(), "0s"), "h0m") + map[bool]string{true: "h"}[d%time.Hour < time.Minute]
}
