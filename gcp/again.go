package gcp

import (
	"net/url"
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

// Curl is a command for a POSIX shell that sends the request again with the user's own Google ID token, which any service takes
// whatever its audiences. The query is left out, since it may hold credentials, and so is a body, which the log does not hold.
func (e Entry) Curl() string {
	address, _, _ := strings.Cut(e.URL, "?")
	method := ""
	if e.Method != "" && e.Method != "GET" {
		method = " -X " + quote(e.Method)
	}
	return "curl -i" + method + ` -H "Authorization: Bearer $(gcloud auth print-identity-token)" ` + quote(address)
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
