package gcp_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"

	"why401/gcp"
	"why401/gcp/demo"
)

func TestFrontLogIsReadAsItStands(t *testing.T) {
	inside(t, []demo.Option{demo.Empty(), demo.PageSize(1), demo.EmptyPages(1), demo.NoQuota()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		now := time.Now().UTC()
		cloud.EmitAnswers(
			demo.Answer{ID: "a", Time: now.Add(-4 * time.Second), URLMap: "lb", Backend: "b", Status: 403, Details: "denied_by_security_policy", Policy: "waf", Priority: 1000,
				Action: "DENY", Outcome: "DENY", Rules: []string{"id942100-sqli"}, Method: "POST", URL: "https://x.example/a?b=c", UserAgent: "curl", RemoteIP: "192.0.2.1",
				Latency: 7 * time.Millisecond, Trace: "projects/acme-prod/traces/1"},
			demo.Answer{ID: "b", Time: now.Add(-3 * time.Second), URLMap: "lb", Backend: "b", Region: "us-east1", Status: 429, Details: "throttled_by_security_policy", URL: "https://x.example/"},
			demo.Answer{ID: "c", Time: now.Add(-2 * time.Second), URLMap: "lb", Backend: "b", Region: "us-east1", Internal: true, Status: 401, Details: "response_sent_by_backend"},
			demo.Answer{ID: "deny with 404", Time: now.Add(-1 * time.Second), URLMap: "lb", Status: 502, Details: "denied_by_security_policy"},
			demo.Answer{ID: "login", Time: now, URLMap: "lb", Backend: "b", Status: 302, Details: "handled_by_identity_aware_proxy"},
			// What is not wanted: an answer that is well, IAP's own pages, a redirect of the app.
			demo.Answer{ID: "x", Status: 200, Details: "response_sent_by_backend"}, demo.Answer{ID: "y", Status: 200, Details: "handled_by_identity_aware_proxy"},
			demo.Answer{ID: "z", Status: 302, Details: "response_sent_by_backend"}, demo.Answer{ID: "s", Status: 502, Details: "failed_to_connect_to_backend"},
		)
		cloud.Emit(demo.Refusal{ID: "run", Service: "b"})
		got, more, err := client.FrontLog(t.Context(), now.Add(-time.Minute), time.Time{}, 100)
		if err != nil || more {
			t.Fatal(err, more)
		}
		var ids []string
		for _, e := range got {
			ids = append(ids, e.ID)
		}
		if want := []string{"login", "deny with 404", "c", "b", "a"}; !slices.Equal(ids, want) {
			t.Fatalf("got %q, want %q", ids, want)
		}
		a := got[4]
		if a.Time != now.Add(-4*time.Second) || a.Status != 403 || a.Method != "POST" || a.URL != "https://x.example/a?b=c" || a.UserAgent != "curl" || a.RemoteIP != "192.0.2.1" ||
			a.Latency != 7*time.Millisecond || a.Balancer != "lb" || a.Backend != "b" || a.Region != "" || a.Details != "denied_by_security_policy" || a.Trace != "projects/acme-prod/traces/1" || a.Project != "acme-prod" ||
			a.Armor.Policy != "waf" || a.Armor.Priority != 1000 || a.Armor.Action != "DENY" || a.Armor.Outcome != "DENY" || !slices.Equal(a.Armor.Matched, []string{"id942100-sqli"}) {
			t.Errorf("got %+v", a)
		}
		if b := got[3]; b.Region != "us-east1" || b.Backend != "b" || b.Details != "throttled_by_security_policy" {
			t.Errorf("a regional one: %+v", b)
		}
		if c := got[2]; c.Details != "" || c.By() != gcp.ByBackend {
			t.Errorf("a regional one's answer from behind: %+v", c)
		}
		some, more, err := client.FrontLog(t.Context(), now.Add(-time.Minute), time.Time{}, 2)
		if err != nil || !more || len(some) != 2 || some[0].ID != "login" {
			t.Errorf("%v, %v, %+v", err, more, some)
		}
	})
}

func TestFrontLogKeepsThePaceOfTheLog(t *testing.T) {
	inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		from := time.Now().Add(-time.Minute)
		start := time.Now()
		for i := range 12 {
			var err error
			if i%2 == 0 {
				_, _, err = client.FrontLog(t.Context(), from, time.Time{}, 1)
			} else {
				_, err = client.Log(t.Context(), from, time.Time{}, 1)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(start); d < time.Minute {
			t.Errorf("12 calls in %v: more than ten a minute", d)
		}
	})
}

