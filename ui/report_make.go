package ui

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"time"

	"why401/gcp"
	"why401/token"
)

// dossier is what is known when a report is written, from the screen or without one. Entries and changes of services that are not in
// its scope are passed over.
type dossier struct {
	project  string // of several: all of them, with commas
	several  bool   // the services are of several projects
	demo     bool
	at       time.Time
	window   time.Duration
	whole    time.Time   // from when on all refusals of the log are known; the zero value where that is never so
	until    time.Time   // and until when; the zero value for now
	gaps     []time.Time // around which some may be missing
	scope    place       // the service that it is about; the zero value for all
	services []gcp.Service
	policies map[string]*gcp.Policy // by service id; those that were read
	failed   map[string]string      // by service id, why a policy was not
	entries  []*refusal             // in the log's order
	changes  []gcp.Change           // oldest first
	logged   *gcp.Logged            // the newest request in the log, of any service and answer; nil where it is not known
	fronts   *gcp.Fronts            // the load balancers; nil where they were not read
	barred   string                 // why they were not, or not again
	changed  bool                   // changes are all of the window
	unread   []string               // what could not be read or may be missing, in words
	held     *heldToken
}

// heldToken is a credential that was judged, without what-ifs.
type heldToken struct {
	token   *token.Token
	target  token.Target
	report  token.Report
	verdict token.Verdict
}

// Bounds of a report: what is over is counted.
const (
	mostReported = 20 // services with a section of their own
	mostQuiet    = 200
	mostGrouped  = 20
	mostCallers  = 10
	mostNewest   = 5
	mostAgain    = 3 // requests to send again
	mostChanged  = 50
	mostBindings = 50
	mostMembers  = 20
	mostBars     = 60
	mostWays     = 10
)

const stampFormat = "2006-01-02T15:04:05Z"

// stamp is a moment in UTC; "" for the zero time.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(stampFormat)
}

// from is the window's beginning.
func (d *dossier) from() time.Time { return d.at.Add(-d.window) }

// report writes down what the dossier holds.
func (d *dossier) report(masked bool) report {
	r := report{
		Schema: reportSchema, Written: stamp(d.at), LocalOffset: d.at.Local().Format("-07:00"), Project: d.project, Demo: d.demo, Masked: masked,
		From: stamp(d.from()), To: stamp(d.at), Unread: append([]string{}, d.unread...),
		Services: []reportService{}, More: []string{}, Quiet: []string{}, Credential: d.credential(),
	}
	own := d.sorted()
	all := &ownLog{at: d.scope}
	for _, s := range own {
		all.entries = append(all.entries, s.entries...)
		all.changes = append(all.changes, s.changes...)
	}
	slices.SortFunc(all.entries, order)
	slices.SortStableFunc(all.changes, func(a, b gcp.Change) int { return a.Time.Compare(b.Time) })
	r.Refused, r.Began, r.Timeline = d.tally(all), d.began(all), d.timeline(all)
	for _, s := range own {
		switch quiet := len(s.entries)+len(s.changes) == 0; {
		case quiet && d.scope == place{} && len(r.Quiet) == mostQuiet:
			r.MoreQuiet++
		case quiet && d.scope == place{}:
			r.Quiet = append(r.Quiet, s.at.Service+" in "+d.where(s.at))
		case len(r.Services) == mostReported:
			r.More = append(r.More, s.at.Service+" in "+d.where(s.at)+": "+plural(len(s.entries), "refusal"))
		default:
			r.Services = append(r.Services, d.section(s))
		}
	}
	if len(r.Services) > 0 && d.scope == (place{}) {
		r.Unread = append(r.Unread, d.unfronted()...) // once, not with each of them
	}
	v := &veil{masked: masked}
	if r.Credential != nil {
		v.words = d.held.subjects()
		v.over(reflect.ValueOf(r.Credential))
		v.words = nil
	}
	v.over(reflect.ValueOf(&r))
	return r
}

// ownLog is what is known of one service.
type ownLog struct {
	at      place
	service *gcp.Service // nil where no listing has it
	entries []*refusal
	changes []gcp.Change
}

