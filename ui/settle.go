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
	r.age()
	r.know()
	if r.token.token != nil && r.services.have && r.backfilled {
		r.services.keep() // a token from the start is against the service that is refused most when that is known, and stays so
	}
	s, ok := r.follow()
	var policy *gcp.Policy
	var err error
	if state := r.policies[s.ID]; ok && state != nil {
		policy, err = r.inherited.selected(state.policy), state.err
	}
	if !ok && !r.services.have {
		err = r.services.err // why there is none to select
	}
	minute := r.access.timed && r.access.at.now.Unix()/60 != r.time.Unix()/60
	aboveAt, above := r.inherited.failed(s.Project)
	about := accessed{s, policy, err, above, aboveAt, r.services.index, r.services.listing.Services, r.moment(s), r.services.serial, r.services.whole()}
	if minute || r.access.lacks(about, ok) {
		r.access.show(about, ok)
	}
	r.access.ask.held = callerOf(r.token.token)
	if r.access.ask.open() {
		r.access.at = r.moment(s)
	}
	r.token.about = ""
	if ok {
		r.refused.scope(whereIs(s))
		r.token.about = r.services.called(s)
	}
	cmds := r.readPolicies()
	cmds = append(cmds, r.doubt(), r.fetchKeys(), r.front(s, ok, policy), r.draw())
	r.judge(s, ok, policy)
	r.services.trying = r.token.trying() > 0
	cmds = append(cmds, r.predict())
	r.diagnose(s, ok, policy)
	return tea.Batch(append(cmds, r.count())...)
}

// readPolicies asks for policies, the selected service's first, then those on the screen, then the rest.
func (r *root) readPolicies() []tea.Cmd {
	most := policiesAtOnce
	if !r.services.have {
		most /= 2 // what is on the screen by now may be gone from it by the time the list is whole
	}
	if r.client == nil || r.reading >= most {
		return nil
	}
	var cmds []tea.Cmd
	ask := func(id string) {
		s := r.policies[id]
		if s == nil {
			s = &policyState{stale: true}
			r.policies[id] = s
		}
		if !s.stale || s.reading || s.waits || r.reading >= most {
			return
		}
		if region := r.spared[regionOf(id)]; region != nil {
			r.wait(region, id)
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
	for len(r.queue) > 0 && r.reading < most {
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
	name, url := t.KeysName(), t.KeysURL()
	if name == "" {
		return nil
	}
	s := r.keysFrom[name]
	if s == nil {
		s = &keysState{}
		r.keysFrom[name] = s
	}
	if s.fetching || s.chosen == t {
		return nil
	}
	if set, found, err := fromFiles(r.o.Keys, t, name); found || err != nil {
		if err != nil {
			set = token.KeySet{Err: clean(err.Error())}
		}
		r.keys[name] = set
		s.chosen, s.at, s.err = t, r.time, err
		return nil
	}
	if url == "" {
		return nil // a service account's own, which nobody fetches
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

// count keeps a second's tick going while something counts down or a diagnosis is put off, and only then: an idle screen sends nothing.
func (r *root) count() tea.Cmd {
	if r.ticking || !r.expires() && r.waits().IsZero() && !r.diagnosed.due {
		return nil
	}
	r.ticking = true
	return tick()
}

// expires says whether the held token counts down, or waits for keys that could not be fetched.
func (r *root) expires() bool {
	t := r.token.token
	if t == nil {
		return false
	}
	keys := r.keysFrom[t.KeysURL()]
	_, ok := t.Expiry()
	return ok || keys != nil && keys.err != nil && keys.chosen == nil
}

// draw shows new log rows, as fast as the terminal takes them.
func (r *root) draw() tea.Cmd {
	if r.unseen == 0 || !r.flow.ready() {
		return nil
	}
	r.prune(r.time.Add(-r.o.Since)) // counts are drawn anew anyway: those of now
	r.show()
	return r.flow.drew(now())
}

// judge checks the held token against the selected service, when anything it depends on has changed.
func (r *root) judge(s gcp.Service, ok bool, policy *gcp.Policy) {
	t := r.token.token
	if t == nil {
		return
	}
	j := judgement{token: t, service: s.ID, policy: policy, second: r.time.Unix(), some: ok, tried: r.token.triedBits()}
	if k := r.keysFrom[t.KeysName()]; k != nil {
		j.keys = k.at
	}
	if j == r.judged {
		return
	}
	r.judged = j
	at := r.moment(s)
	aim := token.Target{Now: at.now, Clock: at.clock, Keys: at.keys}
	if ok {
		aim = target(s, policy, r.services.listing.Services, at)
	}
	r.token.judge(aim)
}

// moment is what is known now besides a service's own settings and policy.
func (r *root) moment(s gcp.Service) moment {
	at := moment{now: r.time, clock: r.clock, keys: r.keys}
	if s.ID != "" {
		at.changed = r.history.policyChanged(whereIs(s))
	}
	return at
}
