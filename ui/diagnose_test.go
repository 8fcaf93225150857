package ui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
	"why401/gcp/demo"
)

// TestAStormIsDiagnosedOnceASecond: not with every entry; and the last ones count too, though nothing comes after them.
func TestAStormIsDiagnosedOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(1))
		d := drive(t, cloud, 120, 40)
		made, last := 0, (*gcp.Diagnosis)(nil)
		handle := d.update
		d.update = func(m tea.Msg) tea.Cmd {
			if own, _ := m.(dated); isLost(own.msg) {
				return nil // a terminal that never answers is not asked behind every frame
			}
			cmd := handle(m)
			if now := d.root.token.diagnosis; now != last {
				made, last = made+1, now
			}
			return cmd
		}
		d.wait(10 * time.Second)
		made = 0
		const seconds, rate = 5, 30
		selected, _ := d.root.services.selection()
		for i := range seconds*rate + rate/2 {
			e := gcp.Entry{ID: fmt.Sprint(i), Time: time.Now(), Project: selected.Project, Service: selected.Name, Region: selected.Region, Status: 401, Text: "The request was not authorized to invoke this service."}
			d.send(entriesArrived{attempt: d.root.stream.attempt - 1, refusals: ingest([]gcp.Entry{e})}) // of a tail that is over: kept, and no more is asked of it
			d.wait(time.Second / rate)
		}
		if made < seconds-2 || made > seconds+1 {
			t.Errorf("%d diagnoses in %d seconds of a storm", made, seconds)
		}
		d.wait(1100 * time.Millisecond)
		if says := strings.Join(last.For, "\n"); !strings.Contains(says, "165 refusals with 401") {
			t.Errorf("after the storm it is of fewer: %s", says)
		}
	})
}

func isLost(m tea.Msg) bool {
	_, is := m.(answerLost)
	return is
}

// TestADiagnosisGrowsOldWithoutNews: that a storm is over shows in the time alone.
func TestADiagnosisGrowsOldWithoutNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(1))
		for i := range 10 {
			cloud.Emit(demo.Refusal{Service: "service-00000", Status: 401, Time: time.Now().Add(-time.Duration(i+70) * time.Second)})
		}
		for _, m := range []string{"Organizations.GetIamPolicy", "ListPolicies"} {
			cloud.Heal(m) // or they are tried again all the time
		}
		d := drive(t, cloud, 120, 40, func(o *Options) { o.Since = time.Hour })
		d.wait(10 * time.Second)
		d.keys("3", "enter")
		d.lacks("it may be over")
		d.wait(9 * time.Minute) // before the policies are read again
		d.has("the last of them was at 23:58: it may be over")
	})
}
