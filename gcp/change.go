package gcp

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ChangeKind says what a change touched; where it touched several things, the one that decides most about who gets in.
type ChangeKind int8

const (
	ChangeOther        ChangeKind = iota // a method that this program does not know, or an entry that it cannot read
	ChangeDeploy                         // a new revision, or settings of which nothing is known
	ChangePolicy                         // the service's IAM policy
	ChangeInvokerCheck                   // the invoker check, on or off
	ChangeIngress                        // which network paths are admitted
	ChangeAudience                       // the custom audiences
	ChangeIAP                            // Identity-Aware Proxy, on or off
	ChangeDefaultURL                     // the run.app URL, on or off
	ChangeCreated                        // the service was made
	ChangeDeleted                        // the service was deleted
)

// String is the kind in a word or two for a list: "policy", "ingress".
func (k ChangeKind) String() string {
	switch k {
	case ChangeDeploy:
		return "deploy"
	case ChangePolicy:
		return "policy"
	case ChangeInvokerCheck:
		return "invoker check"
	case ChangeIngress:
		return "ingress"
	case ChangeAudience:
		return "audience"
	case ChangeIAP:
		return "IAP"
	case ChangeDefaultURL:
		return "run.app URL"
	case ChangeCreated:
		return "created"
	case ChangeDeleted:
		return "deleted"
	}
	return "other"
}

// Grant is one role held by one member. Condition is the title of its condition, or the expression where it has none; "" for
// no condition.
type Grant struct{ Role, Member, Condition string }

// Change is one entry of Cloud Run's admin activity log: somebody changed a service, or tried to. Its strings come from the
// log as they are, cut at 2 KiB.
//
// Source: https://cloud.google.com/run/docs/audit-logging
type Change struct {
	ID       string    // insertId; with Time it tells doubles
	Time     time.Time // when the change was asked for
	Received time.Time
	Project  string // as the client was asked for it
	Service  string // short name
	Region   string
	Kind     ChangeKind
	Who      string // the caller's address; "" where the log does not tell
	Method   string // the last part of the method's name: "SetIamPolicy"

	// Added and Removed are what a change of the policy did. Cloud Run's entries do not always carry it: where they do not, it
	// comes from the policy as it was known before, and Compared is false while that is not known.
	Added, Removed []Grant
	Compared       bool

	Detail []string // what changed in the settings, in words: "ingress all → internal"
	Failed string   // why it was not done, "" where it was

	Operation string // the id of the long-running operation that the entry belongs to, "" for none
	Ends      bool   // the entry tells that operation's end, not its beginning

	told   bool     // the entry itself says what was added and removed
	before settings // the service before, where that is known
	after  settings // the service as the entry leaves it, where it says so
	grants grants   // the policy as the entry leaves it, or as it was asked for where it failed
}

// settings are what of a service decides who gets in.
type settings struct {
	known                   bool
	ingress                 Ingress
	audiences               []string
	invokerOff, urlOff, iap bool
	generation              int64 // 0: not told
}

// grants are a whole policy.
type grants struct {
	known bool
	all   []Grant
	etag  string // of this policy; "" where not told
	upon  string // of the policy that it replaced, as the caller had read it
}

// settings are those of a service as the Admin API shows it.
func (s Service) settings() settings {
	return settings{known: true, ingress: s.Ingress, audiences: s.Audiences, invokerOff: s.InvokerOff, urlOff: s.DefaultURLOff, iap: s.IAP}
}

// Diff says what changed between two readings of one service, in words, the most decisive first; nil where nothing did that
// this program looks at.
func Diff(before, after Service) []string {
	_, words := diff(before.settings(), after.settings())
	if before.Revision != after.Revision && before.Revision != "" && after.Revision != "" {
		words = append(words, "revision "+before.Revision+" → "+after.Revision)
	}
	return words
}

