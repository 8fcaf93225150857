package ui

import (
	"fmt"
	"strings"

	"why401/gcp"
	"why401/token"
)

// door is who may come in by what is known of the service's settings and its policy.
func (d *dossier) door(o *ownLog) reportDoor {
	door := reportDoor{Audiences: []reportAudience{}, Bindings: []reportBinding{}, Denied: []reportDenied{}, Unread: []string{}}
	if o.service == nil {
		door.Word, door.Text, door.Ingress = "?", "The service's settings are not known: it is in no listing.", ingressWord(gcp.IngressUnknown)
		door.Unread = append(door.Unread, "its settings", "its policy")
		return door
	}
	s := *o.service
	p := d.policies[s.ID]
	check, iap, url := !s.InvokerOff, s.IAP, !s.DefaultURLOff
	of := s.Door(judged(p, d.at))
	door.Word, door.Text, door.Ingress = of.Word, of.Text, ingressWord(s.Ingress)
	door.InvokerCheck, door.IAP, door.DefaultURL = &check, &iap, &url
	for _, a := range audiences(s) {
		door.Audiences = append(door.Audiences, reportAudience{a.Value, a.Source})
	}
	if p == nil {
		door.Unread = append(door.Unread, prefixed("its policy: ", d.failed[s.ID], "its policy"))
		return door
	}
	door.PolicyRead = stamp(p.Read)
	door.Unread = append(append(door.Unread, p.Unread...), p.DenyUnread...)
	for _, r := range p.Deny {
		door.Denied = append(door.Denied, reportDenied{r.Level, r.Policy, some(r.Denied, mostMembers), some(r.Except, mostMembers), r.Condition.Expression})
	}
	for _, b := range p.Bindings {
		switch {
		case b.Level != levelOwn && b.Invokes == gcp.No:
			// The project's other roles are of no interest here.
		case len(door.Bindings) == mostBindings:
			door.More++
		default:
			door.Bindings = append(door.Bindings, bindingOf(b))
		}
	}
	return door
}

// levelOwn is the level of a service's own bindings.
const levelOwn = "service"

func bindingOf(b gcp.Binding) reportBinding {
	out := reportBinding{Role: b.Role, Level: b.Level, Condition: b.Condition.Expression, Invokes: "unknown"}
	switch b.Invokes {
	case gcp.Yes:
		out.Invokes = "yes"
	case gcp.No:
		out.Invokes = "no"
	}
	shown := min(len(b.Members), mostMembers)
	out.Members, out.More = append([]string{}, b.Members[:shown]...), len(b.Members)-shown
	return out
}

// some are the first few of some names, and a word on how many more there are.
func some(names []string, most int) []string {
	out := append([]string{}, names[:min(len(names), most)]...)
	if over := len(names) - most; over > 0 {
		out = append(out, fmt.Sprintf("%d more", over))
	}
	return out
}

// verdict is what most likely stops the callers, without a token.
func (d *dossier) verdict(o *ownLog) reportVerdict {
	v := reportVerdict{Confidence: "unknown", For: []string{}, Against: []string{}, Next: []string{}, Also: []string{}}
	if o.service == nil {
		v.Likely = "Not known: the service's settings and policy were not read."
		v.Against = append(v.Against, "it may have been deleted, or its region did not answer")
		return v
	}
	if d.whole.IsZero() && len(o.entries) == 0 {
		v.Likely = "Not known: the log was not read."
		return v
	}
	var entries []gcp.Entry
	for _, e := range o.entries[max(0, len(o.entries)-mostDiagnosed):] {
		entries = append(entries, e.Entry)
	}
	evidence := gcp.Evidence{Policy: judged(d.policies[o.service.ID], d.at), Entries: entries, Since: d.whole, Gaps: d.gaps, Logged: d.logged, Changes: o.changes, Now: d.at.UTC()}
	if from, ok := d.minute(); ok {
		evidence.Minutes = d.minutes(o, from)
	}
	of := gcp.Diagnose(*o.service, evidence)
	v.Likely, v.Confidence = of.Likely, of.Confidence
	v.For, v.Against = append(v.For, of.For...), append(v.Against, of.Against...)
	v.Next, v.Also = append(v.Next, of.Next...), append(v.Also, of.Also...)
	return v
}

// credential is the held token: its kind, the verdict and what failed. Nothing else of it.
func (d *dossier) credential() *reportCredential {
	h := d.held
	if h == nil || !h.target.Has || d.scope != (place{}) && d.scope != (place{Project: clean(h.target.Project), Service: clean(h.target.Service), Region: clean(h.target.Region)}) {
		return nil
	}
	a := answer{token: h.token, target: h.target, report: h.report, verdict: h.verdict}
	c := &reportCredential{
		Kind: string(h.token.Kind()), Title: h.token.Kind().Title(), Verified: a.verified(), Service: h.target.Service, Region: h.target.Region,
		Verdict: a.verdictJSON(), Failed: []reportFinding{}, Commands: []string{},
	}
	for _, f := range a.of(token.Fail) {
		c.Failed = append(c.Failed, reportFinding{f.ID, f.Name, f.Got, f.Want, f.Why, f.Fix})
	}
	for _, w := range token.Ways(h.token, h.target) {
		if len(w.Commands) > 0 {
			c.Commands, c.Way = append(c.Commands, w.Commands...), w.Title
			break
		}
	}
	return c
}

// subjects are the words by which a token names its holder, besides addresses.
func (h *heldToken) subjects() (words []string) {
	for _, c := range h.token.Claims() {
		switch c.Name {
		case "sub", "user_id", "uid", "name", "phone_number", "picture":
			if c.Value != "" && !c.Header && !strings.HasSuffix(c.Value, ".gserviceaccount.com") {
				words = append(words, c.Value)
			}
		}
	}
	return words
}
