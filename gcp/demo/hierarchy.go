package demo

import (
	"context"
	"maps"
	"slices"
	"strings"

	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/resourcemanager/apiv3/resourcemanagerpb"
)

// The story's place in the world: the project is in a folder, the folder in an organisation.
const (
	shopsFolder  = "folders/710000000042"
	organization = "organizations/900000000042"
)

// branch is a project, a folder or an organisation.
type branch struct {
	name   string // "projects/424242424242", "folders/710000000042": its number always
	id     string // of a project: "acme-prod"
	label  string // its display name; an organisation's domain
	parent string // "" where nothing is above
	state  resourcemanagerpb.Project_State
}

// grow puts the story's projects and what is above them into the world. It is there in an empty cloud too.
func (w *world) grow() {
	for _, b := range []branch{
		{name: organization, label: "acme.example"},
		{name: shopsFolder, label: "Shops", parent: organization},
		{name: "projects/" + number, id: project, label: "Acme Shop", parent: shopsFolder},
		{name: "projects/" + staging().number, id: staging().id, label: "Acme Shop staging"}, // older than the organisation, and outside it
		{name: "projects/444444444444", id: "acme-dev", label: "Acme Shop dev", parent: shopsFolder},
	} {
		b.state = resourcemanagerpb.Project_ACTIVE
		w.branches[b.name] = b
	}
}

// inherit gives the story's levels their policies: nothing of them is on the services themselves.
func (c *Cloud) inherit() {
	c.putPolicy("projects/"+number, []*iampb.Binding{
		bind("roles/owner", "user:lena.owner@acme.example"),
		// Google gives it to the default account of every project, which may therefore invoke everything in it.
		bind("roles/editor", "serviceAccount:"+number+"-compute@developer.gserviceaccount.com"),
		bind("roles/viewer", "group:platform-admins@acme.example"),
		bind("roles/run.viewer", "group:shops-oncall@acme.example"),
		bind("projects/"+project+"/roles/edgeCaller", robot("uptime-probe")),
		bind("projects/"+project+"/roles/auditor", "user:sec.review@acme.example"),
	})
	c.putPolicy(shopsFolder, []*iampb.Binding{
		bind("roles/run.invoker", "group:shops-backends@acme.example"),
		bind("roles/viewer", "domain:acme.example"),
	})
	c.putPolicy(organization, []*iampb.Binding{bind("roles/viewer", "group:audit@acme.example")})
	c.SetDenyPolicy("projects/"+number, quarantine())
	c.lend()

	// Whoever is on call may read the project and its folder, and not the organisation.
	c.Fail("Organizations.GetIamPolicy", PermissionDenied("resourcemanager.organizations.getIamPolicy", "//cloudresourcemanager.googleapis.com/"+organization))
	c.Fail("ListPolicies", PermissionDenied("iam.denypolicies.list", "//cloudresourcemanager.googleapis.com/"+organization), "organizations")
}

// SetLevelPolicy replaces the policy of a project, a folder or an organisation, in silence: its audit log is not Cloud Run's.
// A project is named by its id or its number: "projects/acme-prod".
func (c *Cloud) SetLevelPolicy(name string, bindings ...*iampb.Binding) {
	b, err := c.branch(name, "")
	if err == nil {
		c.putPolicy(b.name, bindings)
	}
}

// SetProject puts a project into the world, or changes it. Its name must have its number: "projects/455555555555".
func (c *Cloud) SetProject(p *resourcemanagerpb.Project) {
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	c.world.branches[p.Name] = branch{name: p.Name, id: p.ProjectId, label: p.DisplayName, parent: p.Parent, state: p.State}
}

// branch finds a project, folder or organisation by name, a project also by its id. One that is not there looks like one that
// may not be seen, which the reference of each method says or its example shows.
func (c *Cloud) branch(name, permission string) (branch, error) {
	kind, id, _ := strings.Cut(name, "/")
	digits := id != "" && strings.Trim(id, "0123456789") == ""
	switch {
	case strings.Contains(id, "/"), id == "", kind != "projects" && (!digits || kind != "folders" && kind != "organizations"):
		return branch{}, invalid("Invalid resource name '%s'.", name)
	}
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	if b, ok := c.world.branches[name]; ok {
		return b, nil
	}
	for _, b := range c.world.branches {
		if kind == "projects" && b.id == id {
			return b, nil
		}
	}
	return branch{}, PermissionDenied(permission, "//cloudresourcemanager.googleapis.com/"+name)
}

// branchPolicy answers GetIamPolicy for a branch of the kind.
func (c *Cloud) branchPolicy(kind string, req *iampb.GetIamPolicyRequest) (*iampb.Policy, error) {
	if !strings.HasPrefix(req.Resource, kind+"/") {
		return nil, invalid("Invalid resource name '%s'.", req.Resource)
	}
	b, err := c.branch(req.Resource, "resourcemanager."+kind+".getIamPolicy")
	if err != nil {
		return nil, err
	}
	return c.policyOf(b.name, req.GetOptions().GetRequestedPolicyVersion())
}

type projectsServer struct {
	resourcemanagerpb.UnimplementedProjectsServer
	c *Cloud
}

