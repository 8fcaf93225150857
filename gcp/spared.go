package gcp

import (
	"context"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
)

// longestSpared is the longest time for which a region is left alone; shorter where Google asks for less each time.
const longestSpared = 10 * time.Minute

// spared are the regions whose read quota is used up, for one sort of call. Each is left alone for as long as Google asks, and twice as long as before
// where that was too short; the others are not slowed down by it. The quota counts per project and region
// (https://cloud.google.com/run/quotas).
type spared struct {
	mu      sync.Mutex
	regions map[spot]spell
}

// spell is for how long a region is left alone, and why.
type spell struct {
	until time.Time
	lasts time.Duration
	err   *Error
}

// inRegionUnlessSpared lists a region, or says why it is not asked at present.
func (c *Client) inRegionUnlessSpared(ctx context.Context, at spot) (found []Service, failed []RegionError) {
	if e := c.spared.left(at, time.Now()); e != nil {
		return nil, []RegionError{{at.project, at.region, e}}
	}
	found, failed = c.inRegion(ctx, at.project, at.region)
	c.spared.note(at, failed, time.Now())
	return found, failed
}

// left is the error of a region that is left alone, with the time that is left; nil for the others.
func (s *spared) left(of spot, at time.Time) *Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	spell, ok := s.regions[of]
	if !ok || !at.Before(spell.until) {
		return nil
	}
	e := *spell.err
	e.Retry = spell.until.Sub(at)
	e.Hint = waiting(e.Retry)
	return &e
}

// note takes what came of listing a region.
func (s *spared) note(of spot, failed []RegionError, at time.Time) {
	for _, f := range failed {
		if f.Region == of.region && f.Err.Code == codes.ResourceExhausted {
			s.took(of, f.Err, at)
			return
		}
	}
	s.took(of, nil, at)
}

// took takes what came of one call; nil: it went well, or failed in another way. Of calls that were made together several may come back
// refused: the first begins the spell, and the others do not make it longer than Google asks. One that went well does not end it.
func (s *spared) took(of spot, e *Error, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, known := s.regions[of]
	on := known && at.Before(before.until)
	switch {
	case e == nil && !on:
		delete(s.regions, of)
	case e == nil:
	case on:
		if until := at.Add(min(e.Retry, longestSpared)); until.After(before.until) {
			before.until = until
			s.regions[of] = before
		}
	default:
		lasts := min(max(e.Retry, 2*before.lasts), longestSpared)
		if s.regions == nil {
			s.regions = map[spot]spell{}
		}
		s.regions[of] = spell{at.Add(lasts), lasts, e}
	}
}

// sparedPolicy is the error of a policy that is not read at present, since the quota for policies of its region is used up; nil for the
// others.
func (c *Client) sparedPolicy(of spot, name string) error {
	e := c.sparedPolicies.left(of, time.Now())
	if e == nil {
		return nil
	}
	e.On = name
	e.Hint = waiting(e.Retry) + " for the quota of " + of.region
	return e
}

// waiting is the next step where only time helps.
func waiting(d time.Duration) string { return fmt.Sprintf("wait %s", d.Round(time.Second)) }
