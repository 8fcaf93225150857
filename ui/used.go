package ui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"why401/gcp"
)

// fact is a label and a clean text.
type fact struct{ label, text string }

// used is what the calls are made with: the project and where it was found, whose credentials, who is billed.
func (r *root) used() []fact {
	project := clean(r.project())
	if r.o.ProjectFrom != "" {
		project += ", from " + clean(r.o.ProjectFrom)
	}
	facts := []fact{{"project", project}}
	switch {
	case r.o.Demo:
		facts = append(facts, fact{"login", "none: the embedded cloud needs none"})
	case r.client == nil && blamed(r.opener.err) != "":
		outcome := ", which could not be tried yet"
		if unauthenticated(r.opener.err) {
			outcome = ", which is not taken"
		}
		facts = append(facts, fact{"login", clean(blamed(r.opener.err)) + outcome})
	case r.client == nil:
		facts = append(facts, fact{"login", "none yet"})
	case r.client.Login() != nil:
		l := r.client.Login()
		facts = append(facts, fact{"login", clean(l.String())})
		if quota := l.Quota(r.client.Project()); quota != "" && quota != r.client.Project() {
			facts = append(facts, fact{"quota", "drawn on " + clean(quota)})
		}
	}
	if r.services.have {
		facts = append(facts, fact{"services", "as of " + r.services.asOf.Local().Format(time.TimeOnly)})
	}
	return append(facts, fact{"more", "why401 doctor looks at all that is needed, and says what is missing"})
}

// blamed is the login that an error is of; "" where it is of none.
func blamed(err error) string {
	var e *gcp.Error
	if errors.As(err, &e) {
		return e.Login
	}
	return ""
}

// wrong is everything that fails now, each error once.
func (r *root) wrong() []error {
	all := []error{r.opener.err, r.services.err}
	for _, f := range r.services.listing.Failed {
		if f.Err != nil {
			all = append(all, f.Err)
		}
	}
	if r.stream != nil {
		all = append(all, r.stream.err, r.stream.listErr)
	}
	if s, ok := r.services.selection(); ok && r.policies[s.ID] != nil {
		all = append(all, r.policies[s.ID].err)
	}
	if t := r.token.token; t != nil && r.keysFrom[t.KeysURL()] != nil {
		all = append(all, r.keysFrom[t.KeysURL()].err)
	}
	for _, err := range r.beside() {
		if !lacks(err) {
			all = append(all, err)
		}
	}
	return eachOnce(all)
}

// lacking is what a permission that few have, or an API that a project may do without, would show besides.
func (r *root) lacking() []error {
	return eachOnce(slices.DeleteFunc(r.beside(), func(err error) bool { return !lacks(err) }))
}

// beside are the errors of what is read beside the services: what the selected one's project hands down, and what stands in front.
func (r *root) beside() []error {
	var all []error
	if s, ok := r.services.selection(); ok {
		if of := r.inherited.of[s.Project]; of != nil {
			all = append(all, of.err)
			if of.value != nil {
				all = append(all, asErrors(of.value.Errs)...)
			}
		}
	}
	f := &r.fronting
	all = append(all, f.err, f.logErr)
	if f.fronts != nil {
		all = append(all, asErrors(f.fronts.Errs)...)
	}
	return slices.DeleteFunc(all, func(err error) bool { return err == nil })
}

// lacks says whether an error is that of a permission that the program can do without, or of an API that only load balancers need.
func lacks(err error) bool {
	var e *gcp.Error
	return errors.As(err, &e) && (e.Permission != "" || e.API == "compute.googleapis.com" || e.API == "iap.googleapis.com")
}

// eachOnce leaves out what is nil, given up or said already.
func eachOnce(all []error) []error {
	var once []error
	for _, err := range all {
		same := func(other error) bool { return strings.EqualFold(other.Error(), err.Error()) }
		if err != nil && !errors.Is(err, context.Canceled) && !slices.ContainsFunc(once, same) {
			once = append(once, err)
		}
	}
	return once
}
