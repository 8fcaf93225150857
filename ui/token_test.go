package ui

import (
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp/demo"
	"why401/token"
)

// sampleOf is the first demo token of a service whose label has a word.
func (d *driver) sampleOf(service, word string) string {
	d.t.Helper()
	for _, s := range d.cloud.Samples(service) {
		if strings.Contains(strings.ToLower(s.Label), word) {
			return s.Token
		}
	}
	d.t.Fatalf("%s has no sample labelled %q", service, word)
	return ""
}

// choose moves the cursor to a service.
func (d *driver) choose(service string) {
	d.t.Helper()
	d.keys("1", "esc", "/")
	for _, r := range service {
		d.keys(string(r))
	}
	d.keys("enter")
	if s, ok := d.root.services.selection(); !ok || s.Name != service {
		d.t.Fatalf("%s cannot be chosen", service)
	}
}

func TestPasteAnywhereGoesToTheTokenPane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		token := d.sampleOf("shop-api", "firebase")
		for _, state := range [][]string{{"1"}, {"2"}, {"3"}, {"4"}, {"?"}, {"1", "/"}, {"3", "i"}} {
			d.keys("esc", "esc", "x")
			d.keys(state...)
			d.send(tea.PasteMsg{Content: "curl -H 'Authorization: Bearer " + token + "' https://api.acme.example/\r"})
			d.has("Token · Firebase ID token", "predicted 401")
			if d.root.at != onToken {
				t.Errorf("after %q and a paste the focus is on pane %d", state, d.root.at)
			}
		}
	})
}

func TestTypedTokenShowsItsLengthOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("i", "y", "a", "2", "9", ".", "q", "?", "/")
		d.has("8 characters")
		d.lacks("ya29")
		d.keys("enter")
		d.has("claimed: Google access token")
		d.keys("x")
		d.has("paste the token that was refused")
	})
}

// TestTheTokenIsNeverOnTheScreen: neither the signature nor the whole token, in any view of it.
func TestTheTokenIsNeverOnTheScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 200, 60)
		for _, service := range []string{"shop-api", "reports", "billing", "profile"} {
			d.choose(service)
			for _, s := range d.cloud.Samples(service) {
				d.send(tea.PasteMsg{Content: s.Token})
				for range 8 {
					screen := d.root.View().Content
					for i := 0; i+24 <= len(s.Token); i += 8 {
						// Claims may be shown decoded; no stretch of the encoded token may.
						if part := s.Token[i : i+24]; strings.Contains(screen, part) && !strings.HasPrefix(part, "SIGNATURE") {
							t.Fatalf("%s, %s: a part of the token is on the screen", service, s.Label)
						}
					}
					d.keys("enter", "pgdown")
				}
				d.keys("esc")
			}
			d.keys("1", "esc")
		}
	})
}

func TestExpiryCountsDown(t *testing.T) {
	if testing.Short() {
		t.Skip("an hour, second by second")
	}
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("d")
		d.has("in 57:00")
		d.wait(10 * time.Second)
		d.has("in 56:50")
		d.wait(57 * time.Minute)
		d.lacks("in 0:")
		d.keys("x")
		d.wait(2 * time.Second)
		if d.root.ticking {
			t.Error("the clock ticks on without a token")
		}
	})
}

func TestMovingTheSelectionJudgesThereAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("d")
		d.has("predicted 401")
		d.choose("status")
		d.has("predicted 200", "Firebase ID token")
	})
}

func TestSignatureWaitsForTheKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		cloud.Fail("PublicKeys", demo.Unavailable())
		d := drive(t, cloud, 120, 40)
		d.choose("billing")
		d.keys("d")
		d.has("claimed: ", "? signature")
		d.lacks("✓ signature")
		cloud.Heal("PublicKeys")
		d.wait(2 * time.Minute)
		d.has("✓ signature")
		d.lacks("claimed: ")
		if got := cloud.Calls("PublicKeys"); got > 4 {
			t.Errorf("the keys were fetched %d times", got)
		}
	})
}

func TestATokenFileIsReadAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		d := drive(t, cloud, 120, 40, func(o *Options) { o.Token = []byte("Bearer ya29.a0AfExample\n") })
		d.has("claimed: Google access token")
	})
}

func TestUnreadablePasteKeepsTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("d")
		d.send(tea.PasteMsg{Content: strings.Repeat("a", 2<<20)})
		d.has("predicted 401", "Firebase ID token")
		d.keys("x", "3")
		d.has("paste the token that was refused")
	})
}

func TestCopyWritesTheFixAndNeverTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("c")
		d.has("nothing to copy")
		d.keys("d", "c")
		if copied := d.copied(); len(copied) != 1 || !strings.HasPrefix(copied[0], "gcloud run services") {
			t.Fatalf("the clipboard got %q, want the fix alone", copied)
		}
		d.has("sent to the terminal's clipboard, C shows it: gcloud run services")
		d.wait(5 * time.Second)
		d.lacks("sent to the terminal's clipboard")
	})
}

