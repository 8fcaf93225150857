package gcp

import (
	"context"
	"slices"
	"strings"
	"time"

	troubleshooterpb "cloud.google.com/go/policytroubleshooter/iam/apiv3/iampb"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Troubleshot is what Google's Policy Troubleshooter says of a principal and a service. It sees group memberships and evaluates
// conditions as far as the one who asks may see them; where they may not, it says so.
type Troubleshot struct {
	Principal string // the address that was asked for
	Access    Answer // whether the principal holds run.routes.invoke on the service, all policies taken together
	Text      string // Access in a sentence; where it is not known, why, which AllowText and DenyText do not say again
	Allow     Answer // whether a binding grants it; AllowText says by which, and at which level
	AllowText string
	Deny      Answer // Yes: a deny policy takes it away
	DenyText  string
	Read      time.Time
}

// Troubleshoot asks Policy Troubleshooter whether a principal may call a service right now: service is a Service.ID, principal a
// member like "serviceAccount:x@y", or the address alone. Google answers for accounts and service accounts only, and needs the
// API policytroubleshooter.googleapis.com. The error is an *Error.
//
// Source: https://cloud.google.com/policy-intelligence/docs/troubleshoot-access
func (c *Client) Troubleshoot(ctx context.Context, service, principal string) (Troubleshot, error) {
	const op = "ask Policy Troubleshooter"
	address, ok := troubled(principal)
	if !ok || !isService(service) {
		return Troubleshot{}, &Error{Op: op, On: last(service), Code: codes.InvalidArgument,
			text: "it answers for the address of a Google account or a service account, and for a service",
			Hint: "give an address, like ada@acme.example"}
	}
	now := time.Now()
	r, err := c.above.troubleshoot.once(ctx, &troubleshooterpb.TroubleshootIamPolicyRequest{
		AccessTuple: &troubleshooterpb.AccessTuple{
			Principal: address, FullResourceName: "//run.googleapis.com/" + service, Permission: invokePermission,
			// Without a time, Google does not evaluate request.time.
			ConditionContext: &troubleshooterpb.ConditionContext{
				Request: &troubleshooterpb.ConditionContext_Request{ReceiveTime: timestamppb.New(now)},
			},
		},
	})
	if err != nil {
		return Troubleshot{}, c.failure(op, last(service), "", err)
	}
	t := Troubleshot{Principal: address, Read: now}
	t.Access, t.Text = overall(r.GetOverallAccessState())
	t.Allow, t.AllowText = allowExplained(r.GetAllowPolicyExplanation())
	t.Deny, t.DenyText = denyExplained(r.GetDenyPolicyExplanation())
	if _, why, ok := strings.Cut(t.Text, ": "); ok { // said once is enough
		t.AllowText, t.DenyText = strings.TrimSuffix(t.AllowText, ": "+why), strings.TrimSuffix(t.DenyText, ": "+why)
	}
	return t, nil
}

// troubled is the address of a principal that Policy Troubleshooter knows.
func troubled(principal string) (address string, ok bool) {
	kind, address, typed := strings.Cut(principal, ":")
	if !typed {
		kind, address = "user", principal
	}
	name, domain, _ := strings.Cut(address, "@")
	return address, (kind == "user" || kind == "serviceAccount") && name != "" && domain != "" && !strings.ContainsAny(address, " /?[")
}

// hidden is why Google itself does not know.
const (
	hidden      = "policies, roles or groups that it depends on may not be seen with this login"
	conditional = "it depends on a condition that Google could not evaluate"
)

func overall(s troubleshooterpb.TroubleshootIamPolicyResponse_OverallAccessState) (Answer, string) {
	switch s {
	case troubleshooterpb.TroubleshootIamPolicyResponse_CAN_ACCESS:
		return Yes, "may invoke"
	case troubleshooterpb.TroubleshootIamPolicyResponse_CANNOT_ACCESS:
		return No, "may not invoke"
	case troubleshooterpb.TroubleshootIamPolicyResponse_UNKNOWN_INFO:
		return Unsure, "not known: " + hidden
	case troubleshooterpb.TroubleshootIamPolicyResponse_UNKNOWN_CONDITIONAL:
		return Unsure, "not known: " + conditional
	}
	return Unsure, "not known: Google gave no answer"
}

func allowExplained(e *troubleshooterpb.AllowPolicyExplanation) (Answer, string) {
	switch e.GetAllowAccessState() {
	case troubleshooterpb.AllowAccessState_ALLOW_ACCESS_STATE_GRANTED:
		return Yes, "granted" + grantedBy(e)
	case troubleshooterpb.AllowAccessState_ALLOW_ACCESS_STATE_NOT_GRANTED:
		return No, "no binding of the service, or of anything above it, grants it"
	case troubleshooterpb.AllowAccessState_ALLOW_ACCESS_STATE_UNKNOWN_INFO:
		return Unsure, "not known whether a binding grants it: " + hidden
	case troubleshooterpb.AllowAccessState_ALLOW_ACCESS_STATE_UNKNOWN_CONDITIONAL:
		return Unsure, "not known whether a binding grants it: " + conditional
	}
	return Unsure, "not known whether a binding grants it"
}

// grantedBy names the first binding that grants: " by roles/run.invoker to group:x (folder 123)". "" where Google names none.
func grantedBy(e *troubleshooterpb.AllowPolicyExplanation) string {
	for _, p := range e.GetExplainedPolicies() {
		for _, b := range p.GetBindingExplanations() {
			if b.GetAllowAccessState() != troubleshooterpb.AllowAccessState_ALLOW_ACCESS_STATE_GRANTED {
				continue
			}
			text := " by " + b.GetRole()
			var members []string
			for member, m := range b.GetMemberships() {
				if m.GetMembership() == troubleshooterpb.MembershipMatchingState_MEMBERSHIP_MATCHED {
					members = append(members, member)
				}
			}
			if len(members) > 0 {
				slices.Sort(members)
				text += " to " + members[0]
			}
			return text + " (" + levelOf(p.GetFullResourceName()) + ")"
		}
	}
	return ""
}

func denyExplained(e *troubleshooterpb.DenyPolicyExplanation) (Answer, string) {
	switch e.GetDenyAccessState() {
	case troubleshooterpb.DenyAccessState_DENY_ACCESS_STATE_DENIED:
		return Yes, "taken away" + deniedBy(e)
	case troubleshooterpb.DenyAccessState_DENY_ACCESS_STATE_NOT_DENIED:
		return No, "no deny policy takes it away"
	case troubleshooterpb.DenyAccessState_DENY_ACCESS_STATE_UNKNOWN_INFO:
		return Unsure, "not known whether a deny policy takes it away: " + hidden
	case troubleshooterpb.DenyAccessState_DENY_ACCESS_STATE_UNKNOWN_CONDITIONAL:
		return Unsure, "not known whether a deny policy takes it away: " + conditional
	}
	return Unsure, "not known whether a deny policy takes it away"
}

func deniedBy(e *troubleshooterpb.DenyPolicyExplanation) string {
	for _, r := range e.GetExplainedResources() {
		for _, p := range r.GetExplainedPolicies() {
			if p.GetDenyAccessState() == troubleshooterpb.DenyAccessState_DENY_ACCESS_STATE_DENIED && p.GetPolicy().GetName() != "" {
				return " by the deny policy " + last(p.GetPolicy().GetName()) + " (" + levelOf(r.GetFullResourceName()) + ")"
			}
		}
	}
	return ""
}

// levelOf is the level that a full resource name means, in the manner of Level.Name.
func levelOf(full string) string {
	_, name, _ := strings.Cut(strings.TrimPrefix(full, "//"), "/")
	kind, id, _ := strings.Cut(name, "/")
	switch {
	case isService(name):
		return "service"
	case kind == "projects" && id != "":
		return "project " + id
	case kind == "folders" && id != "":
		return "folder " + id
	case kind == "organizations" && id != "":
		return "organisation " + id
	}
	return "a level that Google does not name"
}
