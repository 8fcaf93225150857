package gcp_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	"why401/gcp"
)

// home makes a directory with files and an environment whose HOME it is.
func home(t *testing.T, vars map[string]string, files map[string]string) func(string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return func(name string) string {
		switch v := vars[name]; {
		case name == "HOME":
			return dir
		case name == "NO_GCE_CHECK":
			return "true"
		default:
			return strings.ReplaceAll(v, "~", dir)
		}
	}
}

const (
	gcloud = ".config/gcloud/"
	adc    = gcloud + "application_default_credentials.json"
	config = gcloud + "configurations/config_"
)

func TestFindProject(t *testing.T) {
	all := map[string]string{
		"CLOUDSDK_CORE_PROJECT": "from-core", "GOOGLE_CLOUD_PROJECT": "from-env",
	}
	for _, c := range []struct {
		name  string
		flag  string
		vars  map[string]string
		files map[string]string
		id    string
		from  string
	}{
		{"the flag wins", "from-flag", all, nil, "from-flag", "--project"},
		{"then gcloud's variable", "", all, nil, "from-core", "CLOUDSDK_CORE_PROJECT"},
		{"then the libraries' variable", "", map[string]string{"GOOGLE_CLOUD_PROJECT": "from-env"},
			map[string]string{config + "default": "[core]\nproject = from-config\n"}, "from-env", "GOOGLE_CLOUD_PROJECT"},
		{"then the default configuration", "", nil,
			map[string]string{config + "default": "[core]\naccount = me@acme.example\nproject = from-config\n"}, "from-config", "gcloud's configuration default"},
		{"the active configuration by its file", "", nil,
			map[string]string{gcloud + "active_config": "work\n", config + "work": "[core]\nproject=work-project\n", config + "default": "[core]\nproject=other-project\n"},
			"work-project", "gcloud's configuration work"},
		{"the active configuration by its variable", "", map[string]string{"CLOUDSDK_ACTIVE_CONFIG_NAME": "night"},
			map[string]string{gcloud + "active_config": "work", config + "work": "[core]\nproject=work-project\n", config + "night": "[core]\nproject=night-project\n"},
			"night-project", "gcloud's configuration night"},
		{"a directory of another place", "", map[string]string{"CLOUDSDK_CONFIG": "~/elsewhere"},
			map[string]string{"elsewhere/configurations/config_default": "[core]\nproject: else-project\n", config + "default": "[core]\nproject=other-project\n"},
			"else-project", "gcloud's configuration default"},
		{"other sections do not count", "", nil,
			map[string]string{config + "default": "[compute]\nproject = wrong-one\n[core]\n# project = wrong-two\n PROJECT = wrong-three\nProject = right-one\n[run]\nproject = wrong-four"},
			"right-one", "gcloud's configuration default"},
		{"then the credentials' own", "", nil,
			map[string]string{config + "default": "[core]\naccount = me@acme.example\n", adc: `{"type": "service_account", "project_id": "from-key"}`},
			"from-key", "the credentials file"},
		{"a legacy id with a domain", "acme.example:old-project", nil, nil, "acme.example:old-project", "--project"},
		{"a project number", "424242424242", nil, nil, "424242424242", "--project"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := gcp.FindProject(c.flag, home(t, c.vars, c.files))
			if err != nil {
				t.Fatal(err)
			}
			if p.ID != c.id || !strings.HasPrefix(p.From, c.from) {
				t.Errorf("got %q from %q, want %q from %q", p.ID, p.From, c.id, c.from)
			}
		})
	}
}

func TestFindProjectRefuses(t *testing.T) {
	secret := strings.Repeat("eyJhbGciOiJSUzI1NiJ9", 8)
	for _, c := range []struct {
		name  string
		flag  string
		vars  map[string]string
		files map[string]string
		code  codes.Code
		says  string
		not   string
	}{
		{"nothing at all", "", nil, nil, codes.NotFound, "names one", ""},
		{"a project's display name", "Acme Production", nil, nil, codes.InvalidArgument, `"Acme Production" from --project`, ""},
		{"a path for an id", "../../x", nil, nil, codes.InvalidArgument, "not a project id", ""},
		{"what looks like a secret is not repeated", secret, nil, nil, codes.InvalidArgument, "a long text from --project", secret},
		{"a bad id is not passed over", "", map[string]string{"CLOUDSDK_CORE_PROJECT": "Bad", "GOOGLE_CLOUD_PROJECT": "good-project"}, nil,
			codes.InvalidArgument, "CLOUDSDK_CORE_PROJECT", ""},
		{"no configuration by gcloud's own word", "", map[string]string{"CLOUDSDK_ACTIVE_CONFIG_NAME": "NONE"},
			map[string]string{config + "NONE": "[core]\nproject = wrong-one"}, codes.NotFound, "names one", ""},
		{"a configuration's name cannot leave its directory", "", map[string]string{"CLOUDSDK_ACTIVE_CONFIG_NAME": "x/../../../evil"},
			map[string]string{".config/evil": "[core]\nproject = evil-project"}, codes.NotFound, "names one", ""},
		{"a configuration that is a directory", "", nil, map[string]string{config + "default/x": ""}, codes.FailedPrecondition, "config_default: is a directory", ""},
		{"a credentials file that is no JSON", "", nil, map[string]string{adc: "hello"}, codes.FailedPrecondition, "application_default_credentials.json", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := gcp.FindProject(c.flag, home(t, c.vars, c.files))
			e := failed(t, err)
			if p != (gcp.Project{}) || e.Code != c.code || !strings.Contains(e.Error(), c.says) || e.Hint == "" {
				t.Errorf("got %+v, %v: %v; hint %q", p, e.Code, e, e.Hint)
			}
			if c.not != "" && strings.Contains(fmt.Sprintf("%v %+v", e, *e), c.not) {
				t.Error("the error repeats it")
			}
		})
	}
}

// failed is err as this package's error.
func failed(t *testing.T, err error) *gcp.Error {
	t.Helper()
	var e *gcp.Error
	if !errors.As(err, &e) {
		t.Fatalf("no *gcp.Error: %v", err)
	}
	if strings.ContainsAny(e.Error(), "\n\r\t") {
		t.Errorf("the error is more than one line: %q", e.Error())
	}
	return e
}

func FuzzFindProject(f *testing.F) {
	f.Add("[core]\nproject = acme-prod\n", "work")
	f.Add("\ufeff[core\r\nproject:a=b\r\n;x\n\t", "")
	f.Add("[core]]\n=\n:\nproject", "../x")
	f.Fuzz(func(t *testing.T, text, active string) {
		dir := t.TempDir()
		os.Mkdir(filepath.Join(dir, "configurations"), 0o700)
		os.WriteFile(filepath.Join(dir, "active_config"), []byte(active), 0o600)
		os.WriteFile(filepath.Join(dir, "configurations", "config_default"), []byte(text), 0o600)
		p, err := gcp.FindProject("", func(name string) string { return map[string]string{"CLOUDSDK_CONFIG": dir}[name] })
		switch {
		case err == nil && strings.ContainsAny(p.ID, " \n/'\"$`"):
			t.Errorf("%q passes for a project id", p.ID)
		case err != nil && p != (gcp.Project{}):
			t.Errorf("an error and a project: %v, %+v", err, p)
		}
	})
}
