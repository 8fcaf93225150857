package ui

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
	"why401/gcp/demo"
)

// clipboard is what was last sent to the terminal's clipboard.
func (d *driver) clipboard() string {
	d.t.Helper()
	want := typeName(tea.SetClipboard("")())
	for i := len(d.sent) - 1; i >= 0; i-- {
		if typeName(d.sent[i]) == want {
			return fmt.Sprint(d.sent[i])
		}
	}
	return ""
}

func TestReportIsCopiedFromTheScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("R")
		d.golden("handover-120x40")
		d.keys("c")
		d.has("the report was sent to the terminal's clipboard")
		text := d.clipboard()
		for _, want := range []string{"# Refused requests of `shop-api`", "Callers probably send Firebase ID tokens", "198.51.100.77", "303 requests"} {
			if !strings.Contains(text, want) {
				t.Errorf("it lacks %q:\n%s", want, text)
			}
		}
		soundMarkdown(t, text)
		if strings.Contains(text, "A token that was tried") || strings.Contains(text, "may be missing") {
			t.Errorf("it tells of a token, or of something unread:\n%s", text)
		}
		d.keys("R", "m")
		if text := d.clipboard(); strings.Contains(text, "198.51.100.77") || !strings.Contains(text, "ip-1") {
			t.Errorf("it is not masked:\n%s", text)
		}
		d.keys("R", "a")
		d.has("Incident report: the whole project", "of shop-api alone")
		d.keys("a")
		d.has("Incident report: shop-api in europe-west1")
		d.keys("esc")
		d.has("Services", "Refused")
	})
}

// TestReportSaysTheSameWithAndWithoutTheScreen: the screen knows what a report alone reads.
func TestReportSaysTheSameWithAndWithoutTheScreen(t *testing.T) {
	var screen, alone string
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.choose("public-site")
		d.keys("R", "c")
		screen = d.clipboard()
	})
	synctest.Test(t, func(t *testing.T) {
		var err error
		if alone, err = reported(t, demo.New(demo.InMemory()), reportOn("public-site")); err != nil {
			t.Fatal(err)
		}
	})
	if screen != alone {
		t.Errorf("--- on the screen\n%s\n--- alone\n%s", screen, alone)
	}
}

// TestReportAsksForWhatStandsInFront: the choice of a report has the load balancers read, once; one that is made before they have come
// says so, and so does one after they could not be had.
func TestReportAsksForWhatStandsInFront(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		slowParts(d.cloud, 5*time.Second)
		d.choose("shop-api")
		reads := func(name string, calls int, has string) {
			t.Helper()
			d.keys("R", "c")
			if text := d.clipboard(); !strings.Contains(text, "### In front\n\n"+has) {
				t.Errorf("%s: it lacks %q:\n%s", name, has, text)
			}
			if n := d.cloud.Calls(listMaps); n != calls {
				t.Errorf("%s: %d calls", name, n)
			}
		}
		reads("at once", 1, "- Not read: the load balancers: they are being read")
		d.wait(6 * time.Second)
		reads("later", 1, "- `acme-lb` (global external)")
		failParts(d.cloud, demo.Disabled("compute.googleapis.com"))
		slowParts(d.cloud, 0)
		d.wait(11 * time.Minute)
		d.keys("R", "esc")
		d.wait(time.Second)
		reads("after they could not be read again", 2, "- `acme-lb` (global external)")
		if text := d.clipboard(); !strings.Contains(text, "- Not read: the load balancers as they are now: read the load balancers: `compute.googleapis.com` is off") {
			t.Errorf("it does not tell that they are old:\n%s", text)
		}
	})
}

// TestReportOfTwoProjects: a service's own project stands in it, whichever was named first, and each service's where it is of all.
func TestReportOfTwoProjects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		d := drive(t, cloud, 120, 40, several(cloud, func(c *gcp.Config) { c.Also = []string{"acme-staging"} }))
		d.keys("/")
		d.send(tea.PasteMsg{Content: "shop-api acme-staging"})
		d.keys("enter", "R", "c")
		text := d.clipboard()
		for _, want := range []string{"- Project: `acme-staging`", "## `shop-api` in `europe-west1` of `acme-staging`"} {
			if !strings.Contains(text, want) {
				t.Errorf("it lacks %q:\n%s", want, text)
			}
		}
		if strings.Contains(text, "project=acme-prod") {
			t.Error("an address or a command of another project is in it")
		}
		text = string(d.root.dossier(place{}).report(false).markdown())
		for _, want := range []string{"- Project: `acme-prod, acme-staging`", "## `shop-api` in `europe-west1` of `acme-staging`", "## `shop-api` in `europe-west1` of `acme-prod`"} {
			if !strings.Contains(text, want) {
				t.Errorf("of both it lacks %q", want)
			}
		}
		soundMarkdown(t, text)
	})
}

