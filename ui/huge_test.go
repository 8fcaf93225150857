package ui

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"why401/gcp"
	"why401/token"
)

// What is large in the field: a project of 10,000 services, a policy of 1,500 members (Google's limit), entries of 256 KB (its limit
// too), a token of 64 KB (the most that is read).
const (
	manyServices = 10_000
	manyMembers  = 1_500
	largeEntry   = 256 << 10
	largeToken   = 64 << 10
)

// largeProject is a dashboard with 10,000 services at 120×40, each with a policy.
func largeProject(tb testing.TB) *root {
	tb.Helper()
	r := newRoot(context.Background(), Options{Project: "p", Theme: themeDark})
	r.resize(120, 40)
	var l gcp.Listing
	for i := range manyServices {
		l.Services = append(l.Services, gcp.Service{
			ID: fmt.Sprintf("projects/p/locations/europe-west1/services/service-%05d", i), Name: fmt.Sprintf("service-%05d", i), Region: "europe-west1", Project: "p",
			URI: fmt.Sprintf("https://service-%05d-1a2b3c4d5e-ew.a.run.app", i), Ingress: gcp.IngressAll, State: gcp.StateReady, Updated: now(),
		})
	}
	r.services.show(l, now(), nil)
	for _, s := range l.Services {
		p := gcp.Policy{Service: s.ID, Read: now(), Bindings: []gcp.Binding{{Role: "roles/run.invoker", Members: []string{"serviceAccount:caller@p.iam.gserviceaccount.com"}, Level: "service", Invokes: gcp.Yes}}}
		r.policies[s.ID] = &policyState{policy: &p, at: now()}
		r.services.setDoor(s.ID, &p, nil)
	}
	r.services.arrange()
	r.settle()
	return r
}

// crowded is a policy of 1,500 members in 30 bindings.
func crowded() *gcp.Policy {
	p := &gcp.Policy{Read: now()}
	for i := range 30 {
		b := gcp.Binding{Role: fmt.Sprintf("roles/run.role%d", i), Level: "service", Invokes: gcp.Yes}
		for j := range manyMembers / 30 {
			b.Members = append(b.Members, fmt.Sprintf("serviceAccount:caller-%d-%d@some-longer-project-name.iam.gserviceaccount.com", i, j))
		}
		p.Bindings = append(p.Bindings, b)
	}
	return p
}

// BenchmarkManyServices moves the cursor over 10,000 services and draws, as a key does.
func BenchmarkManyServices(b *testing.B) {
	r := largeProject(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r.Update(press([]string{"down", "up"}[i%2]))
		_ = r.screen()
	}
}

// BenchmarkManyServicesArrive takes 10,000 services in, a region of 43 at a time; the longest is what a key has to wait for.
func BenchmarkManyServicesArrive(b *testing.B) {
	all := largeProject(b).services.listing.Services
	longest := time.Duration(0)
	for b.Loop() {
		r := newRoot(context.Background(), Options{Project: "p", Theme: themeDark})
		r.resize(120, 40)
		i := 0
		for part := range slices.Chunk(all, len(all)/43+1) {
			i++
			before := time.Now()
			r.Update(servicesFound{generation: r.generation, part: gcp.Part{Services: part, Answered: i, Regions: 43}, at: before})
			_ = r.screen()
			longest = max(longest, time.Since(before))
		}
	}
	b.ReportMetric(float64(longest.Microseconds())/1000, "ms/longest")
}

// BenchmarkManyServicesFiltered types a letter into the filter over 10,000 services.
func BenchmarkManyServicesFiltered(b *testing.B) {
	r := largeProject(b)
	r.Update(press("/"))
	for i := 0; b.Loop(); i++ {
		r.Update(press([]string{"7", "backspace"}[i%2]))
		_ = r.screen()
	}
}

// BenchmarkManyServicesJudged checks one token against 10,000 services, when it has just been pasted.
func BenchmarkManyServicesJudged(b *testing.B) {
	r := largeProject(b)
	found, err := token.ReadAll([]byte(signed(b, claims{"iss": "https://accounts.google.com", "aud": "https://service-00001-1a2b3c4d5e-ew.a.run.app", "email": "caller@p.iam.gserviceaccount.com", "sub": "1", "exp": now().Add(time.Hour).Unix()})))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r.forget()
		r.Update(tokenRead{tokens: found})
		_ = r.screen()
	}
}

