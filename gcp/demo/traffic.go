package demo

import (
	"context"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
)

const (
	chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
	safari = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Safari/605.1.15"
)

// caller is somebody who keeps asking and keeps being refused.
type caller struct {
	hourly   int // refused requests an hour
	since    time.Duration
	status   int
	method   string
	host     string // "": the service's main URL
	paths    []string
	agent    string
	ip       string
	referer  string
	protocol string
	empty    bool // no credential
	app      bool // the container refuses
}

// shopCallers are the shop's apps, which send Firebase tokens since the release 21 minutes ago.
func shopCallers() []caller {
	const host = "https://api.acme.example"
	paths := []string{"/api/cart", "/api/cart", "/api/catalog?page=2", "/api/orders/41877", "/api/session", "/api/wishlist"}
	const release = 21 * time.Minute
	return []caller{
		{hourly: 640, since: release, status: 401, method: "GET", host: host, paths: paths, agent: "okhttp/4.12.0", ip: "198.51.100.77", protocol: "HTTP/2"},
		{hourly: 360, since: release, status: 401, method: "GET", host: host, paths: paths, agent: "AcmeShop/5.2 CFNetwork/1568 Darwin/24.2.0", ip: "2001:db8:61::9e", protocol: "HTTP/2"},
		{hourly: 190, since: release, status: 401, method: "POST", host: host, paths: []string{"/api/cart/items", "/api/checkout"}, agent: "okhttp/4.12.0", ip: "198.51.100.78", protocol: "HTTP/2"},
	}
}

// refusal is one request of the caller.
func (k caller) refusal(s scene, r *rand.Rand, at time.Time) Refusal {
	path := k.paths[r.IntN(len(k.paths))]
	f := Refusal{
		Service: "projects/" + project + "/locations/" + s.region + "/services/" + s.name,
		Status:  k.status, Method: k.method, URL: k.host + path, UserAgent: k.agent, RemoteIP: k.ip, Referer: k.referer,
		Protocol: k.protocol, Empty: k.empty, App: k.app, Function: s.function, Time: at,
	}
	if k.host == "" {
		f.URL = runURLs(s.name, s.region)[0] + path
	}
	if k.app {
		f.Latency = time.Duration(3+r.IntN(40)) * time.Millisecond
	}
	return f
}

// dice are pseudo-random and the same in every run.
func dice(parts ...string) *rand.Rand {
	h := fnv.New64a()
	for _, p := range parts {
		h.Write([]byte(p))
	}
	return rand.New(rand.NewPCG(h.Sum64(), 401))
}

// gap is the time to the next request of somebody who asks so often an hour.
func gap(r *rand.Rand, hourly int) time.Duration {
	mean := float64(time.Hour) / float64(hourly)
	return time.Duration(min(r.ExpFloat64(), 6) * mean)
}

// lag is how long an entry takes into the log: mostly a tenth of a second, now and then many seconds.
func lag(r *rand.Rand) time.Duration {
	if r.IntN(25) == 0 {
		return time.Duration(4000+r.IntN(9000)) * time.Millisecond
	}
	return time.Duration(60+r.IntN(500)) * time.Millisecond
}

// recall fills the log with the last hour, in the order in which entries came in.
func (c *Cloud) recall(now time.Time) {
	var past []*loggingpb.LogEntry
	for _, s := range scenes(now) {
		if s.granted > 0 {
			at := now.Add(-s.granted)
			past = append(past, Change{Service: s.name, Method: "google.cloud.run.v1.Services.SetIamPolicy", Time: at, Received: at.Add(time.Second)}.entry(c))
		}
		if s.changed < time.Hour {
			at := now.Add(-s.changed)
			past = append(past, Change{Service: s.name, Method: "google.cloud.run.v1.Services.ReplaceService", Actor: s.modifier, Time: at, Received: at.Add(time.Second)}.entry(c))
		}
		for _, k := range s.callers {
			past = append(past, c.history(s, k, now)...)
		}
	}
	slices.SortStableFunc(past, func(a, b *loggingpb.LogEntry) int {
		return a.ReceiveTimestamp.AsTime().Compare(b.ReceiveTimestamp.AsTime())
	})
	c.journal.add(past)
}

// history is one caller's last hour, or what there is of it.
func (c *Cloud) history(s scene, k caller, now time.Time) []*loggingpb.LogEntry {
	r := dice("past", s.name, k.agent, k.method)
	back := time.Hour
	if k.since > 0 {
		back = k.since
	}
	var out []*loggingpb.LogEntry
	for at := now.Add(-back).Add(gap(r, k.hourly)); ; at = at.Add(gap(r, k.hourly)) {
		f := k.refusal(s, r, at)
		f.Received = at.Add(lag(r))
		if f.Received.After(now) {
			return out
		}
		out = append(out, f.entry(c))
	}
}

// arrival is a request of Run that is under way to the log.
type arrival struct {
	at      time.Time // when the log takes it in
	refusal Refusal
	twice   bool
}

// Run tells the story's traffic until ctx is done or the cloud is closed: requests keep coming as in the last hour, some of
// them late, some twice.
func (c *Cloud) Run(ctx context.Context) {
	if c.empty {
		return
	}
	type source struct {
		scene  scene
		caller caller
		next   time.Time
	}
	now := time.Now()
	r := dice("now")
	var sources []source
	for _, s := range scenes(now) {
		for _, k := range s.callers {
			sources = append(sources, source{s, k, now.Add(gap(r, k.hourly))})
		}
	}
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var coming []arrival
	for {
		due := now.Add(time.Hour)
		for i := range sources {
			s := &sources[i]
			for !s.next.After(now.Add(15 * time.Second)) {
				coming = append(coming, arrival{s.next.Add(lag(r)), s.caller.refusal(s.scene, r, s.next), r.IntN(40) == 0})
				s.next = s.next.Add(gap(r, s.caller.hourly))
			}
			if s.next.Before(due) {
				due = s.next
			}
		}
		slices.SortStableFunc(coming, func(a, b arrival) int { return a.at.Compare(b.at) })
		if len(coming) > 0 && coming[0].at.Before(due) {
			due = coming[0].at
		}
		timer.Reset(time.Until(due))
		select {
		case <-ctx.Done():
			return
		case <-c.closed:
			return
		case <-timer.C:
		}
		now = time.Now()
		for len(coming) > 0 && !coming[0].at.After(now) {
			a := coming[0]
			coming = coming[1:]
			a.refusal.Received = now
			e := a.refusal.entry(c)
			c.EmitEntries(e)
			if a.twice {
				c.EmitEntries(e)
			}
		}
	}
}
