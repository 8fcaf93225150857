package token

import (
	"errors"
	"strings"
)

// Principal is a caller as IAM knows it: an account, or those that one word stands for. Make one with ParsePrincipal or Token.Principal;
// the zero Principal is a user of whom nothing is known.
type Principal struct {
	word   string // as members of policies begin: "user", "serviceAccount", "group", "domain", "allUsers", "allAuthenticatedUsers", "principal", "principalSet"
	email  string // an account's or a group's; "" where the token names none
	sub    string // an account's number, "" where unknown
	domain string // the hd claim; for "domain" the domain itself
	rest   string // of a federated identity: what stands after the first colon; "//…", or for a workload of Kubernetes "PROJECT.svc.id.goog[…]"
}

// everyone is who comes without a credential.
func everyone() Principal { return Principal{word: "allUsers"} }

// String is the principal as a policy writes it: "user:ann@example.com". It is foreign text: clean before drawing.
func (p Principal) String() string {
	switch {
	case p.word == "allUsers" || p.word == "allAuthenticatedUsers":
		return p.word
	case p.federated() && !strings.HasPrefix(p.rest, "//"):
		return "serviceAccount:" + p.rest
	case p.federated():
		return p.word + ":" + p.rest
	case p.word == "domain":
		return p.word + ":" + p.domain
	case p.email == "":
		return p.word + " " + p.sub
	}
	return p.word + ":" + p.email
}

// Addressed says whether a policy could name it as String has it: not so an account that is known by its number alone.
func (p Principal) Addressed() bool { return !p.account() || p.email != "" }

// account says whether it is one account, and not a word for many.
func (p Principal) account() bool {
	return p.word == "user" || p.word == "serviceAccount" || p.word == ""
}

// federated says whether it is an identity of a pool, or a set of them. Those hold no ID token of Google's.
func (p Principal) federated() bool { return p.word == "principal" || p.word == "principalSet" }

// Principal is the account that a Google ID token claims to be, and whether it is such a token: IAM knows nobody else.
func (t *Token) Principal() (Principal, bool) {
	if t.Kind() == None || !t.google() {
		return Principal{}, false
	}
	return t.principal(), true
}

// principal reads the caller from the claims of a Google ID token.
func (t *Token) principal() Principal {
	p := Principal{word: "user"}
	p.email, _ = t.claims.str("email")
	p.sub, _ = t.claims.str("sub")
	p.domain, _ = t.claims.str("hd")
	if t.kind == GoogleIDSA || t.kind == GoogleIDSAFull || foldedSuffix(p.email, accountDomain) {
		p.word = "serviceAccount"
	}
	return p
}

const accountDomain = ".gserviceaccount.com"

// ParsePrincipal reads what somebody types: a member as policies write it (user:, serviceAccount:, group:, domain:, allUsers,
// allAuthenticatedUsers, principal:// and principalSet://), a bare address, or "anonymous" for a request without a credential. A group or
// domain is asked for as a whole. The error says what to type instead, and repeats nothing of the text.
//
// Source: https://cloud.google.com/iam/docs/principal-identifiers.
func ParsePrincipal(text string) (Principal, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Principal{}, errors.New("no principal: type an address such as ann@example.com, or allUsers")
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\'' || r == '"' || r == ',' }) {
		return Principal{}, errors.New("a principal is one word: type it without spaces, quotes and commas")
	}
	for _, word := range [...]string{"principal", "principalSet"} { // whatever the case that they are typed in, before what they mean is looked up
		if head, rest, _ := strings.Cut(text, ":"); strings.EqualFold(head, word) {
			text = word + ":" + rest
		}
	}
	word, rest, typed := strings.Cut(classic(text), ":")
	if !typed && strings.Contains(word, "@") {
		return parseAccount("", word)
	}
	switch strings.ToLower(word) {
	case "allusers", "anonymous":
		return everyone(), loneWord(rest)
	case "allauthenticatedusers":
		return Principal{word: "allAuthenticatedUsers"}, loneWord(rest)
	case "user":
		return parseAccount("user", rest)
	case "serviceaccount":
		if strings.HasSuffix(rest, "]") && strings.Contains(rest, ".svc.id.goog[") {
			return Principal{word: "principal", rest: rest}, nil // a workload of Kubernetes, which federates
		}
		return parseAccount("serviceAccount", rest)
	case "group":
		if !isAddress(rest) {
			return Principal{}, errors.New("not a group's address: type group:NAME@DOMAIN")
		}
		return Principal{word: "group", email: rest}, nil
	case "domain":
		if !strings.Contains(rest, ".") || strings.ContainsAny(rest, "@/:") {
			return Principal{}, errors.New("not a domain: type domain:example.com")
		}
		return Principal{word: "domain", domain: rest}, nil
	case "principal", "principalset":
		if !strings.HasPrefix(rest, "//") || len(rest) < 4 {
			return Principal{}, errors.New("not a principal identifier: type it whole, as principal://iam.googleapis.com/…")
		}
		if strings.EqualFold(word, "principal") {
			return Principal{word: "principal", rest: rest}, nil
		}
		return Principal{word: "principalSet", rest: rest}, nil
	case "deleted":
		return Principal{}, errors.New("an account that is gone calls nobody: type the address of the one that calls now")
	case "projectowner", "projecteditor", "projectviewer":
		return Principal{}, errors.New("that is whoever holds a role on the project: type the address of one of them")
	}
	return Principal{}, errors.New("not a principal: type an address such as ann@example.com, or user:, serviceAccount:, group:, domain: or principal: and what follows it")
}

// parseAccount reads an account's address; its domain tells what sort it is, whatever word stands before it.
func parseAccount(word, text string) (Principal, error) {
	if !isAddress(text) {
		return Principal{}, errors.New("not an account's address: type it as ann@example.com")
	}
	switch service := foldedSuffix(text, accountDomain); {
	case service:
		return Principal{word: "serviceAccount", email: text}, nil
	case word == "serviceAccount":
		return Principal{}, errors.New("not a service account's address: those end in " + accountDomain + "; a person is user:ADDRESS")
	}
	return Principal{word: "user", email: text}, nil
}

// isAddress says whether the text is built like an address of an account.
func isAddress(text string) bool {
	name, domain, ok := strings.Cut(text, "@")
	return ok && name != "" && strings.Contains(strings.Trim(domain, "."), ".") && !strings.ContainsAny(text, "/:?[]()<>\\;") && !strings.Contains(domain, "@")
}

func loneWord(rest string) error {
	if rest == "" {
		return nil
	}
	return errors.New("nothing follows that word: type it alone")
}
