package token

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// row is one rule met by one token at one service: rows are sentences, "the rule … when …".
type row struct {
	rule, when string
	paste      string
	target     func(*Target)
	want       Status
	doubt      bool
	got        string // part of Got
}

// TestRules holds each rule to its rows.
func TestRules(t *testing.T) {
	for _, r := range slices.Concat(inputRows(), doorRows(), shapeRows(), keyRows(), timeRows(), issuerRows(), audienceRows(), callerRows(), firebaseRows()) {
		t.Run(r.rule+" "+r.when, func(t *testing.T) {
			target := shop(t)
			if r.target != nil {
				r.target(&target)
			}
			report, _ := judge(t, r.paste, target)
			f := report.Find(r.rule)
			if f.ID == "" {
				t.Fatal("no such rule")
			}
			if f.Status != r.want || f.Doubt != r.doubt {
				t.Errorf("status %d (doubt %v), want %d (%v): %s", f.Status, f.Doubt, r.want, r.doubt, f.Got)
			}
			if !strings.Contains(f.Got, r.got) {
				t.Errorf("got %q, which lacks %q", f.Got, r.got)
			}
			if f.Status >= Warn && f.Fix == "" {
				t.Error("no next step")
			}
			if f.Got == "" {
				t.Error("nothing got")
			}
		})
	}
}

// TestEveryRuleHasTwoOutcomes keeps a rule from being added that the tables never see pass, or never see anything else.
func TestEveryRuleHasTwoOutcomes(t *testing.T) {
	seen := map[string]map[Status]bool{}
	for _, r := range slices.Concat(inputRows(), doorRows(), shapeRows(), keyRows(), timeRows(), issuerRows(), audienceRows(), callerRows(), firebaseRows()) {
		if seen[r.rule] == nil {
			seen[r.rule] = map[Status]bool{}
		}
		seen[r.rule][r.want] = true
	}
	for _, rule := range Rules() {
		if len(seen[rule.ID]) < 2 {
			t.Errorf("%s has the statuses %v in the tables, want two at least", rule.ID, slices.Collect(maps.Keys(seen[rule.ID])))
		}
	}
}

func TestRulesAreWellMade(t *testing.T) {
	ids, names := map[string]bool{}, map[string]bool{}
	gate := GateInput
	for _, r := range Rules() {
		if ids[r.ID] || names[r.Name] {
			t.Errorf("%s %q stands twice", r.ID, r.Name)
		}
		ids[r.ID], names[r.Name] = true, true
		if n := len([]rune(r.Name)); n == 0 || n > 11 {
			t.Errorf("%s: the name %q has %d characters", r.ID, r.Name, n)
		}
		if r.Gate < gate {
			t.Errorf("%s stands after a later gate", r.ID)
		}
		gate = r.Gate
		if r.Why == "" || !strings.HasSuffix(r.Why, ".") {
			t.Errorf("%s: why is no sentence: %q", r.ID, r.Why)
		}
		if (r.Stops == 0) != (r.Says == "") || strings.HasSuffix(r.Says, ".") {
			t.Errorf("%s stops with %d and says %q", r.ID, r.Stops, r.Says)
		}
		if !slices.Contains([]int{0, 401, 403, 404}, r.Stops) {
			t.Errorf("%s stops with %d", r.ID, r.Stops)
		}
		if r.Source != "" && !strings.HasPrefix(r.Source, "https://") {
			t.Errorf("%s: source %q", r.ID, r.Source)
		}
		if r.Stops != 0 && r.Source == "" {
			t.Errorf("%s decides and has no source", r.ID)
		}
	}
	for _, id := range strings.Fields(`in.size in.truncated in.multiple in.prefix in.hidden_chars in.whitespace in.secret_long_lived kind.recognised kind.accepted
		jws.segments jws.b64 jws.json jws.dup_keys jws.case jws.depth hdr.alg hdr.typ hdr.kid hdr.crit hdr.embedded_key sig.present sig.length sig.verify key.source
		clm.iss clm.aud clm.azp clm.exp clm.iat clm.nbf clm.lifetime clm.sub clm.email clm.email_verified clm.hd clm.auth_time clm.scope
		fb.project fb.tenant fb.provider fb.revoked clock.skew req.credential svc.ingress svc.default_url svc.iap svc.iam_check svc.audience
		iam.principal iam.binding iam.condition iam.inherited iam.deny`) {
		if !ids[id] {
			t.Errorf("no rule %s", id)
		}
	}
}

// TestNoDefectIsLost: what the reader refuses under a rule that would pass is a fail of that rule.
func TestNoDefectIsLost(t *testing.T) {
	token, err := Read([]byte(account()))
	if err != nil {
		t.Fatal(err)
	}
	token.defects = append(token.defects, defect{"hdr.typ", "typ is strange", "JWT"}, defect{"hdr.typ", "and so on", "JWT"})
	f := Check(token, shop(t)).Find("hdr.typ")
	if f.Status != Fail || f.Got != "typ is strange (and 1 more)" || f.Want != "JWT" {
		t.Errorf("%+v", f)
	}
}

func offline(s *Target)  { s.Keys, s.Clock = nil, Clock{} }
func nowhere(s *Target)  { *s = Target{Now: s.Now, Clock: s.Clock, Keys: s.Keys} }
func timeless(s *Target) { s.Now = time.Time{} }
func skewed(d time.Duration) func(*Target) {
	return func(s *Target) { s.Clock.Skew, s.Now = d, s.Now.Add(d) }
}
func bound(bindings ...Binding) func(*Target) {
	return func(s *Target) { s.Policy.Bindings = bindings }
}
func unread(what ...string) func(*Target) {
	return func(s *Target) { s.Policy.Bindings, s.Policy.Unread = nil, what }
}

func inputRows() []row {
	return []row{
		{rule: "in.size", when: "the token has a usual size", paste: account(), want: Pass, got: "bytes"},
		{rule: "in.size", when: "the claims are bloated", paste: account(set("groups", strings.Repeat("x", 9000))), want: Warn},
		{rule: "in.size", when: "it is longer than 64 KiB", paste: "eyJ" + strings.Repeat("x", 70<<10), want: Fail},
		{rule: "in.truncated", when: "it is whole", paste: account(), want: Pass},
		{rule: "in.truncated", when: "the claims end in the middle", paste: account()[:300], want: Fail},
		{rule: "in.truncated", when: "the claims end in the middle, and in the middle of a byte", paste: cutClaims(2), want: Fail, got: "end in the middle"},
		{rule: "in.truncated", when: "the claims end in the middle, and in the middle of another", paste: cutClaims(3), want: Fail, got: "end in the middle"},
		{rule: "in.truncated", when: "the claims end in the middle, at a whole byte", paste: cutClaims(0), want: Fail, got: "end in the middle"},
		{rule: "in.secret_long_lived", when: "a service account's key stands in base64", paste: stdBase64(keyFile), want: Warn, got: "service account key"},
		{rule: "in.secret_long_lived", when: "a service account's key stands in a variable", paste: "GOOGLE_CREDENTIALS='" + keyFile + "'", want: Warn, got: "service account key"},
		{rule: "in.secret_long_lived", when: "it is an authorization code", paste: "4/0AbCdEfGhIjKlMnOpQrStUvWxYz", want: Warn, got: "authorization code"},
		{rule: "clm.lifetime", when: "exp is in milliseconds", paste: account(set("exp", after(time.Hour)*1000)), want: Warn, got: "milliseconds"},
		{rule: "in.truncated", when: "the signature is shorter than the key", paste: short(account(), 200), want: Fail, got: "267 characters"},
		{rule: "in.truncated", when: "the signature is short, and no keys are at hand", paste: short(account(), 252), target: offline, want: Warn, doubt: true},
		{rule: "in.truncated", when: "the signature is short, and another issuer's", paste: short(firebase(), 252), want: Warn, doubt: true},
		{rule: "in.truncated", when: "the signature is too long, which no cut makes", paste: account() + "AAAA", want: Warn, doubt: true},
		{rule: "in.truncated", when: "the third segment is missing", paste: cutAt(account(), 2), want: Fail, got: "2 segments of 3"},
		{rule: "in.truncated", when: "Google removed the signature", paste: removed(account()), want: Pass},
		{rule: "in.multiple", when: "there is one", paste: account(), want: Pass},
		{rule: "in.multiple", when: "two stand in one header", paste: "Authorization: Bearer " + account() + ", Bearer " + gcloud(), want: Fail},
		{rule: "in.multiple", when: "two stand in one text", paste: account() + "\n\n" + gcloud(), want: Warn},
		{rule: "in.prefix", when: "the token is bare", paste: account(), want: Pass},
		{rule: "in.prefix", when: "the token stands in a command's header", paste: "curl -H 'Authorization: Bearer " + account() + "' " + shopURL, want: Pass, got: "taken out of Authorization"},
		{rule: "in.prefix", when: "JSON stands around it", paste: `{"id_token":"` + account() + `"}`, want: Warn},
		{rule: "in.hidden_chars", when: "there are none", paste: account(), want: Pass},
		{rule: "in.hidden_chars", when: "there is a zero-width space", paste: strings.Replace(account(), "e", "e\u200b", 1), want: Warn},
		{rule: "in.whitespace", when: "there is none", paste: account(), want: Pass},
		{rule: "in.whitespace", when: "it is wrapped", paste: wrapped(account()), want: Warn},
		{rule: "in.secret_long_lived", when: "it is an ID token", paste: account(), want: Pass},
		{rule: "in.secret_long_lived", when: "it is a refresh token", paste: "1//0gNotARealRefreshToken-abcdefghijklmnop", want: Warn},
		{rule: "in.secret_long_lived", when: "it is a private key", paste: "-----BEGIN PRIVATE KEY-----\nMIIBVgIBADANBg\n-----END PRIVATE KEY-----", want: Warn, got: "private key"},
		{rule: "in.secret_long_lived", when: "it is a password", paste: "Authorization: Basic dXNlcjpwYXNzd29yZA==", want: Warn, got: "password"},
		{rule: "clock.skew", when: "the clocks agree", paste: account(), want: Pass},
		{rule: "clock.skew", when: "the local clock is a minute ahead", paste: account(), target: skewed(time.Minute), want: Warn, got: "ahead"},
		{rule: "clock.skew", when: "it is six minutes behind", paste: account(), target: skewed(-6 * time.Minute), want: Fail, got: "behind"},
		{rule: "clock.skew", when: "the moment is given", paste: account(), target: func(s *Target) { s.Clock = Clock{Given: true} }, want: Skip, got: "no clock"},
		{rule: "clock.skew", when: "no server has told the time", paste: account(), target: offline, want: Unknown},
		{rule: "clock.skew", when: "no server has told the time, and no keys are asked for", paste: accessToken, target: offline, want: Unknown, got: "no keys are fetched for this"},
	}
}

