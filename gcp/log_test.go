package gcp_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/genproto/googleapis/api/monitoredres"
	logtype "google.golang.org/genproto/googleapis/logging/type"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"why401/gcp"
	"why401/gcp/demo"
)

func TestRefused(t *testing.T) {
	inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.SetService(demoService("shop-api"))
		now := time.Now()
		cloud.Emit(
			demo.Refusal{Service: "shop-api", Time: now.Add(-3 * time.Minute), URL: "/api/cart?x=1", UserAgent: "okhttp/4.12.0",
				RemoteIP: "2001:db8::1", Referer: "https://app.acme.example/", Protocol: "HTTP/2", Method: "PUT", ID: "first"},
			demo.Refusal{Service: "shop-api", Time: now.Add(-2 * time.Minute), Status: 403, App: true, Instance: "0007e2", Latency: 30 * time.Millisecond},
			demo.Refusal{Service: "shop-api", Time: now.Add(-time.Minute), Status: 500, App: true},
			demo.Refusal{Service: "shop-api", Time: now.Add(-2 * time.Hour)},
		)
		cloud.EmitChange(demo.Change{Service: "shop-api", Method: "google.cloud.run.v1.Services.SetIamPolicy", Time: now.Add(-time.Minute)})

		entries, more, err := client.Refused(t.Context(), now.Add(-time.Hour), time.Time{}, 100)
		if err != nil || more || len(entries) != 2 {
			t.Fatalf("%d entries, more %v, %v", len(entries), more, err)
		}
		if e := entries[0]; e.By() != gcp.App || e.Instance != "0007e2" || e.Latency != 30*time.Millisecond || e.Status != 403 || e.Text != "" {
			t.Errorf("the newest is %+v", e)
		}
		e := entries[1]
		want := gcp.Entry{
			ID: "first", Time: now.Add(-3 * time.Minute).UTC(), Received: e.Received, Status: 401, Method: "PUT",
			URL: "https://shop-api-1a2b3c-ew.a.run.app/api/cart?x=1", UserAgent: "okhttp/4.12.0", RemoteIP: "2001:db8::1",
			Referer: "https://app.acme.example/", Protocol: "HTTP/2", Project: "acme-prod", Service: "shop-api", Region: "europe-west1",
			Revision: "shop-api-00007-vab", Text: e.Text, Trace: e.Trace, Severity: "WARNING",
			ServerIP: "203.0.113.36", RequestSize: e.RequestSize, Span: e.Span, Sampled: e.Sampled,
		}
		if e != want || e.By() != gcp.Platform || e.Received.IsZero() || !strings.HasPrefix(e.Trace, "projects/acme-prod/traces/") {
			t.Errorf("got  %+v\nwant %+v", e, want)
		}
	})
}

func TestRefusedKeepsToItsBounds(t *testing.T) {
	inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		now := time.Now()
		for i := range 10 {
			cloud.Emit(demo.Refusal{Service: "shop-api", Time: now.Add(-time.Duration(i) * time.Minute), ID: fmt.Sprint(i)})
		}
		ids := func(entries []gcp.Entry) (ids string) {
			for _, e := range entries {
				ids += e.ID
			}
			return ids
		}
		for _, c := range []struct {
			name     string
			from, to time.Duration // ago
			limit    int
			ids      string
			more     bool
		}{
			{"both ends belong to it", 5 * time.Minute, 2 * time.Minute, 100, "2345", false},
			{"a limit below", time.Hour, 0, 3, "012", true},
			{"a limit that just fits", time.Hour, 0, 10, "0123456789", false},
			{"no limit is nothing", time.Hour, 0, 0, "", false},
			{"a time without entries", 30 * time.Hour, 20 * time.Hour, 10, "", false},
		} {
			entries, more, err := client.Refused(t.Context(), now.Add(-c.from), now.Add(-c.to), c.limit)
			if err != nil || ids(entries) != c.ids || more != c.more {
				t.Errorf("%s: %q, more %v, %v; want %q, %v", c.name, ids(entries), more, err, c.ids, c.more)
			}
		}
	})
}

