package gcp_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/run/apiv2/runpb"
	"google.golang.org/api/option"
	"google.golang.org/genproto/googleapis/type/expr"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"why401/gcp"
	"why401/gcp/demo"
)

// inside runs a test with an embedded cloud and a client of it, inside a bubble with a clock of its own.
func inside(t *testing.T, opts []demo.Option, test func(t *testing.T, cloud *demo.Cloud, client *gcp.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cloud := demo.New(append([]demo.Option{demo.InMemory()}, opts...)...)
		if err := cloud.Start(); err != nil {
			t.Fatal(err)
		}
		defer cloud.Close()
		client, err := gcp.New(t.Context(), gcp.Config{Project: cloud.Project(), Options: cloud.Options(), HTTP: cloud.HTTP()})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		test(t, cloud, client)
	})
}

func named(l gcp.Listing, name string) gcp.Service {
	for _, s := range l.Services {
		if s.Name == name {
			return s
		}
	}
	return gcp.Service{}
}

func TestServices(t *testing.T) {
	inside(t, []demo.Option{demo.PageSize(2), demo.EmptyPages(2)}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		l, err := client.Services(t.Context())
		if err != nil || len(l.Failed) > 0 {
			t.Fatalf("%v, %v", err, l.Failed)
		}
		if len(l.Services) != 17 || l.Regions != 9 {
			t.Errorf("%d services in %d regions, want 17 in 9", len(l.Services), l.Regions)
		}
		if !slices.IsSortedFunc(l.Services, func(a, b gcp.Service) int { return strings.Compare(a.Name, b.Name) }) {
			t.Error("the services are not sorted by name")
		}
		s := named(l, "shop-api")
		want := gcp.Service{
			ID: "projects/acme-prod/locations/europe-west1/services/shop-api", Name: "shop-api", Region: "europe-west1",
			Project: "acme-prod", ProjectNumber: "424242424242",
			Audiences: []string{"acme-prod"}, Ingress: gcp.IngressLoadBalancer, State: gcp.StateReady,
			Revision: "shop-api-00007-vab", Created: "shop-api-00007-vab", Modifier: "deployer@acme.example",
			Traffic: []gcp.Traffic{{Revision: "shop-api-00007-vab", Percent: 100, Latest: true},
				{Revision: "shop-api-00008-qiw", Tag: "canary", URL: "https://canary---shop-api-1a2b3c4d5e-ew.a.run.app"}},
		}
		if len(s.URLs) != 2 || s.URI != s.URLs[0] || len(s.TagURLs) != 1 || s.Updated.IsZero() || s.ServiceAccount == "" {
			t.Errorf("incomplete: %+v", s)
		}
		want.URI, want.URLs, want.TagURLs, want.Updated, want.ServiceAccount = s.URI, s.URLs, s.TagURLs, s.Updated, s.ServiceAccount
		if fmt.Sprintf("%+v", s) != fmt.Sprintf("%+v", want) {
			t.Errorf("got  %+v\nwant %+v", s, want)
		}
		if f := named(l, "resize-image").FunctionURL; f != "https://us-central1-acme-prod.cloudfunctions.net/resize-image" {
			t.Errorf("function URL %q", f)
		}
		if b := named(l, "checkout-preview"); b.State != gcp.StateFailed || !strings.Contains(b.StateText, "PORT=8080") {
			t.Errorf("state %v: %q", b.State, b.StateText)
		}
		if !named(l, "status").InvokerOff || !named(l, "admin-console").IAP || named(l, "ledger").Ingress != gcp.IngressInternal {
			t.Error("the doors are not read")
		}
	})
}

func TestServicesMapsWhatTheStoryLeavesOut(t *testing.T) {
	inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		const at = "projects/acme-prod/locations/us-east1/services/"
		cloud.SetService(&runpb.Service{
			Name: at + "closed", DefaultUriDisabled: true, Ingress: runpb.IngressTraffic_INGRESS_TRAFFIC_NONE,
			TerminalCondition: &runpb.Condition{State: runpb.Condition_CONDITION_SUCCEEDED}, Reconciling: true,
			Urls: []string{"https://closed-77.europe-west1.run.app", "https://closed-x7.us-east1.run.app", "https://closed-.us-east1.run.app"},
		})
		cloud.SetService(&runpb.Service{Name: at + "newer", Ingress: 99,
			Labels: map[string]string{"goog-managed-by": "cloudfunctions", "goog-drz-cloudfunctions-id": "newer_one"},
			Urls:   []string{"https://newer-77.us-east1.run.app/"},
		})
		l, err := client.Services(t.Context())
		if err != nil || len(l.Services) != 2 {
			t.Fatalf("%v, %+v", err, l)
		}
		if s := l.Services[0]; !s.DefaultURLOff || s.Ingress != gcp.IngressNone || s.State != gcp.StateReconciling || s.ProjectNumber != "" {
			t.Errorf("got %+v", s)
		}
		if s := l.Services[1]; s.Ingress != gcp.IngressUnknown || s.State != gcp.StateUnknown || s.ProjectNumber != "77" ||
			s.FunctionURL != "https://us-east1-acme-prod.cloudfunctions.net/newer_one" || !s.Updated.IsZero() {
			t.Errorf("got %+v", s)
		}
	})
}

