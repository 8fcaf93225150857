package gcp

import (
	"fmt"
	"math"
	"time"
)

// Began is when refusals began, and the change that came before.
type Began struct {
	Known bool
	At    time.Time // the beginning of the first minute with them, in the zone of the counts; zero where it is not known
	Rose  bool      // there were some before, much fewer
	After *Change   // the last change within ten minutes before that can stop callers so; nil where none is known, see Blame
	// Several says that there are several projects, so that Blame names that of a service. It is the caller's to set.
	Several bool
	Text    string // "began 14:02, one minute after NAME removed allUsers from roles/run.invoker"; why not, where it is not known

	from    time.Time // the first minute of the counts
	minutes int       // how many were counted
}

const (
	quietMinutes  = 3  // at least so many must come before
	stormMinutes  = 10 // so many are compared with what came before
	riseFactor    = 5  // how much more a minute
	surprise      = 7  // log-likelihood ratio of two rates against one; about one in 10,000 by chance, for each minute tried
	rampMinutes   = 5  // how long it may take to rise
	causedMinutes = 10 // changes of policies take two minutes to spread, seven and more at times
)

// Onset says when refusals began, from their counts by minute, the first of which is the minute of from. It is careful: a window
// that begins with refusals at a similar rate, too short a quiet before them, or so few that chance could do it, is not known.
// The counts must be whole: a minute that was not read must not look quiet, so begin with the first that was.
func Onset(counts []int, from time.Time) Began {
	from = from.Add(-time.Duration(mod(from.Unix(), 60))*time.Second - time.Duration(from.Nanosecond()))
	at, before := rise(counts)
	if at < 0 {
		return Began{Text: unknownOnset(counts, from), from: from, minutes: len(counts)}
	}
	b := Began{Known: true, At: from.Add(time.Duration(at) * time.Minute), Rose: before > 0, from: from, minutes: len(counts)}
	b.Text = "began " + b.At.Format("15:04")
	if b.Rose {
		b.Text = "rose " + b.At.Format("15:04")
	}
	return b
}

// rise finds the first minute of the rise that surprises most, and how many refusals came before it; -1 where there is none.
func rise(counts []int) (at, before int) {
	at = -1
	best := float64(surprise)
	sum := 0
	for i, n := range counts {
		if i >= quietMinutes && n > 0 {
			storm := counts[i:min(len(counts), i+stormMinutes)]
			after := 0
			for _, m := range storm {
				after += m
			}
			was, is := float64(sum)/float64(i), float64(after)/float64(len(storm))
			// A window that begins in the middle of another storm tells no beginning.
			if r := ratio(sum, i, after, len(storm)); is >= riseFactor*was && is >= riseFactor*opening(counts[:i]) && r > best {
				at, before, best = i, sum, r
			}
		}
		sum += n
	}
	// It may have begun gently: what came in the few minutes right before belongs to it, if nothing came before that.
	for j, left := at, before; left > 0 && j > quietMinutes && at-j < rampMinutes && counts[j-1] > 0; {
		j--
		if left -= counts[j]; left == 0 {
			at, before = j, 0
		}
	}
	return at, before
}

// opening is the rate of the window's first minutes.
func opening(counts []int) float64 {
	n := min(len(counts), stormMinutes)
	sum := 0
	for _, c := range counts[:n] {
		sum += c
	}
	return float64(sum) / float64(n)
}

// ratio is the log-likelihood ratio of two Poisson rates, before and after, against one for both.
func ratio(before, minutesBefore, after, minutesAfter int) float64 {
	part := func(n, minutes int) float64 {
		if n == 0 {
			return 0
		}
		return float64(n) * math.Log(float64(n)/float64(minutes))
	}
	return part(before, minutesBefore) + part(after, minutesAfter) - part(before+after, minutesBefore+minutesAfter)
}

// unknownOnset says why no beginning is told.
func unknownOnset(counts []int, from time.Time) string {
	first := -1
	for i, n := range counts {
		if n > 0 {
			first = i
			break
		}
	}
	switch {
	case first < 0:
		return ""
	case first < quietMinutes:
		return "not known: the window, from " + from.Format("15:04") + " on, begins with them"
	}
	return "no clear beginning"
}

// after says how long after.
func after(minutes int64) string {
	switch minutes {
	case 0:
		return "in the minute in which"
	case 1:
		return "one minute after"
	}
	return fmt.Sprintf("%d minutes after", minutes)
}
