package gcp

import (
	"regexp"
	"slices"
	"strings"
)

// Caution is something in a service's settings or policy that people get wrong, said before it costs them an hour. It quotes
// foreign text: clean before drawing.
type Caution struct {
	Text       string // what stands there, in a sentence
	Why        string // what it does, and what it does not
	Confidence string // "documented", "observed", "inferred"
}

// Cautions says what of a service misleads. p is its policy, nil where it is not known; others finds the project's services by
// their audiences.
//
// Sources: https://cloud.google.com/run/docs/securing/managing-access, https://cloud.google.com/run/docs/configuring/custom-audiences,
// https://cloud.google.com/run/docs/securing/identity-aware-proxy-cloud-run, https://cloud.google.com/run/docs/securing/ingress.
func (s Service) Cautions(p *Policy, others AudienceIndex) []Caution {
	c := cautions{s: s, p: p}
	if p != nil {
		c.google()
		c.agent()
		c.functionInvoker()
		c.gone()
	}
	c.behindIngress()
	c.audiences()
	c.shared(others)
	return c.all
}

type cautions struct {
	s   Service
	p   *Policy
	all []Caution
}

func (c *cautions) add(confidence, text, why string) {
	c.all = append(c.all, Caution{text, why, confidence})
}

// google: allAuthenticatedUsers sounds like "my users".
func (c *cautions) google() {
	if in := c.p.admits(); in.google != "" && !c.s.InvokerOff && in.everybody == "" {
		c.add(documented, "allAuthenticatedUsers holds "+in.google,
			"any Google account in the world may invoke with an ID token of its own; no Firebase user may, since Cloud Run takes Google-signed ID tokens only")
	}
}

// agent: IAP on the service calls it as its own service agent.
func (c *cautions) agent() {
	if !c.s.IAP || c.s.InvokerOff {
		return
	}
	switch c.s.agentInvokes(c.p) {
	case No:
		c.add(documented, "IAP is on, and its service agent may not invoke", "everybody who passes IAP gets 403 "+c.agentNeeds())
	case Unsure:
		c.add(documented, "IAP is on; whether its service agent may invoke was not found out", c.agentDoubt()+"; if it may not, everybody who passes IAP gets 403")
	}
}

// agentNamed is IAP's service agent for a sentence.
func (c *cautions) agentNamed() string {
	if agent := c.s.IAPAgent(); agent != "" {
		return agent
	}
	return "IAP's service agent (service-PROJECT_NUMBER" + iapAgentDomain + ")"
}

// agentNeeds is what has to change where the agent may not invoke.
func (c *cautions) agentNeeds() string {
	d := c.p.shut()
	if d == nil {
		if denied, by := c.p.denies(c.agentNamed()); denied == Yes {
			d = by
		}
	}
	if d != nil {
		return "as long as the " + d.name() + " takes run.routes.invoke from " + c.agentNamed()
	}
	return "until " + c.agentNamed() + " holds roles/run.invoker"
}

// agentDoubt is why it is not known whether IAP's agent may invoke.
func (c *cautions) agentDoubt() string {
	agent, set := c.agentNamed(), ""
	for _, b := range c.p.Bindings {
		if b.Invokes == No || b.counts() == No {
			continue
		}
		for _, m := range b.Members {
			switch {
			case !isEverybody(m) && m != "allAuthenticatedUsers" && !c.s.isAgent(classic(m)):
				if isMany(m) && set == "" {
					set = "; " + m + " may invoke, and may hold it"
				}
			case c.s.ProjectNumber == "" && c.s.isAgent(classic(m)):
				return m + " holds " + b.Role + "; whether it is the agent of this project is not known"
			case b.Invokes == Unsure || b.counts() == Unsure:
				_, by := c.p.denies(agent)
				return m + " holds " + b.Role + b.doubt(by)
			default:
				if _, by := c.p.denies(agent); by != nil {
					return m + " holds " + b.Role + b.doubt(by)
				}
			}
		}
	}
	return "no binding that was read names " + agent + set
}

