package token

import "strings"

// The ways to make a change real that was tried on a target, one for each change. Titles and texts are as in Ways; nothing here runs a command.

// ToAccept is the way to have the service accept one more audience.
//
// Source: https://cloud.google.com/run/docs/configuring/custom-audiences.
func (t *Target) ToAccept(audience string) Way {
	return Way{Title: "Accept this audience", Text: "A custom audience is accepted besides the run.app URL, as the exact same string.",
		Cost: "A new revision is deployed; whoever may mint for this audience is a caller too.", Commands: []string{t.update("--add-custom-audiences=" + listItem(audience))}}
}

// ToMint is the way to get the held token made for another audience, by the account that it names, where it names a service account.
//
// Source: https://cloud.google.com/run/docs/authenticating/service-to-service.
func (t *Target) ToMint(held *Token, audience string) Way {
	account := t.anAccount("CALLER")
	if p, ok := held.Principal(); ok && p.word == "serviceAccount" && isAddress(p.email) {
		account = p.email
	}
	asked := *t
	asked.Audiences = []Audience{{Value: audience, Source: "url"}}
	return Way{Title: "Ask for this audience", Text: "The audience is chosen when the token is made.", Cost: "The caller's code or settings change; to impersonate the account needs roles/iam.serviceAccountTokenCreator on it.",
		Commands: []string{
			"gcloud auth print-identity-token --impersonate-service-account=" + shellWord(account, "CALLER") + " --audiences=" + shellWord(audience, "AUDIENCE") + " --include-email",
			"# or where the caller runs, inside Google Cloud:", asked.mintByMetadata(),
		}}
}

// ToInvite is the way to let a member invoke the service; "allUsers" opens it to everybody.
//
// Source: https://cloud.google.com/run/docs/authenticating/public.
func (t *Target) ToInvite(member string) Way {
	w := Way{Title: "Let it in", Text: "Grant roles/run.invoker on this service; it takes 2 minutes to spread, at times 7 and more.",
		Cost: "It may call every path of the service, until the grant is taken back.", Commands: []string{t.invite(member)}}
	if strings.EqualFold(member, "allUsers") {
		w.Title, w.Cost = "Make the service public", "Everybody who reaches the service reaches the app, which must verify each request. An organisation policy may forbid allUsers."
	}
	return w
}

// ToUncheck is the way to switch the invoker check off.
//
// Source: https://cloud.google.com/run/docs/authenticating/public.
func (t *Target) ToUncheck() Way {
	return Way{Title: "Switch the invoker check off", Text: "Then nobody's credential is looked at at the door, whatever the policy says.",
		Cost: "Everybody who reaches the service reaches the app, which must verify each request.", Commands: []string{t.update("--no-invoker-iam-check")}}
}

// ToAdmit is the way to another ingress setting: IngressAll, IngressInternal or IngressLoadBalancer; of any other it has no command.
//
// Source: https://cloud.google.com/run/docs/securing/ingress.
func (t *Target) ToAdmit(i Ingress) Way {
	switch i {
	case IngressAll:
		return Way{Title: "Admit every path", Text: "The invoker check still asks for a credential where it is on.", Cost: "Everybody on the internet can reach the service, past any load balancer.",
			Commands: []string{t.update("--ingress=all")}}
	case IngressInternal:
		return Way{Title: "Admit what is internal", Text: "Only the VPC and Google's own callers reach it.", Cost: "Straight from the internet, and through an external load balancer, it is 404.",
			Commands: []string{t.update("--ingress=internal")}}
	case IngressLoadBalancer:
		return Way{Title: "Admit the load balancer", Text: "External load balancers reach it besides what is internal.", Cost: "Straight from the internet it is 404, also under its run.app URL.",
			Commands: []string{t.update("--ingress=internal-and-cloud-load-balancing")}}
	}
	return Way{}
}
