package gcp

import (
	"cmp"
	"slices"
	"strings"
)

// credential is gates 8 and 9: a credential came and was not accepted.
func (k *clues) credential() {
	k.pro("%s with 401: a credential came, and Cloud Run could not verify it for this service", times(len(k.main)))
	k.con("the log does not show the token: an access token, a foreign issuer, an expired one, another audience and a broken signature all look like this")
	k.next("Paste a token that a caller sends: every check is shown.")
	if k.publicNow() {
		return
	}
	k.audienceGone()
	k.firebase()
	k.madePrivate("callers may have sent tokens for the app's own check, which Cloud Run handed on unread")
	k.functionOrigin()
	k.otherHost()
	k.proxied()
	k.endUsers()
	k.push()
	k.likely(documented, "Callers send a credential that Cloud Run does not accept; which of its checks fails is not in the log.")
	k.next("The usual ones: an access token (ya29.…) in place of an ID token, another audience, a token handed on from a request that came in, whose signature Google removes.")
}

// audienceGone: a custom audience was taken away.
func (k *clues) audienceGone() {
	c, ok := k.lastChange(func(c Change) bool {
		return c.Failed == "" && c.before.known && c.after.known && len(missing(c.before.audiences, c.after.audiences)) > 0
	})
	if !ok {
		return
	}
	gone := missing(missing(c.before.audiences, c.after.audiences), k.s.Audiences)
	if len(gone) == 0 || !k.explains(c) {
		return
	}
	k.likely(inferred, "Callers send tokens for a custom audience that was removed.")
	k.told(c, "")
	k.next("Add the custom audience %s again, or let callers ask for a token with the service's URL.", list(gone))
}

// firebase: the project's id as a custom audience is a sign that somebody tried to make Firebase tokens pass.
func (k *clues) firebase() {
	if k.s.Project == "" || !slices.Contains(k.s.Audiences, k.s.Project) {
		return
	}
	k.likely(inferred, "Callers probably send Firebase ID tokens. Cloud Run's own check never accepts them: their issuer is securetoken.google.com, not Google's.")
	k.pro("the project's id %s is a custom audience: it is the audience of the project's Firebase tokens, and of hardly anything else", k.s.Project)
	if slices.Contains(k.holders(), "allAuthenticatedUsers") {
		k.pro("allAuthenticatedUsers may invoke, as people set it for signed-in users; Firebase users are none of those")
	}
	k.next("If they are Firebase tokens: make the invoker check public, restrict ingress to the load balancer, and verify the token in the app; or put a gateway in front that does.")
}

// madePrivate: until some minutes ago no credential was asked for.
func (k *clues) madePrivate(means string) {
	c, ok := k.privately()
	if !ok || k.public() || !k.explains(c) {
		return
	}
	k.likely(inferred, "The service was public, and now asks for a credential that its callers do not have.")
	k.told(c, means)
	k.next("Ask %s whether the service was meant to be closed to everybody.", cmp.Or(c.Who, "whoever did it"))
}

// functionOrigin: a function is called by its own address.
func (k *clues) functionOrigin() {
	if k.s.FunctionURL == "" {
		return
	}
	host := hostOf(k.s.FunctionURL)
	if !slices.Contains(share(k.main, Entry.Host), host) {
		return
	}
	k.likely(inferred, "Callers use the function's address; the audience must be the whole of it, and is often the origin alone.")
	k.pro("calls come in by %s, where only the audience %s is accepted besides the run.app URLs", host, k.s.FunctionURL)
	k.next("Let callers ask for a token with the audience %s.", k.s.FunctionURL)
}

