package demo

import (
	"context"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/run/apiv2/runpb"
	"github.com/googleapis/gax-go/v2/apierror"
	"google.golang.org/genproto/googleapis/cloud/location"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestAFaultHitsWhatItNames(t *testing.T) {
	get := func(name string) func(clients) error {
		return func(c clients) error {
			_, err := c.services.GetService(c.ctx, &runpb.GetServiceRequest{Name: name})
			return err
		}
	}
	denied := PermissionDenied("run.services.get", europe)
	with := func(set func(c clients), then func(clients) error) func(clients) error {
		return func(c clients) error { set(c); return then(c) }
	}
	ask(t, []row{
		{"a method fails everywhere", with(func(c clients) { c.Fail("GetService", denied) }, get(shop)), codes.PermissionDenied},
		{"other methods do not", with(func(c clients) { c.Fail("GetService", denied) }, list(&runpb.ListServicesRequest{Parent: europe})), codes.OK},
		{"a method fails in a region", with(func(c clients) { c.Fail("ListServices", denied, "us-east1", "europe-west1") },
			list(&runpb.ListServicesRequest{Parent: europe})), codes.PermissionDenied},
		{"other regions do not", with(func(c clients) { c.Fail("ListServices", denied, "us-east1") },
			list(&runpb.ListServicesRequest{Parent: europe})), codes.OK},
		{"a method fails for a service", with(func(c clients) { c.Fail("GetService", denied, "shop-api") }, get(shop)), codes.PermissionDenied},
		{"a part of a name is not the name", with(func(c clients) { c.Fail("GetService", denied, "shop") }, get(shop)), codes.OK},
		{"a method fails once", with(func(c clients) { c.FailTimes("GetService", 1, denied); get(shop)(c) }, get(shop)), codes.OK},
		{"a healed method works", with(func(c clients) { c.Fail("GetService", denied); c.Heal("GetService") }, get(shop)), codes.OK},
		{"opening a tail fails", with(func(c clients) { c.Fail("TailLogEntries", denied) }, func(c clients) error {
			s, err := c.logs.TailLogEntries(c.ctx)
			if err == nil {
				s.Send(tailing("", 0))
				_, err = s.Recv()
			}
			return err
		}), codes.PermissionDenied},
	})
}

func TestAFaultCarriesWhatTheRealOneCarries(t *testing.T) {
	for _, r := range []struct {
		what           string
		err            error
		code           codes.Code
		reason, key, v string
		wait           time.Duration
	}{
		{"a permission that is missing", PermissionDenied("run.services.list", "projects/acme-prod"), codes.PermissionDenied,
			"IAM_PERMISSION_DENIED", "permission", "run.services.list", 0},
		{"an API that is off", Disabled("run.googleapis.com"), codes.PermissionDenied,
			"SERVICE_DISABLED", "service", "run.googleapis.com", 0},
		{"a quota that is used up", QuotaExceeded("run.googleapis.com", "us-east1", 7*time.Second), codes.ResourceExhausted,
			"RATE_LIMIT_EXCEEDED", "quota_location", "us-east1", 7 * time.Second},
		{"a quota without a word on when", QuotaExceeded("run.googleapis.com", "us-east1", 0), codes.ResourceExhausted,
			"RATE_LIMIT_EXCEEDED", "quota_location", "us-east1", 0},
	} {
		t.Run(r.what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := connect(t, InMemory())
				c.Fail("GetIamPolicy", r.err)
				_, err := c.services.GetIamPolicy(c.ctx, &iampb.GetIamPolicyRequest{Resource: shop})
				a, ok := apierror.FromError(err)
				if !ok || a.GRPCStatus().Code() != r.code || a.Reason() != r.reason || a.Metadata()[r.key] != r.v {
					t.Errorf("got %v with %q %v", err, a.Reason(), a.Metadata())
				}
				if got := a.Details().RetryInfo.GetRetryDelay().AsDuration(); got != r.wait {
					t.Errorf("wait %v, want %v", got, r.wait)
				}
			})
		})
	}
}

func TestUnavailableIsTriedAgainByTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		c.FailTimes("GetService", 2, Unavailable())
		if _, err := c.services.GetService(c.ctx, &runpb.GetServiceRequest{Name: shop}); err != nil {
			t.Error(err)
		}
		if got := c.Calls("GetService"); got != 3 {
			t.Errorf("%d calls, want 3", got)
		}
	})
}

func TestCallsAreCountedAndTheMostAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), Latency(time.Second))
		begin := time.Now()
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() { list(&runpb.ListServicesRequest{Parent: europe})(c) })
		}
		all.Wait()
		list(&runpb.ListServicesRequest{Parent: europe})(c)
		if n, peak := c.Calls("ListServices"), c.Peak("ListServices"); n != 6 || peak != 5 {
			t.Errorf("%d calls, %d at once, want 6 and 5", n, peak)
		}
		if took := time.Since(begin); took != 2*time.Second {
			t.Errorf("took %v, want 2s", took)
		}
	})
}

func TestASlowMethodIsSlowAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		c.Slow("ListLocations", 3*time.Second)
		begin := time.Now()
		list(&runpb.ListServicesRequest{Parent: europe})(c)
		if took := time.Since(begin); took != 0 {
			t.Errorf("ListServices took %v", took)
		}
		places(&location.ListLocationsRequest{Name: wholeProject})(c)
		if took := time.Since(begin); took != 3*time.Second {
			t.Errorf("ListLocations took %v, want 3s", took)
		}
	})
}

func TestAWaitingCallEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), Latency(time.Hour))
		ctx, cancel := context.WithTimeout(c.ctx, time.Second)
		defer cancel()
		_, err := c.services.GetIamPolicy(ctx, &iampb.GetIamPolicyRequest{Resource: shop})
		if status.Code(err) != codes.DeadlineExceeded {
			t.Errorf("got %v", err)
		}
	})
}

func TestKeysCanFailToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		get := func() (int, string) {
			resp, err := c.http.Get("https://www.googleapis.com/oauth2/v3/certs")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			return resp.StatusCode, string(body)
		}
		c.Fail("PublicKeys", Unavailable(), "www.googleapis.com")
		if code, _ := get(); code != 503 {
			t.Errorf("status %d, want 503", code)
		}
		c.Heal("PublicKeys")
		c.PublishKeys("https://www.googleapis.com/oauth2/v3/certs", []byte("not keys"))
		if code, body := get(); code != 200 || body != "not keys" {
			t.Errorf("replaced keys: %d %q", code, body)
		}
		c.PublishKeys("https://www.googleapis.com/oauth2/v3/certs", nil)
		if code, body := get(); code != 200 || body == "not keys" {
			t.Errorf("keys put back: %d %q", code, body)
		}
		if n := c.Calls("PublicKeys"); n != 3 {
			t.Errorf("%d calls, want 3", n)
		}
	})
}
