package ui

import (
	"fmt"
	"strings"
	"time"

	"why401/gcp"
)

// labelWidth is the width of the labels at the left of the Access pane, the Token pane and the help.
const labelWidth = 9

// sections are the lines of the pane, what decides first.
func (p *accessPane) sections() []string {
	lines := p.head()
	if p.full {
		lines = append(lines, p.gates()...)
		lines = append(lines, entry("In short", p.th.dim, labelWidth, clean(p.service.Door(p.judged).Text), p.th.plain, p.w)...)
	}
	if p.full {
		lines = append(lines, p.cautions()...)
	}
	lines = append(lines, p.audiences()...)
	lines = append(lines, p.bindings()...)
	lines = append(lines, p.tags()...)
	if !p.full {
		lines = append(lines, p.cautions()...)
	} else {
		lines = append(lines, p.revisions()...)
	}
	lines = append(lines, frontLines(p.th, p.front, p.full, p.w)...)
	return append(lines, p.facts()...)
}

// head says who gets in, and what is wrong with the service itself.
func (p *accessPane) head() []string {
	s, th := p.service, p.th
	door := s.Door(p.judged)
	var lines []string
	if p.full {
		lines = entry("Open to", th.dim, labelWidth, door.Word, th.strong, p.w)
	} else {
		text := strings.Join([]string{
			door.Word, "invoker check " + onOff(!s.InvokerOff), "ingress " + ingressWord(s.Ingress), "IAP " + onOff(s.IAP), "run.app URL " + onOff(!s.DefaultURLOff),
		}, " "+th.glyph.sep+" ")
		lines = entry("Open to", th.dim, labelWidth, text, th.plain, p.w)
	}
	return append(lines, p.state()...)
}

// state says in plain words why a service is not ready.
func (p *accessPane) state() []string {
	s, th := p.service, p.th
	var text string
	switch s.State {
	case gcp.StateFailed:
		text = "failed"
	case gcp.StateReconciling:
		text = "changing"
	default:
		return nil
	}
	if s.StateWhy != "" {
		text += ": " + clean(s.StateWhy)
	}
	lines := entry("State", th.dim, labelWidth, text, th.doubt, p.w)
	if s.StateText != "" {
		lines = append(lines, entry("", th.dim, labelWidth, clean(s.StateText), th.dim, p.w)...)
	}
	return lines
}

var gateColumns = []column{
	{title: "GATE", min: 10, max: 10},
	{title: "SETTING", min: 22, max: 24},
	{title: "INTERNET", min: 14, max: 18},
	{title: "VPC", min: 14, max: 18},
	{title: "BALANCER", min: 14, max: 18},
}

// gates is the service as a row of gates, and what each does to a request from each side.
func (p *accessPane) gates() []string {
	th := p.th
	all := p.service.Gates(p.judged)
	var lines []string
	if used([]int{10, 22, 14, 14, 14}) > p.w {
		for _, g := range all {
			lines = append(lines, entry(g.Name, th.strong, labelWidth+1, g.Setting, th.plain, p.w)...)
			lines = append(lines, entry("", th.dim, labelWidth+1, p.sides(g), th.dim, p.w)...)
		}
		return lines
	}
	blank := strings.Repeat(" ", p.w)
	widths := columns(p.w, gateColumns)
	lines = append(lines, blank, heading(th, widths, gateColumns, p.w))
	for _, g := range all {
		cells := []cell{{g.Name, th.strong}, {clean(g.Setting), th.plain}, p.passage(g.Internet), p.passage(g.VPC), p.passage(g.Balancer)}
		lines = append(lines, tableRow(th, widths, gateColumns, cells, false, p.w))
	}
	return append(lines, blank)
}

// sides is a gate's three passages in a line.
func (p *accessPane) sides(g gcp.Gate) string {
	if g.Internet == g.VPC && g.VPC == g.Balancer {
		return p.passage(g.Internet).text
	}
	return "internet " + p.passage(g.Internet).text + ", VPC " + p.passage(g.VPC).text + ", balancer " + p.passage(g.Balancer).text
}

func (p *accessPane) passage(at gcp.Passage) cell {
	g, th := p.th.glyph, p.th
	sign, st := g.unknown, th.unknown
	switch at.Effect {
	case gcp.Passes:
		sign, st = g.pass, th.good
	case gcp.Asks:
		sign, st = g.warn, th.doubt
	case gcp.Stops:
		sign, st = g.fail, th.bad
	case gcp.Unasked, gcp.NotCome:
		sign, st = g.skip, th.dim
	}
	return cell{sign + " " + at.Text, st}
}

