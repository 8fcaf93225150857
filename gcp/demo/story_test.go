package demo

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/logging/apiv2/loggingpb"
	"cloud.google.com/go/run/apiv2/runpb"
)

func TestTheFirstServiceIsTheOneOnFire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		s, err := c.services.GetService(c.ctx, &runpb.GetServiceRequest{Name: shop})
		if err != nil {
			t.Fatal(err)
		}
		urls := []string{"https://shop-api-1a2b3c4d5e-ew.a.run.app", "https://shop-api-424242424242.europe-west1.run.app"}
		if !slices.Equal(s.Urls, urls) || s.Uri != urls[0] {
			t.Errorf("urls %q, uri %q", s.Urls, s.Uri)
		}
		if s.Ingress != loadBalancer || s.InvokerIamDisabled || s.IapEnabled || !slices.Equal(s.CustomAudiences, []string{"acme-prod"}) {
			t.Errorf("its doors: %v", s)
		}
		p, err := c.services.GetIamPolicy(c.ctx, &iampb.GetIamPolicyRequest{Resource: shop})
		if err != nil || len(p.Bindings) != 1 || p.Bindings[0].Role != "roles/run.invoker" || !slices.Equal(p.Bindings[0].Members, []string{"allAuthenticatedUsers"}) {
			t.Errorf("policy %v, %v", p, err)
		}
		quarter := time.Now().Add(-15 * time.Minute).UTC().Format(time.RFC3339)
		n := len(c.log("", `resource.labels.service_name="shop-api" httpRequest.status=401 timestamp>="`+quarter+`"`))
		if n < 200 || n > 400 {
			t.Errorf("%d refusals in a quarter of an hour, want hundreds", n)
		}
	})
}

func TestEveryServiceOfTheStoryTellsItsOwnPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		const requests = `log_id("run.googleapis.com/requests") `
		for _, r := range []struct{ service, filter, members string }{
			{"billing", `httpRequest.status=401 httpRequest.requestUrl:"https://billing.acme.example/"`, "serviceAccount:invoicer@"},
			{"reports", `httpRequest.status=401 textPayload:"The request was not authorized to invoke this service"`, "serviceAccount:report-builder@"},
			{"web-gateway", `httpRequest.status=403 httpRequest.requestMethod=OPTIONS textPayload:"Empty Authorization header value."`, ""},
			{"order-events", `httpRequest.status=403 httpRequest.userAgent="CloudPubSub-Google" NOT textPayload:"Empty"`, "roles/cloudfunctions.invoker"},
			{"public-site", `httpRequest.status=403 textPayload:"Empty Authorization header value."`, "nobody"},
			{"resize-image", `httpRequest.status=401 labels.goog-managed-by=cloudfunctions httpRequest.requestUrl:"cloudfunctions.net/resize-image"`, ""},
			{"profile", `httpRequest.status=401`, ""},
			{"admin-console", `httpRequest.status=403 NOT textPayload:"Empty"`, "roles/iap.httpsResourceAccessor"},
			{"nightly-sync", `httpRequest.status=403 httpRequest.userAgent="Google-Cloud-Scheduler"`, "deleted:serviceAccount:nightly@"},
			{"edge-gateway", `httpRequest.status=401`, "projects/acme-prod/roles/edgeCaller"},
			{"partner-api", `httpRequest.status=403`, "request.time < timestamp("},
			{"webhooks", `httpRequest.status=401`, ""},
			{"mobile-bff", `httpRequest.status=401 labels.instanceId:* NOT textPayload:*`, "allUsers"},
			{"ledger", ``, "serviceAccount:ledger-writer@"},
			{"status", ``, ""},
			{"checkout-preview", ``, ""},
		} {
			mine := c.log("", requests+`resource.labels.service_name="`+r.service+`"`)
			switch {
			case r.filter == "":
				if len(mine) != 0 {
					t.Errorf("%s has %d entries, want none", r.service, len(mine))
				}
			case len(mine) < 2 || len(mine) > 90:
				t.Errorf("%s has %d entries, want a few", r.service, len(mine))
			default:
				m, err := compile(r.filter)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(mine, m) {
					t.Errorf("%s has no entry with %s", r.service, r.filter)
				}
			}
			p, err := c.services.GetIamPolicy(c.ctx, &iampb.GetIamPolicyRequest{
				Resource: c.Service(r.service).Name, Options: &iampb.GetPolicyOptions{RequestedPolicyVersion: 3},
			})
			if err != nil {
				t.Fatal(err)
			}
			if r.members == "nobody" {
				if len(p.Bindings) != 0 {
					t.Errorf("%s: policy %v", r.service, p)
				}
			} else if !strings.Contains(p.String(), r.members) {
				t.Errorf("%s: policy %v has no %s", r.service, p, r.members)
			}
		}
		if s := c.Service("checkout-preview"); s.TerminalCondition.State != runpb.Condition_CONDITION_FAILED || s.TerminalCondition.Message == "" || !s.Reconciling {
			t.Errorf("checkout-preview is well: %v", s)
		}
		if s := c.Service("admin-console"); !s.IapEnabled {
			t.Error("admin-console has no IAP")
		}
		if s := c.Service("status"); !s.InvokerIamDisabled {
			t.Error("status checks invokers")
		}
		if s := c.Service("ledger"); s.Ingress != internal {
			t.Errorf("ledger's ingress is %v", s.Ingress)
		}
		if c.Service("none") != nil {
			t.Error("a service that is not there")
		}
	})
}

