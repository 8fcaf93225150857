package gcp

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// CallerKind says what sort of caller sent the request: "Pub/Sub", "Eventarc", "Pub/Sub or Eventarc", "Cloud Scheduler", "Cloud
// Tasks", "uptime check", "health check", "browser", "mobile app", "SDK", "command line", "proxy", "robot", "unknown". It goes by
// the user agent, which is what the client says of itself and proves nothing.
func (e Entry) CallerKind() string {
	agent := strings.TrimSpace(e.UserAgent)
	if agent == "" {
		return "unknown"
	}
	for _, k := range knownAgents {
		if !strings.Contains(agent, k.sign) {
			continue
		}
		// Eventarc pushes through Pub/Sub and marks its endpoint so; that is seen, not documented.
		if strings.Contains(k.name, "Pub/Sub") && strings.Contains(e.URL, "__GCP_CloudEventsMode=") {
			return "Eventarc"
		}
		return k.name
	}
	for _, k := range agentKinds {
		if strings.Contains(agent, k.sign) {
			return k.kind
		}
	}
	return "unknown"
}

// agentKinds are tried in order: a browser's user agent names many others.
var agentKinds = [...]struct{ sign, kind string }{
	{"(compatible; ", "robot"}, {"bot/", "robot"}, {"Bot/", "robot"},
	{"CFNetwork/", "mobile app"}, {"Dalvik/", "mobile app"},
	{"google-cloud-sdk", "command line"}, {"curl/", "command line"}, {"Wget/", "command line"}, {"HTTPie/", "command line"},
	{"PostmanRuntime/", "command line"}, {"insomnia/", "command line"}, {"grpcurl/", "command line"}, {"hey/", "command line"}, {"k6/", "command line"},
	{"Envoy", "proxy"}, {"nginx", "proxy"}, {"HAProxy", "proxy"},
	{"google-auth-library", "SDK"}, {"google-api-", "SDK"}, {"google-cloud-", "SDK"}, {"gl-", "SDK"}, {"gcloud-", "SDK"}, {"grpc-", "SDK"},
	{"python-requests/", "SDK"}, {"Python-urllib/", "SDK"}, {"python-httpx/", "SDK"}, {"aiohttp/", "SDK"}, {"Go-http-client/", "SDK"},
	{"axios/", "SDK"}, {"node-fetch", "SDK"}, {"undici", "SDK"}, {"got (", "SDK"}, {"Java/", "SDK"}, {"Java-http-client/", "SDK"},
	{"okhttp/", "SDK"}, {"Dart/", "SDK"}, {"Apache-HttpClient/", "SDK"}, {"Ruby", "SDK"}, {"Faraday", "SDK"}, {"GuzzleHttp/", "SDK"}, {"reqwest/", "SDK"}, {"hyper/", "SDK"}, {".NET/", "SDK"},
	{"Mozilla/5.0 ", "browser"}, {"Opera/", "browser"},
}

// GroupKey is what the refusals of one group share.
type GroupKey struct {
	Project         string
	Service, Region string
	Status          int
	By              Refuser
	Reason          string // Reason.Short
	Method          string
	Path            string // folded, see FoldPath
	Caller          string // see CallerKind

	// Other marks the group of a service and status that takes what has no group of its own, since there are too many; the
	// fields from By on are then empty.
	Other bool
}

// GroupKey is the key of the group that the entry belongs to.
func (e Entry) GroupKey() GroupKey {
	return GroupKey{
		Project: e.Project, Service: e.Service, Region: e.Region, Status: e.Status, By: e.By(), Reason: e.explain().Short,
		Method: short(e.Method), Path: FoldPath(e.Path()), Caller: e.CallerKind(),
	}
}

// Group is refusals that are alike.
type Group struct {
	Key   GroupKey
	Count int       // of those that were added and not removed
	First time.Time // of all that were added, also of those that were removed again while others were left
	Last  time.Time
	Rate  float64 // a minute, from First or the window's beginning, whichever is later, to its end
}

// Groups folds refusals. Its memory is bounded, whatever paths and user agents clients make up: once there are as many groups as
// it may have, what would make a new one is counted in an "other" group of its service and status. The zero value is ready, and has at most
// 10,000. It is for one goroutine.
type Groups struct {
	Most   int // how many groups there may be besides the "other" ones; 0: 10,000
	own    int
	groups map[GroupKey]*Group
}

const mostGroups = 10_000

// Add counts one refusal and returns the key of the group that took it, which is k or that of an "other" group: Remove wants it.
func (g *Groups) Add(k GroupKey, at time.Time) GroupKey {
	if g.groups == nil {
		g.groups = map[GroupKey]*Group{}
	}
	most := cmp.Or(g.Most, mostGroups)
	of := g.groups[k]
	if of == nil && !k.Other && g.own >= most {
		k = GroupKey{Project: k.Project, Service: k.Service, Region: k.Region, Status: k.Status, Other: true}
		of = g.groups[k]
	}
	if of == nil && k.Other && len(g.groups)-g.own >= most {
		k = GroupKey{Other: true} // one more at most: services are not made up by clients, but the log's text is foreign
		of = g.groups[k]
	}
	if of == nil {
		of = &Group{Key: k, First: at, Last: at}
		g.groups[k] = of
		if !k.Other {
			g.own++
		}
	}
	of.Count++
	if at.Before(of.First) {
		of.First = at
	}
	if at.After(of.Last) {
		of.Last = at
	}
	return k
}

// Remove takes back one refusal that fell out of the window; k is what Add returned for it. A group without any is gone.
func (g *Groups) Remove(k GroupKey) {
	of := g.groups[k]
	if of == nil {
		return
	}
	if of.Count--; of.Count > 0 {
		return
	}
	delete(g.groups, k)
	if !k.Other {
		g.own--
	}
}

// Len is how many groups there are, "other" ones included.
func (g *Groups) Len() int { return len(g.groups) }

// List is the groups of a window, the largest first; of equals the one with the latest entry comes first.
func (g *Groups) List(from, to time.Time) []Group {
	all := make([]Group, 0, len(g.groups))
	for _, of := range g.groups {
		one := *of
		start := one.First
		if from.After(start) {
			start = from
		}
		one.Rate = float64(one.Count) / max(1, to.Sub(start).Minutes())
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b Group) int {
		return cmp.Or(b.Count-a.Count, b.Last.Compare(a.Last), a.Key.compare(b.Key))
	})
	return all
}

func (k GroupKey) compare(o GroupKey) int {
	return cmp.Or(
		cmp.Compare(k.Project, o.Project), cmp.Compare(k.Service, o.Service), cmp.Compare(k.Region, o.Region), cmp.Compare(k.Status, o.Status), cmp.Compare(k.By, o.By),
		cmp.Compare(k.Reason, o.Reason), cmp.Compare(k.Method, o.Method), cmp.Compare(k.Path, o.Path), cmp.Compare(k.Caller, o.Caller),
	)
}
