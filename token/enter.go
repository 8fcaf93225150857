package token

import "strings"

// Entrance is whether a principal gets in at a service, with the gates before IAM taken into account: IAM may refuse whom nobody asks for a
// credential, and let in whom IAP or the network stops. It takes the principal to present a good credential.
type Entrance struct {
	Answer Answer
	Word   string   // the answer in a few words: "let in by IAM", "IAP decides", "refused: 404"
	Says   string   // one sentence in plain words; foreign text: clean before drawing
	Asked  bool     // whether IAM decides about this principal; where not, Access is a footnote
	Access Access   // what IAM says of it
	Users  []Grant  // where IAP decides: who holds its role, as far as that stands in what was read
	Notes  []string // what the network path does to the request besides
}

// iapRole is what IAP asks of a user. Its policy is a resource of its own, which inherits the project's.
// Source: https://cloud.google.com/iap/docs/managing-access
const iapRole = "roles/iap.httpsResourceAccessor"

// Enter says whether a principal gets in. What ingress admits from elsewhere is told in Notes, whatever the answer.
//
// Source: https://cloud.google.com/run/docs/securing/ingress, https://cloud.google.com/run/docs/securing/identity-aware-proxy-cloud-run,
// https://cloud.google.com/run/docs/securing/managing-access.
func Enter(p Principal, target Target) Entrance {
	e := Entrance{Access: May(p, target), Notes: target.paths()}
	switch {
	case target.Ingress == IngressNone:
		e.Answer, e.Word = No, "refused: 404"
		e.Says = "ingress is none: no request gets in, whoever sends it"
	case target.IAP == Yes && !target.isAgent(p):
		target.behindIAP(&e, p)
	case target.InvokerCheck == No && target.IAP != Unsure:
		e.Answer, e.Word = Yes, "let in: nobody is asked"
		e.Says = "the invoker check is off: everybody who reaches " + target.name() + " comes in, with any credential or none"
	case target.InvokerCheck == Unsure && e.Access.Answer != Yes:
		e.Word, e.Asked = "unknown", true
		e.Says = "whether the invoker check is on is not known; where it is: " + e.Access.Says
	case target.IAP == Unsure:
		e.Word, e.Asked = "unknown", true
		e.Says = "whether IAP is on is not known; where it is off: " + e.Access.Says
	default:
		e.Answer, e.Says, e.Asked = e.Access.Answer, e.Access.Says, true
		e.Word = map[Answer]string{Yes: "let in by IAM", No: "refused: 403", Unsure: "unknown"}[e.Answer]
	}
	return e
}

// isAgent says whether the principal is the account by which IAP itself calls.
func (t *Target) isAgent(p Principal) bool {
	return t.ProjectNumber != "" && p.word == "serviceAccount" && strings.EqualFold(p.email, iapAgent(t.ProjectNumber))
}

// behindIAP: IAP asks the caller, and Cloud Run asks IAP's service agent.
func (t *Target) behindIAP(e *Entrance, p Principal) {
	e.Word = "IAP decides"
	e.Users = t.iapUsers(p)
	const passes = "IAP goes by its own policy, which is not read here"
	switch {
	case t.InvokerCheck == No:
		e.Says = passes + "; Cloud Run then asks nobody, since the invoker check is off"
	case t.ProjectNumber == "":
		e.Says = passes + "; whether IAP's service agent may invoke is not known: the project number is not"
	default:
		agent := Principal{word: "serviceAccount", email: iapAgent(t.ProjectNumber)}
		may := May(agent, *t)
		says := "IAP's service agent " + strings.TrimPrefix(may.Says, agent.spoken()+" ")
		switch {
		case may.Answer == Yes:
			e.Says = passes + "; Cloud Run then asks for IAP's service agent, which may invoke"
		case may.Answer == No && t.InvokerCheck == Yes:
			e.Answer, e.Word = No, "refused: 403"
			e.Says = "everybody is, also who passes IAP: " + says
		case t.InvokerCheck == Unsure:
			e.Says = passes + "; and where the invoker check is on, " + says
		default:
			e.Says = passes + "; and " + says
		}
	}
}

// iapUsers are the grants of IAP's role in what was read that name the principal, or may; where there are none, all of them. On the
// service's own policy the role is of no use: IAP keeps another one.
func (t *Target) iapUsers(p Principal) []Grant {
	var mine, all []Grant
	for _, b := range t.Policy.Bindings {
		if b.Role != iapRole {
			continue
		}
		for _, member := range b.Members {
			g := Grant{Role: b.Role, Member: member, Level: b.Level, Condition: b.Condition, Title: b.Title, Holds: Yes}
			if b.Condition != "" {
				g.Holds = conditionHolds(b.Condition, t.serverNow())
			}
			found, why := t.matches(p, member)
			if found == Unsure {
				g.Why = why
			}
			if b.Level == "service" {
				g.Why = member + " in Cloud Run's own policy of the service, which IAP does not go by"
			}
			if all = append(all, g); found != No {
				mine = append(mine, g)
			}
		}
	}
	if mine != nil {
		return mine
	}
	return all
}

// paths are what the network settings do to a request, whoever sends it; nil where every path is open.
func (t *Target) paths() []string {
	var notes []string
	switch t.Ingress {
	case IngressInternal:
		notes = append(notes, "straight from the internet, or through a load balancer there: 404; this is for the VPC and Google's own callers")
	case IngressLoadBalancer:
		notes = append(notes, "straight from the internet: 404; this is for the load balancer and the VPC")
	case IngressUnknown:
		notes = append(notes, "the ingress setting is not known: from where it does not admit requests they are 404")
	}
	if t.DefaultURL == No && t.Ingress != IngressNone {
		notes = append(notes, "the run.app URL is off: there it is 404")
	}
	return notes
}
