package ui

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
)

// where tells the panes in which an action's keys count, as bits.
type where uint8

const (
	inServices where = 1 << iota
	inAccess
	inToken
	inRefused
	everywhere = inServices | inAccess | inToken | inRefused
)

// words name the panes, with a comma before them; "" for all.
func (w where) words() string {
	if w == everywhere {
		return ""
	}
	var all []string
	for i, name := range []string{"services", "access", "token", "refused"} {
		if w&(1<<i) != 0 {
			all = append(all, name)
		}
	}
	return ", in " + strings.Join(all, ", ")
}

// action is a binding by the name that the settings file has for it.
type action struct {
	name    string
	in      where
	binding *key.Binding
}

// actions are all keys that can be changed, in the order of the help. What is typed into a line (enter, esc, backspace) cannot, nor
// the numbers of the what-ifs, nor ctrl+c, which always quits.
func (km *keyMap) actions() []action {
	return []action{
		{"paste", everywhere, &km.paste}, {"type", everywhere, &km.typed}, {"demo-token", everywhere, &km.sample},
		{"copy", everywhere &^ inRefused, &km.copy}, {"show-copy", everywhere, &km.show}, {"what-if", everywhere, &km.whatIf},
		{"can-they", everywhere, &km.caller}, {"who-accepts", everywhere, &km.audience}, {"troubleshoot", inAccess, &km.troubleshoot},
		{"next-credential", inToken, &km.another}, {"forget", everywhere, &km.clear},
		{"next-pane", everywhere, &km.next}, {"previous-pane", everywhere, &km.prev},
		{"services", everywhere, &km.one}, {"access", everywhere, &km.two}, {"token", everywhere, &km.three}, {"refused", everywhere, &km.four},
		{"zoom", everywhere, &km.zoom}, {"back", everywhere, &km.back},
		{"up", everywhere, &km.up}, {"down", everywhere, &km.down}, {"page-up", everywhere, &km.pageUp}, {"page-down", everywhere, &km.pageDown},
		{"half-page-up", everywhere, &km.halfUp}, {"half-page-down", everywhere, &km.halfDown}, {"first", everywhere, &km.first}, {"last", everywhere, &km.last},
		{"refresh", everywhere, &km.refresh}, {"project", everywhere, &km.project}, {"report", everywhere, &km.report}, {"help", everywhere, &km.help}, {"quit", everywhere, &km.quit},
		{"filter", inServices | inRefused, &km.filter}, {"sort", inServices, &km.sort}, {"reverse", inServices, &km.reverse},
		{"groups", inRefused, &km.groups}, {"all-services", inRefused, &km.scope}, {"pause", inRefused, &km.pause}, {"follow", inRefused, &km.follow},
		{"mark", inRefused, &km.mark}, {"next-match", inRefused, &km.match}, {"previous-match", inRefused, &km.unmatch},
		{"shorter-window", everywhere, &km.shorter}, {"longer-window", everywhere, &km.longer},
		{"copy-curl", inRefused, &km.again}, {"copy-address", inRefused, &km.address},
		{"detail-up", inRefused, &km.detailUp}, {"detail-down", inRefused, &km.detailDown},
	}
}

// Actions are the names of the actions whose keys the settings can change, in the order of the help.
func Actions() (names []string) {
	for _, a := range new(keyMap).actions() {
		names = append(names, a.name)
	}
	return names
}

// changed is the key map with other keys for some actions. Where that cannot be, the error says why, wrong names the action, and the
// key map stays as it was.
func (km keyMap) changed(keys map[string][]string) (out keyMap, wrong string, err error) {
	was, actions := km, km.actions()
	for name := range keys {
		if !slices.ContainsFunc(actions, func(a action) bool { return a.name == name }) {
			return was, name, &Error{Text: "there is no action " + nameOf(name), Hint: "actions are " + strings.Join(Actions(), ", ")}
		}
	}
	for _, a := range actions {
		other, ok := keys[a.name]
		if !ok {
			continue
		}
		for _, k := range other {
			if why := unpressable(k); why != "" {
				return was, a.name, &Error{Text: fmt.Sprintf("%s: %s %s", a.name, nameOf(k), why), Hint: `name keys like "x", "X", "ctrl+x", "alt+x", "f5", "enter", "esc", "tab", "space", "up", "pgdown"`}
			}
		}
		if len(other) == 0 && (a.name == "back" || a.name == "quit") {
			return was, a.name, &Error{Text: a.name + " needs a key", Hint: "give it one, or leave it out: then it keeps its own"}
		}
		a.binding.SetKeys(other...)
		a.binding.SetHelp(signs(other), a.binding.Help().Desc)
		a.binding.SetEnabled(len(other) > 0)
		switch a.name {
		case "up", "down", "page-up", "page-down", "half-page-up", "half-page-down", "first", "last":
			km.moved = true
		}
	}
	return km, "", nil
}

