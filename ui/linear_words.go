package ui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"why401/gcp"
)

// trouble says an error and its next step, if there is one, and whether there is.
func (l *linear) trouble(what string, err error) bool {
	if err == nil {
		return false
	}
	l.say(what + ": " + clean(err.Error()) + ".")
	if h := hint(err); h != "" {
		l.say("To do: " + h)
	}
	return true
}

// scope is whose refusals are listed.
func (l *linear) scope() string {
	if p := l.root.refused; !p.everyService() {
		return p.named(p.service.Project, p.service.Service)
	}
	return "every service"
}

func (l *linear) services(args []string) tea.Cmd {
	p := l.root.services
	if !l.haveServices() {
		return nil
	}
	l.say(fmt.Sprintf("%s in %s. %s", plural(len(p.rows), "service"), plural(p.listing.Regions-len(p.listing.Failed), "region"), l.root.spokenTotals()))
	if l.root.logged() != logWhole {
		l.trouble("The request log", l.root.refused.err)
	}
	n := 0
	for at, i := range p.shown {
		r := &p.rows[i]
		if !contains(strings.ToLower(r.name+"\n"+r.region+"\n"+r.door), lower(args)) {
			continue
		}
		n++
		l.say(fmt.Sprintf("%d. %s", at+1, l.serviceLine(r)))
	}
	if n == 0 {
		l.say("None fits these words.")
	}
	for _, f := range p.listing.Failed {
		l.trouble("Not known: the services of "+clean(f.Region), f.Err)
	}
	l.trouble("As of "+p.asOf.Local().Format(time.TimeOnly)+", since the last list failed", p.err)
	return nil
}

// haveServices says whether there is a list of services, and where there is none, why.
func (l *linear) haveServices() bool {
	p := l.root.services
	if !p.have && !l.trouble("The services could not be listed", p.err) {
		l.say("The services are not known yet.")
	}
	return p.have
}

func lower(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strings.ToLower(w)
	}
	return out
}

// placeOf is a service's region, with its project where there are several.
func (l *linear) placeOf(r *serviceRow) string {
	if l.root.services.several() {
		return r.region + " of " + clean(r.service.Project)
	}
	return r.region
}

// isAt says whether each of some words is the service's region, or its project.
func (l *linear) isAt(r *serviceRow, words []string) bool {
	for _, w := range words {
		if w != r.region && w != clean(r.service.Project) {
			return false
		}
	}
	return true
}

// serviceLine is a service in a sentence.
func (l *linear) serviceLine(r *serviceRow) string {
	placed := *r
	placed.region = l.placeOf(r)
	r = &placed
	door := "open to " + clean(r.service.Door(judged(l.root.policyOf(r.service.ID), l.root.moment(r.service).server())).Word)
	if !r.doorKnown {
		door = "its policy is not known"
	}
	text := fmt.Sprintf("%s, %s: %s, %s", r.name, r.region, door, l.root.logged().spoken(r.tally))
	if l.root.services.predicted {
		text += ", answers " + statusWord(r.verdict) + " to the token"
	}
	if state := l.root.services.state(r.service.State).text; state != "ready" {
		text += ", " + state
	}
	return text + "."
}

// brief is what is said of a service that has just been chosen.
func (l *linear) brief(r *serviceRow) {
	l.say("Chosen: " + l.serviceLine(r))
	if began := l.root.refused.began; began != "" {
		l.say(began + ".")
	}
	if d := l.root.token.diagnosis; d != nil && l.root.token.token == nil && r.tally.total() > 0 {
		l.say("Likely, and " + d.Confidence + ": " + clean(d.Likely))
	}
}

func (l *linear) access([]string) tea.Cmd {
	p := l.root.access
	if !p.have {
		l.say("No service is chosen.")
		return nil
	}
	of := ""
	if len(p.projects) > 1 {
		of = " of " + clean(p.service.Project)
	}
	l.say("Access of " + clean(p.service.Name) + " in " + clean(p.service.Region) + of + ".")
	for _, line := range p.spoken() {
		l.say(line)
	}
	l.trouble("The policy could not be read", p.err)
	return nil
}