func TestRefusedNeedsAStart(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		_, _, err := client.Refused(t.Context(), time.Time{}, time.Time{}, 5)
		if e := failed(t, err); e.Code != codes.InvalidArgument || cloud.Calls("ListLogEntries") != 0 {
			t.Errorf("got %v", e)
		}
	})
}

func TestRefusedGoesOnOverEmptyAndSmallPages(t *testing.T) {
	inside(t, []demo.Option{demo.Empty(), demo.EmptyPages(3), demo.PageSize(2)}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		now := time.Now()
		for i := range 9 {
			cloud.Emit(demo.Refusal{Service: "shop-api", Time: now.Add(-time.Duration(i) * time.Minute)})
		}
		entries, more, err := client.Refused(t.Context(), now.Add(-time.Hour), now, 5)
		if err != nil || len(entries) != 5 || !more {
			t.Errorf("%d entries, more %v, %v", len(entries), more, err)
		}
		if !slices.IsSortedFunc(entries, func(a, b gcp.Entry) int { return b.Time.Compare(a.Time) }) {
			t.Error("the entries are not sorted, newest first")
		}
	})
}

// TestLateGoesByWhenAnEntryWasReceived: what was logged early and came late is in it; what came before, or after, is not.
func TestLateGoesByWhenAnEntryWasReceived(t *testing.T) {
	inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		now := time.Now()
		ago := func(seconds int) time.Time { return now.Add(-time.Duration(seconds) * time.Second) }
		for _, e := range []struct {
			id               string
			logged, received int // seconds ago
		}{
			{"in time", 20, 20}, {"late", 70, 20}, {"on the edge", 30, 30}, {"on the other", 10, 10},
			{"came before", 31, 31}, {"came after", 20, 9}, {"too late", 81, 20},
		} {
			cloud.Emit(demo.Refusal{Service: "shop-api", ID: e.id, Time: ago(e.logged), Received: ago(e.received)})
		}
		p, err := client.Late(t.Context(), ago(80), ago(30), ago(10), 100)
		if err != nil || p.More {
			t.Fatal(err)
		}
		var ids []string
		for _, e := range p.Entries {
			ids = append(ids, e.ID)
		}
		if want := []string{"on the other", "in time", "on the edge", "late"}; !slices.Equal(ids, want) {
			t.Errorf("got %q, want %q", ids, want)
		}
	})
}

// TestRefusedKeepsUnderTenCallsAMinute.
func TestRefusedKeepsUnderTenCallsAMinute(t *testing.T) {
	inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		start := time.Now()
		ask := func(ctx context.Context) error {
			_, _, err := client.Refused(ctx, start, time.Time{}, 1)
			return err
		}
		for i := range 9 {
			if err := ask(t.Context()); err != nil || time.Since(start) > time.Second {
				t.Fatalf("call %d: %v after %v", i, err, time.Since(start))
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := ask(ctx); !errors.Is(err, context.DeadlineExceeded) || cloud.Calls("ListLogEntries") != 9 {
			t.Errorf("a tenth call that may not wait: %v", err)
		}
		if err := ask(t.Context()); err != nil || time.Since(start) < time.Minute || time.Since(start) > 2*time.Minute {
			t.Errorf("a tenth call that may wait: %v after %v", err, time.Since(start))
		}
	})
}

func TestRefusedReturnsWhatCameBeforeAFailure(t *testing.T) {
	inside(t, []demo.Option{demo.Empty(), demo.PageSize(2)}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		now := time.Now()
		for i := range 5 {
			cloud.Emit(demo.Refusal{Service: "shop-api", Time: now.Add(-time.Duration(i) * time.Minute)})
		}
		cloud.Slow("ListLogEntries", time.Second)
		time.AfterFunc(1500*time.Millisecond, func() {
			cloud.Fail("ListLogEntries", demo.PermissionDenied("logging.logEntries.list", "projects/acme-prod"))
		})
		entries, more, err := client.Refused(t.Context(), now.Add(-time.Hour), now, 100)
		e := failed(t, err)
		if len(entries) != 2 || !more || e.Role != "roles/logging.viewer" {
			t.Errorf("%d entries, more %v, %v", len(entries), more, e)
		}
	})
}

