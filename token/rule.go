package token

import (
	"slices"
	"sync"
)

// Status is the outcome of one check.
type Status int8

const (
	Skip    Status = iota // does not apply here; Got says why
	Pass                  // as it should be
	Warn                  // does not stop the request as far as is documented, but look at it
	Unknown               // cannot be known from here; Got says why, Fix says what would show it
	Fail                  // stops the request
)

// Confidence is how sure a statement about Cloud Run is.
type Confidence int8

const (
	Undocumented Confidence = iota // nobody knows
	Inferred                       // one observation, or inference alone
	Observed                       // several independent observations, or a documented text and a small inference
	Documented                     // Google says so
)

// Gate is the place in Cloud Run's order of decisions where a check stands. Checks are reported in gate order.
type Gate int8

const (
	GateInput      Gate = iota // what was pasted, before it is anything of Cloud Run's; what fails here stops at GateCredential
	GateHost                   // default URL
	GateIngress                // network path
	GateIAP                    // IAP on the service
	GateOpen                   // invoker check off, or allUsers: a pass means that the gates below are skipped
	GateCredential             // present
	GateVerify                 // a Google-signed ID token
	GateAudience               // aud is one of the service's
	GatePermission             // the principal holds run.routes.invoke
	GateApp                    // the container; for what the app itself will look at
)

// Result is what a rule found. Got and Want are foreign text where they quote the token or the service: clean before drawing.
type Result struct {
	Status Status
	Got    string // what stands there
	Want   string // what would pass, "" where nothing is wanted
	Fix    string // the next step, "" where none is needed
	Brief  string // what a verdict in doubt quotes in place of Got; "" for Got itself
	// Difference marks what differs between what stands there and what it nearly is; nil where it is near to nothing.
	Difference *Difference
	// Doubt marks a Warn that may nevertheless stop the request, since nobody documents whether it does.
	Doubt bool
	// Confidence overrides the rule's own where the case at hand is less, or better, known; the zero value does not.
	Confidence Confidence
	// Stops overrides the rule's own status where the case at hand is answered by another; the zero value does not.
	Stops int
	// Says overrides the rule's own sentence; "" does not.
	Says string
	// May lists statuses that this result leaves possible whatever the later checks say: an open door that is not known
	// to be shut leaves 200 possible.
	May []int
	// Final marks an Unknown after which no other check decides: what may come is what it leaves possible.
	Final bool
	// Assumes is what the result takes for granted, in words that end the sentence "assuming that …"; "" for nothing.
	Assumes string
}

// Rule is one check with its stable id.
type Rule struct {
	ID         string // "clm.aud"; stable, documented
	Name       string // "audience"; at most 11 characters, for the screen
	Gate       Gate
	Stops      int        // the status the client sees when it fails; 0: it never decides
	Why        string     // one sentence: the rule itself
	Says       string     // what a verdict says when it fails, without the status and the full stop; "" where Stops is 0
	Confidence Confidence // that breaking it stops the request; keeping to it is Documented, unless a Result says otherwise
	Source     string     // the documentation page behind it, or "" where there is none
	// Test judges. Check calls it only where what the rule needs (a credential, claims, a service) is there.
	Test func(*Token, Target) Result

	needs need
}

// Finding is one line of a report: a rule, what it found, and the confidence in it.
type Finding struct {
	ID, Name       string
	Gate           Gate
	Stops          int
	Status         Status
	Got, Want, Fix string
	Brief          string      // what a verdict in doubt quotes in place of Got, see Result
	Difference     *Difference // what differs in an audience that nearly is accepted; nil elsewhere
	Doubt          bool
	Why            string
	Says           string // what a verdict says where this finding decides it
	Confidence     Confidence
	Source         string
	May            []int  // statuses it leaves possible whatever comes after, see Result
	Final          bool   // no check after it decides, see Result
	Assumes        string // what it takes for granted, see Result
}

// Report holds a finding for every rule, in gate order.
type Report []Finding

// Find is the finding of a rule; the zero Finding where there is none.
func (r Report) Find(id string) Finding {
	for i := range r {
		if r[i].ID == id {
			return r[i]
		}
	}
	return Finding{}
}

// Rules lists every rule in the order in which Check reports it. The slice is the caller's.
func Rules() []Rule { return slices.Clone(allRules()) }

