package gcp

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Inherited is what a project and its parents hand down to every service in it. The same holds for all services of the
// project, so one reading serves them all.
type Inherited struct {
	Project string  // project id
	Number  string  // project number, "" where it is not known
	Levels  []Level // the project first, then folders upwards, then the organisation; as far up as the ancestry could be read

	// Deny are the rules that take run.routes.invoke away, of the deny policies that could be read.
	Deny []DenyRule

	// Unread is what could let somebody in and was not read, in words, each with the permission that would show it.
	Unread []string

	// DenyUnread are the deny policies that were not read, in the same manner. They stand apart: few on call may read them, and
	// there is hardly ever one on run.routes.invoke, so that they alone do not make a grant unsure.
	DenyUnread []string

	// Errs are the errors behind Unread and DenyUnread, those of one cause and one next step once.
	Errs []*Error

	Read time.Time // when it was read
}

// Level is one step of a service's ancestry.
type Level struct {
	Name string // as Binding.Level has it: "project acme-prod", "folder Shops (123)", "organisation acme.example"
	ID   string // "projects/acme-prod", "folders/123", "organizations/456"

	// Bindings are those of the level's own policy that may matter to a caller of Cloud Run, their roles expanded as a service's
	// are. Left out are those whose role was read and does not hold run.routes.invoke, but for the basic roles, which members
	// like projectViewer:P refer to, and the roles that people take for invokers.
	Bindings []Binding

	Err error // an *Error: why the policy could not be read; Bindings is then empty
}

// Inherited reads the project's ancestry and the policies of all that it consists of. What cannot be read is told in Unread, in
// DenyUnread and in Level.Err; the rest is there all the same. The error, an *Error, is set only where neither the ancestry nor
// the project's policy could be read; Inherited then says what is missing, and nothing else.
//
// Source: https://cloud.google.com/iam/docs/resource-hierarchy-access-control
func (c *Client) Inherited(ctx context.Context) (Inherited, error) {
	return c.InheritedIn(ctx, c.project)
}

// InheritedIn is Inherited of one of several projects.
func (c *Client) InheritedIn(ctx context.Context, project string) (Inherited, error) {
	own := &rung{kind: "project", id: "projects/" + project, label: project}
	in := Inherited{Project: project}
	var work together
	rungs := c.climb(ctx, own, &in, &work)
	_ = work.Wait()
	own.id = "projects/" + in.Project // also where the project was asked for by its number
	in.Read = time.Now()
	for _, r := range rungs {
		in.add(r)
	}
	in.DenyUnread = denyUnread(rungs)
	for _, r := range rungs {
		in.Errs = eachOnce(in.Errs, r.up, r.policyErr, r.denyErr)
	}
	if own.policyErr != nil && own.up != nil {
		return in, own.policyErr
	}
	return in, nil
}

// add takes in what was read of one rung.
func (in *Inherited) add(r *rung) {
	l := Level{Name: r.name(), ID: r.id}
	switch {
	case r.policyErr != nil:
		l.Err = r.policyErr
		in.Unread = append(in.Unread, l.Name+": "+shows(r.policyErr, "it"))
	default:
		for _, b := range r.bindings {
			b.Level = l.Name
			l.Bindings = append(l.Bindings, b)
		}
	}
	for _, d := range r.deny {
		d.Level = l.Name
		in.Deny = append(in.Deny, d)
	}
	if r.up != nil {
		in.Unread = append(in.Unread, "the folders and organisation above "+l.Name+": "+shows(r.up, "them"))
	}
	in.Levels = append(in.Levels, l)
}

// eachOnce adds errors to a list that has each cause with its next step once; nil ones are passed over.
func eachOnce(list []*Error, more ...*Error) []*Error {
	for _, e := range more {
		if e != nil && !slices.ContainsFunc(list, func(o *Error) bool { return o.Cause() == e.Cause() && o.Hint == e.Hint }) {
			list = append(list, e)
		}
	}
	return list
}

// shows says which permission would show what was not read; where it was no permission that was missing, why it was not read.
func shows(e *Error, it string) string {
	if e.Permission == "" {
		return e.Cause()
	}
	text := e.Permission + " shows " + it
	if e.Role != "" {
		text += " (" + e.Role + ")"
	}
	return text
}

// Inheriting is the policy with what its service inherits: its own bindings, then those of project, folders and organisation.
// What is unread and denied is then as h says. Nil h leaves the policy as it is.
func (p Policy) Inheriting(h *Inherited) Policy {
	if h == nil {
		return p
	}
	p.Bindings = slices.Clone(p.Bindings)
	for _, l := range h.Levels {
		p.Bindings = append(p.Bindings, l.Bindings...)
	}
	p.Unread, p.Deny, p.DenyUnread, p.DenyRead = h.Unread, h.Deny, h.DenyUnread, true
	p.Errs = h.Errs
	return p
}

// matters says whether a binding of a level above the service is worth keeping. Hundreds are not: a project's policy is mostly
// about other products.
func matters(b Binding) bool {
	name, predefined := strings.CutPrefix(b.Role, "roles/")
	return b.Invokes != No || predefined && (name == "owner" || name == "editor" || slices.Contains(others[:], name))
}
