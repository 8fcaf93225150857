package ui

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"why401/gcp"
	"why401/token"
)

// sketch is a service and its policy as a --target file describes them, without a cloud. What the file leaves out is not known.
type sketch struct {
	service gcp.Described
	policy  *gcp.Policy // nil: not given
	request token.Request
	app     token.App
}

// readTarget reads a --target file, see TargetHelp. Names that it does not know are errors in its own objects, where they would
// be misspelt ones, and passed over in those of Google's. The error is an *Error that says the place.
func readTarget(text []byte) (sketch, error) {
	const file = "the target file"
	text = []byte(strings.TrimPrefix(string(text), "\ufeff"))
	if err := wellFormed(file, text); err != nil {
		return sketch{}, err
	}
	f, err := openMembers("", text, "service", "serviceComplete", "policy", "policyComplete", "request", "app")
	if err != nil {
		return sketch{}, err
	}
	var s sketch
	whole, complete := f.truth("serviceComplete"), f.truth("policyComplete")
	if f.err != nil {
		return sketch{}, f.err
	}
	if raw := f.raw["service"]; raw != nil {
		if s.service, err = gcp.Describe(raw, whole); err != nil {
			return sketch{}, misplaced(err)
		}
	}
	if s.policy, err = f.policy(s.service.Project, complete); err != nil {
		return sketch{}, err
	}
	if s.request, err = f.request(); err != nil {
		return sketch{}, err
	}
	s.app, err = f.app()
	return s, err
}

// policy reads the policy; nil where its bindings are not told. A complete one is everything that could let somebody in, so that
// no binding in it is none at all.
func (f *members) policy(project string, complete bool) (*gcp.Policy, error) {
	raw := f.raw["policy"]
	if raw == nil {
		return nil, nil
	}
	p, known, err := gcp.DescribePolicy(raw)
	if err != nil {
		return nil, misplaced(err)
	}
	switch {
	case complete:
	case !known:
		return nil, nil
	default:
		p.Unread = gcp.InheritedUnread(project)
	}
	return &p, nil
}

// paths are the words for a request's network path.
var paths = map[string]token.From{"internet": token.FromInternet, "vpc": token.FromVPC, "load-balancer": token.FromLoadBalancer}

func (f *members) request() (token.Request, error) {
	r, err := f.open("request", "url", "method", "from", "header")
	if r == nil || err != nil {
		return token.Request{}, err
	}
	made := token.Request{Method: strings.ToUpper(r.text("method")), Header: r.text("header")}
	if from := r.text("from"); from != "" {
		var known bool
		if made.From, known = paths[from]; !known {
			r.fail("from", "want internet, vpc or load-balancer")
		}
	}
	if at := r.text("url"); at != "" {
		u, err := url.Parse(at)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			r.fail("url", "want a whole URL, as https://HOST/PATH")
		} else {
			made.Host = u.Host
		}
	}
	return made, r.err
}

// app reads what the app behind the door takes.
func (f *members) app() (token.App, error) {
	app, err := f.open("app", "firebase")
	if app == nil || err != nil {
		return token.App{}, err
	}
	of, err := app.open("firebase", "project", "tenant")
	if of == nil || err != nil {
		return token.App{}, err
	}
	return token.App{Firebase: true, Project: of.text("project"), Tenant: of.text("tenant")}, of.err
}

// target is what a token is judged against. It is made as for a service that was read, and then forgets what nobody told.
func (s sketch) target(t *token.Token, at moment) token.Target {
	aim := target(s.service.Service, s.policy, nil, at)
	given := s.service.Given
	for _, field := range []struct {
		given  bool
		answer *token.Answer
	}{{given.InvokerCheck, &aim.InvokerCheck}, {given.DefaultURL, &aim.DefaultURL}, {given.IAP, &aim.IAP}} {
		if !field.given {
			*field.answer = token.Unsure
		}
	}
	aim.AudiencesKnown = given.URLs && given.Audiences && (given.Labels || !asksFunction(t))
	aim.Request, aim.App = s.request, s.app
	return aim
}

// asksFunction says whether a token is made for a function: its address is an audience of the service that the function is, and
// only the service's labels tell that it is one.
func asksFunction(t *token.Token) bool {
	return slices.ContainsFunc(t.Claims(), func(c token.Claim) bool {
		_, function, found := strings.Cut(c.Value, ".cloudfunctions.net/")
		return c.Name == "aud" && !c.Header && found && function != ""
	})
}

// misplaced makes an error of a Google object in the file one of the file.
func misplaced(err error) error {
	var e *gcp.Error
	if !errors.As(err, &e) {
		return err
	}
	return &Error{Text: "the target file, " + clean(e.On) + ": " + clean(e.Cause()), Hint: orElse(clean(e.Hint), targetHint)}
}

const targetHint = "see why401 check --help for what belongs into it"

// members are the members of one object of our own, by their exact names. The first error stays.
type members struct {
	place string // with a final dot, "" for the file's own object
	raw   map[string]json.RawMessage
	err   error
}

// openMembers opens an object, and refuses names that are not among those given.
func openMembers(place string, text []byte, names ...string) (*members, error) {
	m := &members{place: place}
	if json.Unmarshal(text, &m.raw) != nil || m.raw == nil {
		return nil, &Error{Text: prefixed("the target file, ", strings.TrimSuffix(place, "."), "the target file") + ": want an object", Hint: targetHint}
	}
	var strange []string
	for name, raw := range m.raw {
		if !slices.Contains(names, name) {
			strange = append(strange, name)
		} else if string(raw) == "null" {
			delete(m.raw, name)
		}
	}
	if len(strange) > 0 {
		slices.Sort(strange)
		return nil, &Error{Text: fmt.Sprintf("the target file: %s%s is not known here", place, nameOf(strange[0])), Hint: "known are " + strings.Join(names, ", ")}
	}
	return m, nil
}

// open opens an object inside; nil where it is left out.
func (m *members) open(name string, names ...string) (*members, error) {
	if m.raw[name] == nil {
		return nil, nil
	}
	return openMembers(m.place+name+".", m.raw[name], names...)
}

func (m *members) text(name string) (s string) {
	m.read(name, "a text", &s)
	return s
}

func (m *members) truth(name string) (b bool) {
	m.read(name, "true or false", &b)
	return b
}

func (m *members) read(name, want string, into any) {
	if m.raw[name] != nil && json.Unmarshal(m.raw[name], into) != nil {
		m.fail(name, "want "+want)
	}
}

func (m *members) fail(name, text string) {
	if m.err == nil {
		m.err = &Error{Text: "the target file, " + m.place + name + ": " + text, Hint: targetHint}
	}
}
