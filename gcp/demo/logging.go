package demo

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
)

type loggingServer struct {
	loggingpb.UnimplementedLoggingServiceV2Server
	c *Cloud
}

// mostLogEntries is the largest page of ListLogEntries; a larger one is rejected, says its documentation.
const mostLogEntries = 1000

func (s loggingServer) ListLogEntries(ctx context.Context, req *loggingpb.ListLogEntriesRequest) (*loggingpb.ListLogEntriesResponse, error) {
	within, err := s.c.logsOf(req.ResourceNames)
	if err != nil {
		return nil, err
	}
	if !s.c.quotaFree && !s.c.journal.listed(time.Now(), req.ResourceNames[0]) {
		return nil, QuotaExceeded("logging.googleapis.com", "global", 0)
	}
	if req.PageSize < 0 || req.PageSize > mostLogEntries {
		return nil, invalid("page_size %d is not between 0 and %d.", req.PageSize, mostLogEntries)
	}
	desc := req.OrderBy == "timestamp desc"
	if !desc && req.OrderBy != "" && req.OrderBy != "timestamp asc" {
		return nil, invalid("order_by '%s' is not supported: use \"timestamp asc\" or \"timestamp desc\".", req.OrderBy)
	}
	match, err := compile(req.Filter)
	if err != nil {
		return nil, err
	}
	size := int(req.PageSize)
	if size == 0 {
		size = 50
	}
	found, next, err := take(s.c, s.c.matching(joined(within, match, "AND"), desc), func(k keyed) string { return k.key }, req.PageToken,
		scopeOf(append([]string{"entries", req.Filter, req.OrderBy}, req.ResourceNames...)...), size, mostLogEntries)
	if err != nil {
		return nil, err
	}
	out := &loggingpb.ListLogEntriesResponse{NextPageToken: next}
	for _, k := range found {
		out.Entries = append(out.Entries, k.entry)
	}
	return out, nil
}

// keyed is an entry with the key of its place in a list.
type keyed struct {
	key   string
	entry *loggingpb.LogEntry
}

// matching are the log's entries that a filter lets through, in order of time, each once.
func (c *Cloud) matching(match matcher, desc bool) []keyed {
	var found []keyed
	for _, e := range c.journal.all() {
		if !match(e) {
			continue
		}
		n := e.Timestamp.AsTime().UnixNano()
		if desc {
			n = math.MaxInt64 - n
		}
		found = append(found, keyed{fmt.Sprintf("%020d%s", n, e.InsertId), e})
	}
	slices.SortStableFunc(found, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	return slices.CompactFunc(found, func(a, b keyed) bool { return a.key == b.key })
}

// logsOf lets through the entries of the projects that a request names.
func (c *Cloud) logsOf(names []string) (matcher, error) {
	if len(names) == 0 || len(names) > 100 {
		return nil, invalid("resource_names must hold between 1 and 100 resources, not %d.", len(names))
	}
	var of []string
	for _, n := range names {
		id, err := c.ours(n)
		if err != nil {
			return nil, err
		}
		of = append(of, "projects/"+id+"/logs/")
	}
	return func(e *loggingpb.LogEntry) bool {
		return slices.ContainsFunc(of, func(logs string) bool { return strings.HasPrefix(e.LogName, logs) })
	}, nil
}