// BenchmarkManyMembers draws the access of a service with 1,500 members, and judges a token against it.
func BenchmarkManyMembers(b *testing.B) {
	r := largeProject(b)
	s, _ := r.services.selection()
	found, err := token.ReadAll([]byte(signed(b, claims{"iss": "https://accounts.google.com", "aud": s.URI, "email": "nobody@p.iam.gserviceaccount.com", "sub": "1", "exp": now().Add(time.Hour).Unix()})))
	if err != nil {
		b.Fatal(err)
	}
	r.Update(tokenRead{tokens: found})
	for b.Loop() {
		r.policies[s.ID].policy = crowded()
		r.judged = judgement{}
		r.settle()
		_ = r.screen()
	}
}

// BenchmarkLargeToken reads, judges and draws a token of 64 KB.
func BenchmarkLargeToken(b *testing.B) {
	r := largeProject(b)
	r.services.show(gcp.Listing{Services: r.services.listing.Services[:1]}, now(), nil)
	c := claims{"iss": "https://accounts.google.com", "aud": "https://service-00000-1a2b3c4d5e-ew.a.run.app", "sub": "1", "exp": now().Add(time.Hour).Unix()}
	for i := 0; len(signed(b, c)) < largeToken-2000; i++ {
		c[fmt.Sprintf("claim%d", i)] = strings.Repeat("x", 1000)
	}
	pasted := []byte(signed(b, c))
	b.ReportMetric(float64(len(pasted)), "bytes")
	for b.Loop() {
		found, err := token.ReadAll(pasted)
		if err != nil {
			b.Fatal(err)
		}
		r.Update(tokenRead{tokens: found})
		_ = r.screen()
	}
}

// heapOf is the memory that something keeps, in bytes.
func heapOf(build func() any) (keep any, used int64) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	keep = build()
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&after)
	return keep, int64(after.HeapAlloc) - int64(before.HeapAlloc)
}

// hostileEntry is an entry as large as Logging takes them, of bytes that take the most room once they are shown as escapes.
func hostileEntry(i int) gcp.Entry {
	worst := strings.Repeat("\U000e0041", 2<<10/4)
	return gcp.Entry{
		ID: fmt.Sprintf("%06d", i), Time: time.Unix(int64(i), 0), Status: 401, Method: worst, URL: "https://a.example/" + fmt.Sprint(i) + worst, UserAgent: fmt.Sprint(i) + worst,
		Referer: "https://b.example/" + fmt.Sprint(i) + worst, RemoteIP: fmt.Sprint(i) + worst, Protocol: worst, Trace: fmt.Sprint(i) + worst, Service: "s", Region: "r", Text: worst,
	}
}

// TestMemoryOfManyServices: 10,000 services with their policies, and what the list keeps of each.
func TestMemoryOfManyServices(t *testing.T) {
	keep, used := heapOf(func() any { return largeProject(t) })
	t.Logf("10,000 services with a policy each keep %d MB", used>>20)
	if used > 60<<20 {
		t.Errorf("10,000 services keep %d MB", used>>20)
	}
	runtime.KeepAlive(keep)
}

