package ui

import (
	"fmt"
	"strings"
	"time"

	"why401/gcp"
)

// inFront is what the Access pane shows of the load balancers before one service.
type inFront struct {
	asked    bool // somebody has looked
	known    bool // there is an answer, if not a whole one
	err      error
	kept     bool // what is known is older than err
	errs     []error
	unread   []string
	read     time.Time
	ways     []gcp.Front
	cautions []gcp.Caution

	window  time.Duration // of the log; 0 while it has not been read
	groups  []frontGroup
	refused int              // entries in all groups
	entries []gcp.FrontEntry // those, the newest first
	opens   string           // the key that lists them one by one, "" where none does
	more    bool
	logAt   time.Time
	logErr  error
}

// frontGroup is refusals of one cause, and the way of the newest of them.
type frontGroup struct {
	gcp.FrontGroup
	hops []gcp.Hop
}

// frontLines draws the section "In front": in short the ways and what was refused there, in full each way's parts and the newest
// request of each cause hop by hop. Before anybody has looked at it, there is none.
func frontLines(th theme, v inFront, full bool, w int) []string {
	if !v.asked || w <= 0 {
		return nil
	}
	d := frontDrawing{th: th, full: full, w: w}
	if !v.known {
		if v.err == nil {
			return d.line("In front", th.dim, "reading the load balancers"+th.glyph.ellipsis, th.dim)
		}
		return append(d.line("In front", th.dim, "unknown: the load balancers could not be read", th.unknown), problem(th, v.err, w)...)
	}
	lines := d.ways(v)
	for i, u := range v.unread {
		lines = append(lines, d.line(first(i, "Not read"), th.dim, clean(u), th.unknown)...)
	}
	if v.kept {
		lines = append(lines, d.line("", th.dim, asOf(v.read)+": "+clean(v.err.Error()), th.unknown)...)
		lines = append(lines, steps(th, []error{v.err}, true, w)...)
	} else if full {
		lines = append(lines, steps(th, v.errs, full, w)...)
	}
	for _, c := range v.cautions {
		text := clean(c.Text)
		if full {
			text += ": " + clean(c.Why)
		}
		lines = append(lines, d.line(th.glyph.warn+" Note", th.doubt, text, th.plain)...)
	}
	return append(lines, d.log(v)...)
}

// frontDrawing is what every line needs to know.
type frontDrawing struct {
	th   theme
	full bool
	w    int
}

func (d frontDrawing) line(label string, ls style, text string, st style) []string {
	return entry(label, ls, labelWidth, text, st, d.w)
}

func first(i int, label string) string {
	if i > 0 {
		return ""
	}
	return label
}

// ways are the load balancers that lead to the service.
func (d frontDrawing) ways(v inFront) []string {
	th := d.th
	if len(v.ways) == 0 {
		if len(v.unread) > 0 || v.err != nil {
			return d.line("In front", th.dim, "unknown: none was found in what could be read", th.unknown)
		}
		return d.line("In front", th.dim, "no load balancer of this project leads here, nor a backend service that one of another project could use", th.dim)
	}
	var lines []string
	for i, f := range v.ways {
		sign, st := "", th.strong
		if f.Leads != gcp.Yes {
			sign, st = th.glyph.unknown+" may lead here: ", th.unknown
		}
		lines = append(lines, d.line(first(i, "In front"), th.dim, sign+d.name(f), st)...)
		if f.Why != "" {
			lines = append(lines, d.line("", th.dim, clean(f.Why), th.doubt)...)
		}
		lines = append(lines, d.line("", th.dim, strings.Join(guards(f), " "+th.glyph.sep+" "), th.plain)...)
		if d.full {
			lines = append(lines, d.parts(f)...)
		}
	}
	return lines
}

// name is a load balancer with the requests that it sends here.
func (d frontDrawing) name(f gcp.Front) string {
	if f.Name == "" {
		return "backend service " + clean(f.Backend) + ", which no URL map that was read uses"
	}
	var routes []string
	for _, r := range f.Routes {
		routes = append(routes, clean(r.String()))
	}
	name := clean(f.Name)
	if k := clean(kinds(f)); k != "" {
		name += " (" + k + ")"
	}
	return name + ": " + strings.Join(routes, "; ")
}

// kinds are what its addresses make a load balancer.
func kinds(f gcp.Front) string {
	var kinds []string
	for _, a := range f.Addresses {
		if len(kinds) == 0 || kinds[len(kinds)-1] != a.Kind {
			kinds = append(kinds, a.Kind)
		}
	}
	return strings.Join(kinds, ", ")
}