// wrapped is a token as a narrow terminal shows it.
func wrapped(token string) string {
	var lines []string
	for piece := range slices.Chunk([]byte(token), 80) {
		lines = append(lines, string(piece))
	}
	return strings.Join(lines, "\n")
}

func doorRows() []row {
	const id = "svc.iap"
	agent := "serviceAccount:service-4242@gcp-sa-iap.iam.gserviceaccount.com"
	iap := func(change func(*Target)) func(*Target) {
		return func(s *Target) {
			s.IAP = Yes
			if change != nil {
				change(s)
			}
		}
	}
	host := func(url Answer, host string) func(*Target) {
		return func(s *Target) { s.DefaultURL, s.Request.Host = url, host }
	}
	from := func(i Ingress, f From, assumed bool) func(*Target) {
		return func(s *Target) { s.Ingress, s.Request.From, s.Request.Assumed = i, f, assumed }
	}
	const runApp = "shop-api-1a2b3c-ew.a.run.app"
	return []row{
		{rule: "svc.default_url", when: "it is on", want: Pass},
		{rule: "svc.default_url", when: "it is off and not used", target: host(No, "api.example.com"), want: Pass},
		{rule: "svc.default_url", when: "it is off and used, port and case aside", target: host(No, "Shop-API-1a2b3c-ew.a.run.app:443"), want: Fail},
		{rule: "svc.default_url", when: "it is off and the host is not known", target: host(No, ""), want: Unknown},
		{rule: "svc.default_url", when: "it is on and the host is not known", target: host(Yes, ""), want: Pass},
		{rule: "svc.default_url", when: "nobody knows whether it is on", target: host(Unsure, runApp), want: Unknown},
		{rule: "svc.default_url", when: "no service was chosen", target: nowhere, want: Skip},
		{rule: "svc.ingress", when: "all may come, by whatever path", target: from(IngressAll, FromUnknown, false), want: Pass},
		{rule: "svc.ingress", when: "it is closed", target: from(IngressNone, FromVPC, false), want: Fail},
		{rule: "svc.ingress", when: "it is internal and the call comes from the internet", target: from(IngressInternal, FromInternet, false), want: Fail},
		{rule: "svc.ingress", when: "it is internal and the call comes through the load balancer", target: from(IngressInternal, FromLoadBalancer, false), want: Fail},
		{rule: "svc.ingress", when: "it is internal and the call comes from the VPC", target: from(IngressInternal, FromVPC, false), want: Pass},
		{rule: "svc.ingress", when: "the load balancer may come and it does", target: from(IngressLoadBalancer, FromLoadBalancer, false), want: Pass},
		{rule: "svc.ingress", when: "the load balancer may come and the internet does", target: from(IngressLoadBalancer, FromInternet, false), want: Fail},
		{rule: "svc.ingress", when: "the path is assumed", target: from(IngressLoadBalancer, FromLoadBalancer, true), want: Warn, got: "straight from the internet: 404"},
		{rule: "svc.ingress", when: "the path is not known", target: from(IngressInternal, FromUnknown, false), want: Unknown},
		{rule: "svc.ingress", when: "the setting is not known", target: from(IngressUnknown, FromVPC, false), want: Unknown},
		{rule: id, when: "nobody knows whether it is on, and its agent may not invoke", target: func(s *Target) { s.IAP, s.Policy.Bindings = Unsure, nil }, want: Unknown, got: "nobody gets in"},
		{rule: id, when: "nobody knows whether it is on, and its agent may", target: func(s *Target) { s.IAP, s.Policy.Bindings = Unsure, []Binding{invoker(agent)} }, want: Unknown, got: "not known whether it is on"},
		{rule: id, when: "it is off", want: Pass},
		{rule: id, when: "it is on and the agent may not invoke", target: iap(nil), want: Fail, got: agent},
		{rule: id, when: "it is on and the agent may not invoke, but the invoker check is off", target: iap(func(s *Target) { s.InvokerCheck = No }), want: Unknown, got: "needs no binding"},
		{rule: id, when: "it is on and the agent may not invoke, and the invoker check may be off", target: iap(func(s *Target) { s.InvokerCheck = Unsure }), want: Unknown, got: "where the invoker check is on"},
		{rule: id, when: "it is on and the agent may invoke", target: iap(bound(invoker(agent))), want: Unknown, got: "IAP decides first"},
		{rule: id, when: "it is on and the project's policy was not read", target: iap(unread("project acme-prod")), want: Unknown},
		{rule: id, when: "it is on and the project number is not known", target: iap(func(s *Target) { s.ProjectNumber = "" }), want: Unknown},
		{rule: id, when: "nobody knows whether it is on", target: func(s *Target) { s.IAP = Unsure }, want: Unknown},
		{rule: "svc.iam_check", when: "it is on and nobody is let in unasked", want: Skip},
		{rule: "svc.iam_check", when: "it is off", target: func(s *Target) { s.InvokerCheck = No }, want: Pass},
		{rule: "svc.iam_check", when: "allUsers may invoke", target: bound(invoker("allUsers")), want: Pass},
		{rule: "svc.iam_check", when: "allAuthenticatedUsers may invoke, which is not everybody", target: bound(invoker("allAuthenticatedUsers")), want: Skip},
		{rule: "svc.iam_check", when: "allUsers may only look", target: bound(Binding{Role: "roles/run.viewer", Members: []string{"allUsers"}, Invokes: No}), want: Skip},
		{rule: "svc.iam_check", when: "allUsers hold a role that could not be read", target: bound(Binding{Role: "projects/p/roles/x", Members: []string{"allUsers"}}), want: Unknown},
		{rule: "svc.iam_check", when: "allUsers are bound under a condition that cannot be evaluated",
			target: bound(Binding{Role: "roles/run.invoker", Members: []string{"allUsers"}, Invokes: Yes, Condition: `resource.name == "x"`}), want: Unknown, got: "resource.name"},
		{rule: "svc.iam_check", when: "allUsers were granted a minute ago", target: func(s *Target) {
			s.Policy.Bindings, s.Policy.Changed = []Binding{invoker("allUsers")}, moment.Add(-time.Minute)
		}, want: Unknown, got: "spread"},
		{rule: "svc.iam_check", when: "allUsers may invoke, and a deny rule takes it from everybody", target: func(s *Target) {
			bound(invoker("allUsers"))(s)
			denying(Denial{Denied: []string{"principalSet://goog/public:all"}})(s)
		}, want: Unknown, got: "not documented"},
		{rule: "svc.iam_check", when: "allUsers may invoke, and a deny rule names the caller", paste: account(), target: func(s *Target) {
			bound(invoker("allUsers"))(s)
			denying(Denial{Denied: []string{"user:ann@example.com", "serviceAccount:" + caller}})(s)
		}, want: Unknown, got: "at an open door"},
		{rule: "svc.iam_check", when: "the policy could not be read", target: func(s *Target) { s.Policy = Policy{} }, want: Unknown},
		{rule: "svc.iam_check", when: "only what is above could not be read, where allUsers cannot stand", target: unread("project acme-prod"), want: Skip},
		{rule: "svc.iam_check", when: "nobody knows whether it is on", target: func(s *Target) { s.InvokerCheck = Unsure }, want: Unknown},
		{rule: "svc.audience", when: "the list is whole", want: Pass, got: "3 accepted, 1 of them custom"},
		{rule: "svc.audience", when: "the list is not known to be whole", target: func(s *Target) { s.AudiencesKnown = false }, want: Unknown},
		{rule: "svc.audience", when: "the list is too long", target: func(s *Target) {
			s.Audiences = append(s.Audiences, Audience{Value: strings.Repeat("x", 33000), Source: "custom"})
		}, want: Warn},
		{rule: "req.credential", when: "a command plays a browser's preflight", paste: "curl -i -X OPTIONS -H 'Origin: https://a.example' " + shopURL, want: Fail, got: "preflight"},
		{rule: "req.credential", when: "a browser's preflight is printed", paste: "OPTIONS /x HTTP/1.1\nOrigin: https://a.example\nAccess-Control-Request-Method: POST", want: Fail, got: "preflight"},
		{rule: "req.credential", when: "a request without a credential is printed", paste: "> GET /x HTTP/2\n> Host: shop", want: Fail, got: "none"},
		{rule: "req.credential", when: "there is none", want: Fail},
		{rule: "req.credential", when: "there is none, and IAP decides", target: iapped, want: Skip, got: "IAP decides"},
		{rule: "req.credential", when: "there is none, and nobody knows whether IAP is on", target: func(s *Target) { s.IAP = Unsure }, want: Fail},
		{rule: "req.credential", when: "there is none, and the door is open", target: bound(invoker("allUsers")), want: Skip, got: "the door is open"},
		{rule: "req.credential", when: "there is none, and the door may be open", target: func(s *Target) { s.InvokerCheck = Unsure }, want: Fail},
		{rule: "req.credential", when: "the header is empty", paste: "Authorization:", want: Fail},
		{rule: "req.credential", when: "the header that wins is empty", paste: "X-Serverless-Authorization:", want: Fail, got: "none"},
		{rule: "req.credential", when: "the header that wins is empty, and the other is not", paste: "Authorization: Bearer " + account() + "\nX-Serverless-Authorization: \n", want: Unknown, got: "which of the two then counts is not documented"},
		{rule: "req.credential", when: "it is in Authorization", paste: "Authorization: Bearer " + account(), want: Pass},
		{rule: "req.credential", when: "it is in the header that wins", paste: "X-Serverless-Authorization: Bearer " + account(), want: Pass, got: "wins"},
		{rule: "req.credential", when: "it is in a cookie", paste: "Cookie: __session=" + account(), want: Warn, doubt: true},
		{rule: "req.credential", when: "Bearer stands twice", paste: "Authorization: Bearer Bearer " + account(), want: Fail},
		{rule: "req.credential", when: "two stand in it, which another rule tells", paste: "Authorization: Bearer " + account() + ", Bearer " + gcloud(), want: Pass},
		{rule: "req.credential", when: "only the paste was wrapped", paste: wrapped(account()), want: Pass},
		{rule: "req.credential", when: "a preflight is said to carry one", paste: account(), target: func(s *Target) { s.Request.Method = "OPTIONS" }, want: Warn},
		{rule: "req.credential", when: "another header of the request wins", paste: "Authorization: Bearer " + account(),
			target: func(s *Target) { s.Request.Header = serverlessHeader }, want: Unknown},
	}
}