// cautions are what people get wrong: in short the fact, in full what it does too.
func (p *accessPane) cautions() []string {
	th := p.th
	var lines []string
	for _, c := range p.service.Cautions(p.judged, p.index) {
		text := clean(c.Text)
		if p.full || !strings.HasPrefix(c.Text, "allAuthenticatedUsers") {
			text += ": " + clean(c.Why)
		} else {
			// The binding's own line says the rest.
			continue
		}
		lines = append(lines, entry(th.glyph.warn+" Note", th.doubt, labelWidth, text, th.plain, p.w)...)
	}
	return lines
}

// audiences are all that are accepted, each with where it comes from and who else accepts it.
func (p *accessPane) audiences() []string {
	th := p.th
	var lines []string
	for i, a := range p.service.Accepts() {
		right := a.Source
		if p.full && a.Form != "" && a.Form != a.Source {
			right += ", " + a.Form
		}
		lines = append(lines, p.listed("Audiences", i, clean(a.Value), clean(right), th.plain)...)
	}
	switch {
	case p.service.URLsHidden():
		label := "Audiences"
		if lines != nil {
			label = ""
		}
		lines = append(lines, entry(label, th.dim, labelWidth, "its run.app URLs: not listed while they are off", th.unknown, p.w)...)
	case lines == nil:
		lines = entry("Audiences", th.dim, labelWidth, "none known: the service has no URL yet", th.unknown, p.w)
	}
	return lines
}

// tags are URLs that may be called and are no audience: a token for one is refused.
func (p *accessPane) tags() []string {
	var lines []string
	for i, u := range p.service.TagURLs {
		lines = append(lines, p.listed("Tag URLs", i, clean(u), "no audience", p.th.dim)...)
	}
	return lines
}

// revisions are what serves the requests, and what was made last where that is another one.
func (p *accessPane) revisions() []string {
	s, th := p.service, p.th
	var lines []string
	for _, t := range s.Traffic {
		share := fmt.Sprintf("%d %%", t.Percent)
		switch {
		case t.Tag != "":
			share = fmt.Sprintf("%d %%, tag %s", t.Percent, clean(t.Tag))
		case t.Latest:
			share += ", the latest"
		}
		lines = append(lines, p.listed("Serving", len(lines), clean(t.Revision), share, th.plain)...)
	}
	if lines == nil && s.Revision != "" {
		lines = p.listed("Ready", 0, clean(s.Revision), "traffic unknown", th.plain)
	}
	if s.Created != "" && s.Created != s.Revision {
		lines = append(lines, p.listed("Newest", 0, clean(s.Created), "not ready", th.doubt)...)
	}
	return lines
}

func (p *accessPane) facts() []string {
	s, th := p.service, p.th
	var lines []string
	fact := func(label, text string) {
		if text != "" {
			lines = append(lines, entry(label, th.dim, labelWidth, clean(text), th.dim, p.w)...)
		}
	}
	fact("Runs as", s.ServiceAccount)
	if !p.full {
		fact("Revision", s.Revision)
	}
	if !s.Updated.IsZero() {
		by := ""
		if s.Modifier != "" {
			by = " by " + s.Modifier
		}
		fact("Changed", s.Updated.Local().Format(time.DateTime)+by)
	}
	return lines
}

// listed is one line of a labelled list, with a word at the right edge.
func (p *accessPane) listed(label string, i int, text, right string, st style) []string {
	if i > 0 {
		label = ""
	}
	used := width(right) + 1
	if used*5 > p.w*2 && labelWidth*3 <= p.w {
		// A long word at the edge would leave the text no room: it follows below.
		return append(entry(label, p.th.dim, labelWidth, text, st, p.w), entry("", p.th.dim, labelWidth, right, p.th.dim, p.w)...)
	}
	if labelWidth*3 > p.w {
		lines := para(st, text, p.w)
		if label != "" {
			lines = append([]string{p.th.dim.of(fit(label, p.w))}, lines...)
		}
		return append(lines, p.th.dim.of(fitRight(right, p.w)))
	}
	room := room(p.w, labelWidth, 1, used)
	var lines []string
	for j, part := range wrap(text, room) {
		head := strings.Repeat(" ", labelWidth)
		if j == 0 {
			head = p.th.dim.of(fit(label, labelWidth))
		}
		tail := ""
		if j == 0 {
			tail = right
		}
		lines = append(lines, head+" "+st.of(fit(part, room))+" "+p.th.dim.of(fitRight(tail, used-1)))
	}
	return lines
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func ingressWord(in gcp.Ingress) string {
	switch in {
	case gcp.IngressAll:
		return "all"
	case gcp.IngressInternal:
		return "internal"
	case gcp.IngressLoadBalancer:
		return "load balancer"
	case gcp.IngressNone:
		return "none"
	}
	return "unknown"
}
