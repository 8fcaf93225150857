// Command why401 is a terminal dashboard for the engineer on call: why does Cloud Run answer 401?
//
// This file reads the command line, chooses the cloud (Google's, or the embedded one of --demo) and hands both to the screen.
package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/api/option"
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
	command.AddCommand(subcommands(&status)...)
	complete(command)
	if len(args) > 0 && args[0] == cobra.ShellCompRequestCmd {
		unquote(command)
	}
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

// subcommands are the commands besides the screen. Those that judge leave their exit status in a variable.
func subcommands(status *int) []*cobra.Command {
	return []*cobra.Command{newCheck(status), newDoctor(status), newReport(), newCompletion(), newManual()}
}

// flags are what the command line says.
type flags struct {
	project   string
	region    string
	since     time.Duration
	tokenFile string
	keys      []string
	demo      bool
	ascii     bool
	mouse     bool
	theme     string
	plain     bool
	log       string
	version   bool
}

const (
	mostToken  = 1 << 20 // bytes of a token file, as of a paste
	mostTarget = 4 << 20 // bytes of a target file
	mostKeys   = 1 << 20 // bytes of a key file
	mostConfig = 1 << 16 // bytes of the settings file
)

// help is what --help prints of every command; the manual is made of the same. It is no template, since a program with templates
// in it keeps every method of every type that one might name: 4 MB of Google's clients.
func help(c *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Usage: %s\n\n%s\n\n%s", c.UseLine(), c.Long, c.LocalFlags().FlagUsages())
	if c.HasAvailableSubCommands() {
		b.WriteString("\nCommands, each with its own --help:\n")
	}
	for _, s := range c.Commands() {
		if s.IsAvailableCommand() {
			fmt.Fprintf(&b, "  %-12s%s\n", s.Name(), s.Short)
		}
	}
	return b.String() + "\n" + c.Annotations["details"]
}

const details = `A token is never an argument: paste it on the screen, or name a file.
Without --project it takes CLOUDSDK_CORE_PROJECT, GOOGLE_CLOUD_PROJECT, gcloud's configuration, the credentials.
Exit status: 0 after quitting, 2 where it could not start, 128 and its number after a signal.
`

func newCommand() *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "why401 [--project ID | --demo] [OPTION]...",
		Short: "say why Cloud Run answers 401",
		Long: `Say why Cloud Run answers 401: the services of a project, who may call them and which audiences they accept, the
refused requests as they come, and every check of a token that you paste, with the way out. It only reads.`,
		Annotations:           map[string]string{"details": details},
		DisableFlagsInUseLine: true,
		Args:                  noArguments,
		SilenceErrors:         true,
		SilenceUsage:          true,
		RunE: func(c *cobra.Command, _ []string) error {
			if f.version {
				info, _ := debug.ReadBuildInfo()
				_, err := io.WriteString(c.OutOrStdout(), "why401 "+version()+"\n"+build(info))
				return err
			}
			keymap, err := settle(c)
			if err != nil {
				return err
			}
			return show(c.Context(), f, keymap)
		},
	}
	c.CompletionOptions.DisableDefaultCmd = true
	c.SetHelpCommand(newHelp()) // cobra's own repeats its arguments
	c.SetHelpFunc(func(c *cobra.Command, _ []string) { io.WriteString(c.OutOrStdout(), help(c)) })
	c.SetUsageFunc(func(c *cobra.Command) error { _, err := io.WriteString(c.OutOrStderr(), help(c)); return err })
	c.SetFlagErrorFunc(badFlag)
	set := c.Flags()
	set.SortFlags = false
	set.StringVar(&f.project, "project", "", "the project, by its `ID` or number; several with commas")
	set.StringVar(&f.region, "region", "", "show only what is in `REGION`; several with commas")
	sinceFlag(c, &f.since)
	set.StringVar(&f.tokenFile, "token-file", "", "begin with the token in `FILE`")
	set.StringArrayVar(&f.keys, "keys", nil, "take public keys from a `FILE`, or for one issuer: ISSUER=FILE; may be repeated")
	set.BoolVar(&f.demo, "demo", false, "show an embedded cloud with a story in it; needs no account")
	set.BoolVar(&f.ascii, "ascii", false, "draw with plain ASCII")
	set.BoolVar(&f.plain, "plain", false, "run in lines, for screen readers and pipes: no frames, no redraw; say help there")
	set.BoolVar(&f.mouse, "mouse", false, "let the wheel scroll and a click choose; the terminal then selects text with shift held")
	set.StringVar(&f.theme, "theme", "auto", "draw in the `THEME` "+strings.Join(ui.Themes(), ", "))
	set.StringVar(&f.log, "log", "", "append to `FILE` what the program does, for a bug report; no token, name or address is in it")
	set.BoolVarP(&f.version, "version", "V", false, "print the version and exit")
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

