package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// The built program, measured: go test . -run '^$' -bench . -benchtime 50x

// quantiles reports the median and the 99th percentile of some times, in milliseconds.
func quantiles(b *testing.B, times []time.Duration) {
	slices.Sort(times)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
}

// BenchmarkStart is from the start of the process to its first frame. Budget: 50 ms p99.
func BenchmarkStart(b *testing.B) {
	for _, c := range []struct {
		name         string
		real, silent bool
	}{{"demo", false, false}, {"cloud out of reach", true, false}, {"silent terminal", true, true}} {
		b.Run(c.name, func(b *testing.B) {
			args, env := []string{"--demo"}, []string(nil)
			if c.real {
				args, env = unreachable(b)
			}
			sit(b, 120, 40, args, env...).shows("why401") // built, and in the cache of the disk
			var times []time.Duration
			for b.Loop() {
				at := time.Now()
				d := sit(b, 120, 40, args, env...)
				d.silent.Store(c.silent)
				d.until("the first frame", func() bool { return strings.Contains(d.output(), "Services") })
				times = append(times, time.Since(at))
				_ = d.cmd.Process.Kill()
				<-d.ended
			}
			quantiles(b, times)
		})
	}
}

// BenchmarkKey is from a key to the screen of the terminal.
func BenchmarkKey(b *testing.B) {
	d := sit(b, 120, 40, []string{"--demo"})
	d.shows("shop-api", "live")
	d.press("2")
	<-time.After(time.Second)
	title := func() string { return strings.Split(d.screen(), "\n")[1] }
	var times []time.Duration
	for i := 0; b.Loop(); i++ {
		<-time.After(200 * time.Millisecond)
		before, at := title(), time.Now()
		d.press([]string{"j", "k"}[i%2])
		d.until("another screen", func() bool { return title() != before })
		times = append(times, time.Since(at))
	}
	quantiles(b, times)
}

// BenchmarkEnd is from whatever ends the program to the end of its process. Budget: 100 ms.
func BenchmarkEnd(b *testing.B) {
	for _, end := range ends {
		b.Run(end.name, func(b *testing.B) {
			var times []time.Duration
			for b.Loop() {
				d := sit(b, 120, 40, []string{"--demo"})
				d.shows("live")
				at := time.Now()
				end.do(d)
				d.exit()
				times = append(times, time.Since(at))
			}
			quantiles(b, times)
		})
	}
}

// BenchmarkResident is the memory of the process, the embedded cloud of the demo with it, after some seconds.
func BenchmarkResident(b *testing.B) {
	for b.Loop() {
		d := sit(b, 120, 40, []string{"--demo"})
		d.shows("live")
		d.press("d")
		<-time.After(5 * time.Second)
		read, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.cmd.Process.Pid))
		if err != nil {
			b.Skip("this system does not tell: ", err)
		}
		for line := range strings.Lines(string(read)) {
			var kb float64
			if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kb); n == 1 {
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(kb/1024, "MB")
			}
		}
	}
}
