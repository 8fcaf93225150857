package demo

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	troubleshooterpb "cloud.google.com/go/policytroubleshooter/iam/apiv3/iampb"
	"google.golang.org/genproto/googleapis/type/expr"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// troubleshooter answers for one permission, on a service. It shows what the one who asks may read, and says UNKNOWN_INFO for the
// rest, as its reference has it. Deny rules with a condition are UNKNOWN_CONDITIONAL here; of bindings it evaluates request.time.
type troubleshooter struct {
	troubleshooterpb.UnimplementedPolicyTroubleshooterServer
	c *Cloud
}

const (
	granted       = troubleshooterpb.AllowAccessState_ALLOW_ACCESS_STATE_GRANTED
	notGranted    = troubleshooterpb.AllowAccessState_ALLOW_ACCESS_STATE_NOT_GRANTED
	allowUnknown  = troubleshooterpb.AllowAccessState_ALLOW_ACCESS_STATE_UNKNOWN_INFO
	allowIf       = troubleshooterpb.AllowAccessState_ALLOW_ACCESS_STATE_UNKNOWN_CONDITIONAL
	deniedAccess  = troubleshooterpb.DenyAccessState_DENY_ACCESS_STATE_DENIED
	notDenied     = troubleshooterpb.DenyAccessState_DENY_ACCESS_STATE_NOT_DENIED
	denyUnknown   = troubleshooterpb.DenyAccessState_DENY_ACCESS_STATE_UNKNOWN_INFO
	denyIf        = troubleshooterpb.DenyAccessState_DENY_ACCESS_STATE_UNKNOWN_CONDITIONAL
	invokeRun     = "run.routes.invoke"
	managerPrefix = "//cloudresourcemanager.googleapis.com/"
)

// rosters are who is in the groups of the story, which no policy tells and only the troubleshooter sees.
func rosters() map[string][]string {
	return map[string][]string{
		"finance-systems@acme.example": {address("month-end")},
		"shops-backends@acme.example":  {address("storefront"), address("stock-sync")},
		"shops-oncall@acme.example":    {"sam.analyst@acme.example"},
		"platform-admins@acme.example": {"sam.analyst@acme.example"},
		"audit@acme.example":           {"sec.review@acme.example"},
	}
}

func (s troubleshooter) TroubleshootIamPolicy(ctx context.Context, req *troubleshooterpb.TroubleshootIamPolicyRequest) (*troubleshooterpb.TroubleshootIamPolicyResponse, error) {
	t := req.GetAccessTuple()
	resource, ok := strings.CutPrefix(t.GetFullResourceName(), "//run.googleapis.com/")
	switch {
	case !strings.Contains(t.GetPrincipal(), "@") || strings.Contains(t.GetPrincipal(), ":"):
		return nil, invalid("The principal '%s' is not an email address.", t.GetPrincipal())
	case t.GetPermission() != invokeRun && t.GetPermission() != "run.googleapis.com/routes.invoke":
		return nil, invalid("The permission '%s' is not valid for the resource.", t.GetPermission())
	case !ok:
		return nil, invalid("The full resource name '%s' is not valid.", t.GetFullResourceName())
	}
	name, err := s.c.serviceName(resource)
	if err != nil {
		return nil, err
	}
	if _, ok := s.c.service(name); !ok {
		return nil, status.Errorf(codes.NotFound, "The resource '%s' was not found.", t.GetFullResourceName())
	}
	var at time.Time
	if when := t.GetConditionContext().GetRequest().GetReceiveTime(); when != nil {
		at = when.AsTime()
	}
	q := question{s.c, t.GetPrincipal(), at}
	allow, deny := q.allow(name), q.deny(name)
	return &troubleshooterpb.TroubleshootIamPolicyResponse{
		AccessTuple: t, AllowPolicyExplanation: allow, DenyPolicyExplanation: deny,
		OverallAccessState: together(allow.AllowAccessState, deny.DenyAccessState),
	}, nil
}