// newCheck is the command that judges without the screen. It leaves its exit status in a variable.
func newCheck(status *int) *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:   "check [--project ID --service NAME [--region REGION] | --target FILE] [OPTION]... < TOKEN",
		Short: "judge a token without the screen, for scripts and tickets",
		Long: `Judge one token, or a request without any, and say what Cloud Run answers, why, and the way out: the dashboard's own
report without the screen.`,
		Annotations:           map[string]string{"details": ui.CheckHelp},
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

// newReport is the command that hands over without the screen.
func newReport() *cobra.Command {
	var o ui.ReportOptions
	var project string
	c := &cobra.Command{
		Use:                   "report [--project ID] [--service NAME [--region REGION]] [OPTION]...",
		Short:                 "write an incident report, as Markdown or JSON",
		Long:                  "Write an incident report: who is refused, by whom, why, since when, and what was changed.",
		Annotations:           map[string]string{"details": ui.ReportHelp},
		DisableFlagsInUseLine: true,
		Args:                  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Since < ui.LeastSince || o.Since > ui.MostSince {
				return badSince
			}
			var screen ui.Options
			if _, err := cloud(c.Context(), &screen, o.Demo, project); err != nil {
				return err
			}
			o.Out, o.Open = c.OutOrStdout(), screen.Open
			return ui.Report(c.Context(), o)
		},
	}
	set := c.Flags()
	set.SortFlags = false
	set.StringVar(&project, "project", "", "the project, by its `ID` or number")
	set.StringVar(&o.Service, "service", "", "report on the service `NAME` alone")
	set.StringVar(&o.Region, "region", "", "the service's `REGION`, where the name is in several")
	sinceFlag(c, &o.Since)
	set.BoolVar(&o.JSON, "json", false, "write JSON")
	set.BoolVar(&o.Mask, "mask", false, "give callers' addresses and those of mail a name in their place")
	set.BoolVar(&o.Demo, "demo", false, "report on the embedded cloud")
	set.StringVarP(&o.File, "output", "o", "", "make the `FILE` in place of standard output")
	set.BoolP("help", "h", false, "print this help and exit")
	return c
}

// sinceFlag is the flag for the length of the window.
func sinceFlag(c *cobra.Command, since *time.Duration) {
	c.Flags().DurationVar(since, "since", 15*time.Minute, "read refused requests of the last `DURATION`, 1m to 24h")
	c.Flags().Lookup("since").DefValue = "15m" // not "15m0s"
}

