package gcp

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"

	iamv2pb "cloud.google.com/go/iam/apiv2/iampb"
)

// invokeDenied is run.routes.invoke as deny policies write it (https://cloud.google.com/iam/docs/deny-permissions-support).
const invokeDenied = "run.googleapis.com/routes.invoke"

// DenyRule is a rule of a deny policy that takes run.routes.invoke away, whatever any binding grants.
//
// Source: https://cloud.google.com/iam/docs/deny-overview
type DenyRule struct {
	Level  string // Level.Name of where the policy is attached
	Policy string // the policy's id

	// Denied are the principals that it hits, but for those in Except. Both have the v2 form, as they come:
	// "principal://goog/subject/ada@acme.example", "principalSet://goog/public:all".
	Denied, Except []string

	Condition Condition // it denies only while this is true; the zero value for always
	Holds     Answer    // as Binding.Holds
}

// denyRules reads the deny policies of one rung. Rules that were read before a failure are kept beside it. A listing leaves the
// rules out, so that each policy is read once more.
func (c *Client) denyRules(ctx context.Context, r *rung) ([]DenyRule, *Error) {
	const op = "read the deny policies"
	var names []string
	parent := denyParent(r.id)
	err := pages(func(token string) (string, bool, error) {
		l, err := c.above.denials.once(ctx, &iamv2pb.ListPoliciesRequest{Parent: parent, PageToken: token})
		for _, p := range l.GetPolicies() {
			names = append(names, p.GetName())
		}
		return l.GetNextPageToken(), false, err
	})
	var failed *Error
	if err != nil {
		failed = c.levelFailure(op, r, needDenyList, err)
	}
	read := make([][]DenyRule, len(names))
	var g together
	g.SetLimit(rolesAtATime)
	for i, name := range names {
		g.Go(func() error {
			p, err := c.above.denial.once(ctx, &iamv2pb.GetPolicyRequest{Name: name})
			read[i] = denying(p)
			return err
		})
	}
	if err := g.Wait(); err != nil && failed == nil {
		failed = c.levelFailure(op, r, needDeny, err)
	}
	return slices.Concat(read...), failed
}

// denyParent is where the deny policies of a resource like "projects/P" hang.
func denyParent(id string) string {
	return "policies/" + url.PathEscape("cloudresourcemanager.googleapis.com/"+id) + "/denypolicies"
}

// denying are the rules of a policy that deny run.routes.invoke.
func denying(p *iamv2pb.Policy) (rules []DenyRule) {
	for _, r := range p.GetRules() {
		d := r.GetDenyRule()
		if !slices.ContainsFunc(d.GetDeniedPermissions(), coversInvoke) || slices.ContainsFunc(d.GetExceptionPermissions(), coversInvoke) {
			continue
		}
		rules = append(rules, DenyRule{
			Policy: last(p.GetName()), Denied: d.GetDeniedPrincipals(), Except: d.GetExceptionPrincipals(),
			Condition: Condition{d.GetDenialCondition().GetTitle(), d.GetDenialCondition().GetExpression()},
		})
	}
	return rules
}

// coversInvoke says whether a permission of a deny rule is run.routes.invoke or a group with it: routes.*, *.invoke, *.*, *.
func coversInvoke(permission string) bool {
	if !strings.Contains(permission, "*") {
		return permission == invokeDenied
	}
	glob := strings.ReplaceAll(regexp.QuoteMeta(permission), `\*`, `.*`)
	covers, err := regexp.MatchString("^"+glob+"$", invokeDenied)
	return err == nil && covers
}

// denyUnread says whose deny policies were not read, those with the same reason together.
func denyUnread(rungs []*rung) []string {
	var reasons []string
	of := map[string][]string{}
	tell := func(whose, reason string) {
		if of[reason] == nil {
			reasons = append(reasons, reason)
		}
		of[reason] = append(of[reason], whose)
	}
	for _, r := range rungs {
		if r.denyErr != nil {
			tell(r.name(), shows(r.denyErr, "them"))
		}
		if r.up != nil {
			tell("what is above "+r.name(), "what that is was not read")
		}
	}
	var out []string
	for _, reason := range reasons {
		out = append(out, "deny policies of "+listed(of[reason])+": "+reason)
	}
	return out
}

// listed joins names as a sentence does: "a, b and c".
func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	end := len(names) - 1
	return strings.Join(names[:end], ", ") + " and " + names[end]
}
