package ui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
)

// answered takes the results of requests. One that nobody waits for any more is dropped, but entries are kept whoever
// asked for them: they are true all the same.
func (r *root) answered(msg tea.Msg) tea.Cmd {
	if err := r.dismissed(msg); err != nil {
		return r.part(err)
	}
	switch m := msg.(type) {
	case clientOpened:
		return r.clientOpened(m)
	case openDue:
		if m.turn == r.opener.turn {
			return r.open()
		}
	case servicesFound:
		return r.servicesFound(m)
	case servicesListed:
		return r.servicesListed(m)
	case refreshDue:
		if m.generation == r.generation {
			return r.refresh(false)
		}
	case policyRead:
		return r.policyRead(m)
	case quotaDue:
		return r.quotaDue(m)
	case projectsListed:
		r.projectsListed(m)
	case searchDue:
		return r.searchDue(m)
	case troubleshot:
		r.access.troubleshot(m)
	case inheritedRead:
		r.inheritedRead(m)
	case frontsRead:
		r.fronting.read(m)
	case frontsLogged:
		r.frontsLogged(m)
	case tailOpened:
		return r.streamed(r.stream.opened(m))
	case entriesArrived:
		r.keep(m.refusals)
		return tea.Batch(r.changed(m.changes), r.streamed(r.stream.arrived(m)))
	case entriesListed:
		reread := r.found(m.refusals, m.changes)
		m.full = r.ring.full()
		cmd := tea.Batch(reread, r.stream.listed(m))
		r.keep(nil)
		if r.stream.filled && !r.backfilled {
			r.backfilled = true
			r.show()
			r.services.arrange()
		}
		return r.streamed(cmd)
	case changesListed:
		return tea.Batch(r.changed(m.changes), r.streamed(r.stream.listedChanges(m)))
	case lastLogged:
		r.lastLogged(m)
	case watchDue:
		return r.stream.watch(m, r.time)
	case watched:
		return r.watched(m)
	case rotateDue:
		return r.streamed(r.stream.rotate(m))
	case streamDue:
		return r.streamed(r.stream.stepped(m))
	case keysFetched:
		r.keysFetched(m)
	case reportCopied:
		return r.reportCopied(m)
	case reportWritten:
		return r.reportWritten(m)
	}
	return nil
}

// refresh lists the services again; the answer of an older list is dropped. By hand it has every policy read again too.
func (r *root) refresh(byHand bool) tea.Cmd {
	if r.client == nil {
		if byHand {
			return r.open()
		}
		return nil
	}
	if r.cancelList != nil {
		r.cancelList()
	}
	r.generation++
	r.services.again = time.Time{}
	for _, s := range r.policies {
		s.stale = s.stale || byHand || s.err != nil || now().Sub(s.at) > policyAge
	}
	for _, id := range r.services.onScreen() {
		if s := r.policies[id]; s != nil && s.policy != nil && s.policy.Partial() && now().Sub(s.at) > partialAge {
			s.stale = true
		}
	}
	var ctx context.Context
	ctx, r.cancelList = context.WithCancel(r.ctx)
	r.services.loading = true
	r.fronting.stale = r.fronting.stale || byHand
	return tea.Batch(listServices(ctx, r.client, r.generation), r.inherit(byHand))
}

// servicesFound shows what has come of the first listing; a later one replaces the rows as a whole.
func (r *root) servicesFound(m servicesFound) tea.Cmd {
	if m.generation != r.generation {
		return nil
	}
	if r.services.found(m.part, m.at) {
		r.show()
		r.services.arrange()
		r.judged = judgement{}
	}
	return nextServices(m.lister, m.generation)
}

func (r *root) servicesListed(m servicesListed) tea.Cmd {
	if m.generation != r.generation {
		return nil
	}
	r.cancelList()
	r.prune(m.at.Add(-r.o.Since))
	r.services.show(m.listing, m.at, m.err)
	r.queue = r.queue[:0]
	for _, row := range r.services.rows {
		if s := r.policies[row.service.ID]; s != nil {
			r.services.setDoor(row.service.ID, r.joined(s), s.err)
		}
		r.history.saw(row.service, nil)
		r.queue = append(r.queue, row.service.ID)
	}
	r.show()
	r.services.arrange()
	r.judged = judgement{}
	return r.refreshLater(m.err)
}

// refreshLater lists the services again in a minute; after a failure sooner, later each time, and not before Google asks for it.
func (r *root) refreshLater(err error) tea.Cmd {
	if err == nil {
		r.relist, r.opener.wait = 0, 0
		return after(refreshTime, refreshDue{r.generation})
	}
	r.relist = clamp(2*r.relist, firstRelist, refreshTime)
	d := max(r.relist, googleAsks(err))
	r.services.again = now().Add(d)
	return after(d, refreshDue{r.generation})
}

