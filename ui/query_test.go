package ui

import (
	"strings"
	"testing"
	"time"

	"why401/gcp"
)

func TestFilterTerms(t *testing.T) {
	at := time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	e := &refusal{
		Entry: gcp.Entry{Status: 401, Method: "GET", Service: "shop-api", Region: "europe-west1", RemoteIP: "198.51.100.7", Time: at.Add(-4 * time.Minute)},
		by:    gcp.App, path: "/api/Cart", caller: "curl", short: "the container answered",
	}
	for _, c := range []struct {
		filter string
		want   bool
	}{
		{"", true},
		{"cart", true},
		{"401 app shop", true},
		{"403", false},
		{"!curl", false},
		{"!okhttp cart", true},
		{"!", true},
		{"status:401 who:app path:/api", true},
		{"status:403", false},
		{"!status:403", true},
		{"who:cloud", false},
		{"method:get", true},
		{"service:billing", false},
		{"ip:198.51", true},
		{"why:container", true},
		{"since:14:00", true},
		{"since:14:02", false},
		{"since:5m", true},
		{"since:1m", false},
		{"until:14:00", false},
		{"until:14:01:30", true},
		{"since:15:00", true}, // not yet come today, so yesterday's
		{"since:soon", false}, // no moment: looked for as it stands
		{"path:", false},
		{"nothing:here", false},
		{"is:entry", true},
		{"is:change", false},
	} {
		if got := parseQuery(strings.Fields(strings.ToLower(c.filter)), at).matches(e); got != c.want {
			t.Errorf("filter %q: %v, want %v", c.filter, got, c.want)
		}
	}
}
