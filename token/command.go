package token

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// Names as Google Cloud makes them. What is not like that never reaches a command: an upper-case word stands in its place.
var (
	serviceName = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)
	regionName  = regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)+$`)
	projectName = regexp.MustCompile(`^[a-z0-9][-a-z0-9.:]{0,61}[a-z0-9]$`)
	accountName = regexp.MustCompile(`^[a-z0-9][-a-z0-9]*@[a-z0-9][-a-z0-9.]*\.gserviceaccount\.com$`)
	plainWord   = regexp.MustCompile(`^[A-Za-z0-9_./:@%+=,-]+$`)
)

// shellWord quotes foreign text for a POSIX shell, so that it stays one word whatever is in it. Text with a control character or one that changes
// how the line looks cannot be shown and copied safely; the placeholder stands in its place.
func shellWord(text, placeholder string) string {
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }) {
		return placeholder
	}
	if plainWord.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// listItem quotes one item of a flag that takes a list: gcloud splits it at commas, and takes a circumflex for another separator.
func listItem(text string) string {
	if strings.HasPrefix(text, "^") || strings.Contains(text, ",") {
		return "AUDIENCE"
	}
	return shellWord(text, "AUDIENCE")
}

func checked(name string, pattern *regexp.Regexp, placeholder string) string {
	if !pattern.MatchString(name) {
		return placeholder
	}
	return name
}

func (t *Target) service() string { return checked(t.Service, serviceName, "SERVICE") }
func (t *Target) project() string { return checked(t.Project, projectName, "PROJECT") }

// place names where the service is, as flags.
func (t *Target) place() string {
	return " --region=" + checked(t.Region, regionName, "REGION") + " --project=" + t.project()
}

// update is the command that changes the service. Nothing here runs it.
func (t *Target) update(flag string) string {
	return "gcloud run services update " + t.service() + " " + flag + t.place()
}

// invite is the command that lets a member invoke the service, without a condition. Where the policy has conditions gcloud asks for one, or without
// a terminal refuses, unless it is told that there is none.
func (t *Target) invite(member string) string {
	none := ""
	if t.conditional() {
		none = " --condition=None"
	}
	return "gcloud run services add-iam-policy-binding " + t.service() + " --member=" + shellWord(member, "MEMBER") + " --role=roles/run.invoker" + none + t.place()
}

// denyPolicies is the command that lists the deny policies of the project; folders and the organisation may have others.
func (t *Target) denyPolicies() string {
	return "gcloud iam policies list --kind=denypolicies --attachment-point=cloudresourcemanager.googleapis.com/projects/" + t.project()
}

// url is where to send a request to, quoted.
func (t *Target) url() string {
	for _, a := range t.Audiences {
		if a.Source == "url" || a.Source == "function" {
			return shellWord(a.Value, "SERVICE_URL")
		}
	}
	return "SERVICE_URL"
}

// audience is the audience to ask for, quoted.
func (t *Target) audience() string { return shellWord(t.wanted(), "SERVICE_URL") }

// mintByImpersonation is the command that prints an ID token of a service account: of the one given by its address, or of one to fill in. Without
// --include-email nobody could tell from the token which account it is.
//
// Source: https://cloud.google.com/sdk/gcloud/reference/auth/print-identity-token.
func (t *Target) mintByImpersonation(account string) string {
	return "gcloud auth print-identity-token --impersonate-service-account=" + checked(account, accountName, t.anAccount("CALLER")) + " --audiences=" + t.audience() + " --include-email"
}

// anAccount is the address of a service account of the project, with a name to fill in. A project of a domain, example.com:acme, stands in it the
// other way round.
func (t *Target) anAccount(name string) string {
	project := t.project()
	if domain, id, ok := strings.Cut(project, ":"); ok {
		project = id + "." + domain
	}
	return name + "@" + project + ".iam" + accountDomain
}

// account is the address of the service account whose token it claims to be; "" where it is nobody's, or has none.
func (t *Token) account() string {
	switch p, google := t.Principal(); {
	case google && p.word == "serviceAccount":
		return p.email
	case t.Kind() == SelfSigned:
		iss, _ := t.claims.str("iss")
		return iss
	}
	return ""
}

// mintByMetadata is the command that asks the metadata server, inside Google Cloud.
func (t *Target) mintByMetadata() string { return t.askMetadata("") }

// askMetadata is the same with more of a query: "&format=full", without which a virtual machine's token names no email.
func (t *Target) askMetadata(more string) string {
	audience := "SERVICE_URL"
	if want := t.wanted(); want != "" {
		audience = url.QueryEscape(want)
	}
	return "curl -H 'Metadata-Flavor: Google' 'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity?audience=" + audience + more + "'"
}
