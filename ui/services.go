package ui

import (
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"why401/gcp"
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
	moved    bool // the user has done something with the selection; until then it is whatever stands in the first row
	by       sortOrder
	reversed bool

	log       logState      // what the counts are worth
	projects  []string      // whose services they are
	window    time.Duration // of the counts and charts
	namesakes bool          // some have one name, in several regions
	predicted bool          // a token is held, and every row has its verdict
	trying    bool          // what-ifs are on: the verdicts, which know none, are of what is now

	have    bool // a listing has come, as a whole
	loading bool
	part    gcp.Part // how far the listing is that is under way
	serial  int      // counts the changes of the rows' services
	unread  int      // rows whose policy nobody has answered for yet
	listing gcp.Listing
	index   gcp.AudienceIndex // of the listing's services
	asOf    time.Time
	err     error
	heard   map[spot]time.Time // when a region that now fails answered last
	again   time.Time          // when it is tried again after err; the zero value where that is under way
}

func newServicesPane(th theme, km keyMap) *servicesPane {
	return &servicesPane{th: th, km: km, filter: newFilter(), loading: true}
}

func (p *servicesPane) SetSize(w, h int) { p.w, p.h = w, h; p.fit() }

// fit gives the list the lines that the head and the foot leave it.
func (p *servicesPane) fit() { p.list.resize(len(p.shown), room(p.h, 1, len(p.foot()))) }

func (p *servicesPane) Typing() bool { return p.filter.typing }

// leastSpoken is the width from which the footer has room for longer words: the list is as wide as the screen, or the screen is wide.
const leastSpoken = 42

func (p *servicesPane) Keys() []key.Binding {
	filter, sort := p.km.filter, p.km.sort
	if p.predicted && p.w >= leastSpoken { // there is one more thing to ask for, and room to say so
		filter.SetHelp(filter.Help().Key, "filter, as token:200")
		sort.SetHelp(sort.Help().Key, "sort, by token too")
	}
	return []key.Binding{filter, sort, p.km.reverse, p.km.refresh}
}

func (p *servicesPane) Title() (left, right string) {
	left = "Services"
	if f := p.filter.text(p.th.glyph); f != "" {
		left += " " + f
		right = fmt.Sprintf("%d of %d", len(p.shown), len(p.rows))
	} else if p.have {
		right = "by " + p.by.String()
	}
	switch {
	case p.err != nil && p.have:
		right = asOf(p.asOf)
	case p.filter.on():
	case !p.have && p.part.Regions > 0:
		right = fmt.Sprintf("%d of %s", p.part.Answered, plural(p.part.Regions, "region"))
	case p.have && p.unread > 0:
		right = fmt.Sprintf("policies %d/%d", len(p.rows)-p.unread, len(p.rows))
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
		p.filter.another()
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
	default:
		p.stepped(p.list.move(p.km.motion(m)))
	}
	return nil
}

// stepped takes note of where the cursor was moved to, if it was.
func (p *servicesPane) stepped(moved bool) {
	if moved {
		p.keep()
	}
}

// keep has the selection stay where it is from now on, whatever is refused more: somebody looks at it.
func (p *servicesPane) keep() {
	if len(p.shown) > 0 {
		p.moved = true
		p.remember()
	}
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

// chooseRow selects a row, wherever it stands; one that a filter hides stays hidden, and is not selected.
func (p *servicesPane) chooseRow(i int) {
	p.moved, p.selected = true, p.rows[i].service.ID
	p.arrange()
}

// called is a service's name, clean, and its region where several services have the name.
func (p *servicesPane) called(s gcp.Service) string {
	if p.namesakes {
		return clean(s.Name) + " " + p.th.glyph.sep + " " + clean(s.Region)
	}
	return clean(s.Name)
}

// whole says that every region has answered: what is not in the list is not there.
func (p *servicesPane) whole() bool { return p.have && len(p.listing.Failed) == 0 }

// several says that the services are of several projects.
func (p *servicesPane) several() bool { return len(p.projects) > 1 }

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
