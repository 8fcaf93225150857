package gcp

import (
	"fmt"
	"strings"
)

// Gate is one of the checks that a request meets on its way to the container, with its setting and what it does to a request from
// each side. Source of the order and of each effect: https://cloud.google.com/run/docs/securing/ingress and
// https://cloud.google.com/run/docs/authenticating/overview.
type Gate struct {
	Name     string // "host", "ingress", "IAP", "invoker", "audience", "permission", "container"
	Setting  string // how it is set, in at most 23 cells
	Internet Passage
	VPC      Passage
	Balancer Passage // through an external Application Load Balancer
}

// Passage is what a gate does to a request from one side.
type Passage struct {
	Effect Effect
	Text   string // at most 12 cells: "404", "needs token"
}

// Effect is what a gate does.
type Effect int8

const (
	Unclear Effect = iota // nobody knows
	Passes                // lets it through
	Asks                  // lets it through or not, by what it carries
	Stops                 // lets nothing through
	Unasked               // the gate is off
	NotCome               // a gate before it stops everything from that side
)

// Gates are the service's gates in the order in which a request meets them. p is its policy, nil where it is not known.
func (s Service) Gates(p *Policy) []Gate {
	gates := []Gate{s.hostGate(), s.ingressGate(), s.iapGate(), s.invokerGate(p), s.audienceGate(p), s.permissionGate(p), s.containerGate()}
	var stopped [3]bool
	for i := range gates {
		for side := range stopped {
			at := gates[i].side(side)
			if stopped[side] {
				*at = Passage{NotCome, "not reached"}
			}
			stopped[side] = stopped[side] || at.Effect == Stops
		}
	}
	return gates
}

// side is the passage from one side: the internet, the VPC, the load balancer.
func (g *Gate) side(n int) *Passage { return [...]*Passage{&g.Internet, &g.VPC, &g.Balancer}[n] }

// all is a gate that treats every side alike.
func all(name, setting string, p Passage) Gate { return Gate{name, setting, p, p, p} }

func (s Service) hostGate() Gate {
	through := Passage{Passes, "passes"}
	if !s.DefaultURLOff {
		return all("host", "run.app URL on", through)
	}
	// Another host name (a load balancer's, a custom domain) is not touched by it.
	off := Passage{Asks, "run.app: 404"}
	return Gate{"host", "run.app URL off", off, off, through}
}

func (s Service) ingressGate() Gate {
	in, out := Passage{Passes, "passes"}, Passage{Stops, "404"}
	switch s.Ingress {
	case IngressAll:
		return Gate{"ingress", "all", in, in, in}
	case IngressInternal:
		return Gate{"ingress", "internal", out, in, out}
	case IngressLoadBalancer:
		return Gate{"ingress", "internal and balancer", out, in, in}
	case IngressNone:
		return Gate{"ingress", "none", out, out, out}
	}
	return all("ingress", "unknown", Passage{Unclear, "unknown"})
}

func (s Service) iapGate() Gate {
	if !s.IAP {
		return all("IAP", "off on the service", Passage{Unasked, "off"})
	}
	return all("IAP", "on, before Cloud Run", Passage{Asks, "needs login"})
}

func (s Service) invokerGate(p *Policy) Gate {
	const name = "invoker"
	switch {
	case s.InvokerOff:
		return all(name, "check off", Passage{Unasked, "off"})
	case s.IAP:
		return all(name, "on; IAP's agent calls", Passage{Passes, "IAP's token"})
	}
	switch {
	case s.isOpen(p) == Yes:
		return all(name, "check on, allUsers may", Passage{Passes, "passes"})
	case s.perhapsOpen(p):
		return all(name, "check on", Passage{Unclear, "unknown"})
	}
	return all(name, "check on", Passage{Asks, "needs token"})
}

func (s Service) audienceGate(p *Policy) Gate {
	const name = "audience"
	n := len(s.Accepts())
	setting := fmt.Sprintf("%d accepted", n)
	if s.URLsHidden() && n > 0 {
		setting = fmt.Sprintf("%d, and URLs not listed", n)
	}
	switch {
	case s.IAP && !s.InvokerOff:
		return all(name, setting, Passage{Passes, "IAP's token"})
	case s.isOpen(p) == Yes:
		return all(name, setting, Passage{Unasked, "not asked"})
	case n == 0:
		return all(name, "none known", Passage{Unclear, "unknown"})
	case s.perhapsOpen(p):
		return all(name, setting, Passage{Unclear, "unknown"})
	}
	return all(name, setting, Passage{Asks, "else 401"})
}

