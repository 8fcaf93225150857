package gcp

import (
	"fmt"
	"strings"
)

// Refuser says who answered a request with 401 or 403.
type Refuser int8

const (
	RefuserUnknown Refuser = iota
	Platform               // Cloud Run itself, before any container
	App                    // the service's own container
)

// The texts of Cloud Run's refusals. The log has several versions of each; what they begin with is the same.
const (
	textUnauthorized    = "The request was not authorized to invoke this service"         // a 401, against intuition
	textUnauthenticated = "The request was not authenticated"                             // a 403, also for a caller who was authenticated
	textNewer           = "The request was not authenticated. Either allow public access" // today's wording of it
	textNoHeader        = "Empty Authorization header value."                             // its end where there was no credential
	textUnverified      = "The access token could not be verified."
)

// The pages that the reasons rest on.
const (
	page401     = "https://cloud.google.com/run/docs/troubleshooting#401"
	page403     = "https://cloud.google.com/run/docs/troubleshooting#unauthorized-client"
	pageCalling = "https://cloud.google.com/run/docs/securing/authenticating"
)

// How sure a Reason is.
const (
	documented = "documented" // Google says so
	observed   = "observed"   // several independent observations, or a documented text and a small inference
	inferred   = "inferred"   // one observation, or inference alone
)

// By says who answered. Cloud Run's own refusals carry a textPayload and no labels.instanceId; a container's answers the
// reverse. Any other entry is RefuserUnknown.
func (e Entry) By() Refuser {
	switch {
	case e.Text != "" && e.Instance == "":
		return Platform
	case e.Text == "" && e.Instance != "":
		return App
	}
	return RefuserUnknown
}

// Reason is what an entry means, as far as the log tells. The log holds no request headers, so the credential itself is never
// known. Evidence quotes foreign text: clean before drawing.
type Reason struct {
	Short      string   // at most 40 characters, for a row: "credential not accepted"
	Text       string   // plain words, a few sentences
	Evidence   []string // what in the entry says so
	Proves     string   // what is certain given the evidence
	NotProven  string   // what it leaves open
	Next       string   // the next step
	Confidence string   // "documented", "observed", "inferred"
	Source     string   // the page behind it
}

// Reason explains the entry. It is pure: the same entry has the same reason.
func (e Entry) Reason() Reason {
	r := e.explain()
	r.Evidence = e.evidence()
	return r
}

// explain is the reason without the evidence.
func (e Entry) explain() Reason {
	switch e.By() {
	case App:
		return e.byApp()
	case Platform:
		return e.byPlatform()
	}
	return e.byNobodyKnown()
}

func (e Entry) byPlatform() Reason {
	unauthenticated := strings.HasPrefix(e.Text, textUnauthenticated)
	switch {
	case e.Status == 401 && strings.HasPrefix(e.Text, textUnauthorized):
		return notAccepted()
	case e.Status == 403 && unauthenticated && strings.HasSuffix(strings.TrimSpace(e.Text), textNoHeader):
		if e.Method == "OPTIONS" {
			return preflight(documented, surePreflight, "That no credential came is certain. ")
		}
		return noCredential()
	case e.Status == 403 && strings.HasPrefix(e.Text, textNewer) && e.Method == "OPTIONS":
		return preflight(inferred, likelyPreflight, "The log does not say here that no credential came, as it does at times. ")
	case e.Status == 403 && strings.HasPrefix(e.Text, textNewer):
		return mayNotInvoke()
	case e.Status == 403 && unauthenticated && e.Method == "OPTIONS":
		return preflight(observed, likelyPreflight, "Cloud Run's older log text does not tell whether a credential came. ")
	case e.Status == 403 && unauthenticated:
		return oldWording()
	}
	return Reason{
		Short:      "Cloud Run refused, unknown text",
		Text:       fmt.Sprintf("Cloud Run itself answered %d, with a text that this program does not know for this status.", e.Status),
		Proves:     "The request did not reach the container.",
		NotProven:  "Why: the text in the log is all there is.",
		Next:       "Read the text below; check the token against the service.",
		Confidence: inferred,
		Source:     page401,
	}
}

// notAccepted is gates 8 and 9: the credential could not be verified, or its audience is another's.
func notAccepted() Reason {
	return Reason{
		Short: "credential not accepted",
		Text: "The request carried a credential, and Cloud Run could not verify it as a Google-signed ID token for this service. " +
			"The log's \"not authorized\" misleads: permissions were never looked at.",
		Proves: "A credential came, it was refused before the permission check, and the container never saw the request.",
		NotProven: "Which check failed. An access token, a Firebase or other foreign token, an expired one, a wrong audience and a broken " +
			"signature all give this entry; request headers are not logged.",
		Next:       "Paste the token that the caller sends: every check is shown.",
		Confidence: documented,
		Source:     page401,
	}
}

