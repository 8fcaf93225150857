package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"why401/gcp"
)

// groups is the other view of the refused requests: those that are alike folded into one row. A group opens to its entries.
type groups struct {
	on   bool
	list list
	rows []gcp.Group
	open *gcp.GroupKey // the group whose entries are listed; nil while the groups are
}

// listed says whether the groups are what stands in the pane.
func (g *groups) listed() bool { return g.on && g.open == nil }

// has is a test of whether an entry belongs to the group that is open; every one does where none is. It is to be asked of the same
// entries in the same order as fold was, since which groups give way to an "other" one depends on them.
func (g *groups) has() func(*refusal) bool {
	switch {
	case g.open == nil:
		return func(*refusal) bool { return true }
	case !g.open.Other:
		return func(e *refusal) bool { return e.group() == *g.open }
	}
	var all gcp.Groups
	return func(e *refusal) bool { return all.Add(e.group(), e.Time) == *g.open }
}

// fold makes the groups anew from the entries that the scope and the filter let through.
func (g *groups) fold(entries []*refusal, from, to time.Time) {
	var all gcp.Groups
	for _, e := range entries {
		if e.note == "" {
			all.Add(e.group(), e.Time)
		}
	}
	var chosen gcp.GroupKey
	if g.list.cursor < len(g.rows) {
		chosen = g.rows[g.list.cursor].Key
	}
	g.rows = all.List(from, to)
	for i, r := range g.rows {
		if r.Key == chosen {
			g.list.cursor = i
		}
	}
}

// update takes the keys of the groups, and says whether this was one.
func (p *refusedPane) updateGroups(m tea.KeyPressMsg) bool {
	switch {
	case key.Matches(m, p.km.groups):
		p.groups.on, p.groups.open = !p.groups.on, nil
		p.take()
	case p.groups.listed() && p.groups.list.move(p.km.motion(m)):
	default:
		return false
	}
	return true
}

// enterGroup opens the chosen group, and says whether there was one to open.
func (p *refusedPane) enterGroup() bool {
	if !p.groups.listed() || p.groups.list.cursor >= len(p.groups.rows) {
		return false
	}
	open := p.groups.rows[p.groups.list.cursor].Key
	p.groups.open = &open
	p.follow, p.chosen = true, nil
	p.take()
	return true
}

// leaveGroup goes back to the groups, and says whether one was open.
func (p *refusedPane) leaveGroup() bool {
	if p.groups.open == nil {
		return false
	}
	p.groups.open = nil
	p.take()
	return true
}

var groupColumns = []column{
	{title: "COUNT", min: 5, max: 6, right: true},
	{title: "/MIN", min: 5, max: 5, right: true, drop: 5},
	{title: "", min: 3, max: 3},
	{title: "WHO", min: 9, max: 9, drop: 1},
	{title: "SERVICE", min: leastService, max: mostService},
	{title: "REQUEST", min: leastRequest, max: 30, flex: true},
	{title: "CALLER", min: 10, max: 14, drop: 4},
	{title: "WHY", min: 23, max: 34, drop: 3},
	{title: "FIRST", min: 8, max: 8, drop: 7},
	{title: "LAST", min: 8, max: 8, drop: 6},
}

const groupServiceColumn = 4

// groupRows draws the groups.
func (p *refusedPane) groupRows(focused bool, h int) []string {
	if h <= 0 {
		return nil
	}
	th, foot := p.th, p.foot()
	if len(p.groups.rows) == 0 {
		return pad(append(p.nothing(), foot...), p.w, h)
	}
	cols := p.scoped(groupColumns, groupServiceColumn)
	widths := columns(p.w, cols)
	if h >= leastForGroup && slices.Contains(widths, 0) {
		foot = append([]string{p.groupLine()}, foot...)
	}
	lines := append(p.lead(), heading(th, widths, cols, p.w))
	p.groups.list.resize(len(p.groups.rows), room(h, 1, len(p.lead()), len(foot)))
	from, to := p.groups.list.visible()
	for at := from; at < to; at++ {
		cells := p.groupCells(p.groups.rows[at])
		if len(cols) < len(cells) {
			cells = withoutAt(cells, groupServiceColumn)
		}
		lines = append(lines, tableRow(th, widths, cols, cells, focused && at == p.groups.list.cursor, p.w))
	}
	return pad(append(pad(lines, p.w, room(h, len(foot))), foot...), p.w, h)
}

// leastForGroup is how high a list of groups must be to have a line for the selected one.
const leastForGroup = 5

// groupLine says of the selected group what the columns have no room for.
func (p *refusedPane) groupLine() string {
	if p.groups.list.cursor >= len(p.groups.rows) {
		return fit("", p.w)
	}
	g := p.groups.rows[p.groups.list.cursor]
	parts := []string{"first " + g.First.Local().Format(time.TimeOnly) + ", last " + g.Last.Local().Format(time.TimeOnly)}
	for _, text := range []string{g.Key.Caller, strings.TrimSpace(g.Key.Method + " " + g.Key.Path), g.Key.Reason} {
		if text != "" && !g.Key.Other {
			parts = append(parts, text)
		}
	}
	return p.th.dim.of(fit(strings.Join(parts, " "+p.th.glyph.sep+" "), p.w))
}

func (p *refusedPane) groupCells(g gcp.Group) []cell {
	th, k := p.th, g.Key
	request, who, why := k.Method+" "+k.Path, refuser(k.By), k.Reason
	if k.Other {
		request, who, why = "other requests", "", "too many kinds to tell apart"
	}
	return []cell{
		{p.listed().count(g.Count), th.strong}, {perMinute(g.Rate), th.dim},
		{strconv.Itoa(k.Status), th.code(k.Status)}, {who, th.plain}, {p.named(k.Project, k.Service), th.plain},
		{request, th.plain}, {k.Caller, th.dim}, {why, th.plain},
		{g.First.Local().Format(time.TimeOnly), th.dim}, {g.Last.Local().Format(time.TimeOnly), th.dim},
	}
}

// perMinute shows a rate in at most five cells.
func perMinute(rate float64) string {
	if rate >= 100 {
		return count(int(rate + 0.5))
	}
	return strconv.FormatFloat(rate, 'f', 1, 64)
}
