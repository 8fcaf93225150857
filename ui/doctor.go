package ui

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"why401/gcp"
	"why401/token"
)

// DoctorOptions is what Doctor needs.
type DoctorOptions struct {
	Out   io.Writer
	JSON  bool // write JSON, see DoctorHelp; otherwise it is plain text
	ASCII bool // draw with plain ASCII

	// Settings is why the settings file or the environment's settings cannot be used, an *Error; nil: they can.
	Settings error

	Environ       []string // os.Environ
	Stdin, Stdout *os.File // what the screen would be drawn on; nil: nothing

	// Project is the project's id as the command line gives it, "" for none. Demo is the embedded cloud's, "" for Google's.
	Project, Demo string
	// Open makes a client of a project; a nil login is none, with which only the way to Google is tried.
	Open func(ctx context.Context, project string, login *gcp.Login) (*gcp.Client, error)
	// HTTP fetches published keys, whose server tells the time; nil: the network.
	HTTP *http.Client
}

// Exit statuses of Doctor, besides ExitUsage.
const (
	ExitWell = 0 // everything needed is there
	ExitIll  = 1 // something needed is missing, or could not be found out
)

const (
	doctorTime = 12 * time.Second // for all that asks the network; it is asked at the same time
	skewTime   = 10 * time.Second // a clock may be off by
)

// finding is one line of the check list. Its texts are clean.
type finding struct {
	section, id, name string
	status            token.Status
	text, fix         string
	needed            bool
}

// examination is what has been found out.
type examination struct {
	o     DoctorOptions
	found []finding

	login     *gcp.Login
	project   string
	endpoints []gcp.Endpoint
	until     time.Time // of the access token
	loginErr  error
	openErr   error
	trials    []gcp.Trial
	keys      gcp.KeyFile
	keysErr   error
}

// Doctor looks at everything that the dashboard needs, writes a check list to Out and returns the exit status. It makes the
// reads that the dashboard makes, changes nothing, and takes some fifteen seconds where nothing answers. The error is an *Error:
// the list could not be written.
func Doctor(ctx context.Context, o DoctorOptions) (exit int, err error) {
	x := &examination{o: o}
	x.credentials(ctx)
	x.place()
	x.ask(ctx)
	x.access()
	x.reach()
	x.apis()
	x.permissions()
	x.clock()
	x.settings()
	x.terminal()
	write := x.plain
	if o.JSON {
		write = x.json
	}
	if _, err := o.Out.Write(write()); err != nil {
		return ExitUsage, &Error{Text: "write the check list: " + clean(err.Error()), Hint: "look at where standard output goes"}
	}
	return x.exit(), nil
}

func (x *examination) env(name string) string { return lookup(x.o.Environ, name) }

// add notes a finding. Texts come from everywhere.
func (x *examination) add(f finding) {
	f.text, f.fix = shown(f.text), shown(f.fix)
	x.found = append(x.found, f)
}

// failed notes an error, with its next step.
func (x *examination) failed(f finding, err error) {
	f.status, f.text, f.fix = token.Fail, err.Error(), hint(err)
	x.add(f)
}

// exit is the exit status: what is needed and not known to work is as good as missing.
func (x *examination) exit() int {
	if len(x.ills()) > 0 {
		return ExitIll
	}
	return ExitWell
}

// ills are the findings that make the exit status.
func (x *examination) ills() (ills []finding) {
	for _, f := range x.found {
		if f.needed && (f.status == token.Fail || f.status == token.Unknown) {
			ills = append(ills, f)
		}
	}
	return ills
}

// credentials finds the login.
func (x *examination) credentials(ctx context.Context) {
	f := finding{section: "Credentials", id: "credentials", name: "login", status: token.Pass, needed: true}
	if x.o.Demo != "" {
		f.text = "none needed: the embedded cloud"
		x.add(f)
		return
	}
	login, err := gcp.Credentials(ctx, x.env)
	if err != nil {
		x.failed(f, err)
		return
	}
	x.login = login
	f.text = fmt.Sprintf("%s, from %s: %s", login.Who, login.From, login.Kind)
	x.add(f)
}

// place finds the project, and where the APIs are reached.
func (x *examination) place() {
	f := finding{section: "Project", id: "project", name: "project", status: token.Pass, needed: true}
	if x.o.Demo != "" {
		x.project, f.text = x.o.Demo, x.o.Demo+", the embedded cloud's"
		x.add(f)
		return
	}
	p, err := gcp.FindProject(x.o.Project, x.env)
	switch {
	case err == nil:
		x.project, f.text = p.ID, p.ID+", from "+p.From
		x.add(f)
	case isNotFound(err) && x.login != nil && x.login.Project != "":
		x.project, f.text = x.login.Project, x.login.Project+", from the credentials"
		x.add(f)
	default:
		x.failed(f, err)
	}
	if x.endpoints, err = gcp.Endpoints(x.env); err != nil {
		x.failed(finding{section: "Reachability", id: "endpoints", name: "endpoints", needed: true}, err)
	}
}

// standIn is a project to call with where there is none, and without credentials: the answer says no more than that there is one.
const standIn = "no-project-named"

// ask asks the network, everything at the same time.
func (x *examination) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, doctorTime)
	defer cancel()
	var g errgroup.Group
	g.Go(func() error {
		x.keys, x.keysErr = gcp.FetchKeys(ctx, x.o.HTTP, gcp.GoogleKeys)
		return nil
	})
	if x.login != nil {
		g.Go(func() error {
			x.until, x.loginErr = x.login.Check(ctx)
			return nil
		})
	}
	g.Go(func() error {
		project, login := x.project, x.login
		if project == "" {
			project, login = standIn, nil
		}
		client, err := x.o.Open(ctx, project, login)
		if err != nil {
			x.openErr = err
			return nil
		}
		defer client.Close()
		x.trials = client.Try(ctx)
		return nil
	})
	_ = g.Wait() // each keeps its own error
}

// access says whether the login still works, and who is billed.
func (x *examination) access() {
	if x.login == nil {
		return
	}
	f := finding{section: "Credentials", id: "credentials.token", name: "access token", status: token.Pass, needed: true}
	if x.loginErr != nil {
		x.failed(f, x.loginErr)
	} else {
		f.text = "there is one"
		if !x.until.IsZero() {
			f.text += ", until " + x.until.Local().Format(time.TimeOnly) + "; it is renewed by itself"
		}
		x.add(f)
	}
	quota := finding{section: "Credentials", id: "credentials.quota", name: "quota", status: token.Pass}
	if quota.text = "drawn on project " + x.login.Quota(x.project); x.login.Quota(x.project) == "" {
		quota.text = "drawn on the credentials' own project"
	}
	x.add(quota)
}
