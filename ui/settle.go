package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
	"why401/token"
)

// judgement is what the last report was made from; while none of it changes the report stands.
type judgement struct {
	token   *token.Token
	service string
	policy  *gcp.Policy
	keys    time.Time // of the newest answer about keys
	second  int64
	some    bool
	tried   int // the what-ifs that are on, as bits
}

// settle looks at the selection and brings what depends on it up to date: the panes beside it, the policies, the keys,
// the report. It runs after every message, so nothing else has to remember to.
func (r *root) settle() tea.Cmd {
	s, ok := r.services.selection()
	var policy *gcp.Policy
	var err error
	if state := r.policies[s.ID]; ok && state != nil {
		policy, err = state.policy, state.err
	}
	if r.access.have != ok || r.access.service.ID != s.ID || r.access.policy != policy || r.access.err != err || !r.access.service.Updated.Equal(s.Updated) {
		r.access.show(s, ok, policy, err)
	}
	if ok {
		r.refused.scope(place{clean(s.Name), clean(s.Region)})
	}
	cmds := r.readPolicies()
	cmds = append(cmds, r.fetchKeys(), r.count(), r.draw())
	r.judge(s, ok, policy)
	r.predict()
	r.diagnose(s, ok, policy)
	return tea.Batch(cmds...)
}

// readPolicies asks for policies, the selected service's first, then those on the screen, then the rest.
func (r *root) readPolicies() []tea.Cmd {
	if r.client == nil || r.reading >= policiesAtOnce {
		return nil
	}
	var cmds []tea.Cmd
	ask := func(id string) {
		s := r.policies[id]
		if s == nil {
			s = &policyState{stale: true}
			r.policies[id] = s
		}
		if !s.stale || s.reading || r.reading >= policiesAtOnce {
			return
		}
		s.stale, s.reading = false, true
		r.reading++
		cmds = append(cmds, readPolicy(r.ctx, r.client, r.generation, id))
	}
	if s, ok := r.services.selection(); ok {
		ask(s.ID)
	}
	for _, id := range r.services.onScreen() {
		ask(id)
	}
	for len(r.queue) > 0 && r.reading < policiesAtOnce {
		ask(r.queue[0])
		r.queue = r.queue[1:]
	}
	return cmds
}

// fetchKeys asks for the keys that the held token needs: once, again when they are old or do not know its key, and not
// more than once a minute.
func (r *root) fetchKeys() tea.Cmd {
	t := r.token.token
	if t == nil || r.client == nil {
		return nil
	}
	url := t.KeysURL()
	if url == "" {
		return nil
	}
	s := r.keysFrom[url]
	if s == nil {
		s = &keysState{}
		r.keysFrom[url] = s
	}
	if s.fetching || s.chosen == t {
		return nil
	}
	if set, found, err := fromFiles(r.o.Keys, t, url); found || err != nil {
		if err != nil {
			set = token.KeySet{Err: clean(err.Error())}
		}
		r.keys[url] = set
		s.chosen, s.at, s.err = t, r.time, err
		return nil
	}
	if !s.at.IsZero() {
		set := r.keys[url]
		old := set.Age > 0 && r.time.Sub(set.Read) > set.Age
		if r.time.Sub(s.at) < keysRetry || s.err == nil && !old && t.Verified(r.keys) != token.Unsure {
			return nil
		}
	}
	s.fetching = true
	return fetchKeys(r.ctx, r.client, url)
}

// count keeps a second's tick going while a token that expires is held, and only then: an idle screen sends nothing.
func (r *root) count() tea.Cmd {
	if r.token.token == nil || r.ticking {
		return nil
	}
	if _, ok := r.token.token.Expiry(); !ok {
		return nil
	}
	r.ticking = true
	return tick()
}

// draw shows new log rows, at most once in drawTime.
func (r *root) draw() tea.Cmd {
	if r.unseen == 0 || r.drawWait {
		return nil
	}
	r.show()
	r.drawWait = true
	return after(drawTime, drawDue{})
}

// judge checks the held token against the selected service, when anything it depends on has changed.
func (r *root) judge(s gcp.Service, ok bool, policy *gcp.Policy) {
	t := r.token.token
	if t == nil {
		return
	}
	j := judgement{token: t, service: s.ID, policy: policy, second: r.time.Unix(), some: ok, tried: r.token.triedBits()}
	if k := r.keysFrom[t.KeysURL()]; k != nil {
		j.keys = k.at
	}
	if j == r.judged {
		return
	}
	r.judged = j
	at := moment{now: r.time, clock: r.clock, keys: r.keys}
	aim := token.Target{Now: at.now, Clock: at.clock, Keys: at.keys}
	if ok {
		at.changed = r.history.policyChanged(place{clean(s.Name), clean(s.Region)})
		aim = target(s, policy, r.services.listing.Services, at)
	}
	r.token.judge(aim)
}
