package ui

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"

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
		by, text        string
	}{
		{"shop-api", "firebase", ExitRefused, "clm.iss", "does not accept this issuer"},
		{"shop-api", "right audience", ExitLetIn, "iam.binding", "reaches the container"},
		{"shop-api", "expired", ExitRefused, "clm.exp", "expired"},
		{"billing", "load balancer", ExitRefused, "clm.aud", "audience"},
		{"reports", "access token", ExitRefused, "kind.accepted", "this kind of credential"},
		{"web-gateway", "preflight", ExitRefused, "req.credential", "CORS preflight"},
		{"order-events", "pub/sub", ExitUnknown, "iam.binding", "holds roles/cloudfunctions.invoker, which does not hold run.routes.invoke"},
		{"public-site", "nobody", ExitRefused, "req.credential", "no credential"},
		{"resize-image", "origin only", ExitRefused, "clm.aud", "audience"},
		{"profile", "copied", ExitRefused, "sig.present", "no signature"},
		{"admin-console", "gcloud user", ExitUnknown, "svc.iap", "whether its service agent may invoke is not known"},
		{"ledger", "right audience", ExitLetIn, "iam.binding", "from inside the VPC"},
		{"nightly-sync", "made again", ExitUnknown, "iam.binding", "an account that is gone: it grants nothing"},
		{"edge-gateway", "meant for the gateway's own check", ExitRefused, "clm.iss", "issuer"},
		{"partner-api", "two minutes ago", ExitUnknown, "iam.binding", "may not have spread"},
		{"partner-api", "run out", ExitUnknown, "iam.condition", "not true now"},
		{"webhooks", "two headers", ExitRefused, "clm.aud", "audience"},
		{"webhooks", "twice", ExitRefused, "req.credential", "malformed"},
		{"mobile-bff", "expired", ExitLetIn, "svc.iam_check", "for the app to judge"},
		{"status", "any bearer", ExitLetIn, "svc.iam_check", "nobody's credential is checked"},
	} {
		t.Run(c.service+", "+c.sample, func(t *testing.T) {
			embedded(t, nil, func(t *testing.T, cloud *demo.Cloud) {
				d := &driver{t: t, cloud: cloud}
				got := inDemo(t, cloud, d.sampleOf(c.service, c.sample), service(c.service))
				if got.err != nil || got.exit != c.exit || got.json.Verdict.DecidedBy != c.by || !strings.Contains(got.json.Verdict.Text, c.text) {
					t.Errorf("exit %d by %q, %v; want %d by %q with %q: %s", got.exit, got.json.Verdict.DecidedBy, got.err, c.exit, c.by, c.text, got.json.Verdict.Text)
				}
			})
		})
	}
}

