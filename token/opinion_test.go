package token

import (
	"crypto/rsa"
	"strconv"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// refusedHeaders are the header members that rules of their own refuse, so that a token that has one is not accepted however it reads.
var refusedHeaders = []string{"crit", "jwk", "jku", "x5u", "x5c"}

// acceptsAlone says whether the token is accepted by this package alone: no defect, a good signature, no header that is refused.
func acceptsAlone(t *Token, keys Keys) bool {
	for _, name := range refusedHeaders {
		if t.header.has(name) {
			return false
		}
	}
	return len(t.defects) == 0 && t.Verified(keys) == Yes
}

// secondOpinion says whether go-jose accepts the token with the public key that it names.
func secondOpinion(tb testing.TB, token string, t *Token) error {
	tb.Helper()
	jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256, jose.ES256})
	if err != nil {
		return err
	}
	kid, _ := t.header.str("kid")
	var public any = &rsaSigner(tb).PublicKey
	if kid == "ec1" {
		public = &ecSigner(tb).PublicKey
	}
	_, err = jws.Verify(public)
	return err
}

func TestWhateverIsAcceptedASecondReaderAccepts(t *testing.T) {
	keys := rfcKeys(t)
	jwt, iap := googleToken(t), mintES256(t, iapHeader, iapClaims)
	tokens := map[string]string{"a Google token": jwt, "an IAP assertion": iap}
	for name, header := range map[string]string{
		"plain": googleHeader, "with white space": ` { "alg" : "RS256" , "kid":"rsa1" } `, "with an escape": `{"\u0061lg":"RS256","kid":"rsa1"}`, "with typ as a number": `{"alg":"RS256","kid":"rsa1","typ":1}`,
		"with x5t": `{"alg":"RS256","kid":"rsa1","x5t":"AAAA"}`, "with nonce": `{"alg":"RS256","kid":"rsa1","nonce":"a"}`, "with nonce as a number": `{"alg":"RS256","kid":"rsa1","nonce":1}`,
		"with b64": `{"alg":"RS256","kid":"rsa1","b64":false}`, "with b64 as it is": `{"alg":"RS256","kid":"rsa1","b64":true}`, "with enc": `{"alg":"RS256","kid":"rsa1","enc":"A256GCM"}`,
		"with zip": `{"alg":"RS256","kid":"rsa1","zip":"DEF"}`, "with null": `{"alg":"RS256","kid":"rsa1","x":null}`, "with epk": `{"alg":"RS256","kid":"rsa1","epk":1}`, "with url as a number": `{"alg":"RS256","kid":"rsa1","url":1}`,
		"with crit": `{"alg":"RS256","kid":"rsa1","crit":["exp"],"exp":1}`, "with a jwk": `{"alg":"RS256","kid":"rsa1","jwk":{}}`, "with Alg": `{"Alg":"RS256","kid":"rsa1"}`,
		"with alg twice": `{"alg":"RS256","alg":"RS256","kid":"rsa1"}`, "with text after": `{"alg":"RS256","kid":"rsa1"} x`, "with an empty name": `{"alg":"RS256","kid":"rsa1","":1}`,
		"with b64 and p2c": `{"alg":"RS256","kid":"rsa1","p2c":"a","iv":1,"tag":1,"apu":1,"cty":1}`, "with b64 as a text": `{"alg":"RS256","kid":"rsa1","b64":"x"}`,
		"with x5t#S256 as a number": `{"alg":"RS256","kid":"rsa1","x5t#S256":1}`, "with x5t as a number": `{"alg":"RS256","kid":"rsa1","x5t":1}`,
	} {
		tokens["a header "+name] = mintRS256(t, header, googleClaims)
	}
	for name, claims := range map[string]string{
		"with white space": " " + googleClaims + "\n", "with all of JSON": strings.TrimSuffix(googleClaims, "}") + `,"a":[1,-0.5e+3,true,false,null,"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00",{},[]]}`,
		"with a name twice": strings.TrimSuffix(googleClaims, "}") + `,"exp":1}`, "with text after": googleClaims + "x",
	} {
		tokens["claims "+name] = mintRS256(t, googleHeader, claims)
	}
	for i := range iap {
		for _, c := range "A=+." {
			tokens["character "+strconv.Itoa(i)+" as "+string(c)] = iap[:i] + string(c) + iap[i+1:]
		}
	}
	for name, c := range map[string]string{"padded": jwt + "=", "with a space": jwt + " ", "with a line break": jwt + "\n", "with a dot": jwt + ".", "cut": jwt[:len(jwt)-1]} {
		tokens[name] = c
	}
	accepted := 0
	for name, token := range tokens {
		tok := Parse(token)
		if !acceptsAlone(tok, keys) {
			continue
		}
		accepted++
		if err := secondOpinion(t, token, tok); err != nil {
			t.Errorf("%s: accepted here, but go-jose says: %v", name, err)
		}
	}
	if accepted < 8 {
		t.Errorf("only %d tokens were accepted: the test compares nothing", accepted)
	}
}

// A key that this package takes from a set, go-jose takes too, and it is the same key.
func TestWhateverKeyIsUsableASecondReaderReads(t *testing.T) {
	set, err := ParseKeys([]byte(rfcJWKS))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range set.keys {
		if public, ok := k.public.(*rsa.PublicKey); ok && !public.Equal(&rsaSigner(t).PublicKey) {
			t.Errorf("the key %s is another", k.id)
		}
	}
}
