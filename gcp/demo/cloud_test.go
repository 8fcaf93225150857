package demo

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	admin "cloud.google.com/go/iam/admin/apiv1"
	"cloud.google.com/go/iam/admin/apiv1/adminpb"
	"cloud.google.com/go/iam/apiv1/iampb"
	logging "cloud.google.com/go/logging/apiv2"
	"cloud.google.com/go/logging/apiv2/loggingpb"
	run "cloud.google.com/go/run/apiv2"
	"cloud.google.com/go/run/apiv2/runpb"
	"google.golang.org/api/iterator"
	"google.golang.org/genproto/googleapis/cloud/location"
)

// clients are Google's own, connected to one cloud.
type clients struct {
	*Cloud
	t         *testing.T
	ctx       context.Context
	services  *run.ServicesClient
	locations *run.LocationsClient
	logs      *logging.Client
	roles     *admin.IamClient
	http      *http.Client
}

// connect starts a cloud and all clients, and closes them at the end of the test.
func connect(t *testing.T, opts ...Option) clients {
	t.Helper()
	c := clients{Cloud: New(opts...), t: t, ctx: t.Context()}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	var err error
	if c.services, err = run.NewServicesClient(c.ctx, c.Options()...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.services.Close() })
	if c.locations, err = run.NewLocationsClient(c.ctx, c.Options()...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.locations.Close() })
	if c.logs, err = logging.NewClient(c.ctx, c.Options()...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.logs.Close() })
	if c.roles, err = admin.NewIamClient(c.ctx, c.Options()...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.roles.Close() })
	c.http = c.HTTP()
	return c
}

// all reads an iterator to its end.
func all[T any](t *testing.T, next func() (T, error)) []T {
	t.Helper()
	var out []T
	for {
		v, err := next()
		if errors.Is(err, iterator.Done) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
}

func (c clients) everyService() []*runpb.Service {
	c.t.Helper()
	var out []*runpb.Service
	for _, l := range all(c.t, c.locations.ListLocations(c.ctx, &location.ListLocationsRequest{Name: "projects/acme-prod"}).Next) {
		out = append(out, all(c.t, c.services.ListServices(c.ctx, &runpb.ListServicesRequest{Parent: l.Name}).Next)...)
	}
	return out
}

// tour asks every server once.
func tour(t *testing.T, opts ...Option) {
	c := connect(t, opts...)
	services := c.everyService()
	if len(services) != 17 {
		t.Errorf("%d services, want 17", len(services))
	}
	for _, s := range services {
		if _, err := c.services.GetIamPolicy(c.ctx, &iampb.GetIamPolicyRequest{Resource: s.Name}); err != nil {
			t.Errorf("policy of %s: %v", s.Name, err)
		}
	}
	entries := all(t, c.logs.ListLogEntries(c.ctx, &loggingpb.ListLogEntriesRequest{
		ResourceNames: []string{"projects/acme-prod"}, PageSize: 1000, OrderBy: "timestamp desc",
		Filter: `resource.type="cloud_run_revision" log_id("run.googleapis.com/requests") httpRequest.status=(401 OR 403)`,
	}).Next)
	if len(entries) < 300 {
		t.Errorf("%d entries, want hundreds", len(entries))
	}
	role, err := c.roles.GetRole(c.ctx, &adminpb.GetRoleRequest{Name: "roles/run.invoker"})
	if err != nil || len(role.IncludedPermissions) == 0 {
		t.Errorf("role: %v, %v", role, err)
	}
	resp, err := c.http.Get("https://www.googleapis.com/oauth2/v3/certs")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 || len(body) < 300 || resp.Header.Get("Date") == "" || resp.Header.Get("Cache-Control") == "" {
		t.Errorf("keys: %s %v %d bytes, %v", resp.Status, resp.Header, len(body), err)
	}
	stream, err := c.logs.TailLogEntries(c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&loggingpb.TailLogEntriesRequest{ResourceNames: []string{"projects/acme-prod"}}); err != nil {
		t.Fatal(err)
	}
	if m, err := stream.Recv(); err != nil || len(m.Entries) != 0 {
		t.Fatalf("first message: %v, %v", m, err)
	}
	c.Emit(Refusal{Service: "shop-api"})
	if m, err := stream.Recv(); err != nil || len(m.Entries) != 1 {
		t.Fatalf("second message: %v, %v", m, err)
	}
}

func TestGooglesClientsSpeakToItInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { tour(t, InMemory()) })
}

func TestGooglesClientsSpeakToItOverTCP(t *testing.T) {
	begin := time.Now()
	tour(t)
	t.Logf("%v", time.Since(begin))
}
