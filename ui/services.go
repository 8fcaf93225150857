package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"why401/gcp"
	"why401/token"
)

// servicesPane lists the project's services. The selection is kept by id, so a refresh, a new order or a filter never
// moves it to another service.
type servicesPane struct {
	th     theme
	km     keyMap
	w, h   int
	list   list
	filter filter

	rows     []serviceRow
	shown    []int // rows that pass the filter, in order
	selected string
	moved    bool // the user has moved the cursor; until then it stays on the first row
	by       sortOrder
	reversed bool

	predicted bool // a token is held, and every row has its verdict

	have    bool // a listing has come
	loading bool
	listing gcp.Listing
	asOf    time.Time
	err     error
}

// serviceRow is a service with what the list says of it, clean.
type serviceRow struct {
	service      gcp.Service
	name, region string
	door         string
	doorKnown    bool
	doorErr      bool
	tally        tally
	chart        string        // refusals over the window, as bars
	verdict      token.Verdict // of the held token; see servicesPane.predicted
	hay          string
}

// sortOrder is what the list is sorted by.
type sortOrder int8

const (
	byRefused sortOrder = iota // the most refused first
	byName
	byRegion
	byDoor
	byToken // what the held token would get; only while one is held
	orders
)

func (o sortOrder) String() string {
	return [...]string{"refused", "name", "region", "door", "token"}[o]
}

func newServicesPane(th theme, km keyMap) *servicesPane {
	return &servicesPane{th: th, km: km, filter: newFilter(), loading: true}
}

func (p *servicesPane) SetSize(w, h int) { p.w, p.h = w, h; p.fit() }

// fit gives the list the lines that the head and the foot leave it.
func (p *servicesPane) fit() { p.list.resize(len(p.shown), room(p.h, 1, len(p.foot()))) }

func (p *servicesPane) Typing() bool { return p.filter.typing }

func (p *servicesPane) Keys() []key.Binding {
	return []key.Binding{p.km.filter, p.km.sort, p.km.reverse, p.km.refresh}
}

func (p *servicesPane) Title() (left, right string) {
	left = "Services"
	if f := p.filter.text(p.th.glyph); f != "" {
		left += " " + f
		right = fmt.Sprintf("%d of %d", len(p.shown), len(p.rows))
	} else if p.have {
		right = "by " + p.by.String()
	}
	return left, right
}

func (p *servicesPane) Update(m tea.KeyPressMsg) tea.Cmd {
	switch {
	case p.filter.typing:
		if p.filter.update(m) {
			p.arrange()
		}
	case key.Matches(m, p.km.filter):
		p.filter.begin()
	case key.Matches(m, p.km.back):
		p.filter.clear()
		p.arrange()
	case key.Matches(m, p.km.sort):
		p.by, p.reversed = (p.by+1)%orders, false
		if p.by == byToken && !p.predicted {
			p.by = byRefused
		}
		p.arrange()
	case key.Matches(m, p.km.reverse):
		p.reversed = !p.reversed
		p.arrange()
	case p.list.move(m.String()):
		p.moved = true
		p.remember()
	}
	return nil
}

// Paste takes text while the filter is typed.
func (p *servicesPane) Paste(text string) {
	if p.filter.paste(text) {
		p.arrange()
	}
}

// remember keeps the selection by id.
func (p *servicesPane) remember() {
	if p.list.cursor < len(p.shown) {
		p.selected = p.rows[p.shown[p.list.cursor]].service.ID
	}
}

// show takes a listing. An error keeps the old rows, marked with their age.
func (p *servicesPane) show(l gcp.Listing, at time.Time, err error) {
	p.loading, p.err = false, err
	if err == nil {
		doors := map[string]serviceRow{}
		for _, r := range p.rows {
			doors[r.service.ID] = r
		}
		old := p.listing.Services
		p.have, p.listing, p.asOf = true, l, at
		services := keepFailed(l, old)
		p.rows = make([]serviceRow, 0, len(services))
		for _, s := range services {
			r := doors[s.ID]
			r.service, r.name, r.region = s, clean(s.Name), clean(s.Region)
			if !r.doorKnown {
				r.door = s.Door(nil).Word
			}
			r.hay = ""
			p.rows = append(p.rows, r)
		}
		p.listing.Services = services
	}
	p.arrange()
}

// keepFailed adds to a listing what was known before of the regions that did not answer this time: an old row is worth more
// than a hole, and the region is named as failed beside it.
func keepFailed(l gcp.Listing, old []gcp.Service) []gcp.Service {
	failed := map[string]bool{}
	for _, f := range l.Failed {
		failed[f.Region] = true
	}
	out := slices.Clone(l.Services)
	for _, s := range old {
		if failed[s.Region] && !slices.ContainsFunc(out, func(n gcp.Service) bool { return n.ID == s.ID }) {
			out = append(out, s)
		}
	}
	return out
}

// setDoor says what the policy of a service makes of its door.
func (p *servicesPane) setDoor(id string, policy *gcp.Policy, err error) {
	for i := range p.rows {
		if r := &p.rows[i]; r.service.ID == id {
			r.door, r.doorKnown, r.doorErr = r.service.Door(policy).Word, policy != nil, err != nil
			r.hay = ""
			return
		}
	}
}

