package gcp

import "strings"

// MemberMeaning says in a few words what an IAM member means for calling a Cloud Run service, where its name alone misleads;
// "" where it says what it is.
//
// Source: https://cloud.google.com/iam/docs/principals-overview and https://cloud.google.com/run/docs/securing/managing-access.
func MemberMeaning(member string) string {
	kind, _, _ := strings.Cut(member, ":")
	switch kind {
	case "allUsers":
		return "anybody, without a credential"
	case "allAuthenticatedUsers":
		return "any Google account or service account, with an ID token; no Firebase user"
	case "group":
		return "its members cannot be seen from here"
	case "domain":
		return "every Google account of the domain"
	case "deleted":
		return "grants nothing, not to a new account of the same address either"
	case "principal", "principalSet":
		return "a federated identity; it has no Google ID token of its own to present"
	case "projectOwner", "projectEditor", "projectViewer":
		return "whoever holds that basic role on the project"
	}
	return ""
}
