package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"why401/gcp/demo"
)

// hasLines fails unless lines hold every text, wherever they are wrapped.
func (d *driver) hasLines(lines []string, texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		if !strings.Contains(dense(lines), dense([]string{text})) {
			d.t.Errorf("it lacks %q:\n%s", text, strings.Join(lines, "\n"))
		}
	}
}

// lacksLines fails if lines hold any text.
func (d *driver) lacksLines(lines []string, texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		if strings.Contains(dense(lines), dense([]string{text})) {
			d.t.Errorf("it has %q:\n%s", text, strings.Join(lines, "\n"))
		}
	}
}

// help is the text of the help as it is now.
func (d *driver) help() []string {
	d.keys("?")
	lines := d.root.over.(*helpScreen).lines
	d.keys("esc")
	return lines
}

// managed are the calls of the Resource Manager.
var managed = []string{"GetProject", "Projects.GetIamPolicy", "GetFolder", "Folders.GetIamPolicy", "GetOrganization", "Organizations.GetIamPolicy"}

// TestWhatIsHandedDownSaysWhatToDo: an API that is off is a fault, with its command in the pane and in the help; a permission that
// few have is none, and its command stands where there is room for it. Both heal by themselves.
func TestWhatIsHandedDownSaysWhatToDo(t *testing.T) {
	off := demo.Disabled("cloudresourcemanager.googleapis.com")
	const enable = "gcloud services enable cloudresourcemanager.googleapis.com --project acme-prod"
	for _, c := range []struct {
		name         string
		err          error
		pane, full   []string // what is said in short, and besides where the pane is alone
		help         string   // the part of the help
		hint, unlike string
	}{
		{"the API is off", off, []string{"is off in this project", "To do", enable}, nil, "What fails now", enable, "What more permissions"},
		{"Google cannot answer", demo.Unavailable(), []string{"cannot answer just now", "To do", "try again in a minute"}, nil, "What fails now", "try again in a minute", "What more permissions"},
		{"a permission is missing", demo.PermissionDenied("resourcemanager.folders.getIamPolicy", "folders/710000000042"),
			[]string{"resourcemanager.folders.getIamPolicy shows it (roles/iam.securityReviewer)"},
			[]string{"To do", "--role=roles/iam.securityReviewer"}, "What more permissions would show", "--role=roles/iam.securityReviewer", "What fails now"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := demo.New(demo.InMemory())
				cloud.Heal("Organizations.GetIamPolicy") // the story's own denials
				cloud.Heal("ListPolicies")
				for _, m := range managed {
					if c.help == "What fails now" || m == "Folders.GetIamPolicy" {
						cloud.Fail(m, c.err)
					}
				}
				d := drive(t, cloud, 120, 40)
				d.wait(20 * time.Second) // with the attempts that a call makes by itself
				d.hasLines(d.root.access.lines, c.pane...)
				if c.full != nil {
					d.lacksLines(d.root.access.lines, "To do")
				}
				d.keys("2", "enter")
				for _, size := range [][2]int{{120, 40}, {80, 24}, {40, 12}} {
					d.resize(size[0], size[1])
					d.hasLines(d.root.access.lines, append(c.pane, c.full...)...)
					if c.full == nil { // a failure is seen without scrolling
						d.hasLines(d.root.access.View(true), c.hint)
					}
				}
				d.hasLines(d.help(), c.help, c.hint)
				d.lacksLines(d.help(), c.unlike)
				for _, m := range managed {
					cloud.Heal(m)
				}
				d.wait(3 * time.Minute)
				d.lacksLines(d.root.access.lines, "Not read", "To do")
				d.lacksLines(d.help(), "What fails now", "What more permissions")
			})
		})
	}
}

// TestWhatWasHandedDownKeepsItsAge: what was read stays when it cannot be read again, with when that was, and why.
func TestWhatWasHandedDownKeepsItsAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		d := drive(t, cloud, 120, 40)
		d.hasLines(d.root.access.lines, "Above", "folder Shops (710000000042) lets 1 member in too")
		d.wait(time.Minute)
		cloud.Fail("GetProject", demo.Unavailable())
		cloud.Fail("Projects.GetIamPolicy", demo.Unavailable())
		d.keys("r")
		d.wait(time.Minute)
		d.hasLines(d.root.access.lines, "folder Shops (710000000042) lets 1 member in too", "as of 00:0", "cannot answer just now", "To do")
		d.hasLines(d.help(), "What fails now", "cannot answer just now")
		cloud.Heal("GetProject")
		cloud.Heal("Projects.GetIamPolicy")
		d.wait(2 * time.Minute)
		d.lacksLines(d.root.access.lines, "as of", "cannot answer just now")
	})
}

// TestAPartlyReadFrontHealsSoon: what is not whole is read again after a minute while it is looked at, not after ten.
func TestAPartlyReadFrontHealsSoon(t *testing.T) {
	for _, c := range []struct {
		name  string
		err   error
		says  []string
		fails bool
	}{
		{"Google cannot answer", demo.Unavailable(), []string{"backend services", "cannot answer just now"}, true},
		{"a permission is missing", demo.PermissionDenied("compute.backendServices.list", "projects/acme-prod"), []string{"compute.backendServices.list", "--role=roles/compute.viewer", "To do"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := demo.New(demo.InMemory())
				cloud.Heal("Organizations.GetIamPolicy")
				cloud.Heal("ListPolicies")
				cloud.Fail("compute.backendServices.aggregatedList", c.err)
				d := drive(t, cloud, 80, 24)
				d.keys("2")
				d.wait(30 * time.Second)
				d.hasLines(d.root.access.lines, c.says...)
				if found := strings.Contains(dense(d.help()), "Whatfailsnow"); found != c.fails {
					t.Errorf("it is said to fail now: %v", found)
				}
				d.hasLines(d.help(), c.says[1])
				cloud.Heal("compute.backendServices.aggregatedList")
				d.wait(frontRetry + 75*time.Second)
				d.lacksLines(d.root.access.lines, "Not read", "cannot answer", "To do")
				d.lacksLines(d.help(), "What fails now", "What more permissions")
				calls := cloud.Calls("compute.urlMaps.aggregatedList")
				d.wait(5 * time.Minute)
				if n := cloud.Calls("compute.urlMaps.aggregatedList") - calls; n > 0 {
					t.Errorf("what is whole was read %d times again within five minutes", n)
				}
			})
		})
	}
}

// TestAFrontThatWasReadKeepsItsAge: as what is handed down does.
func TestAFrontThatWasReadKeepsItsAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		d := drive(t, cloud, 80, 24)
		d.keys("2")
		d.wait(10 * time.Second)
		d.hasLines(d.root.access.lines, "In front", "acme-lb")
		for _, m := range []string{"urlMaps", "backendServices", "networkEndpointGroups", "forwardingRules", "targetHttpProxies", "targetHttpsProxies", "sslCertificates"} {
			cloud.Fail("compute."+m+".aggregatedList", demo.Unavailable())
		}
		d.keys("r")
		d.wait(time.Minute)
		d.hasLines(d.root.access.lines, "acme-lb", "as of 00:0", "cannot answer just now", "To do", "try again in a minute")
		for _, m := range []string{"urlMaps", "backendServices", "networkEndpointGroups", "forwardingRules", "targetHttpProxies", "targetHttpsProxies", "sslCertificates"} {
			cloud.Heal("compute." + m + ".aggregatedList")
		}
		d.wait(3 * time.Minute)
		d.lacksLines(d.root.access.lines, "as of", "cannot answer")
	})
}
