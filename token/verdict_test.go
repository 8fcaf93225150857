package token

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestVerdicts(t *testing.T) {
	both := func(changes ...func(*Target)) func(*Target) {
		return func(s *Target) {
			for _, c := range changes {
				c(s)
			}
		}
	}
	noPolicy := func(s *Target) { s.Policy = Policy{} }
	for _, c := range []struct {
		name       string
		paste      string
		target     func(*Target)
		status     int
		possible   []int
		decided    string
		text       string
		fix        string
		confidence Confidence
		assumes    string
	}{
		{name: "a certain refusal of Firebase is documented", paste: firebase(), status: 401, possible: []int{401}, decided: "clm.iss", text: "401: Cloud Run does not accept this issuer",
			fix: "verify the token in the app", confidence: Documented, assumes: "nothing in front"},
		{name: "a session cookie's refusal is observed, not documented", paste: "Authorization: Bearer " + cookieToken(time.Hour), status: 401, possible: []int{401}, decided: "clm.iss", text: "issuer",
			fix: "verify the token in the app", confidence: Observed},
		{name: "a good caller is documented, deny policies aside", paste: account(), status: 200, possible: []int{200}, decided: "iam.binding", text: "reaches the container", confidence: Documented, assumes: "no deny policy"},
		{name: "a domain's member is let in as observed", paste: gcloud(), target: bound(invoker("domain:example.com")), status: 200, possible: []int{200}, decided: "iam.binding", text: "reaches", confidence: Observed},
		{name: "without keys it is never 200", paste: account(), target: func(s *Target) { s.Keys = nil }, possible: []int{200, 401}, decided: "sig.verify",
			text: "200 or 401: in doubt: signature (not verified", fix: "go online", confidence: Observed},
		{name: "a doubled Bearer is documented", paste: "Authorization: Bearer Bearer " + account(), status: 401, possible: []int{401}, decided: "req.credential", text: "malformed", fix: "the word Bearer", confidence: Documented},
		{name: "a header without Bearer is not", paste: "Authorization: " + account(), status: 401, possible: []int{401}, decided: "req.credential", text: "malformed", fix: "the word Bearer", confidence: Observed},
		{name: "nor is one with another scheme", paste: "Authorization: Token " + account(), status: 401, possible: []int{401}, decided: "req.credential", text: "malformed", fix: "the word Bearer", confidence: Observed},
		{name: "which of two headers counts where the one that wins is empty nobody knows", paste: "X-Serverless-Authorization:\nAuthorization: Bearer " + account(), possible: []int{200, 401, 403}, decided: "req.credential",
			text: "not documented", fix: "have the empty header taken off", confidence: Documented},
		{name: "without keys the issuer still decides", paste: firebase(), target: func(s *Target) { s.Keys = nil }, status: 401, possible: []int{401}, decided: "clm.iss", text: "issuer",
			fix: "verify the token in the app", confidence: Documented},
		{name: "without a server's time the local clock is believed", paste: account(), target: func(s *Target) { s.Clock = Clock{} }, status: 200, possible: []int{200}, decided: "iam.binding", text: "200", confidence: Documented, assumes: "the local clock is right"},
		{name: "a refused issuer does not depend on the clock", paste: firebase(), target: func(s *Target) { s.Clock = Clock{} }, status: 401, possible: []int{401}, decided: "clm.iss", text: "issuer",
			fix: "verify", confidence: Documented},
		{name: "an expiry two minutes ago is in doubt", paste: account(set("exp", after(-2*time.Minute))), possible: []int{200, 401}, decided: "clm.exp", text: "200 or 401: in doubt: expiry", fix: "get a new token", confidence: Observed},
		{name: "an expired token is refused as observed", paste: account(set("exp", after(-2*time.Hour))), status: 401, possible: []int{401}, decided: "clm.exp", text: "401: the token has expired", fix: "get a new token", confidence: Observed},
		{name: "what ends soon does not make another refusal less sure", paste: account(set("exp", after(time.Minute)), set("aud", "https://api.example.com")), status: 401, possible: []int{401}, decided: "clm.aud",
			text: "audience", fix: "custom audiences", confidence: Documented},
		{name: "what ends soon makes an acceptance less sure", paste: account(set("exp", after(time.Minute))), status: 200, possible: []int{200}, decided: "iam.binding", text: "200", confidence: Observed},
		{name: "an unknown policy leaves everything open", paste: account(), target: noPolicy, possible: []int{200, 403}, decided: "iam.binding", text: "200 or 403: in doubt", fix: "roles/run.viewer", confidence: Documented},
		{name: "an unknown policy and a Firebase token: the door may be open", paste: firebase(), target: noPolicy, possible: []int{200, 401}, decided: "svc.iam_check",
			text: "past that 401: Cloud Run does not accept this issuer", fix: "read the policy", confidence: Documented},
		{name: "a group leaves it open", paste: account(), target: bound(invoker("group:ops@example.com")), possible: []int{200, 403}, decided: "iam.binding", text: "membership of the group ops@example.com", fix: "grant roles/run.invoker", confidence: Documented},
		{name: "unread parents leave it open", paste: account(), target: unread("project acme-prod"), possible: []int{200, 403}, decided: "iam.binding", text: "not read: project acme-prod", fix: "roles/browser", confidence: Documented},
		{name: "of an unread parent the verdict says no more than which it is", paste: account(), target: unread("organisation 1: a.b.getIamPolicy shows it (roles/c)"), possible: []int{200, 403}, decided: "iam.binding",
			text: "inherited (not read: organisation 1)", fix: "roles/browser", confidence: Documented},
		{name: "unread parents do not open the door for everybody", target: unread("project acme-prod"), status: 403, possible: []int{403}, decided: "req.credential", text: "no credential", fix: "send a Google ID token", confidence: Documented},
		{name: "an open door says 200 whatever the token", paste: account(set("exp", after(-2*time.Hour))), target: bound(invoker("allUsers")), status: 200, possible: []int{200}, decided: "svc.iam_check",
			text: "so what fails here is for the app to judge", confidence: Documented},
		{name: "an open door and a good token", paste: account(), target: bound(invoker("allUsers")), status: 200, possible: []int{200}, decided: "svc.iam_check", text: "nobody's credential is checked", confidence: Documented},
		{name: "an open door needs no credential", target: func(s *Target) { s.InvokerCheck = No }, status: 200, possible: []int{200}, decided: "svc.iam_check", text: "200", confidence: Documented},
		{name: "ingress comes before the open door", paste: account(), target: both(bound(invoker("allUsers")), func(s *Target) { s.Ingress = IngressInternal }), status: 404, possible: []int{404}, decided: "svc.ingress",
			text: "404: the ingress setting", fix: "VPC", confidence: Documented},
		{name: "the host comes before ingress", paste: account(), target: func(s *Target) { s.DefaultURL, s.Ingress = No, IngressNone }, status: 404, possible: []int{404}, decided: "svc.default_url",
			text: "404: the service's run.app URL", fix: "load balancer", confidence: Documented},
		{name: "an assumed path is named among what is assumed", paste: account(), target: func(s *Target) {
			s.Ingress, s.Request.From, s.Request.Assumed = IngressLoadBalancer, FromLoadBalancer, true
		}, status: 200, possible: []int{200}, decided: "iam.binding", text: "200", confidence: Documented, assumes: "the request comes through the external load balancer"},
		{name: "what one command shows is told once, and every gate that it is about is named", target: func(s *Target) {
			s.DefaultURL, s.Ingress, s.IAP, s.InvokerCheck = Unsure, IngressUnknown, Unsure, No
		}, possible: []int{200, 401, 403, 404}, decided: "svc.default_url", text: "in doubt: run.app URL (not known whether it is on), likewise ingress and IAP", fix: "describe", confidence: Observed},
		{name: "an unknown path may be 404", paste: firebase(), target: func(s *Target) { s.Ingress, s.Request.From = IngressInternal, FromUnknown }, possible: []int{401, 404}, decided: "svc.ingress",
			text: "401 or 404: in doubt: ingress", fix: "network path", confidence: Documented},
		{name: "behind IAP it is IAP's to say", paste: firebase(), target: func(s *Target) {
			s.IAP, s.Policy.Bindings = Yes, []Binding{invoker("serviceAccount:" + iapAgent("4242"))}
		},
			possible: []int{200, 401, 403}, decided: "svc.iap", text: "200, 401 or 403: in doubt: IAP", fix: "IAP's own log", confidence: Observed},
		{name: "behind IAP with the invoker check off it is IAP's to say, whatever its agent may", paste: account(), target: func(s *Target) { s.IAP, s.InvokerCheck = Yes, No },
			possible: []int{200, 401, 403}, decided: "svc.iap", text: "200, 401 or 403: in doubt: IAP", fix: "IAP's own log", confidence: Observed},
		{name: "an OAuth client's id in aud is refused as observed", paste: gcloud(set("aud", "1234-abc.apps.googleusercontent.com"), set("azp", "1234-abc.apps.googleusercontent.com")),
			target: bound(invoker("allAuthenticatedUsers")), status: 401, possible: []int{401}, decided: "clm.aud", text: "audience", fix: "use gcloud auth print-identity-token", confidence: Observed},
		{name: "the service's own URL in capitals is refused as observed: how closely it is compared no page tells", paste: account(set("aud", strings.ToUpper(shopURL))), status: 401, possible: []int{401}, decided: "clm.aud",
			text: "audience", fix: "ask for a token", confidence: Observed},
		{name: "a custom audience is compared exactly, which is documented", paste: account(set("aud", "Acme-prod")), status: 401, possible: []int{401}, decided: "clm.aud", text: "audience", fix: "ask for a token", confidence: Documented},
		{name: "gcloud's own client in a service account's token is in doubt", paste: account(set("aud", gcloudClient)), possible: []int{200, 401}, decided: "clm.aud", text: "200 or 401: in doubt: audience",
			fix: "--audiences=" + shopURL, confidence: Inferred},
		{name: "a token without an email is let in by inference", paste: account(drop("email")), target: bound(invoker("allAuthenticatedUsers")), status: 200, possible: []int{200}, decided: "iam.binding", text: "200", confidence: Inferred},
		{name: "a token with an email is let in as documented", paste: account(), target: bound(invoker("allAuthenticatedUsers")), status: 200, possible: []int{200}, decided: "iam.binding", text: "200", confidence: Documented},
		{name: "an encrypted token is refused for its kind", paste: encrypted, status: 401, possible: []int{401}, decided: "kind.accepted", text: "401: this kind of credential is not accepted", fix: "send a Google ID token", confidence: Observed},
		{name: "a token of Google's that names no key", paste: account(headless("kid")), status: 401, possible: []int{401}, decided: "hdr.kid", text: "401: the token names no key, as every token that Google signs does", fix: "send a token", confidence: Observed},
		{name: "a token of Google's that names another key", paste: account(head("kid", "k9"), signed("other")), status: 401, possible: []int{401}, decided: "hdr.kid", text: "401: the token names a key that its issuer does not publish", fix: "get a new token", confidence: Observed},
		{name: "a local clock is assumed to be right", paste: account(), target: func(s *Target) { s.Clock = Clock{} }, status: 200, possible: []int{200}, decided: "iam.binding", text: "200", confidence: Documented, assumes: "the local clock is right"},
		{name: "a moment that is given assumes no clock", paste: account(), target: func(s *Target) { s.Clock = Clock{Given: true} }, status: 200, possible: []int{200}, decided: "iam.binding", text: "200", confidence: Documented},
		{name: "a token without its third segment is cut short", paste: cutAt(account(), 2), status: 401, possible: []int{401}, decided: "in.truncated", text: "401: the token is cut short", fix: "paste it whole", confidence: Observed},
		{name: "a token of which the last four characters are missing is cut short", paste: account()[:len(account())-4], status: 401, possible: []int{401}, decided: "in.truncated", text: "401: the token is cut short", fix: "paste it whole", confidence: Observed},
		{name: "so is one of which the last six are, which leaves whole bytes", paste: account()[:len(account())-6], status: 401, possible: []int{401}, decided: "in.truncated", text: "401: the token is cut short", fix: "paste it whole", confidence: Observed},
		{name: "an unknown door and a token that is cut short", paste: cutAt(account(), 2), target: func(s *Target) { s.InvokerCheck = Unsure }, possible: []int{200, 401}, decided: "svc.iam_check", text: "past that 401: the token is cut short", fix: "gcloud run services describe", confidence: Observed},
		{name: "without a service a token that is cut short", paste: cutAt(account(), 2), target: nowhere, possible: []int{200, 401, 403, 404}, decided: "in.truncated", text: "on a private service 401: the token is cut short", fix: "paste it whole", confidence: Observed},
		{name: "a Firebase token of which the last six characters are missing is refused for its issuer", paste: firebase()[:len(firebase())-6], status: 401, possible: []int{401}, decided: "clm.iss", text: "issuer", fix: "verify", confidence: Documented},
		{name: "a short signature and no keys to tell how long it is to be", paste: short(account(), 252), target: func(s *Target) { s.Keys = nil }, possible: []int{200, 401}, decided: "in.truncated", text: "200 or 401: in doubt: truncation", fix: "paste it whole", confidence: Observed},
		{name: "a token with a segment too many is no such", paste: account() + ".x", status: 401, possible: []int{401}, decided: "jws.segments", text: "not well-formed", fix: "take the token from its source again", confidence: Observed},
		{name: "an expired token that is cut short has expired all the same, but is cut short first", paste: cutAt(account(set("exp", after(-2*time.Hour))), 2), status: 401, possible: []int{401}, decided: "in.truncated", text: "cut short", fix: "paste it whole", confidence: Observed},
		{name: "a deny rule outweighs a binding", paste: account(), target: denying(Denial{Policy: "stop", Denied: []string{public}}), status: 403, possible: []int{403}, decided: "iam.deny",
			text: "403: a deny policy takes the permission", fix: "excepted by whoever owns the deny policy", confidence: Observed},
		{name: "a deny rule for a group leaves it open", paste: account(), target: denying(Denial{Denied: []string{"principalSet://goog/group/ops@example.com"}}), possible: []int{200, 403}, decided: "iam.deny",
			text: "membership of the group ops@example.com", fix: "Policy Troubleshooter", confidence: Observed},
		{name: "deny policies that were read are no longer assumed away", paste: account(), target: denying(), status: 200, possible: []int{200}, decided: "iam.binding", text: "200", confidence: Documented, assumes: "nothing in front"},
		{name: "an unknown IAP lets nobody past whose agent may not invoke", paste: firebase(), target: func(s *Target) { s.IAP = Unsure }, possible: []int{401, 403}, decided: "svc.iap",
			text: "401 or 403: in doubt: IAP", fix: "gcloud run services describe", confidence: Observed},
		{name: "a cluster's token is of a foreign issuer, which is documented", paste: account(set("iss", "https://container.googleapis.com/v1/projects/p/locations/l/clusters/c")), status: 401, possible: []int{401}, decided: "clm.iss",
			text: "issuer", fix: "workload identity federation", confidence: Documented},
		{name: "a token without an expiry has not expired", paste: account(drop("exp")), status: 401, possible: []int{401}, decided: "clm.exp", text: "401: the token has no expiry", fix: "send a token that Google signed", confidence: Observed},
		{name: "a cut paste is a 401", paste: account()[:300], status: 401, possible: []int{401}, decided: "in.truncated", text: "cut short", fix: "paste it whole", confidence: Observed},
		{name: "a cut paste at an open door is 200", paste: account()[:300], target: bound(invoker("allUsers")), status: 200, possible: []int{200}, decided: "svc.iam_check", text: "200", confidence: Documented},
		{name: "a name that stands twice is a 401, since Google signs nothing like it",
			paste: account(func(d *draft) {
				d.claimsJSON = `{"iss":"https://accounts.google.com","aud":"` + shopURL + `","email":"` + caller + `","azp":"1","sub":"1","email_verified":true,"exp":` + unix(time.Hour) + `,"iat":` + unix(0) + `,"aud":"x"}`
			}),
			status: 401, possible: []int{401}, decided: "jws.dup_keys", text: "not well-formed", fix: "find out who made this token", confidence: Observed},
		{name: "beside a header that wins and is not in the paste it says little", paste: `curl -H "Authorization: Bearer ` + account() + `" -H "X-Serverless-Authorization: Bearer $T" x`, possible: []int{200, 401, 403},
			decided: "req.credential", text: "which wins", fix: "paste the token of X-Serverless-Authorization", confidence: Documented},
		{name: "the header that wins is judged, whatever the other holds", paste: `curl -H "X-Serverless-Authorization: Bearer ` + account() + `" -H "Authorization: Bearer $T" x`, status: 200, possible: []int{200},
			decided: "iam.binding", text: "200", confidence: Documented},
		{name: "an empty header is no credential", paste: "Authorization:", status: 403, possible: []int{403}, decided: "req.credential", text: "403: the request carries no credential", fix: "send a Google ID token", confidence: Documented},
		{name: "Bearer alone is refused, one way or the other", paste: "Authorization: Bearer ", possible: []int{401, 403}, decided: "req.credential", text: "401 or 403: in doubt: credential (the word Bearer without a token",
			fix: "send a Google ID token", confidence: Observed},
		{name: "what is too long to be read is not known to be of a refused kind", paste: account(set("x", strings.Repeat("y", 70<<10))), possible: []int{200, 401}, decided: "kind.accepted",
			text: "in doubt: accepted (not read: longer than 64 KiB", fix: "check that it is a token", confidence: Inferred},
		{name: "a token in a command's address may be no credential at all", paste: "curl 'https://shop.example.com/?access_token=" + account() + "'", possible: []int{200, 403}, decided: "req.credential",
			text: "in the command's address or data, which Cloud Run's own check does not read", fix: "send it in Authorization", confidence: Observed},
		{name: "a token in a gateway's header may be no credential at all", paste: "X-Forwarded-Authorization: Bearer " + account(), possible: []int{200, 403}, decided: "req.credential",
			text: "in X-Forwarded-Authorization", fix: "send it in Authorization", confidence: Observed},
		{name: "a token in a cookie may be no credential at all", paste: "Cookie: __session=" + firebase(), possible: []int{401, 403}, decided: "req.credential", text: "401 or 403", fix: "send it in Authorization", confidence: Observed},
		{name: "without a service a Firebase token is refused by any private one", paste: firebase(), target: nowhere, possible: []int{200, 401, 403, 404}, decided: "clm.iss",
			text: "on a private service 401: Cloud Run does not accept this issuer", fix: "verify the token in the app", confidence: Documented},
		{name: "without a service and a credential", target: nowhere, possible: []int{200, 401, 403, 404}, decided: "req.credential", text: "on a private service 403", fix: "send a Google ID token", confidence: Documented},
		{name: "without a service a good token is not known to be good", paste: account(), target: nowhere, possible: []int{200, 401, 403, 404}, text: "choose a service", fix: "choose a service", confidence: Undocumented},
		{name: "without a service and keys it is in doubt", paste: account(), target: both(nowhere, func(s *Target) { s.Keys = nil }), possible: []int{200, 401, 403, 404}, decided: "sig.verify", text: "in doubt: signature", fix: "go online", confidence: Observed},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := shop(t)
			if c.target != nil {
				c.target(&target)
			}
			report, v := judge(t, c.paste, target)
			soundVerdict(t, report, v)
			if v.Status != c.status || !slices.Equal(v.Possible, c.possible) || v.DecidedBy != c.decided || v.Confidence != c.confidence {
				t.Errorf("%d of %v by %q, confidence %d; want %d of %v by %q, confidence %d\n%s\n%s",
					v.Status, v.Possible, v.DecidedBy, v.Confidence, c.status, c.possible, c.decided, c.confidence, v.Text, report.show())
			}
			if !strings.Contains(v.Text, c.text) || !strings.Contains(v.Fix, c.fix) || (c.fix == "") != (v.Fix == "") {
				t.Errorf("text %q, fix %q; want %q and %q in them", v.Text, v.Fix, c.text, c.fix)
			}
			if all := strings.Join(v.Assumes, "; "); !strings.Contains(all, c.assumes) || c.assumes == "" && strings.Contains(all, "clock") {
				t.Errorf("assumes %q, want %q in it", all, c.assumes)
			}
			if v.DecidedBy != "" && v.Source == "" {
				t.Error("no source")
			}
		})
	}
}