// guards are what a request meets there, and what of it is logged.
func guards(f gcp.Front) []string {
	parts := []string{"no Cloud Armor policy", "IAP off"}
	if f.Armor != "" {
		parts[0] = "Cloud Armor " + clean(f.Armor)
	}
	if f.EdgeArmor != "" {
		parts[0] += ", at the edge " + clean(f.EdgeArmor)
	}
	if f.IAP == gcp.Yes {
		parts[1] = "IAP on"
		if f.Identities != "" {
			parts[1] += ", " + clean(f.Identities)
		}
	}
	switch {
	case !f.LogOn:
		parts = append(parts, "its log is off: what is refused there is nowhere")
	case f.LogSampling == 0:
		parts = append(parts, "how much it logs is not told, or nothing")
	case f.LogSampling < 1:
		parts = append(parts, fmt.Sprintf("%.3g%% of requests in its log", 100*f.LogSampling))
	}
	return parts
}

// parts are what a way is made of.
func (d frontDrawing) parts(f gcp.Front) []string {
	var addresses []string
	for _, a := range f.Addresses {
		text := clean(a.IP) + ":" + clean(a.Ports)
		if !a.HTTPS {
			text += " (plain HTTP)"
		}
		addresses = append(addresses, text)
	}
	switch {
	case addresses == nil && f.External == gcp.Unsure:
		addresses = []string{"where it listens is unknown"}
	case addresses == nil:
		addresses = []string{"it listens nowhere"}
	}
	neg := "NEG " + clean(f.NEG.Name)
	if f.NEG.Tag != "" {
		neg += " to tag " + clean(f.NEG.Tag)
	}
	text := strings.Join(append(addresses, "backend service "+clean(f.Backend), neg), " "+d.th.glyph.sep+" ")
	lines := d.line("", d.th.dim, text, d.th.dim)
	for _, more := range []struct {
		words string
		all   []string
	}{{"certificates for ", f.Certificates}, {"also used by ", f.UsedBy}, {"also leads to ", regionsOf(f.Others)}, {"OAuth client ", one(f.IAPClient)}} {
		if len(more.all) > 0 {
			lines = append(lines, d.line("", d.th.dim, more.words+clean(strings.Join(more.all, ", ")), d.th.dim)...)
		}
	}
	return lines
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func regionsOf(negs []gcp.NEG) []string {
	var out []string
	for _, n := range negs {
		out = append(out, n.Name+" in "+n.Region)
	}
	return out
}

// log is what was refused on the way here, by cause.
func (d frontDrawing) log(v inFront) []string {
	th := d.th
	if len(v.ways) == 0 {
		return nil
	}
	if v.window == 0 {
		if v.logErr == nil {
			return d.line("Its log", th.dim, "reading it"+th.glyph.ellipsis, th.dim)
		}
		return append(d.line("Its log", th.dim, "unknown: it could not be read", th.unknown), problem(th, v.logErr, d.w)...)
	}
	var lines []string
	if v.logErr != nil {
		lines = d.line("Its log", th.dim, "as of "+v.logAt.Local().Format(time.TimeOnly)+": "+clean(v.logErr.Error()), th.unknown)
	}
	logged := false
	for _, f := range v.ways {
		logged = logged || f.LogOn
	}
	if len(v.groups) == 0 && logged {
		lines = append(lines, d.line("Its log", th.dim, "nothing refused there in "+span(v.window)+", as far as it is logged", th.dim)...)
	}
	for i, g := range v.groups {
		lines = append(lines, d.group(first(i+len(lines), "Its log"), g)...)
	}
	if d.full && len(v.groups) > 0 && v.opens != "" {
		lines = append(lines, d.line("", th.dim, v.opens+" lists them one by one", th.accent)...)
	}
	if v.more {
		lines = append(lines, d.line("", th.dim, fmt.Sprintf("only the newest %d entries of %s were read", frontLogLimit, span(v.window)), th.unknown)...)
	}
	return lines
}

// group is one cause with its count, and in full the way of its newest request.
func (d frontDrawing) group(label string, g frontGroup) []string {
	th := d.th
	text := fmt.Sprintf("%d × %d  %s: %s", g.Count, g.Status, g.By, clean(g.Short))
	if g.Policy != "" {
		text += fmt.Sprintf(", rule %d of %s", g.Rule, clean(g.Policy))
	}
	text += ", last " + g.Newest.Time.Local().Format(time.TimeOnly)
	lines := d.line(label, th.dim, text, th.code(g.Status))
	if !d.full {
		return lines
	}
	for _, h := range g.hops {
		lines = append(lines, d.hop("", h)...)
	}
	return lines
}

// hop is one step of a request's way.
func (d frontDrawing) hop(label string, h gcp.Hop) []string {
	g, sign, st := d.th.glyph, d.th.glyph.pass, d.th.dim
	switch h.Stopped {
	case gcp.Yes:
		sign, st = g.fail, d.th.plain
	case gcp.Unsure:
		sign, st = g.unknown, d.th.unknown
	}
	return d.line(label, d.th.dim, sign+" "+clean(h.At+": "+h.Text), st)
}
