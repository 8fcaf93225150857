package gcp

import (
	"fmt"
	"strings"
)

// Door is who may come in, settings and policy taken together.
type Door struct {
	// Word says it for a list: "public", "load balancer only", "internal" where no credential is asked for; "Google identities",
	// "named callers", "IAP users" where one is; "nobody"; "unknown".
	Word string
	// Brief is Word in at most eight cells.
	Brief string
	// Text is the same in a sentence or two.
	Text string
}

// The words for a door.
const (
	doorPublic   = "public"
	doorBalancer = "load balancer only"
	doorInternal = "internal"
	doorGoogle   = "Google identities"
	doorNamed    = "named callers"
	doorIAP      = "IAP users"
	doorNobody   = "nobody"
	doorUnknown  = "unknown"
)

// door makes a Door of its word and its text.
func door(word, text string) Door {
	brief := word
	switch word {
	case doorBalancer:
		brief = "balancer"
	case doorGoogle:
		brief = "Google"
	case doorNamed:
		brief = "named"
	case doorIAP:
		brief = "IAP"
	case doorUnknown:
		brief = "?"
	}
	return Door{word, brief, text}
}

// Door tells the service's door: who is let in where a credential is asked for, and the network path that is left where none is.
// p is the service's policy, nil where it is not known yet. "nobody" by policy takes a policy with nothing unread; what may be
// granted where nobody has looked is unknown.
func (s Service) Door(p *Policy) Door {
	switch {
	case s.Ingress == IngressNone:
		return door(doorNobody, "Ingress is none: no request gets in.")
	case s.URI == "" && len(s.URLs) == 0 && !s.DefaultURLOff:
		return door(doorNobody, "The service has no URL: it never became ready, or no revision of it is active.")
	case s.IAP && !s.InvokerOff && p != nil && s.agentInvokes(p) == No:
		return door(doorNobody, "Identity-Aware Proxy asks for a login first, and its service agent may not invoke: whoever passes it gets 403. "+s.path())
	case s.IAP:
		return door(doorIAP, "Identity-Aware Proxy asks for a login first. "+s.path())
	case s.InvokerOff:
		return s.open("The invoker check is off: no credential is asked for.")
	case p == nil:
		return door(doorUnknown, "The invoker check is on; who may invoke has not been read. "+s.path())
	}
	return s.guarded(p)
}

// guarded is the door of a service whose invoker check is on.
func (s Service) guarded(p *Policy) Door {
	if d := p.shut(); d != nil {
		return door(doorNobody, "The "+d.name()+" takes run.routes.invoke from everybody, whatever is granted.")
	}
	in := p.admits()
	switch {
	case in.everybody != "":
		return s.open("allUsers holds " + in.everybody + ": no credential is asked for.")
	case in.unsure != "":
		return door(doorUnknown, "allUsers holds "+in.unsure+". "+s.path())
	}
	word, text := doorNamed, "A Google ID token is needed"
	switch {
	case in.google != "":
		word, text = doorGoogle, text+"; any Google account or service account may invoke."
	case in.googleUnsure != "":
		word, text = doorUnknown, text+"; allAuthenticatedUsers holds "+in.googleUnsure+"."
	case in.named > 0:
		text += "; by what was read " + counted(in.named, "member") + " may invoke."
	case in.denied > 0:
		text += "; by what was read " + counted(in.denied, "member") + " may invoke, unless the " + in.deniedBy.name() + " takes it away: that cannot be told from here."
	case in.conditional > 0:
		text += "; by what was read " + counted(in.conditional, "member") + " may invoke, under a condition that cannot be evaluated here."
	case in.doubtful > 0:
		word, text = doorUnknown, text+"; whether the roles of the policy let anybody invoke is not known."
	case len(p.Unread) > 0:
		word, text = doorUnknown, text+"; by what was read nobody may invoke."
	default:
		word, text = doorNobody, text+", and no binding lets anybody invoke."
	}
	if aside := in.aside(); aside != "" && in.google == "" {
		text += " " + aside
	}
	if len(p.Unread) > 0 && in.google == "" { // else nobody with a token is left
		text += " Others may by what was not read."
	}
	return door(word, text+" "+s.path())
}

