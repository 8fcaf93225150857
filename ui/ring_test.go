package ui

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"why401/gcp"
)

func someRefusal(id int, at time.Time) *refusal {
	return &refusal{Entry: gcp.Entry{ID: fmt.Sprintf("%06d", id), Time: at, Status: 401 + 2*(id%2), Service: fmt.Sprintf("s%d", id%3), Region: "r"}, by: gcp.Platform}
}

// TestRingHoldsEachEntryOnce feeds late, unordered and doubled batches and holds the ring against a sorted set.
func TestRingHoldsEachEntryOnce(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	r := newRing(1000)
	want := map[int]bool{}
	total := 0
	for range 60 {
		var batch []*refusal
		for range rnd.IntN(30) {
			id := rnd.IntN(900)
			// Two ids share a moment, so that the order by id counts too.
			batch = append(batch, someRefusal(id, start.Add(time.Duration(id/2)*time.Second)))
			want[id] = true
		}
		total += r.add(batch)
	}
	if total != len(want) || len(r.entries) != len(want) {
		t.Errorf("%d new ones counted, %d kept, of %d different ones", total, len(r.entries), len(want))
	}
	if !slices.IsSortedFunc(r.entries, order) {
		t.Error("the ring is not in the log's order")
	}
	sum := 0
	for id := range 3 {
		sum += r.of(place{Service: fmt.Sprintf("s%d", id), Region: "r"}).total()
	}
	if sum != len(want) || r.all.total() != len(want) || r.all.platform != len(want) {
		t.Errorf("counts by service sum up to %d, in all %d, of %d", sum, r.all.total(), len(want))
	}
}

func TestRingIsBounded(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	r := newRing(100)
	for id := range 250 {
		r.add([]*refusal{someRefusal(id, start.Add(time.Duration(id)*time.Second))})
	}
	if len(r.entries) != 100 || r.lost != 150 || r.all.total() != 100 {
		t.Errorf("kept %d, lost %d, counted %d; want 100, 150, 100", len(r.entries), r.lost, r.all.total())
	}
	if first := r.entries[0].ID; first != "000150" {
		t.Errorf("the oldest kept is %s, want 000150: the oldest go first", first)
	}
	r.prune(start.Add(240 * time.Second))
	if len(r.entries) != 10 || r.all.total() != 10 {
		t.Errorf("after pruning %d are kept and %d counted, want 10", len(r.entries), r.all.total())
	}
	r.prune(start.Add(time.Hour))
	if len(r.by) != 0 {
		t.Errorf("%d services are still counted in an empty ring", len(r.by))
	}
}

// BenchmarkRing takes in what a tail brings, in batches of 100 in order. Budget: 100,000 entries a second.
func BenchmarkRing(b *testing.B) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	r := newRing(ringSize)
	id := 0
	batch := make([]*refusal, 100)
	for b.Loop() {
		for i := range batch {
			batch[i] = someRefusal(id, start.Add(time.Duration(id)*time.Millisecond))
			id++
		}
		r.add(batch)
	}
	b.ReportMetric(float64(id)/b.Elapsed().Seconds(), "entries/s")
}

// A field that is added to an entry and forgotten by ingest would be the one that reaches the terminal as it came.
func TestEveryTextOfAnEntryIsCleaned(t *testing.T) {
	var e gcp.Entry
	v := reflect.ValueOf(&e).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.String {
			f.SetString("a\x1b[31mb\u202e")
		}
	}
	got := reflect.ValueOf(ingest([]gcp.Entry{e})[0].Entry)
	for i := range got.NumField() {
		if f := got.Field(i); f.Kind() == reflect.String && strings.ContainsAny(f.String(), "\x1b\u202e") {
			t.Errorf("%s is %q", got.Type().Field(i).Name, f.String())
		}
	}
}
