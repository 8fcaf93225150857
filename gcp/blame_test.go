package gcp_test

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"why401/gcp"
)

// pointers yields entries as Blame takes them.
func pointers(all []gcp.Entry) iter.Seq[*gcp.Entry] {
	return func(yield func(*gcp.Entry) bool) {
		for i := range all {
			if !yield(&all[i]) {
				return
			}
		}
	}
}

// refusedBy are so many refusals a minute of one service, from a minute after noon on, for ten minutes.
func refusedBy(service string, from, each int, e gcp.Entry) []gcp.Entry {
	var all []gcp.Entry
	for m := range 10 {
		for range each {
			e.ID, e.Service, e.Time = fmt.Sprint(service, len(all)), service, noon.Add(time.Duration(from+m)*time.Minute)
			all = append(all, e)
		}
	}
	return all
}

// counted are the counts of entries for half an hour from noon on.
func counted(all []gcp.Entry) []int {
	var line gcp.Timeline
	for _, e := range all {
		line.Add(e)
	}
	return line.Counts(noon, noon.Add(29*time.Minute))
}

var (
	by401 = gcp.Entry{Status: 401, Text: new401}
	by403 = gcp.Entry{Status: 403, Text: new403}
	byApp = gcp.Entry{Status: 401, Instance: "0007e2"}
	byWho = gcp.Entry{Status: 403}
)

func minuteAt(minutes float64) time.Time {
	return noon.Add(time.Duration(minutes * float64(time.Minute)))
}

func taking(id string, at float64, role string, members ...string) gcp.Change {
	c := gcp.Change{ID: id, Service: "shop-api", Time: minuteAt(at), Kind: gcp.ChangePolicy, Compared: true, Who: "jo@acme.example"}
	for _, m := range members {
		c.Removed = append(c.Removed, gcp.Grant{Role: role, Member: m})
	}
	return c
}

func TestBlameNamesTheChangeBefore(t *testing.T) {
	const invoker = "roles/run.invoker"
	shop := gcp.Place{Service: "shop-api"}
	removal := taking("removal", 19.2, invoker, "allUsers")
	with := func(c gcp.Change, change func(*gcp.Change)) gcp.Change { change(&c); return c }
	for _, c := range []struct {
		name    string
		changes []gcp.Change
		id      string
		text    string
	}{
		{"one minute before", []gcp.Change{removal}, "removal", "began 12:20, one minute after jo@acme.example removed allUsers from roles/run.invoker"},
		{"in the same minute", []gcp.Change{with(removal, func(c *gcp.Change) { c.Time = minuteAt(20.9) })}, "removal",
			"began 12:20, in the minute in which jo@acme.example removed allUsers from roles/run.invoker"},
		{"ten minutes before", []gcp.Change{with(removal, func(c *gcp.Change) { c.Time = minuteAt(10) })}, "removal",
			"began 12:20, 10 minutes after jo@acme.example removed allUsers from roles/run.invoker"},
		{"longer ago", []gcp.Change{with(removal, func(c *gcp.Change) { c.Time = minuteAt(9.9) })}, "", "began 12:20"},
		{"after it began", []gcp.Change{with(removal, func(c *gcp.Change) { c.Time = minuteAt(21) })}, "", "began 12:20"},
		{"one that failed", []gcp.Change{with(removal, func(c *gcp.Change) { c.Failed = "permission denied" })}, "", "began 12:20"},
		{"a grant stops nobody", []gcp.Change{with(removal, func(c *gcp.Change) { c.Added, c.Removed = c.Removed, nil })}, "", "began 12:20"},
		{"a policy of which the change is not known", []gcp.Change{with(removal, func(c *gcp.Change) { c.Compared, c.Removed = false, nil })}, "removal",
			"began 12:20, one minute after jo@acme.example set the policy; what it was before is not known"},
		{"a deploy of which nothing more is known", []gcp.Change{{Service: "shop-api", ID: "deploy", Time: minuteAt(18), Kind: gcp.ChangeDeploy, Who: "ci@acme.example"}}, "deploy",
			"began 12:20, 2 minutes after ci@acme.example deployed"},
		{"a removal before a later deploy", []gcp.Change{removal, {Service: "shop-api", ID: "deploy", Time: minuteAt(19.8), Kind: gcp.ChangeDeploy}}, "removal",
			"began 12:20, one minute after jo@acme.example removed allUsers from roles/run.invoker"},
		{"the later of two removals", []gcp.Change{removal, with(removal, func(c *gcp.Change) { c.ID, c.Time = "later", minuteAt(19.5) })}, "later",
			"began 12:20, one minute after jo@acme.example removed allUsers from roles/run.invoker"},
		{"a deletion answers 404", []gcp.Change{{Service: "shop-api", ID: "gone", Time: minuteAt(19), Kind: gcp.ChangeDeleted}}, "", "began 12:20"},

		// Roles.
		{"a role that cannot invoke", []gcp.Change{taking("x", 19, "roles/run.viewer", "user:a")}, "", "began 12:20"},
		{"a role that cannot invoke, after one that can", []gcp.Change{removal, taking("x", 19.5, "roles/run.viewer", "user:a")}, "removal",
			"began 12:20, one minute after jo@acme.example removed allUsers from roles/run.invoker"},
		{"a role that is not known", []gcp.Change{taking("x", 19, "projects/p/roles/x", "user:a")}, "x",
			"began 12:20, one minute after jo@acme.example removed user:a from projects/p/roles/x"},
		{"everybody before one", []gcp.Change{removal, taking("x", 19.5, invoker, "user:a")}, "removal",
			"began 12:20, one minute after jo@acme.example removed allUsers from roles/run.invoker"},
		{"a known role before one that is not known", []gcp.Change{taking("known", 18, invoker, "user:a"), taking("x", 19.5, "projects/p/roles/x", "user:a")}, "known",
			"began 12:20, 2 minutes after jo@acme.example removed user:a from roles/run.invoker"},
		{"another role in its place", []gcp.Change{with(taking("x", 19, invoker, "user:a"), func(c *gcp.Change) {
			c.Added = []gcp.Grant{{Role: "roles/run.servicesInvoker", Member: "user:a"}}
		})}, "", "began 12:20"},
		{"a role under a condition in its place", []gcp.Change{with(taking("x", 19, invoker, "user:a"), func(c *gcp.Change) {
			c.Added = []gcp.Grant{{Role: invoker, Member: "user:a", Condition: "until spring"}}
		})}, "x", "began 12:20, one minute after jo@acme.example removed user:a from roles/run.invoker and added user:a to roles/run.invoker under the condition until spring"},
	} {
		entries := refusedBy("shop-api", 20, 20, by403)
		b := gcp.Onset(counted(entries), noon).Blame(shop, pointers(entries), c.changes)
		if got := idOf(b); got != c.id || b.Text != c.text {
			t.Errorf("%s: %q, %q; want %q, %q", c.name, got, b.Text, c.id, c.text)
		}
	}
	entries := slices.Concat(refusedBy("shop-api", 0, 20, by403), refusedBy("shop-api", 10, 20, by403), refusedBy("shop-api", 20, 20, by403))
	if b := gcp.Onset(counted(entries), noon).Blame(shop, pointers(entries), []gcp.Change{removal}); b.After != nil || strings.Contains(b.Text, "jo@") {
		t.Errorf("without a beginning: %+v", b)
	}
	if b := gcp.Onset(steady(20, 0), noon).Blame(shop, nil, []gcp.Change{removal}); b.After != nil {
		t.Errorf("without refusals: %+v", b)
	}
}

