package token

import "testing"

// TestKeysOfAgreesWithTheTokens: the keys of an issuer are those by which a token of that issuer is verified.
func TestKeysOfAgreesWithTheTokens(t *testing.T) {
	for issuer, known := range map[string]bool{
		"https://accounts.google.com": true, "accounts.google.com": true, "https://securetoken.google.com/acme-prod": true,
		"https://session.firebase.google.com/acme-prod": true, "https://cloud.google.com/iap": true, "https://firebaseappcheck.googleapis.com/4242": true,
		"": false, "https://accounts.google.com/": false, "https://login.microsoftonline.com/x/v2.0": false, "a@acme-prod.iam.gserviceaccount.com": true,
		"http://cloud.google.com/iap": false,
	} {
		got := KeysOf(issuer)
		if of := Parse(b64(`{"alg":"RS256","kid":"k"}`) + "." + b64(`{"iss":"`+issuer+`"}`) + ".c2ln").KeysName(); got != of {
			t.Errorf("%q: %s, while its tokens are verified by %s", issuer, got, of)
		}
		if (got != "") != known {
			t.Errorf("%q: %q", issuer, got)
		}
	}
}

func TestRepairsAreAList(t *testing.T) {
	if got := (*Token)(nil).Repairs(); got != nil {
		t.Errorf("nothing was repaired into %v", got)
	}
	tok, err := Read([]byte("Bearer " + googleToken(t)))
	if err != nil {
		t.Fatal(err)
	}
	got := tok.Repairs()
	if len(got) != 1 || got[0].ID != "in.prefix" {
		t.Fatalf("repairs %v", got)
	}
	got[0].ID = "changed"
	if tok.Repairs()[0].ID != "in.prefix" {
		t.Error("the token's own list was handed out")
	}
}