func (r *root) policyRead(m policyRead) tea.Cmd {
	r.reading--
	s := r.policies[m.service]
	if s == nil {
		return nil
	}
	s.reading = false
	if errors.Is(m.err, context.Canceled) {
		s.stale = true // its client was given up, and the next one reads it again
		return nil
	}
	s.at, s.err = m.at, m.err
	if m.err == nil {
		s.policy = &m.policy
		if row := r.services.row(m.service); row != nil {
			r.history.saw(row.service, s.policy)
		}
	}
	r.services.setDoor(m.service, r.joined(s), s.err)
	if m.service == r.judged.service {
		r.judged = judgement{}
	}
	if r.predicted.token != nil {
		r.predicted.open = append(r.predicted.open, m.service)
	}
	return r.spare(m.service, m.err, m.at)
}

// keep puts entries into the ring; the panes show them when drawing is due.
func (r *root) keep(batch []*refusal) {
	r.unseen += r.ring.add(batch)
	if r.ring.lost > 0 {
		r.stream.forgot(r.ring.reach(), r.ring.full())
	}
}

// age drops what has left the window also while no list of the services comes to do so: a login that is over for hours must not
// leave counts of the last quarter of an hour from before. It waits for a third of the window, since new counts cost the link bytes.
func (r *root) age() {
	if r.time.Sub(r.pruned) < r.o.Since/3 {
		return
	}
	had := len(r.ring.entries)
	r.prune(r.time.Add(-r.o.Since))
	r.unseen += had - len(r.ring.entries)
}

// prune drops what was logged and changed before a moment.
func (r *root) prune(before time.Time) {
	r.pruned = r.time
	r.ring.prune(before)
	r.history.Prune(before)
	r.stream.pruned(before)
}

// changed takes changes.
func (r *root) changed(batch []gcp.Change) tea.Cmd { return r.reread(r.history.take(batch)) }

// reread reads what is known of services that were changed again at once: the policy, and the list for the settings.
func (r *root) reread(fresh []gcp.Change) tea.Cmd {
	if len(fresh) == 0 {
		return nil
	}
	r.unseen++ // the panes show changes too
	settings := false
	for _, c := range fresh {
		for _, row := range r.services.rows {
			if row.service.Name != c.Service || row.service.Region != c.Region {
				continue
			}
			s := r.policies[row.service.ID]
			if s != nil && !s.at.IsZero() && c.Time.After(s.at.Add(-settleTime)) {
				s.stale = true
				r.queue = append(r.queue, row.service.ID)
			}
			settings = settings || c.Kind != gcp.ChangePolicy && c.Time.After(r.services.asOf.Add(-settleTime))
		}
	}
	r.judged = judgement{}
	if settings && r.services.have && !r.services.loading {
		return r.refresh(false)
	}
	return nil
}

// show brings the panes up to what the ring holds.
func (r *root) show() {
	r.services.setTally(r.ring.of, r.ring.charts(now(), r.o.Since), r.o.Since)
	r.refused.arrived(r.unseen)
	r.unseen, r.drawn = 0, r.ring.all
}

// streamed tells the refused pane what the stream is doing now.
func (r *root) streamed(cmd tea.Cmd) tea.Cmd {
	s := r.stream
	err := s.err
	if err == nil || s.state == streamPolling && s.listErr != nil {
		err = s.listErr // while there is no tail, what keeps the lists from being read is the news
	}
	var oldest time.Time
	if len(r.ring.entries) > 0 {
		oldest = r.ring.entries[0].Time
	}
	open := s.reach
	if !open.IsZero() {
		open = s.newest
	}
	marks := s.gaps.all(open, len(r.ring.gone), r.ring.lost, oldest)
	if m := s.still(); m != nil {
		marks = append([]*refusal{m}, marks...)
	}
	if r.refused.known = s.known; !s.reach.IsZero() {
		r.refused.known = time.Time{}
	}
	if r.refused.tell(marks, err) {
		r.unseen++
	}
	return cmd
}

func (r *root) keysFetched(m keysFetched) {
	s := r.keysFrom[m.url]
	if s == nil {
		return
	}
	s.fetching, s.at, s.err = false, m.at, m.err
	set := r.keys[m.url]
	if m.err == nil {
		set = m.set
	} else {
		// Old keys are kept: a key set that could not be fetched again is still better than none.
		set.Err = clean(m.err.Error())
	}
	r.keys[m.url] = set
	if m.clock.Known {
		r.clock = m.clock
	}
	r.judged = judgement{}
}
