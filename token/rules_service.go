package token

import (
	"fmt"
	"strconv"
	"strings"
)

// doorRules are the gates that a request meets before anybody looks at its credential.
func doorRules() []Rule {
	return []Rule{
		{ID: "svc.default_url", Name: "run.app URL", Gate: GateHost, Stops: 404, needs: needService, Test: defaultURL, Confidence: Documented, Source: pageIngress,
			Why:  "A service whose default URL is off does not answer under any run.app name.",
			Says: "the service's run.app URL is switched off"},
		{ID: "svc.ingress", Name: "ingress", Gate: GateIngress, Stops: 404, needs: needService, Test: ingress, Confidence: Documented, Source: pageIngress,
			Why:  "The ingress setting admits some network paths; on others the service does not exist.",
			Says: "the ingress setting does not admit this network path; nothing is logged"},
		{ID: "svc.iap", Name: "IAP", Gate: GateIAP, Stops: 403, needs: needService, Test: iapOnService, Confidence: Observed, Source: pageIAPRun,
			Why:  "With IAP on the service, IAP checks first, and its service agent must hold run.routes.invoke.",
			Says: "IAP is on, and its service agent may not invoke the service: nobody gets in"},
		{ID: "svc.iam_check", Name: "IAM check", Gate: GateOpen, needs: needService, Test: iamCheck, Confidence: Documented, Source: pageAccess,
			Why: "Where the invoker check is off, or allUsers may invoke, nobody's credential is looked at."},
	}
}

// credentialRules are about the header that carries the credential.
func credentialRules() []Rule {
	return []Rule{
		{ID: "req.credential", Name: "credential", Gate: GateCredential, Stops: 401, Test: credential, Confidence: Documented, Source: pageTrouble,
			Why:  "One credential stands in Authorization or X-Serverless-Authorization after the word Bearer; none at all is a 403.",
			Says: "the Authorization header is malformed"},
	}
}

func defaultURL(_ *Token, target Target) Result {
	host := hostname(target.Request.Host)
	runApp := strings.HasSuffix(host, ".run.app")
	switch {
	case target.DefaultURL == Yes:
		return pass("on")
	case host != "" && !runApp:
		return pass("not used: the request goes to " + target.Request.Host)
	case target.DefaultURL == Unsure:
		return Result{Status: Unknown, Got: "not known whether it is on", Fix: "gcloud run services describe shows it"}
	case host == "":
		return Result{Status: Unknown, Got: "off, and the request's host is not known", Fix: "look at the URL that the caller uses"}
	}
	return Result{Status: Fail, Got: "off, and the request goes to " + target.Request.Host, Want: "the load balancer's or custom domain's name",
		Fix: "call it by its load balancer or custom domain, or switch the default URL on"}
}

// hostname is a host without port and final dot, in lower case.
func hostname(host string) string {
	if colon := strings.LastIndexByte(host, ':'); colon >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:colon]
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// path is the network path of a request, in words.
func (f From) path() string {
	switch f {
	case FromInternet:
		return "straight from the internet"
	case FromVPC:
		return "from inside the VPC"
	case FromLoadBalancer:
		return "through the external load balancer"
	}
	return "by a path that is not known"
}

// setting is the setting, in words.
func (i Ingress) setting() string {
	switch i {
	case IngressAll:
		return "open to every network path"
	case IngressInternal:
		return "internal only"
	case IngressLoadBalancer:
		return "internal and load balancer"
	case IngressNone:
		return "closed to every network path"
	}
	return "not known"
}

// admits says whether a setting lets a path in.
func (i Ingress) admits(f From) Answer {
	switch {
	case i == IngressAll:
		return Yes
	case i == IngressNone:
		return No
	case i == IngressUnknown || f == FromUnknown:
		return Unsure
	case f == FromVPC, i == IngressLoadBalancer && f == FromLoadBalancer:
		return Yes
	}
	return No
}

func ingress(_ *Token, target Target) Result {
	setting, from := target.Ingress.setting(), target.Request.From
	switch target.Ingress.admits(from) {
	case Yes:
		if target.Ingress == IngressAll {
			return pass(setting)
		}
		if target.Request.Assumed {
			return Result{Status: Warn, Got: setting + "; assumed: the request comes " + from.path() + "; straight from the internet: 404",
				Fix: "make sure of the path that the request takes", Assumes: "the request comes " + from.path()}
		}
		return pass(setting + "; the request comes " + from.path())
	case No:
		r := Result{Status: Fail, Got: setting + "; the request comes " + from.path(), Want: "from inside the VPC",
			Fix: "call it from inside the VPC, or open the ingress setting"}
		switch {
		case target.Ingress == IngressNone:
			r.Got, r.Want, r.Fix = setting, "", "open the ingress setting"
		case target.Ingress == IngressLoadBalancer:
			r.Want, r.Fix = "from inside the VPC, or through the load balancer", "call it by the load balancer's name, or open the ingress setting"
		}
		return r
	}
	if target.Ingress == IngressUnknown {
		return Result{Status: Unknown, Got: "the setting is not known", Fix: "gcloud run services describe shows it"}
	}
	return Result{Status: Unknown, Got: setting + "; how the request comes is not known; straight from the internet: 404",
		Fix: "find out which network path the caller takes"}
}

