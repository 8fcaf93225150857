package token

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
)

// certificate wraps a public key as Google publishes them: signed by itself, its dates long past.
func certificate(tb testing.TB, public, private any) string {
	tb.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2001, 1, 2, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		tb.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestParseKeys(t *testing.T) {
	rsaJWK := `{"kty":"RSA","use":"sig","alg":"RS256","kid":"a","n":"` + rfcN + `","e":"AQAB"}`
	ecJWK := `{"kty":"EC","use":"sig","alg":"ES256","crv":"P-256","kid":"b","x":"` + rfcX + `","y":"` + rfcY + `"}`
	with := func(jwk, old, to string) string { return strings.Replace(jwk, old, to, 1) }
	small := b64(strings.Repeat("\xff", 255) + "\xff")[:170]
	rsaKey, ecKey := rsaSigner(t), ecSigner(t)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	quote := func(s string) string {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	rsaCert, ecCert := quote(certificate(t, &rsaKey.PublicKey, rsaKey)), quote(certificate(t, &ecKey.PublicKey, ecKey))
	cases := []struct {
		name string
		body string
		ids  string // "" where the set is refused
	}{
		{"an RSA key", `{"keys":[` + rsaJWK + `]}`, "a"},
		{"a P-256 key", `{"keys":[` + ecJWK + `]}`, "b"},
		{"both, in their order", `{"keys":[` + ecJWK + `,` + rsaJWK + `]}`, "b a"},
		{"members that nobody knows", `{"keys":[` + with(rsaJWK, `"kid"`, `"x5t":"x","kid"`) + `],"next":1}`, "a"},
		{"a key without alg and use", `{"keys":[` + with(with(rsaJWK, `"use":"sig",`, ""), `"alg":"RS256",`, "") + `]}`, "a"},
		{"a key with key_ops", `{"keys":[` + with(rsaJWK, `"use":"sig"`, `"key_ops":["verify"]`) + `]}`, "a"},
		{"a certificate of an RSA key", `{"c":` + rsaCert + `}`, "c"},
		{"a certificate of a P-256 key", `{"c":` + ecCert + `,"d":` + rsaCert + `}`, "c d"},

		{"a key for encryption is left out", `{"keys":[` + with(rsaJWK, `"sig"`, `"enc"`) + `,` + ecJWK + `]}`, "b"},
		{"a key whose use is no string is left out", `{"keys":[` + with(rsaJWK, `"sig"`, `1`) + `,` + ecJWK + `]}`, "b"},
		{"a key for other operations is left out", `{"keys":[` + with(rsaJWK, `"use":"sig"`, `"key_ops":["encrypt"]`) + `,` + ecJWK + `]}`, "b"},
		{"a key of RS512 is left out", `{"keys":[` + with(rsaJWK, `RS256`, `RS512`) + `,` + ecJWK + `]}`, "b"},
		{"an RSA key that claims ES256 is left out", `{"keys":[` + with(rsaJWK, `RS256`, `ES256`) + `,` + ecJWK + `]}`, "b"},
		{"a key without kid is left out", `{"keys":[` + with(rsaJWK, `"kid":"a",`, ``) + `,` + ecJWK + `]}`, "b"},
		{"a key of another kty is left out", `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"x","x":"AA"},` + ecJWK + `]}`, "b"},
		{"what is no object is left out", `{"keys":[1,null,"a",[],` + ecJWK + `]}`, "b"},
		{"a short RSA key is left out", `{"keys":[` + with(rsaJWK, rfcN, small) + `,` + ecJWK + `]}`, "b"},
		{"a huge RSA key is left out", `{"keys":[` + with(rsaJWK, rfcN, b64(strings.Repeat("\xff", 1025))) + `,` + ecJWK + `]}`, "b"},
		{"an even RSA key is left out", `{"keys":[` + with(rsaJWK, rfcN, b64(strings.Repeat("\xff", 255)+"\xfe")) + `,` + ecJWK + `]}`, "b"},
		{"an RSA key with a zero in front is left out", `{"keys":[` + with(rsaJWK, rfcN, b64("\x00"+string(unb64(t, rfcN)))) + `,` + ecJWK + `]}`, "b"},
		{"exponent 1 is left out", `{"keys":[` + with(rsaJWK, "AQAB", "AQ") + `,` + ecJWK + `]}`, "b"},
		{"an even exponent is left out", `{"keys":[` + with(rsaJWK, "AQAB", "BA") + `,` + ecJWK + `]}`, "b"},
		{"an exponent of five bytes is left out", `{"keys":[` + with(rsaJWK, "AQAB", "AQAAAAE") + `,` + ecJWK + `]}`, "b"},
		{"padding is left out", `{"keys":[` + with(rsaJWK, "AQAB", "AQ==") + `,` + ecJWK + `]}`, "b"},
		{"a line break in a number is left out", `{"keys":[` + with(rsaJWK, "AQAB", `AQ\nAB`) + `,` + ecJWK + `]}`, "b"},
		{"another curve is left out", `{"keys":[` + with(ecJWK, "P-256", "P-384") + `,` + rsaJWK + `]}`, "a"},
		{"a point off the curve is left out", `{"keys":[` + with(ecJWK, rfcY, rfcX) + `,` + rsaJWK + `]}`, "a"},
		{"a short coordinate is left out", `{"keys":[` + with(ecJWK, rfcX, rfcX[:42]) + `,` + rsaJWK + `]}`, "a"},
		{"a certificate of P-384 is left out", `{"c":` + quote(certificate(t, &p384.PublicKey, p384)) + `,"d":` + ecCert + `}`, "d"},
		{"what is no certificate is left out", `{"a":"hello","b":1,"c":"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n","d":` + ecCert + `}`, "d"},

		{"nothing", ``, ""},
		{"an empty set", `{"keys":[]}`, ""},
		{"no usable key", `{"keys":[` + with(rsaJWK, `"sig"`, `"enc"`) + `]}`, ""},
		{"keys that are no list", `{"keys":{}}`, ""},
		{"a page of a proxy", `<html><body>sign in</body></html>`, ""},
		{"text after the set", `{"keys":[` + rsaJWK + `]} x`, ""},
		{"a set that ends early", `{"keys":[` + rsaJWK, ""},
		{"a name twice", `{"keys":[` + with(rsaJWK, `"kid":"a"`, `"kid":"a","kid":"b"`) + `]}`, ""},
		{"two keys of one id", `{"keys":[` + rsaJWK + `,` + with(ecJWK, `"b"`, `"a"`) + `]}`, "a a"},
		{"one key twice", `{"keys":[` + rsaJWK + `,` + ecJWK + `,` + rsaJWK + `]}`, "a b"},
		{"a private RSA key", `{"keys":[` + with(rsaJWK, `"e"`, `"d":"`+rfcD+`","e"`) + `,` + ecJWK + `]}`, ""},
		{"a private P-256 key", `{"keys":[` + with(ecJWK, `"x"`, `"d":"`+rfcE+`","x"`) + `,` + rsaJWK + `]}`, ""},
		{"a symmetric key", `{"keys":[{"kty":"oct","kid":"x","k":"AAAA"},` + rsaJWK + `]}`, ""},
		{"more than 1 MiB", `{"keys":[` + rsaJWK + `]}` + strings.Repeat(" ", maxKeys), ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			set, err := ParseKeys([]byte(c.body))
			if got := strings.Join(set.IDs(), " "); got != c.ids || (err == nil) != (c.ids != "") {
				t.Fatalf("keys %q, %v, want %q", got, err, c.ids)
			}
			if err != nil && (!strings.HasPrefix(err.Error(), "read key set: ") || !strings.Contains(err.Error(), ";")) {
				t.Errorf("the error does not say what was done and what to do next: %v", err)
			}
			for _, k := range set.keys {
				_, isRSA := k.public.(*rsa.PublicKey)
				if isRSA && (k.alg != "RS256" || k.bits != 2048) || !isRSA && (k.alg != "ES256" || k.bits != 256) {
					t.Errorf("the key %s is for %s with %d bits", k.id, k.alg, k.bits)
				}
			}
		})
	}
}

func TestBothFormsHoldTheSameKeys(t *testing.T) {
	rsaKey, ecKey := rsaSigner(t), ecSigner(t)
	certificates, err := json.Marshal(map[string]string{"rsa1": certificate(t, &rsaKey.PublicKey, rsaKey), "ec1": certificate(t, &ecKey.PublicKey, ecKey)})
	if err != nil {
		t.Fatal(err)
	}
	a, errA := ParseKeys(certificates)
	b, errB := ParseKeys([]byte(rfcJWKS))
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	ids := a.IDs()
	slices.Sort(ids)
	if !slices.Equal(ids, []string{"ec1", "rsa1"}) {
		t.Fatalf("ids %v", ids)
	}
	for _, id := range ids {
		ka, _ := a.byID(id)
		kb, _ := b.byID(id)
		public, ok := ka.public.(interface{ Equal(x any) bool })
		if !ok {
			switch public := ka.public.(type) {
			case *rsa.PublicKey:
				ok = public.Equal(kb.public)
			case *ecdsa.PublicKey:
				ok = public.Equal(kb.public)
			}
		} else {
			ok = public.Equal(kb.public)
		}
		if !ok {
			t.Errorf("the key %s differs", id)
		}
	}
}
