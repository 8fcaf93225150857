package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"why401/gcp"
)

var refusedColumns = []column{
	{title: "TIME", min: 8, max: 8},
	{title: "", min: 3, max: 3},
	{title: "WHO", min: 9, max: 9, drop: 1},
	{title: "SERVICE", min: leastService, max: mostService},
	{title: "REQUEST", min: 19, max: 36, flex: true},
	{title: "CALLER", min: 10, max: 20, drop: 4},
	{title: "WHY", min: 23, max: 40, drop: 2},
}

// serviceColumn is followed by the one of the request.
const serviceColumn = 3

// Of a service's name so much is shown, and so much of the request beside it at least.
const leastService, mostService, leastRequest = 12, 20, 14

// mostNamed is how much of a name with its project is shown.
const mostNamed = 32

// mostName is how much of a service's name is shown, where there is room.
func (p *refusedPane) mostName() int {
	if p.several {
		return mostNamed
	}
	return mostService
}

// columns are those of the scope: the service's name says nothing where all rows have the same.
func (p *refusedPane) columns() []column {
	return p.scoped(refusedColumns, serviceColumn)
}

// scoped are columns with the service's name as wide as it must be, at the cost of the request, or without it.
func (p *refusedPane) scoped(cols []column, service int) []column {
	if !p.everyService() {
		cols = withoutAt(cols, service)
		for i := range cols {
			if cols[i].title == "WHO" {
				cols[i].drop = 0
			}
		}
		return cols
	}
	cols = slices.Clone(cols)
	cols[service].max = clamp(p.longest, len("SERVICE"), p.mostName())
	cols[service].min = min(cols[service].max, leastService)
	cols[service+1].min = leastRequest
	return cols
}

func (p *refusedPane) View(focused bool) []string {
	h, below := p.heights()
	lines := p.rows(focused, h)
	if below > 0 {
		explained := p.explain()
		p.detail.resize(len(explained), below)
		lines = append(lines, p.divider())
		lines = append(lines, p.detail.slice(explained, p.w)...)
	}
	return pad(lines, p.w, p.h)
}

// divider stands between the list and the explanation, and says how much more there is of that.
func (p *refusedPane) divider() string {
	th, d := p.th, p.detail
	text := ""
	if d.n > d.h {
		text = fmt.Sprintf(" lines %d-%d of %d, %s scrolls ", d.top+1, min(d.top+d.h, d.n), d.n, p.km.details().Help().Key)
	}
	if width(text)+4 > p.w {
		text = ""
	}
	line := strings.Repeat(th.glyph.horizontal, room(p.w, width(text), min(2, p.w)))
	if text == "" {
		return th.frame.of(strings.Repeat(th.glyph.horizontal, p.w))
	}
	return th.frame.of(line) + th.dim.of(text) + th.frame.of(strings.Repeat(th.glyph.horizontal, 2))
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
	lines := append(p.lead(), heading(p.th, widths, cols, p.w))
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
		} else if e.closed() {
			sign, st = th.glyph.skip, th.dim
		}
		text := e.note
		if e.change != nil && p.everyService() {
			text = p.named(e.Project, e.Service) + ": " + text
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
		{p.named(e.Project, e.Service), th.plain}, {e.Method + " " + e.Path(), th.plain}, {e.caller, th.dim}, {e.short, th.plain},
	}
	if p.marking() && p.filter.on() && p.query.matches(e) {
		cells[0].style = th.badge
	}
	if len(cols) < len(cells) {
		cells = withoutAt(cells, serviceColumn)
	}
	return tableRow(th, widths, cols, cells, selected, p.w)
}

// nothing says why there is no row.
func (p *refusedPane) nothing() []string {
	th := p.th
	switch {
	case p.log == logUnread:
		return append(para(th.strong, "The request log could not be read.", p.w), trouble(th, p.err, p.w, room(p.h, 1))...)
	case p.log == logReading:
		return para(th.dim, "reading the last "+span(p.window)+th.glyph.ellipsis, p.w)
	case p.filter.on():
		lines := para(th.dim, "nothing matches "+p.filter.text(th.glyph)+"; "+p.km.back.Help().Key+" shows all again", p.w)
		if p.query.doubt != "" {
			lines = append(lines, para(th.doubt, p.query.doubt, p.w)...)
		}
		return lines
	case p.groups.open != nil:
		return para(th.dim, "nothing of this group is left in the last "+span(p.window)+"; "+p.km.back.Help().Key+" goes back to the groups", p.w)
	}
	of, since := "this service", "of the last "+span(p.window)
	if p.everyService() {
		of = "the project"
	}
	if from := p.taken.Add(-p.window); p.known.Sub(from) > time.Second {
		since = "since " + p.known.Local().Format("15:04") + ", before which it is not read yet"
	} else if p.log == logPart {
		since += ", which is not wholly read"
	}
	lines := para(th.plain, fmt.Sprintf("No 401 or 403 of %s in the request log %s.", of, since), p.w)
	if text := p.silent(); text != "" {
		lines = append(lines, para(th.doubt, text, p.w)...)
	}
	return append(lines, para(th.dim, "Requests stopped by ingress (404) or by a load balancer are not in this log, nor what an exclusion filter drops.", p.w)...)
}

// lead is what stands above the list: since when there are refusals and after what; zoomed, the chart with the changes marked.
func (p *refusedPane) lead() []string {
	lines := slices.Clone(p.drawn)
	if p.query.doubt != "" && p.filter.on() && p.h >= 4 {
		lines = append(lines, p.th.doubt.of(fit(p.query.doubt, p.w)))
	}
	if p.began != "" && p.h >= 6 {
		lines = append(lines, p.th.accent.of(fit(p.th.glyph.changed+" "+p.began, p.w)))
	}
	return lines
}

