package gcp

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Hop is one step of a request's way, as far as the logs tell.
type Hop struct {
	At      string // "load balancer acme-lb", "Cloud Armor", "IAP", "Cloud Run"
	Text    string // what happened there
	Stopped Answer // whether the answer was given there
}

// Hops tell a request's way from the load balancer to the container, in the order in which it passes them. front is the way it took, nil
// where that is not known; run is Cloud Run's own entry of the same trace, nil where none was read.
func (e FrontEntry) Hops(front *Front, run *Entry) []Hop {
	by := e.By()
	stopped := func(r FrontRefuser) Answer {
		switch by {
		case FrontUnknown:
			return Unsure
		case r:
			return Yes
		}
		return No
	}
	took := "took " + e.Method + " " + e.address()
	if e.RemoteIP != "" {
		took += " from " + e.RemoteIP
	}
	reason := e.Reason()
	hops := []Hop{{At: strings.TrimSpace("load balancer " + e.Balancer), Text: took, Stopped: No}}
	if by == ByBalancer {
		hops[0].Text += fmt.Sprintf("; answered %d: %s", e.Status, reason.Short)
		hops[0].Stopped = Yes
		return hops
	}
	if hop, ok := e.armorHop(front, reason); ok {
		hop.Stopped = stopped(ByArmor)
		hops = append(hops, hop)
	}
	if by == ByArmor {
		return hops
	}
	if by == ByIAP {
		return append(hops, Hop{"IAP", fmt.Sprintf("answered %d: %s", e.Status, reason.Short), Yes})
	}
	if front != nil && front.IAP == Yes {
		hops = append(hops, Hop{"IAP", map[bool]string{true: "let it pass", false: "the entry does not tell"}[by == ByBackend], stopped(ByIAP)})
	}
	if e.Backend != "" {
		text := "handed on"
		if front != nil {
			text += " by " + front.NEG.Name
		}
		hops = append(hops, Hop{"backend service " + e.Backend, text, stopped(ByBalancer)})
	}
	return append(hops, e.runHop(by, run))
}

// armorHop is what Cloud Armor did; there is none where the backend service has no policy, as far as is known.
func (e FrontEntry) armorHop(front *Front, reason Reason) (Hop, bool) {
	at := "Cloud Armor"
	switch {
	case e.By() == ByArmor:
		return Hop{At: at, Text: fmt.Sprintf("answered %d: %s, %s", e.Status, reason.Short, e.Armor.rule())}, true
	case e.Armor.Policy != "":
		return Hop{At: at, Text: "let it pass by " + e.Armor.rule()}, true
	case front != nil && front.Armor != "":
		return Hop{At: at, Text: "the entry does not tell what " + front.Armor + " did"}, true
	}
	return Hop{}, false
}

// runHop is what came from behind.
func (e FrontEntry) runHop(by FrontRefuser, run *Entry) Hop {
	if run != nil {
		who := map[Refuser]string{Platform: "Cloud Run itself", App: "the container"}[run.By()]
		if who == "" {
			who = "Cloud Run or the container"
		}
		return Hop{"Cloud Run " + run.Service, fmt.Sprintf("%s answered %d: %s", who, run.Status, run.Reason().Short), Yes}
	}
	text := "no entry of this trace among those read"
	if e.Trace == "" {
		text = "the load balancer's entry has no trace to follow"
	}
	if e.Status == 404 {
		text += "; where ingress or the host keeps a request out there is none"
	}
	return Hop{"Cloud Run", text, map[bool]Answer{true: Yes, false: Unsure}[by == ByBackend]}
}

// address is the request's host and path, without the query, which may hold a credential.
func (e FrontEntry) address() string {
	u, err := url.Parse(e.URL)
	if err != nil {
		return "an address that cannot be read"
	}
	return u.Host + u.EscapedPath()
}

// FrontGroup is what load balancers refused for one cause.
type FrontGroup struct {
	By     FrontRefuser
	Status int
	Short  string // Reason.Short of all of them
	Policy string // Cloud Armor's, "" for none
	Rule   int    // its rule's priority
	Count  int
	Newest FrontEntry
}

// GroupFronts gathers entries by cause, the most first.
func GroupFronts(entries []FrontEntry) []FrontGroup {
	type cause struct {
		by     FrontRefuser
		status int
		short  string
		policy string
		rule   int
	}
	at := map[cause]int{}
	var out []FrontGroup
	for _, e := range entries {
		c := cause{by: e.By(), status: e.Status, short: e.Reason().Short}
		if c.by == ByArmor {
			c.policy, c.rule = e.Armor.Policy, e.Armor.Priority
		}
		i, ok := at[c]
		if !ok {
			i = len(out)
			at[c] = i
			out = append(out, FrontGroup{By: c.by, Status: c.status, Short: c.short, Policy: c.policy, Rule: c.rule, Newest: e})
		}
		out[i].Count++
		if e.Time.After(out[i].Newest.Time) {
			out[i].Newest = e
		}
	}
	slices.SortStableFunc(out, func(a, b FrontGroup) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.By, b.By)) })
	return out
}
