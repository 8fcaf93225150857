package ui

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"why401/gcp/demo"
)

// While the list is paused a filter, the scope and the groups work on what was there, and what comes in is counted but not shown.
func TestAPausedListStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory(), demo.Empty(), demo.Services(1)), 120, 40)
		d.cloud.Emit(demo.Refusal{Service: "service-00000", URL: "/old/cart"}, demo.Refusal{Service: "service-00000", URL: "/old/pay", Status: 403})
		d.wait(3 * time.Second)
		d.keys("4", "a", "space")
		d.has("1×401", "1×403", "paused, 0 new")
		d.cloud.Emit(demo.Refusal{Service: "service-00000", URL: "/new/cart"})
		d.wait(3 * time.Second)
		d.has("1×401", "paused, 1 new")
		d.lacks("/new/cart")
		d.keys("/", "c", "a", "r", "t", "enter")
		d.has("/old/cart", "paused, 1 new")
		d.lacks("/new/cart", "/old/pay")
		d.keys("esc", "v")
		d.has("2 groups, paused, 1 new")
		d.lacks("/new/cart")
		d.keys("v", "space")
		d.has("/new/cart", "2×401", "following")
	})
}

// Another window is asked for to see what is in it: the list does not go on standing still.
func TestAnotherWindowEndsAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(1))
		cloud.Emit(demo.Refusal{Service: "service-00000", URL: "/early", Time: time.Now().Add(-30 * time.Minute), Received: time.Now().Add(-30 * time.Minute)})
		d := drive(t, cloud, 120, 40)
		d.keys("4", "a", "space")
		d.lacks("/early")
		d.keys("]")
		d.wait(5 * time.Second)
		d.has("/early", "1×401")
		d.lacks("paused")
	})
}

// A group whose entries have left the window says so, and does not speak of the project.
func TestAnOpenGroupThatIsLeftEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory(), demo.Empty(), demo.Services(1)), 120, 40)
		d.cloud.Emit(demo.Refusal{Service: "service-00000", URL: "/old", Time: time.Now().Add(-10 * time.Minute), Received: time.Now()})
		d.cloud.Emit(demo.Refusal{Service: "service-00000", URL: "/new"}, demo.Refusal{Service: "service-00000", URL: "/new"})
		d.wait(3 * time.Second)
		d.keys("4", "a", "v", "down", "enter")
		d.has("/old", "one group")
		d.keys("[")
		d.wait(time.Second)
		d.has("nothing of this group is left in the last 5m; esc goes back to the groups")
		d.lacks("No 401 or 403")
		d.keys("esc")
		d.has("1 group")
	})
}

// What has no group of its own, since there are too many, opens like every group.
func TestTheGroupOfOtherRequestsOpens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory(), demo.Empty(), demo.Services(1)), 120, 40)
		var many []demo.Refusal
		for i := range 10_050 {
			many = append(many, demo.Refusal{Service: "service-00000", URL: "/made/up/" + madeUp(i)})
		}
		d.cloud.Emit(many...)
		d.wait(10 * time.Second)
		d.keys("4", "a", "v")
		rows := d.root.refused.groups.rows
		if len(rows) != 10_001 || !rows[0].Key.Other {
			t.Fatalf("%d groups, the first is %+v", len(rows), rows[0])
		}
		d.has("other requests", "too many kinds")
		d.lacks("unclear")
		d.keys("enter")
		if got := len(d.root.refused.shown); got != 50 {
			t.Errorf("the group of 50 opens to %d entries", got)
		}
		d.has(fmt.Sprintf("/made/up/%s", madeUp(10_049)))
	})
}