// allRules makes the rules once, since a thousand services are checked at a time. Nobody changes them.
var allRules = sync.OnceValue(func() []Rule {
	rules := make([]Rule, 0, 64)
	for _, family := range [...][]Rule{
		inputRules(), clockRules(),
		doorRules(),
		credentialRules(),
		kindRules(), shapeRules(), issuerRules(), headerRules(), keyRules(), timeRules(),
		audienceRules(),
		claimRules(), callerRules(),
		scopeRules(), firebaseRules(),
	} {
		rules = append(rules, family...)
	}
	return rules
})

// Check judges a token (nil: a request without a credential) against a target. It is pure, and runs every rule, always.
func Check(t *Token, target Target) Report {
	rules := allRules()
	report := make(Report, len(rules))
	target.begin(t)
	for i := range rules {
		rules[i].find(&report[i], t, &target)
	}
	return report
}

// find runs the rule and writes what it found over a finding.
func (r *Rule) find(f *Finding, t *Token, target *Target) {
	result := r.judge(t, target)
	*f = Finding{
		ID: r.ID, Name: r.Name, Gate: r.Gate, Stops: r.Stops, Why: r.Why, Says: r.Says,
		Confidence: r.Confidence, Source: r.Source,
		Status: result.Status, Got: result.Got, Want: result.Want, Fix: result.Fix, Brief: result.Brief, Difference: result.Difference,
		Doubt: result.Doubt, May: result.May, Final: result.Final, Assumes: result.Assumes,
	}
	switch {
	case result.Confidence != 0:
		f.Confidence = result.Confidence
	case result.Status == Pass:
		f.Confidence = Documented
	}
	if result.Stops != 0 {
		f.Stops = result.Stops
	}
	if result.Says != "" {
		f.Says = result.Says
	}
	if f.Status == Fail && f.Stops != 0 && f.Gate >= GateVerify && target.looks == byCloudRun && !t.absent() && t.wins {
		f.Fix = "if a proxy hands on " + serverlessHeader + ", have it taken off: then Authorization counts; or " + f.Fix
	}
}

// judge keeps from a rule what it cannot judge, and lets no defect of the reader pass that the rule did not mention.
func (r *Rule) judge(t *Token, target *Target) Result {
	if why := r.needs.missing(t, target); why != "" {
		return skip(why)
	}
	if t.beyond(r.ID) {
		return Result{Status: Unknown, Got: "the claims are cut off before it could stand there", Fix: "paste the whole token"}
	}
	result := r.Test(t, *target)
	if result.Status <= Pass && t.Kind() != None {
		if d, more := t.defect(r.ID); d.rule != "" {
			return Result{Status: Fail, Got: d.got + more, Want: d.want}
		}
	}
	return result
}

// need is what must be there before a rule has anything to say.
type need uint16

const (
	needToken   need = 1 << iota // a credential
	needJWS                      // something that is built like a JWT, readable or not
	needHeader                   // a header that could be read
	needClaims                   // claims that could be read
	needService                  // a chosen service
	needGoogle                   // a token that claims to be Google's, since IAM knows no other caller
	needCheck                    // that Cloud Run's own check looks at the credential
	needJudge                    // that, or an app behind an open door of which something is known
	needSigner                   // the former, or an issuer whose way of signing is known here
)

// missing says why a rule has nothing to say; "" where it has.
func (n need) missing(t *Token, target *Target) string {
	switch {
	case n&(needToken|needJWS|needHeader|needClaims|needGoogle) != 0 && t.Kind() == None:
		return "no credential"
	case n&needService != 0 && !target.Has:
		return "no service chosen"
	case n.unasked(t, target):
		return target.unasked()
	case n&(needJWS|needHeader|needClaims) != 0 && t.kind == JWE:
		return "encrypted: it cannot be read"
	case n&needJWS != 0 && t.opaque():
		return "not a JWT"
	case n&needHeader != 0 && len(t.header.names) == 0:
		return "no header that could be read"
	case n&needClaims != 0 && len(t.claims.names) == 0:
		return "no claims that could be read"
	case n&needGoogle != 0 && !t.google():
		return "not reached: the credential is refused before"
	}
	return ""
}

// unasked says whether nobody known here asks for what the rule judges.
func (n need) unasked(t *Token, target *Target) bool {
	if target.looks == byCloudRun {
		return false
	}
	if n&needSigner != 0 && n&needCheck == 0 {
		_, known := t.issuer()
		return !known && !target.toApp(t.Kind())
	}
	return n&needCheck != 0 || n&needJudge != 0 && !target.toApp(t.Kind())
}

func skip(got string) Result { return Result{Status: Skip, Got: got} }
func pass(got string) Result { return Result{Status: Pass, Got: got} }
