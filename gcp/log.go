package gcp

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"github.com/googleapis/gax-go/v2"
	logtype "google.golang.org/genproto/googleapis/logging/type"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Entry is one request-log entry of a refused request (401 or 403). Its strings are what the client sent and the log kept, cut
// at 2 KiB; a URL may hold a credential in its query.
type Entry struct {
	ID       string    // insertId; with Time it tells doubles
	Time     time.Time // when the request was answered
	Received time.Time
	Status   int
	Method   string
	URL      string // as logged, with its query
	UserAgent,
	RemoteIP,
	ServerIP, // who took the connection
	Referer,
	Protocol string
	RequestSize, // bytes, with the headers; 0: not logged
	ResponseSize int64
	Latency  time.Duration
	Project  string // as the client was asked for it
	Service  string // short name
	Region   string
	Revision string
	Instance string // labels.instanceId: set when a container answered
	Text     string // textPayload: set when Cloud Run itself refused
	Trace    string // "projects/P/traces/ID"
	Span     string // of the trace, 16 hex digits
	Sampled  bool   // the trace was kept
	Labels   string // all but instanceId: "goog-managed-by=cloudfunctions, …"
	Severity string // "WARNING"
}

// refusals is the filter of what this package reads from the request log.
const refusals = `resource.type="cloud_run_revision"
AND log_id("run.googleapis.com/requests")
AND httpRequest.status=(401 OR 403)`

// everything is the filter of the tail and of Log: refused requests and changes, in one tail and one list, since both are scarce.
func (c *Client) everything() string {
	return "((" + refusals + c.here() + ")\nOR (" + activity + "))"
}

// here narrows a filter of requests to the regions that are read. Changes are narrowed once they are here: the log does not always
// tell their region by a label.
func (c *Client) here() string {
	if len(c.wanted) == 0 {
		return ""
	}
	names := make([]string, len(c.wanted))
	for i, r := range c.wanted {
		names[i] = label(r)
	}
	return "\nAND resource.labels.location=(" + strings.Join(names, " OR ") + ")"
}

// Page is a part of the project's log: what was refused and what was changed.
type Page struct {
	Entries []Entry  // newest first
	Changes []Change // newest first
	More    bool     // there are, or may be, more
}

const entriesAPage = 1000 // the most that entries.list gives

// Refused lists the refused requests from one moment to another, both included, newest first, at most limit; a zero to means
// until now, and from must be set. more says that there are, or may be, more. Where an error comes midway, the entries before it are returned too.
//
// It calls Google less than ten times a minute and waits for its turn: the project's quota of 60 is shared with everything else
// that reads its logs. A page may be empty while the search still goes on.
func (c *Client) Refused(ctx context.Context, from, to time.Time, limit int) (entries []Entry, more bool, err error) {
	p, err := c.read(ctx, refusals+c.here(), from, to, limit)
	return p.Entries, p.More, err
}

// Log lists the refused requests and the changes, as Refused does the refused requests; the limit is for both together. Where
// there is More, a storm of refusals may have crowded out the change that began it: Changes then reads the changes alone.
func (c *Client) Log(ctx context.Context, from, to time.Time, limit int) (Page, error) {
	return c.read(ctx, c.everything(), from, to, limit)
}

// Late lists what Log does, as far as it was logged since from and Logging received it between since and until, both included: what came
// late is in it, what had come before is not.
func (c *Client) Late(ctx context.Context, from, since, until time.Time, limit int) (Page, error) {
	return c.read(ctx, c.everything()+bound("receiveTimestamp>=", since)+bound("receiveTimestamp<=", until), from, time.Time{}, limit)
}

// Changes lists the changes alone, on the same terms as Refused.
func (c *Client) Changes(ctx context.Context, from, to time.Time, limit int) (changes []Change, more bool, err error) {
	p, err := c.read(ctx, activity, from, to, limit)
	return p.Changes, p.More, err
}

// read lists what a filter lets through.
func (c *Client) read(ctx context.Context, filter string, from, to time.Time, limit int) (Page, error) {
	var p Page
	words := pool{}
	var err error
	p.More, err = c.scan(ctx, filter, from, to, limit, func(m *loggingpb.LogEntry) { words.sort(m, &p.Entries, &p.Changes) })
	return c.place(p), err
}

// scan hands out at most limit entries that a filter lets through, newest first, and says whether there are, or may be, more.
func (c *Client) scan(ctx context.Context, filter string, from, to time.Time, limit int, take func(*loggingpb.LogEntry)) (more bool, err error) {
	const op = "read the log"
	if from.IsZero() {
		return false, &Error{Op: op, Code: codes.InvalidArgument, text: "no moment to begin at"}
	}
	if limit <= 0 {
		return false, nil
	}
	req := c.logRequest(filter, from, to)
	taken := 0
	err = pages(func(token string) (string, bool, error) {
		got, err := c.logPage(ctx, req, token)
		if err != nil {
			return "", false, err
		}
		for _, m := range got.GetEntries() {
			if taken == limit {
				more = true
				return "", true, nil
			}
			take(m)
			taken++
		}
		next := got.GetNextPageToken()
		more = next != "" && taken == limit
		return next, more, nil
	})
	if err != nil {
		return true, c.failure(op, "", needLogs, err)
	}
	return more, nil
}