func TestServicesSaysWhichRegionsFailed(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.Fail("ListServices", demo.PermissionDenied("run.services.list", "projects/acme-prod/locations/us-east1"), "us-east1")
		cloud.Fail("ListServices", demo.QuotaExceeded("run.googleapis.com", "us-central1", 17*time.Second), "us-central1")
		l, err := client.Services(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(l.Failed) != 2 || l.Failed[0].Region != "us-central1" || l.Failed[1].Region != "us-east1" {
			t.Fatalf("failed: %+v", l.Failed)
		}
		if e := l.Failed[0].Err; e.Code != codes.ResourceExhausted || e.Retry != 17*time.Second {
			t.Errorf("got %v, retry %v", e, e.Retry)
		}
		if e := l.Failed[1].Err; e.Permission != "run.services.list" || e.Role != "roles/run.viewer" {
			t.Errorf("got %+v", e)
		}
		if named(l, "billing").Name == "" || named(l, "status").Name != "" {
			t.Error("the other regions are not listed, or a failed one is")
		}
	})
}

func TestServicesFailsOnlyWhereNothingIsListed(t *testing.T) {
	for _, c := range []struct{ name, method, on string }{
		{"the locations are denied", "ListLocations", ""},
		{"every region is denied", "ListServices", "every region"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
				cloud.Fail(c.method, demo.Disabled("run.googleapis.com"))
				l, err := client.Services(t.Context())
				e := failed(t, err)
				if e.Hint != "gcloud services enable run.googleapis.com --project acme-prod" || e.On != c.on || len(l.Services) > 0 {
					t.Errorf("got %v; hint %q", e, e.Hint)
				}
			})
		})
	}
}

func TestACallIsMadeAgainWhileTheServerIsUnavailable(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.FailTimes("ListLocations", 2, demo.Unavailable())
		cloud.FailTimes("ListServices", 2, demo.Unavailable(), "us-east1")
		cloud.FailTimes("GetIamPolicy", 2, demo.Unavailable())
		l, err := client.Services(t.Context())
		if err != nil || len(l.Failed) > 0 || len(l.Services) != 17 {
			t.Fatalf("%v, %v, %d services", err, l.Failed, len(l.Services))
		}
		if _, err := client.Policy(t.Context(), l.Services[0].ID); err != nil {
			t.Error(err)
		}
	})
}

func TestATimeOutKeepsItsCause(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.Fail("GetIamPolicy", status.Error(codes.Unavailable, "the cable is cut"))
		start := time.Now()
		_, err := client.Policy(t.Context(), "projects/acme-prod/locations/us-east1/services/status")
		e := failed(t, err)
		if took := time.Since(start); took > 11*time.Second {
			t.Errorf("it took %v", took)
		}
		if e.Code != codes.DeadlineExceeded || !strings.Contains(e.Error(), "the cable is cut") || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v: %v", e.Code, e)
		}
	})
}

func TestACallThatHangsEnds(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		for _, m := range []string{"ListLocations", "ListServices", "GetIamPolicy", "ListLogEntries"} {
			cloud.Slow(m, time.Hour)
		}
		for name, call := range map[string]func() error{
			"Services": func() error { _, err := client.Services(t.Context()); return err },
			"Policy": func() error {
				_, err := client.Policy(t.Context(), "projects/acme-prod/locations/us-east1/services/status")
				return err
			},
			"Refused": func() error { _, _, err := client.Refused(t.Context(), time.Now(), time.Time{}, 5); return err },
		} {
			start := time.Now()
			e := failed(t, call())
			if e.Code != codes.DeadlineExceeded || e.Hint == "" || time.Since(start) > 31*time.Second {
				t.Errorf("%s: %v after %v", name, e, time.Since(start))
			}
		}
	})
}

