package ui

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"why401/gcp"
	"why401/token"
)

// CheckOptions is what Check needs.
type CheckOptions struct {
	// In is what was pasted, as the dashboard takes it: a token, a header line, a curl command. Nil or nothing in it is a request
	// without a credential.
	In  io.Reader
	Out io.Writer
	// JSON writes the report as JSON, see CheckHelp; otherwise it is plain text.
	JSON bool

	// Service is the service to judge against, by its short name, of the project that Open's client reads; "" for none. Region
	// tells services of one name apart.
	Service, Region string
	// Open makes the client, and is called only where Service is set.
	Open func(context.Context) (*gcp.Client, error)
	// Target describes the service in place of a cloud, see CheckHelp; nil: it does not.
	Target []byte

	// Keys are public keys at hand. Where none is for the token's issuer they are fetched through HTTP (nil: the network).
	Keys []KeyFile
	HTTP *http.Client
	// Offline forbids the network: no socket is opened.
	Offline bool
	// Now is the moment to judge at, the zero value for the present.
	Now time.Time
}

// Exit statuses of Check.
const (
	ExitLetIn   = 0 // the request reaches the container
	ExitRefused = 1 // it is answered 401, 403 or 404
	ExitUsage   = 2 // it could not be judged: usage, or the environment
	ExitUnknown = 3 // it was judged, and the answer cannot be known from here
)

const mostPaste = 1 << 20 // bytes; token.Read refuses more

// answer is a judged credential: what a report is written from.
type answer struct {
	token   *token.Token // nil for a request without a credential
	target  token.Target
	report  token.Report
	verdict token.Verdict
	notes   []string // what could not be read, in words; clean
}

// Check judges one credential without the screen, writes the report to Out and returns the exit status. An error is an *Error or a
// *gcp.Error, says the next step, holds nothing of the credential, and comes with ExitUsage; Out may then have got nothing.
func Check(ctx context.Context, o CheckOptions) (exit int, err error) {
	if err := o.contradiction(); err != nil {
		return ExitUsage, err
	}
	t, err := credential(o.In)
	if err != nil {
		return ExitUsage, err
	}
	a, err := o.judge(ctx, t)
	if err != nil {
		return ExitUsage, err
	}
	write := a.plain
	if o.JSON {
		write = a.json
	}
	if _, err := o.Out.Write(write()); err != nil {
		return ExitUsage, &Error{Text: "write the report: " + clean(err.Error()), Hint: "look at where standard output goes"}
	}
	return a.exit(), nil
}

// contradiction says which options exclude each other.
func (o CheckOptions) contradiction() error {
	switch {
	case o.Service != "" && o.Target != nil:
		return &Error{Text: "--service and --target both name a service", Hint: "choose one"}
	case o.Service != "" && o.Offline:
		return &Error{Text: "--service is read from the cloud, which --offline forbids", Hint: "describe the service in a file: --target FILE"}
	case o.Service == "" && o.Region != "":
		return &Error{Text: "--region without --service", Hint: "say which service: --service NAME"}
	}
	return nil
}

// credential reads what was pasted; nil for nothing.
func credential(in io.Reader) (*token.Token, error) {
	if in == nil {
		return nil, nil
	}
	pasted, err := readAtMost(in, mostPaste)
	if err != nil {
		return nil, &Error{Text: "read the token: " + clean(err.Error()), Hint: "pipe it in, or say --token-file FILE"}
	}
	if len(bytes.TrimSpace(pasted)) == 0 {
		return nil, nil
	}
	t, err := token.Read(pasted)
	if err != nil {
		return nil, &Error{Text: clean(err.Error()), Hint: "pipe in the token itself, the header line or the curl command it stands in"}
	}
	return t, nil
}

// judge brings together the keys, the service and the moment.
func (o CheckOptions) judge(ctx context.Context, t *token.Token) (answer, error) {
	a := answer{token: t}
	var described sketch
	var err error
	if o.Target != nil {
		if described, err = readTarget(o.Target); err != nil {
			return answer{}, err
		}
	}
	ring, err := o.keyring(ctx, t)
	if err != nil {
		return answer{}, err
	}
	at := moment{now: o.Now, clock: ring.clock, keys: ring.keys}
	if at.now.IsZero() {
		at.now = now()
	} else {
		at.clock = token.Clock{Given: true}
	}
	switch {
	case o.Target != nil:
		a.target = described.target(t, at)
	case o.Service != "":
		if a.target, a.notes, err = o.inCloud(ctx, at); err != nil {
			return answer{}, err
		}
	default:
		a.target = token.Target{Now: at.now, Clock: at.clock, Keys: at.keys}
	}
	a.report = token.Check(t, a.target)
	a.verdict = a.report.Verdict()
	return a, nil
}

// exit is the exit status of a verdict. A verdict without one status is unknown, also where each that may come is a refusal.
func (a answer) exit() int {
	switch a.verdict.Status {
	case 0:
		return ExitUnknown
	case 200:
		return ExitLetIn
	}
	return ExitRefused
}

// verified says whether the signature verified, so that the kind is more than a claim.
func (a answer) verified() bool { return a.token.Verified(a.target.Keys) == token.Yes }
