package gcp

import "strings"

// Caller names who sent the request, as far as the entry tells: "Pub/Sub", "Chrome", "okhttp/4.12"; without a user agent the
// address, and "" where that is missing too. A user agent is what the client says of itself: it proves nothing.
func (e Entry) Caller() string {
	agent := strings.TrimSpace(e.UserAgent)
	if agent == "" {
		return e.RemoteIP
	}
	for _, k := range knownAgents {
		if strings.Contains(agent, k.sign) {
			return k.name
		}
	}
	if rest, ok := strings.CutPrefix(agent, "Mozilla/5.0"); ok {
		return browser(agent, rest)
	}
	token, _, _ := strings.Cut(agent, " ")
	return short(token)
}

// knownAgents are Google's own callers, by what their user agents contain.
var knownAgents = [...]struct{ sign, name string }{
	{"CloudPubSub-Google", "Pub/Sub"},
	{"APIs-Google", "Pub/Sub or Eventarc"}, // Eventarc delivers through Pub/Sub push
	{"Google-Cloud-Scheduler", "Cloud Scheduler"},
	{"Google-Cloud-Tasks", "Cloud Tasks"},
	{"GoogleStackdriverMonitoring-UptimeChecks", "uptime check"},
	{"GoogleHC/", "health check"},
}

// browsers are tried in order: most name others too.
var browsers = [...]struct{ sign, name string }{
	{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"},
	{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"HeadlessChrome/", "headless Chrome"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"},
	{"Safari/", "Safari"},
}

// browser names what a user agent that begins like every browser's says it is.
func browser(agent, rest string) string {
	if _, bot, ok := strings.Cut(rest, "compatible; "); ok {
		bot = bot[:strings.IndexAny(bot+";", ";) ")]
		if bot != "" {
			return short(bot)
		}
	}
	for _, b := range browsers {
		if strings.Contains(rest, b.sign) {
			return b.name
		}
	}
	return short(agent)
}

func short(s string) string {
	const most = 40
	if head, cut := prefix(s, most); cut {
		return head + "…"
	}
	return s
}

// Path is the path of the URL, without its query and fragment, which may hold credentials; "/" for a URL that ends with the
// host, "" for none.
func (e Entry) Path() string {
	_, path := splitURL(e.URL)
	return path
}

// Host is the URL's host without port and user, "" where the URL has none.
func (e Entry) Host() string {
	host, _ := splitURL(e.URL)
	host = host[strings.LastIndexByte(host, '@')+1:]
	if end := strings.LastIndexByte(host, ':'); end > strings.LastIndexByte(host, ']') {
		host = host[:end]
	}
	return strings.ToLower(host)
}

// splitURL is lenient where net/url is strict: the log holds whatever a client sent.
func splitURL(u string) (host, path string) {
	if i := strings.IndexAny(u, "?#"); i >= 0 {
		u = u[:i]
	}
	_, rest, ok := strings.Cut(u, "://")
	if !ok {
		return "", u
	}
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[:i], rest[i:]
	}
	return rest, "/"
}
