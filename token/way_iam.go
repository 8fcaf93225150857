package token

import "slices"

// waysPastIAM are those of a caller whom no binding lets in for certain.
func (t *Token) waysPastIAM(target *Target) []Way {
	p := t.principal()
	found := target.access(p)
	see := Way{Title: "See the whole policy", Text: "What project, folders and organisation hand down does not stand in the service's own policy.",
		Commands: []string{"gcloud run services get-iam-policy " + target.service() + target.place(), "gcloud projects get-ancestors-iam-policy " + target.project()}}
	if young := target.young(found); young != "" && found.allowed() == Yes {
		return []Way{{Title: "Wait", Text: "The caller is let in, but " + young + ": a change takes 2 minutes, at times 7 and more."}, see}
	}
	if p.email == "" {
		return []Way{t.wayToEmail(target), target.wayIn(p.word + ":EMAIL"), see}
	}
	var ways []Way
	if found.allowed() == Unsure {
		ways = append(ways, target.wayToAsk(p))
	}
	in := target.wayIn(p.String())
	if len(found.named) > 0 {
		ways = append(ways, target.wayOfCondition(found.best()))
		in.Cost += " It has no condition: the caller is in for good, where the grant that there is was to end, or to be narrower."
	}
	return append(ways, in, see)
}

// wayIn is the grant to the caller.
func (t *Target) wayIn(member string) Way {
	w := t.ToInvite(member)
	w.Title = "Let the caller in"
	return w
}

// wayToAsk is for what cannot be told from a policy: members of groups, what is handed down, conditions on more than the time.
//
// Source: https://cloud.google.com/sdk/gcloud/reference/policy-troubleshoot/iam.
func (t *Target) wayToAsk(p Principal) Way {
	return Way{Title: "Ask Policy Troubleshooter", Text: "It knows the members of groups, what is handed down and other conditions, as far as you may see them.",
		Commands: []string{"gcloud policy-troubleshoot iam //run.googleapis.com/projects/" + t.project() + "/locations/" + checked(t.Region, regionName, "REGION") + "/services/" + t.service() +
			" --permission=run.routes.invoke --principal-email=" + shellWord(p.email, "EMAIL")}}
}

// wayOfCondition is to change the condition of the binding that names the caller, which gcloud does for the whole policy only.
func (t *Target) wayOfCondition(g Grant) Way {
	w := Way{Title: "Change the condition", Text: "The binding of " + g.Role + " to " + g.Member + " holds only while this is true: " + g.Condition + ". Ask whoever set it first: it may have ended, or be narrow, on purpose."}
	if g.Level == "" || g.Level == "service" {
		w.Commands = []string{"gcloud run services get-iam-policy " + t.service() + t.place() + " --format=json > policy.json", "# change the condition in policy.json, then:",
			"gcloud run services set-iam-policy " + t.service() + " policy.json" + t.place()}
	}
	return w
}

// wayToEmail is the way to a token that names its account. Neither the API nor the metadata server of a virtual machine writes the address unasked.
//
// Source: https://cloud.google.com/sdk/gcloud/reference/auth/print-identity-token.
func (t *Token) wayToEmail(target *Target) Way {
	return Way{Title: "Ask for the token with its email", Text: "Then it says which account it is. The metadata server's full format tells of the machine besides.",
		Commands: []string{target.mintByImpersonation(t.account()), target.askMetadata("&format=full")}}
}

// conditional says whether a binding of the service's own policy has a condition. gcloud then wants to be told that a new one has none.
func (t *Target) conditional() bool {
	return slices.ContainsFunc(t.Policy.Bindings, func(b Binding) bool { return b.Condition != "" && (b.Level == "" || b.Level == "service") })
}

// waysPastDenial: nothing that the service's owner may change outweighs a deny policy.
func (t *Token) waysPastDenial(target *Target) []Way {
	return []Way{
		target.except("Have the caller excepted", t.principal().String()),
		{Title: "Call by another account", Text: "One that the rule does not name, and that holds roles/run.invoker.", Commands: []string{target.mintByImpersonation("")}},
	}
}
