package ui

import (
	"fmt"
	"slices"
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
	query  query // what the filter asks for, as of the last take
	marked bool  // the filter marks what it asks for among the others, instead of hiding those
	full   bool  // zoomed: the selected entry is explained below the list

	groups    groups
	ring      *ring
	past      *history
	counts    tally      // of the scope
	chart     string     // refusals over the window, as bars
	taken     time.Time  // when the list was taken from the ring
	matched   []int      // where in shown the matches are, while they are marked
	turns     string     // which changes fell into the chart, and when
	drawn     []string   // the timeline; none where the pane is low
	longest   int        // cells of the longest name of a service that is refused anything
	began     string     // since when there are refusals, and after which change; "" where that is not known
	shown     []*refusal // what passes scope and filter, as of the last take
	passed    int        // how many of it are what the filter asks for
	chosen    *refusal   // the selected entry, while not following
	explained *refusal   // the entry that stands below the list; the chosen one, but while the cursor runs
	detail    scroll

	service place // the selected service; the zero value for none
	all     bool  // every service's, not the selected one's alone
	follow  bool
	paused  *stillness // nil: what comes in is shown
	gaps    []*refusal // where entries may be missing
	log     logState   // what an empty list is worth
	known   time.Time  // from when on the log was read; the zero value where nothing is, or a break is open
	err     error
	silence silence // what an empty list is held against
	window  time.Duration
	project string
	several bool                      // there are several projects
	home    func(place) gcp.Home      // the own addresses of a service, as far as they are known
	handed  map[string]gcp.FrontEntry // what load balancers logged of requests that they handed on, by trace (front.go)
}

// copied is what the copy keys put on the clipboard: the command that sends the selected request again, or its address in the
// Logs Explorer; "" where no entry is selected.
func (p *refusedPane) copied(address bool) string {
	if p.chosen == nil || p.chosen.note != "" {
		return ""
	}
	if address {
		return clean(p.chosen.ExplorerURL(p.projectOf(p.chosen)))
	}
	command, _ := p.again(p.chosen)
	return command
}

// again is the command that sends a request again, and what is to be said of it.
func (p *refusedPane) again(e *refusal) (command, note string) {
	var h gcp.Home
	if p.home != nil {
		h = p.home(e.Place())
	}
	command, note = e.Again(h)
	return clean(command), clean(note)
}

func newRefusedPane(th theme, km keyMap, r *ring, past *history, window time.Duration) *refusedPane {
	return &refusedPane{th: th, km: km, filter: newFilter(), ring: r, past: past, follow: true, window: window}
}

func (p *refusedPane) SetSize(w, h int) {
	p.w, p.h = w, h
	p.drawn = p.timeline()
	p.fit()
}

// heights are those of the list and of what explains its entry, which a zoomed pane has.
func (p *refusedPane) heights() (list, detail int) {
	if !p.full || p.groups.listed() {
		return p.h, 0
	}
	return halves(p.h, len(p.drawn))
}

// fit gives list and detail their lines.
func (p *refusedPane) fit() {
	h, _ := p.heights()
	p.list.resize(len(p.shown), room(h, 1, len(p.lead()), len(p.foot())))
	if p.follow {
		p.list.to(p.list.n - 1)
	}
}

func (p *refusedPane) Typing() bool { return p.filter.typing }

func (p *refusedPane) Keys() []key.Binding {
	if p.full && !p.groups.listed() {
		return []key.Binding{p.km.filter, p.km.again, p.km.address, p.km.groups, p.km.scope, p.km.pause, p.km.follow}
	}
	return []key.Binding{p.km.filter, p.km.groups, p.km.scope, p.km.pause, p.km.follow, p.km.again, p.km.address}
}

func (p *refusedPane) Title() (left, right string) {
	left = "Refused"
	if !p.everyService() {
		left += " " + p.th.glyph.sep + " " + p.service.Service
	} else {
		left += " " + p.th.glyph.sep + " all services"
	}
	for _, c := range []struct{ n, status int }{{p.counts.s401, 401}, {p.counts.s403, 403}} {
		if c.n > 0 {
			left += fmt.Sprintf(" %s %s×%d", p.th.glyph.sep, p.worth().count(c.n), c.status)
		}
	}
	if p.chart != "" {
		left += " " + p.chart
		if p.turns != "" && p.filter.text(p.th.glyph) == "" {
			left += " " + p.turns
		}
	}
	if f := p.filter.text(p.th.glyph); f != "" {
		left += " " + f
		switch {
		case p.marking():
			left += " (" + p.found() + ")"
		case p.filter.on():
			left += fmt.Sprintf(" (%s)", p.listed().count(p.passed))
		}
	}
	switch {
	case p.paused != nil:
		right = fmt.Sprintf("paused, %d new", p.paused.held)
		if p.groups.listed() {
			right = plural(len(p.groups.rows), "group") + ", " + right
		} else if p.groups.open != nil {
			right = "one group, " + right
		}
	case p.groups.listed():
		right = plural(len(p.groups.rows), "group") + ", " + p.km.zoom.Help().Key + " opens"
	case p.groups.open != nil:
		right = "one group, " + p.km.back.Help().Key + " goes back"
	case p.follow:
		right = "following"
	default:
		right = fmt.Sprintf("%d of %d, %s follows", p.list.cursor+1, len(p.shown), p.km.follow.Help().Key)
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
		p.filter.another()
	case p.updateGroups(m):
	case key.Matches(m, p.km.back):
		p.filter.clear()
		p.take()
	case key.Matches(m, p.km.scope):
		p.all = !p.all
		p.take()
	case key.Matches(m, p.km.mark):
		p.marked = !p.marked
		p.take()
	case key.Matches(m, p.km.match):
		p.seek(1)
	case key.Matches(m, p.km.unmatch):
		p.seek(-1)
	case key.Matches(m, p.km.pause):
		p.pause(p.paused == nil)
	case key.Matches(m, p.km.follow):
		p.follow = true
		p.pause(false)
	case key.Matches(m, p.km.detailDown):
		p.detail.to(p.detail.top + 1)
	case key.Matches(m, p.km.detailUp):
		p.detail.to(p.detail.top - 1)
	default:
		p.stepped(p.list.move(p.km.motion(m)))
	}
	return nil
}

