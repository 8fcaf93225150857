package ui

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"why401/gcp"
	"why401/gcp/demo"
	"why401/token"
)

// soak is a day of a dashboard to which everything happens that can.
type soak struct {
	*driver
	rnd    *rand.Rand
	over   bool // the login is over: no client can be opened
	opened int
	sent   []demo.Refusal // in the order of their sending
}

// pass lets a time pass in which a request is refused every minute: some are logged late, some twice.
func (s *soak) pass(d time.Duration) {
	const pace = time.Minute
	for ; d > 0; d -= pace {
		e := demo.Refusal{
			Service: "billing", ID: fmt.Sprintf("soak%06d", len(s.sent)), Status: 401 + 2*s.rnd.IntN(2),
			Time: time.Now().Add(-time.Duration(s.rnd.IntN(20)) * time.Second),
		}
		s.sent = append(s.sent, e)
		s.cloud.Emit(e)
		if s.rnd.IntN(10) == 0 {
			s.cloud.Emit(e)
		}
		s.wait(min(d, pace))
	}
}

// soakedMethods are all calls that the screen makes by itself.
var soakedMethods = append(slices.Clone(faultedMethods), []faultedMethod{
	{name: "GetRole", api: "iam.googleapis.com", permission: "iam.roles.get"},
	{name: "GetProject", api: "cloudresourcemanager.googleapis.com", permission: "resourcemanager.projects.get"},
	{name: "Projects.GetIamPolicy", api: "cloudresourcemanager.googleapis.com", permission: "resourcemanager.projects.getIamPolicy"},
	{name: "GetFolder", api: "cloudresourcemanager.googleapis.com", permission: "resourcemanager.folders.get"},
	{name: "Folders.GetIamPolicy", api: "cloudresourcemanager.googleapis.com", permission: "resourcemanager.folders.getIamPolicy"},
	{name: "GetOrganization", api: "cloudresourcemanager.googleapis.com", permission: "resourcemanager.organizations.get"},
	{name: "Organizations.GetIamPolicy", api: "cloudresourcemanager.googleapis.com", permission: "resourcemanager.organizations.getIamPolicy"},
	{name: "ListPolicies", api: "iam.googleapis.com", permission: "iam.denypolicies.list"},
	{name: "GetPolicy", api: "iam.googleapis.com", permission: "iam.denypolicies.get"},
	{name: "compute.urlMaps.aggregatedList", api: "compute.googleapis.com", permission: "compute.urlMaps.list"},
	{name: "compute.backendServices.aggregatedList", api: "compute.googleapis.com", permission: "compute.backendServices.list"},
	{name: "compute.networkEndpointGroups.aggregatedList", api: "compute.googleapis.com", permission: "compute.networkEndpointGroups.list"},
	{name: "compute.forwardingRules.aggregatedList", api: "compute.googleapis.com", permission: "compute.forwardingRules.list"},
	{name: "compute.targetHttpProxies.aggregatedList", api: "compute.googleapis.com", permission: "compute.targetHttpProxies.list"},
	{name: "compute.targetHttpsProxies.aggregatedList", api: "compute.googleapis.com", permission: "compute.targetHttpsProxies.list"},
	{name: "compute.sslCertificates.aggregatedList", api: "compute.googleapis.com", permission: "compute.sslCertificates.list"},
	{name: "iap.getIapSettings", api: "iap.googleapis.com", permission: "iap.webServices.getSettings"},
	{name: "PublicKeys"},
}...)

// pair is a call and an error of it.
type pair struct {
	m faultedMethod
	f fault
}

