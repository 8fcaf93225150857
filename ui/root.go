package ui

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"why401/gcp"
	"why401/token"
)

const (
	ringSize       = 20_000
	defaultSince   = 15 * time.Minute
	refreshTime    = time.Minute      // between lists of the services
	policyAge      = 10 * time.Minute // until a policy is read again
	partialAge     = time.Minute      // the same, where a part of it could not be read and somebody looks at it
	policiesAtOnce = 32
	noticeTime     = 4 * time.Second
	keysRetry      = time.Minute // between two fetches of the same keys
)

// root is the program's model. It routes messages, and after each one looks at the selection and brings what depends on it
// up to date (settle.go).
type root struct {
	ctx, base context.Context // of everything that the project needs; base outlives it
	cancel    context.CancelFunc
	epoch     int // counts the projects (epoch.go)

	o    Options
	th   theme
	km   keyMap
	w, h int
	lay  layout

	at   focus
	zoom bool
	over overlay // what stands in place of the panes; nil while nothing does

	services *servicesPane
	access   *accessPane
	token    *tokenPane
	refused  *refusedPane
	pane     [panes]pane

	client     *gcp.Client
	opener     opener
	generation int
	relist     time.Duration // until the services were listed again, after a failure
	cancelList context.CancelFunc
	policies   map[string]*policyState
	inherited  inheritance
	fronting   fronting
	queue      []string // services whose policies are still to be read, after those on the screen
	reading    int
	spared     map[spot]*sparing // regions whose quota for policies is used up

	ring       *ring
	stream     *stream
	history    *history
	unseen     int   // new entries that the panes do not show yet
	drawn      tally // what the panes show
	flow       flow
	pursuit    pursuit
	clipboard  clipRoute
	backfilled bool
	pruned     time.Time // when what had left the window was dropped

	keys      token.Keys
	keysFrom  map[string]*keysState
	clock     token.Clock
	judged    judgement
	diagnosed diagnosing
	predicted predictions
	time      time.Time // when the message came that is handled
	ticking   bool

	record       record
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
	waits   bool // in line for its region's quota
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
		o.Since = defaultSince
	}
	th := newTheme(o.Theme, o.ASCII)
	km, _, _ := newKeyMap().changed(o.Keymap)
	base := ctx
	ctx, cancel := context.WithCancel(base)
	r := &root{
		ctx: ctx, base: base, cancel: cancel, o: o, th: th, km: km,
		services: newServicesPane(th, km), access: newAccessPane(th, km), token: newTokenPane(th, km),
		policies: map[string]*policyState{}, spared: map[spot]*sparing{}, keys: token.Keys{}, keysFrom: map[string]*keysState{}, sample: map[string]int{},
		ring: newRing(ringSize), history: &history{}, time: now(), pruned: now(),
	}
	r.token.demo = o.Samples != nil
	r.record.log = o.Log
	r.refused = newRefusedPane(th, km, r.ring, r.history, o.Since)
	r.refused.home = r.home
	r.refused.project = o.Project
	r.pane = [panes]pane{onServices: r.services, onAccess: r.access, onToken: r.token, onRefused: r.refused}
	return r
}

