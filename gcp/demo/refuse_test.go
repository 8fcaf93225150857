package demo

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/iam/admin/apiv1/adminpb"
	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/logging/apiv2/loggingpb"
	"cloud.google.com/go/run/apiv2/runpb"
	"google.golang.org/genproto/googleapis/cloud/location"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	europe  = wholeProject + "/locations/europe-west1"
	america = wholeProject + "/locations/us-central1"
	shop    = europe + "/services/shop-api"
)

// row is one question and the code of its answer.
type row struct {
	what string
	ask  func(c clients) error
	want codes.Code
}

func ask(t *testing.T, rows []row, opts ...Option) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := connect(t, append(opts, InMemory())...)
				err := r.ask(c)
				if got := status.Code(err); got != r.want {
					t.Errorf("got %v (%v), want %v", got, err, r.want)
				}
			})
		})
	}
}

func places(req *location.ListLocationsRequest) func(clients) error {
	return func(c clients) error {
		it := c.locations.ListLocations(c.ctx, req)
		it.PageInfo().MaxSize = int(req.PageSize)
		_, err := it.Next()
		return err
	}
}

// list asks for one page of services as it stands in the request, which the iterator would change.
func list(req *runpb.ListServicesRequest) func(clients) error {
	return func(c clients) error {
		_, err := c.runStub.ListServices(c.ctx, req)
		return err
	}
}

func TestRunRefuses(t *testing.T) {
	policy := func(resource string, version int32) func(clients) error {
		return func(c clients) error {
			_, err := c.services.GetIamPolicy(c.ctx, &iampb.GetIamPolicyRequest{
				Resource: resource, Options: &iampb.GetPolicyOptions{RequestedPolicyVersion: version},
			})
			return err
		}
	}
	get := func(name string) func(clients) error {
		return func(c clients) error {
			_, err := c.services.GetService(c.ctx, &runpb.GetServiceRequest{Name: name})
			return err
		}
	}
	ask(t, []row{
		{"the project's locations are listed", places(&location.ListLocationsRequest{Name: wholeProject}), codes.OK},
		{"also by its number", places(&location.ListLocationsRequest{Name: "projects/424242424242"}), codes.OK},
		{"another project's are not", places(&location.ListLocationsRequest{Name: "projects/other"}), codes.PermissionDenied},
		{"a name that is no project's", places(&location.ListLocationsRequest{Name: "acme-prod"}), codes.InvalidArgument},
		{"locations by a filter", places(&location.ListLocationsRequest{Name: wholeProject, Filter: "x"}), codes.InvalidArgument},
		{"more locations than a page holds", places(&location.ListLocationsRequest{Name: wholeProject, PageSize: 1001}), codes.InvalidArgument},

		{"a region's services are listed", list(&runpb.ListServicesRequest{Parent: europe, PageSize: 1000}), codes.OK},
		{"a region without services too", list(&runpb.ListServicesRequest{Parent: wholeProject + "/locations/us-west1"}), codes.OK},
		{"all regions at once", list(&runpb.ListServicesRequest{Parent: wholeProject + "/locations/-"}), codes.InvalidArgument},
		{"a region that is not there", list(&runpb.ListServicesRequest{Parent: wholeProject + "/locations/mars-east1"}), codes.PermissionDenied},
		{"a region of another project", list(&runpb.ListServicesRequest{Parent: "projects/other/locations/us-central1"}), codes.PermissionDenied},
		{"a parent that is no region", list(&runpb.ListServicesRequest{Parent: wholeProject}), codes.InvalidArgument},
		{"more services than a page holds", list(&runpb.ListServicesRequest{Parent: europe, PageSize: 1001}), codes.InvalidArgument},
		{"less than nothing", list(&runpb.ListServicesRequest{Parent: europe, PageSize: -1}), codes.InvalidArgument},
		{"a page token that nobody gave", list(&runpb.ListServicesRequest{Parent: europe, PageToken: "bm90IGEgdG9rZW4"}), codes.InvalidArgument},
		{"a page token that is not even base64", list(&runpb.ListServicesRequest{Parent: europe, PageToken: "%"}), codes.InvalidArgument},

		{"a service is read", get(shop), codes.OK},
		{"a service that is not there", get(europe + "/services/none"), codes.NotFound},
		{"a service in the wrong region", get(america + "/services/shop-api"), codes.NotFound},
		{"a service by its short name", get("shop-api"), codes.InvalidArgument},
		{"a service without a name", get(europe + "/services/"), codes.InvalidArgument},

		{"a policy is read at version 3", policy(shop, 3), codes.OK},
		{"a policy at version 2", policy(shop, 2), codes.InvalidArgument},
		{"the policy of a service that is not there", policy(europe+"/services/none", 3), codes.NotFound},
		{"the policy of a region", policy(europe, 3), codes.InvalidArgument},

		{"a change", func(c clients) error {
			_, err := c.services.SetIamPolicy(c.ctx, &iampb.SetIamPolicyRequest{Resource: shop})
			return err
		}, codes.Unimplemented},
	})
}