// otherHost: a custom domain or a load balancer's name is an audience only where it is set as one.
func (k *clues) otherHost() {
	known := map[string]bool{}
	for _, u := range slices.Concat([]string{k.s.URI, k.s.FunctionURL}, k.s.URLs, k.s.TagURLs) {
		known[hostOf(u)] = true
	}
	for _, host := range share(k.main, Entry.Host) {
		switch {
		case known[host]:
		case slices.Contains(k.s.Audiences, "https://"+host):
			k.con("https://%s, by which they call, is a custom audience", host)
		default:
			k.likely(inferred, "Callers use "+host+", which is no audience of the service: a token that was asked for with that name is refused.")
			k.pro("calls come in by %s; the audiences are the run.app URLs%s", host, k.customAudiences())
			for _, a := range k.s.Audiences {
				if strings.Contains(strings.ToLower(a), host) {
					k.pro("the custom audience %s is not https://%s: they are compared letter by letter", a, host)
				}
			}
			k.next("If the service is a gateway that checks its callers' tokens itself, its own invoker check has to be public.")
			k.next("Add https://%s as a custom audience, or let callers ask for a token with the audience %s.", host, cmp.Or(k.s.URI, "of the service's URL"))
			return
		}
	}
	tags := map[string]bool{}
	for _, u := range k.s.TagURLs {
		tags[hostOf(u)] = true
	}
	for _, host := range share(k.main, Entry.Host) {
		if tags[host] {
			k.pro("calls come in by the tag's address %s; the audience stays the service's URL", host)
		}
	}
}

func (k *clues) customAudiences() string {
	if len(k.s.Audiences) == 0 {
		return ""
	}
	return " and " + list(k.s.Audiences)
}

// proxied: something between hands the request on.
func (k *clues) proxied() {
	if slices.Contains(k.callers(), "proxy") {
		k.likely(inferred, "A proxy calls, and hands on a credential that is not for this service.")
		k.pro("the user agent is a proxy's: %s", list(share(k.main, Entry.Caller)))
		k.next("Look whether the proxy hands on an X-Serverless-Authorization header, which wins over Authorization, or a second token.")
	}
}

// endUsers: apps and browsers hold no service account.
func (k *clues) endUsers() {
	who := slices.DeleteFunc(k.callers(), func(w string) bool { return w != "browser" && w != "mobile app" })
	if len(who) > 0 {
		k.pro("people's devices are among the callers (%s): what people are signed in with, Firebase for one, is no Google ID token for this service", list(who))
		k.next("If the service is a gateway that checks its callers' tokens itself, its own invoker check has to be public.")
	}
}

// push: Google's own services mint the token as they are configured.
func (k *clues) push() {
	for _, who := range k.callers() {
		switch who {
		case "Pub/Sub", "Eventarc", "Pub/Sub or Eventarc", "Cloud Scheduler", "Cloud Tasks":
			k.pro("%s calls: its token has the audience that its subscription, trigger, job or task names", who)
			k.next("Look at the audience that %s is configured with.", who)
		}
	}
}

// noCredential is gate 7.
func (k *clues) noCredential() {
	k.pro("%s with 403, which say that no credential came", times(len(k.main)))
	if k.publicNow() {
		return
	}
	k.madePrivate("until then no credential was asked for")
	k.notOpened()
	for _, who := range k.callers() {
		switch who {
		case "browser", "robot":
			k.pro("browsers or robots are among the callers: they send no Google ID token by themselves")
		case "uptime check", "health check":
			k.pro("a %s is among the callers", who)
			k.next("Let the %s send an ID token, where it can, or aim it at something public.", who)
		}
	}
	k.likely(documented, "Callers send no credential, and the service asks for one.")
	k.con("whether the caller left it out or a proxy dropped it is not in the log")
	k.policyUnread()
	k.next("If anybody may call: give allUsers roles/run.invoker, or turn the invoker check off where an organisation policy forbids allUsers.")
	k.next("If not: callers must send a Google ID token for the service's URL.")
}

