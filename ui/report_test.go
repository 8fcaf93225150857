package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"why401/gcp"
	"why401/gcp/demo"
)

// reported writes a report on a cloud, in the bubble of the calling test.
func reported(t *testing.T, cloud *demo.Cloud, change ...func(*ReportOptions)) (string, error) {
	t.Helper()
	if err := cloud.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cloud.Close()
		time.Sleep(time.Hour)
		synctest.Wait()
	}()
	var out bytes.Buffer
	o := ReportOptions{Out: &out, Demo: true, Open: func(ctx context.Context) (*gcp.Client, error) {
		return gcp.New(ctx, gcp.Config{Project: cloud.Project(), Options: cloud.Options(), HTTP: cloud.HTTP()})
	}}
	for _, c := range change {
		c(&o)
	}
	err := Report(context.Background(), o)
	return out.String(), err
}

// goldenText compares a text with a file of testdata.
func goldenText(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with: go test ./ui -run %s -update", err, t.Name())
	}
	if got != string(want) {
		t.Errorf("%s differs.\n--- want\n%s\n--- got\n%s", name, want, got)
	}
}

func reportOn(service string) func(*ReportOptions) {
	return func(o *ReportOptions) { o.Service = service }
}

func TestReportOfTheDemo(t *testing.T) {
	for _, c := range []struct {
		file   string
		change func(*ReportOptions)
	}{
		{"report-shop-api.md", func(o *ReportOptions) { o.Service, o.Since = "shop-api", time.Hour }},
		{"report-public-site-masked.md", func(o *ReportOptions) { o.Service, o.Mask = "public-site", true }},
		{"report-public-site.json", func(o *ReportOptions) { o.Service, o.JSON = "public-site", true }},
	} {
		t.Run(c.file, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				text, err := reported(t, demo.New(demo.InMemory()), c.change)
				if err != nil {
					t.Fatal(err)
				}
				goldenText(t, c.file, text)
				if strings.HasSuffix(c.file, ".md") {
					soundMarkdown(t, text)
				}
			})
		})
	}
}

// TestReportOfTheProject: a section for each service with refusals or changes, the most refused first, and the others by name.
func TestReportOfTheProject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text, err := reported(t, demo.New(demo.InMemory()))
		if err != nil {
			t.Fatal(err)
		}
		at := 0
		for _, want := range []string{
			"# Refused requests of `acme-prod`", "402 requests: 339 × 401, 63 × 403; 391 by Cloud Run itself, 11 by the app", "| Service | Region |",
			"## `shop-api` in `europe-west1`", "## `public-site` in `us-east1`", "## `checkout-preview` in", "## Services without refusals and changes", "resize-image in us-central1", "status in us-central1", "an exclusion filter",
		} {
			i := strings.Index(text[at:], want)
			if i < 0 {
				t.Fatalf("it lacks %q, or it stands too early", want)
			}
			at += i
		}
		soundMarkdown(t, text)
	})
}

