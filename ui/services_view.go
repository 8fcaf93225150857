package ui

import (
	"fmt"
	"slices"
	"strings"

	"why401/gcp"
)

var serviceColumns = []column{
	{title: "NAME", min: 10, max: 40},
	{title: "REGION", min: 12, max: 24, drop: 2},
	{title: "PROJECT", min: 10, max: 30},
	{title: "DOOR", min: 8, max: 8},
	{title: "TOKEN", min: 7, max: 10},
	{title: "401", min: 4, max: 6, right: true},
	{title: "403", min: 4, max: 6, right: true},
	{title: "STATE", min: 8, max: 8, drop: chartDrop + 2},
	{title: "", min: fairChart, max: chartCells, drop: chartDrop},
}

// notKnown is gcp.Door.Brief of a door that is unknown.
const notKnown = "?"

// chartDrop is when the chart is given up.
const chartDrop = 3

// tokenColumn stands there while a token is held only, projectColumn where there are several projects; countColumn is the first of the
// two that count.
const projectColumn, tokenColumn, countColumn = 2, 4, 5

// columns are as wide as the longest name and region need, where there is room.
func (p *servicesPane) columns() []column {
	cols := slices.Clone(serviceColumns)
	cols[0].max, cols[1].max, cols[projectColumn].max = cols[0].min, cols[1].min, cols[projectColumn].min
	most := 0
	for i := range p.rows {
		most = max(most, p.rows[i].tally.s401, p.rows[i].tally.s403)
		cols[0].max = max(cols[0].max, width(p.rows[i].name))
		cols[1].max = max(cols[1].max, width(p.rows[i].region))
		cols[projectColumn].max = max(cols[projectColumn].max, width(p.rows[i].service.Project))
	}
	cols[projectColumn].min = min(cols[projectColumn].max, 12)
	// A number that is cut is another number.
	for i := countColumn; i < countColumn+2; i++ {
		cols[i].min = max(cols[i].min, width(p.log.count(min(most, 99_999))))
	}
	// Names are what people look for: the state's column goes before a name of common length is cut. A region that no name needs to be
	// told apart goes before the chart.
	cols[0].min = min(cols[0].max, 16)
	if !p.namesakes {
		cols[1].drop = chartDrop + 1
	}
	if p.trying {
		cols[tokenColumn].title = "NOW"
	}
	chart := len(cols) - 1
	cols[chart].title = span(p.window)
	if roomy := columns(room(p.w, 2), applying(cols, p.predicted, p.several())); roomy[len(roomy)-1] == 0 {
		cols[chart].min = leastChart
	}
	return applying(cols, p.predicted, p.several())
}

// applying leaves out the columns that do not apply.
func applying[T any](list []T, predicted, several bool) []T {
	if !predicted {
		list = withoutAt(list, tokenColumn)
	}
	if !several {
		list = withoutAt(list, projectColumn)
	}
	return list
}

// region names a region that did not answer: with its project where there are several, and the project where nothing of it did.
func (p *servicesPane) region(f gcp.RegionError) string {
	switch {
	case f.Region == "":
		return "all of " + clean(f.Project)
	case p.several():
		return clean(f.Region) + " of " + clean(f.Project)
	}
	return clean(f.Region)
}

func (p *servicesPane) View(focused bool) []string {
	if len(p.rows) == 0 {
		return p.nothing()
	}
	cols := p.columns()
	widths := columns(room(p.w, 2), cols)
	lines := []string{"  " + heading(p.th, widths, cols, room(p.w, 2))}
	if len(p.shown) == 0 {
		lines = append(lines, para(p.th.dim, "nothing matches "+p.filter.text(p.th.glyph)+"; "+p.km.back.Help().Key+" shows all again", p.w)...)
	}
	from, to := p.list.visible()
	hues := p.th.hues(p.projects)
	for at := from; at < to; at++ {
		lines = append(lines, p.line(widths, cols, hues, &p.rows[p.shown[at]], at == p.list.cursor, focused))
	}
	foot := p.foot()
	lines = pad(lines, p.w, room(p.h, len(foot)))
	return pad(append(lines, foot...), p.w, p.h)
}