// stepped takes note of where the cursor was moved to, if it was: on the last row it follows.
func (p *refusedPane) stepped(moved bool) {
	if moved {
		p.follow = p.list.cursor == p.list.n-1 && p.paused == nil
		p.detail.top = 0
		p.choose()
	}
}

// marking says whether the filter marks rows among the others. The groups are of what the filter lets through, always.
func (p *refusedPane) marking() bool { return p.marked && !p.groups.listed() }

// found says how many rows the filter marks, and which of them is selected.
func (p *refusedPane) found() string {
	if len(p.matched) == 0 {
		return "no match"
	}
	if i, on := slices.BinarySearch(p.matched, p.list.cursor); on && !p.follow {
		return fmt.Sprintf("match %d of %d", i+1, len(p.matched))
	}
	if len(p.matched) == 1 {
		return "1 match"
	}
	return fmt.Sprintf("%d matches", len(p.matched))
}

// seek moves the cursor to the next match of the filter, or the one before, and round at the ends.
func (p *refusedPane) seek(by int) {
	if !p.filter.on() || len(p.shown) == 0 {
		return
	}
	to := p.list.cursor + by // without marks every row is a match
	if p.marking() {
		if len(p.matched) == 0 {
			return
		}
		i, on := slices.BinarySearch(p.matched, p.list.cursor)
		if by > 0 && on {
			i++
		} else if by < 0 {
			i--
		}
		to = p.matched[(i+len(p.matched))%len(p.matched)]
	}
	n := len(p.shown)
	p.list.to((to + n) % n)
	p.follow, p.detail.top = false, 0
	p.choose()
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

// goTo selects an entry of the selected service, whatever was filtered, folded or paused.
func (p *refusedPane) goTo(e *refusal) {
	p.filter.clear()
	p.groups.on, p.groups.open = false, nil
	if p.paused != nil {
		p.pause(false)
	}
	p.follow, p.chosen, p.explained, p.detail.top = false, e, e, 0
	p.take()
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
	if p.paused != nil {
		p.paused.held += n
		return
	}
	p.take()
}

// take takes what the ring holds now into the list, and keeps the selection by entry.
func (p *refusedPane) take() {
	p.shown, p.matched = p.shown[:0], nil
	scope, counts := p.service, p.ring.all
	if p.all {
		scope = place{}
	} else if scope != (place{}) {
		counts = p.ring.of(scope)
	}
	at, entries := now(), p.ring.entries
	if p.paused != nil {
		at, entries, counts = p.paused.at, p.paused.entries, tally{}
	}
	query := p.asked(at)
	p.query = query
	hides, inGroup := !p.marking(), p.groups.has()
	inScope := func(e *refusal) bool { return scope == place{} || e.Place() == scope }
	for _, e := range entries {
		if !inScope(e) {
			continue
		}
		if p.paused != nil {
			counts.add(e, 1)
		}
		if (!hides || query.matches(e)) && inGroup(e) {
			p.shown = append(p.shown, e)
		}
	}
	p.passed = len(p.shown)
	marks := slices.Clone(p.gaps)
	for _, c := range p.past.of(scope, at.Add(-p.window)) {
		if (!hides || query.passes(c)) && !c.Time.After(at) {
			marks = append(marks, c)
			if query.matches(c) {
				p.passed++
			}
		}
	}
	for _, m := range marks {
		i, _ := slices.BinarySearchFunc(p.shown, m, order)
		p.shown = slices.Insert(p.shown, i, m)
	}
	if p.groups.listed() {
		p.groups.fold(p.shown, at.Add(-p.window), at)
	}
	for i, e := range p.shown {
		if !hides && p.filter.on() && query.matches(e) {
			p.matched = append(p.matched, i)
		}
	}
	p.counts, p.taken = counts, at
	p.sum(scope, at, entries)
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

// asked is what the filter asks for at a moment.
func (p *refusedPane) asked(at time.Time) query {
	q := parseQuery(p.filter.words, at)
	if text := q.outside(at.Add(-p.window)); text != "" && q.doubt == "" {
		if q.doubt = text; p.window < windows[len(windows)-1] {
			q.doubt += "; " + p.km.longer.Help().Key + " makes it longer"
		}
	}
	return q
}

// tell takes what the stream knows of itself: the gaps, and the error behind them. It says whether the list lacks
// what it shows of that: in a storm that is with every batch, so the list is taken anew when rows are drawn.
func (p *refusedPane) tell(gaps []*refusal, err error) (lacks bool) {
	same := slices.EqualFunc(p.gaps, gaps, func(a, b *refusal) bool { return a.note == b.note && a.Time.Equal(b.Time) })
	p.err, p.gaps = err, gaps
	p.fit()
	return !same && p.paused == nil
}

// everyService says whether the list is not one service's alone.
func (p *refusedPane) everyService() bool { return p.all || p.service == place{} }

// named is a service's name in the rows: with its project where there are several.
func (p *refusedPane) named(project, service string) string {
	if !p.several {
		return service
	}
	return project + "/" + service
}

// projectOf is the project of an entry, for an address.
func (p *refusedPane) projectOf(e *refusal) string {
	if p.several && e.Project != "" {
		return e.Project
	}
	return p.project
}