// TestMemoryOfLargeEntries: however large the entries are that somebody sends, the ring keeps a bounded part of them, and says what went.
func TestMemoryOfLargeEntries(t *testing.T) {
	const n = 3300
	keep, used := heapOf(func() any {
		r := newRing(ringSize)
		one := ingest([]gcp.Entry{hostileEntry(0)})[0]
		for i := range n {
			e := *one
			e.ID, e.Time = fmt.Sprint(i), time.Unix(int64(i), 0)
			for _, s := range []*string{&e.Method, &e.URL, &e.UserAgent, &e.Referer, &e.RemoteIP, &e.Protocol, &e.Trace, &e.Text, &e.caller, &e.short, &e.folded} {
				*s = strings.Clone(*s) // as if it had come by itself
			}
			r.add([]*refusal{&e})
		}
		q := parseQuery([]string{"nothing"}, time.Now())
		for _, e := range r.entries {
			q.matches(e) // makes what a filter looks in
		}
		return r
	})
	r := keep.(*ring)
	if r.weight > mostWeight || len(r.gone) == 0 || len(r.gone)+len(r.entries) != n {
		t.Errorf("%d entries of %d MB are kept, %d are gone", len(r.entries), r.weight>>20, len(r.gone))
	}
	sum := 0
	for _, e := range r.entries {
		sum += int(e.weight)
	}
	if sum != r.weight {
		t.Errorf("the ring thinks that it holds %d bytes; it holds %d", r.weight, sum)
	}
	t.Logf("%d entries keep %d MB", len(r.entries), used>>20)
	if used > 160<<20 {
		t.Errorf("large entries keep %d MB", used>>20)
	}
}

// TestMemoryOverADay lets a refusal a second and a change a minute come for a day, with a token held and the screen drawn: what is
// kept at its end is what was kept when the ring was full.
func TestMemoryOverADay(t *testing.T) {
	if testing.Short() {
		t.Skip("a day takes some seconds")
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRoot(t.Context(), Options{Project: "p", Theme: themeDark, Since: 6 * time.Hour})
		r.resize(120, 40)
		service := gcp.Service{ID: "projects/p/locations/r/services/s", Name: "s", Region: "r", Project: "p", URI: "https://s-1a2b3c4d5e-ew.a.run.app"}
		l := gcp.Listing{Services: []gcp.Service{service}, Regions: 1}
		r.stream = &stream{attempt: 1, state: streamLive, filled: true, window: r.o.Since}
		found, err := token.ReadAll([]byte(signed(t, claims{"iss": "https://accounts.google.com", "aud": service.URI, "sub": "1", "exp": now().Add(time.Hour).Unix()})))
		if err != nil {
			t.Fatal(err)
		}
		r.Update(tokenRead{tokens: found})
		heap := func() int64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.GC()
			runtime.ReadMemStats(&m)
			return int64(m.HeapAlloc)
		}
		var full int64
		for minute := range 24 * 60 {
			time.Sleep(time.Minute)
			at := now()
			var entries []gcp.Entry
			for i := range 60 {
				entries = append(entries, gcp.Entry{
					ID: fmt.Sprintf("%d-%d", minute, i), Time: at.Add(-time.Duration(i) * time.Second), Status: 401, Method: "GET", Service: "s", Region: "r",
					URL: fmt.Sprintf("https://s.example/api/orders/%d", minute*60+i), UserAgent: fmt.Sprintf("client/%d", minute*60+i), RemoteIP: "203.0.113.1",
					Text: "The request was not authorized to invoke this service.",
				})
			}
			change := gcp.Change{ID: fmt.Sprint(minute), Time: at, Service: "s", Region: "r", Kind: gcp.ChangePolicy, Who: "deployer@acme.example"}
			r.Update(entriesArrived{attempt: 1, refusals: ingest(entries), changes: []gcp.Change{change}, at: at})
			r.services.loading = false
			r.cancelList = func() {}
			r.Update(servicesListed{generation: r.generation, listing: l, at: at})
			r.flow = flow{}
			r.Update(ticked{})
			_ = r.screen()
			if minute == 7*60 {
				full = heap()
			}
		}
		after := heap()
		t.Logf("%d of %d entries and %d changes are kept; %d MB after 7 hours, %d MB after 24", len(r.ring.entries), 24*60*60, len(r.history.rows), full>>20, after>>20)
		if len(r.ring.entries) != ringSize || after > full+full/5+4<<20 {
			t.Errorf("%d entries, %d bytes after 7 hours, %d after 24", len(r.ring.entries), full, after)
		}
		runtime.KeepAlive(r)
	})
}

// BenchmarkLargeEntry takes in an entry as large and as bad as there are.
func BenchmarkLargeEntry(b *testing.B) {
	e := hostileEntry(1)
	b.ReportAllocs()
	for b.Loop() {
		ingest([]gcp.Entry{e})
	}
}
