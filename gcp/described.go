package gcp

import (
	"encoding/json"
	"fmt"
	"strings"

	"cloud.google.com/go/run/apiv2/runpb"
	"google.golang.org/grpc/codes"
)

// Described is a service as a piece of JSON describes it, and what of it the JSON tells. A field that is not Given has its zero
// value in Service, which then says nothing.
type Described struct {
	Service
	Given Given
}

// Given says which fields of a service were given.
type Given struct {
	URLs         bool // "urls"
	Audiences    bool // "customAudiences"
	Labels       bool // "labels": whether the service is a function
	InvokerCheck bool // "invokerIamDisabled"
	DefaultURL   bool // "defaultUriDisabled"
	IAP          bool // "iapEnabled"
}

// Describe reads the JSON of a Service of the Cloud Run Admin API v2
// (https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services). Fields that it does not know, or does not
// need, are passed over; null is as good as left out.
//
// whole says that the JSON is the API's whole answer, which leaves out what is false or empty: everything is then given, but for urls
// where there is a uri, which is one of two. Without it a field is given only where it stands there. The error is an *Error whose On is the place: "service.urls".
func Describe(text []byte, whole bool) (Described, error) {
	f, err := openFields("service", text)
	if err != nil {
		return Described{}, err
	}
	if f.has("apiVersion") {
		return Described{}, badField("service", "this is the older Knative form, as gcloud run services describe prints it; the form of the Admin API v2 is needed",
			`curl -H "Authorization: Bearer $(gcloud auth print-access-token)" https://run.googleapis.com/v2/projects/PROJECT/locations/REGION/services/SERVICE`)
	}
	var s runpb.Service
	var ingress string
	var traffic []struct {
		Tag, URI, Revision string
		Percent            int32
	}
	d := Described{}
	f.read("name", "a text", &s.Name)
	f.read("uri", "a text", &s.Uri)
	f.read("ingress", "a text", &ingress)
	f.read("trafficStatuses", "a list of objects", &traffic)
	d.Given = Given{
		URLs:         f.read("urls", "a list of texts", &s.Urls) || whole && s.Uri == "", // the API writes uri never without urls
		Audiences:    f.read("customAudiences", "a list of texts", &s.CustomAudiences) || whole,
		Labels:       f.read("labels", "an object of texts", &s.Labels) || whole,
		InvokerCheck: f.read("invokerIamDisabled", "true or false", &s.InvokerIamDisabled) || whole,
		DefaultURL:   f.read("defaultUriDisabled", "true or false", &s.DefaultUriDisabled) || whole,
		IAP:          f.read("iapEnabled", "true or false", &s.IapEnabled) || whole,
	}
	if ingress != "" && !strings.HasPrefix(ingress, "INGRESS_TRAFFIC_") {
		f.fail("ingress", "want INGRESS_TRAFFIC_ALL, INGRESS_TRAFFIC_INTERNAL_ONLY, INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER or INGRESS_TRAFFIC_NONE")
	}
	if f.err != nil {
		return Described{}, f.err
	}
	s.Ingress = runpb.IngressTraffic(runpb.IngressTraffic_value[ingress])
	for _, t := range traffic {
		s.TrafficStatuses = append(s.TrafficStatuses, &runpb.TrafficTargetStatus{Tag: t.Tag, Uri: t.URI, Revision: t.Revision, Percent: t.Percent})
	}
	d.place(&s)
	return d, nil
}

// place fills in the service; its project and region are those of its name.
func (d *Described) place(s *runpb.Service) {
	var project, region string
	if p := strings.Split(s.Name, "/"); len(p) == 6 && p[0] == "projects" && p[2] == "locations" && p[4] == "services" {
		project, region = p[1], p[3]
	}
	number := project != "" && strings.Trim(project, "0123456789") == ""
	if number {
		// A function's address has the project's id in it, which nobody tells here.
		delete(s.Labels, "goog-managed-by")
		d.Given.Labels = false
	}
	d.Service = service(project, region, s)
	if number {
		d.Project, d.ProjectNumber = "", project
	}
}

// DescribePolicy reads an IAM policy as `gcloud run services get-iam-policy --format=json` prints it. What each role holds comes
// from the list that this program ships, since no role is read. known says whether the JSON tells the bindings: where there are
// none gcloud prints an etag alone. What the policy does not show is for the caller to put into Unread. The error is an *Error
// whose On is the place: "policy.bindings[0].role".
func DescribePolicy(text []byte) (p Policy, known bool, err error) {
	f, err := openFields("policy", text)
	if err != nil {
		return Policy{}, false, err
	}
	var etag string
	var bindings []json.RawMessage
	known = f.read("etag", "a text", &etag)
	known = f.read("bindings", "a list of objects", &bindings) || known
	if f.err != nil {
		return Policy{}, false, f.err
	}
	for i, raw := range bindings {
		b, err := describeBinding(fmt.Sprintf("policy.bindings[%d]", i), raw)
		if err != nil {
			return Policy{}, false, err
		}
		p.Bindings = append(p.Bindings, b)
	}
	return p, known, nil
}

// describeBinding reads one binding. One without a role or members says nothing, and gcloud prints none like that.
func describeBinding(place string, text []byte) (Binding, error) {
	f, err := openFields(place, text)
	if err != nil {
		return Binding{}, err
	}
	b := Binding{Level: "service"}
	var condition json.RawMessage
	f.need("role", "a text", &b.Role)
	f.need("members", "a list of texts", &b.Members)
	if f.read("condition", "an object", &condition) {
		c, err := openFields(place+".condition", condition)
		if err != nil {
			return Binding{}, err
		}
		c.read("title", "a text", &b.Condition.Title)
		c.need("expression", "a text", &b.Condition.Expression)
		if b.Condition.Expression == "" {
			c.fail("expression", "is empty, which is no condition")
		}
		if c.err != nil {
			return Binding{}, c.err
		}
	}
	if f.err != nil {
		return Binding{}, f.err
	}
	b.Invokes, b.RoleFrom = shipped(b.Role, "there is no cloud to read it from")
	return b, nil
}

// InheritedUnread names what a service's own policy does not show, in words, for Policy.Unread. project may be "".
func InheritedUnread(project string) []string {
	of := "the service's project"
	if project != "" {
		of = "project " + project
	}
	return []string{of + " and its folders and organisation", "deny policies"}
}

// fields are the members of one JSON object, by their exact names. The first error stays.
type fields struct {
	place string
	raw   map[string]json.RawMessage
	err   error
}

func openFields(place string, text []byte) (*fields, error) {
	f := &fields{place: place}
	if json.Unmarshal(text, &f.raw) != nil || f.raw == nil {
		return nil, badField(place, "want an object", "")
	}
	return f, nil
}

func (f *fields) has(name string) bool {
	raw, ok := f.raw[name]
	return ok && string(raw) != "null"
}

// read reads a field into a variable and says whether it is there. want says what it has to be.
func (f *fields) read(name, want string, into any) bool {
	if !f.has(name) {
		return false
	}
	if json.Unmarshal(f.raw[name], into) != nil {
		f.fail(name, "want "+want)
	}
	return true
}

func (f *fields) need(name, want string, into any) {
	if !f.read(name, want, into) {
		f.fail(name, "is missing; want "+want)
	}
}

func (f *fields) fail(name, text string) {
	if f.err == nil {
		f.err = badField(f.place+"."+name, text, "")
	}
}

func badField(place, text, hint string) *Error {
	return &Error{Op: "read", On: place, Code: codes.InvalidArgument, text: text, Hint: hint}
}