// together is the access that both kinds of policy leave.
func together(allow troubleshooterpb.AllowAccessState, deny troubleshooterpb.DenyAccessState) troubleshooterpb.TroubleshootIamPolicyResponse_OverallAccessState {
	switch {
	case allow == notGranted || deny == deniedAccess:
		return troubleshooterpb.TroubleshootIamPolicyResponse_CANNOT_ACCESS
	case allow == granted && deny == notDenied:
		return troubleshooterpb.TroubleshootIamPolicyResponse_CAN_ACCESS
	case allow == allowUnknown || deny == denyUnknown:
		return troubleshooterpb.TroubleshootIamPolicyResponse_UNKNOWN_INFO
	}
	return troubleshooterpb.TroubleshootIamPolicyResponse_UNKNOWN_CONDITIONAL
}

// question is who wants to call, and when.
type question struct {
	c         *Cloud
	principal string
	at        time.Time // zero: it is not told
}

// above are the full names of a service and of what is above it, and the names under which policies are kept.
func (q question) above(service string) (full, names []string) {
	full, names = []string{"//run.googleapis.com/" + service}, []string{service}
	next := strings.Join(strings.Split(service, "/")[:2], "/")
	for next != "" {
		b, err := q.c.branch(next, "")
		if err != nil {
			break
		}
		shown := b.name
		if b.id != "" {
			shown = "projects/" + b.id
		}
		full, names = append(full, managerPrefix+shown), append(names, b.name)
		next = b.parent
	}
	return full, names
}

func (q question) allow(service string) *troubleshooterpb.AllowPolicyExplanation {
	out := &troubleshooterpb.AllowPolicyExplanation{AllowAccessState: notGranted}
	full, names := q.above(service)
	for i, name := range names {
		e := &troubleshooterpb.ExplainedAllowPolicy{AllowAccessState: notGranted}
		if q.c.forbidden(policyMethod(name), name) {
			e.AllowAccessState = allowUnknown
		} else {
			e.FullResourceName = full[i]
			q.c.world.mu.Lock()
			e.Policy = q.c.world.policies[name]
			q.c.world.mu.Unlock()
			for _, b := range e.Policy.GetBindings() {
				x := q.binding(b)
				e.BindingExplanations = append(e.BindingExplanations, x)
				e.AllowAccessState = likelier(e.AllowAccessState, x.AllowAccessState)
			}
		}
		out.ExplainedPolicies = append(out.ExplainedPolicies, e)
		out.AllowAccessState = likelier(out.AllowAccessState, e.AllowAccessState)
	}
	return out
}

func policyMethod(name string) string {
	kind, _, _ := strings.Cut(name, "/")
	if strings.Contains(name, "/services/") {
		return "GetIamPolicy"
	}
	return strings.ToUpper(kind[:1]) + kind[1:] + ".GetIamPolicy"
}