func TestEveryEntryIsOfCloudRunOrOfAContainer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		now := time.Now()
		for _, e := range c.log("", `log_id("run.googleapis.com/requests")`) {
			platform := e.GetTextPayload() != "" && e.Labels["instanceId"] == "" && e.HttpRequest.ResponseSize == 0 && e.HttpRequest.Latency.AsDuration() == 0
			container := e.GetTextPayload() == "" && e.Labels["instanceId"] != "" && e.HttpRequest.ResponseSize > 0 && e.HttpRequest.Latency.AsDuration() > 0
			if platform == container {
				t.Errorf("neither, or both: %v", e)
			}
			if n := e.HttpRequest.Status; n != 401 && n != 403 {
				t.Errorf("status %d", n)
			}
			if e.ReceiveTimestamp.AsTime().After(now) || e.Timestamp.AsTime().After(e.ReceiveTimestamp.AsTime()) || now.Sub(e.Timestamp.AsTime()) > time.Hour {
				t.Errorf("at %v, received %v", e.Timestamp.AsTime(), e.ReceiveTimestamp.AsTime())
			}
			if !strings.HasPrefix(e.HttpRequest.RequestUrl, "https://") {
				t.Errorf("url %s", e.HttpRequest.RequestUrl)
			}
		}
	})
}

func TestTheStoryIsTheSameEveryTime(t *testing.T) {
	tell := func() string {
		var all strings.Builder
		synctest.Test(t, func(t *testing.T) {
			c := New()
			for _, e := range c.journal.all() {
				all.WriteString(e.Timestamp.AsTime().String() + e.InsertId + e.HttpRequest.GetRequestUrl() + e.GetTextPayload() + e.Trace + "\n")
			}
		})
		return all.String()
	}
	if a, b := tell(), tell(); a != b || len(a) < 10_000 {
		t.Error("two stories differ")
	}
}

func TestWithoutAStoryThereIsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), Empty())
		c.Run(c.ctx) // returns at once
		if n := len(c.everyService()) + len(c.log("", "")); n != 0 {
			t.Errorf("%d things", n)
		}
	})
}

func TestTrafficGoesOnLateUnorderedAndDoubled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		s := c.tail(`log_id("run.googleapis.com/requests")`, nil)
		before := len(c.log("", ""))
		done := make(chan struct{})
		go func() { defer close(done); c.Run(c.ctx) }()

		type key struct{ at, id string }
		seen := map[key]int{}
		services := map[string]int{}
		var last time.Time
		var late, doubled, total int
		for begin := time.Now(); time.Since(begin) < 20*time.Minute; {
			m := next(t, s)
			if !slices.IsSortedFunc(m.Entries, func(a, b *loggingpb.LogEntry) int { return a.Timestamp.AsTime().Compare(b.Timestamp.AsTime()) }) {
				t.Fatal("a message is not sorted")
			}
			for _, e := range m.Entries {
				at := e.Timestamp.AsTime()
				if k := (key{at.String(), e.InsertId}); seen[k] > 0 {
					doubled++
				} else {
					seen[k]++
					total++
					services[e.Resource.Labels["service_name"]]++
				}
				if at.Before(last) {
					late++
				}
				last = at
			}
		}
		if total < 300 || total > 1000 || late < 5 || doubled < 5 {
			t.Errorf("%d entries in 20 minutes, %d late, %d doubled", total, late, doubled)
		}
		if len(services) < 12 || services["shop-api"] < total/3 {
			t.Errorf("refused at %v", services)
		}
		if n := services["partner-api"]; n == 0 || n > 12 {
			t.Errorf("%d refused at partner-api: its grant spreads after minutes", n)
		}
		if n := len(c.log("", "")); n < before+total {
			t.Errorf("the log has %d entries, of %d before and %d new", n, before, total)
		}
		c.Close()
		<-done
	})
}

func TestTrafficEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		ctx, cancel := contextFor(t, time.Minute)
		defer cancel()
		c.Run(ctx)
		n := len(c.journal.all())
		time.Sleep(time.Hour)
		if got := len(c.journal.all()); got != n {
			t.Errorf("%d entries after the end", got-n)
		}
	})
}
