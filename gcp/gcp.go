// Package gcp does all input and output with Google Cloud: services, policies, request logs, public keys. It only reads.
//
// Everything it returns is a plain value of this package; no protobuf type leaves it. It knows no tokens. What a log entry
// means (who refused, why) is pure code beside the value it explains. Strings in its values come from the cloud as they are:
// whoever draws them cleans them.
//
// It promises:
//   - Nothing is left out silently. A region that did not answer, a role that could not be read, a policy that was not looked
//     at: each is in the value, in words.
//   - Every call has a deadline and ends when its context does; every error is an *Error with the next step.
//   - The clock is read for a few things only: when a policy or a key file was read, which is also the time that Policy Troubleshooter
//     is asked about, the pace of log queries, how long a call took, and how long a region whose quota is used up, or a role that may
//     not be read, is left alone.
//
// It does not promise that what it read still holds: IAM changes take minutes to spread, and a list is as old as its call.
package gcp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	iam "cloud.google.com/go/iam/admin/apiv1"
	logging "cloud.google.com/go/logging/apiv2"
	run "cloud.google.com/go/run/apiv2"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
)

// Config is what New needs.
type Config struct {
	Project string                // a project id, or a project number
	Also    []string              // further projects, to be read together with it, by their ids
	Regions []string              // the regions to read; none: all
	Options []option.ClientOption // for every client: Login.Options, or a connection to an embedded cloud
	// HTTP is an embedded cloud's: for published keys, and for the REST APIs, which are then asked without credentials; nil: the
	// network. Its time-out and redirect policy are replaced.
	HTTP *http.Client

	Login *Login // whose the options are, for messages; nil: nobody is named

	// Env looks up gcloud's CLOUDSDK_API_ENDPOINT_OVERRIDES_{RUN,LOGGING,IAM,CLOUDRESOURCEMANAGER,POLICYTROUBLESHOOTER,COMPUTE,IAP};
	// nil honours none, which is what an embedded cloud wants.
	Env func(string) string

	// Log gets a line for each call: its method, how it ended, how long it took and how large the answer was, and nothing of what was
	// asked or answered. Nil: nobody is told.
	Log *slog.Logger
}

// Client reads one project, or several as if they were one. Its methods may be called at the same time.
type Client struct {
	project   string   // the first of projects, for what is asked of one
	projects  []string // each once
	wanted    []string // regions; none: all
	login     *Login
	services  *run.ServicesClient
	locations *run.LocationsClient
	logs      *logging.Client
	iam       *iam.IamClient
	above     hierarchy
	http      *http.Client
	rest      func() (restAPIs, error) // made when first wanted
	log       *slog.Logger             // of Config

	policies       chan struct{} // one slot for each policy that may be read at a time
	roles          roleBook
	spared         spared // of lists
	sparedPolicies spared
	lists          pace

	closing  sync.Once
	closeErr error
}

const (
	policiesAtATime  = 32
	rolesAtATime     = 16
	regionsAtATime   = 16
	logCallsAMinute  = 9 // under ten
	keepaliveAfter   = 60 * time.Second
	keepaliveTimeout = 20 * time.Second
)

