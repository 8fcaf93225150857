package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// helpScreen is all keys and, for who comes here at night for the first time, what the screen says.
type helpScreen struct {
	th     theme
	km     keyMap
	o      Options
	scroll scroll
	lines  []string
	w      int

	used  []fact  // what the calls are made with
	wrong []error // what fails now, each whole: a pane may lack the room
	// lacking is what could be read besides, with a permission or an API that few need.
	lacking []error
}

func newHelp(th theme, km keyMap, o Options) *helpScreen { return &helpScreen{th: th, km: km, o: o} }

// Resize wraps the text anew and keeps the window inside it.
func (h *helpScreen) Resize(w, height int) {
	if w != h.w {
		h.w, h.lines = w, h.text(room(w, 2))
	}
	h.scroll.resize(len(h.lines), height)
}

func (h *helpScreen) Paint(th theme) { h.th, h.w = th, 0 }

func (h *helpScreen) Typing() bool { return false }

func (h *helpScreen) Foot(r *root) string { return r.readFoot() }

func (h *helpScreen) Key(r *root, m tea.KeyPressMsg) (cmd tea.Cmd, left bool) {
	return r.read(m, &h.scroll, r.km.help)
}

// View draws the help in a rectangle.
func (h *helpScreen) View(w, height int) []string {
	h.scroll.resize(len(h.lines), height)
	lines := h.scroll.slice(h.lines, room(w, 2))
	for i := range lines {
		if w > 2 {
			lines[i] = " " + lines[i] + " "
		} else {
			lines[i] = strings.Repeat(" ", max(w, 0))
		}
	}
	return lines
}

func (h *helpScreen) text(w int) []string {
	if w <= 0 {
		return nil
	}
	th, km := h.th, h.km
	var lines []string
	title := func(text string) {
		if lines != nil {
			lines = append(lines, strings.Repeat(" ", w))
		}
		lines = append(lines, th.title.of(fit(text, w)))
	}
	keys := func(bindings ...key.Binding) {
		for _, b := range bindings {
			if b.Help().Key == "" {
				continue // its keys were taken away
			}
			lines = append(lines, entry(b.Help().Key, th.accent, labelWidth, b.Help().Desc, th.plain, w)...)
		}
	}
	say := func(text string) { lines = append(lines, para(th.plain, text, w)...) }

	title(strings.TrimSpace("why401 " + clean(h.o.Version)))
	say("Why does Cloud Run answer 401? Choose the service, paste the token that was refused, read the verdict. Nothing in the cloud is ever changed.")
	inUse := func() {
		title("In use")
		for _, f := range h.used {
			lines = append(lines, entry(f.label, th.accent, labelWidth, f.text, th.plain, w)...)
		}
	}
	if len(h.wrong) > 0 { // whoever asks for help now wants to know that, and not the keys
		title("What fails now")
		for _, err := range h.wrong {
			lines = append(lines, problem(th, err, w)...)
		}
		inUse()
	}
	title("Everywhere")
	keys(km.paste, km.typed)
	if h.o.Samples != nil {
		keys(km.sample)
	}
	keys(km.copy, km.show, km.whatIf, km.clear, km.next, km.prev)
	keys(km.panes(), km.zoom, km.back)
	keys(km.moves()...)
	keys(km.report, km.refresh, km.project, km.help, km.quit)
	lines = append(lines, entry("ctrl+c", th.accent, labelWidth, "quit, also while typing", th.plain, w)...)
	if h.o.Mouse {
		lines = append(lines, entry("mouse", th.accent, labelWidth, "the wheel scrolls what is under it, a click chooses; the terminal selects text with shift held", th.plain, w)...)
	}
	title("Services")
	keys(km.filter, km.sort, km.reverse)
	say("While a token is held, TOKEN is what each service would answer it; the order goes by that too, and token:200 as a filter leaves those that let it in. A what-if is for the selected service alone: the list tells what is now.")
	title("Access")
	keys(km.caller, km.troubleshoot, km.audience)
	say("Can they: whether IAM lets a principal in, by which binding, and what stands against it. Who accepts: the services that take an audience, and those that nearly do.")
	title("Token")
	keys(km.another)
	say("Where a paste holds several credentials, such as a curl command with two headers, each is judged alone.")
	title("Refused")
	keys(km.filter, km.groups, km.scope, km.pause, km.follow, km.mark, km.match, km.unmatch, km.shorter, km.longer, km.again, km.address)
	keys(km.details())
	say("A filter shows what has all its words; a word that begins with ! must not be there. Words may name a field: status:401,403 who:app path:/api method:post caller:curl why:cors service:!billing project:prod since:14:00 since:5m until:14:10 is:change by:dana; token:200 among the services. Changes stay, whatever is asked of requests.")
	title("Signs")
	for _, s := range []struct {
		glyph, text string
		style       style
	}{
		{th.glyph.pass, "pass: as it should be", th.good},
		{th.glyph.fail, "fail: this stops the request", th.bad},
		{th.glyph.warn, "warn: look at it; it is not known to stop the request", th.doubt},
		{th.glyph.unknown, "unknown: cannot be known from here, and why", th.unknown},
		{th.glyph.skip, "skip: does not apply", th.dim},
	} {
		lines = append(lines, entry(s.glyph, s.style, 2, s.text, th.plain, w)...)
	}
	if len(h.wrong) == 0 {
		inUse()
	}
	if len(h.lacking) > 0 {
		title("What more permissions would show")
		for _, err := range h.lacking {
			lines = append(lines, problem(th, err, w)...)
		}
	}
	title("What it cannot see")
	say("The token of a refused request: the log does not hold it. Requests that ingress stopped: they are 404 and not logged. The members of groups, and what the policies that you may not read grant; the Access pane names those.")
	return lines
}