// cutAt keeps so many segments of a token.
func cutAt(token string, segments int) string {
	return strings.Join(strings.Split(token, ".")[:segments], ".")
}

func unix(d time.Duration) string {
	b := make([]byte, 0, 12)
	for n := after(d); n > 0; n /= 10 {
		b = append(b, byte('0'+n%10))
	}
	slices.Reverse(b)
	return string(b)
}

func TestNothingCheckedIsNothingKnown(t *testing.T) {
	if v := (Report)(nil).Verdict(); v.Status != 0 || !slices.Equal(v.Possible, []int{200, 401, 403, 404}) {
		t.Errorf("%+v", v)
	}
	if f := (Report)(nil).Find("clm.iss"); f.ID != "" {
		t.Errorf("found %+v", f)
	}
}

func TestTheZeroTargetKnowsNothing(t *testing.T) {
	for _, paste := range tokens() {
		report, v := judge(t, paste, Target{})
		if v.Status != 0 {
			t.Errorf("%d for a target of which nothing is known: %s", v.Status, v.Text)
		}
		report2, v2 := judge(t, paste, Target{Has: true})
		if v2.Status != 0 || !contains(v2.Possible, 200) || !contains(v2.Possible, 404) {
			t.Errorf("%v for a service of which nothing is known\n%s", v2.Possible, report2.show())
		}
		for _, f := range report {
			if f.Gate == GateHost && f.Status != Skip {
				t.Errorf("%s has status %d without a service", f.ID, f.Status)
			}
		}
	}
}

