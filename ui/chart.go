package ui

import "time"

// chartCells is the widest chart.
const chartCells = 24

// buckets counts refusals over the window in at most chartCells equal parts, the newest last. match nil counts all.
func (r *ring) buckets(end time.Time, window time.Duration, match func(*refusal) bool) []int {
	n := int(window / time.Minute)
	n = clamp(n, 1, chartCells)
	step := window / time.Duration(n)
	out := make([]int, n)
	for _, e := range r.entries {
		i := n - 1 - int(end.Sub(e.Time)/step)
		if i >= 0 && (match == nil || match(e)) {
			out[min(i, n-1)]++
		}
	}
	return out
}

// minutes counts refusals by whole minute from one moment to another, the oldest first; match nil counts all.
func (r *ring) minutes(from, to time.Time, match func(*refusal) bool) []int {
	first := from.Truncate(time.Minute)
	out := make([]int, int(to.Sub(first)/time.Minute)+1)
	for _, e := range r.entries {
		if i := int(e.Time.Sub(first) / time.Minute); !e.Time.Before(first) && i < len(out) && (match == nil || match(e)) {
			out[i]++
		}
	}
	return out
}

// charts are the buckets of every service that has refusals, as bars.
func (r *ring) charts(end time.Time, window time.Duration) map[place]string {
	n := clamp(int(window/time.Minute), 1, chartCells)
	step := window / time.Duration(n)
	counts := map[place][]int{}
	for _, e := range r.entries {
		i := n - 1 - int(end.Sub(e.Time)/step)
		if i < 0 {
			continue
		}
		at := place{e.Service, e.Region}
		if counts[at] == nil {
			counts[at] = make([]int, n)
		}
		counts[at][min(i, n-1)]++
	}
	out := make(map[place]string, len(counts))
	for at, c := range counts {
		out[at] = spark(c)
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
