package gcp

import (
	"context"
	"strings"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	"github.com/googleapis/gax-go/v2"
	"google.golang.org/grpc/codes"
)

// Policy is the IAM policy of one service, read at version 3. It does not show what project, folders and organisation hand down,
// unless it is Inheriting.
type Policy struct {
	Service  string // Service.ID
	Bindings []Binding
	Read     time.Time // when it was read
	Unread   []string  // what else could let somebody in and was not read, in words

	// Deny, DenyUnread and Errs are as in Inherited; nil until the policy is Inheriting.
	Deny       []DenyRule
	DenyUnread []string
	Errs       []*Error
	DenyRead   bool // deny policies were looked at: the policy is Inheriting
}

// Binding is one role binding of a policy.
type Binding struct {
	Role      string
	Members   []string
	Condition Condition // the zero value for none
	Holds     Answer    // whether the condition is true, as Policy.Judged set it; no matter where there is none
	Level     string    // "service", or a Level.Name
	Invokes   Answer    // whether the role holds run.routes.invoke
	RoleFrom  string    // how that is known: "role read", "shipped list", or why it is not known
}

// Condition is an IAM condition: the binding holds only where the expression is true.
type Condition struct {
	Title, Expression string
}

// Policy reads one service's policy at version 3 and expands its roles; service is a Service.ID. At most 32 are read at a time,
// further calls wait. A role that cannot be read makes no error: its Binding says Unsure, or what the shipped list knows. Where the quota
// of the service's region is used up, the region's policies are not asked for until Google wants to be asked again: the error is then
// ResourceExhausted, with what is left of the wait in Retry.
func (c *Client) Policy(ctx context.Context, service string) (Policy, error) {
	const op = "read the policy"
	name := last(service)
	if !isService(service) {
		return Policy{}, &Error{Op: op, On: name, Code: codes.InvalidArgument, text: "not a service's resource name"}
	}
	parts := strings.Split(service, "/")
	project, at := c.asked(parts[1]), spot{parts[1], parts[3]}
	select {
	case c.policies <- struct{}{}:
		defer func() { <-c.policies }()
	case <-ctx.Done():
		return Policy{}, c.failureIn(project, op, name, needPolicy, ctx.Err())
	}
	if err := c.sparedPolicy(at, name); err != nil {
		return Policy{}, err
	}
	got, err := once(ctx, callTime, func(ctx context.Context, opts ...gax.CallOption) (*iampb.Policy, error) {
		return c.services.GetIamPolicy(ctx, &iampb.GetIamPolicyRequest{
			Resource: service,
			Options:  &iampb.GetPolicyOptions{RequestedPolicyVersion: 3}, // below 3, bindings with a condition come without it
		}, opts...)
	})
	if err != nil {
		e := c.failureIn(project, op, name, needPolicy, err)
		if e.Code != codes.ResourceExhausted {
			return Policy{}, e
		}
		c.sparedPolicies.took(at, e, time.Now())
		if err := c.sparedPolicy(at, name); err != nil {
			return Policy{}, err // it says how long all of them wait
		}
		return Policy{}, e
	}
	c.sparedPolicies.took(at, nil, time.Now())
	p := Policy{Service: service, Read: time.Now(), Unread: InheritedUnread(project)}
	p.Bindings = c.bindings(ctx, got, "service")
	return p, nil
}

// isService says whether a name is a Service.ID.
func isService(name string) bool {
	p := strings.Split(name, "/")
	return len(p) == 6 && p[0] == "projects" && p[2] == "locations" && p[4] == "services" && p[5] != ""
}

// bindings are those of a policy as it came, with every role expanded. Every role is read, at each level: the shipped list is of
// one day, Google changes predefined roles, and a project's hundred roles are asked for once in some minutes at most, 16 at a
// time. Only where a role cannot be read does the list answer, and RoleFrom says so.
func (c *Client) bindings(ctx context.Context, from *iampb.Policy, level string) []Binding {
	all := make([]Binding, len(from.GetBindings()))
	var work together
	for i, b := range from.GetBindings() {
		all[i] = Binding{
			Role: b.GetRole(), Members: b.GetMembers(), Level: level,
			Condition: Condition{b.GetCondition().GetTitle(), b.GetCondition().GetExpression()},
		}
		work.Do(func() { all[i].Invokes, all[i].RoleFrom = c.invokes(ctx, b.GetRole()) })
	}
	_ = work.Wait()
	return all
}
