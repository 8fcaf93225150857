package ui

import (
	"slices"
	"time"

	"why401/gcp"
	"why401/token"
)

// serviceRow is a service with what the list says of it, clean.
type serviceRow struct {
	service      gcp.Service
	name, region string
	door         string
	doorKnown    bool
	doorErr      bool
	tally        tally
	chart        []int         // refusals over the window
	verdict      token.Verdict // of the held token; see servicesPane.predicted
	hay          string
}

// answered says whether the service's policy was asked for and answered, one way or the other.
func (r *serviceRow) answered() bool { return r.doorKnown || r.doorErr }

// found takes a part of a listing: the rows of the first one come as they are found, until the whole is there. It says whether there are more.
func (p *servicesPane) found(part gcp.Part, at time.Time) bool {
	p.part = gcp.Part{Answered: part.Answered, Regions: part.Regions}
	if p.have || len(part.Services)+len(part.Failed) == 0 {
		return false
	}
	if p.at == nil {
		p.at, p.index = map[string]int{}, gcp.AudienceIndex{}
	}
	p.err, p.asOf = nil, at
	p.listing.Regions, p.listing.Failed = part.Regions, append(p.listing.Failed, part.Failed...)
	fresh := make([]gcp.Service, 0, len(part.Services))
	for _, s := range part.Services {
		if _, known := p.at[s.ID]; !known { // by a listing that was given up
			p.at[s.ID] = len(p.rows)
			p.rows = append(p.rows, newServiceRow(s, serviceRow{}))
			fresh = append(fresh, s)
		}
	}
	p.listing.Services = append(p.listing.Services, fresh...)
	p.index.Add(fresh)
	p.unread += len(fresh)
	p.serial++
	return true
}

// newServiceRow is the row of a service; was is the one that it had.
func newServiceRow(s gcp.Service, was serviceRow) serviceRow {
	r := was
	r.service, r.name, r.region = s, clean(s.Name), clean(s.Region)
	if !r.doorKnown {
		r.door = s.Door(nil).Brief
	}
	r.hay = ""
	return r
}

// show takes a listing. An error keeps the old rows, marked with their age.
func (p *servicesPane) show(l gcp.Listing, at time.Time, err error) {
	p.loading, p.err = false, err
	if err != nil && len(p.rows) > 0 {
		p.have = true // what a listing found that was given up is all there is
	}
	if err == nil {
		doors := map[string]serviceRow{}
		for _, r := range p.rows {
			doors[r.service.ID] = r
		}
		p.hear(l, p.asOf)
		old := p.listing.Services
		p.have, p.listing, p.asOf = true, l, at
		services := keepFailed(l, old)
		p.rows, p.at = make([]serviceRow, 0, len(services)), make(map[string]int, len(services))
		names := make(map[[2]string]bool, len(services))
		p.unread = 0
		for _, s := range services {
			names[[2]string{s.Project, s.Name}] = true
			r := newServiceRow(s, doors[s.ID])
			if !r.answered() {
				p.unread++
			}
			p.at[s.ID] = len(p.rows)
			p.rows = append(p.rows, r)
		}
		p.serial++
		p.listing.Services, p.namesakes = services, len(names) < len(services)
		p.index = gcp.IndexAudiences(services)
	}
	p.arrange()
}

// hear notes since when the regions of a listing that failed have not answered; the listing before it was of a moment.
func (p *servicesPane) hear(l gcp.Listing, before time.Time) {
	heard := map[spot]time.Time{}
	for _, f := range l.Failed {
		if at, known := p.heard[spotOf(f)]; known {
			heard[spotOf(f)] = at
		} else if p.have {
			heard[spotOf(f)] = before
		}
	}
	p.heard = heard
}

// spot is a region of a project.
type spot struct{ project, region string }

func spotOf(f gcp.RegionError) spot { return spot{f.Project, f.Region} }

// keepFailed adds to a listing what was known before of the regions that did not answer this time: an old row is worth more
// than a hole, and the region is named as failed beside it.
func keepFailed(l gcp.Listing, old []gcp.Service) []gcp.Service {
	failed := map[spot]bool{}
	for _, f := range l.Failed {
		failed[spotOf(f)] = true
	}
	if len(failed) == 0 {
		return l.Services
	}
	out, listed := slices.Clone(l.Services), make(map[string]bool, len(l.Services))
	for _, s := range l.Services {
		listed[s.ID] = true
	}
	for _, s := range old {
		if (failed[spot{s.Project, s.Region}] || failed[spot{s.Project, ""}]) && !listed[s.ID] {
			out = append(out, s)
		}
	}
	return out
}

// setDoor says what the policy of a service makes of its door.
func (p *servicesPane) setDoor(id string, policy *gcp.Policy, err error) {
	if r := p.row(id); r != nil {
		before := r.answered()
		r.door, r.doorKnown, r.doorErr = r.service.Door(policy).Brief, policy != nil, err != nil
		r.hay = ""
		switch after := r.answered(); {
		case after && !before:
			p.unread--
		case before && !after:
			p.unread++
		}
	}
}

// row is the row of a service, nil where it has none.
func (p *servicesPane) row(id string) *serviceRow {
	if i, ok := p.at[id]; ok {
		return &p.rows[i]
	}
	return nil
}

// setTally takes the counts of the window.
func (p *servicesPane) setTally(of func(place) tally, charts map[place][]int, window time.Duration) {
	p.window = window
	for i := range p.rows {
		r := &p.rows[i]
		at := whereIs(r.service)
		r.tally, r.chart = of(at), charts[at]
	}
}

// predictAnother forgets what the services would answer to the token before. The order and the filter stay: the next answers come at once.
func (p *servicesPane) predictAnother() {
	for i := range p.rows {
		p.rows[i].verdict, p.rows[i].hay = token.Verdict{}, ""
	}
}

// predictNothing forgets what the services would answer: no token is held any more.
func (p *servicesPane) predictNothing() {
	p.predicted = false
	p.predictAnother()
	sorted := p.by == byToken
	if sorted {
		p.by = byRefused
	}
	if sorted || p.filter.on() {
		p.arrange()
	}
}

// predictionsChanged has the rows stand where their verdicts put them.
func (p *servicesPane) predictionsChanged() {
	if p.filter.on() || p.by == byToken {
		p.arrange()
	}
}

// ids are the services of the list.
func (p *servicesPane) ids() []string {
	out := make([]string, len(p.rows))
	for i := range p.rows {
		out[i] = p.rows[i].service.ID
	}
	return out
}
