package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// page takes the lines of a report in Markdown. Its rules, which hold on every renderer of CommonMark and of GitHub's dialect:
//
//   - Whatever is not our own goes through words or code. A word of plain letters stands as it is; every other one in a code span, in
//     which nothing is a link, a mention, HTML, emphasis or a heading.
//   - A backtick would end a code span, and a bar a cell of a table: both become escapes, as clean writes them.
//   - Nothing foreign begins a line outside a block of code, and every line of such a block begins with a word of ours.
type page struct{ b strings.Builder }

func (p *page) line(parts ...string) { p.b.WriteString(strings.Join(parts, "") + "\n") }

// block is our own text as a paragraph, a heading or a list of its own.
func (p *page) block(lines ...string) {
	if len(lines) == 0 {
		return
	}
	if p.b.Len() > 0 {
		p.line("")
	}
	for _, l := range lines {
		p.line(l)
	}
}

// code is foreign text as a code span; a dash for none.
func code(s string) string {
	if strings.TrimSpace(s) == "" {
		return "–"
	}
	return "`" + strings.NewReplacer("`", `\x60`, "|", `\x7c`).Replace(s) + "`"
}

// linked is an address as a link; a dash for none.
func linked(address string) string {
	if address == "" {
		return "–"
	}
	return "<" + address + ">"
}

// spans are names in a row.
func spans(names []string) string {
	var out []string
	for _, n := range names {
		out = append(out, code(n))
	}
	return strings.Join(out, ", ")
}

// words is a sentence with foreign words in it. A command at its end stays in one piece.
func words(s string) string {
	var out []string
	if at := strings.Index(s, "gcloud "); at > 0 && s[at-1] == ' ' {
		return words(s[:at]) + " " + code(s[at:])
	}
	for w := range strings.FieldsSeq(s) {
		head := w[:len(w)-len(strings.TrimLeft(w, "(\"'"))]
		body := w[len(head):]
		body = strings.TrimRight(body, ".,;:!?)\"'")
		tail := w[len(head)+len(body):]
		switch {
		case body == "":
			out = append(out, code(w))
		case plainWord(body) && !number(body):
			out = append(out, w)
		case number(body) && (len(out) > 0 || !strings.ContainsAny(tail, ".)")):
			out = append(out, w)
		default:
			out = append(out, head+code(body)+tail)
		}
	}
	return strings.Join(out, " ")
}

// plainWord says whether a word means nothing but itself to any renderer.
func plainWord(w string) bool {
	for i, r := range w {
		switch {
		case r >= utf8.RuneSelf, 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		case (r == '-' || r == '\'') && i > 0 && i < len(w)-1:
		default:
			return false
		}
	}
	return !strings.EqualFold(w, "www")
}

// number says whether a word is digits alone, or a time of day: with a dot behind it could begin a list.
func number(w string) bool { return strings.Trim(w, "0123456789:") == "" && w[0] != ':' }

// items are sentences as a list.
func items(texts ...string) []string {
	var lines []string
	for _, t := range texts {
		lines = append(lines, "- "+words(t))
	}
	return lines
}

// table writes a table; its cells are Markdown.
func (p *page) table(head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	lines := []string{"| " + strings.Join(head, " | ") + " |", "|" + strings.Repeat("---|", len(head))}
	for _, r := range rows {
		lines = append(lines, "| "+strings.Join(r, " | ")+" |")
	}
	p.block(lines...)
}

// commands are a block of code to copy from. Each begins with a program's name.
func (p *page) commands(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.block(title)
	p.line("")
	p.line("````sh")
	for _, l := range lines {
		p.line(l)
	}
	p.line("````")
}

// shownTime is a moment of the report for people, who know the zone from its head.
func shownTime(s string) string {
	return strings.TrimSuffix(strings.Replace(s, "T", " ", 1), "Z")
}

