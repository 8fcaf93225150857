package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"why401/gcp"
)

// ReportOptions is what Report needs.
type ReportOptions struct {
	Out io.Writer
	// File is where the report goes in place of Out; it is made readable by its owner alone, and never overwritten.
	File string
	// JSON writes JSON, see ReportHelp; otherwise it is Markdown.
	JSON bool
	// Mask gives callers' addresses and those of mail a name in their place.
	Mask bool

	// Service is the service to report on, by its short name, "" for the whole project. Region tells services of one name apart.
	Service, Region string
	// Since is how far back refused requests and changes are read; 0 means 15 minutes.
	Since time.Duration
	// Open makes the client.
	Open func(context.Context) (*gcp.Client, error)
	// Demo says that the cloud is the embedded one; the report says so too.
	Demo bool
}

// Report writes an incident report without the screen, from the same engine. What could not be read stands in the report; an error is an
// *Error or a *gcp.Error, says the next step, and means that there is no report.
func Report(ctx context.Context, o ReportOptions) error {
	if o.Service == "" && o.Region != "" {
		return &Error{Text: "--region without --service", Hint: "say which service: --service NAME"}
	}
	if o.Since <= 0 {
		o.Since = defaultSince
	}
	if o.File != "" {
		// Before a minute of reading is spent in vain.
		if _, err := os.Lstat(o.File); err == nil {
			return unwritten(o.File, fs.ErrExist)
		}
	}
	d, err := o.read(ctx)
	if err != nil {
		return err
	}
	r := d.report(o.Mask)
	text := r.markdown()
	if o.JSON {
		text = r.json()
	}
	if o.File != "" {
		if err := writeNew(o.File, text); err != nil {
			return unwritten(o.File, err)
		}
		return nil
	}
	if _, err := o.Out.Write(text); err != nil {
		return &Error{Text: "write the report: " + clean(err.Error()), Hint: "look at where standard output goes"}
	}
	return nil
}

// json is the report for programs.
func (r report) json() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if e.Encode(r) != nil { // texts, numbers and truths always encode
		return nil
	}
	return b.Bytes()
}

// writeNew writes a file that must not be there yet, for its owner's eyes alone.
func writeNew(name string, text []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil {
		os.Remove(name) // half a report is worse than none
	}
	return err
}

func unwritten(name string, err error) error {
	if errors.Is(err, fs.ErrExist) {
		return &Error{Text: "write the report: " + clean(name) + " is there already, and is never overwritten", Hint: "name another file"}
	}
	return &Error{Text: "write the report: " + clean(err.Error()), Hint: "name a file in a directory that you may write to"}
}

const (
	reportEntries = 8000 // eight calls; with one for the changes what may be read in a minute
	reportChanges = 1000
	reportFronts  = 30 * time.Second // for all calls about load balancers: nobody's refusals wait for them longer
)

// read reads all that a report rests on. An error is one after which there is nothing to report.
func (o ReportOptions) read(ctx context.Context) (*dossier, error) {
	client, err := o.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	d := &dossier{project: client.Project(), demo: o.Demo, at: now(), window: o.Since, policies: map[string]*gcp.Policy{}, failed: map[string]string{}}
	listing, unlisted := client.Services(ctx)
	switch {
	case unlisted == nil:
		err = o.aim(d, listing)
	case o.Service != "" && o.Region == "":
		err = unlisted // where it is would be a guess
	default:
		d.scope = place{Project: clean(d.project), Service: clean(o.Service), Region: clean(o.Region)}
		d.unread = append(d.unread, "the services of the project: "+described(unlisted))
	}
	if err != nil {
		return nil, err
	}
	unlogged := o.readLog(ctx, client, d)
	switch {
	case ctx.Err() != nil:
		return nil, unlogged
	case unlisted != nil && unlogged != nil:
		return nil, unlisted
	}
	return d, o.readAccess(ctx, client, d)
}

// aim takes the services of a listing, and finds the one that is asked for.
func (o ReportOptions) aim(d *dossier, l gcp.Listing) error {
	d.services = l.Services
	for _, f := range l.Failed {
		d.unread = append(d.unread, "the services of "+f.Region+": "+described(f.Err))
	}
	if o.Service == "" {
		return nil
	}
	s, err := CheckOptions{Service: o.Service, Region: o.Region}.choose(d.project, l)
	d.scope = whereIs(s)
	return err
}

// readLog reads changes and refusals, each for itself: a storm of these would crowd out those. The error is that of the refusals.
func (o ReportOptions) readLog(ctx context.Context, client *gcp.Client, d *dossier) error {
	changes, more, err := client.Changes(ctx, d.from(), d.at, reportChanges)
	switch {
	case err != nil:
		d.unread = append(d.unread, "changes: "+described(err))
	case more:
		d.unread = append(d.unread, "changes before "+changes[len(changes)-1].Time.UTC().Format(time.DateTime)+": there are more than are read")
	default:
		d.changed = true
	}
	var past gcp.History
	past.Add(changes...)
	d.changes = past.List()
	entries, more, err := client.Refused(ctx, d.from(), d.at, reportEntries)
	d.entries = ingest(entries)
	slices.SortFunc(d.entries, order)
	d.entries = slices.CompactFunc(d.entries, func(a, b *refusal) bool { return order(a, b) == 0 })
	if len(d.entries) > 0 {
		d.logged = newestOf(d.entries, "")
	} else if err == nil {
		// One more call tells a quiet project from a log that holds nothing.
		if last, err := client.LastLogged(ctx, d.from(), d.at); err == nil {
			d.logged = &last
		}
	}
	switch {
	case err != nil:
		d.unread = append(d.unread, "refused requests, or some of them: "+described(err))
	case more && len(d.entries) > 0:
		d.whole = d.entries[0].Time
		d.unread = append(d.unread, fmt.Sprintf("refused requests before %s: there are more than the newest %d", d.whole.UTC().Format(time.DateTime), len(d.entries)))
	default:
		d.whole = d.from()
	}
	return err
}

// readAccess reads the policies of the services that get a section, what they inherit and what stands in front of them, all at
// once.
func (o ReportOptions) readAccess(ctx context.Context, client *gcp.Client, d *dossier) error {
	var answers []policyRead
	for _, own := range d.sorted() {
		quiet := len(own.entries)+len(own.changes) == 0 && d.scope == place{}
		if own.service != nil && !quiet && len(answers) < mostReported {
			answers = append(answers, policyRead{service: own.service.ID})
		}
	}
	var g errgroup.Group
	var above gcp.Inherited
	if len(answers) > 0 {
		g.Go(func() error {
			above, _ = client.Inherited(ctx) // what was not read, it says itself
			return ctx.Err()
		})
		g.Go(func() error {
			d.fronts, d.barred = frontsIn(ctx, client)
			return ctx.Err()
		})
	}
	for i := range answers {
		g.Go(func() error {
			answers[i].policy, answers[i].err = client.Policy(ctx, answers[i].service)
			return ctx.Err()
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, m := range answers {
		if m.err != nil {
			d.failed[m.service] = described(m.err)
			continue
		}
		p := m.policy.Inheriting(&above)
		d.policies[m.service] = &p
	}
	return nil
}
