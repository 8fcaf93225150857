package main

import (
	"bytes"
	"encoding/json"
	"net"
	"strings"
	"testing"

	"google.golang.org/grpc"
)

// doctored runs why401 doctor.
func doctored(args ...string) (status int, stdout, stderr string) {
	var out, said bytes.Buffer
	status = run(append([]string{"doctor"}, args...), strings.NewReader(""), &out, &said)
	return status, out.String(), said.String()
}

func TestDoctorExitStatus(t *testing.T) {
	t.Parallel()
	// A server that knows no API stands for Google: it answers, and only that is looked at here.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	go server.Serve(l)
	t.Cleanup(server.Stop)
	env := []string{"HTTPS_PROXY=http://127.0.0.1:1"}
	for _, api := range []string{"RUN", "LOGGING", "IAM"} {
		env = append(env, "CLOUDSDK_API_ENDPOINT_OVERRIDES_"+api+"=http://"+l.Addr().String())
	}
	for _, c := range []struct {
		name string
		args []string
		exit int
		says []string
	}{
		{"the embedded cloud", []string{"--demo", "--json"}, 0, []string{`"well": true`}},
		{"no credentials", []string{"--project", "acme-prod", "--json"}, 1, []string{`"well": false`, "there are none", "acme-prod, from --project", "through the proxy 127.0.0.1:1"}},
		{"a project that is none", []string{"--project", "Acme Prod", "--json"}, 1, []string{"is not a project id"}},
	} {
		out, said, status := piped(t, append([]string{"doctor"}, c.args...), env...)
		var read struct{ Schema string }
		if err := json.Unmarshal([]byte(out), &read); err != nil || status != c.exit || said != "" || read.Schema != "why401/doctor/1" {
			t.Errorf("%s: exit status %d, %v, said %q, wrote\n%s", c.name, status, err, said, out)
		}
		for _, text := range c.says {
			if !strings.Contains(out, text) {
				t.Errorf("%s: it lacks %q:\n%s", c.name, text, out)
			}
		}
	}
	for _, args := range [][]string{{"--demo", "--project", "acme-prod"}, {"shop-api"}, {"--sinec"}} {
		if status, out, said := doctored(args...); status != 2 || out != "" || strings.Count(said, "\n") != 2 {
			t.Errorf("%q: exit status %d, wrote %q, said %q", args, status, out, said)
		}
	}
}

func TestDoctorHelp(t *testing.T) {
	status, help, said := doctored("--help")
	if status != 0 || said != "" {
		t.Errorf("exit status %d, said %q", status, said)
	}
	for _, word := range []string{"Usage: why401 doctor", "--project ID", "--json", "--demo", "Exit status", `"why401/doctor/1"`} {
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