// markdown is the report for people.
func (r report) markdown() []byte {
	p := &page{}
	r.writeHead(p)
	r.writeCredential(p)
	r.writeSummary(p)
	for _, s := range r.Services {
		s.write(p, r.Unread)
	}
	r.writeRest(p)
	return []byte(p.b.String())
}

func (r report) writeHead(p *page) {
	demo := ""
	if r.Demo {
		demo = " (the embedded demo cloud, all made up)"
	}
	p.line("# Refused requests of ", code(r.title()))
	from, _ := time.Parse(stampFormat, r.From)
	to, _ := time.Parse(stampFormat, r.To)
	lines := []string{
		"- Project: " + code(r.Project) + demo,
		"- Window: " + shownTime(r.From) + " to " + shownTime(r.To) + " UTC, " + span(to.Sub(from)),
		"- Refused: " + r.Refused.text(),
		"- Since when: " + words(r.Began.Text),
		"- All times are UTC; the clock of the machine that wrote this is at UTC" + r.LocalOffset + ".",
		"- The log holds no request headers: the tokens of refused requests are not known, and none is in this report.",
	}
	if r.Masked {
		lines = append(lines, "- Masked: addresses of callers and of mail have names in their place, the same one wherever it stands; service accounts do not.")
	}
	p.block(lines...)
	if len(r.Unread) > 0 {
		p.block("**Not read, so that something may be missing:**")
		p.block(items(r.Unread...)...)
	}
}

// title is what the report is about.
func (r report) title() string {
	if len(r.Services) == 1 && len(r.Quiet) == 0 {
		return r.Services[0].Service
	}
	return r.Project
}

// text is a count in words.
func (t reportTally) text() string {
	if t.Total == 0 && !t.Whole {
		return "not known: " + notWhole
	}
	s := fmt.Sprintf("%s: %d × 401, %d × 403; %d by Cloud Run itself, %d by the app", plural(t.Total, "request"), t.S401, t.S403, t.CloudRun, t.App)
	if t.Unclear > 0 {
		s += fmt.Sprintf(", %d unclear", t.Unclear)
	}
	if !t.Whole {
		return "at least " + s + "; " + notWhole
	}
	return s
}

// notWhole is why something of the log is not known.
const notWhole = "not all of the log was read"

// cell is a part of the count in a table.
func (t reportTally) cell(n int) string {
	if t.Whole {
		return strconv.Itoa(n)
	}
	if n == 0 {
		return "?"
	}
	return strconv.Itoa(n) + "+"
}

// writeCredential says how a token that was held was judged.
func (r report) writeCredential(p *page) {
	c := r.Credential
	if c == nil {
		return
	}
	kind := words(c.Title)
	if c.Kind != "none" {
		kind += map[bool]string{true: ", its signature verified", false: ", as it claims"}[c.Verified]
	}
	status := "unknown"
	if c.Verdict.Status != nil {
		status = strconv.Itoa(*c.Verdict.Status)
	}
	p.block("## A token that was tried")
	p.block(
		"- Token: "+kind,
		"- Against: "+code(c.Service)+" in "+code(c.Region),
		"- **Predicted: "+status+"** ("+c.Verdict.Confidence+")",
		"- "+words(c.Verdict.Text),
	)
	var rows [][]string
	for _, f := range c.Failed {
		rows = append(rows, []string{words(f.Name), code(f.ID), words(orElse(f.Got, f.Why)), words(orElse(f.Want, "–")), words(orElse(f.Fix, "–"))})
	}
	p.table([]string{"Failed", "Check", "Found", "Wanted", "Fix"}, rows)
	p.commands("Way out: "+words(c.Way), c.Commands)
}

