package ui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
	"why401/token"
)

// inheritance is what each project and its parents hand down to every service in it, as far as it has been read. One reading serves
// all services of a project; policies are joined with it where they are looked at, since ten thousand joined ones would hold it ten
// thousand times.
type inheritance struct {
	of     map[string]*inheriting // by project
	serial int                    // counts what came: policies joined before are out of date

	// The selected service's policy is joined once, since it is what the panes compare by.
	own, joined *gcp.Policy
	at          int // the serial with which it was joined
}

// inheriting is what one project hands down.
type inheriting struct {
	value   *gcp.Inherited // nil: not read yet
	at      time.Time
	err     error
	kept    bool // value is older than err
	bare    bool // value is of a reading that failed
	reading bool

	// handed is value for judging many services, made once, of madeOf.
	handed token.Policy
	madeOf *gcp.Inherited
}

// inheritedRead answers readInherited of a client and a project.
type inheritedRead struct {
	client  *gcp.Client
	project string
	value   gcp.Inherited
	at      time.Time
	err     error
}

func readInherited(ctx context.Context, client *gcp.Client, project string) tea.Cmd {
	return func() tea.Msg {
		value, err := client.InheritedIn(ctx, project)
		return inheritedRead{client, project, value, now(), err}
	}
}

// join joins a service's own policy with what it inherits; nil stays nil.
func (i *inheritance) join(own *gcp.Policy) *gcp.Policy {
	if own == nil {
		return nil
	}
	from := i.from(own)
	if from == nil {
		return own
	}
	p := own.Inheriting(from.value)
	return &p
}

// from is what a service with this policy inherits; nil where it has not been read.
func (i *inheritance) from(own *gcp.Policy) *inheriting {
	from := i.of[projectOf(own.Service)]
	for _, only := range i.of {
		if len(i.of) == 1 {
			from = only // also where one names the project by its id and the other by its number
		}
	}
	if from == nil || from.value == nil {
		return nil
	}
	return from
}

// target is what a token is judged against at one of many services, whose own policy is nil where it was not read. It comes to the same as with the
// joined policy, but all services share what is handed down, so that it is looked through once.
func (i *inheritance) target(s gcp.Service, own *gcp.Policy, at moment) token.Target {
	t := target(s, own, nil, at)
	if own == nil {
		return t
	}
	from := i.from(own)
	if from == nil {
		return t
	}
	if from.madeOf != from.value {
		from.madeOf, from.handed = from.value, policy(gcp.Policy{}.Inheriting(from.value))
		from.handed.Above = token.HandDown(from.handed.Bindings)
	}
	h := &from.handed
	t.Policy.Above, t.Policy.Unread, t.Policy.Deny, t.Policy.DenyUnread, t.Policy.DenyKnown = h.Above, h.Unread, h.Deny, h.DenyUnread, h.DenyKnown
	return t
}

// failed is why what a project hands down could not be read, and when what is known of it was read: the zero time where nothing was.
func (i *inheritance) failed(project string) (known time.Time, err error) {
	of := i.of[project]
	if of == nil || of.err == nil {
		return known, nil
	}
	if of.kept {
		known = of.value.Read
	}
	return known, of.err
}

// joined is a service's policy with what is handed down to it and its conditions evaluated now; nil where it is not known.
func (r *root) joined(s *policyState) *gcp.Policy {
	return judged(r.inherited.join(s.policy), moment{now: r.time, clock: r.clock}.server())
}

// known says whether the reading of a project's has come to an end, one way or the other.
func (i *inheritance) known(project string) bool {
	of := i.of[project]
	return of != nil && (of.value != nil || of.err != nil)
}

// forget waits no more for what is on its way.
func (i *inheritance) forget() {
	for _, of := range i.of {
		of.reading = false
	}
}

// projectOf is the project in a service's full name.
func projectOf(service string) string {
	_, rest, _ := strings.Cut(service, "/")
	project, _, _ := strings.Cut(rest, "/")
	return project
}

// selected is join for the selected service: the same pointer as long as nothing has changed.
func (i *inheritance) selected(own *gcp.Policy) *gcp.Policy {
	if own != i.own || i.serial != i.at {
		i.own, i.at, i.joined = own, i.serial, i.join(own)
	}
	return i.joined
}

// inherit reads what is handed down, where it is old, or failed, or is asked for by hand.
func (r *root) inherit(byHand bool) tea.Cmd {
	if r.client == nil {
		return nil
	}
	if r.inherited.of == nil {
		r.inherited.of = map[string]*inheriting{}
	}
	var cmds []tea.Cmd
	for _, project := range r.client.All() {
		i := r.inherited.of[project]
		if i == nil {
			i = &inheriting{}
			r.inherited.of[project] = i
		}
		age := policyAge
		if i.value != nil && len(i.value.Unread) > 0 {
			age = partialAge
		}
		if i.reading || !byHand && i.err == nil && !i.at.IsZero() && now().Sub(i.at) < age {
			continue
		}
		i.reading = true
		cmds = append(cmds, readInherited(r.ctx, r.client, project))
	}
	return tea.Batch(cmds...)
}

// inheritedRead takes what is handed down. A reading that failed replaces none that did not.
func (r *root) inheritedRead(m inheritedRead) {
	i := r.inherited.of[m.project]
	if i == nil {
		return
	}
	if i.reading = false; m.client != r.client {
		return
	}
	i.at, i.err = m.at, m.err
	if i.kept = m.err != nil && i.value != nil && !i.bare; i.kept {
		return
	}
	i.value, i.bare = &m.value, m.err != nil
	r.inherited.serial++
	for _, row := range r.services.rows {
		if s := r.policies[row.service.ID]; s != nil && row.service.Project == m.project {
			r.services.setDoor(row.service.ID, r.joined(s), s.err)
		}
	}
}
