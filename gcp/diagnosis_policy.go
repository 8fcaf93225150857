package gcp

import (
	"cmp"
	"slices"
	"strings"
)

// settled is the policy as it is now, without the conditions that are known to be true; lapsed are the bindings whose condition is
// known to be false, which it does not have.
func (e Evidence) settled() (now *Policy, lapsed []Binding) {
	if e.Policy == nil {
		return nil, nil
	}
	p := *e.Policy
	p.Bindings = nil
	for _, b := range e.Policy.Bindings {
		if b.Condition != (Condition{}) {
			switch b.Holds {
			case No:
				lapsed = append(lapsed, b)
				continue
			case Yes:
				b.Condition = Condition{}
			}
		}
		p.Bindings = append(p.Bindings, b)
	}
	return &p, lapsed
}

// invokes says whether a role lets its holders call the service.
func (k *clues) invokes(role string) Answer {
	if k.p != nil {
		for _, b := range k.p.Bindings {
			if b.Role == role {
				return b.Invokes
			}
		}
	}
	return shippedAnswer(role)
}

// holders are the members that may invoke by the policy as far as it was read, without a condition. Those that were deleted may not.
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
		k.likely(inferred, "The service was opened to everybody, and the change had probably not spread yet.")
		k.told(opened, "a change takes two minutes to spread, seven and more at times")
		k.con("that it is still spreading shows in the times alone")
		k.next("Wait some minutes, and look whether more come.")
	default:
		if !k.s.InvokerOff {
			k.denied()
		}
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
	k.denied()
	k.granted()
	k.checkedNow()
	k.taken()
	k.deleted()
	k.functionRole()
	k.conditional()
	holders := k.holders()
	switch {
	case k.p == nil:
	case slices.Contains(holders, "allAuthenticatedUsers"):
		k.con("allAuthenticatedUsers may invoke: a verified Google caller lacks nothing here, unless a deny policy says so")
		for _, u := range k.p.DenyUnread {
			k.con("not read: %s", u)
		}
	case len(holders) == 0 && len(k.members(Unsure)) > 0:
	case len(holders) == 0:
		k.pro("by what was read nobody may invoke")
	default:
		k.pro("by what was read only these may invoke: %s", list(holders))
		k.groups(holders)
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
	may := Unsure
	if k.p != nil {
		may = k.s.agentInvokes(k.p)
	}
	agent := cmp.Or(k.s.IAPAgent(), "serviceAccount:service-PROJECT_NUMBER"+iapAgentDomain)
	switch may {
	case Yes:
		k.con("IAP's service agent may invoke by what was read")
		return false
	case No:
		k.likely(observed, "IAP is on, and its service agent may not invoke the service: everybody who passes IAP gets 403.")
		k.pro("no binding lets IAP's service agent invoke")
		k.next("Give %s roles/run.invoker on the service.", agent)
		return true
	}
	k.likely(inferred, "IAP is on, and its service agent probably may not invoke the service: then everybody who passes IAP gets 403.")
	if k.p != nil {
		k.pro("no binding that was read is known to let IAP's service agent invoke")
	}
	k.conditional()
	k.groups(k.holders())
	k.next("Look whether %s holds roles/run.invoker, here or above; if not, give it on the service.", agent)
	return true
}

// groups says of which members it cannot be seen who they are.
func (k *clues) groups(members []string) {
	for _, m := range members {
		if strings.HasPrefix(m, "group:") || strings.HasPrefix(m, "principalSet:") {
			k.con("who is in %s cannot be seen from here", m)
		}
	}
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
				if k.heldHere() { // then it may as well be a remnant
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

// heldHere says whether anybody may invoke by the service's own policy; what is handed down by project and folders tells little of
// whom the service is for.
func (k *clues) heldHere() bool {
	return slices.ContainsFunc(k.p.Bindings, func(b Binding) bool {
		return (b.Level == "" || b.Level == "service") && b.Invokes == Yes && b.Condition == (Condition{}) &&
			slices.ContainsFunc(b.Members, func(m string) bool { return !strings.HasPrefix(m, "deleted:") })
	})
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
			k.likely(inferred, "The caller probably holds "+role+" alone, which does not let it call a Cloud Run service.")
			k.pro("%s holds %s, and by what was read no role with run.routes.invoke", m, role)
			k.next("Give %s roles/run.invoker on the service.", m)
		}
	}
}

// conditional: grants that hold at times only.
func (k *clues) conditional() {
	if k.p == nil {
		return
	}
	for _, b := range k.lapsed {
		if name := b.Condition.name(); b.Invokes != No {
			k.likely(inferred, "The callers may be accounts whose grant does not hold at this time: its condition is false.")
			k.pro("%s is held by %s only under the condition %s, which is false now", b.Role, list(b.Members), name)
			k.next("If %s may go on: give %s anew, with another condition or none.", list(b.Members), b.Role)
		}
	}
	for _, b := range k.p.Bindings {
		if name := b.Condition.name(); b.Invokes != No && b.Condition != (Condition{}) {
			k.con("%s is held by %s only under the condition %s, which cannot be evaluated here", b.Role, list(b.Members), name)
			k.next("Look whether the condition %s still holds.", name)
		}
	}
}

// name is the condition's title, or its expression where it has none.
func (c Condition) name() string { return conditionName(c.Title, c.Expression) }
