package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"testing"
)

// The keys of RFC 7515, A.2 and A.3, private parts included: public knowledge, and the same in every run.
const (
	rfcN = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
	rfcD = "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ"
	rfcP = "4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc"
	rfcX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
	rfcY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
	rfcE = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"

	// rfcJWKS publishes both under the ids that the tests use.
	rfcJWKS = `{"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":"rsa1","n":"` + rfcN + `","e":"AQAB"},` +
		`{"kty":"EC","use":"sig","alg":"ES256","crv":"P-256","kid":"ec1","x":"` + rfcX + `","y":"` + rfcY + `"}]}`
)

func b64(data string) string { return base64.RawURLEncoding.EncodeToString([]byte(data)) }

func unb64(tb testing.TB, s string) []byte {
	tb.Helper()
	data, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func number(tb testing.TB, s string) *big.Int {
	tb.Helper()
	return new(big.Int).SetBytes(unb64(tb, s))
}

// rsaSigner is the key of A.2.
func rsaSigner(tb testing.TB) *rsa.PrivateKey {
	tb.Helper()
	n, p := number(tb, rfcN), number(tb, rfcP)
	k := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: n, E: 65537},
		D:         number(tb, rfcD),
		Primes:    []*big.Int{p, new(big.Int).Div(n, p)},
	}
	k.Precompute()
	if err := k.Validate(); err != nil {
		tb.Fatal(err)
	}
	return k
}

// ecSigner is the key of A.3.
func ecSigner(tb testing.TB) *ecdsa.PrivateKey {
	tb.Helper()
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), unb64(tb, rfcE))
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

// mintRS256 signs header and claims, as they stand, with the key rsa1.
func mintRS256(tb testing.TB, header, claims string) string {
	tb.Helper()
	input := b64(header) + "." + b64(claims)
	digest := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(nil, rsaSigner(tb), crypto.SHA256, digest[:])
	if err != nil {
		tb.Fatal(err)
	}
	return input + "." + b64(string(signature))
}

// mintES256 signs header and claims, as they stand, with the key ec1.
func mintES256(tb testing.TB, header, claims string) string {
	tb.Helper()
	input := b64(header) + "." + b64(claims)
	digest := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(nil, ecSigner(tb), digest[:])
	if err != nil {
		tb.Fatal(err)
	}
	raw := make([]byte, 64)
	r.FillBytes(raw[:32])
	s.FillBytes(raw[32:])
	return input + "." + b64(string(raw))
}

const (
	googleHeader = `{"alg":"RS256","kid":"rsa1","typ":"JWT"}`
	googleClaims = `{"iss":"https://accounts.google.com","aud":"https://shop-api-4242.europe-west1.run.app","azp":"112233445566778899001","sub":"112233445566778899001",` +
		`"email":"caller@acme-prod.iam.gserviceaccount.com","email_verified":true,"iat":1700000000,"exp":1700003600}`
	iapHeader = `{"alg":"ES256","kid":"ec1","typ":"JWT"}`
	iapClaims = `{"iss":"https://cloud.google.com/iap","aud":"/projects/4242/locations/europe-west1/services/shop-api","sub":"accounts.google.com:1122","email":"a@example.com","iat":1700000000,"exp":1700000600}`
)

// googleToken is a service account's ID token, whole and well signed.
func googleToken(tb testing.TB) string {
	tb.Helper()
	return mintRS256(tb, googleHeader, googleClaims)
}

func stdBase64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// utf16LE is ASCII as PowerShell writes it to a file.
func utf16LE(ascii string) string {
	out := []byte{0xFF, 0xFE}
	for i := range len(ascii) {
		out = append(out, ascii[i], 0)
	}
	return string(out)
}

// rfcKeys holds both keys at the address of every issuer.
func rfcKeys(tb testing.TB) Keys {
	tb.Helper()
	set, err := ParseKeys([]byte(rfcJWKS))
	if err != nil {
		tb.Fatal(err)
	}
	keys := Keys{}
	for _, kind := range []Kind{GoogleIDSA, FirebaseID, FirebaseSession, IAPAssertion, FirebaseAppCheck} {
		by, _ := (&Token{&sealed{&content{kind: kind}}}).issuer()
		keys[by.keys] = set
	}
	return keys
}