// admitted is who a policy lets in. A role is "" where nobody of that sort is.
type admitted struct {
	everybody    string // the role by which allUsers may invoke
	unsure       string // the role by which it perhaps may, and why that is not known
	google       string // as everybody and unsure, of allAuthenticatedUsers
	googleUnsure string
	named        int // members that may
	conditional  int // members that may under a condition of which nobody knows here whether it holds
	doubtful     int // members whose role nobody could read
	denied       int // members that may, unless deniedBy takes it away
	deniedBy     *DenyRule

	// Members that a role names, and that do not come in all the same.
	gone, pooled, lapsed, taken int
}

// admits reads a policy for who may invoke by it, at the moment for which it was judged.
func (p *Policy) admits() admitted {
	var a admitted
	for _, b := range p.Bindings {
		if b.Invokes == No {
			continue
		}
		for _, m := range b.Members {
			a.count(p, b, m)
		}
	}
	return a
}

func (a *admitted) count(p *Policy, b Binding, member string) {
	denied, by := p.denies(member)
	switch lets := p.Lets(b, member); {
	case lets == No:
		a.leaveOut(b, member)
	case lets == Yes && isEverybody(member):
		a.everybody = b.Role
	case lets == Yes && member == "allAuthenticatedUsers":
		a.google = b.Role
	case lets == Yes:
		a.named++
	case isEverybody(member):
		a.unsure = b.Role + b.doubt(by)
	case member == "allAuthenticatedUsers":
		a.googleUnsure = b.Role + b.doubt(by)
	case b.Invokes == Unsure:
		a.doubtful++
	case denied == Unsure:
		a.denied, a.deniedBy = a.denied+1, by
	default:
		a.conditional++
	}
}

func (a *admitted) leaveOut(b Binding, member string) {
	switch {
	case strings.HasPrefix(member, "deleted:"):
		a.gone++
	case isFederated(member):
		a.pooled++
	case b.counts() == No:
		a.lapsed++
	default:
		a.taken++
	}
}

// doubt is why it is not known whether a binding lets a member in, to follow its role.
func (b Binding) doubt(by *DenyRule) string {
	switch {
	case b.Invokes == Unsure:
		return "; whether that role may invoke is not known"
	case b.counts() == Unsure:
		return " under a condition, which cannot be evaluated here"
	}
	return "; whether the " + by.name() + " takes that away cannot be told from here"
}

// aside says who a policy names and does not let in, "" for nobody.
func (a admitted) aside() string {
	var why []string
	add := func(n int, text string) {
		if n > 0 {
			why = append(why, counted(n, "member")+" "+text)
		}
	}
	add(a.lapsed, "under a condition that is not true now")
	add(a.gone, "that is gone")
	add(a.pooled, "of an identity pool, without a Google ID token to present")
	add(a.taken, "that a deny policy refuses")
	if why == nil {
		return ""
	}
	return "Not counted: " + listed(why) + "."
}

// open is a service that asks for no credential: what is left is the network.
func (s Service) open(why string) Door {
	word := doorUnknown
	switch {
	case s.Ingress == IngressInternal:
		word = doorInternal
	case s.Ingress == IngressLoadBalancer, s.Ingress == IngressAll && s.DefaultURLOff:
		word = doorBalancer
	case s.Ingress == IngressAll:
		word = doorPublic
	}
	return door(word, why+" "+s.path())
}

// isOpen says whether no credential is asked for: the invoker check is off, or everybody passes it.
func (s Service) isOpen(p *Policy) Answer {
	switch {
	case s.InvokerOff:
		return Yes
	case p == nil:
		return Unsure
	}
	if p.shut() != nil {
		return No
	}
	switch in := p.admits(); {
	case in.everybody != "":
		return Yes
	case in.unsure != "":
		return Unsure
	}
	// allUsers may be granted above the service, where nobody has looked.
	if len(p.Unread) > 0 {
		return Unsure
	}
	return No
}

// path says which network paths are admitted.
func (s Service) path() string {
	var text string
	if s.Ingress == IngressAll && s.DefaultURLOff {
		return "The run.app URL is off: it answers 404. Requests come from anywhere, by a load balancer or a domain that is mapped to it."
	}
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
