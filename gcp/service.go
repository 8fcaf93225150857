package gcp

import (
	"context"
	"slices"
	"strings"
	"time"

	"cloud.google.com/go/run/apiv2/runpb"
	"github.com/googleapis/gax-go/v2"
	"google.golang.org/genproto/googleapis/cloud/location"
	"google.golang.org/grpc/codes"
)

// Answer is what is known about a yes-or-no question; the zero value is Unsure.
type Answer int8

const (
	Unsure Answer = iota
	Yes
	No
)

// Ingress is a service's ingress setting.
type Ingress int8

const (
	IngressUnknown      Ingress = iota // not given, or a value newer than this program
	IngressAll                         // from anywhere
	IngressInternal                    // from the VPC and Google's own callers
	IngressLoadBalancer                // internal, and through an external Application Load Balancer
	IngressNone                        // nothing
)

// Service is one Cloud Run service, as the Admin API v2 shows it.
type Service struct {
	ID             string // "projects/P/locations/R/services/NAME": the key of everything about it
	Name           string // "shop-api"
	Region         string
	Project        string // the project id that was asked for
	ProjectNumber  string // "" where no URL of the service tells it
	URI            string // the main URL
	URLs           []string
	Audiences      []string // custom audiences
	FunctionURL    string   // https://REGION-PROJECT.cloudfunctions.net/NAME for a function, else ""; see functionURL
	TagURLs        []string // may be called, are no audience
	Ingress        Ingress
	InvokerOff     bool // the invoker IAM check is off
	DefaultURLOff  bool // the run.app URL is off
	IAP            bool
	State          State
	StateText      string // the terminal condition's message, "" when ready
	StateWhy       string // what that condition's reason means, in plain words; "" when ready or where it gives none
	ServiceAccount string // the runtime identity
	Revision       string // latest ready revision
	Created        string // latest created revision; another one than Revision while it is not ready
	Traffic        []Traffic
	Updated        time.Time
	Modifier       string // who changed it last
}

// Traffic is a revision's share of the requests, or its tag.
type Traffic struct {
	Revision string
	Percent  int
	Latest   bool   // whichever revision is the latest ready one
	Tag, URL string // "" without a tag; see Service.TagURLs
}

// State is a service's readiness.
type State int8

const (
	StateUnknown     State = iota
	StateReady             // the terminal condition succeeded
	StateReconciling       // a change is under way
	StateFailed            // the terminal condition failed
)

// RegionError is a region whose services are not, or not all, in a listing, and why.
type RegionError struct {
	Project string // as the client was asked for it
	Region  string // "" where the project's regions could not be listed
	Err     *Error
}

// Listing is the services of a project, or of several, and which regions did not answer.
type Listing struct {
	Services []Service     // by name, then region, then project
	Regions  int           // how many were asked
	Failed   []RegionError // by project and region; what such a region has is unknown, though some of it may be in Services
}

// regions are the locations in which the project may have services. They are never listed here: new ones come.
func (c *Client) regions(ctx context.Context, project string) ([]string, error) {
	var all []string
	err := pages(func(token string) (string, bool, error) {
		r, err := once(ctx, callTime, func(ctx context.Context, opts ...gax.CallOption) (*location.ListLocationsResponse, error) {
			it := c.locations.ListLocations(ctx, &location.ListLocationsRequest{Name: "projects/" + project, PageToken: token}, opts...)
			// The iterator itself would go on over empty pages without end, and hides what else is in the answer.
			_, _, err := it.InternalFetch(0, token)
			if err != nil {
				return nil, err
			}
			return it.Response.(*location.ListLocationsResponse), nil
		})
		for _, l := range r.GetLocations() {
			if id := l.GetLocationId(); id != "" && id != "-" && !strings.Contains(id, "/") {
				all = append(all, id)
			}
		}
		return r.GetNextPageToken(), false, err
	})
	slices.Sort(all)
	return slices.Compact(all), err
}

// inRegion lists one region. What was found before a failure is kept beside it.
func (c *Client) inRegion(ctx context.Context, project, region string) (found []Service, failed []RegionError) {
	const op = "list services"
	silent := map[string]bool{}
	err := pages(func(token string) (string, bool, error) {
		r, err := once(ctx, callTime, func(ctx context.Context, opts ...gax.CallOption) (*runpb.ListServicesResponse, error) {
			parent := "projects/" + project + "/locations/" + region
			it := c.services.ListServices(ctx, &runpb.ListServicesRequest{Parent: parent, PageToken: token}, opts...)
			_, _, err := it.InternalFetch(0, token)
			if err != nil {
				return nil, err
			}
			return it.Response.(*runpb.ListServicesResponse), nil
		})
		for _, s := range r.GetServices() {
			found = append(found, service(project, region, s))
		}
		for _, u := range r.GetUnreachable() {
			silent[u[strings.LastIndexByte(u, '/')+1:]] = true
		}
		return r.GetNextPageToken(), false, err
	})
	if err != nil {
		delete(silent, region)
		failed = append(failed, RegionError{project, region, c.failureIn(project, op, region, needServices, err)})
	}
	for name := range silent {
		failed = append(failed, RegionError{project, name, &Error{
			Op: op, On: name, Code: codes.Unavailable, text: "Google could not reach the region", Hint: "refresh in a minute",
		}})
	}
	return found, failed
}

