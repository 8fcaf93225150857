package token

import (
	"fmt"
	"slices"
	"strings"
)

// Verdict is what Cloud Run will answer, as far as it can be known.
type Verdict struct {
	Status     int    // 200 (the request reaches the container), 401, 403, 404; 0: cannot be known
	Possible   []int  // all statuses that may come, ascending; one where Status is set
	DecidedBy  string // id of the rule that decides, the last to let in for 200, or the first in doubt where Status is 0; "" where none does
	Confidence Confidence
	Source     string
	Text       string // one sentence in plain words; foreign text where it quotes the token or the service: clean before drawing
	Fix        string // the first thing to do, "" where nothing is wrong; foreign text too
	Assumes    []string
}

// nothingBefore is what every verdict assumes: what stands in front of Cloud Run is not looked at here.
const nothingBefore = "nothing in front refuses it first (VPC Service Controls, Cloud Armor, IAP on a load balancer)"

// Verdict predicts what Cloud Run will answer. It goes through the gates as a request does. A fail ends the walk with its status. What is not
// known, or in doubt, leaves its status possible, and the walk goes on. So what may come is never less than what is known allows.
func (r Report) Verdict() Verdict {
	if len(r) == 0 {
		return Verdict{Possible: []int{200, 401, 403, 404}, Text: "cannot be known: nothing was checked"}
	}
	chosen := r.Find("svc.ingress").Status != Skip
	w := r.walk(chosen)
	if !chosen {
		return w.withoutService()
	}
	if len(w.possible) > 1 {
		return w.several()
	}
	return w.one(r)
}

// walk is one way through the gates.
type walk struct {
	possible []int
	end      *Finding // where it ended: a fail, or an open door; nil at the container, and where one in doubt is final
	passed   []*Finding
	doubts   []*Finding
	assumes  []string
}

// walk goes through the gates. Without a service it begins where the service's own gates end.
func (r Report) walk(service bool) walk {
	w := walk{passed: make([]*Finding, 0, len(r))}
	first := GateHost
	if !service {
		first = GateCredential
	}
	for gate := first; gate <= GatePermission; gate++ {
		if gate == GateCredential && w.through(r, GateInput) {
			return w
		}
		if w.through(r, gate) {
			return w
		}
	}
	w.may(200)
	return w
}

// through goes through the findings of one gate and says whether the walk ends there.
func (w *walk) through(r Report, gate Gate) bool {
	for i := range r {
		f := &r[i]
		if f.Gate != gate {
			continue
		}
		if f.Assumes != "" {
			w.assumes = append(w.assumes, f.Assumes)
		}
		switch {
		case gate == GateOpen && f.Status == Pass:
			w.end = f
			w.may(200)
			return true
		case f.Stops != 0 && f.Status == Fail:
			w.end = f
			w.may(f.Stops)
			if len(f.May) > 0 { // it stops the request for certain, but nobody knows how
				w.doubts = append(w.doubts, f)
			}
			for _, status := range f.May {
				w.may(status)
			}
			return true
		case f.leavesOpen():
			w.doubts = append(w.doubts, f)
			w.may(f.Stops)
			for _, status := range f.May {
				w.may(status)
			}
			if f.Final {
				return true
			}
		case f.Stops != 0 && f.Status != Skip:
			w.passed = append(w.passed, f)
		}
	}
	return false
}

// leavesOpen says whether a finding leaves it open which way the request goes.
func (f *Finding) leavesOpen() bool {
	return (f.Stops != 0 || len(f.May) > 0) && (f.Status == Unknown || f.Status == Warn && f.Doubt)
}

func (w *walk) may(status int) {
	if status == 0 {
		return
	}
	if at, there := slices.BinarySearch(w.possible, status); !there {
		w.possible = slices.Insert(w.possible, at, status)
	}
}

