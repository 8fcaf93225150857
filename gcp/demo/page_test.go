package demo

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/logging/apiv2/loggingpb"
	"cloud.google.com/go/run/apiv2/runpb"
	"google.golang.org/genproto/googleapis/type/expr"
)

func names(services []*runpb.Service) []string {
	var out []string
	for _, s := range services {
		out = append(out, s.Name)
	}
	return out
}

func (c clients) log(order, filter string) []*loggingpb.LogEntry {
	c.t.Helper()
	return all(c.t, c.logs.ListLogEntries(c.ctx, &loggingpb.ListLogEntriesRequest{
		ResourceNames: []string{wholeProject}, Filter: filter, OrderBy: order, PageSize: 1000,
	}).Next)
}

func ids(entries []*loggingpb.LogEntry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, e.InsertId)
	}
	return out
}

func TestSmallAndEmptyPagesHoldTheSameList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		whole := connect(t, InMemory())
		cut := connect(t, InMemory(), PageSize(2), EmptyPages(3), NoQuota())
		if got, want := names(cut.everyService()), names(whole.everyService()); !slices.Equal(got, want) {
			t.Errorf("services\n%q, want\n%q", got, want)
		}
		if n, pages := cut.Calls("ListServices"), 0; n <= 9*4+pages {
			t.Errorf("only %d calls: no region came in pages", n)
		}
		const some = `resource.labels.service_name="billing"`
		for _, order := range []string{"timestamp asc", "timestamp desc"} {
			got, want := ids(cut.log(order, some)), ids(whole.log(order, some))
			if len(want) < 10 || !slices.Equal(got, want) {
				t.Errorf("%s\n%q, want\n%q", order, got, want)
			}
		}
	})
}

func TestTheLogIsInTheOrderAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), Empty())
		at := time.Now().Add(-time.Minute)
		c.Emit(Refusal{ID: "b", Time: at}, Refusal{ID: "late", Time: at.Add(-time.Second)}, Refusal{ID: "a", Time: at}, Refusal{ID: "last"})
		if got, want := ids(c.log("", "")), []string{"late", "a", "b", "last"}; !slices.Equal(got, want) {
			t.Errorf("oldest first %q, want %q", got, want)
		}
		if got, want := ids(c.log("timestamp desc", "")), []string{"last", "a", "b", "late"}; !slices.Equal(got, want) {
			t.Errorf("newest first %q, want %q", got, want)
		}
	})
}

func TestAnEntryThatCameTwiceIsListedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), Empty())
		at := time.Now()
		c.Emit(Refusal{ID: "a", Time: at}, Refusal{ID: "a", Time: at}, Refusal{ID: "a", Time: at.Add(-time.Second)})
		if n := len(c.log("", "")); n != 2 {
			t.Errorf("%d entries, want 2: the same id at another time is another entry", n)
		}
	})
}

func TestEntriesThatComeWhilePagingDoNotShiftThePages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), Empty(), PageSize(2))
		begin := time.Now()
		for i := range 6 {
			c.Emit(Refusal{ID: fmt.Sprint("old", i), Time: begin.Add(-time.Duration(i) * time.Second)})
		}
		it := c.logs.ListLogEntries(c.ctx, &loggingpb.ListLogEntriesRequest{ResourceNames: []string{wholeProject}, OrderBy: "timestamp desc"})
		var got []string
		for i := range 6 {
			e, err := it.Next()
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, e.InsertId)
			time.Sleep(time.Second)
			c.Emit(Refusal{ID: fmt.Sprint("new", i)})
		}
		if want := []string{"old0", "old1", "old2", "old3", "old4", "old5"}; !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

func TestAConditionIsShownAtVersion3Only(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), Empty())
		c.SetService(&runpb.Service{Name: shop})
		plain, timed := bind("roles/run.viewer", "user:a@acme.example"), bind("roles/run.invoker", "user:b@acme.example")
		timed.Condition = &expr.Expr{Title: "for a while", Expression: `request.time < timestamp("2030-01-01T00:00:00Z")`}
		c.SetPolicy("shop-api", plain, timed)
		for _, r := range []struct {
			version, want int32
			role          string
			condition     bool
		}{
			{3, 3, "roles/run.invoker", true},
			{1, 1, "roles/run.invoker_withcond_", false},
			{0, 1, "roles/run.invoker_withcond_", false},
		} {
			p, err := c.services.GetIamPolicy(c.ctx, &iampb.GetIamPolicyRequest{
				Resource: shop, Options: &iampb.GetPolicyOptions{RequestedPolicyVersion: r.version},
			})
			if err != nil {
				t.Fatal(err)
			}
			b := p.Bindings[1]
			if p.Version != r.want || p.Bindings[0].Role != "roles/run.viewer" || len(b.Role) < len(r.role) || b.Role[:len(r.role)] != r.role || (b.Condition != nil) != r.condition {
				t.Errorf("version %d: %v", r.version, p)
			}
			if r.condition != (b.Role == "roles/run.invoker") {
				t.Errorf("version %d: role %s", r.version, b.Role)
			}
		}
	})
}

func TestTheWorldChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), Empty())
		audit := c.tail(`log_id("cloudaudit.googleapis.com/activity") protoPayload.serviceName="run.googleapis.com"`, nil)
		c.SetService(&runpb.Service{Name: shop, Uri: "https://one.example"})
		c.SetService(&runpb.Service{Name: shop, Uri: "https://two.example"})
		if s, err := c.services.GetService(c.ctx, &runpb.GetServiceRequest{Name: shop}); err != nil || s.Uri != "https://two.example" {
			t.Errorf("after the change: %v, %v", s, err)
		}
		c.SetPolicy("shop-api", bind("roles/run.invoker", "allUsers"))
		if p, err := c.services.GetIamPolicy(c.ctx, &iampb.GetIamPolicyRequest{Resource: shop}); err != nil || len(p.Bindings) != 1 {
			t.Errorf("policy: %v, %v", p, err)
		}
		c.RemoveService("shop-api")
		if got := c.everyService(); len(got) != 0 {
			t.Errorf("still there: %q", names(got))
		}
		m, err := audit.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Entries) != 4 {
			t.Fatalf("%d changes in the audit log, want 4: %v", len(m.Entries), m)
		}
		for i, method := range []string{"Services.CreateService", "Services.UpdateService", "Services.SetIamPolicy", "Services.DeleteService"} {
			f, err := compile(`protoPayload.methodName:"` + method + `" protoPayload.resourceName:"services/shop-api"`)
			if err != nil || !f(m.Entries[i]) {
				t.Errorf("change %d is no %s: %v", i, method, m.Entries[i])
			}
		}
	})
}

func TestManyServicesAreSpreadOverTheRegions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), Empty(), Services(100), PageSize(5))
		got := names(c.everyService())
		slices.Sort(got)
		if n := len(slices.Compact(got)); n != 100 {
			t.Errorf("%d services, want 100", n)
		}
		if n := c.Calls("ListServices"); n < 9*3 {
			t.Errorf("%d calls for 100 services in 9 regions, 5 a page", n)
		}
	})
}
