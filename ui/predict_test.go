package ui

import (
	"context"
	"fmt"
	"reflect"
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
		before := d.root.token.token
		d.keys("d")
		if d.root.token.token == before {
			t.Error("d took no other token")
		}
		d.has("by token")
		if first := d.root.services.rows[d.root.services.shown[0]]; first.verdict.Status != 200 {
			t.Errorf("sorted by another token's prospects, the first service answers %s, want 200", statusWord(first.verdict))
		}
		d.keys("x")
		d.lacks("TOKEN", "by token")
	})
}

// BenchmarkPredictions judges one token against 1,000 services. Budget: 20 ms; of processor time, too, which other work on the machine does not lengthen.
func BenchmarkPredictions(b *testing.B) { benchmarkPredictions(b, nil) }

// BenchmarkPredictionsInherited does so where project and folders hand forty bindings of three members down to each, and two deny rules.
func BenchmarkPredictionsInherited(b *testing.B) {
	above := gcp.Inherited{Project: "p", Levels: []gcp.Level{{Name: "project p"}}}
	for i := range 40 {
		above.Levels[0].Bindings = append(above.Levels[0].Bindings, gcp.Binding{Role: fmt.Sprintf("roles/r%d", i), Level: "project p", Invokes: gcp.Yes,
			Members: []string{"group:ops@acme.example", fmt.Sprintf("user:u%d@acme.example", i), fmt.Sprintf("serviceAccount:s%d@p.iam.gserviceaccount.com", i)}})
	}
	for range 2 {
		above.Deny = append(above.Deny, gcp.DenyRule{Level: "organisation 1", Policy: "stop", Denied: []string{"principal://goog/subject/gone@acme.example"}})
	}
	benchmarkPredictions(b, &above)
}

func benchmarkPredictions(b *testing.B, above *gcp.Inherited) {
	r := newRoot(context.Background(), Options{})
	var listing gcp.Listing
	for i := range 1000 {
		s := gcp.Service{
			ID: fmt.Sprint(i), Name: fmt.Sprintf("service-%d", i), Region: "europe-west1", Project: "p",
			URI: fmt.Sprintf("https://service-%d-1a2b3c-ew.a.run.app", i), Audiences: []string{fmt.Sprintf("https://%d.example", i)}, Ingress: gcp.IngressAll,
		}
		listing.Services = append(listing.Services, s)
		policy := gcp.Policy{Service: "projects/p/locations/europe-west1/services/" + s.Name, Bindings: []gcp.Binding{{Role: "roles/run.invoker", Members: []string{"user:ann@acme.example", "group:all@acme.example"}, Invokes: gcp.Yes}}}
		r.policies[s.ID] = &policyState{policy: &policy}
	}
	if above != nil {
		r.inherited.of = map[string]*inheriting{"p": {value: above}}
	}
	r.services.show(listing, time.Unix(1, 0), nil)
	t, err := token.Read([]byte("eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2FjY291bnRzLmdvb2dsZS5jb20iLCJhdWQiOiJodHRwczovL3NlcnZpY2UtNy0xYTJiM2MtZXcuYS5ydW4uYXBwIiwiYXpwIjoiMTIzIiwic3ViIjoiMTIzIiwiZW1haWwiOiJib3RAcC5pYW0uZ3NlcnZpY2VhY2NvdW50LmNvbSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMH0.AAAA"))
	if err != nil {
		b.Fatal(err)
	}
	r.token.token = t
	r.time = time.Unix(1700000100, 0)
	from := cpu()
	for b.Loop() {
		r.predicted = predictions{}
		r.predict()
	}
	b.ReportMetric(float64((cpu()-from).Microseconds())/1000/float64(b.N), "cpu-ms/1000services")
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/1000services")
}

// TestPredictionsCountWhatIsHandedDown: judged for many, a service answers as it does when it is selected, with what its project hands down.
func TestPredictionsCountWhatIsHandedDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.choose("billing")
		d.keys("d")
		alike, handed := 0, 0
		at := moment{now: d.root.time, clock: d.root.clock, keys: d.root.keys}
		for _, row := range d.root.services.rows {
			id := row.service.ID
			shared, joined := d.root.inherited.target(row.service, d.root.ownPolicy(id), at), target(row.service, d.root.policyOf(id), nil, at)
			if got, want := token.Predict(d.root.token.token, shared), token.Predict(d.root.token.token, joined); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v\nwant %+v", row.service.Name, got, want)
			}
			alike++
			if shared.Policy.Above != nil {
				handed++
			}
		}
		if alike == 0 || handed == 0 {
			t.Errorf("%d services, to %d of which something is handed down", alike, handed)
		}
	})
}
