package gcp

import (
	"iter"
	"slices"
	"time"
)

// sameOnset is how many minutes the beginnings of a project's refusals and of one service's may lie apart and still be one.
const sameOnset = 2

// Blame names the change that the beginning is told with: in the same minute as the first refusals or in the ten before, and of a
// sort that can cause at least half of what was refused then. That it came before does not prove that it did. A beginning that is
// not known is left as it is.
//
// refused yields what was counted, in any order; without it no change is named. scope is the service that it is all of, or the
// zero Place for the whole project: then a change is named only where its own service's refusals began at that time too, and were
// more than half of the project's, and the text names that service.
func (b Began) Blame(scope Place, refused iter.Seq[*Entry], changes []Change) Began {
	near := slices.ContainsFunc(changes, func(c Change) bool { return b.follows(&c) })
	if !b.Known || refused == nil || !near {
		return b
	}
	at := scope
	if at == (Place{}) {
		at = b.most(refused)
	}
	own := b.of(at, refused)
	if scope == (Place{}) && !own.alike(b) {
		return b
	}
	var found *Change
	for i := range changes {
		c := &changes[i]
		if c.Place() != at || !b.follows(c) || !own.explained(c) {
			continue
		}
		if found == nil || c.rank() > found.rank() || c.rank() == found.rank() && c.Time.After(found.Time) {
			found = c
		}
	}
	if found == nil {
		return b
	}
	one := *found
	b.After = &one
	if scope == (Place{}) {
		b.Text += " at "
		if b.Several {
			b.Text += one.Project + "/"
		}
		b.Text += one.Service
	}
	b.Text += ", " + after(minute(b.At)-minute(one.Time)) + " " + one.Text()
	return b
}

// follows says whether it began soon after a change that can stop callers at all.
func (b Began) follows(c *Change) bool {
	d := minute(b.At) - minute(c.Time)
	return 0 <= d && d <= causedMinutes && c.stops(anySort)
}

// storm says whether a request was refused when it began.
func (b Began) storm(e *Entry) bool {
	return !e.Time.Before(b.At) && e.Time.Before(b.At.Add(stormMinutes*time.Minute))
}

// most is the service that has more than half of what was refused when it began, if any has: of two different ones each takes the
// other out, and what is left may be it.
func (b Began) most(refused iter.Seq[*Entry]) (at Place) {
	n := 0
	for e := range refused {
		switch {
		case !b.storm(e):
		case n == 0:
			at, n = e.Place(), 1
		case e.Place() == at:
			n++
		default:
			n--
		}
	}
	return at
}

// began is how the refusals of one service began.
type began struct {
	onset Began
	sorts map[refusalSort]int // how many of each there were when the refusals began
	own   int                 // all of these
	all   int                 // the whole project's at that time
}

// of looks at one service's share of a beginning.
func (b Began) of(at Place, refused iter.Seq[*Entry]) *began {
	o := &began{sorts: map[refusalSort]int{}}
	var line Minutes
	for e := range refused {
		storm := b.storm(e)
		if storm {
			o.all++
		}
		if e.Place() != at {
			continue
		}
		line.Add(e.Time)
		if storm {
			o.own++
			o.sorts[e.refusalSort()]++
		}
	}
	o.onset = Onset(line.Counts(b.from, b.from.Add(time.Duration(b.minutes-1)*time.Minute)), b.from)
	return o
}

// alike says whether the service's refusals are most of the project's, and began with them.
func (o *began) alike(project Began) bool {
	apart := minute(o.onset.At) - minute(project.At)
	return o.onset.Known && -sameOnset <= apart && apart <= sameOnset && 2*o.own > o.all
}

// explained says whether a change can cause at least half of what was refused.
func (o *began) explained(c *Change) bool {
	n := 0
	for s, of := range o.sorts {
		if c.stops(s) {
			n += of
		}
	}
	return n > 0 && 2*n >= o.own
}

// refusalSort is who refused a request, and with which status.
type refusalSort int8

const (
	anySort refusalSort = iota // of a shape that this program does not know: whatever can cause one of the others
	sortApp                    // the container answered
	sort401                    // Cloud Run: a credential came, and was not accepted
	sort403                    // Cloud Run: no credential, or a caller who may not invoke
)

func (e Entry) refusalSort() refusalSort {
	switch by := e.By(); {
	case by == App:
		return sortApp
	case by == Platform && e.Status == 401:
		return sort401
	case by == Platform && e.Status == 403:
		return sort403
	}
	return anySort
}

// stops says whether a change is of a sort after which callers may be refused so. What a settings change did may not be known:
// then it may have done anything.
//
// Sources: https://cloud.google.com/run/docs/authenticating/overview, https://cloud.google.com/run/docs/troubleshooting#401.
func (c *Change) stops(s refusalSort) bool {
	switch {
	case c.Failed != "", c.Kind == ChangeOther, c.Kind == ChangeDeleted:
		return false
	case c.Kind == ChangePolicy:
		// No policy has a container answer otherwise, and none but allUsers bears on whether a credential is looked at.
		return s != sortApp && (!c.Compared || slices.ContainsFunc(c.lost(shippedAnswer), func(g Grant) bool { return s != sort401 || g.Member == "allUsers" }))
	case s == sortApp || s == anySort || c.Kind == ChangeCreated:
		return true // whatever else it did, new code may refuse
	case !c.before.known:
		return true
	}
	// Once the settings are known on both sides, only they count: new code does not make Cloud Run refuse.
	return c.checked() || c.before.iap != c.after.iap || c.before.ingress.narrower(c.after.ingress) || c.before.urlOff && !c.after.urlOff ||
		s == sort401 && len(missing(c.before.audiences, c.after.audiences)) > 0
}

// lost are the grants of a role that may invoke which a change took away, those aside whose member was given another in their place.
// What is not known of a role may be.
func (c *Change) lost(invokes func(role string) Answer) []Grant {
	var out []Grant
	for _, g := range c.Removed {
		instead := func(n Grant) bool { return n.Member == g.Member && n.Condition == "" && invokes(n.Role) == Yes }
		if invokes(g.Role) != No && !slices.ContainsFunc(c.Added, instead) {
			out = append(out, g)
		}
	}
	return out
}

// shippedAnswer says of a role by its name alone whether it may invoke.
func shippedAnswer(role string) Answer {
	invokes, _ := shipped(role, "")
	return invokes
}

// rank says how much more likely one change stops callers than another.
func (c *Change) rank() int {
	sure := func(g Grant) bool { return shippedAnswer(g.Role) == Yes }
	open := func(g Grant) bool { return g.Member == "allUsers" && sure(g) }
	lost := c.lost(shippedAnswer)
	switch {
	case slices.ContainsFunc(lost, open), c.checked():
		return 4
	case slices.ContainsFunc(lost, sure), c.before.known && c.closes():
		return 3
	case len(lost) > 0:
		return 2
	case c.Kind == ChangePolicy:
		return 1
	}
	return 0
}
