package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"why401/gcp"
	"why401/gcp/demo"
)

func TestFilterTerms(t *testing.T) {
	at := time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	e := &refusal{
		Entry: gcp.Entry{Status: 401, Method: "GET", Project: "acme-prod", Service: "shop-api", Region: "europe-west1", RemoteIP: "198.51.100.7", Time: at.Add(-4 * time.Minute), URL: "https://a.example/api/Cart"},
		by:    gcp.App, caller: "curl", kind: "SDK", short: "the container answered",
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
		{"project:prod", true},
		{"project:staging", false},
		{"prod", false}, // where there is one project every row would have it
		{"why:container", true},
		{"since:14:00", true},
		{"since:14:02", false},
		{"since:5m", true},
		{"since:1m", false},
		{"until:14:00", false},
		{"until:14:01:30", true},
		{"since:15:00", true}, // not yet come today, so yesterday's
		{"since:2026-11-23t14:00", true},
		{"since:2026-11-23t14:02:30", false},
		{"since:2026-11-23t14:00:00z", true},
		{"until:2026-11-23", false},
		{"since:soon", true}, // no moment, or half of one: it hides nothing
		{"since:1", true},
		{"!since:14:00", false},
		{"since:!14:00", false},
		{"path:", true},
		{"nothing:here", false}, // no field: looked for as it stands
		{"is:entry", true},
		{"is:change", false},
		{"is:entry,change", true},
		{"status:401,403", true},
		{"status:403,404", false},
		{"status:403 status:401", true}, // it cannot be both
		{"path:api path:orders", false}, // it can be both
		{"!status:401,403", false},
		{"status:!401", false},
		{"service:!billing", true},
		{"!service:!billing", false},
		{"who:container", true},
		{"who:platform", false},
		{"caller:sdk", true},
		{"by:dana", false},
	} {
		q := parseQuery(strings.Fields(strings.ToLower(c.filter)), at)
		if got := q.matches(e); got != c.want {
			t.Errorf("filter %q: %v, want %v", c.filter, got, c.want)
		}
		if got := q.passes(e); got != c.want {
			t.Errorf("filter %q passes %v, want %v", c.filter, got, c.want)
		}
	}
}

// A filter by what only requests have leaves the changes in the list, and is no match of them.
func TestFilterTermsOfChanges(t *testing.T) {
	at := time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	c := &refusal{
		Entry: gcp.Entry{Service: "shop-api", Region: "europe-west1", Time: at.Add(-4 * time.Minute)},
		note:  "sec.review removed allUsers", change: &gcp.Change{Who: "sec.review@acme.example"},
	}
	for _, f := range []struct {
		filter          string
		passes, matches bool
	}{
		{"status:401", true, false},
		{"who:app", true, false},
		{"who:unclear", true, false},
		{"unclear", false, false},
		{"path:/api caller:curl", true, false},
		{"service:shop", true, true},
		{"service:billing", false, false},
		{"status:401 service:billing", false, false},
		{"by:sec.review", true, true},
		{"by:dana", false, false},
		{"allusers", true, true},
		{"is:change", true, true},
		{"is:entry", false, false},
		{"since:14:02", false, false},
	} {
		q := parseQuery(strings.Fields(f.filter), at)
		if q.passes(c) != f.passes || q.matches(c) != f.matches {
			t.Errorf("filter %q: passes %v, matches %v; want %v, %v", f.filter, q.passes(c), q.matches(c), f.passes, f.matches)
		}
	}
}

// What of a filter could not be read is said, with what can be.
func TestAFilterThatCannotBeReadSaysSo(t *testing.T) {
	for filter, want := range map[string]string{
		"status:401 who:app since:14:00": "", "https://a.example:443/x": "", "a:b:c": "a is no field", "foo:bar": "foo is no field", "since:25:00": "since:25:00: no such time",
		"until:yesterday": "no such time", "trace:\x1b[31m": "", "foo:\x1b[31m": `foo is no field of a request; foo:\x1b[31m`,
	} {
		got := parseQuery(strings.Fields(filter), time.Now()).doubt
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", filter, got, want)
		}
	}
}

// TestAFilterSaysWhatLiesBeforeTheWindow: the list holds nothing of it, which is no proof that there was nothing.
func TestAFilterSaysWhatLiesBeforeTheWindow(t *testing.T) {
	at := time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	for filter, want := range map[string]string{
		"since:01:00":            "since 01:00:00: the window begins later, 13:50:00",
		"since:13:49:59 app":     "since 13:49:59: the window begins later, 13:50:00",
		"until:12:00":            "until 12:00:00: the window begins later, 13:50:00",
		"!since:12:00":           "since 12:00:00: the window begins later, 13:50:00",
		"since:15:00":            "since 2026-11-22 15:00:00: the window begins later, 13:50:00",
		"since:1h since:13:55":   "since 13:05:00: the window begins later, 13:50:00",
		"since:13:50":            "",
		"since:15m":              "",
		"since:14:00 until:5m":   "",
		"since:soon status:401":  "",
		"until:2026-11-24t00:00": "",
	} {
		if got := parseQuery(strings.Fields(filter), at).outside(at.Add(-15 * time.Minute)); got != want {
			t.Errorf("%s: %q, want %q", filter, got, want)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("4", "/")
		for _, key := range "since:23:30" {
			d.keys(string(key))
		}
		d.keys("enter")
		d.has("since 23:30:00: the window begins later, 23:45:00; ] makes it longer")
		d.keys("]")
		d.lacks("the window begins later")
		d.keys("[", "[")
		d.has("since 23:30:00: the window begins later, 23:55:00; ] makes it longer")
		d.keys("esc")
		d.lacks("the window begins later")
	})
}
