package gcp_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"why401/gcp"
	"why401/gcp/demo"
)

// TestReadingGoesBackPageByPage: all that is there comes once, newest first, under ten pages a minute, and a page that failed
// comes when it is asked for again.
func TestReadingGoesBackPageByPage(t *testing.T) {
	inside(t, []demo.Option{demo.Empty(), demo.PageSize(10), demo.EmptyPages(2)}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		start := time.Now()
		for i := range 155 {
			cloud.Emit(demo.Refusal{Service: "s", ID: fmt.Sprintf("r%03d", i), Time: start.Add(-time.Duration(i) * time.Second)})
		}
		cloud.EmitChange(demo.Change{Service: "s", Method: "google.cloud.run.v1.Services.SetIamPolicy", Time: start.Add(-80 * time.Second)})
		log := client.ReadLog(start.Add(-time.Hour), time.Time{})
		seen, changes, last := map[string]bool{}, 0, start.Add(time.Second)
		for pages := 0; ; pages++ {
			if pages == 5 {
				cloud.FailTimes("ListLogEntries", 2, demo.Unavailable())
				if p, err := log.Next(context.Background()); err == nil || !p.More || len(p.Entries) > 0 {
					t.Fatalf("%v, %+v", err, p)
				}
			}
			p, err := log.Next(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range p.Entries {
				if seen[e.ID] || e.Time.After(last) {
					t.Errorf("%s at %v, after one at %v", e.ID, e.Time, last)
				}
				seen[e.ID], last = true, e.Time
			}
			changes += len(p.Changes)
			if !p.More {
				break
			}
		}
		if len(seen) != 155 || changes != 1 {
			t.Errorf("%d entries, %d changes", len(seen), changes)
		}
		if took, calls := time.Since(start), cloud.Calls("ListLogEntries"); took < time.Duration((calls-1)/9)*time.Minute {
			t.Errorf("%d calls in %v", calls, took)
		}
		var e *gcp.Error
		if _, err := client.ReadLog(time.Time{}, start).Next(context.Background()); !errors.As(err, &e) {
			t.Errorf("without a beginning: %v", err)
		}
	})
}

// TestASlotThatIsGivenUpIsGivenBack: who changes his mind while he waits for his turn does not make the next one wait longer.
func TestASlotThatIsGivenUpIsGivenBack(t *testing.T) {
	inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, _ *demo.Cloud, client *gcp.Client) {
		start := time.Now()
		read := func(ctx context.Context) error {
			_, err := client.ReadLog(start.Add(-time.Hour), start).Next(ctx)
			return err
		}
		for range 9 {
			if err := read(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		for range 30 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			if err := read(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			cancel()
		}
		if err := read(context.Background()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 61*time.Second {
			t.Errorf("the tenth call came after %v", took)
		}
	})
}

func TestLastLoggedTellsASilentLogFromAnEmptyOne(t *testing.T) {
	inside(t, []demo.Option{demo.Empty(), demo.EmptyPages(1)}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		from := time.Now().Add(-time.Hour)
		look := func() gcp.Logged {
			l, err := client.LastLogged(context.Background(), from, time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		if l := look(); l.Found {
			t.Errorf("an empty log: %+v", l)
		}
		cloud.EmitChange(demo.Change{Service: "s", Method: "google.cloud.run.v1.Services.SetIamPolicy"})
		if l := look(); l.Found {
			t.Errorf("a change is no request: %+v", l)
		}
		at := time.Now().Add(-time.Minute)
		cloud.Emit(demo.Refusal{Service: "old", App: true, Status: 200, Time: at.Add(-time.Second)}, demo.Refusal{Service: "new", App: true, Status: 204, Time: at},
			demo.Refusal{Service: "ancient", Time: from.Add(-time.Second)})
		if l := look(); !l.Found || l.Status != 204 || l.Service != "new" || !l.Time.Equal(at) {
			t.Errorf("got %+v", l)
		}
		cloud.Fail("ListLogEntries", demo.PermissionDenied("logging.logEntries.list", "projects/acme-prod"))
		if _, err := client.LastLogged(context.Background(), from, time.Time{}); err == nil {
			t.Error("a log that cannot be read is no error")
		}
	})
}
