package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"why401/gcp"
	"why401/token"
)

// inCloud reads the service, its policy, and what the project's other services accept. notes say what could not be read and does
// not keep the service from being judged.
func (o CheckOptions) inCloud(ctx context.Context, at moment) (aim token.Target, notes []string, err error) {
	client, err := o.Open(ctx)
	if err != nil {
		return token.Target{}, nil, err
	}
	defer client.Close()
	listing, err := client.Services(ctx)
	if err != nil {
		return token.Target{}, nil, err
	}
	s, err := o.choose(client.Project(), listing)
	if err != nil {
		return token.Target{}, nil, err
	}
	for _, f := range listing.Failed {
		notes = append(notes, "services of "+clean(f.Region)+" are not known: "+described(f.Err))
	}
	var past history
	var unread error
	var reading sync.WaitGroup
	reading.Go(func() { past, unread = lately(ctx, client, at.now) })
	// An error is told by what is left unread: nobody is refused for lack of a binding then.
	var above gcp.Inherited
	reading.Go(func() { above, _ = client.Inherited(ctx) })
	p, err := client.Policy(ctx, s.ID)
	reading.Wait()
	if ctx.Err() != nil && err != nil {
		return token.Target{}, nil, err
	}
	if unread != nil {
		notes = append(notes, "what was changed lately is not known, and a grant takes minutes to spread: "+described(unread))
	}
	if err != nil {
		notes = append(notes, "the policy of "+clean(s.Name)+" is not known: "+described(err))
		return target(s, nil, listing.Services, at), notes, nil
	}
	at.changed = past.policyChanged(whereIs(s))
	p = p.Inheriting(&above)
	return target(s, &p, listing.Services, at), notes, nil
}

// lately reads what was changed since shortly before a moment: for longer than a change takes to spread, and for clocks that differ.
func lately(ctx context.Context, client *gcp.Client, moment time.Time) (history, error) {
	const most = 1000 // what one call gives; the newest come first
	changes, _, err := client.Changes(ctx, moment.Add(-20*time.Minute), time.Time{}, most)
	var past history
	past.take(changes)
	return past, err
}

// described is an error with its next step, in one sentence.
func described(err error) string {
	text := clean(err.Error())
	if h := hint(err); h != "" {
		text += "; " + h
	}
	return text
}

// choose finds the one service of that name.
func (o CheckOptions) choose(project string, listing gcp.Listing) (gcp.Service, error) {
	var named []gcp.Service
	for _, s := range listing.Services {
		if s.Name == o.Service && (o.Region == "" || s.Region == o.Region) {
			named = append(named, s)
		}
	}
	switch len(named) {
	case 0:
		return gcp.Service{}, o.missing(project, listing)
	case 1:
		return named[0], nil
	}
	var regions []string
	for _, s := range named {
		regions = append(regions, clean(s.Region))
	}
	return gcp.Service{}, &Error{
		Text: fmt.Sprintf("%s is in %d regions: %s", nameOf(o.Service), len(named), strings.Join(regions, ", ")),
		Hint: "say which: --region " + regions[0],
	}
}

// missing says that a service is not there, or that nobody knows whether it is.
func (o CheckOptions) missing(project string, listing gcp.Listing) error {
	for _, f := range listing.Failed {
		if o.Region == "" || f.Region == o.Region {
			return f.Err
		}
	}
	where := "project " + clean(project)
	if o.Region != "" {
		where = nameOf(o.Region) + " of " + where
	}
	hint := "gcloud run services list --project=" + clean(project)
	var there, regions []string
	for _, s := range listing.Services {
		there = append(there, clean(s.Name))
		if s.Name == o.Service {
			regions = append(regions, clean(s.Region))
		}
	}
	there = slices.Compact(there)
	switch most := 20; {
	case regions != nil:
		hint = "it is in " + strings.Join(regions, ", ")
	case len(there) == 0:
		hint = "it has no services; is it the right project?"
	case len(there) <= most:
		hint = "there are " + strings.Join(there, ", ")
	}
	return &Error{Text: "no service " + nameOf(o.Service) + " in " + where, Hint: hint}
}
