package token

import (
	"strings"
	"testing"
	"time"
)

// TestScenariosPeopleReallyHit reads like the manual: what was sent where, what Cloud Run answers, which check decides, what to do.
func TestScenariosPeopleReallyHit(t *testing.T) {
	behindIAP := func(s *Target) {
		s.IAP, s.Policy.Bindings = Yes, []Binding{invoker("serviceAccount:service-4242@gcp-sa-iap.iam.gserviceaccount.com")}
	}
	public := func(s *Target) { s.Policy.Bindings = append(s.Policy.Bindings, invoker("allUsers")) }
	for _, c := range []struct {
		name    string
		paste   string
		target  func(*Target)
		status  int
		decided string
		text    string
		fix     string
		way     string // in a title or a command of the ways out
		not     string // in none of them; "" for nothing
	}{
		{
			name:  "1a a Firebase token at a service for allAuthenticatedUsers with the project id as a custom audience: the issuer",
			paste: firebase(), target: func(s *Target) { s.Policy.Bindings = []Binding{invoker("allAuthenticatedUsers")} },
			status: 401, decided: "clm.iss", text: "401: Cloud Run does not accept this issuer; it takes Google-signed ID tokens only", fix: "verify the token in the app",
			way: "gcloud run services add-iam-policy-binding shop-api --member=allUsers --role=roles/run.invoker --region=europe-west1 --project=acme-prod",
		},
		{
			name:  "1b a Firebase emulator's token: what is unsigned is for no app in the cloud",
			paste: firebase(head("alg", "none"), headless("kid"), signed("none")), status: 401, decided: "clm.iss", fix: "emulator mode only", way: "Sign in to the project itself",
		},
		{
			name:  "1c a Firebase custom token, which is for the sign-in only",
			paste: custom(), status: 401, decided: "clm.iss", fix: "signInWithCustomToken", way: "Exchange it", not: "Get a new ID token",
		},
		{
			name:  "1d a Firebase refresh token",
			paste: "AMf-vBx0123456789abcdef", status: 401, decided: "kind.accepted", fix: "token endpoint", way: "Exchange it", not: "Get a new ID token",
		},
		{
			name:  "1e an App Check token in place of the credential",
			paste: account(set("iss", "https://firebaseappcheck.googleapis.com/4242"), set("aud", []string{"projects/4242"})), status: 401, decided: "clm.iss", fix: "X-Firebase-AppCheck", way: "Send it beside the credential",
		},
		{
			name:  "2 a token for the load balancer's name: not an audience until it is a custom one",
			paste: account(set("aud", "https://api.example.com")), status: 401, decided: "clm.aud", fix: "custom audiences of shop-api",
			way: "gcloud run services update shop-api --add-custom-audiences=https://api.example.com --region=europe-west1 --project=acme-prod",
		},
		{
			name:  "2b a user's token for an OAuth client of some app",
			paste: gcloud(set("aud", "123-abc.apps.googleusercontent.com"), set("azp", "123-abc.apps.googleusercontent.com")), status: 401, decided: "clm.aud", fix: "use gcloud auth print-identity-token",
			way: "\ngcloud auth print-identity-token\n",
		},
		{
			name:  "3 an access token in place of an ID token",
			paste: "Authorization: Bearer " + accessToken, status: 401, decided: "kind.accepted", fix: "print-identity-token", way: "gcloud auth print-identity-token",
		},
		{
			name:   "4 a CORS preflight, which never carries a token",
			target: func(s *Target) { s.Request.Method = "OPTIONS" },
			status: 403, decided: "req.credential", text: "CORS", fix: "same origin", way: "preflight",
		},
		{
			name:  "5 a Pub/Sub account that holds cloudfunctions.invoker only",
			paste: account(),
			target: func(s *Target) {
				s.Policy.Bindings = []Binding{{Role: "roles/cloudfunctions.invoker", Members: []string{"serviceAccount:" + caller}, Level: "service", Invokes: No}}
			},
			status: 403, decided: "iam.binding", fix: "grant roles/run.invoker on shop-api to serviceAccount:" + caller, way: "--role=roles/run.invoker",
		},
		{
			name:  "5b the same where the project was not read: the role that is none is named all the same",
			paste: account(),
			target: func(s *Target) {
				s.Policy.Bindings, s.Policy.Unread = []Binding{{Role: "roles/cloudfunctions.invoker", Members: []string{"serviceAccount:" + caller}, Level: "service", Invokes: No}}, []string{"project acme-prod"}
			},
			status: 0, decided: "iam.binding", text: "roles/cloudfunctions.invoker, which does not hold run.routes.invoke", fix: "grant roles/run.invoker on shop-api to serviceAccount:" + caller, way: "--role=roles/run.invoker",
		},
		{
			name:   "6 --allow-unauthenticated had no effect: nobody granted allUsers",
			status: 403, decided: "req.credential", fix: "--no-invoker-iam-check", way: "gcloud run services update shop-api --no-invoker-iam-check",
		},
		{
			name:  "7 a function's origin without its name",
			paste: account(set("aud", "https://europe-west1-acme-prod.cloudfunctions.net")),
			target: func(s *Target) {
				s.Audiences = append(s.Audiences, Audience{Value: "https://europe-west1-acme-prod.cloudfunctions.net/shop", Source: "function"})
			},
			status: 401, decided: "clm.aud", fix: "ask for a token with the audience https://europe-west1-acme-prod.cloudfunctions.net/shop,",
			way: "--audiences=https://europe-west1-acme-prod.cloudfunctions.net/shop --include-email\n", not: "audiences=" + shopURL,
		},
		{
			name:  "8 a token copied from a container's request headers",
			paste: removed(account()), status: 401, decided: "sig.present", fix: "get a new token", way: "Get a new ID token",
		},
		{
			name:  "9 IAP is on and its service agent may not invoke: nobody gets in",
			paste: account(), target: func(s *Target) { s.IAP = Yes },
			status: 403, decided: "svc.iap", fix: "service-4242@gcp-sa-iap.iam.gserviceaccount.com", way: "--member=serviceAccount:service-4242@gcp-sa-iap.iam.gserviceaccount.com",
		},
		{
			name:   "9b IAP is on, its agent may invoke, and nobody sends a credential: IAP decides, and allUsers would be no help",
			target: behindIAP, status: 0, decided: "svc.iap", text: "200, 401 or 403: in doubt: IAP", fix: "IAP's own log",
			way: "--member=MEMBER --role=roles/iap.httpsResourceAccessor", not: "allUsers",
		},
		{
			name:  "9c IAP is on and the caller has no binding: run.invoker is for IAP's agent",
			paste: account(), target: behindIAP, status: 0, decided: "svc.iap", text: "200, 401 or 403: in doubt: IAP", fix: "roles/iap.httpsResourceAccessor",
			way: "--member=serviceAccount:" + caller + " --role=roles/iap.httpsResourceAccessor", not: "roles/run.invoker --",
		},
		{
			name:  "9d IAP is on and the caller sends a Firebase token, which is for IAP to judge",
			paste: firebase(), target: behindIAP, status: 0, decided: "svc.iap", text: "200, 401 or 403: in doubt: IAP", fix: "IAP's own log", way: "gcloud iap web get-iam-policy", not: "allUsers",
		},
		{
			name:  "9e IAP is on and what was pasted is the assertion that it hands to the container",
			paste: assertion(), target: behindIAP, status: 0, decided: "svc.iap", text: "200, 401 or 403: in doubt: IAP", fix: "IAP's own log", way: "gcloud iap web get-iam-policy", not: "Get a new ID token",
		},
		{
			name:  "9f IAP is on, its agent may not invoke, and the invoker check is off: IAP decides",
			paste: account(set("exp", after(-2*time.Hour))), target: func(s *Target) { s.IAP, s.InvokerCheck = Yes, No }, status: 0, decided: "svc.iap", text: "200, 401 or 403: in doubt: IAP",
			fix: "IAP's own log", way: "Look at what IAP says", not: "Let IAP invoke",
		},
		{
			name:  "9g IAP is on, and a deny rule stops its agent: no grant outweighs that",
			paste: account(), target: func(s *Target) {
				behindIAP(s)
				denying(Denial{Policy: "stop", Denied: []string{"principalSet://goog/public:all"}})(s)
			},
			status: 403, decided: "svc.iap", fix: "excepted", way: "Have IAP's service agent excepted", not: "Let IAP invoke",
		},
		{
			name:  "10 ingress is internal and the call comes from outside",
			paste: account(), target: func(s *Target) { s.Ingress = IngressInternal },
			status: 404, decided: "svc.ingress", text: "nothing is logged", fix: "from inside the VPC", way: "--ingress=all",
		},
		{
			name:  "11 the account was deleted and made again under the same address",
			paste: account(), target: func(s *Target) {
				s.Policy.Bindings = []Binding{invoker("deleted:serviceAccount:" + caller + "?uid=123456789012345678901")}
			},
			status: 403, decided: "iam.binding", fix: "grant roles/run.invoker",
		},
		{
			name:  "11b the same where a group may hold the account that is there now",
			paste: account(), target: func(s *Target) {
				s.Policy.Bindings = []Binding{invoker("group:ops@example.com", "deleted:serviceAccount:"+caller+"?uid=123456789012345678901")}
			},
			status: 0, decided: "iam.binding", text: "it grants nothing to one made again under the same address", fix: "grant roles/run.invoker", way: "--role=roles/run.invoker",
		},
		{
			name:  "12 the gateway in front of the service is itself private: its own door refuses the user's token",
			paste: firebase(), target: func(s *Target) { s.Service = "gateway" },
			status: 401, decided: "clm.iss", fix: "make the service public",
		},
		{
			name:  "13 the grant was made two minutes ago: 403 until it has spread",
			paste: account(), target: func(s *Target) { s.Policy.Changed = moment.Add(-2 * time.Minute) },
			status: 0, decided: "iam.binding", text: "200 or 403", fix: "wait",
		},
		{
			name:  "13b the grant was changed two minutes ago and its condition is not true: no waiting helps",
			paste: account(), target: func(s *Target) {
				s.Policy.Bindings, s.Policy.Changed = []Binding{past(invoker("serviceAccount:" + caller))}, moment.Add(-2*time.Minute)
			},
			status: 403, decided: "iam.condition", text: "has a condition that is not true now", fix: "change the condition of the binding of roles/run.invoker", way: "--role=roles/run.invoker", not: "Wait",
		},
		{
			name:   "14 a proxy hands on an inbound X-Serverless-Authorization, and that one wins",
			paste:  "curl -H 'Authorization: Bearer " + account() + "' -H 'X-Serverless-Authorization: Bearer " + account(set("aud", "https://proxy.example.com")) + "' " + shopURL,
			status: 401, decided: "clm.aud", fix: "if a proxy hands on X-Serverless-Authorization, have it taken off", way: "Take the other header off",
		},
		{
			name:  "14b the same header alone is the caller's own",
			paste: "X-Serverless-Authorization: Bearer " + account(set("aud", "https://proxy.example.com")), status: 401, decided: "clm.aud", fix: "ask for a token", way: "Ask for the right audience", not: "Take the other header off",
		},
		{
			name:  "15a Bearer twice",
			paste: "Authorization: Bearer Bearer " + account(), status: 401, decided: "req.credential", fix: "one token", way: "Send one clean credential",
		},
		{
			name:  "15b two tokens in one header",
			paste: "Authorization: Bearer " + account() + ", Bearer " + gcloud(), status: 401, decided: "in.multiple", fix: "one token",
		},
		{
			name:  "15c quotes inside the header of a command",
			paste: "curl -H 'Authorization: Bearer \"" + account() + "\"' " + shopURL, status: 401, decided: "req.credential",
		},
		{
			name:  "16 a public service: the app's own 401 is not Cloud Run's doing",
			paste: firebase(set("exp", after(-2*time.Hour))), target: public, status: 200, decided: "svc.iam_check", text: "for the app to judge",
		},
		{
			name:  "16b a public service and a token of Okta's: nobody at the door minds the issuer",
			paste: account(set("iss", "https://acme.okta.com/oauth2/default")), target: public, status: 200, decided: "svc.iam_check", text: "nobody's credential is checked at the door",
		},
		{
			name:   "16c a public service and no credential",
			target: public, status: 200, decided: "svc.iam_check", text: "nobody's credential is checked at the door",
		},
		{
			name:  "a service account's token with the right audience, let in",
			paste: account(), status: 200, decided: "iam.binding", text: "200: the request reaches the container",
		},
		{
			name:  "a gcloud user's token, whose audience is not compared",
			paste: gcloud(), target: func(s *Target) { s.Policy.Bindings = []Binding{invoker("user:Ann@example.com")} }, status: 200, decided: "iam.binding",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := shop(t)
			if c.target != nil {
				c.target(&target)
			}
			report, v := judge(t, c.paste, target)
			if v.Status != c.status || v.DecidedBy != c.decided {
				t.Errorf("%d decided by %q, want %d by %q: %s\n%s", v.Status, v.DecidedBy, c.status, c.decided, v.Text, report.show())
			}
			if !strings.Contains(v.Text, c.text) {
				t.Errorf("text %q lacks %q", v.Text, c.text)
			}
			if !strings.Contains(v.Fix, c.fix) {
				t.Errorf("fix %q lacks %q", v.Fix, c.fix)
			}
			ways := read(t, c.paste, target)
			if !strings.Contains(ways, c.way) {
				t.Errorf("no way with %q in\n%s", c.way, ways)
			}
			if c.not != "" && strings.Contains(ways, c.not) {
				t.Errorf("a way with %q in\n%s", c.not, ways)
			}
			if (v.Status == 200) != (ways == "") {
				t.Errorf("status %d, and the ways out:\n%s", v.Status, ways)
			}
		})
	}
}

// removed is what a container sees of a token.
func removed(token string) string {
	return token[:strings.LastIndexByte(token, '.')+1] + "SIGNATURE_REMOVED_BY_GOOGLE"
}

// read is the ways out as text.
func read(t *testing.T, paste string, target Target) string {
	var token *Token
	if paste != "" {
		var err error
		if token, err = Read([]byte(paste)); err != nil {
			t.Fatal(err)
		}
	}
	var b strings.Builder
	for _, w := range Ways(token, target) {
		b.WriteString(w.Title + ": " + w.Text + " " + w.Cost + "\n" + strings.Join(w.Commands, "\n") + "\n")
	}
	return b.String()
}
