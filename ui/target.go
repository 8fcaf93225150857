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

// target joins a service, its policy (nil: not read) and the project's other services into what a token is judged against.
// It is the one place where gcp's values become token's. The request is taken to have come by a path that the ingress
// setting admits, and says so: who sees a 401 has got past the ingress.
func target(s gcp.Service, p *gcp.Policy, all []gcp.Service, at moment) token.Target {
	t := token.Target{
		Now: at.now, Clock: at.clock, Keys: at.keys,
		Has: true, Service: s.Name, Region: s.Region, Project: s.Project, ProjectNumber: s.ProjectNumber,
		Audiences: audiences(s), AudiencesKnown: true,
		InvokerCheck: isOn(!s.InvokerOff), DefaultURL: isOn(!s.DefaultURLOff), IAP: isOn(s.IAP),
		Ingress: ingresses[s.Ingress],
		Request: request(s.Ingress),
	}
	for _, other := range all {
		if other.ID == s.ID {
			continue
		}
		for _, a := range audiences(other) {
			a.Of = other.Name
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
	var out []token.Audience
	seen := map[string]bool{}
	add := func(source string, values ...string) {
		for _, v := range values {
			if v != "" && !seen[v] {
				seen[v] = true
				out = append(out, token.Audience{Value: v, Source: source})
			}
		}
	}
	add("url", s.URI)
	add("url", s.URLs...)
	add("function", s.FunctionURL)
	add("custom", s.Audiences...)
	return out
}

func policy(p gcp.Policy) token.Policy {
	out := token.Policy{Known: true, Unread: p.Unread}
	for _, b := range p.Bindings {
		out.Bindings = append(out.Bindings, token.Binding{
			Role: b.Role, Members: b.Members, Condition: b.Condition.Expression, Title: b.Condition.Title,
			Level: b.Level, Invokes: answers[b.Invokes],
		})
	}
	return out
}

func request(in gcp.Ingress) token.Request {
	r := token.Request{Header: "Authorization", Assumed: true}
	switch in {
	case gcp.IngressAll:
		r.From = token.FromInternet
	case gcp.IngressInternal:
		r.From = token.FromVPC
	case gcp.IngressLoadBalancer:
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