func idOf(b gcp.Began) string {
	if b.After == nil {
		return ""
	}
	return b.After.ID
}

// TestBlameGoesByWhatWasRefused: a change is named for the sort of refusal that it can cause.
func TestBlameGoesByWhatWasRefused(t *testing.T) {
	const invoker = "roles/run.invoker"
	// What a deploy changed shows by the one before.
	settings := func(before, after string) gcp.Change {
		var h gcp.History
		h.Add(stamped(t, "was", noon.Add(-time.Hour), replaceEntry, fmt.Sprintf(nowIs, 5, before)), stamped(t, "x", minuteAt(18), replaceEntry, fmt.Sprintf(nowIs, 6, after)))
		return h.List()[1]
	}
	const (
		audience = `"run.googleapis.com/custom-audiences":"[\"https://api.acme.example\"]"`
		off      = `"run.googleapis.com/invoker-iam-disabled":"true"`
		iap      = `"run.googleapis.com/iap-enabled":"true"`
		narrow   = `"run.googleapis.com/ingress":"internal"`
		wide     = `"run.googleapis.com/ingress":"all"`
	)
	for _, c := range []struct {
		name             string
		change           gcp.Change
		is401, is403, is bool // of Cloud Run with each status; by the app
	}{
		{"everybody may no more", taking("x", 18, invoker, "allUsers"), true, true, false},
		{"every Google account may no more", taking("x", 18, invoker, "allAuthenticatedUsers"), false, true, false},
		{"one may no more", taking("x", 18, invoker, "user:a"), false, true, false},
		{"a policy of which the change is not known", gcp.Change{ID: "x", Service: "shop-api", Time: minuteAt(18), Kind: gcp.ChangePolicy}, true, true, false},
		{"a deploy of which nothing more is known", gcp.Change{ID: "x", Service: "shop-api", Time: minuteAt(18), Kind: gcp.ChangeDeploy}, true, true, true},
		{"a deploy that left the settings as they were", settings("", ""), false, false, true},
		{"a custom audience less", settings(audience, ""), true, false, true},
		{"a custom audience more", settings("", audience), false, false, true},
		{"the invoker check on", settings(off, ""), true, true, true},
		{"the invoker check off", settings("", off), false, false, true},
		{"IAP on", settings("", iap), true, true, true},
		{"IAP off", settings(iap, ""), true, true, true},
		{"ingress narrower: 404, and not logged", settings(wide, narrow), false, false, true},
		{"ingress wider: more get as far", settings(narrow, wide), true, true, true},
		{"made", gcp.Change{ID: "x", Service: "shop-api", Time: minuteAt(18), Kind: gcp.ChangeCreated}, true, true, true},
	} {
		for of, want := range map[gcp.Entry]bool{by401: c.is401, by403: c.is403, byApp: c.is, byWho: c.is401 || c.is403 || c.is} {
			of.Project, of.Region = c.change.Project, c.change.Region
			entries := refusedBy(c.change.Service, 20, 20, of)
			b := gcp.Onset(counted(entries), noon).Blame(c.change.Place(), pointers(entries), []gcp.Change{c.change})
			if got := b.After != nil; got != want {
				t.Errorf("%s, and refused with %d (%q, %q): named %v, want %v", c.name, of.Status, of.Text, of.Instance, got, want)
			}
		}
	}
	// The sort that most of them are of counts.
	for _, c := range []struct {
		app, run int
		want     bool
	}{{20, 10, false}, {10, 20, true}} {
		entries := slices.Concat(refusedBy("shop-api", 20, c.app, byApp), refusedBy("shop-api", 20, c.run, by403))
		if b := gcp.Onset(counted(entries), noon).Blame(gcp.Place{Service: "shop-api"}, pointers(entries), []gcp.Change{taking("x", 19, invoker, "user:a")}); (b.After != nil) != c.want {
			t.Errorf("%d by the app, %d by Cloud Run: named %v", c.app, c.run, b.After != nil)
		}
	}
}

