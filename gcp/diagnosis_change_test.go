package gcp_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"why401/gcp"
)

// TestAChangeExplainsWhatBeganWithIt: a change is the reason for refusals that came after it at many times the rate before, where both
// are known.
func TestAChangeExplainsWhatBeganWithIt(t *testing.T) {
	// every adds refusals at a distance, between two moments before noon, the newest first.
	every := func(p *patient, between, from, to time.Duration) {
		for ago := to; ago <= from; ago += between {
			p.entries = append(p.entries, gcp.Entry{ID: fmt.Sprint(len(p.entries)), Time: noon.Add(-ago), Service: "shop-api", Region: "europe-west1",
				Status: 403, Text: new403, URL: shopURL})
		}
	}
	// minutes counts what was added by minute, for some minutes up to noon's.
	minutes := func(p *patient, n int) []int {
		var line gcp.Timeline
		for _, e := range p.entries {
			line.Add(e)
		}
		return line.Counts(noon.Add(-time.Duration(n-1)*time.Minute), noon)
	}
	const second, min = time.Second, time.Minute
	for _, c := range []struct {
		name string
		make func(p *patient) gcp.Evidence
		ago  int    // of the removal, in minutes
		says string // "": it is the reason
	}{
		{"they began with it", func(p *patient) gcp.Evidence { every(p, 10*second, 5*min, second); return p.evidence() }, 5, ""},
		{"they began a minute before it", func(p *patient) gcp.Evidence { every(p, 10*second, 6*min, second); return p.evidence() }, 5, "of the same sort came before that"},
		{"they began half a minute before it", func(p *patient) gcp.Evidence { every(p, 10*second, 5*min+30*second, second); return p.evidence() }, 5, "of the same sort came before that"},
		{"they went on all the time", func(p *patient) gcp.Evidence { every(p, 30*second, 60*min, second); return p.evidence() }, 5, "of the same sort came before that"},
		{"they were many more after it", func(p *patient) gcp.Evidence {
			every(p, 2*second, 5*min, second)
			every(p, min, 60*min, 5*min+30*second)
			return p.evidence()
		}, 5, ""},
		{"they ended with it", func(p *patient) gcp.Evidence { every(p, 10*second, 15*min, 6*min); return p.evidence() }, 5, "came before that, and none since"},
		{"one, and a short time before is known", func(p *patient) gcp.Evidence {
			every(p, min, min, min)
			of := p.evidence()
			of.Since = noon.Add(-10 * min)
			return of
		}, 5, "too few to tell"},
		{"one, and a long time before is known", func(p *patient) gcp.Evidence { every(p, min, min, min); return p.evidence() }, 5, ""},

		// How far back it is known.
		{"the log is not known", func(p *patient) gcp.Evidence {
			every(p, 10*second, 5*min, second)
			of := p.evidence()
			of.Since = time.Time{}
			return of
		}, 5, "whether they came before that too is not known: not all of the log was read"},
		{"the window begins just before it", func(p *patient) gcp.Evidence {
			every(p, 10*second, 14*min, second)
			of := p.evidence()
			of.Since = noon.Add(-15 * min)
			return of
		}, 14, "whether they came before that too is not known: what was looked at begins at 11:45"},
		{"the window begins just before it, and they went on", func(p *patient) gcp.Evidence {
			every(p, second, 15*min, second)
			of := p.evidence()
			of.Since = noon.Add(-15 * min)
			return of
		}, 14, "of the same sort came before that"},
		{"a gap just before it", func(p *patient) gcp.Evidence {
			every(p, 10*second, 5*min, second)
			of := p.evidence()
			of.Gaps = []time.Time{noon.Add(-6 * min)}
			return of
		}, 5, "is not known"},
		{"a gap long before it, and one after it", func(p *patient) gcp.Evidence {
			every(p, 10*second, 5*min, second)
			of := p.evidence()
			of.Gaps = []time.Time{noon.Add(-30 * min), noon.Add(-min)}
			return of
		}, 5, ""},

		// A storm of which the newest entries, the only ones that are looked at, all came after it.
		{"a storm, and no counts", func(p *patient) gcp.Evidence { every(p, 60*time.Millisecond, 20*min, second); return p.evidence() }, 5,
			"whether they came before that too is not known: what was looked at begins at 11:57"},
		{"a storm that went on before", func(p *patient) gcp.Evidence {
			every(p, 60*time.Millisecond, 20*min, second)
			of := p.evidence()
			of.Minutes = minutes(p, 40)
			return of
		}, 5, "15000 refusals came before that"},
		{"a storm that began with it", func(p *patient) gcp.Evidence {
			every(p, 60*time.Millisecond, 5*min, second)
			of := p.evidence()
			of.Minutes = minutes(p, 40)
			return of
		}, 5, ""},
		{"a storm that began with it, a gap before", func(p *patient) gcp.Evidence {
			every(p, 60*time.Millisecond, 5*min, second)
			of := p.evidence()
			of.Minutes, of.Gaps = minutes(p, 40), []time.Time{noon.Add(-6 * min)}
			return of
		}, 5, "is not known"},
		{"a storm, and counts that begin with it", func(p *patient) gcp.Evidence {
			every(p, 60*time.Millisecond, 20*min, second)
			of := p.evidence()
			of.Minutes = minutes(p, 6)
			return of
		}, 5, "is not known"},
	} {
		p := healthy()
		p.change(c.ago, nil, []string{"user:b@acme.example"})
		of := c.make(&p)
		d := gcp.Diagnose(p.s, of)
		if got := d.Likely == "The callers' right to invoke was taken away."; got != (c.says == "") {
			t.Errorf("%s: likely %q", c.name, d.Likely)
		}
		if !strings.Contains(strings.Join(d.Against, "\n"), c.says) {
			t.Errorf("%s: %q is not in %q", c.name, c.says, d.Against)
		}
	}
}

// TestADiagnosisTellsMomentsByTheClock: in the zone of its own moment, with the day where the time alone may be another day's, and
// never as an age, which would not stay true while it stands.
func TestADiagnosisTellsMomentsByTheClock(t *testing.T) {
	for _, c := range []struct {
		ago  int // of the removal, in minutes
		zone *time.Location
		says string
	}{
		{5, time.UTC, "at 11:55 jo@acme.example removed"},
		{5, time.FixedZone("", 2*60*60), "at 13:55 jo@acme.example removed"},
		{11 * 60, time.UTC, "at 01:00 jo@acme.example removed"},
		{13 * 60, time.UTC, "on 28 February at 23:00 jo@acme.example removed"},
	} {
		p := healthy()
		p.refuse(403, new403)
		p.change(c.ago, nil, []string{"user:b@acme.example"})
		of := p.evidence()
		of.Since, of.Now = noon.Add(-24*time.Hour), noon.In(c.zone)
		d := gcp.Diagnose(p.s, of)
		all := strings.Join(slices.Concat([]string{d.Likely}, d.For, d.Against), "\n")
		if !strings.Contains(all, c.says) || strings.Contains(all, " ago") {
			t.Errorf("%d minutes: %q is missing, or an age is told, in\n%s", c.ago, c.says, all)
		}
	}
}
