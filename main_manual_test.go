package main

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"why401/ui"
)

// prints runs a command line that must print something and nothing else.
func prints(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if got := run(args, nil, &stdout, &stderr); got != 0 || stderr.Len() > 0 {
		t.Fatalf("%q: exit status %d, said %q", args, got, stderr.String())
	}
	return stdout.String()
}

// commands are all that the program has, the program itself first.
func commands() []*cobra.Command {
	var status int
	c := newCommand()
	c.AddCommand(subcommands(&status)...)
	return append([]*cobra.Command{c}, c.Commands()...)
}

// TestEveryCommandIsTold: the help, the manual and the README know of every command, and the manual of every option too.
func TestEveryCommandIsTold(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	help, manual := prints(t, "--help"), prints(t, "man")
	told := strings.NewReplacer(`\-`, "-", `\(dq`, `"`, `\e`, `\`, `\&`, "").Replace(manual)
	for _, c := range commands() {
		if c.Short == "" || c.Long == "" {
			t.Errorf("%s does not say what it is for", c.CommandPath())
		}
		if c.HasParent() && !strings.Contains(help, "\n  "+c.Name()+" ") {
			t.Errorf("--help does not list %s", c.Name())
		}
		if !strings.Contains(told, c.UseLine()) || !strings.Contains(told, strings.SplitN(c.Long, "\n", 2)[0]) {
			t.Errorf("the manual does not tell of %s", c.CommandPath())
		}
		if !strings.Contains(string(readme), c.CommandPath()) {
			t.Errorf("README.md does not tell of %s", c.CommandPath())
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(told, "--"+f.Name) || f.Usage == "" {
				t.Errorf("the manual does not tell of --%s of %s", f.Name, c.CommandPath())
			}
		})
	}
	for _, want := range []string{"(next-credential), in token", "(copy), in services, access, token", "(copy-curl), in refused", "(quit)\n", "https://...", "HTTPS_PROXY"} {
		if !strings.Contains(told, want) {
			t.Errorf("the manual lacks %q", want)
		}
	}
	for _, a := range ui.Actions() {
		if !strings.Contains(told, "("+a+")") {
			t.Errorf("the manual does not tell of the action %s", a)
		}
	}
}

// TestTheManualIsRoff: ASCII alone, no request but those meant, and no complaint of the formatter where there is one.
func TestTheManualIsRoff(t *testing.T) {
	manual := prints(t, "man")
	request := regexp.MustCompile(`^\.(TH|SH|SS|PP|TP|nf|fi|br)\b`)
	for l := range strings.Lines(manual) {
		if (l[0] == '.' || l[0] == '\'') && !request.MatchString(l) {
			t.Errorf("a line is taken for a request: %q", l)
		}
		for _, r := range l {
			if r > '~' {
				t.Errorf("%q in %q", r, l)
			}
		}
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("no groff on this machine: its complaints are not looked for")
	}
	cmd := exec.Command(groff, "-man", "-ww", "-Tutf8")
	cmd.Stdin = strings.NewReader(manual)
	var said bytes.Buffer
	cmd.Stderr = &said
	page, err := cmd.Output()
	if err != nil || said.Len() > 0 || !bytes.Contains(page, []byte("NAME")) {
		t.Errorf("groff: %v, %s", err, said.String())
	}
}

func TestCompletionScripts(t *testing.T) {
	for shell, sign := range map[string]string{"bash": "__start_why401", "zsh": "#compdef why401", "fish": "complete -c why401"} {
		t.Run(shell, func(t *testing.T) {
			script := prints(t, "completion", shell)
			if !strings.Contains(script, sign) {
				t.Errorf("the script lacks %q", sign)
			}
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skip("no " + shell + " on this machine: the script's grammar is not looked at")
			}
			cmd := exec.Command(path, "-n")
			cmd.Stdin = strings.NewReader(script)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s -n: %v, %s", shell, err, out)
			}
		})
	}
	for _, args := range [][]string{{"completion"}, {"completion", "tcsh"}, {"completion", "bash", "zsh"}} {
		var stdout, stderr bytes.Buffer
		if got := run(args, nil, &stdout, &stderr); got != 2 || strings.Contains(stderr.String(), "tcsh") || stdout.Len() > 0 {
			t.Errorf("%q: exit status %d, said %q", args, got, stderr.String())
		}
	}
}

func TestCompleting(t *testing.T) {
	t.Setenv("CLOUDSDK_CORE_PROJECT", "acme-prod")
	for _, c := range []struct {
		name string
		args []string
		want string // the words, and what the shell does besides: 4 nothing, 36 nothing and in this order, 0 file names
	}{
		{"a command", []string{"do"}, "doctor :4"},
		{"a theme, of which the shell takes those that fit", []string{"--theme", "l"}, "auto dark light contrast none :4"},
		{"a length of time, the shortest first", []string{"--since", ""}, "5m 15m 1h 6h 24h :36"},
		{"that of a report", []string{"report", "--since", ""}, "5m 15m 1h 6h 24h :36"},
		{"a project, without asking for any", []string{"--project", ""}, "acme-prod :4"},
		{"the project of a command", []string{"check", "--project", ""}, "acme-prod :4"},
		{"a service, which only the cloud knows", []string{"check", "--service", ""}, ":4"},
		{"a file", []string{"check", "--target", ""}, ":0"},
		{"a shell", []string{"completion", "f"}, "fish :4"},
		{"no arguments", []string{"check", ""}, ":4"},
		{"a command whose help is wanted", []string{"help", ""}, "check completion doctor man report :4"},
		{"no second command", []string{"help", "check", ""}, ":4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			run(append([]string{"__complete"}, c.args...), nil, &stdout, &stderr)
			var words []string
			for l := range strings.Lines(stdout.String()) {
				words = append(words, strings.Fields(strings.SplitN(l, "\t", 2)[0])...)
			}
			if got := strings.Join(words, " "); got != c.want {
				t.Errorf("completed %q, want %q", got, c.want)
			}
		})
	}
}

// TestCompletingDescribesInPlainWords: a shell shows what an option is for as it stands.
func TestCompletingDescribesInPlainWords(t *testing.T) {
	var stdout, stderr bytes.Buffer
	run([]string{"__complete", "check", "--"}, nil, &stdout, &stderr)
	if said := stdout.String(); !strings.Contains(said, "--token-file\tread the token from FILE,") || strings.Contains(said, "`") {
		t.Errorf("completed %q", said)
	}
}

