package token

import "strings"

// KeysOf is the constant address of the keys of an issuer, given as tokens name it in iss; "" where none is known here. It is where Keys
// holds the set of that issuer.
func KeysOf(issuer string) string {
	kind := Unrecognised
	switch {
	case issuer == issuerGoogle, issuer == issuerGoogleV1:
		kind = GoogleIDSA
	case strings.HasPrefix(issuer, issuerFirebase):
		kind = FirebaseID
	case strings.HasPrefix(issuer, issuerSession):
		kind = FirebaseSession
	case strings.HasPrefix(issuer, issuerAppCheck):
		kind = FirebaseAppCheck
	case issuer == issuerIAP:
		kind = IAPAssertion
	}
	return (&Token{&sealed{&content{kind: kind}}}).KeysURL()
}