// newDoctor is the command that looks at what the dashboard needs. It leaves its exit status in a variable.
func newDoctor(status *int) *cobra.Command {
	var o ui.DoctorOptions
	var embed bool
	c := &cobra.Command{
		Use:   "doctor [--project ID | --demo] [OPTION]...",
		Short: "look at what the dashboard needs, and say what to do about what is missing",
		Long: `Look at everything that the dashboard needs, and say of each thing that is missing what to do: credentials, project,
reachability, APIs, permissions, clock, settings, terminal.`,
		Annotations:           map[string]string{"details": ui.DoctorHelp},
		DisableFlagsInUseLine: true,
		Args:                  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			err := patient(c.Context(), &o, embed)
			if err != nil {
				return err
			}
			_, o.Settings = settle(c)
			o.Out = c.OutOrStdout()
			o.Stdin, _ = c.InOrStdin().(*os.File)
			o.Stdout, _ = o.Out.(*os.File)
			*status, err = ui.Doctor(c.Context(), o)
			return err
		},
	}
	set := c.Flags()
	set.SortFlags = false
	set.StringVar(&o.Project, "project", "", "the project, by its `ID` or number")
	set.BoolVar(&o.JSON, "json", false, "write JSON")
	set.BoolVar(&embed, "demo", false, "look at the embedded cloud")
	set.BoolVar(&o.ASCII, "ascii", false, "write plain ASCII")
	set.BoolP("help", "h", false, "print this help and exit")
	return c
}

// patient fills in the cloud that a doctor looks at.
func patient(ctx context.Context, o *ui.DoctorOptions, embed bool) (err error) {
	o.Environ = os.Environ()
	if embed {
		var screen ui.Options
		if o.HTTP, err = cloud(ctx, &screen, embed, o.Project); err != nil {
			return err
		}
		o.Demo = screen.Project
		o.Open = func(ctx context.Context, _ string, _ *gcp.Login) (*gcp.Client, error) { return screen.Open(ctx) }
		return nil
	}
	o.Open = func(ctx context.Context, project string, login *gcp.Login) (*gcp.Client, error) {
		c := gcp.Config{Project: project, Options: []option.ClientOption{option.WithoutAuthentication()}, Env: os.Getenv}
		if login != nil {
			c.Options, c.Login = login.Options(project), login
		}
		return gcp.New(ctx, c)
	}
	return nil
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
		if o.Target, err = ui.ReadFile("target file", f.target, mostTarget); err != nil {
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
	if (f.service != "" && f.target == "" || f.demo) && !f.offline { // what contradicts is for ui.Check to say
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
		body, err := ui.ReadFile("key file", name, mostKeys)
		if err != nil {
			return nil, err
		}
		keys = append(keys, ui.KeyFile{Issuer: issuer, Name: cmp.Or(strings.TrimSpace(ui.ShownName(name)), "the key file"), Body: body})
	}
	return keys, nil
}

// newHelp is the command that prints the help of another.
func newHelp() *cobra.Command {
	c := &cobra.Command{
		Use:                   "help [COMMAND]",
		Short:                 "print the help of a command",
		Long:                  "Print the help of a command, as its own --help does.",
		DisableFlagsInUseLine: true,
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) (names []string, _ cobra.ShellCompDirective) {
			for _, s := range c.Root().Commands() {
				if len(args) == 0 && s.IsAvailableCommand() {
					names = append(names, s.Name())
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			of, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return &ui.Error{Text: "there is no such command", Hint: nearestCommand(c.Root(), args[0]) + "why401 --help lists them"}
			}
			return of.Help()
		},
	}
	c.Flags().BoolP("help", "h", false, "print this help and exit")
	return c
}

// newCompletion is the command that prints a completion script.
func newCompletion() *cobra.Command {
	scripts := map[string]func(*cobra.Command, io.Writer) error{
		"bash": func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) },
		"zsh":  func(root *cobra.Command, w io.Writer) error { return root.GenZshCompletion(w) },
		"fish": func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) },
	}
	c := &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "print a completion script for a shell",
		Long:  "Print a script by which a shell completes the commands and options of why401. Completing asks nothing of the network.",
		Annotations: map[string]string{"details": `  bash    why401 completion bash > ~/.local/share/bash-completion/completions/why401
  zsh     why401 completion zsh > "${fpath[1]}/_why401"
  fish    why401 completion fish > ~/.config/fish/completions/why401.fish

The script for bash takes functions of the package bash-completion.
`},
		DisableFlagsInUseLine: true,
		ValidArgs:             []string{"bash", "zsh", "fish"},
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) != 1 || scripts[args[0]] == nil {
				return &ui.Error{Text: "it completes for bash, zsh and fish", Hint: "say which: why401 completion bash"}
			}
			return scripts[args[0]](c.Root(), c.OutOrStdout())
		},
	}
	c.Flags().BoolP("help", "h", false, "print this help and exit")
	return c
}