// TestQuitInEveryState: ctrl+c always, q wherever letters are commands.
func TestQuitInEveryState(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		q    bool
	}{
		{"at the start", nil, true}, {"help", []string{"?"}, true}, {"zoomed", []string{"enter"}, true},
		{"typing a filter", []string{"/"}, false}, {"typing a token", []string{"i"}, false},
		{"with a token", []string{"d"}, true}, {"paused", []string{"4", "space"}, true}, {"an entry", []string{"4", "enter"}, true},
	} {
		for _, key := range []string{"q", "ctrl+c"} {
			t.Run(c.name+", "+key, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					d := drive(t, demo.New(demo.InMemory()), 80, 24)
					d.keys(c.keys...)
					d.keys(key)
					if want := key == "ctrl+c" || c.q; d.quit != want {
						t.Errorf("quit: %v, want %v", d.quit, want)
					}
				})
			})
		}
	}
	t.Run("while loading", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			cloud := demo.New(demo.InMemory(), demo.Latency(time.Minute))
			d := drive(t, cloud, 80, 24)
			d.has("listing services")
			d.keys("q")
			if !d.quit {
				t.Error("q did not quit while loading")
			}
		})
	})
}

// TestSeveralCredentialsInOnePaste: each can be chosen, and the likeliest is judged first.
func TestSeveralCredentialsInOnePaste(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		token := d.sampleOf("shop-api", "service account")
		d.send(tea.PasteMsg{Content: `{"access_token": "ya29.a0AfExampleExampleExample", "id_token": "` + token + `"}`})
		d.has("1 of 2 found", "Token · Google ID token of a service account")
		d.keys("n")
		d.has("2 of 2 found", "claimed: Google access token", "predicted 401")
		d.keys("n")
		d.has("1 of 2 found")
	})
}

func TestALongLivedSecretIsAnAlarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		for _, secret := range []string{"AIzaSyExampleExampleExampleExampleExamp", "1//0gExampleExampleExampleExample", "GOCSPX-ExampleExampleExampleExam", "-----BEGIN PRIVATE KEY-----\nTUlJ\n-----END PRIVATE KEY-----"} {
			d.send(tea.PasteMsg{Content: secret})
			d.has("A long-lived secret", "Rotate it now")
			d.lacks("Example", "TUlJ")
		}
		d.keys("d")
		d.lacks("Rotate it now")
	})
}

// TestKeysAtHandAreNotFetched: --keys serves the dashboard too, and with keys of the wrong key the signature does not pass.
func TestKeysAtHandAreNotFetched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		file := KeyFile{Name: "google.json"}
		d := drive(t, cloud, 120, 40, func(o *Options) {
			const url = "https://www.googleapis.com/oauth2/v3/certs"
			answer, err := cloud.HTTP().Get(url)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if file.Body, err = io.ReadAll(answer.Body); err != nil {
				t.Fatal(err)
			}
			o.Keys = []KeyFile{file}
		})
		before := cloud.Calls("PublicKeys")
		d.choose("billing")
		d.keys("d")
		d.has("✓ signature")
		if got := cloud.Calls("PublicKeys") - before; got != 0 {
			t.Errorf("keys were fetched %d times though they are at hand", got)
		}
		d.choose("shop-api")
		d.keys("d")
		if got := cloud.Calls("PublicKeys") - before; got != 1 {
			t.Errorf("Firebase's keys, which are not at hand, were fetched %d times", got)
		}
	})
}

// TestAnAccountsOwnKeysAreTriedWhereAskedFor: what a service account has signed itself is verified with keys that are bound to it, and nobody
// fetches any.
func TestAnAccountsOwnKeysAreTriedWhereAskedFor(t *testing.T) {
	const account = "caller@acme-prod.iam.gserviceaccount.com"
	own := signed(t, claims{"iss": account, "sub": account, "aud": "https://run.googleapis.com/"})
	for _, issuer := range []string{account, ""} {
		synctest.Test(t, func(t *testing.T) {
			cloud := demo.New(demo.InMemory())
			d := drive(t, cloud, 120, 40, func(o *Options) {
				o.Keys = []KeyFile{{Issuer: issuer, Name: "k.json", Body: jwks("throwaway")}}
			})
			d.send(tea.PasteMsg{Content: own})
			d.wait(time.Second)
			d.has("self-signed")
			if got := d.root.token.token.Verified(d.root.keys) == token.Yes; got != (issuer != "") {
				t.Errorf("with keys of %q: verified %v", issuer, got)
			}
			if got := cloud.Calls("PublicKeys"); got != 0 {
				t.Errorf("keys were fetched %d times", got)
			}
		})
	}
}

// TestWithoutATokenTheLikelyCauseIsTold: the pane that waits for a token says what the settings, the log and the changes make
// likely, with what speaks against it.
func TestWithoutATokenTheLikelyCauseIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.has("none yet: what is likely", "likely", "Firebase ID tokens", "for", "next")
		d.choose("order-events")
		d.has("The caller probably holds roles/cloudfunctions.invoker")
		d.choose("ledger")
		d.keys("3", "enter")
		d.has("404")
		d.golden("diagnosis-120x40")
		d.keys("d")
		d.lacks("likely")
		d.keys("x")
		d.has("likely")
	})
}

// TestForgettingLeavesNothing: after x nothing of the model points to the token any more.
func TestForgettingLeavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drive(t, demo.New(demo.InMemory()), 120, 40)
		d.keys("d", "w", "1", "enter")
		var gone atomic.Bool
		runtime.AddCleanup(d.root.token.token, func(gone *atomic.Bool) { gone.Store(true) }, &gone)
		d.keys("x")
		d.wait(2 * time.Second)
		for range 50 {
			runtime.GC()
			if gone.Load() {
				return
			}
			d.wait(time.Millisecond)
		}
		t.Error("something still holds the token")
	})
}
