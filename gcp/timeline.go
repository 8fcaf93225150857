package gcp

import (
	"slices"
	"time"
)

// mostMinutes is how many different minutes are counted; the oldest go first. It is a day, and some for late entries.
const mostMinutes = 1500

// Minutes counts by minute. It keeps only minutes with a count, and at most 1,500 of them. The zero value is ready. It is for one
// goroutine.
type Minutes struct {
	at    []int64 // minutes since 1970, in order
	count []int
}

func minute(t time.Time) int64 { return (t.Unix() - mod(t.Unix(), 60)) / 60 }

// mod is the remainder that is never negative.
func mod(n, by int64) int64 { return ((n % by) + by) % by }

// Add counts a moment.
func (m *Minutes) Add(t time.Time) { m.change(t, 1) }

// Remove takes a moment back. One that was never added, or dropped by now, changes nothing.
func (m *Minutes) Remove(t time.Time) { m.change(t, -1) }

func (m *Minutes) change(t time.Time, n int) {
	of := minute(t)
	i, there := slices.BinarySearch(m.at, of)
	switch {
	case there:
		if m.count[i] += n; m.count[i] > 0 {
			return
		}
		m.at, m.count = slices.Delete(m.at, i, i+1), slices.Delete(m.count, i, i+1)
	case n > 0 && len(m.at) == mostMinutes && i == 0:
		// Older than all that is kept.
	case n > 0:
		m.at, m.count = slices.Insert(m.at, i, of), slices.Insert(m.count, i, n)
		if len(m.at) > mostMinutes {
			m.at, m.count = slices.Delete(m.at, 0, 1), slices.Delete(m.count, 0, 1)
		}
	}
}

// Counts are those of each minute from the one of from to the one of to, both included, oldest first; nil where to is before
// from. The first and the last may be minutes of which the window has only a part.
func (m *Minutes) Counts(from, to time.Time) []int {
	first, last := minute(from), minute(to)
	if last < first {
		return nil
	}
	out := make([]int, min(last-first+1, mostMinutes))
	first = last - int64(len(out)) + 1
	i, _ := slices.BinarySearch(m.at, first)
	for ; i < len(m.at) && m.at[i] <= last; i++ {
		out[m.at[i]-first] = m.count[i]
	}
	return out
}

// Timeline counts refusals by minute, for the project and for each service. A service without any takes no memory. The zero
// value is ready. It is for one goroutine.
type Timeline struct {
	all Minutes
	of  map[Place]*Minutes
}

// Add counts an entry by its Time and Place.
func (t *Timeline) Add(e Entry) {
	t.all.Add(e.Time)
	at := e.Place()
	if t.of == nil {
		t.of = map[Place]*Minutes{}
	}
	if t.of[at] == nil {
		t.of[at] = &Minutes{}
	}
	t.of[at].Add(e.Time)
}

// Remove takes back an entry that fell out of the window, as it was added.
func (t *Timeline) Remove(e Entry) {
	t.all.Remove(e.Time)
	at := e.Place()
	if m := t.of[at]; m != nil {
		if m.Remove(e.Time); len(m.at) == 0 {
			delete(t.of, at)
		}
	}
}

// Counts are the project's, as Minutes.Counts gives them.
func (t *Timeline) Counts(from, to time.Time) []int { return t.all.Counts(from, to) }

// Of are one service's.
func (t *Timeline) Of(at Place, from, to time.Time) []int {
	if m := t.of[at]; m != nil {
		return m.Counts(from, to)
	}
	return (&Minutes{}).Counts(from, to)
}
