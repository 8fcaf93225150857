package gcp_test

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/run/apiv2/runpb"
	"google.golang.org/api/option"
	"google.golang.org/genproto/googleapis/cloud/location"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"why401/gcp"
)

// oddServer is a Cloud Run API that answers what the embedded cloud does not: regions out of reach, and pages without end.
type oddServer struct {
	runpb.UnimplementedServicesServer
	location.UnimplementedLocationsServer
	regions []string
	list    func(region, token string) *runpb.ListServicesResponse
}

func (s *oddServer) ListLocations(context.Context, *location.ListLocationsRequest) (*location.ListLocationsResponse, error) {
	r := &location.ListLocationsResponse{}
	for _, id := range s.regions {
		r.Locations = append(r.Locations, &location.Location{LocationId: id})
	}
	return r, nil
}

func (s *oddServer) ListServices(_ context.Context, req *runpb.ListServicesRequest) (*runpb.ListServicesResponse, error) {
	return s.list(req.Parent[strings.LastIndexByte(req.Parent, '/')+1:], req.PageToken), nil
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
		list: func(region, token string) *runpb.ListServicesResponse {
			if region == "europe-west1" {
				return &runpb.ListServicesResponse{Services: []*runpb.Service{{Name: "projects/acme-prod/locations/europe-west1/services/a"}}}
			}
			if token == "" { // an empty page that carries only what is missing
				return &runpb.ListServicesResponse{NextPageToken: "2", Unreachable: []string{"projects/acme-prod/locations/us-east1"}}
			}
			return &runpb.ListServicesResponse{Services: []*runpb.Service{{Name: "b"}}, Unreachable: []string{"us-east1", "us-east4"}}
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

func TestServicesEndsWhereTheServerDoesNot(t *testing.T) {
	for name, next := range map[string]func(string) string{
		"the same token again":  func(string) string { return "x" },
		"always one token more": func(token string) string { return token + "x" },
	} {
		t.Run(name, func(t *testing.T) {
			s := &oddServer{regions: []string{"us-east1"}, list: func(_, token string) *runpb.ListServicesResponse {
				return &runpb.ListServicesResponse{NextPageToken: next(token)}
			}}
			against(t, s, func(t *testing.T, client *gcp.Client) {
				start := time.Now()
				_, err := client.Services(t.Context())
				if e := failed(t, err); e.Code != codes.Internal || !strings.Contains(e.Error(), "page") || time.Since(start) > time.Minute {
					t.Errorf("got %v", e)
				}
			})
		})
	}
}
