package demo

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	compute "google.golang.org/api/compute/v1"
)

// ask makes one REST call and gives its status and its answer.
func (c clients) ask(method, url string) (int, map[string]any) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.ctx, method, url, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		c.t.Fatalf("%s: %v", url, err)
	}
	return resp.StatusCode, answer
}

const aggregated = "https://compute.googleapis.com/compute/v1/projects/acme-prod/aggregated/"

func TestComputeRefusesWhatTheRealOneRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), PageSize(1))
		_, first := c.ask("GET", aggregated+"urlMaps")
		token, _ := first["nextPageToken"].(string)
		for _, r := range []struct {
			name, method, url string
			status            int
			says              string
		}{
			{"more than a page may hold", "GET", aggregated + "urlMaps?maxResults=501", 400, "maxResults"},
			{"a size that is no number", "GET", aggregated + "urlMaps?maxResults=some", 400, "maxResults"},
			{"another list's page token", "GET", aggregated + "backendServices?pageToken=" + token, 400, "page token"},
			{"a page token that nobody gave", "GET", aggregated + "urlMaps?pageToken=xyz", 400, "page token"},
			{"the token of a list without partial success", "GET", aggregated + "urlMaps?returnPartialSuccess=true&pageToken=" + token, 400, "page token"},
			{"a misspelt parameter", "GET", aggregated + "urlMaps?maxresult=5", 400, "maxresult"},
			{"a collection that is not there", "GET", aggregated + "urlmaps", 404, "not found"},
			{"another project", "GET", strings.Replace(aggregated, "acme-prod", "acme-none", 1) + "urlMaps", 404, "'projects/acme-none' was not found"},
			{"a change", "POST", aggregated + "urlMaps", 404, "not found"},
			{"IAP settings of another project", "GET", "https://iap.googleapis.com/v1/projects/acme-dev:iapSettings", 403, "permission"},
			{"another method of IAP", "GET", "https://iap.googleapis.com/v1/projects/acme-prod:getIamPolicy", 404, "not found"},
		} {
			status, answer := c.ask(r.method, r.url)
			text, _ := json.Marshal(answer["error"])
			if status != r.status || !strings.Contains(string(text), r.says) {
				t.Errorf("%s: %d %s", r.name, status, text)
			}
		}
		if status, next := c.ask("GET", aggregated+"urlMaps?pageToken="+token); status != 200 || next["nextPageToken"] == token {
			t.Errorf("its own token: %d %v", status, next)
		}
	})
}

func TestComputeAnswersEveryScope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), Empty())
		c.SetBalancer(Balancer{URLMaps: []*compute.UrlMap{{Name: "b"}, {Name: "a", Region: "us-east1"}, {Name: "b", Description: "again"}}})
		_, answer := c.ask("GET", aggregated+"urlMaps")
		items, _ := answer["items"].(map[string]any)
		if len(items) != 10 {
			t.Fatalf("%d scopes", len(items))
		}
		raw, _ := json.Marshal(items)
		var scopes map[string]compute.UrlMapsScopedList
		if err := json.Unmarshal(raw, &scopes); err != nil {
			t.Fatal(err)
		}
		if m := scopes["global"].UrlMaps; len(m) != 1 || m[0].SelfLink != SelfLink("global/urlMaps/b") || m[0].Description != "again" || scopes["global"].Warning != nil {
			t.Errorf("global: %+v", m)
		}
		if m := scopes["regions/us-east1"].UrlMaps; len(m) != 1 || m[0].Region != SelfLink("regions/us-east1") {
			t.Errorf("a region: %+v", m)
		}
		if w := scopes["regions/europe-west1"].Warning; w == nil || w.Code != "NO_RESULTS_ON_PAGE" {
			t.Errorf("an empty region: %+v", w)
		}
		c.Darken("us-east1")
		if status, _ := c.ask("GET", aggregated+"urlMaps"); status != 503 {
			t.Errorf("a region out of reach, all or nothing: %d", status)
		}
		if _, answer := c.ask("GET", aggregated+"urlMaps?returnPartialSuccess=true"); answer["unreachables"] == nil {
			t.Errorf("a region out of reach: %v", answer)
		}
	})
}

