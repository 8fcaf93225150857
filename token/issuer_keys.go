package token

import "strings"

// KeysOf is the name under which Keys holds the keys of an issuer, given as tokens name it in iss: their constant address, or a name for a
// service account's own, given by the account's address. It is "" where none is known here.
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
	case strings.HasSuffix(issuer, accountDomain) && isAddress(issuer):
		return accountKeys + issuer
	}
	return (&Token{&sealed{&content{kind: kind}}}).KeysURL()
}
