package gcp

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
)

// Lister lists services region by region, as the regions answer: one that cannot be reached holds up none of the others. Its work ends
// with the context that List was given, whether anybody calls Next or not.
type Lister struct {
	client *Client
	work   together
	news   chan struct{} // holds one where something has come that Next has not handed out; closed once all is over

	mu    sync.Mutex
	all   Listing
	fresh Part
	lost  int // projects whose regions are not known
}

// Part is what has come since the last one, of a listing that goes on.
type Part struct {
	Services []Service     // in no order
	Failed   []RegionError // of projects and regions that did not answer
	Answered int           // regions that have answered or failed, of all so far
	Regions  int           // how many are asked, as far as that is known yet
}

// List begins to list the services of all regions, 16 at a time. ListServices takes no wildcard for the region, which its own reference says.
func (c *Client) List(ctx context.Context) *Lister {
	l := &Lister{client: c, news: make(chan struct{}, 1)}
	slots := make(chan struct{}, regionsAtATime)
	for _, project := range c.projects {
		l.work.Do(func() {
			regions := c.wanted
			if len(regions) == 0 {
				var err error
				if regions, err = c.regions(ctx, project); err != nil {
					l.lose(RegionError{Project: project, Err: c.failureIn(project, "list regions", "", needLocations, err)})
					return
				}
			}
			l.expect(len(regions))
			for _, region := range regions {
				slots <- struct{}{} // which every holder gives back, at the latest when its call's time is over
				l.work.Do(func() {
					defer func() { <-slots }()
					l.take(c.inRegionUnlessSpared(ctx, spot{project, region}))
				})
			}
		})
	}
	go func() {
		_ = l.work.group.Wait()
		close(l.news)
	}()
	return l
}

// lose takes note of a project whose regions could not be listed.
func (l *Lister) lose(failed RegionError) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost++
	l.all.Failed, l.fresh.Failed = append(l.all.Failed, failed), append(l.fresh.Failed, failed)
	l.tell()
}

// expect takes note of regions that are asked.
func (l *Lister) expect(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all.Regions += n
	l.fresh.Regions = l.all.Regions
	l.tell()
}

// take takes a region's answer.
func (l *Lister) take(found []Service, failed []RegionError) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fresh.Answered++
	l.all.Services, l.fresh.Services = append(l.all.Services, found...), append(l.fresh.Services, found...)
	l.all.Failed, l.fresh.Failed = append(l.all.Failed, failed...), append(l.fresh.Failed, failed...)
	l.tell()
}

// tell wakes a Next that waits, with the lock held.
func (l *Lister) tell() {
	select {
	case l.news <- struct{}{}:
	default:
	}
}

// Next waits until something more has come, and hands out all that has: whoever is slow gets fewer and larger parts. It says with more
// that there is another part; after the last, Listing has the whole. It is for one goroutine.
func (l *Lister) Next() (p Part, more bool) {
	if _, more = <-l.news; !more {
		l.work.rethrow()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	p = l.fresh
	l.fresh = Part{Answered: p.Answered, Regions: p.Regions}
	return p, more
}

// Listing is the whole, once Next has said that there is no more. The error is set only where nothing could be listed at all; a region
// that failed is in Listing.Failed.
func (l *Lister) Listing() (Listing, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	whole := l.all
	slices.SortFunc(whole.Services, func(a, b Service) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Region, b.Region), strings.Compare(a.Project, b.Project))
	})
	slices.SortFunc(whole.Failed, func(a, b RegionError) int {
		return cmp.Or(strings.Compare(a.Project, b.Project), strings.Compare(a.Region, b.Region))
	})
	switch {
	case whole.Regions == 0 && l.lost == len(l.client.projects):
		return Listing{}, whole.Failed[0].Err
	case len(whole.Services) == 0 && len(whole.Failed) > 0 && len(whole.Failed) == whole.Regions+l.lost:
		first := *whole.Failed[0].Err
		if l.lost == 0 {
			first.On = "every region"
		}
		return whole, &first
	}
	return whole, nil
}

// Services lists all regions and waits for the last of them. The error is as Lister.Listing has it.
func (c *Client) Services(ctx context.Context) (Listing, error) {
	l := c.List(ctx)
	for more := true; more; {
		_, more = l.Next()
	}
	return l.Listing()
}

// spot is a region of a project.
type spot struct{ project, region string }