// sorted are the services of the scope with their log, the most refused first.
func (d *dossier) sorted() []*ownLog {
	by := map[place]*ownLog{}
	var all []*ownLog
	of := func(at place) *ownLog {
		if d.scope != (place{}) && at != d.scope {
			return nil
		}
		if by[at] == nil {
			by[at] = &ownLog{at: at}
			all = append(all, by[at])
		}
		return by[at]
	}
	for i, s := range d.services {
		if o := of(whereIs(s)); o != nil {
			o.service = &d.services[i]
		}
	}
	if d.scope != (place{}) {
		of(d.scope)
	}
	for _, e := range d.entries {
		if o := of(e.Place()); o != nil && e.note == "" && !e.Time.Before(d.from()) && !e.Time.After(d.at) {
			o.entries = append(o.entries, e)
		}
	}
	for _, c := range d.changes {
		if o := of(whereWas(c)); o != nil && !c.Time.Before(d.from()) && !c.Time.After(d.at) {
			o.changes = append(o.changes, c)
		}
	}
	slices.SortStableFunc(all, func(a, b *ownLog) int {
		return cmp.Or(len(b.entries)-len(a.entries), len(b.changes)-len(a.changes), strings.Compare(a.at.Service, b.at.Service), strings.Compare(a.at.Region, b.at.Region))
	})
	return all
}

func (d *dossier) tally(o *ownLog) reportTally {
	var t tally
	for _, e := range o.entries {
		t.add(e, 1)
	}
	whole := !d.whole.IsZero() && !d.whole.After(d.from()) && d.until.IsZero()
	return reportTally{t.total(), t.s401, t.s403, t.platform, t.app, t.total() - t.platform - t.app, whole}
}

// minutes are the refusals by minute, the first minute that a window has the whole of first.
func (d *dossier) minutes(o *ownLog, from time.Time) []int {
	var line gcp.Timeline
	for _, e := range o.entries {
		line.Add(e.Entry)
	}
	return line.Counts(from, d.at)
}

// minute is the first whole minute of which no refusal is missing; not ok where not all of the log was read.
func (d *dossier) minute() (from time.Time, ok bool) {
	if from = d.from(); d.whole.After(from) {
		from = d.whole
	}
	return from.Truncate(time.Minute).Add(time.Minute).UTC(), !d.whole.IsZero()
}

// began says since when there are refusals, as the screen does.
func (d *dossier) began(o *ownLog) reportBegan {
	from, ok := d.minute()
	if !ok {
		return reportBegan{Text: "not known: not all of the log was read"}
	}
	b := onset(d.minutes(o, from), from, d.until)
	b.Several = d.several
	b = b.Blame(o.at, requests(o.entries), o.changes)
	return reportBegan{Known: b.Known, At: stamp(b.At), Rose: b.Rose, Text: orElse(b.Text, "no refusal was logged")}
}

// timeline counts the refusals in at most mostBars parts of the window.
func (d *dossier) timeline(o *ownLog) reportTimeline {
	from := d.from().Truncate(time.Minute)
	minutes := d.minutes(o, from)
	step := (len(minutes) + mostBars - 1) / mostBars
	counts := make([]int, (len(minutes)+step-1)/step)
	for i, n := range minutes {
		counts[i/step] += n
	}
	return reportTimeline{From: stamp(from), Step: step * 60, Counts: counts}
}

// projectAt is the project of a service, "" where there is one project only.
func (d *dossier) projectAt(at place) string {
	if !d.several {
		return ""
	}
	return at.Project
}

// where is a service's region, with its project where there are several.
func (d *dossier) where(at place) string {
	if project := d.projectAt(at); project != "" {
		return at.Region + " of " + project
	}
	return at.Region
}