// spoken is the pane in lines of words: a label before each, nothing wrapped, no columns.
func (p *accessPane) spoken() []string {
	q := *p
	q.th, q.full, q.w = spokenTheme(), true, spokenWidth
	lines := []string{"In short: " + clean(q.service.Door(q.judged).Text)}
	for _, g := range q.service.Gates(q.judged) {
		sides := "internet " + clean(g.Internet.Text) + ", VPC " + clean(g.VPC.Text) + ", balancer " + clean(g.Balancer.Text)
		if g.Internet == g.VPC && g.VPC == g.Balancer {
			sides = clean(g.Internet.Text)
		}
		lines = append(lines, "Gate "+g.Name+": "+clean(g.Setting)+": "+sides)
	}
	for _, c := range q.service.Cautions(q.judged, q.index) {
		lines = append(lines, "Note: "+clean(c.Text)+": "+clean(c.Why))
	}
	parts := [][]string{q.state(), q.audiences()}
	if q.policy != nil {
		parts = append(parts, q.bindings())
	}
	label := ""
	for _, part := range append(parts, q.tags(), q.revisions(), q.facts(), frontLines(q.th, q.front, true, q.w)) {
		for _, drawn := range part {
			named, rest := besideLabel(drawn, labelWidth)
			if named != "" {
				label = named
			}
			if rest != "" {
				lines = append(lines, label+": "+rest)
			}
		}
	}
	return lines
}

// besideLabel takes a drawn line apart: the label that so many cells are for, and the text beside it, without styles and padding.
func besideLabel(drawn string, cells int) (label, text string) {
	line := ansi.Strip(drawn)
	label = head(line, cells)
	return strings.TrimSpace(label), strings.ReplaceAll(strings.Join(strings.Fields(line[len(label):]), " "), " , ", ", ")
}

// spoken is a refused request in a sentence.
func (l *linear) spoken(e *refusal) string {
	text := fmt.Sprintf("%s, %d by %s, %s %s", e.Time.Local().Format(time.TimeOnly), e.Status, refuser(e.by), e.Method, e.Path())
	if l.root.refused.everyService() {
		text += ", service " + l.root.refused.named(e.Project, e.Service)
	}
	if e.caller != "" {
		text += ", caller " + e.caller
	}
	return text + ": " + e.short + "."
}

// heard says what stands before a list of refusals, and whether there is one.
func (l *linear) heard() bool {
	p := l.root.refused
	l.trouble("The request log", p.err)
	c, of := p.counts, l.root.logged()
	least := ""
	if of != logWhole {
		least = "at least "
	}
	switch {
	case c.total() == 0 && of == logPart:
		l.say(fmt.Sprintf("%s, the last %s: no refusal is known, but not all of the log is.", capital(l.scope()), span(p.window)))
	case c.total() == 0 && of != logWhole:
		l.say("The log of the last " + span(p.window) + " is not read yet.")
		return false
	default:
		l.say(fmt.Sprintf("%s, the last %s: %s%d answered 401, %d answered 403; %d refused by Cloud Run, %d by the app.",
			capital(l.scope()), span(p.window), least, c.s401, c.s403, c.platform, c.app))
	}
	if p.began != "" {
		l.say(p.began + ".")
	}
	for _, g := range p.gaps {
		if g.closed() {
			l.say("Around " + g.Time.Local().Format(time.TimeOnly) + ": " + g.note + ".")
			continue
		}
		l.say("Not known: " + g.note + ".")
	}
	return true
}

func capital(s string) string {
	if s == "every service" {
		return "Every service"
	}
	return s
}

func (l *linear) refused(args []string) tea.Cmd {
	p := l.root.refused
	n := 10
	for _, a := range args {
		switch a {
		case "all", "one":
			p.all = a == "all"
			p.take()
		default:
			if _, err := fmt.Sscan(a, &n); err != nil || n < 1 {
				l.say("Say refused and how many, all, or one.")
				return nil
			}
		}
	}
	if !l.heard() {
		return nil
	}
	all := l.entries()
	l.listed = all[max(len(all)-n, 0):]
	for i, e := range l.listed {
		l.say(fmt.Sprintf("%d. %s", i+1, l.spoken(e)))
	}
	return nil
}