// writeSummary is a line for each service, where there are several.
func (r report) writeSummary(p *page) {
	if len(r.Services) < 2 {
		return
	}
	var rows [][]string
	for _, s := range r.Services {
		rows = append(rows, []string{
			code(s.Service), s.where(), s.Door.Word, s.Refused.cell(s.Refused.S401), s.Refused.cell(s.Refused.S403), words(s.Verdict.Likely) + " (" + s.Verdict.Confidence + ")",
		})
	}
	p.block("## Services")
	p.table([]string{"Service", "Region", "Door", "401", "403", "Most likely"}, rows)
}

// writeRest names the services that have no section.
func (r report) writeRest(p *page) {
	if len(r.More) > 0 {
		p.block("## More services with refusals or changes")
		p.block(items(r.More...)...)
	}
	if len(r.Quiet) > 0 {
		text := words(strings.Join(r.Quiet, ", "))
		if r.MoreQuiet > 0 {
			text += fmt.Sprintf(" and %d more", r.MoreQuiet)
		}
		known, but := "", ""
		if !r.Refused.Whole {
			known, but = "known ", "Not all of the log was read. "
		}
		p.block("## Services without "+known+"refusals and changes", "", text+".")
		p.block(but + "That proves little: what ingress or a load balancer stops, and what an exclusion filter drops, is not in this log.")
	}
}

// where is the service's region, with its project where there are several.
func (s reportService) where() string {
	if s.Project == "" {
		return code(s.Region)
	}
	return code(s.Region) + " of " + code(s.Project)
}

// write writes the service's section; unread is what the report's head says that was not read.
func (s reportService) write(p *page, unread []string) {
	p.block("## " + code(s.Service) + " in " + s.where())
	p.block("**Most likely:** " + words(s.Verdict.Likely) + " (" + s.Verdict.Confidence + ")")
	for _, l := range []struct {
		title string
		texts []string
	}{{"For it:", s.Verdict.For}, {"Against it, or not known:", s.Verdict.Against}, {"Next:", s.Verdict.Next}, {"Also refused:", s.Verdict.Also}} {
		if len(l.texts) > 0 {
			p.block(l.title)
			p.block(items(l.texts...)...)
		}
	}
	s.writeDoor(p)
	s.writeFront(p, unread)
	s.writeRefused(p)
	s.writeChanges(p)
	p.commands("### Commands", s.Commands)
	if len(s.Notes) > 0 {
		p.block("Of those that send a request again:")
		p.block(items(s.Notes...)...)
	}
}

func (s reportService) writeDoor(p *page) {
	d := s.Door
	lines := []string{"- " + words(d.Text)}
	if s.Listed {
		lines = append(lines, fmt.Sprintf("- Invoker check %s, ingress %s, IAP %s, run.app URL %s", onOff(*d.InvokerCheck), d.Ingress, onOff(*d.IAP), onOff(*d.DefaultURL)))
	}
	for _, a := range d.Audiences {
		lines = append(lines, "- Audience: "+code(a.Value)+" ("+a.Source+")")
	}
	if d.PolicyRead != "" {
		lines = append(lines, "- Policy read at "+shownTime(d.PolicyRead))
	}
	for _, r := range d.Denied {
		text := "- Denied by the policy " + code(r.Policy) + " of the " + words(r.Level) + ": " + spans(r.Denied)
		if len(r.Except) > 0 {
			text += "; but not " + spans(r.Except)
		}
		if r.Condition != "" {
			text += "; only if " + code(r.Condition)
		}
		lines = append(lines, text)
	}
	for _, u := range d.Unread {
		lines = append(lines, "- Not read: "+words(u))
	}
	p.block("### Door: " + words(d.Word))
	p.block(lines...)
	var rows [][]string
	for _, b := range d.Bindings {
		members := spans(b.Members)
		if b.More > 0 {
			members += fmt.Sprintf(" and %d more", b.More)
		}
		rows = append(rows, []string{code(b.Role), orElse(members, "–"), b.Invokes, code(b.Condition), code(b.Level)})
	}
	p.table([]string{"Role", "Members", "May invoke", "Only if", "Level"}, rows)
	if d.More > 0 {
		p.block(plural(d.More, "more binding") + " are left out.")
	}
}

