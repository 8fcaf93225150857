package ui

import (
	"cmp"
	"hash/maphash"
	"slices"
	"time"

	"why401/gcp"
)

// gone is what a ring keeps of an entry that made room for newer ones: enough to count it for as long as the window wants it, and to tell
// when it comes again. So counts are exact for much longer than rows are there.
type gone struct {
	of     *counter
	at     int64  // nanoseconds since 1970
	id     uint64 // a hash of the entry's id
	status int16
	by     gcp.Refuser
}

// mostGone is how many are kept, and how many more until the oldest are let go: 32 bytes each.
const mostGone, moreGone = 200_000, 20_000

// idSeed makes the hashes of this run: nobody can choose ids that have the same.
var idSeed = maphash.MakeSeed()

func goneOf(e *refusal, of *counter) gone {
	return gone{of, e.Time.UnixNano(), maphash.String(idSeed, e.ID), int16(e.Status), e.by}
}

func orderGone(a, b gone) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) }

// entry is as much of the entry as counting needs.
func (g gone) entry() *refusal {
	at := g.of.at
	return &refusal{Entry: gcp.Entry{Time: time.Unix(0, g.at), Status: int(g.status), Project: at.Project, Service: at.Service, Region: at.Region}, by: g.by}
}

// sift takes out of a batch in order what has been there and made room, counts what is older than that and new, and gives what is left.
func (r *ring) sift(batch []*refusal) (rest []*refusal, added int) {
	if len(r.gone) == 0 {
		return batch, 0
	}
	var late []gone
	last := r.gone[len(r.gone)-1].at
	rest = batch[:0]
	for _, e := range batch {
		g := goneOf(e, nil)
		if g.at > last {
			rest = append(rest, e)
			continue
		}
		switch _, was := slices.BinarySearchFunc(r.gone, g, orderGone); {
		case was:
		case g.at == last:
			rest = append(rest, e) // it may be in the ring
		default:
			r.count(e, 1)
			r.weight -= int(e.weight)
			g.of = r.by[e.Place()]
			late = append(late, g)
		}
	}
	r.keepGone(late)
	return rest, len(late)
}

// makeRoom lets the n oldest entries go, and goes on counting them.
func (r *ring) makeRoom(n int) {
	old := make([]gone, n)
	for i, e := range r.entries[:n] {
		old[i] = goneOf(e, r.by[e.Place()])
		r.weight -= int(e.weight)
	}
	r.keepGone(old)
	r.entries = slices.Delete(r.entries, 0, n)
}

func (r *ring) keepGone(some []gone) {
	if len(some) == 0 {
		return
	}
	slices.SortFunc(some, orderGone)
	from, _ := slices.BinarySearchFunc(r.gone, some[0], orderGone)
	inOrder := from == len(r.gone)
	if r.gone = append(r.gone, some...); !inOrder {
		slices.SortFunc(r.gone[from:], orderGone)
	}
	if over := len(r.gone) - mostGone; over > moreGone {
		r.lost += over
		r.forget(over)
	}
}

// forget counts the n oldest that are gone no longer.
func (r *ring) forget(n int) {
	for _, g := range r.gone[:n] {
		r.count(g.entry(), -1)
	}
	if r.gone = slices.Delete(r.gone, 0, n); len(r.gone) == 0 {
		r.gone = nil // a storm is over: its room is given back
	}
}

// pruneGone forgets what is older than a moment.
func (r *ring) pruneGone(before time.Time) {
	n, _ := slices.BinarySearchFunc(r.gone, before.UnixNano(), func(g gone, t int64) int { return cmp.Compare(g.at, t) })
	if n > 0 {
		r.lost = 0
	}
	r.forget(n)
}

// short says whether entries that are counted are no longer there: of what is made of the entries themselves, such as groups, there is
// at least so much.
func (r *ring) short() bool { return r.lost+len(r.gone) > 0 }

// reach is from when on the ring has counted all that it was given.
func (r *ring) reach() time.Time {
	switch {
	case len(r.gone) > 0:
		return time.Unix(0, r.gone[0].at)
	case len(r.entries) > 0:
		return r.entries[0].Time
	}
	return time.Time{}
}