func (l *linear) groups([]string) tea.Cmd {
	if !l.heard() {
		return nil
	}
	p := l.root.refused
	var all gcp.Groups
	for _, e := range l.entries() {
		all.Add(e.group(), e.Time)
	}
	at := now()
	for _, g := range all.List(at.Add(-p.window), at) {
		k := g.Key
		request, why := k.Method+" "+k.Path, k.Reason
		if k.Other {
			request, why = "other requests", "too many kinds to tell apart"
		}
		service := ""
		if p.everyService() {
			service = ", service " + k.Service
		}
		least := ""
		if p.listed() != logWhole {
			least = "at least "
		}
		l.say(fmt.Sprintf("%s%s, %.1f a minute: %d by %s, %s%s, caller %s: %s; first %s, last %s.", least, plural(g.Count, "request"), g.Rate, k.Status, refuser(k.By), request, service,
			k.Caller, why, g.First.Local().Format(time.TimeOnly), g.Last.Local().Format(time.TimeOnly)))
	}
	return nil
}

func (l *linear) changes([]string) tea.Cmd {
	p := l.root.refused
	scope := p.service
	if p.all {
		scope = place{}
	}
	rows := l.root.history.of(scope, now().Add(-p.window))
	known := l.root.stream != nil && l.root.stream.changesKnown(l.root.time)
	if !known {
		l.trouble("The request log", p.err)
	}
	switch {
	case len(rows) == 0 && known:
		l.say("No change of " + l.scope() + " in the last " + span(p.window) + ".")
	case len(rows) == 0:
		l.say("No change of " + l.scope() + " is known, but the log of the last " + span(p.window) + " is not wholly read.")
	case !known:
		l.say("These are not all, perhaps: the log of the last " + span(p.window) + " is not wholly read.")
	}
	for _, c := range rows {
		text := c.Time.Local().Format(time.TimeOnly) + ", " + p.named(c.Project, c.Service) + ": " + c.note
		l.say(strings.TrimSuffix(text, ".") + ".") // what failed ends in Google's own words
	}
	return nil
}

func (l *linear) verdict([]string) tea.Cmd {
	p := l.root.token
	l.trouble("The token", p.err)
	if p.token == nil {
		if p.err == nil {
			l.say("No token is held. Say token to paste one.")
		}
		return nil
	}
	a := l.answer()
	claimed := ""
	if !a.verified() {
		claimed = "claimed to be "
	}
	if text := alarmed(p.token, p.found); text != "" {
		l.say(text)
	}
	l.say(fmt.Sprintf("Token: %s%s. Against %s: predicted %s.", claimed, p.token.Kind().Title(), a.service(), statusWord(a.verdict)))
	l.say(strings.TrimPrefix(shown(a.verdict.Text), statusWord(a.verdict)+": "))
	if a.verdict.DecidedBy != "" {
		l.say(a.decided() + ".")
	}
	if a.verdict.Fix != "" {
		l.say("To do: " + shown(a.verdict.Fix))
	}
	return nil
}

func (l *linear) check([]string) tea.Cmd {
	l.trouble("The token", l.root.token.err)
	if l.root.token.token == nil {
		l.say("No token is held: this is a request without one.")
	}
	for line := range strings.Lines(string(l.answer().plain())) {
		l.say(strings.TrimRight(line, "\n"))
	}
	return nil
}

func (l *linear) why(args []string) tea.Cmd {
	if len(args) > 0 {
		return l.explain(args[0])
	}
	d := l.root.token.diagnosis
	switch {
	case l.root.token.token != nil:
		return l.verdict(nil)
	case d == nil:
		l.say("Nothing is known yet of why " + l.scope() + " refuses.")
		return nil
	}
	l.say("Likely, and " + d.Confidence + ": " + clean(d.Likely))
	for _, part := range []struct {
		label string
		texts []string
	}{{"For it", d.For}, {"Against it, or not known", d.Against}, {"To do", d.Next}, {"Also", d.Also}} {
		for _, t := range part.texts {
			l.say(part.label + ": " + clean(t))
		}
	}
	return nil
}

// explain tells of one refused request by its number.
func (l *linear) explain(number string) tea.Cmd {
	var n int
	if _, err := fmt.Sscan(number, &n); err != nil || n < 1 || n > len(l.listed) {
		l.say("There is no such number. Say refused, then why and a number of that list.")
		return nil
	}
	e := l.listed[n-1]
	l.say(l.spoken(e))
	q := *l.root.refused
	q.th, q.w, q.chosen, q.explained = spokenTheme(), spokenWidth, e, e
	for _, drawn := range q.explain() {
		if label, rest := besideLabel(drawn, checkWidth); rest != "" {
			l.say(strings.TrimPrefix(label+": "+rest, ": "))
		}
	}
	return nil
}
