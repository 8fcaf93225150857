// Package demo is an embedded Google Cloud: gRPC servers of the Cloud Run Admin, Cloud Logging, IAM and Resource Manager APIs, REST
// servers of what stands in front (Compute, IAP) and a server of published keys, with a story to tell. It serves the program's
// demonstration and its tests, so that Google's own clients run in both.
//
// It promises to refuse what the real APIs refuse (a region "-", another request's page token, a filter with an unknown term,
// an eleventh tail) and to bring what they bring: small and empty pages, late, unordered and doubled entries, empty messages,
// suppression, streams that end. It does not promise what no documentation says; such choices are marked where they are made.
// All names, addresses and tokens in it are made up; tokens are signed with keys that no one else trusts.
package demo

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"cloud.google.com/go/iam/admin/apiv1/adminpb"
	iamv2pb "cloud.google.com/go/iam/apiv2/iampb"
	"cloud.google.com/go/logging/apiv2/loggingpb"
	troubleshooterpb "cloud.google.com/go/policytroubleshooter/iam/apiv3/iampb"
	"cloud.google.com/go/resourcemanager/apiv3/resourcemanagerpb"
	"cloud.google.com/go/run/apiv2/runpb"
	"google.golang.org/api/option"
	"google.golang.org/genproto/googleapis/cloud/location"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/test/bufconn"
)

const (
	project = "acme-prod"
	number  = "424242424242"
)

// Cloud is an embedded Google Cloud: a project with the story in it, and two beside it. Its methods may be called from several goroutines.
type Cloud struct {
	memory    bool
	empty     bool
	many      int
	places    int           // how many regions there are
	pageSize  int           // the most that a page holds, 0 for the API's own limit
	hollow    int           // how many empty pages come before each list's first full one
	latency   time.Duration // of every call
	tailLife  time.Duration
	keyAge    time.Duration // max-age of published keys
	skew      time.Duration // what the key server's clock is ahead
	quotaFree bool

	world   world
	journal journal
	faults  faults
	tails   tails

	start   sync.Once
	stop    sync.Once
	closed  chan struct{}
	work    sync.WaitGroup
	apis    *grpc.Server
	keys    *http.Server
	dialAPI dialer
	dialKey dialer
	address string
}

type dialer func(context.Context) (net.Conn, error)

// Option changes a cloud before it starts.
type Option func(*Cloud)

// InMemory serves over memory in place of loopback sockets, so that a cloud and its clients fit into a synctest bubble.
func InMemory() Option { return func(c *Cloud) { c.memory = true } }

// Empty leaves the story out: the project and its regions are there, and nothing in them.
func Empty() Option { return func(c *Cloud) { c.empty = true } }

// Services adds n made-up services, private and spread over the regions; they refuse nothing.
func Services(n int) Option { return func(c *Cloud) { c.many = n } }

// Regions is how many regions there are, 9 to 20. Without it 9.
func Regions(n int) Option {
	return func(c *Cloud) { c.places = min(max(n, storyRegions), len(everyRegion())) }
}

// PageSize caps what one page of any list holds, whatever the request asks for. Without it the cap is the API's own.
func PageSize(n int) Option { return func(c *Cloud) { c.pageSize = n } }

// EmptyPages lets every list begin with n empty pages that carry a token, as a search does that has found nothing yet.
func EmptyPages(n int) Option { return func(c *Cloud) { c.hollow = n } }

// Latency delays the answer to every call.
func Latency(d time.Duration) Option { return func(c *Cloud) { c.latency = d } }

// TailLife is how long a tail lives before it ends with OUT_OF_RANGE. Without it an hour.
func TailLife(d time.Duration) Option { return func(c *Cloud) { c.tailLife = d } }

// KeyAge is the max-age of the published keys. Without it 6 hours.
func KeyAge(d time.Duration) Option { return func(c *Cloud) { c.keyAge = d } }

// ClockSkew is how far the key server's clock is ahead of this machine's.
func ClockSkew(d time.Duration) Option { return func(c *Cloud) { c.skew = d } }

// NoQuota lifts the limit of 60 ListLogEntries calls a minute, for measurements.
func NoQuota() Option { return func(c *Cloud) { c.quotaFree = true } }

// New makes a cloud with the story in it: 17 services, three more in another project, and a log that reaches an hour back from
// now. Nothing listens yet.
func New(opts ...Option) *Cloud {
	c := &Cloud{
		places:   storyRegions,
		tailLife: time.Hour,
		keyAge:   6 * time.Hour,
		closed:   make(chan struct{}),
	}
	for _, o := range opts {
		o(c)
	}
	c.world.init()
	c.faults.init()
	now := time.Now()
	if !c.empty {
		c.settle(now)
		c.inherit()
		c.raise()
		c.recall(now)
	}
	c.multiply(c.many, now)
	return c
}