func TestFrontLogSaysWhatIsMissing(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.Fail("ListLogEntries", demo.PermissionDenied("logging.logEntries.list", "projects/acme-prod"))
		_, more, err := client.FrontLog(t.Context(), time.Now().Add(-time.Hour), time.Time{}, 10)
		if e := failed(t, err); e.Permission != "logging.logEntries.list" || !more {
			t.Errorf("%+v, %v", e, more)
		}
		if _, _, err := client.FrontLog(t.Context(), time.Time{}, time.Time{}, 10); failed(t, err).Code != codes.InvalidArgument {
			t.Error(err)
		}
	})
}

func TestWhoRefusedInFront(t *testing.T) {
	waf := gcp.ArmorRule{Policy: "waf", Priority: 1000, Action: "DENY", Outcome: "DENY"}
	for _, c := range []struct {
		name       string
		e          gcp.FrontEntry
		by         gcp.FrontRefuser
		short      string
		says       string // in the text or the next step
		confidence string
	}{
		{"Cloud Armor denies", gcp.FrontEntry{Status: 403, Details: "denied_by_security_policy", Armor: waf}, gcp.ByArmor, "denied by a rule", "rule 1000 of waf", "documented"},
		{"Cloud Armor denies a body", gcp.FrontEntry{Status: 403, Details: "body_denied_by_security_policy"}, gcp.ByArmor, "denied by a rule", "does not name", "documented"},
		{"the default rule denies", gcp.FrontEntry{Status: 403, Details: "denied_by_security_policy", Armor: gcp.ArmorRule{Policy: "waf", Priority: 2147483647}}, gcp.ByArmor,
			"denied by a rule", "the default rule of waf", "documented"},
		{"Cloud Armor throttles", gcp.FrontEntry{Status: 429, Details: "throttled_by_security_policy", Armor: waf}, gcp.ByArmor, "too many requests, throttled", "threshold of rule 1000", "documented"},
		{"Cloud Armor bans", gcp.FrontEntry{Status: 429, Details: "banned_by_security_policy", Armor: waf}, gcp.ByArmor, "banned for too many requests", "Wait", "documented"},
		{"Cloud Armor redirects", gcp.FrontEntry{Status: 302, Details: "redirected_by_security_policy", Armor: waf}, gcp.ByArmor, "sent elsewhere by a rule", "reCAPTCHA", "documented"},
		{"a denial without details", gcp.FrontEntry{Status: 403, Armor: waf}, gcp.ByArmor, "denied by a rule, probably", "no statusDetails", "inferred"},
		{"IAP sends to the login", gcp.FrontEntry{Status: 302, Details: "handled_by_identity_aware_proxy"}, gcp.ByIAP, "sent to the login", "OAuth client id", "observed"},
		{"IAP takes no login", gcp.FrontEntry{Status: 401, Details: "handled_by_identity_aware_proxy"}, gcp.ByIAP, "no login that IAP accepts", "OAuth client id", "observed"},
		{"IAP knows the caller", gcp.FrontEntry{Status: 403, Details: "handled_by_identity_aware_proxy"}, gcp.ByIAP, "logged in, may not pass IAP", "roles/iap.httpsResourceAccessor", "observed"},
		{"IAP throttles", gcp.FrontEntry{Status: 429, Details: "handled_by_identity_aware_proxy"}, gcp.ByIAP, "throttled by IAP", "429", "documented"},
		{"IAP fails", gcp.FrontEntry{Status: 503, Details: "handled_by_identity_aware_proxy"}, gcp.ByIAP, "IAP's own error", "503", "inferred"},
		{"IAP twice", gcp.FrontEntry{Status: 500, Details: "multiple_iap_policies"}, gcp.ByBalancer, "IAP twice: backend and service", "Turn IAP off on one", "documented"},
		{"a NEG that leads nowhere", gcp.FrontEntry{Status: 404, Details: "serverless_neg_routing_failed"}, gcp.ByBalancer, "the NEG leads nowhere", "tag", "documented"},
		{"another word of the load balancer", gcp.FrontEntry{Status: 404, Details: "config_not_found"}, gcp.ByBalancer, "the load balancer itself", "config_not_found", "documented"},
		{"from behind", gcp.FrontEntry{Status: 401, Details: "response_sent_by_backend", Armor: gcp.ArmorRule{Policy: "waf", Outcome: "ACCEPT"}}, gcp.ByBackend, "answered behind the load balancer", "same trace", "documented"},
		{"from behind, 404", gcp.FrontEntry{Status: 404, Details: "response_sent_by_backend"}, gcp.ByBackend, "answered behind the load balancer", "ingress", "documented"},
		{"from behind, 429", gcp.FrontEntry{Status: 429, Details: "response_sent_by_backend"}, gcp.ByBackend, "answered behind the load balancer", "instances", "documented"},
		{"from behind a regional one, which has no word for it", gcp.FrontEntry{Status: 401, Region: "us-east1", Backend: "b"}, gcp.ByBackend, "answered behind the load balancer", "same trace", "inferred"},
		{"a regional one that chose no backend", gcp.FrontEntry{Status: 404, Region: "us-east1"}, gcp.FrontUnknown, "unclear who refused", "same trace", "inferred"},
		{"no word at all", gcp.FrontEntry{Status: 403, Backend: "b"}, gcp.FrontUnknown, "unclear who refused", "does not tell", "inferred"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := c.e.Reason()
			if c.e.By() != c.by || r.Short != c.short || r.Confidence != c.confidence {
				t.Errorf("%v, %q, %s", c.e.By(), r.Short, r.Confidence)
			}
			if !strings.Contains(r.Text+" "+r.Next, c.says) {
				t.Errorf("%q, next %q lack %q", r.Text, r.Next, c.says)
			}
			for what, s := range map[string]string{"text": r.Text, "proves": r.Proves, "not proven": r.NotProven, "next": r.Next, "source": r.Source, "evidence": strings.Join(r.Evidence, "")} {
				if s == "" {
					t.Errorf("no %s", what)
				}
			}
		})
	}
}

