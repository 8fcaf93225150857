package token

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// tokens are pastes of all sorts, "" for none.
func tokens() []string {
	return []string{
		"", account(), gcloud(), firebase(), assertion(), accessToken, "hello",
		account(set("aud", shopURL+"/")), account(set("aud", "https://api.example.com")), account(set("aud", []string{shopURL})), account(drop("aud")),
		account(drop("email")), account(set("email_verified", false)), account(signed("other")), account(head("kid", "k9")), removed(account()),
		account(set("exp", after(-time.Minute)), set("iat", after(-time.Hour))), account(set("exp", after(-time.Hour))), account(set("iat", after(time.Hour))),
		gcloud(set("aud", adcClient), set("azp", adcClient)), gcloud(drop("hd")), short(account(), 250),
		"Cookie: __session=" + account(), "Authorization: Bearer Bearer " + account(), "X-Serverless-Authorization: Bearer " + account(),
	}
}

// pick is one of the values.
func pick[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

// anyTarget is a service about which everything is known.
func anyTarget(r *rand.Rand, s Target) Target {
	s.Audiences = pick(r, s.Audiences, s.Audiences[:1], []Audience{{Value: "https://api.example.com", Source: "custom"}}, nil)
	s.InvokerCheck, s.DefaultURL, s.IAP = pick(r, Yes, Yes, No), pick(r, Yes, No), pick(r, No, No, Yes)
	s.Ingress = pick(r, IngressAll, IngressAll, IngressInternal, IngressLoadBalancer, IngressNone)
	s.Request.From = pick(r, FromInternet, FromVPC, FromLoadBalancer)
	s.Request.Host = pick(r, "shop-api-1a2b3c-ew.a.run.app", "api.example.com")
	s.Request.Method = pick(r, "GET", "OPTIONS")
	s.Request.Header = pick(r, "Authorization", serverlessHeader)
	members := []string{"serviceAccount:" + caller, "user:ann@example.com", "allUsers", "allAuthenticatedUsers", "domain:example.com", "group:ops@example.com",
		"deleted:serviceAccount:" + caller + "?uid=1", "serviceAccount:" + iapAgent("4242")}
	s.Policy.Bindings = nil
	for range r.IntN(4) {
		s.Policy.Bindings = append(s.Policy.Bindings, Binding{Role: "roles/x", Members: []string{pick(r, members...)}, Invokes: pick(r, Yes, Yes, No), Level: "service",
			Condition: pick(r, "", "", `request.time < timestamp("2020-01-01T00:00:00Z")`, `request.time > timestamp("2020-01-01T00:00:00Z")`, `resource.name == "x"`)})
	}
	s.Policy.DenyKnown = pick(r, true, false)
	if s.Policy.DenyKnown && r.IntN(3) == 0 {
		denied := []string{"principal://iam.googleapis.com/projects/-/serviceAccounts/" + caller, "principal://goog/subject/ann@example.com", "principalSet://goog/group/ops@example.com"}
		s.Policy.Deny = []Denial{{Policy: "stop", Denied: []string{pick(r, denied...)}, Except: pick(r, nil, []string{pick(r, denied...)}),
			Condition: pick(r, "", "", `request.time < timestamp("2020-01-01T00:00:00Z")`, `resource.matchTag("a/b", "c")`)}}
	}
	return s
}

// forget takes some of what is known away. What a verdict assumes where it is not known is left alone: the server's clock, when the policy
// changed, which deny rules there are, and whether the path of the request was seen.
func forget(r *rand.Rand, s Target) Target {
	some := func() bool { return r.IntN(4) == 0 }
	if some() {
		s.AudiencesKnown, s.Audiences = false, s.Audiences[:r.IntN(len(s.Audiences)+1)]
	}
	if some() {
		s.InvokerCheck = Unsure
	}
	if some() {
		s.DefaultURL = Unsure
	}
	if some() {
		s.IAP = Unsure
	}
	if some() {
		s.Ingress = IngressUnknown
	}
	if some() {
		s.Request.From = FromUnknown
	}
	if some() {
		s.Request.Host = ""
	}
	if some() {
		s.ProjectNumber = ""
	}
	if some() {
		s.Keys = nil
	}
	if some() {
		s.Elsewhere = nil
	}
	if some() {
		s.Policy.Unread = []string{"project acme-prod"}
	}
	s.Policy.Bindings = slices.Clone(s.Policy.Bindings)
	for i := range s.Policy.Bindings {
		if some() {
			s.Policy.Bindings[i].Invokes = Unsure
		}
	}
	s.Policy.Deny = slices.Clone(s.Policy.Deny)
	for i := range s.Policy.Deny {
		if some() {
			s.Policy.Deny[i].Condition = "nobody.knows()"
		}
		if some() {
			s.Policy.Deny[i].Except = append(slices.Clone(s.Policy.Deny[i].Except), "martian:x")
		}
	}
	if some() {
		s.Policy = Policy{Deny: s.Policy.Deny, DenyKnown: s.Policy.DenyKnown}
	}
	if r.IntN(12) == 0 {
		s.Now = time.Time{}
	}
	if r.IntN(12) == 0 {
		s.Has = false
	}
	return s
}

// TestKnowingLessNeverSaysMore: what may come with everything known may also come with less known. So nothing unknown ever counts as a pass or
// as a fail.
func TestKnowingLessNeverSaysMore(t *testing.T) {
	r := rand.New(rand.NewPCG(401, 403))
	base := shop(t)
	certain, lost := 0, 0
	for _, paste := range tokens() {
		var token *Token
		if paste != "" {
			var err error
			if token, err = Read([]byte(paste)); err != nil {
				t.Fatal(err)
			}
		}
		for range 400 {
			fuller := anyTarget(r, base)
			emptier := forget(r, fuller)
			a, b := Check(token, fuller), Check(token, emptier)
			more, less := a.Verdict(), b.Verdict()
			for _, status := range more.Possible {
				if !slices.Contains(less.Possible, status) {
					t.Fatalf("%s: with more known %v (%s), with less %v (%s)\n%+v\n%+v\n%s", token.Kind(), more.Possible, more.Text, less.Possible, less.Text, fuller, emptier, b.show())
				}
			}
			soundVerdict(t, a, more)
			soundVerdict(t, b, less)
			if more.Status != 0 {
				certain++
			}
			if more.Status != 0 && less.Status == 0 {
				lost++
			}
		}
	}
	if certain < 1000 || lost < 1000 {
		t.Errorf("the targets are too dull: %d certain verdicts, %d of them lost", certain, lost)
	}
}

// soundVerdict holds what is true of every verdict.
func soundVerdict(t testing.TB, r Report, v Verdict) {
	t.Helper()
	if len(v.Possible) == 0 || !slices.IsSorted(v.Possible) || (v.Status != 0) != (len(v.Possible) == 1) || v.Status != 0 && v.Possible[0] != v.Status {
		t.Fatalf("status %d, possible %v", v.Status, v.Possible)
	}
	if v.Text == "" || len(v.Assumes) == 0 {
		t.Fatalf("no text, or nothing assumed: %+v", v)
	}
	if v.DecidedBy != "" && r.Find(v.DecidedBy).ID == "" {
		t.Fatalf("decided by %q, which is no rule", v.DecidedBy)
	}
	if v.Status != 200 && v.Status != 0 && (v.DecidedBy == "" || v.Fix == "" || r.Find(v.DecidedBy).Status != Fail) {
		t.Fatalf("%d without a rule that fails and a fix: %+v\n%s", v.Status, v, r.show())
	}
	if v.Status == 200 && r.Find("svc.iam_check").Status != Pass {
		for _, id := range []string{"clm.iss", "kind.accepted", "sig.present", "sig.verify", "hdr.alg", "clm.aud", "req.credential"} {
			if s := r.Find(id).Status; s != Pass && !(id == "req.credential" && s == Warn) {
				t.Fatalf("200, and %s has status %d\n%s", id, s, r.show())
			}
		}
		for _, f := range r {
			if f.Stops != 0 && (f.Status == Unknown || f.Status == Fail) {
				t.Fatalf("200, and %s has status %d\n%s", f.ID, f.Status, r.show())
			}
		}
	}
}

// FuzzCheck feeds anything to the whole of it: no panic, a sound verdict, and no signature in what it says.
func FuzzCheck(f *testing.F) {
	for _, paste := range tokens() {
		f.Add([]byte(paste), uint64(1))
	}
	f.Add([]byte("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FjY291bnRzLmdvb2dsZS5jb20iLCJhdWQiOlsiYSIsMV19.AAAA"), uint64(7))
	base := shop(f)
	f.Fuzz(func(t *testing.T, paste []byte, seed uint64) {
		token, err := Read(paste)
		if err != nil {
			return
		}
		r := rand.New(rand.NewPCG(seed, 1))
		target := forget(r, anyTarget(r, base))
		report := Check(token, target)
		v := report.Verdict()
		soundVerdict(t, report, v)
		keepsSecret(t, token, report, v)
		if len(report) != len(Rules()) {
			t.Fatalf("%d findings of %d rules", len(report), len(Rules()))
		}
		_ = fmt.Sprint(Ways(token, target))
	})
}
