package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// checked runs why401 check on what is piped in.
func checked(t *testing.T, piped string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, said bytes.Buffer
	status = run(append([]string{"check"}, args...), strings.NewReader(piped), &out, &said)
	return status, out.String(), said.String()
}

// files writes files into a directory of the test and gives their names.
func files(t *testing.T, contents ...string) (names []string) {
	t.Helper()
	dir := t.TempDir()
	for i, text := range contents {
		name := filepath.Join(dir, string(rune('a'+i))+".json")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

const (
	// rfcKeys publishes the key of RFC 7515, A.3.
	rfcKeys = `{"keys":[{"kty":"EC","use":"sig","alg":"ES256","crv":"P-256","kid":"k","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}`

	public  = `{"service": {"invokerIamDisabled": true, "iapEnabled": false, "defaultUriDisabled": false, "ingress": "INGRESS_TRAFFIC_ALL"}}`
	private = `{"service": {"invokerIamDisabled": false, "iapEnabled": false, "defaultUriDisabled": false, "ingress": "INGRESS_TRAFFIC_ALL"}, "policy": {"bindings": []}}`
)

func TestCheckExitStatus(t *testing.T) {
	f := files(t, public, private, `{}`, rfcKeys, "Bearer "+jwt+"\n")
	for _, c := range []struct {
		name  string
		piped string
		args  []string
		want  int
	}{
		{"let in", "", []string{"--offline", "--target", f[0]}, 0},
		{"let in, with a token", jwt, []string{"--offline", "--target", f[0], "--now", "2026-11-24T03:12:00Z"}, 0},
		{"refused", "", []string{"--offline", "--target", f[1]}, 1},
		{"refused, with a token", "Authorization: Bearer ya29.a0AfH6SMBxxxxxxxxxxxxxxxxxxxx", []string{"--offline", "--target", f[1]}, 1},
		{"unknown", "", []string{"--offline", "--target", f[2]}, 3},
		{"without a service", jwt, []string{"--offline"}, 3},
		{"keys at hand", jwt, []string{"--offline", "--keys", f[3], "--keys", "https://cloud.google.com/iap=" + f[3], "--target", f[2]}, 3},
		{"a token file", "", []string{"--offline", "--token-file", f[4], "--target", f[1]}, 1},
		{"standard input by its name", "", []string{"--offline", "--token-file", "-", "--target", f[1]}, 1},
		{"the embedded cloud", "", []string{"--demo", "--service", "status"}, 0},
		{"the embedded cloud, no service", "", []string{"--demo"}, 3},
	} {
		status, plain, said := checked(t, c.piped, c.args...)
		if status != c.want || said != "" || !strings.Contains(plain, "token  ") {
			t.Errorf("%s: exit status %d, want %d; said %q", c.name, status, c.want, said)
		}
		status, report, _ := checked(t, c.piped, append(c.args, "--json")...)
		var read struct {
			Schema  string
			Verdict struct{ Status *int }
		}
		if err := json.Unmarshal([]byte(report), &read); err != nil || status != c.want || read.Schema != "why401/check/1" || (read.Verdict.Status == nil) != (c.want == 3) {
			t.Errorf("%s, as JSON: exit status %d, want %d; %v, %+v", c.name, status, c.want, err, read)
		}
	}
}

func TestCheckCommandLinesThatAreRefused(t *testing.T) {
	f := files(t, private, `{"polcy": {}}`, "", strings.Repeat("a", mostKeys+1))
	for _, c := range []struct {
		name  string
		piped string
		args  []string
		want  string
	}{
		{"an argument", "", []string{"token.txt"}, "takes options only"},
		{"no moment", "", []string{"--now", "yesterday"}, "--now takes a moment"},
		{"a target that is not there", "", []string{"--target", f[0] + "x"}, "read the target file"},
		{"a target with a name that is not known", "", []string{"--target", f[1]}, "polcy is not known"},
		{"an empty target", "", []string{"--target", f[2]}, "the target file: empty"},
		{"keys that are not there", "", []string{"--keys", "https://accounts.google.com=" + f[0] + "x"}, "read the key file"},
		{"keys that are none", "", []string{"--offline", "--keys", f[0]}, "read key set"},
		{"keys that are too many", "", []string{"--keys", f[3]}, "larger than 1 MiB"},
		{"a service and a target, before credentials are looked for", "", []string{"--service", "status", "--target", f[0]}, "both name a service"},
		{"a service and a target", "", []string{"--demo", "--service", "status", "--target", f[0]}, "both name a service"},
		{"a service without the network", "", []string{"--offline", "--service", "status"}, "--offline forbids"},
		{"the embedded cloud without the network", "", []string{"--offline", "--demo", "--service", "status"}, "--offline forbids"},
		{"a service that is not there", "", []string{"--demo", "--service", "statsu"}, "no service statsu"},
		{"a project besides the demo's", "", []string{"--demo", "--project", "acme-prod"}, "project of its own"},
		{"an empty token file", "", []string{"--token-file", f[2]}, "is empty"},
		{"a paste that is too large", strings.Repeat("a", mostToken+1), []string{"--offline"}, "larger than 1 MiB"},
	} {
		status, report, said := checked(t, c.piped, c.args...)
		if status != 2 || !strings.HasPrefix(said, "why401: ") || !strings.Contains(said, c.want) || strings.Count(said, "\n") != 2 || report != "" {
			t.Errorf("%s: exit status %d, said %q, wrote %q; want %q", c.name, status, said, report, c.want)
		}
	}
}

func TestCheckRefusesATokenAsAnArgument(t *testing.T) {
	for _, args := range [][]string{{jwt}, {"--token-file", jwt}, {"--token-file=" + jwt}, {"--service", jwt}, {"--keys", "https://accounts.google.com=" + jwt}, {"--now", jwt}, {"--json", "Bearer " + jwt}} {
		status, report, said := checked(t, "", args...)
		if status != 2 || report != "" || strings.Contains(said, jwt[:12]) {
			t.Errorf("%d arguments: exit status %d, said %q", len(args), status, said)
		}
	}
}

// TestCheckLeavesNothingBehind: no file is written, wherever programs like to.
func TestCheckLeavesNothingBehind(t *testing.T) {
	f := files(t, private)
	home := t.TempDir()
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "TMPDIR", "CLOUDSDK_CONFIG"} {
		t.Setenv(name, home)
	}
	for _, args := range [][]string{{"--offline", "--target", f[0]}, {"--offline", "--target", f[0], "--json"}, {"--demo", "--service", "shop-api"}} {
		if status, _, said := checked(t, jwt, args...); status != 1 {
			t.Errorf("%q: exit status %d, said %q", args, status, said)
		}
	}
	left, err := os.ReadDir(home)
	if err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestCheckHelp(t *testing.T) {
	status, help, said := checked(t, "", "--help")
	if status != 0 || said != "" {
		t.Errorf("exit status %d, said %q", status, said)
	}
	for _, word := range []string{"Usage: why401 check", "--service NAME", "--target FILE", "--keys FILE", "--json", "--now MOMENT", "--offline", "--demo", "Exit status", `"why401/check/1"`, "policyComplete"} {
		if !strings.Contains(help, word) {
			t.Errorf("it does not tell of %s", word)
		}
	}
	for line := range strings.Lines(help) {
		if len([]rune(line)) > 121 {
			t.Errorf("a line of %d characters: %s", len([]rune(line)), line)
		}
	}
}
