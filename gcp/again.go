package gcp

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// ExplorerURL is the address of the entry in the console's Logs Explorer. It holds the entry's id and nothing that a caller wrote.
//
// Source: https://cloud.google.com/logging/docs/view/logs-explorer-interface
func (e Entry) ExplorerURL(project string) string {
	query := `log_id("run.googleapis.com/requests")` + "\n" + `insertId="` + strings.Map(idOnly, e.ID) + `"`
	at := e.Time.UTC().Format(time.RFC3339Nano)
	return "https://console.cloud.google.com/logs/query;query=" + url.PathEscape(query) + ";cursorTimestamp=" + url.PathEscape(at) +
		"?project=" + url.QueryEscape(project)
}

// idOnly leaves out what no insertId has.
func idOnly(r rune) rune {
	if r == '-' || r == '_' || r == '.' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
		return r
	}
	return -1
}

// Home is where a service may be sent the user's own token: the hosts that are known to be its own. The zero value is that of a
// service of which nothing is known.
type Home struct {
	hosts []string
	aim   string // the host that a request for another is aimed at
	walls string // what is to be said of aim: who reaches it
}

// Home tells the service's own hosts: those of its addresses, of custom audiences that are addresses, and those that the load
// balancers which certainly lead to it are set up for; ways are what Fronts.Of found, nil where that is not known.
func (s Service) Home(ways []Front) Home {
	var h Home
	add := func(of ...string) {
		for _, address := range of {
			u, err := url.Parse(address)
			if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" || u.Hostname() == "" {
				continue
			}
			host := strings.ToLower(u.Hostname())
			if runApp := strings.HasSuffix(host, ".run.app"); h.aim == "" && (!runApp || !s.DefaultURLOff) {
				h.aim, h.walls = host, s.walls(runApp)
			}
			h.hosts = append(h.hosts, host)
		}
	}
	add(s.URI)
	add(s.URLs...)
	add(s.FunctionURL)
	for _, w := range ways {
		for _, r := range w.Routes {
			for _, host := range r.Hosts {
				if w.Leads == Yes && w.Secure == Yes && !strings.Contains(host, "*") {
					add("https://" + host)
				}
			}
		}
	}
	add(s.Audiences...)
	add(s.TagURLs...)
	return h
}

// walls says who does not reach an address of the service, "" where everybody may.
func (s Service) walls(runApp bool) string {
	switch {
	case !runApp, s.Ingress == IngressAll, s.Ingress == IngressUnknown:
		return ""
	case s.Ingress == IngressNone:
		return "; ingress is none: it answers 404"
	}
	return "; from the internet it answers 404, by its ingress"
}

// Again is a command for a POSIX shell that sends the request again with the user's own Google ID token, which any private service
// takes whatever its audiences: so the token goes by HTTPS to a host that is known to be the service's own, and nowhere else. A
// request for another host is aimed at the service's own address. Where none is known the token is left out. note says so; "" where
// there is nothing to say.
//
// The query is left out, since it may hold credentials, and so is a body, which the log does not hold.
//
// Sources: https://cloud.google.com/run/docs/authenticating/developers, https://fetch.spec.whatwg.org/#cors-preflight-fetch.
func (e Entry) Again(h Home) (command, note string) {
	host, path := splitURL(e.URL)
	authority, asked := strings.TrimSuffix(strings.ToLower(host), ":443"), clip(e.Host())
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	address, token := "https://"+authority+path, ` -H "Authorization: Bearer $(gcloud auth print-identity-token)"`
	switch {
	case slices.Contains(h.hosts, authority):
	case h.aim != "":
		address = "https://" + h.aim + path
		note = "aimed at the service's own address: " + asked + " is not known to be one" + h.walls
	default:
		address, _, _ = strings.Cut(e.URL, "?")
		token, note = "", "without a token: "+asked+" is not known to be the service's own"
	}
	command = "curl -i"
	switch e.Method {
	case "", "GET":
	case "HEAD":
		command = "curl -I" // with -X HEAD curl waits for a body that never comes
	case "OPTIONS":
		// No preflight carries a credential.
		command += " -X OPTIONS -H " + quote("Origin: "+e.origin()) + ` -H 'Access-Control-Request-Method: POST'`
		token = ""
		note = strings.TrimPrefix(note+"; the method asked for is made up: the log does not hold it", "; ")
	default:
		command += " -X " + quote(e.Method)
	}
	if strings.ContainsAny(address, "[]{}") {
		command += " -g" // curl would make several addresses of it
	}
	return command + token + " " + quote(address), note
}

// clip keeps a host's name to a length that no true one has, for a sentence.
func clip(host string) string {
	if host == "" {
		return "its host"
	}
	return short(host)
}

// origin is that of the page that a preflight was sent for, as its Referer tells; one that is made up where it does not.
func (e Entry) origin() string {
	if u, err := url.Parse(e.Referer); err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
		return u.Scheme + "://" + u.Host
	}
	return "https://example.com"
}

// quote makes one word of a text for a POSIX shell.
func quote(s string) string {
	plain := s != "" && !strings.HasPrefix(s, "-") && strings.IndexFunc(s, func(r rune) bool {
		return r > '~' || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,", r)
	}) < 0
	if plain {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Look are commands for a POSIX shell that read again what is known of the service: its settings, its policy, and its refused
// requests between two moments.
func (s Service) Look(from, to time.Time) []string {
	of := " " + quote(s.Name) + " --region=" + quote(s.Region) + " --project=" + quote(s.Project)
	filter := strings.ReplaceAll(refusals, "\n", " ") + ` AND resource.labels.service_name=` + label(s.Name) + ` AND resource.labels.location=` + label(s.Region) +
		strings.ReplaceAll(between(from.Truncate(time.Second), to), "\n", " AND ")
	return []string{
		"gcloud run services describe" + of,
		"gcloud run services get-iam-policy" + of,
		"gcloud logging read " + quote(filter) + " --project=" + quote(s.Project) + " --limit=100",
	}
}

// label makes a text of the Logging query language of a name.
func label(name string) string { return `"` + strings.Map(idOnly, name) + `"` }
