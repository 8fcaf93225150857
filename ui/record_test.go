package ui

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"why401/gcp"
	"why401/gcp/demo"
	"why401/token"
)

// recorded drives a session whose log is kept.
func recorded(t *testing.T, cloud *demo.Cloud) (d *driver, log *bytes.Buffer) {
	t.Helper()
	log = &bytes.Buffer{}
	var client *gcp.Client
	d = drive(t, cloud, 120, 40, func(o *Options) {
		o.Log = NewLog(log)
		o.Open = func(ctx context.Context) (c *gcp.Client, err error) {
			client, err = gcp.New(ctx, gcp.Config{Project: cloud.Project(), Options: cloud.Options(), HTTP: cloud.HTTP(), Log: o.Log})
			return client, err
		}
		newRoot(context.Background(), *o).record.began(*o, []string{"TERM=xterm-256color", "LANG=C.UTF-8", "TMUX=/tmp/canary", "SSH_CONNECTION=203.0.113.77 1 2 3"})
	})
	t.Cleanup(func() { client.Close() })
	return d, log
}

// TestTheLogHoldsNobody searches the log of a session in which everything happens for what must not be in it.
func TestTheLogHoldsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		d, log := recorded(t, cloud)
		slowly := func(names ...string) {
			for _, n := range names {
				d.wait(100 * time.Millisecond)
				d.keys(n)
			}
		}
		const canary = "canary7"
		service := d.root.services.rows[0].service.Name
		cloud.Emit(demo.Refusal{Service: service, RemoteIP: "203.0.113.42", UserAgent: canary + "-agent", URL: "/" + canary + "?token=eyJ" + canary})
		d.wait(5 * time.Second)

		var secrets []string
		for _, s := range cloud.Samples(service) {
			secrets = append(secrets, strings.Split(s.Token, ".")...)
			found, err := token.ReadAll([]byte(s.Token))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range found[0].Claims() {
				if len(c.Value) >= 8 {
					secrets = append(secrets, c.Value)
				}
			}
			d.send(tea.PasteMsg{Content: "Authorization: Bearer " + s.Token})
		}
		slowly("1", "down", "enter", "esc", "tab", "?", "esc")
		slowly("/", "c", "a", "n", "a", "r", "y", "7", "enter", "esc")
		slowly("3", "i", "e", "y", "J", "c", "a", "n", "a", "r", "y", "7", "enter")
		d.keys("e", "y", "J", "s", "G", "c", "7") // a paste that nobody marked
		slowly("4", "v", "v")
		quoting := fmt.Sprintf("denied for %s@acme.example at 203.0.113.42 with eyJhbGciOiJ%s", canary, canary)
		for _, method := range []string{"ListServices", "GetIamPolicy", "ListLogEntries", "TailLogEntries", "ListLocations"} {
			cloud.Fail(method, status.Error(codes.PermissionDenied, quoting))
			cloud.EndTails(status.Error(codes.Internal, quoting))
			d.wait(2 * time.Minute)
			cloud.Heal(method)
		}
		d.wait(2 * time.Minute)
		d.root.record.ended(fmt.Errorf("%s", quoting))

		text := regexp.MustCompile(`time=\S+`).ReplaceAllString(log.String(), "")
		for _, s := range append(secrets, canary, "/tmp", "acme", service, "eyJ", "ya29.") {
			if len(s) >= 4 && strings.Contains(text, s) {
				t.Errorf("the log holds %q", s)
			}
		}
		for _, pattern := range []string{`@`, `\d+\.\d+\.\d+\.\d+`, `[0-9a-f]{1,4}:[0-9a-f]{1,4}:[0-9a-f:]+`, `gserviceaccount`, `[A-Za-z0-9_-]{60}`} {
			if found := regexp.MustCompile(pattern).FindString(text); found != "" {
				t.Errorf("the log holds %q", found)
			}
		}
		for _, want := range []string{
			"msg=start version=test", "term=xterm-256color tmux=true", "msg=size width=120 height=40", "method=ListServices code=OK", "method=urlMaps.aggregatedList code=", "method=GetIamPolicy code=PermissionDenied",
			"msg=\"stream ended\" method=TailLogEntries code=Internal", "msg=keys host=www.googleapis.com ok=true", "msg=key action=down pane=0", "msg=paste bytes=", "msg=verdict status=\"401 ",
			"msg=stream state=live", "msg=\"services listed\" code=OK services=", "too_fast=true", "msg=end by=\"an error\"",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("the log lacks %q", want)
			}
		}
		if t.Failed() {
			t.Log(text[:min(len(text), 20_000)])
		}
	})
}

func TestTypedTextIsNoKeyOfTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, log := recorded(t, demo.New(demo.InMemory()))
		before := strings.Count(log.String(), "msg=key")
		d.keys("1")
		for _, n := range []string{"/", "s", "h", "o", "p"} {
			d.wait(time.Second)
			d.keys(n)
		}
		if got := strings.Count(log.String(), "msg=key") - before; got != 2 {
			t.Errorf("%d keys are in the log, want the pane's and the filter's:\n%s", got, log)
		}
	})
}

func TestTheLogIsBounded(t *testing.T) {
	var out bytes.Buffer
	w := &bounded{to: &out, left: 100}
	line := []byte(strings.Repeat("x", 29) + "\n")
	for range 1000 {
		if n, err := w.Write(line); n != len(line) || err != nil {
			t.Fatalf("wrote %d bytes, %v", n, err)
		}
	}
	if out.Len() != 90 {
		t.Errorf("%d bytes were written, want three whole lines", out.Len())
	}
}

func TestActionOfAKey(t *testing.T) {
	km := newKeyMap()
	for _, c := range []struct {
		key  string
		at   focus
		want string
	}{
		{"c", onToken, "copy"}, {"c", onRefused, "copy-curl"}, {"n", onToken, "next-credential"}, {"n", onRefused, "next-match"},
		{"q", onAccess, "quit"}, {"down", onServices, "down"}, {"€", onServices, "none"},
	} {
		if got := km.actionOf(press(c.key), c.at); got != c.want {
			t.Errorf("%s in pane %d is %s, want %s", c.key, c.at, got, c.want)
		}
	}
}
