package gcp

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/googleapis/gax-go/v2/apierror"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// The permissions that the calls of this package need, as their reference pages name them.
const (
	needLocations = "run.locations.list"
	needServices  = "run.services.list"
	needPolicy    = "run.services.getIamPolicy"
	needLogs      = "logging.logEntries.list"
	needRole      = "iam.roles.get"
	needQuota     = "serviceusage.services.use"

	needProject            = "resourcemanager.projects.get"
	needFolder             = "resourcemanager.folders.get"
	needOrganization       = "resourcemanager.organizations.get"
	needProjectPolicy      = "resourcemanager.projects.getIamPolicy"
	needFolderPolicy       = "resourcemanager.folders.getIamPolicy"
	needOrganizationPolicy = "resourcemanager.organizations.getIamPolicy"
	needDenyList           = "iam.denypolicies.list"
	needDeny               = "iam.denypolicies.get"
	needIAP                = "iap.webServices.getSettings"
)

// smallestRole is the smallest predefined role that holds a permission, "" where none is known here.
func smallestRole(permission string) string {
	switch permission {
	case needLocations, needServices, needPolicy, "run.services.get":
		return "roles/run.viewer"
	case needLogs:
		return "roles/logging.viewer"
	case needRole:
		return "roles/iam.roleViewer"
	case needProject, needFolder, needOrganization, needProjectPolicy:
		return "roles/browser"
	case needFolderPolicy, needOrganizationPolicy:
		return "roles/iam.securityReviewer"
	case needDenyList, needDeny:
		return "roles/iam.denyReviewer"
	case needIAP, "iap.webTypes.getSettings", "iap.web.getSettings", "iap.projects.getSettings":
		return "roles/iap.settingsAdmin"
	case needQuota:
		return "roles/serviceusage.serviceUsageConsumer"
	}
	if strings.HasPrefix(permission, "compute.") && strings.HasSuffix(permission, ".list") {
		return "roles/compute.viewer"
	}
	return ""
}

const (
	loginCommand = "gcloud auth application-default login"
	loginHint    = "log in again: " + loginCommand
	orLogin      = " or log in: " + loginCommand
	// loginUnset is for where GOOGLE_APPLICATION_CREDENTIALS outranks every login.
	loginUnset = "unset GOOGLE_APPLICATION_CREDENTIALS; " + loginCommand
)

// Only text of these shapes goes from an answer into a command that the user may copy.
var (
	shapeAPI        = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)
	shapePermission = regexp.MustCompile(`^[a-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*){2,3}$`)
	apiInText       = regexp.MustCompile(`/apis/(?:api|library)/([a-z0-9.-]+)`)
	permissionText  = regexp.MustCompile(`[Pp]ermission '?([a-z][A-Za-z0-9.]*)'? (?:is )?(?:denied|required|missing)`)
	proxyAnswer     = regexp.MustCompile(`connect handshake, response: [\\"]*HTTP/[0-9.]+ (\d{3})`)
	proxyStatus     = regexp.MustCompile(`unexpected HTTP status code received from server: (\d+)`)
)

// failure makes the *Error of a call. need is the permission that the call is documented to need, "" where none is; an *Error
// passes as it is.
func failure(op, on, project, need string, err error) *Error {
	var made *Error
	if errors.As(err, &made) {
		return made
	}
	e := &Error{Op: op, On: on, Code: code(err), Err: err}
	msg := message(err)
	var detail apierror.ErrDetails
	if a, ok := apierror.FromError(status.Convert(err).Err()); ok {
		detail = a.Details()
	}
	switch {
	case unreachable(e, err, msg):
	case e.Code == codes.Unauthenticated, strings.Contains(msg, "invalid_grant"), strings.Contains(msg, "invalid_rapt"):
		unauthenticated(e, msg)
	case e.Code == codes.PermissionDenied:
		denied(e, project, need, msg, detail)
	case e.Code == codes.ResourceExhausted:
		exhausted(e, detail)
	case e.Code == codes.Canceled:
		e.text = "given up"
	case e.Code == codes.OutOfRange:
		e.text = "Google ended the stream, as it does after an hour"
	case e.Code == codes.NotFound:
		e.text = "not found: " + oneLine(msg)
		e.Hint = "it may have been deleted, or the project id is wrong: refresh, or check --project"
	}
	if r := detail.RetryInfo.GetRetryDelay(); r != nil && e.Retry == 0 {
		e.Retry = max(0, r.AsDuration())
	}
	return e
}

// failure makes the *Error of a call of the client's; a role that is missing is asked for in the name of its login.
func (c *Client) failure(op, on, need string, err error) *Error {
	return c.failureIn(c.project, op, on, need, err)
}