// TestReportSaysWhatItCouldNotRead: a part that is missing is named, and what rests on it is not known; without any part there is no report.
func TestReportSaysWhatItCouldNotRead(t *testing.T) {
	denied := func(permission string) error { return demo.PermissionDenied(permission, "projects/acme-prod") }
	for _, c := range []struct {
		name   string
		break_ func(*demo.Cloud)
		change func(*ReportOptions)
		has    []string
		lacks  []string
		err    string
	}{
		{name: "all is there", break_: func(*demo.Cloud) {}, change: reportOn("shop-api"), lacks: []string{"Not read, so that"}},
		{name: "a region", break_: func(c *demo.Cloud) { c.Fail("ListServices", demo.Unavailable(), "us-east1") },
			change: reportOn("shop-api"), has: []string{"Not read, so that something may be missing", "services of us-east1"}},
		{name: "the region of the service", break_: func(c *demo.Cloud) { c.Fail("ListServices", demo.Unavailable(), "us-east1") },
			change: reportOn("public-site"), err: "list services (us-east1)"},
		{name: "a region, the whole project", break_: func(c *demo.Cloud) { c.Fail("ListServices", demo.Unavailable(), "us-east1") },
			change: func(o *ReportOptions) {}, has: []string{"services of us-east1", "## `public-site` in `us-east1`", "The service's settings are not known: it is in no listing", "Not known: the service's settings and policy were not read."}},
		{name: "the policy", break_: func(c *demo.Cloud) { c.Fail("GetIamPolicy", denied("run.services.getIamPolicy")) },
			change: reportOn("shop-api"), has: []string{"read the policy (shop-api): permission `run.services.getIamPolicy` is missing"}},
		{name: "the log", break_: func(c *demo.Cloud) { c.Fail("ListLogEntries", denied("logging.logEntries.list")) },
			change: reportOn("shop-api"), has: []string{"refused requests, or some of them", "changes: read the log", "Not known: the log was not read.", "not known: not all of the log was read",
				"- Refused: not known: not all of the log was read", "### Changes\n\nNot known: not all of the log was read."},
			lacks: []string{"no refusal was logged", "Nothing shows that callers are stopped", "0 requests", "0 × 401", "None is in the log"}},
		{name: "the log, the whole project", break_: func(c *demo.Cloud) { c.Fail("ListLogEntries", denied("logging.logEntries.list")) },
			change: func(o *ReportOptions) {}, has: []string{"- Refused: not known: not all of the log was read", "## Services without known refusals and changes", "Not all of the log was read. That proves little"},
			lacks: []string{"0 requests"}},
		{name: "the changes, and not the refusals", break_: func(c *demo.Cloud) {
			c.FailTimes("ListLogEntries", 1, denied("logging.logEntries.list"))
		}, change: reportOn("public-site"), has: []string{"### Changes\n\nNot known: not all of the log was read."}, lacks: []string{"at least"}},
		{name: "more than a page", break_: func(c *demo.Cloud) {
			var many []demo.Refusal
			for range 1500 {
				many = append(many, demo.Refusal{Service: "shop-api", Time: time.Now().Add(-time.Minute)})
			}
			c.Emit(many...)
		}, change: reportOn("shop-api"), has: []string{"1803 requests"}},
		{name: "the services, a service", break_: func(c *demo.Cloud) { c.Fail("ListServices", denied("run.services.list")) },
			change: reportOn("shop-api"), err: "permission run.services.list is missing"},
		{name: "the services, a service and its region", break_: func(c *demo.Cloud) { c.Fail("ListServices", denied("run.services.list")) },
			change: func(o *ReportOptions) { o.Service, o.Region = "shop-api", "europe-west1" },
			has:    []string{"services of the project: list services", "303 requests", "it is in no listing"}},
		{name: "no load balancer", break_: func(c *demo.Cloud) { failParts(c, demo.Disabled("compute.googleapis.com")) }, change: reportOn("shop-api"),
			has:   []string{"- Not read: the load balancers: `compute.googleapis.com` is off in this project; `gcloud services enable", "303 requests", "**Most likely:** Callers probably send Firebase", "is not known to be one"},
			lacks: []string{"acme-lb", "no load balancer", "No load balancer"}},
		{name: "no load balancer, of which all are slow", break_: func(c *demo.Cloud) { slowParts(c, time.Hour) }, change: reportOn("shop-api"),
			has: []string{"- Not read: the load balancers: no answer in time; check the network", "303 requests"}, lacks: []string{"acme-lb", "No load balancer"}},
		{name: "some parts of load balancers", break_: func(c *demo.Cloud) {
			c.Fail("compute.networkEndpointGroups.aggregatedList", denied("compute.networkEndpointGroups.list"))
		}, change: reportOn("ledger"), has: []string{"- Not read: serverless NEGs: permission `compute.networkEndpointGroups.list`"}, lacks: []string{"- No load balancer of this project leads here"}},
		{name: "whom IAP asks to log in, of which the answers are slow", break_: func(c *demo.Cloud) { c.Slow("iap.getIapSettings", time.Hour) }, change: reportOn("reports"),
			has: []string{"`reports-lb` (global external)", "unknown whether Google accounts or external identities", "- Not read: the IAP settings of admin-backend, the IAP settings of reports-backend: no answer in time; check the network"}},
		{name: "no load balancer, the whole project", break_: func(c *demo.Cloud) { failParts(c, demo.Disabled("compute.googleapis.com")) }, change: func(o *ReportOptions) {},
			has:   []string{"Not read, so that something may be missing:**\n\n- the load balancers: `compute.googleapis.com` is off"},
			lacks: []string{"### In front", "acme-lb"}},
		{name: "nothing at all", break_: func(c *demo.Cloud) {
			c.Fail("ListServices", denied("run.services.list"))
			c.Fail("ListLogEntries", denied("logging.logEntries.list"))
		}, change: func(o *ReportOptions) {}, err: "permission run.services.list is missing"},
		{name: "no such service", break_: func(*demo.Cloud) {}, change: reportOn("shop-apy"), err: "no service shop-apy"},
		{name: "a service without refusals", break_: func(*demo.Cloud) {}, change: reportOn("status"),
			has: []string{"no refusal was logged", "other services' requests are in it", "may exclude this service"}},
		{name: "a session that ends", break_: func(c *demo.Cloud) { c.Fail("ListLogEntries", status.Error(codes.Internal, "x")) },
			change: func(o *ReportOptions) {}, has: []string{"refused requests, or some of them"}, lacks: []string{"no refusal was logged"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := demo.New(demo.InMemory())
				c.break_(cloud)
				text, err := reported(t, cloud, c.change)
				if c.err != "" {
					if err == nil || !strings.Contains(err.Error(), c.err) || text != "" {
						t.Fatalf("%v and %d bytes, want %q", err, len(text), c.err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				for _, want := range c.has {
					if !strings.Contains(text, want) {
						t.Errorf("it lacks %q:\n%s", want, text)
					}
				}
				for _, not := range c.lacks {
					if strings.Contains(text, not) {
						t.Errorf("it has %q:\n%s", not, text)
					}
				}
				soundMarkdown(t, text)
			})
		})
	}
}

// partsOfBalancers are the collections that load balancers are read from.
var partsOfBalancers = []string{"urlMaps", "backendServices", "networkEndpointGroups", "forwardingRules", "targetHttpProxies", "targetHttpsProxies", "sslCertificates"}

func failParts(c *demo.Cloud, err error) {
	for _, p := range partsOfBalancers {
		c.Fail("compute."+p+".aggregatedList", err)
	}
}

func slowParts(c *demo.Cloud, by time.Duration) {
	for _, p := range partsOfBalancers {
		c.Slow("compute."+p+".aggregatedList", by)
	}
}

// lastWrite knows when something was last written.
type lastWrite struct {
	io.Writer
	at time.Time
}

func (w *lastWrite) Write(p []byte) (int, error) {
	w.at = time.Now()
	return w.Writer.Write(p)
}

// TestReportReadsWhatStandsInFront: of one service a report names the load balancers, what guards them and what misleads, and its
// commands go where they lead; within its time, whatever Google's servers do.
func TestReportReadsWhatStandsInFront(t *testing.T) {
	for _, c := range []struct {
		name, service string
		slow          time.Duration
		has           []string
		within        time.Duration
	}{
		{"one that leads to it, and one to a tag that it lacks", "shop-api", 0, []string{
			"### In front\n\n- `acme-lb` (global external): `api.acme.example /api, /api/*`; Cloud Armor edge-guard; IAP off",
			"- `canary-lb` (internal): `any host`; the service has no tag green", "own log, if anywhere, which was not read", "https://api.acme.example/api/cart\n",
		}, time.Second},
		{"one that may lead to it", "reports", 0, []string{"- may lead here: `preview-lb`"}, time.Second},
		{"none", "ledger", 0, []string{"### In front\n\n- No load balancer of this project leads here"}, time.Second},
		{"no answer", "ledger", time.Hour, []string{"### In front\n\n- Not read: the load balancers: no answer in time; check the network"}, 11 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := demo.New(demo.InMemory())
				if c.slow > 0 {
					slowParts(cloud, c.slow)
				}
				began, out := time.Now(), &lastWrite{}
				text, err := reported(t, cloud, reportOn(c.service), func(o *ReportOptions) { out.Writer, o.Out = o.Out, out })
				if err != nil {
					t.Fatal(err)
				}
				for _, want := range c.has {
					if !strings.Contains(text, want) {
						t.Errorf("it lacks %q:\n%s", want, text)
					}
				}
				if took := out.at.Sub(began); took > c.within {
					t.Errorf("it took %v", took)
				}
				soundMarkdown(t, text)
			})
		})
	}
}

