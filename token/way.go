package token

import "strings"

// Way is one way out. Nothing in this package takes it: its commands are for the user to read, judge and run.
type Way struct {
	Title    string   // "Verify in the app"
	Text     string   // what to do, in a sentence or two; foreign text where it quotes the token or the service
	Cost     string   // what it costs or risks, "" for nothing worth saying
	Commands []string // one line each, for a POSIX shell; foreign text in them is quoted. Words in capitals are for the user to fill in
}

// Ways are the ways out of what decides a token's fate, best first; none where the request reaches the container.
func Ways(t *Token, target Target) []Way {
	report := Check(t, target)
	if report.Verdict().Status == 200 {
		return nil
	}
	f := report.trouble()
	ways := t.waysPast(f, &target)
	if f.Gate >= GateVerify && !t.absent() && t.wins {
		return append([]Way{takeOff}, ways...)
	}
	return ways
}

// takeOff is the way where a header that somebody else adds keeps the caller's credential from being looked at.
var takeOff = Way{Title: "Take the other header off", Text: serverlessHeader + " wins over Authorization. If a proxy hands it on, have it taken off there: then the token in Authorization counts; paste that one alone to judge it."}

// waysPast are the ways out of one finding.
func (t *Token) waysPast(f Finding, target *Target) []Way {
	if f.Status == Unknown {
		if ways := t.waysToKnow(f, target); ways != nil {
			return ways
		}
	}
	switch f.ID {
	case "svc.default_url":
		return target.waysPastHost()
	case "svc.ingress":
		return target.waysPastIngress()
	case "svc.iap":
		return t.waysPastIAP(target)
	case "req.credential", "in.multiple":
		return waysPastCredential(t, target)
	case "clm.iss", "kind.accepted":
		return t.waysPastIssuer(target)
	case "clm.aud":
		return t.waysPastAudience(target, f.Want)
	case "iam.binding", "iam.condition", "iam.inherited":
		return t.waysPastIAM(target)
	case "iam.deny":
		return t.waysPastDenial(target)
	case "svc.iam_check": // in doubt by a deny policy
		return []Way{target.except("Have everybody excepted", "allUsers")}
	case "clm.email_verified":
		return append([]Way{{Title: "Verify the address", Text: "Until then a new token of the same account says the same."}}, t.waysToAnotherToken(target)...)
	case "":
		return nil
	default:
		return t.waysToAnotherToken(target)
	}
}

// trouble is what stops the request for certain; where nothing does, what is in doubt first.
func (r Report) trouble() Finding {
	if w := r.walk(r.Find("svc.ingress").Status != Skip); w.end != nil && w.end.Status == Fail {
		return *w.end
	}
	return r.Find(r.Verdict().DecidedBy)
}

func (t *Target) waysPastHost() []Way {
	return []Way{
		{Title: "Call it by its other name", Text: "Use the load balancer's or custom domain's name; the run.app URL is off on purpose."},
		{Title: "Switch the run.app URL on", Text: "Then the service answers under its own name again.", Cost: "It can be reached past the load balancer, with all that protects it there.",
			Commands: []string{t.update("--default-url")}},
	}
}

func (t *Target) waysPastIngress() []Way {
	if t.Ingress == IngressNone { // no path is admitted, so that to come by another is of no use
		return []Way{t.ToAdmit(IngressInternal), t.ToAdmit(IngressLoadBalancer), t.ToAdmit(IngressAll)}
	}
	ways := []Way{{Title: "Come by a path that is admitted", Text: "Call it from inside the VPC" + map[bool]string{true: ", or by the load balancer's name"}[t.Ingress == IngressLoadBalancer] + "."}}
	if t.Ingress == IngressInternal {
		ways = append(ways, t.ToAdmit(IngressLoadBalancer))
	}
	return append(ways, t.ToAdmit(IngressAll))
}