// failureIn is failure in one of several projects.
func (c *Client) failureIn(project, op, on, need string, err error) *Error {
	return c.named(failure(op, on, project, need, err))
}

// named puts the login's account into the command that an error gives, and says whose login it is that is not taken.
func (c *Client) named(e *Error) *Error {
	e = c.login.blamed(e)
	if e.Role == "" {
		return e
	}
	own := *e
	own.Hint = strings.Replace(e.Hint, somebody, c.login.member(), 1)
	return &own
}

// code is the gRPC code of an error, also of one that never was a status.
func code(err error) codes.Code {
	switch {
	case errors.Is(err, context.Canceled):
		return codes.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return codes.DeadlineExceeded
	}
	return status.Code(err)
}

// message is the text of a status without "rpc error: code = …", or the error's own.
func message(err error) string {
	var t *timedOut
	if errors.As(err, &t) {
		return message(t.last)
	}
	var s interface{ GRPCStatus() *status.Status }
	if errors.As(err, &s) && s.GRPCStatus() != nil {
		return s.GRPCStatus().Message()
	}
	return err.Error()
}

// unreachable tells the failures of the way to Google from Google's answers. It comes first: gRPC reports a token endpoint
// that cannot be reached as UNAUTHENTICATED, which a new login would not mend.
func unreachable(e *Error, err error, msg string) bool {
	code := e.Code
	var late *timedOut
	if errors.As(err, &late) {
		code = status.Code(late.last)
	}
	if !byTheWay(code) && !proxyStatus.MatchString(msg) {
		return false
	}
	var host string
	if _, rest, ok := strings.Cut(msg, "lookup "); ok {
		host, _, _ = strings.Cut(rest, " ")
		host = strings.TrimSuffix(host, ":")
	}
	e.Unreached = true
	switch {
	case strings.Contains(msg, "x509: "):
		e.text = "the server's certificate is not trusted: " + oneLine(strings.TrimRight(msg[strings.Index(msg, "x509: ")+len("x509: "):], `"`))
		e.Hint = "if your network inspects TLS, set SSL_CERT_FILE to a file with its certificate authority"
	case strings.Contains(msg, "no such host"):
		e.text = "the name " + oneLine(host) + " does not resolve"
		e.Hint = "check the network, the VPN and DNS"
	case proxyStatus.MatchString(msg):
		e.text = "something between here and Google answered HTTP " + proxyStatus.FindStringSubmatch(msg)[1]
		e.Hint = "check HTTPS_PROXY, and whether the network lets gRPC through"
	case strings.Contains(msg, "Proxy Authentication Required"):
		e.text = "the proxy asks for a login (407)"
		e.Hint = "give it in the variable: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"
	case proxyAnswer.MatchString(msg):
		e.text = "the proxy does not let the connection through, it answered " + proxyAnswer.FindStringSubmatch(msg)[1]
		e.Hint = "check HTTPS_PROXY, or ask whoever runs the proxy"
	case dialling(msg):
		e.text = "Google cannot be reached: " + oneLine(dialled(msg))
		e.Hint = "check the network, the VPN and HTTPS_PROXY"
	case code == codes.Unavailable:
		e.Unreached = false
		e.text = "Google cannot answer just now: " + oneLine(msg)
		e.Hint = "try again in a minute; Google's side is at https://status.cloud.google.com"
	case late != nil:
		e.text = oneLine(msg)
	case code == codes.DeadlineExceeded:
		e.text = "no answer in time"
		e.Hint = "check the network; Google's side is at https://status.cloud.google.com"
	default:
		e.Unreached = false
		return false
	}
	if late != nil {
		e.text = "no answer in time; the last attempt: " + e.text
	}
	return true
}

// byTheWay says whether a code may come from the way to Google. Every other is an answer, whatever its text quotes.
func byTheWay(code codes.Code) bool {
	switch code {
	case codes.Unavailable, codes.Unauthenticated, codes.Unknown, codes.Internal, codes.DeadlineExceeded:
		return true
	}
	return false
}

// dialling says whether a text tells of a connection that could not be made, or that broke.
func dialling(msg string) bool {
	for _, sign := range []string{
		"connection error: ", "dial tcp", "connection refused", "connection reset", "i/o timeout", "network is unreachable", "proxyconnect",
		"TLS handshake", "error reading from server", "transport is closing", "keepalive ping failed",
	} {
		if strings.Contains(msg, sign) {
			return true
		}
	}
	return false
}

// dialled drops gRPC's own words before the cause.
func dialled(msg string) string {
	for _, words := range []string{"connection error: desc = ", "transport: ", "Error while dialing: ", "latest balancer error: "} {
		if i := strings.LastIndex(msg, words); i >= 0 {
			msg = msg[i+len(words):]
		}
	}
	return strings.Trim(msg, `"`)
}

