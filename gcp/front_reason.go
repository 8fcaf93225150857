package gcp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// FrontRefuser says who answered a request on its way through a load balancer.
type FrontRefuser int8

const (
	FrontUnknown FrontRefuser = iota
	ByArmor                   // Cloud Armor
	ByIAP                     // Identity-Aware Proxy on the backend service
	ByBalancer                // the load balancer itself
	ByBackend                 // what stands behind: Cloud Run or the service's container
)

func (r FrontRefuser) String() string {
	return [...]string{"unclear", "Cloud Armor", "IAP", "load balancer", "Cloud Run or app"}[r]
}

// The statusDetails that are told apart (https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring).
const (
	byIAP          = "handled_by_identity_aware_proxy"
	bothIAP        = "multiple_iap_policies"
	negFailed      = "serverless_neg_routing_failed"
	fromBackend    = "response_sent_by_backend"
	armorThrottled = "throttled_by_security_policy"
	armorBanned    = "banned_by_security_policy"
	armorMoved     = "redirected_by_security_policy"
	armorSuffix    = "denied_by_security_policy" // also body_denied_by_security_policy
)

// The pages that the reasons rest on.
const (
	pageFrontLog = "https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring"
	pageArmorLog = "https://cloud.google.com/armor/docs/request-logging"
	pageIAP      = "https://cloud.google.com/iap/docs/concepts-overview"
)

// handedOn are statusDetails of answers that came from behind, though not whole.
var handedOn = []string{fromBackend, "backend_connection_closed_after_partial_response_sent", "client_disconnected_after_partial_response"}

// By says who answered, by statusDetails. An entry of a regional load balancer has none where the answer came from behind.
func (e FrontEntry) By() FrontRefuser {
	switch {
	case strings.HasSuffix(e.Details, "_by_security_policy"):
		return ByArmor
	case e.Details == byIAP:
		return ByIAP
	case slices.Contains(handedOn, e.Details):
		return ByBackend
	case e.Details != "":
		return ByBalancer
	case e.Armor.Outcome == "DENY" || e.Armor.Outcome == "REDIRECT":
		return ByArmor
	case e.Region != "" && e.Backend != "":
		return ByBackend
	}
	return FrontUnknown
}

// Reason explains the entry. It is pure: the same entry has the same reason.
func (e FrontEntry) Reason() Reason {
	r := e.explain()
	r.Evidence = e.evidence()
	return r
}

func (e FrontEntry) explain() Reason {
	switch e.By() {
	case ByArmor:
		return e.byArmor()
	case ByIAP:
		return e.byIAP()
	case ByBackend:
		return e.behind()
	case ByBalancer:
		return e.byBalancer()
	}
	return Reason{
		Short: "unclear who refused", Text: fmt.Sprintf("The load balancer's entry does not tell who answered %d.", e.Status),
		Proves: "That the client got this answer.", NotProven: "By whom, and so why.", Next: "Look for the same trace in Cloud Run's log.",
		Confidence: inferred, Source: pageFrontLog,
	}
}

// rule names the Cloud Armor rule: "rule 1000 of edge-guard".
func (a ArmorRule) rule() string {
	if a.Policy == "" {
		return "a rule that the entry does not name"
	}
	if a.Priority == 1<<31-1 {
		return "the default rule of " + a.Policy
	}
	return "rule " + strconv.Itoa(a.Priority) + " of " + a.Policy
}

func (e FrontEntry) byArmor() Reason {
	r := Reason{
		Proves:    "The request did not reach IAP, the backend service or Cloud Run, and no token was looked at.",
		NotProven: "Whether the rule was meant for this caller.",
		Next:      "Read " + e.Armor.rule() + "; whoever keeps the policy may except this caller. Sending another token changes nothing.",
		// A page lists both the details and the fields of the rule.
		Confidence: documented, Source: pageArmorLog,
	}
	matched := ""
	if len(e.Armor.Matched) > 0 {
		matched = " It matched " + strings.Join(e.Armor.Matched, ", ") + "."
	}
	switch {
	case e.Details == armorThrottled:
		r.Short = "too many requests, throttled"
		r.Text = fmt.Sprintf("Cloud Armor answered %d: %s limits how many requests a client may send.", e.Status, e.Armor.rule())
		r.NotProven = "How many requests came, and by what the rule tells clients apart."
		r.Next = "Let the caller send less, or have the threshold of " + e.Armor.rule() + " raised."
	case e.Details == armorBanned:
		r.Short = "banned for too many requests"
		r.Text = fmt.Sprintf("Cloud Armor answered %d: the client went over the limit of %s and is shut out for a while.", e.Status, e.Armor.rule())
		r.NotProven = "For how long still."
		r.Next = "Wait for the ban to end, and let the caller send less."
	case e.Details == armorMoved || e.Armor.Outcome == "REDIRECT":
		r.Short = "sent elsewhere by a rule"
		r.Text = fmt.Sprintf("Cloud Armor answered %d: %s sends the client elsewhere, to a page or a reCAPTCHA.", e.Status, e.Armor.rule())
		r.Next = "A program cannot follow that: except it from " + e.Armor.rule() + "."
	case strings.HasSuffix(e.Details, armorSuffix):
		r.Short = "denied by a rule"
		r.Text = fmt.Sprintf("Cloud Armor answered %d: %s denies the request.%s", e.Status, e.Armor.rule(), matched)
	default:
		r.Short = "denied by a rule, probably"
		r.Text = fmt.Sprintf("%s has the outcome %s, and the client got %d; the entry has no statusDetails.%s", capital(e.Armor.rule()), e.Armor.Outcome, e.Status, matched)
		r.Confidence = inferred
	}
	return r
}

