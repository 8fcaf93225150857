package token

import (
	"strings"
	"testing"
)

func TestMintedForAnotherAudience(t *testing.T) {
	target := shop(t)
	wrong, err := Read([]byte(account(set("aud", "https://shop.acme.example"))))
	if err != nil {
		t.Fatal(err)
	}
	if v := Check(wrong, target).Verdict(); v.Status != 401 || v.DecidedBy != "clm.aud" {
		t.Fatalf("with the wrong audience: %d by %s, want 401 by clm.aud", v.Status, v.DecidedBy)
	}
	supposed := wrong.MintedFor(target.Audiences[0].Value)
	if v := Check(supposed, target).Verdict(); v.Status != 200 {
		t.Errorf("had it been minted for the service: %d (%s), want 200", v.Status, v.Text)
	}
	if got := Check(wrong, target).Verdict().Status; got != 401 {
		t.Errorf("supposing changed the token itself: now %d", got)
	}
	if s := supposed.String(); strings.Contains(s, supposed.raw) {
		t.Error("the supposed token prints itself")
	}
	firebase := Parse("ya29.a0Example")
	if firebase.MintedFor("https://a.example") != nil {
		t.Error("an access token was minted for an audience")
	}
	if (*Token)(nil).MintedFor("https://a.example") != nil {
		t.Error("no token was minted for an audience")
	}
}
