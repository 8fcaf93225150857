package gcp_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"why401/gcp"
	"why401/gcp/demo"
)

// TestCommandsNameTheLogin: whoever copies a command that gives a role need not put in whom it is for, where that is known; and a
// machine's or a workload's login is not told to be a person's.
func TestCommandsNameTheLogin(t *testing.T) {
	external := `{"type": "external_account", "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
		"subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "token_url": "https://sts.googleapis.com/v1/token", "credential_source": {"file": "/dev/null"}`
	for _, c := range []struct{ name, file, member string }{
		{"a person's login", person, "user:YOU"},
		{"a login that names its account", strings.Replace(person, "{", `{"account": "me@acme.example", `, 1), "user:me@acme.example"},
		{"a service account's key", robotKey(t, "https://oauth2.example/token"), "serviceAccount:bot@robots-home.iam.gserviceaccount.com"},
		{"a federated workload", external + "}", "MEMBER"},
		{"a federated workload as a service account", external + `, "service_account_impersonation_url": "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/ci@acme-prod.iam.gserviceaccount.com:generateAccessToken"}`,
			"serviceAccount:ci@acme-prod.iam.gserviceaccount.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			login, err := gcp.Credentials(t.Context(), home(t, nil, map[string]string{adc: c.file}))
			if err != nil {
				t.Fatal(err)
			}
			inside(t, nil, func(t *testing.T, cloud *demo.Cloud, _ *gcp.Client) {
				client, err := gcp.New(t.Context(), gcp.Config{Project: "acme-prod", Options: cloud.Options(), HTTP: cloud.HTTP(), Login: login})
				if err != nil {
					t.Fatal(err)
				}
				for method, permission := range map[string]string{
					"ListLocations": "run.locations.list", "ListLogEntries": "logging.logEntries.list", "Projects.GetIamPolicy": "resourcemanager.projects.getIamPolicy",
					"Folders.GetIamPolicy": "resourcemanager.folders.getIamPolicy", "ListPolicies": "iam.denypolicies.list", "urlMaps.list": "compute.urlMaps.list",
				} {
					cloud.Fail(method, demo.PermissionDenied(permission, "x"))
				}
				_, unlisted := client.Services(t.Context())
				_, _, unlogged := client.Refused(t.Context(), time.Now().Add(-time.Minute), time.Now(), 10)
				in, _ := client.Inherited(t.Context())
				fronts, _ := client.Fronts(t.Context())
				said := 0
				for _, err := range append([]error{unlisted, unlogged}, errs(append(in.Errs, fronts.Errs...))...) {
					var e *gcp.Error
					if !errors.As(err, &e) || !strings.Contains(e.Hint, "--member=") {
						t.Errorf("no command: %v", err)
						continue
					}
					said++
					if !strings.HasSuffix(e.Hint, "--member="+c.member) {
						t.Errorf("%s: %s", e.Op, e.Hint)
					}
				}
				if said < 6 {
					t.Errorf("%d commands", said)
				}
				client.Close()
			})
		})
	}
}

func errs(of []*gcp.Error) (out []error) {
	for _, e := range of {
		out = append(out, e)
	}
	return out
}
