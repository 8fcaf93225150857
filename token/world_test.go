package token

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// world is a request and a service of which everything is known, down to what the tables of this package call a doubt. Its answer is the order of
// the gates read off the facts, and shares no code with the rules.
type world struct {
	urlOff, runApp        bool
	ingress               Ingress
	from                  From
	iap, agentMay, checks bool
	allUsers, callerMay   bool
	none, malformed       bool
	verifies, audience    bool
}

// answers are the statuses that may come; behind IAP it is IAP's to say.
func (w world) answers() []int {
	switch {
	case w.urlOff && w.runApp,
		w.ingress == IngressNone,
		w.ingress == IngressInternal && w.from != FromVPC,
		w.ingress == IngressLoadBalancer && w.from == FromInternet:
		return []int{404}
	case w.iap && w.checks && !w.agentMay:
		return []int{403}
	case w.iap:
		return []int{200, 401, 403}
	case !w.checks || w.allUsers:
		return []int{200}
	case w.none:
		return []int{403}
	case w.malformed || !w.verifies || !w.audience:
		return []int{401}
	case w.callerMay:
		return []int{200}
	}
	return []int{403}
}

// view is how a world is known: the target, the paste, and every world that it may be.
type view struct {
	paste  string
	target Target
	worlds []world
}

// split replaces each world by one for either value of something that is not known.
func (v *view) split(known Answer, set func(*world, bool)) {
	var all []world
	for _, w := range v.worlds {
		for _, value := range []bool{false, true} {
			if known == Unsure || value == (known == Yes) {
				set(&w, value)
				all = append(all, w)
			}
		}
	}
	v.worlds = all
}

// each replaces each world by one for every value.
func each[T any](v *view, values []T, set func(*world, T)) {
	var all []world
	for _, w := range v.worlds {
		for _, value := range values {
			set(&w, value)
			all = append(all, w)
		}
	}
	v.worlds = all
}

// someView is a random service with some of it unknown.
func someView(r *rand.Rand, base Target) view {
	v := view{target: base, worlds: []world{{}}}
	s := &v.target
	doors := []Answer{Yes, No, No, Unsure}
	s.DefaultURL, s.IAP, s.InvokerCheck = pick(r, Yes, Yes, No, Unsure), pick(r, doors...), pick(r, Yes, Yes, No, Unsure)
	v.split(s.DefaultURL, func(w *world, on bool) { w.urlOff = !on })
	v.split(s.IAP, func(w *world, on bool) { w.iap = on })
	v.split(s.InvokerCheck, func(w *world, on bool) { w.checks = on })

	runApp := pick(r, Yes, No, Unsure)
	s.Request.Host = map[Answer]string{Yes: "shop-api-1a2b3c-ew.a.run.app", No: "api.example.com", Unsure: ""}[runApp]
	v.split(runApp, func(w *world, is bool) { w.runApp = is })

	s.Ingress = pick(r, IngressAll, IngressAll, IngressInternal, IngressLoadBalancer, IngressNone, IngressUnknown)
	ingresses := []Ingress{s.Ingress}
	if s.Ingress == IngressUnknown {
		ingresses = []Ingress{IngressAll, IngressInternal, IngressLoadBalancer, IngressNone}
	}
	each(&v, ingresses, func(w *world, i Ingress) { w.ingress = i })
	s.Request.From = pick(r, FromInternet, FromVPC, FromLoadBalancer, FromUnknown)
	froms := []From{s.Request.From}
	if s.Request.From == FromUnknown {
		froms = []From{FromInternet, FromVPC, FromLoadBalancer}
	}
	each(&v, froms, func(w *world, f From) { w.from = f })
	v.policy(r)
	return v
}

