package ui

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/synctest"

	"why401/gcp/demo"
)

// environment looks up variables in a map.
func environment(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

func TestSettings(t *testing.T) {
	for _, c := range []struct {
		name, file string
		env        map[string]string
		want       map[string]string
	}{
		{"no file and no variable say nothing", "", nil, map[string]string{}},
		{"the file speaks", "theme = \"light\"\nascii = true\nsince = '1h'", nil, map[string]string{"theme": "light", "ascii": "true", "since": "1h"}},
		{"a variable outranks it", "theme = \"light\"", map[string]string{"WHY401_THEME": "none"}, map[string]string{"theme": "none"}},
		{"an empty variable counts for nothing", "theme = \"light\"", map[string]string{"WHY401_THEME": ""}, map[string]string{"theme": "light"}},
		{"variables alone", "", map[string]string{"WHY401_SINCE": "5m", "WHY401_ASCII": "1"}, map[string]string{"since": "5m", "ascii": "1"}},
		{"comments and no keys", "# mine\n\n[keys]\n", nil, map[string]string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ReadSettings("config.toml", []byte(c.file), environment(c.env))
			if err != nil || !maps.Equal(got.Values, c.want) {
				t.Errorf("read %v, %v; want %v", got.Values, err, c.want)
			}
		})
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		name, file string
		env        map[string]string
		text, hint string
	}{
		{"a name that is not known", "ascii = true\nthem = \"dark\"", nil, "config.toml:2: there is no setting them", "settings are theme, ascii"},
		{"a table that is not known", "[theme]\nname = \"dark\"", nil, "config.toml:1: theme has a value", "it takes auto"},
		{"a name below another", "\ntheme.name = \"dark\"", nil, "config.toml:2: there is no setting theme.name", "settings are"},
		{"a theme that there is not", "theme = \"solarized\"", nil, "config.toml:1: theme has a value that it does not take", "auto, dark, light, contrast, none"},
		{"a number for a truth", "ascii = 7", nil, "config.toml:1: ascii has a value", "true or false"},
		{"too long a time", "since = \"48h\"", nil, "config.toml:1: since has a value", "from 1m to 24h"},
		{"what is no TOML", "theme = \"dark\"\nascii: yes\n", nil, "config.toml:2: this is not TOML", "NAME ="},
		{"the same name twice", "theme = \"dark\"\ntheme = \"light\"\n", nil, "config.toml:2: theme stands twice: in line 1 too", "write it once"},
		{"the same table twice", "[keys]\nquit = \"q\"\n\n[keys]\nsort = \"o\"\n", nil, "config.toml:4: keys stands twice: in line 1 too", "write it once"},
		{"the same action twice", "[keys]\nquit = \"q\"\nquit = \"Q\"\n", nil, "config.toml:3: keys.quit stands twice: in line 2 too", "write it once"},
		{"a name twice, which is not what is wrong", "theme = \"dark\"\nascii: yes\ntheme = \"light\"\n", nil, "config.toml:2: this is not TOML", "NAME ="},
		{"a name that would disturb the terminal, twice", "\"\\u001b\" = 1\n\"\\u001b\" = 2\n", nil, "config.toml:2: \\x1b stands twice", "write it once"},
		{"a variable with a wrong value", "", map[string]string{"WHY401_THEME": "solarized"}, "WHY401_THEME has a value that it does not take", "unset it"},
		{"an action that there is not", "theme = \"dark\"\n[keys]\nquti = [\"q\"]", nil, "config.toml:3: there is no action quti", "next-pane"},
		{"a key that always quits", "[keys]\n# mine\nhelp = [\"ctrl+c\"]", nil, "config.toml:3: help: ctrl+c always quits", "name keys like"},
		{"a key that the shell takes", "[keys]\nhelp = [\"ctrl+z\"]", nil, "into the background", "name keys like"},
		{"a key that arrives as another", "[keys]\nhelp = [\"ctrl+m\"]", nil, "help: ctrl+m arrives as enter", "name keys like"},
		{"a capital by its keys", "[keys]\nhelp = [\"shift+h\"]", nil, "write H", "name keys like"},
		{"a key that there is not", "[keys]\nhelp = [\"hyper+h\"]", nil, "is not a key that every terminal sends", "name keys like"},
		{"a word for a key", "[keys]\nhelp = [\"help\"]", nil, "is not a key", "name keys like"},
		{"two actions on one key in one pane", "[keys]\nsort = [\"o\"]\nrefresh = [\"o\"]", nil, "config.toml:2: sort has o, which is also the key of refresh", "another key"},
		{"another action's own key", "[keys]\nsort = [\"r\"]", nil, "config.toml:2: sort has r, which is also the key of refresh", "another key"},
		{"no key to quit", "[keys]\nquit = []", nil, "config.toml:2: quit needs a key", "keeps its own"},
		{"a number for a key", "[keys]\nquit = [1]", nil, "config.toml:2: the table [keys]", "quit = ["},
		{"keys that are no table", "keys = \"q\"", nil, "config.toml:1: the table [keys]", "quit = ["},
		{"a table in the keys", "[keys.quit]\nkey = \"q\"", nil, "config.toml:1: the table [keys]", "quit = ["},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadSettings("config.toml", []byte(c.file), environment(c.env))
			var e *Error
			if !errors.As(err, &e) || !strings.Contains(e.Text, c.text) || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("said %#v; want %q and the hint %q", err, c.text, c.hint)
			}
		})
	}
}

