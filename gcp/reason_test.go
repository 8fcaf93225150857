package gcp_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"why401/gcp"
)

const (
	tail401 = " Read more at https://cloud.google.com/run/docs/securing/authenticating Additional troubleshooting documentation can be " +
		"found at: https://cloud.google.com/run/docs/troubleshooting#401"
	tail403 = " Read more at https://cloud.google.com/run/docs/securing/authenticating Additional troubleshooting documentation can be " +
		"found at: https://cloud.google.com/run/docs/troubleshooting#unauthorized-client"

	old401   = "The request was not authorized to invoke this service." + tail401
	new401   = "The request was not authorized to invoke this service. The access token could not be verified." + tail401
	old403   = "The request was not authenticated. Either allow unauthenticated invocations or set the proper Authorization header." + tail403
	new403   = "The request was not authenticated. Either allow public access or set the proper Authorization header." + tail403
	noHeader = " Empty Authorization header value."
)

func TestReason(t *testing.T) {
	for _, c := range []struct {
		name       string
		entry      gcp.Entry
		by         gcp.Refuser
		short      string
		confidence string
	}{
		{"an older platform 401 is a credential that was not accepted",
			gcp.Entry{Status: 401, Text: old401}, gcp.Platform, "credential not accepted", "documented"},
		{"a newer platform 401 is the same",
			gcp.Entry{Status: 401, Text: new401}, gcp.Platform, "credential not accepted", "documented"},
		{"a 403 that names the empty header had no credential",
			gcp.Entry{Status: 403, Text: new403 + noHeader}, gcp.Platform, "no credential sent", "documented"},
		{"it says so under the older wording too",
			gcp.Entry{Status: 403, Text: old403 + noHeader + "\n"}, gcp.Platform, "no credential sent", "documented"},
		{"a newer 403 without that sentence is probably the permission",
			gcp.Entry{Status: 403, Text: new403}, gcp.Platform, "caller may not invoke, probably", "inferred"},
		{"an older 403 without it may be either",
			gcp.Entry{Status: 403, Text: old403}, gcp.Platform, "no credential, or may not invoke", "documented"},
		{"an OPTIONS without a credential is a preflight",
			gcp.Entry{Status: 403, Method: "OPTIONS", Text: new403 + noHeader}, gcp.Platform, "CORS preflight without a credential", "documented"},
		{"an OPTIONS of the older wording very likely is",
			gcp.Entry{Status: 403, Method: "OPTIONS", Text: old403}, gcp.Platform, "CORS preflight, probably", "observed"},
		{"an OPTIONS of today's wording, of which it is not said that no credential came, probably is",
			gcp.Entry{Status: 403, Method: "OPTIONS", Text: new403}, gcp.Platform, "CORS preflight, probably", "inferred"},
		{"an OPTIONS with a text that is not known is nothing that is known",
			gcp.Entry{Status: 403, Method: "OPTIONS", Text: "Access is forbidden."}, gcp.Platform, "Cloud Run refused, unknown text", "inferred"},
		{"an OPTIONS with a bad credential is a bad credential",
			gcp.Entry{Status: 401, Method: "OPTIONS", Text: new401}, gcp.Platform, "credential not accepted", "documented"},
		{"the sentence in the middle of a text proves nothing",
			gcp.Entry{Status: 403, Text: old403 + noHeader + " Or not."}, gcp.Platform, "no credential, or may not invoke", "documented"},
		{"a text and a status that do not belong together are not explained",
			gcp.Entry{Status: 403, Text: new401}, gcp.Platform, "Cloud Run refused, unknown text", "inferred"},
		{"nor are they the other way round",
			gcp.Entry{Status: 401, Text: new403 + noHeader}, gcp.Platform, "Cloud Run refused, unknown text", "inferred"},
		{"a text nobody knows is not explained",
			gcp.Entry{Status: 401, Text: "Computer says no."}, gcp.Platform, "Cloud Run refused, unknown text", "inferred"},
		{"a 401 of an instance is the app's",
			gcp.Entry{Status: 401, Instance: "0007e2"}, gcp.App, "the container answered", "observed"},
		{"so is a 403",
			gcp.Entry{Status: 403, Instance: "0007e2"}, gcp.App, "the container answered", "observed"},
		{"an app's OPTIONS is not Cloud Run's preflight",
			gcp.Entry{Status: 403, Method: "OPTIONS", Instance: "0007e2"}, gcp.App, "the container answered", "observed"},
		{"an entry with both a text and an instance is nobody's",
			gcp.Entry{Status: 401, Instance: "0007e2", Text: new401}, gcp.RefuserUnknown, "unclear who refused", "inferred"},
		{"an entry with neither is nobody's",
			gcp.Entry{Status: 401}, gcp.RefuserUnknown, "unclear who refused", "inferred"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if by := c.entry.By(); by != c.by {
				t.Errorf("By = %v, want %v", by, c.by)
			}
			r := c.entry.Reason()
			if r.Short != c.short || r.Confidence != c.confidence {
				t.Errorf("Reason = %q (%s), want %q (%s)", r.Short, r.Confidence, c.short, c.confidence)
			}
			if n := utf8.RuneCountInString(r.Short); n > 40 {
				t.Errorf("Short has %d characters", n)
			}
			for what, s := range map[string]string{"Text": r.Text, "Proves": r.Proves, "NotProven": r.NotProven, "Next": r.Next, "Source": r.Source} {
				if s == "" {
					t.Errorf("%s is empty", what)
				}
			}
			// Without the links, which stand in every entry.
			text, _, linked := strings.Cut(c.entry.Text, " Read more at ")
			evidence := strings.Join(r.Evidence, "\n")
			if text != "" && !strings.Contains(evidence, text) || linked && strings.Contains(evidence, "https://") {
				t.Errorf("the evidence is not the text without its links: %q", r.Evidence)
			}
		})
	}
}

