package ui

import (
	"fmt"
	"slices"
	"strconv"
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

	groups groups
	ring   *ring
	past   *history
	counts tally      // of the scope
	chart  string     // refusals over the window, as bars
	taken  time.Time  // when the list was taken from the ring
	began  string     // since when there are refusals, and after which change; "" where that is not known
	shown  []*refusal // what passes scope and filter, as of the last take
	chosen *refusal   // the selected entry, while not following
	detail scroll

	service place // the selected service; the zero value for none
	all     bool  // every service's, not the selected one's alone
	follow  bool
	paused  bool
	held    int // new rows since it was paused
	state   string
	gaps    []*refusal // where entries may be missing
	err     error
	window  time.Duration
	project string
}

// copied is what the copy keys put on the clipboard: the command that sends the selected request again, or its address in the
// Logs Explorer; "" where no entry is selected.
func (p *refusedPane) copied(address bool) string {
	if p.chosen == nil || p.chosen.note != "" {
		return ""
	}
	if address {
		return clean(p.chosen.ExplorerURL(p.project))
	}
	return clean(p.chosen.Curl())
}

func newRefusedPane(th theme, km keyMap, r *ring, past *history, window time.Duration) *refusedPane {
	return &refusedPane{th: th, km: km, filter: newFilter(), ring: r, past: past, follow: true, window: window}
}

func (p *refusedPane) SetSize(w, h int) { p.w, p.h = w, h; p.fit() }

// fit gives list and detail their lines.
func (p *refusedPane) fit() {
	h := p.h
	if p.full && !p.groups.listed() {
		h, _ = halves(p.h)
	}
	p.list.resize(len(p.shown), room(h, 1, len(p.lead()), len(p.foot())))
	if p.follow {
		p.list.to(p.list.n - 1)
	}
}

func (p *refusedPane) Typing() bool { return p.filter.typing }

func (p *refusedPane) Keys() []key.Binding {
	return []key.Binding{p.km.filter, p.km.groups, p.km.scope, p.km.pause, p.km.follow, p.km.again, p.km.address}
}

func (p *refusedPane) Title() (left, right string) {
	left = "Refused"
	if !p.everyService() {
		left += " " + p.th.glyph.sep + " " + p.service.name
	} else {
		left += " " + p.th.glyph.sep + " all services"
	}
	for _, c := range []struct{ n, status int }{{p.counts.s401, 401}, {p.counts.s403, 403}} {
		if c.n > 0 {
			left += fmt.Sprintf(" %s %d×%d", p.th.glyph.sep, c.n, c.status)
		}
	}
	if p.chart != "" {
		left += " " + p.chart
	}
	if f := p.filter.text(p.th.glyph); f != "" {
		left += " " + f
		if p.marked {
			left += " (marked)"
		}
	}
	switch {
	case p.groups.listed():
		right = plural(len(p.groups.rows), "group") + ", enter opens"
	case p.groups.open != nil:
		right = "one group, esc goes back"
	case p.paused:
		right = fmt.Sprintf("paused, %s new", strconv.Itoa(p.held))
	case p.follow:
		right = "following"
	default:
		right = fmt.Sprintf("%d of %d, f follows", p.list.cursor+1, len(p.shown))
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
		p.filter.begin()
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
		p.paused, p.held = !p.paused, 0
		if !p.paused {
			p.take()
		}
	case key.Matches(m, p.km.follow):
		p.follow, p.paused, p.held = true, false, 0
		p.take()
	case m.String() == "J":
		p.detail.to(p.detail.top + 1)
	case m.String() == "K":
		p.detail.to(p.detail.top - 1)
	case p.list.move(m.String()):
		p.follow = p.list.cursor == p.list.n-1 && !p.paused
		p.detail.top = 0
		p.choose()
	}
	return nil
}

// seek moves the cursor to the next match of the filter, or the one before, and round at the ends.
func (p *refusedPane) seek(by int) {
	n := len(p.shown)
	for i := 1; i <= n && p.filter.on(); i++ {
		at := ((p.list.cursor+by*i)%n + n) % n
		if p.query.matches(p.shown[at]) {
			p.list.to(at)
			p.follow, p.detail.top = false, 0
			p.choose()
			return
		}
	}
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
	if p.paused {
		p.held += n
		return
	}
	p.take()
}

// take takes what the ring holds now into the list, and keeps the selection by entry.
func (p *refusedPane) take() {
	p.shown = p.shown[:0]
	scope, counts := p.service, p.ring.all
	if p.all {
		scope = place{}
	} else if scope != (place{}) {
		counts = p.ring.of(scope)
	}
	at := now()
	query := parseQuery(p.filter.words, at)
	p.query = query
	inScope := func(e *refusal) bool { return scope == place{} || e.Service == scope.name && e.Region == scope.region }
	for _, e := range p.ring.entries {
		if inScope(e) && (p.marked || query.matches(e)) && (p.groups.open == nil || e.group == *p.groups.open) {
			p.shown = append(p.shown, e)
		}
	}
	marks := slices.Clone(p.gaps)
	for _, c := range p.past.of(scope, at.Add(-p.window)) {
		if p.marked || query.matches(c) {
			marks = append(marks, c)
		}
	}
	for _, m := range marks {
		i, _ := slices.BinarySearchFunc(p.shown, m, order)
		p.shown = slices.Insert(p.shown, i, m)
	}
	if p.groups.listed() {
		p.groups.fold(p.shown, at.Add(-p.window), at)
	}
	p.counts, p.chart = counts, spark(p.ring.buckets(scope, at, p.window))
	p.began, p.taken = "", at
	// The first minute of the window is there in part only, and a window that is not read yet looks quiet.
	if from := at.Add(-p.window).Truncate(time.Minute).Add(time.Minute); p.state == "live" && len(p.gaps) == 0 {
		if b := gcp.Onset(p.ring.minutes(scope, from, at), from.Local(), p.past.changes(scope)); b.Known {
			p.began = clean(b.Text)
		}
	}
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

// tell takes the stream's state: a word for the empty list, the gaps, and the error behind it.
func (p *refusedPane) tell(state string, gaps []*refusal, err error) {
	same := slices.EqualFunc(p.gaps, gaps, func(a, b *refusal) bool { return a.note == b.note && a.Time.Equal(b.Time) })
	p.state, p.err, p.gaps = state, err, gaps
	if same || p.paused {
		p.fit()
		return
	}
	p.take()
}

// everyService says whether the list is not one service's alone.
func (p *refusedPane) everyService() bool { return p.all || p.service == place{} }
