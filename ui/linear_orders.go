package ui

import (
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"why401/token"
)

// spokenOrder is a word that the dashboard in lines knows.
type spokenOrder struct {
	name, takes, text string
	ready             func(*linear) bool // nil: always
	run               func(*linear, []string) tea.Cmd
}

// spokenOrders are all words, in the order of the help.
func spokenOrders() []spokenOrder {
	return []spokenOrder{
		{"services", "[WORD]...", "the services, the most refused first; words choose among them", (*linear).surveyed, (*linear).services},
		{"service", "NAME|NUMBER", "choose a service", (*linear).listedServices, (*linear).choose},
		{"access", "", "who may call the chosen service, and which audiences it accepts", (*linear).knownAccess, (*linear).access},
		{"refused", "[NUMBER|all|one]", "the newest refused requests; all: of every service, one: of the chosen one", (*linear).readLog, (*linear).refused},
		{"groups", "", "the refused requests, those that are alike together", (*linear).readLog, (*linear).groups},
		{"changes", "", "what was changed in the window", (*linear).readLog, (*linear).changes},
		{"token", "", "take the next line for a token, unseen", nil, (*linear).token},
		{"verdict", "", "what Cloud Run answers to the token", (*linear).judged, (*linear).verdict},
		{"check", "", "every check of the token, or of a request without one", (*linear).judged, (*linear).check},
		{"why", "[NUMBER]", "what most likely stops the callers; with a number, what one refused request tells", (*linear).readLog, (*linear).why},
		{"forget", "", "forget the token", nil, (*linear).forget},
		{"demo", "", "take a token that the callers of the chosen service send, in the demo", (*linear).listedServices, (*linear).demo},
		{"follow", "[off]", "tell of new refused requests as they come", (*linear).readLog, (*linear).follow},
		{"refresh", "", "read the services and policies again", nil, (*linear).refresh},
		{"help", "", "these words", nil, (*linear).help},
		{"quit", "", "end", nil, (*linear).leave},
	}
}

// order finds a word.
func (l *linear) order(word string) (spokenOrder, bool) {
	for _, o := range spokenOrders() {
		if o.name == strings.ToLower(word) && (o.name != "demo" || l.root.o.Samples != nil) {
			return o, true
		}
	}
	return spokenOrder{}, false
}

// The conditions on which words are answered.

func (l *linear) listedServices() bool { s := l.root.services; return s.have || s.err != nil }

// surveyed says whether the list of services is whole: the log is read, and the policies are, as far as they are few.
func (l *linear) surveyed() bool {
	const few = 500
	r := l.root
	return l.listedServices() && l.readLog() && (len(r.services.rows) > few || r.reading == 0 && len(r.queue) == 0)
}

func (l *linear) readLog() bool {
	s := l.root.stream
	return l.root.services.err != nil || s != nil && (s.filled && l.root.unseen == 0 || s.err != nil || s.listErr != nil)
}

func (l *linear) knownPolicy() bool {
	s, ok := l.root.services.selection()
	state := l.root.policies[s.ID]
	return l.listedServices() && (!ok || state != nil && !state.reading && (state.policy != nil || state.err != nil) && l.root.inherited.known(s.Project))
}

func (l *linear) knownAccess() bool {
	front := l.root.access.front
	_, ok := l.root.services.selection()
	return l.knownPolicy() && (!ok || front.known || front.err != nil)
}

func (l *linear) judged() bool {
	p := l.root.token
	if l.taking {
		return false
	}
	if p.token == nil {
		return p.err != nil || l.knownPolicy()
	}
	keys := l.root.keysFrom[p.token.KeysName()]
	return l.knownPolicy() && p.judged && (keys == nil || !keys.fetching)
}

func (l *linear) token([]string) tea.Cmd {
	l.hidden = true
	return nil
}

func (l *linear) forget([]string) tea.Cmd {
	l.root.forget()
	l.say("The token is forgotten.")
	return nil
}

func (l *linear) demo([]string) tea.Cmd {
	l.asked, l.late = "verdict", false
	l.turn++
	l.taking = true
	return tea.Batch(l.root.loadSample(), after(answerWithin, patienceOver{l.turn}))
}

func (l *linear) refresh([]string) tea.Cmd {
	l.say("Reading the services and policies again.")
	return l.root.refresh(true)
}

func (l *linear) follow(args []string) tea.Cmd {
	l.following = len(args) == 0 || args[0] != "off"
	l.told = nil
	if !l.following {
		l.say("New refused requests are not told any more.")
		return nil
	}
	if all := l.entries(); len(all) > 0 {
		l.told = all[len(all)-1]
	}
	l.say("New refused requests of " + l.scope() + " are told as they come. The words follow off end it.")
	return nil
}

func (l *linear) leave([]string) tea.Cmd {
	l.ending = true
	return nil
}

func (l *linear) help([]string) tea.Cmd {
	for _, o := range spokenOrders() {
		if o.name != "demo" || l.root.o.Samples != nil {
			l.say(strings.TrimSpace(o.name+" "+o.takes) + ": " + o.text + ".")
		}
	}
	return nil
}

// choose chooses a service by its name, by a part of it that no other has, or by its number in the list.
func (l *linear) choose(args []string) tea.Cmd {
	if len(args) == 0 {
		l.say("Which? Say service and its name, or its number among the services.")
		return nil
	}
	p := l.root.services
	if !l.haveServices() {
		return nil
	}
	var found []int
	n, err := strconv.Atoi(args[0])
	for at, i := range p.shown {
		r := &p.rows[i]
		switch {
		case err == nil && n == at+1, r.name == args[0] && l.isAt(r, args[1:]):
			found = append(found, i)
		}
	}
	if len(found) == 0 && err != nil && len(args) == 1 {
		for _, i := range p.shown {
			if strings.Contains(p.rows[i].name, strings.ToLower(args[0])) {
				found = append(found, i)
			}
		}
	}
	switch len(found) {
	case 0:
		if n := len(p.listing.Failed); n > 0 {
			l.say(fmt.Sprintf("There is no service %s where the services are known; %s did not answer. Say services for more.", nameOf(args[0]), plural(n, "region")))
			return nil
		}
		l.say("There is no service " + nameOf(args[0]) + ". Say services for those there are.")
		return nil
	case 1:
	default:
		more := "its region"
		if p.several() {
			more = "its region and project"
		}
		l.say(fmt.Sprintf("%d services fit; say which, with %s where the name is the same:", len(found), more))
		for _, i := range found {
			l.say(p.rows[i].name + " in " + l.placeOf(&p.rows[i]) + ".")
		}
		return nil
	}
	p.chooseRow(found[0])
	cmd := l.root.settle()
	l.brief(&p.rows[found[0]])
	return cmd
}

// answer is the report on the held token, or on a request without any, against the chosen service.
func (l *linear) answer() answer {
	r := l.root
	s, ok := r.services.selection()
	a := answer{token: r.token.token}
	at := r.moment(s)
	a.target = token.Target{Now: at.now, Clock: at.clock, Keys: at.keys}
	if ok {
		state := r.policies[s.ID]
		if state != nil {
			a.target = target(s, r.inherited.selected(state.policy), r.services.listing.Services, at)
		} else {
			a.target = target(s, nil, r.services.listing.Services, at)
		}
		if state != nil && state.err != nil {
			a.notes = append(a.notes, "the policy of "+clean(s.Name)+" is not known: "+described(state.err))
		}
	}
	a.report = token.Check(a.token, a.target)
	a.verdict = a.report.Verdict()
	return a
}
