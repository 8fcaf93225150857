package gcp

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"cloud.google.com/go/iam/admin/apiv1/adminpb"
	"github.com/googleapis/gax-go/v2"
	"google.golang.org/grpc/codes"
)

// invokePermission is what a caller needs on a service (https://cloud.google.com/run/docs/reference/iam/permissions).
const invokePermission = "run.routes.invoke"

// roleBook keeps what is known of roles for some minutes: a custom role may gain the permission, or lose it, while somebody looks. A role
// that could not be read because of a passing failure is asked for again.
type roleBook struct {
	slots chan struct{} // one for each role that may be read at a time
	mu    sync.Mutex
	roles map[string]*roleFact
}

type roleFact struct {
	ready   chan struct{} // closed once the rest is set
	invokes Answer
	from    string
	keep    bool // the answer holds until then
	until   time.Time
	read    time.Time // when Google told it; the zero value where it did not
	dropped bool      // whoever asked gave up, so that nobody has an answer
}

// invokes says whether a role holds run.routes.invoke, and how that is known. Concurrent questions about one role make one call.
func (c *Client) invokes(ctx context.Context, role string) (Answer, string) {
	for {
		c.roles.mu.Lock()
		if c.roles.roles == nil {
			c.roles.roles = map[string]*roleFact{}
		}
		f, asked := c.roles.roles[role]
		var was *roleFact
		if asked && f.over(time.Now()) {
			was, asked = f, false
		}
		if !asked {
			f = &roleFact{ready: make(chan struct{})}
			c.roles.roles[role] = f
		}
		c.roles.mu.Unlock()
		if !asked {
			c.readRole(ctx, role, f, was)
			return f.invokes, f.from
		}
		select {
		case <-f.ready:
		case <-ctx.Done():
			return shipped(role, "given up")
		}
		if !f.dropped {
			return f.invokes, f.from
		}
	}
}

const (
	// roleHolds is how long a role is believed that was read. A change of one takes about as long to be in force:
	// https://cloud.google.com/iam/docs/access-change-propagation
	roleHolds = 5 * time.Minute
	// refusalHolds is how long a refusal to tell of a role, or that it is off, is believed: the permission may be granted, and the role be
	// enabled, while somebody waits for it.
	refusalHolds = time.Minute
	// roleLasts is how old an answer may be that stands in for one that a passing failure keeps away.
	roleLasts = 30 * time.Minute
)

// over says whether an answer has come that holds no longer.
func (f *roleFact) over(at time.Time) bool {
	select {
	case <-f.ready:
		return at.After(f.until)
	default:
		return false
	}
}

// readRole reads a role into f; was is what was known of it before, nil for nothing.
func (c *Client) readRole(ctx context.Context, role string, f, was *roleFact) {
	f.invokes, f.from, f.keep = c.askRole(ctx, role)
	now := time.Now()
	switch {
	case !f.keep && was != nil && now.Sub(was.read) < roleLasts && ctx.Err() == nil:
		f.invokes, f.from, f.read, f.keep, f.until = was.invokes, was.from, was.read, true, now.Add(refusalHolds)
	case f.from == roleRead:
		f.read, f.until = now, now.Add(roleHolds)
	default:
		f.until = now.Add(refusalHolds)
	}
	f.dropped = !f.keep && ctx.Err() != nil
	if !f.keep {
		c.roles.mu.Lock()
		delete(c.roles.roles, role)
		c.roles.mu.Unlock()
	}
	close(f.ready)
}

func (c *Client) askRole(ctx context.Context, role string) (invokes Answer, from string, keep bool) {
	if !strings.Contains(role, "roles/") {
		return Unsure, "not a role's name", true
	}
	select {
	case c.roles.slots <- struct{}{}:
		defer func() { <-c.roles.slots }()
	case <-ctx.Done():
		invokes, from = shipped(role, "given up")
		return invokes, from, false
	}
	r, err := once(ctx, callTime, func(ctx context.Context, opts ...gax.CallOption) (*adminpb.Role, error) {
		return c.iam.GetRole(ctx, &adminpb.GetRoleRequest{Name: role}, opts...)
	})
	switch {
	case err == nil && r.GetDeleted():
		return No, RoleDeleted, true
	case err == nil && r.GetStage() == adminpb.Role_DISABLED:
		// Its bindings stay, and contribute no permissions (https://cloud.google.com/iam/docs/roles-overview#custom-role-launch).
		return No, RoleDisabled, true
	case err == nil && slices.Contains(r.GetIncludedPermissions(), invokePermission):
		return Yes, roleRead, true
	case err == nil:
		return No, roleRead, true
	}
	e := c.roleFailure(role, err)
	why := e.Cause()
	if e.Hint != "" {
		why += "; " + e.Hint
	}
	invokes, from = shipped(role, why)
	return invokes, from, e.Code == codes.PermissionDenied || e.Code == codes.NotFound || e.Code == codes.InvalidArgument
}

// roleFailure is failure with the command that gives the permission where a custom role is kept.
func (c *Client) roleFailure(role string, err error) *Error {
	const op = "read the role"
	kind, rest, _ := strings.Cut(role, "/")
	owner, _, _ := strings.Cut(rest, "/")
	switch at := kind + "/" + owner; {
	case kind == "organizations" && shapeParent.MatchString(at):
		return c.levelFailure(op, &rung{kind: "organisation", id: at}, needRole, err)
	case kind == "projects" && validProject(owner):
		return c.failureIn(owner, op, role, needRole, err)
	}
	return c.failure(op, role, needRole, err)
}

// roleRead is Binding.RoleFrom of a role that was read.
const roleRead = "role read"

// Binding.RoleFrom of a custom role that contributes nothing, whatever permissions it lists.
const (
	RoleDeleted  = "role read: it is deleted"
	RoleDisabled = "role read: it is disabled"
)

// ShippedList is Binding.RoleFrom where a role was not read, and the list that this program ships knows it.
const ShippedList = "shipped list"

// shipped answers from the lists of this file, where a role cannot be read; why says why it could not.
func shipped(role, why string) (Answer, string) {
	name, predefined := strings.CutPrefix(role, "roles/")
	switch {
	case predefined && slices.Contains(invokers[:], name):
		return Yes, ShippedList
	case predefined && slices.Contains(others[:], name):
		return No, ShippedList
	}
	return Unsure, notRead + why
}

const notRead = "role not read: "

// Partial says whether a role of the policy's could not be read, so that reading the policy again may tell more.
func (p Policy) Partial() bool {
	return slices.ContainsFunc(p.Bindings, func(b Binding) bool { return strings.HasPrefix(b.RoleFrom, notRead) })
}

// invokers are the predefined roles that hold run.routes.invoke, without service agents' (a public role data set of August
// 2026). A role in neither list is not known.
var invokers = [...]string{
	"run.invoker", "run.servicesInvoker", "run.admin", "run.editor", "run.developer", "run.sourceDeveloper",
	"owner", "editor",
	"cloudfunctions.admin", "cloudfunctions.developer", "cloudfunctions.editor",
	"firebase.admin", "firebase.developAdmin",
	"iam.dataScientist", "iam.devOps", "iam.mlEngineer",
}

// others are roles that people take for such a one, and that do not hold it.
var others = [...]string{"viewer", "run.viewer", "run.jobsExecutor", "cloudfunctions.invoker", "iap.httpsResourceAccessor"}
