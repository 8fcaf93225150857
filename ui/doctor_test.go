package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"why401/gcp"
	"why401/gcp/demo"
)

// examined is what a doctor said.
type examined struct {
	exit int
	out  string
	json doctorJSON
	took time.Duration
}

// line is the finding with an id.
func (e examined) line(t *testing.T, id string) diagnosisJSON {
	t.Helper()
	for _, c := range e.json.Checks {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("there is no line %s in\n%s", id, e.out)
	return diagnosisJSON{}
}

// examine has a doctor look at a started cloud, once as JSON and once as text.
func examine(t *testing.T, cloud *demo.Cloud, change ...func(*DoctorOptions)) examined {
	t.Helper()
	o := DoctorOptions{
		Demo: cloud.Project(), HTTP: cloud.HTTP(), Environ: []string{"LANG=C.UTF-8"},
		Open: func(ctx context.Context, project string, _ *gcp.Login) (*gcp.Client, error) {
			return gcp.New(ctx, gcp.Config{Project: project, Options: cloud.Options(), HTTP: cloud.HTTP()})
		},
	}
	for _, c := range change {
		c(&o)
	}
	var e examined
	start := time.Now()
	for _, o.JSON = range []bool{true, false} {
		var out bytes.Buffer
		o.Out = &out
		exit, err := Doctor(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if o.JSON {
			e.took = time.Since(start)
			if err := json.Unmarshal(out.Bytes(), &e.json); err != nil {
				t.Fatal(err)
			}
			e.exit = exit
		} else if e.out = out.String(); exit != e.exit {
			t.Errorf("as text it exits with %d, as JSON with %d", exit, e.exit)
		}
	}
	if e.json.Schema != doctorSchema || e.json.Well != (e.exit == ExitWell) {
		t.Errorf("%+v with exit %d", e.json, e.exit)
	}
	for _, c := range e.json.Checks {
		if c.Status != "pass" && c.Status != "skip" && c.Text == "" {
			t.Errorf("%s says nothing", c.ID)
		}
		if c.Needed && c.Status == "warn" {
			t.Errorf("%s is needed, and only warns", c.ID)
		}
	}
	return e
}

func TestDoctorNamesEachFault(t *testing.T) {
	run, logs := demo.PermissionDenied("run.services.list", "projects/acme-prod"), demo.PermissionDenied("logging.logEntries.list", "projects/acme-prod")
	everything := []string{"ListLocations", "ListServices", "GetIamPolicy", "GetRole", "ListLogEntries", "TailLogEntries"}
	all := func(err error) func(*demo.Cloud) {
		return func(c *demo.Cloud) {
			for _, m := range everything {
				c.Fail(m, err)
			}
		}
	}
	fail := func(method string, err error, on ...string) func(*demo.Cloud) {
		return func(c *demo.Cloud) { c.Fail(method, err, on...) }
	}
	for _, c := range []struct {
		name      string
		fault     func(*demo.Cloud)
		options   []demo.Option
		exit      int
		id        string
		status    string
		text, fix string
	}{
		{"all is well", func(*demo.Cloud) {}, nil, ExitWell, "permission.run.services.list", "pass", "list services: 17", ""},
		{"the log can be followed", func(*demo.Cloud) {}, nil, ExitWell, "permission.logging.logEntries.list.tail", "pass", "follow the log", ""},
		{"regions may not be listed", fail("ListLocations", demo.PermissionDenied("run.locations.list", "projects/acme-prod")), nil, ExitIll,
			"permission.run.locations.list", "fail", "permission run.locations.list is missing", "add-iam-policy-binding acme-prod --role=roles/run.viewer"},
		{"services may not be listed", fail("ListServices", run), nil, ExitIll, "permission.run.services.list", "fail", "run.services.list is missing", "roles/run.viewer"},
		{"one region does not answer", fail("ListServices", demo.Unavailable(), "us-east1"), nil, ExitWell, "permission.run.services.list", "pass", "unknown: us-east1", ""},
		{"policies may not be read", fail("GetIamPolicy", demo.PermissionDenied("run.services.getIamPolicy", "x")), nil, ExitIll,
			"permission.run.services.getIamPolicy", "fail", "run.services.getIamPolicy is missing", "roles/run.viewer"},
		{"a project without services", func(*demo.Cloud) {}, []demo.Option{demo.Empty()}, ExitWell, "permission.run.services.getIamPolicy", "unknown", "not tried", ""},
		{"the log may not be read", fail("ListLogEntries", logs), nil, ExitIll, "permission.logging.logEntries.list", "fail", "logging.logEntries.list is missing", "roles/logging.viewer"},
		{"no tail is free", fail("TailLogEntries", demo.QuotaExceeded("logging.googleapis.com", "global", 0)), nil, ExitWell,
			"permission.logging.logEntries.list.tail", "unknown", "ten tails", "close another tail"},
		{"roles may not be read", fail("GetRole", demo.PermissionDenied("iam.roles.get", "x")), nil, ExitWell, "permission.iam.roles.get", "warn", "iam.roles.get is missing", "roles/iam.roleViewer"},
		{"no custom role to try it on", func(*demo.Cloud) {}, nil, ExitWell, "permission.iam.roles.get", "unknown", "no custom role was met", ""},
		{"Cloud Run is off", fail("ListLocations", demo.Disabled("run.googleapis.com")), nil, ExitIll,
			"api.run.googleapis.com", "fail", "run.googleapis.com is off", "gcloud services enable run.googleapis.com --project acme-prod"},
		{"IAM is off", fail("GetRole", demo.Disabled("iam.googleapis.com")), nil, ExitWell, "api.iam.googleapis.com", "warn", "is off", "gcloud services enable iam.googleapis.com"},
		{"Compute Engine is off", fail("compute.urlMaps.aggregatedList", demo.Disabled("compute.googleapis.com")), nil, ExitWell, "api.compute.googleapis.com", "skip", "off; a project that has load balancers of its own has it on", ""},
		{"load balancers may not be listed", fail("compute.urlMaps.aggregatedList", demo.PermissionDenied("compute.urlMaps.list", "projects/acme-prod")), nil, ExitWell,
			"permission.compute.urlMaps.list", "warn", "compute.urlMaps.list is missing", "roles/compute.viewer"},
		{"deny policies may not be listed", fail("ListPolicies", demo.PermissionDenied("iam.denypolicies.list", "x")), nil, ExitWell, "permission.iam.denypolicies.list", "warn", "iam.denypolicies.list is missing", "roles/iam.denyReviewer"},
		{"IAP is off", fail("iap.getIapSettings", demo.Disabled("iap.googleapis.com")), nil, ExitWell, "api.iap.googleapis.com", "skip", "off; a project that uses IAP has it on", ""},
		{"an API that is off can be reached", fail("ListLocations", demo.Disabled("run.googleapis.com")), nil, ExitIll, "reach.run.googleapis.com", "pass", "answers", ""},
		{"a quota is used up", fail("ListLocations", demo.QuotaExceeded("run.googleapis.com", "global", 17*time.Second)), nil, ExitIll,
			"permission.run.locations.list", "unknown", "quota is used up", "wait 17s"},
		{"a name does not resolve", all(status.Error(codes.Unavailable, `dial tcp: lookup run.googleapis.com: no such host`)), nil, ExitIll,
			"reach.run.googleapis.com", "fail", "does not resolve", "DNS"},
		{"a proxy that is not there", all(status.Error(codes.Unavailable, `connection error: desc = "transport: Error while dialing: dial tcp 192.0.2.1:3128: connect: connection refused"`)), nil, ExitIll,
			"reach.logging.googleapis.com", "fail", "cannot be reached", "HTTPS_PROXY"},
		{"TLS is inspected", all(status.Error(codes.Unavailable, "tls: failed to verify certificate: x509: certificate signed by unknown authority")), nil, ExitIll,
			"reach.run.googleapis.com", "fail", "not trusted", "SSL_CERT_FILE"},
		{"Google has a bad day", all(demo.Unavailable()), nil, ExitIll, "reach.run.googleapis.com", "pass", "answers", ""},
		{"no keys", fail("PublicKeys", demo.Unavailable()), nil, ExitWell, "reach.www.googleapis.com", "warn", "public keys", ""},
		{"no keys, no time", fail("PublicKeys", demo.Unavailable()), nil, ExitWell, "clock", "unknown", "no server", ""},
		{"a clock that is behind", func(*demo.Cloud) {}, []demo.Option{demo.ClockSkew(5 * time.Minute)}, ExitWell, "clock", "warn", "5m0s behind Google's", "timedatectl"},
		{"a clock that is right", func(*demo.Cloud) {}, nil, ExitWell, "clock", "pass", "agrees", ""},
		{"hostile text", fail("ListServices", status.Error(codes.Internal, "\x1b[2Jowned\u202e")), nil, ExitIll, "permission.run.services.list", "unknown", `\x1b[2Jowned\u202e`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			embedded(t, c.options, func(t *testing.T, cloud *demo.Cloud) {
				if err := cloud.Start(); err != nil {
					t.Fatal(err)
				}
				c.fault(cloud)
				got := examine(t, cloud)
				l := got.line(t, c.id)
				if got.exit != c.exit || l.Status != c.status || !strings.Contains(l.Text, c.text) || !strings.Contains(l.Fix, c.fix) || c.fix == "" && l.Fix != "" && c.status == "pass" {
					t.Errorf("exit %d, %+v\nwant exit %d, %s, %q, %q\n%s", got.exit, l, c.exit, c.status, c.text, c.fix, got.out)
				}
				if c.fix != "" && !strings.Contains(got.out, c.fix) {
					t.Errorf("the text lacks %q in one line:\n%s", c.fix, got.out)
				}
			})
		})
	}
}

// TestDoctorEndsWhereNothingAnswers: each call hangs, and all of them together take no longer than one may wait.
func TestDoctorEndsWhereNothingAnswers(t *testing.T) {
	embedded(t, nil, func(t *testing.T, cloud *demo.Cloud) {
		if err := cloud.Start(); err != nil {
			t.Fatal(err)
		}
		for _, m := range []string{"ListLocations", "ListServices", "GetIamPolicy", "GetRole", "ListLogEntries", "TailLogEntries", "PublicKeys"} {
			cloud.Slow(m, time.Hour)
		}
		got := examine(t, cloud)
		if l := got.line(t, "reach.run.googleapis.com"); got.exit != ExitIll || got.took > 15*time.Second || l.Status != "fail" || !strings.Contains(l.Text, "no answer in time") {
			t.Errorf("exit %d after %v: %+v\n%s", got.exit, got.took, l, got.out)
		}
		synctest.Wait()
	})
}

// TestDoctorLooksForALogin goes the way of Google's cloud, with the embedded one at its end.
func TestDoctorLooksForALogin(t *testing.T) {
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error": "invalid_grant", "error_description": "reauth related error (invalid_rapt)", "error_subtype": "invalid_rapt"}`)
	}))
	defer tokens.Close()
	login := fmt.Sprintf(`{"type": "external_account_authorized_user", "account": "oncall@acme.example", "audience": "//iam.googleapis.com/locations/global/workforcePools/p/providers/q",
		"refresh_token": "r", "token_url": %q, "token_info_url": %q, "client_id": "c", "client_secret": "d"}`, tokens.URL, tokens.URL)
	cloud := demo.New(demo.InMemory())
	if err := cloud.Start(); err != nil {
		t.Fatal(err)
	}
	defer cloud.Close()
	for _, m := range []string{"ListLocations", "GetRole", "ListLogEntries", "TailLogEntries"} {
		cloud.Fail(m, status.Error(codes.Unauthenticated, "Request had invalid authentication credentials."))
	}
	for _, c := range []struct {
		name  string
		file  string // of the credentials; "" for none
		vars  []string
		id    string
		state string
		text  string
		fix   string
	}{
		{"none", "", nil, "credentials", "fail", "there are none", "gcloud auth application-default login"},
		{"none, but the way is open", "", nil, "reach.run.googleapis.com", "pass", "answers", ""},
		{"none: no permission is known", "", nil, "permission.run.locations.list", "unknown", "without a login", ""},
		{"a file that is no JSON", "{", nil, "credentials", "fail", "login.json", "gcloud auth application-default login"},
		{"who it is", login, nil, "credentials", "pass", "oncall@acme.example, from ", ""},
		{"who is billed", login, nil, "credentials.quota", "pass", "acme-prod", ""},
		{"who else is billed", login, []string{"GOOGLE_CLOUD_QUOTA_PROJECT=shared-quota"}, "credentials.quota", "pass", "shared-quota", ""},
		{"a login that is over", login, nil, "credentials.token", "fail", "renewed", "gcloud auth application-default login"},
		{"a login that is over is said once", login, nil, "permission.logging.logEntries.list", "unknown", "without a login", ""},
		{"where the project is from", login, nil, "project", "pass", "acme-prod, from GOOGLE_CLOUD_PROJECT", ""},
		{"no project", login, []string{"GOOGLE_CLOUD_PROJECT="}, "project", "fail", "names one", "--project ID"},
		{"no project: the way is tried all the same", login, []string{"GOOGLE_CLOUD_PROJECT="}, "reach.logging.googleapis.com", "pass", "answers", ""},
		{"a project that is none", login, []string{"GOOGLE_CLOUD_PROJECT=Acme Prod"}, "project", "fail", "is not a project id", "gcloud projects list"},
		{"an endpoint of one's own", login, []string{"CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN=https://run.p.example/"}, "reach.run.googleapis.com", "pass",
			"at run.p.example:443 by CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN", ""},
		{"an endpoint that is none", login, []string{"CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN=a b"}, "endpoints", "fail", "CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN", "unset it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			home := t.TempDir()
			vars := []string{"HOME=" + home, "NO_GCE_CHECK=true", "GOOGLE_CLOUD_PROJECT=acme-prod", "LANG=C.UTF-8"}
			if c.file != "" {
				name := filepath.Join(home, "login.json")
				if err := os.WriteFile(name, []byte(c.file), 0o600); err != nil {
					t.Fatal(err)
				}
				vars = append(vars, "GOOGLE_APPLICATION_CREDENTIALS="+name)
			}
			got := examine(t, cloud, func(o *DoctorOptions) { o.Demo, o.Environ = "", append(vars, c.vars...) })
			l := got.line(t, c.id)
			if got.exit != ExitIll || l.Status != c.state || !strings.Contains(l.Text, c.text) || !strings.Contains(l.Fix, c.fix) {
				t.Errorf("exit %d, %+v\nwant %s, %q, %q", got.exit, l, c.state, c.text, c.fix)
			}
		})
	}
}

