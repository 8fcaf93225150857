package gcp

import (
	"net/http"
	"net/url"
	"strings"

	"google.golang.org/grpc/codes"
)

// Endpoint is where an API is reached from here.
type Endpoint struct {
	API   string // "run.googleapis.com"
	Host  string // what is called, with its port
	From  string // the variable that overrides Google's own, "" for none
	Proxy string // the proxy's host and port, "" for none; never its user and password
}

// overridden are the APIs whose endpoints gcloud lets one override, by the end of the variable's name.
var overridden = [...]struct{ name, api string }{
	{"RUN", "run.googleapis.com"},
	{"LOGGING", "logging.googleapis.com"},
	{"IAM", "iam.googleapis.com"},
	{"CLOUDRESOURCEMANAGER", "cloudresourcemanager.googleapis.com"},
	{"POLICYTROUBLESHOOTER", "policytroubleshooter.googleapis.com"},
	{"COMPUTE", "compute.googleapis.com"},
	{"IAP", "iap.googleapis.com"},
}

// Endpoints says where each API is reached: gcloud's overrides and the proxies of the environment (HTTPS_PROXY, NO_PROXY), which
// gRPC goes by too. env is os.Getenv. The error is an *Error that names an override that cannot be used.
func Endpoints(env func(string) string) ([]Endpoint, error) {
	var all []Endpoint
	for _, o := range overridden {
		host, _, err := override(o.name, env)
		if err != nil {
			return nil, err
		}
		e := Endpoint{API: o.api, Host: host}
		if host != "" {
			e.From = overrides + o.name
		} else {
			e.Host = o.api + ":443"
		}
		e.Proxy = proxy(e.Host)
		all = append(all, e)
	}
	keys, _, _ := strings.Cut(strings.TrimPrefix(GoogleKeys, "https://"), "/")
	return append(all, Endpoint{API: keys, Host: keys + ":443", Proxy: proxy(keys)}), nil
}

// proxy is the proxy on the way to a host.
func proxy(host string) string {
	via, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: "https", Host: host}})
	if err != nil || via == nil {
		return ""
	}
	return via.Host
}

const (
	overrides   = "CLOUDSDK_API_ENDPOINT_OVERRIDES_"
	computePath = "compute/v1"
)

// override reads gcloud's override for one API: host and port, "" for none, and whether it is to be called without TLS.
func override(api string, env func(string) string) (host string, plain bool, err error) {
	value := strings.TrimSpace(env(overrides + api))
	if value == "" {
		return "", false, nil
	}
	host, plain = strings.CutPrefix(value, "http://")
	if !plain {
		host = strings.TrimPrefix(value, "https://")
	}
	host = strings.TrimSuffix(host, "/")
	if api == "COMPUTE" {
		// The only one of these whose path gcloud has in the override.
		host = strings.TrimSuffix(host, "/"+computePath)
	}
	if host == "" || strings.ContainsAny(host, "/?#@% ") {
		return "", false, &Error{
			Op: "read " + overrides + api, Code: codes.InvalidArgument,
			text: "it is not a host, or a host and a port",
			Hint: "set it like https://run.example.com/, or unset it",
		}
	}
	if !strings.Contains(host[strings.LastIndexByte(host, ']')+1:], ":") {
		host += map[bool]string{true: ":80", false: ":443"}[plain]
	}
	return host, plain, nil
}
