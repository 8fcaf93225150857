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
	Kind    string // "a person's login", "a service account's key", …
	From    string // the file, or "the metadata server"
	Project string // the project that the credentials name as theirs, "" for none
	Person  bool   // a person's own, for which calls need a project to bill the quota to

	named bool // GOOGLE_APPLICATION_CREDENTIALS names the file
	quota string
	creds *auth.Credentials
}

var shapeAccount = regexp.MustCompile(`^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+$`)

// member is the login as IAM names it: "user:me@acme.example"; a word in its place where the account is not known.
func (l *Login) member() string {
	if l == nil {
		return somebody
	}
	account := strings.TrimSuffix(l.Who, impersonated)
	switch {
	case !shapeAccount.MatchString(account) && l.Person:
		return somebody
	case !shapeAccount.MatchString(account):
		return somethingElse
	case l.Person:
		return "user:" + account
	}
	return "serviceAccount:" + account
}

const impersonated = " (impersonated)"

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
	named        bool   // GOOGLE_APPLICATION_CREDENTIALS names it
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

// impersonates is the service account that the calls are made as in the end, "" for none.
func (f credentialsFile) impersonates() string {
	_, account, _ := strings.Cut(f.Impersonates, "/serviceAccounts/")
	account, _, _ = strings.Cut(account, ":")
	return account
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
			return credentialsFile{}, badCredentials(credentialsFile{path: path, named: named != ""}, errors.Unwrap(err))
		}
		if text != nil {
			return parseCredentials(credentialsFile{path: path, text: string(text), named: named != ""})
		}
	}
	if named != "" {
		return credentialsFile{}, badCredentials(credentialsFile{path: named, named: true}, errors.New("the file that GOOGLE_APPLICATION_CREDENTIALS names does not exist"))
	}
	return credentialsFile{}, nil
}

func parseCredentials(f credentialsFile) (credentialsFile, error) {
	if strings.TrimSpace(f.text) == "" {
		return credentialsFile{}, badCredentials(f, errors.New("it is empty"))
	}
	if err := json.Unmarshal([]byte(f.text), &f); err != nil {
		// The error may quote a byte of the file, never more.
		return credentialsFile{}, badCredentials(f, fmt.Errorf("not JSON: %w", err))
	}
	if f.Type == "" {
		return credentialsFile{}, badCredentials(f, errors.New(`not a credentials file: it has no "type"`))
	}
	return f, nil
}

func badCredentials(f credentialsFile, err error) *Error {
	e := &Error{
		Op: "read the credentials file", On: f.path, Code: codes.FailedPrecondition, Err: err, text: oneLine(reading(err)),
		Hint: "mend the file, or log in: gcloud auth application-default login",
	}
	if f.named { // a login is not looked at as long as the variable is set
		e.Hint = "mend the file, or start with: " + loginUnset
	}
	return e
}

func (l *Login) fromFile(f credentialsFile) error {
	kind := credentials.CredType(f.Type)
	switch kind {
	case credentials.AuthorizedUser, credentials.ExternalAccountAuthorizedUser:
		l.Who, l.Kind, l.Person = "your own account", "a person's login", true
		if f.Account != "" {
			l.Who = f.Account
		}
	case credentials.ServiceAccount:
		l.Who, l.Kind = f.ClientEmail, "a service account's key"
	case credentials.ImpersonatedServiceAccount:
		l.Who, l.Kind = f.impersonates()+impersonated, "an impersonated service account"
	case credentials.ExternalAccount:
		l.Who, l.Kind = "a federated workload identity", "workload identity federation"
		if account := f.impersonates(); account != "" {
			l.Who = account + impersonated
		}
	case credentials.GDCHServiceAccount:
		l.Who, l.Kind = "a GDCH service account", "a service account's key"
	default:
		return badCredentials(f, fmt.Errorf("credentials of type %q are not known", short(f.Type)))
	}
	creds, err := credentials.NewCredentialsFromJSON(kind, []byte(f.text), detectOptions())
	if err != nil {
		return badCredentials(f, errors.New("not usable as "+f.Type+" credentials: "+oneLine(err.Error())))
	}
	l.From, l.named, l.Project, l.creds = f.path, f.named, f.project(), creds
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
	l.Who, l.Kind, l.From, l.creds = "this machine's service account", "the machine's own", "the metadata server", creds
	// Without a project id the login is still good: the flag names one.
	l.Project, _ = creds.ProjectID(ctx)
	return nil
}

// Options connect Google's clients as this login. project is billed for the quota of a person's calls where neither
// GOOGLE_CLOUD_QUOTA_PROJECT nor the credentials file names one; without any they would draw on a pool that all gcloud users share.
func (l *Login) Options(project string) []option.ClientOption {
	opts := []option.ClientOption{option.WithAuthCredentials(l.creds)}
	if quota := l.Quota(project); quota != "" {
		opts = append(opts, option.WithQuotaProject(quota))
	}
	return opts
}

// Quota is the project that is billed for the quota of calls about a project, "" for that of the credentials themselves.
func (l *Login) Quota(project string) string {
	if l.quota == "" && l.Person {
		return project
	}
	return l.quota
}

// Check asks for an access token, so that a dead login is told as what it is before anything else fails of it. The token stays
// in the library's cache; of it only the end is looked at: until is when it is renewed, which happens by itself. The error is
// an *Error; once the user has logged in again, make a new Login.
func (l *Login) Check(ctx context.Context) (until time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, tokenTime)
	defer cancel()
	t, err := l.creds.Token(ctx)
	if err == nil {
		return t.Expiry, nil
	}
	return time.Time{}, l.refused(err)
}

// refused says why there is no access token.
func (l *Login) refused(err error) *Error {
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
	e = l.blamed(e)
	e.Login = l.String()
	return e
}

// blamed says whose login an error is of, where it is of one. A new login of gcloud's goes to a file of its own, at which nobody looks as
// long as GOOGLE_APPLICATION_CREDENTIALS names another; that one is read again whenever a client is made.
//
// Source: https://cloud.google.com/docs/authentication/application-default-credentials
func (l *Login) blamed(e *Error) *Error {
	if l == nil || e.Login != "" || e.Code != codes.Unauthenticated || e.Unreached {
		return e
	}
	own := *e
	own.Login = l.String()
	if l.named {
		own.Hint = strings.TrimSuffix(strings.Replace(e.Hint, loginHint, "", 1), orLogin)
		if own.Hint != "" {
			own.Hint += "; "
		}
		own.Hint += "replace " + oneLine(l.From) + ", which GOOGLE_APPLICATION_CREDENTIALS names, or start with: " + loginUnset
	}
	return &own
}

var serverFault = regexp.MustCompile(`status code:? 5[0-9][0-9]`)
