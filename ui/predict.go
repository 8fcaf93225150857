package ui

import (
	"time"

	"why401/gcp"
	"why401/token"
)

// predictions are what every service of the list would answer to the held token. They are made anew for all when the token,
// the keys, the list or the minute changes, and for one service when its policy comes: a project that is still loading would
// otherwise be judged as often as it has services.
type predictions struct {
	token  *token.Token
	keys   time.Time
	listed time.Time
	minute int64
	// changed are services whose policies have come since.
	changed map[string]bool
}

// predict brings the list's predictions up to date.
func (r *root) predict() {
	t := r.token.token
	if t == nil {
		if r.predicted.token != nil {
			r.predicted = predictions{}
			r.services.setPredictions(nil)
		}
		return
	}
	p := predictions{token: t, listed: r.services.asOf, minute: r.time.Unix() / 60}
	if k := r.keysFrom[t.KeysURL()]; k != nil {
		p.keys = k.at
	}
	old := r.predicted
	whole := p.token != old.token || !p.keys.Equal(old.keys) || !p.listed.Equal(old.listed) || p.minute != old.minute
	if !whole && len(old.changed) == 0 {
		return
	}
	at := moment{now: r.time, clock: r.clock, keys: r.keys}
	r.services.setPredictions(func(s gcp.Service) (token.Verdict, bool) {
		if !whole && !old.changed[s.ID] {
			return token.Verdict{}, false
		}
		var policy *gcp.Policy
		if state := r.policies[s.ID]; state != nil {
			policy = state.policy
		}
		at.changed = r.history.policyChanged(place{clean(s.Name), clean(s.Region)})
		return token.Predict(t, target(s, policy, nil, at)), true
	})
	r.predicted = p
}
