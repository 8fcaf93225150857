package gcp

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc/codes"
)

// Project is a project, as FindProject found it or Client.Projects listed it.
type Project struct {
	ID   string
	From string // where it was found: "--project", "GOOGLE_CLOUD_PROJECT", "gcloud's configuration work", …; "" where it was listed

	// What a listing tells, and FindProject does not.
	Name   string // its display name
	Number string
	State  string // "active", "being deleted"; "" where it is not known
}

// FindProject looks for the project in the order of gcloud: the flag, CLOUDSDK_CORE_PROJECT, GOOGLE_CLOUD_PROJECT, gcloud's
// active configuration, the credentials file. It reads files but asks no network; on a machine of Google's the last resort
// is Login.Project. env is os.Getenv. The error is an *Error: none was found (codes.NotFound), or the first one found is not a
// project id, which is not passed over in silence.
func FindProject(flag string, env func(string) string) (Project, error) {
	found := []Project{
		{ID: flag, From: "--project"},
		{ID: env("CLOUDSDK_CORE_PROJECT"), From: "CLOUDSDK_CORE_PROJECT"},
		{ID: env("GOOGLE_CLOUD_PROJECT"), From: "GOOGLE_CLOUD_PROJECT"},
	}
	for _, p := range found {
		if p.ID != "" {
			return checked(p)
		}
	}
	p, err := configuredProject(env)
	if err != nil {
		return Project{}, err
	}
	if p.ID != "" {
		return checked(p)
	}
	f, err := findCredentials(env)
	if err != nil {
		return Project{}, err
	}
	if f.project() != "" {
		return checked(Project{ID: f.project(), From: "the credentials file " + f.path})
	}
	return Project{}, &Error{
		Op: "find the project", Code: codes.NotFound,
		text: "no flag, environment variable, gcloud configuration or credentials file names one",
		Hint: "say --project ID, or: gcloud config set project ID",
	}
}

func checked(p Project) (Project, error) {
	if !validProject(p.ID) {
		return Project{}, badProject(p.ID, p.From)
	}
	return p, nil
}

var shapeProject = regexp.MustCompile(`^(?:[a-z0-9][a-z0-9.-]{0,62}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$|^[0-9]{6,19}$`)

// validProject says whether a text may be a project's id, with or without a legacy domain, or its number. It goes into
// resource names and into commands to copy, so nothing else passes (https://cloud.google.com/resource-manager/docs/creating-managing-projects).
func validProject(id string) bool { return shapeProject.MatchString(id) }

