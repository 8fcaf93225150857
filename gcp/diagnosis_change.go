package gcp

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// fresh is how long a change of a policy may still be spreading. Google names two minutes, and seven or more at times:
// https://cloud.google.com/iam/docs/access-change-propagation
const fresh = 10 * time.Minute

// enough is how many refusals must be missing before a change, at the rate after it, for their absence to tell something: with two
// chance alone leaves that out one time in seven.
const enough = 2

// explains says whether refusals of this sort came after a change at many times the rate before it. One after which they did not, or
// of which that is not known, is worth a word.
func (k *clues) explains(c Change) bool {
	but := func(format string, args ...any) bool {
		k.con("%s %s, but "+format, append([]any{k.moment(c.Time), c.Text()}, args...)...)
		return false
	}
	r := k.around(c.Time)
	switch {
	case r.after == 0:
		return but("%s of the same sort came before that, and none since", times(r.before))
	case r.went:
		return but("%s of the same sort came before that", times(r.before))
	}
	if r.minutesBefore < quietMinutes {
		var ok bool
		if r, ok = k.counted(c.Time); !ok {
			return but("whether they came before that too is not known: %s", k.reach())
		}
		if r.went {
			return but("%s came before that", times(r.before))
		}
	}
	if r.rate()*r.minutesBefore < enough {
		return but("they are too few to tell whether they began with it")
	}
	if r.before > 0 {
		k.con("%s came before that change too, at a lower rate", times(r.before))
	}
	if first := r.first.Sub(c.Time); first > fresh {
		k.con("the first that is known came %s after that change", counted(int(first/time.Minute), "minute"))
	}
	return true
}

// rates are how many refusals came before a moment and after it.
type rates struct {
	before, after               int
	minutesBefore, minutesAfter float64 // how long it is looked at; before: as far as is known that none is missing
	first                       time.Time
	went                        bool // they went on before it at no much lower rate, in the last minute or in a longer time
}

// rate is how many came a minute after it.
func (r rates) rate() float64 { return float64(r.after) / r.minutesAfter }

// near are the minutes before a change that are looked at: one before which a storm had begun is not the reason for it, however long
// the quiet before that was.
var near = [...]int{1, quietMinutes, stormMinutes}

// goesOn says whether so many refusals in so many minutes are too many for those after to be something new.
func (r rates) goesOn(n int, minutes float64) bool { return float64(n)*riseFactor > r.rate()*minutes }

// around counts the refusals of the cause that is looked at.
func (k *clues) around(at time.Time) rates {
	r := rates{minutesAfter: max(1, k.main[0].Time.Sub(at).Minutes())}
	if since := k.whole(at); !since.IsZero() {
		r.minutesBefore = max(0, at.Sub(since).Minutes())
	}
	var lately [len(near)]int
	for _, e := range k.main {
		if !e.Time.Before(at) {
			r.after++
			r.first = e.Time
			continue
		}
		r.before++
		for i, minutes := range near {
			if at.Sub(e.Time) <= time.Duration(minutes)*time.Minute {
				lately[i]++
			}
		}
	}
	for i, minutes := range near {
		r.went = r.went || lately[i] > 1 && r.goesOn(lately[i], float64(minutes))
	}
	r.went = r.went || r.before > 0 && r.goesOn(r.before, r.minutesBefore)
	return r
}

// whole is from when on no refusal before a moment is missing; the zero value where that is not known.
func (k *clues) whole(at time.Time) time.Time {
	since := k.Since
	for _, g := range k.Gaps {
		if !since.IsZero() && g.After(since) && !g.After(at) {
			since = g
		}
	}
	return since
}

