package ui

import (
	"fmt"
	"strconv"
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

// groupOf is the key of an entry's group, clean.
func groupOf(e gcp.Entry) gcp.GroupKey {
	k := e.GroupKey()
	for _, s := range []*string{&k.Service, &k.Region, &k.Reason, &k.Method, &k.Path, &k.Caller} {
		*s = clean(*s)
	}
	return k
}

// fold makes the groups anew from the entries that the scope and the filter let through.
func (g *groups) fold(entries []*refusal, from, to time.Time) {
	var all gcp.Groups
	for _, e := range entries {
		if e.note == "" {
			all.Add(e.group, e.Time)
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
	case p.groups.listed() && p.groups.list.move(m.String()):
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
	{title: "/MIN", min: 5, max: 5, right: true, drop: 4},
	{title: "", min: 3, max: 3},
	{title: "WHO", min: 9, max: 9},
	{title: "SERVICE", min: 12, max: 20, drop: 5},
	{title: "REQUEST", min: 14, max: 30, flex: true},
	{title: "CALLER", min: 10, max: 14, drop: 3},
	{title: "WHY", min: 23, max: 34, drop: 2},
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
	cols := groupColumns
	if !p.everyService() {
		cols = withoutAt(cols, groupServiceColumn)
	}
	widths := columns(p.w, cols)
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

func (p *refusedPane) groupCells(g gcp.Group) []cell {
	th, k := p.th, g.Key
	request, why := k.Method+" "+k.Path, k.Reason
	if k.Other {
		request, why = "other requests", "too many kinds to tell apart"
	}
	return []cell{
		{count(g.Count), th.strong}, {fmt.Sprintf("%.1f", g.Rate), th.dim},
		{strconv.Itoa(k.Status), th.code(k.Status)}, {refuser(k.By), th.plain}, {k.Service, th.plain},
		{request, th.plain}, {k.Caller, th.dim}, {why, th.plain},
		{g.First.Local().Format(time.TimeOnly), th.dim}, {g.Last.Local().Format(time.TimeOnly), th.dim},
	}
}