// clash finds two actions of which one was changed, and which have a key in common where both count: the second would never get it.
func (km keyMap) clash(keys map[string][]string) (name, other, pressed string) {
	actions := km.actions()
	for i, a := range actions {
		for _, b := range actions[i+1:] {
			_, first := keys[a.name]
			_, second := keys[b.name]
			if !first && !second || a.in&b.in == 0 {
				continue
			}
			for _, k := range a.binding.Keys() {
				if !slices.Contains(b.binding.Keys(), k) {
					continue
				}
				if second {
					return b.name, a.name, k
				}
				return a.name, b.name, k
			}
		}
	}
	return "", "", ""
}

// named are the keys with a name that every terminal has.
var named = map[string]bool{
	"enter": true, "esc": true, "tab": true, "shift+tab": true, "space": true, "backspace": true, "insert": true, "delete": true,
	"up": true, "down": true, "left": true, "right": true, "home": true, "end": true, "pgup": true, "pgdown": true,
	"f1": true, "f2": true, "f3": true, "f4": true, "f5": true, "f6": true, "f7": true, "f8": true, "f9": true, "f10": true, "f11": true, "f12": true,
}

// unpressable says why a key would never arrive under that name, "" where it does.
func unpressable(name string) string {
	switch name {
	case "":
		return "is no key"
	case "ctrl+c":
		return "always quits"
	case "ctrl+z":
		return "puts the program into the background"
	case "ctrl+i", "ctrl+m", "ctrl+[":
		return "arrives as " + map[string]string{"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+[": "esc"}[name]
	case " ":
		return `is written "space"`
	case "ctrl+space", "alt+enter", "alt+backspace":
		return ""
	}
	if named[name] || single(name) {
		return ""
	}
	if rest, ok := strings.CutPrefix(name, "shift+"); ok && single(rest) {
		return "arrives as the letter itself: write " + strings.ToUpper(rest)
	}
	if rest, ok := strings.CutPrefix(name, "alt+"); ok && single(rest) && rest != "[" && rest != "O" {
		return ""
	}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok && len(rest) == 1 && rest[0] >= 'a' && rest[0] <= 'z' {
		return ""
	}
	for _, with := range []string{"ctrl+", "alt+", "shift+", "ctrl+shift+"} {
		switch rest, ok := strings.CutPrefix(name, with); {
		case ok && slices.Contains([]string{"up", "down", "left", "right", "home", "end"}, rest):
			return ""
		}
	}
	return "is not a key that every terminal sends"
}

// single says whether a name is one character that a key types.
func single(name string) bool {
	r, n := utf8.DecodeRuneInString(name)
	return n == len(name) && r != utf8.RuneError && r != ' ' && unicode.IsPrint(r) && !unicode.Is(unicode.M, r)
}

// signs are keys as the footer and the help write them.
func signs(keys []string) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		switch k {
		case "up":
			k = "↑"
		case "down":
			k = "↓"
		}
		out[i] = clean(k)
	}
	return strings.Join(out, " ")
}

// panes are the keys of the four panes in one.
func (km keyMap) panes() key.Binding {
	var all []string
	for _, b := range []key.Binding{km.one, km.two, km.three, km.four} {
		if sign := b.Help().Key; sign != "" {
			all = append(all, sign)
		}
	}
	return key.NewBinding(key.WithHelp(strings.Join(all, " "), "services, access, token, refused"))
}

// moves are the keys that move: in short as long as they are those that everybody knows.
func (km keyMap) moves() []key.Binding {
	if !km.moved {
		return []key.Binding{km.move, km.ends}
	}
	return []key.Binding{km.up, km.down, km.pageUp, km.pageDown, km.halfUp, km.halfDown, km.first, km.last}
}

// arrows is the sign of the two that move by a line.
func (km keyMap) arrows() string {
	if !km.moved {
		return "↑↓"
	}
	return strings.TrimSpace(km.up.Help().Key + " " + km.down.Help().Key)
}

// details are the keys of an explanation in one.
func (km keyMap) details() key.Binding {
	return key.NewBinding(key.WithHelp(strings.TrimSpace(km.detailDown.Help().Key+" "+km.detailUp.Help().Key), "scroll the explanation of a zoomed entry"))
}
