package ui

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"why401/gcp"
	"why401/gcp/demo"
	"why401/token"
)

// TestOneTokenEveryService: while a token is held the list says what each service would answer to it.
func TestOneTokenEveryService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.lacks("TOKEN")
		d.keys("d")
		d.has("TOKEN")
		d.keys("1", "/")
		for _, r := range "token:200" {
			d.keys(string(r))
		}
		d.has("mobile-bff", "status")
		d.lacks("billing ")
		d.keys("esc", "s", "s", "s", "s")
		d.has("by token")
		if first := d.root.services.rows[d.root.services.shown[0]]; first.verdict.Status != 200 {
			t.Errorf("sorted by the token's prospects, the first service answers %s, want 200", statusWord(first.verdict))
		}
		d.keys("x")
		d.lacks("TOKEN", "by token")
	})
}

// BenchmarkPredictions judges one token against 1,000 services. Budget: 20 ms.
func BenchmarkPredictions(b *testing.B) {
	r := newRoot(context.Background(), Options{})
	var listing gcp.Listing
	for i := range 1000 {
		s := gcp.Service{
			ID: fmt.Sprint(i), Name: fmt.Sprintf("service-%d", i), Region: "europe-west1", Project: "p",
			URI: fmt.Sprintf("https://service-%d-1a2b3c-ew.a.run.app", i), Audiences: []string{fmt.Sprintf("https://%d.example", i)}, Ingress: gcp.IngressAll,
		}
		listing.Services = append(listing.Services, s)
		r.policies[s.ID] = &policyState{policy: &gcp.Policy{Bindings: []gcp.Binding{{Role: "roles/run.invoker", Members: []string{"user:ann@acme.example", "group:all@acme.example"}, Invokes: gcp.Yes}}}}
	}
	r.services.show(listing, time.Unix(1, 0), nil)
	t, err := token.Read([]byte("eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2FjY291bnRzLmdvb2dsZS5jb20iLCJhdWQiOiJodHRwczovL3NlcnZpY2UtNy0xYTJiM2MtZXcuYS5ydW4uYXBwIiwiYXpwIjoiMTIzIiwic3ViIjoiMTIzIiwiZW1haWwiOiJib3RAcC5pYW0uZ3NlcnZpY2VhY2NvdW50LmNvbSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMH0.AAAA"))
	if err != nil {
		b.Fatal(err)
	}
	r.token.token = t
	r.time = time.Unix(1700000100, 0)
	for b.Loop() {
		r.predicted = predictions{}
		r.predict()
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/1000services")
}
