package gcp_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"why401/gcp"
)

// patient is a private service in good order, with its policy and its refusals.
type patient struct {
	s       gcp.Service
	p       *gcp.Policy
	entries []gcp.Entry
	changes []gcp.Change

	conditions map[string]gcp.Answer
	logged     *gcp.Logged
}

const (
	shopURL = "https://shop-api-1a2b3c-ew.a.run.app"
)

func healthy() patient {
	return patient{
		s: gcp.Service{ID: "projects/acme-prod/locations/europe-west1/services/shop-api", Name: "shop-api", Region: "europe-west1", Project: "acme-prod",
			ProjectNumber: "4242", URI: shopURL, URLs: []string{shopURL}, Ingress: gcp.IngressAll, State: gcp.StateReady},
		p: &gcp.Policy{Bindings: []gcp.Binding{holds("roles/run.invoker", gcp.Yes, "serviceAccount:caller@acme-prod.iam.gserviceaccount.com")}},
	}
}

// evidence is what is known of it: all that was refused in two hours.
func (p *patient) evidence() gcp.Evidence {
	now := p.p.Judged(func(c gcp.Condition) gcp.Answer { return p.conditions[c.Expression] })
	return gcp.Evidence{Policy: now, Entries: p.entries, Since: noon.Add(-2 * time.Hour), Changes: p.changes, Now: noon, Logged: p.logged}
}

func holds(role string, invokes gcp.Answer, members ...string) gcp.Binding {
	return gcp.Binding{Role: role, Members: members, Invokes: invokes}
}

// refuse adds ten refusals, one a minute, the last one minute ago.
func (p *patient) refuse(status int, text string, change ...func(*gcp.Entry)) {
	for i := range 10 {
		e := gcp.Entry{ID: fmt.Sprint(len(p.entries)), Time: noon.Add(-time.Duration(i+1) * time.Minute), Service: "shop-api", Region: "europe-west1",
			Status: status, Text: text, Method: "GET", URL: shopURL + "/x", UserAgent: "python-requests/2"}
		for _, f := range change {
			f(&e)
		}
		p.entries = append(p.entries, e)
	}
}

// change adds a change of the policy so many minutes ago.
func (p *patient) change(ago int, added, removed []string, more ...func(*gcp.Change)) {
	c := gcp.Change{ID: fmt.Sprint(ago), Time: noon.Add(-time.Duration(ago) * time.Minute), Service: "shop-api", Region: "europe-west1",
		Kind: gcp.ChangePolicy, Method: "SetIamPolicy", Who: "jo@acme.example", Compared: true}
	for _, m := range added {
		c.Added = append(c.Added, gcp.Grant{Role: "roles/run.invoker", Member: m})
	}
	for _, m := range removed {
		c.Removed = append(c.Removed, gcp.Grant{Role: "roles/run.invoker", Member: m})
	}
	for _, f := range more {
		f(&c)
	}
	p.changes = append(p.changes, c)
}

func deny(principal string) []gcp.DenyRule {
	return []gcp.DenyRule{{Level: "project acme-prod", Policy: "lock", Denied: []string{principal}}}
}

func by(agent string) func(*gcp.Entry)         { return func(e *gcp.Entry) { e.UserAgent = agent } }
func at(host string) func(*gcp.Entry)          { return func(e *gcp.Entry) { e.URL = "https://" + host + "/x" } }
func inContainer(e *gcp.Entry)                 { e.Text, e.Instance = "", "0007e2" }
func earlier(d time.Duration) func(*gcp.Entry) { return func(e *gcp.Entry) { e.Time = e.Time.Add(-d) } }

