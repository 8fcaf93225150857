package token

// Kind is what sort of credential it is: stable snake_case words.
type Kind string

// The kinds, in the order in which they are tried.
const (
	None               Kind = "none" // no credential at all
	GoogleAccess       Kind = "google_access_token"
	GoogleRefresh      Kind = "google_refresh_token"
	GoogleAuthCode     Kind = "google_auth_code"
	GoogleClientSecret Kind = "google_client_secret"
	GoogleAPIKey       Kind = "google_api_key"
	FirebaseRefresh    Kind = "firebase_refresh_token"
	Basic              Kind = "basic"
	SAML               Kind = "saml"
	PASETO             Kind = "paseto"
	PEM                Kind = "pem"
	ServiceAccountKey  Kind = "service_account_key"
	JWE                Kind = "jwe"
	GoogleIDUserGcloud Kind = "google_id_token_user_gcloud"
	GoogleIDUserADC    Kind = "google_id_token_user_adc"
	GoogleIDUser       Kind = "google_id_token_user"
	GoogleIDSA         Kind = "google_id_token_sa"
	GoogleIDSAFull     Kind = "google_id_token_sa_full"
	SelfSigned         Kind = "sa_self_signed_jwt"
	FirebaseID         Kind = "firebase_id_token"
	FirebaseEmulator   Kind = "firebase_id_token_emulator"
	FirebaseSession    Kind = "firebase_session_cookie"
	FirebaseCustom     Kind = "firebase_custom_token"
	FirebaseAppCheck   Kind = "firebase_app_check"
	IAPAssertion       Kind = "iap_assertion"
	GitHubActions      Kind = "github_actions_oidc"
	Kubernetes         Kind = "kubernetes_sa_token"
	AzureAD            Kind = "azure_ad_token"
	Okta               Kind = "okta_token"
	Auth0              Kind = "auth0_token"
	Cognito            Kind = "cognito_token"
	Apple              Kind = "apple_id_token"
	Keycloak           Kind = "keycloak_token"
	JWT                Kind = "jwt"          // some other issuer's
	Unrecognised       Kind = "unrecognised" // not a credential we know
)

// Title names the kind for people: "Firebase ID token".
func (k Kind) Title() string {
	switch k {
	case None:
		return "no credential"
	case GoogleAccess:
		return "Google access token"
	case GoogleRefresh:
		return "Google refresh token"
	case GoogleAuthCode:
		return "Google authorization code"
	case GoogleClientSecret:
		return "Google OAuth client secret"
	case GoogleAPIKey:
		return "Google API key"
	case FirebaseRefresh:
		return "Firebase refresh token"
	case Basic:
		return "Basic credentials"
	case SAML:
		return "SAML assertion"
	case PASETO:
		return "PASETO token"
	case PEM:
		return "PEM block"
	case ServiceAccountKey:
		return "service account key"
	case JWE:
		return "encrypted JWT (JWE)"
	case GoogleIDUserGcloud:
		return "Google ID token of a gcloud user"
	case GoogleIDUserADC:
		return "Google ID token of an ADC user"
	case GoogleIDUser:
		return "Google ID token of a user"
	case GoogleIDSA:
		return "Google ID token of a service account"
	case GoogleIDSAFull:
		return "Google ID token of a service account (full format)"
	case SelfSigned:
		return "self-signed service account JWT"
	case FirebaseID:
		return "Firebase ID token"
	case FirebaseEmulator:
		return "Firebase emulator token"
	case FirebaseSession:
		return "Firebase session cookie"
	case FirebaseCustom:
		return "Firebase custom token"
	case FirebaseAppCheck:
		return "Firebase App Check token"
	case IAPAssertion:
		return "IAP assertion"
	case GitHubActions:
		return "GitHub Actions OIDC token"
	case Kubernetes:
		return "Kubernetes service account token"
	case AzureAD:
		return "Microsoft Entra ID token"
	case Okta:
		return "Okta token"
	case Auth0:
		return "Auth0 token"
	case Cognito:
		return "Amazon Cognito token"
	case Apple:
		return "Apple ID token"
	case Keycloak:
		return "Keycloak token"
	case JWT:
		return "JWT"
	}
	return "not a credential we know"
}

// Google says whether the kind is an ID token signed by Google itself, the only sort that Cloud Run's own check accepts. Whether
// it is accepted from this caller is for other rules.
func (k Kind) Google() bool {
	switch k {
	case GoogleIDUserGcloud, GoogleIDUserADC, GoogleIDUser, GoogleIDSA, GoogleIDSAFull:
		return true
	}
	return false
}

// Firebase says whether the kind is an ID token or a session cookie of Firebase or Identity Platform, emulator tokens included.
func (k Kind) Firebase() bool {
	switch k {
	case FirebaseID, FirebaseEmulator, FirebaseSession:
		return true
	}
	return false
}

// LongLived says whether the kind is a secret that stays good until somebody revokes it, so that it must be rotated once it has been
// shown around. A PEM block may be a certificate, which is public: see Token.LongLived.
func (k Kind) LongLived() bool {
	switch k {
	case GoogleRefresh, GoogleClientSecret, GoogleAPIKey, FirebaseRefresh, Basic, PEM, ServiceAccountKey:
		return true
	}
	return false
}

// JWT says whether the kind is a signed JWT (JWS compact serialisation), so that the checks of format, header, signature and claims
// apply to it. An encrypted one is not.
func (k Kind) JWT() bool {
	switch k {
	case None, GoogleAccess, GoogleRefresh, GoogleAuthCode, GoogleClientSecret, GoogleAPIKey, FirebaseRefresh, Basic, SAML, PASETO, PEM, ServiceAccountKey, JWE, Unrecognised:
		return false
	}
	return true
}
