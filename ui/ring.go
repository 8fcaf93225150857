package ui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"why401/gcp"
)

// refusal is a log entry made ready to be drawn: every string of it is clean, so that no field that an attacker wrote can
// reach the terminal as a control sequence from here on.
type refusal struct {
	gcp.Entry
	by                  gcp.Refuser
	group               gcp.GroupKey
	path, caller, short string
	hay                 string // what a filter looks in; made when first needed

	// A row that is no entry: a place where some may be missing (gap.go), or a change (history.go).
	note     string      // what it says; "" for an entry
	withheld int         // for a gap: how many Logging held back
	change   *gcp.Change // for a change, clean
}

// ingest explains and cleans entries. It runs in a command, off the screen's path.
func ingest(entries []gcp.Entry) []*refusal {
	if len(entries) == 0 {
		return nil
	}
	out := make([]*refusal, len(entries))
	for i, e := range entries {
		r := &refusal{
			Entry: e, by: e.By(), group: groupOf(e),
			path: clean(e.Path()), caller: clean(e.Caller()), short: clean(e.Reason().Short),
		}
		// A query may hold credentials, and nothing here needs it.
		if at := strings.IndexByte(r.URL, '?'); at >= 0 {
			r.URL = r.URL[:at] + "?…"
		}
		for _, s := range []*string{
			&r.ID, &r.Method, &r.URL, &r.UserAgent, &r.RemoteIP, &r.Referer, &r.Protocol, &r.Service, &r.Region,
			&r.Revision, &r.Instance, &r.Text, &r.Trace, &r.Severity,
		} {
			*s = clean(*s)
		}
		out[i] = r
	}
	return out
}

// order is the order of the log: by time, then by id. Entries that are equal in it are one entry.
func order(a, b *refusal) int {
	return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID))
}

// refuser names who answered, in a word for a row.
func refuser(by gcp.Refuser) string {
	switch by {
	case gcp.Platform:
		return "Cloud Run"
	case gcp.App:
		return "app"
	}
	return "unclear"
}

// contains says whether hay has every word, and none of those that begin with an exclamation mark.
func contains(hay string, words []string) bool {
	for _, w := range words {
		not, isNot := strings.CutPrefix(w, "!")
		if isNot && not != "" && strings.Contains(hay, not) || !isNot && !strings.Contains(hay, w) {
			return false
		}
	}
	return true
}

// place is where a service is: names repeat between regions.
type place struct{ name, region string }

// tally counts refusals.
type tally struct{ s401, s403, platform, app int }

func (t *tally) add(r *refusal, n int) {
	if r.Status == 401 {
		t.s401 += n
	} else {
		t.s403 += n
	}
	switch r.by {
	case gcp.Platform:
		t.platform += n
	case gcp.App:
		t.app += n
	}
}

// total is all of them.
func (t tally) total() int { return t.s401 + t.s403 }

// ring holds the newest refusals in the log's order, each once, and counts them by service. It is bounded: the oldest go
// first, and lost says how many went that the window still wanted.
type ring struct {
	size    int
	entries []*refusal
	all     tally
	by      map[place]*tally
	line    gcp.Timeline // the same by minute
	lost    int
}

func newRing(size int) *ring {
	return &ring{size: size, by: map[place]*tally{}}
}

// add takes in a batch in any order and says how many of it were new.
func (r *ring) add(batch []*refusal) int {
	if len(batch) == 0 {
		return 0
	}
	batch = slices.Clone(batch)
	slices.SortFunc(batch, order)
	batch = slices.CompactFunc(batch, func(a, b *refusal) bool { return order(a, b) == 0 })
	from, _ := slices.BinarySearchFunc(r.entries, batch[0], order)
	late := r.entries[from:]
	added := 0
	if len(late) == 0 {
		for _, e := range batch {
			r.count(e, 1)
		}
		r.entries, added = append(r.entries, batch...), len(batch)
	} else {
		merged := make([]*refusal, 0, len(late)+len(batch))
		for len(late) > 0 && len(batch) > 0 {
			switch c := order(late[0], batch[0]); {
			case c == 0:
				batch = batch[1:]
			case c < 0:
				merged, late = append(merged, late[0]), late[1:]
			default:
				r.count(batch[0], 1)
				added++
				merged, batch = append(merged, batch[0]), batch[1:]
			}
		}
		merged = append(merged, late...)
		for _, e := range batch {
			r.count(e, 1)
			added++
		}
		r.entries = append(r.entries[:from], append(merged, batch...)...)
	}
	if over := len(r.entries) - r.size; over > 0 {
		r.drop(over)
		r.lost += over
	}
	return added
}

// prune drops what is older than a moment.
func (r *ring) prune(before time.Time) {
	n, _ := slices.BinarySearchFunc(r.entries, before, func(e *refusal, t time.Time) int { return e.Time.Compare(t) })
	r.drop(n)
}

// drop forgets the n oldest.
func (r *ring) drop(n int) {
	for _, e := range r.entries[:n] {
		r.count(e, -1)
	}
	// Moved down in place: a slice that only ever advances would keep its dead front alive.
	r.entries = slices.Delete(r.entries, 0, n)
}

func (r *ring) count(e *refusal, n int) {
	r.all.add(e, n)
	if n > 0 {
		r.line.Add(e.Entry)
	} else {
		r.line.Remove(e.Entry)
	}
	at := place{e.Service, e.Region}
	t := r.by[at]
	if t == nil {
		t = &tally{}
		r.by[at] = t
	}
	t.add(e, n)
	if t.total() == 0 {
		delete(r.by, at)
	}
}

// of is the count of one service.
func (r *ring) of(at place) tally {
	if t := r.by[at]; t != nil {
		return *t
	}
	return tally{}
}
