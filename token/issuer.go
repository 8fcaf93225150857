package token

// issuer is one issuer whose tokens this package can verify: how it is recognised, and what is fixed for it.
type issuer struct {
	name string // "Google", "Firebase", "session cookie", "IAP", "App Check"
	alg  string // "RS256" or "ES256"
	keys string // the constant address
}

// issuer is the issuer that the token claims; ok is false where we know no keys for it: nobody signs an emulator's token, and the keys of a service
// account are the account's own.
func (t *Token) issuer() (issuer, bool) {
	switch k := t.Kind(); {
	case k.Google():
		return issuer{"Google", "RS256", "https://www.googleapis.com/oauth2/v3/certs"}, true
	case k == FirebaseID:
		return issuer{"Firebase", "RS256", "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com"}, true
	case k == FirebaseSession:
		return issuer{"session cookie", "RS256", "https://www.googleapis.com/identitytoolkit/v3/relyingparty/publicKeys"}, true
	case k == IAPAssertion:
		return issuer{"IAP", "ES256", "https://www.gstatic.com/iap/verify/public_key-jwk"}, true
	case k == FirebaseAppCheck:
		return issuer{"App Check", "RS256", "https://firebaseappcheck.googleapis.com/v1/jwks"}, true
	}
	return issuer{}, false
}

// KeysURL is the constant address of the keys that verify this token, by its claimed issuer; "" where there are none to fetch. Nothing of it comes
// from the token, whose jku, jwk and x5u are never followed.
func (t *Token) KeysURL() string {
	by, _ := t.issuer()
	return by.keys
}