// notOpened: somebody tried to make the service public, in vain.
func (k *clues) notOpened() {
	c, ok := k.lastChange(func(c Change) bool {
		everybody := func(g Grant) bool { return g.Member == "allUsers" }
		return c.Kind == ChangePolicy && c.Failed != "" && (slices.ContainsFunc(c.Added, everybody) || slices.ContainsFunc(c.grants.all, everybody))
	})
	if !ok {
		return
	}
	k.likely(inferred, "The service is not public: opening it to everybody was tried, and failed.")
	k.pro("%s %s", k.moment(c.Time), c.Text())
	k.next("Where an organisation policy forbids allUsers: gcloud run services update %s --no-invoker-iam-check --region=%s --project=%s",
		quote(k.s.Name), quote(k.s.Region), quote(k.s.Project))
}

// preflight is a browser's OPTIONS.
func (k *clues) preflight() {
	// That it is a browser is told by its own word alone.
	confidence, without := observed, " without a credential"
	if others := slices.DeleteFunc(k.callers(), func(kind string) bool { return kind == "browser" }); len(others) > 0 {
		confidence = inferred
		k.con("not all of them say that they are browsers: %s", list(others))
	}
	if slices.ContainsFunc(k.main, func(e Entry) bool { return e.explain().Short == likelyPreflight }) {
		confidence, without = inferred, ""
		k.con("whether a credential came is not in the log; no browser puts one on a preflight")
	}
	k.likely(confidence, "Browsers call across origins. Their preflights never carry a credential, so Cloud Run refuses each of them.")
	k.pro("%s of OPTIONS%s", times(len(k.main)), without)
	if from := share(k.main, func(e Entry) string { return hostOf(e.Referer) }); len(from) > 0 {
		k.pro("the pages are on %s", list(from))
	}
	if k.public() {
		k.con("the service is public now: new preflights reach the container")
	}
	k.madePrivate("until then preflights reached the container")
	k.con("that it is a browser, and not another client's OPTIONS, is not proven")
	k.next("Make the invoker check public and verify the user in the app, or serve page and API from one origin, behind a gateway that adds the credential.")
}

// app is the container's own answer.
func (k *clues) app() {
	k.likely(observed, "The app itself refuses: Cloud Run let the requests in.")
	k.pro("%s come from a container: they have an instance and no text of Cloud Run's", times(len(k.main)))
	if k.public() {
		k.pro("the service asks nobody for a credential: what callers send is the app's to judge")
	} else {
		k.pro("the callers passed Cloud Run's own check")
	}
	if c, ok := k.lastChange(func(c Change) bool { return c.Kind != ChangePolicy && c.Kind != ChangeOther && c.Failed == "" }); ok && c.Time.Before(k.main[len(k.main)-1].Time) {
		k.pro("%s %s: the code or its settings may be new", k.moment(c.Time), c.Text())
	}
	k.con("why the app refuses is not in the request log")
	k.next("Read the app's own log lines of the same trace.")
	k.next("If the app verifies Firebase or other tokens itself, paste one: expiry, issuer and audience are shown.")
}

// unclear is what the entries do not tell.
func (k *clues) unclear() {
	if e := k.main[0]; e.By() == Platform {
		k.likely(unknown, "Cloud Run itself refused, with a text that this program does not know.")
		k.pro("%s, the newest with %d and the text: %s", times(len(k.main)), e.Status, e.gist())
		k.con("why it refused is not known")
		k.policyUnread()
		k.next("Read the text of an entry, and paste a token that a caller sends: every check is shown.")
		return
	}
	k.likely(unknown, "Who refused does not show: the entries are of a shape that this program does not know.")
	k.pro("%s, the first: %s", times(len(k.main)), k.main[0].explain().Short)
	k.con("while it is not known who refused, neither is why")
	k.policyUnread()
	k.next("Open one of the entries, and look at the app's log at the same moment.")
}

// narrower says whether less gets in by one ingress setting than by another.
func (i Ingress) narrower(than Ingress) bool {
	widest := [...]Ingress{IngressNone, IngressInternal, IngressLoadBalancer, IngressAll}
	a, b := slices.Index(widest[:], i), slices.Index(widest[:], than)
	return a >= 0 && a < b
}

func hostOf(u string) string { return Entry{URL: u}.Host() }
