package gcp_test

import (
	"strings"
	"testing"
	"time"

	"why401/gcp"
)

// bearer is the part of a command that holds the user's own token.
const bearer = ` -H "Authorization: Bearer $(gcloud auth print-identity-token)"`

func TestSendAgain(t *testing.T) {
	shop := gcp.Service{Name: "shop", URI: "https://shop-1a2b3c-ew.a.run.app", URLs: []string{"https://shop-1a2b3c-ew.a.run.app", "https://shop-4242.europe-west1.run.app"},
		TagURLs: []string{"https://canary---shop-1a2b3c-ew.a.run.app"}, FunctionURL: "https://europe-west1-acme.cloudfunctions.net/shop",
		Audiences: []string{"https://shop.example", "acme", "http://plain.example", "https://me@user.example", "https://port.example:8443", "*"}, Ingress: gcp.IngressAll}
	const own, aimed = "https://shop-1a2b3c-ew.a.run.app", "aimed at the service's own address: "
	for _, c := range []struct{ name, method, url, want, note string }{
		{"a plain request", "GET", "https://shop.example/api/cart", "curl -i" + bearer + " https://shop.example/api/cart", ""},
		{"a post", "POST", "https://shop.example/api", "curl -i -X POST" + bearer + " https://shop.example/api", ""},
		{"by the main address", "GET", own + "/", "curl -i" + bearer + " " + own + "/", ""},
		{"by another address", "GET", "https://shop-4242.europe-west1.run.app/x", "curl -i" + bearer + " https://shop-4242.europe-west1.run.app/x", ""},
		{"by a tag's address", "GET", "https://canary---shop-1a2b3c-ew.a.run.app/x", "curl -i" + bearer + " https://canary---shop-1a2b3c-ew.a.run.app/x", ""},
		{"by the function's address", "GET", "https://europe-west1-acme.cloudfunctions.net/shop/x", "curl -i" + bearer + " https://europe-west1-acme.cloudfunctions.net/shop/x", ""},
		{"by a load balancer's", "GET", "https://api.acme.example/x", "curl -i" + bearer + " https://api.acme.example/x", ""},
		{"capitals and the port", "GET", "https://Shop.Example:443/x", "curl -i" + bearer + " https://shop.example/x", ""},
		{"its own host without TLS", "GET", "http://shop.example/x", "curl -i" + bearer + " https://shop.example/x", ""},
		{"a query is left out", "GET", "https://shop.example/a?token=secret", "curl -i" + bearer + " https://shop.example/a", ""},
		{"no path", "GET", "https://shop.example", "curl -i" + bearer + " https://shop.example/", ""},
		{"a hostile path is one word", "GET", "https://shop.example/$(reboot)'; rm -rf /", "curl -i" + bearer + ` 'https://shop.example/$(reboot)'\''; rm -rf /'`, ""},
		{"a path that curl would expand", "GET", "https://shop.example/{a,b}[1-9]", "curl -i -g" + bearer + " 'https://shop.example/{a,b}[1-9]'", ""},
		{"a hostile method is one word", "G;T", "https://shop.example/", "curl -i -X 'G;T'" + bearer + " https://shop.example/", ""},
		{"HEAD", "HEAD", "https://shop.example/", "curl -I" + bearer + " https://shop.example/", ""},
		{"a preflight", "OPTIONS", "https://shop.example/", "curl -i -X OPTIONS -H 'Origin: https://app.acme.example' -H 'Access-Control-Request-Method: POST' https://shop.example/",
			"the method asked for is made up: the log does not hold it"},

		// The token goes to the service's own hosts alone.
		{"another host", "GET", "https://evil.example/a", "curl -i" + bearer + " " + own + "/a", aimed + "evil.example is not known to be one"},
		{"another host without TLS", "GET", "http://evil.example:8080/a;b", "curl -i" + bearer + " '" + own + "/a;b'", aimed + "evil.example is not known to be one"},
		{"another port", "GET", "https://shop.example:8080/a", "curl -i" + bearer + " " + own + "/a", aimed + "shop.example is not known to be one"},
		{"a user before another host", "GET", "https://shop.example@evil.example/a", "curl -i" + bearer + " " + own + "/a", aimed + "evil.example is not known to be one"},
		{"a user before its own host", "GET", "https://evil.example@shop.example/a", "curl -i" + bearer + " " + own + "/a", aimed + "shop.example is not known to be one"},
		{"a backslash", "GET", `https://evil.example\@shop.example/a`, "curl -i" + bearer + " " + own + "/a", aimed + "shop.example is not known to be one"},
		{"a fragment", "GET", "https://evil.example#@shop.example/a", "curl -i" + bearer + " " + own + "/", aimed + "evil.example is not known to be one"},
		{"a longer name", "GET", "https://shop.example.evil.example/a", "curl -i" + bearer + " " + own + "/a", aimed + "shop.example.evil.example is not known to be one"},
		{"an audience without TLS", "GET", "https://plain.example/a", "curl -i" + bearer + " " + own + "/a", aimed + "plain.example is not known to be one"},
		{"a host that a balancer only may take", "GET", "https://perhaps.example/a", "curl -i" + bearer + " " + own + "/a", aimed + "perhaps.example is not known to be one"},
		{"an address that begins as an option", "GET", "-o/etc/passwd", "curl -i" + bearer + " " + own + "/-o/etc/passwd", aimed + "its host is not known to be one"},
		{"a preflight of another host", "OPTIONS", "https://evil.example/", "curl -i -X OPTIONS -H 'Origin: https://app.acme.example' -H 'Access-Control-Request-Method: POST' " + own + "/",
			aimed + "evil.example is not known to be one; the method asked for is made up: the log does not hold it"},
	} {
		home := shop.Home([]gcp.Front{
			{Leads: gcp.Yes, Secure: gcp.Yes, Routes: []gcp.Route{{Hosts: []string{"api.acme.example", "*", "*.acme.example"}}}},
			{Leads: gcp.Unsure, Secure: gcp.Yes, Routes: []gcp.Route{{Hosts: []string{"perhaps.example"}}}},
		})
		got, note := gcp.Entry{Method: c.method, URL: c.url, Referer: "https://app.acme.example/cart?x"}.Again(home)
		if got != c.want || note != c.note {
			t.Errorf("%s:\n got %s (%s)\nwant %s (%s)", c.name, got, note, c.want, c.note)
		}
		// Of a service that is not known, nothing is sent but the request.
		got, note = gcp.Entry{Method: c.method, URL: c.url}.Again(gcp.Home{})
		if strings.Contains(got, "gcloud") || !strings.HasPrefix(note, "without a token: ") {
			t.Errorf("%s, of no known service: %s (%s)", c.name, got, note)
		}
	}
}

