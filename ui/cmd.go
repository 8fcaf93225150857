package ui

import (
	"context"
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
	return tea.Tick(time.Second, func(at time.Time) tea.Msg { return ticked{at} })
}

func openClient(ctx context.Context, open func(context.Context) (*gcp.Client, error)) tea.Cmd {
	return func() tea.Msg {
		client, err := open(ctx)
		return clientOpened{client, err}
	}
}

func listServices(ctx context.Context, client *gcp.Client, generation int) tea.Cmd {
	return func() tea.Msg {
		listing, err := client.Services(ctx)
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

// listEntries reads what was logged from a moment on, the newest first.
func listEntries(ctx context.Context, client *gcp.Client, attempt int, why purpose, from time.Time) tea.Cmd {
	return func() tea.Msg {
		at := now()
		page, err := client.Log(ctx, from, at, backfillLimit)
		return entriesListed{attempt, why, ingest(page.Entries), page.Changes, page.More, at, err}
	}
}

func fetchKeys(ctx context.Context, client *gcp.Client, url string) tea.Cmd {
	return func() tea.Msg {
		file, err := client.PublicKeys(ctx, url)
		m := keysFetched{url: url, at: now(), err: err}
		if err != nil {
			return m
		}
		m.set, m.err = token.ParseKeys(file.Body)
		m.set.Read, m.set.Age = file.Read, file.MaxAge
		if !file.Date.IsZero() {
			m.clock = token.Clock{Known: true, Skew: file.Read.Sub(file.Date), Who: file.URL}
		}
		return m
	}
}

// readToken reads what was pasted. It is pure and takes microseconds, but a megabyte of paste is unwrapped off the screen's path.
func readToken(pasted []byte, label string) tea.Cmd {
	return func() tea.Msg {
		tokens, err := token.ReadAll(pasted)
		return tokenRead{tokens, label, err}
	}
}
