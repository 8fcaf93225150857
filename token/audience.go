package token

import "strings"

// address is an audience taken apart. What is no URL has everything in host.
type address struct {
	scheme, host, port, path string
}

// apart takes an audience apart by its text alone: url.Parse would tidy what has to be seen.
func apart(audience string) address {
	scheme, rest, ok := strings.Cut(audience, "://")
	if !ok {
		scheme, rest = "", audience
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	a := address{scheme: scheme, host: rest[:end], path: rest[end:]}
	if colon := strings.LastIndexByte(a.host, ':'); colon >= 0 && digits(a.host[colon+1:]) {
		a.host, a.port = a.host[:colon], a.host[colon:]
	}
	return a
}

// runApp says whether it is the run.app name of a service.
func (a address) runApp() bool { return foldedSuffix(a.host, ".run.app") }

// onlyPath says whether a differs from a service's own run.app URL by nothing but a path or a trailing slash, which is very likely
// tolerated though no page says so.
func (a address) onlyPath(own address) bool {
	return own.runApp() && own.path == "" && a.path != "" && a.scheme == own.scheme && a.host == own.host && a.port == own.port
}

// near says in which part an audience misses an accepted one; "" where they have little in common.
func near(audience string, accepted Audience) string {
	if strings.EqualFold(audience, accepted.Value) {
		return "upper and lower case differ"
	}
	if strings.TrimSpace(audience) == accepted.Value {
		return "there is a space around it"
	}
	a, b := apart(audience), apart(accepted.Value)
	host, ok := nearHost(a, b)
	if !ok {
		return ""
	}
	parts := around(a, b, accepted)
	if foldOnly(a.host, b.host) {
		parts = append(parts, "upper and lower case differ in the host")
	}
	if host != "" {
		parts = append(parts, host)
	}
	return strings.Join(parts, ", and ")
}

// foldOnly says whether one host is written in upper and lower case where the other is not, whatever else differs.
func foldOnly(a, b string) bool {
	if strings.EqualFold(a, b) {
		return a != b
	}
	return a != strings.ToLower(a) && b == strings.ToLower(b)
}

// nearHost says what differs in the host besides upper and lower case; ok is false where the two have little in common.
func nearHost(a, b address) (miss string, ok bool) {
	if strings.EqualFold(a.host, b.host) {
		return "", true
	}
	if tag, rest, cut := strings.Cut(a.host, "---"); cut && strings.EqualFold(rest, b.host) {
		return "it is the URL of the tag " + tag + "; aud stays the service's own URL", true
	}
	switch {
	case a.runApp() && b.runApp():
		miss = sameService(a.host, b.host)
	case strings.EqualFold(a.path, b.path) || strings.Trim(a.path, "/") == "":
		miss = sameFunction(a.host, b.host)
	}
	return miss, miss != ""
}

// around names the parts besides the host in which two addresses differ.
func around(a, b address, accepted Audience) (parts []string) {
	note := func(part string) { parts = append(parts, part) }
	switch {
	case a.scheme == b.scheme:
	case strings.EqualFold(a.scheme, b.scheme):
		note("upper and lower case differ in the scheme")
	case a.scheme == "":
		note("the scheme " + b.scheme + ":// is missing")
	case b.scheme == "":
		note("the scheme " + a.scheme + ":// is too much")
	default:
		note("the scheme is " + a.scheme + ", not " + b.scheme)
	}
	if a.port != b.port {
		note("the port differs")
	}
	switch {
	case a.path == b.path:
	case accepted.Source == "function" && strings.Trim(a.path, "/") == "":
		note("the function's name " + b.path + " is missing: the origin alone is not accepted")
	case strings.TrimSuffix(a.path, "/") == b.path:
		note("the trailing slash is too much")
	case a.path == strings.TrimSuffix(b.path, "/"):
		note("the trailing slash is missing")
	case strings.EqualFold(a.path, b.path):
		note("upper and lower case differ in the path")
	case b.path == "":
		note("the path " + a.path + " is too much")
	default:
		note("the path differs")
	}
	return parts
}

// sameService compares two run.app names: NAME-PROJECTNUMBER.REGION.run.app and NAME-HASH-RR.a.run.app.
func sameService(a, b string) string {
	aFirst, aRest, _ := strings.Cut(strings.ToLower(a), ".")
	bFirst, bRest, _ := strings.Cut(strings.ToLower(b), ".")
	if aFirst == bFirst && aRest != bRest {
		return "the region differs: " + strings.TrimSuffix(aRest, ".run.app") + ", not " + strings.TrimSuffix(bRest, ".run.app")
	}
	if aRest != bRest {
		return ""
	}
	if aRest == "a.run.app" {
		aName, aRegion := cutLast(aFirst)
		bName, bRegion := cutLast(bFirst)
		if aName == bName {
			return "the region differs: " + aRegion + ", not " + bRegion
		}
		if a, b := beforeLast(aName), beforeLast(bName); a == b && a != "" {
			return "a service of the same name in another project"
		}
		return ""
	}
	name, number := cutLast(bFirst)
	if id, ok := strings.CutPrefix(aFirst, name+"-"); ok && digits(number) {
		if digits(id) {
			return "the project number differs: " + id + ", not " + number
		}
		return "it has the project id " + id + " where the project number " + number + " belongs"
	}
	return ""
}

// sameFunction compares the hosts of two functions of one name: REGION-PROJECT.cloudfunctions.net, where a region is two words. "" where they have
// little in common.
func sameFunction(a, b string) string {
	aRegion, aProject := functionPlace(a)
	bRegion, bProject := functionPlace(b)
	switch {
	case aRegion == "" || bRegion == "":
		return ""
	case aRegion != bRegion && aProject == bProject:
		return "the region differs: " + aRegion + ", not " + bRegion
	case aRegion == bRegion && aProject != bProject && digits(aProject):
		return "it has the project number " + aProject + " where the project id " + bProject + " belongs"
	case aRegion == bRegion && aProject != bProject:
		return "the project differs: " + aProject + ", not " + bProject
	}
	return ""
}

// functionPlace is where a function's host says that it is; "" where it is no function's.
func functionPlace(host string) (region, project string) {
	name, ok := strings.CutSuffix(strings.ToLower(host), ".cloudfunctions.net")
	p := strings.SplitN(name, "-", 3)
	if !ok || len(p) < 3 {
		return "", ""
	}
	return p[0] + "-" + p[1], p[2]
}

func cutLast(s string) (before, after string) {
	if i := strings.LastIndexByte(s, '-'); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}

func beforeLast(s string) string {
	before, after := cutLast(s)
	if after == "" {
		return ""
	}
	return before
}

// accepts finds an audience that is exactly this one.
func accepts(list []Audience, audience string) (Audience, bool) {
	for i := range list {
		if list[i].Value == audience {
			return list[i], true
		}
	}
	return Audience{}, false
}

// source says what an accepted audience is, for a sentence.
func (a Audience) source() string {
	switch a.Source {
	case "custom":
		return "is a custom audience"
	case "function":
		return "is the function's URL"
	case "url":
		return "is the service's URL"
	}
	return "is accepted"
}

// wanted is the audience to ask for: a URL of the service before anything else.
func (t *Target) wanted() string {
	for _, a := range t.Audiences {
		if a.Source == "url" {
			return a.Value
		}
	}
	if len(t.Audiences) > 0 {
		return t.Audiences[0].Value
	}
	return ""
}

// Differs says in which part an audience misses an accepted one, in words (the scheme, the path, the region) and by marks; "" and nil where
// they are the same or have little in common. The words quote both: clean before drawing.
func Differs(audience string, accepted Audience) (words string, marks *Difference) {
	if audience == accepted.Value {
		return "", nil
	}
	if words = near(audience, accepted); words == "" {
		return "", nil
	}
	return words, differ(audience, accepted.Value)
}

// Uncompared says of an audience whether any service takes it, whatever audiences the service has, and in which tokens: yes of gcloud's own client,
// unsure of the one of application-default login, no of every other.
func Uncompared(audience string) (Answer, string) {
	switch audience {
	case gcloudClient:
		return Yes, "gcloud's own client: in a gcloud user's token it is not compared; for development"
	case adcClient:
		return Unsure, "the client of application-default login: reports disagree on whether it is compared"
	}
	return No, ""
}

// Tolerated says that an audience is an accepted one but for a path or a slash at its end, which is very likely taken though no page says so.
func Tolerated(audience string, accepted Audience) bool { return accepted.tolerates(apart(audience)) }

func (a *Audience) tolerates(other address) bool {
	return a.Source == "url" && other.onlyPath(apart(a.Value))
}

// RunApp says whether an audience is an address under run.app.
func RunApp(audience string) bool { return apart(audience).runApp() }
