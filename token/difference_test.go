package token

import (
	"testing"
	"unicode/utf8"
)

// marked is a difference as text: what differs stands in brackets.
func marked(d *Difference) (got, want string) {
	if d == nil {
		return "", ""
	}
	mark := func(s string, at Span) string { return s[:at.From] + "[" + s[at.From:at.To] + "]" + s[at.To:] }
	return mark(d.Got, d.GotAt), mark(d.Want, d.WantAt)
}

func TestWhichPartOfAnAudienceDiffers(t *testing.T) {
	const bare = "shop-api-1a2b3c-ew.a.run.app"
	for _, c := range []struct{ name, aud, got, want string }{
		{"nothing", shopURL, "", ""},
		{"the scheme is missing", bare, "[]" + bare, "[https://]" + bare},
		{"the scheme is another", "http://" + bare, "http[]://" + bare, "http[s]://" + bare},
		{"a slash is too much", shopURL + "/", shopURL + "[/]", shopURL + "[]"},
		{"a path is too much", shopURL + "/api/v1", shopURL + "[/api/v1]", shopURL + "[]"},
		{"the case", "https://Shop-API-1a2b3c-ew.a.run.app", "https://[Shop-API]-1a2b3c-ew.a.run.app", "https://[shop-api]-1a2b3c-ew.a.run.app"},
		{"the region", "https://shop-api-4242.us-east1.run.app", "https://shop-api-4242.[us-ea]st1.run.app", "https://shop-api-4242.[europe-we]st1.run.app"},
		{"a tag", "https://blue---shop-api-1a2b3c-ew.a.run.app", "https://[blue---]shop-api-1a2b3c-ew.a.run.app", "https://[]shop-api-1a2b3c-ew.a.run.app"},
		{"everything", "whatever", "", ""},
		{"it is another service's", "https://billing-1a2b3c-ew.a.run.app", "", ""},
	} {
		report, _ := judge(t, account(set("aud", c.aud)), shop(t))
		f := report.Find("clm.aud")
		if got, want := marked(f.Difference); got != c.got || want != c.want {
			t.Errorf("%s: %q and %q, want %q and %q (%s)", c.name, got, want, c.got, c.want, f.Got)
		}
		if f.Difference != nil && f.Difference.Want != f.Want {
			t.Errorf("%s: marked against %q, wanted is %q", c.name, f.Difference.Want, f.Want)
		}
	}
}

// TestOnlyAnAudienceIsToBeAdded: where the token has none, or a list, there is no "this one" that the service could accept.
func TestOnlyAnAudienceIsToBeAdded(t *testing.T) {
	const asked, added = "ask for a token with the audience " + shopURL, ", or add this one to the custom audiences of shop-api"
	for _, c := range []struct{ name, paste, want string }{
		{"another", account(set("aud", "whatever")), asked + added},
		{"one with a slash too much", account(set("aud", shopURL+"/")), asked + added},
		{"none", account(drop("aud")), asked},
		{"an empty one", account(set("aud", "")), asked},
		{"a number", account(set("aud", 7)), asked},
		{"a list with the URL", account(set("aud", []string{shopURL})), asked},
		{"a list without it", account(set("aud", []string{"a", "b"})), asked},
	} {
		report, _ := judge(t, c.paste, shop(t))
		if got := report.Find("clm.aud").Fix; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestADifferenceCutsNoCharacter: é and è share their first byte, é and ũ their last.
func TestADifferenceCutsNoCharacter(t *testing.T) {
	for _, c := range []struct{ a, b, got, want string }{
		{"", "", "", ""},
		{"a", "", "[a]", "[]"},
		{"xéy", "xèy", "x[é]y", "x[è]y"},
		{"xéy", "xũy", "x[é]y", "x[ũ]y"},
		{"aa", "aaa", "aa[]", "aa[a]"},
		{"é", "ééé", "é[]", "é[éé]"},
		{"\xa9", "é", "[\xa9]", "[é]"},
	} {
		if got, want := marked(differ(c.a, c.b)); got != c.got || want != c.want {
			t.Errorf("%q and %q: %q and %q, want %q and %q", c.a, c.b, got, want, c.got, c.want)
		}
	}
}

func FuzzDiffer(f *testing.F) {
	f.Add("https://a.run.app/", "https://a.run.app")
	f.Add("é", "è")
	f.Fuzz(func(t *testing.T, a, b string) {
		d := differ(a, b)
		if d == nil {
			if a != b {
				t.Fatal("a difference is lost")
			}
			return
		}
		if a[:d.GotAt.From] != b[:d.WantAt.From] || a[d.GotAt.To:] != b[d.WantAt.To:] {
			t.Errorf("%q and %q differ outside of %+v", a, b, d)
		}
		if part := a[d.GotAt.From:d.GotAt.To]; utf8.ValidString(a) && utf8.ValidString(b) && !utf8.ValidString(part) {
			t.Errorf("%q is cut inside a character: %q", a, part)
		}
	})
}