// service maps the API's message. The region is the one that was asked, for a name that does not tell it.
func service(project, region string, s *runpb.Service) Service {
	v := Service{
		ID:             s.GetName(),
		Name:           last(s.GetName()),
		Region:         region,
		Project:        project,
		URI:            s.GetUri(),
		URLs:           s.GetUrls(),
		Audiences:      s.GetCustomAudiences(),
		InvokerOff:     s.GetInvokerIamDisabled(),
		DefaultURLOff:  s.GetDefaultUriDisabled(),
		IAP:            s.GetIapEnabled(),
		ServiceAccount: s.GetTemplate().GetServiceAccount(),
		Revision:       last(s.GetLatestReadyRevision()),
		Created:        last(s.GetLatestCreatedRevision()),
		Traffic:        traffic(s),
		Modifier:       s.GetLastModifier(),
	}
	if parts := strings.Split(v.ID, "/"); len(parts) == 6 && parts[2] == "locations" {
		v.Region = parts[3]
	}
	if t := s.GetUpdateTime(); t != nil {
		v.Updated = t.AsTime()
	}
	switch s.GetIngress() {
	case runpb.IngressTraffic_INGRESS_TRAFFIC_ALL:
		v.Ingress = IngressAll
	case runpb.IngressTraffic_INGRESS_TRAFFIC_INTERNAL_ONLY:
		v.Ingress = IngressInternal
	case runpb.IngressTraffic_INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER:
		v.Ingress = IngressLoadBalancer
	case runpb.IngressTraffic_INGRESS_TRAFFIC_NONE:
		v.Ingress = IngressNone
	}
	for _, t := range s.GetTrafficStatuses() {
		if t.GetTag() != "" && t.GetUri() != "" {
			v.TagURLs = append(v.TagURLs, t.GetUri())
		}
	}
	v.State, v.StateText = state(s)
	if v.State != StateReady {
		v.StateWhy = why(s)
	}
	v.ProjectNumber = projectNumber(v)
	v.FunctionURL = functionURL(v, s.GetLabels())
	return v
}

func state(s *runpb.Service) (State, string) {
	c := s.GetTerminalCondition()
	of := StateUnknown
	switch c.GetState() {
	case runpb.Condition_CONDITION_SUCCEEDED:
		of = StateReady
	case runpb.Condition_CONDITION_FAILED:
		of = StateFailed
	case runpb.Condition_CONDITION_RECONCILING, runpb.Condition_CONDITION_PENDING:
		of = StateReconciling
	}
	// A failed condition tells more than that the system goes on trying.
	if s.GetReconciling() && of != StateFailed {
		of = StateReconciling
	}
	if of == StateReady {
		return of, ""
	}
	return of, c.GetMessage()
}

// projectNumber reads the number from the URL form https://NAME-NUMBER.REGION.run.app.
func projectNumber(s Service) string {
	for _, u := range append([]string{s.URI}, s.URLs...) {
		rest, ok := strings.CutPrefix(u, "https://"+s.Name+"-")
		if !ok {
			continue
		}
		number, ok := strings.CutSuffix(strings.TrimSuffix(rest, "/"), "."+s.Region+".run.app")
		if ok && number != "" && strings.Trim(number, "0123456789") == "" {
			return number
		}
	}
	return ""
}

// functionURL is the address of a service that is a function. Where the API does not list it, it is put together from the
// labels that Cloud Functions sets; a label holds no capitals, so that a function named with some has another address.
func functionURL(s Service, labels map[string]string) string {
	for _, u := range s.URLs {
		if strings.Contains(u, ".cloudfunctions.net/") {
			return u
		}
	}
	if labels["goog-managed-by"] != "cloudfunctions" {
		return ""
	}
	name := s.Name
	if id := labels["goog-drz-cloudfunctions-id"]; id != "" {
		name = id
	}
	return "https://" + s.Region + "-" + s.Project + ".cloudfunctions.net/" + name
}

// last is the last part of a resource name.
func last(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
