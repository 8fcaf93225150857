package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// jwt is shaped like a token; its signature verifies nowhere.
const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FjY291bnRzLmdvb2dsZS5jb20ifQ.c2lnbmF0dXJl"

func TestCommandLinesThatAreRefused(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, size int) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, bytes.Repeat([]byte("a"), size), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	empty, large := file("empty", 0), file("large", mostToken+1)
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"an argument", []string{"shop-api"}, "a command, and that is none"},
		{"an argument to a command", []string{"doctor", "shop-api"}, "takes options only"},
		{"an unknown option", []string{"--sinec", "15m"}, "no option --sinec"},
		{"an unknown option that is nearly one", []string{"--sinec", "15m"}, "\n  did you mean --since? why401 --help"},
		{"an unknown option that is one but for a capital", []string{"check", "--Service", "shop-api"}, "\n  did you mean --service? why401 check --help"},
		{"the beginning of two options", []string{"--p", "--demo"}, "\n  did you mean --project or --plain? why401 --help"},
		{"an unknown option of a command", []string{"doctor", "--sinec", "15m"}, "\n  why401 doctor --help"},
		{"a word that is nearly a command", []string{"doctr"}, "\n  did you mean doctor? why401 --help"},
		{"help of a word that is nearly a command", []string{"help", "doctr"}, "\n  did you mean doctor? why401 --help"},
		{"no word", []string{""}, "\n  why401 --help"},
		{"an unknown letter", []string{"-x"}, "no such option"},
		{"an option without its value", []string{"--project"}, "--project needs a value"},
		{"a switch with a value", []string{"--demo=maybe"}, "does not take"},
		{"no duration", []string{"--since", "yesterday"}, "from 1m to 24h"},
		{"too short a time", []string{"--demo", "--since", "59s"}, "from 1m to 24h"},
		{"too long a time", []string{"--demo", "--since", "25h"}, "from 1m to 24h"},
		{"a negative time", []string{"--demo", "--since", "-5m"}, "from 1m to 24h"},
		{"a theme that there is not", []string{"--demo", "--theme", "solarized"}, "--theme takes the name of a theme"},
		{"a project besides the demo's", []string{"--demo", "--project", "acme-prod"}, "project of its own"},
		{"a project that is none", []string{"--project", "Acme Prod"}, "is not a project id"},
		{"the keyboard as a token file", []string{"--token-file", "-"}, "which is the keyboard"},
		{"a token file that is not there", []string{"--token-file", filepath.Join(dir, "none")}, "no such file"},
		{"a token file that is a directory", []string{"--token-file", dir}, "is a directory"},
		{"the keyboard as a token file, by its name", []string{"--token-file", "/dev/tty"}, "it is not a file"},
		{"a token file without an end", []string{"--token-file", "/dev/zero"}, "it is not a file"},
		{"keys from a device", []string{"--keys", "/dev/zero"}, "it is not a file"},
		{"an empty token file", []string{"--token-file", empty}, "is empty"},
		{"a token file that is too large", []string{"--token-file", large}, "larger than 1 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if got := run(c.args, nil, &stdout, &stderr); got != 2 {
				t.Errorf("exit status %d, want 2", got)
			}
			said := stderr.String()
			if !strings.HasPrefix(said, "why401: ") || !strings.Contains(said, c.want) || strings.Count(said, "\n") != 2 {
				t.Errorf("said %q, want one line with %q and one with the next step", said, c.want)
			}
			if stdout.Len() > 0 {
				t.Errorf("standard output got %q", stdout.String())
			}
		})
	}
}