// short is a token of whose signature only n bytes are left.
func short(token string, n int) string {
	dot := strings.LastIndexByte(token, '.') + 1
	signature, err := base64.RawURLEncoding.DecodeString(token[dot:])
	if err != nil {
		panic("no signature")
	}
	return token[:dot] + base64.RawURLEncoding.EncodeToString(signature[:n])
}

func shapeRows() []row {
	whole := account()
	parts := strings.Split(whole, ".")
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	written := func(claims string) string { return account(func(d *draft) { d.claimsJSON = claims }) }
	return []row{
		{rule: "jws.segments", when: "it is encrypted", paste: encrypted, want: Skip, got: "cannot be read"},
		{rule: "sig.present", when: "it is encrypted", paste: encrypted, want: Skip, got: "cannot be read"},
		{rule: "jws.segments", when: "there are three", paste: whole, want: Pass},
		{rule: "jws.segments", when: "the signature is missing", paste: parts[0] + "." + parts[1], want: Fail},
		{rule: "jws.segments", when: "it is no JWT", paste: accessToken, want: Skip},
		{rule: "jws.b64", when: "it is canonical", paste: whole, want: Pass},
		{rule: "jws.b64", when: "it is padded", paste: parts[0] + "=." + parts[1] + "." + parts[2], want: Fail, got: "padding"},
		{rule: "jws.json", when: "the claims are an object", paste: whole, want: Pass},
		{rule: "jws.json", when: "something follows the object", paste: written(`{"iss":"https://accounts.google.com"} x`), want: Fail},
		{rule: "jws.dup_keys", when: "each name stands once", paste: whole, want: Pass},
		{rule: "jws.dup_keys", when: "aud stands twice", paste: written(`{"iss":"https://accounts.google.com","aud":"a","aud":"b"}`), want: Fail},
		{rule: "jws.case", when: "the names are in exact case", paste: whole, want: Pass},
		{rule: "jws.case", when: "there is an Aud", paste: written(`{"iss":"https://accounts.google.com","Aud":"a"}`), want: Fail},
		{rule: "jws.depth", when: "it is flat", paste: whole, want: Pass},
		{rule: "jws.depth", when: "it is 40 levels deep", paste: written(deep), want: Fail},
	}
}

