package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"why401/gcp/demo"
)

func TestMask(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"prose", "5 minutes ago at 14:02:11 somebody deployed", "5 minutes ago at 14:02:11 somebody deployed"},
		{"an IPv4 address", "198.51.100.7", "ip-1"},
		{"the same twice, and another", "198.51.100.7, 198.51.100.8, 198.51.100.7", "ip-1, ip-2, ip-1"},
		{"with a port", "198.51.100.7:443", "ip-1:443"},
		{"in a path", "https://a.example/by/198.51.100.7/x", "https://a.example/by/ip-1/x"},
		{"no address", "999.1.2.3 and 1.2.3", "999.1.2.3 and 1.2.3"},
		{"an IPv6 address", "2001:db8:61::9e", "ip-1"},
		{"the same in other letters", "2001:DB8:61::9e 2001:db8:61:0::9e", "ip-1 ip-1"},
		{"in brackets, with a port", "[2001:db8::1]:443", "[ip-1]:443"},
		{"the end of a sentence", "from 2001:db8::1. And", "from ip-1. And"},
		{"escaped", "/by/2001%3Adb8%3A%3A1/x", "/by/ip-1/x"},
		{"an IPv4 address in IPv6", "::ffff:198.51.100.7", "ip-1"},
		{"colons in a name", "std::a", "std::a"},
		{"joined to a word", "client:2001:db8::1", "client:ip-1"},
		{"joined to a name", "client_ip_2001:db8::5 x2001:db8:0:1::5x", "client_ip_ip-1 xip-2x"},
		{"escaped, and joined to a word", "ip%3A2001%3Adb8%3A%3A1", "ip:ip-1"},
		{"escaped twice", "/by/2001%253Adb8%253A%253A1/x", "/by/ip-1/x"},
		{"eight groups and a port", "2001:db8:0:0:0:0:0:1:8080", "ip-1:8080"},
		{"with a zone", "fe80::1%eth0", "ip-1%eth0"},
		{"a list as proxies write it", "X-Forwarded-For:203.0.113.9,10.0.0.1, 2001:db8::1; for=\"[2001:db8::1]:4711\"", "X-Forwarded-For:ip-2,ip-3, ip-1; for=\"[ip-1]:4711\""},
		{"an IPv4 address behind a translator", "64:ff9b::203.0.113.9", "ip-1"},
		{"two with a hyphen", "2001:db8::1-2001:db8::2", "ip-1-ip-2"},
		{"with leading zeros", "198.051.100.007 198.51.100.7", "ip-1 ip-1"},
		{"with escaped dots", "198%2E51%2e100%2E7", "ip-1"},
		{"colons in names and times", "std::bad, xcafe::babex, 14:02:11, aa:bb:cc:dd:ee:ff", "std::bad, xcafe::babex, 14:02:11, aa:bb:cc:dd:ee:ff"},
		{"a mail address escaped twice", "/users/jo%2540acme.example", "/users/mail-1"},
		{"a mail address in quotes", `"jo doe"@acme.example`, "mail-1"},
		{"a mail address", "sec.review@acme.example removed allUsers", "mail-1 removed allUsers"},
		{"a member", "user:Sam.Analyst@acme.example and user:sam.analyst@acme.example", "user:mail-1 and user:mail-1"},
		{"a mail address in a path", "/users/jo%40acme.example/orders", "/users/mail-1/orders"},
		{"a service account stays", "serviceAccount:ci-deployer@acme-prod.iam.gserviceaccount.com", "serviceAccount:ci-deployer@acme-prod.iam.gserviceaccount.com"},
		{"a deleted one too", "deleted:serviceAccount:a@b.iam.gserviceaccount.com?uid=104424242424242424242", "deleted:serviceAccount:a@b.iam.gserviceaccount.com?uid=104424242424242424242"},
		{"that only ends like one", "a@b.evilgserviceaccount.com", "mail-1"},
		{"a mention", "@everyone", "@everyone"},
	} {
		if got := (&veil{masked: true}).hide(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if got := (&veil{}).hide(c.text); got != c.text {
			t.Errorf("%s, not masked: %q, want it as it is", c.name, got)
		}
	}
}

// TestReportsHoldNoSecret: no token that stands in the log comes into any report; addresses do, but for a masked one.
func TestReportsHoldNoSecret(t *testing.T) {
	const (
		jwt      = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FjY291bnRzIn0.c2lnbmF0dXJlc2lnbmF0dXJl"
		password = "hunter2hunter2"
	)
	secrets := []string{jwt, "eyJpc3MiOi", "c2lnbmF0dXJl", password}
	addresses := []string{"203.0.113.9", "2001:db8:77::5", "jo.customer@acme.example", "jo.customer%40acme.example", "sec.review@acme.example"}
	for _, json := range []bool{false, true} {
		for _, masked := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				cloud := demo.New(demo.InMemory())
				at := time.Now().Add(-time.Second)
				for _, r := range []demo.Refusal{
					{URL: "https://api.acme.example/pay?access_token=" + password},
					{URL: "https://api.acme.example/by/" + jwt + "/x"},
					{URL: "https://jo:" + password + "@api.acme.example/"},
					{URL: "/x;password=" + password},
					{URL: "/users/jo.customer%40acme.example/from/203.0.113.9"},
					{UserAgent: "Bearer " + jwt}, {UserAgent: jwt}, {UserAgent: "agent(jo.customer@acme.example) token=" + password},
					{Referer: "https://app.example/#id_token=" + jwt}, {Method: jwt}, {Trace: jwt}, {RemoteIP: "203.0.113.9"}, {RemoteIP: "2001:db8:77::5"}, {Text: "x " + jwt},
				} {
					r.Service, r.Time = "public-site", at
					for range 90 { // a group of its own, among the largest
						cloud.Emit(r)
					}
				}
				text, err := reported(t, cloud, func(o *ReportOptions) { o.Service, o.JSON, o.Mask = "public-site", json, masked })
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range secrets {
					if strings.Contains(text, s) {
						t.Errorf("JSON %v, masked %v: the report holds %q", json, masked, s)
					}
				}
				held := 0
				for _, a := range addresses {
					if strings.Contains(text, a) {
						held++
						if masked {
							t.Errorf("JSON %v: the masked report holds %q", json, a)
						}
					}
				}
				if !masked && held < 3 || masked && !strings.Contains(text, "ip-1") || masked && !strings.Contains(text, "mail-1") {
					t.Errorf("JSON %v, masked %v: %d addresses", json, masked, held)
				}
				if !strings.Contains(text, "(hidden)") {
					t.Errorf("JSON %v: nothing was hidden", json)
				}
			})
		}
	}
}
