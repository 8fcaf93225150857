package gcp_test

import (
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"why401/gcp"
	"why401/gcp/demo"
)

// TestARegionWhoseQuotaIsUsedUpIsLeftAlone: for as long as Google asks, then for twice as long each time; and no other region is.
func TestARegionWhoseQuotaIsUsedUpIsLeftAlone(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		list := func() (calls int, failed []gcp.RegionError) {
			before := cloud.Calls("ListServices")
			l, err := client.Services(t.Context())
			if err != nil || l.Regions != 9 {
				t.Fatalf("%v, %d regions", err, l.Regions)
			}
			return cloud.Calls("ListServices") - before, l.Failed
		}
		cloud.Fail("ListServices", demo.QuotaExceeded("run.googleapis.com", "us-east1", 20*time.Second), "us-east1")
		all, _ := list()
		for i, step := range []struct {
			after time.Duration
			asked bool
			wait  time.Duration // what is still to be waited for
		}{
			{5 * time.Second, false, 15 * time.Second},
			{14 * time.Second, false, time.Second},
			{2 * time.Second, true, 20 * time.Second}, // used up again: 40 s from here, Google's own 20 in its answer
			{39 * time.Second, false, time.Second},
			{2 * time.Second, true, 20 * time.Second}, // 80 s
			{79 * time.Second, false, time.Second},
		} {
			time.Sleep(step.after)
			calls, failed := list()
			if asked := calls == all; asked != step.asked || !asked && calls != all-1 {
				t.Errorf("step %d: %d calls of %d", i, calls, all)
			}
			if len(failed) != 1 || failed[0].Region != "us-east1" || failed[0].Err.Code != codes.ResourceExhausted || failed[0].Err.Retry != step.wait {
				t.Errorf("step %d: %+v", i, failed)
			}
		}
		cloud.Heal("ListServices")
		time.Sleep(2 * time.Second)
		if _, failed := list(); len(failed) > 0 {
			t.Errorf("healed: %+v", failed)
		}
		cloud.FailTimes("ListServices", 1, demo.QuotaExceeded("run.googleapis.com", "us-east1", 20*time.Second), "us-east1")
		list()
		time.Sleep(21 * time.Second)
		if _, failed := list(); len(failed) > 0 {
			t.Errorf("after it was well, it is left alone for longer than Google asks: %+v", failed)
		}
	})
}

// TestPoliciesOfARegionWhoseQuotaIsUsedUpAreLeftAlone: one refusal is enough, however many are asked for; other regions, and the list, go on.
func TestPoliciesOfARegionWhoseQuotaIsUsedUpAreLeftAlone(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		const here, there = "projects/acme-prod/locations/europe-west1/services/", "projects/acme-prod/locations/us-central1/services/"
		cloud.Fail("GetIamPolicy", demo.QuotaExceeded("run.googleapis.com", "europe-west1", 20*time.Second), "shop-api", "billing")
		ask := func(id string) (*gcp.Error, int) {
			t.Helper()
			before := cloud.Calls("GetIamPolicy")
			_, err := client.Policy(t.Context(), id)
			n := cloud.Calls("GetIamPolicy") - before
			if err == nil {
				return nil, n
			}
			return failed(t, err), n
		}
		var all sync.WaitGroup
		for range 8 { // at once: each is refused, and together they are no eight refusals one after another
			all.Go(func() { client.Policy(t.Context(), here+"shop-api") })
		}
		all.Wait()
		e, n := ask(here + "billing")
		if e == nil || n != 0 || e.Code != codes.ResourceExhausted || e.Retry != 20*time.Second || e.Hint != "wait 20s for the quota of europe-west1" || e.On != "billing" {
			t.Fatalf("%d calls: %+v", n, e)
		}
		if e, n := ask(there + "order-events"); e != nil || n != 1 {
			t.Errorf("another region: %d calls, %v", n, e)
		}
		if l, err := client.Services(t.Context()); err != nil || len(l.Failed) > 0 {
			t.Errorf("the list: %v, %v", l.Failed, err)
		}
		time.Sleep(19 * time.Second)
		if e, n := ask(here + "shop-api"); e == nil || n != 0 || e.Retry != time.Second {
			t.Errorf("a second before: %d calls, %+v", n, e)
		}
		time.Sleep(time.Second)
		if e, n := ask(here + "shop-api"); e == nil || n != 1 || e.Retry != 40*time.Second {
			t.Errorf("used up again, for twice as long: %d calls, %+v", n, e)
		}
		cloud.Heal("GetIamPolicy")
		time.Sleep(40 * time.Second)
		if e, n := ask(here + "shop-api"); e != nil || n != 1 {
			t.Errorf("healed: %d calls, %v", n, e)
		}
		cloud.FailTimes("GetIamPolicy", 1, demo.PermissionDenied("run.services.getIamPolicy", "projects/acme-prod"), "shop-api")
		if e, _ := ask(here + "shop-api"); e == nil || e.Code != codes.PermissionDenied {
			t.Errorf("another error: %v", e)
		}
		if e, n := ask(here + "shop-api"); e != nil || n != 1 {
			t.Errorf("after another error nothing is left alone: %d calls, %v", n, e)
		}
	})
}

func TestARoleThatMayNotBeReadIsAskedForAgain(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		l, err := client.Services(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var of string
		for _, s := range l.Services {
			if s.Name == "edge-gateway" {
				of = s.ID
			}
		}
		role := func() gcp.Binding {
			p, err := client.Policy(t.Context(), of)
			if err != nil || len(p.Bindings) == 0 {
				t.Fatal(err)
			}
			for _, b := range p.Bindings {
				if p.Partial() == (b.Invokes == gcp.Yes) && b.Role == "projects/acme-prod/roles/edgeCaller" {
					t.Errorf("partial: %v", p.Partial())
				}
				if b.Role == "projects/acme-prod/roles/edgeCaller" {
					return b
				}
			}
			t.Fatalf("%+v", p.Bindings)
			return gcp.Binding{}
		}
		cloud.Fail("GetRole", demo.PermissionDenied("iam.roles.get", "projects/acme-prod"))
		var calls int
		for i := range 3 {
			if b := role(); b.Invokes != gcp.Unsure {
				t.Errorf("%+v", b)
			}
			if n := cloud.Calls("GetRole"); i == 0 {
				calls = n
			} else if n != calls {
				t.Errorf("asked again at once: %d calls after %d", n, calls)
			}
		}
		cloud.Heal("GetRole")
		time.Sleep(61 * time.Second)
		if b := role(); b.Invokes != gcp.Yes {
			t.Errorf("the permission was granted a minute ago: %+v", b)
		}
	})
}
