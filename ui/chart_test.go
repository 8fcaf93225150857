package ui

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"why401/gcp/demo"
)

func TestANarrowChartIsOfTheSameRefusals(t *testing.T) {
	sum := func(counts []int) (n int) {
		for _, c := range counts {
			n += c
		}
		return n
	}
	for n := range 30 {
		counts := []int{}
		for i := range n {
			counts = append(counts, i*i%7)
		}
		for cells := range 30 {
			got := narrowed(counts, cells)
			if sum(got) != sum(counts) || cells > 0 && len(got) > cells {
				t.Errorf("%v in %d cells: %v", counts, cells, got)
			}
		}
	}
	if got := narrowed([]int{1, 2, 3, 4}, 2); !slices.Equal(got, []int{3, 7}) {
		t.Errorf("%v", got)
	}
}

// TestServicesHaveTheirChart: where there is room for it each service has its refusals over the window beside it.
func TestServicesHaveTheirChart(t *testing.T) {
	for _, w := range []int{80, 120, 150, 200} {
		synctest.Test(t, func(t *testing.T) {
			d := drive(t, demo.New(demo.InMemory()), w, 40)
			head := strings.Split(d.root.services.View(false)[0], "403")
			if len(head) != 2 || !strings.Contains(head[1], "15m") {
				t.Errorf("at %d cells the list has the columns %q", w, head)
			}
		})
	}
}

// TestTheMomentsOfChangeStandAtTheChart: in the title of the pane, in the timeline of a zoomed one also at 80×24. A change that failed changed
// nothing, and a filter is what its title has room for.
func TestTheMomentsOfChangeStandAtTheChart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.lacks("▲23:") // of the shop nothing was changed in this window
		d.choose("public-site")
		d.has("17×403       █▃▂ ▃▃▃▃  ▲23:51 IAM changed ──")
		d.lacks("▲23:55")
		d.keys("4", "/", "g", "e", "t", "enter")
		d.lacks("▲23:51")
		d.keys("esc", "a")
		d.has("▲23:58 partner-api IAM changed ──")
		d.keys("a", "]")
		d.has("▲23:51 IAM changed ──") // after which they began, and the newest
		d.lacks("▲23:08")
	})
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 80, 24)
		d.choose("public-site")
		d.keys("4", "enter")
		d.golden("began-80x24")
		d.has("│23:45 ", " ▲ ", "▲ began 23:52")
	})
}

func TestTheChangeBeforeTheRefusalsIsNamedBesideTheNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		cloud.EmitChange(demo.Change{Service: "public-site", Method: "google.cloud.run.v1.Services.ReplaceService", Time: time.Now().Add(-time.Minute), Settings: cloud.Service("public-site")})
		d := drive(t, cloud, 160, 40)
		d.choose("public-site")
		d.has("▲23:51 IAM changed ▲23:59 deployed ──")
	})
}
