package ui

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// quantiles reports the median and the 99th percentile of some times, in milliseconds.
func quantiles(b *testing.B, times []time.Duration) {
	slices.Sort(times)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
}

// BenchmarkKey is from a key to the terminal's screen, in real time, while 20,000 entries a second come in. Budget: 22 ms p99.
func BenchmarkKey(b *testing.B) {
	l := dial(b, storyteller(), 120, 40, func(l *link) { l.real = true })
	l.press("2")
	l.wait(time.Second)
	over := make(chan struct{})
	go func() {
		for {
			select {
			case <-over:
				return
			default:
				l.storm(20_000, time.Second)
			}
		}
	}()
	defer close(over)
	title := func() string {
		l.mu.Lock()
		defer l.mu.Unlock()
		var line strings.Builder
		for x := range 120 {
			line.WriteString(l.emulator.CellAt(x, 1).Content)
		}
		return line.String()
	}
	var times []time.Duration
	for i := 0; b.Loop(); i++ {
		time.Sleep(217 * time.Millisecond)
		before, at := title(), time.Now()
		l.press([]string{"j", "k"}[i%2])
		for title() == before {
			time.Sleep(200 * time.Microsecond)
		}
		times = append(times, time.Since(at))
	}
	quantiles(b, times)
}

// BenchmarkMemory is what the dashboard holds with 1,000 services and a full log. Budget: 80 MB.
func BenchmarkMemory(b *testing.B) {
	live := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / (1 << 20)
	}
	before := live()
	for b.Loop() {
		r := storm(b)
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(live()-before, "MB")
		runtime.KeepAlive(r)
	}
}