// perhapsOpen says that it is not known whether the service asks for a credential: its policy was not read, or lets everybody in perhaps. What
// is unread above it is no doubt here: a project takes no allUsers.
func (s Service) perhapsOpen(p *Policy) bool {
	return s.isOpen(p) == Unsure && (p == nil || p.admits().unsure != "")
}

func (s Service) permissionGate(p *Policy) Gate {
	const name = "permission"
	switch {
	case s.InvokerOff:
		return all(name, "not asked", Passage{Unasked, "not asked"})
	case p == nil:
		return all(name, "policy not read", Passage{Unclear, "unknown"})
	case s.IAP:
		return s.agentGate(p)
	}
	if p.shut() != nil {
		return all(name, "denied to everybody", Passage{Stops, "403"})
	}
	in := p.admits()
	asks := Passage{Asks, "else 403"}
	switch {
	case in.everybody != "":
		return all(name, "allUsers", Passage{Unasked, "everybody"})
	case in.unsure != "":
		return all(name, "allUsers, perhaps", Passage{Unclear, "unknown"})
	case in.google != "":
		return all(name, "any Google identity", asks)
	case in.googleUnsure != "":
		return all(name, "any Google id, perhaps", Passage{Unclear, "unknown"})
	case in.named > 0:
		return all(name, counted(in.named, "member"), asks)
	case in.denied > 0:
		return all(name, counted(in.denied, "member")+", or denied", asks)
	case in.conditional > 0:
		return all(name, counted(in.conditional, "member")+", conditional", asks)
	case in.doubtful > 0:
		return all(name, counted(in.doubtful, "member")+", role unread", Passage{Unclear, "unknown"})
	case len(p.Unread) > 0:
		return all(name, "nobody, as far as read", Passage{Unclear, "unknown"})
	}
	return all(name, "nobody", Passage{Stops, "403"})
}

// agentGate: with IAP on the service, the caller is IAP's own service agent.
func (s Service) agentGate(p *Policy) Gate {
	switch s.agentInvokes(p) {
	case Yes:
		return all("permission", "IAP's agent may", Passage{Passes, "passes"})
	case No:
		return all("permission", "IAP's agent may not", Passage{Stops, "403"})
	}
	return all("permission", "IAP's agent: unknown", Passage{Unclear, "unknown"})
}

// IAPAgent is the account as which IAP calls the services of the project; "" where the project's number is not known.
// Source: https://cloud.google.com/run/docs/securing/identity-aware-proxy-cloud-run
func (s Service) IAPAgent() string {
	if s.ProjectNumber == "" {
		return ""
	}
	return "serviceAccount:service-" + s.ProjectNumber + iapAgentDomain
}

const iapAgentDomain = "@gcp-sa-iap.iam.gserviceaccount.com"

// agentInvokes says whether IAP's service agent may invoke, by what was read, at the moment for which the policy was judged. What may be
// granted where nobody has looked, or to a group or a set that may hold the agent, is Unsure.
func (s Service) agentInvokes(p *Policy) Answer {
	if p.shut() != nil {
		return No
	}
	agent := s.IAPAgent()
	if agent == "" {
		agent = "serviceAccount:service-?" + iapAgentDomain
	}
	denied, _ := p.denies(agent)
	allowed := No
	if len(p.Unread) > 0 {
		allowed = Unsure
	}
	for _, b := range p.Bindings {
		for _, m := range b.Members {
			holds := No
			switch {
			case isEverybody(m), m == "allAuthenticatedUsers", classic(m) == s.IAPAgent():
				holds = Yes
			case s.isAgent(classic(m)):
				holds = Unsure // of some project, and the number of this one is not known
			case isMany(m) && !strings.HasPrefix(m, "deleted:") && !strings.HasPrefix(m, "domain:") && !isFederated(m):
				holds = Unsure // it may hold the agent
			}
			allowed = either(allowed, both(holds, both(b.Invokes, b.counts())))
		}
	}
	return both(allowed, not(denied))
}

func (s Service) isAgent(member string) bool {
	if agent := s.IAPAgent(); agent != "" {
		return member == agent
	}
	return strings.HasPrefix(member, "serviceAccount:service-") && strings.HasSuffix(member, iapAgentDomain)
}

func (s Service) containerGate() Gate {
	switch s.State {
	case StateReady:
		return all("container", "ready", Passage{Passes, "answers"})
	case StateFailed:
		if s.Revision != "" {
			return all("container", "failed; an older serves", Passage{Unclear, "older one"})
		}
		return all("container", "failed", Passage{Unclear, "unknown"})
	case StateReconciling:
		return all("container", "changing", Passage{Unclear, "changing"})
	}
	return all("container", "state unknown", Passage{Unclear, "unknown"})
}
