package ui

import "time"

// chartCells is the widest chart.
const chartCells = 24

// minutes counts the refusals of a scope by minute, the oldest first; the zero place is every service.
func (r *ring) minutes(scope place, from, to time.Time) []int {
	if scope == (place{}) {
		return r.line.Counts(from, to)
	}
	return r.line.Of(scope.name, scope.region, from, to)
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

// charts are the buckets of every service that has refusals, as bars.
func (r *ring) charts(end time.Time, window time.Duration) map[place]string {
	out := make(map[place]string, len(r.by))
	for at := range r.by {
		out[at] = spark(r.buckets(at, end, window))
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