// Start listens, on loopback or in memory. A second call does nothing. The error says which socket could not be opened.
func (c *Cloud) Start() error {
	var err error
	c.start.Do(func() { err = c.listen() })
	return err
}

func (c *Cloud) listen() error {
	apis, dialAPI, err := c.socket()
	if err != nil {
		return err
	}
	keys, dialKey, err := c.socket()
	if err != nil {
		apis.Close()
		return err
	}
	c.dialAPI, c.dialKey, c.address = dialAPI, dialKey, apis.Addr().String()

	c.apis = grpc.NewServer(
		grpc.ChainUnaryInterceptor(c.unary),
		// Google's front ends take a ping a minute; grpc's own default is one in five minutes, and then it hangs up.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 10 * time.Second, PermitWithoutStream: true}),
	)
	runpb.RegisterServicesServer(c.apis, runServer{c: c})
	location.RegisterLocationsServer(c.apis, &locationsServer{c: c})
	loggingpb.RegisterLoggingServiceV2Server(c.apis, loggingServer{c: c})
	adminpb.RegisterIAMServer(c.apis, &iamServer{c: c})
	iamv2pb.RegisterPoliciesServer(c.apis, denialsServer{c: c})
	resourcemanagerpb.RegisterProjectsServer(c.apis, projectsServer{c: c})
	resourcemanagerpb.RegisterFoldersServer(c.apis, foldersServer{c: c})
	troubleshooterpb.RegisterPolicyTroubleshooterServer(c.apis, troubleshooter{c: c})
	resourcemanagerpb.RegisterOrganizationsServer(c.apis, organizationsServer{c: c})
	c.keys = &http.Server{Handler: webServer{c}, ReadHeaderTimeout: 5 * time.Second}

	c.work.Go(func() { c.apis.Serve(apis) })
	c.work.Go(func() { c.keys.Serve(keys) })
	if !c.memory {
		// Nobody waits for it: a key in the making would hold up Close.
		go c.warm()
	}
	return nil
}

// socket opens one listener and says how to reach it.
func (c *Cloud) socket() (net.Listener, dialer, error) {
	if c.memory {
		l := bufconn.Listen(256 << 10)
		return l, l.DialContext, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	addr := l.Addr().String()
	return l, func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", addr)
	}, nil
}

// warm makes the keys a moment after the start, so that the first sample is quick and the first screen is not slowed down.
func (c *Cloud) warm() {
	select {
	case <-time.After(400 * time.Millisecond):
		for _, k := range keyring {
			select {
			case <-c.closed:
				return
			default:
				k.key()
			}
		}
	case <-c.closed:
	}
}

// Close ends every stream, every connection and everything that the cloud runs. It may be called twice, and without Start.
func (c *Cloud) Close() {
	c.stop.Do(func() {
		close(c.closed)
		if c.apis != nil {
			c.apis.Stop()
		}
		if c.keys != nil {
			c.keys.Close()
		}
		c.work.Wait()
	})
}

// Project is the story's project, "acme-prod".
func (c *Cloud) Project() string { return project }

// ProjectNumber is its number.
func (c *Cloud) ProjectNumber() string { return number }

// Address is where on loopback the gRPC APIs are served, without TLS: for a program of its own, by gcloud's endpoint overrides. It means
// nothing for a cloud in memory. Call it after Start.
func (c *Cloud) Address() string { return c.address }

// Options connect Google's clients to this cloud. Every client that is made with them has a connection of its own, so that
// each is closed for itself. Call it after Start.
func (c *Cloud) Options() []option.ClientOption {
	dial := func(ctx context.Context, _ string) (net.Conn, error) {
		if c.dialAPI == nil {
			return nil, errors.New("the embedded cloud was not started")
		}
		return c.dialAPI(ctx)
	}
	return []option.ClientOption{
		// passthrough keeps gRPC from looking up a name that does not exist; a dialer of one's own keeps proxies out.
		option.WithEndpoint("passthrough:///embedded.cloud.example:443"),
		option.WithoutAuthentication(),
		option.WithTelemetryDisabled(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())),
		option.WithGRPCDialOption(grpc.WithContextDialer(dial)),
	}
}

// HTTP fetches published keys from this cloud, and calls its REST APIs (Compute, IAP): https requests of any host go to its web
// server, which answers the addresses that are served and refuses others with 404. Call it after Start.
func (c *Cloud) HTTP() *http.Client {
	return &http.Client{Transport: &http.Transport{
		// Without this there would be idle connections to close, and no one knows when.
		DisableKeepAlives: true,
		DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			if c.dialKey == nil {
				return nil, errors.New("the embedded cloud was not started")
			}
			return c.dialKey(ctx)
		},
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("the embedded cloud publishes keys by https only")
		},
	}}
}