func (s reportService) writeRefused(p *page) {
	p.block("### Refused")
	p.block(s.Refused.text()+".", "Since when: "+words(s.Began.Text)+".")
	s.writeTimeline(p)
	var rows [][]string
	for _, g := range s.Groups {
		request := code(strings.TrimSpace(g.Method + " " + g.Path))
		if g.Other {
			request = "other requests, of too many kinds to tell apart"
		}
		rows = append(rows, []string{
			strconv.Itoa(g.Count), fmt.Sprintf("%.1f", g.Rate), strconv.Itoa(g.Status), words(orElse(g.Who, "–")), words(orElse(g.Reason, "–")), request,
			words(orElse(g.Caller, "–")), shownTime(g.First), shownTime(g.Last),
		})
	}
	p.table([]string{"Count", "A minute", "Status", "By", "Why", "Request", "Callers", "First", "Last"}, rows)
	if s.Rest.Groups > 0 {
		p.block(fmt.Sprintf("%s with %s are left out.", plural(s.Rest.Groups, "more group"), plural(s.Rest.Refusals, "refusal")))
	}
	rows = nil
	for _, c := range s.Callers {
		rows = append(rows, []string{code(c.Address), code(c.Caller), strconv.Itoa(c.Count), shownTime(c.Last)})
	}
	p.table([]string{"Caller's address", "Says of itself", "Refused", "Last"}, rows)
	if s.Others > 0 {
		p.block(fmt.Sprintf("%s are left out.", plural(s.Others, "more caller")))
	}
	rows = nil
	for _, e := range s.Newest {
		rows = append(rows, []string{
			shownTime(e.Time), strconv.Itoa(e.Status), words(e.Who), code(strings.TrimSpace(e.Method + " " + e.URL)), code(e.Caller), code(e.Address), code(e.Trace), linked(e.Explorer),
		})
	}
	p.table([]string{"Newest", "Status", "By", "Request", "Caller", "Address", "Trace", "Logs Explorer"}, rows)
}

// writeTimeline is the chart of the window, with a mark where something was changed.
func (s reportService) writeTimeline(p *page) {
	t := s.Timeline
	bars := spark(t.Counts)
	if bars == "" {
		return
	}
	from, _ := time.Parse(stampFormat, t.From)
	step := time.Duration(t.Step) * time.Second
	marks := []byte(strings.Repeat(" ", len(t.Counts)))
	changed := false
	for _, c := range s.Changes {
		at, _ := time.Parse(stampFormat, c.Time)
		marks[clamp(int(at.Sub(from)/step), 0, len(marks)-1)] = '^'
		changed = true
	}
	each := "minute"
	if t.Step > 60 {
		each = fmt.Sprintf("%d minutes", t.Step/60)
	}
	p.block(fmt.Sprintf("Refusals in each %s from %s on; the most are %d.", each, from.Format("15:04"), slices.Max(t.Counts)))
	p.line("")
	p.line("````text")
	p.line("refused ", bars)
	if changed {
		p.line("changed ", strings.TrimRight(string(marks), " "))
	}
	p.line("````")
}

func (s reportService) writeChanges(p *page) {
	p.block("### Changes")
	switch {
	case len(s.Changes) == 0 && !s.AllKnown:
		p.block("Not known: " + notWhole + ".")
		return
	case len(s.Changes) == 0:
		p.block("None is in the log of the window.")
		return
	case !s.AllKnown:
		p.block("There may be more: " + notWhole + ".")
	}
	var rows [][]string
	for _, c := range s.Changes {
		rows = append(rows, []string{shownTime(c.Time), words(c.Kind), words(c.Text)})
	}
	p.table([]string{"Time", "What", "Change"}, rows)
	if s.Earlier > 0 {
		p.block(fmt.Sprintf("%s before these are left out.", plural(s.Earlier, "change")))
	}
}