func TestAPageTokenIsGoodForItsOwnRequestOnly(t *testing.T) {
	first := func(c clients) string {
		r, err := c.runStub.ListServices(c.ctx, &runpb.ListServicesRequest{Parent: europe})
		if err != nil || r.NextPageToken == "" {
			c.t.Fatalf("first page: %v, %v", r, err)
		}
		return r.NextPageToken
	}
	logs := func(c clients, filter, order, token string) (string, error) {
		r, err := c.logStub.ListLogEntries(c.ctx, &loggingpb.ListLogEntriesRequest{
			ResourceNames: []string{wholeProject}, Filter: filter, OrderBy: order, PageToken: token,
		})
		return r.GetNextPageToken(), err
	}
	ask(t, []row{
		{"the next page of the region", func(c clients) error {
			return list(&runpb.ListServicesRequest{Parent: europe, PageToken: first(c)})(c)
		}, codes.OK},
		{"another region with it", func(c clients) error {
			return list(&runpb.ListServicesRequest{Parent: america, PageToken: first(c)})(c)
		}, codes.InvalidArgument},
		{"locations with it", func(c clients) error {
			it := c.locations.ListLocations(c.ctx, &location.ListLocationsRequest{Name: wholeProject, PageToken: first(c)})
			_, err := it.Next()
			return err
		}, codes.InvalidArgument},
		{"the next page of the log", func(c clients) error {
			token, _ := logs(c, "", "", "")
			_, err := logs(c, "", "", token)
			return err
		}, codes.OK},
		{"the log in another order", func(c clients) error {
			token, _ := logs(c, "", "", "")
			_, err := logs(c, "", "timestamp desc", token)
			return err
		}, codes.InvalidArgument},
		{"the log with another filter", func(c clients) error {
			token, _ := logs(c, "", "", "")
			_, err := logs(c, "severity>=ERROR", "", token)
			return err
		}, codes.InvalidArgument},
	}, PageSize(1))
}

func TestRolesRefuse(t *testing.T) {
	role := func(name string) func(clients) error {
		return func(c clients) error {
			_, err := c.roles.GetRole(c.ctx, &adminpb.GetRoleRequest{Name: name})
			return err
		}
	}
	ask(t, []row{
		{"a predefined role is read", role("roles/run.invoker"), codes.OK},
		{"the project's own too", role("projects/acme-prod/roles/edgeCaller"), codes.OK},
		{"a role that is not there", role("roles/none"), codes.NotFound},
		{"a role of the project that is not there", role("projects/acme-prod/roles/none"), codes.NotFound},
		{"a role of the organisation", role("organizations/1/roles/edgeCaller"), codes.PermissionDenied},
		{"a role of another project", role("projects/other/roles/edgeCaller"), codes.PermissionDenied},
		{"a name that is no role's", role("run.invoker"), codes.InvalidArgument},
		{"an empty role", role("roles/"), codes.InvalidArgument},
	})
}

func read(req *loggingpb.ListLogEntriesRequest) func(clients) error {
	return func(c clients) error {
		_, err := c.logStub.ListLogEntries(c.ctx, req)
		return err
	}
}

