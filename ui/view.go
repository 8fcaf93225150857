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
	frame := r.pursuit.held
	if frame == "" {
		frame = strings.Join(r.screen(), "\n")
		r.pursuit.frame = frame
	}
	v := tea.NewView(frame)
	v.AltScreen = true
	if r.o.Mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
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
	if r.over != nil {
		place(r.lay.body, r.over.View(r.lay.body.Dx(), r.lay.body.Dy()))
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
	project := r.projectOn(f)
	left = inProject(left, project, " "+g.sep+" ")
	st := r.th.frame
	if focused {
		st = r.th.focus
	}
	if !r.lay.framed {
		title := titleLine(r.th, "", " ", "", left, right, st, r.titleStyle(f), w)
		return append([]string{r.th.title.within(title, project, r.hue(project))}, p.View(focused)...)
	}
	title := titleLine(r.th, g.topLeft, g.horizontal, g.topRight, left, right, st, r.titleStyle(f), w)
	lines := []string{r.th.title.within(title, project, r.hue(project))}
	side := st.of(g.vertical)
	for _, l := range p.View(focused) {
		lines = append(lines, side+l+side)
	}
	return append(lines, st.of(g.bottomLeft+strings.Repeat(g.horizontal, room(w, 2))+g.bottomRight))
}

// projectOn is the project of the service that a pane speaks of, clean; "" where it speaks of none, or there is one project only.
func (r *root) projectOn(f focus) string {
	if len(r.names()) < 2 {
		return ""
	}
	switch f {
	case onAccess:
		return clean(r.access.service.Project)
	case onToken:
		s, _ := r.services.selection()
		return clean(s.Project)
	case onRefused:
		if !r.refused.everyService() {
			return r.refused.service.Project
		}
	}
	return ""
}

// inProject puts a project into a title, after the pane's name: what stands there is not cut first.
func inProject(title, project, sep string) string {
	if project == "" {
		return title
	}
	name, rest, more := strings.Cut(title, sep)
	if !more {
		return title + sep + project
	}
	return name + sep + project + sep + rest
}

// hue is the colour of a project among those that are shown.
func (r *root) hue(project string) style { return r.th.hues(r.names())[project] }

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
	name, demo := " why401 ", r.trial()
	if r.o.Demo {
		demo += " DEMO "
	}
	place := " " + strings.Join(r.names(), "  ")
	counted := place
	if r.services.have {
		l := r.services.listing
		counted += fmt.Sprintf(" %s %s %s %s", g.sep, plural(len(l.Services), "service"), g.sep, plural(l.Regions, "region"))
		if len(l.Failed) > 0 {
			counted += fmt.Sprintf(" (%d unknown)", len(l.Failed))
		}
	}
	state, well := r.pulse()
	mark, st := g.dot, th.good
	if !well {
		mark, st = g.ring, th.doubt
	}
	if r.refused.paused != nil {
		// The list stands still; what comes in meanwhile is another matter.
		mark, st = g.ring, th.doubt
		if state == "live" {
			state = "paused"
		} else {
			state = "paused, " + state
		}
	}
	live := " " + mark + " " + state + " "
	full, brief := r.totals()
	for _, v := range []struct{ left, numbers string }{{counted, full}, {counted, brief}, {place, brief}, {place, ""}} {
		used := width(name) + width(demo) + width(v.left) + width(v.numbers) + width(live)
		if gap := room(r.w, used); gap > 0 {
			return th.badge.of(name) + th.doubtBadge.of(demo) + r.bar(v.left) + strings.Repeat(" ", gap) + v.numbers + st.of(live)
		}
	}
	if rest := room(r.w, width(name), width(demo), width(live)); rest > 0 {
		return th.badge.of(name) + th.doubtBadge.of(demo) + r.bar(fit(place, rest)) + st.of(live)
	}
	return th.badge.of(fit(name+demo+place, r.w))
}

// trial is the mark of what-ifs that are on. Where the token's pane is not on the screen it says what they come to, if there is room for
// that beside the mark of the demo.
func (r *root) trial() string {
	if r.token.trying() == 0 {
		return ""
	}
	if r.over == nil && !r.lay.pane[onToken].Empty() || r.w < framedWidth {
		return " WHAT IF "
	}
	return " WHAT IF: " + r.token.outcome() + " "
}

// names are the projects that are shown, clean.
func (r *root) names() []string {
	all := strings.Split(r.o.Project, ",")
	if r.client != nil {
		all = r.client.All()
	}
	for i := range all {
		all[i] = clean(all[i])
	}
	return all
}

// bar draws the projects' names each in its colour, and what is counted of them plainly.
func (r *root) bar(text string) string {
	var b strings.Builder
	hues := r.th.hues(r.names())
	for _, name := range r.names() {
		rest, ok := strings.CutPrefix(text, " "+name)
		if !ok {
			break
		}
		end := ""
		if rest, ok = strings.CutPrefix(rest, " "); ok {
			end = " "
		}
		b.WriteString(hues[name].of(" " + name + end))
		text = rest
	}
	return b.String() + r.th.strong.of(text)
}

// tabs is the strip of a screen that shows one pane at a time.
func (r *root) tabs() string {
	names := [panes]string{"Services", "Access", "Token", "Refused"}
	if r.token.token != nil && r.token.judged {
		names[onToken] = "Token " + statusWord(r.token.plain.Verdict()) // what is so; the mark above says that something is tried
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

// footer is the notice of the moment, or the keys that do something here. A line that is typed into keeps its own: which key ends it
// is not left to be guessed.
func (r *root) footer() string {
	choosing := r.at == onToken && r.token.choosing
	if typing := r.over == nil && r.pane[r.at].Typing() && !choosing; r.notice != "" && !typing {
		return r.th.accent.of(fit(" "+r.notice, r.w))
	}
	if r.over != nil {
		return r.th.dim.of(fit(r.over.Foot(r), r.w))
	}
	km := r.km
	bindings := append([]key.Binding{}, r.pane[r.at].Keys()...)
	if choosing {
		return r.th.dim.of(fit(" 1-9 switch   0 none   enter done   "+km.arrows()+" scroll   ctrl+c quit", r.w))
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
	end := "   " + keyed(km.help) + "   " + keyed(km.quit) + " "
	line := ""
	for _, b := range bindings {
		if b.Help().Key == "" {
			continue // its keys were taken away
		}
		part := "   " + keyed(b)
		if line == "" {
			part = " " + keyed(b)
		}
		if width(line)+width(part)+width(end) > r.w {
			break
		}
		line += part
	}
	return r.th.dim.of(fit(line+end, r.w))
}
