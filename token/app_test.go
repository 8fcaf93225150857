package token

import (
	"strings"
	"testing"
	"time"
)

// TestBehindAnOpenDoorTheAppJudges: Firebase's checks answer for the app's verifier, and the predicted status stays Cloud Run's.
func TestBehindAnOpenDoorTheAppJudges(t *testing.T) {
	open := func(app App) func(*Target) {
		return func(s *Target) { s.InvokerCheck, s.App = No, app }
	}
	said := func(project string) App { return App{Firebase: true, Project: project} }
	session := firebase(set("iss", "https://session.firebase.google.com/acme-prod"))
	for _, c := range []struct {
		name   string
		paste  string
		target func(*Target)
		want   map[string]Status
		got    string // of one of them
	}{
		{"the project that the app takes", firebase(), open(said("acme-prod")),
			map[string]Status{"kind.accepted": Pass, "clm.iss": Pass, "clm.aud": Pass, "fb.project": Pass, "clm.exp": Pass}, "which the app behind the open door takes"},
		{"nobody said, so that it is a guess", firebase(), open(App{}),
			map[string]Status{"kind.accepted": Pass, "clm.iss": Pass, "clm.aud": Pass, "fb.project": Pass}, "for acme-prod is a guess"},
		{"allUsers is an open door too", firebase(), func(s *Target) { s.Policy.Bindings = []Binding{invoker("allUsers")} },
			map[string]Status{"kind.accepted": Pass}, "a guess"},
		{"its custom audience makes no difference", firebase(), func(s *Target) { s.InvokerCheck, s.Audiences = No, nil }, map[string]Status{"clm.aud": Pass}, "guess"},
		{"another project than the app takes", firebase(), open(said("acme-staging")),
			map[string]Status{"clm.aud": Fail, "clm.iss": Fail, "fb.project": Fail, "kind.accepted": Pass}, "acme-prod"},
		{"another project than the service's, which is a guess", firebase(), func(s *Target) { s.InvokerCheck, s.Project = No, "acme-dev" },
			map[string]Status{"clm.aud": Warn, "clm.iss": Warn, "fb.project": Warn}, "while the service is in acme-dev"},
		{"a project that nobody knows", firebase(), func(s *Target) { s.InvokerCheck, s.Project = No, "" },
			map[string]Status{"clm.aud": Unknown, "clm.iss": Unknown, "kind.accepted": Pass}, "is not known"},
		{"expired", firebase(set("exp", after(-2*time.Hour))), open(said("acme-prod")), map[string]Status{"clm.exp": Fail, "kind.accepted": Pass}, "expired"},
		{"issued in the future", firebase(set("iat", after(time.Hour))), open(said("acme-prod")), map[string]Status{"clm.iat": Fail}, "the app's verifier"},
		{"signed in in the future", firebase(set("auth_time", after(time.Hour))), open(said("acme-prod")), map[string]Status{"clm.auth_time": Fail}, "in the future"},
		{"no audience", firebase(drop("aud")), open(said("acme-prod")), map[string]Status{"clm.aud": Fail, "fb.project": Fail}, "names no project"},
		{"a session cookie", session, open(said("acme-prod")), map[string]Status{"kind.accepted": Warn, "clm.iss": Pass}, "session"},
		{"an emulator's token", firebase(head("alg", "none"), signed("none")), open(said("acme-prod")), map[string]Status{"kind.accepted": Fail}, "emulator"},
		{"an App Check token", write(jsonObject{"iss": "https://firebaseappcheck.googleapis.com/4242", "sub": "1"}, nil), open(said("acme-prod")), map[string]Status{"kind.accepted": Fail}, "App Check"},
		{"Google's token, and the app takes Firebase's", account(), open(said("acme-prod")), map[string]Status{"clm.iss": Fail, "kind.accepted": Fail}, "takes Firebase's"},
		{"Google's token for the service, which is no project", account(), open(said("acme-prod")), map[string]Status{"clm.aud": Fail}, shopURL + ", while the app behind the open door takes Firebase's"},
		{"Google's token, and nobody said what the app takes", account(), open(App{}), map[string]Status{"clm.iss": Skip, "kind.accepted": Skip, "clm.aud": Skip, "sig.verify": Pass, "clm.exp": Pass}, "not looked at: the door is open"},
		{"Okta's token, and nobody said what the app takes", account(set("iss", "https://acme.okta.com"), head("alg", "HS256"), headless("kid"), drop("exp")), open(App{}),
			map[string]Status{"clm.iss": Skip, "kind.accepted": Skip, "clm.aud": Skip, "hdr.alg": Skip, "hdr.kid": Skip, "sig.present": Skip, "clm.exp": Skip}, "not looked at: the door is open"},
		{"Okta's token, which has expired", account(set("iss", "https://acme.okta.com"), set("exp", after(-time.Hour))), open(App{}), map[string]Status{"clm.exp": Fail, "clm.iss": Skip}, "expired"},
		{"no credential, and the app takes Firebase's", "", open(said("acme-prod")), map[string]Status{"req.credential": Skip}, "the door is open"},
		{"a credential that was sent twice", "Authorization: Bearer Bearer " + account(), open(App{}), map[string]Status{"req.credential": Warn}, "; not looked at: the door is open"},
		{"a caller whom no binding lets in", account(), func(s *Target) { s.InvokerCheck, s.Policy.Bindings = No, nil },
			map[string]Status{"iam.binding": Skip, "iam.principal": Skip, "iam.inherited": Skip, "iam.deny": Skip}, "not looked at: the door is open"},
		{"a caller whom nobody will ask for an address", account(drop("email", "email_verified")), open(App{}), map[string]Status{"clm.email": Skip, "clm.email_verified": Skip}, "none"},
		{"a user whom nobody will ask for a domain", gcloud(drop("hd")), func(s *Target) {
			s.InvokerCheck, s.Policy.Bindings = No, []Binding{invoker("domain:example.com")}
		}, map[string]Status{"clm.hd": Skip}, "none"},
		{"a Firebase user, whose permission nobody asks for", firebase(), open(said("acme-prod")), map[string]Status{"iam.binding": Skip}, "not looked at: the door is open"},
	} {
		s := shop(t)
		c.target(&s)
		report, verdict := judge(t, c.paste, s)
		if verdict.Status != 200 || verdict.DecidedBy != "svc.iam_check" {
			t.Errorf("%s: %d by %s, want 200 by the open door", c.name, verdict.Status, verdict.DecidedBy)
		}
		for id, want := range c.want {
			if f := report.Find(id); f.Status != want {
				t.Errorf("%s: %s is %v (%s), want %v", c.name, id, f.Status, f.Got, want)
			}
		}
		if !anyGot(report, c.want, c.got) {
			t.Errorf("%s: none of %v says %q:\n%s", c.name, c.want, c.got, report.show())
		}
	}
}