func (s projectsServer) GetProject(ctx context.Context, req *resourcemanagerpb.GetProjectRequest) (*resourcemanagerpb.Project, error) {
	if !strings.HasPrefix(req.Name, "projects/") {
		return nil, invalid("Invalid resource name '%s'.", req.Name)
	}
	b, err := s.c.branch(req.Name, "resourcemanager.projects.get")
	if err != nil {
		return nil, err
	}
	return b.project(), nil
}

func (b branch) project() *resourcemanagerpb.Project {
	return &resourcemanagerpb.Project{Name: b.name, ProjectId: b.id, DisplayName: b.label, Parent: b.parent, State: b.state}
}

func (s projectsServer) GetIamPolicy(ctx context.Context, req *iampb.GetIamPolicyRequest) (*iampb.Policy, error) {
	return s.c.branchPolicy("projects", req)
}

// SearchProjects understands what its reference shows of the query: terms field:value, a value that may end in *, of which any
// may hold. The largest page is not documented.
func (s projectsServer) SearchProjects(ctx context.Context, req *resourcemanagerpb.SearchProjectsRequest) (*resourcemanagerpb.SearchProjectsResponse, error) {
	if req.PageSize < 0 {
		return nil, invalid("page_size %d is negative.", req.PageSize)
	}
	match, err := projectQuery(req.Query)
	if err != nil {
		return nil, err
	}
	var found []branch
	s.c.world.mu.Lock()
	for _, name := range slices.Sorted(maps.Keys(s.c.world.branches)) {
		if b := s.c.world.branches[name]; b.id != "" && match(b) {
			found = append(found, b)
		}
	}
	s.c.world.mu.Unlock()
	const most = 500
	found, next, err := take(s.c, found, func(b branch) string { return b.name }, req.PageToken,
		scopeOf("projects", req.Query), int(req.PageSize), most)
	if err != nil {
		return nil, err
	}
	out := &resourcemanagerpb.SearchProjectsResponse{NextPageToken: next}
	for _, b := range found {
		out.Projects = append(out.Projects, b.project())
	}
	return out, nil
}

func projectQuery(query string) (func(branch) bool, error) {
	var terms []func(branch) bool
	for _, term := range strings.Fields(query) {
		field, value, ok := strings.Cut(term, ":")
		if !ok || value == "" || strings.ContainsAny(value, `"'():`) {
			return nil, invalid("Invalid query: '%s'.", query)
		}
		of := map[string]func(branch) string{
			"name": func(b branch) string { return b.label }, "displayname": func(b branch) string { return b.label },
			"id": func(b branch) string { return b.id }, "projectid": func(b branch) string { return b.id },
			"state": func(b branch) string { return b.state.String() }, "lifecyclestate": func(b branch) string { return b.state.String() },
			"parent": func(b branch) string { return b.parent },
		}[strings.ToLower(field)]
		if of == nil {
			return nil, invalid("Invalid query: the field '%s' is not known.", field)
		}
		begin, open := strings.CutSuffix(strings.ToLower(value), "*")
		terms = append(terms, func(b branch) bool {
			v := strings.ToLower(of(b))
			return v == begin || open && strings.HasPrefix(v, begin)
		})
	}
	return func(b branch) bool {
		return len(terms) == 0 || slices.ContainsFunc(terms, func(t func(branch) bool) bool { return t(b) })
	}, nil
}

type foldersServer struct {
	resourcemanagerpb.UnimplementedFoldersServer
	c *Cloud
}

func (s foldersServer) GetFolder(ctx context.Context, req *resourcemanagerpb.GetFolderRequest) (*resourcemanagerpb.Folder, error) {
	if !strings.HasPrefix(req.Name, "folders/") {
		return nil, invalid("Invalid resource name '%s'.", req.Name)
	}
	b, err := s.c.branch(req.Name, "resourcemanager.folders.get")
	if err != nil {
		return nil, err
	}
	return &resourcemanagerpb.Folder{Name: b.name, DisplayName: b.label, Parent: b.parent, State: resourcemanagerpb.Folder_ACTIVE}, nil
}

func (s foldersServer) GetIamPolicy(ctx context.Context, req *iampb.GetIamPolicyRequest) (*iampb.Policy, error) {
	return s.c.branchPolicy("folders", req)
}

type organizationsServer struct {
	resourcemanagerpb.UnimplementedOrganizationsServer
	c *Cloud
}

func (s organizationsServer) GetOrganization(ctx context.Context, req *resourcemanagerpb.GetOrganizationRequest) (*resourcemanagerpb.Organization, error) {
	if !strings.HasPrefix(req.Name, "organizations/") {
		return nil, invalid("Invalid resource name '%s'.", req.Name)
	}
	b, err := s.c.branch(req.Name, "resourcemanager.organizations.get")
	if err != nil {
		return nil, err
	}
	return &resourcemanagerpb.Organization{
		Name: b.name, DisplayName: b.label, State: resourcemanagerpb.Organization_ACTIVE,
		Owner: &resourcemanagerpb.Organization_DirectoryCustomerId{DirectoryCustomerId: "C0demo42x"},
	}, nil
}

func (s organizationsServer) GetIamPolicy(ctx context.Context, req *iampb.GetIamPolicyRequest) (*iampb.Policy, error) {
	return s.c.branchPolicy("organizations", req)
}
