package gcp_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cloud.google.com/go/resourcemanager/apiv3/resourcemanagerpb"

	"why401/gcp"
	"why401/gcp/demo"
)

func ids(l gcp.ProjectListing) string {
	var out []string
	for _, p := range l.Projects {
		out = append(out, p.ID)
	}
	return strings.Join(out, " ")
}

func TestProjects(t *testing.T) {
	for _, c := range []struct{ name, query, want string }{
		{"all of them", "", "acme-dev acme-prod acme-staging"},
		{"by a word in the id", "prod", "acme-prod"},
		{"by a word in the name, in any case", "STAGING", "acme-staging"},
		{"by its number", "424242424242", "acme-prod"},
		{"every word must be there", "shop dev", "acme-dev"},
		{"nothing has it", "shop nowhere", ""},
		{"a word that is no word of Google's query", `"shop (`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			inside(t, []demo.Option{demo.PageSize(1), demo.EmptyPages(2)}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
				l, err := client.Projects(t.Context(), c.query)
				if err != nil || l.More || ids(l) != c.want {
					t.Errorf("%v, %v, %q", err, l.More, ids(l))
				}
			})
		})
	}
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.SetProject(&resourcemanagerpb.Project{
			Name: "projects/466666666666", ProjectId: "acme-old", DisplayName: "Old", State: resourcemanagerpb.Project_DELETE_REQUESTED,
		})
		l, err := client.Projects(t.Context(), "old")
		want := []gcp.Project{{ID: "acme-old", Name: "Old", Number: "466666666666", State: "being deleted"}}
		if err != nil || !slices.Equal(l.Projects, want) {
			t.Errorf("%v, %+v", err, l)
		}
		if l, _ := client.Projects(t.Context(), "prod"); len(l.Projects) != 1 || l.Projects[0].State != "active" {
			t.Errorf("got %+v", l)
		}
	})
}

func TestProjectsOfSomebodyWhoSeesThousands(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		for i := range 1200 {
			cloud.SetProject(&resourcemanagerpb.Project{Name: fmt.Sprintf("projects/%012d", i+1), ProjectId: fmt.Sprintf("team-%04d", i), DisplayName: "Team"})
		}
		l, err := client.Projects(t.Context(), "")
		if err != nil || len(l.Projects) != 500 || !l.More {
			t.Errorf("%v, %d, %v", err, len(l.Projects), l.More)
		}
		if l, err = client.Projects(t.Context(), "acme-prod"); err != nil || ids(l) != "acme-prod" || !l.More {
			t.Errorf("one beyond those that are listed: %v, %q, %v", err, ids(l), l.More)
		}
		if l, err = client.Projects(t.Context(), "team-0001"); err != nil || ids(l) != "team-0001" {
			t.Errorf("one that is found twice: %v, %q", err, ids(l))
		}
		if l, err = client.Projects(t.Context(), `team-0001 "`); err != nil || ids(l) != "" {
			t.Errorf("%v, %q", err, ids(l))
		}
	})
}

func TestProjectsSaysWhyThereAreNone(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.Fail("SearchProjects", demo.Disabled("cloudresourcemanager.googleapis.com"))
		l, err := client.Projects(t.Context(), "")
		if e := failed(t, err); len(l.Projects) > 0 || !strings.Contains(e.Hint, "gcloud services enable cloudresourcemanager.googleapis.com --project acme-prod") {
			t.Errorf("%v; %s", e, e.Hint)
		}
	})
}