func TestReasonOfPlatform401NamesNoSingleCause(t *testing.T) {
	r := gcp.Entry{Status: 401, Text: new401}.Reason()
	for _, cause := range []string{"access token", "Firebase", "expired", "audience", "signature"} {
		if !strings.Contains(r.NotProven, cause) {
			t.Errorf("what is not proven leaves out %q: %s", cause, r.NotProven)
		}
	}
}

func TestCaller(t *testing.T) {
	const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36"
	for _, c := range []struct{ name, agent, want string }{
		{"Pub/Sub's older name", "CloudPubSub-Google", "Pub/Sub"},
		{"Google's push", "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)", "Pub/Sub or Eventarc"},
		{"Scheduler", "Google-Cloud-Scheduler", "Cloud Scheduler"},
		{"Tasks", "Google-Cloud-Tasks", "Cloud Tasks"},
		{"an uptime check", "GoogleStackdriverMonitoring-UptimeChecks(https://cloud.google.com/monitoring)", "uptime check"},
		{"a health check", "GoogleHC/1.0", "health check"},
		{"Chrome, which says Safari too", chrome, "Chrome"},
		{"Edge, which says Chrome too", chrome + " Edg/129.0.0.0", "Edge"},
		{"Opera, which says Chrome too", chrome + " OPR/114.0", "Opera"},
		{"Firefox", "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox"},
		{"Safari", "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", "Safari"},
		{"a robot", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot/2.1"},
		{"a robot without a name", "Mozilla/5.0 (compatible; )", "Mozilla/5.0 (compatible; )"},
		{"what only looks like a browser", "Mozilla/5.0", "Mozilla/5.0"},
		{"curl", "curl/8.5.0", "curl/8.5.0"},
		{"okhttp", "okhttp/4.12.0", "okhttp/4.12.0"},
		{"a product with a comment", "Dart/3.6 (dart:io)", "Dart/3.6"},
		{"a long product is cut", strings.Repeat("é", 60), strings.Repeat("é", 20) + "…"},
		{"none at all", "", "198.51.100.7"},
		{"blanks", "  ", "198.51.100.7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := gcp.Entry{UserAgent: c.agent, RemoteIP: "198.51.100.7"}
			if got := e.Caller(); got != c.want {
				t.Errorf("Caller = %q, want %q", got, c.want)
			}
		})
	}
	if got := (gcp.Entry{}).Caller(); got != "" {
		t.Errorf("an entry that knows nobody has caller %q", got)
	}
}

func TestPathAndHost(t *testing.T) {
	for _, c := range []struct{ url, host, path string }{
		{"https://shop-api-1a2b3c-ew.a.run.app/api/cart?token=secret#x", "shop-api-1a2b3c-ew.a.run.app", "/api/cart"},
		{"https://Shop.Example:8443", "shop.example", "/"},
		{"https://user:pw@shop.example/a@b", "shop.example", "/a@b"},
		{"http://[2001:db8::1]:8080/x", "[2001:db8::1]", "/x"},
		{"http://[2001:db8::1]", "[2001:db8::1]", "/"},
		{"https://shop.example?a=/b", "shop.example", "/"},
		{"/only/a/path?q", "", "/only/a/path"},
		{"", "", ""},
	} {
		e := gcp.Entry{URL: c.url}
		if e.Host() != c.host || e.Path() != c.path {
			t.Errorf("%q: host %q, path %q; want %q, %q", c.url, e.Host(), e.Path(), c.host, c.path)
		}
	}
}

func FuzzEntry(f *testing.F) {
	f.Add("https://a.example/b?c", "Mozilla/5.0 (compatible; x/1; y)", "The request was not authenticated.", "", 403)
	f.Add("://@:/", "Mozilla/5.0(compatible; ", new401, "i", 401)
	f.Fuzz(func(t *testing.T, url, agent, text, instance string, status int) {
		e := gcp.Entry{URL: url, UserAgent: agent, Text: text, Instance: instance, Status: status, RemoteIP: "ip"}
		if strings.ContainsAny(e.Path(), "?#") {
			t.Errorf("the path %q of %q holds a query", e.Path(), url)
		}
		e.Host()
		if n := len(e.Caller()); n > 48 {
			t.Errorf("the caller has %d bytes", n)
		}
		if r := e.Reason(); r.Short == "" || r.Confidence == "" {
			t.Error("an entry without a reason")
		}
	})
}