// line draws one service.
func (p *servicesPane) line(widths []int, cols []column, hues map[string]style, r *serviceRow, selected, focused bool) string {
	th := p.th
	project := cutMiddle(clean(r.service.Project), widths[min(projectColumn, len(widths)-1)]) // what tells two apart often stands at the end
	door := r.door
	if !r.answered() && door == notKnown {
		door = th.glyph.ellipsis // it is being read, which is not the same as unknown
	}
	cells := []cell{
		{r.name, th.plain}, {r.region, th.dim}, {project, hues[r.service.Project]}, {door, p.doorStyle(r)}, {statusWord(r.verdict), th.code(r.verdict.Status)},
		{p.log.count(r.tally.s401), p.countStyle(r.tally.s401, th.bad)}, {p.log.count(r.tally.s403), p.countStyle(r.tally.s403, th.doubt)},
		p.state(r.service.State), {spark(narrowed(r.chart, widths[len(widths)-1])), th.bad},
	}
	cells = applying(cells, p.predicted, p.several())
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
	case !r.answered() && r.door == notKnown:
		return p.th.dim
	case r.door == notKnown, r.doorErr:
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
		lines := append(para(p.th.strong, "The services could not be listed.", p.w), trouble(p.th, p.err, p.w, room(p.h, 1))...)
		return pad(append(lines, para(p.th.dim, p.km.refresh.Help().Key+" tries again; it is tried again by itself.", p.w)...), p.w, p.h)
	case !p.have:
		text := "listing services" + p.th.glyph.ellipsis
		if n := p.part.Regions; n > 0 {
			text = fmt.Sprintf("listing services%s %d of %s answered", p.th.glyph.ellipsis, p.part.Answered, plural(n, "region"))
		}
		return pad(append(para(p.th.dim, text, p.w), p.foot()...), p.w, p.h)
	}
	lines := para(p.th.plain, fmt.Sprintf("No Cloud Run services in the %d regions that answered.", p.listing.Regions-len(p.listing.Failed)), p.w)
	return pad(append(lines, p.foot()...), p.w, p.h)
}

// foot names what is missing from the list: regions that failed, an error of the last refresh.
func (p *servicesPane) foot() []string {
	if p.w <= 0 || len(p.rows) == 0 && p.err != nil {
		return nil
	}
	most := troubleRoom(p.h)
	var lines []string
	if p.err != nil && p.have {
		lines = trouble(p.th, p.err, p.w, most) // the title says how old the list is
	}
	if p.log == logUnread && p.err == nil {
		// Where one pane is seen at a time, nothing else here says so.
		lines = append(lines, para(p.th.unknown, "401/403 unknown: log not read, see "+p.km.four.Help().Key, p.w)...)
	}
	if n := len(p.listing.Failed); n > 0 {
		var names []string
		for _, f := range p.listing.Failed {
			name := p.region(f)
			if at, known := p.heard[spotOf(f)]; known {
				name += " (" + asOf(at) + ")"
			}
			names = append(names, name)
		}
		text := fmt.Sprintf("unknown: %s did not answer: %s", plural(n, "region"), strings.Join(names, ", "))
		named := para(p.th.unknown, text, p.w)
		if len(named) > 2 && len(named) > most/2 {
			named = para(p.th.unknown, cut(text, 2*p.w-2), p.w)
		}
		lines = append(lines, named...)
		if f := p.listing.Failed[0]; f.Err != nil && p.err == nil {
			lines = append(lines, trouble(p.th, f.Err, p.w, room(most, len(named)))...)
		}
	}
	return lines[:min(len(lines), most)]
}
