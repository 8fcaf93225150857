package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"why401/gcp"
)

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

// columns are those of the scope: the service's name says nothing where all rows have the same.
func (p *refusedPane) columns() []column {
	if p.everyService() {
		return refusedColumns
	}
	return withoutAt(refusedColumns, serviceColumn)
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
	if p.marked && p.filter.on() && p.query.matches(e) {
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

// lead is what stands above the list: since when there are refusals and after what; zoomed, the chart with the changes marked.
func (p *refusedPane) lead() []string {
	var lines []string
	if p.full && p.h >= 20 && p.chart != "" {
		lines = p.timeline()
	}
	if p.began != "" && p.h >= 6 {
		lines = append(lines, p.th.accent.of(fit(p.th.glyph.changed+" "+p.began, p.w)))
	}
	return lines
}

// timeline is the window's chart over the whole width, and below it a mark where something was changed.
func (p *refusedPane) timeline() []string {
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