// Init opens the client; the screen does not wait for it.
func (r *root) Init() tea.Cmd {
	cmds := []tea.Cmd{r.open(), r.flow.ask(r.time)}
	if r.o.Theme == "" || r.o.Theme == themeAuto {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	if len(r.o.Token) > 0 {
		cmds = append(cmds, readToken(r.o.Token, "file"))
		r.at = onToken
	}
	return date(r.epoch, tea.Batch(cmds...))
}

// Update routes a message, then settles.
func (r *root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	msg, clear, ok := r.current(msg)
	if !ok {
		return r, clear
	}
	r.time = now()
	r.record.saw(r, msg)
	cmd := tea.Batch(r.route(msg), r.settle(), r.hold())
	r.record.handled(r, msg, now().Sub(r.time))
	return r, date(r.epoch, cmd)
}

func (r *root) route(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		r.resize(m.Width, m.Height)
	case tea.KeyPressMsg:
		r.time = now()
		r.services.keep()
		return tea.Batch(r.pursue(m), r.key(m))
	case tea.PasteMsg:
		r.services.keep()
		return r.paste(m.Content)
	case tea.MouseClickMsg:
		r.services.keep()
		r.pressed(m)
	case tea.MouseWheelMsg:
		r.services.keep()
		r.rolled(m)
	case tea.BackgroundColorMsg:
		if !m.IsDark() && (r.o.Theme == "" || r.o.Theme == themeAuto) {
			r.paint(newTheme(themeLight, r.o.ASCII))
		}
	case predictDue:
		r.predicted.waiting = false
	case drawDue:
		r.flow.paced = false
	case restDue:
		r.rested(m)
	case tea.EnvMsg:
		return r.learn(m)
	case uv.SecondaryDeviceAttributesEvent:
		r.told(m)
	case answerLost:
		r.flow.lost(m)
	case uv.PrimaryDeviceAttributesEvent:
		r.flow.answered()
	case tea.ResumeMsg:
		r.flow = flow{} // what it was asked before, the shell may have got
	case ticked:
		r.ticking = false
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

func (r *root) resize(w, h int) {
	r.w, r.h = w, h
	r.arrange()
}

// paint draws everything in another theme.
func (r *root) paint(th theme) {
	r.th, r.services.th, r.access.th, r.token.th, r.refused.th = th, th, th, th, th
	if r.over != nil {
		r.over.Paint(th)
	}
	r.arrange()
}

// arrange lays the screen out anew and tells the panes their room.
func (r *root) arrange() {
	r.lay = split(r.w, r.h, r.at, r.zoom)
	r.token.full, r.refused.full = r.zoom && r.at == onToken, r.zoom && r.at == onRefused
	r.token.alone = !r.lay.wide || r.zoom
	r.access.full = !r.lay.wide && r.at == onAccess
	for f, p := range r.pane {
		if in := r.lay.inner(focus(f)); !r.lay.pane[f].Empty() {
			p.SetSize(in.Dx(), in.Dy())
		}
	}
	if r.over != nil {
		r.over.Resize(r.lay.body.Dx(), r.lay.body.Dy())
	}
}

// key handles a key: ctrl+c first, so that it works in every state; then a pane that takes text; then what is everybody's.
func (r *root) key(m tea.KeyPressMsg) tea.Cmd {
	if m.String() == "ctrl+c" {
		return r.quit()
	}
	if o := r.over; o != nil {
		cmd, left := o.Key(r, m)
		if left && r.over == o {
			r.over = nil
		}
		return cmd
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
		h := newHelp(r.th, r.km, r.o)
		h.used, h.wrong, h.lacking = r.used(), r.wrong(), r.lacking()
		r.cover(h)
	case key.Matches(m, km.report):
		return r.handOver(), true
	case key.Matches(m, km.project):
		return r.chooseProject(), true
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
		r.token.typeIn()
	case key.Matches(m, km.whatIf) && r.token.token != nil && r.at != onToken:
		r.focus(onToken)
		return r.token.Update(m), true
	case opens(km, m) != askedNothing && r.at != onAccess:
		r.focus(onAccess)
		return r.access.Update(m), true
	case key.Matches(m, km.troubleshoot) && r.at == onAccess:
		return r.askGoogle(), true
	case key.Matches(m, km.sample) && r.o.Samples != nil:
		return r.loadSample(), true
	case key.Matches(m, km.clear):
		r.forget()
	case key.Matches(m, km.again) && r.at == onRefused:
		return r.clip(r.refused.copied(false), "no entry is selected", ""), true
	case key.Matches(m, km.address) && r.at == onRefused:
		return r.clip(r.refused.copied(true), "no entry is selected", ""), true
	case key.Matches(m, km.copy):
		return r.clipFix(), true
	case key.Matches(m, km.show):
		r.showCopies()
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
	if r.at == onAccess && r.zoom && r.openFront() {
		return
	}
	r.zoom = true
	r.arrange()
}

// leave goes back one step, and says whether there was one; if not, esc is the pane's.
func (r *root) leave() bool {
	switch {
	case r.at == onRefused && r.refused.leaveGroup():
	case r.at == onAccess && r.access.Leave():
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
