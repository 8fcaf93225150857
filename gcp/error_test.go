package gcp_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"

	"why401/gcp"
	"why401/gcp/demo"
)

func detailed(code codes.Code, text, reason string, meta map[string]string, more ...protoadapt.MessageV1) error {
	s, err := status.New(code, text).WithDetails(append([]protoadapt.MessageV1{&errdetails.ErrorInfo{Reason: reason, Metadata: meta}}, more...)...)
	if err != nil {
		panic(err)
	}
	return s.Err()
}

func creds(text string) error {
	return status.Error(codes.Unauthenticated, "transport: per-RPC creds failed due to error: "+text)
}

func TestError(t *testing.T) {
	const need = "run.services.list"
	for _, c := range []struct {
		name string
		err  error
		code codes.Code
		says string // in the cause
		hint string // in the hint
	}{
		{"an API that is off", demo.Disabled("run.googleapis.com"),
			codes.PermissionDenied, "run.googleapis.com is off", "gcloud services enable run.googleapis.com --project acme-prod"},
		{"an API that is off, by the text alone", status.Error(codes.PermissionDenied, "Cloud Run Admin API has not been used in project 42 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/run.googleapis.com/overview?project=42 then retry."),
			codes.PermissionDenied, "run.googleapis.com is off", "gcloud services enable run.googleapis.com --project acme-prod"},
		{"an API whose name is no name goes into no command", detailed(codes.PermissionDenied, "off", "SERVICE_DISABLED", map[string]string{"service": "x; rm -rf ~"}),
			codes.PermissionDenied, "the API is off", ""},
		{"a permission that is named", demo.PermissionDenied("logging.logEntries.list", "projects/acme-prod"),
			codes.PermissionDenied, "permission logging.logEntries.list is missing on projects/acme-prod", "roles/logging.viewer"},
		{"a permission in the text alone", status.Error(codes.PermissionDenied, "Permission 'run.services.getIamPolicy' denied on resource 'x' (or resource may not exist)."),
			codes.PermissionDenied, "permission run.services.getIamPolicy is missing on project acme-prod, or it does not exist", "roles/run.viewer"},
		{"a permission that nobody names", status.Error(codes.PermissionDenied, "Permission denied for all log views"),
			codes.PermissionDenied, "needs run.services.list", "add-iam-policy-binding acme-prod --role=roles/run.viewer"},
		{"a permission that is no permission goes nowhere", detailed(codes.PermissionDenied, "no", "IAM_PERMISSION_DENIED", map[string]string{"permission": "a b\x1b[2J"}),
			codes.PermissionDenied, "needs run.services.list", "roles/run.viewer"},
		{"the quota project", detailed(codes.PermissionDenied, "Caller does not have required permission to use project acme-prod.", "USER_PROJECT_DENIED", nil),
			codes.PermissionDenied, "serviceusage.services.use", "GOOGLE_CLOUD_QUOTA_PROJECT"},
		{"a project that is not there", detailed(codes.PermissionDenied, "no", "CONSUMER_INVALID", nil),
			codes.PermissionDenied, "does not exist", "--project"},
		{"a perimeter", detailed(codes.PermissionDenied, "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: abc", "SECURITY_POLICY_VIOLATED", nil),
			codes.PermissionDenied, "vpcServiceControlsUniqueIdentifier: abc", "perimeter"},
		{"a quota", demo.QuotaExceeded("run.googleapis.com", "europe-west1", 0),
			codes.ResourceExhausted, "run.googleapis.com/read_requests, at most 60 in europe-west1", "wait 1m0s"},
		{"a quota that says how long", demo.QuotaExceeded("run.googleapis.com", "europe-west1", 20*time.Second),
			codes.ResourceExhausted, "quota is used up", "wait 20s"},
		{"a login that is over", creds(`auth: "invalid_grant" "Token has been expired or revoked."`),
			codes.Unauthenticated, "expired or was revoked", "gcloud auth application-default login"},
		{"a login that must be renewed", creds(`auth: "invalid_grant" "reauth related error (invalid_rapt)"`),
			codes.Unauthenticated, "renewed", "gcloud auth application-default login"},
		{"a service account's dead key", creds(`auth: "invalid_grant" "Invalid JWT Signature."`),
			codes.Unauthenticated, "key", "clock"},
		{"credentials that Google does not take", status.Error(codes.Unauthenticated, "Request had invalid authentication credentials."),
			codes.Unauthenticated, "does not accept the credentials", "gcloud auth application-default login"},
		{"a token endpoint that cannot be found is no dead login", creds(`Post "https://oauth2.googleapis.com/token": dial tcp: lookup oauth2.googleapis.com: no such host`),
			codes.Unauthenticated, "oauth2.googleapis.com does not resolve", "DNS"},
		{"a token endpoint that does not answer is no dead login", creds(`Post "https://oauth2.googleapis.com/token": dial tcp 192.0.2.1:443: i/o timeout`),
			codes.Unauthenticated, "cannot be reached", "HTTPS_PROXY"},
		{"a name that does not resolve", status.Error(codes.Unavailable, `connection error: desc = "transport: Error while dialing: dial tcp: lookup run.googleapis.com on 127.0.0.53:53: no such host"`),
			codes.Unavailable, "the name run.googleapis.com does not resolve", "DNS"},
		{"a refused connection", status.Error(codes.Unavailable, `connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:9: connect: connection refused"`),
			codes.Unavailable, "cannot be reached: dial tcp 127.0.0.1:9: connect: connection refused", "HTTPS_PROXY"},
		{"a connection that broke", status.Error(codes.Unavailable, "error reading from server: EOF"), codes.Unavailable, "cannot be reached", "HTTPS_PROXY"},
		{"a server that is overloaded", demo.Unavailable(), codes.Unavailable, "cannot answer just now", "status.cloud.google.com"},
		{"an answer that quotes a broken connection", status.Error(codes.FailedPrecondition, "the backend said: connection refused"), codes.FailedPrecondition, "the backend said", ""},
		{"a certificate", status.Error(codes.Unavailable, `connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority"`),
			codes.Unavailable, "certificate signed by unknown authority", "SSL_CERT_FILE"},
		{"a proxy in between", status.Error(codes.PermissionDenied, "unexpected HTTP status code received from server: 403 (Forbidden); transport: received unexpected content-type"),
			codes.PermissionDenied, "answered HTTP 403", "HTTPS_PROXY"},
		{"a proxy that wants a login", status.Error(codes.Unavailable, `connection error: desc = "transport: Error while dialing: failed to do connect handshake, response: \"HTTP/1.1 407 Proxy Authentication Required\\r\\nProxy-Authenticate: Basic\\r\\n\\r\\n\""`),
			codes.Unavailable, "the proxy asks for a login (407)", "HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"},
		{"the same by HTTP", &url.Error{Op: "Get", URL: "https://www.gstatic.com/x", Err: errors.New("Proxy Authentication Required")},
			codes.Unknown, "the proxy asks for a login (407)", "HTTPS_PROXY"},
		{"a proxy that lets nothing through", status.Error(codes.Unavailable, `connection error: desc = "transport: Error while dialing: failed to do connect handshake, response: \"HTTP/1.1 403 Forbidden\\r\\n\\r\\n\""`),
			codes.Unavailable, "the proxy does not let the connection through, it answered 403", "whoever runs the proxy"},
		{"an answer that quotes a proxy", status.Error(codes.FailedPrecondition, "the backend said: Proxy Authentication Required"), codes.FailedPrecondition, "the backend said", ""},
		{"an HTTP error of a name", &url.Error{Op: "Get", URL: "https://www.gstatic.com/x", Err: &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "www.gstatic.com", IsNotFound: true}}},
			codes.Unknown, "www.gstatic.com does not resolve", "DNS"},
		{"a bare time-out", context.DeadlineExceeded, codes.DeadlineExceeded, "no answer in time", "network"},
		{"a time-out of the server", status.Error(codes.DeadlineExceeded, "too slow"), codes.DeadlineExceeded, "no answer in time", "network"},
		{"given up", context.Canceled, codes.Canceled, "given up", ""},
		{"given up, as a status", status.Error(codes.Canceled, "context canceled"), codes.Canceled, "given up", ""},
		{"not found", status.Error(codes.NotFound, "Resource 'x' was not found."), codes.NotFound, "Resource 'x'", "--project"},
		{"anything else stays in Google's words, on one line", status.Error(codes.Internal, "internal\n\terror"), codes.Internal, "internal error", ""},
		{"no status at all", errors.New("strange"), codes.Unknown, "strange", ""},
		{"a text without end is cut", status.Error(codes.Internal, strings.Repeat("long ", 1<<18)), codes.Internal, "long …", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := gcp.Failure("list services", "europe-west1", "acme-prod", need, fmt.Errorf("wrapped: %w", c.err))
			text := e.Error()
			if e.Code != c.code || !strings.Contains(text, c.says) || c.hint == "" != (e.Hint == "") || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("got  %v: %s\nhint %q\nwant %v: %s\nhint %q", e.Code, text, e.Hint, c.code, c.says, c.hint)
			}
			if !strings.HasPrefix(text, "list services (europe-west1): ") || len(text) > 1000 || strings.ContainsAny(text+e.Hint, "\n\t\x1b") {
				t.Errorf("the text is %q, the hint %q", text, e.Hint)
			}
			if !errors.Is(e, c.err) {
				t.Error("Google's own error is lost")
			}
			if e.Role != "" && !strings.Contains(e.Hint, e.Role) {
				t.Errorf("the hint %q leaves out %s", e.Hint, e.Role)
			}
		})
	}
}