// TestEveryRefusalInFrontOfTheStory follows each of the story's load balancers to the service that its refusals are shown under.
func TestEveryRefusalInFrontOfTheStory(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		fronts, err := client.Fronts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		l, err := client.Services(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		entries, _, err := client.FrontLog(t.Context(), now.Add(-time.Hour), time.Time{}, 1000)
		if err != nil {
			t.Fatal(err)
		}
		run, _, err := client.Refused(t.Context(), now.Add(-time.Hour), time.Time{}, 5000)
		if err != nil {
			t.Fatal(err)
		}
		for service, want := range map[string][]string{
			"shop-api":      {"answered behind the load balancer", "denied by a rule", "too many requests, throttled", "the NEG leads nowhere"},
			"edge-gateway":  {"answered behind the load balancer"},
			"reports":       {"no login that IAP accepts", "sent to the login"},
			"admin-console": {"IAP twice: backend and service"},
			"billing":       nil, // its backend service logs nothing
			"webhooks":      nil,
			"status":        nil,
		} {
			mine := fronts.Entries(named(l, service), entries)
			var got []string
			for _, g := range gcp.GroupFronts(mine) {
				got = append(got, g.Short)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s: got %q, want %q", service, got, want)
			}
			for _, e := range mine {
				i := slices.IndexFunc(run, e.Same)
				if (i >= 0) != (e.By() == gcp.ByBackend) {
					t.Errorf("%s: %s by %v, and Cloud Run's entry is %d", service, e.ID, e.By(), i)
				} else if i >= 0 && run[i].Service != service {
					t.Errorf("%s: its trace is of %s", service, run[i].Service)
				}
			}
		}
	})
}