// TestReportOfAHeldToken: kind, verdict and what failed stand in it; nothing of the token does, nor a what-if, nor, masked, who it is.
func TestReportOfAHeldToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		token := d.sampleOf("shop-api", "firebase")
		d.send(tea.PasteMsg{Content: token})
		d.keys("w", "3", "enter") // a what-if is no fact
		d.has("WHAT IF")
		d.keys("R", "c")
		text := d.clipboard()
		for _, want := range []string{"## A token that was tried", "Firebase ID token, its signature verified", "**Predicted: 401**", "`clm.iss`", "Way out", "gcloud run services"} {
			if !strings.Contains(text, want) {
				t.Errorf("it lacks %q:\n%s", want, text)
			}
		}
		soundMarkdown(t, text)
		d.keys("R", "m")
		masked := d.clipboard()
		for _, c := range d.root.token.token.Claims() {
			if (c.Name == "sub" || c.Name == "email" || c.Name == "user_id") && strings.Contains(masked, c.Value) {
				t.Errorf("%s stands in a masked report", c.Name)
			}
		}
		for i := 0; i+16 <= len(token); i += 4 {
			if strings.Contains(text+masked, token[i:i+16]) {
				t.Fatal("a part of the token is in the report")
			}
		}
		d.choose("status")
		d.keys("R", "c")
		if text := d.clipboard(); !strings.Contains(text, "Predicted: 200") {
			t.Errorf("it does not follow the selection:\n%s", text)
		}
		d.keys("x", "R", "c")
		if strings.Contains(d.clipboard(), "A token that was tried") {
			t.Error("a forgotten token stands in it")
		}
	})
}

func TestReportIsWrittenFromTheScreen(t *testing.T) {
	t.Chdir(t.TempDir())
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("R", "w")
		d.has("written to why401-shop-api-20000101T0000Z.md")
		d.keys("R", "W")
		d.has("written to why401-shop-api-20000101T0000Z-2.md")
		info, err := os.Stat("why401-shop-api-20000101T0000Z.md")
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		plain, _ := os.ReadFile("why401-shop-api-20000101T0000Z.md")
		masked, _ := os.ReadFile("why401-shop-api-20000101T0000Z-2.md")
		if !strings.Contains(string(plain), "198.51.100.77") || strings.Contains(string(masked), "198.51.100.77") {
			t.Error("the second alone should be masked")
		}
		for n := 3; n <= mostNames; n++ {
			d.keys("R", "w")
		}
		d.keys("R", "w")
		d.has("is there already, and is never overwritten")
		if again, _ := os.ReadFile("why401-shop-api-20000101T0000Z.md"); string(again) != string(plain) {
			t.Error("a report was written over")
		}
	})
}

