package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/logging/apiv2/loggingpb"
	"cloud.google.com/go/run/apiv2/runpb"
	"github.com/charmbracelet/x/ansi"
	"google.golang.org/genproto/googleapis/api/monitoredres"
	logtype "google.golang.org/genproto/googleapis/logging/type"
	"google.golang.org/grpc/codes"

	"why401/gcp/demo"
)

// TestHostileLogBreaksNothing puts each sort of hostile text into every field of an entry and of a change, and looks at every view
// of them: no control byte reaches the terminal, and no line is wider or narrower than the screen.
func TestHostileLogBreaksNothing(t *testing.T) {
	for name, text := range map[string]string{
		"control sequences":      "\x1b[2J\x1b]0;owned\x07\x1bPq\x1b\\\x9b31m\x00\x7f\r\n\t\b",
		"an unfinished sequence": "\x1b]8;;https://evil.example",
		"colours":                "\x1b[31mred\x1b[0m [red]",
		"C1 as UTF-8":            "\u009b31m\u0090q\u009c\u009d0;x\u0007",
		"bidirectional":          "\u202eabc\u2066def\u2069\u200f",
		"zero width":             "a\u200bb\u2060c\ufeffd\u00ade",
		"line separators":        "a\u2028b\u2029c\u0085d\vf\f",
		"brackets":               "[a](b){c}<d> [red]x[/red] ${HOME} `e` $(f)",
		"wide":                   strings.Repeat("日本語テスト", 40),
		"combining":              strings.Repeat("e\u0301\u0302\u0303\u0304", 60) + strings.Repeat("\u0301", 60),
		"emoji":                  strings.Repeat("👩‍👩‍👧‍👦🇩🇪👍🏽☝️", 30),
		"tags and private use":   "a\U000e0041\U000e007f\ue000\U000f0000\ufffe",
		"a megabyte":             strings.Repeat("x", 1<<20),
		"much that is wide":      strings.Repeat("界", 60_000),
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && len(text) > 1000 {
				t.Skip("what is merely long takes minutes under the race detector, and is tried in the whole run")
			}
			synctest.Test(t, func(t *testing.T) {
				cloud := demo.New(demo.InMemory())
				d := drive(t, cloud, 120, 40)
				hostile := demo.Refusal{
					Service: "shop-api", Method: text, URL: "https://shop-api.example/" + text, UserAgent: text, Referer: text, Protocol: text, Text: "The request was not authorized " + text,
					Trace: text, RemoteIP: text,
				}
				cloud.Emit(hostile)
				hostile.App, hostile.Text, hostile.Instance = true, "", text
				cloud.Emit(hostile)
				cloud.EmitEntries(&loggingpb.LogEntry{ // a service, region and revision that are no names
					LogName: "projects/acme-prod/logs/run.googleapis.com%2Frequests", InsertId: "a" + text, Trace: text, Labels: map[string]string{"instanceId": text},
					Resource:    &monitoredres.MonitoredResource{Type: "cloud_run_revision", Labels: map[string]string{"service_name": text, "location": text, "revision_name": text, "project_id": "acme-prod"}},
					HttpRequest: &logtype.HttpRequest{Status: 401, RequestMethod: "GET", RequestUrl: text},
				})
				before := cloud.Service("shop-api")
				before.CustomAudiences = append(before.CustomAudiences, text)
				cloud.EmitChange(
					demo.Change{Service: "shop-api", Method: "google.cloud.run.v1.Services.SetIamPolicy", Actor: text, Message: text, Code: codes.PermissionDenied,
						Before: []*iampb.Binding{{Role: text, Members: []string{text}}}, After: []*iampb.Binding{{Role: "roles/run.invoker", Members: []string{"user:" + text}}}},
					demo.Change{Service: "shop-api", Method: "google.cloud.run.v2.Services.UpdateService", Actor: text, Settings: before},
					demo.Change{Service: "shop-api", Method: "google.cloud.run.v1.Services." + text},
				)
				cloud.SetService(&runpb.Service{Name: before.Name, Uri: "https://" + text, Urls: []string{text}, CustomAudiences: []string{text}, LastModifier: text, Etag: text})
				d.wait(4 * time.Second)
				look := func(what string) {
					t.Helper()
					for y, l := range d.root.screen() {
						if bad := control(l); bad != "" {
							t.Fatalf("%s: control text %q reaches the terminal", what, bad[:min(len(bad), 40)])
						}
						if got := ansi.StringWidth(l); got != d.root.w {
							t.Fatalf("%s: line %d is %d cells wide of %d", what, y, got, d.root.w)
						}
					}
				}
				look("the screen")
				d.keys("4", "a")
				look("all services")
				d.keys("v")
				look("groups")
				d.keys("enter")
				look("a group")
				d.keys("esc", "v", "enter")
				for range 7 {
					look("an entry in full")
					d.keys("up")
				}
				d.keys("esc", "/")
				for _, r := range "is:change" {
					d.keys(string(r))
				}
				d.keys("enter", "enter", "g")
				for range 4 {
					look("a change in full")
					d.keys("down")
				}
				d.keys("esc", "esc", "2", "enter")
				look("access")
				d.keys("R")
				look("handing over")
			})
		})
	}
}