func TestATokenOnTheCommandLineIsRefusedAndNotRepeated(t *testing.T) {
	secrets := map[string]string{
		"a JWT":                  jwt,
		"half a JWT":             jwt[:30],
		"behind Bearer":          "Bearer " + jwt,
		"a header":               "Authorization: Bearer " + jwt,
		"an access token":        "ya29.a0AfH6SMBxxxxxxxxxxxxxxxxxxxx",
		"an API key":             "AIzaSyA-1234567890abcdefghijklmnopqrstu",
		"a client secret":        "GOCSPX-abcdefghijklmnopqrstuvwxyz",
		"a refresh token":        "1//0gabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_",
		"something long, opaque": strings.Repeat("b3BhcXVl", 10),
	}
	for name, secret := range secrets {
		for place, args := range map[string][]string{
			"alone":                  {secret},
			"behind options":         {"--demo", secret},
			"as a project":           {"--project", secret},
			"as a project, joined":   {"--project=" + secret},
			"as a duration":          {"--since", secret},
			"as a file":              {"--token-file", secret},
			"as an option":           {"--" + secret},
			"as letters":             {"-" + secret},
			"behind a wrong option":  {"--tokn", secret},
			"behind a double hyphen": {"--", secret},
		} {
			t.Run(name+" "+place, func(t *testing.T) {
				var stdout, stderr bytes.Buffer
				if got := run(args, nil, &stdout, &stderr); got != 2 {
					t.Errorf("exit status %d, want 2", got)
				}
				said := stderr.String() + stdout.String()
				for i := 0; i+8 <= len(secret); i++ {
					if piece := secret[i : i+8]; strings.Contains(said, piece) && !strings.Contains("Authorization: Bearer ", piece) {
						t.Fatalf("repeated %q in %q", piece, said)
					}
				}
			})
		}
	}
}

// TestAPieceOfATokenIsNotRepeated, though it is too short to be known for one: the end of a signature, pasted where a name belongs.
func TestAPieceOfATokenIsNotRepeated(t *testing.T) {
	const tail = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5R"
	for place, args := range map[string][]string{
		"as a token file":          {"check", "--token-file", tail},
		"as a token file in a dir": {"check", "--token-file", "/tmp/" + tail + "/x"},
		"as a shorter file":        {"check", "--token-file", tail[:24]},
		"as a key file":            {"check", "--keys", tail},
		"as an issuer's key file":  {"check", "--keys", "https://accounts.google.com=" + tail},
		"as a target":              {"check", "--target", tail},
		"as a moment":              {"check", "--now", tail},
		"as a region":              {"check", "--demo", "--service", "shop-api", "--region", tail},
		"as a service":             {"check", "--demo", "--service", tail},
		"as a project":             {"check", "--service", "shop-api", "--project", tail},
		"as an argument":           {"check", tail},
		"as an option":             {"check", "--" + tail},
	} {
		t.Run(place, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if got := run(args, strings.NewReader(""), &stdout, &stderr); got != 2 {
				t.Errorf("exit status %d, want 2: %s", got, stderr.String())
			}
			said := stderr.String() + stdout.String()
			for i := 0; i+8 <= len(tail); i++ {
				if strings.Contains(said, tail[i:i+8]) {
					t.Fatalf("repeated %q in %q", tail[i:i+8], said)
				}
			}
		})
	}
}

func TestHelpAndVersion(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"-h"}, {"--help", "--demo"}} {
		var stdout, stderr bytes.Buffer
		if got := run(args, nil, &stdout, &stderr); got != 0 || stderr.Len() > 0 {
			t.Errorf("%q: exit status %d, said %q", args, got, stderr.String())
		}
		help := stdout.String()
		for _, option := range []string{"--project ID", "--since DURATION", "(default 15m)", "--token-file FILE", "--demo", "--ascii", "--version", "Exit status"} {
			if !strings.Contains(help, option) {
				t.Errorf("%q does not tell of %s:\n%s", args, option, help)
			}
		}
		for line := range strings.Lines(help) {
			if len(line) > 121 {
				t.Errorf("%q has a line of %d characters: %s", args, len(line), line)
			}
		}
	}
	var stdout, stderr bytes.Buffer
	if got := run([]string{"--version"}, nil, &stdout, &stderr); got != 0 || !strings.HasPrefix(stdout.String(), "why401 ") {
		t.Errorf("--version: exit status %d, %q", got, stdout.String())
	}
}

// TestReadAPipe: what a shell makes of <(COMMAND) is read to its end, and a pipe that nobody writes to is given up.
func TestReadAPipe(t *testing.T) {
	far, near, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	go func() { near.WriteString(jwt); near.Close() }()
	if got, err := readToken(fmt.Sprintf("/dev/fd/%d", far.Fd())); err != nil || string(got) != jwt {
		t.Errorf("a shell's: %d bytes, %v", len(got), err)
	}

	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	go os.WriteFile(name, []byte(jwt), 0)
	if got, err := readToken(name); err != nil || string(got) != jwt {
		t.Errorf("one with a name: %d bytes, %v", len(got), err)
	}
}

func TestReadToken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("Bearer "+jwt+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := readToken(path)
	if err != nil || string(got) != "Bearer "+jwt+"\n" {
		t.Errorf("readToken: %d bytes, %v; want the file as it is", len(got), err)
	}
}