// section is what there is to say of one service.
func (d *dossier) section(o *ownLog) reportService {
	s := reportService{
		Service: o.at.Service, Region: o.at.Region, Project: d.projectAt(o.at), Listed: o.service != nil, Door: d.door(o), Front: d.front(o), Verdict: d.verdict(o),
		Refused: d.tally(o), AllKnown: d.changed, Began: d.began(o), Timeline: d.timeline(o), Newest: []reportEntry{}, Changes: []reportChange{}, Commands: []string{}, Notes: []string{},
	}
	s.Groups, s.Rest = d.groups(o)
	s.Callers, s.Others = callersOf(o.entries)
	for _, e := range slices.Backward(o.entries[max(0, len(o.entries)-mostNewest):]) {
		s.Newest = append(s.Newest, reportEntry{
			Time: e.Time.UTC().Format("2006-01-02T15:04:05.000Z"), Status: e.Status, Who: refuser(e.by), Reason: e.short, Method: e.Method, URL: e.URL,
			Caller: e.caller, Address: e.RemoteIP, Trace: e.Trace, Explorer: e.ExplorerURL(cmp.Or(d.projectAt(o.at), d.project)),
		})
	}
	if over := len(o.changes) - mostChanged; over > 0 {
		s.Earlier = over
	}
	for _, c := range o.changes[s.Earlier:] {
		s.Changes = append(s.Changes, reportChange{stamp(c.Time), c.Who, c.Kind.String(), c.Text(), c.Failed != ""})
	}
	var home gcp.Home
	if o.service != nil {
		home = homeOf([]gcp.Service{*o.service}, d.fronts, o.at)
	}
	commands, notes := again(o.entries, home)
	s.Commands, s.Notes = append(s.Commands, commands...), append(s.Notes, notes...)
	if o.service != nil {
		s.Commands = append(s.Commands, o.service.Look(d.from(), d.at)...)
	}
	return s
}

// groups are the refusals that are alike, the largest first.
func (d *dossier) groups(o *ownLog) ([]reportGroup, reportRest) {
	var all gcp.Groups
	for _, e := range o.entries {
		all.Add(e.group(), e.Time)
	}
	list, rest := []reportGroup{}, reportRest{}
	for i, g := range all.List(d.from(), d.at) {
		if i >= mostGrouped {
			rest.Groups++
			rest.Refusals += g.Count
			continue
		}
		k := g.Key
		who := refuser(k.By)
		if k.Other {
			who = ""
		}
		list = append(list, reportGroup{
			Count: g.Count, Rate: float64(int(g.Rate*10+0.5)) / 10, Status: k.Status, Who: who, Reason: k.Reason, Method: k.Method, Path: k.Path,
			Caller: k.Caller, First: stamp(g.First), Last: stamp(g.Last), Other: k.Other,
		})
	}
	return list, rest
}

// callersOf are who was refused most, and how many more there are.
func callersOf(entries []*refusal) (list []reportCaller, more int) {
	type who struct{ address, caller string }
	at := map[who]int{}
	list = []reportCaller{}
	for _, e := range entries {
		w := who{e.RemoteIP, e.caller}
		i, ok := at[w]
		if !ok {
			i = len(list)
			at[w] = i
			list = append(list, reportCaller{Address: w.address, Caller: w.caller})
		}
		list[i].Count++
		list[i].Last = stamp(e.Time)
	}
	slices.SortStableFunc(list, func(a, b reportCaller) int {
		return cmp.Or(b.Count-a.Count, strings.Compare(b.Last, a.Last), strings.Compare(a.Address, b.Address), strings.Compare(a.Caller, b.Caller))
	})
	more = max(0, len(list)-mostCallers)
	return list[:len(list)-more], more
}

// again are commands that send requests again, one for each of the largest groups, and what is to be said of them.
func again(entries []*refusal, home gcp.Home) (commands, notes []string) {
	var groups gcp.Groups
	newest := map[gcp.GroupKey]*refusal{}
	for _, e := range entries {
		newest[groups.Add(e.group(), e.Time)] = e
	}
	for _, g := range groups.List(time.Time{}, time.Time{}) {
		e := newest[g.Key].Entry
		// What is hidden must be gone before the command is put together, or its quotes would not fit.
		e.URL = token.Scrub(strings.TrimSuffix(e.URL, "?…"))
		c, note := e.Again(home)
		if len(commands) == mostAgain || slices.Contains(commands, c) {
			continue
		}
		commands = append(commands, c)
		if note != "" && !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	return commands, notes
}