func keyRows() []row {
	stale := func(s *Target) { s.Now = s.Now.Add(24 * time.Hour) }
	fresh := after(24*time.Hour + 50*time.Minute)
	return []row{
		{rule: "hdr.alg", when: "it is the issuer's", paste: account(), want: Pass},
		{rule: "hdr.alg", when: "it is IAP's own", paste: assertion(), want: Pass},
		{rule: "hdr.alg", when: "it is none", paste: account(head("alg", "none"), signed("none")), want: Fail},
		{rule: "hdr.alg", when: "it is a shared secret's", paste: account(head("alg", "HS256")), want: Fail, got: "shared secret"},
		{rule: "hdr.alg", when: "it is another than the issuer's", paste: account(head("alg", "ES256"), signed("ES256")), want: Fail},
		{rule: "hdr.alg", when: "it is absent", paste: account(headless("alg")), want: Fail},
		{rule: "hdr.alg", when: "the issuer is not known here", paste: account(set("iss", "https://token.actions.githubusercontent.com")), want: Skip},
		{rule: "hdr.typ", when: "it is JWT", paste: account(), want: Pass},
		{rule: "hdr.typ", when: "there is none", paste: account(headless("typ")), want: Pass},
		{rule: "hdr.typ", when: "it is an access token's", paste: account(head("typ", "at+jwt")), want: Warn},
		{rule: "hdr.typ", when: "it is no string", paste: account(head("typ", 1)), want: Warn},
		{rule: "hdr.kid", when: "it is published", paste: account(), want: Pass},
		{rule: "hdr.kid", when: "it is not published", paste: account(head("kid", "k9")), want: Fail},
		{rule: "hdr.kid", when: "it is absent", paste: account(headless("kid")), want: Fail},
		{rule: "hdr.kid", when: "it is absent in another issuer's token", paste: account(headless("kid"), set("iss", "https://idp.example.com")), want: Skip},
		{rule: "hdr.kid", when: "no keys are at hand", paste: account(), target: offline, want: Unknown},
		{rule: "hdr.kid", when: "the keys at hand are old", paste: account(head("kid", "k9"), set("exp", fresh)), target: stale, want: Unknown},
		{rule: "hdr.kid", when: "the token is so old that its key may be gone", paste: account(head("kid", "k9"), set("exp", after(-time.Hour))), want: Unknown},
		{rule: "hdr.kid", when: "the keys were published long after the moment judged", paste: account(head("kid", "k9")), target: published(-10*time.Minute, time.Hour), want: Unknown},
		{rule: "hdr.kid", when: "the keys do not say for how long they are good, and are minutes old", paste: account(head("kid", "k9")), target: published(4*time.Minute, 0), want: Fail},
		{rule: "hdr.kid", when: "the keys do not say for how long they are good, and are older", paste: account(head("kid", "k9")), target: published(6*time.Minute, 0), want: Unknown},
		{rule: "hdr.kid", when: "two keys at hand have it", paste: account(), target: twins, want: Unknown, got: "2 of the keys at hand"},
		{rule: "hdr.kid", when: "it is a service account's own", paste: selfSigned(), target: ownKeys, want: Pass},
		{rule: "hdr.kid", when: "it is a service account's own, whose keys nobody asked for", paste: selfSigned(), want: Skip},
		{rule: "hdr.alg", when: "a service account signs itself as it should", paste: selfSigned(), want: Pass},
		{rule: "hdr.alg", when: "a service account signs itself by another", paste: selfSigned(head("alg", "ES256"), signed("ES256")), want: Fail},
		{rule: "hdr.crit", when: "there is none", paste: account(), want: Pass},
		{rule: "hdr.crit", when: "it is there", paste: account(head("crit", []string{"b64"})), want: Fail},
		{rule: "hdr.embedded_key", when: "there is none", paste: account(), want: Pass},
		{rule: "hdr.embedded_key", when: "it points to one", paste: account(head("jku", "https://evil.example.com/keys")), want: Fail},
		{rule: "sig.present", when: "it is there", paste: account(), want: Pass},
		{rule: "sig.present", when: "Google removed it", paste: removed(account()), want: Fail, got: "removed by Google"},
		{rule: "sig.present", when: "it is empty", paste: account(signed("none")), want: Fail},
		{rule: "sig.length", when: "it fits the key", paste: account(), want: Pass},
		{rule: "sig.length", when: "it is shorter than the key", paste: short(account(), 250), want: Fail},
		{rule: "sig.length", when: "it is short and there are no keys", paste: short(account(), 250), target: offline, want: Warn, doubt: true},
		{rule: "sig.length", when: "an ES256 signature has 64 bytes", paste: assertion(), want: Pass},
		{rule: "sig.length", when: "an ES256 signature has fewer", paste: short(assertion(), 63), want: Fail},
		{rule: "sig.length", when: "Google removed it", paste: removed(account()), want: Skip},
		{rule: "sig.verify", when: "it verifies", paste: account(), want: Pass},
		{rule: "sig.verify", when: "IAP's verifies", paste: assertion(), want: Pass},
		{rule: "sig.verify", when: "another key signed it", paste: account(signed("other")), want: Fail},
		{rule: "sig.verify", when: "the claims were changed", paste: changed(account()), want: Fail},
		{rule: "sig.verify", when: "no keys are at hand", paste: account(), target: offline, want: Unknown},
		{rule: "sig.verify", when: "its key is not published", paste: account(head("kid", "k9")), want: Unknown},
		{rule: "sig.verify", when: "nobody publishes the issuer's keys here", paste: account(set("iss", "https://idp.example.com")), want: Skip},
		{rule: "sig.verify", when: "two keys at hand have the id", paste: account(), target: twins, want: Unknown, got: "which one is meant"},
		{rule: "sig.verify", when: "a service account signed it, with its keys at hand", paste: selfSigned(), target: ownKeys, want: Pass, got: "the account"},
		{rule: "sig.verify", when: "a service account signed it, and another key is at hand", paste: selfSigned(signed("other")), target: ownKeys, want: Fail},
		{rule: "sig.verify", when: "a service account signed it, and nobody asked for its keys", paste: selfSigned(), want: Skip, got: "only where they are given"},
		{rule: "sig.verify", when: "a Firebase custom token names no key, and one at hand fits", paste: custom(), target: ownKeys, want: Pass},
		{rule: "sig.verify", when: "a Firebase custom token names no key, and none at hand fits", paste: custom(signed("other")), target: ownKeys, want: Unknown},
		{rule: "key.source", when: "a service account's own keys are at hand", paste: selfSigned(), target: ownKeys, want: Pass, got: "the account"},
		{rule: "key.source", when: "a service account's own keys are not at hand", paste: selfSigned(), want: Skip},
		{rule: "key.source", when: "the keys are fresh", paste: account(), want: Pass, got: "1 h 0 min"},
		{rule: "key.source", when: "the keys are old", paste: account(), target: stale, want: Warn},
		{rule: "key.source", when: "there are none, and why", paste: account(), target: func(s *Target) { s.Keys = Keys{keysOf("https://accounts.google.com"): {Err: "proxy refused"}} }, want: Unknown, got: "proxy refused"},
	}
}

// twins publishes two keys under the one id.
func twins(s *Target) {
	at := keysOf("https://accounts.google.com")
	set := s.Keys[at]
	set.keys = append(slices.Clone(set.keys), key{id: keyID, alg: "RS256", public: &signers().other.PublicKey, bits: 2048})
	s.Keys[at] = set
}

// ownKeys has the caller's own keys at hand.
func ownKeys(s *Target) { s.Keys[KeysOf(caller)] = s.Keys[keysOf("https://accounts.google.com")] }

// keyFile is a service account's key file, but for the key.
const keyFile = `{"type":"service_account","private_key_id":"1","private_key":"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"}`

// cutClaims is a token that was cut where the claims have so many characters beyond a multiple of four.
func cutClaims(over int) string {
	token := account()
	claims := strings.IndexByte(token, '.') + 1
	return token[:claims+120+over]
}

// published makes the keys so old at the moment judged, and good for so long.
func published(ago, age time.Duration) func(*Target) {
	return func(s *Target) {
		for at, set := range s.Keys {
			set.Read, set.Age = s.Now.Add(-ago), age
			s.Keys[at] = set
		}
	}
}

// changed is a token whose claims somebody changed after it was signed.
func changed(token string) string {
	parts := strings.Split(token, ".")
	other := strings.Split(account(set("email", "mallory@acme-prod.iam.gserviceaccount.com")), ".")
	return parts[0] + "." + other[1] + "." + parts[2]
}

