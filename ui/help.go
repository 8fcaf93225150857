package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
)

// helpScreen is all keys and, for who comes here at night for the first time, what the screen says.
type helpScreen struct {
	th     theme
	km     keyMap
	o      Options
	scroll scroll
	lines  []string
	w      int
}

func newHelp(th theme, km keyMap, o Options) *helpScreen { return &helpScreen{th: th, km: km, o: o} }

// resize wraps the text anew and keeps the window inside it.
func (h *helpScreen) resize(w, height int) {
	if w != h.w {
		h.w, h.lines = w, h.text(room(w, 2))
	}
	h.scroll.resize(len(h.lines), room(height, 2))
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
			lines = append(lines, entry(b.Help().Key, th.accent, labelWidth, b.Help().Desc, th.plain, w)...)
		}
	}
	say := func(text string) { lines = append(lines, para(th.plain, text, w)...) }

	title(strings.TrimSpace("why401 " + clean(h.o.Version)))
	say("Why does Cloud Run answer 401? Choose the service, paste the token that was refused, read the verdict. Nothing in the cloud is ever changed.")
	title("Everywhere")
	keys(km.paste, km.typed)
	if h.o.Samples != nil {
		keys(km.sample)
	}
	keys(km.copy, km.whatIf, km.another, km.clear, km.next, km.prev)
	lines = append(lines, entry("1 2 3 4", th.accent, labelWidth, "services, access, token, refused", th.plain, w)...)
	keys(km.zoom, km.back, km.move, km.ends, km.refresh, km.help, km.quit)
	lines = append(lines, entry("ctrl+c", th.accent, labelWidth, "quit, also while typing", th.plain, w)...)
	title("Services")
	keys(km.filter, km.sort, km.reverse)
	title("Refused")
	keys(km.filter, km.groups, km.scope, km.pause, km.follow, km.mark, km.match, km.unmatch, km.shorter, km.longer, km.again, km.address)
	lines = append(lines, entry("J K", th.accent, labelWidth, "scroll the explanation of a zoomed entry", th.plain, w)...)
	say("A filter shows what has all its words; a word that begins with ! must not be there. Words may name a field: status:401 who:app path:/api method:post caller:curl why:cors since:14:00 since:5m until:14:10 is:change; token:200 among the services.")
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
	title("What it cannot see")
	say("The token of a refused request: the log does not hold it. Requests that ingress stopped: they are 404 and not logged. The members of groups, and what project, folders and organisation grant.")
	return lines
}
