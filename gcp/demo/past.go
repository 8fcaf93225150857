package demo

import (
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/run/apiv2/runpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
)

const (
	replaceService = "google.cloud.run.v1.Services.ReplaceService"
	updateService  = "google.cloud.run.v2.Services.UpdateService"
	ciDeployer     = "ci-deployer@" + project + ".iam.gserviceaccount.com"
)

// deeds are what people changed before the story begins, in no order. Some explain the refusals that began soon after, some
// have nothing to do with any.
func (c *Cloud) deeds(now time.Time) []Change {
	ago := func(minutes float64) time.Time { return now.Add(-time.Duration(minutes * float64(time.Minute))) }
	// as is the service with its newest settings, or with others that it had before.
	as := func(service string, generation int64, other func(*runpb.Service)) *runpb.Service {
		s := proto.Clone(c.Service(service)).(*runpb.Service)
		s.Generation = generation
		if other != nil {
			other(s)
		}
		return s
	}
	held := func(service string) []*iampb.Binding {
		name := c.whole(service)
		c.world.mu.Lock()
		defer c.world.mu.Unlock()
		return c.world.policies[name].GetBindings()
	}
	public := []*iampb.Binding{bind("roles/run.invoker", "allUsers")}
	return []Change{
		// The shop was public and its app verified Firebase tokens; then somebody closed it, and somebody else tried to help.
		{Service: "shop-api", Method: replaceService, Actor: ciDeployer, Time: ago(57),
			Settings: as("shop-api", 5, func(s *runpb.Service) { s.CustomAudiences = nil })},
		{Service: "shop-api", Method: setPolicy, Actor: "sec.review@acme.example", Time: ago(22), Before: public, After: held("shop-api")},
		{Service: "shop-api", Method: replaceService, Time: ago(18), Settings: as("shop-api", 6, nil)},

		// The site's refusals begin a minute after the removal; giving it back is forbidden.
		{Service: "public-site", Method: replaceService, Actor: ciDeployer, Time: ago(52), Settings: as("public-site", 7, nil)},
		{Service: "public-site", Method: setPolicy, Actor: "sec.review@acme.example", Time: ago(9), Before: public, After: nil},
		{Service: "public-site", Method: setPolicy, Actor: ciDeployer, Time: ago(5), Before: nil, After: public, Code: codes.FailedPrecondition,
			Message: "One or more users named in the policy do not belong to a permitted customer."},

		{Service: "mobile-bff", Method: updateService, Actor: ciDeployer, Time: ago(38), Settings: as("mobile-bff", 7, nil), Operation: "op-7f31a"},
		{Service: "mobile-bff", Method: updateService, Actor: ciDeployer, Time: ago(37.4), Settings: as("mobile-bff", 7, nil), Operation: "op-7f31a", Ends: true},

		// A grant that has not spread yet, in an entry without a delta.
		{Service: "partner-api", Method: setPolicy, Time: ago(2), Bare: true,
			Before: held("partner-api")[1:], After: held("partner-api")},

		// Nobody from outside reaches the ledger any more, and no entry tells.
		{Service: "ledger", Method: replaceService, Actor: ciDeployer, Time: ago(49),
			Settings: as("ledger", 6, func(s *runpb.Service) { s.Ingress = everywhere })},
		{Service: "ledger", Method: replaceService, Actor: "sec.review@acme.example", Time: ago(35), Settings: as("ledger", 7, nil)},

		{Service: "checkout-preview", Method: replaceService, Time: ago(6), Settings: as("checkout-preview", 8, nil)},
		{Service: "order-events", Method: setPolicy, Time: ago(6 * 60), After: held("order-events")},
		{Service: "admin-console", Method: setPolicy, Time: ago(90), After: held("admin-console")},
	}
}
