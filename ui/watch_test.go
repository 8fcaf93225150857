package ui

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"why401/gcp/demo"
)

// TestATailThatNoLongerHearsIsFoundOut: it stands and says nothing, while requests are refused. What it did not tell is in the list
// within minutes, and the next tail tells again.
func TestATailThatNoLongerHearsIsFoundOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		cloud.Slow("TailLogEntries", 10*time.Hour)
		d := drive(t, cloud, 120, 40)
		d.wait(time.Minute)
		cloud.Heal("TailLogEntries") // the open one stays deaf
		d.has("● live")
		cloud.Emit(demo.Refusal{Service: "shop-api", ID: "unheard", Status: 401, URL: "/unheard", Time: time.Now()})
		d.wait(time.Second)
		d.lacks("/unheard")
		d.wait(3 * time.Minute)
		d.has("/unheard", "● live")
		if n := cloud.OpenTails(); n != 1 {
			t.Errorf("%d tails hear", n)
		}
		cloud.Emit(demo.Refusal{Service: "shop-api", ID: "heard", Status: 401, URL: "/heard", Time: time.Now()})
		d.wait(5 * time.Second)
		d.has("/heard")
	})
}

// TestATailThatIsQuietIsLeftAlone: nothing is refused for hours, then a request now and then; the tail is replaced before its hour
// and for no other reason, and the log is read once in two minutes.
func TestATailThatIsQuietIsLeftAlone(t *testing.T) {
	for _, window := range []time.Duration{time.Minute, 15 * time.Minute} {
		t.Run(window.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(1))
				d := drive(t, cloud, 120, 40, func(o *Options) { o.Since = window })
				name := d.root.services.rows[0].service.Name
				d.wait(10 * time.Second)
				opened, listed := cloud.Calls("TailLogEntries"), cloud.Calls("ListLogEntries")
				d.wait(25 * time.Minute)
				for i := range 10 {
					cloud.Emit(demo.Refusal{Service: name, ID: fmt.Sprint("now and then", i), Time: time.Now().Add(-5 * time.Second)})
					d.wait(150 * time.Second)
				}
				if n := cloud.Calls("TailLogEntries") - opened; n != 0 {
					t.Errorf("%d tails were opened", n)
				}
				if n := cloud.Calls("ListLogEntries") - listed; n < 10 || n > 26 {
					t.Errorf("the log was listed %d times in fifty minutes", n)
				}
			})
		})
	}
}
