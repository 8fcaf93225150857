package gcp_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"why401/gcp"
)

const person = `{"type": "authorized_user", "client_id": "c", "client_secret": "d-FL1-secret", "refresh_token": "1//refresh-secret", "quota_project_id": "billed-here"}`

// robotKey is a service account key whose tokens come from an address of the test's.
func robotKey(t *testing.T, endpoint string) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]string{
		"type": "service_account", "project_id": "robots-home", "client_email": "bot@robots-home.iam.gserviceaccount.com", "private_key_id": "k",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "token_uri": endpoint,
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestCredentials(t *testing.T) {
	robot := robotKey(t, "https://oauth2.example/token")
	impersonated := `{"type": "impersonated_service_account", "source_credentials": ` + person + `,
		"service_account_impersonation_url": "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/oncall@acme-prod.iam.gserviceaccount.com:generateAccessToken"}`
	for _, c := range []struct {
		name    string
		vars    map[string]string
		files   map[string]string
		who     string
		from    string // how the path ends
		project string
		person  bool
	}{
		{"a person's login in gcloud's usual place", nil, map[string]string{adc: person}, "your own account", adc, "", true},
		{"a login that names its account", nil, map[string]string{adc: strings.Replace(person, "{", `{"account": "me@acme.example", `, 1)}, "me@acme.example", adc, "", true},
		{"a login under CLOUDSDK_CONFIG comes first", map[string]string{"CLOUDSDK_CONFIG": "~/elsewhere"},
			map[string]string{"elsewhere/application_default_credentials.json": robot, adc: person}, "bot@robots-home.iam.gserviceaccount.com",
			"elsewhere/application_default_credentials.json", "robots-home", false},
		{"and where it has none, the usual place", map[string]string{"CLOUDSDK_CONFIG": "~/elsewhere"}, map[string]string{adc: person}, "your own account", adc, "", true},
		{"a file that is named wins", map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": "~/key.json"},
			map[string]string{"key.json": robot, adc: person}, "bot@robots-home.iam.gserviceaccount.com", "key.json", "robots-home", false},
		{"impersonation", nil, map[string]string{adc: impersonated}, "oncall@acme-prod.iam.gserviceaccount.com (impersonated)", adc, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := gcp.Credentials(t.Context(), home(t, c.vars, c.files))
			if err != nil {
				t.Fatal(err)
			}
			if l.Kind == "" {
				t.Error("its kind has no name")
			}
			if l.Who != c.who || !strings.HasSuffix(l.From, "/"+c.from) || l.Project != c.project || l.Person != c.person {
				t.Errorf("got %v, project %q, person %v", l, l.Project, l.Person)
			}
			client, err := gcp.New(t.Context(), gcp.Config{Project: "acme-prod", Options: l.Options("acme-prod")})
			if err != nil {
				t.Fatalf("a client of it: %v", err)
			}
			client.Close()
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
				if text := fmt.Sprintf(verb, l); strings.Contains(text, "secret") || len(text) > 300 {
					t.Errorf("%s prints %q", verb, text)
				}
			}
		})
	}
}

func TestCredentialsRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		vars  map[string]string
		files map[string]string
		code  codes.Code
		says  string
		hint  string
	}{
		{"none at all", nil, nil, codes.Unauthenticated, adc, "--demo"},
		{"a named file that is not there", map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": "~/key.json"}, map[string]string{adc: person},
			codes.FailedPrecondition, "key.json", "gcloud auth application-default login"},
		{"a file that is no JSON", nil, map[string]string{adc: `{"refresh_token": "1//refresh-secret`}, codes.FailedPrecondition, adc, "login"},
		{"JSON that is no credentials", nil, map[string]string{adc: `{"a": 1}`}, codes.FailedPrecondition, `no "type"`, "login"},
		{"JSON of another shape", nil, map[string]string{adc: `["1//refresh-secret"]`}, codes.FailedPrecondition, "not JSON", "login"},
		{"a type nobody knows", nil, map[string]string{adc: `{"type": "magic"}`}, codes.FailedPrecondition, `"magic"`, "login"},
		{"a key that is no key", nil, map[string]string{adc: `{"type": "service_account", "client_email": "a@b", "private_key": "secret"}`}, codes.FailedPrecondition, "service_account", "login"},
		{"a directory", nil, map[string]string{adc + "/x": ""}, codes.FailedPrecondition, "is a directory", "login"},
		{"an empty file", nil, map[string]string{adc: "\n"}, codes.FailedPrecondition, adc + "): it is empty", "login"},
		{"a device", map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": "/dev/zero"}, nil, codes.FailedPrecondition, "it is not a file", "unset GOOGLE_APPLICATION_CREDENTIALS"},
		{"a file without end", nil, map[string]string{adc: strings.Repeat(" ", 1<<20+1)}, codes.FailedPrecondition, "larger than 1 MiB", "login"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := gcp.Credentials(t.Context(), home(t, c.vars, c.files))
			e := failed(t, err)
			if l != nil || e.Code != c.code || !strings.Contains(e.Error(), c.says) || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("got %v: %v; hint %q", e.Code, e, e.Hint)
			}
			if strings.Contains(fmt.Sprintf("%+v %+v", e, *e), "secret") {
				t.Errorf("the error repeats a secret: %+v", *e)
			}
		})
	}
}

// TestCredentialsInAPipe: what a shell makes of <(COMMAND) is read, and a pipe that nobody writes to is not waited for.
func TestCredentialsInAPipe(t *testing.T) {
	far, near, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	go func() { near.WriteString(person); near.Close() }()
	shells := map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": fmt.Sprintf("/dev/fd/%d", far.Fd())}
	if l, err := gcp.Credentials(t.Context(), home(t, shells, nil)); err != nil || !l.Person {
		t.Errorf("a shell's: %v, %v", l, err)
	}
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = gcp.Credentials(t.Context(), home(t, map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": name}, nil))
	if e := failed(t, err); !strings.Contains(e.Error(), "it is empty") || e.Hint == "" {
		t.Errorf("without a writer: %v; hint %q", e, e.Hint)
	}
}

func TestCheckTellsADeadLogin(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		code   codes.Code
		says   string
	}{
		{"alive", 200, `{"access_token": "ya29.secret", "token_type": "Bearer", "expires_in": 3600}`, codes.OK, ""},
		{"expired", 400, `{"error": "invalid_grant", "error_description": "Token has been expired or revoked. secret"}`, codes.Unauthenticated, "expired or was revoked"},
		{"to be renewed", 400, `{"error": "invalid_grant", "error_description": "reauth related error (invalid_rapt)", "error_subtype": "invalid_rapt"}`, codes.Unauthenticated, "renewed"},
		{"a server that fails", 503, `secret`, codes.Unavailable, "just now"},
		{"refused in other words", 403, `<html>secret</html>`, codes.Unauthenticated, "does not accept"},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				asked++
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			}))
			defer server.Close()
			// A federated identity is the one kind whose file names the token endpoint and that uses it for every token.
			l, err := gcp.Credentials(t.Context(), home(t, nil, map[string]string{adc: external(server.URL), "subject": "a subject token"}))
			if err != nil {
				t.Fatal(err)
			}
			_, err = l.Check(t.Context())
			if asked == 0 {
				t.Fatal("the token endpoint was not asked")
			}
			if c.code == codes.OK {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if e := failed(t, err); e.Code != c.code || !strings.Contains(e.Error(), c.says) || e.Hint == "" || strings.Contains(fmt.Sprintf("%+v", *e), "secret") {
				t.Errorf("got %v: %+v", e.Code, *e)
			}
		})
	}
}

