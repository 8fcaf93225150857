package token

import (
	"strings"
	"testing"
)

func TestParsePrincipal(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"ann@example.com", "user:ann@example.com"},
		{" ann@example.com\n", "user:ann@example.com"},
		{"user:ann@example.com", "user:ann@example.com"},
		{caller, "serviceAccount:" + caller},
		{"4242-compute@developer.gserviceaccount.com", "serviceAccount:4242-compute@developer.gserviceaccount.com"},
		{"serviceaccount:" + caller, "serviceAccount:" + caller},
		{"user:" + caller, "serviceAccount:" + caller},
		{"group:ops@example.com", "group:ops@example.com"},
		{"domain:example.com", "domain:example.com"},
		{"allUsers", "allUsers"},
		{"anonymous", "allUsers"},
		{"allAuthenticatedUsers", "allAuthenticatedUsers"},
		{public, "allUsers"},
		{"principal://goog/subject/ann@example.com", "user:ann@example.com"},
		{longSA, "serviceAccount:" + caller},
		{pool, pool},
		{"serviceAccount:acme-prod.svc.id.goog[ns/ksa]", "serviceAccount:acme-prod.svc.id.goog[ns/ksa]"},
	} {
		p, err := ParsePrincipal(c.typed)
		if err != nil || p.String() != c.want {
			t.Errorf("%q: %q (%v), want %q", c.typed, p, err, c.want)
		}
	}
	for _, c := range []struct{ typed, hint string }{
		{"", "type an address"},
		{"ann", "not a principal"},
		{"ann@", "not an account's address"},
		{"ann@example", "not an account's address"},
		{"ann@example.com bob@example.com", "one word"},
		{"mailto:ann@example.com", "not a principal"},
		{"serviceAccount:ann@example.com", "not a service account's"},
		{"group:ops", "group:NAME@DOMAIN"},
		{"domain:ann@example.com", "domain:example.com"},
		{"domain:https://example.com", "domain:example.com"},
		{"allUsers:x", "alone"},
		{"principal:x", "whole"},
		{"deleted:user:ann@example.com?uid=1", "gone"},
		{"projectOwner:acme-prod", "one of them"},
		{account(), "not a principal"},
		{"Bearer " + account(), "one word"},
	} {
		p, err := ParsePrincipal(c.typed)
		if err == nil || !strings.Contains(err.Error(), c.hint) {
			t.Errorf("%q: %v (%v), want an error with %q", c.typed, p, err, c.hint)
		} else if len(c.typed) > 60 && strings.Contains(err.Error(), c.typed[:20]) {
			t.Errorf("the error repeats the text: %v", err)
		}
	}
}

// TestTokensHavePrincipals, if they are of a kind that IAM knows.
func TestTokensHavePrincipals(t *testing.T) {
	for _, c := range []struct{ name, paste, want string }{
		{"a service account", account(), "serviceAccount:" + caller},
		{"a user", gcloud(), "user:ann@example.com"},
		{"an account without its address", account(drop("email")), "serviceAccount " + callerID},
		{"a Firebase user", firebase(), ""},
		{"an access token", accessToken, ""},
	} {
		held, err := Read([]byte(c.paste))
		if err != nil {
			t.Fatal(err)
		}
		p, ok := held.Principal()
		if ok != (c.want != "") || ok && p.String() != c.want {
			t.Errorf("%s: %q %v, want %q", c.name, p, ok, c.want)
		}
	}
	if _, ok := (*Token)(nil).Principal(); ok {
		t.Error("no token has a principal")
	}
}

// FuzzPrincipal feeds anything to what reads principals and members: no panic, an error that repeats nothing, and a principal that is read from its
// own text is the same.
func FuzzPrincipal(f *testing.F) {
	for _, text := range []string{"ann@example.com", "allUsers", sa, longSA, pool, "group:g@example.com", "domain:example.com", "deleted:" + longSA + "?uid=1", "projectViewer:p", public,
		"principalSet://goog/cloudIdentityCustomerId/C0", "serviceAccount:p.svc.id.goog[ns/ksa]", "user:", ":", "@", "principal:///"} {
		f.Add(text, text)
	}
	base := shop(f)
	f.Fuzz(func(t *testing.T, typed, member string) {
		p, err := ParsePrincipal(typed)
		if err != nil {
			if len(typed) > 24 && strings.Contains(err.Error(), typed) {
				t.Fatalf("the error repeats the text: %v", err)
			}
			return
		}
		again, err := ParsePrincipal(p.String())
		if err != nil || again != p {
			t.Fatalf("%q is read as %q and then as %q (%v)", typed, p, again, err)
		}
		target := base
		target.Policy = Policy{Known: true, DenyKnown: true, Bindings: []Binding{invoker(member)}, Deny: []Denial{{Denied: []string{member}, Except: []string{typed}}}}
		if a := May(p, target); a.Says == "" {
			t.Fatal("it says nothing")
		}
		if found, _ := p.matches(p.String()); found != Yes {
			t.Fatalf("%q does not match itself", p)
		}
	})
}
