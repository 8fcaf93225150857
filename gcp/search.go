package gcp

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"cloud.google.com/go/resourcemanager/apiv3/resourcemanagerpb"
)

// mostProjects is how many projects are listed. Whoever sees more has to search.
const mostProjects = 500

// ProjectListing is the projects that the login may see, or those of them that a search found.
type ProjectListing struct {
	Projects []Project // by id
	More     bool      // there are more than were looked at: a search finds those by how their id or their name begins
}

// Projects lists the projects that the login may see, at most 500. With a query it lists those of them whose id, name or number
// holds each of its words, in any case; where there are more than 500, it asks for those whose id or name begins with the first
// word besides. What is new may take minutes to be found. The error, an *Error, leaves no projects.
//
// Source: https://cloud.google.com/resource-manager/reference/rest/v3/projects/search
func (c *Client) Projects(ctx context.Context, query string) (ProjectListing, error) {
	words := strings.Fields(strings.ToLower(query))
	found, more, err := c.searchProjects(ctx, "")
	if err == nil && more && len(words) > 0 && shapeWord.MatchString(words[0]) {
		var besides []Project
		besides, _, err = c.searchProjects(ctx, "id:"+words[0]+"* name:"+words[0]+"*")
		found = append(found, besides...) // more stays: those that hold the word further on were not looked at
	}
	if err != nil {
		return ProjectListing{}, c.failure("list projects", "", "", err)
	}
	found = slices.DeleteFunc(found, func(p Project) bool { return !p.holds(words) })
	slices.SortFunc(found, func(a, b Project) int { return strings.Compare(a.ID, b.ID) })
	found = slices.CompactFunc(found, func(a, b Project) bool { return a.ID == b.ID })
	return ProjectListing{found, more}, nil
}

// shapeWord is what goes into Google's query; its syntax has no quotes.
var shapeWord = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

func (p Project) holds(words []string) bool {
	for _, w := range words {
		if !strings.Contains(p.ID, w) && !strings.Contains(strings.ToLower(p.Name), w) && !strings.Contains(p.Number, w) {
			return false
		}
	}
	return true
}

// searchProjects reads the pages of one search until it has enough.
func (c *Client) searchProjects(ctx context.Context, query string) (found []Project, more bool, err error) {
	err = pages(func(token string) (string, bool, error) {
		r, err := c.above.projects.once(ctx, &resourcemanagerpb.SearchProjectsRequest{Query: query, PageSize: mostProjects, PageToken: token})
		for _, p := range r.GetProjects() {
			found = append(found, listedProject(p))
		}
		more = r.GetNextPageToken() != ""
		return r.GetNextPageToken(), len(found) >= mostProjects, err
	})
	return found, more, err
}

func listedProject(p *resourcemanagerpb.Project) Project {
	out := Project{ID: p.GetProjectId(), Name: p.GetDisplayName(), Number: last(p.GetName())}
	switch p.GetState() {
	case resourcemanagerpb.Project_ACTIVE:
		out.State = "active"
	case resourcemanagerpb.Project_DELETE_REQUESTED:
		out.State = "being deleted"
	}
	return out
}
