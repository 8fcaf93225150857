package token

import "strings"

// classic writes a member in the older of IAM's two forms where that has a word for it: what deny policies call
// principal://goog/subject/ann@example.com is user:ann@example.com in a policy that allows.
//
// Source: https://cloud.google.com/iam/docs/principal-identifiers.
func classic(member string) string {
	rest, gone := strings.CutPrefix(member, "deleted:")
	if !strings.HasPrefix(rest, "principal") {
		return member
	}
	for _, form := range [...]struct{ long, short string }{
		{"principal://goog/subject/", "user:"},
		{"principal://iam.googleapis.com/projects/-/serviceAccounts/", "serviceAccount:"},
		{"principalSet://goog/group/", "group:"},
	} {
		if name, ok := strings.CutPrefix(rest, form.long); ok && gone {
			return "deleted:" + form.short + name
		} else if ok {
			return form.short + name
		}
	}
	if rest == "principalSet://goog/public:all" && !gone {
		return "allUsers"
	}
	return member
}

// matches says whether a member of a binding or a deny rule is, or holds, the principal; of a word for many: all of them. A no with a reason
// is a near miss.
func (p Principal) matches(member string) (found Answer, why string) {
	word, rest, _ := strings.Cut(classic(member), ":")
	switch word {
	case "allUsers":
		return answer(rest == ""), ""
	case "allAuthenticatedUsers":
		return answer(rest == "" && p.word != "allUsers" && !p.federated()), ""
	case "user", "serviceAccount":
		return p.matchesAccount(word, rest)
	case "domain":
		return p.inDomain(rest)
	case "group":
		return p.inGroup(rest)
	case "deleted":
		return p.gone(member)
	case "principal", "principalSet":
		return p.matchesIdentifier(word, rest, member)
	case "projectOwner", "projectEditor", "projectViewer":
		if p.word == "allUsers" || p.word == "allAuthenticatedUsers" {
			return No, ""
		}
		return Unsure, "who is meant by " + member + " stands in the project's policy"
	}
	return Unsure, "the member " + member + " is of a sort that is not known here"
}

func (p Principal) matchesAccount(word, address string) (Answer, string) {
	switch {
	case p.federated():
		return answer(word == "serviceAccount" && address == p.rest), ""
	case !p.account():
		return No, ""
	case p.sub != "" && address == p.sub && p.word == word:
		return Yes, ""
	case p.sub == "" && p.word == word && digits(address):
		return Unsure, "whether " + p.email + " is the account number " + address + " is not known"
	case p.email == "" && p.word == word && !digits(address) && !strings.Contains(address, "["):
		return Unsure, "the token names no email; " + word + ":" + address + " may or may not be the account " + p.sub
	case strings.EqualFold(address, p.email):
	case foldedSuffix(address, "mail.com") && mailbox(address) != "" && mailbox(address) == mailbox(p.email):
		return Unsure, word + ":" + address + " may be the same account under another spelling"
	default:
		return No, ""
	}
	if p.word != word {
		return Unsure, "the policy calls " + address + " a " + word
	}
	return Yes, ""
}

// mailbox is what an address of Gmail comes down to, "" for one that is none: dots, a tag and the two names of the domain make no other account.
func mailbox(address string) string {
	name, domain, _ := strings.Cut(strings.ToLower(address), "@")
	if domain != "gmail.com" && domain != "googlemail.com" {
		return ""
	}
	name, _, _ = strings.Cut(name, "+")
	return strings.ReplaceAll(name, ".", "")
}

// inDomain goes by hd, as Google asserts it. An address alone proves nothing: anybody may hold a consumer account under a domain's
// address. An account of another domain of the same customer is not told apart here.
func (p Principal) inDomain(domain string) (Answer, string) {
	switch {
	case p.word == "group":
		return Unsure, "whether all members of the group " + p.email + " are of " + domain + " cannot be read from a policy"
	case p.word != "user" && p.word != "domain":
		return No, ""
	case strings.EqualFold(p.domain, domain):
		return Yes, ""
	case p.domain != "":
		return Unsure, "whether " + p.domain + " and " + domain + " belong to the same customer is not known"
	case foldedSuffix(p.email, "@"+domain) || p.email == "":
		return Unsure, "whether the account belongs to " + domain + " is not known: only a token's hd claim tells, and here is no hd"
	}
	return No, ""
}

func (p Principal) inGroup(group string) (Answer, string) {
	switch {
	case p.word == "group" && strings.EqualFold(p.email, group):
		return Yes, ""
	case p.word == "allUsers" || p.word == "allAuthenticatedUsers":
		return No, ""
	}
	return Unsure, "membership of the group " + group + " cannot be read from a policy"
}

// gone is a member that was deleted.
func (p Principal) gone(member string) (Answer, string) {
	_, rest, _ := strings.Cut(classic(member), ":")
	_, rest, _ = strings.Cut(rest, ":")
	address, _, _ := strings.Cut(rest, "?")
	if p.email != "" && strings.EqualFold(address, p.email) {
		return No, member + " is an account that is gone: it grants nothing to one made again under the same address"
	}
	return No, ""
}

// matchesIdentifier is for identifiers that have no older form. Those of pools hold no Google ID token; the sets of a customer's or a
// project's accounts are another thing.
func (p Principal) matchesIdentifier(word, rest, member string) (Answer, string) {
	switch {
	case p.word == word && p.rest == rest:
		return Yes, ""
	case p.word == "allUsers" || p.word == "allAuthenticatedUsers":
		return No, ""
	case p.federated():
		return No, ""
	case strings.HasPrefix(rest, "//iam.googleapis.com/") && strings.Contains(rest, "Pools/"):
		return No, ""
	case p.word == "user" && strings.HasPrefix(rest, "//cloudresourcemanager.googleapis.com/") && strings.Contains(rest, "/type/Service"):
		return No, ""
	}
	return Unsure, "whether the account is one of " + member + " cannot be read from a policy"
}

func foldedSuffix(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}
