package gcp_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"

	"why401/gcp"
	"why401/gcp/demo"
)

func TestTrialsReadOnceEach(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		start := time.Now()
		var done []string
		for _, r := range client.Try(t.Context()) {
			if !r.Done || r.Err != nil || r.Reached() != gcp.Yes {
				t.Errorf("%+v", r)
			}
			if r.Anybody != (r.Permission == "iam.roles.get") {
				t.Errorf("that anybody may do it is said of %+v", r)
			}
			done = append(done, r.Permission)
		}
		want := []string{"run.locations.list", "run.services.list", "run.services.getIamPolicy", "logging.logEntries.list", "logging.logEntries.list", "iam.roles.get", "iam.denypolicies.list", "resourcemanager.projects.getIamPolicy", "compute.urlMaps.list", "iap.projects.getSettings"}
		if !slices.Equal(done, want) {
			t.Errorf("tried %q", done)
		}
		for _, method := range []string{"ListLocations", "ListLogEntries", "TailLogEntries", "GetRole"} {
			if n := cloud.Calls(method); n != 1 {
				t.Errorf("%d calls of %s", n, method)
			}
		}
		synctest.Wait() // the server hears of a tail's end a moment later
		if n := cloud.OpenTails(); n > 0 || time.Since(start) > 5*time.Second {
			t.Errorf("%d tails are open after %v", n, time.Since(start))
		}
	})
}

func TestTrialsReadACustomRoleWhereThereIsOne(t *testing.T) {
	inside(t, []demo.Option{demo.Empty(), demo.Services(1)}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		l, err := client.Services(t.Context())
		if err != nil || len(l.Services) != 1 {
			t.Fatalf("%v, %+v", err, l)
		}
		const custom = "organizations/1/roles/caller"
		cloud.SetPolicy(l.Services[0].Name, &iampb.Binding{Role: custom, Members: []string{"user:a@acme.example"}})
		trials := client.Try(t.Context())
		last := trials[slices.IndexFunc(trials, func(t gcp.Trial) bool { return t.Permission == "iam.roles.get" })]
		if last.Err == nil || last.Err.Permission != "iam.roles.get" || last.Err.On != custom {
			t.Errorf("%+v", last)
		}
	})
}

func TestEndpoints(t *testing.T) {
	env := func(vars map[string]string) func(string) string {
		return func(name string) string { return vars[name] }
	}
	all, err := gcp.Endpoints(env(map[string]string{
		"CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING": "http://127.0.0.1:8080/", "CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN": "https://run.p.example",
		"CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE": "https://compute.p.example/compute/v1/",
	}))
	if err != nil {
		t.Fatal(err)
	}
	var hosts []string
	for _, e := range all {
		hosts = append(hosts, e.API+" "+e.Host+" "+strings.TrimPrefix(e.From, "CLOUDSDK_API_ENDPOINT_OVERRIDES_"))
	}
	for _, want := range []string{"run.googleapis.com run.p.example:443 RUN", "logging.googleapis.com 127.0.0.1:8080 LOGGING", "compute.googleapis.com compute.p.example:443 COMPUTE", "iam.googleapis.com iam.googleapis.com:443 ", "www.googleapis.com www.googleapis.com:443 "} {
		if !slices.Contains(hosts, want) {
			t.Errorf("%q is not among %q", want, hosts)
		}
	}
	if _, err := gcp.Endpoints(env(map[string]string{"CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM": "https://a/b"})); err == nil {
		t.Error("an address with a path is taken for a host")
	}
}