// TestReportOfAStormIsBounded: what is too much is named, and since when is not told from what was read in part.
func TestReportOfAStormIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(30))
		now := time.Now()
		var many []demo.Refusal
		for i := range 12_000 {
			many = append(many, demo.Refusal{Service: "service-000" + string(rune('0'+i%3)) + string(rune('0'+i%10)), URL: "/a/" + strings.Repeat("x", i%7) + "/" + string(rune('a'+i%26)),
				Time: now.Add(-time.Duration(i) * 50 * time.Millisecond), RemoteIP: fmt.Sprintf("198.51.100.%d", i/30%200)})
		}
		cloud.Emit(many...)
		calls := cloud.Calls("ListLogEntries")
		text, err := reported(t, cloud)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"there are more than the newest 8000", "more groups", "more callers", "## More services with refusals or changes"} {
			if !strings.Contains(text, want) {
				t.Errorf("it lacks %q", want)
			}
		}
		if n := cloud.Calls("ListLogEntries") - calls; n > 10 {
			t.Errorf("the log was listed %d times", n)
		}
		if len(text) > 300<<10 {
			t.Errorf("%d bytes", len(text))
		}
	})
}

// hostileDossier puts a text into every foreign field that a report is made of.
func hostileDossier(text string) *dossier {
	at := time.Date(2026, 11, 24, 3, 12, 0, 0, time.UTC)
	s := gcp.Service{ID: "projects/p/locations/r/services/" + text, Name: text, Region: text, Project: text, URI: "https://" + text, URLs: []string{text}, Audiences: []string{text},
		Ingress: gcp.IngressAll, StateText: text, ServiceAccount: text, Modifier: text}
	d := &dossier{
		project: text, at: at, window: 15 * time.Minute, whole: at.Add(-15 * time.Minute), services: []gcp.Service{s, {ID: "q", Name: text + "q", Region: "r"}},
		policies: map[string]*gcp.Policy{s.ID: {Service: s.ID, Read: at, Unread: []string{text}, DenyUnread: []string{text}, Deny: []gcp.DenyRule{{Level: text, Policy: text, Denied: []string{text}, Except: []string{text}, Condition: gcp.Condition{Expression: text}}}, Bindings: []gcp.Binding{
			{Role: text, Members: []string{text, text + "2"}, Condition: gcp.Condition{Title: text, Expression: text}, Level: "service", RoleFrom: text},
		}}},
		failed: map[string]string{"q": text}, unread: []string{text},
		changes: []gcp.Change{{ID: text, Time: at.Add(-time.Minute), Service: text, Region: text, Kind: gcp.ChangePolicy, Who: text, Method: text, Compared: true,
			Added: []gcp.Grant{{Role: text, Member: text, Condition: text}}, Removed: []gcp.Grant{{Role: text, Member: text}}, Detail: []string{text}, Failed: text}},
	}
	way := gcp.Front{Project: text, Name: text, Routes: []gcp.Route{{Hosts: []string{text}, Paths: []string{text}, Note: text}}, Addresses: []gcp.Address{{IP: text, Kind: text}},
		Backend: text, Armor: text, EdgeArmor: text, IAP: gcp.Yes, Identities: text, NEG: gcp.NEG{Name: text, Region: text, Known: true, Service: text, Tag: text}}
	nameless, masked := way, way
	nameless.Name, nameless.NEG.Tag, masked.NEG.Service, masked.NEG.Mask = "", "", "", text+"<service>"
	d.fronts, d.barred = &gcp.Fronts{Read: at, Fronts: []gcp.Front{way, nameless, masked}, Unread: []string{text}}, text
	entry := gcp.Entry{ID: text, Time: at.Add(-2 * time.Minute), Status: 401, Method: text, URL: text, UserAgent: text, RemoteIP: text, Referer: text, Protocol: text,
		Service: text, Region: text, Revision: text, Text: text, Trace: text, Severity: text, ServerIP: text, Span: text, Labels: text}
	app := entry
	app.ID, app.Text, app.Instance, app.URL = text+"2", "", text, "https://a.example/"+text
	d.entries = ingest([]gcp.Entry{entry, app})
	return d
}

