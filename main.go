// Command why401 is a terminal dashboard for the engineer on call: why does Cloud Run answer 401?
//
// This file reads the command line, chooses the cloud (Google's, or the embedded one of --demo) and hands both to the screen.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"google.golang.org/grpc/codes"

	"why401/gcp"
	"why401/gcp/demo"
	"why401/token"
	"why401/ui"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run does what the arguments say and gives the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	ui.Protect()
	command := newCommand()
	command.AddCommand(newCheck(&status))
	command.SetArgs(args)
	command.SetIn(stdin)
	command.SetOut(stdout)
	command.SetErr(stderr)
	err := secrets(args)
	if err == nil {
		err = command.Execute()
	}
	if err != nil {
		return ui.Explain(stderr, err)
	}
	return status
}

// flags are what the command line says.
type flags struct {
	project   string
	since     time.Duration
	tokenFile string
	keys      []string
	demo      bool
	ascii     bool
}

const (
	leastSince = time.Minute
	mostSince  = 24 * time.Hour
	mostToken  = 1 << 20 // bytes of a token file, as of a paste
	mostTarget = 4 << 20 // bytes of a target file
	mostKeys   = 1 << 20 // bytes of a key file
)

const help = `Usage: {{.Use}}

Say why Cloud Run answers 401: the services of a project, who may call them and which audiences they accept, the
refused requests as they come, and every check of a token that you paste, with the way out. It only reads.

{{.LocalFlags.FlagUsages}}
why401 check judges a token without the screen, for scripts and tickets: see why401 check --help.

A token is never an argument: paste it on the screen, or name a file.
Without --project it takes CLOUDSDK_CORE_PROJECT, GOOGLE_CLOUD_PROJECT, gcloud's configuration, the credentials.
Exit status: 0 after quitting, 2 where it could not start, 128 and its number after a signal.
`

func newCommand() *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:           "why401 [--project ID | --demo] [OPTION]...",
		Version:       version(),
		Args:          noArguments,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(c *cobra.Command, _ []string) error { return show(c.Context(), f) },
	}
	c.CompletionOptions.DisableDefaultCmd = true
	c.SetHelpCommand(&cobra.Command{Use: "no-help", Hidden: true}) // cobra's own repeats its arguments
	c.SetHelpTemplate(help)
	c.SetUsageTemplate(help)
	c.SetVersionTemplate("why401 {{.Version}}\n")
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return badFlag(err) })
	set := c.Flags()
	set.SortFlags = false
	set.StringVar(&f.project, "project", "", "the project, by its `ID` or number")
	set.DurationVar(&f.since, "since", 15*time.Minute, "read refused requests of the last `DURATION`, 1m to 24h")
	set.Lookup("since").DefValue = "15m" // not "15m0s"
	set.StringVar(&f.tokenFile, "token-file", "", "begin with the token in `FILE`")
	set.StringArrayVar(&f.keys, "keys", nil, "take public keys from a `FILE`, or for one issuer: ISSUER=FILE; may be repeated")
	set.BoolVar(&f.demo, "demo", false, "show an embedded cloud with a story in it; needs no account")
	set.BoolVar(&f.ascii, "ascii", false, "draw with plain ASCII")
	set.BoolP("version", "V", false, "print the version and exit")
	set.BoolP("help", "h", false, "print this help and exit")
	return c
}

// checkFlags are what the command line of check says.
type checkFlags struct {
	project, service, region string
	tokenFile, target, now   string
	keys                     []string
	demo, json, offline      bool
}

const checkHelp = `Usage: {{.UseLine}}

Judge one token, or a request without any, and say what Cloud Run answers, why, and the way out: the dashboard's own
report without the screen.

{{.LocalFlags.FlagUsages}}
`

// newCheck is the command that judges without the screen. It leaves its exit status in a variable.
func newCheck(status *int) *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:                   "check [--project ID --service NAME [--region REGION] | --target FILE] [OPTION]... < TOKEN",
		DisableFlagsInUseLine: true,
		Args:                  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			o, err := f.options(c.Context(), c.InOrStdin())
			if err != nil {
				return err
			}
			o.Out = c.OutOrStdout()
			*status, err = ui.Check(c.Context(), o)
			return err
		},
	}
	c.SetHelpTemplate(checkHelp + ui.CheckHelp)
	set := c.Flags()
	set.SortFlags = false
	set.StringVar(&f.project, "project", "", "the project, by its `ID` or number")
	set.StringVar(&f.service, "service", "", "judge against the service `NAME`")
	set.StringVar(&f.region, "region", "", "the service's `REGION`, where the name is in several")
	set.StringVar(&f.target, "target", "", "judge against the service that `FILE` describes, without a cloud")
	set.StringVar(&f.tokenFile, "token-file", "", "read the token from `FILE`, not from standard input")
	set.BoolVar(&f.json, "json", false, "write JSON")
	set.StringArrayVar(&f.keys, "keys", nil, "take public keys from a `FILE`, or for one issuer: ISSUER=FILE; may be repeated")
	set.BoolVar(&f.offline, "offline", false, "do without the network")
	set.StringVar(&f.now, "now", "", "judge at a `MOMENT`, such as 2026-11-24T03:12:00Z")
	set.BoolVar(&f.demo, "demo", false, "take the service from the embedded cloud")
	set.BoolP("help", "h", false, "print this help and exit")
	return c
}

