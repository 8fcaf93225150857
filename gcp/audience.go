package gcp

import (
	"slices"
	"strings"
)

// AcceptedAudience is one value that a service accepts in aud, and where it comes from.
// Source: https://cloud.google.com/run/docs/configuring/custom-audiences
type AcceptedAudience struct {
	Value  string
	Source string // "url", "function", "custom"
	Form   string // of an address: "with a hash", "with the project number", "function"; "" otherwise
}

// Accepts are all audiences that the service accepts, its own addresses first, none twice. A tag URL is not one.
func (s Service) Accepts() []AcceptedAudience {
	var out []AcceptedAudience
	add := func(source string, values ...string) {
		for _, v := range values {
			if v == "" || slices.ContainsFunc(out, func(a AcceptedAudience) bool { return a.Value == v }) {
				continue
			}
			a := AcceptedAudience{Value: v, Source: source}
			switch {
			case source == "url" && strings.Contains(v, ".cloudfunctions.net/"):
				a.Source, a.Form = "function", "function"
			case source == "function":
				a.Form = "function"
			case source == "url" && strings.HasSuffix(v, ".a.run.app"):
				a.Form = "with a hash"
			case source == "url" && strings.HasSuffix(v, ".run.app"):
				a.Form = "with the project number"
			}
			out = append(out, a)
		}
	}
	add("url", s.URI)
	add("url", s.URLs...)
	add("function", s.FunctionURL)
	add("custom", s.Audiences...)
	return out
}

// URLsHidden says whether the service has addresses that are not listed, so that Accepts is not the whole: with the run.app URL off the API
// is reported to list none, and one that is off is still accepted as an audience, as far as is known.
func (s Service) URLsHidden() bool { return s.DefaultURLOff && s.URI == "" && len(s.URLs) == 0 }

// AudienceIndex finds the services that accept an audience, by the audience's exact text.
type AudienceIndex map[string][]Service

// IndexAudiences makes the index of a project's services.
func IndexAudiences(all []Service) AudienceIndex {
	index := make(AudienceIndex, 2*len(all))
	index.Add(all)
	return index
}

// Add takes more services in, none of which is in the index.
func (x AudienceIndex) Add(all []Service) {
	for _, s := range all {
		for _, a := range s.Accepts() {
			x[a.Value] = append(x[a.Value], s)
		}
	}
}

// Besides are the other services that accept an audience, by name: with the project where it is another one, and with the region where
// the name is the same.
func (x AudienceIndex) Besides(s Service, audience string) []string {
	var names []string
	for _, o := range x[audience] {
		if o.ID != s.ID {
			name := o.Name
			if o.Project != s.Project && o.Project != "" {
				name += " of " + o.Project
			}
			if o.Name == s.Name && o.Region != s.Region {
				name += " in " + o.Region
			}
			names = append(names, name)
		}
	}
	return names
}
