package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"why401/gcp/demo"
)

// faultedMethod is a call, what it needs, and the pane whose matter it is.
type faultedMethod struct {
	name, api, permission, role string
	pane                        string // its key
}

var faultedMethods = []faultedMethod{
	{"ListLocations", "run.googleapis.com", "run.locations.list", "roles/run.viewer", "1"},
	{"ListServices", "run.googleapis.com", "run.services.list", "roles/run.viewer", "1"},
	{"GetIamPolicy", "run.googleapis.com", "run.services.getIamPolicy", "roles/run.viewer", "2"},
	{"ListLogEntries", "logging.googleapis.com", "logging.logEntries.list", "roles/logging.viewer", "4"},
	{"TailLogEntries", "logging.googleapis.com", "logging.logEntries.list", "roles/logging.viewer", "4"},
}

// fault is a row of the table of errors: how the cloud makes it, and what a pane must say of it.
type fault struct {
	name string
	err  func(faultedMethod) error // nil: the call hangs
	says func(faultedMethod) []string
	// whole is what a small pane may have no room for, and the help has.
	whole []string
}

// saying is a fault that says the same of every method.
func saying(texts ...string) func(faultedMethod) []string {
	return func(faultedMethod) []string { return texts }
}

// fail is a fault that is the same for every method.
func fail(code codes.Code, text string) func(faultedMethod) error {
	return func(faultedMethod) error { return status.Error(code, text) }
}

var errorTable = []fault{
	{"a permission is missing",
		func(m faultedMethod) error { return demo.PermissionDenied(m.permission, "projects/acme-prod") },
		func(m faultedMethod) []string {
			return []string{m.permission, "gcloud projects add-iam-policy-binding acme-prod --role=" + m.role}
		}, nil},
	{"a permission that nobody names",
		fail(codes.PermissionDenied, "The caller does not have permission"),
		func(m faultedMethod) []string {
			return []string{m.permission, "gcloud projects add-iam-policy-binding acme-prod --role=" + m.role}
		}, nil},
	{"an API is off",
		func(m faultedMethod) error { return demo.Disabled(m.api) },
		func(m faultedMethod) []string {
			return []string{m.api + " is off", "gcloud services enable " + m.api + " --project acme-prod"}
		}, nil},
	{"a quota is used up",
		func(m faultedMethod) error { return demo.QuotaExceeded(m.api, "global", 40*time.Second) },
		func(m faultedMethod) []string {
			if m.name == "TailLogEntries" {
				return []string{"ten tails", "close another tail"}
			}
			if m.name == "GetIamPolicy" {
				return []string{"quota is used up", "waiting for the quota of", "then it is read"}
			}
			return []string{"quota is used up", "wait 40s"}
		}, nil},
	{"a login is over", func(faultedMethod) error { return dead }, saying("expired or was revoked", "gcloud auth application-default login"), nil},
	{"Google cannot answer", func(faultedMethod) error { return demo.Unavailable() }, saying("cannot answer just now", "status.cloud.google.com"), nil},
	{"a name does not resolve", fail(codes.Unavailable, `connection error: desc = "transport: Error while dialing: dial tcp: lookup run.googleapis.com: no such host"`),
		saying("run.googleapis.com does not resolve", "DNS"), nil},
	{"a proxy refuses", fail(codes.Unavailable, `connection error: desc = "transport: Error while dialing: dial tcp 192.0.2.1:3128: connect: connection refused"`),
		saying("cannot be reached", "HTTPS_PROXY"), []string{"192.0.2.1:3128: connect: connection refused"}},
	{"TLS is inspected", fail(codes.Unavailable, `connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority"`),
		saying("not trusted", "SSL_CERT_FILE"), []string{"certificate signed by unknown authority"}},
	{"nothing answers", nil, saying("no answer in time", "check the network"), nil},
}

// dense is the text of lines without colours and spaces, in which a wrapped command can be found.
func dense(lines []string) string {
	return strings.ReplaceAll(ansi.Strip(strings.Join(lines, "")), " ", "")
}

// inject makes a fault.
func (f fault) inject(cloud *demo.Cloud, m faultedMethod) {
	if f.err == nil {
		cloud.Slow(m.name, time.Hour)
		return
	}
	cloud.Fail(m.name, f.err(m))
}

// spared leaves out two pairs of three of a method and an error in a short run, as under the race detector: each error comes all the same.
func spared(method, fault int) bool { return testing.Short() && (method+fault)%3 != 0 }

