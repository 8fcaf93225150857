package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
	p, err := client.Policy(ctx, s.ID)
	switch {
	case ctx.Err() != nil:
		return token.Target{}, nil, err
	case err != nil:
		notes = append(notes, "the policy of "+clean(s.Name)+" is not known: "+described(err))
		return target(s, nil, listing.Services, at), notes, nil
	}
	return target(s, &p, listing.Services, at), notes, nil
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
		Text: fmt.Sprintf("%s is in %d regions: %s", clean(o.Service), len(named), strings.Join(regions, ", ")),
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
		where = clean(o.Region) + " of " + where
	}
	hint := "gcloud run services list --project=" + clean(project)
	var there []string
	for _, s := range listing.Services {
		there = append(there, clean(s.Name))
	}
	there = slices.Compact(there)
	switch most := 20; {
	case len(there) == 0:
		hint = "it has no services; is it the right project?"
	case len(there) <= most:
		hint = "there are " + strings.Join(there, ", ")
	}
	return &Error{Text: "no service " + nameOf(o.Service) + " in " + where, Hint: hint}
}
