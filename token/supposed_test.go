package token

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestASupposedGrantIsThere: what is only tried counts as there and spread, whatever is known of the policy. It makes no other answer sure, and
// a deny policy outweighs it.
func TestASupposedGrantIsThere(t *testing.T) {
	suppose := func(members ...string) func(*Target) {
		return func(s *Target) { s.Policy.Supposed = []Binding{invoker(members...)} }
	}
	unread := func(s *Target) {
		s.Policy.Known, s.Policy.Bindings, s.Policy.Unread = false, nil, []string{"project acme-prod"}
	}
	above := func(s *Target) { s.Policy.Bindings, s.Policy.Unread = nil, []string{"project acme-prod"} }
	none := func(s *Target) { s.Policy.Bindings = nil }
	young := func(s *Target) { s.Policy.Changed = moment.Add(-3 * time.Minute) }
	denied := func(s *Target) {
		s.Policy.DenyKnown, s.Policy.Deny = true, []Denial{{Policy: "no-outsiders", Denied: []string{"serviceAccount:" + caller}}}
	}
	all := func(s *Target) {
		s.Policy.DenyKnown, s.Policy.Deny = true, []Denial{{Policy: "nobody", Denied: []string{"allUsers"}}}
	}
	const sa = "serviceAccount:" + caller
	for _, c := range []struct {
		name   string
		change []func(*Target)
		paste  string
		want   []int
	}{
		{"the policy unread, nothing tried", []func(*Target){unread}, account(), []int{200, 403}},
		{"the policy unread, the caller tried", []func(*Target){unread, suppose(sa)}, account(), []int{200}},
		{"the policy unread, everybody tried", []func(*Target){unread, suppose("allUsers")}, account(), []int{200}},
		{"the policy unread, somebody else tried", []func(*Target){unread, suppose("user:ann@example.com")}, account(), []int{200, 403}},
		{"the policy unread, the caller tried, for who comes without a credential", []func(*Target){unread, suppose(sa)}, "", []int{200, 403}},
		{"the policy unread, everybody tried, for who comes without a credential", []func(*Target){unread, suppose("allUsers")}, "", []int{200}},
		{"the project unread, somebody else tried", []func(*Target){above, suppose("user:ann@example.com")}, account(), []int{200, 403}},
		{"no binding", []func(*Target){none}, account(), []int{403}},
		{"no binding, the caller tried", []func(*Target){none, suppose(sa)}, account(), []int{200}},
		{"no binding, somebody else tried", []func(*Target){none, suppose("user:ann@example.com")}, account(), []int{403}},
		{"changed three minutes ago", []func(*Target){young}, account(), []int{200, 403}},
		{"changed three minutes ago, the caller tried", []func(*Target){young, suppose(sa)}, account(), []int{200}},
		{"changed three minutes ago, everybody tried", []func(*Target){young, suppose("allUsers")}, account(), []int{200}},
		{"changed three minutes ago, somebody else tried", []func(*Target){young, suppose("user:ann@example.com")}, account(), []int{200, 403}},
		{"denied, the caller tried", []func(*Target){none, denied, suppose(sa)}, account(), []int{403}},
		{"denied, everybody tried", []func(*Target){none, denied, suppose("allUsers")}, account(), []int{200, 403}},
		{"everybody denied, everybody tried", []func(*Target){none, all, suppose("allUsers")}, "", []int{403}},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := shop(t)
			for _, change := range c.change {
				change(&target)
			}
			_, v := judge(t, c.paste, target)
			if !slices.Equal(v.Possible, c.want) {
				t.Errorf("possible %v (%s), want %v", v.Possible, v.Text, c.want)
			}
		})
	}
}

// TestMayKnowsWhatIsSupposed: the answer to "can they" follows, and says nothing of the age of a grant that is not there.
func TestMayKnowsWhatIsSupposed(t *testing.T) {
	target := shop(t)
	target.Policy.Bindings, target.Policy.Changed = nil, moment.Add(-3*time.Minute)
	p, err := ParsePrincipal("ann@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if a := May(p, target); a.Answer != No || !strings.Contains(a.Says, "may not have spread") {
		t.Errorf("without: %d, %s", a.Answer, a.Says)
	}
	target.Policy.Supposed = []Binding{invoker("user:ann@example.com")}
	if a := May(p, target); a.Answer != Yes || len(a.By) != 1 || !a.By[0].Supposed || strings.Contains(a.Says, "spread") {
		t.Errorf("with: %d, %+v, %s", a.Answer, a.By, a.Says)
	}
}
