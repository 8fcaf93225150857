package token

import (
	"fmt"
	"strings"
	"time"
)

// spreadTime is how long a policy change may take until every server knows it: typically 2 minutes, 7 and more at times.
const spreadTime = 7 * time.Minute

// principal is a caller as IAM knows it.
type principal struct {
	word   string // "user" or "serviceAccount"
	email  string // "" where the token names none
	sub    string
	domain string // the hd claim
}

// member is the principal as a policy writes it.
func (p principal) member() string {
	if p.email == "" {
		return p.word + " " + p.sub
	}
	return p.word + ":" + p.email
}

// principal reads the caller from the claims of a Google ID token.
func (t *Token) principal() principal {
	p := principal{word: "user"}
	p.email, _ = t.claims.str("email")
	p.sub, _ = t.claims.str("sub")
	p.domain, _ = t.claims.str("hd")
	if t.kind == GoogleIDSA || t.kind == GoogleIDSAFull || foldedSuffix(p.email, ".gserviceaccount.com") {
		p.word = "serviceAccount"
	}
	return p
}

// grant is one member of one binding, seen from a principal.
type grant struct {
	role, member, level string
	condition, title    string
	holds               Answer // whether the condition does
	why                 string // for a grant that may let in, or that nearly does: why so
}

// access is what a policy says of a principal.
type access struct {
	named    []grant // name the principal by a role that invokes; the condition may or may not hold
	maybe    []grant // may let it in: a group, a role that could not be read; the condition may hold
	near     []grant // nearly: another role, an account that is gone
	complete bool    // the service's policy and everything above it was read
}

// answer says whether the policy lets the principal in.
func (a access) answer() Answer {
	unsure := len(a.maybe) > 0 || !a.complete
	for _, g := range a.named {
		switch g.holds {
		case Yes:
			return Yes
		case Unsure:
			unsure = true
		}
	}
	if unsure {
		return Unsure
	}
	return No
}

// doubt is why the answer is unsure.
func (a access) doubt() string {
	for _, g := range a.named {
		if g.holds == Unsure {
			return "the condition on " + g.member + " cannot be evaluated: " + g.condition
		}
	}
	if len(a.maybe) > 0 {
		return a.maybe[0].why
	}
	return "the policy could not be read"
}

// best is the grant to speak of: one that holds before one that may.
func (a access) best() grant {
	var best grant
	for i, g := range a.named {
		if g.holds == Yes {
			return g
		}
		if i == 0 || best.holds == No && g.holds == Unsure {
			best = g
		}
	}
	return best
}

// access reads the policy for a principal.
func (t *Target) access(p principal) access {
	return t.grants(p.matches, t.Policy.Known && len(t.Policy.Unread) == 0)
}

// everybody reads the policy for those who come without a credential. It is complete as soon as the service's own policy is read.
func (t *Target) everybody() access {
	return t.grants(func(member string) (Answer, string) { return answer(member == "allUsers"), "" }, t.Policy.Known)
}

func (t *Target) grants(matches func(member string) (Answer, string), complete bool) access {
	a := access{complete: complete}
	if !t.Policy.Known {
		return a
	}
	for i := range t.Policy.Bindings {
		b := &t.Policy.Bindings[i]
		for _, member := range b.Members {
			if found, why := matches(member); found != No || why != "" {
				a.add(b, member, found, why, t.serverNow())
			}
		}
	}
	return a
}