// anyGot says whether one of these checks found a text.
func anyGot(report Report, ids map[string]Status, text string) bool {
	for id := range ids {
		if strings.Contains(report.Find(id).Got, text) {
			return true
		}
	}
	return false
}

// TestTheAppChangesNothingAtAShutDoor: Cloud Run refuses a Firebase token there, whatever the app takes.
func TestTheAppChangesNothingAtAShutDoor(t *testing.T) {
	s := shop(t)
	s.Policy.Bindings = []Binding{invoker("allAuthenticatedUsers")}
	_, before := judge(t, firebase(), s)
	s.App = App{Firebase: true, Project: "acme-prod"}
	report, after := judge(t, firebase(), s)
	if before.Status != 401 || after.Status != 401 || after.DecidedBy != "clm.iss" || report.Find("kind.accepted").Status != Fail {
		t.Errorf("%d before, %d by %s after", before.Status, after.Status, after.DecidedBy)
	}
	if f := report.Find("fb.project"); f.Status != Pass || !strings.Contains(f.Got, "as the app expects") {
		t.Errorf("fb.project %v: %s", f.Status, f.Got)
	}
}

func TestTheAppsTenant(t *testing.T) {
	tenant := func(name string) string {
		return firebase(set("firebase", jsonObject{"tenant": name, "sign_in_provider": "password"}))
	}
	for _, c := range []struct {
		name, paste, want string
		status            Status
	}{
		{"the app's own", tenant("t1"), "t1", Pass},
		{"another", tenant("t2"), "t1", Fail},
		{"none, where the app wants one", firebase(), "t1", Fail},
		{"one, and nobody said what the app wants", tenant("t1"), "", Warn},
		{"none, and nobody said what the app wants", firebase(), "", Pass},
	} {
		s := shop(t)
		s.App = App{Firebase: true, Project: "acme-prod", Tenant: c.want}
		report, _ := judge(t, c.paste, s)
		if f := report.Find("fb.tenant"); f.Status != c.status {
			t.Errorf("%s: %v, %s", c.name, f.Status, f.Got)
		}
	}
}
