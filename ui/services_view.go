package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"why401/gcp"
)

var serviceColumns = []column{
	{title: "NAME", min: 10, max: 40},
	{title: "REGION", min: 12, max: 24, drop: 2},
	{title: "DOOR", min: 8, max: 8},
	{title: "TOKEN", min: 7, max: 10},
	{title: "401", min: 4, max: 6, right: true},
	{title: "403", min: 4, max: 6, right: true},
	{title: "STATE", min: 8, max: 8, drop: 3},
	{title: "WINDOW", min: chartCells, max: chartCells, drop: 4},
}

// tokenColumn stands there while a token is held only.
const tokenColumn = 3

// columns are as wide as the longest name and region need, where there is room.
func (p *servicesPane) columns() []column {
	cols := slices.Clone(serviceColumns)
	cols[0].max, cols[1].max = cols[0].min, cols[1].min
	for i := range p.rows {
		cols[0].max = max(cols[0].max, width(p.rows[i].name))
		cols[1].max = max(cols[1].max, width(p.rows[i].region))
	}
	// Names are what people look for: the state's column goes before a name of common length is cut.
	cols[0].min = min(cols[0].max, 16)
	if !p.predicted {
		cols = withoutAt(cols, tokenColumn)
	}
	return cols
}

func (p *servicesPane) View(focused bool) []string {
	if len(p.rows) == 0 {
		return p.nothing()
	}
	cols := p.columns()
	widths := columns(room(p.w, 2), cols)
	lines := []string{"  " + heading(p.th, widths, cols, room(p.w, 2))}
	if len(p.shown) == 0 {
		lines = append(lines, para(p.th.dim, "nothing matches "+p.filter.text(p.th.glyph)+"; esc shows all again", p.w)...)
	}
	from, to := p.list.visible()
	for at := from; at < to; at++ {
		lines = append(lines, p.line(widths, cols, &p.rows[p.shown[at]], at == p.list.cursor, focused))
	}
	foot := p.foot()
	lines = pad(lines, p.w, room(p.h, len(foot)))
	return pad(append(lines, foot...), p.w, p.h)
}

// line draws one service.
func (p *servicesPane) line(widths []int, cols []column, r *serviceRow, selected, focused bool) string {
	th := p.th
	cells := []cell{
		{r.name, th.plain}, {r.region, th.dim}, {r.door, p.doorStyle(r)}, {statusWord(r.verdict), th.code(r.verdict.Status)},
		{count(r.tally.s401), p.countStyle(r.tally.s401, th.bad)}, {count(r.tally.s403), p.countStyle(r.tally.s403, th.doubt)},
		p.state(r.service.State), {r.chart, th.bad},
	}
	if !p.predicted {
		cells = withoutAt(cells, tokenColumn)
	}
	sign, signStyle := p.sign(r.service.State)
	if selected && focused {
		return th.selected.of(th.glyph.cursor+sign) + tableRow(th, widths, cols, cells, true, room(p.w, 2))
	}
	mark := " " + signStyle.of(sign)
	if selected {
		mark = th.accent.of(th.glyph.cursor) + signStyle.of(sign)
		cells[0].style = th.strong
	}
	return mark + tableRow(th, widths, cols, cells, false, room(p.w, 2))
}

// sign marks a service that is not ready, also where the column that says so in words has no room.
func (p *servicesPane) sign(s gcp.State) (string, style) {
	switch s {
	case gcp.StateReconciling:
		return p.th.glyph.warn, p.th.doubt
	case gcp.StateFailed:
		return p.th.glyph.fail, p.th.bad
	}
	return " ", p.th.plain
}

func (p *servicesPane) doorStyle(r *serviceRow) style {
	switch {
	case r.doorErr || !r.doorKnown:
		return p.th.unknown
	case r.door == "public":
		return p.th.good
	}
	return p.th.plain
}

func (p *servicesPane) countStyle(n int, st style) style {
	if n == 0 {
		return p.th.dim
	}
	return st
}

func (p *servicesPane) state(s gcp.State) cell {
	switch s {
	case gcp.StateReady:
		return cell{"ready", p.th.dim}
	case gcp.StateReconciling:
		return cell{"changing", p.th.doubt}
	case gcp.StateFailed:
		return cell{"failed", p.th.bad}
	}
	return cell{"unknown", p.th.unknown}
}

// nothing explains why there is no row: that is never the same as an empty list.
func (p *servicesPane) nothing() []string {
	switch {
	case p.err != nil:
		lines := append(para(p.th.strong, "The services could not be listed.", p.w), problem(p.th, p.err, p.w)...)
		return pad(append(lines, para(p.th.dim, "r tries again; it is tried again by itself every minute.", p.w)...), p.w, p.h)
	case !p.have:
		return pad(para(p.th.dim, "listing services in all regions"+p.th.glyph.ellipsis, p.w), p.w, p.h)
	}
	lines := para(p.th.plain, fmt.Sprintf("No Cloud Run services in the %d regions that answered.", p.listing.Regions-len(p.listing.Failed)), p.w)
	return pad(append(lines, p.foot()...), p.w, p.h)
}

// foot names what is missing from the list: regions that failed, an error of the last refresh.
func (p *servicesPane) foot() []string {
	if p.w <= 0 || len(p.rows) == 0 && p.err != nil {
		return nil
	}
	var lines []string
	if p.err != nil && p.have {
		text := "as of " + p.asOf.Format(time.TimeOnly) + ": " + clean(p.err.Error())
		lines = append(lines, p.th.bad.of(fit(text, p.w)))
		if h := hint(p.err); h != "" {
			lines = append(lines, p.th.accent.of(fit(h, p.w)))
		}
	}
	if n := len(p.listing.Failed); n > 0 {
		var names []string
		for _, f := range p.listing.Failed {
			names = append(names, clean(f.Region))
		}
		text := fmt.Sprintf("unknown: %s did not answer: %s", plural(n, "region"), strings.Join(names, ", "))
		lines = append(lines, para(p.th.unknown, text, p.w)...)
		if f := p.listing.Failed[0]; f.Err != nil {
			lines = append(lines, para(p.th.plain, clean(f.Err.Cause()), p.w)...)
			lines = append(lines, para(p.th.accent, clean(f.Err.Hint), p.w)...)
		}
	}
	if len(lines) > p.h/2 {
		lines = lines[:p.h/2]
	}
	return lines
}
