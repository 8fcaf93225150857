package token

import (
	"strings"
	"testing"
)

func TestKinds(t *testing.T) {
	with := func(claims string) string {
		return b64(`{"alg":"RS256","kid":"a"}`) + "." + b64(claims) + "." + strings.Repeat("A", 342)
	}
	under := func(header, claims string) string { return b64(header) + "." + b64(claims) + "." }
	google := func(rest string) string { return with(`{"iss":"https://accounts.google.com",` + rest + `}`) }
	const sub, client = "112233445566778899001", `"aud":"1234-abc.apps.googleusercontent.com"`
	cases := []struct {
		name, token string
		kind        Kind
	}{
		{"nothing", "", None},
		{"a user's access token", "ya29.a0AfH6SMBx", GoogleAccess},
		{"a service account's access token, with three parts", "ya29.c.b0AXv0zTPI.abc", GoogleAccess},
		{"a federated access token, with three parts", "ya29.d.b0AXv0zTPI.abc", GoogleAccess},
		{"a refresh token", "1//0gAbCdEfGhIjKlMnOp-q_r", GoogleRefresh},
		{"an authorization code", "4/0AX4XfWiAbCdEfGhIjKl", GoogleAuthCode},
		{"a fraction", "4/5", Unrecognised},
		{"a client secret", "GOCSPX-abcdefghijkl", GoogleClientSecret},
		{"an API key", "AIza" + strings.Repeat("x", 35), GoogleAPIKey},
		{"a word like an API key", "AIza" + strings.Repeat("x", 36), Unrecognised},
		{"a Firebase refresh token", "AMf-vBxabcdef", FirebaseRefresh},
		{"Basic", "Basic dXNlcjpwYXNz", Basic},
		{"SAML in base64", stdBase64(`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="x"/>`), SAML},
		{"SAML with a declaration", stdBase64(`<?xml version="1.0"?><saml/>`), SAML},
		{"SAML as XML", `<saml:Assertion xmlns:saml="x">`, SAML},
		{"markup where the header of a token stands", b64(`<html>not found</html>`) + "." + b64(`{"iss":"x"}`) + ".AAAA", JWT},
		{"a base64 text that is no XML", stdBase64("<3 you all so very much indeed")[:36], Unrecognised},
		{"PASETO", "v4.public.eyJzdWIiOiIxIn0.c2ln", PASETO},
		{"PASETO, encrypted", "v2.local.AAAA", PASETO},
		{"a private key", "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", PEM},
		{"a service account key", `{"type":"service_account","private_key":"x"}`, ServiceAccountKey},
		{"a service account key, whole, with the PEM block in it", `{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"}`, ServiceAccountKey},
		{"JWE", b64(`{"alg":"RSA-OAEP","enc":"A256GCM"}`) + ".a.b.c.d", JWE},

		{"gcloud", google(`"aud":"32555940559.apps.googleusercontent.com","azp":"32555940559.apps.googleusercontent.com","sub":"` + sub + `","email":"a@example.com"`), GoogleIDUserGcloud},
		{"gcloud's audience of somebody else", google(`"aud":"32555940559.apps.googleusercontent.com","azp":"` + sub + `","sub":"` + sub + `","email":"x@p.iam.gserviceaccount.com"`), GoogleIDSA},
		{"gcloud's client asking for a service account, which is no user", google(`"aud":"32555940559.apps.googleusercontent.com","azp":"32555940559.apps.googleusercontent.com","sub":"` + sub + `","email":"x@p.iam.gserviceaccount.com"`), GoogleIDSA},
		{"a service account with an empty email", google(`"aud":"https://x.run.app","azp":"` + sub + `","sub":"` + sub + `","email":""`), GoogleIDSA},
		{"application-default login", google(`"aud":"` + adcClient + `","azp":"` + adcClient + `","sub":"` + sub + `"`), GoogleIDUserADC},
		{"a user", google(client + `,"azp":"1234-abc.apps.googleusercontent.com","sub":"` + sub + `","email":"a@example.com"`), GoogleIDUser},
		{"a user of the issuer without a scheme", with(`{"iss":"accounts.google.com",` + client + `,"sub":"` + sub + `"}`), GoogleIDUser},
		{"a service account", google(`"aud":"https://x.run.app","azp":"` + sub + `","sub":"` + sub + `","email":"x@p.iam.gserviceaccount.com"`), GoogleIDSA},
		{"a service account without email", google(`"aud":"https://x.run.app","azp":"` + sub + `","sub":"` + sub + `"`), GoogleIDSA},
		{"a service account for IAP's client", google(client + `,"azp":"` + sub + `","sub":"` + sub + `","email":"x@p.iam.gserviceaccount.com"`), GoogleIDSA},
		{"the default service account", google(`"aud":"https://x.run.app","sub":"` + sub + `","email":"1234-compute@developer.gserviceaccount.com"`), GoogleIDSA},
		{"a service account of the metadata server, in full", google(`"aud":"https://x.run.app","azp":"` + sub + `","sub":"` + sub + `","email":"x@p.iam.gserviceaccount.com","google":{"compute_engine":{"project_id":"p"}}`), GoogleIDSAFull},
		{"an email that only ends like a service account's", google(client + `,"sub":"` + sub + `","email":"x@evilgserviceaccount.com"`), GoogleIDUser},
		{"self-signed", with(`{"iss":"x@p.iam.gserviceaccount.com","sub":"x@p.iam.gserviceaccount.com","aud":"https://run.googleapis.com/"}`), SelfSigned},
		{"self-signed for a token", with(`{"iss":"x@p.iam.gserviceaccount.com","aud":"https://oauth2.googleapis.com/token","target_audience":"https://x.run.app"}`), SelfSigned},

		{"Firebase", with(`{"iss":"https://securetoken.google.com/acme","aud":"acme","firebase":{"sign_in_provider":"password"}}`), FirebaseID},
		{"the Firebase emulator", under(`{"alg":"none"}`, `{"iss":"https://securetoken.google.com/acme","aud":"acme"}`), FirebaseEmulator},
		{"a Firebase session cookie", with(`{"iss":"https://session.firebase.google.com/acme","aud":"acme"}`), FirebaseSession},
		{"a Firebase custom token", under(`{"alg":"RS256"}`, `{"iss":"x@p.iam.gserviceaccount.com","sub":"x@p.iam.gserviceaccount.com","aud":"`+customAudience+`","uid":"u"}`), FirebaseCustom},
		{"Firebase App Check", with(`{"iss":"https://firebaseappcheck.googleapis.com/4242","aud":["projects/4242","projects/acme"]}`), FirebaseAppCheck},
		{"IAP", with(`{"iss":"https://cloud.google.com/iap","aud":"/projects/1/apps/a"}`), IAPAssertion},
		{"an issuer that only begins like IAP", with(`{"iss":"https://cloud.google.com/iap.example.com"}`), JWT},
		{"an issuer that only begins like Google", with(`{"iss":"https://accounts.google.com.example.com"}`), JWT},
		{"an issuer that only begins like Firebase", with(`{"iss":"https://securetoken.google.com.example.com/acme"}`), JWT},

		{"GitHub Actions", with(`{"iss":"https://token.actions.githubusercontent.com"}`), GitHubActions},
		{"GitHub Actions of an enterprise", with(`{"iss":"https://token.actions.githubusercontent.com/acme"}`), GitHubActions},
		{"GKE", with(`{"iss":"https://container.googleapis.com/v1/projects/p/locations/l/clusters/c"}`), Kubernetes},
		{"Kubernetes", with(`{"iss":"https://kubernetes.default.svc.cluster.local","kubernetes.io":{}}`), Kubernetes},
		{"Kubernetes, of old", with(`{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:a:b"}`), Kubernetes},
		{"EKS", with(`{"iss":"https://oidc.eks.eu-west-1.amazonaws.com/id/A","sub":"system:serviceaccount:a:b"}`), Kubernetes},
		{"Azure AD", with(`{"iss":"https://login.microsoftonline.com/t/v2.0"}`), AzureAD},
		{"Azure AD, version 1", with(`{"iss":"https://sts.windows.net/t/"}`), AzureAD},
		{"Azure AD B2C", with(`{"iss":"https://acme.b2clogin.com/t/v2.0/"}`), AzureAD},
		{"Okta", with(`{"iss":"https://acme.okta.com/oauth2/default"}`), Okta},
		{"Auth0", with(`{"iss":"https://acme.eu.auth0.com/"}`), Auth0},
		{"Cognito", with(`{"iss":"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A"}`), Cognito},
		{"Apple", with(`{"iss":"https://appleid.apple.com"}`), Apple},
		{"Keycloak", with(`{"iss":"https://sso.example.com/realms/acme"}`), Keycloak},
		{"a host that only ends like Okta's", with(`{"iss":"https://evilokta.com"}`), JWT},
		{"a host behind a user name", with(`{"iss":"https://acme.okta.com@example.com/"}`), JWT},
		{"somebody else", with(`{"iss":"https://example.com"}`), JWT},
		{"no issuer", with(`{}`), JWT},
		{"an issuer that is a list", with(`{"iss":["https://accounts.google.com"]}`), JWT},
		{"a header alone", b64(`{"alg":"RS256","typ":"JWT"}`), JWT},

		{"a word", "hello", Unrecognised},
		{"a host name", "www.example.com", Unrecognised},
		{"claims without their encoding", `{"iss":"https://accounts.google.com"}`, Unrecognised},
	}
	seen := map[Kind]bool{}
	for _, c := range cases {
		seen[c.kind] = true
		t.Run(c.name, func(t *testing.T) {
			if kind := Parse(c.token).Kind(); kind != c.kind {
				t.Errorf("recognised as %s, want %s", kind, c.kind)
			}
		})
	}
	for _, k := range allKinds {
		if !seen[k] {
			t.Errorf("no case is a %s", k)
		}
	}
}