// pairs are every error of the table on every method, shuffled.
func (s *soak) pairs() []pair {
	var all []pair
	for _, m := range soakedMethods {
		for _, f := range errorTable {
			all = append(all, pair{m, f})
		}
	}
	s.rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// lasts is how long a fault stands.
func (s *soak) lasts() time.Duration { return time.Duration(20+s.rnd.IntN(80)) * time.Second }

// heal takes every fault back but those that the story has from the start: whoever is on call may not read the organisation's policies.
func (s *soak) heal() {
	for _, m := range soakedMethods {
		s.cloud.Heal(m.name)
	}
	const organization = "//cloudresourcemanager.googleapis.com/organizations/900000000042"
	s.cloud.Fail("Organizations.GetIamPolicy", demo.PermissionDenied("resourcemanager.organizations.getIamPolicy", organization))
	s.cloud.Fail("ListPolicies", demo.PermissionDenied("iam.denypolicies.list", organization), "organizations")
}

// befall makes one error of one call, lets it stand for a while and takes it back. The call is made meanwhile, or nothing is shown.
func (s *soak) befall(p pair) (name string) {
	calls := s.cloud.Calls(p.m.name)
	s.cloud.Heal(p.m.name) // the story's own fault would come first
	p.f.inject(s.cloud, p.m)
	switch end := s.rnd.IntN(4) == 0; {
	case p.m.name == "GetRole":
		s.cloud.EndTails(dead) // the next client knows no role yet
		s.wait(5 * time.Second)
	case end, p.m.name == "TailLogEntries", p.m.name == "ListLogEntries":
		s.cloud.EndTails(demo.Unavailable())
	}
	if p.m.name == "PublicKeys" {
		s.root.keys, s.root.keysFrom = token.Keys{}, map[string]*keysState{} // as at the start
		s.keys("d")
	} else {
		s.keys("r")
	}
	s.pass(s.lasts())
	name = p.m.name + ": " + p.f.name
	if s.cloud.Calls(p.m.name) == calls {
		s.t.Errorf("%s: it was not called", name)
	}
	s.heal()
	if p.m.name == "PublicKeys" {
		s.pass(80 * time.Second)
		if keys := s.root.keysFrom[s.root.token.token.KeysURL()]; keys == nil || keys.err != nil {
			s.t.Errorf("%s: the keys were not fetched again: %+v", name, keys)
		}
		s.keys("x", "2")
	}
	return name
}

// trouble makes several faults at once, lets them stand for a while and takes them back; its name is for the log.
func (s *soak) trouble(n int) (name string) {
	switch n % 4 {
	case 0:
		s.over, name = true, "the login is over"
		for _, m := range apiMethods {
			s.cloud.Fail(m, dead)
		}
		s.cloud.EndTails(dead)
		s.pass(s.lasts())
		s.over = false
	case 1:
		f := errorTable[n/4%len(errorTable)]
		name = "everything: " + f.name
		for _, m := range soakedMethods {
			s.cloud.Heal(m.name)
			f.inject(s.cloud, m)
		}
		s.cloud.EndTails(demo.Unavailable())
		s.keys("r")
		s.pass(s.lasts())
	case 2:
		name = "a stream that ends"
		ends := []error{demo.Unavailable(), status.Error(codes.OutOfRange, "the hour is over"), status.Error(codes.Internal, "stream reset"), dead,
			demo.QuotaExceeded("logging.googleapis.com", "global", 0), demo.PermissionDenied("logging.logEntries.list", "projects/acme-prod")}
		for range 3 {
			s.cloud.EndTails(ends[s.rnd.IntN(len(ends))])
			s.pass(s.lasts() / 3)
		}
	case 3:
		name = "regions that fail"
		s.cloud.Fail("ListServices", demo.QuotaExceeded("run.googleapis.com", "us-east1", 30*time.Second), "us-east1")
		s.cloud.Fail("ListServices", demo.PermissionDenied("run.services.list", "x"), "europe-west1")
		s.keys("r")
		s.pass(s.lasts())
	}
	s.heal()
	return name
}

// state is what an engineer would read off the screen, whatever the hour.
func (s *soak) state() string {
	var b strings.Builder
	r := s.root
	for _, row := range r.services.rows {
		p := r.policies[row.service.ID]
		if p == nil || p.policy == nil {
			fmt.Fprintf(&b, "%s %s has no policy\n", row.name, row.region)
			continue
		}
		fmt.Fprintf(&b, "%s %s %s %v %d bindings, partial %v, %v\n", row.name, row.region, row.door, row.doorErr, len(p.policy.Bindings), p.policy.Partial(), p.err)
	}
	word, well := r.pulse()
	fmt.Fprintf(&b, "%s %v, log %d, %d regions, failed %v, wrong %v, lacking %v\n", word, well, r.logged(), r.services.listing.Regions, r.services.listing.Failed, r.wrong(), r.lacking())
	for project, in := range r.inherited.of {
		fmt.Fprintf(&b, "%s: %d deny rules, unread %q %q, %v, older %v\n", project, len(in.value.Deny), in.value.Unread, in.value.DenyUnread, in.err, in.kept)
		for _, l := range in.value.Levels {
			fmt.Fprintf(&b, "  %s: %d bindings\n", l.Name, len(l.Bindings))
		}
	}
	f := &r.fronting
	fmt.Fprintf(&b, "in front: unread %q, %v, older %v, log %v\n", f.fronts.Unread, f.err, f.kept, f.logErr)
	for _, v := range f.fronts.Fronts {
		fmt.Fprintf(&b, "  %s %s, IAP %v %s\n", v.Name, v.Backend, v.IAP, v.Identities)
	}
	fmt.Fprintf(&b, "%d tails, a break %v\n", s.cloud.OpenTails(), !r.stream.reach.IsZero())
	return b.String()
}

// lost says which of the requests of the window are not in the list, or more than once. The newest may still be on their way.
func (s *soak) lost() (wrong []string) {
	got := map[string]int{}
	for _, e := range s.root.ring.entries {
		got[e.ID]++
	}
	from, to := time.Now().Add(-s.root.o.Since+2*time.Minute), time.Now().Add(-5*time.Second)
	for _, e := range slices.Backward(s.sent) {
		if e.Time.Before(from.Add(-time.Minute)) {
			break
		}
		if n := got[e.ID]; n != 1 && e.Time.After(from) && e.Time.Before(to) {
			wrong = append(wrong, fmt.Sprintf("%s %d times", e.ID, n))
		}
	}
	return wrong
}

// TestADayOfFaults lets a day pass in which every error of the table befalls every call, alone and together, in an order from a fixed seed.
// Three minutes after each the screen says again what it said before all of them, without a key; every refusal of the window
// is in the list once; and neither goroutines nor memory grow.
func TestADayOfFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("a day takes some seconds")
	}
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		s := &soak{rnd: rand.New(rand.NewPCG(6, 1))}
		s.driver = drive(t, cloud, 80, 24, func(o *Options) {
			o.Since = 30 * time.Minute
			open := o.Open
			o.Open = func(ctx context.Context) (*gcp.Client, error) {
				s.opened++
				if s.over {
					return nil, &gcp.Error{Op: "log in as oncall", Code: codes.Unauthenticated}
				}
				return open(ctx)
			}
		})
		s.keys("2") // what stands in front is read while somebody looks
		s.pass(10 * time.Minute)
		before := s.state()
		if !strings.Contains(before, "live true") || strings.Contains(before, "no policy") {
			t.Fatalf("before anything went wrong:\n%s", before)
		}
		routines, heap := runtime.NumGoroutine(), uint64(0)
		start, faults, most := time.Now(), 0, 0
		right := func(name string) {
			t.Helper()
			faults++
			s.pass(3 * time.Minute)
			if after := s.state(); after != before {
				t.Fatalf("after %v, fault %d (%s):\n%s\nwant\n%s\n%s", time.Since(start), faults, name, after, before, s.screen())
			}
			if wrong := s.lost(); len(wrong) > 0 {
				t.Fatalf("after %v, fault %d (%s): %q", time.Since(start), faults, name, wrong)
			}
			most = max(most, runtime.NumGoroutine())
			if heap == 0 && time.Since(start) > 12*time.Hour {
				heap = inUse()
			}
		}
		for i, p := range s.pairs() {
			right(s.befall(p))
			if i%6 == 0 {
				right(s.trouble(i / 6))
				s.pass(time.Duration(s.rnd.IntN(10)) * time.Minute)
			}
		}
		if day := time.Since(start); day < 24*time.Hour {
			s.pass(24*time.Hour - day)
		}
		// A timer that was set for something else by now ends within the hour.
		s.pass(streamLife + 5*time.Minute)
		if n := runtime.NumGoroutine(); n > routines+5 || most > routines+150 {
			t.Errorf("%d goroutines after a day, %d at first, %d at most", n, routines, most)
		}
		now := inUse()
		if now > heap+heap/4+4<<20 {
			t.Errorf("%d MiB after a day, %d after twelve hours", now>>20, heap>>20)
		}
		r := s.root
		if n := len(r.ring.entries); n > 200 || len(r.stream.gaps.marks) > mostGaps || len(r.policies) != len(r.services.rows) {
			t.Errorf("%d entries, %d gaps, %d policies of %d services", n, len(r.stream.gaps.marks), len(r.policies), len(r.services.rows))
		}
		// Of the window's edge each dashboard has another minute, so that only what is inside is compared.
		s.wait(r.o.Since + 2*time.Minute)
		s.pass(5 * time.Minute)
		s.keys("1", "home")
		// Two dashboards take turns: one that is looked at would hold up the other's idleness.
		t.Cleanup(s.turn.Lock)
		s.turn.Unlock()
		undisturbed := drive(t, cloud, 80, 24, func(o *Options) { o.Since = 30 * time.Minute })
		t.Cleanup(s.turn.Unlock)
		undisturbed.wait(time.Minute)
		undisturbed.keys("r") // at one moment, since the charts are of the window until then
		undisturbed.turn.Unlock()
		s.turn.Lock()
		s.keys("r")
		undisturbed.turn.Lock()
		if a, b := s.screen(), undisturbed.screen(); a != b {
			t.Errorf("a day's screen\n%s\nand a fresh one\n%s", a, b)
		}
		t.Logf("%d faults in %v, %d clients, %d refusals, heap %d MiB after twelve hours and %d after the day, %d goroutines at first, at most %d",
			faults, time.Since(start).Round(time.Hour), s.opened, len(s.sent), heap>>20, now>>20, routines, most)
	})
}

// inUse is the heap in use once nothing is left to collect.
func inUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