func TestEntriesOfAService(t *testing.T) {
	way := func(change func(*gcp.Front)) gcp.Fronts {
		f := gcp.Front{Name: "lb", Backend: "b", NEG: gcp.NEG{Name: "n", Region: "europe-west1", Known: true, Service: "shop"},
			Routes: []gcp.Route{{Hosts: []string{"api.example.com", "*.shop.example.com"}}}}
		if change != nil {
			change(&f)
		}
		return gcp.Fronts{Fronts: []gcp.Front{f}}
	}
	mask := func(m string) func(*gcp.Front) {
		return func(f *gcp.Front) { f.NEG.Service, f.NEG.Mask = "", m }
	}
	e := gcp.FrontEntry{Balancer: "lb", Backend: "b", URL: "https://api.example.com/x"}
	for _, c := range []struct {
		name   string
		fronts gcp.Fronts
		change func(*gcp.FrontEntry)
		want   bool
	}{
		{"its own", way(nil), nil, true},
		{"another backend service", way(nil), func(e *gcp.FrontEntry) { e.Backend = "c" }, false},
		{"another load balancer on the same backend service", way(nil), func(e *gcp.FrontEntry) { e.Balancer = "other" }, false},
		{"the same names in another project", way(func(f *gcp.Front) { f.Project = "acme-prod" }), func(e *gcp.FrontEntry) { e.Project = "acme-staging" }, false},
		{"the same project", way(func(f *gcp.Front) { f.Project = "acme-prod" }), func(e *gcp.FrontEntry) { e.Project = "acme-prod" }, true},
		{"a project that is asked for by its number", way(func(f *gcp.Front) { f.Project = "4242" }), func(e *gcp.FrontEntry) { e.Project = "acme-prod" }, true},
		{"a load balancer of another project", way(func(f *gcp.Front) { f.Name = "" }), func(e *gcp.FrontEntry) { e.Balancer = "other" }, true},
		{"a regional one of the same name", way(nil), func(e *gcp.FrontEntry) { e.Region = "us-east1" }, false},
		{"no backend service chosen, its host", way(nil), func(e *gcp.FrontEntry) { e.Backend = "" }, true},
		{"no backend service chosen, a host below its", way(nil), func(e *gcp.FrontEntry) { e.Backend, e.URL = "", "https://EU.shop.example.com:8443/" }, true},
		{"no backend service chosen, another host", way(nil), func(e *gcp.FrontEntry) { e.Backend, e.URL = "", "https://www.example.com/" }, false},
		{"no backend service chosen, an address that cannot be read", way(nil), func(e *gcp.FrontEntry) { e.Backend, e.URL = "", "https://%zz" }, false},
		{"a mask that its address names", way(mask("<service>.example.com")), func(e *gcp.FrontEntry) { e.URL = "https://shop.example.com/x" }, true},
		{"a mask, and another service's address", way(mask("<service>.example.com")), func(e *gcp.FrontEntry) { e.URL = "https://shopping.example.com/x" }, false},
		{"a mask of the path", way(mask("example.com/<service>")), func(e *gcp.FrontEntry) { e.URL = "https://example.com/shop/x" }, true},
		{"a mask of the path, and a longer word", way(mask("example.com/<service>")), func(e *gcp.FrontEntry) { e.URL = "https://example.com/shopping" }, false},
		{"a mask of the path alone", way(mask("/<service>")), func(e *gcp.FrontEntry) { e.URL = "https://example.com/shop" }, true},
		{"a mask with a tag", way(mask("<tag>.example.com/<service>")), func(e *gcp.FrontEntry) { e.URL = "https://blue.example.com/shop" }, true},
		{"a mask with a tag, and another service", way(mask("<tag>.example.com/<service>")), func(e *gcp.FrontEntry) { e.URL = "https://blue.example.com/cart" }, false},
		{"a NEG that could not be read", way(func(f *gcp.Front) { f.NEG = gcp.NEG{Name: "n", Region: "europe-west1"} }), nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := e
			if c.change != nil {
				c.change(&e)
			}
			if got := len(c.fronts.Entries(shopService, []gcp.FrontEntry{e})) == 1; got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// TestARequestWithoutABackendServiceIsItsRoutes: one host may lead to several services by path.
func TestARequestWithoutABackendServiceIsItsRoutes(t *testing.T) {
	to := func(backend, service string, r gcp.Route) gcp.Front {
		r.Hosts = []string{"api.example.com"}
		return gcp.Front{Name: "lb", Backend: backend, NEG: gcp.NEG{Known: true, Service: service, Region: "europe-west1"}, Routes: []gcp.Route{r}}
	}
	for _, c := range []struct {
		name string
		own  gcp.Route
		path string
		want bool
	}{
		{"its own path", gcp.Route{Paths: []string{"/a/*"}}, "/a/x?y=1", true},
		{"its own path, and a port", gcp.Route{Paths: []string{"/a/*"}}, ":443/a/x", true},
		{"another's path", gcp.Route{Paths: []string{"/a/*"}}, "/b/x", false},
		{"a path that only begins alike", gcp.Route{Paths: []string{"/a/*"}}, "/ab", false},
		{"a whole path", gcp.Route{Paths: []string{"/a"}}, "/a", true},
		{"more than the whole path", gcp.Route{Paths: []string{"/a"}}, "/a/x", false},
		{"every path", gcp.Route{Paths: []string{"/*"}}, "", true},
		{"the rest", gcp.Route{Paths: []string{"/*"}, Rest: true}, "/c", true},
		{"the rest, of which another rule takes this", gcp.Route{Paths: []string{"/*"}, Rest: true}, "/b/x", false},
		{"a regular expression, which may take it", gcp.Route{Paths: []string{"regular expression /b.*"}}, "/b/x", true},
		{"a template, which may take it", gcp.Route{Paths: []string{"/{kind=*}/x"}}, "/b/x", true},
	} {
		fronts := gcp.Fronts{Fronts: []gcp.Front{to("b", "shop", c.own), to("c", "other", gcp.Route{Paths: []string{"/b/*"}})}}
		e := gcp.FrontEntry{Status: 403, Balancer: "lb", URL: "https://api.example.com" + c.path, Details: "denied_by_security_policy"}
		if got := len(fronts.Entries(shopService, []gcp.FrontEntry{e})) == 1; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestHops(t *testing.T) {
	front := &gcp.Front{Name: "lb", Backend: "b", Armor: "waf", IAP: gcp.Yes, NEG: gcp.NEG{Name: "b-neg"}}
	accepted := gcp.ArmorRule{Policy: "waf", Priority: 2147483647, Action: "ALLOW", Outcome: "ACCEPT"}
	behind := gcp.FrontEntry{Balancer: "lb", Backend: "b", Method: "GET", URL: "https://api.example.com/a?token=s3cret", RemoteIP: "192.0.2.1", Status: 401,
		Details: "response_sent_by_backend", Armor: accepted, Trace: "projects/p/traces/1"}
	of := func(change func(*gcp.FrontEntry)) gcp.FrontEntry { e := behind; change(&e); return e }
	platform := &gcp.Entry{Service: "shop", Status: 401, Text: "The request was not authorized to invoke this service."}
	for _, c := range []struct {
		name  string
		e     gcp.FrontEntry
		front *gcp.Front
		run   *gcp.Entry
		want  []string
	}{
		{"to Cloud Run", behind, front, platform, []string{
			"load balancer lb: took GET api.example.com/a from 192.0.2.1", "Cloud Armor: let it pass by the default rule of waf", "IAP: let it pass",
			"backend service b: handed on by b-neg", "Cloud Run shop: Cloud Run itself answered 401: credential not accepted !"}},
		{"to the container", behind, nil, &gcp.Entry{Service: "shop", Status: 401, Instance: "i"}, []string{
			"load balancer lb: took GET api.example.com/a from 192.0.2.1", "Cloud Armor: let it pass by the default rule of waf",
			"backend service b: handed on", "Cloud Run shop: the container answered 401: the container answered !"}},
		{"behind, and no entry", behind, nil, nil, []string{
			"load balancer lb: took GET api.example.com/a from 192.0.2.1", "Cloud Armor: let it pass by the default rule of waf",
			"backend service b: handed on", "Cloud Run: no entry of this trace among those read !"}},
		{"behind, 404 and no trace", of(func(e *gcp.FrontEntry) { e.Status, e.Trace, e.RemoteIP, e.Armor = 404, "", "", gcp.ArmorRule{} }), front, nil, []string{
			"load balancer lb: took GET api.example.com/a", "Cloud Armor: the entry does not tell what waf did", "IAP: let it pass",
			"backend service b: handed on by b-neg",
			"Cloud Run: the load balancer's entry has no trace to follow; where ingress or the host keeps a request out there is none !"}},
		{"to Cloud Armor", of(func(e *gcp.FrontEntry) { e.Status, e.Details = 403, "denied_by_security_policy"; e.Armor.Priority = 7 }), front, nil, []string{
			"load balancer lb: took GET api.example.com/a from 192.0.2.1", "Cloud Armor: answered 403: denied by a rule, rule 7 of waf !"}},
		{"to IAP", of(func(e *gcp.FrontEntry) { e.Details = "handled_by_identity_aware_proxy" }), front, nil, []string{
			"load balancer lb: took GET api.example.com/a from 192.0.2.1", "Cloud Armor: let it pass by the default rule of waf",
			"IAP: answered 401: no login that IAP accepts !"}},
		{"to the load balancer", of(func(e *gcp.FrontEntry) { e.Status, e.Details = 500, "multiple_iap_policies" }), front, nil, []string{
			"load balancer lb: took GET api.example.com/a from 192.0.2.1; answered 500: IAP twice: backend and service !"}},
		{"nobody knows where", of(func(e *gcp.FrontEntry) { e.Details, e.Armor = "", gcp.ArmorRule{} }), front, nil, []string{
			"load balancer lb: took GET api.example.com/a from 192.0.2.1", "Cloud Armor: the entry does not tell what waf did ?", "IAP: the entry does not tell ?",
			"backend service b: handed on by b-neg ?", "Cloud Run: no entry of this trace among those read ?"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, h := range c.e.Hops(c.front, c.run) {
				got = append(got, h.At+": "+h.Text+map[gcp.Answer]string{gcp.Yes: " !", gcp.Unsure: " ?", gcp.No: ""}[h.Stopped])
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestTracesAreComparedWithoutTheProject(t *testing.T) {
	e := gcp.FrontEntry{Trace: "projects/acme-host/traces/abc"}
	for trace, want := range map[string]bool{"projects/acme-prod/traces/abc": true, "projects/acme-host/traces/abd": false, "": false} {
		if e.Same(gcp.Entry{Trace: trace}) != want {
			t.Errorf("%q: not %v", trace, want)
		}
	}
	if (gcp.FrontEntry{}).Same(gcp.Entry{}) {
		t.Error("two entries without a trace are the same request")
	}
}

func TestGroupFronts(t *testing.T) {
	now := time.Now()
	deny := func(rule int, ago time.Duration) gcp.FrontEntry {
		return gcp.FrontEntry{Status: 403, Details: "denied_by_security_policy", Time: now.Add(-ago), Armor: gcp.ArmorRule{Policy: "waf", Priority: rule}}
	}
	got := gcp.GroupFronts([]gcp.FrontEntry{deny(1, 3), deny(2, 9), deny(1, 1), deny(1, 2), {Status: 401, Details: "handled_by_identity_aware_proxy"}})
	if len(got) != 3 || got[0].Rule != 1 || got[0].Count != 3 || got[0].Newest.Time != now.Add(-1) || got[0].Policy != "waf" || got[1].Rule != 2 || got[2].By != gcp.ByIAP {
		t.Errorf("got %+v", got)
	}
	if gcp.GroupFronts(nil) != nil {
		t.Error("something came of nothing")
	}
}

// FuzzFrontEntry: whatever stands in a load balancer's log is read and explained, within the room that rows have.
func FuzzFrontEntry(f *testing.F) {
	f.Add(`{"jsonPayload":{"statusDetails":"denied_by_security_policy","enforcedSecurityPolicy":{"name":"waf","priority":1000,"outcome":"DENY"}},"httpRequest":{"status":403,"requestUrl":"https://a/b"}}`)
	f.Add(`{"jsonPayload":{"proxyStatus":"error=\"x\"; details=\"y","enforcedSecurityPolicy":{"priority":1e300}},"resource":{"labels":{"region":"r","backend_target_name":"b"}}}`)
	f.Add(`{"jsonPayload":{"enforcedSecurityPolicy":[]},"httpRequest":{"requestUrl":"://%zz"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var m loggingpb.LogEntry
		if protojson.Unmarshal([]byte(text), &m) != nil {
			return
		}
		e := gcp.FrontEntryOf(&m)
		r := e.Reason()
		if r.Short == "" || utf8.RuneCountInString(r.Short) > 40 || len(e.Hops(nil, nil)) == 0 {
			t.Errorf("%+v", r)
		}
		for _, mask := range []string{"<service>.a", "a/<service>", "<tag>.a/<service>", "/<service>"} {
			w := gcp.Fronts{Fronts: []gcp.Front{{Backend: e.Backend, Region: e.Region, NEG: gcp.NEG{Region: "europe-west1", Known: true, Mask: mask}}}}
			w.Entries(shopService, []gcp.FrontEntry{e})
		}
	})
}
