package ui

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// The window of refused requests may be as short as LeastSince and as long as MostSince.
const (
	LeastSince = time.Minute
	MostSince  = 24 * time.Hour
)

// SettingsHelp documents the settings file for the manual.
const SettingsHelp = `The file why401/config.toml in the directory for settings ($XDG_CONFIG_HOME, by default ~/.config; on macOS ~/Library/Application
Support) holds what the dashboard would otherwise be told each time; check and report take nothing from it. Options outrank the
environment, and the environment outranks the file. There is nothing secret in it. A name that it does not know, a value that does
not fit, an action that there is not and a key that would never arrive are errors, told with the line.

  theme = "auto"     # or dark, light, contrast, none: WHY401_THEME
  ascii = false      # WHY401_ASCII
  plain = false      # WHY401_PLAIN
  mouse = false      # WHY401_MOUSE
  since = "15m"      # WHY401_SINCE

  [keys]             # all keys of an action; [] takes them away
  quit = ["q", "ctrl+q"]
  down = ["down", "j", "ctrl+n"]
`

// Settings is what the settings file and the environment say.
type Settings struct {
	// Values are those of options, by the option's name; an option that the command line names outranks its value.
	Values map[string]string
	// Keys are the keys of actions, by the action's name; see Options.Keys.
	Keys map[string][]string
}

// setting is a name that the file and the environment know.
type setting struct {
	name  string
	takes string
	fits  func(value string) bool
}

func (s setting) variable() string { return "WHY401_" + strings.ToUpper(s.name) }

func knownSettings() []setting {
	truth := func(v string) bool { _, err := strconv.ParseBool(v); return err == nil }
	return []setting{
		{"theme", "takes " + strings.Join(Themes(), ", "), func(v string) bool { return slices.Contains(Themes(), v) }},
		{"ascii", "takes true or false", truth},
		{"plain", "takes true or false", truth},
		{"mouse", "takes true or false", truth},
		{"since", `takes a duration from 1m to 24h, such as "15m"`, func(v string) bool {
			d, err := time.ParseDuration(v)
			return err == nil && d >= LeastSince && d <= MostSince
		}},
	}
}

// ReadSettings reads the settings file, of which name is the name and body what is in it (nil: there is no file), and what the
// environment says: a variable outranks the file, and an empty one counts for nothing. The error is an *Error that names the line or
// the variable.
func ReadSettings(name string, body []byte, env func(string) string) (Settings, error) {
	s := Settings{Values: map[string]string{}}
	if err := s.readFile(name, body); err != nil {
		return Settings{}, err
	}
	for _, k := range knownSettings() {
		v := env(k.variable())
		if v == "" {
			continue
		}
		if !k.fits(v) {
			return Settings{}, &Error{Text: k.variable() + " has a value that it does not take", Hint: "it " + k.takes + "; or unset it"}
		}
		s.Values[k.name] = v
	}
	return s, nil
}

// readFile takes in the file.
func (s *Settings) readFile(name string, body []byte) error {
	var content map[string]any
	if err := toml.Unmarshal(body, &content); err != nil {
		line := 1
		var e *toml.DecodeError
		if errors.As(err, &e) {
			line, _ = e.Position()
		}
		if again, first := twice(body, line); again != "" {
			return &Error{Text: fmt.Sprintf("%s:%d: %s stands twice: in line %d too", clean(name), line, again, first), Hint: "write it once"}
		}
		// The library's text may quote the line, and the line may be anything.
		return &Error{Text: fmt.Sprintf("%s:%d: this is not TOML", clean(name), line), Hint: `write it as NAME = "VALUE", one in a line`}
	}
	for _, at := range places(body) {
		err := s.take(at.path, valueAt(content, at.path))
		var e *Error
		if errors.As(err, &e) {
			return &Error{Text: fmt.Sprintf("%s:%d: %s", clean(name), at.line, e.Text), Hint: e.Hint}
		}
	}
	km, wrong, err := newKeyMap().changed(s.Keys)
	if err != nil {
		return located(name, body, wrong, err)
	}
	if action, other, k := km.clash(s.Keys); action != "" {
		return located(name, body, action, &Error{
			Text: fmt.Sprintf("%s has %s, which is also the key of %s", action, nameOf(k), other), Hint: "give one of them another key",
		})
	}
	return nil
}