// external is a person's federated login, whose file names its token endpoint.
func external(endpoint string) string {
	return fmt.Sprintf(`{"type": "external_account_authorized_user", "audience": "//iam.googleapis.com/locations/global/workforcePools/p/providers/q",
		"refresh_token": "r", "token_url": %q, "token_info_url": %q, "client_id": "c", "client_secret": "d"}`, endpoint, endpoint)
}

func TestCheckDoesNotTakeABrokenNetworkForADeadLogin(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	login, err := gcp.Credentials(t.Context(), home(t, nil, map[string]string{adc: external("http://" + l.Addr().String())}))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	_, err = login.Check(t.Context())
	e := failed(t, err)
	if !strings.Contains(e.Error(), "cannot be reached") || strings.Contains(e.Hint, "login") || time.Since(start) > 11*time.Second {
		t.Errorf("got %v; hint %q; after %v", e, e.Hint, time.Since(start))
	}
	if e.Login != login.String() || !e.Unreached {
		t.Errorf("it does not say whose login could not be tried: %q", e.Login)
	}
}

// TestADeadLoginSaysWhichFileToReplace: a new login of gcloud's does not help where GOOGLE_APPLICATION_CREDENTIALS names another file,
// and a file that is replaced is the next login.
func TestADeadLoginSaysWhichFileToReplace(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/new":
			fmt.Fprint(w, `{"access_token": "ya29.secret", "token_type": "Bearer", "expires_in": 3600}`)
			return
		case "/account":
			w.WriteHeader(400)
			fmt.Fprint(w, `{"error": "invalid_grant", "error_description": "Invalid JWT Signature."}`)
			return
		}
		w.WriteHeader(400)
		fmt.Fprint(w, `{"error": "invalid_grant", "error_description": "Token has been expired or revoked."}`)
	}))
	defer server.Close()
	variable := map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": "~/key.json"}
	for _, c := range []struct {
		name  string
		vars  map[string]string
		file  string
		path  string
		has   []string
		lacks string
	}{
		{"gcloud's own file", nil, adc, "/old", []string{"log in again: gcloud auth application-default login"}, "unset"},
		{"a file that is named", variable, "key.json", "/old",
			[]string{"replace ", "key.json, which GOOGLE_APPLICATION_CREDENTIALS names", "unset GOOGLE_APPLICATION_CREDENTIALS; gcloud auth application-default login"}, "log in again"},
		{"a key that is named", variable, "key.json", "/account",
			[]string{"check the clock, then make a new key; replace ", "key.json, which GOOGLE_APPLICATION_CREDENTIALS names", "unset GOOGLE_APPLICATION_CREDENTIALS; "}, "or log in:"},
		{"a key in gcloud's own file", nil, adc, "/account", []string{"check the clock, then make a new key or log in: gcloud auth application-default login"}, "unset"},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := home(t, c.vars, map[string]string{c.file: external(server.URL + c.path)})
			login, err := gcp.Credentials(t.Context(), env)
			if err != nil {
				t.Fatal(err)
			}
			_, err = login.Check(t.Context())
			e := failed(t, err)
			for _, text := range c.has {
				if !strings.Contains(e.Hint, text) {
					t.Errorf("the hint lacks %q: %q", text, e.Hint)
				}
			}
			if strings.Contains(e.Hint, c.lacks) {
				t.Errorf("the hint has %q: %q", c.lacks, e.Hint)
			}
			if e.Login != login.String() || !strings.Contains(e.Login, login.From) {
				t.Errorf("it blames %q", e.Login)
			}
			if err := os.WriteFile(login.From, []byte(external(server.URL+"/new")), 0o600); err != nil {
				t.Fatal(err)
			}
			if login, err = gcp.Credentials(t.Context(), env); err != nil {
				t.Fatal(err)
			}
			if _, err = login.Check(t.Context()); err != nil {
				t.Errorf("the new file does not help: %v", err)
			}
		})
	}
}