// iapOnService never ends in a pass where IAP is on: what IAP accepts is for IAP's own rules, which this package does not know.
// It may answer 200, 401, 403, or a redirect to the login page in a browser.
func iapOnService(_ *Token, target Target) Result {
	may := []int{200, 401, 403}
	switch target.IAP {
	case No:
		return pass("off")
	case Unsure:
		r := Result{Status: Unknown, Got: "not known whether it is on", Fix: "gcloud run services describe shows it", May: may}
		if target.ProjectNumber != "" && target.InvokerCheck == Yes && target.access(Principal{word: "serviceAccount", email: iapAgent(target.ProjectNumber)}).answer() == No {
			r.Got, r.May = r.Got+"; where it is, nobody gets in: its service agent may not invoke", []int{403}
		}
		return r
	}
	const decides = "on: IAP decides first, by its own rules (a browser is sent to log in)"
	if target.InvokerCheck == No {
		return Result{Status: Unknown, Got: decides + "; its service agent needs no binding, since the invoker check is off", May: may, Final: true,
			Fix: "look at IAP's own log and at who holds roles/iap.httpsResourceAccessor"}
	}
	if target.ProjectNumber == "" {
		return Result{Status: Unknown, Got: decides + "; the project number, and so its service agent, is not known", May: may, Final: true,
			Fix: "look at IAP's own log; its service agent needs roles/run.invoker"}
	}
	agent := Principal{word: "serviceAccount", email: iapAgent(target.ProjectNumber)}
	found := target.access(agent)
	switch found.answer() {
	case Yes:
		return Result{Status: Unknown, Got: decides + "; its service agent may invoke", May: may, Final: true,
			Fix: "look at IAP's own log and at who holds roles/iap.httpsResourceAccessor"}
	case No:
		if target.InvokerCheck == Unsure {
			return Result{Status: Unknown, Got: decides + "; where the invoker check is on, " + agent.String() + " may not invoke", May: may, Final: true,
				Fix: "gcloud run services describe shows whether the invoker check is on"}
		}
		if found.denied == Yes {
			return Result{Status: Fail, Got: "on, and " + found.denial[0].Why, Want: "an exception for IAP's service agent", Fix: "have " + agent.String() + " excepted by whoever owns the deny policy"}
		}
		return Result{Status: Fail, Got: "on, and " + agent.String() + " may not invoke", Want: "roles/run.invoker for IAP's service agent",
			Fix: "grant roles/run.invoker on " + target.name() + " to " + agent.String()}
	}
	fix := "make sure that " + agent.String() + " holds roles/run.invoker"
	if found.allowed() == Yes {
		fix = "make sure that no deny policy takes it from " + agent.String()
	}
	return Result{Status: Unknown, Got: decides + "; whether its service agent may invoke is not known (" + target.doubt(found) + ")", May: may, Final: true, Fix: fix}
}

// iapAgent is the account by which IAP invokes the services of a project.
func iapAgent(projectNumber string) string {
	return "service-" + projectNumber + "@gcp-sa-iap.iam.gserviceaccount.com"
}

// iamCheck passes where the door is open, and skips where it is shut. What project and folders hand down does not count: a project's
// policy takes neither allUsers nor allAuthenticatedUsers (Resource Manager, projects.setIamPolicy).
func iamCheck(t *Token, target Target) Result {
	may := []int{200}
	if target.InvokerCheck == No {
		return pass("off: everybody who reaches the service gets in")
	}
	found := target.access(everyone())
	if found.allowed() == Yes && found.denied != No {
		return Result{Status: Unknown, Got: "allUsers may invoke, but " + found.denial[0].Why + "; what is asked for then is not documented",
			Fix: "ask whoever owns the deny policy", May: map[Answer][]int{Yes: {403}, Unsure: {200, 403}}[found.denied]}
	}
	switch found.allowed() {
	case Yes:
		if young := target.young(found); young != "" {
			return Result{Status: Unknown, Got: "allUsers may invoke; " + young,
				Fix: "wait: a change takes 2 minutes, at times 7 and more", May: may}
		}
		if p, ok := t.Principal(); ok && len(target.Policy.Deny) > 0 {
			if denied, rules := target.denied(p); denied != No {
				return Result{Status: Unknown, Got: "allUsers may invoke, but " + rules[0].Why + "; whether that counts at an open door is not documented",
					Fix: "call without a credential", May: may}
			}
		}
		return pass("open: allUsers may invoke")
	case Unsure:
		return Result{Status: Unknown, Got: "not known whether allUsers may invoke: " + target.doubt(found), Fix: "read the policy: roles/run.viewer shows it", May: may}
	}
	if target.InvokerCheck == Unsure {
		return Result{Status: Unknown, Got: "not known whether the invoker check is on", Fix: "gcloud run services describe shows it", May: may}
	}
	return skip("on, and nobody is let in unasked")
}

