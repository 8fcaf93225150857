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
//   - The clock is read for three things only: when a policy or a key file was read, and the pace of log queries.
//
// It does not promise that what it read still holds: IAM changes take minutes to spread, and a list is as old as its call.
package gcp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
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
	Options []option.ClientOption // for every client: Login.Options, or a connection to an embedded cloud
	HTTP    *http.Client          // for published keys; nil: one of its own. Its time-out and redirect policy are replaced

	// Env looks up gcloud's CLOUDSDK_API_ENDPOINT_OVERRIDES_{RUN,LOGGING,IAM}; nil honours none, which is what an embedded
	// cloud wants.
	Env func(string) string
}

// Client reads one project. Its methods may be called at the same time.
type Client struct {
	project   string
	services  *run.ServicesClient
	locations *run.LocationsClient
	logs      *logging.Client
	iam       *iam.IamClient
	http      *http.Client

	policies chan struct{} // one slot for each policy that may be read at a time
	roles    roleBook
	lists    pace

	closing  sync.Once
	closeErr error
}

const (
	policiesAtATime  = 32
	regionsAtATime   = 16
	logCallsAMinute  = 10
	keepaliveAfter   = 60 * time.Second
	keepaliveTimeout = 20 * time.Second
)

// New makes the clients. It asks Google nothing and waits for nothing; connections open in the background. The error, an
// *Error, tells a project id of the wrong shape, an endpoint override that cannot be used, or options that contradict.
func New(ctx context.Context, cfg Config) (*Client, error) {
	if !validProject(cfg.Project) {
		return nil, badProject(cfg.Project, "the configuration")
	}
	c := &Client{
		project:  cfg.Project,
		http:     keyClient(cfg.HTTP),
		policies: make(chan struct{}, policiesAtATime),
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

	var err error
	with := func(api string) []option.ClientOption {
		var own []option.ClientOption
		if err == nil {
			own, err = endpoint(api, cfg.Env)
		}
		return append(base[:len(base):len(base)], own...)
	}
	runOptions, logOptions, iamOptions := with("RUN"), with("LOGGING"), with("IAM")
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
	return nil
}

// lively lets a dead link be noticed within 80 seconds; gRPC on its own never looks.
func lively() keepalive.ClientParameters {
	return keepalive.ClientParameters{Time: keepaliveAfter, Timeout: keepaliveTimeout}
}

// endpoint reads gcloud's override for one API. Private Service Connect is reached this way, and an emulator: one given with
// http:// gets no credentials, since they would travel in the clear.
func endpoint(api string, env func(string) string) ([]option.ClientOption, error) {
	if env == nil {
		return nil, nil
	}
	name := "CLOUDSDK_API_ENDPOINT_OVERRIDES_" + api
	value := strings.TrimSpace(env(name))
	if value == "" {
		return nil, nil
	}
	host, plain := strings.CutPrefix(value, "http://")
	if !plain {
		host = strings.TrimPrefix(value, "https://")
	}
	host = strings.TrimSuffix(host, "/")
	if host == "" || strings.ContainsAny(host, "/?#@ ") {
		return nil, &Error{
			Op: "read " + name, Code: codes.InvalidArgument,
			text: "it is not a host, or a host and a port",
			Hint: "set it like https://run.example.com/, or unset it",
		}
	}
	if !strings.Contains(host[strings.LastIndexByte(host, ']')+1:], ":") {
		host += map[bool]string{true: ":80", false: ":443"}[plain]
	}
	if !plain {
		return []option.ClientOption{option.WithEndpoint(host)}, nil
	}
	conn, err := grpc.NewClient(host, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithKeepaliveParams(lively()))
	if err != nil {
		return nil, failure("use "+name, "", "", "", err)
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

// Project is the project's id, as New was given it.
func (c *Client) Project() string { return c.project }
