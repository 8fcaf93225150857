package gcp

import (
	"slices"
	"time"
)

// mostChanges is how many changes a History keeps; the oldest go first.
const mostChanges = 5000

// History holds the changes of a project in the order of the log, each once, and works out what each did where its entry does
// not say so: from the change before it, or from what was known of the service before. The zero value is ready. It is for one
// goroutine.
type History struct {
	all  []Change
	seen map[Place]*seen
}

// seen is what was read of a service outside the log, and when it was so.
type seen struct {
	policy     []Grant
	policyAt   time.Time
	settings   settings
	settingsAt time.Time
}

// Saw tells what a service and its policy were when they were read; p may be nil. A change that comes to the log later is
// compared with it. s without Updated and p without Read tell nothing.
func (h *History) Saw(s Service, p *Policy) {
	was := h.of(s.Place())
	if s.Updated.After(was.settingsAt) {
		was.settings, was.settingsAt = s.settings(), s.Updated
	}
	if p != nil && p.Read.After(was.policyAt) {
		was.policy, was.policyAt = p.Grants(), p.Read
	}
}

// of is what was read of a service.
func (h *History) of(at Place) *seen {
	if h.seen == nil {
		h.seen = map[Place]*seen{}
	}
	if h.seen[at] == nil {
		h.seen[at] = &seen{}
	}
	return h.seen[at]
}

// Add takes in changes in any order and returns those that were new, oldest first, with what they did filled in. The end of a
// long-running operation whose beginning is there is taken into that one and is not new.
func (h *History) Add(changes ...Change) []Change {
	changes = slices.Clone(changes)
	slices.SortFunc(changes, orderChanges)
	var added []Change
	for _, c := range changes {
		if h.index(c) >= 0 {
			continue
		}
		if c.Ends {
			if at := h.half(c); at >= 0 {
				h.all[at].finish(c)
				h.rework(at)
				continue
			}
		} else if at := h.half(c); at >= 0 {
			c.finish(h.all[at])
			h.all = slices.Delete(h.all, at, at+1)
		}
		at, _ := slices.BinarySearchFunc(h.all, c, orderChanges)
		h.all = slices.Insert(h.all, at, c)
		h.rework(at)
		added = append(added, c)
	}
	if over := len(h.all) - mostChanges; over > 0 {
		h.drop(over)
	}
	for i, c := range added {
		if at := h.index(c); at >= 0 {
			added[i] = h.all[at]
		}
	}
	return added
}

// index is where a change is, or -1.
func (h *History) index(c Change) int {
	if at, there := slices.BinarySearchFunc(h.all, c, orderChanges); there {
		return at
	}
	return -1
}

// half is where the other half of a change's operation is, or -1.
func (h *History) half(c Change) int {
	if c.Operation == "" {
		return -1
	}
	return slices.IndexFunc(h.all, func(o Change) bool { return o.Operation == c.Operation && o.Ends != c.Ends && o.Place() == c.Place() })
}

// finish takes in how the operation ended.
func (c *Change) finish(end Change) {
	c.Failed = end.Failed
	if end.after.known {
		c.after = end.after
	}
}

// rework fills in what a change did, and what those after it did, since they are compared with it.
func (h *History) rework(at int) {
	of := h.all[at].Place()
	for i := at; i < len(h.all); i++ {
		if h.all[i].Place() == of {
			h.work(i)
		}
	}
}

// work fills in what the change at an index did, or tried to.
func (h *History) work(at int) {
	c := &h.all[at]
	switch c.Kind {
	case ChangeOther, ChangeCreated, ChangeDeleted:
	case ChangePolicy:
		if c.told || !c.grants.known {
			return
		}
		before, ok := h.grantsBefore(at)
		c.Compared, c.Added, c.Removed = ok, nil, nil
		if ok {
			c.compare(before)
		}
	default:
		if before, ok := h.settingsBefore(at); ok && c.after.known {
			c.settle(before)
		} else {
			c.settle(c.after)
			c.before = settings{} // not known: nothing is to be read from it
		}
	}
}

// grantsBefore is the policy that a change replaced, where that is known: as the last change left it, or as it was read since.
func (h *History) grantsBefore(at int) ([]Grant, bool) {
	c := h.all[at]
	var since time.Time
	var before []Grant
	var ok bool
	if at := h.before(at, func(o Change) bool {
		return o.Kind == ChangePolicy || o.Kind == ChangeCreated || o.Kind == ChangeDeleted
	}); at >= 0 {
		o := h.all[at]
		since = o.Time
		switch {
		case o.Kind == ChangeCreated:
			ok = true // a new service has no policy
		case o.Kind == ChangePolicy && o.grants.known && !(o.grants.etag != "" && c.grants.upon != "" && o.grants.etag != c.grants.upon):
			before, ok = o.grants.all, true
		}
	}
	if s := h.seen[c.Place()]; s != nil && s.policyAt.After(since) && s.policyAt.Before(c.Time) {
		return s.policy, true
	}
	return before, ok
}

// settingsBefore are the settings that a change replaced, where they are known. A generation that is missing between two
// changes means a change that was not seen.
func (h *History) settingsBefore(at int) (settings, bool) {
	c := h.all[at]
	var since time.Time
	var before settings
	if at := h.before(at, func(o Change) bool { return o.Kind != ChangePolicy && o.Kind != ChangeOther }); at >= 0 {
		o := h.all[at]
		since, before = o.Time, o.after
		if o.Kind == ChangeDeleted || o.after.generation > 0 && c.after.generation > o.after.generation+1 {
			before = settings{}
		}
	}
	if s := h.seen[c.Place()]; s != nil && s.settingsAt.After(since) && s.settingsAt.Before(c.Time) {
		return s.settings, true
	}
	return before, before.known
}

// before is the index of the last change of the same service before one, done and of a sort, or -1.
func (h *History) before(at int, of func(Change) bool) int {
	c := h.all[at]
	for i := at - 1; i >= 0; i-- {
		if o := h.all[i]; o.Place() == c.Place() && o.Failed == "" && of(o) {
			return i
		}
	}
	return -1
}

// List is all changes, oldest first.
func (h *History) List() []Change { return slices.Clone(h.all) }

// Of is one service's changes, oldest first.
func (h *History) Of(at Place) []Change {
	var own []Change
	for _, c := range h.all {
		if c.Place() == at {
			own = append(own, c)
		}
	}
	return own
}

// Prune drops the changes before a moment. What they left behind stays known.
func (h *History) Prune(before time.Time) {
	n, _ := slices.BinarySearchFunc(h.all, before, func(c Change, t time.Time) int { return c.Time.Compare(t) })
	h.drop(n)
}

// drop forgets the n oldest changes and keeps what they left behind.
func (h *History) drop(n int) {
	for _, c := range h.all[:n] {
		if c.Failed != "" || c.Kind == ChangeOther {
			continue
		}
		was := h.of(c.Place())
		switch {
		case c.Kind == ChangePolicy && c.Time.After(was.policyAt):
			was.policy, was.policyAt = nil, time.Time{}
			if c.grants.known {
				was.policy, was.policyAt = c.grants.all, c.Time
			}
		case c.Kind != ChangePolicy && c.Time.After(was.settingsAt):
			was.settings, was.settingsAt = settings{}, time.Time{}
			if c.after.known {
				was.settings, was.settingsAt = c.after, c.Time
			}
		}
	}
	h.all = slices.Delete(h.all, 0, n)
}