// TestEveryErrorSaysWhatToDoAndHealsByItself: in its pane, in every size, beside what was known before; and once the cause is gone
// the screen is right again without a key.
func TestEveryErrorSaysWhatToDoAndHealsByItself(t *testing.T) {
	for i, m := range faultedMethods {
		for j, f := range errorTable {
			if m.name == "TailLogEntries" && f.err == nil {
				continue // a tail that says nothing is a quiet one
			}
			if spared(i, j) {
				continue
			}
			t.Run(m.name+", "+f.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					cloud := demo.New(demo.InMemory())
					d := drive(t, cloud, 120, 40)
					d.has("● live", "shop-api")
					rows := len(d.root.services.rows)

					f.inject(cloud, m)
					if strings.HasSuffix(m.name, "LogEntries") {
						cloud.EndTails(demo.Unavailable())
					}
					d.keys("r")
					d.wait(75 * time.Second)
					if n := len(d.root.services.rows); n != rows || len(d.root.ring.entries) == 0 {
						t.Errorf("%d rows of %d and %d refusals are left", n, rows, len(d.root.ring.entries))
					}
					for _, size := range [][2]int{{120, 40}, {80, 24}, {40, 12}} {
						d.resize(size[0], size[1])
						d.keys(m.pane)
						shown := d.root.pane[d.root.at].View(true)
						for _, text := range f.says(m) {
							if !strings.Contains(dense(shown), dense([]string{text})) {
								t.Errorf("at %d×%d the pane lacks %q:\n%s", size[0], size[1], text, d.screen())
							}
						}
					}
					d.keys("?")
					for _, text := range f.whole {
						if !strings.Contains(dense(d.root.over.(*helpScreen).lines), dense([]string{text})) {
							t.Errorf("the help lacks %q:\n%s", text, strings.Join(d.root.over.(*helpScreen).lines, "\n"))
						}
					}
					d.has("What fails now")
					d.keys("esc")

					cloud.Heal(m.name)
					d.resize(120, 40)
					d.wait(130 * time.Second)
					d.has("● live", "shop-api")
					d.lacks("as of ", "gcloud projects add", "did not answer", "unknown: ", "What fails now")
					if wrong := d.root.wrong(); len(wrong) > 0 {
						t.Errorf("still wrong: %v", wrong)
					}
					if cloud.OpenTails() != 1 {
						t.Errorf("%d tails are open", cloud.OpenTails())
					}
				})
			})
		}
	}
}

// resize gives the screen another size and waits until it has settled.
func (d *driver) resize(w, h int) {
	d.send(tea.WindowSizeMsg{Width: w, Height: h})
	d.wait(2 * sizeTime)
}

// TestARoleThatMayNotBeReadHealsByItself: beside the member whom it concerns, with what to do.
func TestARoleThatMayNotBeReadHealsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		cloud.Fail("GetRole", demo.PermissionDenied("iam.roles.get", "projects/acme-prod"))
		d := drive(t, cloud, 120, 40)
		d.choose("edge-gateway")
		d.keys("2", "enter")
		for _, text := range []string{"iam.roles.get", "gcloud projects add-iam-policy-binding acme-prod --role=roles/iam.roleViewer"} {
			if !strings.Contains(dense(d.root.access.lines), dense([]string{text})) {
				t.Errorf("the pane lacks %q:\n%s", text, d.screen())
			}
		}
		cloud.Heal("GetRole")
		d.wait(3 * time.Minute)
		if shown := dense(d.root.access.lines); strings.Contains(shown, "iam.roles.get") || strings.Contains(shown, "rolenotread") {
			t.Errorf("not healed:\n%s", d.screen())
		}
	})
}

// TestEveryErrorFromTheStart: the same where nothing was known before: the pane says what to do in every size, nothing is counted that
// is not known, and the screen is right without a key once the cause is gone.
func TestEveryErrorFromTheStart(t *testing.T) {
	for i, m := range faultedMethods {
		for j, f := range errorTable {
			if m.name == "TailLogEntries" && f.err == nil {
				continue // a tail that says nothing is a quiet one
			}
			if spared(i, j) {
				continue
			}
			t.Run(m.name+", "+f.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					cloud := demo.New(demo.InMemory())
					f.inject(cloud, m)
					d := drive(t, cloud, 120, 40)
					d.wait(75 * time.Second)
					for _, size := range [][2]int{{120, 40}, {80, 24}, {40, 12}} {
						d.resize(size[0], size[1])
						d.keys(m.pane)
						shown := d.root.pane[d.root.at].View(true)
						for _, text := range f.says(m) {
							if !strings.Contains(dense(shown), dense([]string{text})) {
								t.Errorf("at %d×%d the pane lacks %q:\n%s", size[0], size[1], text, d.screen())
							}
						}
						d.lacks(": 0 refused")
						if m.name == "ListLogEntries" && d.root.logged() == logWhole {
							t.Errorf("the log is known:\n%s", d.screen())
						}
					}
					d.keys("?")
					d.has("What fails now")
					d.keys("esc")
					cloud.Heal(m.name)
					d.resize(120, 40)
					d.wait(130 * time.Second)
					d.has("● live", "shop-api")
					d.lacks("as of ", "gcloud projects add", "did not answer", "unknown: ", "log not read", "?      ?")
					if wrong := d.root.wrong(); len(wrong) > 0 {
						t.Errorf("still wrong: %v", wrong)
					}
					if cloud.OpenTails() != 1 {
						t.Errorf("%d tails are open", cloud.OpenTails())
					}
				})
			})
		}
	}
}