func TestAContextThatIsCancelledEndsACall(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.Slow("ListServices", time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		_, err := client.Services(ctx)
		if e := failed(t, err); !errors.Is(err, context.Canceled) || e.Code != codes.Canceled || time.Since(start) != time.Second {
			t.Errorf("got %v after %v", e, time.Since(start))
		}
	})
}

func TestFanOutIsBounded(t *testing.T) {
	inside(t, []demo.Option{demo.Services(100), demo.Latency(20 * time.Millisecond)}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		l, err := client.Services(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		errs := make(chan error)
		for _, s := range l.Services {
			go func() {
				_, err := client.Policy(t.Context(), s.ID)
				errs <- err
			}()
		}
		for range l.Services {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if p := cloud.Peak("GetIamPolicy"); p != 32 {
			t.Errorf("%d policies at a time, want 32", p)
		}
		if n := cloud.Calls("GetRole"); n > 10 {
			t.Errorf("%d roles were read: each is asked for once", n)
		}
	})
}

func TestPolicy(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		id := cloud.Service("status").Name
		cloud.Fail("GetRole", status.Error(codes.PermissionDenied, "You don't have permission to get the role."), "run.invoker", "run.viewer", "pubsub.serviceAgent")
		conditional := &iampb.Binding{Role: "roles/run.servicesInvoker", Members: []string{"user:a@acme.example"},
			Condition: &expr.Expr{Title: "soon over", Expression: "request.time < timestamp('2000-01-01T01:00:00Z')"}}
		cloud.SetPolicy("status",
			conditional,
			&iampb.Binding{Role: "projects/acme-prod/roles/edgeCaller", Members: []string{"group:ops@acme.example"}},
			&iampb.Binding{Role: "projects/acme-prod/roles/auditor"},
			&iampb.Binding{Role: "organizations/7/roles/unknown"},
			&iampb.Binding{Role: "roles/run.invoker"},
			&iampb.Binding{Role: "roles/run.viewer"},
			&iampb.Binding{Role: "roles/pubsub.serviceAgent"},
			&iampb.Binding{Role: "nonsense"},
		)
		p, err := client.Policy(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if p.Service != id || !p.Read.Equal(time.Now()) {
			t.Errorf("policy of %s, read %v", p.Service, p.Read)
		}
		if unread := strings.Join(p.Unread, "; "); !strings.Contains(unread, "project acme-prod") || !strings.Contains(unread, "deny policies") {
			t.Errorf("unread: %q", unread)
		}
		var got []string
		for _, b := range p.Bindings {
			from, _, _ := strings.Cut(b.RoleFrom, ":")
			got = append(got, fmt.Sprintf("%s %s %v %s", b.Level, b.Role, map[gcp.Answer]string{gcp.Yes: "yes", gcp.No: "no", gcp.Unsure: "unsure"}[b.Invokes], from))
		}
		want := []string{
			"service roles/run.servicesInvoker yes role read",
			"service projects/acme-prod/roles/edgeCaller yes role read",
			"service projects/acme-prod/roles/auditor no role read",
			"service organizations/7/roles/unknown unsure role not read",
			"service roles/run.invoker yes shipped list",
			"service roles/run.viewer no shipped list",
			"service roles/pubsub.serviceAgent unsure role not read",
			"service nonsense unsure not a role's name",
		}
		if !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if c := p.Bindings[0].Condition; c.Title != "soon over" || !strings.HasPrefix(c.Expression, "request.time <") {
			t.Errorf("condition %+v: it is lost below version 3", c)
		}
		before := cloud.Calls("GetRole")
		if _, err := client.Policy(t.Context(), id); err != nil || cloud.Calls("GetRole") != before {
			t.Errorf("%v, %d calls: roles are asked for again", err, cloud.Calls("GetRole")-before)
		}
	})
}

func TestARoleIsAskedForAgainAfterAPassingFailure(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		id := cloud.Service("edge-gateway").Name
		cloud.Fail("GetRole", demo.QuotaExceeded("iam.googleapis.com", "global", 0))
		p, err := client.Policy(t.Context(), id)
		if err != nil || p.Bindings[0].Invokes != gcp.Unsure || !strings.Contains(p.Bindings[0].RoleFrom, "quota") {
			t.Fatalf("%v, %+v", err, p.Bindings)
		}
		cloud.Heal("GetRole")
		if p, err = client.Policy(t.Context(), id); err != nil || p.Bindings[0].Invokes != gcp.Yes {
			t.Errorf("%v, %+v", err, p.Bindings)
		}
	})
}