// TestCheckCountsWhatIsHandedDown: the same caller is let in by its project, refused for certain where everything above was read, and
// unknown where something was not.
func TestCheckCountsWhatIsHandedDown(t *testing.T) {
	const caller = "serviceAccount:order-push@acme-prod.iam.gserviceaccount.com"
	readable := func(c *demo.Cloud) {
		c.Heal("Organizations.GetIamPolicy")
		c.Heal("ListPolicies")
		c.SetLevelPolicy("folders/710000000042")
	}
	for _, c := range []struct {
		name   string
		change func(*demo.Cloud)
		exit   int
	}{
		{"a group above may hold it, and the organisation was not read", func(*demo.Cloud) {}, ExitUnknown},
		{"everything was read", readable, ExitRefused},
		{"its project lets it in", func(c *demo.Cloud) {
			c.SetLevelPolicy("projects/acme-prod", &iampb.Binding{Role: "roles/run.invoker", Members: []string{caller}})
		}, ExitLetIn},
		{"everything was read but the project", func(c *demo.Cloud) {
			readable(c)
			c.Fail("Projects.GetIamPolicy", demo.PermissionDenied("resourcemanager.projects.getIamPolicy", "//cloudresourcemanager.googleapis.com/projects/acme-prod"))
		}, ExitUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			embedded(t, nil, func(t *testing.T, cloud *demo.Cloud) {
				c.change(cloud)
				d := &driver{t: t, cloud: cloud}
				got := inDemo(t, cloud, d.sampleOf("order-events", "pub/sub"), service("order-events"))
				if got.err != nil || got.exit != c.exit {
					t.Errorf("exit %d, %v; want %d: %s", got.exit, got.err, c.exit, got.json.Verdict.Text)
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
		if !errors.As(c.err, &own) || c.exit != ExitUsage || !strings.Contains(own.Text, "us-west1 of project acme-prod") || !strings.Contains(own.Hint, "it is in europe-north1, us-central1") {
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
	t.Run("the changes", func(t *testing.T) {
		embedded(t, nil, func(t *testing.T, cloud *demo.Cloud) {
			d := &driver{t: t, cloud: cloud}
			sample := d.sampleOf("partner-api", "two minutes ago")
			c := inDemo(t, cloud, sample, service("partner-api"))
			if f := c.find("iam.binding"); c.exit != ExitUnknown || f.Status != "warn" || !strings.Contains(f.Got, "2:00 ago") || !strings.Contains(c.json.Verdict.Text, "200 or 403") {
				t.Errorf("while the changes are read: exit %d, %+v: %s", c.exit, f, c.json.Verdict.Text)
			}
			c = inDemo(t, cloud, sample, service("partner-api"), func(o *CheckOptions) { o.Now = time.Now().Add(6 * time.Minute) })
			if f := c.find("iam.binding"); c.exit != ExitLetIn || f.Status != "pass" {
				t.Errorf("six minutes later: exit %d, %+v", c.exit, f)
			}
			cloud.Fail("ListLogEntries", demo.PermissionDenied("logging.logEntries.list", "projects/acme-prod"))
			c = inDemo(t, cloud, sample, service("partner-api"), asText)
			if c.err != nil || c.exit != ExitLetIn || !strings.Contains(c.out, "what was changed lately is not known") {
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
			if c.find("clock.skew").Status != "skip" || c.find("key.source").Status != "warn" {
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
		{"one key twice in a file", []KeyFile{file("", bytes.Replace(mine, []byte(`]`), append([]byte(","), append(mine[len(`{"keys":[`):len(mine)-2], ']')...), 1))}, "pass"},
		{"two keys of one id", []KeyFile{file("", twins(t))}, "unknown"},
		{"keys of no use", []KeyFile{file("", bytes.Replace(mine, []byte("RS256"), []byte("RS512"), 1))}, "unknown"},
		{"keys of no use, and the issuer's", []KeyFile{file("", bytes.Replace(mine, []byte("RS256"), []byte("RS512"), 1)), file(google, mine)}, "pass"},
		{"two keys of one id, for the issuer", []KeyFile{file(google, twins(t))}, "unknown"},
		{"one for an account", []KeyFile{file("caller@acme-prod.iam.gserviceaccount.com", mine)}, "unknown"},
		{"one for another issuer besides one for all", []KeyFile{file(firebase, others), file("", mine)}, "pass"},
	} {
		got := check(t, accountToken(t, shopURL), func(o *CheckOptions) { o.Keys = c.files })
		if f := got.find("sig.verify"); got.err != nil || f.Status != c.want {
			t.Errorf("%s: %v, signature %s (%s), want %s", c.name, got.err, f.Status, f.Got, c.want)
		}
	}
	two := check(t, accountToken(t, shopURL), func(o *CheckOptions) { o.Keys = []KeyFile{file("", twins(t))} })
	if f := two.find("hdr.kid"); two.exit != ExitUnknown || two.json.KindVerified || f.Status != "unknown" || !strings.Contains(f.Want, "exactly one") {
		t.Errorf("two keys of one id: exit %d, verified %v, %+v", two.exit, two.json.KindVerified, f)
	}
	const account = "caller@acme-prod.iam.gserviceaccount.com"
	own := signed(t, claims{"iss": account, "sub": account, "aud": "https://run.googleapis.com/"})
	for _, c := range []struct {
		files    []KeyFile
		verified bool
	}{
		{[]KeyFile{file(account, mine)}, true},
		{[]KeyFile{file("", mine)}, false}, // only when asked
		{[]KeyFile{file("other@acme-prod.iam.gserviceaccount.com", mine)}, false},
		{nil, false},
	} {
		got := check(t, own, func(o *CheckOptions) { o.Keys = c.files })
		if got.err != nil || got.json.Kind != "sa_self_signed_jwt" || got.json.KindVerified != c.verified {
			t.Errorf("an account's own keys %v: %v, %s verified %v", c.files, got.err, got.json.Kind, got.json.KindVerified)
		}
	}
	changed := accountToken(t, shopURL)
	changed = changed[:len(changed)-8] + "AAAAAAAA"
	if c := check(t, changed); c.exit != ExitRefused || c.json.Verdict.DecidedBy != "sig.verify" || c.json.KindVerified {
		t.Errorf("a changed signature: exit %d, %+v", c.exit, c.json.Verdict)
	}
}

// twins is a JWKS of two keys under one id.
func twins(t testing.TB) []byte {
	t.Helper()
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	second := fmt.Appendf(nil, `,{"kty":"RSA","use":"sig","alg":"RS256","kid":"throwaway","e":"AQAB","n":%q}]}`, base64.RawURLEncoding.EncodeToString(other.N.Bytes()))
	return append(bytes.TrimSuffix(jwks("throwaway"), []byte("]}")), second...)
}