func TestErrorIsWhatItStandsFor(t *testing.T) {
	for code, target := range map[codes.Code]error{codes.Canceled: context.Canceled, codes.DeadlineExceeded: context.DeadlineExceeded} {
		e := gcp.Failure("x", "", "", "", status.Error(code, "x"))
		if !errors.Is(e, target) {
			t.Errorf("%v is not %v", e, target)
		}
	}
	if e := gcp.Failure("x", "", "", "", status.Error(codes.Internal, "x")); errors.Is(e, context.Canceled) || errors.Is(e, context.DeadlineExceeded) {
		t.Errorf("%v is taken for an end of the context", e)
	}
	first := gcp.Failure("x", "", "", "", errors.New("y"))
	if again := gcp.Failure("z", "", "", "", fmt.Errorf("w: %w", first)); again != first {
		t.Errorf("an error is made twice: %v", again)
	}
}

// TestACertificateIsToldWithoutGRPCsQuote: the text that gRPC quotes ends where its quote does.
func TestACertificateIsToldWithoutGRPCsQuote(t *testing.T) {
	e := gcp.Failure("x", "", "", "", status.Error(codes.Unavailable, `connection error: desc = "transport: tls: x509: certificate signed by unknown authority"`))
	if !strings.HasSuffix(e.Cause(), "certificate signed by unknown authority") {
		t.Errorf("got %q", e.Cause())
	}
}
