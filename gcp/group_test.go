package gcp_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"why401/gcp"
)

// refusedAt is a refusal by Cloud Run of a service that is called shop-api.
func refusedAt(at time.Time, path string) gcp.Entry {
	return gcp.Entry{Time: at, Status: 401, Method: "GET", URL: "https://api.acme.example" + path, UserAgent: "okhttp/4.12.0",
		Service: "shop-api", Region: "europe-west1", Text: new401}
}

func TestCallerKind(t *testing.T) {
	const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
	for _, c := range []struct{ name, agent, url, want string }{
		{"nobody says", "", "", "unknown"},
		{"made up", "acme-poller 3", "", "unknown"},
		{"Pub/Sub push", "CloudPubSub-Google", "https://x.run.app/push", "Pub/Sub"},
		{"Eventarc by its endpoint", "CloudPubSub-Google", "https://x.run.app/push?__GCP_CloudEventsMode=CE_PUBSUB_BINDING", "Eventarc"},
		{"Pub/Sub or Eventarc", "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)", "https://x.run.app/", "Pub/Sub or Eventarc"},
		{"the mark of Eventarc on another's call", chrome, "https://x.run.app/push?__GCP_CloudEventsMode=CE_PUBSUB_BINDING", "browser"},
		{"Scheduler", "Google-Cloud-Scheduler", "", "Cloud Scheduler"},
		{"Tasks", "Google-Cloud-Tasks", "", "Cloud Tasks"},
		{"an uptime check", "GoogleStackdriverMonitoring-UptimeChecks(https://cloud.google.com/monitoring)", "", "uptime check"},
		{"a load balancer's health check", "GoogleHC/1.0", "", "health check"},
		{"a browser", chrome, "", "browser"},
		{"a robot is no browser", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "", "robot"},
		{"an iPhone's app", "AcmeShop/5.2 CFNetwork/1568 Darwin/24.2.0", "", "mobile app"},
		{"curl", "curl/8.5.0", "", "command line"},
		{"gcloud", "google-cloud-sdk gcloud/546.0.0 command/gcloud.run", "", "command line"},
		{"a library", "python-requests/2.32.3", "", "SDK"},
		{"Google's library", "google-api-nodejs-client/9.15.0", "", "SDK"},
		{"a proxy", "Envoy/1.32", "", "proxy"},
	} {
		if got := (gcp.Entry{UserAgent: c.agent, URL: c.url}).CallerKind(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestGroupKey(t *testing.T) {
	e := refusedAt(time.Now(), "/orders/41877?token=secret")
	k := e.GroupKey()
	want := gcp.GroupKey{Service: "shop-api", Region: "europe-west1", Status: 401, By: gcp.Platform, Reason: "credential not accepted", Method: "GET",
		Path: "/orders/{id}", Caller: "SDK"}
	if k != want {
		t.Errorf("got  %+v\nwant %+v", k, want)
	}
	if k.Reason != e.Reason().Short {
		t.Error("the reason is another than the entry's")
	}
	for name, other := range map[string]func(*gcp.Entry){
		"service": func(e *gcp.Entry) { e.Service = "billing" }, "region": func(e *gcp.Entry) { e.Region = "us-east1" },
		"status": func(e *gcp.Entry) { e.Status = 403 }, "method": func(e *gcp.Entry) { e.Method = "POST" },
		"who refused": func(e *gcp.Entry) { e.Text, e.Instance = "", "0007" }, "path": func(e *gcp.Entry) { e.URL = "https://x/cart" },
		"caller": func(e *gcp.Entry) { e.UserAgent = "curl/8" },
	} {
		e := e
		if other(&e); e.GroupKey() == k {
			t.Errorf("another %s is the same group", name)
		}
	}
	for name, same := range map[string]func(*gcp.Entry){
		"id": func(e *gcp.Entry) { e.URL = "https://api.acme.example/orders/9" }, "caller's address": func(e *gcp.Entry) { e.RemoteIP = "x" },
		"version of the caller": func(e *gcp.Entry) { e.UserAgent = "okhttp/5" }, "trace": func(e *gcp.Entry) { e.Trace = "x" },
	} {
		e := e
		if same(&e); e.GroupKey() != k {
			t.Errorf("another %s is another group", name)
		}
	}
	if k := (gcp.Entry{Method: strings.Repeat("X", 2000)}).GroupKey(); len(k.Method) > 50 {
		t.Errorf("a method of %d bytes", len(k.Method))
	}
}

func TestPreflightsAreNamed(t *testing.T) {
	e := refusedAt(time.Now(), "/graphql")
	e.Status, e.Text, e.Method = 403, new403+" Empty Authorization header value.", "OPTIONS"
	if k := e.GroupKey(); !strings.Contains(k.Reason, "preflight") {
		t.Errorf("a preflight is %+v", k)
	}
	e.Text, e.Instance = "", "0007" // the app's own answer to OPTIONS
	if k := e.GroupKey(); strings.Contains(k.Reason, "preflight") {
		t.Errorf("an app's answer is %+v", k)
	}
}

func TestGroups(t *testing.T) {
	start := time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC)
	at := func(minutes float64) time.Time { return start.Add(time.Duration(minutes * float64(time.Minute))) }
	var g gcp.Groups
	orders, cart := refusedAt(start, "/orders/1").GroupKey(), refusedAt(start, "/cart").GroupKey()
	for _, m := range []float64{5, 2, 9} { // unordered
		g.Add(orders, at(m))
	}
	g.Add(cart, at(9.5))
	list := g.List(start, at(12))
	want := []gcp.Group{
		{Key: orders, Count: 3, First: at(2), Last: at(9), Rate: 0.3}, // three in the ten minutes since the first
		{Key: cart, Count: 1, First: at(9.5), Last: at(9.5), Rate: 0.4},
	}
	if !slices.Equal(list, want) {
		t.Errorf("got  %+v\nwant %+v", list, want)
	}
	if r := g.List(at(6), at(12))[0].Rate; r != 0.5 {
		t.Errorf("a window that begins after the first: %v a minute", r)
	}
	if r := g.List(start, at(9.6))[1].Rate; r != 1 {
		t.Errorf("less than a minute counts as one: %v", r)
	}
	g.Remove(orders)
	g.Remove(cart)
	g.Remove(cart) // once more than there were
	if list := g.List(start, at(12)); len(list) != 1 || list[0].Count != 2 || g.Len() != 1 {
		t.Errorf("after removals: %+v", list)
	}
	g.Add(cart, at(10))
	g.Add(cart, at(11))
	if list := g.List(start, at(12)); list[0].Key != cart { // as many as orders, and newer
		t.Errorf("of equals the newer comes first: %+v", list)
	}
}

func TestGroupsHaveACeiling(t *testing.T) {
	g := gcp.Groups{Most: 3}
	now := time.Now()
	key := func(service, path string, status int) gcp.GroupKey {
		return gcp.GroupKey{Service: service, Status: status, Path: path, Method: "GET"}
	}
	for i := range 3 {
		if k := key("a", fmt.Sprint(i), 401); g.Add(k, now) != k {
			t.Fatal("a group of its own is refused below the ceiling")
		}
	}
	taken := g.Add(key("a", "x", 401), now)
	if !taken.Other || taken.Service != "a" || taken.Status != 401 || taken.Path != "" {
		t.Errorf("the fourth is taken by %+v", taken)
	}
	if again := g.Add(key("a", "y", 401), now); again != taken {
		t.Errorf("the fifth is taken by %+v", again)
	}
	if other := g.Add(key("a", "y", 403), now); other == taken || !other.Other {
		t.Errorf("another status is taken by %+v", other)
	}
	if k := key("a", "1", 401); g.Add(k, now) != k {
		t.Error("a group that there is takes no more")
	}
	// A group that is gone makes room; what others took stays theirs.
	g.Remove(key("a", "0", 401))
	if k := key("a", "x", 401); g.Add(k, now) != k {
		t.Error("there is room, and a group is refused")
	}
	g.Remove(taken)
	for _, of := range g.List(now, now) {
		if of.Key == taken && of.Count != 1 || of.Key == key("a", "x", 401) && of.Count != 1 {
			t.Errorf("after a removal: %+v", of)
		}
	}
	// Services are foreign text too.
	for i := range 100 {
		g.Add(key(fmt.Sprint("s", i), "x", 401), now)
	}
	if n := g.Len(); n > 7 {
		t.Errorf("%d groups", n)
	}
}

// TestGroupsAgreeWithACount adds and removes at random, as a window does that moves on, and counts along.
func TestGroupsAgreeWithACount(t *testing.T) {
	dice := rand.New(rand.NewPCG(4, 1))
	g := gcp.Groups{Most: 20}
	now := time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC)
	var window []gcp.GroupKey
	for i := range 20_000 {
		if len(window) > 0 && dice.IntN(2) == 0 || len(window) > 500 {
			g.Remove(window[0])
			window = window[1:]
		} else {
			k := gcp.GroupKey{Service: fmt.Sprint(dice.IntN(3)), Path: fmt.Sprint(dice.IntN(40)), Status: 401 + 2*dice.IntN(2)}
			window = append(window, g.Add(k, now.Add(time.Duration(i)*time.Second)))
		}
		if i%500 == 0 {
			count := map[gcp.GroupKey]int{}
			for _, k := range window {
				count[k]++
			}
			list := g.List(now, now.Add(time.Hour))
			if len(list) != len(count) {
				t.Fatalf("step %d: %d groups, want %d", i, len(list), len(count))
			}
			for _, of := range list {
				if of.Count != count[of.Key] {
					t.Fatalf("step %d: %+v, want %d", i, of, count[of.Key])
				}
			}
		}
	}
}

// BenchmarkGroups takes refusals from entries to groups, as a stream and its window do: every entry is added, and removed later.
func BenchmarkGroups(b *testing.B) {
	dice := rand.New(rand.NewPCG(4, 2))
	entries := make([]gcp.Entry, 10_000)
	for i := range entries {
		e := refusedAt(time.Unix(int64(i), 0), fmt.Sprintf("/api/%d/orders/%d", dice.IntN(9), dice.IntN(1e9)))
		if i%3 == 0 {
			e.Text, e.Instance = "", "0007e2"
		}
		entries[i] = e
	}
	var g gcp.Groups
	keys := make([]gcp.GroupKey, len(entries))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		at := n % len(entries)
		if n >= len(entries) {
			g.Remove(keys[at])
		}
		keys[at] = g.Add(entries[at].GroupKey(), entries[at].Time)
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "entries/s")
}

// TestMadeUpPathsAreBounded: what clients make up does not fill the memory.
func TestMadeUpPathsAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("many entries")
	}
	var g gcp.Groups
	now := time.Now()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	e := refusedAt(now, "")
	word := func(i int) string { // letters only, which no fold takes for an id
		w := make([]byte, 8)
		for j := range w {
			w[j], i = 'g'+byte(i%20), i/20
		}
		return string(w)
	}
	for i := range 200_000 {
		e.URL = "https://x.example/" + word(i*7919)
		g.Add(e.GroupKey(), now)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	used := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	list := g.List(now, now)
	if len(list) != 10_001 || !list[0].Key.Other || list[0].Count != 190_000 {
		t.Errorf("%d groups, the largest %+v", len(list), list[0])
	}
	if used > 16<<20 {
		t.Errorf("%d MB are in use", used>>20)
	}
	runtime.KeepAlive(&g)
}