// newManual is the command that prints the manual.
func newManual() *cobra.Command {
	c := &cobra.Command{
		Use:                   "man",
		Short:                 "print the manual, for man",
		Long:                  "Print the manual page, made of the same definitions as --help.",
		Annotations:           map[string]string{"details": "  why401 man | man -l -\n  why401 man > ~/.local/share/man/man1/why401.1\n"},
		DisableFlagsInUseLine: true,
		Args:                  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := io.WriteString(c.OutOrStdout(), ui.Manual(c.Root(), version()))
			return err
		},
	}
	c.Flags().BoolP("help", "h", false, "print this help and exit")
	return c
}

// complete tells the shells what an option takes: files, one of some words, the project that is at hand, or what only the user knows.
func complete(c *cobra.Command) {
	if c.ValidArgs == nil {
		c.ValidArgsFunction = cobra.NoFileCompletions
	}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		values := cobra.NoFileCompletions
		switch what, _ := pflag.UnquoteUsage(f); {
		case what == "FILE":
			return // as the shell does by itself
		case f.Name == "theme":
			values = cobra.FixedCompletions(ui.Themes(), cobra.ShellCompDirectiveNoFileComp)
		case f.Name == "since":
			values = cobra.FixedCompletions([]string{"5m", "15m", "1h", "6h", "24h"}, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder)
		case f.Name == "project":
			values = projectAtHand
		}
		_ = c.RegisterFlagCompletionFunc(f.Name, values) // it is an error to do so twice
	})
	for _, sub := range c.Commands() {
		complete(sub)
	}
}

// unquote takes the marks of what an option takes out of its description, for the shells, which would show them.
func unquote(c *cobra.Command) {
	c.Flags().VisitAll(func(f *pflag.Flag) { _, f.Usage = pflag.UnquoteUsage(f) })
	for _, sub := range c.Commands() {
		unquote(sub)
	}
}

// projectAtHand is the project that is taken without --project, as far as files and the environment tell.
func projectAtHand(*cobra.Command, []string, string) (ids []string, _ cobra.ShellCompDirective) {
	if p, err := gcp.FindProject("", os.Getenv); err == nil {
		ids = append(ids, p.ID)
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}

// build says what --version prints below the version: the commit that it was built from, as far as the toolchain knows it (nil: it
// knows nothing), and with what.
func build(info *debug.BuildInfo) (text string) {
	said := map[string]string{}
	if info != nil {
		for _, s := range info.Settings {
			said[s.Key] = s.Value
		}
	}
	if commit := said["vcs.revision"]; commit != "" {
		text += "commit " + commit + ", " + said["vcs.time"]
		if said["vcs.modified"] == "true" {
			text += ", with changes that are not committed"
		}
		text += "\n"
	}
	return text + "built with " + runtime.Version() + " for " + runtime.GOOS + "/" + runtime.GOARCH + "\n"
}

// version is what the Go toolchain knows of the build: a module version, or a commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// settle gives the options that the command line leaves out what the environment or the settings file say of them.
func settle(c *cobra.Command) (keymap map[string][]string, err error) {
	var name string
	var body []byte
	if dir, err := os.UserConfigDir(); err == nil {
		name = filepath.Join(dir, "why401", "config.toml")
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			if body, err = ui.ReadSettingsFile(name, mostConfig); err != nil {
				return nil, err
			}
		}
	}
	said, err := ui.ReadSettings(name, body, os.Getenv)
	if err != nil {
		return nil, err
	}
	for option, value := range said.Values {
		if flag := c.Flags().Lookup(option); flag != nil && !flag.Changed {
			if err := flag.Value.Set(value); err != nil {
				return nil, badFlag(c, err)
			}
		}
	}
	return said.Keys, nil
}

