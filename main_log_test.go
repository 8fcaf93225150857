package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestALogOfASession(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "why401.log")
	d := sit(t, 100, 30, []string{"--demo", "--log", name})
	d.shows("shop-api", "live")
	d.press("q")
	d.exit()
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(got), `version=""`) {
		t.Errorf("the log does not tell the version:\n%s", got)
	}
	for _, want := range []string{"msg=start version=", "method=ListServices code=OK", "msg=stream state=live", "msg=key action=quit", "msg=end by=\"the user\""} {
		if !strings.Contains(string(got), want) {
			t.Errorf("the log lacks %q:\n%s", want, got)
		}
	}
}
