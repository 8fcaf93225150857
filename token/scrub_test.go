package token

import (
	"strings"
	"testing"
)

// TestScrub: what is a credential goes, what is none stays, and the text around it stays too.
func TestScrub(t *testing.T) {
	jwt := "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FjY291bnRzLmdvb2dsZS5jb20ifQ.c2lnbmF0dXJl"
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"prose", "The request was not authorized to invoke this service.", "The request was not authorized to invoke this service."},
		{"a JWT in a path", "/login/" + jwt + "/next", "/login/(hidden)/next"},
		{"a JWT cut short", "/login/" + jwt[:20], "/login/(hidden)"},
		{"an access token", "sent ya29.a0AfH6SMBxxxxxxxxxxxx to it", "sent (hidden) to it"},
		{"a parameter", "https://api.acme.example/pay?access_token=hunter2&page=2", "https://api.acme.example/pay?access_token=(hidden)&page=2"},
		{"a parameter in capitals", "/pay?Access_Token=hunter2", "/pay?Access_Token=(hidden)"},
		{"a parameter that is named like one", "/pay?x-goog-signature=abc&id_token=q#token=r", "/pay?x-goog-signature=(hidden)&id_token=(hidden)#token=(hidden)"},
		{"a parameter inside another", "/go?to=%2Fpay%3Ftoken%3Dhunter2", "/go?to=%2Fpay%3Ftoken%3D(hidden)"},
		{"a short name", "/pay?key=hunter2&sig=x&code=y", "/pay?key=(hidden)&sig=(hidden)&code=(hidden)"},
		{"a name that only ends like a short one", "/pay?monkey=2&zipcode=10115", "/pay?monkey=2&zipcode=10115"},
		{"a header", "Authorization: Bearer abc123def", "Authorization: Bearer (hidden)"},
		{"a header in a URL", "/x/Bearer%20abc123def", "/x/Bearer (hidden)"},
		{"prose about a header", "Bearer authentication, basic settings, a bearer of news", "Bearer authentication, basic settings, a bearer of news"},
		{"a word to fill in", "Authorization: Bearer ID_TOKEN", "Authorization: Bearer ID_TOKEN"},
		{"a user in a URL", "https://jo:hunter2@api.acme.example/x", "https://(hidden)@api.acme.example/x"},
		{"an address of mail", "sec.review@acme.example", "sec.review@acme.example"},
		{"a key", "AIzaSyA-1234567890abcdefghijklmnopqrstu", "(hidden)"},
		{"a private key", "x -----BEGIN PRIVATE KEY----- MIIE", "x (hidden)"},
		{"an opaque word", "/s/" + strings.Repeat("Ab3", 14), "/s/(hidden)"},
		{"an id in hexadecimal", "0069c7a9" + strings.Repeat("0000002f", 12), "0069c7a9" + strings.Repeat("0000002f", 12)},
		{"a trace", "projects/acme-prod/traces/9e3779b97f4a7c15bf58476d1ce4e5b9", "projects/acme-prod/traces/9e3779b97f4a7c15bf58476d1ce4e5b9"},
		{"a long name", "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/github-actions-pool", "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/github-actions-pool"},
		{"an audience", "https://shop-api-1a2b3c4d5e-ew.a.run.app", "https://shop-api-1a2b3c4d5e-ew.a.run.app"},
	} {
		got := Scrub(c.text)
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if again := Scrub(got); again != got {
			t.Errorf("%s: scrubbed twice %q, once %q", c.name, again, got)
		}
	}
}
