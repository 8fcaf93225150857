package token

import (
	"fmt"
	"strings"
	"testing"
)

func TestClaimsStandInAFixedOrder(t *testing.T) {
	claims := `{"x":[1, {"y": 2}],"exp":1700003600.5,"email_verified":true,"sub":"s","email":"a@example.com","aud":["a", "b"],"iss":"i\u0007","note":null,"iat":1,"azp":"z"}`
	header := `{"typ":"JWT","x5t":"t","kid":"k","alg":"RS256"}`
	var got []string
	for _, c := range Parse(b64(header) + "." + b64(claims) + ".c2lnbmF0dXJl").Claims() {
		where := ""
		if c.Header {
			where = "header "
		}
		got = append(got, where+c.Name+"="+c.Value)
	}
	want := "iss=i\a|aud=[\"a\",\"b\"]|azp=z|sub=s|email=a@example.com|email_verified=true|exp=1700003600.5|iat=1|x=[1,{\"y\":2}]|note=null|header alg=RS256|header kid=k|header typ=JWT|header x5t=t"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("claims\n%q\nwant\n%q", s, want)
	}
}

func TestClaimsShowNoCredential(t *testing.T) {
	inner := mintES256(t, iapHeader, iapClaims)
	outer := mintRS256(t, googleHeader, `{"iss":"a","idp":"`+inner+`","list":["x","ya29.a0AfH6SMBxSecret"],"deep":{"a":{"b":"Basic c2VjcmV0OnB3"}},"site":"https://example.com/a.b.c"}`)
	tok := Parse(outer)
	text := fmt.Sprint(tok.Claims())
	for name, secret := range map[string]string{
		"the signature": tok.segments[2][:40], "a token inside": inner[len(inner)-40:], "a token in a list": "a0AfH6SMBx", "a password further down": "c2VjcmV0",
	} {
		if strings.Contains(text, secret) {
			t.Errorf("the claims show %s", name)
		}
	}
	if !strings.Contains(text, "iap_assertion, ") || !strings.Contains(text, "https://example.com/a.b.c") {
		t.Errorf("the claims are %s", text)
	}
}

func TestExpiry(t *testing.T) {
	for exp, want := range map[string]int64{"1700000000": 1700000000, "0": 0, "-1": -1} {
		if at, ok := Parse(b64(googleHeader) + "." + b64(`{"exp":`+exp+`}`) + ".AAAA").Expiry(); !ok || at.Unix() != want {
			t.Errorf("exp %s is %v, %v", exp, at, ok)
		}
	}
	for _, exp := range []string{`"1700000000"`, "1.7e9", "1700000000.5", "null", "99999999999999999999"} {
		if at, ok := Parse(b64(googleHeader) + "." + b64(`{"exp":`+exp+`}`) + ".AAAA").Expiry(); ok {
			t.Errorf("exp %s is %v", exp, at)
		}
	}
}
