package gcp

import (
	"fmt"
	"slices"
)

// Door is who may come in, in one word for a list: "public", "IAM", "IAP", "internal", "balancer", "off"; "?" where that is
// not known. Text is the same in a sentence or two.
type Door struct{ Word, Text string }

// Door tells the service's door: the check that a request meets, or where there is none, the network path that is left.
// p is the service's policy, nil where it is not known yet. What the project and its parents hand down is never known here.
func (s Service) Door(p *Policy) Door {
	switch {
	case s.Ingress == IngressNone:
		return Door{"off", "Ingress is none: no request gets in."}
	case s.URI == "" && len(s.URLs) == 0:
		return Door{"off", "The service has no URL: it never became ready, or no revision of it is active."}
	case s.IAP:
		return Door{"IAP", "Identity-Aware Proxy asks for a login first. " + s.path()}
	case s.InvokerOff:
		return s.open("The invoker check is off: no credential is asked for.")
	case p == nil:
		return Door{"?", "The invoker check is on; who may invoke has not been read. " + s.path()}
	}
	return s.guarded(p)
}

// guarded is the door of a service whose invoker check is on.
func (s Service) guarded(p *Policy) Door {
	var named, google int
	var conditional, unsure string
	for _, b := range p.Bindings {
		everybody := slices.Contains(b.Members, "allUsers")
		switch {
		case b.Invokes == No:
		case everybody && b.Invokes == Unsure:
			unsure = b.Role
		case everybody && b.Condition == (Condition{}):
			return s.open("allUsers holds " + b.Role + ": no credential is asked for.")
		case everybody:
			conditional = b.Role
		case b.Invokes == Unsure:
		case slices.Contains(b.Members, "allAuthenticatedUsers"):
			google++
		default:
			named += len(b.Members)
		}
	}
	unread := ""
	if len(p.Unread) > 0 {
		unread = " Others may by what was not read."
	}
	var text string
	switch {
	case unsure != "":
		return Door{"?", "allUsers holds " + unsure + "; whether that role may invoke is not known. " + s.path()}
	case conditional != "":
		text = "allUsers holds " + conditional + " under a condition, which cannot be evaluated here."
	case google > 0:
		text = "A Google ID token is needed; any Google account or service account may invoke."
	case named > 0:
		text = fmt.Sprintf("A Google ID token is needed; the service's own policy lets %s invoke.", counted(named, "member"))
	default:
		text = "A Google ID token is needed; the service's own policy lets nobody invoke."
	}
	return Door{"IAM", text + unread + " " + s.path()}
}

// open is a service that asks for no credential: what is left is the network.
func (s Service) open(why string) Door {
	word := "?"
	switch {
	case s.Ingress == IngressInternal:
		word = "internal"
	case s.Ingress == IngressLoadBalancer, s.Ingress == IngressAll && s.DefaultURLOff:
		word = "balancer"
	case s.Ingress == IngressAll:
		word = "public"
	}
	return Door{word, why + " " + s.path()}
}

// path says which network paths are admitted.
func (s Service) path() string {
	var text string
	switch s.Ingress {
	case IngressAll:
		text = "Requests come from anywhere."
	case IngressInternal:
		text = "Only requests from the VPC and Google's own callers are admitted; others get 404 and leave no log entry."
	case IngressLoadBalancer:
		text = "Only internal requests and those through an external load balancer are admitted; others get 404 and leave no log entry."
	default:
		text = "Which network paths are admitted is not known."
	}
	if s.DefaultURLOff {
		text += " The run.app URL is off: it answers 404."
	}
	return text
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
