package gcp_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	"why401/gcp"
	"why401/gcp/demo"
)

// TestListHandsOutWhatHasCome: a region that cannot be reached holds up none of the others, and the whole is what the parts were.
func TestListHandsOutWhatHasCome(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.Fail("ListServices", demo.Unavailable(), "us-east1")
		start := time.Now()
		l := client.List(t.Context())
		seen := map[string]bool{}
		var failed []gcp.RegionError
		last := gcp.Part{}
		for more := true; more; {
			var p gcp.Part
			p, more = l.Next()
			if p.Answered < last.Answered || p.Regions < last.Regions {
				t.Errorf("%d of %d after %d of %d", p.Answered, p.Regions, last.Answered, last.Regions)
			}
			last = p
			for _, s := range p.Services {
				if seen[s.ID] {
					t.Errorf("%s came twice", s.ID)
				}
				seen[s.ID] = true
				if time.Since(start) > 0 {
					t.Errorf("%s came after %v", s.Name, time.Since(start))
				}
			}
			failed = append(failed, p.Failed...)
		}
		if took := time.Since(start); took < 5*time.Second {
			t.Errorf("the region was given up after %v", took)
		}
		if len(seen) == 0 || last.Answered != 9 || last.Regions != 9 || len(failed) != 1 || failed[0].Region != "us-east1" {
			t.Errorf("%d services, %d of %d regions, failed %v", len(seen), last.Answered, last.Regions, failed)
		}
		whole, err := l.Listing()
		if err != nil || len(whole.Services) != len(seen) || len(whole.Failed) != 1 || whole.Regions != 9 {
			t.Errorf("%v; %d services, %d failed, %d regions", err, len(whole.Services), len(whole.Failed), whole.Regions)
		}
	})
}

// TestListForSomebodySlow: whoever comes late gets all of it at once.
func TestListForSomebodySlow(t *testing.T) {
	inside(t, nil, func(t *testing.T, _ *demo.Cloud, client *gcp.Client) {
		l := client.List(t.Context())
		synctest.Wait()
		p, more := l.Next()
		for ; more; _, more = l.Next() {
			if len(p.Services) == 0 || p.Answered != p.Regions {
				t.Errorf("%d services, %d of %d regions", len(p.Services), p.Answered, p.Regions)
			}
		}
	})
}

// TestListGivenUp: it ends with its context, whether anybody listens or not.
func TestListGivenUp(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.Slow("ListServices", time.Hour)
		ctx, cancel := context.WithCancel(t.Context())
		l := client.List(ctx)
		l.Next()
		cancel()
		for more := true; more; {
			_, more = l.Next()
		}
		_, err := l.Listing()
		if e, ok := err.(*gcp.Error); !ok || e.Code != codes.Canceled {
			t.Errorf("%v", err)
		}
		client.List(ctx) // and nobody ever asks
	})
}

// TestListOfTwoProjectsWaitsForNeither: the regions of one are listed while the other does not tell its own.
func TestListOfTwoProjectsWaitsForNeither(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		if err := cloud.Start(); err != nil {
			t.Fatal(err)
		}
		defer cloud.Close()
		client, err := gcp.New(t.Context(), gcp.Config{Project: "acme-prod", Also: []string{"acme-staging"}, Options: cloud.Options(), HTTP: cloud.HTTP()})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		cloud.Fail("ListLocations", demo.Unavailable(), "acme-staging")
		l := client.List(t.Context())
		synctest.Wait()
		p, more := l.Next()
		if len(p.Services) != 17 || !more {
			t.Errorf("%d services while the other project does not answer", len(p.Services))
		}
		for ; more; _, more = l.Next() {
		}
		if whole, err := l.Listing(); err != nil || len(whole.Failed) != 1 || whole.Failed[0].Region != "" || whole.Regions != 9 {
			t.Errorf("%v; %+v", err, whole.Failed)
		}
	})
}
