package gcp

import "strings"

// federated is what holds of every identity of a pool.
const federated = "a federated identity; it has no Google ID token of its own to present"

// MemberMeaning says in a few words what an IAM member, of a binding or of a deny rule, means for calling a Cloud Run service, where
// its name alone misleads; "" where it says what it is.
//
// Source: https://cloud.google.com/iam/docs/principal-identifiers and https://cloud.google.com/run/docs/securing/managing-access.
func MemberMeaning(member string) string {
	kind, name, _ := strings.Cut(member, ":")
	switch kind {
	case "allUsers":
		return "anybody, without a credential"
	case "allAuthenticatedUsers":
		return "any Google account or service account, with an ID token; no Firebase user"
	case "group":
		return "its members cannot be seen from here"
	case "domain":
		return "every Google account of the domain"
	case "serviceAccount":
		if strings.HasSuffix(name, "]") { // PROJECT.svc.id.goog[NAMESPACE/NAME]
			return federated
		}
	case "deleted":
		return "grants nothing, not to a new account of the same address either"
	case "principal", "principalSet":
		return identifierMeaning(strings.TrimPrefix(name, "//"))
	case "projectOwner", "projectEditor", "projectViewer":
		return "whoever holds that basic role on the project"
	}
	return ""
}

// identifierMeaning is for the form that deny policies and pools are written in.
func identifierMeaning(name string) string {
	has := func(prefix string) bool { return strings.HasPrefix(name, prefix) }
	switch {
	case has("goog/subject/"), has("iam.googleapis.com/projects/-/serviceAccounts/"):
		return ""
	case has("goog/group/"):
		return MemberMeaning("group:")
	case name == "goog/public:all":
		return MemberMeaning("allUsers")
	case has("goog/cloudIdentityCustomerId/"):
		return "every account of that customer of Google Workspace or Cloud Identity"
	case has("cloudresourcemanager.googleapis.com/") && strings.HasSuffix(name, "/type/ServiceAccount"):
		return "every service account in it"
	case has("cloudresourcemanager.googleapis.com/") && strings.HasSuffix(name, "/type/ServiceAgent"):
		return "every service agent of Google's in it"
	case has("cloudresourcemanager.googleapis.com/"):
		return "every identity that belongs to it"
	case has("iam.googleapis.com/") && strings.Contains(name, "Pools/"):
		return federated
	}
	return "an identity of a sort that is not known here"
}
