package token

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestSeveralCredentials(t *testing.T) {
	jwt, iap := googleToken(t), mintES256(t, iapHeader, iapClaims)
	access := "ya29.c.b0AXv0zTPIXKyZ0123456789.abcdefghij"
	cases := []struct {
		name, paste string
		raws        []string
		sent        bool
		text        string
	}{
		{"two on two lines", jwt + "\n" + iap, []string{jwt, iap}, false, "2 credentials"},
		{"two on two lines, both wrapped", wrapAt(jwt, 80, "\n") + "\n\n" + wrapAt(iap, 80, "\n"), []string{jwt, iap}, false, ""},
		{"an access token on the line before", "ya29.a0AfB_byC3xQ7vR2mN8kLpZ4tW6uY1sD9fG5hJ0aBcDeFgHiJk\n" + jwt, []string{jwt, "ya29.a0AfB_byC3xQ7vR2mN8kLpZ4tW6uY1sD9fG5hJ0aBcDeFgHiJk"}, false, "2 credentials"},
		{"a private key below", jwt + "\n" + privateKey, []string{jwt, strings.TrimSpace(privateKey)}, false, "PEM block"},
		{"a certificate above", strings.ReplaceAll(privateKey, "PRIVATE KEY", "CERTIFICATE") + jwt, []string{jwt}, false, ""},
		{"two in a text", "old: " + iap + " new: " + jwt, []string{iap, jwt}, false, ""},
		{"one twice", jwt + "\n" + jwt, []string{jwt}, false, ""},
		{"two in one header with a comma", "Authorization: Bearer " + jwt + ", Bearer " + iap, []string{jwt, iap}, true, "2 of them in one request's Authorization header"},
		{"two in one header with a space", "Authorization: Bearer " + jwt + " " + iap, []string{jwt, iap}, true, ""},
		{"two in one header of a command", `curl -H "Authorization: Bearer ` + jwt + "," + access + `" x`, []string{jwt, access}, true, ""},
		{"two headers of one name", "authorization: Bearer " + jwt + "\nauthorization: Bearer " + iap, []string{jwt, iap}, true, ""},
		{"two headers of a command", `curl -H "Authorization: Bearer ` + jwt + `" -H "Authorization: Bearer ` + iap + `" x`, []string{jwt, iap}, true, ""},
		{"headers of two requests", "GET / HTTP/1.1\nAuthorization: Bearer " + jwt + "\n\nGET / HTTP/1.1\nAuthorization: Bearer " + iap, []string{jwt, iap}, false, ""},
		{"two requests of a HAR file", `{"log":{"entries":[{"request":{"headers":[{"name":"Authorization","value":"Bearer ` + jwt + `"}]}},{"request":{"headers":[{"name":"Authorization","value":"Bearer ` + iap + `"}]}}]}}`, []string{jwt, iap}, false, ""},
		{"one request of a HAR file", `{"headers":[{"name":"Authorization","value":"Bearer ` + jwt + `"},{"name":"authorization","value":"Bearer ` + iap + `"}]}`, []string{jwt, iap}, true, ""},
		{"two requests in JSON", `[{"headers":{"Authorization":"Bearer ` + jwt + `"}},{"headers":{"Authorization":"Bearer ` + iap + `"}}]`, []string{jwt, iap}, false, ""},
		{"one request in JSON, its header a list", `{"headers":{"Authorization":["Bearer ` + jwt + `","Bearer ` + iap + `"]}}`, []string{jwt, iap}, true, ""},
		{"two commands", "curl -H 'Authorization: Bearer " + jwt + "' x\ncurl -H 'Authorization: Bearer " + iap + "' x", []string{jwt, iap}, false, ""},
		{"the header that wins, and the other", "Authorization: Bearer " + jwt + "\nX-Serverless-Authorization: Bearer " + iap, []string{iap, jwt}, false, "Authorization is not looked at"},
		{"two of one kind in two headers", "Authorization: Bearer " + account() + "\nX-Serverless-Authorization: Bearer " + account(set("aud", "other")), nil, false,
			"(Google ID token of a service account in X-Serverless-Authorization, Google ID token of a service account in Authorization)"},
		{"two of one kind for two audiences", account() + "\n\n" + account(set("aud", "other")), nil, false, "service account for " + shopURL + ", Google ID token of a service account for other)"},
		{"two of one kind until two moments", account() + "\n\n" + account(set("exp", after(time.Minute))), nil, false, "account until 2026-11-23T14:03:11Z)"},
		{"two of one kind whose audiences are credentials", account(set("aud", access)) + "\n\n" + account(set("aud", access+"x"), set("email", "b@x.iam.gserviceaccount.com")), nil, false, "account of b@x.iam.gserviceaccount.com)"},
		{"headers of two sorts", "X-Goog-IAP-JWT-Assertion: " + iap + "\nAuthorization: Bearer " + jwt, []string{jwt, iap}, false, ""},
		{"an answer of the token endpoint", `{"access_token":"` + access + `","expires_in":3599,"refresh_token":"1//0gAbCdEfGhIjKlMnOp","id_token":"` + jwt + `"}`, []string{jwt, access, "1//0gAbCdEfGhIjKlMnOp"}, false, "3 credentials"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tokens, err := ReadAll([]byte(c.paste))
			if err != nil {
				t.Fatal(err)
			}
			var raws []string
			for _, tok := range tokens {
				raws = append(raws, tok.raw)
			}
			if c.raws == nil && len(raws) == 2 {
				c.raws = raws
			}
			if strings.Join(raws, " ") != strings.Join(c.raws, " ") {
				t.Fatalf("read\n%s\nwant\n%s", strings.Join(raws, "\n"), strings.Join(c.raws, "\n"))
			}
			found, sent, text := false, false, ""
			for _, r := range tokens[0].repairs {
				if r.ID == "in.multiple" {
					found, sent, text = true, r.Sent, r.Text
				}
			}
			if found != (len(c.raws) > 1) || sent != c.sent || !strings.Contains(text, c.text) {
				t.Errorf("in.multiple: found %v, sent %v, %q", found, sent, text)
			}
		})
	}
}

