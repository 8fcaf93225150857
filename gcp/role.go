package gcp

import (
	"context"
	"slices"
	"strings"
	"sync"

	"cloud.google.com/go/iam/admin/apiv1/adminpb"
	"github.com/googleapis/gax-go/v2"
	"google.golang.org/grpc/codes"
)

// invokePermission is what a caller needs on a service (https://cloud.google.com/run/docs/reference/iam/permissions).
const invokePermission = "run.routes.invoke"

// roleBook keeps what is known of roles for as long as the Client lives. A role that could not be read because of a passing
// failure is asked for again.
type roleBook struct {
	mu    sync.Mutex
	roles map[string]*roleFact
}

type roleFact struct {
	ready   chan struct{} // closed once the rest is set
	invokes Answer
	from    string
	keep    bool // the answer will not change
	dropped bool // whoever asked gave up, so that nobody has an answer
}

// invokes says whether a role holds run.routes.invoke, and how that is known. Concurrent questions about one role make one call.
func (c *Client) invokes(ctx context.Context, role string) (Answer, string) {
	for {
		c.roles.mu.Lock()
		if c.roles.roles == nil {
			c.roles.roles = map[string]*roleFact{}
		}
		f, asked := c.roles.roles[role]
		if !asked {
			f = &roleFact{ready: make(chan struct{})}
			c.roles.roles[role] = f
		}
		c.roles.mu.Unlock()
		if !asked {
			c.readRole(ctx, role, f)
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

func (c *Client) readRole(ctx context.Context, role string, f *roleFact) {
	f.invokes, f.from, f.keep = c.askRole(ctx, role)
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
	r, err := once(ctx, callTime, func(ctx context.Context, opts ...gax.CallOption) (*adminpb.Role, error) {
		return c.iam.GetRole(ctx, &adminpb.GetRoleRequest{Name: role}, opts...)
	})
	switch {
	case err == nil && r.GetDeleted():
		return No, "role read: it is deleted", true
	case err == nil && slices.Contains(r.GetIncludedPermissions(), invokePermission):
		return Yes, "role read", true
	case err == nil:
		return No, "role read", true
	}
	e := failure("read the role", role, c.project, needRole, err)
	invokes, from = shipped(role, e.Cause())
	return invokes, from, e.Code == codes.PermissionDenied || e.Code == codes.NotFound || e.Code == codes.InvalidArgument
}

// shipped answers from the lists of this file, where a role cannot be read; why says why it could not.
func shipped(role, why string) (Answer, string) {
	name, predefined := strings.CutPrefix(role, "roles/")
	switch {
	case predefined && slices.Contains(invokers[:], name):
		return Yes, "shipped list"
	case predefined && slices.Contains(others[:], name):
		return No, "shipped list"
	}
	return Unsure, "role not read: " + why
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
