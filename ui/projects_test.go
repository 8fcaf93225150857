package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
	"why401/gcp/demo"
)

// several opens a client of two projects, or of some regions.
func several(cloud *demo.Cloud, change func(*gcp.Config)) func(*Options) {
	return func(o *Options) {
		o.Open = func(ctx context.Context) (*gcp.Client, error) {
			c := gcp.Config{Project: "acme-prod", Options: cloud.Options(), HTTP: cloud.HTTP()}
			change(&c)
			return gcp.New(ctx, c)
		}
	}
}

// TestTwoProjectsAtOnce: services of one name in one region are told apart, with their refusals, and each project's name has its colour.
func TestTwoProjectsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		d := drive(t, cloud, 120, 40, several(cloud, func(c *gcp.Config) { c.Also = []string{"acme-staging"} }))
		d.golden("two-projects-120x40")
		d.has("acme-prod  acme-staging", "20 services", "18 regions")
		r := d.root
		prod := r.ring.of(place{Project: "acme-prod", Service: "shop-api", Region: "europe-west1"}).total()
		staging := r.ring.of(place{Project: "acme-staging", Service: "shop-api", Region: "europe-west1"}).total()
		if prod < 100 || staging == 0 || staging > 50 {
			t.Errorf("%d refusals of shop-api in acme-prod, %d in acme-staging", prod, staging)
		}
		if !strings.Contains(r.header(), r.th.project("acme-prod").of(" acme-prod ")) || !strings.Contains(r.header(), r.th.project("acme-staging").of(" acme-staging ")) {
			t.Error("the header's names do not have their colours")
		}
		d.keys("/")
		d.send(tea.PasteMsg{Content: "shop-api acme-staging"})
		d.keys("enter")
		d.has("qa-runner@acme-staging.iam.gs", "project acme-staging lets 1 member in too", "k6/0.55.0")
		d.lacks("allAuthenticatedUsers")
		d.keys("4", "a", "/")
		d.send(tea.PasteMsg{Content: "project:staging"})
		d.keys("enter")
		d.has("acme-staging/shop-api")
		d.lacks("acme-prod/")
		d.keys("esc", "/")
		d.send(tea.PasteMsg{Content: "is:change"})
		d.keys("enter", "enter", "up", "down")
		d.has("/is:change (4)", "acme-prod/partner-api: ", "Service       acme-prod/partner-api in asia-northeast1")
		d.keys("esc", "esc")
		d.has("acme-prod/partner-api IAM changed")
		for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 40, Height: 12}, {Width: 20, Height: 8}} {
			d.send(size)
			for _, l := range strings.Split(d.screen(), "\n") {
				if width(l) > size.Width {
					t.Fatalf("at %d×%d a line has %d cells: %s", size.Width, size.Height, width(l), l)
				}
			}
		}
	})
}

// TestTheProjectIsNamed: wherever a service is named, at any size, so that production is not mistaken for staging.
func TestTheProjectIsNamed(t *testing.T) {
	for _, size := range []tea.WindowSizeMsg{{Width: 120, Height: 40}, {Width: 80, Height: 24}, {Width: 40, Height: 12}} {
		synctest.Test(t, func(t *testing.T) {
			cloud := demo.New(demo.InMemory())
			d := drive(t, cloud, size.Width, size.Height, several(cloud, func(c *gcp.Config) { c.Also = []string{"acme-staging"} }))
			at := fmt.Sprintf("-%dx%d", size.Width, size.Height)
			d.golden("two-projects" + at)
			d.keys("/")
			d.send(tea.PasteMsg{Content: "shop-api acme-staging"})
			d.keys("enter")
			d.golden("two-projects-list" + at)
			for _, pane := range []string{"2", "3", "4"} {
				d.keys(pane)
				name := map[string]string{"2": "Access", "3": "Token", "4": "Refused"}[pane]
				d.has(name + " · acme-staging")
				hue := d.root.th.hues([]string{"acme-prod", "acme-staging"})["acme-staging"]
				if got := d.root.View().Content; !strings.Contains(got, hue.of("acme-staging")+d.root.th.title.on) {
					t.Errorf("at %d×%d the title of %s does not have the project's colour", size.Width, size.Height, name)
				}
			}
			d.keys("4", "a")
			d.lacks("Refused · acme-staging")
			d.keys("a", "2", "l")
			d.send(tea.PasteMsg{Content: "acme-prod"})
			d.keys("enter")
			d.has("✓ acme-prod/shop-api")
			d.keys("l", "ctrl+u")
			d.send(tea.PasteMsg{Content: "https://shop-api-1a2b3c4d5e-ew.a.run.app/"})
			d.keys("enter")
			d.has("very likely", "acme-prod/shop-api")
			d.golden("two-projects-near" + at)
			if hue := d.root.th.hues([]string{"acme-prod", "acme-staging"})["acme-prod"]; !strings.Contains(strings.Join(d.root.access.lines[:2], ""), hue.of("acme-prod/")) {
				t.Errorf("at %d×%d acme-prod does not have its colour in the answer", size.Width, size.Height)
			}
			d.keys("l", "ctrl+u")
			d.send(tea.PasteMsg{Content: "https://green---shop-api-1a2b3c4d5e-ew.a.run.app"})
			d.keys("enter")
			d.has("no service of acme-prod or", "acme-prod/shop-api")
		})
	}
}

// TestOneProjectOfTwoFails: what cannot be read of one keeps nothing of the other away.
func TestOneProjectOfTwoFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		cloud.Fail("ListLocations", demo.PermissionDenied("run.locations.list", "//run.googleapis.com/projects/acme-staging"), "acme-staging")
		d := drive(t, cloud, 120, 40, several(cloud, func(c *gcp.Config) { c.Also = []string{"acme-staging"} }))
		d.has("17 services", "did not answer: all of", "add-iam-policy-binding acme-staging")
	})
}

// TestOneRegion: services, refusals and changes of other regions are not there.
func TestOneRegion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		d := drive(t, cloud, 120, 40, several(cloud, func(c *gcp.Config) { c.Regions = []string{"us-central1"} }))
		d.has("1 region", "order-events", "live")
		d.lacks("shop-api", "public-site")
		for _, e := range d.root.ring.entries {
			if e.Region != "us-central1" {
				t.Fatalf("an entry of %s", e.Region)
			}
		}
		if len(d.root.ring.entries) == 0 {
			t.Error("no entries at all")
		}
		for _, c := range d.root.history.rows {
			if c.Region != "us-central1" {
				t.Fatalf("a change in %s", c.Region)
			}
		}
	})
}
