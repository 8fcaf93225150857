package gcp

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// fresh is how long a change of a policy may still be spreading. Google names two minutes, and seven or more at times:
// https://cloud.google.com/iam/docs/access-change-propagation
const fresh = 10 * time.Minute

// invokes says whether a role lets its holders call the service.
func (k *clues) invokes(role string) Answer {
	if k.p != nil {
		for _, b := range k.p.Bindings {
			if b.Role == role {
				return b.Invokes
			}
		}
	}
	answer, _ := shipped(role, "")
	return answer
}

// holders are the members that may invoke by the service's own policy, without a condition. Those that were deleted may not.
func (k *clues) holders() []string { return k.members(Yes) }

// members are the members of the bindings that invoke as the answer says, without a condition.
func (k *clues) members(invokes Answer) []string {
	var all []string
	if k.p != nil {
		for _, b := range k.p.Bindings {
			if b.Invokes == invokes && b.Condition == (Condition{}) {
				all = append(all, b.Members...)
			}
		}
	}
	return slices.DeleteFunc(all, func(m string) bool { return strings.HasPrefix(m, "deleted:") })
}

// public says whether the service asks for no credential now.
func (k *clues) public() bool { return k.s.InvokerOff || slices.Contains(k.holders(), "allUsers") }

// privately is the last change that made a public service ask for a credential.
func (k *clues) privately() (Change, bool) {
	return k.lastChange(func(c Change) bool {
		if c.Failed != "" {
			return false
		}
		removed := func(g Grant) bool { return g.Member == "allUsers" && k.invokes(g.Role) != No }
		return c.checked() || c.Kind == ChangePolicy && slices.ContainsFunc(c.Removed, removed) && !slices.ContainsFunc(c.Added, removed)
	})
}

func (k *clues) lastChange(of func(Change) bool) (Change, bool) {
	for i := len(k.changes) - 1; i >= 0; i-- {
		if of(k.changes[i]) {
			return k.changes[i], true
		}
	}
	return Change{}, false
}

// publicNow explains refusals of a service that is open to everybody by now. It says whether it is.
func (k *clues) publicNow() bool {
	if !k.public() {
		return false
	}
	opened, ok := k.lastChange(func(c Change) bool {
		return c.Failed == "" && (slices.ContainsFunc(c.Added, func(g Grant) bool { return g.Member == "allUsers" }) || c.before.known && !c.before.invokerOff && c.after.invokerOff)
	})
	switch last := k.main[0].Time; {
	case ok && last.Before(opened.Time):
		k.likely(inferred, "They were refused before the service was opened to everybody; since then none was.")
		k.told(opened, "")
		k.con("that it was the change that mended it shows in the times alone")
		k.next("Call it again, or wait for callers: no further refusal may also mean no further call.")
	case ok && last.Before(opened.Time.Add(fresh)):
		k.likely(inferred, "The service was opened to everybody, and the change had not spread yet.")
		k.told(opened, "a change takes two minutes to spread, seven and more at times")
		k.con("that it is still spreading shows in the times alone")
		k.next("Wait some minutes, and look whether more come.")
	default:
		k.likely(unknown, "The service asks nobody for a credential now, and still Cloud Run refused.")
		k.con("the service is public: Cloud Run should not have refused")
		k.next("Refresh: a setting or the policy may have changed since it was read.")
	}
	return true
}

// forbidden is gate 10: a verified caller who may not invoke, as far as the entry tells.
func (k *clues) forbidden() {
	old := k.main[0].explain().Short == oldWording().Short
	wording := "without the sentence that no credential came"
	if old {
		wording = "in an older wording, which leaves open whether a credential came"
	}
	k.pro("%s with 403, %s", times(len(k.main)), wording)
	k.con("the log does not name the caller")
	if k.publicNow() {
		return
	}
	if k.iapAgent() {
		k.policyUnread()
		return
	}
	k.granted()
	k.taken()
	k.deleted()
	k.functionRole()
	k.conditional()
	holders := k.holders()
	switch {
	case k.p == nil:
	case slices.Contains(holders, "allAuthenticatedUsers"):
		k.con("allAuthenticatedUsers may invoke: a verified Google caller lacks nothing here, unless a deny policy says so")
	case len(holders) == 0 && len(k.members(Unsure)) > 0:
	case len(holders) == 0:
		k.pro("the service's own policy lets nobody invoke")
	default:
		k.pro("by the service's own policy only these may invoke: %s", list(holders))
		for _, m := range holders {
			if strings.HasPrefix(m, "group:") {
				k.con("who is in %s cannot be seen from here", m)
			}
		}
	}
	if old {
		k.likely(inferred, "Callers send no credential, or are accounts that may not invoke the service; the log's older wording does not tell which.")
	}
	k.likely(inferred, "Callers are verified, but none of the accounts that may invoke the service.")
	if who := k.callers(); len(who) > 0 && who[0] != unknown {
		k.pro("the user agents say: %s", list(who))
	}
	k.policyUnread()
	k.next("Paste a caller's token: its account, and what that may do, are shown.")
	k.next("Give the account roles/run.invoker on the service, then wait some minutes.")
}

