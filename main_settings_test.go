package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// configure writes a settings file where the program looks for it.
func configure(t *testing.T, text string) (name string) {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	dir, err := os.UserConfigDir()
	if err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(dir, "why401", "config.toml")
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestOptionsOutrankTheEnvironmentAndThatTheFile(t *testing.T) {
	configure(t, "theme = \"light\"\nascii = true\nsince = \"1h\"\n[keys]\nquit = \"Q\"\n")
	t.Setenv("WHY401_SINCE", "5m")
	t.Setenv("WHY401_ASCII", "")
	c := newCommand()
	if err := c.ParseFlags([]string{"--theme", "none"}); err != nil {
		t.Fatal(err)
	}
	keymap, err := settle(c)
	if err != nil {
		t.Fatal(err)
	}
	for option, want := range map[string]string{"theme": "none", "since": "5m0s", "ascii": "true", "demo": "false"} {
		if got := c.Flags().Lookup(option).Value.String(); got != want {
			t.Errorf("--%s is %s, want %s", option, got, want)
		}
	}
	if len(keymap["quit"]) != 1 {
		t.Errorf("the keys are %v", keymap)
	}
}

func TestASettingsFileThatIsWrongIsTold(t *testing.T) {
	name := configure(t, "# mine\ntehme = \"light\"\n")
	var stdout, stderr bytes.Buffer
	got := run([]string{"--demo"}, nil, &stdout, &stderr)
	if want := "why401: " + name + ":2: there is no setting tehme\n  settings are "; got != 2 || !strings.HasPrefix(stderr.String(), want) {
		t.Errorf("exit status %d, said %q; want %q", got, stderr.String(), want)
	}
	// What does not draw a screen does not depend on it.
	stderr.Reset()
	if got := run([]string{"check", "--offline"}, strings.NewReader(""), &stdout, &stderr); got == 2 {
		t.Errorf("check: exit status %d, said %q", got, stderr.String())
	}
}

func TestASettingsFileThatIsTooLargeIsTold(t *testing.T) {
	configure(t, strings.Repeat("# much\n", mostConfig/7+1))
	var stdout, stderr bytes.Buffer
	if got := run([]string{"--demo"}, nil, &stdout, &stderr); got != 2 || !strings.Contains(stderr.String(), "is larger than 64 KiB") {
		t.Errorf("exit status %d, said %q", got, stderr.String())
	}
}

// TestASettingsFileThatCannotBeReadIsTold, and nobody waits for it: it is read before anything is drawn.
func TestASettingsFileThatCannotBeReadIsTold(t *testing.T) {
	for what, c := range map[string]struct {
		put  func(name string) error
		want string
	}{
		"a directory":               {func(name string) error { return os.Mkdir(name, 0o700) }, "is a directory"},
		"a pipe":                    {func(name string) error { return syscall.Mkfifo(name, 0o600) }, "it is not a file"},
		"a device":                  {func(name string) error { return os.Symlink("/dev/zero", name) }, "it is not a file"},
		"a link that leads nowhere": {func(name string) error { return os.Symlink("nowhere", name) }, "no such file or directory"},
	} {
		t.Run(what, func(t *testing.T) {
			name := configure(t, "")
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
			if err := c.put(name); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			got := run([]string{"--demo"}, nil, &stdout, &stderr)
			if want := "why401: read the settings file " + name + ": " + c.want + "\n  mend it, or take it away"; got != 2 || !strings.HasPrefix(stderr.String(), want) {
				t.Errorf("exit status %d, said %q; want %q", got, stderr.String(), want)
			}
		})
	}
}

func TestASettingsFileMayBeALink(t *testing.T) {
	name := configure(t, "")
	if err := os.WriteFile(name+".mine", []byte("theme = \"light\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(name+".mine", name); err != nil {
		t.Fatal(err)
	}
	c := newCommand()
	if _, err := settle(c); err != nil || c.Flags().Lookup("theme").Value.String() != "light" {
		t.Errorf("%v, the theme is %s", err, c.Flags().Lookup("theme").Value)
	}
}
