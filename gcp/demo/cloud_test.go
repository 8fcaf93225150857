package demo

import (
	"context"
	"errors"
	"io"
	"net"
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
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/durationpb"
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
	bare      *grpc.ClientConn // for requests that an iterator would change, and without retries
	runStub   runpb.ServicesClient
	logStub   loggingpb.LoggingServiceV2Client
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
	c.bare, err = grpc.NewClient("passthrough:///bare", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return c.dialAPI(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.bare.Close() })
	c.runStub, c.logStub = runpb.NewServicesClient(c.bare), loggingpb.NewLoggingServiceV2Client(c.bare)
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
	for _, l := range all(c.t, c.locations.ListLocations(c.ctx, &location.ListLocationsRequest{Name: wholeProject}).Next) {
		out = append(out, all(c.t, c.services.ListServices(c.ctx, &runpb.ListServicesRequest{Parent: l.Name}).Next)...)
	}
	return out
}

const wholeProject = "projects/acme-prod"

// tailing is a request for a tail; a negative window is left out.
func tailing(filter string, window time.Duration) *loggingpb.TailLogEntriesRequest {
	return &loggingpb.TailLogEntriesRequest{ResourceNames: []string{wholeProject}, Filter: filter, BufferWindow: durationpb.New(window)}
}

// tail opens a tail and waits until it is open; without a window it has the API's own.
func (c clients) tail(filter string, window *durationpb.Duration) loggingpb.LoggingServiceV2_TailLogEntriesClient {
	c.t.Helper()
	stream, err := c.logs.TailLogEntries(c.ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	req := tailing(filter, 0)
	req.BufferWindow = window
	if err := stream.Send(req); err != nil {
		c.t.Fatal(err)
	}
	if m, err := stream.Recv(); err != nil || len(m.Entries) != 0 {
		c.t.Fatalf("first message: %v, %v", m, err)
	}
	return stream
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
		ResourceNames: []string{wholeProject}, PageSize: 1000, OrderBy: "timestamp desc",
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
	stream := c.tail("", durationpb.New(0))
	c.Emit(Refusal{Service: "shop-api"})
	if m, err := stream.Recv(); err != nil || len(m.Entries) != 1 {
		t.Fatalf("second message: %v, %v", m, err)
	}
}

func TestGooglesClientsSpeakToItInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { tour(t, InMemory()) })
}

func TestGooglesClientsSpeakToItOverTCP(t *testing.T) { tour(t) }

func TestCloseMayComeEarlyAndTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		New(InMemory()).Close()
		c := New(InMemory())
		if err := errors.Join(c.Start(), c.Start()); err != nil {
			t.Fatal(err)
		}
		c.Close()
		c.Close()
	})
}

func TestCloseEndsAnOpenTail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		s := c.tail("", nil)
		c.Close()
		if _, err := s.Recv(); err == nil {
			t.Error("the tail outlived its cloud")
		}
	})
}

func TestClosingOneClientLeavesTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		c.locations.Close()
		if _, err := c.services.GetService(c.ctx, &runpb.GetServiceRequest{Name: c.Service("shop-api").Name}); err != nil {
			t.Error(err)
		}
	})
}

func TestACloudThatWasNotStartedCannotBeReached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(InMemory())
		defer c.Close()
		client, err := run.NewServicesClient(t.Context(), c.Options()...)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		if _, err := client.GetService(t.Context(), &runpb.GetServiceRequest{Name: "x"}); err == nil {
			t.Error("answered before Start")
		}
		if _, err := c.HTTP().Get(KeyAddresses()[0]); err == nil {
			t.Error("keys before Start")
		}
	})
}

func BenchmarkNewAndStart(b *testing.B) {
	for b.Loop() {
		c := New(InMemory())
		if err := c.Start(); err != nil {
			b.Fatal(err)
		}
		c.Close()
	}
}

func BenchmarkTail(b *testing.B) {
	c := New(InMemory(), Empty())
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	logs, err := logging.NewClient(b.Context(), c.Options()...)
	if err != nil {
		b.Fatal(err)
	}
	defer logs.Close()
	s, err := logs.TailLogEntries(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Send(tailing("", 0)); err != nil {
		b.Fatal(err)
	}
	if _, err := s.Recv(); err != nil {
		b.Fatal(err)
	}
	batch := make([]Refusal, 1000)
	for b.Loop() {
		c.Emit(batch...)
		for n := 0; n < len(batch); {
			m, err := s.Recv()
			if err != nil {
				b.Fatal(err)
			}
			n += len(m.Entries)
		}
	}
	b.ReportMetric(float64(b.N*len(batch))/b.Elapsed().Seconds(), "entries/s")
}