// soundMarkdown fails where anything in a report could be more than text: outside code there are only our own headings and tables, and
// no link but those to the Logs Explorer.
func soundMarkdown(t *testing.T, text string) {
	t.Helper()
	codeSpan := regexp.MustCompile("`[^`]*`")
	explorer := regexp.MustCompile(`<https://console\.cloud\.google\.com/logs/query;[A-Za-z0-9%.:;=_?&+~-]*>`)
	heading := regexp.MustCompile(`^(# Refused requests of [C–]|## ([C–] in [C–]( of C)?|A token that was tried|Services|More services with refusals or changes|Services without (known )?refusals and changes)|### (Door: [A-Za-z?C ]+|Refused|In front|Changes|Commands))$`)
	bold := regexp.MustCompile(`^(- )?\*\*[A-Za-z0-9 ,:]+\*\*`)
	web := regexp.MustCompile(`(?i)(^|[^a-z0-9])www\.\S`) // what renderers make a link of (https://github.github.com/gfm, 6.9)
	fenced, columns := false, 0
	for n, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if strings.HasPrefix(line, "````") {
			if line != "````" && line != "````sh" && line != "````text" || (line == "````") != fenced {
				t.Errorf("line %d: a fence that is not ours: %q", n+1, line)
			}
			fenced = !fenced
			continue
		}
		if bad := control(line); bad != "" {
			t.Errorf("line %d: control text %q", n+1, bad)
		}
		if fenced {
			if word, _, _ := strings.Cut(line, " "); word != "curl" && word != "gcloud" && word != "#" && word != "refused" && word != "changed" {
				t.Errorf("line %d: a command that begins with %q", n+1, word)
			}
			continue
		}
		bare := bold.ReplaceAllString(explorer.ReplaceAllString(codeSpan.ReplaceAllString(line, "C"), "L"), "$1")
		switch {
		case strings.HasPrefix(bare, "#"):
			if !heading.MatchString(bare) {
				t.Errorf("line %d: a heading that is not ours: %q", n+1, line)
			}
			continue
		case strings.HasPrefix(bare, "|"):
			got := strings.Count(bare, "|")
			if columns != 0 && got != columns {
				t.Errorf("line %d: %d bars in a table of %d: %q", n+1, got, columns, line)
			}
			columns = got
			bare = strings.ReplaceAll(bare, "|", "")
		default:
			columns = 0
		}
		if at := strings.IndexAny(bare, "`*_<>[]#&@\\|~$="); at >= 0 || strings.Contains(bare, "://") || web.MatchString(bare) {
			t.Errorf("line %d: %q outside code in %q", n+1, bare, line)
		}
		if trimmed := strings.TrimPrefix(bare, "- "); line != "" && !strings.HasPrefix(line, "|") && strings.ContainsAny(trimmed[:min(1, len(trimmed))], "-+>#=") {
			t.Errorf("line %d: it begins as something else: %q", n+1, line)
		}
	}
	if fenced {
		t.Error("a block of code does not end")
	}
}

