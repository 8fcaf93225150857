package token

import (
	"encoding/base64"
	"net/url"
	"strings"
)

const (
	// gcloudClient is the OAuth client of gcloud, adcClient that of gcloud's application-default login; both are public constants of the Cloud SDK.
	gcloudClient = "32555940559.apps.googleusercontent.com"
	adcClient    = "764086051850-6qr4p6gpi6hn506pt8ejuq83di341hur.apps.googleusercontent.com"

	// customAudience is the audience of every Firebase custom token.
	customAudience = "https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit"

	issuerGoogle   = "https://accounts.google.com"
	issuerGoogleV1 = "accounts.google.com"
	issuerFirebase = "https://securetoken.google.com/"
	issuerSession  = "https://session.firebase.google.com/"
	issuerAppCheck = "https://firebaseappcheck.googleapis.com/"
	issuerIAP      = "https://cloud.google.com/iap"
)

// byPrefix recognises the credentials that begin as no JWT does. They come first because a Google access token may have three parts
// between dots (ya29.c.…) and is no JWT.
func byPrefix(s string) (Kind, bool) {
	switch {
	case strings.HasPrefix(s, "ya29."):
		return GoogleAccess, true
	case strings.HasPrefix(s, "1//") && opaque(s[3:]):
		return GoogleRefresh, true
	case strings.HasPrefix(s, "4/") && opaque(s[2:]):
		return GoogleAuthCode, true
	case strings.HasPrefix(s, "GOCSPX-"):
		return GoogleClientSecret, true
	case strings.HasPrefix(s, "AIza") && len(s) == 39 && strings.IndexFunc(s, notBase64) < 0:
		return GoogleAPIKey, true
	case strings.HasPrefix(s, "AMf-"):
		return FirebaseRefresh, true
	case len(s) > 6 && strings.EqualFold(s[:6], "Basic "):
		return Basic, true
	case saml(s):
		return SAML, true
	case paseto(s):
		return PASETO, true
	case accountKey(s): // before PEM, since the key stands in it as a PEM block
		return ServiceAccountKey, true
	case strings.Contains(s, "-----BEGIN "):
		return PEM, true
	}
	return "", false
}

// opaque says whether s could be the rest of one of Google's opaque tokens: long, and of one word. "4/5 done" is prose.
func opaque(s string) bool {
	return len(s) >= 16 && strings.IndexFunc(s, func(r rune) bool { return notBase64(r) && r != '/' && r != '.' && r != '~' }) < 0
}

