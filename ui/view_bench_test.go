package ui

import (
	"context"
	"fmt"
	"testing"
	"time"

	"why401/gcp"
)

// storm is a dashboard at 120×40 with 1,000 services and a full ring.
func storm(b *testing.B) *root {
	b.Helper()
	r := newRoot(context.Background(), Options{Project: "p"})
	r.resize(120, 40)
	var l gcp.Listing
	for i := range 1000 {
		l.Services = append(l.Services, gcp.Service{ID: fmt.Sprint(i), Name: fmt.Sprintf("s%d", i), Region: "r", Project: "p", URI: fmt.Sprintf("https://s%d-1a2b3c-ew.a.run.app", i)})
	}
	r.services.show(l, now(), nil)
	start := now().Add(-10 * time.Minute)
	for i := range ringSize {
		e := someRefusal(i, start.Add(time.Duration(i)*20*time.Millisecond))
		e.Method, e.URL, e.caller, e.short = "GET", fmt.Sprintf("https://a.example/api/%d", i), "okhttp/4.12", "credential not accepted"
		r.ring.add([]*refusal{e})
	}
	r.show()
	r.settle()
	return r
}

// BenchmarkScreen draws the whole screen. Budget: a sixtieth of a second leaves room for everything else.
func BenchmarkScreen(b *testing.B) {
	r := storm(b)
	b.ReportAllocs()
	for b.Loop() {
		_ = r.screen()
	}
}

// BenchmarkShow brings the panes up to a full ring, as it happens ten times a second in a storm.
func BenchmarkShow(b *testing.B) {
	r := storm(b)
	for b.Loop() {
		r.unseen++
		r.show()
		r.settle()
	}
}

// BenchmarkShowFiltered is the same with a filter over all services.
func BenchmarkShowFiltered(b *testing.B) {
	r := storm(b)
	r.refused.all = true
	r.refused.filter.words = []string{"status:401", "api/7"}
	for b.Loop() {
		r.unseen++
		r.show()
	}
}
