package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
)

// answered takes the results of requests. One that nobody waits for any more is dropped, but entries are kept whoever
// asked for them: they are true all the same.
func (r *root) answered(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case clientOpened:
		return r.clientOpened(m)
	case openDue:
		return r.open()
	case servicesListed:
		return r.servicesListed(m)
	case refreshDue:
		if m.generation == r.generation {
			return r.refresh(false)
		}
	case policyRead:
		r.policyRead(m)
	case tailOpened:
		return r.streamed(r.stream.opened(m))
	case entriesArrived:
		r.keep(m.refusals)
		return tea.Batch(r.changed(m.changes), r.streamed(r.stream.arrived(m)))
	case entriesListed:
		r.keep(m.refusals)
		cmd := tea.Batch(r.changed(m.changes), r.stream.listed(m))
		if m.err == nil && !r.backfilled {
			r.backfilled = true
			r.show()
			r.services.arrange()
		}
		return r.streamed(cmd)
	case rotateDue:
		return r.streamed(r.stream.rotate(m))
	case streamDue:
		return r.streamed(r.stream.stepped(m))
	case keysFetched:
		r.keysFetched(m)
	}
	return nil
}

// open opens the client, where there is none and none is on its way.
func (r *root) open() tea.Cmd {
	if r.client != nil || r.opening {
		return nil
	}
	r.opening = true
	return openClient(r.ctx, r.o.Open)
}

func (r *root) clientOpened(m clientOpened) tea.Cmd {
	r.opening = false
	if m.err != nil {
		r.services.show(gcp.Listing{}, now(), m.err)
		r.refused.tell("failed", nil, m.err)
		return after(reopenTime, openDue{})
	}
	r.client = m.client
	r.refused.project = m.client.Project()
	r.stream = newStream(r.ctx, r.client, r.o.Since)
	return tea.Batch(r.refresh(false), r.streamed(r.stream.open()))
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
	for _, s := range r.policies {
		s.stale = s.stale || byHand || s.err != nil || now().Sub(s.at) > policyAge
	}
	var ctx context.Context
	ctx, r.cancelList = context.WithCancel(r.ctx)
	r.services.loading = true
	return listServices(ctx, r.client, r.generation)
}

func (r *root) servicesListed(m servicesListed) tea.Cmd {
	if m.generation != r.generation {
		return nil
	}
	r.cancelList()
	r.ring.prune(m.at.Add(-r.o.Since))
	r.history.Prune(m.at.Add(-r.o.Since))
	r.services.show(m.listing, m.at, m.err)
	r.queue = r.queue[:0]
	for _, row := range r.services.rows {
		if s := r.policies[row.service.ID]; s != nil {
			r.services.setDoor(row.service.ID, s.policy, s.err)
		}
		r.history.saw(row.service, nil)
		r.queue = append(r.queue, row.service.ID)
	}
	r.show()
	r.services.arrange()
	r.judged = judgement{}
	return after(refreshTime, refreshDue{r.generation})
}

func (r *root) policyRead(m policyRead) {
	r.reading--
	s := r.policies[m.service]
	if s == nil {
		return
	}
	s.reading, s.at, s.err = false, m.at, m.err
	if m.err == nil {
		s.policy = &m.policy
		if row := r.services.row(m.service); row != nil {
			r.history.saw(row.service, s.policy)
		}
	}
	r.services.setDoor(m.service, s.policy, s.err)
	if m.service == r.judged.service {
		r.judged = judgement{}
	}
	if r.predicted.changed == nil {
		r.predicted.changed = map[string]bool{}
	}
	r.predicted.changed[m.service] = true
}

// keep puts entries into the ring; the panes show them when drawing is due.
func (r *root) keep(batch []*refusal) { r.unseen += r.ring.add(batch) }

// changed takes changes. What is known of a changed service is read again at once: its policy, and the list for its settings.
func (r *root) changed(batch []gcp.Change) tea.Cmd {
	fresh := r.history.take(batch)
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
	r.services.setTally(r.ring.of, r.ring.charts(now(), r.o.Since))
	r.refused.arrived(r.unseen)
	r.unseen = 0
}

// streamed tells the refused pane what the stream is doing now.
func (r *root) streamed(cmd tea.Cmd) tea.Cmd {
	s := r.stream
	err := s.err
	if err == nil {
		err = s.listErr
	}
	state := "live"
	if !s.filled && err == nil {
		state = "reading"
	}
	var oldest time.Time
	if len(r.ring.entries) > 0 {
		oldest = r.ring.entries[0].Time
	}
	open := s.reach
	if !open.IsZero() {
		open = s.newest
	}
	r.refused.tell(state, s.gaps.all(open, r.ring.lost, oldest), err)
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