// TestReportHelpNamesEveryField: what --help says of the JSON is all of it.
func TestReportHelpNamesEveryField(t *testing.T) {
	var look func(reflect.Type)
	look = func(of reflect.Type) {
		switch of.Kind() {
		case reflect.Pointer, reflect.Slice:
			look(of.Elem())
		case reflect.Struct:
			for i := range of.NumField() {
				if name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ","); !strings.Contains(ReportHelp, `"`+name+`":`) && !strings.Contains(CheckHelp, `"`+name+`":`) {
					t.Errorf("%s of %s is not told of", name, of)
				}
				look(of.Field(i).Type)
			}
		}
	}
	look(reflect.TypeFor[report]())
}

var hostileTexts = []string{
	"", " ", "a", "a b", "-", "- a", "1. a", "# a", "===", "---", "```", "````\n# a", "`", "``a`b", "|", `\|`, `\\|`, "a|b\n|---|\n|c|", "[a](https://evil.example)", "![a](https://evil.example/x.png)",
	"<img src=x onerror=alert(1)>", "<https://evil.example>", "https://evil.example", "www.evil.example", "www.", "javascript:alert(1)", "@everyone", "#123", "jo@acme.example", "&lt;b&gt;", "&#124;", "$x$",
	"**a** __b__ ~~c~~", "a\\", "\\`", "\x1b[31mred\x1b[0m", "\u202eabc", "\u2028# a", "a\u200bb", "\xff\xfe", "> a", "+ a", "[ref]: https://evil.example", "<!-- a", "</code>", "1) a", "\t# a",
	"日本語 テスト", strings.Repeat("x", 5000), strings.Repeat("e\u0301\u0301\u0301", 50), "“quoted” ‘text’…", "(a)", "('a', \"b\");", "it's", "a-b", "-a", "a-", "'", "...", "14:02", "14:02.", ":1.",
}

func TestReportHoldsHostileTexts(t *testing.T) {
	for _, text := range hostileTexts {
		for _, masked := range []bool{false, true} {
			r := hostileDossier(text).report(masked)
			soundMarkdown(t, string(r.markdown()))
			readsAsReport(t, r.json())
		}
		if t.Failed() {
			t.Fatalf("with %q", text)
		}
	}
}

// readsAsReport fails where JSON is not one object of the schema, or could disturb a terminal.
func readsAsReport(t *testing.T, text []byte) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var r report
	if err := d.Decode(&r); err != nil || r.Schema != "why401/report/1" {
		t.Errorf("%v:\n%s", err, text)
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if bad := control(line); bad != "" {
			t.Errorf("control text %q", bad)
		}
	}
	if bytes.Contains(text, []byte(": null")) && bytes.Contains(text, []byte("s\": null")) {
		t.Errorf("a list is null:\n%s", text)
	}
}

func FuzzReport(f *testing.F) {
	for _, s := range hostileTexts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 {
			return
		}
		for _, masked := range []bool{false, true} {
			r := hostileDossier(text).report(masked)
			soundMarkdown(t, string(r.markdown()))
			readsAsReport(t, r.json())
		}
	})
}