// TestEveryBalancerOfTheStoryHangsTogether: a link of the story leads to a part of it, but for what is no part here.
func TestEveryBalancerOfTheStoryHangsTogether(t *testing.T) {
	c := New()
	there := map[string]bool{}
	for kind, all := range c.world.parts {
		for _, p := range all {
			there[SelfLink(p.scope+"/"+kind+"/"+p.name)] = true
		}
	}
	for kind, all := range c.world.parts {
		for _, p := range all {
			raw, _ := json.Marshal(p.body)
			for _, link := range strings.Split(string(raw), `"`) {
				known := strings.Contains(link, "/backendBuckets/") || strings.Contains(link, "/securityPolicies/") || strings.Count(link, "/") == 8
				if strings.HasPrefix(link, "https://www.googleapis.com/") && !there[link] && !known {
					t.Errorf("%s %s: %s leads nowhere", kind, p.name, link)
				}
			}
		}
	}
	for _, f := range fronts() {
		if s := f.cloudRun.Service; s != "" && c.Service(s) == nil {
			t.Errorf("%s leads to %s, which is not there", f.backend, s)
		}
	}
}

func TestBalancersLogWhatTheyAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		for _, r := range []struct {
			filter      string
			least, most int
		}{
			{`jsonPayload.statusDetails="denied_by_security_policy" httpRequest.status=403 jsonPayload.enforcedSecurityPolicy.priority=1000`, 30, 120},
			{`jsonPayload.statusDetails="throttled_by_security_policy" httpRequest.status=429 jsonPayload.enforcedSecurityPolicy.outcome=DENY`, 20, 90},
			{`jsonPayload.statusDetails="handled_by_identity_aware_proxy" httpRequest.status=(302 OR 401)`, 15, 80},
			{`jsonPayload.statusDetails="multiple_iap_policies" httpRequest.status=500`, 3, 30},
			{`jsonPayload.statusDetails="response_sent_by_backend" resource.labels.url_map_name="acme-lb"`, 50, 250},
			{`jsonPayload.enforcedSecurityPolicy.configuredAction=THROTTLE NOT jsonPayload.enforcedSecurityPolicy.name="edge-guard"`, 0, 0},
		} {
			if n := len(c.log("", `resource.type="http_load_balancer" `+r.filter)); n < r.least || n > r.most {
				t.Errorf("%s: %d entries", r.filter, n)
			}
		}
		if n := len(c.log("", `resource.type="internal_http_lb_rule" jsonPayload.proxyStatus:"serverless_neg_routing_failed" httpRequest.status=404`)); n < 1 || n > 20 {
			t.Errorf("%d entries of the NEG that leads nowhere", n)
		}
		// What a load balancer handed on stands in both logs under one trace, as far as it is in the sample.
		var traces []string
		for _, e := range c.log("", `log_id("run.googleapis.com/requests") resource.labels.service_name="shop-api"`) {
			traces = append(traces, e.Trace)
		}
		handed := c.log("", `log_id("requests") resource.labels.backend_service_name="shop-api-backend" jsonPayload.statusDetails="response_sent_by_backend"`)
		for _, e := range handed {
			if !slices.Contains(traces, e.Trace) {
				t.Errorf("%s is in no log of Cloud Run", e.Trace)
			}
		}
		if share := float64(len(handed)) / float64(len(traces)); share < 0.15 || share > 0.35 {
			t.Errorf("%.2f of the shop's requests are in the sample", share)
		}
	})
}

func TestBalancersGoOnLogging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		const filter = `resource.type="http_load_balancer"`
		before := len(c.log("", filter))
		done := make(chan struct{})
		go func() { defer close(done); c.Run(c.ctx) }()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if after := len(c.log("", filter)); after < before+30 {
			t.Errorf("%d entries before, %d after", before, after)
		}
		c.Close()
		<-done
	})
}

func TestARegionalBalancersEntryHasItsOwnShape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), Empty())
		c.EmitAnswers(
			Answer{ID: "external", URLMap: "lb", Backend: "b", Region: "us-east1", Status: 403, Details: "denied_by_security_policy", URL: "https://x.example/"},
			Answer{ID: "internal", URLMap: "lb", Backend: "b", Region: "us-east1", Internal: true, Status: 404, Details: "response_sent_by_backend", URL: "https://x.example/"})
		for filter, want := range map[string]string{
			`resource.type="http_external_regional_lb_rule" jsonPayload.proxyStatus:"denied_by_security_policy" NOT jsonPayload.statusDetails:*`: "external",
			`log_id("loadbalancing.googleapis.com/requests") resource.labels.backend_target_name=b NOT jsonPayload.proxyStatus:*`:                "internal",
		} {
			if got := ids(c.log("", filter)); !slices.Equal(got, []string{want}) {
				t.Errorf("%s: %q", filter, got)
			}
		}
	})
}
