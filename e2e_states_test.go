package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"why401/gcp/demo"
)

// unreachable is a Google cloud that does not answer: credentials that look real, behind a proxy that is not there.
func unreachable(t testing.TB) (args, env []string) {
	t.Helper()
	name := t.TempDir() + "/credentials.json"
	body := `{"type":"authorized_user","client_id":"x","client_secret":"x","refresh_token":"x"}`
	if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"--project", "acme-prod"}, []string{"GOOGLE_APPLICATION_CREDENTIALS=" + name, "HTTPS_PROXY=http://127.0.0.1:1", "HTTP_PROXY=http://127.0.0.1:1"}
}

// stormy is a cloud of the test's own in which 500 requests a second are refused, reached as a private endpoint is.
func stormy(t testing.TB) (args, env []string) {
	t.Helper()
	cloud := demo.New()
	if err := cloud.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cloud.Close)
	go func() {
		refusals := make([]demo.Refusal, 25)
		for i := range refusals {
			refusals[i] = demo.Refusal{Service: "shop-api", URL: fmt.Sprint("/storm/", i)}
		}
		for range time.Tick(50 * time.Millisecond) {
			if t.Context().Err() != nil {
				return
			}
			cloud.Emit(refusals...)
		}
	}()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]string{
		"type": "service_account", "project_id": cloud.Project(), "private_key_id": "1", "client_email": "oncall@acme-prod.iam.gserviceaccount.com",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "token_uri": "https://oauth2.googleapis.com/token",
	})
	if err != nil {
		t.Fatal(err)
	}
	name := t.TempDir() + "/key.json"
	if err := os.WriteFile(name, body, 0o600); err != nil {
		t.Fatal(err)
	}
	env = []string{"GOOGLE_APPLICATION_CREDENTIALS=" + name, "HTTPS_PROXY=http://127.0.0.1:1", "HTTP_PROXY=http://127.0.0.1:1"}
	for _, api := range []string{"RUN", "LOGGING", "IAM", "CLOUDRESOURCEMANAGER"} {
		env = append(env, "CLOUDSDK_API_ENDPOINT_OVERRIDES_"+api+"=http://"+cloud.Address()+"/")
	}
	return []string{"--project", cloud.Project()}, env
}

// states are what the program may be in the middle of, and what leads there: a key, and what stands on the screen then.
var states = []struct {
	name  string
	steps [][2]string
}{
	{"loading", [][2]string{{"", "why401"}}},
	{"an error", [][2]string{{"", "retry"}}},
	{"live", [][2]string{{"", "live"}}},
	{"a storm", [][2]string{{"", "live"}, {"4", "following"}, {"a", "/storm/"}}},
	{"a prompt", [][2]string{{"", "live"}, {"i", "enter done"}, {"eyJ", "give up"}}},
	{"a filter", [][2]string{{"", "live"}, {"/", "give up"}, {"shop", "/shop"}}},
	{"the help", [][2]string{{"", "live"}, {"?", "Everywhere"}}},
	{"the copy overlay", [][2]string{{"", "live"}, {"C", "Select with the mouse"}}},
	{"a what-if", [][2]string{{"", "live"}, {"d", "predicted"}, {"w", "1-9 switch"}}},
	{"a zoomed log", [][2]string{{"", "live"}, {"4", "following"}, {"\r", "Evidence"}}},
	{"a paste without an end", [][2]string{{"", "live"}, {"\x1b[200~eyJhbGci", ""}}},
}

// ends are the ways in which it ends.
var ends = []struct {
	name string
	do   func(*desk)
	want int
}{
	{"ctrl+c", func(d *desk) { d.press("\x03") }, 0},
	{"SIGTERM", func(d *desk) { _ = d.cmd.Process.Signal(unix.SIGTERM) }, 128 + int(unix.SIGTERM)},
	{"SIGHUP", func(d *desk) { _ = d.cmd.Process.Signal(unix.SIGHUP) }, 128 + int(unix.SIGHUP)},
	{"a lost connection", func(d *desk) { _ = d.far.Close() }, 128 + int(unix.SIGHUP)},
}