func unauthenticated(e *Error, msg string) {
	if e.Code == codes.Unknown || e.Code == codes.Internal {
		e.Code = codes.Unauthenticated
	}
	switch {
	case strings.Contains(msg, "invalid_rapt"):
		e.text = "the login has to be renewed: the organisation asks for it again after some hours (invalid_rapt)"
		e.Hint = loginHint
	case strings.Contains(msg, "Invalid JWT"), strings.Contains(msg, "account not found"):
		e.text = "Google does not accept the service account's key: deleted, or this machine's clock is wrong (invalid_grant)"
		e.Hint = "check the clock, then make a new key" + orLogin
	case strings.Contains(msg, "invalid_grant"):
		e.text = "the login has expired or was revoked (invalid_grant)"
		e.Hint = loginHint
	default:
		e.text = "Google does not accept the credentials"
		e.Hint = loginHint
	}
}

func denied(e *Error, project, need, msg string, detail apierror.ErrDetails) {
	meta := detail.ErrorInfo.GetMetadata()
	switch reason := detail.ErrorInfo.GetReason(); {
	case reason == "SERVICE_DISABLED", strings.Contains(msg, "it is disabled. Enable it"):
		apiOff(e, project, msg, meta["service"])
	case reason == "USER_PROJECT_DENIED":
		e.Permission, e.Role = needQuota, smallestRole(needQuota)
		e.text = "the project that the calls are billed to may not be used: permission " + needQuota + " is missing on it"
		e.Hint = grant(e.Role, project) + "; or set GOOGLE_CLOUD_QUOTA_PROJECT to a project that you may use"
	case reason == "CONSUMER_INVALID":
		e.text = "the project does not exist, or was deleted"
		e.Hint = "check --project"
	case reason == "BILLING_DISABLED":
		e.text = "billing is off for the project"
		e.Hint = "turn billing on, or check --project"
	case reason == "SECURITY_POLICY_VIOLATED", strings.Contains(msg, "vpcServiceControlsUniqueIdentifier"):
		e.text = "VPC Service Controls refused: " + oneLine(msg)
		e.Hint = "call from inside the perimeter, or ask whoever runs it, with the identifier in the message"
	default:
		noPermission(e, project, need, msg, meta)
	}
}

func apiOff(e *Error, project, msg, api string) {
	if m := apiInText.FindStringSubmatch(msg); api == "" && m != nil {
		api = m[1]
	}
	if !shapeAPI.MatchString(api) {
		e.text = "the API is off in this project: " + oneLine(msg)
		return
	}
	e.API = api
	e.text = api + " is off in this project"
	e.Hint = "gcloud services enable " + api
	if project != "" {
		e.Hint += " --project " + project
	}
}

func noPermission(e *Error, project, need, msg string, meta map[string]string) {
	permission := meta["permission"]
	if m := permissionText.FindStringSubmatch(msg); permission == "" && m != nil {
		permission = strings.TrimSuffix(m[1], ".")
	}
	named := shapePermission.MatchString(permission)
	if !named {
		permission = need
	}
	if permission == "" {
		e.text = "permission denied: " + oneLine(msg)
		return
	}
	e.Permission, e.Role = permission, smallestRole(permission)
	e.text = "permission " + permission + " is missing"
	if !named {
		e.text = "permission denied; needs " + permission
	}
	if on := meta["resource"]; on != "" {
		e.text += " on " + oneLine(on)
	} else if project != "" {
		e.text += " on project " + project
	}
	if strings.Contains(msg, "may not exist") {
		e.text += ", or it does not exist"
	}
	if e.Role != "" {
		e.Hint = grant(e.Role, project)
	}
}

// grant is the command that gives the role, for whoever may run it.
func grant(role, project string) string {
	if project == "" {
		return "ask for " + role
	}
	return fmt.Sprintf("ask for %s: gcloud projects add-iam-policy-binding %s --role=%s --member=%s", role, project, role, somebody)
}

// What stands for the login in a command where its account is not known: a person's, and a machine's or a workload's.
const (
	somebody      = "user:YOU"
	somethingElse = "MEMBER"
)

func exhausted(e *Error, detail apierror.ErrDetails) {
	e.Retry = time.Minute
	if r := detail.RetryInfo.GetRetryDelay(); r != nil && r.AsDuration() > 0 {
		e.Retry = r.AsDuration()
	}
	e.text = "the quota is used up"
	meta := detail.ErrorInfo.GetMetadata()
	if q := meta["quota_metric"]; q != "" {
		e.text += ": " + oneLine(q)
		if v := meta["quota_limit_value"]; v != "" {
			e.text += ", at most " + oneLine(v)
		}
		if l := meta["quota_location"]; l != "" {
			e.text += " in " + oneLine(l)
		}
	}
	e.Hint = waiting(e.Retry)
}