func credential(t *Token, target Target) Result {
	const once = "send the word Bearer, one space and one token, nothing else"
	if why := target.unasked(); why != "" {
		if text, sent := t.sentMalformed(); sent {
			return Result{Status: Warn, Got: text + "; " + why, Want: "Authorization: Bearer TOKEN, once", Fix: once}
		}
		return skip(why)
	}
	if t.Kind() == None {
		if !t.absent() && t.wins {
			return Result{Status: Unknown, Final: true, Got: serverlessHeader + " is empty, beside a credential in Authorization: which of the two then counts is not documented",
				Fix: "have the empty header taken off; paste Authorization alone to judge it", May: []int{200, 401, 403}}
		}
		r := t.noCredential(&target)
		if text, sent := t.sentMalformed(); sent {
			r.Got, r.May, r.Confidence = text+": whether that is none or a bad one is not documented", []int{401}, Observed
		}
		return r
	}
	if text, sent := t.sentMalformed(); sent {
		r := Result{Status: Fail, Got: text, Want: "Authorization: Bearer TOKEN, once", Fix: once}
		if text == noScheme || text == anotherScheme {
			r.Confidence = Observed
		}
		return r
	}
	header := t.via
	if header == "" {
		header = target.Request.Header
	}
	switch {
	case header == "" || strings.EqualFold(header, "Authorization"):
		if t.beaten || strings.EqualFold(t.via, "Authorization") && strings.EqualFold(target.Request.Header, serverlessHeader) {
			return Result{Status: Unknown, Got: "in Authorization, while the request also carries " + serverlessHeader + ", which wins",
				Fix: "paste the token of " + serverlessHeader + ", or keep the proxy from handing it on", May: []int{200, 401, 403}}
		}
		if target.Request.Method == "OPTIONS" {
			return Result{Status: Warn, Got: "in Authorization; a browser's own preflight never carries it, and gets 403",
				Fix: "for CORS the service must be public, or share the page's origin"}
		}
		return pass("in Authorization")
	case strings.EqualFold(header, serverlessHeader):
		return pass("in " + serverlessHeader + ", which wins over Authorization")
	}
	return Result{Status: Warn, Doubt: true, Stops: 403, Got: "in " + header + ", which Cloud Run's own check does not read", Want: "in Authorization",
		Fix: "send it in Authorization, after the word Bearer", Confidence: Observed, Says: "the request carries no credential where Cloud Run looks for one"}
}

const serverlessHeader = "X-Serverless-Authorization"

// isPreflight says whether the request is a browser's CORS preflight, as the target has it or as it was pasted.
func (t *Token) isPreflight(target *Target) bool {
	return target.Request.Method == "OPTIONS" || !t.absent() && t.preflight
}

func (t *Token) noCredential(target *Target) Result {
	r := Result{Status: Fail, Stops: 403, Got: "none", Want: "Authorization: Bearer ID_TOKEN", Says: "the request carries no credential",
		Fix: "send a Google ID token in Authorization; if everybody may call, make the service public (--no-invoker-iam-check where allUsers is forbidden)"}
	if t.isPreflight(target) {
		r.Got = "none: a browser's CORS preflight never carries one"
		r.Fix = "make the service public and check the token in the app, or serve the page from the same origin: no preflight then"
		r.Says = "a CORS preflight carries no credential; the browser shows it as a CORS error"
	}
	return r
}

// sentMalformed joins what the reader found wrong with the header as it was sent. Several credentials are in.multiple's to tell.
func (t *Token) sentMalformed() (string, bool) {
	if t.absent() {
		return "", false
	}
	var texts []string
	for _, r := range t.repairs {
		if r.Sent && r.ID != "in.multiple" {
			texts = append(texts, r.Text)
		}
	}
	return strings.Join(texts, "; "), len(texts) > 0
}

// acceptedAudiences only tells what there is: whether a token's audience is among it is clm.aud's to say.
func acceptedAudiences(_ *Token, target Target) Result {
	const longestList = 32768
	custom, length := 0, 2
	for i := range target.Audiences {
		if a := &target.Audiences[i]; a.Source == "custom" {
			custom++
			length += len(a.Value) + 3 // quotes and a comma
		}
	}
	got := strconv.Itoa(len(target.Audiences)) + " accepted, " + strconv.Itoa(custom) + " of them custom"
	if !target.AudiencesKnown {
		return Result{Status: Unknown, Got: "the list is not known to be whole: " + got, Fix: "gcloud run services describe shows urls and custom audiences"}
	}
	if length > longestList {
		return Result{Status: Warn, Got: fmt.Sprintf("the list of custom audiences is about %d characters long", length), Want: "at most 32768 characters", Fix: "take audiences off that nobody uses"}
	}
	return pass(got)
}

// name is the service's name for a sentence.
func (t Target) name() string {
	if t.Service == "" {
		return "the service"
	}
	return t.Service
}