func TestDiagnose(t *testing.T) {
	const (
		plain401   = "Callers send a credential that Cloud Run does not accept; which of its checks fails is not in the log."
		stranger   = "Callers are verified, but none of the accounts that may invoke the service."
		nothing    = "Callers send no credential, and the service asks for one."
		was        = "The service was public, and now asks for a credential that its callers do not have."
		firebase   = "Callers probably send Firebase ID tokens."
		taken      = "The callers' right to invoke was taken away."
		spreading  = "A grant was made at 11:57, and may not have spread yet."
		agent      = "IAP is on, and its service agent may not invoke the service: everybody"
		agentMaybe = "IAP is on, and its service agent probably may not invoke the service: then"
		lapsed     = "The callers may be accounts whose grant does not hold at this time"
		remade     = "The account that held the role was deleted"
		function   = "The caller probably holds roles/cloudfunctions.invoker alone"
		puzzling   = "The service asks nobody for a credential now, and still Cloud Run refused."
		appRefuses = "The app itself refuses"
	)
	everybody, someone := []string{"allUsers"}, []string{"user:b@acme.example"}
	for _, c := range []struct {
		name   string
		make   func(p *patient)
		likely string // begins so
		has    string // somewhere in the rest
		lacks  string
	}{
		// 1: Firebase.
		{"the project's id as an audience", func(p *patient) { p.s.Audiences = []string{"acme-prod"}; p.refuse(401, new401) }, firebase, "verify the token in the app", ""},
		{"another word as an audience", func(p *patient) { p.s.Audiences = []string{"acme"}; p.refuse(401, new401) }, plain401, "", "Firebase"},
		{"the project's id as an audience, and 403", func(p *patient) { p.s.Audiences = []string{"acme-prod"}; p.refuse(403, new403) }, stranger, "", "Firebase"},

		// 2: a name that is no audience.
		{"a custom domain", func(p *patient) { p.refuse(401, new401, at("api.acme.example")) }, "Callers use api.acme.example, which is no audience", "Add https://api.acme.example", ""},
		{"a custom domain that is an audience", func(p *patient) {
			p.s.Audiences = []string{"https://api.acme.example"}
			p.refuse(401, new401, at("api.acme.example"))
		}, plain401, "by which they call, is a custom audience", "Add https"},
		{"a custom domain whose audience lacks the scheme", func(p *patient) {
			p.s.Audiences = []string{"api.acme.example"}
			p.refuse(401, new401, at("api.acme.example"))
		}, "Callers use api.acme.example", "letter by letter", ""},
		{"a tag's address", func(p *patient) {
			p.s.TagURLs = []string{"https://canary---shop-api-1a2b3c-ew.a.run.app"}
			p.refuse(401, new401, at("canary---shop-api-1a2b3c-ew.a.run.app"))
		}, plain401, "the audience stays the service's URL", ""},
		{"an audience that was removed", func(p *patient) {
			p.refuse(401, new401)
			p.settings(t, 12, `"run.googleapis.com/custom-audiences":"[\"https://api.acme.example\"]"`, "")
		}, "Callers send tokens for a custom audience that was removed.", "Add the custom audience https://api.acme.example again", ""},
		{"an audience that was removed while it went on", func(p *patient) {
			p.refuse(401, new401)
			p.settings(t, 5, `"run.googleapis.com/custom-audiences":"[\"https://api.acme.example\"]"`, "")
		}, plain401, "5 refusals of the same sort came before that", ""},
		{"an audience that is there again", func(p *patient) {
			p.s.Audiences = []string{"https://api.acme.example"}
			p.refuse(401, new401)
			p.settings(t, 12, `"run.googleapis.com/custom-audiences":"[\"https://api.acme.example\"]"`, "")
		}, plain401, "", "was removed."},

		// 3, 8, 15: nothing but the token tells.
		{"an unknown credential", func(p *patient) { p.refuse(401, new401) }, plain401, "does not show the token", ""},
		{"people's devices", func(p *patient) { p.refuse(401, new401, by("AcmeShop/5.2 CFNetwork/1568")) }, plain401, "what people are signed in with", ""},
		{"a push", func(p *patient) { p.refuse(401, new401, by("Google-Cloud-Scheduler")) }, plain401, "the audience that Cloud Scheduler is configured with", "signed in"},

		// 4: preflights.
		{"preflights", func(p *patient) {
			p.refuse(403, new403+noHeader, func(e *gcp.Entry) { e.Method, e.Referer = "OPTIONS", "https://app.acme.example/" })
		}, "Browsers call across origins.", "the pages are on app.acme.example", ""},
		{"preflights of what says that it is a browser", func(p *patient) {
			p.refuse(403, new403+noHeader, by("Mozilla/5.0 (X11)"), func(e *gcp.Entry) { e.Method = "OPTIONS" })
		}, "Browsers call across origins.", "is not proven", "not all of them say"},
		{"OPTIONS of what says that it is something else", func(p *patient) {
			p.refuse(403, new403+noHeader, by("curl/8.5"), func(e *gcp.Entry) { e.Method = "OPTIONS" })
		}, "Browsers call across origins.", "not all of them say that they are browsers: command line", ""},
		{"preflights of which it is not said that no credential came", func(p *patient) {
			p.refuse(403, new403, func(e *gcp.Entry) { e.Method = "OPTIONS" })
		}, "Browsers call across origins.", "whether a credential came is not in the log", "of OPTIONS without"},
		{"OPTIONS with a text that is not known", func(p *patient) {
			p.refuse(403, "Access is forbidden.", func(e *gcp.Entry) { e.Method = "OPTIONS" })
		}, "Cloud Run itself refused, with a text that this program does not know.", "the text: Access is forbidden.", "preflight"},
		{"OPTIONS that the app refuses", func(p *patient) { p.refuse(403, "", inContainer, func(e *gcp.Entry) { e.Method = "OPTIONS" }) }, appRefuses, "", "preflight"},

		// 5: the role of functions.
		{"the role of functions alone", func(p *patient) {
			p.p.Bindings = []gcp.Binding{holds("roles/cloudfunctions.invoker", gcp.No, "serviceAccount:push@x")}
			p.refuse(403, new403, by("CloudPubSub-Google"))
		}, function, "Give serviceAccount:push@x roles/run.invoker", ""},
		{"the role of functions beside the right one", func(p *patient) {
			p.p.Bindings = []gcp.Binding{holds("roles/cloudfunctions.invoker", gcp.No, "user:a"), holds("roles/run.invoker", gcp.Yes, "user:a")}
			p.refuse(403, new403)
		}, stranger, "only these may invoke: user:a", "cloudfunctions"},
		{"the role of functions beside one that is not known", func(p *patient) {
			p.p.Bindings = []gcp.Binding{holds("roles/cloudfunctions.invoker", gcp.No, "user:a"), holds("organizations/1/roles/x", gcp.Unsure, "user:a")}
			p.refuse(403, new403)
		}, stranger, "whether organizations/1/roles/x may invoke is not known", "lets nobody invoke"},

		// 6: opening it was tried, and failed.
		{"opening it was forbidden", func(p *patient) {
			p.refuse(403, new403+noHeader)
			p.change(30, everybody, nil, func(c *gcp.Change) { c.Failed = "FailedPrecondition" })
		}, "The service is not public: opening it to everybody was tried, and failed.", "shop-api --no-invoker-iam-check --region=europe-west1 --project=acme-prod", ""},
		{"something else was forbidden", func(p *patient) {
			p.refuse(403, new403+noHeader)
			p.change(30, someone, nil, func(c *gcp.Change) { c.Failed = "FailedPrecondition" })
		}, nothing, "whether the caller left it out", "was tried"},

		// 7: a function's address.
		{"a function's address", func(p *patient) {
			p.s.FunctionURL = "https://europe-west1-acme-prod.cloudfunctions.net/shop-api"
			p.refuse(401, new401, at("europe-west1-acme-prod.cloudfunctions.net"))
		}, "Callers use the function's address", "with the audience https://europe-west1-acme-prod.cloudfunctions.net/shop-api", ""},
		{"a function by its run.app address", func(p *patient) {
			p.s.FunctionURL = "https://europe-west1-acme-prod.cloudfunctions.net/shop-api"
			p.refuse(401, new401)
		}, plain401, "", "function's address"},

		// 9: IAP.
		{"IAP whose agent may not invoke", func(p *patient) { p.s.IAP = true; p.refuse(403, new403) }, agent, "service-4242@gcp-sa-iap", "Paste"},
		{"IAP whose agent may", func(p *patient) {
			p.s.IAP = true
			p.p.Bindings = []gcp.Binding{holds("roles/run.invoker", gcp.Yes, "serviceAccount:service-4242@gcp-sa-iap.iam.gserviceaccount.com")}
			p.refuse(403, new403)
		}, stranger, "IAP's service agent may invoke", ""},
		{"IAP whose agent may by a role that is not known", func(p *patient) {
			p.s.IAP = true
			p.p.Bindings = []gcp.Binding{holds("projects/p/roles/x", gcp.Unsure, "serviceAccount:service-4242@gcp-sa-iap.iam.gserviceaccount.com")}
			p.refuse(403, new403)
		}, agentMaybe, "whether projects/p/roles/x may invoke is not known", "no binding lets"},
		{"IAP and no policy", func(p *patient) { p.s.IAP, p.p = true, nil; p.refuse(403, new403) }, agentMaybe, "the service's policy was not read", "may not invoke the service: everybody"},
		{"IAP, and what is above was not read", func(p *patient) {
			p.s.IAP, p.p.Unread = true, []string{"the folder above"}
			p.refuse(403, new403)
		}, agentMaybe, "not read: the folder above", "no binding lets"},
		{"IAP, and a group", func(p *patient) {
			p.s.IAP = true
			p.p.Bindings[0].Members = []string{"group:g@acme.example"}
			p.refuse(403, new403)
		}, agentMaybe, "who is in group:g@acme.example cannot be seen", ""},
		{"IAP, and another project's agent", func(p *patient) {
			p.s.IAP = true
			p.p.Bindings[0].Members = []string{"serviceAccount:service-999@gcp-sa-iap.iam.gserviceaccount.com"}
			p.refuse(403, new403)
		}, agent, "Give serviceAccount:service-4242@gcp-sa-iap", "may invoke by what was read"},
		{"IAP whose agent may under a condition", func(p *patient) {
			p.s.IAP = true
			p.p.Bindings = []gcp.Binding{holds("roles/run.invoker", gcp.Yes, "serviceAccount:service-4242@gcp-sa-iap.iam.gserviceaccount.com")}
			p.p.Bindings[0].Condition.Expression = "x"
			p.refuse(403, new403)
		}, agentMaybe, "under the condition x, which cannot be evaluated here", ""},
		{"IAP whose agent may under a condition that is true", func(p *patient) {
			p.s.IAP = true
			p.p.Bindings = []gcp.Binding{holds("roles/run.invoker", gcp.Yes, "serviceAccount:service-4242@gcp-sa-iap.iam.gserviceaccount.com")}
			p.p.Bindings[0].Condition.Expression, p.conditions = "x", map[string]gcp.Answer{"x": gcp.Yes}
			p.refuse(403, new403)
		}, stranger, "IAP's service agent may invoke", ""},

		// 11: made again under the same address.
		{"a deleted member alone", func(p *patient) {
			p.p.Bindings = []gcp.Binding{holds("roles/run.invoker", gcp.Yes, "deleted:serviceAccount:n@x?uid=1")}
			p.refuse(403, new403)
		}, remade, "give roles/run.invoker to serviceAccount:n@x anew", "only these may invoke"},
		{"a deleted member beside live ones above the service", func(p *patient) {
			own, above := holds("roles/run.invoker", gcp.Yes, "deleted:serviceAccount:n@x?uid=1"), holds("roles/owner", gcp.Yes, "user:owner@x")
			own.Level, above.Level = "service", "project acme-prod"
			p.p.Bindings = []gcp.Binding{own, above}
			p.refuse(403, new403)
		}, remade, "give roles/run.invoker to serviceAccount:n@x anew", "grants nothing"},
		{"a deleted member beside a live one", func(p *patient) {
			p.p.Bindings[0].Members = append(p.p.Bindings[0].Members, "deleted:serviceAccount:n@x?uid=1")
			p.refuse(403, new403)
		}, stranger, "which grants nothing", ""},
		{"a deleted member of another role", func(p *patient) {
			p.p.Bindings = append(p.p.Bindings, holds("roles/run.viewer", gcp.No, "deleted:serviceAccount:n@x?uid=1"))
			p.refuse(403, new403)
		}, stranger, "", "deleted"},

		// 13: a grant that has not spread.
		{"a fresh grant", func(p *patient) { p.refuse(403, new403); p.change(3, someone, nil) }, spreading, "Wait some minutes", ""},
		{"an older grant", func(p *patient) { p.refuse(403, new403); p.change(11, someone, nil) }, stranger, "", "spread yet"},
		{"a fresh grant of another role", func(p *patient) {
			p.refuse(403, new403)
			p.change(3, someone, nil, func(c *gcp.Change) { c.Added[0].Role = "roles/run.viewer" })
		}, stranger, "", "spread yet"},
		{"a fresh grant that failed", func(p *patient) {
			p.refuse(403, new403)
			p.change(3, someone, nil, func(c *gcp.Change) { c.Failed = "permission denied" })
		}, stranger, "", "spread yet"},
		{"a fresh grant before the first refusal", func(p *patient) { p.refuse(403, new403); p.entries = p.entries[:2]; p.change(3, someone, nil) }, stranger, "", "spread yet."},
		{"a fresh policy of which the change is not known", func(p *patient) {
			p.refuse(403, new403)
			p.change(3, nil, nil, func(c *gcp.Change) { c.Compared = false })
		}, "The policy was set at 11:57: if that was a grant, it may not have spread yet.", "7 refusals came before it, for which a removal is no reason", "took a right away"},
		{"a fresh policy of which the change is not known, and none since", func(p *patient) {
			p.refuse(403, new403, earlier(4*time.Minute))
			p.change(3, nil, nil, func(c *gcp.Change) { c.Compared = false })
		}, "The policy was set at 11:57: if that was a grant, it may not have spread yet.", "it may be mended by now", "took a right away"},
		{"a fresh policy of which the change is not known, before the first", func(p *patient) {
			p.refuse(403, new403)
			p.entries = p.entries[:6]
			p.change(7, nil, nil, func(c *gcp.Change) { c.Compared = false })
		}, "The policy was set at 11:53, and they began after that: if it took a right away, that is the reason.", "", "came before"},
		{"a right that was taken", func(p *patient) { p.refuse(403, new403); p.change(12, nil, someone) }, taken, "Ask jo@acme.example", ""},
		{"a right that was taken while it went on", func(p *patient) { p.refuse(403, new403); p.change(5, nil, someone) }, stranger, "5 refusals of the same sort", ""},

		{"a right that was taken and given back", func(p *patient) {
			p.refuse(403, new403)
			p.change(12, nil, []string{"serviceAccount:caller@acme-prod.iam.gserviceaccount.com"})
		}, stranger, "", "taken away"},
		{"a right that was taken in place of another", func(p *patient) {
			p.refuse(403, new403)
			p.change(12, []string{"user:b@acme.example"}, []string{"user:b@acme.example"}, func(c *gcp.Change) { c.Removed[0].Role = "roles/run.servicesInvoker" })
		}, stranger, "", "taken away"},
		{"a right that was taken, and another while it went on", func(p *patient) {
			p.refuse(403, new403)
			p.change(12, nil, someone)
			p.change(5, nil, []string{"user:c@acme.example"})
		}, taken, "at 11:48 jo@acme.example removed user:b@acme.example", ""},
		{"two rights that were taken while it went on", func(p *patient) {
			p.refuse(403, new403)
			p.change(6, nil, someone)
			p.change(5, nil, []string{"user:c@acme.example"})
		}, stranger, "removed user:c@acme.example from roles/run.invoker, but 5 refusals of the same sort", "user:b@acme.example"},
		{"the check was turned on, and callers have no right", func(p *patient) {
			p.refuse(403, new403)
			p.settings(t, 12, `"run.googleapis.com/invoker-iam-disabled":"true"`, "")
		}, "The invoker check was turned on, and the callers are none of the accounts", "Ask jo@acme.example whether that was meant.", ""},
		{"the check was turned on while it went on", func(p *patient) {
			p.refuse(403, new403)
			p.settings(t, 5, `"run.googleapis.com/invoker-iam-disabled":"true"`, "")
		}, stranger, "of the same sort came before that", ""},

		// Deny policies.
		{"everybody is denied", func(p *patient) { p.p.Deny = deny("principalSet://goog/public:all"); p.refuse(403, new403) },
			"A deny policy stops everybody", "the deny policy lock of the project acme-prod stops everybody", ""},
		{"everybody is denied but some", func(p *patient) {
			p.p.Deny = deny("principalSet://goog/public:all")
			p.p.Deny[0].Except = []string{"principal://goog/subject/a@x"}
			p.refuse(403, new403)
		}, stranger, "stops everybody but principal://goog/subject/a@x", ""},
		{"everybody is denied of a public service", func(p *patient) {
			p.p.Bindings[0].Members, p.p.Deny = []string{"allUsers"}, deny("principalSet://goog/public:all")
			p.refuse(403, new403)
		}, "A deny policy stops everybody", "", ""},
		{"everybody is denied where nobody is asked", func(p *patient) {
			p.s.InvokerOff, p.p.Deny = true, deny("principalSet://goog/public:all")
			p.refuse(403, new403)
		}, puzzling, "", "deny policy"},
		{"one who may invoke is denied", func(p *patient) {
			p.p.Deny = deny("principal://iam.googleapis.com/projects/-/serviceAccounts/caller@acme-prod.iam.gserviceaccount.com")
			p.refuse(403, new403)
		}, stranger, "caller@acme-prod.iam.gserviceaccount.com may invoke by its role, and the deny policy lock of the project acme-prod stops it", ""},
		{"one who may not invoke is denied", func(p *patient) { p.p.Deny = deny("principal://goog/subject/z@x"); p.refuse(403, new403) }, stranger, "", "deny"},

		// 14: a proxy.
		{"a proxy", func(p *patient) { p.refuse(401, new401, by("Envoy/1.32")) }, "A proxy calls", "X-Serverless-Authorization", ""},

		// 16: the app.
		{"the app", func(p *patient) { p.refuse(401, "", inContainer) }, appRefuses, "Read the app's own log lines", "Paste a token that"},
		{"the app of a public service", func(p *patient) {
			p.p.Bindings = []gcp.Binding{holds("roles/run.invoker", gcp.Yes, "allUsers")}
			p.refuse(401, "", inContainer)
		}, appRefuses, "asks nobody for a credential", "passed Cloud Run's own check"},

		// Closed to everybody.
		{"no credential", func(p *patient) { p.refuse(403, new403+noHeader) }, nothing, "", "public, and now"},
		{"no credential since it was closed", func(p *patient) { p.refuse(403, new403+noHeader); p.change(12, nil, everybody) }, was, "until then no credential was asked for", ""},
		{"no credential since before it was closed", func(p *patient) { p.refuse(403, new403+noHeader); p.change(5, nil, everybody) }, nothing, "came before that", ""},
		{"closing it failed", func(p *patient) {
			p.refuse(403, new403+noHeader)
			p.change(12, nil, everybody, func(c *gcp.Change) { c.Failed = "x" })
		}, nothing, "", "until then"},
		{"a bad credential since it was closed", func(p *patient) { p.refuse(401, new401); p.change(12, nil, everybody) }, was, "handed on unread", ""},
		{"another service was closed", func(p *patient) {
			p.refuse(401, new401)
			p.change(12, nil, everybody, func(c *gcp.Change) { c.Service = "billing" })
		}, plain401, "", "jo@"},
		{"the check was turned on", func(p *patient) {
			p.refuse(403, new403+noHeader)
			p.settings(t, 12, `"run.googleapis.com/invoker-iam-disabled":"true"`, "")
		}, was, "invoker check off → on", ""},
		{"health checks", func(p *patient) { p.refuse(403, new403+noHeader, by("GoogleHC/1.0")) }, nothing, "a health check is among the callers", "browsers or robots"},

		// Public by now.
		{"public, and refused", func(p *patient) { p.s.InvokerOff = true; p.refuse(401, new401) }, puzzling, "Refresh", ""},
		{"public for some minutes", func(p *patient) {
			p.p.Bindings = []gcp.Binding{holds("roles/run.invoker", gcp.Yes, "allUsers")}
			p.refuse(403, new403+noHeader)
			p.change(4, everybody, nil)
		}, "The service was opened to everybody, and the change had probably not spread yet.", "", ""},
		{"public, and quiet since", func(p *patient) {
			p.s.InvokerOff = true
			p.refuse(403, new403, earlier(5*time.Minute))
			p.change(4, everybody, nil)
		}, "They were refused before the service was opened to everybody", "", ""},

		// Other evidence.
		{"the older wording", func(p *patient) { p.refuse(403, old403) }, "Callers send no credential, or are accounts that may not invoke", "leaves open whether a credential came", ""},
		{"a condition", func(p *patient) {
			p.p.Bindings[0].Condition = gcp.Condition{Title: "until spring", Expression: "x"}
			p.refuse(403, new403)
		}, stranger, "Look whether the condition until spring still holds", ""},
		{"a condition that is false", func(p *patient) {
			p.p.Bindings = append(p.p.Bindings, holds("roles/run.invoker", gcp.Yes, "user:b@acme.example"))
			p.p.Bindings[1].Condition = gcp.Condition{Title: "until spring", Expression: "x"}
			p.conditions = map[string]gcp.Answer{"x": gcp.No}
			p.refuse(403, new403)
		}, lapsed, "roles/run.invoker is held by user:b@acme.example only under the condition until spring, which is false now", "evaluated"},
		{"a condition that is false of another role", func(p *patient) {
			p.p.Bindings = append(p.p.Bindings, holds("roles/run.viewer", gcp.No, "user:b@acme.example"))
			p.p.Bindings[1].Condition, p.conditions = gcp.Condition{Expression: "x"}, map[string]gcp.Answer{"x": gcp.No}
			p.refuse(403, new403)
		}, stranger, "", "condition"},
		{"a condition that is true", func(p *patient) {
			p.p.Bindings[0].Condition, p.conditions = gcp.Condition{Expression: "x"}, map[string]gcp.Answer{"x": gcp.Yes}
			p.refuse(403, new403)
		}, stranger, "only these may invoke: serviceAccount:caller@", "condition"},
		{"everybody may under a condition that is false", func(p *patient) {
			p.p.Bindings[0].Members = []string{"allUsers"}
			p.p.Bindings[0].Condition, p.conditions = gcp.Condition{Expression: "x"}, map[string]gcp.Answer{"x": gcp.No}
			p.refuse(403, new403+noHeader)
		}, nothing, "", "is public"},
		{"a group", func(p *patient) { p.p.Bindings[0].Members = []string{"group:g@acme.example"}; p.refuse(403, new403) }, stranger, "who is in group:g@acme.example cannot be seen", ""},
		{"all Google accounts", func(p *patient) { p.p.Bindings[0].Members = []string{"allAuthenticatedUsers"}; p.refuse(403, new403) }, stranger, "unless a deny policy says so", ""},
		{"what the policy does not show", func(p *patient) { p.p.Unread = []string{"the folder above"}; p.refuse(403, new403) }, stranger, "not read: the folder above", ""},
		{"entries of no known shape", func(p *patient) { p.refuse(401, "") }, "Who refused does not show", "", ""},
		{"another sort besides", func(p *patient) { p.refuse(403, new403+noHeader); p.refuse(401, new401); p.entries = p.entries[:12] }, nothing, "2 refusals: credential not accepted", ""},
		{"it stopped an hour ago", func(p *patient) { p.refuse(401, new401, earlier(time.Hour)) }, plain401, "the last of them was at 10:59: it may be over", ""},
		{"it goes on", func(p *patient) { p.refuse(401, new401, earlier(2*time.Minute)) }, plain401, "", "it may be over"},

		// 10: nothing in the log.
		{"ingress internal", func(p *patient) { p.s.Ingress = gcp.IngressInternal }, "If callers are stopped, then most likely by ingress", "an exclusion filter may drop entries", ""},
		{"ingress was closed", func(p *patient) {
			p.s.Ingress = gcp.IngressInternal
			p.settings(t, 12, `"run.googleapis.com/ingress":"all"`, `"run.googleapis.com/ingress":"internal"`)
		}, "Callers from outside are stopped by ingress, with 404", "ingress all → internal", ""},
		{"ingress was opened", func(p *patient) {
			p.settings(t, 12, `"run.googleapis.com/ingress":"internal"`, `"run.googleapis.com/ingress":"all"`)
		},
			"Nothing shows that callers are stopped.", "an exclusion filter", "404"},
		{"ingress was closed, and opened again", func(p *patient) {
			p.settings(t, 12, `"run.googleapis.com/ingress":"all"`, `"run.googleapis.com/ingress":"internal"`)
		}, "Nothing shows that callers are stopped.", "", "stopped by ingress"},
		{"ingress none", func(p *patient) { p.s.Ingress = gcp.IngressNone }, "Ingress is none", "", ""},
		{"no URL", func(p *patient) { p.s.URI, p.s.URLs = "", nil }, "The service has no URL", "", ""},
		{"no URL, since it is off: load balancers lead to it all the same", func(p *patient) { p.s.URI, p.s.URLs, p.s.DefaultURLOff = "", nil, true },
			"If callers use the run.app URL, they get 404", "Look at the load balancer's log", "nothing to call"},
		{"not ready", func(p *patient) { p.s.State, p.s.StateText = gcp.StateFailed, "it crashed" }, "The latest revision is not ready", "the service says: it crashed", ""},
		{"the run.app URL is off", func(p *patient) { p.s.DefaultURLOff = true }, "If callers use the run.app URL, they get 404", "load balancer's log", ""},
		{"IAP, and nothing refused", func(p *patient) { p.s.IAP = true }, "Nothing shows that callers are stopped.", "IAP answers before Cloud Run", ""},
		{"all in order", func(p *patient) {}, "Nothing shows that callers are stopped.", "Ask for the status that the caller sees", ""},
		{"nothing is known of the log", func(p *patient) {}, "Nothing shows that callers are stopped.", "describe _Default --project=acme-prod", "other services'"},
		{"the log is empty", func(p *patient) { p.logged = &gcp.Logged{} }, "Nothing shows that callers are stopped.", "the log holds no request at all", "other services'"},
		{"the log is empty, and where to look", func(p *patient) { p.logged = &gcp.Logged{} }, "Nothing shows", "describe _Default --project=acme-prod", "logging read"},
		{"another service's requests are logged", func(p *patient) {
			p.logged = &gcp.Logged{Found: true, Time: noon.Add(-2 * time.Minute), Status: 200, Place: gcp.Place{Project: "acme-prod", Service: "billing", Region: "europe-west1"}}
		}, "Nothing shows that callers are stopped.", "other services' requests are in it", "_Default"},
		{"another service's requests are logged, and where to look", func(p *patient) {
			p.logged = &gcp.Logged{Found: true, Time: noon, Status: 200, Place: gcp.Place{Project: "acme-prod", Service: "billing", Region: "europe-west1"}}
		}, "Nothing shows", `resource.labels.service_name="shop-api"' --project=acme-prod --limit=1`, "_Default"},
		{"a namesake's requests in another region are logged", func(p *patient) {
			p.logged = &gcp.Logged{Found: true, Time: noon, Status: 200, Place: gcp.Place{Project: "acme-prod", Service: "shop-api", Region: "us-east1"}}
		}, "Nothing shows", "other services' requests are in it", "the service's requests are logged"},
		{"another project's requests are logged", func(p *patient) {
			p.logged = &gcp.Logged{Found: true, Time: noon, Status: 200, Place: gcp.Place{Project: "acme-staging", Service: "shop-api", Region: "europe-west1"}}
		}, "Nothing shows", "that proves little: an exclusion filter may drop entries", "requests are in it"},
		{"its own requests are logged", func(p *patient) {
			p.logged = &gcp.Logged{Found: true, Time: noon.Add(-2 * time.Minute), Status: 200, Place: gcp.Place{Project: "acme-prod", Service: "shop-api", Region: "europe-west1"}}
		}, "Nothing shows that callers are stopped.", "the service's requests are logged: the newest was answered 200", "gcloud"},
	} {
		p := healthy()
		c.make(&p)
		d := gcp.Diagnose(p.s, p.evidence())
		all := strings.Join(slices.Concat([]string{d.Likely}, d.For, d.Against, d.Next, d.Also), "\n")
		if !strings.HasPrefix(d.Likely, c.likely) {
			t.Errorf("%s: likely %q, want %q", c.name, d.Likely, c.likely)
		}
		if !strings.Contains(all, c.has) {
			t.Errorf("%s: %q is missing in\n%s", c.name, c.has, all)
		}
		if c.lacks != "" && strings.Contains(all, c.lacks) {
			t.Errorf("%s: %q is in\n%s", c.name, c.lacks, all)
		}
		if !slices.Contains([]string{"documented", "observed", "inferred", "unknown"}, d.Confidence) || len(d.Next) == 0 || len(d.Against) == 0 {
			t.Errorf("%s: without confidence, next step or doubt: %+v", c.name, d)
		}
		for _, lines := range [][]string{d.For, d.Against, d.Next} {
			if slices.Sort(lines); len(slices.Compact(lines)) != len(lines) {
				t.Errorf("%s: something is said twice: %q", c.name, lines)
			}
		}
		if strings.Contains(all, "%!") {
			t.Errorf("%s: %s", c.name, all)
		}
	}
}

