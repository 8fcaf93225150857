package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
)

// searchTime is how long typing has to rest until Google is asked again, where it has more projects than it listed.
const searchTime = 300 * time.Millisecond

// projectsScreen lists the projects that the login may see, to go to one of them. What is typed narrows the list; a whole id that
// is not in it can be gone to all the same, since listing takes a permission that reading does not.
type projectsScreen struct {
	th      theme
	km      keyMap
	w, h    int
	list    list
	filter  filter
	current []string // the projects that are shown now

	listing gcp.ProjectListing
	shown   []gcp.Project
	loading bool
	err     error
	serial  int // of the search that is awaited
}

// projectsListed answers listProjects.
type projectsListed struct {
	serial  int
	listing gcp.ProjectListing
	err     error
}

// searchDue says that typing has rested.
type searchDue struct{ serial int }

func listProjects(ctx context.Context, client *gcp.Client, serial int, query string) tea.Cmd {
	return func() tea.Msg {
		listing, err := client.Projects(ctx, query)
		return projectsListed{serial, listing, err}
	}
}

// chooseProject opens the list of projects.
func (r *root) chooseProject() tea.Cmd {
	if r.client == nil || r.o.OpenIn == nil {
		return r.say("other projects can be listed once the credentials work")
	}
	p := &projectsScreen{th: r.th, km: r.km, filter: newFilter(), current: r.names(), loading: true}
	p.filter.begin()
	r.cover(p)
	return listProjects(r.ctx, r.client, p.serial, "")
}

// projectsListed takes the list, or what a search found besides.
func (r *root) projectsListed(m projectsListed) {
	p, ok := r.over.(*projectsScreen)
	if !ok || m.serial != p.serial {
		return
	}
	p.loading, p.err = false, m.err
	if m.err == nil {
		p.listing = m.listing
	}
	p.arrange()
}

// Key handles a key while the list of projects is open.
func (p *projectsScreen) Key(r *root, m tea.KeyPressMsg) (cmd tea.Cmd, left bool) {
	switch k := m.String(); {
	case k == "esc":
		return nil, true
	case k == "enter":
		switch id := p.choice(); id {
		case "":
			return nil, false
		case strings.Join(r.names(), ","):
			return nil, true
		default:
			return r.become(id), true
		}
	case k == "up", k == "down", k == "pgup", k == "pgdown":
		p.list.move(p.km.motion(m))
	case p.filter.update(m):
		return p.typed(), false
	}
	return nil, false
}

func (p *projectsScreen) Typing() bool { return true }

func (p *projectsScreen) Paint(th theme) { p.th = th }

func (p *projectsScreen) Foot(*root) string {
	return " enter go there   ↑↓ choose   esc back   ctrl+c quit"
}

// typed narrows the list; where Google has more than it listed, it is searched too, once typing rests.
func (p *projectsScreen) typed() tea.Cmd {
	p.list.to(0)
	p.arrange()
	if !p.listing.More {
		return nil
	}
	p.serial++
	return after(searchTime, searchDue{p.serial})
}

// searchDue asks Google for what was typed.
func (r *root) searchDue(m searchDue) tea.Cmd {
	p, ok := r.over.(*projectsScreen)
	if !ok || m.serial != p.serial || r.client == nil {
		return nil
	}
	p.loading = true
	_, word, _ := p.parts()
	return listProjects(r.ctx, r.client, p.serial, word)
}

// parts are what was typed before the last comma, and behind it: the projects chosen so far, and the words for one more.
func (p *projectsScreen) parts() (before, word string, several bool) {
	value := p.filter.value()
	i := strings.LastIndexByte(value, ',')
	if i < 0 {
		return "", value, false
	}
	return strings.Trim(value[:i], ", "), strings.TrimSpace(value[i+1:]), true
}

// choice is the project that enter goes to: the row under the cursor or a whole id that was typed, behind those that stand before a
// comma. A comma at the end takes what was typed as it is. It is "" for what is no project's id.
func (p *projectsScreen) choice() string {
	before, word, several := p.parts()
	if p.list.cursor < len(p.shown) && (word != "" || !several) {
		word = p.shown[p.list.cursor].ID
	}
	ids, err := gcp.ParseProjects(strings.Trim(before+","+word, ","), "the list of projects")
	if err != nil {
		return ""
	}
	return strings.Join(ids, ",")
}

// goes says in words what enter does, and what of it is not listed.
func (p *projectsScreen) goes() string {
	ids := strings.Split(p.choice(), ",")
	text := "enter goes to " + ids[0]
	if n := len(ids); n > 1 {
		text = "enter shows " + strings.Join(ids[:n-1], ", ") + " and " + ids[n-1] + " together"
	}
	missing := slices.DeleteFunc(ids, func(id string) bool {
		return slices.ContainsFunc(p.listing.Projects, func(v gcp.Project) bool { return v.ID == id })
	})
	if len(missing) > 0 {
		text += "; not in the list: " + strings.Join(missing, ", ")
	}
	return clean(text)
}

