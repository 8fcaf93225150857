package token

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// defectsOf lists a token's defects by their rules.
func defectsOf(t *Token) string {
	var rules []string
	for _, d := range t.defects {
		rules = append(rules, d.rule)
	}
	return strings.Join(rules, " ")
}

func TestParseRefusesWhatIsNotCanonical(t *testing.T) {
	header, claims := b64(googleHeader), b64(`{"iss":"a","sub":"b"}`)
	signature := strings.Repeat("A", 342)
	deep := func(n int) string {
		return `{"a":` + strings.Repeat(`[`, n-1) + strings.Repeat(`]`, n-1) + `}`
	}
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"m%d":1`, i)
		}
		return "{" + b.String()[1:] + "}"
	}
	withClaims := func(claims string) string { return header + "." + b64(claims) + "." + signature }
	withHeader := func(header string) string { return b64(header) + "." + claims + "." + signature }
	cases := []struct {
		name, token string
		rules       string
		got         string // of the first defect
	}{
		{"three segments", header + "." + claims + "." + signature, "", ""},
		{"two segments", header + "." + claims, "jws.segments", "2 segments"},
		{"one segment", header, "jws.segments", "1 segment"},
		{"four segments", header + "." + claims + "." + signature + ".", "jws.segments", "4 segments"},
		{"padding", header + "=." + claims + "." + signature, "jws.b64", fmt.Sprintf("header segment, character %d: '=' is padding", len(header)+1)},
		{"the other alphabet", header + "." + claims + "." + "ab+/" + signature[4:], "jws.b64", "signature segment, character 3: '+' is of the other base64 alphabet (and 1 more)"},
		{"a line break", header + "." + claims + "." + signature[:9] + "\n" + signature[9:], "jws.b64", `signature segment, character 10: '\n' is not base64url`},
		{"a carriage return", header[:4] + "\r" + header[4:] + "." + claims + "." + signature, "jws.b64", `header segment, character 5: '\r' is not base64url`},
		{"an en dash", header + "." + claims + ".–" + signature[1:], "jws.b64", `signature segment, character 1: '\u2013' is not base64url`},
		{"a character after an en dash", header + "." + claims + ".–?" + signature[2:], "jws.b64", `signature segment, character 1: '\u2013' is not base64url (and 1 more)`},
		{"a byte that is no UTF-8", header + "." + claims + ".\xff" + signature[1:], "jws.b64", `signature segment, character 1: not UTF-8`},
		{"bits that no byte uses", header + "." + claims + "." + signature[1:340] + "AAB", "jws.b64", "signature segment, character 342: bits are set that no byte uses"},
		{"a character too few", header + "." + claims + "." + signature[:341], "jws.b64 in.truncated", "signature segment, 341 characters: no number of bytes is as long in base64url"},
		{"an unencoded payload", withHeader(`{"alg":"RS256","b64":false}`), "jws.b64", "header, b64: the claims are not encoded (RFC 7797)"},

		{"a key id that is a number", withHeader(`{"alg":"RS256","kid":1}`), "jws.json", "header, kid is no string"},
		{"an algorithm that is null", withHeader(`{"alg":null,"kid":"a"}`), "jws.json", "header, alg is no string"},

		{"an empty header", "." + claims + "." + signature, "jws.json", "header, empty"},
		{"empty claims", header + ".." + signature, "jws.json", "claims, empty"},
		{"a list for claims", withClaims(`["a"]`), "jws.json", "claims, byte 1: no JSON object begins here"},
		{"a byte order mark", withClaims("\ufeff{}"), "jws.json", "claims, byte 1: no JSON object begins here"},
		{"white space around the object", withClaims(" {\t\"a\" : 1\r\n} "), "", ""},
		{"text after the object", withClaims(`{"a":1} x`), "jws.json", "claims, byte 9: 1 bytes after the object"},
		{"a second object", withClaims(`{"a":1}{}`), "jws.json", "claims, byte 8: 2 bytes after the object"},
		{"a NUL after the object", withClaims("{}\x00"), "jws.json", "claims, byte 3: 1 bytes after the object"},
		{"bytes that are no UTF-8", withClaims("{\"a\":\"\xff\"}"), "jws.json", "claims, byte 7: not UTF-8"},
		{"an overlong NUL", withClaims("{\"a\":\"\xc0\x80\"}"), "jws.json", "claims, byte 7: not UTF-8"},
		{"half a surrogate pair", withClaims(`{"a":"\ud800x"}`), "jws.json", "claims, byte 7: half a surrogate pair"},
		{"the second half first", withClaims(`{"a":"\udc00\ud800"}`), "jws.json jws.json", "claims, byte 7: half a surrogate pair"},
		{"a whole surrogate pair", withClaims(`{"a":"\ud83d\ude00"}`), "", ""},
		{"an escape that is none", withClaims(`{"a":"\x41"}`), "jws.json", "claims, byte 8: not JSON"},
		{"a control character", withClaims("{\"a\":\"\n\"}"), "jws.json", "claims, byte 7: a control character in a string"},
		{"a name without quotes", withClaims(`{a:1}`), "jws.json", "claims, byte 2: not JSON"},
		{"single quotes", withClaims(`{'a':1}`), "jws.json", "claims, byte 2: not JSON"},
		{"a comma too many", withClaims(`{"a":1,}`), "jws.json", "claims, byte 8: not JSON"},
		{"a comma too few", withClaims(`{"a":1 "b":2}`), "jws.json", "claims, byte 8: not JSON"},
		{"a comma too many in a list", withClaims(`{"a":[1,]}`), "jws.json", "claims, byte 9: not JSON"},
		{"a comment", withClaims(`{/**/}`), "jws.json", "claims, byte 2: not JSON"},
		{"NaN", withClaims(`{"a":NaN}`), "jws.json", "claims, byte 6: not JSON"},
		{"a number with a leading zero", withClaims(`{"a":01}`), "jws.json", "claims, byte 7: not JSON"},
		{"a number with a leading plus", withClaims(`{"a":+1}`), "jws.json", "claims, byte 6: not JSON"},
		{"a number without a fraction", withClaims(`{"a":1.}`), "jws.json", "claims, byte 8: not JSON"},
		{"a number without an exponent", withClaims(`{"a":1e}`), "jws.json", "claims, byte 8: not JSON"},
		{"a word that is none", withClaims(`{"a":nul}`), "jws.json", "claims, byte 6: not JSON"},
		{"True", withClaims(`{"a":True}`), "jws.json", "claims, byte 6: not JSON"},
		{"all that JSON has", withClaims(`{"a":[1,-0.5e+3,true,false,null,"\"\\\/\b\f\n\r\t\u00e9",{},[]],"b":{"c":{}}}`), "", ""},
		{"claims that end early", withClaims(`{"iss":"a","aud":"b`), "jws.json in.truncated", "claims, byte 19: ends early"},
		{"claims that end in a word", withClaims(`{"a":tru`), "jws.json in.truncated", "claims, byte 8: ends early"},
		{"claims that end in an escape", withClaims(`{"a":"\u00`), "jws.json in.truncated", "claims, byte 10: ends early"},
		{"claims that end in a number", withClaims(`{"a":1`), "jws.json in.truncated", "claims, byte 6: ends early"},

		{"a name twice", withClaims(`{"aud":"a","aud":"b"}`), "jws.dup_keys", "claims, aud stands twice"},
		{"a name twice, once escaped", withHeader(`{"alg":"RS256","\u0061lg":"none"}`), "jws.dup_keys", "header, alg stands twice"},
		{"a name twice, further down", withClaims(`{"firebase":{"identities":[{"a":1},{"b":1,"b":2}]}}`), "jws.dup_keys", "claims, firebase.identities[1].b stands twice"},
		{"a name in two objects", withClaims(`{"a":{"b":1},"c":{"b":1}}`), "", ""},
		{"a name twice among many", withClaims(strings.TrimSuffix(many(60), "}") + `,"m7":2}`), "jws.dup_keys", "claims, m7 stands twice"},

		{"Alg for alg", withHeader(`{"Alg":"RS256"}`), "jws.case", `header, the name "Alg"`},
		{"ISS for iss", withClaims(`{"ISS":"a"}`), "jws.case", `claims, the name "ISS"`},
		{"a long s for s", withClaims(`{"i\u017f\u017f":"a"}`), "jws.case", `claims, the name "iſſ"`},
		{"a kelvin sign for k", withHeader(`{"alg":"RS256","\u212Aid":"a"}`), "jws.case", "header, the name \"\u212aid\""},
		{"a case that no check looks at", withClaims(`{"Role":"a","role":"b"}`), "", ""},
		{"a case further down", withClaims(`{"user":{"Email":"a"}}`), "", ""},

		{"32 levels", withClaims(deep(32)), "", ""},
		{"33 levels", withClaims(deep(33)), "jws.depth", "claims, byte 37: more than 32 levels deep"},
		{"20,000 levels", withClaims(deep(20000)), "jws.depth", "claims, byte 37: more than 32 levels deep"},
		{"4096 members", withClaims(many(4096)), "", ""},
		{"4097 members", withClaims(many(4097)), "jws.depth", "claims, 4097 members"},

		{"too long to look at", header + "." + claims + "." + strings.Repeat("A", maxToken), "in.size", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tok := Parse(c.token)
			if rules := defectsOf(tok); rules != c.rules {
				t.Fatalf("defects %q, want %q: %v", rules, c.rules, tok.defects)
			}
			if c.rules != "" && c.got != "" && tok.defects[0].got != c.got {
				t.Errorf("got %q, want %q", tok.defects[0].got, c.got)
			}
			for _, d := range tok.defects {
				if d.want == "" || d.got == "" {
					t.Errorf("the defect %v does not say what it got and what it wants", d)
				}
			}
		})
	}
}