// noCredential is gate 7.
func noCredential() Reason {
	return Reason{
		Short:      "no credential sent",
		Text:       "The request had no Authorization header, or an empty one, and the service asks for a credential.",
		Proves:     "No credential reached Cloud Run, and the container never saw the request.",
		NotProven:  "Whether the caller forgot it or something on the way, such as a proxy, dropped it.",
		Next:       "Send a Google ID token for this service's URL as Authorization: Bearer; or, if anybody may call, make the service public.",
		Confidence: documented,
		Source:     page403,
	}
}

// The two ways in which an OPTIONS is called a preflight.
const (
	surePreflight   = "CORS preflight without a credential"
	likelyPreflight = "CORS preflight, probably"
)

func preflight(confidence, short, lead string) Reason {
	return Reason{
		Short: short,
		Text: lead + "Browsers send OPTIONS before a cross-origin call and never put a credential on it, so a service that asks for one " +
			"refuses every preflight. The browser then reports a CORS error, not a 403.",
		Proves:    "Cloud Run refused an OPTIONS request before the container.",
		NotProven: "That it was a browser's preflight and not another client's OPTIONS; whether the call behind it would have been let in.",
		Next: "A browser cannot call a private service across origins. Make the invoker check public and verify the user in the app, or " +
			"serve page and API from one origin behind a gateway that adds the credential.",
		Confidence: confidence,
		Source:     pageCalling,
	}
}

// mayNotInvoke is gate 10: on entries of today's wording, the sentence about the empty header is missing where there was one.
func mayNotInvoke() Reason {
	return Reason{
		Short: "caller may not invoke, probably",
		Text: "Entries of this wording say so when no credential came, and this one does not: so a verified caller probably lacks " +
			"run.routes.invoke. The log says \"not authenticated\" for that too.",
		Proves:    "Cloud Run answered 403, and the container never saw the request.",
		NotProven: "Who the caller is: the log does not name it. That a credential came is inferred from a sentence that is missing.",
		Next: "Give the caller roles/run.invoker on the service; paste its token to see which account it is. A grant takes minutes to " +
			"spread. With IAP on the service, the caller is IAP's own service agent.",
		Confidence: inferred,
		Source:     page403,
	}
}

func oldWording() Reason {
	return Reason{
		Short: "no credential, or may not invoke",
		Text: "Cloud Run answered 403. Its older log text is the same for a request without a credential and for a verified caller who " +
			"lacks run.routes.invoke.",
		Proves:     "It was not a credential that could not be verified, which is 401; the container never saw the request.",
		NotProven:  "Which of the two it was.",
		Next:       "Ask whether the caller sends a token at all. If so, paste it to see which account it is, and whether it holds roles/run.invoker.",
		Confidence: documented,
		Source:     page403,
	}
}

func (e Entry) byApp() Reason {
	return Reason{
		Short: "the container answered",
		Text: fmt.Sprintf("Cloud Run let the request in, and the service's own code answered %d. Cloud Run's IAM check, audiences and "+
			"bindings are not the reason.", e.Status),
		Proves:    "The request reached the container.",
		NotProven: "Why the app refused: its own token check, a session, a framework's CSRF or CORS rule, or an API that it called.",
		Next:      "Read the app's log lines of the same trace. If it verifies Firebase or other tokens itself, paste the token: its claims are shown.",
		// The shape of the entry is observed, not promised by a page.
		Confidence: observed,
		Source:     "https://cloud.google.com/run/docs/logging",
	}
}

func (e Entry) byNobodyKnown() Reason {
	why := "it has neither a text of Cloud Run's nor a container's instance"
	if e.Text != "" {
		why = "it has both a text and a container's instance"
	}
	return Reason{
		Short:      "unclear who refused",
		Text:       fmt.Sprintf("The entry does not tell whether Cloud Run or the app answered %d: %s.", e.Status, why),
		Proves:     "That the request was refused.",
		NotProven:  "By whom, and so why.",
		Next:       "Look at the app's log at the same moment; check the token against the service.",
		Confidence: inferred,
		Source:     page401,
	}
}

// gist is the text without its links, which stand in every entry.
func (e Entry) gist() string {
	text, rest, cut := strings.Cut(e.Text, " Read more at ")
	if cut && strings.HasSuffix(strings.TrimSpace(rest), textNoHeader) {
		text += " … " + textNoHeader
	}
	return text
}

// evidence is what By and Reason went by.
func (e Entry) evidence() []string {
	ev := []string{fmt.Sprintf("status %d", e.Status)}
	if e.Text == "" {
		ev = append(ev, "no textPayload")
	} else {
		ev = append(ev, "textPayload: "+e.gist())
	}
	if e.Instance == "" {
		ev = append(ev, "no labels.instanceId")
	} else {
		ev = append(ev, "labels.instanceId: "+e.Instance)
	}
	if strings.Contains(e.Text, textUnverified) {
		ev = append(ev, "\"could not be verified\" is said of every credential that fails: it does not tell which check")
	}
	if e.Method == "OPTIONS" {
		ev = append(ev, "method OPTIONS")
	}
	return append(ev, "latency "+e.Latency.String())
}