// setTally takes the counts of the window.
func (p *servicesPane) setTally(of func(place) tally, charts map[place]string) {
	for i := range p.rows {
		r := &p.rows[i]
		at := place{r.name, r.region}
		r.tally, r.chart = of(at), charts[at]
	}
}

// arrange filters and sorts, and puts the cursor where the selection is now.
func (p *servicesPane) arrange() {
	p.shown = p.shown[:0]
	for i := range p.rows {
		r := &p.rows[i]
		if r.hay == "" {
			r.hay = strings.ToLower(r.name + "\n" + r.region + "\n" + r.door)
			if p.predicted {
				r.hay += "\ntoken:" + statusWord(r.verdict)
			}
		}
		if contains(r.hay, p.filter.words) {
			p.shown = append(p.shown, i)
		}
	}
	slices.SortStableFunc(p.shown, func(a, b int) int {
		c := p.compare(&p.rows[a], &p.rows[b])
		if p.reversed {
			return -c
		}
		return c
	})
	p.fit()
	if !p.moved && !p.filter.on() {
		p.list.to(0)
		p.remember()
		return
	}
	for at, i := range p.shown {
		if p.rows[i].service.ID == p.selected {
			p.list.to(at)
			return
		}
	}
	// The selected one is filtered out or gone: the cursor stays near, and the selection is whatever stands there.
	p.list.to(p.list.cursor)
	p.remember()
}

func (p *servicesPane) compare(a, b *serviceRow) int {
	var c int
	switch p.by {
	case byRefused:
		c = cmp.Compare(b.tally.total(), a.tally.total())
	case byRegion:
		c = cmp.Compare(a.region, b.region)
	case byDoor:
		c = cmp.Compare(a.door, b.door)
	case byToken:
		c = cmp.Compare(rank(a.verdict), rank(b.verdict))
	}
	return cmp.Or(c, cmp.Compare(a.name, b.name), cmp.Compare(a.region, b.region))
}

// rank puts the services that let a token in first, then those of which it is not known, then the others by status.
func rank(v token.Verdict) int {
	if v.Status == 0 {
		return 300
	}
	return v.Status
}

// setPredictions takes what each service would answer to the held token: of gives a verdict, or false for one that has not
// changed. A nil of says that no token is held any more.
func (p *servicesPane) setPredictions(of func(gcp.Service) (token.Verdict, bool)) {
	p.predicted = of != nil
	for i := range p.rows {
		r := &p.rows[i]
		r.hay = ""
		if of == nil {
			r.verdict = token.Verdict{}
		} else if v, ok := of(r.service); ok {
			r.verdict = v
		}
	}
	if of == nil && p.by == byToken {
		p.by = byRefused
	}
	if p.filter.on() || p.by == byToken {
		p.arrange()
	}
}

// selection is the selected service; ok is false where there is none.
func (p *servicesPane) selection() (gcp.Service, bool) {
	if p.list.cursor < len(p.shown) {
		return p.rows[p.shown[p.list.cursor]].service, true
	}
	return gcp.Service{}, false
}

// onScreen lists the services whose rows are drawn.
func (p *servicesPane) onScreen() []string {
	from, to := p.list.visible()
	out := make([]string, 0, to-from)
	for _, i := range p.shown[from:to] {
		out = append(out, p.rows[i].service.ID)
	}
	return out
}

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
		cols = slices.Delete(cols, tokenColumn, tokenColumn+1)
	}
	return cols
}

func (p *servicesPane) View(focused bool) []string {
	if len(p.rows) == 0 {
		return p.nothing()
	}
	cols := p.columns()
	widths := columns(room(p.w, 2), cols)
	head := make([]cell, len(cols))
	for i, c := range cols {
		head[i] = cell{c.title, p.th.dim}
	}
	lines := []string{"  " + row(widths, cols, head, nil) + strings.Repeat(" ", room(p.w, 2, used(widths)))}
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
		cells = slices.Delete(cells, tokenColumn, tokenColumn+1)
	}
	sign, signStyle := p.sign(r.service.State)
	if selected && focused {
		return th.selected.of(fit(th.glyph.cursor+sign+row(widths, cols, plainly(cells), nil), p.w))
	}
	mark := " " + signStyle.of(sign)
	if selected {
		mark = th.accent.of(th.glyph.cursor) + signStyle.of(sign)
		cells[0].style = th.strong
	}
	return mark + row(widths, cols, cells, nil) + strings.Repeat(" ", room(p.w, 2, used(widths)))
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

// plainly takes the styles away.
func plainly(cells []cell) []cell {
	out := slices.Clone(cells)
	for i := range out {
		out[i].style = style{}
	}
	return out
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

// count shows a number in at most five cells.
func count(n int) string {
	if n >= 100_000 {
		return strconv.Itoa(n/1000) + "k"
	}
	return strconv.Itoa(n)
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

// plural counts things: "1 region", "3 regions".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}