// TestBlameOfAProject: a change of one service is no reason for another's refusals.
func TestBlameOfAProject(t *testing.T) {
	change := taking("x", 19.2, "roles/run.invoker", "allUsers")
	change.Service = "service-1"
	const named = "began 12:20 at service-1, one minute after jo@acme.example removed allUsers from roles/run.invoker"
	for _, c := range []struct {
		name    string
		entries []gcp.Entry
		text    string
	}{
		{"its own", refusedBy("service-1", 20, 20, by403), named},
		{"another's", refusedBy("service-2", 20, 20, by403), "began 12:20"},
		{"its own, and a few of another", slices.Concat(refusedBy("service-1", 20, 20, by403), refusedBy("service-2", 20, 4, by403)), named},
		{"another's, and a few of its own", slices.Concat(refusedBy("service-1", 20, 4, by403), refusedBy("service-2", 20, 20, by403)), "began 12:20"},
		{"its own, and as many of another", slices.Concat(refusedBy("service-2", 20, 20, by403), refusedBy("service-1", 20, 20, by403)), "began 12:20"},
		{"its own, and many of many others", slices.Concat(refusedBy("service-1", 20, 20, by403), refusedBy("service-2", 20, 9, by403), refusedBy("service-3", 20, 9, by403)), named},
		{"its own since long before", slices.Concat(refusedBy("service-1", 0, 3, by403), refusedBy("service-1", 10, 3, by403), refusedBy("service-1", 20, 3, by403),
			refusedBy("service-2", 20, 20, by403)), "rose 12:20"},
		{"its own a minute later", slices.Concat(refusedBy("service-1", 21, 20, by403), refusedBy("service-2", 20, 5, by403)), named},
		{"its own five minutes later", slices.Concat(refusedBy("service-1", 25, 30, by403), refusedBy("service-2", 20, 20, by403)), "began 12:20"},
	} {
		b := gcp.Onset(counted(c.entries), noon).Blame(gcp.Place{}, pointers(c.entries), []gcp.Change{change})
		if b.Text != c.text {
			t.Errorf("%s: %q, want %q", c.name, b.Text, c.text)
		}
	}
	// Of several projects, a service's name alone does not tell which.
	change.Project = "acme-prod"
	by403 := by403
	by403.Project = "acme-prod"
	entries := refusedBy("service-1", 20, 20, by403)
	b := gcp.Onset(counted(entries), noon)
	b.Several = true
	if b = b.Blame(gcp.Place{}, pointers(entries), []gcp.Change{change}); b.Text != strings.Replace(named, "at service-1", "at acme-prod/service-1", 1) {
		t.Errorf("of several projects: %q", b.Text)
	}
	change.Project = ""
	// Of one service alone, another's change is none of its own, and its name needs not be said.
	by403.Project = ""
	entries = refusedBy("service-2", 20, 20, by403)
	if b := gcp.Onset(counted(entries), noon).Blame(gcp.Place{Service: "service-2"}, pointers(entries), []gcp.Change{change}); b.After != nil {
		t.Errorf("another's change: %q", b.Text)
	}
	entries = refusedBy("service-1", 20, 20, by403)
	want := strings.Replace(named, " at service-1", "", 1)
	if b := gcp.Onset(counted(entries), noon).Blame(gcp.Place{Service: "service-1"}, pointers(entries), []gcp.Change{change}); b.Text != want {
		t.Errorf("its own change: %q", b.Text)
	}
}
