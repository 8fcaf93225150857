package ui

import (
	"strings"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"

	"why401/gcp/demo"
	"why401/token"
)

// TestASecretBesideATokenIsAnAlarm: a long-lived secret anywhere in the paste is told of at the head, whatever is judged.
func TestASecretBesideATokenIsAnAlarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		one, two := d.sampleOf("shop-api", "firebase"), d.sampleOf("shop-api", "service account")
		const secret = "GOCSPX-ExampleExampleExampleExam"
		d.send(tea.PasteMsg{Content: one + "\n" + two + "\n" + secret + "\n"})
		for range 3 {
			d.has("of 3 found", "ong-lived secret", "Rotate it now")
			d.lacks(secret)
			d.keys("n")
		}
		d.golden("several-120x40")
		d.send(tea.PasteMsg{Content: one + "\n" + two + "\n"})
		d.has("of 2 found")
		d.lacks("Rotate")
		d.keys("x")
		d.lacks("Rotate")
	})
}

// TestWhatAnAlarmSays: one secret or more, judged or beside what is judged.
func TestWhatAnAlarmSays(t *testing.T) {
	jwt, secret, key := token.Parse("eyJhbGciOiJSUzI1NiJ9.e30.c2ln"), token.Parse("GOCSPX-ExampleExampleExampleExam"), token.Parse("AIzaSyExampleExampleExampleExampleExamp")
	for _, c := range []struct {
		name  string
		held  *token.Token
		found []*token.Token
		want  string
	}{
		{"none", jwt, []*token.Token{jwt}, ""},
		{"the one judged", secret, []*token.Token{secret}, "A long-lived secret: whoever"},
		{"one beside", jwt, []*token.Token{jwt, secret}, "A long-lived secret is in the paste: " + secret.Kind().Title() + ". Whoever"},
		{"two beside", jwt, []*token.Token{key, jwt, secret}, "Long-lived secrets are in the paste: " + key.Kind().Title() + ", " + secret.Kind().Title() + "."},
		{"the one judged and one beside", key, []*token.Token{key, secret}, "A long-lived secret, and beside it: " + secret.Kind().Title() + "."},
	} {
		if got := alarmed(c.held, c.found); !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestCredentialsOfOneKindAreToldApart by the first claim in which they differ, and by their place where there is none.
func TestCredentialsOfOneKindAreToldApart(t *testing.T) {
	account := func(more claims) *token.Token {
		c := claims{"iss": "https://accounts.google.com", "aud": "https://a.example", "azp": "1", "sub": "1", "email": "a@p.iam.gserviceaccount.com", "exp": 1764000000}
		for name, value := range more {
			c[name] = value
		}
		return token.Parse(signed(t, c))
	}
	opaque := token.Parse("ya29.a0ExampleOneExampleExample")
	const kind = "Google ID token of a service account"
	for _, c := range []struct {
		name  string
		found []*token.Token
		want  []string
	}{
		{"of two kinds", []*token.Token{account(nil), opaque}, []string{kind, "Google access token"}},
		{"by the audience", []*token.Token{account(nil), account(claims{"aud": "https://b.example"})}, []string{kind + " (aud https://a.example)", kind + " (aud https://b.example)"}},
		{"by the account", []*token.Token{account(nil), account(claims{"email": "b@p.iam.gserviceaccount.com"})},
			[]string{kind + " (email a@p.iam.gserviceaccount.com)", kind + " (email b@p.iam.gserviceaccount.com)"}},
		{"by the expiry", []*token.Token{account(nil), account(claims{"exp": 1764003600})}, []string{"(exp 2025-11-2", "(exp 2025-11-2"}},
		{"by nothing but the place", []*token.Token{account(nil), opaque, account(nil)}, []string{kind + " (1)", "Google access token", kind + " (2)"}},
		{"where one lacks the claim", []*token.Token{account(nil), account(claims{"aud": nil})}, []string{"(aud https://a.example)", "(aud "}},
		{"hostile and long", []*token.Token{account(claims{"aud": "\x1b[2J" + strings.Repeat("a", 99) + "1"}), account(claims{"aud": "\x1b[2J" + strings.Repeat("a", 99) + "2"})},
			[]string{`\x1b[2J`, "…"}},
	} {
		got := apart(c.found)
		for i, want := range c.want {
			if !strings.Contains(got[i], want) || strings.ContainsRune(got[i], '\x1b') {
				t.Errorf("%s: %q, want %q", c.name, got[i], want)
			}
		}
		if len(got) == 2 && got[0] == got[1] {
			t.Errorf("%s: both are %q", c.name, got[0])
		}
	}
}