func (e FrontEntry) byIAP() Reason {
	r := Reason{
		Proves:     "IAP on the backend service answered; neither Cloud Run nor the app saw the request.",
		NotProven:  "What the caller sent: request headers are not logged.",
		Confidence: observed, // that IAP answered is documented, what each status of it means is not
		Source:     pageIAP,
	}
	switch {
	case e.Status >= 300 && e.Status < 400:
		r.Short = "sent to the login"
		r.Text = fmt.Sprintf("IAP answered %d: the request had no session, and a browser is sent to log in. That is how every visit begins.", e.Status)
		r.NotProven = "That anything is wrong: only a program, or a browser that comes back here again and again, is stuck."
		r.Next = "A program must send an ID token whose audience is IAP's OAuth client id, in Authorization or Proxy-Authorization."
	case e.Status == 401:
		r.Short = "no login that IAP accepts"
		r.Text = "IAP answered 401: the credential was missing, or not one that IAP accepts, and the request did not look like a browser's page load."
		r.Next = "Send an ID token of a Google account or service account for IAP's OAuth client id. A token for the Cloud Run URL, and a Firebase token, are others."
	case e.Status == 403:
		r.Short = "logged in, may not pass IAP"
		r.Text = "IAP answered 403: it knows the caller, who lacks roles/iap.httpsResourceAccessor on the backend service, or whom an access level stops."
		r.NotProven = "Who the caller is, and which of the two."
		r.Next = "Give the caller roles/iap.httpsResourceAccessor on the backend service. roles/run.invoker on the service does not help here."
	case e.Status == 429:
		r.Short = "throttled by IAP"
		r.Text = "IAP answered 429: too many requests of this caller, or to this application."
		r.Next, r.Confidence, r.Source = "Let the caller send less, or wait.", documented, pageFrontLog
	default:
		r.Short = "IAP's own error"
		r.Text = fmt.Sprintf("IAP answered %d.", e.Status)
		r.Next = "Look at IAP's settings of the backend service: an OAuth client that was deleted gives errors like this."
		r.Confidence = inferred
	}
	return r
}

func (e FrontEntry) byBalancer() Reason {
	switch e.Details {
	case bothIAP:
		return Reason{
			Short:  "IAP twice: backend and service",
			Text:   fmt.Sprintf("The load balancer answered %d: IAP is on both for the backend service and for the Cloud Run service, which cannot be combined.", e.Status),
			Proves: "Every request on this way gets this answer, whatever its token.", NotProven: "Which of the two was meant.",
			Next:       "Turn IAP off on one of them. On the service it also guards the run.app URL.",
			Confidence: documented, Source: pageFrontLog,
		}
	case negFailed:
		return Reason{
			Short:      "the NEG leads nowhere",
			Text:       fmt.Sprintf("The load balancer answered %d: its serverless NEG could not hand the request on. The service, the tag or the region that it names cannot be found or reached.", e.Status),
			Proves:     "The request reached no service.",
			NotProven:  "Which of the names is wrong.",
			Next:       "Compare the NEG's service, tag and region with the services there are; with a URL mask, what the address makes of it.",
			Confidence: documented, Source: pageFrontLog,
		}
	}
	return Reason{
		Short:  "the load balancer itself",
		Text:   fmt.Sprintf("The load balancer answered %d itself, and says %s.", e.Status, oneLine(e.Details)),
		Proves: "The answer is not Cloud Run's.", NotProven: "More than its word says.",
		Next: "Look the word up among the load balancer's failure messages.", Confidence: documented, Source: pageFrontLog,
	}
}

// behind is an answer that the load balancer only handed back.
func (e FrontEntry) behind() Reason {
	r := Reason{
		Short:     "answered behind the load balancer",
		Text:      fmt.Sprintf("The load balancer handed the request on, and %d came back from Cloud Run or the service's container.", e.Status),
		Proves:    "Neither Cloud Armor nor IAP on the backend service refused it.",
		NotProven: "Whether Cloud Run or the app did.",
		Next:      "Look at Cloud Run's own entry of the same trace.",
		// A global load balancer says so; with a regional one it is read from what is missing.
		Confidence: documented, Source: pageFrontLog,
	}
	if e.Details == "" {
		r.Confidence = inferred
	}
	switch e.Status {
	case 404:
		r.NotProven = "Who did: Cloud Run answers 404 without an entry of its own where ingress, or a run.app URL that is off, keeps a request out; an app answers 404 too."
		r.Next = "If Cloud Run's log has no entry of this trace, look at the service's ingress and at the revision's tag."
	case 429:
		r.NotProven = "Who did: Cloud Run answers 429 where no instance is free and none may be added; an app answers 429 too."
		r.Next = "Look at the service's greatest number of instances, then at the app."
	}
	return r
}

// evidence is what By and Reason went by.
func (e FrontEntry) evidence() []string {
	ev := []string{fmt.Sprintf("status %d", e.Status)}
	if e.Details == "" {
		ev = append(ev, "no statusDetails")
	} else {
		ev = append(ev, "statusDetails: "+e.Details)
	}
	if a := e.Armor; a.Policy != "" {
		ev = append(ev, fmt.Sprintf("enforcedSecurityPolicy: %s, priority %d, action %s, outcome %s", a.Policy, a.Priority, a.Action, a.Outcome))
	}
	return ev
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
