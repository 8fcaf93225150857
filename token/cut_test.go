package token

import (
	"strings"
	"testing"
)

// TestWhatWasCutOffIsUnknown: of claims that end early nothing is said that the rest could have changed.
func TestWhatWasCutOffIsUnknown(t *testing.T) {
	whole := account()
	header, rest, _ := strings.Cut(whole, ".")
	for _, keep := range []int{40, 80, 120} {
		cut := header + "." + rest[:keep]
		token, err := Read([]byte(cut))
		if err != nil {
			t.Fatal(err)
		}
		report := Check(token, shop(t))
		if got := report.Find("in.truncated").Status; got != Fail {
			t.Errorf("%d characters of the claims: in.truncated is %v, want fail", keep, got)
		}
		for _, id := range []string{"clm.exp", "clm.sub", "clm.email", "clm.iat", "iam.binding"} {
			if claim := claimOf(id); token.claims.has(claim) {
				continue
			}
			if f := report.Find(id); f.Status != Unknown && f.Status != Skip {
				t.Errorf("%d characters of the claims: %s is %v (%s), want unknown", keep, id, f.Status, f.Got)
			}
		}
	}
	for _, mark := range []string{"…", "...", "***"} {
		token, err := Read([]byte(header + "." + rest[:40] + mark))
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"clm.aud", "clm.exp"} {
			if f := Check(token, shop(t)).Find(id); f.Status != Unknown && f.Status != Skip {
				t.Errorf("claims shortened by %s: %s is %v (%s), want unknown", mark, id, f.Status, f.Got)
			}
		}
	}
	token, err := Read([]byte(account(drop("exp"))))
	if err != nil {
		t.Fatal(err)
	}
	if f := Check(token, shop(t)).Find("clm.exp"); f.Status != Fail {
		t.Errorf("a whole token without exp: %v (%s), want fail", f.Status, f.Got)
	}
}
