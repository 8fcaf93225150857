package ui

import (
	"slices"
	"testing"
)

func TestTierOf(t *testing.T) {
	for id, want := range map[string]tier{
		"acme-prod": production, "acme-prod1": production, "acmeprod": production, "acmeprod2": production, "prod-eu-7": production, "acme-live": production,
		"acme-production-eu": production, "acme-prod-test": production, "test-acme-prod": production, "prj-p-shop": production, "example.com:acme-prod": production,
		"acme-non-prod": staging, "acme-nonprod": staging, "acmenonprod": staging, "acme-pre-prod": staging, "acme-preprod": staging, "acme-preproduction": staging,
		"acme-not-prod": staging, "acme-staging": staging, "acmestaging": staging, "acme-qa-7": staging, "acme-test2": staging, "prj-n-shop": staging,
		"acme-dev": development, "acme-dev3": development, "prj-d-shop": development, "acme-sandbox": development,
		"shop-eu": unsaid, "product-catalog": unsaid, "warehouse": unsaid, "non-profit": unsaid, "p-shop": unsaid, "": unsaid, "acme-prodigy": unsaid,
		"non-profit-prod": production,
	} {
		if got := tierOf(id); got != want {
			t.Errorf("%s: %d, want %d", id, got, want)
		}
	}
}

// TestHues: projects that are shown together have a colour each, production never one that another project could have.
func TestHues(t *testing.T) {
	ids := []string{"shop-eu", "shop-us", "shop-asia", "billing", "ledger", "warehouse", "acme-prod", "shop-prod", "acme-staging", "acme-non-prod", "acme-dev", "play-dev"}
	for _, name := range []string{themeDark, themeLight, themeContrast} {
		th := newTheme(name, false)
		of := th.hues(ids)
		for i, a := range ids {
			for _, b := range ids[:i] {
				// In the light theme two of the other colours are one.
				if of[a] == of[b] && !(name == themeLight && tierOf(a) == unsaid) {
					t.Errorf("%s: %s looks like %s", name, a, b)
				}
			}
		}
		for _, id := range ids {
			alone := th.hues([]string{id})[id]
			if alone != th.project(id) {
				t.Errorf("%s: %s alone has not its own colour", name, id)
			}
			if reds := th.shades("acme-prod"); slices.Contains(reds, of[id]) != (tierOf(id) == production) {
				t.Errorf("%s: %s has the wrong colour beside production", name, id)
			}
		}
	}
}
