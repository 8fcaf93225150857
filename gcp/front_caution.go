package gcp

import (
	"slices"
	"strings"
)

// FrontCautions says what misleads in how load balancers lead to a service. ways are Fronts.Of the service, p is its policy, nil where
// it is not known.
//
// Sources: https://cloud.google.com/run/docs/securing/ingress, https://cloud.google.com/run/docs/configuring/custom-audiences,
// https://cloud.google.com/iap/docs/enabling-cloud-run.
func (s Service) FrontCautions(p *Policy, ways []Front) []Caution {
	c := cautions{s: s, p: p}
	for _, w := range ways {
		if w.Leads == Yes {
			c.inFront(w)
		}
	}
	c.names(ways)
	return c.all
}

// inFront is what misleads in one way.
func (c *cautions) inFront(w Front) {
	name := w.Name
	if name == "" {
		name = w.Backend
	}
	if w.IAP == Yes && c.s.IAP {
		c.add(documented, "IAP is on twice: on "+w.Backend+" and on the service", "the two cannot be combined: every request through "+name+" gets 500, multiple_iap_policies")
	}
	var guards []string
	if w.IAP == Yes && !c.s.IAP {
		guards = append(guards, "IAP")
	}
	if w.Armor != "" {
		guards = append(guards, "Cloud Armor "+w.Armor)
	}
	if guards != nil && c.s.Ingress == IngressAll && !c.s.DefaultURLOff {
		c.add(documented, strings.Join(guards, " and ")+" before "+name+" does not guard the run.app URL",
			"who calls that comes past the load balancer; restrict ingress to internal and load balancer, or turn the run.app URL off")
	}
	if c.s.Ingress == IngressInternal && w.External == Yes {
		c.add(documented, "ingress is internal, and "+name+" is on the internet", "what comes through it gets 404, without an entry of Cloud Run's; ingress must admit load balancers")
	}
	if w.IAP == Yes && !c.s.IAP && !c.s.InvokerOff && c.p != nil {
		switch c.s.agentInvokes(c.p) {
		case No:
			c.add(observed, "IAP before "+name+" calls the service, and its service agent may not invoke", "who passes IAP gets 403 with Cloud Run's text "+c.agentNeeds())
		case Unsure:
			c.add(observed, "IAP before "+name+" calls the service; whether its service agent may invoke was not found out",
				c.agentDoubt()+"; if it may not, who passes IAP gets 403 with Cloud Run's text")
		}
	}
	if w.IAPExternal == Yes && strings.Contains(w.Identities, "Identity Platform") {
		c.add(inferred, "IAP before "+name+" asks for external identities", "browsers log in by Identity Platform; whether a program may send such a token itself, Google's own pages disagree")
	}
}

// names: callers ask for a token for the name that they call.
func (c *cautions) names(ways []Front) {
	if c.s.isOpen(c.p) == Yes || c.s.IAP {
		return
	}
	var missing []string
	for _, w := range ways {
		if w.Leads != Yes || w.IAP == Yes {
			continue
		}
		for _, r := range w.Routes {
			for _, h := range r.Hosts {
				url := "https://" + h
				if !strings.Contains(h, "*") && !slices.Contains(c.s.Audiences, url) && !slices.Contains(missing, url) {
					missing = append(missing, url)
				}
			}
		}
	}
	if missing != nil {
		c.add(documented, list(missing)+" is called, and is no audience", "a token for it has the wrong audience; callers must ask for one for the service's URL, or it becomes a custom audience")
	}
}
