package gcp

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"
)

// Logged is the newest entry of the project's request log, whatever its answer was. Found false says that the log holds none: then
// an empty list of refusals proves nothing, since an exclusion filter may keep the requests out.
type Logged struct {
	Found  bool
	Time   time.Time
	Status int
	Place
}

const requests = `resource.type="cloud_run_revision"
AND log_id("run.googleapis.com/requests")`

// LastLogged reads the newest entry of the request log between two moments, with one call or a few, on the same terms as Refused.
func (c *Client) LastLogged(ctx context.Context, from, to time.Time) (Logged, error) {
	const op = "read the log"
	if from.IsZero() {
		return Logged{}, &Error{Op: op, Code: codes.InvalidArgument, text: "no moment to begin at"}
	}
	req := c.logRequest(requests, from, to)
	var l Logged
	err := pages(func(token string) (string, bool, error) {
		got, err := c.logPage(ctx, req, token)
		if err != nil {
			return "", false, err
		}
		for _, m := range got.GetEntries() {
			e := pool{}.entry(m)
			l = Logged{true, e.Time, e.Status, e.Place()}
			return "", true, nil
		}
		return got.GetNextPageToken(), false, nil
	})
	if err != nil {
		return Logged{}, c.failure(op, "", needLogs, err)
	}
	return l, nil
}
