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
	switch f := report.trouble(); f.ID {
	case "svc.default_url":
		return target.waysPastHost()
	case "svc.ingress":
		return target.waysPastIngress()
	case "svc.iap":
		return target.waysPastIAP()
	case "req.credential", "in.multiple":
		return waysPastCredential(t, &target)
	case "clm.iss", "kind.accepted":
		return t.waysPastIssuer(&target)
	case "clm.aud":
		return t.waysPastAudience(&target)
	case "iam.binding", "iam.condition", "iam.inherited":
		return t.waysPastIAM(&target)
	case "":
		return nil
	default:
		return target.waysToAnotherToken()
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
	ways := []Way{{Title: "Come by a path that is admitted", Text: "Call it from inside the VPC" + map[bool]string{true: ", or by the load balancer's name"}[t.Ingress == IngressLoadBalancer] + "."}}
	if t.Ingress == IngressInternal {
		ways = append(ways, Way{Title: "Admit the load balancer", Text: "External load balancers may then reach it, the internet may not.",
			Commands: []string{t.update("--ingress=internal-and-cloud-load-balancing")}})
	}
	return append(ways, Way{Title: "Admit every path", Text: "The invoker check still asks for a credential where it is on.", Cost: "Everybody on the internet can reach the service.",
		Commands: []string{t.update("--ingress=all")}})
}

func (t *Target) waysPastIAP() []Way {
	agent := "serviceAccount:service-PROJECT_NUMBER@gcp-sa-iap.iam.gserviceaccount.com"
	if digits(t.ProjectNumber) {
		agent = "serviceAccount:" + iapAgent(t.ProjectNumber)
	}
	return []Way{
		{Title: "Let IAP invoke the service", Text: "IAP calls the service by its own service agent, which needs roles/run.invoker.", Commands: []string{t.invite(agent)}},
		{Title: "Look at what IAP says", Text: "IAP has its own log and its own list of who may come in.",
			Commands: []string{"gcloud iap web get-iam-policy --resource-type=cloud-run --service=" + t.service() + t.place()}},
	}
}

// open is the way of letting everybody in.
func (t *Target) open(text, cost string) Way {
	return Way{Title: "Make the service public", Text: text, Cost: cost,
		Commands: []string{t.invite("allUsers"), "# where an organisation policy forbids allUsers:", t.update("--no-invoker-iam-check")}}
}

func waysPastCredential(token *Token, t *Target) []Way {
	if token.Kind() != None {
		return []Way{{Title: "Send one clean credential", Text: "One header, the word Bearer once, one space, one token; no quotes, no line break. If a proxy adds X-Serverless-Authorization, that one wins: have it taken off.",
			Commands: []string{"curl -H \"Authorization: Bearer $(gcloud auth print-identity-token)\" " + t.audience()}}}
	}
	ways := []Way{
		{Title: "Send an ID token", Text: "The caller asks for a Google ID token with the service's URL as audience.", Commands: []string{t.mintByImpersonation(), t.mintByMetadata()}},
		t.open("Then no credential is asked for. If it was deployed with --allow-unauthenticated and still refuses, the grant to allUsers did not happen.", "Everybody who reaches the service reaches the app."),
	}
	if t.Request.Method == "OPTIONS" {
		ways = append([]Way{{Title: "Do without the preflight", Text: "Serve the page and the API from one origin, by a load balancer or a hosting rewrite: then the browser sends no preflight."}}, ways[1], ways[0])
	}
	return ways
}

// waysPastIssuer are the ways for somebody who holds a token that Cloud Run's own check never takes.
func (t *Token) waysPastIssuer(target *Target) []Way {
	switch t.kind {
	case FirebaseID, FirebaseSession, FirebaseEmulator:
		return t.waysOfFirebase(target)
	case GoogleAccess:
		return []Way{{Title: "Send the ID token", Text: "The access token is for Google's APIs. The same account gets an ID token for the service.",
			Commands: []string{target.mintByImpersonation(), target.mintByMetadata(), "gcloud auth print-identity-token"}}}
	case SelfSigned:
		return []Way{{Title: "Exchange it", Text: "Sign the same JWT with aud https://oauth2.googleapis.com/token and the claim target_audience set to the service's URL; what comes back is an ID token.",
			Commands: []string{"curl -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer --data-urlencode assertion@JWT_FILE https://oauth2.googleapis.com/token"}},
			{Title: "Have it minted", Text: "The IAM credentials API makes an ID token without a key.", Commands: []string{target.mintByImpersonation()}}}
	case GitHubActions, Kubernetes, AzureAD, Okta, Auth0, Cognito, Apple, Keycloak, JWT:
		return []Way{
			{Title: "Federate", Text: "Workload identity federation turns the token into an access token, and generateIdToken turns that into a service account's ID token for the service.",
				Commands: []string{target.mintByImpersonation()}},
			target.open("Then the app verifies the token with its issuer's keys.", "Everybody who reaches the service reaches the app: it must refuse what does not verify."),
		}
	}
	return target.waysToAnotherToken()
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
			Commands: []string{target.invite("serviceAccount:GATEWAY@" + target.project() + ".iam.gserviceaccount.com")}},
		{Title: "IAP with Identity Platform", Text: "IAP on the load balancer's backend service signs users in by external identities.",
			Cost: "Made for browsers: two Google texts disagree on whether programs can send a token of their own."},
		{Title: "Call from a backend of yours", Text: "The backend verifies the Firebase token and calls the service with an ID token of its own service account.", Cost: "The service sees the backend, not the user.",
			Commands: []string{target.invite("serviceAccount:CALLER@" + target.project() + ".iam.gserviceaccount.com"), target.mintByMetadata()}},
	}
}

func (t *Token) waysPastAudience(target *Target) []Way {
	ways := []Way{{Title: "Ask for the right audience", Text: "The audience is chosen when the token is made; it is one of the service's URLs or custom audiences, letter for letter.",
		Commands: []string{target.mintByImpersonation(), target.mintByMetadata()}}}
	if aud, ok := t.claims.str("aud"); ok && aud != "" {
		ways = append(ways, Way{Title: "Accept this audience", Text: "A custom audience is accepted besides the run.app URL, as the exact same string.", Cost: "A new revision is deployed; whoever may mint for this audience is a caller too.",
			Commands: []string{target.update("--add-custom-audiences=" + listItem(aud))}})
	}
	return ways
}

func (t *Token) waysPastIAM(target *Target) []Way {
	p := t.principal()
	member := p.member()
	if p.email == "" {
		member = p.word + ":EMAIL"
	}
	return []Way{
		{Title: "Let the caller in", Text: "Grant roles/run.invoker on this service to this caller; it takes 2 minutes to spread, at times 7 and more.", Commands: []string{target.invite(member)}},
		{Title: "See the whole policy", Text: "What project, folders and organisation hand down does not stand in the service's own policy.",
			Commands: []string{"gcloud run services get-iam-policy " + target.service() + target.place(), "gcloud projects get-ancestors-iam-policy " + target.project()}},
	}
}

// waysToAnotherToken are for a token that is beyond help: expired, broken, without its signature, or no token.
func (t *Target) waysToAnotherToken() []Way {
	return []Way{{Title: "Get a new ID token", Text: "Made for this service, at the place where the caller gets it, and sent unchanged.",
		Commands: []string{t.mintByImpersonation(), t.mintByMetadata()}}}
}
