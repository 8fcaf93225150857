package ui

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"why401/gcp"
	"why401/token"
)

const (
	ringSize       = 20_000
	refreshTime    = time.Minute      // between lists of the services
	policyAge      = 10 * time.Minute // until a policy is read again
	policiesAtOnce = 32
	drawTime       = 100 * time.Millisecond // between two drawings of new log rows
	sizeTime       = 40 * time.Millisecond  // until a size has settled
	noticeTime     = 4 * time.Second
	reopenTime     = 15 * time.Second // until the client is opened again
	keysRetry      = time.Minute      // between two fetches of the same keys
)

// root is the program's model. It routes messages, and after each one looks at the selection and brings what depends on it
// up to date (settle.go).
type root struct {
	ctx  context.Context
	o    Options
	th   theme
	km   keyMap
	w, h int
	size struct{ w, h, serial int } // the newest size, applied once it has settled
	lay  layout

	at   focus
	zoom bool
	help *helpScreen // nil while it is not shown

	services *servicesPane
	access   *accessPane
	token    *tokenPane
	refused  *refusedPane
	pane     [panes]pane

	client     *gcp.Client
	opening    bool // an openClient is on its way
	generation int
	cancelList context.CancelFunc
	policies   map[string]*policyState
	queue      []string // services whose policies are still to be read, after those on the screen
	reading    int

	ring       *ring
	stream     *stream
	history    *history
	unseen     int  // new entries that the panes do not show yet
	drawWait   bool // a drawDue is on its way
	backfilled bool

	keys      token.Keys
	keysFrom  map[string]*keysState
	clock     token.Clock
	judged    judgement
	diagnosed diagnosed
	predicted predictions
	time      time.Time // the last reading of the clock, for countdowns
	ticking   bool

	sample       map[string]int // the next demo token of each service
	notice       string
	noticeSerial int
}

// policyState is what is known of a service's policy.
type policyState struct {
	policy  *gcp.Policy
	err     error
	at      time.Time
	reading bool
	stale   bool // to be read again
}

// keysState is what is known of a set of published keys.
type keysState struct {
	fetching bool
	at       time.Time // of the last answer
	err      error
	chosen   *token.Token // the token for which they were taken from the files; nil where they are fetched
}

func newRoot(ctx context.Context, o Options) *root {
	if o.Since <= 0 {
		o.Since = 15 * time.Minute
	}
	th, km := newTheme(o.ASCII), newKeyMap()
	r := &root{
		ctx: ctx, o: o, th: th, km: km,
		services: newServicesPane(th, km), access: newAccessPane(th), token: newTokenPane(th, km),
		policies: map[string]*policyState{}, keys: token.Keys{}, keysFrom: map[string]*keysState{}, sample: map[string]int{},
		ring: newRing(ringSize), history: &history{}, time: now(),
	}
	r.token.demo = o.Samples != nil
	r.refused = newRefusedPane(th, km, r.ring, r.history, o.Since)
	r.refused.project = o.Project
	r.refused.tell("reading", nil, nil)
	r.pane = [panes]pane{onServices: r.services, onAccess: r.access, onToken: r.token, onRefused: r.refused}
	return r
}

// Init opens the client; the screen does not wait for it.
func (r *root) Init() tea.Cmd {
	cmds := []tea.Cmd{r.open()}
	if len(r.o.Token) > 0 {
		cmds = append(cmds, readToken(r.o.Token, "file"))
		r.at = onToken
	}
	return tea.Batch(cmds...)
}

// Update routes a message, then settles.
func (r *root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := r.route(msg)
	return r, tea.Batch(cmd, r.settle())
}

func (r *root) route(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		return r.sized(m.Width, m.Height)
	case sizeDue:
		if m.serial == r.size.serial {
			r.resize()
		}
	case tea.KeyPressMsg:
		return r.key(m)
	case tea.PasteMsg:
		return r.paste(m.Content)
	case drawDue:
		r.drawWait = false
	case ticked:
		r.ticking, r.time = false, m.at
	case noticeDue:
		if m.serial == r.noticeSerial {
			r.notice = ""
		}
	case tokenRead:
		r.tokenRead(m)
	default:
		return r.answered(msg)
	}
	return nil
}

// sized takes a new size: the first at once, later ones when they have settled, since a drag sends hundreds.
func (r *root) sized(w, h int) tea.Cmd {
	r.size.w, r.size.h = w, h
	r.size.serial++
	if r.w == 0 {
		r.resize()
		return nil
	}
	return after(sizeTime, sizeDue{r.size.serial})
}