func TestTail(t *testing.T) {
	inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.SetService(demoService("shop-api"))
		tail, err := client.Tail(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer tail.Close()
		next := func() gcp.Batch {
			t.Helper()
			b, err := tail.Next()
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		if b := next(); len(b.Entries) != 0 || b.Suppressed != (gcp.Suppressed{}) {
			t.Errorf("the opening message: %+v", b)
		}
		now := time.Now()
		cloud.Emit(demo.Refusal{Service: "shop-api", ID: "b", Time: now.Add(time.Second)}, demo.Refusal{Service: "shop-api", ID: "a", Time: now},
			demo.Refusal{Service: "shop-api", Status: 404, App: true})
		cloud.EmitChange(demo.Change{Service: "shop-api", Method: "google.cloud.run.v1.Services.SetIamPolicy"})
		cloud.Suppress(7)
		b := next()
		if len(b.Entries) != 2 || b.Entries[0].ID != "a" || b.Entries[1].Service != "shop-api" || b.Suppressed != (gcp.Suppressed{RateLimit: 7}) {
			t.Errorf("got %+v", b)
		}
		if waited := time.Since(now); waited != 2*time.Second {
			t.Errorf("it came after %v: the buffer window is not 2 s", waited)
		}
		cloud.Suppress(3)
		if b := next(); len(b.Entries) != 0 || b.Suppressed != (gcp.Suppressed{RateLimit: 3}) {
			t.Errorf("suppression alone: %+v", b)
		}
	})
}

// TestSuppressionIsAddedUp for each reason by itself: what is to be done about them is not the same.
func TestSuppressionIsAddedUp(t *testing.T) {
	const (
		none = loggingpb.TailLogEntriesResponse_SuppressionInfo_REASON_UNSPECIFIED
		rate = loggingpb.TailLogEntriesResponse_SuppressionInfo_RATE_LIMIT
		slow = loggingpb.TailLogEntriesResponse_SuppressionInfo_NOT_CONSUMED
	)
	info := func(why loggingpb.TailLogEntriesResponse_SuppressionInfo_Reason, n int32) *loggingpb.TailLogEntriesResponse_SuppressionInfo {
		return &loggingpb.TailLogEntriesResponse_SuppressionInfo{Reason: why, SuppressedCount: n}
	}
	tail := gcp.TailOf(func() (*loggingpb.TailLogEntriesResponse, error) {
		return &loggingpb.TailLogEntriesResponse{SuppressionInfo: []*loggingpb.TailLogEntriesResponse_SuppressionInfo{
			info(rate, 3), info(slow, 20), info(rate, 4), info(rate, -9), info(none, 1), info(77, 2),
		}}, nil
	})
	if b, err := tail.Next(); err != nil || b.Suppressed != (gcp.Suppressed{RateLimit: 7, NotConsumed: 20, Other: 3}) || b.Suppressed.Total() != 30 {
		t.Errorf("%v, %+v", err, b)
	}
}