// TestReportIsWrittenAsJSONFromTheScreen: a token that is held stands in it as its credential, and nothing of the token does; masked, not
// who it is either. The command never has one.
func TestReportIsWrittenAsJSONFromTheScreen(t *testing.T) {
	t.Chdir(t.TempDir())
	type written struct {
		Schema     string
		Masked     bool
		Credential *struct {
			Kind, Service, Way string
			KindVerified       bool
			Verdict            struct{ Status int }
			Failed             []struct{ ID string }
		}
	}
	read := func(name string) (w written, text string) {
		b, err := os.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(b, &w)
		}
		if err != nil {
			t.Error(err)
		}
		return w, string(b)
	}
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("R", "j")
		d.has("written to why401-shop-api-20000101T0000Z.json")
		if w, _ := read("why401-shop-api-20000101T0000Z.json"); w.Schema != reportSchema || w.Credential != nil || w.Masked {
			t.Errorf("without a token: %+v", w)
		}
		token := d.sampleOf("shop-api", "firebase")
		d.send(tea.PasteMsg{Content: token})
		d.keys("R", "j")
		w, plain := read("why401-shop-api-20000101T0000Z-2.json")
		if c := w.Credential; c == nil || c.Verdict.Status != 401 || c.Service != "shop-api" || !c.KindVerified || len(c.Failed) == 0 || c.Failed[0].ID != "clm.iss" || c.Way == "" {
			t.Errorf("of a token: %+v", c)
		}
		d.keys("R", "J")
		w, masked := read("why401-shop-api-20000101T0000Z-3.json")
		if !w.Masked || w.Credential == nil || strings.Contains(masked, "198.51.100.77") || !strings.Contains(plain, "198.51.100.77") {
			t.Error("the last one alone should be masked")
		}
		for _, c := range d.root.token.token.Claims() {
			if (c.Name == "sub" || c.Name == "email" || c.Name == "user_id") && strings.Contains(masked, c.Value) {
				t.Errorf("%s stands in a masked report", c.Name)
			}
		}
		for i := 0; i+16 <= len(token); i += 4 {
			if strings.Contains(plain+masked, token[i:i+16]) {
				t.Fatal("a part of the token is in the report")
			}
		}
	})
}

// TestTheChoiceOfAReportFitsEveryScreen.
func TestTheChoiceOfAReportFitsEveryScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 40, 12)
		d.keys("R")
		d.golden("handover-40x12")
		d.has("c  copy it as Markdown", "j  write it as JSON", "J  ", "a  of the whole project")
	})
}

func TestReportIntoADirectoryThatCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	if err := os.Remove(dir); err != nil {
		t.Skip(err)
	}
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("R", "w")
		d.has("write the report: open why401-shop-api-20000101T0000Z.md: no such file or directory")
	})
}

// TestALongReportGoesToAFile: more than a terminal's clipboard takes is said, and written.
func TestALongReportGoesToAFile(t *testing.T) {
	t.Chdir(t.TempDir())
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		d := drive(t, cloud, 160, 40)
		for i := range 400 {
			cloud.Emit(demo.Refusal{Service: "shop-api", URL: "/" + strings.Repeat("long-", 12) + string(rune('a'+i%26)) + "/" + strings.Repeat("way/", 150), UserAgent: "agent" + string(rune('a'+i%26)) + "/1"})
			cloud.Emit(demo.Refusal{Service: "billing", URL: "/" + strings.Repeat("way-", 400) + string(rune('a'+i%26))})
		}
		d.wait(4 * time.Second)
		d.keys("4", "a", "R", "c")
		d.has("too long for a terminal's clipboard (74994 bytes at most): written to why401-acme-prod-20000101T0000Z.md")
		if text, err := os.ReadFile("why401-acme-prod-20000101T0000Z.md"); err != nil || len(text) <= mostClipboard {
			t.Errorf("%d bytes, %v", len(text), err)
		}
		if d.clipboard() != "" {
			t.Error("something was sent to the clipboard")
		}
	})
}

// TestReportOfWhatIsNotReadYet: while the log is unread the report says so, and judges nothing by it.
func TestReportOfWhatIsNotReadYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		cloud.Fail("ListLogEntries", demo.PermissionDenied("logging.logEntries.list", "projects/acme-prod"))
		d := drive(t, cloud, 120, 40)
		d.choose("ledger")
		d.keys("R", "c")
		text := d.clipboard()
		for _, want := range []string{"may be missing", "the log, or some of it", "logging.logEntries.list", "Not known: the log was not read."} {
			if !strings.Contains(text, want) {
				t.Errorf("it lacks %q:\n%s", want, text)
			}
		}
	})
}

// TestAReportOfOneOfSeveralProjectsNamesIt: a service of the same name in another project is another service.
func TestAReportOfOneOfSeveralProjectsNamesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		d := drive(t, cloud, 120, 40, several(cloud, func(c *gcp.Config) { c.Also = []string{"acme-staging"} }))
		d.keys("R")
		d.has("Incident report: acme-prod/shop-api in europe-west1", "of all projects")
		d.keys("a")
		d.has("Incident report: all projects", "of acme-prod/shop-api alone")
		d.lacks("the whole project")
	})
}