// diff tells the kinds of what changed and the words for each, in the order of the gates that they bear on.
func diff(before, after settings) (kinds []ChangeKind, words []string) {
	add := func(k ChangeKind, text string) {
		kinds = append(kinds, k)
		words = append(words, text)
	}
	toggle := func(k ChangeKind, what string, was, is bool) {
		if was != is {
			add(k, what+" "+onOff(was)+" → "+onOff(is))
		}
	}
	toggle(ChangeInvokerCheck, "invoker check", !before.invokerOff, !after.invokerOff)
	if before.ingress != after.ingress && before.ingress != IngressUnknown && after.ingress != IngressUnknown {
		add(ChangeIngress, "ingress "+before.ingress.word()+" → "+after.ingress.word())
	}
	for _, a := range missing(before.audiences, after.audiences) {
		add(ChangeAudience, "custom audience "+a+" removed")
	}
	for _, a := range missing(after.audiences, before.audiences) {
		add(ChangeAudience, "custom audience "+a+" added")
	}
	toggle(ChangeIAP, "IAP", before.iap, after.iap)
	toggle(ChangeDefaultURL, "run.app URL", !before.urlOff, !after.urlOff)
	return kinds, words
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func (i Ingress) word() string {
	switch i {
	case IngressAll:
		return "all"
	case IngressInternal:
		return "internal"
	case IngressLoadBalancer:
		return "internal and load balancer"
	case IngressNone:
		return "none"
	}
	return "unknown"
}

// missing are the elements of a that b does not have.
func missing[T comparable](a, b []T) []T {
	has := make(map[T]bool, len(b))
	for _, v := range b {
		has[v] = true
	}
	var out []T
	for _, v := range a {
		if !has[v] {
			out = append(out, v)
		}
	}
	return out
}

// Text is the change in a sentence without its end: "deployer@acme.example removed allUsers from roles/run.invoker".
func (c Change) Text() string {
	who := c.Who
	if who == "" {
		who = "somebody"
	}
	if c.Failed != "" {
		return who + " tried to " + c.did(1) + ", which failed: " + c.Failed
	}
	return who + " " + c.did(0)
}

// did is what was done: in the past (0), or as what was tried (1).
func (c Change) did(tense int) string {
	verb := func(past, infinitive string) string { return [...]string{past, infinitive}[tense] }
	switch c.Kind {
	case ChangePolicy:
		return c.regranted(verb)
	case ChangeCreated:
		return verb("created", "create") + " the service"
	case ChangeDeleted:
		return verb("deleted", "delete") + " the service"
	case ChangeOther:
		return verb("called", "call") + " " + c.method()
	case ChangeDeploy:
		return strings.Join(append([]string{verb("deployed", "deploy")}, c.Detail...), ", ")
	}
	return verb("changed", "change") + " the settings: " + strings.Join(c.Detail, ", ")
}

func (c Change) method() string {
	if c.Method == "" {
		return "a method that the entry does not name"
	}
	return c.Method
}

// regranted tells a change of the policy; removals come first, since they are what stops callers.
func (c Change) regranted(verb func(past, infinitive string) string) string {
	var parts []string
	if !c.Compared {
		for _, g := range c.grants.all {
			parts = append(parts, g.Member+" as "+g.Role+g.Under())
		}
		text := "set the policy"
		if len(parts) > 0 {
			text += " to " + some(parts)
		}
		if c.Failed == "" {
			text += "; what it was before is not known"
		}
		return text
	}
	for _, g := range c.Removed {
		parts = append(parts, verb("removed", "remove")+" "+g.Member+" from "+g.Role+g.Under())
	}
	for _, g := range c.Added {
		parts = append(parts, verb("added", "add")+" "+g.Member+" to "+g.Role+g.Under())
	}
	if len(parts) == 0 {
		return "set the policy without a change of its grants"
	}
	return some(parts)
}

// some joins the first few parts of a sentence and says how many more there are.
func some(parts []string) string {
	const most = 3
	if n := len(parts); n > most {
		parts = append(parts[:most-1:most-1], fmt.Sprintf("%d grants more", n-most+1))
	}
	n := len(parts)
	if n == 1 {
		return parts[0]
	}
	return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
}

// Under is the end of a sentence about the grant: " under the condition TITLE", "" where it has none.
func (g Grant) Under() string {
	if g.Condition == "" {
		return ""
	}
	return " under the condition " + g.Condition
}

// Grants are the policy's bindings, one for each member.
func (p Policy) Grants() []Grant {
	var all []Grant
	for _, b := range p.Bindings {
		for _, m := range b.Members {
			all = append(all, Grant{b.Role, m, conditionName(b.Condition.Title, b.Condition.Expression)})
		}
	}
	return all
}

func conditionName(title, expression string) string {
	if title != "" {
		return title
	}
	return expression
}

// orderChanges is the order of the log: by time, then by id. Changes that are equal in it are one.
func orderChanges(a, b Change) int {
	if by := a.Time.Compare(b.Time); by != 0 {
		return by
	}
	return strings.Compare(a.ID, b.ID)
}

// compare fills in what a change of the policy did, given the policy before it.
func (c *Change) compare(before []Grant) {
	c.Added = missing(c.grants.all, before)
	c.Removed = missing(before, c.grants.all)
	c.Compared = true
}

// settle fills in what a change of the settings did, given the settings before it.
func (c *Change) settle(before settings) {
	kinds, words := diff(before, c.after)
	c.Detail = words
	c.before = before
	c.Kind = ChangeDeploy
	if len(kinds) > 0 {
		c.Kind = slices.Min(kinds)
	}
}

// closes says whether a setting was changed so that callers may be refused with 401 or 403 who were let in. IAP counts both ways: its
// own callers have no token for the service.
func (c Change) closes() bool {
	return c.checked() || c.before.iap != c.after.iap || len(missing(c.before.audiences, c.after.audiences)) > 0
}

// checked says whether the invoker check was turned on.
func (c Change) checked() bool { return c.before.known && c.before.invokerOff && !c.after.invokerOff }