// ParseProjects reads a list of projects as people write it: "acme-prod,acme-staging". The error is an *Error and names the first
// that is no project's id or number; from says where the text comes from.
func ParseProjects(list, from string) (ids []string, err error) {
	for id := range strings.SplitSeq(list, ",") {
		if id = strings.TrimSpace(id); !validProject(id) {
			return nil, badProject(id, from)
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

var shapeRegion = regexp.MustCompile(`^[a-z]+(-[a-z]+)+[0-9]+$`)

// ParseRegions reads a list of regions: "europe-west1,us-central1". Regions are not listed here, since new ones come: one that has the
// shape and is not there fails when it is read. The error is an *Error; "" is none.
func ParseRegions(list string) (regions []string, err error) {
	if list == "" {
		return nil, nil
	}
	for r := range strings.SplitSeq(list, ",") {
		if r = strings.TrimSpace(r); !shapeRegion.MatchString(r) {
			return nil, &Error{Op: "read the regions", Code: codes.InvalidArgument, text: "that is not a region", Hint: "such as --region europe-west1, or several with commas"}
		}
		if !slices.Contains(regions, r) {
			regions = append(regions, r)
		}
	}
	return regions, nil
}

func badProject(id, from string) *Error {
	shown := fmt.Sprintf("%q", id)
	switch {
	case id == "":
		shown = "an empty text"
	case len(id) > 40: // whatever was pasted there, it may be a secret
		shown = "a long text"
	}
	return &Error{
		Op: "find the project", Code: codes.InvalidArgument,
		text: shown + " from " + from + " is not a project id",
		Hint: "a project id has 6 to 30 lower-case letters, digits and hyphens: gcloud projects list",
	}
}

// gcloudDir is where gcloud keeps its files, "" where the environment does not tell.
func gcloudDir(env func(string) string) string {
	if d := env("CLOUDSDK_CONFIG"); d != "" {
		return d
	}
	return defaultGcloudDir(env)
}

func defaultGcloudDir(env func(string) string) string {
	if runtime.GOOS == "windows" {
		if d := env("APPDATA"); d != "" {
			return filepath.Join(d, "gcloud")
		}
		return ""
	}
	if d := env("HOME"); d != "" {
		return filepath.Join(d, ".config", "gcloud")
	}
	return ""
}

var shapeConfiguration = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// configuredProject reads gcloud's active configuration; the zero Project where there is none
// (https://cloud.google.com/sdk/docs/configurations).
func configuredProject(env func(string) string) (Project, error) {
	dir := gcloudDir(env)
	if dir == "" {
		return Project{}, nil
	}
	name := env("CLOUDSDK_ACTIVE_CONFIG_NAME")
	if name == "" {
		text, err := small(filepath.Join(dir, "active_config"))
		if err != nil {
			return Project{}, err
		}
		name = strings.TrimSpace(string(text))
	}
	if name == "" {
		name = "default"
	}
	if !shapeConfiguration.MatchString(name) { // NONE is gcloud's word for no configuration
		return Project{}, nil
	}
	text, err := small(filepath.Join(dir, "configurations", "config_"+name))
	if err != nil {
		return Project{}, err
	}
	return Project{ID: property(string(text), "core", "project"), From: "gcloud's configuration " + name}, nil
}

// small reads a file of at most 1 MiB, or a pipe, as a shell's <(COMMAND) is one; nil where there is none. A pipe that nobody writes to
// is empty: nothing waits for one.
func small(path string) ([]byte, error) {
	const most = 1 << 20
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var text []byte
	if err == nil {
		defer f.Close()
		text, err = atMost(f, most+1)
	}
	if err == nil && len(text) > most {
		err = errors.New("larger than 1 MiB")
	}
	if err != nil {
		return nil, &Error{
			Op: "read " + path, Code: codes.FailedPrecondition, Err: err, text: reading(err),
			Hint: "make the file readable, or say --project ID",
		}
	}
	return text, nil
}

// atMost reads so many bytes of a file or a pipe. A device may be the keyboard, or have no end.
func atMost(f *os.File, most int64) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	switch kind := info.Mode().Type(); kind {
	case 0, fs.ModeDir: // reading a directory says what it is
	case fs.ModeNamedPipe:
		if err := f.SetReadDeadline(time.Now().Add(pipeTime)); err != nil {
			return nil, err
		}
	default:
		return nil, errors.New("it is not a file")
	}
	text, err := io.ReadAll(io.LimitReader(f, most))
	if text == nil {
		text = []byte{} // nil is no file
	}
	return text, err
}

// pipeTime is how long the command behind a pipe may take.
const pipeTime = 10 * time.Second

// reading is the error without the path, which stands before it already.
func reading(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return err.Error()
}

// property reads one property of an INI file as Python's configparser does, which is what gcloud writes it with: names in any
// case, "=" or ":" between, comments on lines of their own, the last one wins. A value that goes on over lines is cut at the first.
func property(text, section, name string) string {
	value, inside := "", false
	text = strings.TrimPrefix(text, "\ufeff")
	for line := range strings.Lines(text) {
		if line[0] == ' ' || line[0] == '\t' {
			continue // the rest of the value before
		}
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if line[0] == '[' {
			head, _, ok := strings.Cut(line[1:], "]")
			inside = ok && head == section
			continue
		}
		i := strings.IndexAny(line, "=:")
		if inside && i > 0 && strings.EqualFold(strings.TrimSpace(line[:i]), name) {
			value = strings.TrimSpace(line[i+1:])
		}
	}
	return value
}
