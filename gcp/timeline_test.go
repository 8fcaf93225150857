package gcp_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"why401/gcp"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestMinutes(t *testing.T) {
	var m gcp.Minutes
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	for _, s := range []int{0, 59, 60, 185, 30, -1, 186} { // unordered, and one before the hour
		m.Add(at(s))
	}
	for _, c := range []struct {
		name     string
		from, to int
		want     []int
	}{
		{"every minute of the window has a count", 0, 200, []int{3, 1, 0, 2}},
		{"both ends belong to it, whatever their seconds", 59, 61, []int{3, 1}},
		{"one minute", 10, 20, []int{3}},
		{"what is outside stays outside", 60, 120, []int{1, 0}},
		{"before there was any", -180, -1, []int{0, 0, 1}},
		{"a window that ends before it begins", 60, 0, nil},
	} {
		if got := m.Counts(at(c.from), at(c.to)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	m.Remove(at(30))
	m.Remove(at(61))
	m.Remove(at(61)) // once more than there were
	m.Remove(at(125))
	if got := m.Counts(at(0), at(200)); !slices.Equal(got, []int{2, 0, 0, 2}) {
		t.Errorf("after removals: %v", got)
	}
	if got := m.Counts(noon.In(time.FixedZone("half", 5*3600+1800)), at(59)); !slices.Equal(got, []int{2}) {
		t.Errorf("in another zone: %v", got)
	}
}

func TestMinutesBefore1970(t *testing.T) {
	var m gcp.Minutes
	zero := time.Time{}
	m.Add(zero)
	m.Add(zero.Add(59 * time.Second))
	m.Add(zero.Add(60 * time.Second))
	if got := m.Counts(zero, zero.Add(time.Minute)); !slices.Equal(got, []int{2, 1}) {
		t.Errorf("got %v", got)
	}
}

func TestMinutesHaveACeiling(t *testing.T) {
	var m gcp.Minutes
	for i := range 10_000 {
		m.Add(noon.Add(time.Duration(i) * time.Minute))
	}
	m.Add(noon) // older than all that is kept
	counts := m.Counts(noon, noon.Add(10_000*time.Minute))
	if len(counts) != 1500 || slices.Index(counts, 1) != 0 || counts[1499] != 0 || counts[1498] != 1 {
		t.Errorf("%d minutes, the first with one %d", len(counts), slices.Index(counts, 1))
	}
	total := 0
	for _, n := range m.Counts(noon.Add(8000*time.Minute), noon.Add(9999*time.Minute)) {
		total += n
	}
	if total != 1500 {
		t.Errorf("%d are kept", total)
	}
}

// TestTimelineAgreesWithACount moves a window over entries of several services at random.
func TestTimelineAgreesWithACount(t *testing.T) {
	dice := rand.New(rand.NewPCG(4, 3))
	var line gcp.Timeline
	var window []gcp.Entry
	for i := range 5000 {
		e := gcp.Entry{Service: fmt.Sprint("s", dice.IntN(3)), Region: []string{"us-east1", "us-west1"}[dice.IntN(2)],
			Time: noon.Add(time.Duration(i)*3*time.Second - time.Duration(dice.IntN(90))*time.Second)}
		line.Add(e)
		if window = append(window, e); len(window) > 400 {
			line.Remove(window[0])
			window = window[1:]
		}
	}
	from, to := window[0].Time.Add(-5*time.Minute), window[len(window)-1].Time.Add(5*time.Minute)
	count := func(of func(gcp.Entry) bool) []int {
		counts := make([]int, int(to.Truncate(time.Minute).Sub(from.Truncate(time.Minute))/time.Minute)+1)
		for _, e := range window {
			if of(e) {
				counts[int(e.Time.Sub(from.Truncate(time.Minute))/time.Minute)]++
			}
		}
		return counts
	}
	if got, want := line.Counts(from, to), count(func(gcp.Entry) bool { return true }); !slices.Equal(got, want) {
		t.Errorf("the project: %v, want %v", got, want)
	}
	for _, s := range []string{"s0", "s1", "s2", "none"} {
		for _, r := range []string{"us-east1", "us-west1"} {
			want := count(func(e gcp.Entry) bool { return e.Service == s && e.Region == r })
			if got := line.Of(gcp.Place{Service: s, Region: r}, from, to); !slices.Equal(got, want) {
				t.Errorf("%s in %s: %v, want %v", s, r, got, want)
			}
		}
	}
	for _, e := range window {
		line.Remove(e)
	}
	if got := line.Of(gcp.Place{Service: "s0", Region: "us-east1"}, from, to); slices.Max(got) != 0 {
		t.Errorf("without entries: %v", got)
	}
}

// steady are n minutes with a count each.
func steady(n, count int) []int { return slices.Repeat([]int{count}, n) }

func TestOnset(t *testing.T) {
	join := func(parts ...[]int) []int { return slices.Concat(parts...) }
	for _, c := range []struct {
		name   string
		counts []int
		at     int // -1: not known
		rose   bool
		text   string
	}{
		{"a storm after quiet", join(steady(10, 0), steady(10, 20)), 10, false, "began 12:10"},
		{"a storm that is over", join(steady(10, 0), steady(5, 20), steady(30, 0)), 10, false, "began 12:10"},
		{"a storm of which little was in the first minute", join(steady(10, 0), []int{1}, steady(10, 30)), 10, false, "began 12:10"},
		{"a storm that rises over some minutes", join(steady(10, 0), []int{1, 3, 9, 27}, steady(10, 60)), 10, false, "began 12:10"},
		{"a storm that has only begun", join(steady(14, 0), []int{9}), 14, false, "began 12:14"},
		{"one a minute, after a long quiet", join(steady(48, 0), steady(12, 1)), 48, false, "began 12:48"},
		{"the first of two storms of one strength", join(steady(10, 0), steady(5, 20), steady(10, 0), steady(5, 20)), 10, false, "began 12:10"},
		{"a rise over what there was", join(steady(30, 1), steady(10, 30)), 30, true, "rose 12:30"},
		{"one stray, then a storm", join(steady(10, 0), []int{1}, steady(10, 0), steady(10, 20)), 21, true, "rose 12:21"},
		{"the shortest quiet", join(steady(3, 0), steady(12, 20)), 3, false, "began 12:03"},

		{"no refusals", steady(30, 0), -1, false, ""},
		{"no window", nil, -1, false, ""},
		{"the same all the time", steady(30, 20), -1, false, "not known: the window, from 12:00 on, begins with them"},
		{"the window begins just before", join(steady(2, 0), steady(28, 20)), -1, false, "not known: the window, from 12:00 on, begins with them"},
		{"a lull within a storm", join(steady(10, 20), steady(10, 0), steady(10, 20)), -1, false, "not known: the window, from 12:00 on, begins with them"},
		{"a storm that begins with the window, and a larger one", join(steady(10, 20), steady(10, 0), steady(10, 60)), -1, false,
			"not known: the window, from 12:00 on, begins with them"},
		{"a storm that goes down", join(steady(10, 50), steady(20, 2)), -1, false, "not known: the window, from 12:00 on, begins with them"},
		{"so few that chance could do it", join(steady(10, 0), []int{1, 0, 2, 0, 0, 1, 0, 0, 1, 0}), -1, false, "no clear beginning"},
		{"a few, too few for the quiet before", join(steady(3, 0), steady(12, 1)), -1, false, "no clear beginning"},
		{"a rise by half", join(steady(3, 0), steady(20, 20), steady(10, 30)), 3, false, "began 12:03"},
		{"background noise", []int{0, 0, 0, 1, 2, 0, 1, 3, 1, 0, 2, 1, 0, 1, 2, 3, 0, 1, 1, 2, 0, 1}, -1, false, "no clear beginning"},
	} {
		b := gcp.Onset(c.counts, noon.Add(17*time.Second))
		at := -1
		if b.Known {
			at = int(b.At.Sub(noon) / time.Minute)
		}
		if at != c.at || b.Rose != c.rose || b.Text != c.text || b.Known == b.At.IsZero() {
			t.Errorf("%s: minute %d, rose %v, %q; want %d, %v, %q", c.name, at, b.Rose, b.Text, c.at, c.rose, c.text)
		}
	}
}

// TestChanceIsNoOnset: refusals that come at one rate all the time have no beginning.
func TestChanceIsNoOnset(t *testing.T) {
	dice := rand.New(rand.NewPCG(4, 4))
	known := 0
	const tries = 2000
	for range tries {
		rate := dice.Float64() * 3
		counts := make([]int, 60)
		for i := range counts {
			for left := dice.ExpFloat64(); left < rate; left += dice.ExpFloat64() {
				counts[i]++
			}
		}
		if gcp.Onset(counts, noon).Known {
			known++
		}
	}
	if known > tries/200 {
		t.Errorf("%d of %d windows without a beginning have one", known, tries)
	}
}
