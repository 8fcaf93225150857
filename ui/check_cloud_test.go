package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"why401/gcp"
	"why401/gcp/demo"
)

// inDemo runs a check over the embedded cloud, in the bubble of the calling test.
func inDemo(t *testing.T, cloud *demo.Cloud, pasted string, change ...func(*CheckOptions)) checked {
	t.Helper()
	if err := cloud.Start(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	o := CheckOptions{
		In: strings.NewReader(pasted), Out: &out, JSON: true, HTTP: cloud.HTTP(),
		Open: func(ctx context.Context) (*gcp.Client, error) {
			return gcp.New(ctx, gcp.Config{Project: cloud.Project(), Options: cloud.Options(), HTTP: cloud.HTTP()})
		},
	}
	for _, c := range change {
		c(&o)
	}
	var c checked
	c.exit, c.err = Check(t.Context(), o)
	c.out = out.String()
	if o.JSON && c.err == nil {
		if err := json.Unmarshal(out.Bytes(), &c.json); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Wait()
	return c
}

// embedded gives a test its cloud, and the cloud an end.
func embedded(t *testing.T, options []demo.Option, test func(*testing.T, *demo.Cloud)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(append(options, demo.InMemory())...)
		defer func() {
			cloud.Close()
			time.Sleep(time.Hour)
			synctest.Wait()
		}()
		test(t, cloud)
	})
}

func service(name string) func(*CheckOptions) {
	return func(o *CheckOptions) { o.Service = name }
}

// TestCheckReadsTheService: the samples of the embedded cloud, against the services whose callers send them.
func TestCheckReadsTheService(t *testing.T) {
	for _, c := range []struct {
		service, sample string
		exit            int
		by              string
	}{
		{"shop-api", "firebase", ExitRefused, "clm.iss"},
		{"shop-api", "right audience", ExitLetIn, "iam.binding"},
		{"shop-api", "expired", ExitRefused, "clm.exp"},
		{"billing", "load balancer", ExitRefused, "clm.aud"},
		{"reports", "access token", ExitRefused, "kind.accepted"},
		{"web-gateway", "preflight", ExitRefused, "req.credential"},
		{"order-events", "pub/sub", ExitUnknown, "iam.binding"},
		{"status", "any bearer", ExitLetIn, "svc.iam_check"},
		{"profile", "copied", ExitRefused, "sig.present"},
	} {
		t.Run(c.service+", "+c.sample, func(t *testing.T) {
			embedded(t, nil, func(t *testing.T, cloud *demo.Cloud) {
				d := &driver{t: t, cloud: cloud}
				got := inDemo(t, cloud, d.sampleOf(c.service, c.sample), service(c.service))
				if got.err != nil || got.exit != c.exit || got.json.Verdict.DecidedBy != c.by {
					t.Errorf("exit %d by %q, %v; want %d by %q: %s", got.exit, got.json.Verdict.DecidedBy, got.err, c.exit, c.by, got.json.Verdict.Text)
				}
			})
		})
	}
}

func TestCheckChoosesTheRegion(t *testing.T) {
	embedded(t, nil, func(t *testing.T, cloud *demo.Cloud) {
		twin := cloud.Service("status")
		twin.Name = "projects/acme-prod/locations/europe-north1/services/status"
		cloud.SetService(twin)
		var own *Error
		c := inDemo(t, cloud, "", service("status"))
		if !errors.As(c.err, &own) || c.exit != ExitUsage || !strings.Contains(own.Text, "europe-north1") || !strings.Contains(own.Text, "us-central1") || !strings.Contains(own.Hint, "--region europe-north1") {
			t.Errorf("exit %d, %v", c.exit, c.err)
		}
		c = inDemo(t, cloud, "", service("status"), func(o *CheckOptions) { o.Region = "us-central1" })
		if c.err != nil || c.exit != ExitLetIn {
			t.Errorf("exit %d, %v", c.exit, c.err)
		}
		c = inDemo(t, cloud, "", service("status"), func(o *CheckOptions) { o.Region = "us-west1" })
		if !errors.As(c.err, &own) || c.exit != ExitUsage || !strings.Contains(own.Text, "us-west1 of project acme-prod") {
			t.Errorf("exit %d, %v", c.exit, c.err)
		}
		c = inDemo(t, cloud, "", service("statsu"))
		if !errors.As(c.err, &own) || c.exit != ExitUsage || !strings.Contains(own.Hint, "shop-api") || strings.Count(own.Hint, "status") != 1 {
			t.Errorf("exit %d, %v", c.exit, c.err)
		}
	})
}