// located puts the line before what is wrong with an action's keys.
func located(name string, body []byte, action string, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	line := 1
	for _, at := range places(body) {
		if slices.Equal(at.path, []string{"keys", action}) {
			line = at.line
		}
	}
	return &Error{Text: fmt.Sprintf("%s:%d: %s", clean(name), line, e.Text), Hint: e.Hint}
}

// take takes one value of the file.
func (s *Settings) take(path []string, value any) error {
	all := knownSettings()
	if path[0] == "keys" {
		return s.takeKeys(path[1:], value)
	}
	i := slices.IndexFunc(all, func(k setting) bool { return k.name == path[0] })
	if i < 0 || len(path) > 1 {
		var names []string
		for _, k := range all {
			names = append(names, k.name)
		}
		return &Error{Text: "there is no setting " + nameOf(strings.Join(path, ".")), Hint: "settings are " + strings.Join(names, ", ") + ", and the table [keys]"}
	}
	text, isText := value.(string)
	if truth, ok := value.(bool); ok {
		text, isText = strconv.FormatBool(truth), true
	}
	if !isText || !all[i].fits(text) {
		return &Error{Text: all[i].name + " has a value that it does not take", Hint: "it " + all[i].takes}
	}
	s.Values[all[i].name] = text
	return nil
}

// takeKeys takes the keys of one action: a list, or one key.
func (s *Settings) takeKeys(path []string, value any) error {
	wrong := &Error{Text: "the table [keys] has a value that it does not take", Hint: `give an action its keys: quit = ["q", "ctrl+q"]`}
	switch _, table := value.(map[string]any); {
	case len(path) == 0 && table:
		return nil
	case len(path) != 1:
		return wrong
	}
	keys := []string{}
	switch v := value.(type) {
	case string:
		keys = append(keys, v)
	case []any:
		for _, one := range v {
			text, ok := one.(string)
			if !ok {
				return wrong
			}
			keys = append(keys, text)
		}
	default:
		return wrong
	}
	if s.Keys == nil {
		s.Keys = map[string][]string{}
	}
	s.Keys[path[0]] = keys
	return nil
}

// placed is where a value stands in the file.
type placed struct {
	path []string
	line int
}

// places lists the values and the tables of a file that is TOML, in its order.
func places(body []byte) (all []placed) {
	var p unstable.Parser
	p.Reset(body)
	var table []string
	for p.NextExpression() {
		e := p.Expression()
		path, line := []string(nil), 1
		for it := e.Key(); it.Next(); {
			n := it.Node()
			path, line = append(path, string(n.Data)), p.Shape(n.Raw).Start.Line
		}
		if e.Kind != unstable.KeyValue {
			table = path
			all = append(all, placed{path, line})
			continue
		}
		all = append(all, placed{append(slices.Clone(table), path...), line})
	}
	return all
}

// twice names what stands in a line though a line before has it already, and that line; "" where nothing does.
func twice(body []byte, line int) (name string, first int) {
	all := places(body)
	i := slices.IndexFunc(all, func(p placed) bool { return p.line == line })
	if i < 0 {
		return "", 0
	}
	before := slices.IndexFunc(all[:i], func(p placed) bool { return slices.Equal(p.path, all[i].path) })
	if before < 0 {
		return "", 0
	}
	return nameOf(strings.Join(all[i].path, ".")), all[before].line
}

// valueAt is the value at a path.
func valueAt(content map[string]any, path []string) any {
	var v any = content
	for _, name := range path {
		table, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = table[name]
	}
	return v
}