// functionInvoker: the role of first-generation functions does not let anybody call a Cloud Run service. That its holder gets 403 takes
// a policy that was read whole, and callers whom one can tell apart: who is in a group is not known.
func (c *cautions) functionInvoker() {
	const role = "roles/cloudfunctions.invoker"
	if c.s.InvokerOff || c.s.IAP {
		return // IAM is not asked, or asked about IAP's agent
	}
	var holders, callers []string
	unsure := len(c.p.Unread) > 0
	for _, b := range c.p.Bindings {
		unsure = unsure || b.Role == role && b.counts() == Unsure
		for _, m := range b.Members {
			switch {
			case b.Role == role && !strings.HasPrefix(m, "deleted:") && b.counts() != No && !slices.Contains(holders, m):
				holders = append(holders, m)
			case b.Role != role && c.p.Lets(b, m) != No:
				callers = append(callers, m)
			}
		}
	}
	if slices.Contains(callers, "allUsers") || slices.Contains(callers, "allAuthenticatedUsers") {
		return
	}
	holders = slices.DeleteFunc(holders, func(m string) bool { return slices.Contains(callers, m) })
	switch {
	case len(holders) == 0:
	case unsure || slices.ContainsFunc(callers, isMany) || slices.ContainsFunc(holders, isMany):
		c.add(documented, list(holders)+" holds cloudfunctions.invoker", "that role does not let it in by itself: it lacks run.routes.invoke, which roles/run.invoker holds")
	default:
		c.add(documented, list(holders)+" holds cloudfunctions.invoker alone", "such a caller gets 403: that role lacks run.routes.invoke, which roles/run.invoker holds")
	}
}

// gone: a binding of a deleted account looks as if it still granted something.
func (c *cautions) gone() {
	for _, b := range c.p.Bindings {
		for _, m := range b.Members {
			if strings.HasPrefix(m, "deleted:") && b.Invokes != No {
				c.add(documented, "a binding of "+b.Role+" names an account that is gone", m+" grants nothing, not to an account made again under the same address either: bind that one anew")
			}
		}
	}
}

// behindIngress: an open service that the network does not let people reach, and one that has no door left.
func (c *cautions) behindIngress() {
	s := c.s
	if s.isOpen(c.p) == Yes {
		switch s.Ingress {
		case IngressInternal:
			c.add(documented, "everybody may invoke, behind internal ingress", "open to the VPC and Google's own callers only: from the internet it is 404, without a log entry")
		case IngressLoadBalancer:
			c.add(documented, "everybody may invoke, behind the load balancer", "its run.app URL answers 404 from the internet; what protects it is the load balancer's business")
		}
	}
	if s.IAP && s.InvokerOff {
		c.add(inferred, "IAP is on and the invoker check is off", "IAP alone decides who gets in")
	}
}

// audiences: values that betray a mistake.
func (c *cautions) audiences() {
	accepted := c.s.Accepts()
	accepts := func(value string) bool {
		return slices.ContainsFunc(accepted, func(a AcceptedAudience) bool { return a.Value == value })
	}
	for _, a := range c.s.Audiences {
		text, why, confidence := "the custom audience "+a, "", documented
		bare := !strings.Contains(a, "://")
		switch {
		case c.s.Project != "" && a == c.s.Project, c.s.ProjectNumber != "" && a == c.s.ProjectNumber:
			why = "a project id is the aud of a Firebase ID token, whose issuer Cloud Run refuses anyway: it lets no Firebase user in"
		case strings.TrimSpace(a) != a || a == "":
			why = "it has a space around it: it matches as an exact string, and no token has that"
		case bare && strings.HasSuffix(a, ".apps.googleusercontent.com"):
			// An OAuth client's id is what ID tokens of that app carry: a proper use.
			continue
		case bare && strings.Contains(a, ".") && !accepts("https://"+a):
			why = "it has no scheme: it matches as an exact string, and a token for https://" + a + " does not match it"
		case projectLike.MatchString(a):
			why, confidence = "it looks like a project id: that would be the aud of a Firebase ID token, whose issuer Cloud Run refuses anyway", inferred
		case strings.Contains(a, "---") && strings.Contains(a, ".run.app"):
			why = "it is a tag's URL; a token for the service's own URL is accepted at the tag's address too"
		case originOnly(a):
			why = "it is a function's origin without the function's name, which clients that ask for the whole address do not send"
		case strings.HasSuffix(a, "/") && !accepts(strings.TrimRight(a, "/")):
			why = "it ends in a slash, and matches as an exact string: a token for " + strings.TrimRight(a, "/") + " does not match it"
		}
		if why != "" {
			c.add(confidence, text, why)
		}
	}
}

// projectLike is the shape of a project id (https://cloud.google.com/resource-manager/docs/creating-managing-projects).
var projectLike = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)

func originOnly(audience string) bool {
	rest, ok := strings.CutSuffix(strings.TrimSuffix(audience, "/"), ".cloudfunctions.net")
	return ok && strings.HasPrefix(rest, "https://")
}

// shared: one token opens every service that accepts its audience.
func (c *cautions) shared(others AudienceIndex) {
	for _, a := range c.s.Accepts() {
		if with := others.Besides(c.s, a.Value); len(with) > 0 {
			c.add(documented, a.Value+" is accepted by "+list(with)+" too", "a token for one of them is taken by the other, where the permission is there")
		}
	}
}