// waysPastIAP are first those of IAP's agent, where it is not known to get in, and then the caller's, whom IAP judges by its own list.
func (t *Token) waysPastIAP(target *Target) []Way {
	agent := "serviceAccount:service-PROJECT_NUMBER@gcp-sa-iap.iam.gserviceaccount.com"
	invited, denied := target.InvokerCheck == No, No
	if digits(target.ProjectNumber) {
		agent = "serviceAccount:" + iapAgent(target.ProjectNumber)
		found := target.access(Principal{word: "serviceAccount", email: iapAgent(target.ProjectNumber)})
		invited, denied = invited || found.allowed() == Yes, found.denied
	}
	member := "MEMBER"
	if p, ok := t.Principal(); ok && p.email != "" {
		member = shellWord(p.String(), member)
	}
	caller := []Way{
		{Title: "Look at what IAP says", Text: "IAP has its own log and its own list of who may come in.",
			Commands: []string{"gcloud iap web get-iam-policy --resource-type=cloud-run --service=" + target.service() + target.place()}},
		{Title: "Let the caller through IAP", Text: "IAP lets in who holds roles/iap.httpsResourceAccessor; roles/run.invoker is for its agent, not for the caller.",
			Commands: []string{"gcloud iap web add-iam-policy-binding --resource-type=cloud-run --service=" + target.service() + " --member=" + member +
				" --role=roles/iap.httpsResourceAccessor" + target.place()}},
	}
	var ways []Way
	if denied != No && target.InvokerCheck != No {
		ways = append(ways, target.except("Have IAP's service agent excepted", agent))
	}
	if !invited && denied != Yes {
		ways = append(ways, Way{Title: "Let IAP invoke the service", Text: "IAP calls the service by its own service agent, which needs roles/run.invoker.",
			Commands: []string{target.invite(agent)}})
	}
	return append(ways, caller...)
}

// except is the way past a deny policy for somebody.
func (t *Target) except(title, who string) Way {
	return Way{Title: title, Text: "Deny policies outweigh every binding. Whoever administers them can except " + who + " from the rule.",
		Commands: []string{t.denyPolicies()}}
}

// open is the way of letting everybody in.
func (t *Target) open(text, cost string) Way {
	return Way{Title: "Make the service public", Text: text, Cost: cost,
		Commands: []string{t.invite("allUsers"), "# where an organisation policy forbids allUsers:", t.update("--no-invoker-iam-check")}}
}

func waysPastCredential(token *Token, t *Target) []Way {
	if token.Kind() != None {
		return []Way{{Title: "Send one clean credential", Text: "One header, the word Bearer once, one space, one token; no quotes, no line break. If a proxy adds X-Serverless-Authorization, that one wins: have it taken off.",
			Commands: []string{"curl -H \"Authorization: Bearer $(gcloud auth print-identity-token)\" " + t.url()}}}
	}
	ways := []Way{
		{Title: "Send an ID token", Text: "The caller asks for a Google ID token with the service's URL as audience.", Commands: []string{t.mintByImpersonation(""), t.mintByMetadata()}},
		t.open("Then no credential is asked for. If it was deployed with --allow-unauthenticated and still refuses, the grant to allUsers did not happen.", "Everybody who reaches the service reaches the app."),
	}
	if token.isPreflight(t) {
		ways = append([]Way{{Title: "Do without the preflight", Text: "Serve the page and the API from one origin, by a load balancer or a hosting rewrite: then the browser sends no preflight."}}, ways[1], ways[0])
	}
	return ways
}

// waysPastIssuer are the ways for somebody who holds a token that Cloud Run's own check never takes.
func (t *Token) waysPastIssuer(target *Target) []Way {
	switch t.kind {
	case FirebaseID, FirebaseSession:
		return t.waysOfFirebase(target)
	case FirebaseEmulator:
		return append([]Way{{Title: "Sign in to the project itself", Text: "The emulator signs nothing, and no app in the cloud may take what is unsigned. Take the client off the emulator; what it gets then is a Firebase ID token, for the app to verify."}}, t.waysOfFirebase(target)...)
	case FirebaseCustom:
		return append([]Way{{Title: "Exchange it", Text: "A custom token is for signInWithCustomToken only. What comes out is a Firebase ID token, for the app and not for Cloud Run's own check."}}, t.waysOfFirebase(target)...)
	case FirebaseRefresh:
		return append([]Way{{Title: "Exchange it", Text: "A refresh token is for Firebase's token endpoint only. What comes out is a Firebase ID token, for the app and not for Cloud Run's own check."}}, t.waysOfFirebase(target)...)
	case FirebaseAppCheck:
		return append([]Way{{Title: "Send it beside the credential", Text: "An App Check token goes in X-Firebase-AppCheck, for the app to verify. It says which app calls, not who."}}, t.waysToAnotherToken(target)...)
	case GoogleAccess:
		return []Way{{Title: "Send the ID token", Text: "The access token is for Google's APIs. The same account gets an ID token for the service.",
			Commands: []string{target.mintByImpersonation(""), target.mintByMetadata(), "gcloud auth print-identity-token"}}}
	case SelfSigned:
		return []Way{{Title: "Exchange it", Text: "Sign the same JWT with aud https://oauth2.googleapis.com/token and the claim target_audience set to the service's URL; what comes back is an ID token.",
			Commands: []string{"curl -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer --data-urlencode assertion@JWT_FILE https://oauth2.googleapis.com/token"}},
			{Title: "Have it minted", Text: "The IAM credentials API makes an ID token without a key.", Commands: []string{target.mintByImpersonation(t.account())}}}
	case GitHubActions, Kubernetes, AzureAD, Okta, Auth0, Cognito, Apple, Keycloak, JWT:
		return []Way{
			{Title: "Federate", Text: "Workload identity federation turns the token into an access token, and generateIdToken turns that into a service account's ID token for the service.",
				Commands: []string{target.mintByImpersonation("")}},
			target.open("Then the app verifies the token with its issuer's keys.", "Everybody who reaches the service reaches the app: it must refuse what does not verify."),
		}
	}
	return t.waysToAnotherToken(target)
}