func timeRows() []row {
	exp := func(d time.Duration) string { return account(set("exp", after(d)), set("iat", after(d-time.Hour))) }
	return []row{
		{rule: "clm.exp", when: "it is in the future", paste: exp(42*time.Minute + 10*time.Second), want: Pass, got: "in 42:10"},
		{rule: "clm.exp", when: "it is near", paste: exp(4 * time.Minute), want: Warn},
		{rule: "clm.exp", when: "it has just passed", paste: exp(-4 * time.Minute), want: Warn, doubt: true},
		{rule: "clm.exp", when: "it is this second", paste: exp(0), want: Warn, doubt: true},
		{rule: "clm.exp", when: "it has just passed, five minutes to the second", paste: exp(-5 * time.Minute), want: Warn, doubt: true},
		{rule: "clm.exp", when: "it has passed", paste: exp(-5*time.Minute - time.Second), want: Fail, got: "expired 5:01 ago"},
		{rule: "clm.exp", when: "it has passed by the local clock, which is fast", paste: exp(10 * time.Minute), target: skewed(20 * time.Minute), want: Pass, got: "in 10:00"},
		{rule: "clm.exp", when: "a skew is given that nobody measured", paste: exp(10 * time.Minute), target: func(s *Target) { s.Clock = Clock{Skew: time.Hour} }, want: Pass, got: "in 10:00"},
		{rule: "clm.exp", when: "it is absent", paste: account(drop("exp")), want: Fail},
		{rule: "clm.exp", when: "it is a string", paste: account(set("exp", "tomorrow")), want: Fail},
		{rule: "clm.exp", when: "it has a fraction", paste: account(set("exp", 1e9+0.5)), want: Warn, doubt: true},
		{rule: "clm.exp", when: "it is the last moment that 64 bits hold", paste: account(set("exp", int64(1<<63-1))), want: Pass, got: "in more than 100 years"},
		{rule: "clm.exp", when: "it is the first moment that 64 bits hold", paste: account(set("exp", int64(-1<<63))), want: Fail, got: "expired more than 100 years ago"},
		{rule: "clm.iat", when: "it is the last moment that 64 bits hold", paste: account(set("iat", int64(1<<63-1))), want: Warn, doubt: true, got: "more than 100 years in the future"},
		{rule: "clm.iat", when: "it is the first moment that 64 bits hold", paste: account(set("iat", int64(-1<<63))), want: Pass, got: "more than 100 years ago"},
		{rule: "clm.nbf", when: "it is the last moment that 64 bits hold", paste: account(set("nbf", int64(1<<63-1))), want: Fail, got: "more than 100 years"},
		{rule: "clm.exp", when: "there is no moment", paste: account(), target: timeless, want: Unknown},
		{rule: "clm.iat", when: "it is in the past", paste: account(), want: Pass, got: "10:00 ago"},
		{rule: "clm.iat", when: "it is a little ahead", paste: account(set("iat", after(time.Minute))), want: Warn},
		{rule: "clm.iat", when: "it is far ahead", paste: account(set("iat", after(20*time.Minute))), want: Warn, doubt: true},
		{rule: "clm.iat", when: "it is absent", paste: account(drop("iat")), want: Warn},
		{rule: "clm.iat", when: "it is a string", paste: account(set("iat", "now")), want: Warn, doubt: true},
		{rule: "clm.nbf", when: "there is none", paste: account(), want: Skip},
		{rule: "clm.nbf", when: "it has passed", paste: account(set("nbf", after(-time.Minute))), want: Pass},
		{rule: "clm.nbf", when: "it is near", paste: account(set("nbf", after(time.Minute))), want: Warn, doubt: true},
		{rule: "clm.nbf", when: "it is in the future", paste: account(set("nbf", after(20*time.Minute))), want: Fail},
		{rule: "clm.nbf", when: "there is no moment", paste: account(set("nbf", after(0))), target: timeless, want: Unknown},
		{rule: "clm.lifetime", when: "it is an hour", paste: account(), want: Pass},
		{rule: "clm.lifetime", when: "it is a day", paste: account(set("exp", after(24*time.Hour))), want: Warn},
		{rule: "clm.lifetime", when: "a session cookie lives for two weeks", paste: cookieToken(14 * 24 * time.Hour), want: Pass},
		{rule: "clm.lifetime", when: "a session cookie lives for three weeks", paste: cookieToken(21 * 24 * time.Hour), want: Warn},
		{rule: "clm.lifetime", when: "an assertion of IAP lives for ten minutes", paste: assertion(), want: Pass},
		{rule: "clm.lifetime", when: "an assertion of IAP lives for an hour", paste: assertion(set("exp", after(59*time.Minute))), want: Warn},
		{rule: "clm.lifetime", when: "it ends before it begins", paste: account(set("iat", after(51*time.Minute))), want: Warn},
		{rule: "clm.lifetime", when: "iat is absent", paste: account(drop("iat")), want: Skip},
		{rule: "clm.auth_time", when: "it has passed", paste: firebase(), want: Pass},
		{rule: "clm.auth_time", when: "it is in the future", paste: firebase(set("auth_time", after(time.Hour))), want: Warn},
		{rule: "clm.auth_time", when: "there is none", paste: account(), want: Skip},
	}
}

func cookieToken(life time.Duration) string {
	return firebase(set("iss", "https://session.firebase.google.com/acme-prod"), set("iat", after(0)), set("exp", after(life)))
}

func issuerRows() []row {
	return []row{
		{rule: "clm.iss", when: "it is Google", paste: account(), want: Pass},
		{rule: "clm.iss", when: "it is Google in the old spelling", paste: account(set("iss", "accounts.google.com")), want: Pass},
		{rule: "clm.iss", when: "it is Google with a slash too much", paste: account(set("iss", "https://accounts.google.com/")), want: Fail, got: "not exactly"},
		{rule: "clm.iss", when: "it is Firebase", paste: firebase(), want: Fail, got: "https://securetoken.google.com/acme-prod"},
		{rule: "clm.iss", when: "it is IAP", paste: assertion(), want: Fail},
		{rule: "clm.iss", when: "it is IAP, which decides here", paste: assertion(), target: iapped, want: Skip, got: "IAP decides"},
		{rule: "kind.accepted", when: "it is an assertion, and IAP decides", paste: assertion(), target: iapped, want: Skip},
		{rule: "kind.accepted", when: "it is an access token, and the door is open", paste: accessToken, target: bound(invoker("allUsers")), want: Skip, got: "the door is open"},
		{rule: "clm.iss", when: "it is the account itself", paste: account(set("iss", caller), set("sub", caller)), want: Fail},
		{rule: "clm.iss", when: "it is absent", paste: account(drop("iss")), want: Fail, got: "no iss"},
		{rule: "clm.iss", when: "it is a number", paste: account(set("iss", 1)), want: Fail, got: "no string"},
		{rule: "clm.iss", when: "there are no claims", paste: accessToken, want: Skip},
		{rule: "kind.recognised", when: "it is known", paste: account(), want: Pass, got: "service account"},
		{rule: "kind.recognised", when: "it is a JWT of somebody", paste: account(set("iss", "https://idp.example.com")), want: Warn},
		{rule: "kind.recognised", when: "it is nothing", paste: "hello", want: Warn},
		{rule: "kind.accepted", when: "it is a Google ID token", paste: account(), want: Pass},
		{rule: "kind.accepted", when: "it is a gcloud user's", paste: gcloud(), want: Pass, got: "development"},
		{rule: "kind.accepted", when: "it is an access token", paste: accessToken, want: Fail, got: "access token"},
		{rule: "kind.accepted", when: "it is an access token of three parts", paste: "ya29.c.b0AaekNotARealToken.abcdefghijklmnopqrstuvwxyz", want: Fail},
		{rule: "kind.accepted", when: "it is encrypted", paste: encrypted, want: Fail, got: "JWE"},
		{rule: "kind.accepted", when: "it is nothing", paste: "hello", want: Fail},
		{rule: "clm.scope", when: "there is none", paste: account(), want: Pass},
		{rule: "clm.scope", when: "there is one", paste: account(set("scope", "openid")), want: Warn},
	}
}

