package gcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/auth/credentials"
	"google.golang.org/api/option"
	"google.golang.org/grpc/codes"
)

// scope is the only one asked for. A read-only scope would be nearer to what this program does, but a person's credentials keep
// the scopes of their login, whatever is asked, and roles.get is served under this one alone.
const scope = "https://www.googleapis.com/auth/cloud-platform"

const (
	probeTime = time.Second // for the metadata server, which elsewhere than at Google never answers
	tokenTime = 10 * time.Second
)

// Login is the identity that calls are made as. It holds a secret: it prints as Who and From only.
type Login struct {
	Who     string // an account's address, or its kind in words
	From    string // the file, or "the metadata server"
	Project string // the project that the credentials name as theirs, "" for none
	Person  bool   // a person's own, for which calls need a project to bill the quota to

	quota string
	creds *auth.Credentials
}

// String is the login in words, without its secret.
func (l *Login) String() string { return l.Who + " from " + l.From }

// Format keeps every other verb from reaching the credentials.
func (l *Login) Format(f fmt.State, _ rune) { fmt.Fprint(f, l.String()) }

// Credentials finds Application Default Credentials: GOOGLE_APPLICATION_CREDENTIALS, the file of `gcloud auth application-default
// login` under CLOUDSDK_CONFIG (which Google's own Go library does not look at) or in its usual place, the metadata server. env is
// os.Getenv; NO_GCE_CHECK=true skips the metadata server. It opens files, and asks the metadata server for a second at most.
// Nothing is verified: see Check. The error is an *Error that names the file, or says how to log in.
func Credentials(ctx context.Context, env func(string) string) (*Login, error) {
	f, err := findCredentials(env)
	if err != nil {
		return nil, err
	}
	l := &Login{quota: env("GOOGLE_CLOUD_QUOTA_PROJECT")}
	switch {
	case f.path != "":
		err = l.fromFile(f)
	case env("NO_GCE_CHECK") != "true" && onGoogle(ctx):
		err = l.fromMetadata(ctx)
	default:
		err = noCredentials(env)
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

func noCredentials(env func(string) string) *Error {
	e := &Error{
		Op: "find credentials", Code: codes.Unauthenticated,
		text: "there are none",
		Hint: "gcloud auth application-default login; or set GOOGLE_APPLICATION_CREDENTIALS to a credentials file; or look around with --demo",
	}
	if dir := gcloudDir(env); dir != "" {
		e.text += ": GOOGLE_APPLICATION_CREDENTIALS is not set, and " + filepath.Join(dir, credentialsName) + " does not exist"
	}
	return e
}

const credentialsName = "application_default_credentials.json"

// credentialsFile is what this program reads of one; the rest is for Google's library.
type credentialsFile struct {
	path, text   string
	Type         string `json:"type"`
	ClientEmail  string `json:"client_email"`
	Account      string `json:"account"`
	ProjectID    string `json:"project_id"`
	GDCHProject  string `json:"project"`
	QuotaProject string `json:"quota_project_id"`
	Impersonates string `json:"service_account_impersonation_url"`
}

func (f credentialsFile) project() string {
	if f.ProjectID != "" {
		return f.ProjectID
	}
	return f.GDCHProject
}

// findCredentials finds and reads the credentials file; one with no path where there is none.
func findCredentials(env func(string) string) (credentialsFile, error) {
	named := env("GOOGLE_APPLICATION_CREDENTIALS")
	paths := []string{named}
	if named == "" {
		paths = nil
		for _, dir := range []string{gcloudDir(env), defaultGcloudDir(env)} {
			if dir != "" {
				paths = append(paths, filepath.Join(dir, credentialsName))
			}
		}
	}
	for _, path := range paths {
		text, err := small(path)
		if err != nil {
			return credentialsFile{}, badCredentials(path, errors.Unwrap(err))
		}
		if text != nil {
			return parseCredentials(path, text)
		}
	}
	if named != "" {
		return credentialsFile{}, badCredentials(named, errors.New("the file that GOOGLE_APPLICATION_CREDENTIALS names does not exist"))
	}
	return credentialsFile{}, nil
}

func parseCredentials(path string, text []byte) (credentialsFile, error) {
	f := credentialsFile{path: path, text: string(text)}
	if err := json.Unmarshal(text, &f); err != nil {
		// The error may quote a byte of the file, never more.
		return credentialsFile{}, badCredentials(path, fmt.Errorf("not JSON: %w", err))
	}
	if f.Type == "" {
		return credentialsFile{}, badCredentials(path, errors.New(`not a credentials file: it has no "type"`))
	}
	return f, nil
}

func badCredentials(path string, err error) *Error {
	return &Error{
		Op: "read the credentials file", On: path, Code: codes.FailedPrecondition, Err: err, text: oneLine(reading(err)),
		Hint: "mend the file, or log in: gcloud auth application-default login",
	}
}

func (l *Login) fromFile(f credentialsFile) error {
	kind := credentials.CredType(f.Type)
	switch kind {
	case credentials.AuthorizedUser, credentials.ExternalAccountAuthorizedUser:
		l.Who, l.Person = "your own account", true
		if f.Account != "" {
			l.Who = f.Account
		}
	case credentials.ServiceAccount:
		l.Who = f.ClientEmail
	case credentials.ImpersonatedServiceAccount:
		_, account, _ := strings.Cut(f.Impersonates, "/serviceAccounts/")
		account, _, _ = strings.Cut(account, ":")
		l.Who = account + " (impersonated)"
	case credentials.ExternalAccount:
		l.Who = "a federated workload identity"
	case credentials.GDCHServiceAccount:
		l.Who = "a GDCH service account"
	default:
		return badCredentials(f.path, fmt.Errorf("credentials of type %q are not known", short(f.Type)))
	}
	creds, err := credentials.NewCredentialsFromJSON(kind, []byte(f.text), detectOptions())
	if err != nil {
		return badCredentials(f.path, errors.New("not usable as "+f.Type+" credentials: "+oneLine(err.Error())))
	}
	l.From, l.Project, l.creds = f.path, f.project(), creds
	if l.quota == "" {
		l.quota = f.QuotaProject
	}
	return nil
}

func detectOptions() *credentials.DetectOptions {
	return &credentials.DetectOptions{
		Scopes:           []string{scope},
		UseSelfSignedJWT: true, // a service account's key then needs no token endpoint
		Logger:           slog.New(slog.DiscardHandler),
	}
}

// onGoogle asks for the metadata server. The library's probe cannot be cancelled; where it takes longer it is left to end alone.
func onGoogle(ctx context.Context) bool {
	answer := make(chan bool, 1)
	go func() { answer <- credentials.OnGCE() }()
	late := time.NewTimer(probeTime)
	defer late.Stop()
	select {
	case yes := <-answer:
		return yes
	case <-late.C:
	case <-ctx.Done():
	}
	return false
}

func (l *Login) fromMetadata(ctx context.Context) error {
	creds, err := credentials.DetectDefault(detectOptions())
	if err != nil {
		return failure("ask the metadata server", "", "", "", err)
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	l.Who, l.From, l.creds = "this machine's service account", "the metadata server", creds
	// Without a project id the login is still good: the flag names one.
	l.Project, _ = creds.ProjectID(ctx)
	return nil
}

// Options connect Google's clients as this login. project is billed for the quota of a person's calls where neither
// GOOGLE_CLOUD_QUOTA_PROJECT nor the credentials file names one; without any they would draw on a pool that all gcloud users share.
func (l *Login) Options(project string) []option.ClientOption {
	opts := []option.ClientOption{option.WithAuthCredentials(l.creds)}
	quota := l.quota
	if quota == "" && l.Person {
		quota = project
	}
	if quota != "" {
		opts = append(opts, option.WithQuotaProject(quota))
	}
	return opts
}

// Check asks for an access token, so that a dead login is told as what it is before anything else fails of it. The token stays
// in the library's cache and is not looked at. The error is an *Error; once the user has logged in again, make a new Login.
func (l *Login) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, tokenTime)
	defer cancel()
	_, err := l.creds.Token(ctx)
	if err == nil {
		return nil
	}
	e := &Error{Op: "log in as " + l.Who, Code: code(err), Err: err}
	var answer *auth.Error
	switch {
	case e.Code == codes.Canceled:
		e.text = "given up"
	case unreachable(e, err, message(err)):
	case errors.As(err, &answer) && answer.Temporary(), serverFault.MatchString(err.Error()):
		e.Code, e.Err, e.text, e.Hint = codes.Unavailable, nil, "the token endpoint cannot answer just now", "try again in a minute"
	default:
		// Of an answer of the token endpoint nothing is kept: its body is not ours to show.
		unauthenticated(e, err.Error())
		e.Err = nil
	}
	return e
}

var serverFault = regexp.MustCompile(`status code:? 5[0-9][0-9]`)