// options reads the files that the flags name, and chooses the cloud.
func (f checkFlags) options(ctx context.Context, stdin io.Reader) (o ui.CheckOptions, err error) {
	o = ui.CheckOptions{In: stdin, JSON: f.json, Service: f.service, Region: f.region, Offline: f.offline}
	if f.now != "" {
		if o.Now, err = time.Parse(time.RFC3339, f.now); err != nil {
			return o, &ui.Error{Text: "--now takes a moment of RFC 3339", Hint: "such as --now 2026-11-24T03:12:00Z"}
		}
	}
	if f.target != "" {
		if o.Target, err = readFile("target file", f.target, mostTarget); err != nil {
			return o, err
		}
	}
	if o.Keys, err = readKeys(f.keys); err != nil {
		return o, err
	}
	file, isFile := stdin.(*os.File)
	switch {
	case f.tokenFile != "" && f.tokenFile != "-":
		read, err := readToken(f.tokenFile)
		if err != nil {
			return o, err
		}
		o.In = bytes.NewReader(read)
	case isFile && term.IsTerminal(file.Fd()):
		return o, &ui.Error{Text: "standard input is a terminal, which shows what is pasted and cuts it at 4095 characters",
			Hint: "why401 check < FILE, or --token-file FILE, or paste it into why401 itself; a request without a credential: < /dev/null"}
	}
	if (f.service != "" || f.demo) && !f.offline {
		var screen ui.Options
		if o.HTTP, err = cloud(ctx, &screen, f.demo, f.project); err != nil {
			return o, err
		}
		o.Open = screen.Open
	}
	return o, nil
}

// readKeys reads the files of --keys, each a FILE or an ISSUER=FILE.
func readKeys(args []string) (keys []ui.KeyFile, err error) {
	for _, arg := range args {
		issuer, name, bound := strings.Cut(arg, "=")
		if !bound {
			issuer, name = "", arg
		}
		body, err := readFile("key file", name, mostKeys)
		if err != nil {
			return nil, err
		}
		keys = append(keys, ui.KeyFile{Issuer: issuer, Name: name, Body: body})
	}
	return keys, nil
}

// version is what the Go toolchain knows of the build: a module version, or a commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// show runs the screen on the cloud that the flags choose.
func show(ctx context.Context, f flags) error {
	if f.since < leastSince || f.since > mostSince {
		return badSince
	}
	o := ui.Options{Since: f.since, Version: version(), ASCII: f.ascii}
	var err error
	if f.tokenFile != "" {
		if o.Token, err = readToken(f.tokenFile); err != nil {
			return err
		}
	}
	if o.Keys, err = readKeys(f.keys); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if _, err := cloud(ctx, &o, f.demo, f.project); err != nil {
		return err
	}
	return ui.Run(ctx, o)
}

// cloud fills in the cloud that the flags choose. keys is how it publishes keys, nil for the network.
func cloud(ctx context.Context, o *ui.Options, embed bool, project string) (keys *http.Client, err error) {
	switch {
	case embed && project != "":
		return nil, &ui.Error{Text: "--demo has a project of its own", Hint: "leave out --project, or --demo"}
	case embed:
		return embedded(ctx, o)
	}
	return nil, google(ctx, o, project)
}

// embedded fills in the embedded cloud. It is not closed: it ends with the process, and closing would wait for its streams.
func embedded(ctx context.Context, o *ui.Options) (keys *http.Client, err error) {
	cloud := demo.New()
	if err := cloud.Start(); err != nil {
		return nil, fmt.Errorf("start the embedded cloud: %w", err)
	}
	go cloud.Run(ctx)
	o.Demo, o.Project = true, cloud.Project()
	o.Open = func(ctx context.Context) (*gcp.Client, error) {
		return gcp.New(ctx, gcp.Config{Project: cloud.Project(), Options: cloud.Options(), HTTP: cloud.HTTP()})
	}
	o.Samples = func(service string) (samples []ui.Sample) {
		for _, s := range cloud.Samples(service) {
			samples = append(samples, ui.Sample(s))
		}
		return samples
	}
	return cloud.HTTP(), nil
}