// TestHelpIsASCII: it is read on any terminal, in any locale.
func TestHelpIsASCII(t *testing.T) {
	for _, c := range commands() {
		for _, r := range help(c) {
			if r > '~' {
				t.Errorf("%q in the help of %s", r, c.CommandPath())
			}
		}
	}
}

func TestHelpOfACommand(t *testing.T) {
	if got := prints(t, "help", "check"); got != prints(t, "check", "--help") {
		t.Errorf("help check prints %q", got)
	}
	var stdout, stderr bytes.Buffer
	if got := run([]string{"help", "chekc"}, nil, &stdout, &stderr); got != 2 || strings.Contains(stderr.String()+stdout.String(), "chekc") {
		t.Errorf("help of what there is not: exit status %d, said %q", got, stderr.String()+stdout.String())
	}
}

func TestVersion(t *testing.T) {
	set := func(key, value string) debug.BuildSetting { return debug.BuildSetting{Key: key, Value: value} }
	for _, c := range []struct {
		name string
		info *debug.BuildInfo
		want string
	}{
		{"nothing known", nil, "built with go"},
		{"a commit", &debug.BuildInfo{Settings: []debug.BuildSetting{set("vcs.revision", "3d9cf6a"), set("vcs.time", "2026-11-24T02:00:00Z"), set("vcs.modified", "false")}},
			"commit 3d9cf6a, 2026-11-24T02:00:00Z\nbuilt with go"},
		{"changed since", &debug.BuildInfo{Settings: []debug.BuildSetting{set("vcs.revision", "3d9cf6a"), set("vcs.time", "2026-11-24T02:00:00Z"), set("vcs.modified", "true")}},
			"commit 3d9cf6a, 2026-11-24T02:00:00Z, with changes that are not committed\nbuilt with go"},
	} {
		if got := build(c.info); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := prints(t, "--version"); !strings.HasPrefix(got, "why401 "+version()+"\n") || !strings.Contains(got, "built with go1.") {
		t.Errorf("--version prints %q", got)
	}
}