// TestOneTokenTwiceInOneHeader: two credentials in one header are refused, also where they are one and the same.
func TestOneTokenTwiceInOneHeader(t *testing.T) {
	jwt := googleToken(t)
	for name, c := range map[string]struct {
		paste string
		sent  bool
	}{
		"with a comma":            {"Authorization: Bearer " + jwt + ", Bearer " + jwt, true},
		"with a space":            {"Authorization: Bearer " + jwt + " " + jwt, true},
		"in a command":            {`curl -H "Authorization: Bearer ` + jwt + "," + jwt + `" x`, true},
		"in two headers":          {"Authorization: Bearer " + jwt + "\nAuthorization: Bearer " + jwt, true},
		"in two printed headers":  {"> GET / HTTP/1.1\n> Host: x\n> authorization: Bearer " + jwt + "\n> authorization: Bearer " + jwt, true},
		"in a header shown twice": {"* [HTTP/2] [1] [:method: GET]\n* [HTTP/2] [1] [authorization: Bearer " + jwt + "]\n> authorization: Bearer " + jwt, false},
		"in two requests":         {"GET /a HTTP/1.1\nAuthorization: Bearer " + jwt + "\n\nGET /b HTTP/1.1\nAuthorization: Bearer " + jwt, false},
		"in two headers in JSON":  {`{"headers":[{"name":"Authorization","value":"Bearer ` + jwt + `"},{"name":"authorization","value":"Bearer ` + jwt + `"}]}`, true},
		"by itself, not a header": {jwt + "\n" + jwt, false},
	} {
		got, err := Read([]byte(c.paste))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if text, sent := got.repaired("in.multiple"); sent != c.sent || (text != "") != c.sent || got.raw != jwt {
			t.Errorf("%s: sent %v, %q", name, sent, text)
		}
	}
}

func TestNoMoreThanSixteenAreListed(t *testing.T) {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "ya29.a0AfH6SMBx%04d\n\n", i)
	}
	if tokens, err := ReadAll([]byte(b.String())); err != nil || len(tokens) != maxTokens {
		t.Errorf("%d tokens, %v", len(tokens), err)
	}
}

func TestAPasteAsLongAsATerminalLineIsSuspect(t *testing.T) {
	jwt := googleToken(t)
	long := mintRS256(t, googleHeader, strings.TrimSuffix(googleClaims, "}")+`,"x":"`+strings.Repeat("y", 4000)+`"}`)
	for name, c := range map[string]struct {
		paste   string
		suspect bool
	}{
		"4095 bytes of a longer token":          {long[:4095], true},
		"4095 bytes and a line break":           {long[:4095] + "\n", true},
		"4094 bytes of a longer token":          {long[:4094], false},
		"4095 bytes with a whole token in them": {jwt + strings.Repeat(" ", 4095-len(jwt)), false},
		"4095 bytes of an access token":         {"ya29." + strings.Repeat("a", 4090), true},
	} {
		t.Run(name, func(t *testing.T) {
			tok, err := Read([]byte(c.paste))
			if err != nil {
				t.Fatal(err)
			}
			suspect := false
			for _, r := range tok.repairs {
				suspect = suspect || r.ID == "in.truncated" && strings.Contains(r.Text, "Linux terminal")
			}
			if suspect != c.suspect {
				t.Errorf("suspect is %v: %v", suspect, tok.repairs)
			}
		})
	}
}

