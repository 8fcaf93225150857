package demo

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/logging/apiv2/loggingpb"
	"cloud.google.com/go/run/apiv2/runpb"
	"google.golang.org/genproto/googleapis/cloud/location"
)

func TestStagingIsAProjectOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		const at = "projects/acme-staging"
		var names []string
		for _, l := range all(t, c.locations.ListLocations(c.ctx, &location.ListLocationsRequest{Name: at}).Next) {
			for _, s := range all(t, c.services.ListServices(c.ctx, &runpb.ListServicesRequest{Parent: l.Name}).Next) {
				names = append(names, s.Name)
				if !strings.HasPrefix(s.Name, at+"/") || !strings.Contains(strings.Join(s.Urls, " "), "-434343434343.") || s.Uri == c.Service(s.Name[strings.LastIndexByte(s.Name, '/')+1:]).Uri && !strings.Contains(s.Name, "preview") {
					t.Errorf("%s: %q", s.Name, s.Urls)
				}
			}
		}
		if len(names) != 3 {
			t.Errorf("services %q", names)
		}
		p, err := c.services.GetIamPolicy(c.ctx, &iampb.GetIamPolicyRequest{Resource: at + "/locations/europe-west1/services/billing"})
		if err != nil || len(p.Bindings) != 1 || p.Bindings[0].Members[0] != "serviceAccount:invoicer@acme-staging.iam.gserviceaccount.com" {
			t.Errorf("%v, %v", err, p)
		}
		if c.Service("shop-api").Name != shop {
			t.Error("a short name means production's service")
		}
	})
}

func TestEachProjectHasItsOwnLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		count := func(projects ...string) (n int) {
			for _, e := range all(t, c.logs.ListLogEntries(c.ctx, &loggingpb.ListLogEntriesRequest{ResourceNames: projects, Filter: `log_id("run.googleapis.com/requests")`, PageSize: 1000}).Next) {
				id := e.Resource.Labels["project_id"]
				if !strings.HasPrefix(e.LogName, "projects/"+id+"/") || len(projects) == 1 && "projects/"+id != projects[0] {
					t.Fatalf("an entry of %s in %v", e.LogName, projects)
				}
				n++
			}
			return n
		}
		prod, staging, dev := count(wholeProject), count("projects/acme-staging"), count("projects/acme-dev")
		if staging < 20 || prod < 5*staging || dev != 0 {
			t.Errorf("%d, %d and %d refusals", prod, staging, dev)
		}
		if both := count(wholeProject, "projects/acme-staging"); both != prod+staging {
			t.Errorf("%d refusals in both, want %d", both, prod+staging)
		}
	})
}

func TestEachProjectHasItsOwnTails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		open := func(project string) loggingpb.LoggingServiceV2_TailLogEntriesClient {
			s, err := c.logStub.TailLogEntries(c.ctx)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Send(&loggingpb.TailLogEntriesRequest{ResourceNames: []string{project}}); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Recv(); err != nil {
				t.Fatalf("%s: %v", project, err)
			}
			return s
		}
		for range 10 {
			open(wholeProject)
		}
		s := open("projects/acme-staging") // production's ten do not count
		c.Emit(Refusal{Service: "shop-api"}, Refusal{Service: "projects/acme-staging/locations/europe-west1/services/shop-api"})
		time.Sleep(3 * time.Second)
		m, err := s.Recv()
		if err != nil || len(m.Entries) != 1 || m.Entries[0].Resource.Labels["project_id"] != "acme-staging" {
			t.Errorf("%v, %v", err, m)
		}
	})
}

func TestTwentyRegions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), Empty(), Regions(20), Services(40))
		per := map[string]int{}
		for _, s := range c.everyService() {
			per[strings.Split(s.Name, "/")[3]]++
			if strings.Contains(s.Uri, "--") {
				t.Errorf("a region without a code: %s", s.Uri)
			}
		}
		if len(per) != 20 {
			t.Errorf("services in %d regions: %v", len(per), per)
		}
	})
}
