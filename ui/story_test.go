package ui

import (
	"fmt"
	"testing"
	"testing/synctest"

	"why401/gcp/demo"
)

// TestSeedQuestion is the question the tool began with: a Firebase ID token, the project id as custom audience,
// allAuthenticatedUsers as invoker, and still 401. The answer stands on the screen after one key, at every size.
func TestSeedQuestion(t *testing.T) {
	for _, size := range []struct{ w, h int }{{120, 40}, {80, 24}, {40, 12}} {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				at := fmt.Sprintf("-%dx%d", size.w, size.h)
				d := drive(t, demo.New(demo.InMemory()), size.w, size.h)
				d.golden("services" + at)
				d.keys("2")
				d.golden("access" + at)
				d.keys("enter")
				d.golden("access-full" + at)
				d.keys("esc")
				d.keys("4")
				d.golden("refused" + at)
				d.keys("enter")
				d.golden("entry" + at)
				d.keys("esc", "1", "d")
				d.golden("seed" + at)
				d.has("401", "issuer", "Google-signed", "audience")
				d.keys("3", "enter")
				d.golden("seed-zoomed" + at)
				d.keys("?")
				d.golden("help" + at)
			})
		})
	}
}