func TestParseGivesEveryDefect(t *testing.T) {
	token := b64(`{"alg":"RS256","alg":"none","KID":"a"}`) + "=." + b64(`{"aud":"a","aud":"b","Exp":1,"x":"\ud800"} y`) + ".ab+."
	want := "jws.segments jws.b64 jws.dup_keys jws.case jws.dup_keys jws.case jws.json jws.json jws.b64"
	if got := defectsOf(Parse(token)); got != want {
		t.Errorf("defects %q, want %q", got, want)
	}
}

func TestParseReadsOnAfterADefect(t *testing.T) {
	header, signature := b64(googleHeader), strings.Repeat("A", 342)
	cut := b64(`{"iss":"https://accounts.google.com","exp":1700000000,"aud":"https://x`)
	for name, token := range map[string]string{
		"with padding":             header + "." + b64(`{"iss":"https://accounts.google.com","exp":1700000000}`) + "==." + signature,
		"with the other alphabet":  header + "." + strings.NewReplacer("-", "+", "_", "/").Replace(b64(`{"a":"ÿÿÿ>>>???","iss":"https://accounts.google.com","exp":1700000000}`)) + "." + signature,
		"with an en dash":          header + "." + strings.ReplaceAll(b64(`{"a":"ûûû>>>~~~>>>","iss":"https://accounts.google.com","exp":1700000000}`), "-", "–") + "." + signature,
		"cut in the claims":        header + "." + cut,
		"cut to an odd length":     header + "." + cut[:len(cut)-len(cut)%4+1],
		"with text after":          header + "." + b64(`{"iss":"https://accounts.google.com","exp":1700000000} x`) + "." + signature,
		"with a name twice":        header + "." + b64(`{"iss":"https://accounts.google.com","exp":1700000000,"exp":1}`) + "." + signature,
		"with something too deep":  header + "." + b64(`{"a":`+strings.Repeat("[", 90)+strings.Repeat("]", 90)+`,"iss":"https://accounts.google.com","exp":1700000000}`) + "." + signature,
		"with a header that broke": header[:9] + "." + b64(`{"iss":"https://accounts.google.com","exp":1700000000}`) + "." + signature,
	} {
		t.Run(name, func(t *testing.T) {
			tok := Parse(token)
			if len(tok.defects) == 0 {
				t.Fatal("no defect")
			}
			if iss, _ := tok.claims.str("iss"); iss != "https://accounts.google.com" {
				t.Errorf("iss %q is lost", iss)
			}
			if at, ok := tok.Expiry(); !ok || at.Unix() != 1700000000 {
				t.Errorf("exp %v is lost", at)
			}
			if !tok.Kind().Google() {
				t.Errorf("the kind is %s", tok.Kind())
			}
		})
	}
}