func TestARoleThatCannotBeReadHoldsUpNobody(t *testing.T) {
	inside(t, []demo.Option{demo.Services(60)}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		l, err := client.Services(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		cloud.Slow("GetRole", time.Hour)
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		done := make(chan gcp.Answer)
		for i, s := range l.Services {
			ctx := t.Context()
			if i == 0 {
				ctx = impatient
			}
			if strings.HasPrefix(s.Name, "service-") {
				go func() {
					p, err := client.Policy(ctx, s.ID)
					if err != nil {
						t.Error(err)
					}
					done <- p.Bindings[0].Invokes
				}()
			}
		}
		for range 60 {
			if a := <-done; a != gcp.Yes {
				t.Error("roles/run.invoker is not known from the shipped list")
			}
		}
		if took := time.Since(start); took > 25*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestPolicyRefuses(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		for id, code := range map[string]codes.Code{
			"shop-api": codes.InvalidArgument,
			"projects/acme-prod/locations/europe-west1/services/":     codes.InvalidArgument,
			"projects/acme-prod/locations/europe-west1/services/gone": codes.NotFound,
		} {
			_, err := client.Policy(t.Context(), id)
			if e := failed(t, err); e.Code != code {
				t.Errorf("%q: %v, want %v", id, e, code)
			}
		}
	})
}

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  gcp.Config
		says string
	}{
		{"no project", gcp.Config{}, "an empty text"},
		{"a project that is none", gcp.Config{Project: "a/b"}, `"a/b"`},
		{"an endpoint with a path", gcp.Config{Project: "acme-prod", Options: []option.ClientOption{option.WithoutAuthentication()},
			Env: func(string) string { return "https://run.example.com/v2" }}, "CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN"},
		{"options that contradict", gcp.Config{Project: "acme-prod", Options: []option.ClientOption{option.WithoutAuthentication(), option.WithAPIKey("x")}}, "Cloud Run client"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := gcp.New(t.Context(), c.cfg)
			if e := failed(t, err); !strings.Contains(e.Error(), c.says) {
				t.Errorf("got %v", e)
			}
		})
	}
}

func TestCloseTwice(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		if err := errors.Join(client.Close(), client.Close()); err != nil {
			t.Error(err)
		}
		_, err := client.Services(t.Context())
		failed(t, err)
	})
}

// TestEndpointOverrides also shows that clients on one shared connection close without a complaint.
func TestEndpointOverrides(t *testing.T) {
	cloud := demo.New()
	if err := cloud.Start(); err != nil {
		t.Fatal(err)
	}
	defer cloud.Close()
	var asked []string
	client, err := gcp.New(t.Context(), gcp.Config{
		Project: "acme-prod",
		// The cloud's own options lead to it already: an override that works must take their place.
		Options: cloud.Options(),
		Env: func(name string) string {
			asked = append(asked, name)
			if strings.HasSuffix(name, "_RUN") {
				return "http://127.0.0.1:9/"
			}
			return ""
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := "CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER CLOUDSDK_API_ENDPOINT_OVERRIDES_POLICYTROUBLESHOOTER"; strings.Join(asked, " ") != want {
		t.Errorf("looked up %q", asked)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := client.Services(ctx); err == nil {
		t.Error("the override is not used")
	} else if e := failed(t, err); !strings.Contains(e.Error(), "refused") {
		t.Errorf("got %v", e)
	}
	if _, _, err := client.Refused(t.Context(), time.Now().Add(-time.Hour), time.Time{}, 1); err != nil {
		t.Errorf("an API without an override: %v", err)
	}
	if err := client.Close(); err != nil {
		t.Errorf("closing: %v", err)
	}
}

func BenchmarkServices(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Services(n))
			if err := cloud.Start(); err != nil {
				b.Fatal(err)
			}
			defer cloud.Close()
			client, err := gcp.New(b.Context(), gcp.Config{Project: cloud.Project(), Options: cloud.Options()})
			if err != nil {
				b.Fatal(err)
			}
			defer client.Close()
			for b.Loop() {
				if l, err := client.Services(b.Context()); err != nil || len(l.Services) != n {
					b.Fatal(err, len(l.Services))
				}
			}
		})
	}
}

// demoService is a service of europe-west1 with a URL and nothing else.
func demoService(name string) *runpb.Service {
	return &runpb.Service{
		Name: "projects/acme-prod/locations/europe-west1/services/" + name,
		Uri:  "https://" + name + "-1a2b3c-ew.a.run.app", Urls: []string{"https://" + name + "-1a2b3c-ew.a.run.app"},
	}
}