// one is the verdict where one status may come. It rests on what decides, and on whatever on the way would have led to another status.
func (w *walk) one(r Report) Verdict {
	v := Verdict{Status: w.possible[0], Possible: w.possible, Confidence: Documented, Assumes: append(w.assumes, nothingBefore)}
	for _, f := range w.passed {
		if f.Stops != v.Status {
			v.Confidence = min(v.Confidence, f.Confidence)
		}
	}
	switch {
	case w.end == nil:
		// Every gate is passed; what lets the request in is the last one.
		v.DecidedBy, v.Source = "iam.binding", r.Find("iam.binding").Source
		v.Text = "200: the request reaches the container"
	case v.Status == 200:
		v.DecidedBy, v.Source, v.Confidence = w.end.ID, w.end.Source, min(v.Confidence, w.end.Confidence)
		v.Text = "200: the request reaches the container; nobody's credential is checked at the door"
		if r.failsForApp() {
			v.Text += ", so what fails here is for the app to judge"
		}
	default:
		v.DecidedBy, v.Source, v.Confidence = w.end.ID, w.end.Source, min(v.Confidence, w.end.Confidence)
		v.Text = fmt.Sprintf("%d: %s", v.Status, w.end.Says)
		v.Fix = w.end.Fix
	}
	return v
}

// failsForApp says whether something is wrong with a credential that Cloud Run does not look at.
func (r Report) failsForApp() bool {
	return slices.ContainsFunc(r, func(f Finding) bool {
		return f.Status == Fail && f.Gate >= GateVerify
	})
}

// several is the verdict where more than one status may come: it names what is in doubt.
func (w *walk) several() Verdict {
	last := 200
	if w.end != nil && w.end.Status == Fail {
		last = w.end.Stops
	}
	v := Verdict{Possible: w.possible, Assumes: append(w.assumes, nothingBefore)}
	var doubts []*Finding
	for _, f := range w.doubts {
		other := f.Stops != 0 && f.Stops != last || slices.ContainsFunc(f.May, func(s int) bool { return s != last })
		if other {
			doubts = append(doubts, f)
		}
	}
	first := doubts[0]
	v.DecidedBy, v.Source, v.Fix, v.Confidence = first.ID, first.Source, first.Fix, leastSure(doubts)
	v.Text = statuses(w.possible) + ": in doubt: " + named(doubts)
	if last != 200 {
		v.Confidence = min(v.Confidence, w.end.Confidence)
		v.Text += fmt.Sprintf("; past that %d: %s", last, w.end.Says)
	}
	return v
}

// withoutService is the verdict where no service was chosen: what a private one would say can often be told all the same.
func (w *walk) withoutService() Verdict {
	v := Verdict{Possible: []int{200, 401, 403, 404}, Assumes: append(w.assumes, nothingBefore)}
	switch {
	case w.end != nil:
		v.DecidedBy, v.Source, v.Fix, v.Confidence = w.end.ID, w.end.Source, w.end.Fix, w.end.Confidence
		v.Text = fmt.Sprintf("on a private service %d: %s; choose a service to know", w.end.Stops, w.end.Says)
	case len(w.doubts) > 0:
		first := w.doubts[0]
		v.DecidedBy, v.Source, v.Fix, v.Confidence = first.ID, first.Source, first.Fix, leastSure(w.doubts)
		v.Text = "on a private service in doubt: " + named(w.doubts) + "; choose a service to know"
	default:
		v.Fix = "choose a service"
		v.Text = "cannot be known: nothing speaks against the token itself; choose a service to see its audience and the caller's access"
	}
	return v
}

// leastSure is the least confidence of findings.
func leastSure(findings []*Finding) Confidence {
	least := Documented
	for _, f := range findings {
		least = min(least, f.Confidence)
	}
	return least
}

// named lists findings with what they found, at most two in full. Of those for which there is one thing to do the first is told, and of each
// further gate the name.
func named(findings []*Finding) string {
	var parts, fixes, alike []string
	more := 0
	gate := GateInput
	for _, f := range findings {
		before := gate
		gate = f.Gate
		switch {
		case slices.Contains(fixes, f.Fix):
			if f.Gate != before {
				alike = append(alike, f.Name)
			}
			continue
		case len(parts) == 2:
			more++
			continue
		}
		fixes = append(fixes, f.Fix)
		parts = append(parts, f.Name+" ("+orElse(f.Brief, f.Got)+")")
	}
	if alike != nil {
		parts = append(parts, "likewise "+strings.Join(alike, " and "))
	}
	if more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, ", ")
}

// statuses joins statuses: "200, 401 or 403".
func statuses(list []int) string {
	var b strings.Builder
	for i, status := range list {
		switch {
		case i == 0:
		case i == len(list)-1:
			b.WriteString(" or ")
		default:
			b.WriteString(", ")
		}
		fmt.Fprint(&b, status)
	}
	return b.String()
}
