package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// reportedBy runs why401 report.
func reportedBy(args ...string) (status int, stdout, stderr string) {
	var out, said bytes.Buffer
	status = run(append([]string{"report"}, args...), strings.NewReader(""), &out, &said)
	return status, out.String(), said.String()
}

func TestReport(t *testing.T) {
	dir := t.TempDir()
	there := filepath.Join(dir, "there.md")
	if err := os.WriteFile(there, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		args   []string
		status int
		want   string // in what is written, or in what is said
	}{
		{"the project", []string{"--demo"}, 0, "# Refused requests of `acme-prod`"},
		{"a service", []string{"--demo", "--service", "shop-api", "--since", "1h"}, 0, "began"},
		{"a service, masked", []string{"--demo", "--service", "shop-api", "--mask"}, 0, "`ip-1`"},
		{"a service in a region", []string{"--demo", "--service", "shop-api", "--region", "europe-west1"}, 0, "shop-api"},
		{"another region", []string{"--demo", "--service", "shop-api", "--region", "us-east1"}, 2, "no service shop-api in us-east1"},
		{"a service that is not there", []string{"--demo", "--service", "shop-apy"}, 2, "no service shop-apy"},
		{"a region alone", []string{"--demo", "--region", "us-east1"}, 2, "--region without --service"},
		{"too long a time", []string{"--demo", "--since", "25h"}, 2, "from 1m to 24h"},
		{"an argument", []string{"--demo", "shop-api"}, 2, "takes options only"},
		{"a project besides the demo's", []string{"--demo", "--project", "acme-prod"}, 2, "project of its own"},
		{"a token as an argument", []string{"--service", jwt}, 2, "looks like a token"},
		{"a file that is there", []string{"--demo", "-o", there}, 2, "is there already, and is never overwritten"},
		{"a file in no directory", []string{"--demo", "-o", filepath.Join(dir, "none", "x.md")}, 2, "no such file"},
	} {
		status, text, said := reportedBy(c.args...)
		if status != c.status || !strings.Contains(text+said, c.want) || (said == "") != (c.status == 0) || (text == "") != (c.status != 0) {
			t.Errorf("%s: exit status %d, want %d with %q; said %q, wrote %d bytes", c.name, status, c.status, c.want, said, len(text))
		}
	}
	if text, _ := os.ReadFile(there); string(text) != "mine" {
		t.Error("a file that was there was written over")
	}
}

func TestReportGoesToAFileOfItsOwnersAlone(t *testing.T) {
	name := filepath.Join(t.TempDir(), "report.json")
	status, text, said := reportedBy("--demo", "--service", "shop-api", "--json", "-o", name)
	if status != 0 || text != "" || said != "" {
		t.Fatalf("exit status %d, wrote %q, said %q", status, text, said)
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	body, _ := os.ReadFile(name)
	var read struct {
		Schema   string
		Services []struct {
			Service string
			Refused struct{ Total int }
		}
	}
	if err := json.Unmarshal(body, &read); err != nil || read.Schema != "why401/report/1" || len(read.Services) != 1 || read.Services[0].Refused.Total == 0 {
		t.Errorf("%v, %+v", err, read)
	}
}

func TestReportHelp(t *testing.T) {
	status, help, said := reportedBy("--help")
	if status != 0 || said != "" {
		t.Errorf("exit status %d, said %q", status, said)
	}
	for _, word := range []string{"Usage: why401 report", "--service NAME", "--since DURATION", "--mask", "--json", "--output FILE", "--demo", "Exit status", `"why401/report/1"`, "(hidden)", "service accounts stay"} {
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
