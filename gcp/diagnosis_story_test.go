package gcp_test

import (
	"strings"
	"testing"
	"time"

	"why401/gcp"
	"why401/gcp/demo"
)

// TestDiagnosisOfTheStory: what the demo's services are in trouble for is what is likely of each, from its settings, its policy,
// its refusals and its changes alone; and what the log cannot show stands against it.
func TestDiagnosisOfTheStory(t *testing.T) {
	want := map[string]struct{ likely, next, against, confidence string }{
		"shop-api":      {"Callers probably send Firebase ID tokens", "Paste a token", "does not show the token", "inferred"},
		"billing":       {"billing.acme.example, which is no audience", "custom audience", "does not show the token", "inferred"},
		"reports":       {"a credential that Cloud Run does not accept", "Paste a token", "does not show the token", "documented"},
		"web-gateway":   {"preflights never carry a credential", "one origin", "not proven", "observed"},
		"order-events":  {"roles/cloudfunctions.invoker", "roles/run.invoker", "does not name the caller", "inferred"},
		"public-site":   {"was public", "sec.review@acme.example", "not in the log", "inferred"},
		"nightly-sync":  {"was deleted", "Remove that binding", "does not name the caller", "inferred"},
		"admin-console": {"IAP is on, and its service agent probably may not invoke", "service-424242424242@gcp-sa-iap", "not read: ", "inferred"},
		"partner-api":   {"The policy was set at ", "Wait some minutes", "does not name the caller", "inferred"},
		"mobile-bff":    {"The app itself refuses", "app's own log", "not in the request log", "observed"},
		"ledger":        {"by ingress, with 404", "404", "an exclusion filter may drop", "inferred"},
	}
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		now := time.Now()
		page, err := client.Log(t.Context(), now.Add(-time.Hour), time.Time{}, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		services, err := client.Services(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var h gcp.History
		h.Add(page.Changes...)
		seen := 0
		for _, s := range services.Services {
			w, ok := want[s.Name]
			if !ok {
				continue
			}
			seen++
			p, err := client.Policy(t.Context(), s.ID)
			if err != nil {
				t.Fatal(err)
			}
			d := gcp.Diagnose(s, gcp.Evidence{Policy: &p, Entries: page.Entries, Since: now.Add(-time.Hour), Changes: h.List(), Now: now})
			for what, c := range map[string][2]string{
				"likely": {d.Likely, w.likely}, "next": {strings.Join(d.Next, "\n"), w.next},
				"against": {strings.Join(d.Against, "\n"), w.against}, "confidence": {d.Confidence, w.confidence},
			} {
				if !strings.Contains(c[0], c[1]) {
					t.Errorf("%s, %s: %q lacks %q", s.Name, what, c[0], c[1])
				}
			}
			// Without its policy nothing is said of who holds what.
			if blind := gcp.Diagnose(s, gcp.Evidence{Entries: page.Entries, Now: now}); strings.Contains(blind.Likely, "roles/") || strings.Contains(blind.Likely, "deleted") {
				t.Errorf("%s: without a policy: %q", s.Name, blind.Likely)
			}
		}
		if seen != len(want) {
			t.Errorf("%d of %d services are in the story", seen, len(want))
		}
	})
}

// TestDiagnosisOfNothing: a service without refusals is not called healthy.
func TestDiagnosisOfNothing(t *testing.T) {
	s := gcp.Service{Name: "quiet", Region: "europe-west1", Ingress: gcp.IngressAll, State: gcp.StateReady, URI: "https://quiet-1a2b3c-ew.a.run.app"}
	d := gcp.Diagnose(s, gcp.Evidence{Policy: &gcp.Policy{}, Now: time.Now()})
	if !strings.Contains(strings.Join(d.Against, " "), "exclusion filter") {
		t.Errorf("an empty log is taken for proof: %+v", d)
	}
	other := gcp.Entry{Service: "loud", Region: "europe-west1", Status: 401, Text: "The request was not authorized to invoke this service."}
	if got := gcp.Diagnose(s, gcp.Evidence{Policy: &gcp.Policy{}, Entries: []gcp.Entry{other}, Now: time.Now()}); got.Likely != d.Likely {
		t.Errorf("another service's refusal changed the diagnosis to %q", got.Likely)
	}
}
