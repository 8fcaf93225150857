package gcp_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/run/apiv2/runpb"
	"google.golang.org/api/option"
	"google.golang.org/genproto/googleapis/cloud/location"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"why401/gcp"
)

// oddServer is a Cloud Run API that answers what the embedded cloud does not: regions out of reach, and pages without end.
type oddServer struct {
	runpb.UnimplementedServicesServer
	location.UnimplementedLocationsServer
	regions []string
	list    func(region, token string) (*runpb.ListServicesResponse, error)
}

func (s *oddServer) ListLocations(context.Context, *location.ListLocationsRequest) (*location.ListLocationsResponse, error) {
	r := &location.ListLocationsResponse{}
	for _, id := range s.regions {
		r.Locations = append(r.Locations, &location.Location{LocationId: id})
	}
	return r, nil
}

func (s *oddServer) ListServices(_ context.Context, req *runpb.ListServicesRequest) (*runpb.ListServicesResponse, error) {
	return s.list(req.Parent[strings.LastIndexByte(req.Parent, '/')+1:], req.PageToken)
}

// against runs a test with a client of s, whose clients all share one connection.
func against(t *testing.T, s *oddServer, test func(t *testing.T, client *gcp.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := bufconn.Listen(64 << 10)
		server := grpc.NewServer()
		runpb.RegisterServicesServer(server, s)
		location.RegisterLocationsServer(server, s)
		go server.Serve(l)
		defer server.Stop()
		conn, err := grpc.NewClient("passthrough:///odd.example", grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }))
		if err != nil {
			t.Fatal(err)
		}
		client, err := gcp.New(t.Context(), gcp.Config{Project: "acme-prod", Options: []option.ClientOption{option.WithGRPCConn(conn)}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := client.Close(); err != nil {
				t.Errorf("closing a shared connection: %v", err)
			}
		}()
		test(t, client)
	})
}

func TestServicesReadsWhichRegionsAreOutOfReach(t *testing.T) {
	s := &oddServer{
		regions: []string{"us-east1", "-", "europe-west1", "us-east1", "", "projects/x"},
		list: func(region, token string) (*runpb.ListServicesResponse, error) {
			if region == "europe-west1" {
				return &runpb.ListServicesResponse{Services: []*runpb.Service{{Name: "projects/acme-prod/locations/europe-west1/services/a"}}}, nil
			}
			if token == "" { // an empty page that carries only what is missing
				return &runpb.ListServicesResponse{NextPageToken: "2", Unreachable: []string{"projects/acme-prod/locations/us-east1"}}, nil
			}
			return &runpb.ListServicesResponse{Services: []*runpb.Service{{Name: "b"}}, Unreachable: []string{"us-east1", "us-east4"}}, nil
		},
	}
	against(t, s, func(t *testing.T, client *gcp.Client) {
		l, err := client.Services(t.Context())
		if err != nil || l.Regions != 2 || len(l.Services) != 2 {
			t.Fatalf("%v, %+v", err, l)
		}
		if b := l.Services[1]; b.Name != "b" || b.Region != "us-east1" {
			t.Errorf("a service whose name tells no region: %+v", b)
		}
		var failed []string
		for _, f := range l.Failed {
			failed = append(failed, f.Region)
			if f.Err.Code != codes.Unavailable || f.Err.Hint == "" {
				t.Errorf("%s: %v", f.Region, f.Err)
			}
		}
		if !slices.Equal(failed, []string{"us-east1", "us-east4"}) {
			t.Errorf("failed: %q", failed)
		}
	})
}

func TestARegionFailsOnceAndKeepsWhatItHad(t *testing.T) {
	s := &oddServer{
		regions: []string{"europe-west1", "us-east1"},
		list: func(region, token string) (*runpb.ListServicesResponse, error) {
			switch {
			case region == "europe-west1":
				return &runpb.ListServicesResponse{}, nil
			case token == "":
				return &runpb.ListServicesResponse{NextPageToken: "2", Services: []*runpb.Service{{Name: "a"}}, Unreachable: []string{"us-east1"}}, nil
			}
			return nil, status.Error(codes.Internal, "the second page is lost")
		},
	}
	against(t, s, func(t *testing.T, client *gcp.Client) {
		l, err := client.Services(t.Context())
		if err != nil || len(l.Services) != 1 || len(l.Failed) != 1 || l.Failed[0].Err.Code != codes.Internal {
			t.Errorf("%v, %+v", err, l)
		}
	})
}

