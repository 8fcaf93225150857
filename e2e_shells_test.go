package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// completions are what somebody types before the tab, and what stands there after it.
var completions = []struct{ typed, want string }{
	{"do", "doctor"},
	{"--tok", "--token-file"},
	{"--theme li", "--theme light"},
	{"--theme=li", "--theme=light"},
	{"report --since 6", "report --since 6h"},
	{"check --project acme", "check --project acme-prod"},
	{"check --token-file hal", "check --token-file half"},
	{"completion f", "completion fish"},
}

// shell gives the path of a shell, and a directory with a file in it and the completion script under the name that the shell wants.
func shell(t *testing.T, name, script string) (path, dir string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip("this machine has no " + name)
	}
	dir = t.TempDir()
	for file, text := range map[string]string{script: prints(t, "completion", name), "half": ""} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path, dir
}

// found is the environment in which a shell finds the program, and the program a project.
func found(t *testing.T) []string {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return []string{"PATH=" + filepath.Dir(path) + ":" + os.Getenv("PATH"), "CLOUDSDK_CORE_PROJECT=acme-prod"}
}

// TestCompletionInAShell presses tab in the shells that complete on a terminal only.
func TestCompletionInAShell(t *testing.T) {
	const bashFunctions = "/usr/share/bash-completion/bash_completion"
	for _, c := range []struct {
		shell, script, needs string
		args                 []string
		setUp                string
	}{
		{"bash", "why401", bashFunctions, []string{"--norc", "--noprofile", "-i"}, ". " + bashFunctions + "; . ./why401"},
		{"zsh", "_why401", "", []string{"-f", "-i"}, "fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D"},
	} {
		t.Run(c.shell, func(t *testing.T) {
			path, dir := shell(t, c.shell, c.script)
			if _, err := os.Stat(c.needs); c.needs != "" && err != nil {
				t.Skip("this machine has no bash-completion")
			}
			d := sitWith(t, 100, 30, append([]string{path}, c.args...), found(t)...)
			d.press("cd " + dir + "; PS1='rea''dy> '; " + c.setUp + "\r")
			for _, word := range completions {
				d.shows("ready>")
				d.press("why401 " + word.typed + "\t")
				d.shows("ready> why401 " + word.want)
				d.press("\x03")                      // leaves the line
				d.press(" PS1='rea''dy> '; clear\r") // and what was shown
				d.loses("why401 " + word.want)
			}
		})
	}
}

// TestCompletionInFish asks fish, which completes without a terminal too.
func TestCompletionInFish(t *testing.T) {
	path, dir := shell(t, "fish", "fish/completions/why401.fish")
	for _, word := range completions {
		cmd := exec.Command(path, "-c", "complete -C 'why401 "+word.typed+"'")
		cmd.Dir, cmd.Env = dir, append(append(environment(t), "XDG_CONFIG_HOME="+dir), found(t)...)
		out, err := cmd.Output()
		got, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\t")
		if want := word.want[strings.LastIndex(word.want, " ")+1:]; err != nil || got != want {
			t.Errorf("%q is completed to %q, want %q; %v", word.typed, out, want, err)
		}
	}
}
