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
	if len(r.entries) != 100 || r.lost != 0 || r.all.total() != 250 {
		t.Errorf("kept %d, lost %d, counted %d; want 100, 0, 250", len(r.entries), r.lost, r.all.total())
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

// TestRingCountsOnWhatMadeRoom feeds late, unordered and doubled batches to a ring that is far too small for them, lets time pass, and
// holds the counts against those of everything in the window: in all, by service, by who refused and by minute.
func TestRingCountsOnWhatMadeRoom(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	start := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	r := newRing(50)
	want := map[int]*refusal{}
	var before time.Time
	for round := range 400 {
		var batch []*refusal
		fresh := 0
		for range rnd.IntN(40) {
			id := max(0, round*10+rnd.IntN(400)-200) // some are late by minutes, most come more than once
			e := someRefusal(id, start.Add(time.Duration(id/2)*time.Second))
			e.weight = 100
			if e.Time.Before(before) {
				continue // the window does not want it
			}
			if id%5 == 0 {
				e.by = gcp.App
			}
			if want[id] == nil {
				fresh++
			}
			batch, want[id] = append(batch, e), e
		}
		if got := r.add(batch); got != fresh {
			t.Fatalf("round %d: %d are new, want %d", round, got, fresh)
		}
		if round%20 == 19 {
			before = start.Add(time.Duration(round-150) * 5 * time.Second)
			r.prune(before)
			for id, e := range want {
				if e.Time.Before(before) {
					delete(want, id)
				}
			}
		}
		var all tally
		services, minutes := map[string]int{}, map[int64]int{}
		for _, e := range want {
			all.add(e, 1)
			services[e.Service]++
			minutes[e.Time.Unix()/60]++
		}
		if r.all != all || r.weight != 100*len(r.entries) || r.lost != 0 || len(r.entries)+len(r.gone) != len(want) {
			t.Fatalf("round %d: counted %+v, want %+v; %d bytes of %d entries; %d lost; %d gone of %d", round, r.all, all, r.weight, len(r.entries), r.lost, len(r.gone), len(want))
		}
		for s, n := range services {
			if got := r.of(place{Service: s, Region: "r"}).total(); got != n {
				t.Fatalf("round %d: %d of %s, want %d", round, got, s, n)
			}
		}
		for i, n := range r.minutes(place{}, start, start.Add(time.Hour)) {
			if m := start.Unix()/60 + int64(i); n != minutes[m] {
				t.Fatalf("round %d: %d in minute %d, want %d", round, n, i, minutes[m])
			}
		}
	}
	r.prune(start.Add(24 * time.Hour))
	if len(r.by) != 0 || len(r.gone) != 0 || r.all != (tally{}) || r.weight != 0 {
		t.Errorf("something is left in an empty ring: %+v, %d gone, %d bytes", r.all, len(r.gone), r.weight)
	}
}

// TestRingCountsOnWithinBounds: what is more than a ring counts on with is lost, and it says from when on it has counted all.
func TestRingCountsOnWithinBounds(t *testing.T) {
	const n = mostGone + 2*moreGone
	start := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	r := newRing(10)
	for id := 0; id < n; id += 1000 {
		var batch []*refusal
		for i := range 1000 {
			batch = append(batch, someRefusal(id+i, start.Add(time.Duration(id+i)*time.Millisecond)))
		}
		r.add(batch)
	}
	if len(r.gone) > mostGone+moreGone || r.lost == 0 || r.all.total()+r.lost != n || r.all.total() != len(r.gone)+10 {
		t.Errorf("%d counted, %d gone, %d lost, of %d", r.all.total(), len(r.gone), r.lost, n)
	}
	if want := start.Add(time.Duration(r.lost) * time.Millisecond); !r.reach().Equal(want) {
		t.Errorf("it has counted from %v on, want %v", r.reach(), want)
	}
	r.prune(r.reach().Add(time.Second))
	if r.lost != 0 || r.short() != true {
		t.Errorf("%d are lost that the window no longer wants", r.lost)
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