func TestTooMuch(t *testing.T) {
	if _, err := Read([]byte(strings.Repeat("a", maxPaste))); err != nil {
		t.Errorf("1 MiB is refused: %v", err)
	}
	if _, err := Read([]byte(strings.Repeat("a", maxPaste+1))); err == nil || !strings.Contains(err.Error(), "1 MiB") {
		t.Errorf("more than 1 MiB is taken: %v", err)
	}
	tok, err := Read([]byte(googleToken(t) + strings.Repeat("A", maxToken)))
	if err != nil || defectsOf(tok) != "in.size" {
		t.Errorf("a token of more than 64 KiB: %v, defects %q", err, defectsOf(tok))
	}
}

// privateKey looks like one; its body is none.
const privateKey = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\n-----END PRIVATE KEY-----\n"

// TestAPrivateKeyInBase64: a key is as secret as its base64, in which pipelines keep it.
func TestAPrivateKeyInBase64(t *testing.T) {
	for name, c := range map[string]struct {
		paste  string
		secret bool
	}{
		"by itself":              {stdBase64(privateKey), true},
		"in a Kubernetes secret": {"data:\n  tls.key: " + stdBase64(privateKey) + "\nkind: Secret\n", true},
		"a certificate":          {stdBase64(strings.ReplaceAll(privateKey, "PRIVATE KEY", "CERTIFICATE")), false},
	} {
		got, err := Read([]byte(c.paste))
		if err != nil || got.Kind() != PEM || got.LongLived() != c.secret {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// TestASecretBesideTheTokenIsToldOf: whichever credential is judged, what stays good was pasted too.
func TestASecretBesideTheTokenIsToldOf(t *testing.T) {
	jwt := googleToken(t)
	key := "AIza" + strings.Repeat("Sy0", 11) + "Ab"
	file := `{"type":"service_account","private_key_id":"0a1b","private_key":"` + strings.ReplaceAll(privateKey, "\n", `\n`) + `","client_email":"x@p.iam.gserviceaccount.com"}`
	command := `curl -H "Authorization: Bearer ` + jwt + `" `
	for _, c := range []struct{ name, paste, alarm string }{
		{"nothing", command + "x", ""},
		{"an API key in the address", command + "'https://x.run.app/?key=" + key + "'", "Google API key"},
		{"an API key in another header", command + `-H "X-Goog-Api-Key: ` + key + `" x`, "Google API key"},
		{"a refresh token in the data", command + "-d 'grant_type=refresh_token&refresh_token=1//0gAbCdEfGhIjKlMnOpQ' x", "Google refresh token"},
		{"a client secret in the data", command + "-d client_secret=GOCSPX-abcdefghijklmnop x", "client secret"},
		{"a refresh token in the body", "POST / HTTP/1.1\nAuthorization: Bearer " + jwt + "\n\n{\"refreshToken\":\"AMf-vBxabcdef\"}", "Firebase refresh token"},
		{"a service account key in the data", command + "-d '" + file + "' x", "service account key"},
		{"a service account key on the next lines", "Authorization: Bearer " + jwt + "\n\n" + file, "service account key"},
		{"a service account key before it", file + "\n" + jwt, "service account key"},
		{"a private key that is cut off", command + "x\n" + privateKey[:50], "PEM block"},
		{"a certificate", command + "x\n" + strings.ReplaceAll(privateKey, "PRIVATE KEY", "CERTIFICATE"), ""},
		{"a word that begins as a key does", command + "https://x.run.app/?key=AIzaNo", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Read([]byte(c.paste))
			if err != nil || got.raw != jwt {
				t.Fatalf("%v: %v", got, err)
			}
			alarm, _ := got.repaired("in.secret_long_lived")
			if alarm == "" != (c.alarm == "") || !strings.Contains(alarm, c.alarm) || strings.Contains(alarm, ";") && !strings.Contains(alarm, "private key") {
				t.Errorf("told %q, want %q", alarm, c.alarm)
			}
		})
	}
}