// add sorts one member of one binding in.
func (a *access) add(b *Binding, member string, found Answer, why string, now time.Time) {
	g := grant{role: b.Role, member: member, level: b.Level, condition: b.Condition, title: b.Title, holds: Yes, why: why}
	if b.Condition != "" {
		g.holds = conditionHolds(b.Condition, now)
	}
	switch {
	case b.Invokes == No && found == Yes:
		g.why = fmt.Sprintf("%s holds %s, which does not hold run.routes.invoke", member, b.Role)
		a.near = append(a.near, g)
	case b.Invokes == No:
	case found == No:
		a.near = append(a.near, g)
	case found == Yes && b.Invokes == Yes:
		a.named = append(a.named, g)
	case g.holds == No:
	case found == Yes:
		g.why = fmt.Sprintf("%s holds %s, of which nobody knows here whether it holds run.routes.invoke", member, b.Role)
		a.maybe = append(a.maybe, g)
	default:
		a.maybe = append(a.maybe, g)
	}
}

// matches says whether a member of a binding is, or holds, the principal. A no with a reason is a near miss.
func (p principal) matches(member string) (found Answer, why string) {
	word, rest, _ := strings.Cut(member, ":")
	switch word {
	case "allUsers", "allAuthenticatedUsers":
		return answer(rest == ""), ""
	case "user", "serviceAccount":
		return p.matchesAccount(word, rest)
	case "domain":
		return p.inDomain(rest)
	case "group":
		return Unsure, "membership of the group " + rest + " cannot be read from a policy"
	case "deleted":
		_, rest, _ = strings.Cut(rest, ":")
		address, _, _ := strings.Cut(rest, "?")
		if p.email != "" && strings.EqualFold(address, p.email) {
			return No, member + " is an account that is gone: it grants nothing to one made again under the same address"
		}
		return No, ""
	case "principal":
		return No, ""
	case "principalSet":
		// A set of federated identities; they hold no Google ID token. The sets of service accounts are another thing.
		if strings.HasPrefix(rest, "//cloudresourcemanager.googleapis.com/") && p.word == "serviceAccount" {
			return Unsure, "whether the account is one of " + member + " cannot be read from a policy"
		}
		return No, ""
	case "projectOwner", "projectEditor", "projectViewer":
		return Unsure, "who is meant by " + member + " stands in the project's policy"
	}
	return Unsure, "the member " + member + " is of a sort that is not known here"
}

func (p principal) matchesAccount(word, address string) (Answer, string) {
	switch {
	case p.email == "" && p.word == word && !strings.Contains(address, "["):
		return Unsure, "the token names no email; " + word + ":" + address + " may or may not be the account " + p.sub
	case !strings.EqualFold(address, p.email):
		return No, ""
	case p.word != word:
		return Unsure, "the policy calls " + address + " a " + word
	}
	return Yes, ""
}

// inDomain goes by hd, as Google asserts it. An address alone proves nothing: anybody may hold a consumer account under a domain's
// address. An account of another domain of the same customer is not told apart here.
func (p principal) inDomain(domain string) (Answer, string) {
	switch {
	case p.word == "serviceAccount":
		return No, ""
	case strings.EqualFold(p.domain, domain):
		return Yes, ""
	case p.domain != "":
		return Unsure, "the account is of " + p.domain + "; whether " + domain + " belongs to the same customer is not known"
	case foldedSuffix(p.email, "@"+domain) || p.email == "":
		return Unsure, "the token has no hd claim; whether the account belongs to " + domain + " is not known"
	}
	return No, ""
}

// spreading tells of a policy change so young that it may not be known everywhere, or that came only after the moment judged; "" otherwise.
func (t *Target) spreading() string {
	now := t.serverNow()
	if t.Policy.Changed.IsZero() || now.IsZero() {
		return ""
	}
	switch since := now.Sub(t.Policy.Changed); {
	case since < -time.Minute:
		return "the policy was changed after this moment"
	case since < spreadTime:
		return "the policy changed " + span(max(since, 0)) + " ago and may not have spread yet"
	}
	return ""
}

// serverNow is the moment by the server's clock where that is known; zero where no moment is given.
func (t *Target) serverNow() time.Time {
	if !t.Clock.Known || t.Now.IsZero() {
		return t.Now
	}
	return t.Now.Add(-t.Clock.Skew)
}

func foldedSuffix(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}
