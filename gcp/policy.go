package gcp

import (
	"context"
	"strings"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	"github.com/googleapis/gax-go/v2"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
)

// Policy is the IAM policy of one service, read at version 3. It does not show what project, folders and organisation hand down.
type Policy struct {
	Service  string // Service.ID
	Bindings []Binding
	Read     time.Time // when it was read
	Unread   []string  // what else could let somebody in and was not read, in words
}

// Binding is one role binding of a policy.
type Binding struct {
	Role      string
	Members   []string
	Condition Condition // the zero value for none
	Level     string    // "service"
	Invokes   Answer    // whether the role holds run.routes.invoke
	RoleFrom  string    // how that is known: "role read", "shipped list", or why it is not known
}

// Condition is an IAM condition: the binding holds only where the expression is true.
type Condition struct {
	Title, Expression string
}

// Policy reads one service's policy at version 3 and expands its roles; service is a Service.ID. At most 32 are read at a time,
// further calls wait. A role that cannot be read makes no error: its Binding says Unsure, or what the shipped list knows.
func (c *Client) Policy(ctx context.Context, service string) (Policy, error) {
	const op = "read the policy"
	name := last(service)
	if p := strings.Split(service, "/"); len(p) != 6 || p[0] != "projects" || p[2] != "locations" || p[4] != "services" || p[5] == "" {
		return Policy{}, &Error{Op: op, On: name, Code: codes.InvalidArgument, text: "not a service's resource name"}
	}
	select {
	case c.policies <- struct{}{}:
		defer func() { <-c.policies }()
	case <-ctx.Done():
		return Policy{}, failure(op, name, c.project, needPolicy, ctx.Err())
	}
	got, err := once(ctx, callTime, func(ctx context.Context, opts ...gax.CallOption) (*iampb.Policy, error) {
		return c.services.GetIamPolicy(ctx, &iampb.GetIamPolicyRequest{
			Resource: service,
			Options:  &iampb.GetPolicyOptions{RequestedPolicyVersion: 3}, // below 3, bindings with a condition come without it
		}, opts...)
	})
	if err != nil {
		return Policy{}, failure(op, name, c.project, needPolicy, err)
	}
	p := Policy{Service: service, Read: time.Now(), Unread: InheritedUnread(c.project)}
	var g errgroup.Group
	g.SetLimit(8)
	p.Bindings = make([]Binding, len(got.GetBindings()))
	for i, b := range got.GetBindings() {
		p.Bindings[i] = Binding{
			Role: b.GetRole(), Members: b.GetMembers(), Level: "service",
			Condition: Condition{b.GetCondition().GetTitle(), b.GetCondition().GetExpression()},
		}
		g.Go(func() error {
			p.Bindings[i].Invokes, p.Bindings[i].RoleFrom = c.invokes(ctx, b.GetRole())
			return nil
		})
	}
	g.Wait()
	return p, nil
}
