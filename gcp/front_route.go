package gcp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	compute "google.golang.org/api/compute/v1"
)

// routes are the requests that a URL map sends to each backend service, by the service's path
// (https://cloud.google.com/load-balancing/docs/url-map-concepts).
func (b *balancers) routes(m *compute.UrlMap) map[string][]Route {
	out := map[string][]Route{}
	anyHost := true
	for _, rule := range m.HostRules {
		if slices.Contains(rule.Hosts, "*") {
			anyHost = false // the URL map's own default is never reached
		}
		for _, p := range m.PathMatchers {
			if p.Name == rule.PathMatcher {
				b.matched(out, rule.Hosts, p)
			}
		}
	}
	if anyHost {
		b.send(out, Route{Hosts: []string{"*"}, Paths: []string{"/*"}, Rest: len(m.HostRules) > 0}, m.DefaultService, m.DefaultRouteAction, m.DefaultUrlRedirect)
	}
	return out
}

// matched adds what one path matcher sends where, for the hosts that it serves.
func (b *balancers) matched(out map[string][]Route, hosts []string, p *compute.PathMatcher) {
	for _, r := range p.PathRules {
		b.send(out, Route{Hosts: hosts, Paths: r.Paths}, r.Service, r.RouteAction, r.UrlRedirect)
	}
	rules := slices.Clone(p.RouteRules)
	slices.SortStableFunc(rules, func(a, b *compute.HttpRouteRule) int { return int(a.Priority - b.Priority) })
	for _, r := range rules {
		route := Route{Hosts: hosts}
		for _, match := range r.MatchRules {
			path, note := matchedPath(match)
			route.Paths = append(route.Paths, path)
			if note != "" {
				route.Note = note
			}
		}
		if route.Paths == nil {
			route.Paths = []string{"/*"}
		}
		b.send(out, route, r.Service, r.RouteAction, r.UrlRedirect)
	}
	rest := len(p.PathRules)+len(p.RouteRules) > 0
	b.send(out, Route{Hosts: hosts, Paths: []string{"/*"}, Rest: rest}, p.DefaultService, p.DefaultRouteAction, p.DefaultUrlRedirect)
}

// matchedPath is one match of a route rule in the words of path rules.
func matchedPath(m *compute.HttpRouteRuleMatch) (path, note string) {
	switch {
	case m.FullPathMatch != "":
		path = m.FullPathMatch
	case m.RegexMatch != "":
		path = "regular expression " + m.RegexMatch
	case m.PathTemplateMatch != "":
		path = m.PathTemplateMatch
	case m.PrefixMatch != "":
		path = m.PrefixMatch + "*"
	default:
		path = "/*"
	}
	if len(m.HeaderMatches)+len(m.QueryParameterMatches)+len(m.MetadataFilters) > 0 {
		note = "only with certain headers or query parameters"
	}
	return path, note
}

// send adds a route to the backend services that it leads to: one, or several by weight; and to the one that gets a copy. A
// redirect leads to none.
func (b *balancers) send(out map[string][]Route, r Route, service string, action *compute.HttpRouteAction, redirect *compute.HttpRedirectAction) {
	if redirect != nil {
		return
	}
	add := func(link string, r Route) {
		if at := b.local(link); at != "" {
			out[at] = append(out[at], r)
		}
	}
	r.Share = 100
	var total int64
	if action != nil {
		for _, w := range action.WeightedBackendServices {
			total += w.Weight
		}
		if m := action.RequestMirrorPolicy; m != nil {
			copied := r
			copied.Note = "a copy of each request, whose answer nobody sees"
			add(m.BackendService, copied)
		}
	}
	if total == 0 {
		add(service, r)
		return
	}
	for _, w := range action.WeightedBackendServices {
		if w.Weight > 0 {
			share := r
			share.Share = int(100 * w.Weight / total)
			add(w.BackendService, share)
		}
	}
}

// String is the route in a line: "api.example.com/api/*", with what restricts it.
func (r Route) String() string {
	text := strings.Join(r.Hosts, ", ")
	all := slices.Equal(r.Paths, []string{"/*"})
	switch {
	case slices.Equal(r.Hosts, []string{"*"}) && all && r.Rest:
		text = "whatever no other rule takes"
	case slices.Equal(r.Hosts, []string{"*"}):
		text = "any host"
	case all && r.Rest:
		text += ", every other path"
	}
	if !all {
		text += " " + strings.Join(r.Paths, ", ")
	}
	if r.Share != 100 {
		text += fmt.Sprintf(" (%d%%)", r.Share)
	}
	if r.Note != "" {
		text += " (" + r.Note + ")"
	}
	return text
}

func decimal(n uint64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}