// arrange narrows the list to the words that were typed. A whole id is under the cursor at once.
func (p *projectsScreen) arrange() {
	_, word, _ := p.parts()
	words := strings.Fields(strings.ToLower(word))
	p.shown = p.shown[:0]
	for _, v := range p.listing.Projects {
		if contains(strings.ToLower(v.ID+"\n"+v.Name+"\n"+v.Number), words) {
			if v.ID == word {
				p.list.cursor = len(p.shown)
			}
			p.shown = append(p.shown, v)
		}
	}
	p.list.resize(len(p.shown), room(p.h, projectHead))
}

const projectHead = 4 // lines above the list

func (p *projectsScreen) Resize(w, h int) {
	p.w, p.h = room(w, 2), h
	p.arrange()
}

var projectColumns = []column{
	{title: "PROJECT", min: 16, max: 32},
	{title: "NAME", min: 10, max: 32, drop: 1, flex: true},
	{title: "NUMBER", min: 14, max: 14, drop: 3},
	{title: "STATE", min: 9, max: 13, drop: 2},
}

// View draws the list in a rectangle.
func (p *projectsScreen) View(w, h int) []string {
	th := p.th
	typed := strings.TrimPrefix(p.filter.text(th.glyph), "/")
	lines := []string{
		th.title.of(fit("Go to another project", p.w)),
		th.accent.of(fit("> "+typed, p.w)),
	}
	switch {
	case p.err != nil:
		lines = append(lines, problem(th, p.err, p.w)...)
		lines = append(lines, para(th.dim, "type a whole project id, or several with commas, and press enter to go there all the same", p.w)...)
	case p.loading && len(p.shown) == 0:
		lines = append(lines, para(th.dim, "listing the projects"+th.glyph.ellipsis, p.w)...)
	case len(p.shown) == 0 && p.choice() != "":
		lines = append(lines, para(th.plain, p.goes(), p.w)...)
	case len(p.shown) == 0:
		lines = append(lines, para(th.dim, "no project that this login may see; type a whole project id, or several with commas, and press enter to go there all the same", p.w)...)
	default:
		lines = append(lines, p.table()...)
	}
	lines = pad(lines, p.w, h)
	for i := range lines {
		lines[i] = " " + lines[i] + " "
		if w < 2 {
			lines[i] = strings.Repeat(" ", max(w, 0))
		}
	}
	return lines
}

// table is the rows that there is room for, and how many there are.
func (p *projectsScreen) table() []string {
	th := p.th
	widths := columns(room(p.w, 2), projectColumns)
	count := plural(len(p.shown), "project")
	_, word, several := p.parts()
	_, whole := gcp.ParseProjects(word, "")
	switch {
	case several && p.choice() != "":
		count = p.goes()
	case whole == nil && len(p.shown) > 0 && p.shown[p.list.cursor].ID != word:
		count += "; end with a comma to go to " + clean(word) + " itself"
	case p.listing.More:
		count += ", and more that a search finds by how their id or name begins"
	}
	lines := []string{th.dim.of(fit(count, p.w)), "  " + heading(th, widths, projectColumns, room(p.w, 2))}
	from, to := p.list.visible()
	for i := from; i < to; i++ {
		v := p.shown[i]
		cells := []cell{{clean(v.ID), th.project(v.ID)}, {clean(v.Name), th.plain}, {clean(v.Number), th.dim}, {clean(v.State), th.dim}}
		if slices.Contains(p.current, v.ID) {
			cells[3].text = "shown now"
		}
		if i == p.list.cursor && (word != "" || !several) {
			lines = append(lines, th.selected.of(th.glyph.cursor+" ")+tableRow(th, widths, projectColumns, cells, true, room(p.w, 2)))
			continue
		}
		lines = append(lines, "  "+tableRow(th, widths, projectColumns, cells, false, room(p.w, 2)))
	}
	return lines
}

// become goes to another project: everything begins anew but what is the user's own, the token, the window and the size.
func (r *root) become(id string) tea.Cmd {
	old := *r
	r.cancel()
	o := old.o
	o.Project, o.ProjectFrom, o.Token = id, "the list of projects", nil
	o.Open = func(ctx context.Context) (*gcp.Client, error) { return o.OpenIn(ctx, id) }
	fresh := newRoot(old.base, o)
	fresh.epoch = old.epoch + 1
	fresh.w, fresh.h = old.w, old.h
	fresh.keys, fresh.clock = old.keys, old.clock
	fresh.paint(old.th)
	if len(old.token.found) > 0 {
		fresh.token.hold(old.token.found, old.token.label, nil)
		fresh.token.choose(old.token.chosen)
	}
	*r = *fresh
	cmds := []tea.Cmd{r.open(), r.say(fmt.Sprintf("now %s", clean(id)))}
	if old.stream != nil {
		old.stream.close()
	}
	if old.client != nil {
		cmds = append(cmds, closeClient(old.client))
	}
	return tea.Batch(cmds...)
}
