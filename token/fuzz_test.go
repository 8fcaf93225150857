package token

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// FuzzRead holds that no paste makes the reader panic, that what it gives prints as a redaction, and that no error holds the input.
func FuzzRead(f *testing.F) {
	jwt := googleToken(f)
	for _, seed := range []string{
		"", jwt, "Bearer " + jwt, "Authorization: Bearer Bearer " + jwt, `curl -H "Authorization: Bearer ` + jwt + `" x`, `curl -H $'Authorization: Bearer \x41\n' x`,
		wrapAt(jwt, 80, "\r"), `{"id_token":"` + jwt + `","access_token":"ya29.a"}`, "Cookie: __session=" + jwt + "; a=b", "\x1b[200~" + jwt + "\x1b[201~",
		"“" + jwt + "”", `curl -H "Authorization: Bearer $(gcloud auth print-identity-token)" x`, "curl ^\"x^\" ^\n -H ^\"a: b^\"", utf16LE("Bearer " + jwt),
		"eyJ.eyJ.\neyJ a.b", "%42earer%20" + jwt, "\x1b]0;", "`", "'", `"`, `\`, "ZXlK", "authorization\n", "-----BEGIN ", `{"private_key"`, "Basic ", "__session=", "4/", "curl -H",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, pasted []byte) {
		tokens, err := ReadAll(pasted)
		if (err == nil) == (len(tokens) == 0) {
			t.Fatalf("%d tokens and the error %v", len(tokens), err)
		}
		if err != nil {
			return
		}
		if len(tokens) > maxTokens {
			t.Errorf("%d tokens", len(tokens))
		}
		for _, tok := range tokens {
			redactionHolds(t, tok)
			if again := Parse(tok.raw); again.kind != tok.kind || len(again.defects) != len(tok.defects) {
				t.Errorf("parsed again it is a %s, not a %s", again.kind, tok.kind)
			}
			for _, r := range tok.repairs {
				if r.ID == "" || r.Text == "" {
					t.Errorf("the repair %v says nothing", r)
				}
			}
		}
	})
}

// redactionHolds says that what is printed of a token is its redaction alone, and that looking at it does not panic.
func redactionHolds(t *testing.T, tok *Token) {
	t.Helper()
	want := tok.String()
	text, err := json.Marshal(tok)
	for name, got := range map[string]string{"%v": fmt.Sprintf("%v", tok), "%#v": fmt.Sprintf("%#v", *tok), "%x": fmt.Sprintf("%x", tok), "JSON": strings.Trim(string(text), `"`)} {
		if got != want || err != nil {
			t.Errorf("as %s it is %q, not its redaction (%v)", name, got, err)
		}
	}
	if len(tok.raw) > 24 && strings.Contains(want, tok.raw) {
		t.Error("the redaction holds the credential")
	}
	tok.Claims()
	tok.Expiry()
	tok.KeysURL()
	tok.LongLived()
	tok.Verified(nil)
}

// FuzzWrappings holds that a token is the same token however it was wrapped, at any width, in any container.
func FuzzWrappings(f *testing.F) {
	tokens := []string{googleToken(f), mintES256(f, iapHeader, iapClaims), b64(`{"alg":"none"}`) + "." + b64(`{"iss":"https://securetoken.google.com/p"}`) + "."}
	tokens = append(tokens, tokens[0][:strings.LastIndexByte(tokens[0], '.')+1]+removedSignature)
	for i := range tokens {
		for container := range uint8(14) {
			f.Add(uint8(i), container, uint8(40), uint8(container))
			f.Add(uint8(i), container, uint8(0), uint8(0))
		}
	}
	f.Fuzz(func(t *testing.T, which, container, width, breaks uint8) {
		raw := tokens[int(which)%len(tokens)]
		pasted := raw
		wrappable := true
		switch container % 14 {
		case 1:
			pasted = "Bearer " + raw
		case 2:
			pasted = "Authorization: Bearer " + raw
		case 3:
			pasted = `curl -sS -H "Authorization: Bearer ` + raw + `" https://x.run.app/`
		case 4:
			pasted = `curl -sS -H $'Authorization: Bearer ` + raw + `' https://x.run.app/`
		case 5:
			pasted, wrappable = `{"id_token":"`+raw+`"}`, false
		case 6:
			pasted = `"` + raw + `"`
		case 7:
			pasted, wrappable = strings.ReplaceAll("Bearer "+raw, " ", "%20"), false
		case 8:
			pasted, wrappable = utf16LE(raw), false
		case 9:
			pasted = "\x1b[200~" + raw + "\x1b[201~"
		case 10:
			pasted, wrappable = "Cookie: a=b; __session="+raw+"; c=d", false
		case 11:
			pasted = "export TOKEN=" + raw
		case 12:
			pasted, wrappable = stdBase64(raw), false
		case 13:
			pasted, wrappable = "the token is "+raw+" and so on", false
		}
		if width >= 40 && wrappable {
			pasted = wrapAt(pasted, int(width), []string{"\n", "\r", "\r\n", "\n  "}[int(breaks)%4])
		}
		tok, err := Read([]byte(pasted))
		if err != nil {
			t.Fatal(err)
		}
		if tok.raw != raw {
			t.Errorf("container %d, width %d, breaks %d: read %q", container%14, width, breaks%4, tok.raw)
		}
	})
}

// FuzzParse holds that no token makes the parser panic, that whatever is accepted go-jose accepts too, and that a token with a defect in its signature's
// encoding is not verified.
func FuzzParse(f *testing.F) {
	f.Add(googleHeader, googleClaims, "")
	f.Add(iapHeader, iapClaims, "")
	f.Add(`{"alg":"ES256","kid":"ec1","\u0061lg":"x"}`, ` {"iss":"https://cloud.google.com/iap"} `, "=")
	f.Add(`{"alg":"ES256","kid":"ec1","nonce":1}`, `{"iss":"https://cloud.google.com/iap","a":[{"b":"\ud83d\ude00"}]}`, ".")
	f.Add(`{"alg":"ES256","kid":"ec1"}`, "{\"a\":\"\xff\"}", "\n")
	f.Add(`{"alg":"none"}`, `{"iss":"https://securetoken.google.com/p"`, "A")
	f.Add(" ", ".", ".0")
	f.Add(`{"alg":"ES256","kid":"ec1"} {}`, `{"a":1e400,"iss":"https://cloud.google.com/iap"}`, "")
	keys := rfcKeys(f)
	f.Fuzz(func(t *testing.T, header, claims, tail string) {
		raw := mintES256(t, header, claims) + tail
		tok := Parse(raw)
		redactionHolds(t, tok)
		if len(tok.defects) == 0 && tok.kind != Unrecognised && !(json.Valid([]byte(header)) && json.Valid([]byte(claims))) {
			t.Errorf("what is no JSON is read without a defect: %q, %q", header, claims)
		}
		if acceptsAlone(tok, keys) {
			if err := secondOpinion(t, raw, tok); err != nil {
				t.Errorf("accepted here, but go-jose says: %v", err)
			}
		}
		Parse(header + tail)
		Parse(header + "." + claims + "." + tail)
	})
}

// FuzzParseKeys holds that no key set makes the reader panic, and that every key it takes can be used.
func FuzzParseKeys(f *testing.F) {
	rsaKey := rsaSigner(f)
	certificates, err := json.Marshal(map[string]string{"rsa1": certificate(f, &rsaKey.PublicKey, rsaKey)})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{rfcJWKS, string(certificates), `{"keys":[{"kty":"oct","k":"AAAA","kid":"a"}]}`, `{"keys":[{"kty":"RSA","n":"AQ","e":"Aw","kid":"a"}]}`, `{"keys":1}`, `{}`, ``, `{"a":"-----BEGIN CERTIFICATE-----\n"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		set, err := ParseKeys(body)
		if (err == nil) == (len(set.keys) == 0) {
			t.Fatalf("%d keys and the error %v", len(set.keys), err)
		}
		for _, k := range set.keys {
			if k.id == "" || k.bits == 0 || k.alg == "" {
				t.Errorf("the key %v is not whole", k)
			}
			if k.verifies("text", make([]byte, 64)) || k.verifies("text", nil) || k.verifies("text", make([]byte, 256)) {
				t.Errorf("the key %s verifies zeros", k.id)
			}
		}
	})
}