func TestNobodyIsForbidden(t *testing.T) {
	report := Check(&Token{}, shop(t))
	if v := report.Verdict(); v.Status != 403 || v.DecidedBy != "req.credential" {
		t.Errorf("%+v", v)
	}
	if ways := Ways(&Token{}, shop(t)); len(ways) == 0 {
		t.Error("no way out")
	}
}

// TestOneVerificationServesEveryService: the signature is verified once a key set, by however many goroutines.
func TestOneVerificationServesEveryService(t *testing.T) {
	token, err := Read([]byte(account()))
	if err != nil {
		t.Fatal(err)
	}
	target := shop(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				if v := Check(token, target).Verdict(); v.Status != 200 {
					t.Errorf("%d: %s", v.Status, v.Text)
				}
			}
		})
	}
	all.Wait()
	first := token.proof.Load()
	if first == nil || first.outcome != verified {
		t.Fatal("nothing was remembered")
	}
	Check(token, target)
	if token.proof.Load() != first {
		t.Error("verified again with the same keys")
	}
	other := shop(t) // the same keys, fetched again
	if v := Check(token, other).Verdict(); v.Status != 200 || token.proof.Load() == first {
		t.Errorf("%d; not verified with the keys that were fetched again", v.Status)
	}
	none := shop(t)
	none.Keys = nil
	if f := Check(token, none).Find("sig.verify"); f.Status != Unknown {
		t.Errorf("status %d without keys: what was remembered counts for them", f.Status)
	}
}