func TestDoctorWritesASCII(t *testing.T) {
	embedded(t, nil, func(t *testing.T, cloud *demo.Cloud) {
		if err := cloud.Start(); err != nil {
			t.Fatal(err)
		}
		got := examine(t, cloud, func(o *DoctorOptions) { o.Environ = []string{"LANG=C"} })
		for _, r := range got.out {
			if r > '~' {
				t.Fatalf("it writes %q", r)
			}
		}
		if l := got.line(t, "locale"); l.Status != "warn" || l.Fix == "" || got.exit != ExitWell {
			t.Errorf("%+v, exit %d", l, got.exit)
		}
	})
}

func TestDoctorKnowsWhatKeepsACopy(t *testing.T) {
	for _, c := range []struct{ name, variable, fix string }{
		{"tmux", "TMUX=/tmp/tmux-0/default,1,0", "tmux set-option -s set-clipboard on"},
		{"screen", "STY=1.pts-0.host", "use tmux"},
		{"neither", "TERM=xterm", ""},
	} {
		x := &examination{o: DoctorOptions{Environ: []string{c.variable}}}
		x.clipboard()
		if f := x.found[0]; !strings.Contains(f.fix, c.fix) || c.fix == "" && f.fix != "" {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}

func TestDoctorLooksAtTheSettings(t *testing.T) {
	_, bad := ReadSettings("config.toml", []byte(`tehme = "dark"`), func(string) string { return "" })
	for _, c := range []struct {
		name   string
		err    error
		status string
	}{{"none", nil, "pass"}, {"a name that is not known", bad, "fail"}} {
		x := &examination{o: DoctorOptions{Settings: c.err}}
		x.settings()
		f := x.found[0]
		if statusName(f.status) != c.status || (c.err != nil) != (f.fix != "") || (x.exit() == ExitIll) != (c.err != nil) {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}
