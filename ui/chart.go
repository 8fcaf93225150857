package ui

import (
	"slices"
	"strings"
	"time"

	"why401/gcp"
)

// chartCells is the widest chart.
const chartCells = 24

// fairChart is the narrowest that tells a beginning, leastChart the narrowest that tells anything.
const fairChart, leastChart = 8, 4

// minutes counts the refusals of a scope by minute, the oldest first; the zero place is every service.
func (r *ring) minutes(scope place, from, to time.Time) []int {
	if scope == (place{}) {
		return r.line.Counts(from, to)
	}
	return r.line.Of(scope, from, to)
}

// buckets counts the refusals of a scope over the window in at most chartCells parts, the newest last.
func (r *ring) buckets(scope place, end time.Time, window time.Duration) []int {
	// The minute in which the window begins is there in part only.
	minutes := r.minutes(scope, end.Add(time.Minute-window), end)
	out := make([]int, min(len(minutes), chartCells))
	for i, n := range minutes {
		out[i*len(out)/len(minutes)] += n
	}
	return out
}

// charts are the buckets of every service that has refusals.
func (r *ring) charts(end time.Time, window time.Duration) map[place][]int {
	out := make(map[place][]int, len(r.by))
	for at := range r.by {
		out[at] = r.buckets(at, end, window)
	}
	return out
}

// narrowed adds up neighbours until at most n counts are left.
func narrowed(counts []int, n int) []int {
	if n <= 0 || len(counts) <= n {
		return counts
	}
	out := make([]int, n)
	for i, c := range counts {
		out[i*n/len(counts)] += c
	}
	return out
}

// spark draws counts as a line of bars, "" where all are zero. The highest count is the highest bar; any count that is not zero
// shows.
func spark(counts []int) string {
	bars := []rune(" ▁▂▃▄▅▆▇█")
	top := 0
	for _, c := range counts {
		top = max(top, c)
	}
	if top == 0 {
		return ""
	}
	out := make([]rune, len(counts))
	for i, c := range counts {
		out[i] = bars[(c*(len(bars)-1)+top-1)/top]
	}
	return string(out)
}

// turning names the changes that fall into the chart: the one after which the refusals began, and the newest, each with its moment.
func (p *refusedPane) turning(scope place, after *gcp.Change, at time.Time) string {
	var named []string
	done := p.past.of(scope, at.Add(-p.window))
	done = slices.DeleteFunc(done, func(c *refusal) bool { return c.change.Failed != "" || c.Time.After(at) })
	for i, c := range done {
		if i < len(done)-1 && (after == nil || c.ID != after.ID || !c.Time.Equal(after.Time)) {
			continue
		}
		text := p.th.glyph.changed + c.Time.Local().Format("15:04") + " "
		if p.everyService() {
			text += p.named(c.Project, c.Service) + " "
		}
		named = append(named, text+changed(c.change.Kind))
	}
	return strings.Join(named, " ")
}

// changed is what was changed, in two words.
func changed(k gcp.ChangeKind) string {
	switch k {
	case gcp.ChangePolicy:
		return "IAM changed"
	case gcp.ChangeDeploy:
		return "deployed"
	case gcp.ChangeCreated, gcp.ChangeDeleted:
		return k.String()
	case gcp.ChangeOther:
		return "changed"
	}
	return k.String() + " changed"
}