var allKinds = []Kind{None, GoogleAccess, GoogleRefresh, GoogleAuthCode, GoogleClientSecret, GoogleAPIKey, FirebaseRefresh, Basic, SAML, PASETO, PEM, ServiceAccountKey, JWE,
	GoogleIDUserGcloud, GoogleIDUserADC, GoogleIDUser, GoogleIDSA, GoogleIDSAFull, SelfSigned, FirebaseID, FirebaseEmulator, FirebaseSession, FirebaseCustom, FirebaseAppCheck,
	IAPAssertion, GitHubActions, Kubernetes, AzureAD, Okta, Auth0, Cognito, Apple, Keycloak, JWT, Unrecognised}

func TestEveryKindHasATitleOfItsOwn(t *testing.T) {
	titles := map[string]Kind{}
	for _, k := range allKinds {
		title := k.Title()
		if other, twice := titles[title]; twice || title == "" || strings.Contains(title, "_") {
			t.Errorf("%s and %s are both called %q", k, other, title)
		}
		titles[title] = k
	}
}

func TestWhichSecretsAreLongLived(t *testing.T) {
	for token, want := range map[string]bool{
		"1//0gAbCdEfGhIjKlMnOp": true, "GOCSPX-a": true, "AMf-a": true, "Basic dXNlcjpwYXNz": true, "AIza" + strings.Repeat("x", 35): true,
		"-----BEGIN RSA PRIVATE KEY-----": true, "-----BEGIN CERTIFICATE-----": false, `{"private_key":"x"}`: true,
		"ya29.a0AfH6SMBx": false, "4/0AX4XfWiAbCdEfGhIjKl": false, "hello": false, googleToken(t): false,
	} {
		if got := Parse(token).LongLived(); got != want {
			t.Errorf("a %s: long-lived is %v", Parse(token).Kind(), got)
		}
	}
}