func TestTailEnds(t *testing.T) {
	open := func(t *testing.T, client *gcp.Client) *gcp.Tail {
		t.Helper()
		tail, err := client.Tail(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tail.Next(); err != nil {
			t.Fatal(err)
		}
		return tail
	}
	for _, c := range []struct {
		name string
		end  func(cloud *demo.Cloud, tail *gcp.Tail)
		code codes.Code
		says string
	}{
		{"after an hour", func(cloud *demo.Cloud, _ *gcp.Tail) {}, codes.OutOfRange, "after an hour"},
		{"when the server goes away", func(cloud *demo.Cloud, _ *gcp.Tail) { cloud.EndTails(demo.Unavailable()) }, codes.Unavailable, "cannot answer just now"},
		{"without a status", func(cloud *demo.Cloud, _ *gcp.Tail) { cloud.EndTails(nil) }, codes.Unavailable, "ended the stream"},
		{"when it is closed", func(_ *demo.Cloud, tail *gcp.Tail) { tail.Close(); tail.Close() }, codes.Canceled, "closed"},
		{"when somebody closes it meanwhile", func(_ *demo.Cloud, tail *gcp.Tail) { time.AfterFunc(time.Minute, tail.Close) }, codes.Canceled, "closed"},
		{"for want of a permission", func(cloud *demo.Cloud, _ *gcp.Tail) {
			cloud.EndTails(demo.PermissionDenied("logging.logEntries.list", "projects/acme-prod"))
		}, codes.PermissionDenied, "logging.logEntries.list"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
				tail := open(t, client)
				defer tail.Close()
				c.end(cloud, tail)
				for range 2 { // an end is an end
					_, err := tail.Next()
					if e := failed(t, err); e.Code != c.code || !strings.Contains(e.Error(), c.says) {
						t.Errorf("got %v: %v", e.Code, e)
					}
					if c.code != codes.Canceled {
						break
					}
				}
			})
		})
	}
}

func TestTailOneTooMany(t *testing.T) {
	inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		for i := range 11 {
			tail, err := client.Tail(t.Context())
			if err == nil {
				defer tail.Close()
				_, err = tail.Next()
			}
			if i < 10 && err != nil {
				t.Fatal(err)
			}
			if i < 10 {
				continue
			}
			if e := failed(t, err); e.Code != codes.ResourceExhausted || !strings.Contains(e.Error(), "ten tails") || e.Retry == 0 {
				t.Errorf("the eleventh: %v", e)
			}
		}
	})
}

func TestTailOpensInTimeOrNotAtAll(t *testing.T) {
	inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.Close()
		start := time.Now()
		tail, err := client.Tail(t.Context())
		if err == nil {
			defer tail.Close()
			_, err = tail.Next()
		}
		if failed(t, err); time.Since(start) > 11*time.Second {
			t.Errorf("it took %v", time.Since(start))
		}
	})
}

// All that an entry has to say for an explanation is kept, and what was not logged is empty.
func TestAnEntryIsKeptWhole(t *testing.T) {
	inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.EmitEntries(&loggingpb.LogEntry{
			LogName: "projects/acme-prod/logs/run.googleapis.com%2Frequests", Resource: &monitoredres.MonitoredResource{Type: "cloud_run_revision"},
			Timestamp: timestamppb.Now(), InsertId: "whole", Trace: "projects/acme-prod/traces/6d1e", SpanId: "9ae7", TraceSampled: true,
			Labels:      map[string]string{"instanceId": "0007e2", "goog-managed-by": "cloudfunctions", "a": "b"},
			HttpRequest: &logtype.HttpRequest{Status: 403, RequestSize: 733, ResponseSize: 314, ServerIp: "2001:db8::36"},
		}, &loggingpb.LogEntry{
			LogName: "projects/acme-prod/logs/run.googleapis.com%2Frequests", Resource: &monitoredres.MonitoredResource{Type: "cloud_run_revision"},
			Timestamp: timestamppb.Now(), HttpRequest: &logtype.HttpRequest{Status: 401}, InsertId: "bare",
		})
		entries, _, err := client.Refused(t.Context(), time.Now().Add(-time.Hour), time.Time{}, 5)
		if err != nil || len(entries) != 2 {
			t.Fatalf("%v, %d entries", err, len(entries))
		}
		for _, e := range entries {
			if e.ID == "whole" {
				if e.RequestSize != 733 || e.ResponseSize != 314 || e.ServerIP != "2001:db8::36" || e.Span != "9ae7" || !e.Sampled || e.Labels != "a=b, goog-managed-by=cloudfunctions" || e.Instance != "0007e2" {
					t.Errorf("%+v", e)
				}
			} else if e.RequestSize != 0 || e.ResponseSize != 0 || e.ServerIP != "" || e.Span != "" || e.Sampled || e.Labels != "" {
				t.Errorf("%+v", e)
			}
		}
	})
}

