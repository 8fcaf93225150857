package gcp_test

import (
	"testing"

	"why401/gcp"
)

// TestFrontGroupsHaveTheirEntries: each entry is in one group, and a group has as many as it counts.
func TestFrontGroupsHaveTheirEntries(t *testing.T) {
	denied := gcp.FrontEntry{Status: 403, Details: "denied_by_security_policy", Armor: gcp.ArmorRule{Policy: "edge", Priority: 1000}}
	other := denied
	other.Armor.Priority = 2000
	elsewhere := denied
	elsewhere.Armor.Policy = "core"
	late := denied
	late.Method, late.URL = "GET", "https://api.example/x?access_token=secret"
	entries := []gcp.FrontEntry{denied, other, elsewhere, late,
		{Status: 403, Details: "handled_by_identity_aware_proxy"}, {Status: 401, Details: "response_sent_by_backend"}, {Status: 404, Details: "response_sent_by_backend"},
		{Status: 401, Details: "response_sent_by_backend", Armor: gcp.ArmorRule{Policy: "edge", Priority: 1}},
	}
	groups := gcp.GroupFronts(entries)
	if len(groups) != 6 {
		t.Errorf("%d groups", len(groups))
	}
	for _, e := range entries {
		in := 0
		for _, g := range groups {
			if g.Has(e) {
				in++
			}
		}
		if in != 1 {
			t.Errorf("%+v is in %d groups", e, in)
		}
	}
	for _, g := range groups {
		n := 0
		for _, e := range entries {
			if g.Has(e) {
				n++
			}
		}
		if n != g.Count {
			t.Errorf("%s has %d, counts %d", g.Short, n, g.Count)
		}
	}
	if late.Path() != "/x" || denied.Rule() != "rule 1000 of edge" || (gcp.FrontEntry{}).Rule() != "" {
		t.Errorf("path %q, rule %q", late.Path(), denied.Rule())
	}
	agent := gcp.FrontEntry{UserAgent: "curl/8", RemoteIP: "192.0.2.1"}
	if agent.Caller() != "curl/8" || (gcp.FrontEntry{RemoteIP: "192.0.2.1"}).Caller() != "192.0.2.1" {
		t.Errorf("caller %q", agent.Caller())
	}
}