func TestKeysComeFromConstantAddressesOnly(t *testing.T) {
	for claims, want := range map[string]string{
		`"iss":"https://accounts.google.com"`:                  "https://www.googleapis.com/oauth2/v3/certs",
		`"iss":"https://securetoken.google.com/p"`:             "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com",
		`"iss":"https://session.firebase.google.com/p"`:        "https://www.googleapis.com/identitytoolkit/v3/relyingparty/publicKeys",
		`"iss":"https://cloud.google.com/iap"`:                 "https://www.gstatic.com/iap/verify/public_key-jwk",
		`"iss":"https://firebaseappcheck.googleapis.com/4242"`: "https://firebaseappcheck.googleapis.com/v1/jwks",
		`"iss":"x@p.iam.gserviceaccount.com"`:                  "",
		`"iss":"https://example.com"`:                          "",
		`"jku":"https://example.com/keys"`:                     "",
	} {
		header := `{"alg":"RS256","kid":"a","jku":"https://example.com/keys","x5u":"https://example.com/cert"}`
		if got := Parse(b64(header) + "." + b64("{"+claims+"}") + ".AAAA").KeysURL(); got != want {
			t.Errorf("keys for %s from %q, want %q", claims, got, want)
		}
	}
	if got := Parse(b64(`{"alg":"none"}`) + "." + b64(`{"iss":"https://securetoken.google.com/p"}`) + ".").KeysURL(); got != "" {
		t.Errorf("keys for a token of the emulator from %q", got)
	}
}
