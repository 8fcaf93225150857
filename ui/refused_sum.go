package ui

import (
	"iter"
	"time"

	"why401/gcp"
)

// sum makes what stands above the list: the chart, the changes at it, since when there are refusals; and how wide the names are.
func (p *refusedPane) sum(scope place, at time.Time, entries []*refusal) {
	p.longest = 0
	for at := range p.ring.by {
		if p.longest >= p.mostName() || scope != (place{}) {
			break
		}
		p.longest = max(p.longest, width(p.named(at.Project, at.Service)))
	}
	p.chart, p.began = spark(p.ring.buckets(scope, at, p.window)), ""
	var after *gcp.Change
	// The first minute of the window is there in part only, and a window that is not read yet looks quiet.
	if counted, until := p.counted(at); !counted.IsZero() {
		from := counted.Truncate(time.Minute).Add(time.Minute)
		if b := onset(p.ring.minutes(scope, from, at), from.Local(), until); b.Known {
			if whole, _ := p.whole(at); !b.At.Before(whole) { // what is only counted does not tell of what sort it was
				b.Several = p.several
				b = b.Blame(scope, requests(entries), p.past.changes(scope))
			}
			p.began, after = clean(b.Text), b.After
		}
	}
	p.turns = p.turning(scope, after, at)
	p.drawn = p.timeline()
}

// whole is from when on the list lacks nothing, the window's beginning at the earliest, and until when, the zero time for now; both
// are zero where nothing is known.
func (p *refusedPane) whole(at time.Time) (from, until time.Time) { return p.lacking(at, false) }

// counted is from when on no refusal is missing in the counts by minute, and until when, as whole tells it of the list.
func (p *refusedPane) counted(at time.Time) (from, until time.Time) { return p.lacking(at, true) }

func (p *refusedPane) lacking(at time.Time, counts bool) (from, until time.Time) {
	if p.known.IsZero() {
		return from, until
	}
	if from = at.Add(-p.window); p.known.After(from) {
		from = p.known
	}
	for _, g := range p.gaps {
		switch entries := p.ring.entries; {
		case g.closed():
		case len(entries) > 0 && g.Time.Before(entries[0].Time):
			// What is missing before the oldest row only shortens the window.
			oldest := entries[0].Time
			if counts && g.ID == gapLost {
				oldest = p.ring.reach()
				if p.ring.lost == 0 {
					continue
				}
			} else if counts {
				oldest = g.Time
			}
			if oldest.After(from) {
				from = oldest
			}
		case until.IsZero() || g.began().Before(until):
			until = g.began()
		}
	}
	return from, until
}

// missing are the moments around which the list may lack entries.
func (p *refusedPane) missing() []time.Time {
	var at []time.Time
	for _, g := range p.gaps {
		at = append(at, g.Time)
	}
	return at
}

// onset is since when there are refusals: only a minute before which none can be missing is told. What is missing later makes no
// beginning.
func onset(counts []int, from, until time.Time) gcp.Began {
	b := gcp.Onset(counts, from)
	if b.Known && !until.IsZero() && !b.At.Before(until) {
		return gcp.Began{Text: "not known: refusals may be missing around " + until.In(from.Location()).Format(time.TimeOnly)}
	}
	return b
}

// requests are the requests among rows of the log.
func requests(rows []*refusal) iter.Seq[*gcp.Entry] {
	return func(yield func(*gcp.Entry) bool) {
		for _, r := range rows {
			if r.note == "" && !yield(&r.Entry) {
				return
			}
		}
	}
}
