package ui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

const doctorSchema = "why401/doctor/1"

type doctorJSON struct {
	Schema string          `json:"schema"`
	Well   bool            `json:"well"`
	Checks []diagnosisJSON `json:"checks"`
}

type diagnosisJSON struct {
	Section string `json:"section"`
	ID      string `json:"id"`
	Status  string `json:"status"`
	Needed  bool   `json:"needed"`
	Text    string `json:"text"`
	Fix     string `json:"fix"`
}

// sections are the findings by section, in the order in which one would mend them.
func (x *examination) sections() [][]finding {
	var all [][]finding
	for _, name := range []string{"Credentials", "Project", "Reachability", "APIs", "Permissions", "Clock", "Settings", "Terminal"} {
		of := slices.DeleteFunc(slices.Clone(x.found), func(f finding) bool { return f.section != name })
		if len(of) > 0 {
			all = append(all, of)
		}
	}
	return all
}

// json is the check list as JSON.
func (x *examination) json() []byte {
	out := doctorJSON{Schema: doctorSchema, Well: x.exit() == ExitWell, Checks: []diagnosisJSON{}}
	for _, f := range slices.Concat(x.sections()...) {
		out.Checks = append(out.Checks, diagnosisJSON{f.section, f.id, statusName(f.status), f.needed, f.text, f.fix})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if e.Encode(out) != nil { // texts and truths always encode
		return nil
	}
	return b.Bytes()
}

// plain is the check list as text. A next step stands in one line, so that it can be copied.
func (x *examination) plain() []byte {
	th := newTheme(themeNone, x.o.ASCII || traits(x.o.Environ).ASCII)
	p := &paper{}
	for i, section := range x.sections() {
		if i > 0 {
			p.line("")
		}
		p.line(section[0].section)
		for _, f := range section {
			glyph, word, _ := th.status(f.status)
			const indent = 12
			for j, l := range wrap(f.name+": "+f.text, room(plainWidth, indent)) {
				if j == 0 {
					p.line(fit("  "+glyph+" "+word, indent) + l)
				} else {
					p.line(strings.Repeat(" ", indent) + l)
				}
			}
			if f.fix != "" {
				p.line(strings.Repeat(" ", indent) + f.fix)
			}
		}
	}
	p.line("")
	p.line(x.summary())
	text := p.b.String()
	if th.glyph == asciiGlyphs {
		var b strings.Builder
		for l := range strings.Lines(text) {
			b.WriteString(plain(l))
		}
		text = b.String()
	}
	return []byte(text)
}

func (x *examination) summary() string {
	ills := x.ills()
	if len(ills) == 0 {
		return "Everything needed works."
	}
	var names []string
	for _, f := range ills {
		names = append(names, f.name)
	}
	return fmt.Sprintf("Does not work, and is needed: %s.", strings.Join(slices.Compact(names), ", "))
}