// counted is around by the counts of all refusals, which reach further back than the entries in a storm; those after are taken to be
// of the sort that is looked at in the share that it has of the entries. It is not ok where they do not reach back far enough.
func (k *clues) counted(at time.Time) (r rates, ok bool) {
	i := len(k.Minutes) - 1 - int(minute(k.now)-minute(at))
	begin := 0
	for _, g := range k.Gaps {
		if !g.After(at) {
			begin = max(begin, len(k.Minutes)-int(minute(k.now)-minute(g)))
		}
	}
	if i < begin+quietMinutes || i >= len(k.Minutes) {
		return r, false
	}
	r.minutesBefore, r.minutesAfter, r.first = float64(i-begin), 1, at
	for j, n := range k.Minutes[i:] {
		if r.after += n; n > 0 {
			r.minutesAfter = float64(j + 1)
		}
	}
	r.after = r.after * len(k.main) / k.looked
	for j := i - 1; j >= begin; j-- {
		r.before += k.Minutes[j]
		r.went = r.went || r.before > 1 && r.goesOn(r.before, float64(i-j))
	}
	return r, true
}

// reach says how far back the refusals are known.
func (k *clues) reach() string {
	if k.Since.IsZero() {
		return "not all of the log was read"
	}
	return fmt.Sprintf("what was looked at begins %s", k.moment(k.Since))
}

// granted: a grant that may not have spread yet, or a policy that was set, of which the change is not known.
func (k *clues) granted() {
	c, ok := k.lastChange(func(c Change) bool {
		return c.Kind == ChangePolicy && c.Failed == "" && k.now.Sub(c.Time) < fresh &&
			(!c.Compared || slices.ContainsFunc(c.Added, func(g Grant) bool { return k.invokes(g.Role) != No }))
	})
	if !ok {
		return
	}
	before := 0
	for _, e := range k.main {
		if e.Time.Before(c.Time) {
			before++
		}
	}
	switch {
	case c.Compared && before > 0:
		k.likely(inferred, "A grant was made "+k.moment(c.Time)+", and may not have spread yet.")
	case c.Compared:
		// What began after a grant is not mended by it, unless the caller waited for it.
	case before == 0 && k.explains(c):
		k.likely(inferred, "The policy was set "+k.moment(c.Time)+", and they began after that: if it took a right away, that is the reason.")
	case before > 0:
		k.likely(inferred, "The policy was set "+k.moment(c.Time)+": if that was a grant, it may not have spread yet.")
		k.con("what it changed is not known; %s came before it, for which a removal is no reason", times(before))
	}
	k.told(c, "a change takes two minutes to spread, seven and more at times")
	if before == len(k.main) {
		k.con("none came since that change: it may be mended by now")
	}
	k.next("Wait some minutes, and look whether more come.")
}

// taken: somebody lost the permission, and has not been given it again. Of several such changes the last that explains it counts.
func (k *clues) taken() {
	holders := k.holders()
	said := -1
	for i := len(k.changes) - 1; i >= 0; i-- {
		c := k.changes[i]
		if c.Kind != ChangePolicy || c.Failed != "" ||
			!slices.ContainsFunc(c.lost(k.invokes), func(g Grant) bool { return !slices.Contains(holders, g.Member) }) {
			continue
		}
		if k.explains(c) {
			k.likely(inferred, "The callers' right to invoke was taken away.")
			k.told(c, "")
			k.next("Ask %s whether that was meant; give the role back if not.", cmp.Or(c.Who, "whoever did it"))
			return
		}
		if said >= 0 {
			k.d.Against = k.d.Against[:said] // one change that it was not is enough
		}
		said = len(k.d.Against)
	}
}

// checkedNow: until some minutes ago nobody needed a right to invoke.
func (k *clues) checkedNow() {
	c, ok := k.lastChange(func(c Change) bool { return c.Failed == "" && c.checked() })
	if !ok || !k.explains(c) {
		return
	}
	k.likely(inferred, "The invoker check was turned on, and the callers are none of the accounts that may invoke the service.")
	k.told(c, "")
	k.next("Ask %s whether that was meant.", cmp.Or(c.Who, "whoever did it"))
}