func TestRegionsAreListedSixteenAtATime(t *testing.T) {
	var flying, peak atomic.Int32
	s := &oddServer{list: func(string, string) (*runpb.ListServicesResponse, error) {
		if n := flying.Add(1); n > peak.Load() {
			peak.Store(n)
		}
		time.Sleep(time.Second) // so that all that may be under way are
		flying.Add(-1)
		return &runpb.ListServicesResponse{}, nil
	}}
	for i := range 40 {
		s.regions = append(s.regions, fmt.Sprintf("region-%d", i))
	}
	against(t, s, func(t *testing.T, client *gcp.Client) {
		if l, err := client.Services(t.Context()); err != nil || l.Regions != 40 || peak.Load() != 16 {
			t.Errorf("%v, %d regions, %d at a time", err, l.Regions, peak.Load())
		}
	})
}

func TestServicesEndsWhereTheServerDoesNot(t *testing.T) {
	for _, c := range []struct {
		name string
		next func(string) string
		says string
	}{
		{"the same token again", func(string) string { return "x" }, "twice"},
		{"always one token more", func(token string) string { return token + "x" }, "more than 500 pages"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &oddServer{regions: []string{"us-east1"}, list: func(_, token string) (*runpb.ListServicesResponse, error) {
				return &runpb.ListServicesResponse{NextPageToken: c.next(token)}, nil
			}}
			against(t, s, func(t *testing.T, client *gcp.Client) {
				_, err := client.Services(t.Context())
				if e := failed(t, err); e.Code != codes.Internal || !strings.Contains(e.Error(), c.says) {
					t.Errorf("got %v", e)
				}
			})
		})
	}
}

// dialling runs a test with a client whose every connection is made by dial.
func dialling(t *testing.T, dial func(context.Context) error, test func(t *testing.T, client *gcp.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		client, err := gcp.New(t.Context(), gcp.Config{Project: "acme-prod", Options: []option.ClientOption{
			option.WithEndpoint("passthrough:///nowhere.example:443"), option.WithoutAuthentication(),
			option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())),
			option.WithGRPCDialOption(grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return nil, dial(ctx) })),
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		test(t, client)
	})
}

func TestANetworkThatSwallowsEverythingIsToldInTime(t *testing.T) {
	swallow := func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}
	for name, call := range map[string]func(ctx context.Context, client *gcp.Client) error{
		"Services": func(ctx context.Context, client *gcp.Client) error { _, err := client.Services(ctx); return err },
		"Tail":     func(ctx context.Context, client *gcp.Client) error { _, err := client.Tail(ctx); return err },
	} {
		t.Run(name, func(t *testing.T) {
			dialling(t, swallow, func(t *testing.T, client *gcp.Client) {
				start := time.Now()
				e := failed(t, call(t.Context(), client))
				if e.Code != codes.DeadlineExceeded || e.Hint == "" || time.Since(start) != 10*time.Second {
					t.Errorf("%v: %v after %v", e.Code, e, time.Since(start))
				}
			})
		})
	}
}

func TestWhatDoesNotMendIsToldAtOnce(t *testing.T) {
	for cause, says := range map[string]string{
		"dial tcp: lookup run.googleapis.com: no such host":                                    "run.googleapis.com does not resolve",
		"tls: failed to verify certificate: x509: certificate has expired or is not yet valid": "certificate is not trusted",
	} {
		t.Run(says, func(t *testing.T) {
			dialling(t, func(context.Context) error { return errors.New(cause) }, func(t *testing.T, client *gcp.Client) {
				start := time.Now()
				_, err := client.Services(t.Context())
				if e := failed(t, err); !strings.Contains(e.Error(), says) || time.Since(start) > time.Second {
					t.Errorf("%v after %v", e, time.Since(start))
				}
			})
		})
	}
}

func TestARefusedConnectionIsToldWhenTheTimeIsUp(t *testing.T) {
	refuse := func(context.Context) error {
		return errors.New("dial tcp 192.0.2.1:443: connect: connection refused")
	}
	dialling(t, refuse, func(t *testing.T, client *gcp.Client) {
		_, err := client.Services(t.Context())
		if e := failed(t, err); e.Code != codes.DeadlineExceeded || !strings.Contains(e.Error(), "connection refused") || strings.Contains(e.Hint, "login") {
			t.Errorf("%v: %v", e.Code, e)
		}
	})
}
