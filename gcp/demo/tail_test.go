package demo

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

type stream = loggingpb.LoggingServiceV2_TailLogEntriesClient

func next(t *testing.T, s stream) *loggingpb.TailLogEntriesResponse {
	t.Helper()
	m, err := s.Recv()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestATailWaitsForItsBufferWindow(t *testing.T) {
	for _, r := range []struct {
		what   string
		window *durationpb.Duration
		want   time.Duration
	}{
		{"its own two seconds", nil, 2 * time.Second},
		{"what was asked for", durationpb.New(45 * time.Second), 45 * time.Second},
		{"not at all", durationpb.New(0), 0},
	} {
		t.Run(r.what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := connect(t, InMemory())
				s := c.tail("", r.window)
				time.Sleep(time.Minute)
				begin := time.Now()
				c.Emit(Refusal{ID: "x"})
				if got := ids(next(t, s).Entries); !slices.Equal(got, []string{"x"}) {
					t.Errorf("got %q", got)
				}
				if took := time.Since(begin); took != r.want {
					t.Errorf("after %v, want %v", took, r.want)
				}
			})
		})
	}
}

func TestATailSortsInsideAMessageAndNotBetween(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		s := c.tail("", nil)
		now := time.Now()
		c.Emit(Refusal{ID: "2", Time: now})
		time.Sleep(time.Second)
		c.Emit(Refusal{ID: "1", Time: now.Add(-time.Minute)})
		if got := ids(next(t, s).Entries); !slices.Equal(got, []string{"1", "2"}) {
			t.Errorf("first message %q", got)
		}
		c.Emit(Refusal{ID: "0", Time: now.Add(-time.Hour)})
		if got := ids(next(t, s).Entries); !slices.Equal(got, []string{"0"}) {
			t.Errorf("second message %q: a late entry comes late", got)
		}
	})
}

func TestATailBringsWhatItsFilterLetsThroughSinceItWasOpened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		c.Emit(Refusal{ID: "before", Status: 403})
		s := c.tail("httpRequest.status=403", nil)
		c.Emit(Refusal{ID: "other", Status: 401}, Refusal{ID: "this", Status: 403}, Refusal{ID: "this", Status: 403})
		if got := ids(next(t, s).Entries); !slices.Equal(got, []string{"this", "this"}) {
			t.Errorf("got %q, want it twice, as it came", got)
		}
	})
}

func TestALargeBurstComesWholeInSeveralMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), Empty())
		s := c.tail("", nil)
		c.Emit(make([]Refusal, 2500)...)
		got, messages := map[string]bool{}, 0
		for ; len(got) < 2500; messages++ {
			for _, e := range next(t, s).Entries {
				got[e.InsertId] = true
			}
		}
		if messages != 3 {
			t.Errorf("%d messages, want 3", messages)
		}
	})
}

func TestSuppressionMayComeAloneAndOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		s := c.tail("", nil)
		if n := c.Suppress(40); n != 1 {
			t.Errorf("%d tails were told", n)
		}
		m := next(t, s)
		if len(m.Entries) != 0 || len(m.SuppressionInfo) != 1 || m.SuppressionInfo[0].SuppressedCount != 40 {
			t.Errorf("got %v", m)
		}
		c.Suppress(2)
		c.Emit(Refusal{})
		m = next(t, s)
		if len(m.Entries) != 1 || len(m.SuppressionInfo) != 1 || m.SuppressionInfo[0].SuppressedCount != 2 {
			t.Errorf("with an entry: %v", m)
		}
		c.Outpace(3)
		if m = next(t, s); len(m.SuppressionInfo) != 1 || m.SuppressionInfo[0].Reason != loggingpb.TailLogEntriesResponse_SuppressionInfo_NOT_CONSUMED || m.SuppressionInfo[0].SuppressedCount != 3 {
			t.Errorf("for the other reason: %v", m)
		}
		c.Keepalive()
		if m = next(t, s); len(m.Entries)+len(m.SuppressionInfo) != 0 {
			t.Errorf("empty message: %v", m)
		}
	})
}

func TestADeafTailStandsAndTellsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		s := c.tail("", nil)
		c.Deafen()
		c.Emit(Refusal{})
		c.Keepalive()
		if n := c.Suppress(3); n != 0 || c.OpenTails() != 1 {
			t.Errorf("%d say so, of %d", n, c.OpenTails())
		}
		time.Sleep(time.Minute)
		c.EndTails(Unavailable())
		if m, err := s.Recv(); status.Code(err) != codes.Unavailable {
			t.Errorf("it told %v, %v", m, err)
		}
	})
}

// TestWhatNoTailTellsOfIsFoundAfterAWhile, and is received at once.
func TestWhatNoTailTellsOfIsFoundAfterAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), Empty())
		s := c.tail("", nil)
		at := time.Now()
		c.EmitUntold(3*time.Second, Refusal{ID: "untold"})
		c.Emit(Refusal{ID: "told"})
		if m := next(t, s); len(m.Entries) != 1 || m.Entries[0].InsertId != "told" {
			t.Errorf("the tail told of %v", m)
		}
		for _, want := range []int{1, 2} {
			found := c.Cloud.matching(func(*loggingpb.LogEntry) bool { return true }, false)
			if len(found) != want {
				t.Errorf("%d entries after %v, want %d", len(found), time.Since(at), want)
			}
			for _, k := range found {
				if !k.entry.ReceiveTimestamp.AsTime().Equal(at) {
					t.Errorf("%s was received at %v", k.entry.InsertId, k.entry.ReceiveTimestamp.AsTime())
				}
			}
			time.Sleep(3 * time.Second)
		}
	})
}

func TestATailEndsAfterItsLife(t *testing.T) {
	for _, r := range []struct {
		what string
		opts []Option
		want time.Duration
	}{
		{"an hour", []Option{InMemory()}, time.Hour},
		{"what was set", []Option{InMemory(), TailLife(time.Minute)}, time.Minute},
	} {
		t.Run(r.what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := connect(t, r.opts...)
				begin := time.Now()
				s := c.tail("", nil)
				_, err := s.Recv()
				if status.Code(err) != codes.OutOfRange || time.Since(begin) != r.want {
					t.Errorf("after %v: %v", time.Since(begin), err)
				}
				synctest.Wait()
				if n := c.OpenTails(); n != 0 {
					t.Errorf("%d tails are still open", n)
				}
			})
		})
	}
}

func TestWhatWaitsForItsWindowIsLostWhenTheServerEndsTheStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), Empty())
		s := c.tail("", nil)
		c.Emit(Refusal{ID: "lost"})
		c.EndTails(status.Error(codes.Internal, "gone"))
		if m, err := s.Recv(); status.Code(err) != codes.Internal {
			t.Errorf("got %v, %v", m, err)
		}
		if got := ids(c.log("", "")); !slices.Equal(got, []string{"lost"}) {
			t.Errorf("the log has %q", got)
		}
		again := c.tail("", nil)
		c.Emit(Refusal{ID: "found"})
		if got := ids(next(t, again).Entries); !slices.Equal(got, []string{"found"}) {
			t.Errorf("the next tail has %q", got)
		}
	})
}

func TestASessionIsFreeAgainWhenItsClientLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		for range 10 {
			c.tail("", nil)
		}
		c.logs.Close()
		synctest.Wait()
		if n := c.OpenTails(); n != 0 {
			t.Errorf("%d tails are open", n)
		}
	})
}