// waysOfFirebase are those of somebody whose users sign in with Firebase or Identity Platform.
func (t *Token) waysOfFirebase(target *Target) []Way {
	iss, _ := t.claims.str("iss")
	project := checked(iss[strings.LastIndexByte(iss, '/')+1:], projectName, "PROJECT")
	app := target.open("Make the invoker check public, restrict ingress to the load balancer where there is one, and verify the token in the app with the Firebase Admin SDK.",
		"Every request reaches the app, which must verify each one.")
	app.Title = "Verify in the app"
	app.Commands = append(app.Commands, "# where a load balancer stands in front:", target.update("--ingress=internal-and-cloud-load-balancing"))
	return []Way{
		app,
		{Title: "Put a gateway in front", Text: "API Gateway or ESPv2 verifies the token (x-google-issuer: https://securetoken.google.com/" + project + ", x-google-audiences: " + project +
			") and calls the service by its own account, which holds roles/run.invoker.", Cost: "One more hop, and an OpenAPI document to keep.",
			Commands: []string{target.invite("serviceAccount:" + target.anAccount("GATEWAY"))}},
		{Title: "IAP with Identity Platform", Text: "IAP on the load balancer's backend service signs users in by external identities.",
			Cost: "Made for browsers: two Google texts disagree on whether programs can send a token of their own."},
		{Title: "Call from a backend of yours", Text: "The backend verifies the Firebase token and calls the service with an ID token of its own service account.", Cost: "The service sees the backend, not the user.",
			Commands: []string{target.invite("serviceAccount:" + target.anAccount("CALLER")), target.mintByMetadata()}},
	}
}

// waysPastAudience are those of somebody whose token is for another audience than the one that is wanted.
func (t *Token) waysPastAudience(target *Target, want string) []Way {
	asked := *target
	if a, ok := accepts(target.Audiences, want); ok {
		asked.Audiences = []Audience{a}
	}
	ways := []Way{{Title: "Ask for the right audience", Text: "The audience is chosen when the token is made; it is one of the service's URLs or custom audiences, letter for letter.",
		Commands: []string{asked.mintByImpersonation(t.account()), asked.mintByMetadata()}}}
	if t.kind == GoogleIDUser || t.kind == GoogleIDUserADC {
		ways[0].Text = "A user's own token is for its OAuth client only: gcloud's is taken by every service, for development; a service account's is for the audience that is asked for."
		ways[0].Commands = append([]string{"gcloud auth print-identity-token"}, ways[0].Commands...)
	}
	if aud, ok := t.claims.str("aud"); ok && aud != "" {
		ways = append(ways, Way{Title: "Accept this audience", Text: "A custom audience is accepted besides the run.app URL, as the exact same string.", Cost: "A new revision is deployed; whoever may mint for this audience is a caller too.",
			Commands: []string{target.update("--add-custom-audiences=" + listItem(aud))}})
	}
	return ways
}

// waysToAnotherToken are for a token that is beyond help: expired, broken, without its signature, or no token.
func (t *Token) waysToAnotherToken(target *Target) []Way {
	commands := []string{target.mintByImpersonation(t.account()), target.mintByMetadata()}
	if t.Kind() == GoogleIDUserGcloud {
		commands = append([]string{"gcloud auth print-identity-token"}, commands...)
	}
	return []Way{{Title: "Get a new ID token", Text: "Made for this service, at the place where the caller gets it, and sent unchanged.",
		Commands: commands}}
}