// iapAgent: with IAP on the service, the caller that Cloud Run sees is IAP's own service agent. It says whether that explains
// the refusals.
func (k *clues) iapAgent() bool {
	if !k.s.IAP {
		return false
	}
	k.pro("IAP is on: the caller that Cloud Run sees is IAP's service agent, not the person")
	if k.p == nil {
		return false
	}
	const agent = "@gcp-sa-iap.iam.gserviceaccount.com"
	isAgent := func(m string) bool { return strings.HasSuffix(m, agent) || m == "allAuthenticatedUsers" }
	switch {
	case slices.ContainsFunc(k.holders(), isAgent):
		k.con("IAP's service agent may invoke by the service's own policy")
		return false
	case slices.ContainsFunc(k.members(Unsure), isAgent):
		return false
	}
	number := k.s.ProjectNumber
	if number == "" {
		number = "PROJECT_NUMBER"
	}
	k.likely(observed, "IAP is on, and its service agent may not invoke the service: everybody who passes IAP gets 403.")
	k.pro("no binding of the service's own policy lets IAP's service agent invoke")
	k.next("Give serviceAccount:service-%s%s roles/run.invoker on the service.", number, agent)
	return true
}

// granted: a grant that may not have spread yet.
func (k *clues) granted() {
	c, ok := k.lastChange(func(c Change) bool {
		return c.Kind == ChangePolicy && c.Failed == "" && k.now.Sub(c.Time) < fresh &&
			(!c.Compared || slices.ContainsFunc(c.Added, func(g Grant) bool { return k.invokes(g.Role) != No }))
	})
	if !ok {
		return
	}
	switch {
	case !slices.ContainsFunc(k.main, func(e Entry) bool { return e.Time.Before(c.Time) }):
		// What began after a grant is not mended by it.
	case c.Compared:
		k.likely(inferred, "A grant was made a few minutes ago and has not spread yet.")
	default:
		k.likely(inferred, "The policy was set a few minutes ago: if that was a grant, it has not spread yet; if a removal, it is the reason.")
	}
	k.told(c, "a change takes two minutes to spread, seven and more at times")
	k.next("Wait some minutes, and look whether more come.")
}

// taken: somebody lost the permission.
func (k *clues) taken() {
	c, ok := k.lastChange(func(c Change) bool {
		return c.Kind == ChangePolicy && c.Failed == "" && slices.ContainsFunc(c.Removed, func(g Grant) bool { return k.invokes(g.Role) != No })
	})
	if !ok || !k.explains(c) {
		return
	}
	k.likely(inferred, "The callers' right to invoke was taken away.")
	k.told(c, "")
	k.next("Ask %s whether that was meant; give the role back if not.", cmp.Or(c.Who, "whoever did it"))
}

// deleted: bindings that hold for accounts that are gone.
func (k *clues) deleted() {
	if k.p == nil {
		return
	}
	for _, b := range k.p.Bindings {
		for _, m := range b.Members {
			if rest, ok := strings.CutPrefix(m, "deleted:"); ok && b.Invokes == Yes {
				name, _, _ := strings.Cut(rest, "?")
				if len(k.holders()) > 0 { // then it may as well be a remnant
					k.pro("%s is held by %s, which grants nothing", b.Role, m)
					continue
				}
				k.likely(inferred, "The account that held the role was deleted; one made again under the same address holds nothing.")
				k.pro("%s is held by %s", b.Role, m)
				k.next("Remove that binding, and give %s to %s anew.", b.Role, name)
			}
		}
	}
}

// functionRole: roles/cloudfunctions.invoker lets nobody call a Cloud Run service.
func (k *clues) functionRole() {
	if k.p == nil {
		return
	}
	const role = "roles/cloudfunctions.invoker"
	holders := k.holders()
	for _, b := range k.p.Bindings {
		if b.Role != role {
			continue
		}
		for _, m := range b.Members {
			if slices.Contains(holders, m) || slices.Contains(k.members(Unsure), m) {
				continue
			}
			k.likely(inferred, "The caller holds "+role+", which does not let it call a Cloud Run service.")
			k.pro("%s holds %s, and no role with run.routes.invoke on the service", m, role)
			k.next("Give %s roles/run.invoker on the service.", m)
		}
	}
}

// conditional: grants that hold at times only.
func (k *clues) conditional() {
	if k.p == nil {
		return
	}
	for _, b := range k.p.Bindings {
		if b.Invokes != No && b.Condition != (Condition{}) {
			k.pro("only under the condition %[3]s, which is not evaluated here, %[2]s is held by %[1]s", list(b.Members), b.Role,
				conditionName(b.Condition.Title, b.Condition.Expression))
			k.next("Look whether the condition %s still holds.", conditionName(b.Condition.Title, b.Condition.Expression))
		}
	}
}
