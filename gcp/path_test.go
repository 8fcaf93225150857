package gcp_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"why401/gcp"
)

func TestFoldPath(t *testing.T) {
	long := strings.Repeat("x", 65)
	for _, c := range []struct{ name, path, want string }{
		{"nothing", "", ""},
		{"the root", "/", "/"},
		{"a plain path stays", "/api/cart", "/api/cart"},
		{"a trailing slash stays", "/api/cart/", "/api/cart/"},
		{"a number", "/orders/41877/lines", "/orders/{id}/lines"},
		{"one digit", "/orders/7", "/orders/{id}"},
		{"a version is no id", "/v1/v2beta1/v1p1beta1", "/v1/v2beta1/v1p1beta1"},
		{"a name with a digit stays", "/oauth2/h264/s3/sha256", "/oauth2/h264/s3/sha256"},
		{"a UUID", "/u/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "/u/{id}"},
		{"a UUID of few digits", "/u/DEADBEEF-CAFE-BABE-FACE-ABCDEFABCDEF", "/u/{id}"},
		{"a UUID within a name", "/u/file-3f2504e0-4f89-11d3-9a0c-0305e82c3301.json", "/u/file-{id}.json"},
		{"what is only as long as a UUID", "/u/3f2504e0-4f89-11d3-9a0c-0305e82c330g", "/u/{id}-4f89-11d3-9a0c-{id}"},
		{"hexadecimal", "/blobs/9f86d081884c7d65", "/blobs/{id}"},
		{"a hash within a file's name", "/assets/main.3f2a1b9c.js", "/assets/main.{id}.js"},
		{"hexadecimal words are words", "/facade/decade/beef", "/facade/decade/beef"},
		{"a random word", "/s/NffrFeUfNV2Hib8", "/s/NffrFeUfNV2Hib8"},
		{"letters and digits in turns", "/s/a7f3kq29/v7f3kq29x1yz", "/s/{id}/{id}"},
		{"a longer random word", "/s/NffrFeUfNV2Hib8x", "/s/{id}"},
		{"a prefixed id", "/charges/ch_1NirD82eZvKYlo2CIvbtLWuY", "/charges/ch_{id}"},
		{"a number behind a word", "/order-41877/inv41877/report7", "/order-{id}/inv{id}/report7"},
		{"an id of several parts is one", "/i/2024-00017-33", "/i/{id}"},
		{"a date", "/days/2026-03-01/slots", "/days/{date}/slots"},
		{"a moment", "/days/2026-03-01T12:00:00Z", "/days/{date}"},
		{"no date", "/days/2026-03-0x", "/days/{id}-0x"},
		{"a mail address", "/users/jo@acme.example/keys", "/users/{email}/keys"},
		{"an escaped mail address", "/users/jo%40acme.example", "/users/{email}"},
		{"a package is no mail address", "/npm/@scope/pkg@1.2.3", "/npm/@scope/pkg@{id}"},
		{"escaped words", "/f/a%20b%2F77%2Fc", "/f/a%20b%2F{id}%2Fc"},
		{"a long segment", "/t/" + long + "/x", "/t/{long}/x"},
		{"a token in the path", "/t/eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FjY291bnRzLmdvb2dsZS5jb20ifQ.c2ln", "/t/{long}"},
		{"what grows too long", "/t/" + strings.Repeat("1+", 30), "/t/{long}"},
		{"many segments", strings.Repeat("/a", 30), strings.Repeat("/a", 10) + "/…"},
		{"just ten", strings.Repeat("/a", 10), strings.Repeat("/a", 10)},
		{"no leading slash", "orders/41877", "orders/{id}"},
		{"folded already", "/orders/{id}/{date}/{email}", "/orders/{id}/{date}/{email}"},
	} {
		if got := gcp.FoldPath(c.path); got != c.want {
			t.Errorf("%s: %q becomes %q, want %q", c.name, c.path, got, c.want)
		}
	}
}

func FuzzFoldPath(f *testing.F) {
	for _, s := range []string{"", "/", "/orders/41877/lines", "/u/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "/a%2", "/jo%40x.y", "/2026-03-01T", "/\xff1-2-3_4", "/0@A.0", "/{id}-7", strings.Repeat("/1.1", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		folded := gcp.FoldPath(path)
		if len(folded) >= 800 {
			t.Errorf("%d bytes", len(folded))
		}
		if again := gcp.FoldPath(folded); again != folded {
			t.Errorf("%q becomes %q, and that %q", path, folded, again)
		}
		if utf8.ValidString(path) && !utf8.ValidString(folded) {
			t.Errorf("%q becomes %q", path, folded)
		}
	})
}

func BenchmarkFoldPath(b *testing.B) {
	paths := []string{"/api/cart", "/orders/41877/lines", "/u/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "/assets/main.3f2a1b9c.js"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		gcp.FoldPath(paths[i%len(paths)])
	}
}