func audienceRows() []row {
	aud := func(value any) string { return account(set("aud", value)) }
	function := func(s *Target) {
		s.Audiences = append(s.Audiences, Audience{Value: "https://europe-west1-acme-prod.cloudfunctions.net/shop", Source: "function"})
	}
	custom := func(value string) func(*Target) {
		return func(s *Target) { s.Audiences = append(s.Audiences, Audience{Value: value, Source: "custom"}) }
	}
	const id = "clm.aud"
	return []row{
		{rule: id, when: "it is gcloud's own client in a service account's token", paste: account(set("aud", gcloudClient)), want: Unknown, got: "not documented"},
		{rule: id, when: "it is gcloud's own client in a service account's token, and a custom audience", paste: account(set("aud", gcloudClient)), target: custom(gcloudClient), want: Pass},
		{rule: id, when: "it is gcloud's own client in the token of another client's user", paste: gcloud(set("azp", "other.apps.googleusercontent.com")), want: Unknown},
		{rule: id, when: "it is gcloud's own client in a foreign token", paste: account(set("aud", gcloudClient), set("iss", "https://idp.example.com")), want: Fail, got: "the issuer is refused before"},
		{rule: id, when: "it is the service's URL", paste: aud(shopURL), want: Pass, got: "is the service's URL"},
		{rule: id, when: "it is the other URL", paste: aud(shopNumber), want: Pass},
		{rule: id, when: "it is a custom audience", paste: firebase(), want: Pass, got: "acme-prod is a custom audience"},
		{rule: id, when: "it is a function's URL", paste: aud("https://europe-west1-acme-prod.cloudfunctions.net/shop"), target: function, want: Pass},
		{rule: id, when: "it is the function's origin", paste: aud("https://europe-west1-acme-prod.cloudfunctions.net"), target: function, want: Fail, got: "the function's name /shop is missing"},
		{rule: id, when: "it is the function in another region", paste: aud("https://us-central1-acme-prod.cloudfunctions.net/shop"), target: function, want: Fail, got: "the region differs: us-central1, not europe-west1"},
		{rule: id, when: "it is the origin in another region", paste: aud("https://us-central1-acme-prod.cloudfunctions.net"), target: function, want: Fail, got: "/shop is missing: the origin alone is not accepted, and the region differs"},
		{rule: id, when: "it is the function in another project", paste: aud("https://europe-west1-acme-dev.cloudfunctions.net/shop"), target: function, want: Fail, got: "the project differs: acme-dev, not acme-prod"},
		{rule: id, when: "it is the function with the project's number", paste: aud("https://europe-west1-4242.cloudfunctions.net/shop"), target: function, want: Fail, got: "it has the project number 4242 where the project id acme-prod belongs"},
		{rule: id, when: "it is another function in another region, which has little in common", paste: aud("https://us-central1-acme-prod.cloudfunctions.net/cart"), target: function, want: Fail, got: "https://us-central1-acme-prod.cloudfunctions.net/cart"},
		{rule: id, when: "it is gcloud's", paste: gcloud(), want: Pass, got: "not compared"},
		{rule: id, when: "it is that of application-default login", paste: gcloud(set("aud", adcClient), set("azp", adcClient)), want: Unknown, got: "reports disagree"},
		{rule: id, when: "it is that of application-default login, and a custom audience", paste: gcloud(set("aud", adcClient), set("azp", adcClient)), target: custom(adcClient), want: Pass, got: "is a custom audience"},
		{rule: id, when: "it is the URL with a trailing slash", paste: aud(shopURL + "/"), want: Warn, doubt: true},
		{rule: id, when: "it is the URL with a path", paste: aud(shopURL + "/api/cart"), want: Warn, doubt: true},
		{rule: id, when: "it is a custom audience with a trailing slash", paste: aud("https://api.example.com/"), target: custom("https://api.example.com"), want: Fail, got: "trailing slash is too much"},
		{rule: id, when: "it lacks a custom audience's trailing slash", paste: aud("https://api.example.com"), target: custom("https://api.example.com/"), want: Fail, got: "trailing slash is missing"},
		{rule: id, when: "it lacks the scheme", paste: aud("api.example.com"), target: custom("https://api.example.com"), want: Fail, got: "the scheme https:// is missing"},
		{rule: id, when: "it has another scheme", paste: aud("http://" + shopURL[8:]), want: Fail, got: "the scheme is http, not https"},
		{rule: id, when: "it has a scheme too much", paste: aud("https://acme-prod"), want: Fail, got: "the scheme https:// is too much"},
		{rule: id, when: "it has a port", paste: aud(shopURL + ":443"), want: Fail, got: "port"},
		{rule: id, when: "it is in another case", paste: aud("https://Shop-API-1a2b3c-ew.a.run.app"), want: Fail, got: "case"},
		{rule: id, when: "it is a path too deep for a custom audience", paste: aud("https://api.example.com/v1"), target: custom("https://api.example.com"), want: Fail, got: "the path /v1 is too much"},
		{rule: id, when: "its region is another", paste: aud("https://shop-api-4242.us-central1.run.app"), want: Fail, got: "us-central1, not europe-west1"},
		{rule: id, when: "its region is another, in the short form", paste: aud("https://shop-api-1a2b3c-uc.a.run.app"), want: Fail, got: "the region differs: uc, not ew"},
		{rule: id, when: "it is the same name in another project", paste: aud("https://shop-api-9z8y7x-ew.a.run.app"), want: Fail, got: "another project"},
		{rule: id, when: "it has the project id for the number", paste: aud("https://shop-api-acme-prod.europe-west1.run.app"), want: Fail, got: "project id acme-prod where the project number 4242 belongs"},
		{rule: id, when: "it has another project's number", paste: aud("https://shop-api-777.europe-west1.run.app"), want: Fail, got: "project number differs"},
		{rule: id, when: "it is the project's number for its id", paste: aud("4242"), want: Fail, got: "two things"},
		{rule: id, when: "it is a tag's URL", paste: aud("https://canary---shop-api-1a2b3c-ew.a.run.app"), want: Fail, got: "the tag canary"},
		{rule: id, when: "it is another service's", paste: aud("https://billing-1a2b3c-ew.a.run.app"), want: Fail, got: "an audience of billing"},
		{rule: id, when: "it is another service's with a path", paste: aud("https://billing-1a2b3c-ew.a.run.app/x"), want: Fail, got: "but for its path that is an audience of billing"},
		{rule: id, when: "it is another service's, of a known region", paste: aud("api"), target: others("billing/us-east1"), want: Fail, got: "that is an audience of billing (us-east1)"},
		{rule: id, when: "three others accept it, one by two names", paste: aud("api"), target: others("c/r1", "b/r2", "a/r3", "c/r1"), want: Fail, got: "that is an audience of a (r3), b (r2) and c (r1)"},
		{rule: id, when: "two of one name accept it", paste: aud("api"), target: others("a/r2", "a/r1"), want: Fail, got: "that is an audience of a (r1) and a (r2)"},
		{rule: id, when: "five others accept it", paste: aud("api"), target: others("a/r", "b/r", "c/r", "d/r", "e/r"), want: Fail, got: "that is an audience of a (r), b (r), c (r) and 2 more"},
		{rule: id, when: "others accept another", paste: aud("api2"), target: others("a/r"), want: Fail, got: "api2"},
		{rule: id, when: "it is an OAuth client id", paste: aud("1234-abc.apps.googleusercontent.com"), want: Fail, got: "OAuth client id in place of"},
		{rule: id, when: "it is IAP's", paste: aud("/projects/4242/global/backendServices/7"), want: Fail, got: "an audience of IAP"},
		{rule: id, when: "it is a name that is no custom audience", paste: aud("https://api.example.com"), want: Fail, got: "custom domain"},
		{rule: id, when: "it is something else", paste: aud("whatever"), want: Fail},
		{rule: id, when: "several parts differ", paste: aud("Shop-API-1a2b3c-ew.a.run.app/"), want: Fail, got: "the scheme https:// is missing, and the trailing slash is too much, and upper and lower case differ in the host"},
		{rule: id, when: "the scheme is in capitals and a path follows", paste: aud("HTTPS" + strings.TrimPrefix(shopURL, "https") + "/x"), want: Fail, got: "upper and lower case differ in the scheme, and the path /x is too much"},
		{rule: id, when: "it is a tag's URL with a path", paste: aud("https://blue---shop-api-1a2b3c-ew.a.run.app/x"), want: Fail, got: "the path /x is too much, and it is the URL of the tag blue"},
		{rule: id, when: "its region is another, and its case", paste: aud("https://Shop-API-4242.us-east1.run.app"), want: Fail, got: "upper and lower case differ in the host, and the region differs: us-east1, not europe-west1"},
		{rule: id, when: "it is a list with the URL", paste: aud([]string{shopURL}), want: Warn, doubt: true},
		{rule: id, when: "it is a list with the URL and a path", paste: aud([]string{shopURL + "/api"}), want: Warn, doubt: true},
		{rule: id, when: "it is a path below a URL that is not run.app's", paste: aud("https://api.example.com/v1"), target: func(s *Target) {
			s.Audiences = []Audience{{Value: "https://api.example.com", Source: "url"}}
		}, want: Fail},
		{rule: id, when: "it is a list without it", paste: aud([]string{"a", "b"}), want: Fail},
		{rule: id, when: "it is a list and not all is known", paste: aud([]string{"a", "b"}), target: func(s *Target) { s.AudiencesKnown = false }, want: Unknown},
		{rule: id, when: "it is a number", paste: aud(7), want: Fail},
		{rule: id, when: "it is a Firebase project, which is no audience either", paste: firebase(), target: func(s *Target) { s.Audiences = s.Audiences[:1] }, want: Fail, got: "acme-prod: not an audience of shop-api, but the issuer is refused before that counts"},
		{rule: id, when: "it is another issuer's and nearly the service's URL", paste: account(set("iss", "https://acme.okta.com"), set("aud", strings.TrimPrefix(shopURL, "https://"))), want: Fail, got: "the issuer is refused before"},
		{rule: id, when: "it is another issuer's list", paste: account(set("iss", "https://acme.okta.com"), set("aud", []string{"a", "b"})), want: Fail, got: "a list of 2: a, b, but the issuer"},
		{rule: id, when: "it is absent", paste: account(drop("aud")), want: Fail},
		{rule: id, when: "it is empty", paste: aud(""), want: Fail, got: "empty"},
		{rule: id, when: "not all audiences are known", paste: aud("whatever"), target: func(s *Target) { s.AudiencesKnown = false }, want: Unknown},
		{rule: id, when: "not all audiences are known, and it nearly is one of them", paste: aud(strings.TrimPrefix(shopURL, "https://")), target: func(s *Target) { s.AudiencesKnown = false }, want: Unknown, got: "the scheme https:// is missing; not all"},
		{rule: id, when: "not all audiences are known, but this one is", paste: account(), target: func(s *Target) { s.AudiencesKnown = false }, want: Pass},
		{rule: id, when: "no service was chosen", paste: account(), target: nowhere, want: Skip},
		{rule: "clm.azp", when: "it is there", paste: gcloud(), want: Pass},
		{rule: "clm.azp", when: "it is absent", paste: account(drop("azp")), want: Skip},
		{rule: "clm.azp", when: "it is a number", paste: account(set("azp", 7)), want: Warn},
		{rule: "clm.azp", when: "it is not gcloud's while the audience is", paste: gcloud(set("azp", "other.apps.googleusercontent.com")), want: Warn},
	}
}