// TestTheEndInEveryState: however it ends, in whatever state, the process goes and leaves the terminal as it was. ctrl+c is tried in
// every state, the others in turn: what they do does not depend on it.
func TestTheEndInEveryState(t *testing.T) {
	for i, s := range states {
		for _, end := range []int{0, 1 + i%3} {
			end := ends[end]
			t.Run(s.name+", "+end.name, func(t *testing.T) {
				t.Parallel()
				args, env := []string{"--demo"}, []string(nil)
				switch s.name {
				case "an error":
					args, env = unreachable(t)
				case "a storm":
					args, env = stormy(t)
				}
				d := sit(t, 120, 40, args, env...)
				for _, step := range s.steps {
					if step[0] != "" {
						d.press(step[0])
						pause()
					}
					d.shows(step[1])
				}
				end.do(d)
				if got := d.exit(); got != end.want {
					t.Errorf("exit status %d, want %d", got, end.want)
				}
				if end.name != "a lost connection" {
					d.restored()
				}
			})
		}
	}
}

func TestResizeStorm(t *testing.T) {
	t.Parallel()
	d := sit(t, 120, 40, []string{"--demo"})
	d.shows("shop-api", "live")
	before := len(d.output())
	for i := range 300 {
		d.size(1+i*7%200, 1+i*5%60)
		<-time.After(2 * time.Millisecond)
	}
	d.size(120, 40)
	d.shows("Services", "Access", "Token", "Refused", "quit")
	d.until("the footer in the last line", func() bool { return lines(d) == 40 })
	t.Logf("300 sizes cost %d bytes", len(d.output())-before)
	d.press("j")
	d.press("q")
	if got := d.exit(); got != 0 {
		t.Errorf("exit status %d", got)
	}
	d.restored()
}

func TestEachSize(t *testing.T) {
	t.Parallel()
	d := sit(t, 120, 40, []string{"--demo"})
	d.shows("shop-api", "live")
	d.press("d")
	d.shows("predicted 401") // before the screen is too narrow for the list beside it
	for _, s := range []struct {
		w, h int
		has  string
	}{
		{1, 1, ""}, {200, 60, "Access"}, {2, 50, ""}, {100, 30, "Refused"}, {99, 29, "2 Access"}, {300, 5, "why401"}, {80, 24, "2 Access"}, {60, 18, "shop-api"},
		{40, 12, "shop-api"}, {20, 8, "shop"}, {500, 100, "Refused"}, {80, 24, "1 Services"},
	} {
		d.size(s.w, s.h)
		d.until("a screen that fits", func() bool {
			screen := strings.TrimRight(d.screen(), "\n")
			all := strings.Split(screen, "\n")
			for _, l := range all {
				if len([]rune(l)) > s.w {
					return false
				}
			}
			return len(all) <= s.h && strings.Contains(screen, s.has)
		})
	}
	d.press("q")
	d.exit()
	d.restored()
}

// TestSuspendAndBack: ctrl+z gives the shell its terminal, fg brings the screen back, and it goes on.
func TestSuspendAndBack(t *testing.T) {
	t.Parallel()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("this machine has no shell with job control that the test knows")
	}
	d := sitWith(t, 120, 40, []string{shell, "--norc", "--noprofile", "-i"}, "PS1=ready> ", "PROGRAM="+path)
	d.shows("ready>")
	d.press("\"$PROGRAM\" --demo\r")
	d.shows("shop-api", "live")
	for range 2 {
		d.press("\x1a")
		d.shows("Stopped", "ready>")
		d.press("fg\r")
		d.shows("shop-api", "live", "quit")
	}
	d.press("d")
	d.shows("predicted 401")
	d.press("q")
	d.loses("predicted 401")
	d.press("stty -a | grep -o ' icanon'; exit\r")
	d.shows("icanon")
	d.exit()
}

// gone says whether a process is no more.
func gone(pid int) bool { return syscall.Kill(pid, 0) != nil }