// logRequest asks for what a filter lets through between two moments, newest first.
func (c *Client) logRequest(filter string, from, to time.Time) *loggingpb.ListLogEntriesRequest {
	return &loggingpb.ListLogEntriesRequest{
		ResourceNames: c.resources(),
		Filter:        filter + between(from, to),
		OrderBy:       "timestamp desc",
		PageSize:      entriesAPage,
	}
}

// logPage is one page of entries.list, asked for once more where Google could not answer.
func (c *Client) logPage(ctx context.Context, req *loggingpb.ListLogEntriesRequest, token string) (*loggingpb.ListLogEntriesResponse, error) {
	got, err := c.logCall(ctx, req, token)
	if status.Code(err) == codes.Unavailable {
		got, err = c.logCall(ctx, req, token)
	}
	return got, err
}

// logCall is one call of entries.list, when its turn has come. The client's own retries would not wait for theirs, and the
// project has sixty such calls a minute for all who read its log.
func (c *Client) logCall(ctx context.Context, req *loggingpb.ListLogEntriesRequest, token string) (*loggingpb.ListLogEntriesResponse, error) {
	if err := c.lists.wait(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, logTime)
	defer cancel()
	// One page a call: the iterator would follow empty pages past the pace.
	it := c.logs.ListLogEntries(ctx, req, gax.WithRetry(func() gax.Retryer { return nil }))
	if _, _, err := it.InternalFetch(entriesAPage, token); err != nil {
		return nil, err
	}
	return it.Response.(*loggingpb.ListLogEntriesResponse), nil
}

// sort converts one message and puts it where it belongs.
func (p pool) sort(m *loggingpb.LogEntry, entries *[]Entry, changes *[]Change) {
	if m.GetProtoPayload() != nil {
		*changes = append(*changes, p.change(m))
		return
	}
	*entries = append(*entries, p.entry(m))
}

func between(from, to time.Time) string {
	if to.IsZero() {
		return bound("timestamp>=", from)
	}
	return bound("timestamp>=", from) + bound("timestamp<=", to)
}

// bound is a line of a filter.
func bound(is string, at time.Time) string {
	return "\n" + is + `"` + at.UTC().Format(time.RFC3339Nano) + `"`
}

// longest is how much of one field is kept: a client can send a megabyte of user agent, and a ring of entries keeps it.
const longest = 2 << 10

// prefix is the part of s within n bytes, cut between runes, as memory of its own. What is not valid UTF-8 stays as it is.
func prefix(s string, n int) (head string, cut bool) {
	if len(s) <= n {
		return s, false
	}
	for i := n; i > n-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			return strings.Clone(s[:i]), true
		}
	}
	return strings.Clone(s[:n]), true
}

// pool keeps one copy of the strings that come again and again: the refusal's text alone is 300 bytes an entry.
type pool map[string]string

const poolSize = 4096

func (p pool) keep(s string) string {
	if s == "" {
		return ""
	}
	if kept, ok := p[s]; ok {
		return kept
	}
	s, _ = prefix(s, longest)
	if len(p) >= poolSize {
		clear(p)
	}
	p[s] = s
	return s
}

// entry converts one message.
func (p pool) entry(m *loggingpb.LogEntry) Entry {
	r := m.GetHttpRequest()
	of := m.GetResource().GetLabels()
	e := Entry{
		ID:          cutTo(m.GetInsertId()),
		Status:      int(r.GetStatus()),
		Method:      p.keep(r.GetRequestMethod()),
		URL:         cutTo(r.GetRequestUrl()),
		UserAgent:   p.keep(r.GetUserAgent()),
		RemoteIP:    cutTo(r.GetRemoteIp()),
		ServerIP:    p.keep(r.GetServerIp()),
		Referer:     cutTo(r.GetReferer()),
		Protocol:    p.keep(r.GetProtocol()),
		RequestSize: r.GetRequestSize(), ResponseSize: r.GetResponseSize(),
		Project:  p.keep(of["project_id"]),
		Service:  p.keep(of["service_name"]),
		Region:   p.keep(of["location"]),
		Revision: p.keep(of["revision_name"]),
		Instance: p.keep(m.GetLabels()["instanceId"]),
		Text:     p.keep(m.GetTextPayload()),
		Trace:    cutTo(m.GetTrace()),
		Span:     cutTo(m.GetSpanId()),
		Sampled:  m.GetTraceSampled(),
		Labels:   p.keep(otherLabels(m.GetLabels())),
		Severity: logtype.LogSeverity_name[int32(m.GetSeverity())],
	}
	if t := m.GetTimestamp(); t != nil {
		e.Time = t.AsTime()
	}
	if t := m.GetReceiveTimestamp(); t != nil {
		e.Received = t.AsTime()
	}
	if d := r.GetLatency(); d != nil {
		e.Latency = d.AsDuration()
	}
	return e
}

// otherLabels are an entry's labels but the instance, which has a field of its own, in the order of their names.
func otherLabels(labels map[string]string) string {
	var names []string
	for name := range labels {
		if name != "instanceId" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = name + "=" + labels[name]
	}
	return strings.Join(names, ", ")
}

func cutTo(s string) string {
	s, _ = prefix(s, longest)
	return s
}
