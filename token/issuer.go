package token

import "strings"

// issuer is one issuer whose tokens this package can verify: how it is recognised, and what is fixed for it.
type issuer struct {
	name string // as in "a key of …": "Google", "Firebase", "Firebase (session cookies)", "the account"
	alg  string // "RS256" or "ES256"
	keys string // the name under which Keys holds its keys: the constant address, or accountKeys and a service account
	own  bool   // the keys are a service account's own: nobody fetches them, and they are only tried where somebody asks for it
}

// accountKeys begins the name under which Keys holds a service account's own keys. It is no address.
const accountKeys = "keys of "

// issuer is the issuer that the token claims; ok is false where we know no keys for it: nobody signs an emulator's token.
func (t *Token) issuer() (issuer, bool) {
	switch k := t.Kind(); {
	case k.Google():
		return issuer{name: "Google", alg: "RS256", keys: "https://www.googleapis.com/oauth2/v3/certs"}, true
	case k == FirebaseID:
		return issuer{name: "Firebase", alg: "RS256", keys: "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com"}, true
	case k == FirebaseSession:
		return issuer{name: "Firebase (session cookies)", alg: "RS256", keys: "https://www.googleapis.com/identitytoolkit/v3/relyingparty/publicKeys"}, true
	case k == IAPAssertion:
		return issuer{name: "IAP", alg: "ES256", keys: "https://www.gstatic.com/iap/verify/public_key-jwk"}, true
	case k == FirebaseAppCheck:
		return issuer{name: "Firebase App Check", alg: "RS256", keys: "https://firebaseappcheck.googleapis.com/v1/jwks"}, true
	case k == SelfSigned || k == FirebaseCustom:
		if iss, _ := t.claims.str("iss"); strings.HasSuffix(iss, accountDomain) {
			return issuer{name: "the account", alg: "RS256", keys: accountKeys + iss, own: true}, true
		}
	}
	return issuer{}, false
}

// signer is the issuer, as far as its keys are to be had: a service account's own count only where they are at hand.
func (t *Token) signer(keys Keys) (issuer, bool) {
	by, ok := t.issuer()
	if by.own && len(keys[by.keys].keys) == 0 {
		return issuer{}, false
	}
	return by, ok
}

// KeysName is the name under which Keys holds the keys that verify this token, by its claimed issuer; "" where no keys do. It is KeysURL, or
// for what a service account has signed itself a name for the account's own keys.
func (t *Token) KeysName() string {
	by, _ := t.issuer()
	return by.keys
}

// KeysURL is the constant address of the keys that verify this token, by its claimed issuer; "" where there are none to fetch. Nothing of it comes
// from the token, whose jku, jwk and x5u are never followed.
func (t *Token) KeysURL() string {
	by, _ := t.issuer()
	if by.own {
		return ""
	}
	return by.keys
}