func callerRows() []row {
	group := invoker("group:ops@example.com")
	until := func(when string) Binding {
		b := invoker("serviceAccount:" + caller)
		b.Condition, b.Title = `request.time < timestamp("`+when+`")`, "until then"
		return b
	}
	odd := invoker("serviceAccount:" + caller)
	odd.Condition = `request.path.startsWith("/api")`
	const id = "iam.binding"
	return []row{
		{rule: "iam.principal", when: "it is a service account", paste: account(), want: Pass, got: "serviceAccount:" + caller},
		{rule: "iam.principal", when: "it is a user", paste: gcloud(), want: Pass, got: "user:ann@example.com"},
		{rule: "iam.principal", when: "the token has no email", paste: account(drop("email")), want: Warn, got: callerID},
		{rule: "iam.principal", when: "IAP decides", paste: account(), target: iapped, want: Skip, got: "IAP decides"},
		{rule: id, when: "IAP decides", paste: account(), target: iapped, want: Skip, got: "IAP decides"},
		{rule: "clm.email", when: "it is absent, and IAP decides", paste: account(drop("email")), target: iapped, want: Skip},
		{rule: "iam.principal", when: "the issuer is not Google", paste: firebase(), want: Skip, got: "not reached: the credential is refused before"},
		{rule: id, when: "the account is named", paste: account(), want: Pass, got: "roles/run.invoker (service)"},
		{rule: id, when: "it is named in another case", paste: account(), target: bound(invoker("serviceAccount:" + strings.ToUpper(caller[:1]) + caller[1:])), want: Pass},
		{rule: id, when: "nobody is named and all was read", paste: account(), target: bound(), want: Fail},
		{rule: id, when: "nobody is named and the project was not read", paste: account(), target: unread("project acme-prod"), want: Unknown, got: "no binding of the service"},
		{rule: id, when: "the policy could not be read", paste: account(), target: func(s *Target) { s.Policy.Known = false }, want: Unknown},
		{rule: id, when: "any Google account may", paste: account(), target: bound(invoker("allAuthenticatedUsers")), want: Pass},
		{rule: id, when: "any Google account may, and it is a Firebase user", paste: firebase(), target: bound(invoker("allAuthenticatedUsers")), want: Skip},
		{rule: id, when: "a user's domain may", paste: gcloud(), target: bound(invoker("domain:example.com")), want: Pass},
		{rule: id, when: "the domain of a user's address may, and hd is absent", paste: gcloud(drop("hd")), target: bound(invoker("domain:example.com")), want: Unknown, got: "no hd"},
		{rule: id, when: "another domain may than the user's", paste: gcloud(set("hd", "sub.example.com")), target: bound(invoker("domain:example.com")), want: Unknown, got: "same customer"},
		{rule: id, when: "a domain may, and the user is a consumer", paste: gcloud(drop("hd"), set("email", "ann@gmail.com")), target: bound(invoker("domain:example.com")), want: Fail},
		{rule: id, when: "a domain may, which no service account is of", paste: account(), target: bound(invoker("domain:acme-prod.iam.gserviceaccount.com")), want: Fail},
		{rule: id, when: "a group may", paste: account(), target: bound(group), want: Unknown, got: "group ops@example.com"},
		{rule: id, when: "a group may look only", paste: account(), target: bound(Binding{Role: "roles/run.viewer", Members: group.Members, Invokes: No}), want: Fail},
		{rule: id, when: "a group may, under a condition that is no longer true", paste: account(), target: bound(past(group)), want: Fail},
		{rule: id, when: "a group and the account may", paste: account(), target: bound(group, invoker("serviceAccount:"+caller)), want: Pass},
		{rule: id, when: "the account of that address is gone", paste: account(), target: bound(invoker("deleted:serviceAccount:" + caller + "?uid=1")), want: Fail, got: "an account that is gone"},
		{rule: id, when: "a federated identity may", paste: account(), target: bound(invoker("principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s", "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*")), want: Fail},
		{rule: id, when: "every service account of a project may", paste: account(), target: bound(invoker("principalSet://cloudresourcemanager.googleapis.com/projects/4242/type/ServiceAccount")), want: Unknown},
		{rule: id, when: "every service account of a project may, and it is a user", paste: gcloud(), target: bound(invoker("principalSet://cloudresourcemanager.googleapis.com/projects/4242/type/ServiceAccount")), want: Fail},
		{rule: id, when: "the project's editors may", paste: account(), target: bound(invoker("projectEditor:acme-prod")), want: Unknown},
		{rule: id, when: "a member of an unknown sort may", paste: account(), target: bound(invoker("martian:x")), want: Unknown},
		{rule: id, when: "only cloudfunctions.invoker is held", paste: account(), target: bound(Binding{Role: "roles/cloudfunctions.invoker", Members: []string{"serviceAccount:" + caller}, Invokes: No}), want: Fail, got: "roles/cloudfunctions.invoker, which does not hold run.routes.invoke"},
		{rule: id, when: "only cloudfunctions.invoker is held, and a group may", paste: account(), target: bound(group, Binding{Role: "roles/cloudfunctions.invoker", Members: []string{"serviceAccount:" + caller}, Invokes: No}), want: Unknown, got: "does not hold run.routes.invoke; besides: membership of the group ops@example.com"},
		{rule: id, when: "only cloudfunctions.invoker is held, and a role to log", paste: account(), target: bound(Binding{Role: "roles/logging.logWriter", Members: []string{"serviceAccount:" + caller}, Invokes: No}, Binding{Role: "roles/cloudfunctions.invoker", Members: []string{"serviceAccount:" + caller}, Invokes: No}), want: Fail, got: "roles/cloudfunctions.invoker"},
		{rule: id, when: "the account of that address is gone, and a group may", paste: account(), target: bound(group, invoker("deleted:serviceAccount:"+caller+"?uid=1")), want: Unknown, got: "an account that is gone"},
		{rule: id, when: "a role is held that could not be read", paste: account(), target: bound(Binding{Role: "projects/acme-prod/roles/x", Members: []string{"serviceAccount:" + caller}}), want: Unknown},
		{rule: id, when: "the policy names a user of the same address", paste: account(), target: bound(invoker("user:" + caller)), want: Unknown},
		{rule: id, when: "the token has no email", paste: account(drop("email")), want: Unknown, got: "no email"},
		{rule: id, when: "a Kubernetes account is named and the token has no email", paste: account(drop("email")), target: bound(invoker("serviceAccount:acme-prod.svc.id.goog[ns/ksa]")), want: Fail},
		{rule: id, when: "the grant is two minutes old", paste: account(), target: func(s *Target) { s.Policy.Changed = moment.Add(-2 * time.Minute) }, want: Warn, doubt: true, got: "changed 2:00 ago"},
		{rule: id, when: "the grant is seven minutes old", paste: account(), target: func(s *Target) { s.Policy.Changed = moment.Add(-7 * time.Minute) }, want: Pass},
		{rule: id, when: "the policy changed after the moment judged", paste: account(), target: func(s *Target) { s.Policy.Changed = moment.Add(time.Hour) }, want: Warn, doubt: true, got: "after this moment"},
		{rule: id, when: "the grant has run out, and the policy is two minutes old", paste: account(), target: func(s *Target) {
			s.Policy.Bindings, s.Policy.Changed = []Binding{until("2026-01-01T00:00:00Z")}, moment.Add(-2*time.Minute)
		}, want: Warn, got: "under a condition that is not true now"},
		{rule: id, when: "no service was chosen", paste: account(), target: nowhere, want: Skip},
		{rule: "iam.condition", when: "there is none", paste: account(), want: Skip},
		{rule: "iam.condition", when: "it is true", paste: account(), target: bound(until("2026-12-31T00:00:00Z")), want: Pass},
		{rule: "iam.condition", when: "it is no longer true", paste: account(), target: bound(until("2026-01-01T00:00:00Z")), want: Fail, got: "until then"},
		{rule: "iam.condition", when: "it is no longer true, but a group may let in", paste: account(), target: bound(until("2026-01-01T00:00:00Z"), group), want: Unknown, got: "another binding may let the caller in: membership of the group ops@example.com"},
		{rule: "iam.condition", when: "it is no longer true, but the project was not read", paste: account(), target: func(s *Target) {
			s.Policy.Bindings, s.Policy.Unread = []Binding{until("2026-01-01T00:00:00Z")}, []string{"project acme-prod"}
		}, want: Unknown},
		{rule: "iam.condition", when: "it cannot be evaluated", paste: account(), target: bound(odd), want: Unknown, got: "cannot evaluate"},
		{rule: "iam.condition", when: "another binding has none", paste: account(), target: bound(odd, invoker("serviceAccount:"+caller)), want: Skip},
		{rule: "iam.inherited", when: "the caller is let in already", paste: account(), target: func(s *Target) { s.Policy.Unread = []string{"project acme-prod"} }, want: Skip},
		{rule: "iam.inherited", when: "everything was read", paste: account(), target: bound(), want: Pass},
		{rule: "iam.inherited", when: "the project was not read", paste: account(), target: unread("project acme-prod", "2 folders"), want: Unknown, got: "project acme-prod, 2 folders"},
		{rule: "iam.inherited", when: "no policy was read", paste: account(), target: func(s *Target) { s.Policy = Policy{} }, want: Unknown},
		{rule: "iam.deny", when: "the caller is known", paste: account(), want: Skip, got: "not read"},
		{rule: "iam.deny", when: "a rule names the caller", paste: account(), target: denying(Denial{Policy: "stop", Denied: []string{"principal://iam.googleapis.com/projects/-/serviceAccounts/" + caller}}), want: Fail, got: "the deny policy stop"},
		{rule: "iam.deny", when: "a rule names everybody but the caller", paste: account(), target: denying(Denial{Denied: []string{"principalSet://goog/public:all"}, Except: []string{"principal://iam.googleapis.com/projects/-/serviceAccounts/" + caller}}), want: Pass},
		{rule: "iam.deny", when: "a rule names a group", paste: account(), target: denying(Denial{Denied: []string{"principalSet://goog/group/ops@example.com"}}), want: Unknown, got: "group ops@example.com"},
		{rule: "iam.deny", when: "a rule has a condition that cannot be evaluated", paste: account(), target: denying(Denial{Denied: []string{"principalSet://goog/public:all"}, Condition: `resource.matchTag("1/env", "prod")`}), want: Unknown, got: "cannot be evaluated"},
		{rule: "iam.deny", when: "none was found", paste: account(), target: denying(), want: Pass},
		{rule: "iam.deny", when: "the organisation's were not read", paste: account(), target: func(s *Target) {
			s.Policy.DenyKnown, s.Policy.DenyUnread = true, []string{"organisation 1"}
		}, want: Skip, got: "organisation 1"},
		{rule: "iam.deny", when: "the credential is refused before", paste: firebase(), want: Skip, got: "not reached"},
		{rule: "clm.sub", when: "it is a number", paste: account(), want: Pass},
		{rule: "clm.sub", when: "it is a name", paste: account(set("sub", "ann")), want: Warn},
		{rule: "clm.sub", when: "a Firebase user's is empty", paste: firebase(set("sub", "")), want: Fail},
		{rule: "clm.email", when: "it is there", paste: account(), want: Pass},
		{rule: "clm.email", when: "it is absent", paste: account(drop("email")), want: Warn},
		{rule: "clm.email", when: "it is empty", paste: account(set("email", "")), want: Warn, got: "none"},
		{rule: "iam.binding", when: "the email is empty, so that any account may be meant", paste: account(set("email", "")), want: Unknown, got: "may or may not be"},
		{rule: "clm.email", when: "it is a list", paste: account(set("email", []string{caller})), want: Warn},
		{rule: "clm.email", when: "it is absent in another issuer's token", paste: firebase(drop("email")), want: Skip},
		{rule: "clm.email_verified", when: "it is", paste: account(), want: Pass},
		{rule: "clm.email_verified", when: "it is not, and a binding goes by it", paste: account(set("email_verified", false)), want: Warn, doubt: true},
		{rule: "clm.email_verified", when: "it is not, and any Google account may", paste: account(set("email_verified", false)), target: bound(invoker("serviceAccount:"+caller), invoker("allAuthenticatedUsers")), want: Warn},
		{rule: "clm.email_verified", when: "it is not said, and a binding goes by the address", paste: account(drop("email_verified")), want: Warn, got: "not said"},
		{rule: "clm.email_verified", when: "it is not said, and any Google account may", paste: account(drop("email_verified")), target: bound(invoker("allAuthenticatedUsers")), want: Skip},
		{rule: "clm.email_verified", when: "it is neither true nor false", paste: account(set("email_verified", "perhaps")), want: Warn, doubt: true},
		{rule: "clm.email_verified", when: "it is not said, and there is no address", paste: account(drop("email_verified", "email")), want: Skip},
		{rule: "clm.hd", when: "it is there", paste: gcloud(), want: Pass},
		{rule: "clm.hd", when: "it is absent and a domain is bound", paste: gcloud(drop("hd")), target: bound(invoker("domain:example.com")), want: Warn},
		{rule: "clm.hd", when: "it is absent and no domain is bound", paste: gcloud(drop("hd")), want: Skip},
	}
}

