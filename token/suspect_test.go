package token_test

import (
	"strings"
	"testing"

	"why401/token"
)

func TestOrdinaryArgumentsAreNoSecrets(t *testing.T) {
	for _, arg := range []string{
		"acme-prod", "example.com:acme-prod", "123456789012", "15m", "--demo", "--since=15m", "/home/oncall/tokens/shop-api.jwt", "token.txt", "-", "--", "",
		"/dev/fd/63", "../" + strings.Repeat("long-name/", 20),
	} {
		if token.Suspect(arg) {
			t.Errorf("%q was taken for a token", arg)
		}
	}
	for what, arg := range map[string]string{
		"the beginning of a JWT":  "eyJhbGciOi",
		"an access token":         "ya29.a0AfH6SMBx",
		"a refresh token":         "1//0gdfghjklzxcvbnm",
		"a signature":             strings.Repeat("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEj", 2),
		"a JWT in a header line":  "Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln",
		"a client secret by name": "GOCSPX-abcdefghijklmnopqrstuvwxyz12",
	} {
		if !token.Suspect(arg) {
			t.Errorf("%s may stand in a shell's history", what)
		}
	}
}

func TestPiecesOfTokensInNames(t *testing.T) {
	for _, name := range []string{
		"/home/oncall/tokens/shop-api.jwt", "/tmp/TestCheckReadsTheTargetFile1234567890/001/target.json", "my-service-account-key-2026-11.json",
		"../keys/securetoken@system.gserviceaccount.com.json", "/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/k.json", "",
	} {
		if token.HoldsPiece(name) {
			t.Errorf("%s is an ordinary name", name)
		}
	}
	for _, name := range []string{"cC4hiUPoj9Eetdgtv3hF80EG", "/tmp/cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5R/x"} {
		if !token.HoldsPiece(name) {
			t.Errorf("%s may be a piece of a token", name)
		}
	}
}
