package ui

import (
	"fmt"
	"slices"
	"time"

	"why401/gcp"
)

// gaps are the places where the list may lack entries: what Logging held back, what was too much to read, a break that no
// list has closed yet. They stand in the list as rows of their own, so that nobody takes silence for quiet.
type gaps struct{ marks []*refusal }

const (
	mostGaps  = 200
	sameGap   = 10 * time.Second // held-back counts closer than this are one mark
	gapPrefix = "~gap"           // sorts behind the entries of the same moment
)

// mark adds a mark at a moment.
func (g *gaps) mark(at time.Time, text string) *refusal {
	m := &refusal{Entry: gcp.Entry{ID: fmt.Sprintf("%s%d", gapPrefix, len(g.marks)), Time: at}, note: text}
	g.marks = append(g.marks, m)
	if over := len(g.marks) - mostGaps; over > 0 {
		g.marks = slices.Delete(g.marks, 0, over)
	}
	return m
}

// held notes that Logging held back n entries: a lower bound.
func (g *gaps) held(n int, at time.Time) {
	if n <= 0 {
		return
	}
	if last := len(g.marks) - 1; last >= 0 && g.marks[last].withheld > 0 && at.Sub(g.marks[last].Time) < sameGap {
		m := g.marks[last]
		m.withheld += n
		m.note = withheldText(m.withheld)
		return
	}
	g.mark(at, withheldText(n)).withheld = n
}

func withheldText(n int) string {
	return fmt.Sprintf("at least %s held back by Cloud Logging (rate limit)", plural(n, "more refusal"))
}

// unread notes that a list gave only the newest entries of what it was asked for.
func (g *gaps) unread(listed []*refusal) {
	if len(listed) == 0 {
		return
	}
	oldest := slices.MinFunc(listed, order)
	g.mark(oldest.Time.Add(-time.Nanosecond), fmt.Sprintf("before this more was logged than the newest %d, which were read", len(listed)))
}

// all are the marks, and the break that is open now, if any, in the log's order.
func (g *gaps) all(open time.Time, lost int, oldest time.Time) []*refusal {
	out := slices.Clone(g.marks)
	if !open.IsZero() {
		out = append(out, &refusal{Entry: gcp.Entry{ID: gapPrefix + "open", Time: open}, note: "the stream broke here; what came since may be missing until the log has been read again"})
	}
	if lost > 0 {
		out = append(out, &refusal{Entry: gcp.Entry{ID: gapPrefix + "lost", Time: oldest.Add(-time.Nanosecond)}, note: fmt.Sprintf("the oldest %d made room for newer ones", lost)})
	}
	slices.SortFunc(out, order)
	return out
}
