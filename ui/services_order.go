package ui

import (
	"cmp"
	"slices"
	"strings"

	"why401/token"
)

// sortOrder is what the list is sorted by.
type sortOrder int8

const (
	byRefused sortOrder = iota // the most refused first
	byName
	byRegion
	byDoor
	byToken // what the held token would get; only while one is held
	orders
)

func (o sortOrder) String() string {
	return [...]string{"refused", "name", "region", "door", "token"}[o]
}

// arrange filters and sorts, and puts the cursor where the selection is now.
func (p *servicesPane) arrange() {
	p.shown = p.shown[:0]
	for i := range p.rows {
		r := &p.rows[i]
		if r.hay == "" {
			r.hay = strings.ToLower(r.name + "\n" + r.region + "\n" + r.door)
			if p.several() {
				r.hay += "\n" + strings.ToLower(clean(r.service.Project))
			}
			if p.predicted {
				r.hay += "\ntoken:" + statusWord(r.verdict)
			}
		}
		if contains(r.hay, p.filter.words) {
			p.shown = append(p.shown, i)
		}
	}
	slices.SortStableFunc(p.shown, func(a, b int) int {
		c := p.compare(&p.rows[a], &p.rows[b])
		if p.reversed {
			return -c
		}
		return c
	})
	p.fit()
	if !p.moved && !p.filter.on() {
		p.list.to(0)
		p.remember()
		return
	}
	for at, i := range p.shown {
		if p.rows[i].service.ID == p.selected {
			p.list.to(at)
			return
		}
	}
	// The selected one is filtered out or gone: the cursor stays near, and the selection is whatever stands there.
	p.list.to(p.list.cursor)
	p.remember()
}

func (p *servicesPane) compare(a, b *serviceRow) int {
	var c int
	switch p.by {
	case byRefused:
		c = cmp.Compare(b.tally.total(), a.tally.total())
	case byRegion:
		c = cmp.Compare(a.region, b.region)
	case byDoor:
		c = cmp.Compare(a.door, b.door)
	case byToken:
		c = cmp.Compare(rank(a.verdict), rank(b.verdict))
	}
	return cmp.Or(c, cmp.Compare(a.name, b.name), cmp.Compare(a.region, b.region), cmp.Compare(a.service.Project, b.service.Project))
}

// rank puts the services that let a token in first, then those of which it is not known, then the others by status.
func rank(v token.Verdict) int {
	if v.Status == 0 {
		return 300
	}
	return v.Status
}