// policy gives the view a policy.
func (v *view) policy(r *rand.Rand) {
	me, agent := "serviceAccount:"+caller, "serviceAccount:"+iapAgent("4242")
	s := &v.target
	s.Policy = Policy{Known: true}
	all, callerMay, agentMay := No, No, No
	bind := func(b Binding) { s.Policy.Bindings = append(s.Policy.Bindings, b) }
	switch r.IntN(9) {
	case 0:
		bind(invoker(me))
		callerMay = Yes
	case 1:
		bind(role("roles/cloudfunctions.invoker", No, me, agent, "allUsers"))
	case 2:
		bind(invoker("group:ops@example.com"))
		callerMay, agentMay = Unsure, Unsure
	case 3:
		bind(past(invoker(me, agent, "allUsers")))
	case 4:
		bind(when(`resource.name == "x"`, invoker(me)))
		callerMay = Unsure
	case 5:
		bind(role("projects/p/roles/x", Unsure, me))
		callerMay = Unsure
	case 6:
		bind(invoker("allUsers"))
		all, callerMay, agentMay = Yes, Yes, Yes
	case 7:
		bind(invoker("allAuthenticatedUsers"))
		callerMay, agentMay = Yes, Yes
	case 8:
		s.Policy = Policy{}
		all, callerMay, agentMay = Unsure, Unsure, Unsure
	}
	if s.Policy.Known && r.IntN(2) == 0 {
		bind(invoker(agent))
		agentMay = Yes
	}
	if s.Policy.Known && r.IntN(2) == 0 {
		s.Policy.Unread = []string{"project acme-prod"}
		if callerMay == No {
			callerMay = Unsure
		}
		if agentMay == No {
			agentMay = Unsure
		}
	}
	v.split(all, func(w *world, may bool) { w.allUsers = may })
	v.split(callerMay, func(w *world, may bool) { w.callerMay = may || w.allUsers })
	v.split(agentMay, func(w *world, may bool) { w.agentMay = may || w.allUsers })
}

// worldCredential is a credential, and what of it is so.
type worldCredential struct {
	paste              string
	verifies, audience Answer
	none, malformed    bool
	keyless            bool // no keys are at hand
}

func worldCredentials() []worldCredential {
	good := worldCredential{paste: account(), verifies: Yes, audience: Yes}
	but := func(change func(*worldCredential)) worldCredential {
		c := good
		change(&c)
		return c
	}
	unverified := func(paste string, verifies Answer) worldCredential {
		return but(func(c *worldCredential) { c.paste, c.verifies = paste, verifies })
	}
	meant := func(audience string, accepted Answer) worldCredential {
		return but(func(c *worldCredential) { c.paste, c.audience = account(set("aud", audience)), accepted })
	}
	return []worldCredential{
		good, good, good,
		but(func(c *worldCredential) { c.paste, c.none = "", true }),
		but(func(c *worldCredential) { c.paste, c.malformed = "Authorization: Bearer Bearer "+c.paste, true }),
		but(func(c *worldCredential) { c.verifies, c.keyless = Unsure, true }),
		unverified(account(set("exp", after(-time.Hour)), set("iat", after(-2*time.Hour))), No),
		unverified(account(set("exp", after(-2*time.Minute))), Unsure),
		unverified(account(signed("other")), No),
		unverified(firebase(), No),
		unverified(accessToken, No),
		meant("https://api.example.com", No),
		meant(shopURL+"/v1", Unsure),
	}
}

// credential gives the view a credential.
func (v *view) credential(c worldCredential) {
	v.paste = c.paste
	if c.keyless {
		v.target.Keys = nil
	}
	each(v, []bool{c.none}, func(w *world, is bool) { w.none, w.malformed = is, c.malformed })
	v.split(c.verifies, func(w *world, does bool) { w.verifies = does })
	v.split(c.audience, func(w *world, is bool) { w.audience = is })
}

// TestTheVerdictIsWhatMayBe: what may come is exactly what comes in one of the worlds that agree with what is known. So the verdict is never surer than
// what is known allows, and never less sure.
func TestTheVerdictIsWhatMayBe(t *testing.T) {
	r := rand.New(rand.NewPCG(200, 404))
	base := shop(t)
	credentials, certain := worldCredentials(), 0
	for range 4000 {
		v := someView(r, base)
		v.credential(pick(r, credentials...))
		var want []int
		for _, w := range v.worlds {
			for _, status := range w.answers() {
				if !slices.Contains(want, status) {
					want = append(want, status)
				}
			}
		}
		slices.Sort(want)
		report, got := judge(t, v.paste, v.target)
		if fmt.Sprint(got.Possible) != fmt.Sprint(want) {
			t.Fatalf("%v (%s), want %v of %d worlds, such as %+v\n%+v\n%s", got.Possible, got.Text, want, len(v.worlds), v.worlds[0], v.target, report.show())
		}
		if got.Status != 0 {
			certain++
		}
	}
	if certain < 500 || certain > 3500 {
		t.Errorf("%d of 4000 verdicts are certain: the views are too dull", certain)
	}
}