// leastTimeline is how high a zoomed pane must be to have its timeline.
const leastTimeline = 16

// timeline is the window's chart over the whole width, and below it a mark where something was changed.
func (p *refusedPane) timeline() []string {
	if !p.full || p.h < leastTimeline || p.chart == "" {
		return nil
	}
	th, from := p.th, p.taken.Add(-p.window)
	left, right := from.Local().Format("15:04 "), p.taken.Local().Format(" 15:04")
	n := clamp(int(p.window/time.Minute), 1, max(room(p.w, width(left), width(right)), 1))
	wide := max(room(p.w, width(left), width(right))/n, 1)
	step := p.window / time.Duration(n)
	counts, marks := make([]int, n), make([]bool, n)
	for _, e := range p.shown {
		i := clamp(int(e.Time.Sub(from)/step), 0, n-1)
		switch {
		case e.change != nil:
			marks[i] = true
		case e.note == "":
			counts[i]++
		}
	}
	var bars, signs strings.Builder
	for i, r := range []rune(spark(counts)) {
		bars.WriteString(strings.Repeat(string(r), wide))
		sign := " "
		if marks[i] {
			sign = th.glyph.changed
		}
		signs.WriteString(sign + strings.Repeat(" ", wide-1))
	}
	if bars.Len() == 0 {
		return nil
	}
	rest := room(p.w, width(left), width(right), n*wide)
	lines := []string{th.dim.of(left) + th.bad.of(bars.String()) + th.dim.of(fit(right, width(right)+rest))}
	if strings.TrimSpace(signs.String()) != "" {
		lines = append(lines, th.accent.of(fit(strings.Repeat(" ", width(left))+signs.String(), p.w)))
	}
	return lines
}

// foot is the error behind what the list lacks.
func (p *refusedPane) foot() []string {
	h, _ := p.heights()
	if p.err == nil || h < 3 || len(p.shown) == 0 && p.log == logUnread {
		return nil
	}
	return trouble(p.th, p.err, p.w, troubleRoom(h))
}

// explain is the selected entry in plain words.
func (p *refusedPane) explain() []string {
	e, th := p.explained, p.th
	if e == nil {
		return para(th.dim, "no entry is selected", p.w)
	}
	if e.change != nil {
		return p.explainChange(e)
	}
	if e.note != "" {
		return p.explainGap(e)
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
	if handed, ok := p.handed[traceID(e.Trace)]; ok && e.Trace != "" {
		for i, h := range handed.Hops(nil, &e.Entry) {
			add(first(i, "Way"), h.At+": "+h.Text)
		}
	}
	command, note := p.again(e)
	add("Again", command)
	add("", note)
	add("Explorer", clean(e.ExplorerURL(p.projectOf(e))))
	sourced := r.Confidence
	if r.Source != "" {
		sourced += ": " + r.Source
	}
	add("Confidence", sourced)
	add("Time", e.Time.Local().Format("2006-01-02 15:04:05.000 -0700"))
	add("Request", e.Method+" "+e.URL+" "+e.Protocol)
	add("Caller", strings.TrimSpace(e.RemoteIP+" "+e.UserAgent))
	add("Referer", e.Referer)
	add("Service", e.Service+" in "+e.Region+", project "+e.Project+", revision "+e.Revision)
	add("Instance", e.Instance)
	add("Latency", e.Latency.String())
	add("Sizes", bodies(e.Entry))
	add("Server", e.ServerIP)
	add("Trace", traced(e.Entry))
	add("Severity", e.Severity)
	add("Labels", e.Labels)
	add("Insert id", e.ID)
	if !e.Received.IsZero() {
		add("Received", e.Received.Local().Format("15:04:05.000")+", "+e.Received.Sub(e.Time).Round(time.Millisecond).String()+" later")
	}
	add("Log text", e.Text)
	return lines
}

// explainGap is a mark in full.
func (p *refusedPane) explainGap(e *refusal) []string {
	th := p.th
	if e.closed() {
		return entry(th.glyph.skip+" gap", th.dim, checkWidth, e.note, th.plain, p.w)
	}
	lines := entry(th.glyph.unknown+" gap", th.unknown, checkWidth, e.note, th.plain, p.w)
	if e.gap != nil {
		between := e.began().Local().Format(time.TimeOnly) + " and " + e.gap.to.Local().Format(time.TimeOnly)
		lines = append(lines, entry("Between", th.dim, checkWidth, between, th.plain, p.w)...)
	}
	return lines
}

// bodies are how large request and answer were, as far as that was logged.
func bodies(e gcp.Entry) string {
	var said []string
	if e.RequestSize > 0 {
		said = append(said, fmt.Sprintf("request %d bytes", e.RequestSize))
	}
	if e.ResponseSize > 0 {
		said = append(said, fmt.Sprintf("response %d bytes", e.ResponseSize))
	}
	return strings.Join(said, ", ")
}

// traced is the trace, the span in it, and whether there is anything to be found under it.
func traced(e gcp.Entry) string {
	if e.Trace == "" {
		return ""
	}
	text := e.Trace
	if e.Span != "" {
		text += ", span " + e.Span
	}
	if e.Sampled {
		return text + ", sampled"
	}
	return text + ", not sampled"
}

// span writes the window's length: 10s, 15m, 1h, 1h30m.
func span(d time.Duration) string {
	if d < time.Minute {
		return d.String()
	}
	return strings.TrimSuffix(strings.TrimSuffix(d.Truncate(time.Minute).String(), "0s"), "h0m") + map[bool]string{true: "h"}[d%time.Hour < time.Minute]
}
