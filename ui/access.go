package ui

import (
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"why401/gcp"
)

// accessPane shows who may call the selected service and through which doors: in short among the others, in full alone.
type accessPane struct {
	th     theme
	km     keyMap
	w, h   int
	full   bool // alone on the screen: the gates as a table, and everything else
	scroll scroll
	lines  []string

	have     bool
	service  gcp.Service
	policy   *gcp.Policy       // with what the project and its parents hand down, where that was read
	judged   *gcp.Policy       // the same with its conditions evaluated
	err      error             // of its policy; of the list, while there is no service
	above    error             // why what is handed down could not be read again
	aboveAt  time.Time         // of what the policy has of it
	index    gcp.AudienceIndex // of the project's services
	all      []gcp.Service
	at       moment
	projects []string // whose services they are
	serial   int      // as accessed has it
	whole    bool
	timed    bool // something that is drawn holds at times only

	front   inFront  // the load balancers before it (front.go)
	opinion opinion  // Policy Troubleshooter's, of what was asked last
	ask     question // whether somebody may, and who accepts an audience (ask.go)
}

func newAccessPane(th theme, km keyMap) *accessPane {
	return &accessPane{th: th, km: km, ask: newQuestion()}
}

func (p *accessPane) SetSize(w, h int) { p.w, p.h = w, h; p.build() }

func (p *accessPane) Typing() bool { return p.ask.typing() }

func (p *accessPane) Keys() []key.Binding { return []key.Binding{p.km.caller, p.km.audience} }

// Paste takes text while a question is typed.
func (p *accessPane) Paste(text string) {
	p.ask.input.paste(text)
	p.build()
}

// Leave gives up the question or its answer, and says whether there was one.
func (p *accessPane) Leave() bool {
	if !p.ask.open() {
		return false
	}
	p.ask.leave()
	p.build()
	return true
}

func (p *accessPane) Title() (left, right string) {
	if !p.have {
		return "Access", ""
	}
	switch {
	case p.err != nil && p.policy != nil:
		right = "policy " + asOf(p.policy.Read)
	case p.err != nil:
		right = "policy unknown"
	case p.policy == nil:
		right = "reading the policy" + p.th.glyph.ellipsis
	case p.scroll.n > p.scroll.h:
		right = fmt.Sprintf("%d%%", 100*(p.scroll.top+p.scroll.h)/p.scroll.n)
	}
	sep := " " + p.th.glyph.sep + " "
	return "Access" + sep + clean(p.service.Name) + sep + clean(p.service.Region), right
}

func (p *accessPane) Update(m tea.KeyPressMsg) tea.Cmd {
	about := opens(p.km, m)
	switch {
	case p.ask.typing():
		p.ask.key(m)
	case about != askedNothing:
		p.ask.begin(about)
		p.scroll.top = 0
	default:
		p.scroll.move(p.km.motion(m))
		return nil
	}
	p.build()
	return nil
}

// lacks says whether what is shown is not this.
func (p *accessPane) lacks(a accessed, ok bool) bool {
	return p.have != ok || p.service.ID != a.service.ID || !p.service.Updated.Equal(a.service.Updated) || p.serial != a.serial ||
		p.policy != a.policy || p.err != a.err || p.above != a.above || !p.aboveAt.Equal(a.aboveAt)
}

// show takes the selected service and what is known of it.
func (p *accessPane) show(a accessed, ok bool) {
	if a.service.ID != p.service.ID {
		p.scroll.top = 0
	}
	p.have, p.service, p.policy, p.err = ok, a.service, a.policy, a.err
	p.above, p.aboveAt = a.above, a.aboveAt
	p.index, p.all, p.at, p.serial, p.whole = a.index, a.all, a.at, a.serial, a.whole
	p.build()
}

func (p *accessPane) View(bool) []string { return p.scroll.slice(p.lines, p.w) }

// build draws all lines once a change; View only cuts the window out of them.
func (p *accessPane) build() {
	p.judged = judged(p.policy, p.at.server())
	p.lines, p.timed = nil, p.judged != p.policy
	if p.have && p.w > 0 {
		p.lines = append(p.asking(), append(p.failed(), p.sections()...)...)
	} else if p.w > 0 && p.err != nil && p.full {
		// The pane that says so is not on the screen.
		p.lines = append(para(p.th.strong, "The services could not be listed.", p.w), trouble(p.th, p.err, p.w, room(p.h, 1))...)
	} else if p.w > 0 {
		p.lines = para(p.th.dim, "no service is selected", p.w)
	}
	p.scroll.resize(len(p.lines), p.h)
}
