package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
	"why401/token"
)

// predictedAtOnce is how many services are judged between two messages, in some 15 ms: a key never waits for a whole project.
const predictedAtOnce = 1000

// predictions are what every service of the list would answer to the held token. They are made anew for all when the token,
// the keys, the list or the minute changes, and for one service when its policy comes: a project that is still loading would
// otherwise be judged as often as it has services.
type predictions struct {
	token  *token.Token
	keys   time.Time
	listed int // the serial of the list
	handed int // inheritance.serial
	minute int64
	// open are services still to be judged, those on the screen first.
	open    []string
	waiting bool // a predictDue is on its way
}

// predictDue says that the next services may be judged.
type predictDue struct{}

// predict brings the list's predictions up to date, as many as fit between two messages.
func (r *root) predict() tea.Cmd {
	t, p := r.token.token, &r.predicted
	if t == nil {
		if p.token != nil {
			*p = predictions{waiting: p.waiting}
			r.services.predictNothing()
		}
		return nil
	}
	is := predictions{token: t, listed: r.services.serial, handed: r.inherited.serial, minute: r.time.Unix() / 60, waiting: p.waiting}
	if k := r.keysFrom[t.KeysName()]; k != nil {
		is.keys = k.at
	}
	if is.token != p.token || !is.keys.Equal(p.keys) || is.listed != p.listed || is.handed != p.handed || is.minute != p.minute {
		if is.token != p.token {
			r.services.predictAnother()
		}
		is.open = append(r.services.onScreen(), r.services.ids()...)
		*p = is
		r.services.predicted = true
	}
	if len(p.open) == 0 {
		return nil
	}
	n := min(len(p.open), predictedAtOnce)
	at := moment{now: r.time, clock: r.clock, keys: r.keys}
	for _, id := range p.open[:n] {
		if row := r.services.row(id); row != nil {
			at.changed = r.history.policyChanged(whereIs(row.service))
			row.verdict, row.hay = token.Predict(t, r.inherited.target(row.service, r.ownPolicy(id), at)), ""
		}
	}
	p.open = p.open[n:]
	if len(p.open) == 0 {
		p.open = nil
		r.services.predictionsChanged()
	}
	if p.open == nil || p.waiting {
		return nil
	}
	p.waiting = true
	return func() tea.Msg { return predictDue{} }
}

// ownPolicy is what is known of a service's own policy; nil for nothing.
func (r *root) ownPolicy(id string) *gcp.Policy {
	if state := r.policies[id]; state != nil {
		return state.policy
	}
	return nil
}

// policyOf is what is known of a service's policy, with what is handed down to it; nil for nothing.
func (r *root) policyOf(id string) *gcp.Policy { return r.inherited.join(r.ownPolicy(id)) }