// likelier is the state of two that grants more: a grant before a maybe before none.
func likelier(a, b troubleshooterpb.AllowAccessState) troubleshooterpb.AllowAccessState {
	order := []troubleshooterpb.AllowAccessState{notGranted, allowIf, allowUnknown, granted}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

func (q question) binding(b *iampb.Binding) *troubleshooterpb.AllowBindingExplanation {
	x := &troubleshooterpb.AllowBindingExplanation{
		Role: b.Role, Condition: b.Condition, AllowAccessState: notGranted,
		RolePermission: troubleshooterpb.RolePermissionInclusionState_ROLE_PERMISSION_NOT_INCLUDED,
		Memberships:    map[string]*troubleshooterpb.AllowBindingExplanation_AnnotatedAllowMembership{},
	}
	in := false
	for _, m := range b.Members {
		state := troubleshooterpb.MembershipMatchingState_MEMBERSHIP_NOT_MATCHED
		if q.is(m) {
			in, state = true, troubleshooterpb.MembershipMatchingState_MEMBERSHIP_MATCHED
		}
		x.Memberships[m] = &troubleshooterpb.AllowBindingExplanation_AnnotatedAllowMembership{Membership: state}
	}
	q.c.world.mu.Lock()
	role, known := q.c.world.roles[b.Role]
	q.c.world.mu.Unlock()
	holds := role != nil && !role.Deleted && slices.Contains(role.IncludedPermissions, invokeRun)
	if holds {
		x.RolePermission = troubleshooterpb.RolePermissionInclusionState_ROLE_PERMISSION_INCLUDED
	}
	switch {
	case !in:
	case !known:
		x.RolePermission, x.AllowAccessState = troubleshooterpb.RolePermissionInclusionState_ROLE_PERMISSION_UNKNOWN_INFO, allowUnknown
	case holds:
		x.AllowAccessState = q.conditioned(b.Condition)
	}
	return x
}

var beforeTime = regexp.MustCompile(`^request\.time < timestamp\("([^"]+)"\)$`)

func (q question) conditioned(c *expr.Expr) troubleshooterpb.AllowAccessState {
	if c == nil {
		return granted
	}
	m := beforeTime.FindStringSubmatch(c.Expression)
	if m == nil || q.at.IsZero() {
		return allowIf
	}
	end, err := time.Parse(time.RFC3339, m[1])
	switch {
	case err != nil:
		return allowIf
	case q.at.Before(end):
		return granted
	}
	return notGranted
}

// is says whether a member of a policy, in its first or second form, is or holds the principal.
func (q question) is(member string) bool {
	for _, cut := range []string{"principal://goog/subject/", "principal://iam.googleapis.com/projects/-/serviceAccounts/"} {
		if who, ok := strings.CutPrefix(member, cut); ok {
			return who == q.principal
		}
	}
	if group, ok := strings.CutPrefix(member, "principalSet://goog/group/"); ok {
		member = "group:" + group
	}
	kind, who, _ := strings.Cut(member, ":")
	switch kind {
	case "allUsers", "allAuthenticatedUsers":
		return true
	case "user", "serviceAccount":
		return who == q.principal
	case "domain":
		return strings.HasSuffix(q.principal, "@"+who)
	case "group":
		return slices.Contains(rosters()[who], q.principal)
	}
	return member == "principalSet://goog/public:all"
}

func (q question) deny(service string) *troubleshooterpb.DenyPolicyExplanation {
	out := &troubleshooterpb.DenyPolicyExplanation{DenyAccessState: notDenied, PermissionDeniable: true}
	order := []troubleshooterpb.DenyAccessState{notDenied, denyIf, denyUnknown, deniedAccess}
	worse := func(a, b troubleshooterpb.DenyAccessState) troubleshooterpb.DenyAccessState {
		return order[max(slices.Index(order, a), slices.Index(order, b))]
	}
	full, names := q.above(service)
	for i, name := range names[1:] {
		r := &troubleshooterpb.ExplainedDenyResource{DenyAccessState: notDenied}
		if q.c.forbidden("ListPolicies", name) {
			r.DenyAccessState = denyUnknown
		} else {
			r.FullResourceName = full[i+1]
			for _, p := range q.c.denialsOf(name) {
				e := &troubleshooterpb.ExplainedDenyPolicy{Policy: p, DenyAccessState: notDenied}
				for _, rule := range p.Rules {
					d := rule.GetDenyRule()
					if slices.Contains(d.DeniedPermissions, "run.googleapis.com/routes.invoke") && slices.ContainsFunc(d.DeniedPrincipals, q.is) &&
						!slices.ContainsFunc(d.ExceptionPrincipals, q.is) {
						state := deniedAccess
						if d.DenialCondition != nil {
							state = denyIf
						}
						e.DenyAccessState = worse(e.DenyAccessState, state)
					}
				}
				r.ExplainedPolicies = append(r.ExplainedPolicies, e)
				r.DenyAccessState = worse(r.DenyAccessState, e.DenyAccessState)
			}
		}
		out.ExplainedResources = append(out.ExplainedResources, r)
		out.DenyAccessState = worse(out.DenyAccessState, r.DenyAccessState)
	}
	return out
}
