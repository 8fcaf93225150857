package gcp_test

import (
	"strings"
	"testing"
	"time"

	"why401/gcp"
)

func TestSendAgain(t *testing.T) {
	for _, c := range []struct{ name, method, url, want string }{
		{"a plain request", "GET", "https://shop.example/api/cart", `curl -i -H "Authorization: Bearer $(gcloud auth print-identity-token)" https://shop.example/api/cart`},
		{"a post", "POST", "https://shop.example/api", `curl -i -X POST -H "Authorization: Bearer $(gcloud auth print-identity-token)" https://shop.example/api`},
		{"a query is left out", "GET", "https://shop.example/a?token=secret", `curl -i -H "Authorization: Bearer $(gcloud auth print-identity-token)" https://shop.example/a`},
		{"a hostile path is one word", "GET", "https://shop.example/$(reboot)'; rm -rf /", `curl -i -H "Authorization: Bearer $(gcloud auth print-identity-token)" 'https://shop.example/$(reboot)'\''; rm -rf /'`},
		{"a hostile method is one word", "G;T", "https://a.example/", `curl -i -X 'G;T' -H "Authorization: Bearer $(gcloud auth print-identity-token)" https://a.example/`},
		{"an address that begins as an option", "GET", "-o/etc/passwd", `curl -i -H "Authorization: Bearer $(gcloud auth print-identity-token)" '-o/etc/passwd'`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := (gcp.Entry{Method: c.method, URL: c.url}).Curl(); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestExplorerURL(t *testing.T) {
	e := gcp.Entry{ID: `68f7ab"OR 1=1`, Time: time.Date(2026, 11, 23, 14, 2, 11, 5000, time.UTC)}
	got := e.ExplorerURL("acme-prod")
	for _, want := range []string{"https://console.cloud.google.com/logs/query;query=", "insertId=%2268f7abOR11%22", "cursorTimestamp=2026-11-23T14:02:11.000005Z", "?project=acme-prod"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
}