func TestASignatureIsNeverReadLoosely(t *testing.T) {
	jwt := googleToken(t)
	head := jwt[:strings.LastIndexByte(jwt, '.')+1]
	for name, token := range map[string]string{
		"padded":          jwt + "==",
		"broken":          jwt[:len(jwt)-5] + "\n" + jwt[len(jwt)-5:],
		"cut":             jwt[:len(jwt)-1],
		"removed":         head + removedSignature,
		"empty":           head,
		"of four parts":   jwt + ".",
		"with spare bits": jwt[:len(jwt)-1] + next(jwt[len(jwt)-1]),
	} {
		tok := Parse(token)
		if len(tok.signature) > 0 && name != "of four parts" {
			t.Errorf("the signature that is %s was decoded", name)
		}
		if got := tok.Verified(rfcKeys(t)); got != Unsure {
			t.Errorf("the signature that is %s is verified: %v", name, got)
		}
		if tok.removed != (name == "removed") {
			t.Errorf("the signature that is %s: removed is %v", name, tok.removed)
		}
	}
}

// next is the base64url character with the spare bits of c changed: of 342 characters the last holds two bits of a byte and four spare ones.
func next(c byte) string {
	const all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(all[strings.IndexByte(all, c)|1])
}

func TestSignsOfTruncation(t *testing.T) {
	jwt, iap := googleToken(t), mintES256(t, iapHeader, iapClaims)
	two := jwt[:strings.LastIndexByte(jwt, '.')]
	cases := []struct {
		name, token      string
		certain, noticed bool
	}{
		{"a whole RS256 token", jwt, false, false},
		{"a whole ES256 token", iap, false, false},
		{"an RS256 token of a 4096-bit key", two + "." + strings.Repeat("A", 683), false, false},
		{"an RS256 token that lacks two characters", jwt[:len(jwt)-2], false, true},
		{"an RS256 token that lacks one", jwt[:len(jwt)-1], true, false},
		{"an ES256 token that lacks two", iap[:len(iap)-2], false, true},
		{"two segments", two, false, true},
		{"a header", jwt[:strings.IndexByte(jwt, '.')], false, true},
		{"half the claims", two[:len(two)-40], true, true},
		{"a removed signature", two + "." + removedSignature, false, false},
		{"an algorithm that nobody knows", b64(`{"alg":"XX"}`) + "." + b64(`{}`) + ".AAAA", false, false},
		{"a token of the emulator", b64(`{"alg":"none"}`) + "." + b64(`{}`) + ".", false, false},
		{"another kind", "ya29.a0AfH6SMBx", false, false},
		{"no credential", "hello", false, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tok := Parse(c.token)
			certain := slices.ContainsFunc(tok.defects, func(d defect) bool { return d.rule == "in.truncated" })
			noticed := slices.ContainsFunc(tok.repairs, func(r Repair) bool { return r.ID == "in.truncated" && !r.Sent })
			if certain != c.certain || noticed != c.noticed {
				t.Errorf("certain %v, noticed %v, want %v and %v: %v %v", certain, noticed, c.certain, c.noticed, tok.defects, tok.repairs)
			}
		})
	}
}
