package ui

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"why401/gcp"
	"why401/gcp/demo"
)

// listener takes what the dashboard in lines writes.
type listener struct {
	mu sync.Mutex
	b  strings.Builder
}

func (h *listener) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.Write(p)
}

// lines is a session in lines: what a person types, and what is said to it.
type lines struct {
	*driver
	heard *listener
	keys  *io.PipeWriter
	from  int // how much was heard before the last line
}

// talk begins a session in lines with somebody who types.
func talk(t *testing.T, cloud *demo.Cloud, change ...func(*Options)) *lines {
	t.Helper()
	d := drive(t, cloud, 200, 60, change...)
	reader, writer := io.Pipe()
	heard := &listener{}
	in := newLineReader(reader)
	in.typed = true
	l := newLinear(d.root, in, heard)
	d.update = func(m tea.Msg) tea.Cmd {
		_, cmd := l.Update(m)
		return cmd
	}
	t.Cleanup(func() { writer.Close() })
	s := &lines{driver: d, heard: heard, keys: writer}
	d.send(announceDue{}) // anything: it begins to read
	return s
}

// types enters a line and gives what is said to it.
func (s *lines) types(line string) string {
	s.t.Helper()
	s.from = s.heard.b.Len()
	s.turn.Unlock()
	if _, err := io.WriteString(s.keys, line+"\n"); err != nil {
		s.t.Fatal(err)
	}
	time.Sleep(answerWithin + time.Second)
	synctest.Wait()
	s.turn.Lock()
	return s.said()
}

// said is what was said since the last line.
func (s *lines) said() string {
	return strings.ReplaceAll(s.heard.b.String()[s.from:], promptSign, "")
}

func TestASessionInLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := talk(t, demo.New(demo.InMemory()))
		var all strings.Builder
		for _, line := range []string{"help", "services", "services tokyo", "services asia", "service shop-api", "access", "refused 3", "refused all 2", "refused one 1", "groups", "changes", "why", "why 1", "verdict", "demo", "verdict", "forget", "service 3", "nonsense", "quit"} {
			fmt.Fprintf(&all, "%s%s\n%s", promptSign, line, s.types(line))
		}
		if !s.quit {
			t.Error("quit does not end it")
		}
		text := all.String()
		for _, r := range text {
			if strings.ContainsRune("✓✗▸●○│─╭▲▇█", r) || r == 0x1b {
				t.Errorf("%q is no word", r)
			}
		}
		goldenText(t, "plain.txt", text)
	})
}

// TestTwoProjectsInLines: a service of one name in two projects is told apart, and chosen by its project.
func TestTwoProjectsInLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		s := talk(t, cloud, several(cloud, func(c *gcp.Config) { c.Also = []string{"acme-staging"} }))
		for _, c := range []struct{ line, want string }{
			{"services shop-api", "shop-api, europe-west1 of acme-staging: open to named callers"},
			{"service shop-api", "shop-api in europe-west1 of acme-prod."},
			{"service shop-api europe-west1", "2 services fit; say which, with its region and project"},
			{"service shop-api acme-staging", "Chosen: shop-api, europe-west1 of acme-staging"},
			{"access", "Access of shop-api in europe-west1 of acme-staging."},
			{"service shop-api europe-west1 acme-prod", "Chosen: shop-api, europe-west1 of acme-prod"},
			{"service shop-api us-east1", "There is no service"},
		} {
			if got := s.types(c.line); !strings.Contains(got, c.want) {
				t.Errorf("%s: no %q in\n%s", c.line, c.want, got)
			}
		}
	})
}

func TestWordsOfTheLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		s := talk(t, cloud)
		sample := cloud.Samples("shop-api")[0]
		for _, c := range []struct {
			name, line string
			want       []string
			lacks      []string
		}{
			{"nothing", "", nil, []string{"There is no word"}},
			{"a service by a part of its name", "service checkout", []string{"Chosen: checkout-preview, europe-west1"}, nil},
			{"a part that several have", "service re", []string{"services fit; say which"}, []string{"Chosen"}},
			{"a service that there is not", "service nowhere", []string{"There is no service nowhere"}, nil},
			{"no service", "service", []string{"Which?"}, nil},
			{"a number of no list", "why 99", []string{"There is no such number"}, nil},
			{"no number", "refused some", []string{"Say refused and how many"}, nil},
			{"a request without a token", "check", []string{"No token is held: this is a request without one.", "Ways out"}, nil},
			{"a token, hidden", "token", []string{"Paste the token"}, nil},
			{"the token itself", "Authorization: Bearer " + sample.Token, []string{"Token: ", "predicted "}, []string{sample.Token[:20], "looks like a token"}},
			{"the services, with what they answer to it", "services", []string{"to the token."}, nil},
			{"a token where a word is awaited", sample.Token, []string{"This looks like a token", "predicted "}, []string{sample.Token[:20]}},
			{"no token", "token", []string{"Paste the token"}, nil},
			{"an empty line for it", "", []string{"That was empty."}, nil},
			{"what is none", "token", nil, nil},
			{"and stands for one", "\x1b[31mnot a token", []string{"predicted "}, []string{"\x1b"}},
		} {
			got := s.types(c.line)
			for _, w := range c.want {
				if !strings.Contains(got, w) {
					t.Errorf("%s: %q was answered by %q, want %q", c.name, c.line, got, w)
				}
			}
			for _, w := range c.lacks {
				if strings.Contains(got, w) {
					t.Errorf("%s: %q was answered by %q", c.name, c.line, got)
				}
			}
		}
	})
}

func TestFollowingInLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		s := talk(t, cloud)
		emit := func(n int) {
			for i := range n {
				cloud.Emit(demo.Refusal{Service: "shop-api", URL: fmt.Sprintf("/new/%d", i)})
			}
			s.from = s.heard.b.Len()
			s.wait(10 * time.Second)
		}
		s.types("service shop-api")
		if emit(2); s.said() != "" {
			t.Errorf("unasked, it said %q", s.said())
		}
		s.types("follow")
		if emit(2); strings.Count(s.said(), "401 by Cloud Run, GET /new/") != 2 || !strings.HasPrefix(s.said(), "\n") {
			t.Errorf("following, it said %q", s.said())
		}
		if emit(100); strings.Count(s.said(), "\n") > 12 || !strings.Contains(s.said(), "more refusals.") {
			t.Errorf("in a storm it said %q", s.said())
		}
		s.types("follow off")
		if emit(2); s.said() != "" {
			t.Errorf("no longer following, it said %q", s.said())
		}
	})
}

func TestTroubleInLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		cloud.Fail("ListLocations", demo.PermissionDenied("run.locations.list", "projects/acme-prod"))
		cloud.Fail("ListLogEntries", status.Error(codes.Unavailable, "\x1b[31mnowhere\u202e"))
		cloud.Fail("TailLogEntries", status.Error(codes.Unavailable, "nowhere"))
		s := talk(t, cloud)
		got := s.types("services")
		if !strings.Contains(got, "run.locations.list") || !strings.Contains(got, "To do: ") {
			t.Errorf("services: %q", got)
		}
		if got = s.types("refused"); !strings.Contains(got, "is not read yet") || strings.ContainsAny(got, "\x1b\u202e") {
			t.Errorf("refused: %q", got)
		}
		cloud.Heal("ListLocations")
		cloud.Heal("ListLogEntries")
		cloud.Heal("TailLogEntries")
		s.wait(2 * time.Minute)
		if got = s.types("services"); !strings.Contains(got, "17 services in 9 regions") {
			t.Errorf("healed: %q", got)
		}
	})
}

func TestTheEndOfInputEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := talk(t, demo.New(demo.InMemory()))
		if _, err := io.WriteString(s.keys, "services"); err != nil { // and no line end
			t.Fatal(err)
		}
		s.keys.Close()
		s.wait(time.Minute)
		if !s.quit || !strings.Contains(s.heard.b.String(), "17 services") {
			t.Errorf("quit %v, said %q", s.quit, s.heard.b.String())
		}
	})
}

func TestLineReader(t *testing.T) {
	long := strings.Repeat("x", mostPaste+100)
	r := newLineReader(strings.NewReader("one\r\n\n" + long + "\nlast"))
	for _, want := range []string{"one", "", long[:mostPaste+1], "last"} {
		got, err := r.line()
		if got != want || (err != nil) != (want == "last") {
			t.Errorf("read %d bytes, %v; want %d", len(got), err, len(want))
		}
	}
}

// TestTheLinesStayWithTheServiceTheySpeakOf: an answer about a service nobody has named makes it the chosen one.
func TestTheLinesStayWithTheServiceTheySpeakOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(demo.InMemory())
		s := talk(t, cloud)
		saidOf(t, "access", s.types("access"), []string{"Access of shop-api"}, nil)
		var many []demo.Refusal
		for range 900 {
			many = append(many, demo.Refusal{Service: "billing", Time: time.Now()})
		}
		cloud.Emit(many...)
		s.wait(70 * time.Second)
		saidOf(t, "access", s.types("access"), []string{"Access of shop-api"}, nil)
	})
}