// show runs the screen on the cloud that the flags choose.
func show(ctx context.Context, f flags, keymap map[string][]string) error {
	switch {
	case f.since < ui.LeastSince || f.since > ui.MostSince:
		return badSince
	case !slices.Contains(ui.Themes(), f.theme):
		return &ui.Error{Text: "--theme takes the name of a theme", Hint: "one of " + strings.Join(ui.Themes(), ", ")}
	}
	o := ui.Options{Since: f.since, Version: version(), ASCII: f.ascii, Plain: f.plain, Mouse: f.mouse, Theme: f.theme, Keymap: keymap}
	var err error
	if f.tokenFile != "" {
		if o.Token, err = readToken(f.tokenFile); err != nil {
			return err
		}
	}
	if o.Keys, err = readKeys(f.keys); err != nil {
		return err
	}
	if f.log != "" {
		file, err := ui.OpenLog(f.log)
		if err != nil {
			return err
		}
		defer file.Close()
		o.Log = ui.NewLog(file)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := open(ctx, &o, f); err != nil {
		return err
	}
	return ui.Run(ctx, o)
}

// open fills in the cloud of the dashboard, which may show several projects at once.
func open(ctx context.Context, o *ui.Options, f flags) error {
	regions, err := gcp.ParseRegions(f.region)
	if err != nil {
		return err
	}
	o.Regions = regions
	if !strings.Contains(f.project, ",") {
		_, err := cloud(ctx, o, f.demo, f.project)
		return err
	}
	ids, err := gcp.ParseProjects(f.project, "--project")
	if err != nil {
		return err
	}
	if _, err := cloud(ctx, o, f.demo, ids[0]); err != nil {
		return err
	}
	o.Project = strings.Join(ids, ",")
	all := o.Project
	o.Open = func(ctx context.Context) (*gcp.Client, error) { return o.OpenIn(ctx, all) }
	return nil
}

// reading is what a client of some projects, joined by commas, is made with.
func reading(o *ui.Options, ids string) gcp.Config {
	all := strings.Split(ids, ",")
	return gcp.Config{Project: all[0], Also: all[1:], Regions: o.Regions, Log: o.Log}
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
	o.Open = func(ctx context.Context) (*gcp.Client, error) { return o.OpenIn(ctx, cloud.Project()) }
	o.OpenIn = func(ctx context.Context, id string) (*gcp.Client, error) {
		c := reading(o, id)
		c.Options, c.HTTP = cloud.Options(), cloud.HTTP()
		return gcp.New(ctx, c)
	}
	o.Samples = func(service string) (samples []ui.Sample) {
		for _, s := range cloud.Samples(service) {
			samples = append(samples, ui.Sample(s))
		}
		return samples
	}
	return cloud.HTTP(), nil
}

// google fills in Google's cloud. Without a project there is nothing to show. Credentials are looked for once the screen is up, which
// may take a second, and again until there are some: they may be made in another window.
func google(ctx context.Context, o *ui.Options, flag string) error {
	project, missing := gcp.FindProject(flag, os.Getenv)
	var e *gcp.Error
	if missing != nil && (!errors.As(missing, &e) || e.Code != codes.NotFound) {
		return missing
	}
	if project.ID == "" {
		login, err := gcp.Credentials(ctx, os.Getenv)
		if err != nil {
			return err
		}
		if login.Project == "" {
			return missing
		}
		project = gcp.Project{ID: login.Project, From: "the credentials"}
	}
	o.Project, o.ProjectFrom = project.ID, project.From
	id := project.ID
	o.Open = func(ctx context.Context) (*gcp.Client, error) { return o.OpenIn(ctx, id) }
	o.OpenIn = func(ctx context.Context, id string) (*gcp.Client, error) {
		// Anew each time: after a failure the user may have logged in again.
		login, err := gcp.Credentials(ctx, os.Getenv)
		if err != nil {
			return nil, err
		}
		if _, err := login.Check(ctx); err != nil {
			return nil, err
		}
		c := reading(o, id)
		c.Options, c.Login, c.Env = login.Options(c.Project), login, os.Getenv
		return gcp.New(ctx, c)
	}
	return nil
}

// readToken reads a token file. No error holds any of it.
func readToken(name string) ([]byte, error) {
	if name == "-" {
		return nil, &ui.Error{Text: "--token-file cannot be standard input, which is the keyboard", Hint: "name a file, or in bash: --token-file <(COMMAND)"}
	}
	read, err := ui.ReadFile("token file", name, mostToken)
	if err == nil && len(strings.TrimSpace(string(read))) == 0 {
		err = &ui.Error{Text: "the token file" + ui.ShownName(name) + " is empty", Hint: "look at the command that writes it"}
	}
	if err != nil {
		return nil, err
	}
	return read, nil
}

// secrets refuses a command line with a token in it, whatever else is wrong with it, and never says the token again.
func secrets(args []string) error {
	for _, arg := range args {
		if _, value, ok := strings.Cut(arg, "="); ok && strings.HasPrefix(arg, "-") {
			arg = value
		}
		if token.Suspect(arg) {
			return &ui.Error{
				Text: "an argument looks like a token; the shell's history holds it now, and other users of this machine may have seen it",
				Hint: "start without it and paste it on the screen, or use --token-file FILE; where it lives long, revoke it",
			}
		}
	}
	return nil
}

// noArguments refuses arguments without repeating them: one may be half a token.
func noArguments(c *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case !c.HasParent():
		return &ui.Error{Text: "it takes options and a command, and that is none", Hint: nearestCommand(c, args[0]) + "why401 --help lists them"}
	}
	return &ui.Error{Text: "it takes options only, no other arguments", Hint: c.CommandPath() + " --help"}
}