func (r *root) resize() {
	r.w, r.h = r.size.w, r.size.h
	r.arrange()
}

// arrange lays the screen out anew and tells the panes their room.
func (r *root) arrange() {
	r.lay = split(r.w, r.h, r.at, r.zoom)
	r.token.full, r.refused.full = r.zoom && r.at == onToken, r.zoom && r.at == onRefused
	for f, p := range r.pane {
		if in := r.lay.inner(focus(f)); !r.lay.pane[f].Empty() {
			p.SetSize(in.Dx(), in.Dy())
		}
	}
	if r.help != nil {
		r.help.resize(r.w, r.h)
	}
}

// key handles a key: ctrl+c first, so that it works in every state; then a pane that takes text; then what is everybody's.
func (r *root) key(m tea.KeyPressMsg) tea.Cmd {
	r.time = now()
	if m.String() == "ctrl+c" {
		return r.quit()
	}
	if r.help != nil {
		switch {
		case key.Matches(m, r.km.quit):
			return r.quit()
		case key.Matches(m, r.km.help), key.Matches(m, r.km.back):
			r.help = nil
		default:
			r.help.scroll.move(m.String())
		}
		return nil
	}
	if p := r.pane[r.at]; p.Typing() {
		return p.Update(m)
	}
	if cmd, done := r.command(m); done {
		return cmd
	}
	return r.pane[r.at].Update(m)
}

// command handles the keys that mean the same in every pane.
func (r *root) command(m tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	km := r.km
	switch {
	case key.Matches(m, km.quit):
		return r.quit(), true
	case key.Matches(m, km.help):
		r.help = newHelp(r.th, r.km, r.o)
		r.help.resize(r.w, r.h)
	case key.Matches(m, km.next):
		r.focus((r.at + 1) % panes)
	case key.Matches(m, km.prev):
		r.focus((r.at + panes - 1) % panes)
	case key.Matches(m, km.one):
		r.focus(onServices)
	case key.Matches(m, km.two):
		r.focus(onAccess)
	case key.Matches(m, km.three):
		r.focus(onToken)
	case key.Matches(m, km.four):
		r.focus(onRefused)
	case key.Matches(m, km.zoom):
		r.enter()
	case key.Matches(m, km.back):
		return nil, r.leave()
	case key.Matches(m, km.paste), key.Matches(m, km.typed):
		r.focus(onToken)
		return r.token.Update(tea.KeyPressMsg{Code: 'i', Text: "i"}), true
	case key.Matches(m, km.whatIf) && r.token.token != nil && r.at != onToken:
		r.focus(onToken)
		return r.token.Update(m), true
	case key.Matches(m, km.sample) && r.o.Samples != nil:
		return r.loadSample(), true
	case key.Matches(m, km.clear):
		r.forget()
	case key.Matches(m, km.again) && r.at == onRefused:
		return r.clip(r.refused.copied(false), "no entry is selected"), true
	case key.Matches(m, km.address) && r.at == onRefused:
		return r.clip(r.refused.copied(true), "no entry is selected"), true
	case key.Matches(m, km.copy):
		return r.clip(r.token.way(), "there is no fix yet"), true
	case key.Matches(m, km.longer):
		return r.resizeWindow(1), true
	case key.Matches(m, km.shorter):
		return r.resizeWindow(-1), true
	case key.Matches(m, km.refresh):
		return r.refresh(true), true
	default:
		return nil, false
	}
	return nil, true
}

func (r *root) quit() tea.Cmd {
	if r.stream != nil {
		r.stream.close()
	}
	return tea.Quit
}

// focus moves to a pane; a zoom goes with it.
func (r *root) focus(at focus) {
	r.at = at
	r.arrange()
}

// enter goes deeper: the pane alone with all it knows; from a narrow list of services to the service.
func (r *root) enter() {
	if r.at == onServices && !r.lay.wide && !r.zoom {
		r.focus(onAccess)
		return
	}
	if r.at == onRefused && r.refused.enterGroup() {
		return
	}
	r.zoom = true
	r.arrange()
}

// leave goes back one step, and says whether there was one; if not, esc is the pane's.
func (r *root) leave() bool {
	switch {
	case r.at == onRefused && r.refused.leaveGroup():
	case r.zoom:
		r.zoom = false
		r.arrange()
	case r.at == onRefused && r.refused.filter.on(), r.at == onServices:
		return false
	case !r.lay.wide:
		r.focus(onServices)
	default:
		return false
	}
	return true
}
