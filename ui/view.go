package ui

import (
	"fmt"
	"image"
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// View draws the screen: exactly as many lines as it is high, none wider than it is wide.
func (r *root) View() tea.View {
	v := tea.NewView(strings.Join(r.screen(), "\n"))
	v.AltScreen = true
	v.WindowTitle = "why401 " + clean(r.project())
	return v
}

// screen is every line of it. Regions tile each line from left to right, so lines are written one after the other.
func (r *root) screen() []string {
	if r.w <= 0 || r.h <= 0 {
		return nil
	}
	out := make([]strings.Builder, r.h)
	place := func(at image.Rectangle, lines []string) {
		for i, l := range lines {
			if y := at.Min.Y + i; y < at.Max.Y {
				out[y].WriteString(l)
			}
		}
	}
	place(r.lay.header, []string{r.header()})
	body := image.Rect(0, r.lay.header.Max.Y, r.w, r.h)
	if !r.lay.footer.Empty() {
		body.Max.Y = r.lay.footer.Min.Y
	}
	if r.help != nil {
		place(body, r.help.View(body.Dx(), body.Dy()))
	} else {
		if !r.lay.tabs.Empty() {
			place(r.lay.tabs, []string{r.tabs()})
		}
		for f := range panes {
			if at := r.lay.pane[f]; !at.Empty() {
				place(at, r.frame(f, at.Dx()))
			}
		}
	}
	if !r.lay.footer.Empty() {
		place(r.lay.footer, []string{r.footer()})
	}
	lines := make([]string, r.h)
	for i := range out {
		lines[i] = out[i].String()
		if r.o.ASCII {
			lines[i] = plain(lines[i])
		}
	}
	return lines
}

// frame draws a pane with its title: in a box, or under a line where the screen is small.
func (r *root) frame(f focus, w int) []string {
	p, g := r.pane[f], r.th.glyph
	focused := f == r.at
	left, right := p.Title()
	st := r.th.frame
	if focused {
		st = r.th.focus
	}
	if !r.lay.framed {
		return append([]string{titleLine(r.th, "", " ", "", left, right, st, r.titleStyle(f), w)}, p.View(focused)...)
	}
	lines := []string{titleLine(r.th, g.topLeft, g.horizontal, g.topRight, left, right, st, r.titleStyle(f), w)}
	side := st.of(g.vertical)
	for _, l := range p.View(focused) {
		lines = append(lines, side+l+side)
	}
	return append(lines, st.of(g.bottomLeft+strings.Repeat(g.horizontal, room(w, 2))+g.bottomRight))
}

// titleStyle colours the token pane's prediction.
func (r *root) titleStyle(f focus) style {
	if f == onToken && r.token.judged && r.token.token != nil {
		return r.th.code(r.token.verdict.Status)
	}
	return r.th.dim
}

// titleLine is the upper edge of a pane: the title left, a remark right.
func titleLine(th theme, from, fill, to, left, right string, edge, remark style, w int) string {
	space := room(w, width(from), width(to), 2)
	if space < 4 {
		return edge.of(fit(from+strings.Repeat(fill, max(space, 0)+2)+to, w))
	}
	// The remark is the news of a pane; the name gives way first.
	right = cut(right, space*2/3)
	if room(space, width(right), 5) < 4 {
		right = ""
	}
	left = cut(left, room(space, width(right), 5))
	if right == "" {
		return edge.of(from+fill) + " " + th.title.of(left) + " " + edge.of(strings.Repeat(fill, room(space, width(left), 1))+to)
	}
	gap := strings.Repeat(fill, room(space, width(left), width(right), 4))
	return edge.of(from+fill) + " " + th.title.of(left) + " " + edge.of(gap) + " " + remark.of(right) + " " + edge.of(fill+to)
}

// project is the project's id as far as it is known.
func (r *root) project() string {
	if r.client != nil {
		return r.client.Project()
	}
	return r.o.Project
}

// header says where one is, what the window holds and whether the stream lives; what does not fit is left out, the least first.
func (r *root) header() string {
	th, g := r.th, r.th.glyph
	name, demo := " why401 ", ""
	if r.o.Demo {
		demo = " DEMO "
	}
	if r.token.trying() > 0 {
		demo += " WHAT IF "
	}
	place := " " + clean(r.project())
	counted := place
	if r.services.have {
		l := r.services.listing
		counted += fmt.Sprintf(" %s %s %s %s", g.sep, plural(len(l.Services), "service"), g.sep, plural(l.Regions, "region"))
		if len(l.Failed) > 0 {
			counted += fmt.Sprintf(" (%d unknown)", len(l.Failed))
		}
	}
	state := r.stream.word()
	mark, st := g.dot, th.good
	if state != "live" {
		mark, st = g.ring, th.doubt
	}
	if r.refused.paused {
		mark, state, st = g.ring, "paused", th.doubt
	}
	live := " " + mark + " " + state + " "
	full, brief := r.totals()
	for _, v := range []struct{ left, numbers string }{{counted, full}, {counted, brief}, {place, brief}, {place, ""}} {
		used := width(name) + width(demo) + width(v.left) + width(v.numbers) + width(live)
		if gap := room(r.w, used); gap > 0 {
			return th.badge.of(name) + th.doubtBadge.of(demo) + th.strong.of(v.left) + strings.Repeat(" ", gap) + v.numbers + st.of(live)
		}
	}
	if rest := room(r.w, width(name), width(demo), width(live)); rest > 0 {
		return th.badge.of(name) + th.doubtBadge.of(demo) + th.strong.of(fit(place, rest)) + st.of(live)
	}
	return th.badge.of(fit(name+demo+place, r.w))
}

// totals are the refusals of the window, in a sentence and in short.
func (r *root) totals() (full, brief string) {
	all := r.ring.all
	parts := fmt.Sprintf("%d by Cloud Run, %d by the app", all.platform, all.app)
	if n := all.total() - all.platform - all.app; n > 0 {
		parts += fmt.Sprintf(", %d unclear", n)
	}
	brief = fmt.Sprintf("%s: %d refused ", span(r.o.Since), all.total())
	return fmt.Sprintf("%s(%s) ", brief, parts), brief
}

// tabs is the strip of a screen that shows one pane at a time.
func (r *root) tabs() string {
	names := [panes]string{"Services", "Access", "Token", "Refused"}
	if r.token.token != nil && r.token.judged {
		names[onToken] = "Token " + statusWord(r.token.verdict)
	}
	var b strings.Builder
	numbered := width(" 1  2  3  4 "+strings.Join(names[:], "  ")) <= r.w
	left := r.w
	for f, n := range names {
		text := " " + n + " "
		if numbered {
			text = " " + strconv.Itoa(f+1) + text
		}
		if left < width(text) {
			text = cut(text, left)
		}
		left -= width(text)
		if focus(f) == r.at {
			b.WriteString(r.th.selected.of(text))
		} else {
			b.WriteString(r.th.dim.of(text))
		}
	}
	return b.String() + strings.Repeat(" ", max(left, 0))
}

// footer is the notice of the moment, or the keys that do something here.
func (r *root) footer() string {
	if r.notice != "" {
		return r.th.accent.of(fit(" "+r.notice, r.w))
	}
	text := func(b key.Binding) string { return b.Help().Key + " " + b.Help().Desc }
	if r.help != nil {
		return r.th.dim.of(fit(" esc back   ↑↓ scroll   q quit", r.w))
	}
	km := r.km
	bindings := append([]key.Binding{}, r.pane[r.at].Keys()...)
	if r.at == onToken && r.token.choosing {
		return r.th.dim.of(fit(" 1-9 switch   0 none   enter done   ctrl+c quit", r.w))
	}
	if r.pane[r.at].Typing() {
		return r.th.dim.of(fit(" enter done   esc give up   ctrl+c quit", r.w))
	}
	if r.token.token == nil && r.at != onToken {
		bindings = append(bindings, km.paste)
		if r.o.Samples != nil {
			bindings = append(bindings, km.sample)
		}
	}
	if r.zoom {
		bindings = append(bindings, km.back)
	} else {
		bindings = append(bindings, km.zoom)
	}
	bindings = append(bindings, km.next)
	// Help and quit always stand at the end; the others give way.
	end := "   " + text(km.help) + "   " + text(km.quit) + " "
	line := ""
	for _, b := range bindings {
		part := "   " + text(b)
		if line == "" {
			part = " " + text(b)
		}
		if width(line)+width(part)+width(end) > r.w {
			break
		}
		line += part
	}
	return r.th.dim.of(fit(line+end, r.w))
}
