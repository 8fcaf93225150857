package ui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"why401/gcp"
)

// frontsIn reads the load balancers of the project. Whatever becomes of it is said in the report: none is needed for the rest. They are
// nil, with the reason, where nothing of them could be read.
func frontsIn(ctx context.Context, client *gcp.Client) (fronts *gcp.Fronts, barred string) {
	ctx, cancel := context.WithTimeout(ctx, reportFronts)
	defer cancel()
	read, err := client.Fronts(ctx)
	if err != nil {
		return nil, unfronted(err)
	}
	return &read, ""
}

// unfronted says why no load balancer was read.
func unfronted(err error) string {
	return "the load balancers: " + strings.TrimPrefix(described(err), "read the load balancers: ")
}

// handed is what the screen knows of the load balancers, for a report: nil, with the reason, where it knows nothing.
func (f *fronting) handed() (fronts *gcp.Fronts, barred string) {
	switch {
	case f.err != nil && f.kept:
		return f.fronts, "the load balancers as they are now: " + described(f.err)
	case f.err != nil:
		return nil, unfronted(f.err)
	case f.fronts == nil && f.asking:
		return nil, "the load balancers: they are being read"
	}
	return f.fronts, ""
}

// unfronted is what of the load balancers was not read.
func (d *dossier) unfronted() []string {
	switch {
	case d.fronts == nil:
		return []string{cmp.Or(d.barred, "the load balancers")}
	case d.barred != "":
		return append(slices.Clone(d.fronts.Unread), d.barred)
	}
	return d.fronts.Unread
}

// front is what stands in front of a service.
func (d *dossier) front(o *ownLog) reportFront {
	front := reportFront{Ways: []reportWay{}, Notes: []string{}, Unread: append([]string{}, d.unfronted()...)}
	if d.fronts == nil || o.service == nil {
		return front
	}
	front.Read = stamp(d.fronts.Read)
	ways := d.fronts.Of(*o.service)
	front.More = max(0, len(ways)-mostWays)
	for _, f := range ways[:len(ways)-front.More] {
		w := reportWay{Balancer: f.Name, Kind: kinds(f), Backend: f.Backend, Region: f.Region, Guards: guards(f), Leads: "unknown", Why: f.Why}
		if f.Leads == gcp.Yes {
			w.Leads = "yes"
		}
		var routes []string
		for _, r := range f.Routes {
			routes = append(routes, r.String())
		}
		w.Routes = some(routes, mostMembers)
		front.Ways = append(front.Ways, w)
	}
	for _, c := range o.service.FrontCautions(judged(d.policies[o.service.ID], d.at), ways) {
		front.Notes = append(front.Notes, c.Text+": "+c.Why+" ("+c.Confidence+")")
	}
	return front
}

// writeFront tells what stands in front of a service; what was not read of it may have been said already.
func (s reportService) writeFront(p *page, said []string) {
	f := s.Front
	var lines []string
	for _, w := range f.Ways {
		name := "backend service " + code(w.Backend) + ", which no URL map that was read uses"
		if w.Balancer != "" {
			name = code(w.Balancer)
			if w.Kind != "" {
				name += " (" + words(w.Kind) + ")"
			}
			if len(w.Routes) > 0 {
				name += ": " + spans(w.Routes)
			}
		}
		if w.Leads != "yes" {
			name = "may lead here: " + name
		}
		if w.Why != "" {
			name += "; " + words(w.Why)
		}
		lines = append(lines, "- "+name+"; "+words(strings.Join(w.Guards, "; ")))
	}
	switch {
	case f.Read == "", len(lines) > 0:
	case len(f.Unread) > 0:
		lines = append(lines, "- Unknown: no load balancer was found in what could be read.")
	default:
		lines = append(lines, "- No load balancer of this project leads here, nor a backend service that one of another project could use.")
	}
	if f.More > 0 {
		lines = append(lines, "- "+plural(f.More, "more way")+" through load balancers are left out.")
	}
	for _, n := range f.Notes {
		lines = append(lines, "- Note: "+words(n))
	}
	for _, u := range f.Unread {
		if !slices.Contains(said, u) {
			lines = append(lines, "- Not read: "+words(u))
		}
	}
	if len(f.Ways) > 0 {
		lines = append(lines, "- What a load balancer refuses stands in its own log, if anywhere, which was not read for this.")
	}
	if len(lines) > 0 {
		p.block("### In front")
		p.block(lines...)
	}
}
