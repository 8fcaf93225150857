package ui

import (
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"google.golang.org/grpc/codes"

	"why401/gcp"
)

// A region whose quota is used up is asked for no policy until Google wants to be asked again. Its services wait in a line of their own, so
// that the queue of the others does not stop at them.

// sparing is one region that is left alone.
type sparing struct {
	until   time.Time
	err     *gcp.Error // why, with the moment until which it waits
	waiting []string   // services whose policies are to be read then
}

// regionOf is the region of a service's full name.
func regionOf(service string) spot {
	p := strings.Split(service, "/")
	if len(p) < 4 {
		return spot{}
	}
	return spot{p[1], p[3]}
}

// spare leaves the region of a service alone, where its policy was not read for lack of quota. The service is first in line.
func (r *root) spare(service string, err error, at time.Time) tea.Cmd {
	var e *gcp.Error
	if !errors.As(err, &e) || e.Code != codes.ResourceExhausted || e.Retry <= 0 {
		return nil
	}
	of, until := regionOf(service), at.Add(min(e.Retry, longestAsk))
	s := r.spared[of]
	var due tea.Cmd
	if s == nil {
		s = &sparing{}
		r.spared[of] = s
		due = after(until.Sub(at), quotaDue{of})
	}
	if until.After(s.until) {
		told := *e
		told.Hint = "waiting for the quota of " + of.region + " until " + until.Local().Format(time.TimeOnly) + "; then it is read"
		s.until, s.err = until, &told
	}
	r.wait(s, service)
	return due
}

// wait puts a service in line, and says on its row why its policy is not read.
func (r *root) wait(s *sparing, service string) {
	state := r.policies[service]
	if state == nil {
		return
	}
	if !state.waits {
		state.waits = true
		s.waiting = append(s.waiting, service)
	}
	told := *s.err
	told.On = nameIn(service)
	state.stale, state.err = true, &told
	r.services.setDoor(service, r.joined(state), state.err)
}

// nameIn is the name in a service's full name.
func nameIn(service string) string { return service[strings.LastIndexByte(service, '/')+1:] }

// quotaDue lets a region be asked again, if it was not told to wait longer meanwhile.
func (r *root) quotaDue(m quotaDue) tea.Cmd {
	s := r.spared[m.of]
	if s == nil {
		return nil
	}
	if left := s.until.Sub(now()); left > 0 {
		return after(left, m)
	}
	delete(r.spared, m.of)
	for _, id := range s.waiting {
		if state := r.policies[id]; state != nil {
			state.waits = false
		}
	}
	r.queue = append(r.queue, s.waiting...)
	return nil
}