func TestCheckSaysWhatCouldNotBeRead(t *testing.T) {
	asText := func(o *CheckOptions) { o.JSON = false }
	t.Run("a region, when the service is elsewhere", func(t *testing.T) {
		embedded(t, nil, func(t *testing.T, cloud *demo.Cloud) {
			cloud.Fail("ListServices", demo.PermissionDenied("run.services.list", "projects/acme-prod"), "us-west1")
			c := inDemo(t, cloud, "", service("shop-api"), asText)
			if c.err != nil || c.exit != ExitRefused || !strings.Contains(c.out, "services of us-west1 are not known: ") {
				t.Errorf("exit %d, %v:\n%s", c.exit, c.err, c.out)
			}
		})
	})
	t.Run("a region, when the service may be there", func(t *testing.T) {
		embedded(t, nil, func(t *testing.T, cloud *demo.Cloud) {
			cloud.Fail("ListServices", demo.PermissionDenied("run.services.list", "projects/acme-prod"), "us-west1")
			var of *gcp.Error
			c := inDemo(t, cloud, "", service("elsewhere"))
			if !errors.As(c.err, &of) || c.exit != ExitUsage || of.On != "us-west1" {
				t.Errorf("exit %d, %v", c.exit, c.err)
			}
		})
	})
	t.Run("the policy", func(t *testing.T) {
		embedded(t, nil, func(t *testing.T, cloud *demo.Cloud) {
			cloud.Fail("GetIamPolicy", demo.PermissionDenied("run.services.getIamPolicy", "projects/acme-prod"))
			d := &driver{t: t, cloud: cloud}
			c := inDemo(t, cloud, d.sampleOf("billing", "run.app"), service("billing"), asText)
			if c.err != nil || c.exit != ExitUnknown || !strings.Contains(c.out, "the policy of billing is not known: ") {
				t.Errorf("exit %d, %v:\n%s", c.exit, c.err, c.out)
			}
		})
	})
	t.Run("everything", func(t *testing.T) {
		embedded(t, nil, func(t *testing.T, cloud *demo.Cloud) {
			cloud.Fail("ListLocations", demo.PermissionDenied("run.locations.list", "projects/acme-prod"))
			var of *gcp.Error
			if c := inDemo(t, cloud, "", service("shop-api")); !errors.As(c.err, &of) || c.exit != ExitUsage || c.out != "" {
				t.Errorf("exit %d, %v, %q", c.exit, c.err, c.out)
			}
		})
	})
	t.Run("the client", func(t *testing.T) {
		embedded(t, nil, func(t *testing.T, cloud *demo.Cloud) {
			refused := &gcp.Error{Op: "find credentials", Hint: "log in"}
			c := inDemo(t, cloud, "", service("shop-api"), func(o *CheckOptions) {
				o.Open = func(context.Context) (*gcp.Client, error) { return nil, refused }
			})
			if !errors.Is(c.err, refused) || c.exit != ExitUsage {
				t.Errorf("exit %d, %v", c.exit, c.err)
			}
		})
	})
}

// TestCheckFetchesTheKeys needs no project for it, and no credentials.
func TestCheckFetchesTheKeys(t *testing.T) {
	none := func(o *CheckOptions) { o.Open = nil }
	t.Run("they come", func(t *testing.T) {
		embedded(t, []demo.Option{demo.ClockSkew(time.Minute)}, func(t *testing.T, cloud *demo.Cloud) {
			d := &driver{t: t, cloud: cloud}
			c := inDemo(t, cloud, d.sampleOf("shop-api", "firebase"), none)
			if c.err != nil || c.exit != ExitUnknown || !c.json.KindVerified || c.find("key.source").Status != "pass" || c.find("clock.skew").Status != "warn" {
				t.Errorf("exit %d, %v, verified %v, %+v, %+v", c.exit, c.err, c.json.KindVerified, c.find("key.source"), c.find("clock.skew"))
			}
		})
	})
	t.Run("they do not come", func(t *testing.T) {
		embedded(t, nil, func(t *testing.T, cloud *demo.Cloud) {
			d := &driver{t: t, cloud: cloud}
			cloud.Fail("PublicKeys", demo.Unavailable())
			c := inDemo(t, cloud, d.sampleOf("shop-api", "right audience"), service("shop-api"))
			if c.err != nil || c.exit != ExitUnknown || c.json.KindVerified || c.find("sig.verify").Status != "unknown" || !strings.Contains(c.find("key.source").Got, "HTTP 503") {
				t.Errorf("exit %d, %v, %+v", c.exit, c.err, c.find("key.source"))
			}
		})
	})
	t.Run("what comes is no key set", func(t *testing.T) {
		embedded(t, nil, func(t *testing.T, cloud *demo.Cloud) {
			d := &driver{t: t, cloud: cloud}
			cloud.PublishKeys(gcp.GoogleKeys, []byte("<html>log in to the hotel's network</html>"))
			c := inDemo(t, cloud, d.sampleOf("shop-api", "right audience"), service("shop-api"))
			if c.err != nil || c.exit != ExitUnknown || !strings.Contains(c.find("key.source").Got, "no strict JSON") {
				t.Errorf("exit %d, %v, %+v", c.exit, c.err, c.find("key.source"))
			}
		})
	})
	t.Run("another moment is not the server's", func(t *testing.T) {
		embedded(t, []demo.Option{demo.ClockSkew(time.Minute)}, func(t *testing.T, cloud *demo.Cloud) {
			d := &driver{t: t, cloud: cloud}
			c := inDemo(t, cloud, d.sampleOf("shop-api", "firebase"), none, func(o *CheckOptions) { o.Now = time.Now().Add(-24 * time.Hour) })
			if c.find("clock.skew").Status != "unknown" || c.find("key.source").Status != "warn" {
				t.Errorf("%+v, %+v", c.find("clock.skew"), c.find("key.source"))
			}
		})
	})
}