// New makes the clients. It asks Google nothing and waits for nothing; connections open in the background. The error, an
// *Error, tells a project id of the wrong shape, an endpoint override that cannot be used, or options that contradict.
func New(ctx context.Context, cfg Config) (*Client, error) {
	if !validProject(cfg.Project) {
		return nil, badProject(cfg.Project, "the configuration")
	}
	projects := []string{cfg.Project}
	for _, p := range cfg.Also {
		if !validProject(p) {
			return nil, badProject(p, "the configuration")
		}
		if !slices.Contains(projects, p) {
			projects = append(projects, p)
		}
	}
	c := &Client{
		project:  cfg.Project,
		projects: projects,
		wanted:   cfg.Regions,
		login:    cfg.Login,
		http:     keyClient(cfg.HTTP),
		rest:     sync.OnceValues(func() (restAPIs, error) { return dialREST(cfg) }),
		log:      cfg.Log,
		policies: make(chan struct{}, policiesAtATime),
		roles:    roleBook{slots: make(chan struct{}, rolesAtATime)},
		lists:    pace{window: time.Minute, times: make([]time.Time, logCallsAMinute)},
	}
	if err := c.dial(ctx, cfg); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (c *Client) dial(ctx context.Context, cfg Config) error {
	base := append([]option.ClientOption{
		option.WithUserAgent("why401"),
		option.WithTelemetryDisabled(),
		// The libraries log requests to standard error where GOOGLE_SDK_GO_LOGGING_LEVEL says so: that is the user's screen.
		option.WithLogger(slog.New(slog.DiscardHandler)),
		option.WithGRPCDialOption(grpc.WithKeepaliveParams(lively())),
	}, cfg.Options...)
	record := recording(cfg.Log)
	for _, o := range record {
		base = append(base, option.WithGRPCDialOption(o))
	}

	var err error
	with := func(api string) []option.ClientOption {
		var own []option.ClientOption
		if err == nil {
			own, err = endpoint(api, cfg.Env, record)
		}
		return append(base[:len(base):len(base)], own...)
	}
	runOptions, logOptions, iamOptions, managerOptions := with("RUN"), with("LOGGING"), with("IAM"), with("CLOUDRESOURCEMANAGER")
	troubleshootOptions := with("POLICYTROUBLESHOOTER")
	if err != nil {
		return err
	}
	if c.services, err = run.NewServicesClient(ctx, runOptions...); err != nil {
		return failure("make the Cloud Run client", "", "", "", err)
	}
	if c.locations, err = run.NewLocationsClient(ctx, runOptions...); err != nil {
		return failure("make the Cloud Run client", "", "", "", err)
	}
	if c.logs, err = logging.NewClient(ctx, logOptions...); err != nil {
		return failure("make the Cloud Logging client", "", "", "", err)
	}
	if c.iam, err = iam.NewIamClient(ctx, iamOptions...); err != nil {
		return failure("make the IAM client", "", "", "", err)
	}
	return c.above.dial(ctx, managerOptions, iamOptions, troubleshootOptions)
}

// lively lets a dead link be noticed within 80 seconds; gRPC on its own never looks.
func lively() keepalive.ClientParameters {
	return keepalive.ClientParameters{Time: keepaliveAfter, Timeout: keepaliveTimeout}
}

// endpoint reads gcloud's override for one API. Private Service Connect is reached this way, and an emulator: one given with
// http:// gets no credentials, since they would travel in the clear.
func endpoint(api string, env func(string) string, record []grpc.DialOption) ([]option.ClientOption, error) {
	if env == nil {
		return nil, nil
	}
	host, plain, err := override(api, env)
	if host == "" || err != nil {
		return nil, err
	}
	if !plain {
		return []option.ClientOption{option.WithEndpoint(host)}, nil
	}
	dial := append([]grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithKeepaliveParams(lively())}, record...)
	conn, err := grpc.NewClient(host, dial...)
	if err != nil {
		return nil, failure("use "+overrides+api, "", "", "", err)
	}
	return []option.ClientOption{option.WithGRPCConn(conn)}, nil
}

// Close closes every connection and ends every open call. It may be called twice; the second time it does nothing and
// returns what the first did.
func (c *Client) Close() error {
	c.closing.Do(func() {
		var all []error
		if c.services != nil {
			all = append(all, c.services.Close())
		}
		if c.locations != nil {
			all = append(all, c.locations.Close())
		}
		if c.logs != nil {
			all = append(all, c.logs.Close())
		}
		if c.iam != nil {
			all = append(all, c.iam.Close())
		}
		for _, client := range c.above.open {
			all = append(all, client.Close())
		}
		for i, err := range all {
			// Clients that share a connection find it closed by the first of them.
			if status.Code(err) == codes.Canceled {
				all[i] = nil
			}
		}
		c.closeErr = errors.Join(all...)
		c.http.CloseIdleConnections()
	})
	return c.closeErr
}

// Project is the project's id, as New was given it; of several, the first.
func (c *Client) Project() string { return c.project }

// All are the projects that are read, by id, as New was given them.
func (c *Client) All() []string { return slices.Clone(c.projects) }

// Login is who the client calls as, nil where New was not told.
func (c *Client) Login() *Login { return c.login }
