package ui

import (
	"context"
	"net/url"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/gcp"
	"why401/token"
)

// Commands are functions of values, never methods on a model; each does one thing and answers with one message. They are
// the only goroutines of this package.

// now is the only reading of the clock in this package: time is a value everywhere else.
func now() time.Time { return time.Now() }

// after answers with m when d has passed.
func after(d time.Duration, m tea.Msg) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return m })
}

// tick answers at the next full second of a countdown.
func tick() tea.Cmd {
	return after(time.Second, ticked{})
}

func openClient(ctx context.Context, open func(context.Context) (*gcp.Client, error)) tea.Cmd {
	return func() tea.Msg {
		client, err := open(ctx)
		return clientOpened{client, err}
	}
}

// closeClient closes a client off the screen's path, and answers nothing.
func closeClient(client *gcp.Client) tea.Cmd {
	return func() tea.Msg {
		_ = client.Close() // it is given up: nobody would do anything about an error
		return nil
	}
}

func listServices(ctx context.Context, client *gcp.Client, generation int) tea.Cmd {
	return func() tea.Msg { return nextServices(client.List(ctx), generation)() }
}

// nextServices waits for what more has come of a listing, or for its end.
func nextServices(lister *gcp.Lister, generation int) tea.Cmd {
	return func() tea.Msg {
		part, more := lister.Next()
		if more {
			return servicesFound{generation, lister, part, now()}
		}
		listing, err := lister.Listing()
		return servicesListed{generation, listing, now(), err}
	}
}

func readPolicy(ctx context.Context, client *gcp.Client, generation int, service string) tea.Cmd {
	return func() tea.Msg {
		policy, err := client.Policy(ctx, service)
		return policyRead{generation, service, policy, now(), err}
	}
}

func openTail(ctx context.Context, client *gcp.Client, attempt int) tea.Cmd {
	return func() tea.Msg {
		tail, err := client.Tail(ctx)
		return tailOpened{attempt, tail, now(), err}
	}
}

// nextEntries waits for one message of the tail.
func nextEntries(tail *gcp.Tail, attempt int) tea.Cmd {
	return func() tea.Msg {
		batch, err := tail.Next()
		return entriesArrived{attempt, ingest(batch.Entries), batch.Changes, batch.Suppressed, now(), err}
	}
}

func fetchKeys(ctx context.Context, client *gcp.Client, from string) tea.Cmd {
	return func() tea.Msg {
		file, err := client.PublicKeys(ctx, from)
		m := keysFetched{url: from, at: now(), err: err}
		if err != nil {
			return m
		}
		m.set, m.err = token.ParseKeys(file.Body)
		m.set.Read, m.set.Age = file.Read, file.MaxAge
		m.clock = clockOf(file)
		return m
	}
}

// clockOf is what the answer about keys says of the local clock, by the host that gave it.
func clockOf(f gcp.KeyFile) token.Clock {
	if f.Date.IsZero() {
		return token.Clock{}
	}
	who := f.URL
	if u, err := url.Parse(f.URL); err == nil && u.Host != "" {
		who = u.Host
	}
	return token.Clock{Known: true, Skew: f.Read.Sub(f.Date), Who: who}
}

// readToken reads what was pasted. It is pure and takes microseconds, but a megabyte of paste is unwrapped off the screen's path.
func readToken(pasted []byte, label string) tea.Cmd {
	return func() tea.Msg {
		tokens, err := token.ReadAll(pasted)
		return tokenRead{tokens, label, err}
	}
}
