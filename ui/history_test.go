package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	"github.com/charmbracelet/x/ansi"

	"why401/gcp"
	"why401/gcp/demo"
)

// TestAChangeIsShownAndWhatItTouchedIsReadAgain: somebody takes the invoker away while the screen is up. The change stands in
// the log with who did it, and the service's policy and door are those of after it.
func TestAChangeIsShownAndWhatItTouchedIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.choose("mobile-bff")
		d.has("public")
		d.wait(time.Minute)
		d.cloud.SetPolicy("mobile-bff", &iampb.Binding{Role: "roles/run.viewer", Members: []string{"user:ann@acme.example"}})
		d.wait(10 * time.Second)
		d.has("▲", "removed allUsers from roles/run.invoker", "nobody by a binding of the service itself")
		if got := d.cloud.Calls("ListServices"); got > 60 {
			t.Errorf("services were listed %d times over", got)
		}
	})
}

// TestWhatBeganItStandsInTheLog: the removal of allUsers stands before the refusals that it began.
func TestWhatBeganItStandsInTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.choose("public-site")
		d.keys("4", "enter", "g")
		d.has("sec.review@acme.example removed allUsers from roles/run.invoker")
		d.has("began 23:5", "after sec.review@acme.example removed allUsers from roles/run.invoker")
		d.golden("change-120x40")
	})
}

// TestAGrantMadeMinutesAgoLeavesDoubt: the audit log tells when the policy was changed, and a change takes minutes to spread.
func TestAGrantMadeMinutesAgoLeavesDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.choose("partner-api")
		d.keys("d")
		d.has("predicted 200 or 403", "spread")
		d.wait(10 * time.Minute)
		d.has("predicted 200 ")
	})
}

// TestAChangeInFullSaysWhatWasDone: grants with their conditions, and what failed as what was tried.
func TestAChangeInFullSaysWhatWasDone(t *testing.T) {
	grants := func(c *gcp.Change) {
		c.Added = []gcp.Grant{{Role: "roles/run.invoker", Member: "allUsers", Condition: "until spring"}}
		c.Removed = []gcp.Grant{{Role: "roles/run.viewer", Member: "user:a"}}
	}
	for _, c := range []struct {
		failed     string
		has, lacks []string
	}{
		{"", []string{"Added allUsers to roles/run.invoker under the condition until spring\n", "Removed user:a from roles/run.viewer\n"}, []string{"Tried", "Failed"}},
		{"FailedPrecondition", []string{"Tried to add allUsers to roles/run.invoker under the condition until spring\n", "Tried to remove user:a from roles/run.viewer\n", "Failed FailedPrecondition"},
			[]string{"Added", "Removed"}},
	} {
		change := gcp.Change{Kind: gcp.ChangePolicy, Compared: true, Failed: c.failed}
		grants(&change)
		p := &refusedPane{th: spokenTheme(), w: 200}
		var lines []string
		for _, l := range p.explainChange(changeRow(change))[1:] {
			lines = append(lines, strings.Join(strings.Fields(ansi.Strip(l)), " "))
		}
		text := strings.Join(lines, "\n") + "\n"
		for _, want := range c.has {
			if !strings.Contains(text, want) {
				t.Errorf("failed %q: it lacks %q:\n%s", c.failed, want, text)
			}
		}
		for _, not := range c.lacks {
			if strings.Contains(text, not) {
				t.Errorf("failed %q: it has %q:\n%s", c.failed, not, text)
			}
		}
	}
}