var badSince = &ui.Error{Text: "--since takes a duration from 1m to 24h", Hint: "such as --since 15m"}

// nearestCommand asks whether a command was meant that is spelled nearly like a word. Only the program's own words are in it.
func nearestCommand(c *cobra.Command, word string) string {
	c.SuggestionsMinimumDistance = 2
	near := c.SuggestionsFor(word)
	if word == "" || len(near) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(near[:min(len(near), 3)], " or ") + "? "
}

// nearestFlag asks the same of an option.
func nearestFlag(c *cobra.Command, word string) string {
	options := &cobra.Command{}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			options.AddCommand(&cobra.Command{Use: "--" + f.Name, Run: func(*cobra.Command, []string) {}})
		}
	})
	return nearestCommand(options, word)
}

// badFlag says what is wrong with an option without repeating a value, or a name that is none.
func badFlag(c *cobra.Command, err error) error {
	text := err.Error()
	name := regexp.MustCompile(`--?[a-z][a-z-]{0,15}\b`).FindString(text)
	hint := c.CommandPath() + " --help"
	unknown, isUnknown := strings.CutPrefix(text, "unknown flag: ")
	switch {
	case strings.Contains(text, `for "--since"`):
		return badSince
	case strings.HasPrefix(text, "flag needs an argument"):
		return &ui.Error{Text: "the option " + name + " needs a value", Hint: hint}
	case strings.HasPrefix(text, "invalid argument"):
		return &ui.Error{Text: "an option has a value that it does not take", Hint: hint}
	}
	hint = nearestFlag(c, unknown) + hint + " lists them"
	if isUnknown && unknown == name {
		return &ui.Error{Text: "there is no option " + name, Hint: hint}
	}
	return &ui.Error{Text: "there is no such option", Hint: hint}
}