func TestAHostileEntryIsBounded(t *testing.T) {
	inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		long := "x" + strings.Repeat("é", 1<<17)
		cloud.Emit(demo.Refusal{Service: "shop-api", UserAgent: long, URL: "https://a.example/" + long, Referer: long, Text: long, ID: long, Time: time.Now()})
		cloud.EmitEntries(&loggingpb.LogEntry{
			LogName: "projects/acme-prod/logs/run.googleapis.com%2Frequests", Resource: &monitoredres.MonitoredResource{Type: "cloud_run_revision"},
			Timestamp: timestamppb.Now(), HttpRequest: &logtype.HttpRequest{Status: 401}, InsertId: "bare",
		})
		entries, _, err := client.Refused(t.Context(), time.Now().Add(-time.Hour), time.Time{}, 5)
		if err != nil || len(entries) != 2 {
			t.Fatalf("%v, %d entries", err, len(entries))
		}
		for _, e := range entries {
			for what, s := range map[string]string{"agent": e.UserAgent, "URL": e.URL, "referer": e.Referer, "text": e.Text, "ID": e.ID} {
				if len(s) > 2<<10 || e.ID != "bare" && len(s) < 2<<10-3 {
					t.Errorf("%s has %d bytes", what, len(s))
				}
				if strings.ToValidUTF8(s, "") != s {
					t.Errorf("%s is cut within a character", what)
				}
			}
			if e.ID == "bare" && (e.Service != "" || e.By() != gcp.RefuserUnknown || e.Latency != 0) {
				t.Errorf("a bare entry: %+v", e)
			}
		}
	})
}

func TestATailKeepsNoEndlessListOfUserAgents(t *testing.T) {
	n := 0
	tail := gcp.TailOf(func() (*loggingpb.TailLogEntriesResponse, error) {
		n++
		return &loggingpb.TailLogEntriesResponse{Entries: []*loggingpb.LogEntry{{HttpRequest: &logtype.HttpRequest{UserAgent: fmt.Sprint("agent/", n)}}}}, nil
	})
	for range 10_000 {
		b, err := tail.Next()
		if err != nil || b.Entries[0].UserAgent != fmt.Sprint("agent/", n) {
			t.Fatalf("%v, %+v", err, b)
		}
		if kept := gcp.Pooled(tail); kept > 5000 {
			t.Fatalf("%d strings are kept", kept)
		}
	}
}

// BenchmarkTail measures an entry from the wire to a value of this package.
func BenchmarkTail(b *testing.B) {
	m := &loggingpb.TailLogEntriesResponse{}
	for i := range 1000 {
		m.Entries = append(m.Entries, &loggingpb.LogEntry{
			InsertId: fmt.Sprintf("68f7a1d0%08x", i), Timestamp: timestamppb.Now(), ReceiveTimestamp: timestamppb.Now(),
			Severity: logtype.LogSeverity_WARNING, Trace: fmt.Sprintf("projects/acme-prod/traces/%032x", i),
			Payload: &loggingpb.LogEntry_TextPayload{TextPayload: new401},
			Resource: &monitoredres.MonitoredResource{Type: "cloud_run_revision", Labels: map[string]string{
				"service_name": "shop-api", "location": "europe-west1", "revision_name": "shop-api-00007-vab"}},
			HttpRequest: &logtype.HttpRequest{RequestMethod: "GET", RequestUrl: "https://shop-api-1a2b3c-ew.a.run.app/api/cart", Status: 401,
				UserAgent: "okhttp/4.12.0", RemoteIp: "198.51.100.7", Protocol: "HTTP/2", Latency: durationpb.New(0)},
		})
	}
	wire, err := proto.Marshal(m)
	if err != nil {
		b.Fatal(err)
	}
	tail := gcp.TailOf(func() (*loggingpb.TailLogEntriesResponse, error) {
		m := &loggingpb.TailLogEntriesResponse{}
		return m, proto.Unmarshal(wire, m)
	})
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		batch, err := tail.Next()
		if err != nil {
			b.Fatal(err)
		}
		n += len(batch.Entries)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/entry")
}
