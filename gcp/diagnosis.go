package gcp

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Diagnosis is what most likely stops the callers of one service, as far as its settings, its policy, its refusals and its changes
// tell. It quotes foreign text: clean before drawing.
type Diagnosis struct {
	Likely     string   // in a sentence or two
	For        []string // the evidence, the strongest first
	Against    []string // what speaks against it, and what is not known
	Next       []string // what to check or do, the quickest first
	Also       []string // what else was refused in the same time, in a line for each sort
	Confidence string   // of Likely: "documented", "observed", "inferred"; "unknown" where nothing is likely
}

const unknown = "unknown"

// mostEntries is how many entries a diagnosis looks at.
const mostEntries = 2000

// cause is a sort of refusal, as its entry tells.
type cause int8

const (
	causeCredential cause = iota // 401: a credential came and was not accepted
	causeForbidden               // 403: a verified caller may not invoke, or what the older wording leaves open
	causeNone                    // 403: no credential
	causePreflight               // 403 on OPTIONS, which browsers send without a credential
	causeApp                     // the container answered
	causeUnclear
	causes
)

// cause sorts an entry.
func (e Entry) cause() cause {
	short := e.explain().Short
	switch {
	case e.By() == App:
		return causeApp
	case short == notAccepted().Short:
		return causeCredential
	case short == noCredential().Short:
		return causeNone
	case short == mayNotInvoke().Short, short == oldWording().Short:
		return causeForbidden
	case short == surePreflight, short == likelyPreflight:
		return causePreflight
	}
	return causeUnclear
}

// Evidence is what is known of a service besides its settings.
type Evidence struct {
	Policy  *Policy     // as Judged has it for Now; nil: not read
	Entries []Entry     // its refusals of some time, of which the newest 2,000 are looked at
	Since   time.Time   // from when on Entries lack none that was logged; the zero value where that is not known
	Gaps    []time.Time // moments after Since around which some may be missing all the same
	Minutes []int       // its refusals of every sort by minute, each minute whole, the last that of Now; nil where they are not known
	Changes []Change    // as a History gives them; those of other services are passed over
	Logged  *Logged     // the newest entry of the project's request log; nil where that was not looked for
	Now     time.Time   // in the zone that moments are told in
}

// clues are what a diagnosis goes by.
type clues struct {
	Evidence
	s       Service
	p       *Policy   // as it is now: a condition that is true is left out, a binding whose condition is false too
	lapsed  []Binding // these
	changes []Change  // the service's own
	now     time.Time
	looked  int     // how many entries are looked at
	main    []Entry // those of the cause that is looked at, the newest first
	d       Diagnosis
}

// Diagnose says what most likely stops the callers of s. It is pure, and takes some milliseconds at most.
//
// The log shows no token, no request that ingress refused, and nothing that an exclusion filter drops: Against says what of that
// bears on the verdict.
func Diagnose(s Service, of Evidence) Diagnosis {
	k := clues{Evidence: of, s: s, now: of.Now}
	k.p, k.lapsed = of.settled()
	for _, c := range of.Changes {
		if c.Service == s.Name && c.Region == s.Region {
			k.changes = append(k.changes, c)
		}
	}
	slices.SortFunc(k.changes, orderChanges)
	sorts, main := k.sort()
	if main < 0 {
		k.silent()
		return k.finish()
	}
	k.main = sorts[main]
	switch main {
	case causeCredential:
		k.credential()
	case causeForbidden:
		k.forbidden()
	case causeNone:
		k.noCredential()
	case causePreflight:
		k.preflight()
	case causeApp:
		k.app()
	default:
		k.unclear()
	}
	k.freshness()
	for c, some := range sorts {
		if cause(c) != main && len(some) > 0 {
			k.d.Also = append(k.d.Also, fmt.Sprintf("%s: %s", times(len(some)), some[0].explain().Short))
		}
	}
	return k.finish()
}

