package gcp

import (
	"context"
	"regexp"
	"strings"

	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/resourcemanager/apiv3/resourcemanagerpb"
	"google.golang.org/grpc/codes"
)

// mostRungs ends an ancestry that has no end; folders nest ten deep at most
// (https://cloud.google.com/resource-manager/docs/limits).
const mostRungs = 32

// rung is a Level while it is being read.
type rung struct {
	kind  string // "project", "folder", "organisation"
	id    string // "folders/123"
	label string // its name as people know it, "" where it is not known

	bindings  []Binding
	policyErr *Error
	deny      []DenyRule
	denyErr   *Error
	up        *Error // why it is not known what is above
}

var shapeParent = regexp.MustCompile(`^(folders|organizations)/[0-9]+$`)

func (r *rung) name() string {
	switch {
	case r.kind == "folder" && r.label != "":
		return "folder " + r.label + " (" + last(r.id) + ")"
	case r.label != "":
		return r.kind + " " + r.label
	}
	return r.kind + " " + last(r.id)
}

// climb reads the ancestry from its first rung upwards, and beside it the policies of each rung as soon as it is known; they are
// read once work is done. projects.get and folders.get name one parent each, so the way up is one call after the other.
func (c *Client) climb(ctx context.Context, first *rung, in *Inherited, work *together) []*rung {
	var rungs []*rung
	for next := first; ; {
		r := next // each rung is read by goroutines of its own
		rungs = append(rungs, r)
		work.Do(func() { r.bindings, r.policyErr = c.levelPolicy(ctx, r) })
		work.Do(func() { r.deny, r.denyErr = c.denyRules(ctx, r) })
		parent, err := c.look(ctx, r, in)
		if err != nil && r.kind != "organisation" {
			r.up = err
			return rungs
		}
		switch {
		case parent == "":
			return rungs
		case !shapeParent.MatchString(parent) || len(rungs) == mostRungs:
			r.up = &Error{Op: "read the parent", On: r.id, Code: codes.Internal, text: "Google gave a parent that is not to be understood"}
			return rungs
		}
		kind := "folder"
		if strings.HasPrefix(parent, "organizations/") {
			kind = "organisation"
		}
		next = &rung{kind: kind, id: parent}
	}
}

// look reads what a rung is called and what is above it, "" where nothing is. An organisation's error is no loss but its name.
func (c *Client) look(ctx context.Context, r *rung, in *Inherited) (parent string, failed *Error) {
	const op = "read the ancestry"
	switch r.kind {
	case "project":
		p, err := c.above.project.once(ctx, &resourcemanagerpb.GetProjectRequest{Name: r.id})
		if err != nil {
			return "", c.levelFailure(op, r, needProject, err)
		}
		if validProject(p.GetProjectId()) {
			in.Project, r.label = p.GetProjectId(), p.GetProjectId()
		}
		if n := last(p.GetName()); n != "" && strings.Trim(n, "0123456789") == "" {
			in.Number = n
		}
		return p.GetParent(), nil
	case "folder":
		f, err := c.above.folder.once(ctx, &resourcemanagerpb.GetFolderRequest{Name: r.id})
		if err != nil {
			return "", c.levelFailure(op, r, needFolder, err)
		}
		r.label = f.GetDisplayName()
		if f.GetParent() == "" { // every folder is in something
			return "-", nil
		}
		return f.GetParent(), nil
	}
	o, err := c.above.organization.once(ctx, &resourcemanagerpb.GetOrganizationRequest{Name: r.id})
	if err != nil {
		return "", c.levelFailure(op, r, needOrganization, err)
	}
	r.label = o.GetDisplayName()
	return "", nil
}

// levelPolicy reads a rung's own policy, its roles expanded.
func (c *Client) levelPolicy(ctx context.Context, r *rung) ([]Binding, *Error) {
	need, policy := needProjectPolicy, c.above.projectPolicy
	switch r.kind {
	case "folder":
		need, policy = needFolderPolicy, c.above.folderPolicy
	case "organisation":
		need, policy = needOrganizationPolicy, c.above.organizationPolicy
	}
	got, err := policy.once(ctx, &iampb.GetIamPolicyRequest{Resource: r.id, Options: &iampb.GetPolicyOptions{RequestedPolicyVersion: 3}})
	if err != nil {
		return nil, c.levelFailure("read the policy", r, need, err)
	}
	var kept []Binding
	for _, b := range c.bindings(ctx, got, "") {
		if matters(b) {
			kept = append(kept, b)
		}
	}
	return kept, nil
}

// levelFailure is failure with the command that gives a role where the rung is, since a grant on the project shows nothing above it.
func (c *Client) levelFailure(op string, r *rung, need string, err error) *Error {
	project := c.project
	if r.kind == "project" {
		project = last(r.id)
	}
	e := c.failureIn(project, op, r.id, need, err)
	if e.Permission == "" || r.kind == "project" {
		return e
	}
	e = failure(op, r.id, "", need, err)
	if e.Role != "" {
		noun := "organizations"
		if r.kind == "folder" {
			noun = "resource-manager folders"
		}
		e.Hint = "ask for " + e.Role + ": gcloud " + noun + " add-iam-policy-binding " + last(r.id) + " --role=" + e.Role + " --member=" + somebody
		e = c.named(e)
	}
	return e
}
