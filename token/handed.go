package token

import (
	"iter"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Handed is what project, folders and organisation hand down to the services below them. Many targets may share one, in several goroutines: what it
// says of a principal is then found out once, and not once a service.
type Handed struct {
	bindings []Binding
	timed    bool // a binding has a condition, so that the answer is of a moment
	mutual   bool // a member is meant by another policy's bindings, so that the answer is the target's

	read atomic.Pointer[[]reading] // the last few, never changed in place
}

// reading is what the bindings say of one principal, at one moment where that matters.
type reading struct {
	of   Principal
	at   time.Time
	says access
}

// HandDown makes what is handed down of bindings, which nobody changes from then on.
func HandDown(bindings []Binding) *Handed {
	h := &Handed{bindings: bindings}
	for i := range bindings {
		h.timed = h.timed || bindings[i].Condition != ""
		for _, member := range bindings[i].Members {
			h.mutual = h.mutual || strings.HasPrefix(member, "project")
		}
	}
	return h
}

// all are the bindings of the service and those that are handed down to it.
func (p *Policy) all() iter.Seq[*Binding] {
	return func(yield func(*Binding) bool) {
		for i := range p.Bindings {
			if !yield(&p.Bindings[i]) {
				return
			}
		}
		if p.Above == nil {
			return
		}
		for i := range p.Above.bindings {
			if !yield(&p.Above.bindings[i]) {
				return
			}
		}
	}
}

// join adds to what the service's own bindings say of a principal what is handed down says.
func (h *Handed) join(a *access, t *Target, p Principal, now time.Time, whole bool) {
	switch {
	case h == nil:
		return
	case whole || h.mutual || t.deniesGroups(): // what is kept knows of no other policy
		a.scan(t, h.bindings, p, now, whole)
		return
	}
	says := h.about(t, p, now)
	a.named = append(a.named, says.named...)
	if len(a.maybe) == 0 {
		a.maybe = slices.Clip(says.maybe)
	}
	if len(a.near) == 0 || len(says.near) > 0 && says.near[0].telling() && !a.near[0].telling() {
		a.near = slices.Clip(says.near)
	}
}

// about is what the bindings say of a principal. Two goroutines at worst both find it out.
func (h *Handed) about(t *Target, p Principal, now time.Time) access {
	const most = 8
	if !h.timed {
		now = time.Time{}
	}
	var known []reading
	if last := h.read.Load(); last != nil {
		known = *last
	}
	for i := range known {
		if known[i].of == p && known[i].at.Equal(now) {
			return known[i].says
		}
	}
	r := reading{of: p, at: now}
	r.says.scan(t, h.bindings, p, now, false)
	kept := append(make([]reading, 0, most), r)
	kept = append(kept, known[:min(len(known), most-1)]...)
	h.read.Store(&kept)
	return r.says
}