// saml says whether s is a SAML message: its XML, or that in base64 as it is sent.
func saml(s string) bool {
	if s == "" {
		return false
	}
	if s[0] == '<' {
		head := strings.ToLower(s[:min(len(s), 512)])
		return strings.HasPrefix(head, "<?xml") || strings.Contains(head, "saml")
	}
	n := min(len(s), 64) &^ 3
	if s[0] != 'P' || n < 8 || strings.Contains(s, ".") { // a token with dots is read as one, whatever its header is
		return false
	}
	head, err := base64.StdEncoding.DecodeString(s[:n])
	if err != nil || head[0] != '<' {
		return false
	}
	c := head[1]
	return c == '?' || c == '!' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// paseto says whether s begins with a version and a purpose of PASETO: v4.public.
func paseto(s string) bool {
	return len(s) > 3 && s[0] == 'v' && '1' <= s[1] && s[1] <= '4' && s[2] == '.' &&
		(strings.HasPrefix(s[3:], "public.") || strings.HasPrefix(s[3:], "local."))
}

// accountKey says whether s is, or holds, the key file of a service account, as JSON or in base64, as pipelines keep it. A broken file is as secret
// as a whole one, so the names are enough.
func accountKey(s string) bool {
	if strings.HasPrefix(s, "ey") || strings.HasPrefix(s, "ew") {
		head, _, isJWT := strings.Cut(s[:min(len(s), maxToken)], ".")
		return !isJWT && accountKeyJSON(string(looseBase64(head)))
	}
	return accountKeyJSON(s)
}

func accountKeyJSON(s string) bool {
	return strings.Contains(s, "private_key") && (strings.Contains(s, `"private_key"`) || strings.Contains(s, `\"private_key\"`)) &&
		(strings.HasPrefix(strings.TrimSpace(s), "{") || strings.Contains(s, "private_key_id") || strings.Contains(s, "service_account"))
}

// LongLived says whether the token is a secret to rotate now that it has been pasted: of a long-lived kind, and for a PEM block a private key.
func (t *Token) LongLived() bool {
	if t.Kind() == PEM {
		return strings.Contains(t.raw, "PRIVATE KEY")
	}
	return t.Kind().LongLived()
}

// byContent recognises a JWT or JWE by what its header and claims say. The result is claimed, not proven.
func (t *Token) byContent() Kind {
	if len(t.segments) == 5 && t.header.has("enc") {
		return JWE
	}
	alg, hasAlg := t.header.str("alg")
	if !hasAlg && (len(t.segments) < 2 || len(t.header.names)+len(t.claims.names) == 0) {
		return Unrecognised
	}
	iss, _ := t.claims.str("iss")
	switch {
	case iss == issuerGoogle || iss == issuerGoogleV1:
		return t.byGoogle()
	case t.customToken():
		return FirebaseCustom
	case strings.HasSuffix(iss, ".gserviceaccount.com") && !strings.Contains(iss, "/"):
		return SelfSigned
	case strings.HasPrefix(iss, issuerFirebase) && alg == "none":
		return FirebaseEmulator
	case strings.HasPrefix(iss, issuerFirebase):
		return FirebaseID
	case strings.HasPrefix(iss, issuerSession):
		return FirebaseSession
	case strings.HasPrefix(iss, issuerAppCheck):
		return FirebaseAppCheck
	case iss == issuerIAP:
		return IAPAssertion
	}
	return t.byHost(iss)
}

// byGoogle tells apart the ID tokens that Google's own issuer signs. A service account's token may name an OAuth client in aud (IAP wants that),
// so the account is looked for before a user is believed.
func (t *Token) byGoogle() Kind {
	aud, _ := t.claims.str("aud")
	azp, hasAzp := t.claims.str("azp")
	sub, _ := t.claims.str("sub")
	email, hasEmail := t.claims.str("email")
	named := strings.HasSuffix(email, accountDomain)
	hasEmail = hasEmail && email != ""
	account := named || !hasEmail && hasAzp && azp == sub && digits(azp)
	google, _ := t.claims.object("google")
	switch {
	case aud == gcloudClient && azp == aud && !named:
		return GoogleIDUserGcloud
	case aud == adcClient && azp == aud && !named:
		return GoogleIDUserADC
	case google.has("compute_engine"):
		return GoogleIDSAFull
	case account:
		return GoogleIDSA
	case strings.HasSuffix(aud, ".apps.googleusercontent.com") || hasEmail:
		return GoogleIDUser
	}
	// Neither an address nor a client: only a service account's token is minted for an audience of the caller's choice.
	return GoogleIDSA
}

// customToken says whether these are the claims of a Firebase custom token. It has the issuer of a self-signed JWT, and so is tried before it.
func (t *Token) customToken() bool {
	aud, _ := t.claims.str("aud")
	return aud == customAudience && (t.claims.has("uid") || !t.header.has("kid"))
}

// byHost recognises the issuers of others, by the host of iss.
func (t *Token) byHost(iss string) Kind {
	host, path := "", ""
	if u, err := url.Parse(iss); err == nil && u.User == nil && (u.Scheme == "https" || u.Scheme == "http") {
		host, path = strings.ToLower(u.Hostname()), u.Path
	}
	sub, _ := t.claims.str("sub")
	is := func(hosts ...string) bool {
		for _, h := range hosts {
			if host == h || strings.HasSuffix(host, "."+h) {
				return true
			}
		}
		return false
	}
	switch {
	case is("token.actions.githubusercontent.com"):
		return GitHubActions
	case host == "container.googleapis.com", iss == "kubernetes/serviceaccount", t.claims.has("kubernetes.io"),
		host == "kubernetes.default.svc", strings.HasPrefix(host, "kubernetes.default.svc."), strings.HasPrefix(sub, "system:serviceaccount:"):
		return Kubernetes
	case is("login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn", "sts.windows.net", "b2clogin.com", "ciamlogin.com"):
		return AzureAD
	case is("okta.com", "oktapreview.com", "okta-emea.com"):
		return Okta
	case is("auth0.com"):
		return Auth0
	case strings.HasPrefix(host, "cognito-idp.") && is("amazonaws.com", "amazonaws.com.cn"):
		return Cognito
	case host == "appleid.apple.com":
		return Apple
	case strings.Contains(path, "/realms/"):
		return Keycloak
	}
	return JWT
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// dash says whether r is one of the dashes that word processors and chat programs put in place of a hyphen.
func dash(r rune) bool {
	switch r {
	case '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2015', '\u2212', '\ufe58', '\ufe63', '\uff0d':
		return true
	}
	return false
}
