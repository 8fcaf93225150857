package demo

import (
	"context"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
)

const (
	chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
	safari = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Safari/605.1.15"
)

// caller is somebody who keeps asking and keeps being refused.
type caller struct {
	hourly   int           // refused requests an hour
	since    time.Duration // how long ago it began; 0: before the log
	ends     time.Duration // how long it goes on; 0: always
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

// shopCallers are the shop's apps. They send Firebase tokens, which the shop's own code verified until Cloud Run was told to check
// credentials, 22 minutes ago.
func shopCallers() []caller {
	const host = "https://api.acme.example"
	paths := []string{"/api/cart", "/api/cart", "/api/catalog?page=2", "/api/orders/41877", "/api/session", "/api/wishlist"}
	const closed = 21 * time.Minute
	return []caller{
		{hourly: 640, since: closed, status: 401, method: "GET", host: host, paths: paths, agent: "okhttp/4.12.0", ip: "198.51.100.77", protocol: "HTTP/2"},
		{hourly: 360, since: closed, status: 401, method: "GET", host: host, paths: paths, agent: "AcmeShop/5.2 CFNetwork/1568 Darwin/24.2.0", ip: "2001:db8:61::9e", protocol: "HTTP/2"},
		{hourly: 190, since: closed, status: 401, method: "POST", host: host, paths: []string{"/api/cart/items", "/api/checkout"}, agent: "okhttp/4.12.0", ip: "198.51.100.78", protocol: "HTTP/2"},
	}
}

// refusal is one request of the caller.
func (k caller) refusal(s scene, r *rand.Rand, at time.Time) Refusal {
	path := k.paths[r.IntN(len(k.paths))]
	f := Refusal{
		Service: s.full(),
		Status:  k.status, Method: k.method, URL: k.host + path, UserAgent: k.agent, RemoteIP: k.ip, Referer: k.referer,
		Protocol: k.protocol, Empty: k.empty, App: k.app, Function: s.function, Time: at,
	}
	if k.host == "" {
		f.URL = s.urls()[0] + path
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
	for _, h := range c.deeds(now) {
		h.Received = h.Time.Add(time.Second)
		past = append(past, h.entry(c))
	}
	for _, s := range append(scenes(now), rehearsals()...) {
		for _, k := range s.callers {
			past = append(past, c.history(s, k, now)...)
		}
	}
	for _, e := range past {
		if f := inFront(e); f != nil {
			past = append(past, f)
		}
	}
	past = append(past, knocked(now)...)
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

// arrival is a request that is under way to the log.
type arrival struct {
	at      time.Time // when the log takes it in
	refusal Refusal
	entry   *loggingpb.LogEntry // where it was in the log before, and comes once more, or is a load balancer's
}

// source is a caller of a service, and when the next request comes.
type source struct {
	scene  scene
	caller caller
	next   time.Time
}

// traffic is what goes on now.
type traffic struct {
	dice    *rand.Rand
	begun   time.Time
	sources []source
	inFront []knocker
	coming  []arrival // by time
}

// ahead is how far traffic is thought out; an entry's lag is less.
const ahead = 15 * time.Second

// Run tells the story's traffic until ctx is done or the cloud is closed: requests keep coming as in the last hour, some of
// them late, some twice. Without a story it returns at once.
func (c *Cloud) Run(ctx context.Context) {
	if c.empty {
		return
	}
	now := time.Now()
	var work sync.WaitGroup
	work.Go(func() { c.play(ctx, newTraffic(now, scenes(now), knocks())) })
	work.Go(func() { c.play(ctx, newTraffic(now, rehearsals(), nil)) })
	work.Wait()
}

// play lets one project's traffic happen.
func (c *Cloud) play(ctx context.Context, t *traffic) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.closed:
			return
		case <-timer.C:
		}
		now := time.Now()
		t.think(now)
		for len(t.coming) > 0 && !t.coming[0].at.After(now) {
			a := t.coming[0]
			t.coming = t.coming[1:]
			if a.entry == nil {
				a.refusal.Received = now
				a.entry = a.refusal.entry(c)
				if t.dice.IntN(40) == 0 {
					t.coming = append(t.coming, arrival{at: a.at.Add(3 * time.Second), entry: a.entry})
				}
			}
			c.EmitEntries(a.entry)
			if f := inFront(a.entry); f != nil {
				c.EmitEntries(f)
			}
		}
		timer.Reset(t.rest(now))
	}
}

func newTraffic(now time.Time, of []scene, inFront []knock) *traffic {
	t := &traffic{dice: dice("now"), begun: now}
	for _, s := range of {
		for _, k := range s.callers {
			t.sources = append(t.sources, source{s, k, now.Add(gap(t.dice, k.hourly))})
		}
	}
	for _, k := range inFront {
		r := dice("front now", k.backend, k.details, k.agent)
		t.inFront = append(t.inFront, knocker{k, r, now.Add(gap(r, k.hourly))})
	}
	return t
}

// think lets every source send what it sends in the time ahead.
func (t *traffic) think(now time.Time) {
	for i := range t.sources {
		s := &t.sources[i]
		for ; s.next.Before(now.Add(ahead)); s.next = s.next.Add(gap(t.dice, s.caller.hourly)) {
			if s.caller.ends > 0 && s.next.Sub(t.begun) > s.caller.ends {
				continue
			}
			t.coming = append(t.coming, arrival{at: s.next.Add(lag(t.dice)), refusal: s.caller.refusal(s.scene, t.dice, s.next)})
		}
	}
	for i := range t.inFront {
		k := &t.inFront[i]
		for ; k.next.Before(now.Add(ahead)); k.next = k.next.Add(gap(k.dice, k.hourly)) {
			t.coming = append(t.coming, arrival{at: k.next.Add(lag(k.dice)), entry: k.answer(k.dice, k.next).entry()})
		}
	}
	slices.SortStableFunc(t.coming, func(a, b arrival) int { return a.at.Compare(b.at) })
}

// rest is how long nothing happens.
func (t *traffic) rest(now time.Time) time.Duration {
	if len(t.coming) > 0 {
		return min(ahead, t.coming[0].at.Sub(now))
	}
	return ahead
}
