package ui

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"why401/gcp"
)

// refusal is a log entry made ready to be drawn: every string of it is clean, so that no field that an attacker wrote can
// reach the terminal as a control sequence from here on.
type refusal struct {
	gcp.Entry
	by                 gcp.Refuser
	caller, short      string
	verb, folded, kind string  // what its group has of method, path and caller
	weight             int32   // bytes of its texts
	hay                *string // what a filter looks in; made when first needed

	// A row that is no entry: a place where some may be missing (gap.go), or a change (history.go).
	note   string      // what it says; "" for an entry
	change *gcp.Change // for a change, clean
	gap    *gap        // for a mark of something that may be missing, where there is more to say of it
}

// ingest explains and cleans entries. It runs in a command, off the screen's path.
func ingest(entries []gcp.Entry) []*refusal {
	if len(entries) == 0 {
		return nil
	}
	out := make([]*refusal, len(entries))
	for i, e := range entries {
		k := e.GroupKey()
		r := &refusal{
			Entry: e, by: k.By, caller: brief(e.Caller()), short: brief(k.Reason),
			verb: brief(k.Method), folded: brief(k.Path), kind: brief(k.Caller),
		}
		// A query may hold credentials, and nothing here needs it.
		r.URL, r.Referer = withoutQuery(r.URL), withoutQuery(r.Referer)
		for _, s := range []*string{
			&r.ID, &r.Method, &r.URL, &r.UserAgent, &r.RemoteIP, &r.Referer, &r.Protocol, &r.Project, &r.Service, &r.Region,
			&r.Revision, &r.Instance, &r.Text, &r.Trace, &r.Severity, &r.ServerIP, &r.Span, &r.Labels,
		} {
			*s = brief(*s)
			r.weight += int32(len(*s))
		}
		r.weight += int32(len(r.caller) + len(r.short) + len(r.folded))
		out[i] = r
	}
	return out
}

// group is the key of the refusal's group. It is made when needed: kept, it would be a quarter of what an entry takes.
func (r *refusal) group() gcp.GroupKey {
	return gcp.GroupKey{
		Project: r.Project, Service: r.Service, Region: r.Region, Status: r.Status, By: r.by, Reason: r.short,
		Method: r.verb, Path: r.folded, Caller: r.kind,
	}
}

// longestText is how many bytes are kept of a field. The log's own are no longer, but escapes may be, ten times.
const longestText = 2 << 10

// brief is clean, and cut where it is longer than any field is that means no harm.
func brief(s string) string {
	if s = clean(s); len(s) <= longestText {
		return s
	}
	end := longestText
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.Clone(s[:end]) + ellipsis
}

// withoutQuery is a URL without its query and fragment; that there was one shows.
func withoutQuery(u string) string {
	if at := strings.IndexAny(u, "?#"); at >= 0 {
		return u[:at] + "?…"
	}
	return u
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

// place is where a service is, clean.
type place = gcp.Place

// whereIs is where a service is.
func whereIs(s gcp.Service) place {
	return place{Project: clean(s.Project), Service: clean(s.Name), Region: clean(s.Region)}
}

// whereWas is where a change was made.
func whereWas(c gcp.Change) place {
	return place{Project: clean(c.Project), Service: clean(c.Service), Region: clean(c.Region)}
}

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

// ring holds the newest refusals in the log's order, each once, and counts them by service. It is bounded: the oldest go first, but are
// counted on (ring_gone.go), and lost says how many the window still wanted that are not counted either.
type ring struct {
	size    int
	entries []*refusal
	gone    []gone // in order, all before entries
	all     tally
	by      map[place]*counter
	line    gcp.Timeline // the same by minute
	lost    int
	weight  int // bytes of the entries' texts
}

// counter counts the refusals of one service.
type counter struct {
	tally
	at place
}

// mostWeight is how many bytes of text a ring holds: entries are some 700 bytes, and this is for callers who send what is large.
const mostWeight = 48 << 20

func newRing(size int) *ring {
	return &ring{size: size, by: map[place]*counter{}}
}

// add takes in a batch in any order and says how many of it were new.
func (r *ring) add(batch []*refusal) int {
	if len(batch) == 0 {
		return 0
	}
	batch = slices.Clone(batch)
	slices.SortFunc(batch, order)
	batch = slices.CompactFunc(batch, func(a, b *refusal) bool { return order(a, b) == 0 })
	batch, added := r.sift(batch)
	if len(batch) == 0 {
		return added
	}
	from, _ := slices.BinarySearchFunc(r.entries, batch[0], order)
	late := r.entries[from:]
	if len(late) == 0 {
		for _, e := range batch {
			r.count(e, 1)
		}
		r.entries, added = append(r.entries, batch...), added+len(batch)
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
	over, left := max(len(r.entries)-r.size, 0), r.weight
	for _, e := range r.entries[:over] {
		left -= int(e.weight)
	}
	for ; left > mostWeight && over < len(r.entries); over++ {
		left -= int(r.entries[over].weight)
	}
	if over > 0 {
		r.makeRoom(over)
	}
	return added
}

// full says that an older entry would be dropped at once.
func (r *ring) full() bool {
	return len(r.entries) >= r.size || r.weight > mostWeight-2*longestText
}

// prune drops what is older than a moment. Where there is any, all that had to make room is older too.
func (r *ring) prune(before time.Time) {
	n, _ := slices.BinarySearchFunc(r.entries, before, func(e *refusal, t time.Time) int { return e.Time.Compare(t) })
	if n > 0 {
		r.lost = 0
	}
	r.pruneGone(before)
	for _, e := range r.entries[:n] {
		r.count(e, -1)
	}
	// Moved down in place: a slice that only ever advances would keep its dead front alive.
	r.entries = slices.Delete(r.entries, 0, n)
}

func (r *ring) count(e *refusal, n int) {
	r.all.add(e, n)
	r.weight += n * int(e.weight)
	if n > 0 {
		r.line.Add(e.Entry)
	} else {
		r.line.Remove(e.Entry)
	}
	at := e.Place()
	t := r.by[at]
	if t == nil {
		t = &counter{at: at}
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
		return t.tally
	}
	return tally{}
}
