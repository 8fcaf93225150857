package ui

import (
	"cmp"
	"fmt"
	"slices"
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
	at       map[string]int // where the row of a service is, by its id
	shown    []int          // rows that pass the filter, in order
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
		p.rows, p.at = make([]serviceRow, 0, len(services)), make(map[string]int, len(services))
		for _, s := range services {
			r := doors[s.ID]
			r.service, r.name, r.region = s, clean(s.Name), clean(s.Region)
			if !r.doorKnown {
				r.door = s.Door(nil).Word
			}
			r.hay = ""
			p.at[s.ID] = len(p.rows)
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
	if len(failed) == 0 {
		return l.Services
	}
	out, listed := slices.Clone(l.Services), make(map[string]bool, len(l.Services))
	for _, s := range l.Services {
		listed[s.ID] = true
	}
	for _, s := range old {
		if failed[s.Region] && !listed[s.ID] {
			out = append(out, s)
		}
	}
	return out
}

// setDoor says what the policy of a service makes of its door.
func (p *servicesPane) setDoor(id string, policy *gcp.Policy, err error) {
	if r := p.row(id); r != nil {
		r.door, r.doorKnown, r.doorErr = r.service.Door(policy).Word, policy != nil, err != nil
		r.hay = ""
	}
}

// row is the row of a service, nil where it has none.
func (p *servicesPane) row(id string) *serviceRow {
	if i, ok := p.at[id]; ok {
		return &p.rows[i]
	}
	return nil
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