// settings adds a deploy so many minutes ago that changed the annotations of a service from one set to another.
func (p *patient) settings(t *testing.T, ago int, before, after string) {
	t.Helper()
	var h gcp.History
	h.Add(stamped(t, "was", noon.Add(-10*time.Hour), replaceEntry, fmt.Sprintf(nowIs, 5, before)),
		stamped(t, "is", noon.Add(-time.Duration(ago)*time.Minute), replaceEntry, fmt.Sprintf(nowIs, 6, after)))
	p.changes = h.List()
}

// TestDiagnoseChangesNothing: the lists that it is given stay as they are, in their order.
func TestDiagnoseChangesNothing(t *testing.T) {
	p := healthy()
	p.refuse(401, new401)
	p.refuse(403, new403)
	p.change(12, nil, []string{"allUsers"})
	p.change(30, nil, []string{"allUsers"})
	entries, changes := slices.Clone(p.entries), slices.Clone(p.changes)
	gcp.Diagnose(p.s, p.evidence())
	if !slices.Equal(entries, p.entries) || !slices.EqualFunc(changes, p.changes, func(a, b gcp.Change) bool { return a.ID == b.ID }) {
		t.Error("a list was changed")
	}
}

func BenchmarkDiagnose(b *testing.B) {
	p := healthy()
	for range 1000 {
		p.refuse(401, new401, at("api.acme.example"))
	}
	p.change(12, nil, []string{"allUsers"})
	for b.Loop() {
		gcp.Diagnose(p.s, p.evidence())
	}
}

// TestAPreflightIsNotDocumentedToBeOne: who sent an OPTIONS is told by its own word alone.
func TestAPreflightIsNotDocumentedToBeOne(t *testing.T) {
	for agent, want := range map[string]string{"Mozilla/5.0 (X11)": "observed", "curl/8.5": "inferred", "": "inferred"} {
		p := healthy()
		p.refuse(403, new403+noHeader, by(agent), func(e *gcp.Entry) { e.Method = "OPTIONS" })
		if d := gcp.Diagnose(p.s, p.evidence()); d.Confidence != want {
			t.Errorf("%q: %s, want %s", agent, d.Confidence, want)
		}
	}
}