// encrypted is a JWE: header, key, vector, text and tag.
var encrypted = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RSA-OAEP","enc":"A256GCM","kid":"x"}`)) + "." + strings.Repeat("k", 342) + ".aXZpdml2aXZpdg." + strings.Repeat("t", 400) + "." + strings.Repeat("g", 22)

// others are services, as NAME/REGION, that accept the audience "api".
func others(services ...string) func(*Target) {
	return func(s *Target) {
		for _, name := range services {
			of, region, _ := strings.Cut(name, "/")
			s.Elsewhere = append(s.Elsewhere, Audience{Value: "api", Source: "custom", Of: of, Region: region})
		}
	}
}

// iapped is a service with IAP in front, whose agent may invoke it.
func iapped(s *Target) {
	s.IAP, s.Policy.Bindings = Yes, []Binding{invoker("serviceAccount:" + iapAgent("4242"))}
}

// denying is a service for which these deny rules were read, and no others are.
func denying(rules ...Denial) func(*Target) {
	return func(s *Target) { s.Policy.Deny, s.Policy.DenyKnown = rules, true }
}

// past is a binding that has ended.
func past(b Binding) Binding {
	b.Condition = `request.time < timestamp("2026-01-01T00:00:00Z")`
	return b
}

func firebaseRows() []row {
	kind := func(values jsonObject) string { return firebase(set("firebase", values)) }
	return []row{
		{rule: "fb.project", when: "issuer and audience agree", paste: firebase(), want: Pass},
		{rule: "fb.project", when: "they do not", paste: firebase(set("aud", "other")), want: Fail},
		{rule: "fb.project", when: "the service is another project's", paste: firebase(), target: func(s *Target) { s.Project = "acme-dev" }, want: Warn},
		{rule: "fb.project", when: "it is not Firebase's", paste: account(), want: Skip},
		{rule: "fb.tenant", when: "there is none", paste: firebase(), want: Pass},
		{rule: "fb.tenant", when: "there is one", paste: kind(jsonObject{"tenant": "t1", "sign_in_provider": "password"}), want: Warn, got: "t1"},
		{rule: "fb.provider", when: "it is named", paste: firebase(), want: Pass, got: "password"},
		{rule: "fb.provider", when: "the user is anonymous", paste: kind(jsonObject{"sign_in_provider": "anonymous"}), want: Warn},
		{rule: "fb.provider", when: "none is named", paste: kind(jsonObject{}), want: Warn},
		{rule: "fb.revoked", when: "it is Firebase's", paste: firebase(), want: Unknown},
		{rule: "fb.revoked", when: "it is not", paste: account(), want: Skip},
	}
}