// sort sorts the service's own entries, the newest first, and says which cause most of them have; -1 where there are none.
func (k *clues) sort() (of [causes][]Entry, main cause) {
	own := slices.Clone(k.Entries)
	own = slices.DeleteFunc(own, func(e Entry) bool { return e.Service != k.s.Name || e.Region != k.s.Region })
	slices.SortStableFunc(own, func(a, b Entry) int { return b.Time.Compare(a.Time) })
	if len(own) >= mostEntries {
		own = own[:mostEntries]
		if oldest := own[mostEntries-1].Time; !k.Since.IsZero() && oldest.After(k.Since) {
			k.Since = oldest
		}
	}
	k.looked = len(own)
	if len(own) == 0 {
		return of, -1
	}
	for _, e := range own {
		c := e.cause()
		of[c] = append(of[c], e)
	}
	for c := range of {
		if len(of[c]) > len(of[main]) {
			main = cause(c)
		}
	}
	return of, main
}

// finish removes what was said twice.
func (k *clues) finish() Diagnosis {
	for _, list := range []*[]string{&k.d.For, &k.d.Against, &k.d.Next} {
		seen := map[string]bool{}
		*list = slices.DeleteFunc(*list, func(s string) bool {
			was := seen[s]
			seen[s] = true
			return was
		})
	}
	return k.d
}

// likely sets the verdict; the first that is given stands.
func (k *clues) likely(confidence, text string) {
	if k.d.Likely == "" {
		k.d.Likely, k.d.Confidence = text, confidence
	}
}

func (k *clues) pro(format string, args ...any) {
	k.d.For = append(k.d.For, fmt.Sprintf(format, args...))
}
func (k *clues) con(format string, args ...any) {
	k.d.Against = append(k.d.Against, fmt.Sprintf(format, args...))
}
func (k *clues) next(format string, args ...any) {
	k.d.Next = append(k.d.Next, fmt.Sprintf(format, args...))
}

// told adds a change as evidence.
func (k *clues) told(c Change, means string) {
	text := k.moment(c.Time) + " " + c.Text()
	if means != "" {
		text += ": " + means
	}
	k.pro("%s", text)
}

// freshness says whether it goes on: a pause much longer than those before may be the end.
func (k *clues) freshness() {
	newest, oldest := k.main[0].Time, k.main[len(k.main)-1].Time
	quiet := k.now.Sub(newest)
	if n := len(k.main); n > 2 && quiet > 10*time.Minute && quiet > 5*newest.Sub(oldest)/time.Duration(n-1) {
		k.con("the last of them was %s: it may be over", k.moment(newest))
	}
}

// policyUnread adds what is not known of who may invoke.
func (k *clues) policyUnread() {
	if k.p == nil {
		k.con("the service's policy was not read")
		return
	}
	for _, b := range k.p.Bindings {
		if b.Invokes == Unsure {
			k.con("whether %s may invoke is not known; it is held by %s", b.Role, list(b.Members))
		}
	}
	for _, u := range k.p.Unread {
		k.con("not read: %s", u)
	}
}

// moment says when something was, by the clock: a diagnosis stands for as long as nothing changes, and "a minute ago" would not stay true.
func (k *clues) moment(t time.Time) string {
	form := "at 15:04"
	if k.now.Sub(t) >= 12*time.Hour {
		form = "on 2 January at 15:04"
	}
	return t.In(k.now.Location()).Format(form)
}

func times(n int) string { return counted(n, "refusal") }

// share is what differs between entries: the values of one field, the most frequent first.
func share(entries []Entry, field func(Entry) string) []string {
	count := map[string]int{}
	for _, e := range entries {
		if v := field(e); v != "" {
			count[v]++
		}
	}
	var all []string
	for v := range count {
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(count[b]-count[a], strings.Compare(a, b)) })
	return all
}

// list joins the first few of some words.
func list(all []string) string {
	const most = 3
	if len(all) > most {
		all = append(all[:most:most], fmt.Sprintf("%d more", len(all)-most))
	}
	return strings.Join(all, ", ")
}

// callers says who calls, as far as the user agents tell.
func (k *clues) callers() []string { return share(k.main, Entry.CallerKind) }
