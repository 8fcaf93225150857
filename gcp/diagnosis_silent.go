package gcp

// silent is a service without refusals. What stops its callers, if anything does, leaves no entry.
func (k *clues) silent() {
	k.written()
	if c, ok := k.lastChange(func(c Change) bool {
		return c.Failed == "" && c.before.known && c.after.ingress.narrower(c.before.ingress) && c.after.ingress == k.s.Ingress
	}); ok {
		k.likely(inferred, "Callers from outside are stopped by ingress, with 404 and without an entry.")
		k.pro("%s %s", k.moment(c.Time), c.Text())
	}
	switch {
	case k.s.Ingress == IngressNone:
		k.likely(documented, "Ingress is none: no request gets in, and none leaves an entry.")
	case k.s.URI == "" && len(k.s.URLs) == 0 && !k.s.URLsHidden():
		k.likely(documented, "The service has no URL: there is nothing to call.")
	case k.s.State == StateFailed:
		k.likely(inferred, "The latest revision is not ready: callers may get an error, or the revision before.")
		k.pro("the service says: %s", k.s.StateText)
	case k.s.Ingress == IngressInternal, k.s.Ingress == IngressLoadBalancer:
		k.likely(inferred, "If callers are stopped, then most likely by ingress, with 404 and without an entry.")
		k.pro("ingress is %s", k.s.Ingress.word())
		k.next("Ask whether the callers get 404, and by which way they come.")
	case k.s.DefaultURLOff:
		k.likely(inferred, "If callers use the run.app URL, they get 404 without an entry: it is off.")
	default:
		k.likely(unknown, "Nothing shows that callers are stopped.")
	}
	k.next("Ask for the status that the caller sees, and the address that it calls.")
	k.unwritten()
	if k.s.Ingress == IngressLoadBalancer || k.s.DefaultURLOff {
		k.next("Look at the load balancer's log: Cloud Armor, and IAP on its backend, answer before Cloud Run.")
	}
	if k.s.IAP {
		k.next("IAP answers before Cloud Run: look at its own settings and who may pass it.")
	}
}

// logged is the newest entry of the request log of the service's own project; what is logged of another one proves nothing of this.
func (k *clues) logged() *Logged {
	if l := k.Logged; l != nil && l.Found && l.Project != k.s.Project {
		return nil
	}
	return k.Logged
}

// written says what the empty list of refusals proves, by what else the log holds.
func (k *clues) written() {
	switch l := k.logged(); {
	case l == nil:
		k.con("no refused request is in the log; that proves little: an exclusion filter may drop entries, and some refusals leave none")
	case !l.Found:
		k.con("the log holds no request at all, of any answer: either nobody calls, or an exclusion filter keeps requests out of it")
	case l.Place == k.s.Place():
		k.con("no refused request is in the log, and the service's requests are logged: the newest was answered %d; what ingress stops leaves no entry", l.Status)
	default:
		k.con("no refused request is in the log; other services' requests are in it, but a filter may exclude this service's, and some refusals leave no entry")
	}
}

// unwritten says how to find out whether the service's requests are logged at all, where that is not known.
func (k *clues) unwritten() {
	project := " --project=" + quote(k.s.Project)
	switch l := k.logged(); {
	case l == nil, !l.Found:
		k.next("Look for an exclusion filter on the log sink: gcloud logging sinks describe _Default%s", project)
	case l.Place != k.s.Place():
		k.next("Look whether any request of the service is logged: gcloud logging read %s%s --limit=1",
			quote(`log_id("run.googleapis.com/requests") AND resource.labels.service_name=`+label(k.s.Name)), project)
	}
}
