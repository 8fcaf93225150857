package ui

import (
	"testing"
	"testing/synctest"
	"time"

	"why401/gcp/demo"
)

// TestAQuotaThatIsUsedUpIsWaitedFor: a region is asked for one policy after another only until Google says when to come again; then they are
// all read, by themselves. Meanwhile the other regions go on, and the screen says what is waited for.
func TestAQuotaThatIsUsedUpIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Regions(2), demo.Services(600), demo.Latency(20*time.Millisecond))
		var region string
		cloud.Fail("GetIamPolicy", demo.QuotaExceeded("run.googleapis.com", "r", 30*time.Second))
		d := drive(t, cloud, 120, 40)
		d.wait(5 * time.Second)
		if n := cloud.Calls("GetIamPolicy"); n > 2*policiesAtOnce {
			t.Errorf("%d policies were asked for, and none was to be had", n)
		}
		region = d.root.access.service.Region
		d.keys("2", "enter")
		d.has("waiting for the quota of " + region + " until")
		d.lacks("reading the policy")
		d.wait(23 * time.Second)
		if n := cloud.Calls("GetIamPolicy"); n > 2*policiesAtOnce {
			t.Errorf("%d policies were asked for before it was time", n)
		}
		cloud.Heal("GetIamPolicy")
		d.wait(10 * time.Second)
		d.lacks("waiting for the quota")
		for _, row := range d.root.services.rows {
			if s := d.root.policies[row.service.ID]; s == nil || s.policy == nil || s.err != nil || s.waits {
				t.Fatalf("%s is not read: %+v", row.name, s)
			}
		}
		if len(d.root.spared) > 0 {
			t.Errorf("regions are spared still: %v", d.root.spared)
		}
	})
}

// TestOneRegionsQuotaStopsNoOther: only the region without quota waits.
func TestOneRegionsQuotaStopsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		cloud.Fail("GetIamPolicy", demo.QuotaExceeded("run.googleapis.com", "europe-west1", 30*time.Second), "shop-api", "billing")
		d := drive(t, cloud, 120, 40)
		d.wait(2 * time.Second)
		for _, row := range d.root.services.rows {
			s := d.root.policies[row.service.ID]
			if elsewhere := row.service.Region != "europe-west1"; elsewhere && (s == nil || s.policy == nil) {
				t.Errorf("%s in %s is not read", row.name, row.region)
			}
		}
		d.choose("shop-api")
		d.keys("2", "enter")
		d.has("the quota is used up", "waiting for the quota of europe-west1 until")
	})
}
