package gcp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"

	"github.com/googleapis/gax-go/v2"
	"github.com/googleapis/gax-go/v2/apierror"
	compute "google.golang.org/api/compute/v1"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/iap/v1"
	"google.golang.org/api/option"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
)

// restAPIs are the calls that are made by REST. They close over the clients: a field of the Compute client's type would let the
// linker keep each of its thousands of methods, 12 MB, since a Client travels in interfaces and reflection could reach them.
type restAPIs struct {
	collections func(*balancers) []collection
	iapSettings func(ctx context.Context, name string) (*iap.IapSettings, error)
}

// dialREST makes the clients; like New it asks Google nothing.
func dialREST(cfg Config) (restAPIs, error) {
	opts, err := restOptions("COMPUTE", computePath+"/", cfg)
	if err != nil {
		return restAPIs{}, err
	}
	parts, err := compute.NewService(context.Background(), opts...)
	if err != nil {
		return restAPIs{}, failure("make the Compute Engine client", "", "", "", err)
	}
	if opts, err = restOptions("IAP", "", cfg); err != nil {
		return restAPIs{}, err
	}
	proxy, err := iap.NewService(context.Background(), opts...)
	if err != nil {
		return restAPIs{}, failure("make the IAP client", "", "", "", err)
	}
	parts.UserAgent, proxy.UserAgent = "why401", "why401"
	return restAPIs{
		collections: func(b *balancers) []collection { return b.collections(parts) },
		iapSettings: func(ctx context.Context, name string) (*iap.IapSettings, error) {
			return proxy.V1.GetIapSettings(name).Context(ctx).Do()
		},
	}, nil
}

// restOptions are what one API's client is made with. Config.HTTP carries no credentials, and neither does plain HTTP, where they
// would travel in the clear.
func restOptions(api, path string, cfg Config) ([]option.ClientOption, error) {
	at, plain, err := restEndpoint(api, path, cfg.Env)
	if err != nil {
		return nil, err
	}
	opts := []option.ClientOption{option.WithTelemetryDisabled(), option.WithLogger(slog.New(slog.DiscardHandler))}
	switch {
	case cfg.HTTP != nil:
		opts = append(opts, option.WithHTTPClient(&http.Client{Transport: cfg.HTTP.Transport}))
	case plain:
		opts = append(opts, option.WithHTTPClient(&http.Client{}))
	default:
		opts = append(opts, cfg.Options...)
	}
	if at != "" {
		opts = append(opts, option.WithEndpoint(at))
	}
	return opts, nil
}

// restEndpoint is the address of an API that is called by REST where gcloud's override has another than Google's; "" otherwise.
func restEndpoint(api, path string, env func(string) string) (at string, plain bool, err error) {
	if env == nil {
		return "", false, nil
	}
	host, plain, err := override(api, env)
	if err != nil || host == "" {
		return "", false, err
	}
	return map[bool]string{true: "http://", false: "https://"}[plain] + host + "/" + path, plain, nil
}

// onceREST makes one call by REST with its deadline, and again while the server is unavailable.
func onceREST[T any](ctx context.Context, call func(context.Context) (T, error)) (T, error) {
	return once(ctx, callTime, func(ctx context.Context, opts ...gax.CallOption) (v T, err error) {
		err = gax.Invoke(ctx, func(ctx context.Context, _ gax.CallSettings) (err error) {
			v, err = call(ctx)
			return restError(err)
		}, opts...)
		return v, err
	})
}

// requiredText is how the Compute API tells a missing permission: in words alone.
var requiredText = regexp.MustCompile(`^Required '([A-Za-z.]+)' permission for '([^']+)'`)

// restError turns an answer of REST into the status that gRPC has for it, so that what is made of an error is made in one place.
func restError(err error) error {
	var answer *googleapi.Error
	if !errors.As(err, &answer) {
		return err
	}
	text := answer.Message
	if text == "" {
		text = fmt.Sprintf("the server answered HTTP %d", answer.Code)
	}
	s := status.New(restCode(answer), text)
	var details []protoadapt.MessageV1
	if a, ok := apierror.ParseError(answer, false); ok {
		if info := a.Details().ErrorInfo; info != nil {
			details = append(details, protoadapt.MessageV1Of(info))
		}
		if wait := a.Details().RetryInfo; wait != nil {
			details = append(details, protoadapt.MessageV1Of(wait))
		}
	}
	if m := requiredText.FindStringSubmatch(text); m != nil && details == nil {
		details = append(details, protoadapt.MessageV1Of(&errdetails.ErrorInfo{
			Reason: "IAM_PERMISSION_DENIED", Domain: "iam.googleapis.com", Metadata: map[string]string{"permission": m[1], "resource": m[2]},
		}))
	}
	if with, err := s.WithDetails(details...); err == nil {
		s = with
	}
	return s.Err()
}

// restCode is the gRPC code of an HTTP status; of quotas the Compute API speaks with 403.
func restCode(answer *googleapi.Error) codes.Code {
	for _, item := range answer.Errors {
		if item.Reason == "rateLimitExceeded" || item.Reason == "quotaExceeded" || item.Reason == "userRateLimitExceeded" {
			return codes.ResourceExhausted
		}
	}
	switch answer.Code {
	case http.StatusBadRequest:
		return codes.InvalidArgument
	case http.StatusUnauthorized:
		return codes.Unauthenticated
	case http.StatusForbidden:
		return codes.PermissionDenied
	case http.StatusNotFound:
		return codes.NotFound
	case http.StatusTooManyRequests:
		return codes.ResourceExhausted
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return codes.Unavailable
	}
	return codes.Internal
}