// TestSendAgainWhereTheMainAddressIsShut: what a request is aimed at answers, or it is said who does not reach it.
func TestSendAgainWhereTheMainAddressIsShut(t *testing.T) {
	const run = "https://shop-1a2b3c-ew.a.run.app"
	for _, c := range []struct {
		name       string
		s          gcp.Service
		want, note string
	}{
		{"open", gcp.Service{URI: run, Ingress: gcp.IngressAll}, run + "/a", "not known to be one"},
		{"for the load balancer alone", gcp.Service{URI: run, Ingress: gcp.IngressLoadBalancer}, run + "/a", "not known to be one; from the internet it answers 404, by its ingress"},
		{"the run.app URL is off", gcp.Service{URI: run, Audiences: []string{"https://shop.example"}, DefaultURLOff: true}, "https://shop.example/a", "not known to be one"},
		{"nothing is left", gcp.Service{URI: run, DefaultURLOff: true}, "https://evil.example/a", "without a token: evil.example is not known to be the service's own"},
	} {
		got, note := gcp.Entry{URL: "https://evil.example/a"}.Again(c.s.Home(nil))
		if !strings.HasSuffix(got, " "+c.want) || !strings.HasSuffix(note, c.note) || strings.Contains(got, "gcloud") != strings.HasPrefix(note, "aimed") {
			t.Errorf("%s: %s (%s)", c.name, got, note)
		}
	}
	if got, _ := (gcp.Entry{Method: "OPTIONS", URL: run, Referer: "javascript:x"}).Again(gcp.Service{URI: run}.Home(nil)); !strings.Contains(got, "Origin: https://example.com'") {
		t.Errorf("a preflight of a page that is not known: %s", got)
	}
}

func TestExplorerURL(t *testing.T) {
	e := gcp.Entry{ID: `68f7ab"OR 1=1`, Time: time.Date(2026, 11, 23, 14, 2, 11, 5000, time.UTC)}
	got := e.ExplorerURL("acme-prod")
	for _, want := range []string{"https://console.cloud.google.com/logs/query;query=", "insertId=%2268f7abOR11%22", "cursorTimestamp=2026-11-23T14:02:11.000005Z", "?project=acme-prod"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
}

func TestLookAgainIsShellAndQuery(t *testing.T) {
	from := time.Date(2026, 11, 24, 2, 57, 0, 5, time.UTC)
	s := gcp.Service{Name: "shop-api", Region: "europe-west1", Project: "acme-prod"}
	for i, want := range []string{
		"gcloud run services describe shop-api --region=europe-west1 --project=acme-prod",
		"gcloud run services get-iam-policy shop-api --region=europe-west1 --project=acme-prod",
		`gcloud logging read 'resource.type="cloud_run_revision" AND log_id("run.googleapis.com/requests") AND httpRequest.status=(401 OR 403) ` +
			`AND resource.labels.service_name="shop-api" AND resource.labels.location="europe-west1" ` +
			`AND timestamp>="2026-11-24T02:57:00Z" AND timestamp<="2026-11-24T03:12:00.000000005Z"' --project=acme-prod --limit=100`,
	} {
		if got := s.Look(from, from.Add(15*time.Minute))[i]; got != want {
			t.Errorf("command %d:\n%s\nwant\n%s", i, got, want)
		}
	}
	for _, c := range (gcp.Service{Name: `x"; rm -rf '$(y)`, Region: "-r", Project: "p q"}).Look(from, from) {
		if strings.Contains(c, `x"`) && !strings.Contains(c, `'x"; rm -rf '\''$(y)'`) {
			t.Errorf("the name is no one word: %s", c)
		}
	}
}