func TestTheLogRefuses(t *testing.T) {
	in := []string{wholeProject}
	many := strings.Split(strings.Repeat(wholeProject+",", 100)+wholeProject, ",")
	long := `insertId="` + strings.Repeat("x", 20_000-len(`insertId=""`)) + `"`
	ask(t, []row{
		{"a page of the log is read", read(&loggingpb.ListLogEntriesRequest{ResourceNames: in, PageSize: 1000, OrderBy: "timestamp desc"}), codes.OK},
		{"oldest first is read", read(&loggingpb.ListLogEntriesRequest{ResourceNames: in, OrderBy: "timestamp asc"}), codes.OK},
		{"no resource", read(&loggingpb.ListLogEntriesRequest{}), codes.InvalidArgument},
		{"a hundred resources", read(&loggingpb.ListLogEntriesRequest{ResourceNames: many[:100]}), codes.OK},
		{"more than a hundred", read(&loggingpb.ListLogEntriesRequest{ResourceNames: many}), codes.InvalidArgument},
		{"another project's log", read(&loggingpb.ListLogEntriesRequest{ResourceNames: []string{"projects/other"}}), codes.PermissionDenied},
		{"more than a page holds", read(&loggingpb.ListLogEntriesRequest{ResourceNames: in, PageSize: 1001}), codes.InvalidArgument},
		{"less than nothing", read(&loggingpb.ListLogEntriesRequest{ResourceNames: in, PageSize: -1}), codes.InvalidArgument},
		{"an order of its own", read(&loggingpb.ListLogEntriesRequest{ResourceNames: in, OrderBy: "severity desc"}), codes.InvalidArgument},
		{"an unknown field", read(&loggingpb.ListLogEntriesRequest{ResourceNames: in, Filter: `httpRequest.state=401`}), codes.InvalidArgument},
		{"a filter of 20,000 characters", read(&loggingpb.ListLogEntriesRequest{ResourceNames: in, Filter: long}), codes.OK},
		{"one more", read(&loggingpb.ListLogEntriesRequest{ResourceNames: in, Filter: long + " "}), codes.InvalidArgument},
		{"sixty calls in a minute", func(c clients) error {
			var err error
			for range 60 {
				err = read(&loggingpb.ListLogEntriesRequest{ResourceNames: in, PageSize: 1})(c)
			}
			return err
		}, codes.OK},
		{"sixty-one calls in a minute", func(c clients) error {
			var err error
			for range 61 {
				err = read(&loggingpb.ListLogEntriesRequest{ResourceNames: in, PageSize: 1})(c)
			}
			return err
		}, codes.ResourceExhausted},
		{"sixty-one calls in a little more", func(c clients) error {
			var err error
			for i := range 61 {
				if i == 60 {
					time.Sleep(time.Minute)
				}
				err = read(&loggingpb.ListLogEntriesRequest{ResourceNames: in, PageSize: 1})(c)
			}
			return err
		}, codes.OK},
	})
}

func TestTheTailRefuses(t *testing.T) {
	open := func(req *loggingpb.TailLogEntriesRequest) func(clients) error {
		return func(c clients) error {
			s, err := c.logStub.TailLogEntries(c.ctx)
			if err != nil {
				return err
			}
			if err := s.Send(req); err != nil {
				return err
			}
			_, err = s.Recv()
			return err
		}
	}
	times := func(n int) func(clients) error {
		return func(c clients) error {
			var err error
			for range n {
				err = open(tailing("", 0))(c)
			}
			return err
		}
	}
	ask(t, []row{
		{"a tail opens", open(tailing(`httpRequest.status=(401 OR 403)`, time.Minute)), codes.OK},
		{"without a window too", open(&loggingpb.TailLogEntriesRequest{ResourceNames: []string{wholeProject}}), codes.OK},
		{"an unknown field", open(tailing("colour=red", 0)), codes.InvalidArgument},
		{"a window of more than a minute", open(tailing("", time.Minute+time.Millisecond)), codes.InvalidArgument},
		{"a window before now", open(tailing("", -time.Second)), codes.InvalidArgument},
		{"no resource", open(&loggingpb.TailLogEntriesRequest{}), codes.InvalidArgument},
		{"another project", open(&loggingpb.TailLogEntriesRequest{ResourceNames: []string{"projects/other"}}), codes.PermissionDenied},
		{"ten tails", times(10), codes.OK},
		{"eleven tails", times(11), codes.ResourceExhausted},
	})
}

func TestTheKeyServerRefuses(t *testing.T) {
	for _, r := range []struct {
		what, method, url string
		want              int
	}{
		{"published keys are served", "GET", "https://www.googleapis.com/oauth2/v3/certs", 200},
		{"their size too", "HEAD", "https://www.gstatic.com/iap/verify/public_key-jwk", 200},
		{"another path", "GET", "https://www.googleapis.com/oauth2/v3/cert", 404},
		{"the right path on another host", "GET", "https://www.gstatic.com/oauth2/v3/certs", 404},
		{"a query that nobody needs", "GET", "https://www.googleapis.com/oauth2/v3/certs?alt=json", 404},
		{"a post", "POST", "https://www.googleapis.com/oauth2/v3/certs", 405},
	} {
		t.Run(r.what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := connect(t, InMemory())
				req, err := http.NewRequestWithContext(c.ctx, r.method, r.url, nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := c.http.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if resp.StatusCode != r.want {
					t.Errorf("%s, want %d", resp.Status, r.want)
				}
			})
		})
	}
	t.Run("keys without encryption", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := connect(t, InMemory())
			if resp, err := c.http.Get("http://www.googleapis.com/oauth2/v3/certs"); err == nil {
				t.Errorf("answered: %s", resp.Status)
			}
		})
	})
}