// FuzzSettings holds that whatever stands in the file gives settings or an error that can be drawn.
func FuzzSettings(f *testing.F) {
	f.Add([]byte("theme = \"light\"\n[keys]\nquit = [\"q\"]\n"))
	f.Add([]byte("keys.quit = \"\\u001b\"\nkeys = {x = 1}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := ReadSettings("config.toml", body, environment(nil))
		var e *Error
		switch {
		case err == nil:
			if _, wrong, err := newKeyMap().changed(s.Keys); err != nil {
				t.Errorf("the keys of %s were let through: %v", wrong, err)
			}
		case !errors.As(err, &e) || e.Hint == "" || clean(e.Text) != e.Text:
			t.Errorf("said %#v", err)
		}
	})
}

// TestSettingsHelpIsTrue reads the example in the manual as the file that it shows.
func TestSettingsHelpIsTrue(t *testing.T) {
	_, example, _ := strings.Cut(SettingsHelp, "\n\n")
	got, err := ReadSettings("config.toml", []byte(example), environment(nil))
	if err != nil || len(got.Values) != len(knownSettings()) || len(got.Keys) == 0 {
		t.Errorf("the example in the manual: %+v, %v", got, err)
	}
	for _, k := range knownSettings() {
		if !strings.Contains(SettingsHelp, k.variable()) {
			t.Errorf("the manual does not name %s", k.variable())
		}
	}
}

func TestChangedKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40, func(o *Options) {
			o.Keymap = map[string][]string{
				"help": {"H", "f1"}, "down": {"ctrl+n"}, "sort": {"o"}, "quit": {"Q"}, "demo-token": {"ctrl+d"}, "half-page-down": {},
				"copy-address": {"y"}, "zoom": {"z"},
			}
		})
		d.has("o sort", "H f1 help", "Q quit", "ctrl+d  a demo token")
		d.lacks("s sort", "? help", "q quit")
		if said := dense(d.root.token.lines); !strings.Contains(said, dense([]string{"z shows all of it"})) {
			t.Errorf("what is likely names another key than z: %s", said)
		}

		first, _ := d.root.services.selection()
		d.keys("j", "?", "q")
		if s, _ := d.root.services.selection(); s.ID != first.ID || d.root.over != nil || d.quit {
			t.Errorf("a key that was taken away still does something")
		}
		d.send(ctrl('n'))
		if s, _ := d.root.services.selection(); s.ID == first.ID {
			t.Error("ctrl+n does not move")
		}
		d.keys("H")
		d.has("H f1", "ctrl+n", "ctrl+d", "Q quit", "a page down")
		d.lacks("half a page down", "g G")
		d.keys("esc", "o")
		d.has("by name")
		d.send(ctrl('d'))
		d.has("predicted")
		d.send(press("ctrl+c"))
		if !d.quit {
			t.Error("ctrl+c does not quit")
		}
	})
}

// TestEveryKeyCanBeChanged compares the key map with the names that the settings know.
func TestEveryKeyCanBeChanged(t *testing.T) {
	km := newKeyMap()
	seen := map[string]string{}
	for _, a := range km.actions() {
		if len(a.binding.Keys()) == 0 {
			t.Errorf("%s has no key to begin with", a.name)
		}
		if a.in == 0 {
			t.Errorf("%s counts nowhere", a.name)
		}
		if was, ok := seen[a.name]; ok {
			t.Errorf("%s is the name of two actions (%s)", a.name, was)
		}
		seen[a.name] = a.binding.Help().Desc
		for _, k := range a.binding.Keys() {
			if why := unpressable(k); why != "" {
				t.Errorf("%s has the key %s of its own, which %s", a.name, k, why)
			}
		}
	}
	if bindings := bindingsOf(km); len(seen) != bindings {
		t.Errorf("%d actions have a name, and the key map has %d bindings with keys: add the new one to actions in keymap.go", len(seen), bindings)
	}
	// With all of them named, what each has of its own must not clash.
	all := map[string][]string{}
	for _, a := range km.actions() {
		all[a.name] = a.binding.Keys()
	}
	if name, other, k := km.clash(all); name != "" {
		t.Errorf("%s and %s both have %s", name, other, k)
	}
}
