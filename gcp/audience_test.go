package gcp_test

import (
	"slices"
	"testing"

	"why401/gcp"
)

func TestBesidesTellsNamesakesApart(t *testing.T) {
	at := func(project, region, name string) gcp.Service {
		return gcp.Service{ID: "projects/" + project + "/locations/" + region + "/services/" + name, Name: name, Region: region, Project: project, Audiences: []string{"shop"}}
	}
	own := at("acme-prod", "europe-west1", "shop-api")
	index := gcp.IndexAudiences([]gcp.Service{own, at("acme-prod", "us-east1", "shop-api"), at("acme-prod", "europe-west1", "billing"), at("acme-staging", "europe-west1", "shop-api"), at("acme-staging", "us-east1", "shop-api")})
	want := []string{"shop-api in us-east1", "billing", "shop-api of acme-staging", "shop-api of acme-staging in us-east1"}
	if got := index.Besides(own, "shop"); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := index.Besides(own, "shop/"); got != nil {
		t.Errorf("%q accept another audience", got)
	}
}