// TestOfflineAsksNobody: no request, for any token, with keys or without.
func TestOfflineAsksNobody(t *testing.T) {
	forbidden := &http.Client{Transport: forbidden{t}}
	for _, pasted := range []string{"", firebaseToken(t), accountToken(t, shopURL)} {
		for _, keys := range [][]KeyFile{nil, {{Name: "k", Body: jwks("throwaway")}}} {
			for _, target := range [][]byte{nil, []byte(seedTarget)} {
				if c := check(t, pasted, aimed(target), func(o *CheckOptions) { o.HTTP, o.Keys = forbidden, keys }); c.err != nil {
					t.Error(c.err)
				}
			}
		}
	}
	online := func(o *CheckOptions) { o.HTTP, o.Offline = forbidden, false }
	for name, c := range map[string]checked{
		"keys at hand":   check(t, firebaseToken(t), online),
		"no credential":  check(t, "", online),
		"no issuer's":    check(t, "ya29.a0AfH6SMBxxxxxxxxxxxxxxxxxxxx", online),
		"not Google's":   check(t, signed(t, claims{"iss": "https://id.example", "jku": "https://evil.example"}), online),
		"of an emulator": check(t, "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL3NlY3VyZXRva2VuLmdvb2dsZS5jb20vcCJ9.", online),
	} {
		if c.err != nil {
			t.Errorf("%s: %v", name, c.err)
		}
	}
}

// forbidden is a network that nobody may use.
type forbidden struct{ t *testing.T }

func (f forbidden) RoundTrip(r *http.Request) (*http.Response, error) {
	f.t.Errorf("asked %s", r.URL)
	return nil, errors.New("forbidden")
}

// TestKeyFiles: which of several files is taken.
func TestKeyFiles(t *testing.T) {
	mine, others := jwks("throwaway"), jwks("another")
	const google, firebase = "https://accounts.google.com", "https://securetoken.google.com/acme-prod"
	file := func(issuer string, body []byte) KeyFile { return KeyFile{Issuer: issuer, Name: "k.json", Body: body} }
	for _, c := range []struct {
		name  string
		files []KeyFile
		want  string
	}{
		{"one for all", []KeyFile{file("", mine)}, "pass"},
		{"one for the issuer", []KeyFile{file(google, mine)}, "pass"},
		{"by the issuer's other name", []KeyFile{file("accounts.google.com", mine)}, "pass"},
		{"one for another issuer", []KeyFile{file(firebase, mine)}, "unknown"},
		{"one that lacks the key", []KeyFile{file("", others)}, "unknown"},
		{"the second has it", []KeyFile{file("", others), file("", mine)}, "pass"},
		{"the first has it", []KeyFile{file("", mine), file("", others)}, "pass"},
		{"one for the issuer goes before one for all", []KeyFile{file("", mine), file(google, others)}, "unknown"},
		{"in whichever order", []KeyFile{file(google, others), file("", mine)}, "unknown"},
		{"one for another issuer besides one for all", []KeyFile{file(firebase, others), file("", mine)}, "pass"},
	} {
		got := check(t, accountToken(t, shopURL), func(o *CheckOptions) { o.Keys = c.files })
		if f := got.find("sig.verify"); got.err != nil || f.Status != c.want {
			t.Errorf("%s: %v, signature %s (%s), want %s", c.name, got.err, f.Status, f.Got, c.want)
		}
	}
	changed := accountToken(t, shopURL)
	changed = changed[:len(changed)-8] + "AAAAAAAA"
	if c := check(t, changed); c.exit != ExitRefused || c.json.Verdict.DecidedBy != "sig.verify" || c.json.KindVerified {
		t.Errorf("a changed signature: exit %d, %+v", c.exit, c.json.Verdict)
	}
}
