package ui

import (
	"time"

	"why401/gcp"
	"why401/token"
)

// moment is what is known besides the service when a token is judged.
type moment struct {
	now   time.Time
	clock token.Clock
	keys  token.Keys
	// changed is when the service's policy was changed last, the zero time where that is not known.
	changed time.Time
}

// server is the moment by the server's clock, where that is known.
func (m moment) server() time.Time {
	if !m.clock.Known || m.now.IsZero() {
		return m.now
	}
	return m.now.Add(-m.clock.Skew)
}

// judged is a policy with its conditions evaluated at a moment, for what gcp makes of it; the same pointer where it has none.
func judged(p *gcp.Policy, at time.Time) *gcp.Policy {
	return p.Judged(func(c gcp.Condition) gcp.Answer {
		switch token.ConditionHolds(c.Expression, at) {
		case token.Yes:
			return gcp.Yes
		case token.No:
			return gcp.No
		}
		return gcp.Unsure
	})
}

// target joins a service, its policy (nil: not read) and the project's other services into what a token is judged against.
// It is the one place where gcp's values become token's. The request is taken to have come by a path that the ingress
// setting admits, and says so: who sees a 401 has got past the ingress.
func target(s gcp.Service, p *gcp.Policy, all []gcp.Service, at moment) token.Target {
	t := token.Target{
		Now: at.now, Clock: at.clock, Keys: at.keys,
		Has: true, Service: s.Name, Region: s.Region, Project: s.Project, ProjectNumber: s.ProjectNumber,
		Audiences: audiences(s), AudiencesKnown: !s.URLsHidden(),
		InvokerCheck: isOn(!s.InvokerOff), DefaultURL: isOn(!s.DefaultURLOff), IAP: isOn(s.IAP),
		Ingress: ingresses[s.Ingress],
		Request: request(ingresses[s.Ingress]),
	}
	for _, other := range all {
		if other.ID == s.ID {
			continue
		}
		for _, a := range audiences(other) {
			a.Of, a.Region = other.Name, other.Region
			if other.Project != s.Project && other.Project != "" {
				a.Of += " of " + other.Project
			}
			t.Elsewhere = append(t.Elsewhere, a)
		}
	}
	if p != nil {
		t.Policy = policy(*p)
		t.Policy.Changed = at.changed
	}
	return t
}

// audiences are all that a service accepts in aud, and where each comes from.
func audiences(s gcp.Service) []token.Audience {
	accepted := s.Accepts()
	out := make([]token.Audience, len(accepted))
	for i, a := range accepted {
		out[i] = token.Audience{Value: a.Value, Source: a.Source}
	}
	return out
}

func policy(p gcp.Policy) token.Policy {
	out := token.Policy{Known: true, Unread: p.Unread, DenyKnown: p.DenyRead, DenyUnread: p.DenyUnread}
	for _, d := range p.Deny {
		out.Deny = append(out.Deny, token.Denial{
			Level: d.Level, Policy: d.Policy, Denied: d.Denied, Except: d.Except, Condition: d.Condition.Expression, Title: d.Condition.Title,
		})
	}
	out.Bindings = make([]token.Binding, 0, len(p.Bindings))
	for _, b := range p.Bindings {
		out.Bindings = append(out.Bindings, token.Binding{
			Role: b.Role, Members: b.Members, Condition: b.Condition.Expression, Title: b.Condition.Title,
			Level: b.Level, Invokes: answers[b.Invokes],
		})
	}
	return out
}

// request is one that comes by a path that the ingress setting admits.
func request(in token.Ingress) token.Request {
	r := token.Request{Header: "Authorization", Assumed: true}
	switch in {
	case token.IngressAll:
		r.From = token.FromInternet
	case token.IngressInternal:
		r.From = token.FromVPC
	case token.IngressLoadBalancer:
		r.From = token.FromLoadBalancer
	}
	return r
}

func isOn(on bool) token.Answer {
	if on {
		return token.Yes
	}
	return token.No
}

var answers = map[gcp.Answer]token.Answer{gcp.Unsure: token.Unsure, gcp.Yes: token.Yes, gcp.No: token.No}

var ingresses = map[gcp.Ingress]token.Ingress{
	gcp.IngressUnknown: token.IngressUnknown, gcp.IngressAll: token.IngressAll, gcp.IngressInternal: token.IngressInternal,
	gcp.IngressLoadBalancer: token.IngressLoadBalancer, gcp.IngressNone: token.IngressNone,
}