// google fills in Google's cloud. Without a project or credentials there is nothing to show; whether the credentials still work
// is asked once the screen is up.
func google(ctx context.Context, o *ui.Options, flag string) error {
	project, missing := gcp.FindProject(flag, os.Getenv)
	var e *gcp.Error
	if missing != nil && (!errors.As(missing, &e) || e.Code != codes.NotFound) {
		return missing
	}
	login, err := gcp.Credentials(ctx, os.Getenv)
	if err != nil {
		return err
	}
	if o.Project = project.ID; o.Project == "" {
		if o.Project = login.Project; o.Project == "" {
			return missing
		}
	}
	id := o.Project
	o.Open = func(ctx context.Context) (*gcp.Client, error) {
		// Anew each time: after a failure the user may have logged in again.
		login, err := gcp.Credentials(ctx, os.Getenv)
		if err != nil {
			return nil, err
		}
		if err := login.Check(ctx); err != nil {
			return nil, err
		}
		return gcp.New(ctx, gcp.Config{Project: id, Options: login.Options(id), Env: os.Getenv})
	}
	return nil
}

// readToken reads a token file. No error holds any of it.
func readToken(name string) ([]byte, error) {
	if name == "-" {
		return nil, &ui.Error{Text: "--token-file cannot be standard input, which is the keyboard", Hint: "name a file, or in bash: --token-file <(COMMAND)"}
	}
	read, err := readFile("token file", name, mostToken)
	if err == nil && len(strings.TrimSpace(string(read))) == 0 {
		err = &ui.Error{Text: "the token file " + name + " is empty", Hint: "look at the command that writes it"}
	}
	if err != nil {
		return nil, err
	}
	return read, nil
}

// readFile reads a file of at most some bytes. No error holds any of it.
func readFile(what, name string, most int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, unreadable(what, err)
	}
	defer file.Close()
	read, err := io.ReadAll(io.LimitReader(file, most+1))
	switch {
	case err != nil:
		return nil, unreadable(what, err)
	case int64(len(read)) > most:
		return nil, &ui.Error{Text: fmt.Sprintf("the %s %s is larger than %d MiB", what, name, most>>20), Hint: "name a file that holds it and nothing else"}
	}
	return read, nil
}

func unreadable(what string, err error) error {
	return &ui.Error{Text: "read the " + what + ": " + err.Error(), Hint: "name a file that you may read"}
}

// secrets refuses a command line with a token in it, whatever else is wrong with it, and never says the token again.
func secrets(args []string) error {
	for _, arg := range args {
		if _, value, ok := strings.Cut(arg, "="); ok && strings.HasPrefix(arg, "-") {
			arg = value
		}
		if secret(arg) {
			return &ui.Error{
				Text: "an argument looks like a token; the shell's history holds it now, and other users of this machine may have seen it",
				Hint: "start without it and paste it on the screen, or use --token-file FILE; where it lives long, revoke it",
			}
		}
	}
	return nil
}

// longWord is more than any name has in one piece, and less than any token.
var longWord = regexp.MustCompile(`[A-Za-z0-9_+=-]{64}|eyJ[A-Za-z0-9_-]{6}`)

// secret says whether an argument looks like a credential: of a kind that is known, or by its length.
func secret(arg string) bool {
	if longWord.MatchString(arg) {
		return true
	}
	t, err := token.Read([]byte(arg))
	return err == nil && t.Kind() != token.None && t.Kind() != token.Unrecognised
}

// noArguments refuses arguments without repeating them: one may be half a token.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return &ui.Error{Text: "it takes options only, no other arguments", Hint: "why401 --help"}
}

var badSince = &ui.Error{Text: "--since takes a duration from 1m to 24h", Hint: "such as --since 15m"}

// badFlag says what is wrong with an option without repeating a value, or a name that is none.
func badFlag(err error) error {
	text := err.Error()
	name := regexp.MustCompile(`--?[a-z][a-z-]{0,15}\b`).FindString(text)
	hint := "why401 --help"
	switch {
	case strings.Contains(text, `for "--since"`):
		return badSince
	case strings.HasPrefix(text, "flag needs an argument"):
		return &ui.Error{Text: "the option " + name + " needs a value", Hint: hint}
	case strings.HasPrefix(text, "invalid argument"):
		return &ui.Error{Text: "an option has a value that it does not take", Hint: hint}
	case strings.HasPrefix(text, "unknown flag: "+name) && text == "unknown flag: "+name:
		return &ui.Error{Text: "there is no option " + name, Hint: hint}
	}
	return &ui.Error{Text: "there is no such option", Hint: hint}
}
