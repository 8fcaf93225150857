package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"why401/gcp"
)

// gaps are the places where the list may lack entries: what Logging held back, what was too much to read, a break that no
// list has closed yet. They stand in the list as rows of their own, so that nobody takes silence for quiet. A mark that changes is
// another one in the old one's place.
type gaps struct {
	marks  []*refusal
	serial int
}

const (
	mostGaps  = 200
	sameGap   = 10 * time.Second // held-back counts closer than this are one mark
	gapPrefix = "~gap"           // sorts behind the entries of the same moment
	gapLost   = gapPrefix + "lost"
)

// gap is what may be missing at a mark.
type gap struct {
	from  time.Time      // its beginning, by when Logging received or logged it
	to    time.Time      // its end
	held  gcp.Suppressed // what Logging held back in it
	asked bool           // the log was asked for that
	found int            // and gave so many that were not known
	read  bool           // which is all that was held back
}

// mark adds a mark at a moment.
func (g *gaps) mark(at time.Time, text string) *refusal {
	g.serial++
	m := &refusal{Entry: gcp.Entry{ID: fmt.Sprintf("%s%d", gapPrefix, g.serial), Time: at}, note: text}
	g.marks = append(g.marks, m)
	if over := len(g.marks) - mostGaps; over > 0 {
		g.marks = slices.Delete(g.marks, 0, over)
	}
	return m
}

// change puts a mark with a changed gap in the place of one.
func (g *gaps) change(at int, change func(*gap)) {
	old := g.marks[at]
	of := *old.gap
	change(&of)
	g.marks[at] = &refusal{Entry: old.Entry, note: of.text(), gap: &of}
}

// held notes what Logging held back between two moments, and names the mark.
func (g *gaps) held(n gcp.Suppressed, from, at time.Time) (id string) {
	if last := len(g.marks) - 1; last >= 0 && g.marks[last].gap.open() && at.Sub(g.marks[last].Time) < sameGap {
		g.change(last, func(of *gap) { of.held, of.to = of.held.Plus(n), at })
		return g.marks[last].ID
	}
	of := &gap{from: from, to: at, held: n}
	m := g.mark(at, of.text())
	m.gap = of
	return m.ID
}

// open says whether what is held back next may be added.
func (g *gap) open() bool { return g != nil && g.held.Total() > 0 && !g.asked }

// closed says that nothing is missing at a mark any more.
func (e *refusal) closed() bool { return e.gap != nil && e.gap.read }

// lack says whether entries since a moment are known to be missing: held back by Logging, or late, and not read since.
func (g *gaps) lack(since time.Time) bool {
	return slices.ContainsFunc(g.marks, func(m *refusal) bool { return m.gap != nil && !m.closed() && !m.Time.Before(since) })
}

// began is since when entries may be missing at a mark.
func (e *refusal) began() time.Time {
	if e.gap == nil || e.gap.from.IsZero() {
		return e.Time
	}
	return e.gap.from
}

// seal ends what was held back so far: the log is being asked for it.
func (g *gaps) seal() {
	for i, m := range g.marks {
		if m.gap.open() {
			g.change(i, func(of *gap) { of.asked = true })
		}
	}
}

// read says that the log was read for what was held back at some marks: how many entries it gave that were not known, and whether
// that was all there was.
func (g *gaps) read(ids []string, found int, whole bool) {
	held, newest := 0, -1
	for i, m := range g.marks {
		if slices.Contains(ids, m.ID) {
			held, newest = held+m.gap.held.Total(), i
		}
	}
	for i, m := range g.marks {
		if !slices.Contains(ids, m.ID) {
			continue
		}
		g.change(i, func(of *gap) {
			if of.read = whole && found >= held; i == newest {
				of.found = found
			}
		})
	}
}

// text says what was held back, and why: what is too slow here is another thing than what is too much there.
func (g *gap) text() string {
	entries := "entries"
	if g.held.Total() == 1 {
		entries = "entry"
	}
	if g.read {
		return fmt.Sprintf("at least %d %s held back by Cloud Logging (%s), since read from the log", g.held.Total(), entries, why(g.held))
	}
	text := fmt.Sprintf("at least %d more %s held back by Cloud Logging (%s)", g.held.Total(), entries, why(g.held))
	if g.found > 0 {
		text += fmt.Sprintf("; the log gave %d since", g.found)
	}
	return text
}

// why are the reasons for holding back, with their counts where there are several.
func why(h gcp.Suppressed) string {
	var said []string
	for _, r := range []struct {
		n    int
		text string
	}{{h.RateLimit, "rate limit"}, {h.NotConsumed, "taken too slowly here"}, {h.Other, "no reason given"}} {
		switch {
		case r.n == h.Total():
			return r.text
		case r.n > 0:
			said = append(said, fmt.Sprintf("%d: %s", r.n, r.text))
		}
	}
	return strings.Join(said, "; ")
}

// unread notes that a reading ended at its oldest entry, though there were more.
func (g *gaps) unread(oldest time.Time, got int) {
	g.mark(oldest.Add(-time.Nanosecond), fmt.Sprintf("before this more was logged than the newest %d, which were read", got))
}

// late notes that a second list was cut short: of what came late since a moment it brought the newest alone.
func (g *gaps) late(from, oldest time.Time, got int) {
	m := g.mark(oldest.Add(-time.Nanosecond), fmt.Sprintf("from %s to here what came late may be missing: the newest %d were read", from.Local().Format(time.TimeOnly), got))
	m.gap = &gap{from: from, to: oldest}
}

// prune drops the marks before a moment. Whoever wants to know what was logged before it reads the log again.
func (g *gaps) prune(before time.Time) {
	g.marks = slices.DeleteFunc(g.marks, func(m *refusal) bool { return m.Time.Before(before) })
}

// all are the marks, and the break that is open now, if any, in the log's order.
//
// Counted are the entries that made room and are counted all the same, lost those that are not.
func (g *gaps) all(open time.Time, counted, lost int, oldest time.Time) []*refusal {
	out := slices.Clone(g.marks)
	if !open.IsZero() {
		out = append(out, &refusal{Entry: gcp.Entry{ID: gapPrefix + "open", Time: open}, note: "the stream broke here; what came since may be missing until the log has been read again"})
	}
	if counted+lost > 0 {
		note := fmt.Sprintf("the oldest %d made room for newer ones", counted+lost)
		if counted > 0 {
			note += fmt.Sprintf("; %d of them are counted all the same", counted)
		}
		out = append(out, &refusal{Entry: gcp.Entry{ID: gapLost, Time: oldest.Add(-time.Nanosecond)}, note: note})
	}
	slices.SortFunc(out, order)
	return out
}
