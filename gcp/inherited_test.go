package gcp_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"cloud.google.com/go/iam/admin/apiv1/adminpb"
	"cloud.google.com/go/iam/apiv1/iampb"
	iamv2pb "cloud.google.com/go/iam/apiv2/iampb"
	"cloud.google.com/go/resourcemanager/apiv3/resourcemanagerpb"
	"google.golang.org/genproto/googleapis/type/expr"

	"why401/gcp"
	"why401/gcp/demo"
)

const (
	shops = "710000000042" // the folder
	acme  = "900000000042" // the organisation
)

func levels(in gcp.Inherited) (names []string) {
	for _, l := range in.Levels {
		names = append(names, l.Name)
	}
	return names
}

// allow lets the caller read the organisation too, which the story does not.
func allow(cloud *demo.Cloud) {
	cloud.Heal("Organizations.GetIamPolicy")
	cloud.Heal("ListPolicies")
}

func TestInherited(t *testing.T) {
	inside(t, []demo.Option{demo.PageSize(1), demo.EmptyPages(1)}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		in, err := client.Inherited(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if in.Project != "acme-prod" || in.Number != "424242424242" || !in.Read.Equal(time.Now()) {
			t.Errorf("got %q, %q, %v", in.Project, in.Number, in.Read)
		}
		if got, want := fmt.Sprintf("%q", levels(in)), `["project acme-prod" "folder Shops (710000000042)" "organisation acme.example"]`; got != want {
			t.Fatalf("levels %s", got)
		}
		if id := in.Levels[1].ID; id != "folders/"+shops {
			t.Errorf("the folder is %q", id)
		}
		var held []string
		for _, l := range in.Levels {
			for _, b := range l.Bindings {
				held = append(held, fmt.Sprintf("%s %s %d %s", b.Level, b.Role, b.Invokes, b.RoleFrom))
			}
		}
		want := []string{
			"project acme-prod roles/owner 1 role read",
			"project acme-prod roles/editor 1 role read",
			"project acme-prod roles/viewer 2 role read",
			"project acme-prod roles/run.viewer 2 role read",
			"project acme-prod projects/acme-prod/roles/edgeCaller 1 role read", // and no auditor, a role that lets nobody in
			"folder Shops (710000000042) roles/run.invoker 1 role read",
			"folder Shops (710000000042) roles/viewer 2 role read",
		}
		if !slices.Equal(held, want) {
			t.Errorf("got  %q\nwant %q", held, want)
		}
		if e := failed(t, in.Levels[2].Err); e.Permission != "resourcemanager.organizations.getIamPolicy" || !strings.Contains(e.Hint, "gcloud organizations add-iam-policy-binding "+acme) {
			t.Errorf("the organisation: %v; %s", e, e.Hint)
		}
		if want := []string{"organisation acme.example: resourcemanager.organizations.getIamPolicy shows it (roles/iam.securityReviewer)"}; !slices.Equal(in.Unread, want) {
			t.Errorf("unread %q", in.Unread)
		}
		if want := []string{"deny policies of organisation acme.example: iam.denypolicies.list shows them (roles/iam.denyReviewer)"}; !slices.Equal(in.DenyUnread, want) {
			t.Errorf("deny policies unread %q", in.DenyUnread)
		}
		if len(in.Deny) != 1 || in.Deny[0].Level != "project acme-prod" || in.Deny[0].Policy != "quarantine" ||
			!slices.Equal(in.Deny[0].Denied, []string{"principal://iam.googleapis.com/projects/-/serviceAccounts/edge-monitor@acme-prod.iam.gserviceaccount.com"}) {
			t.Errorf("denied: %+v", in.Deny)
		}
	})
}

func TestInheritedSaysWhatItCouldNotRead(t *testing.T) {
	denied := func(permission, on string) error {
		return demo.PermissionDenied(permission, "//cloudresourcemanager.googleapis.com/"+on)
	}
	for _, c := range []struct {
		name   string
		broken func(*demo.Cloud)
		levels string // the last parts of their names
		failed string // the levels whose policy was not read
		unread []string
		deny   []string
		err    codes.Code
	}{
		{name: "everything is read", broken: allow, levels: "acme-prod (710000000042) acme.example"},
		{name: "the project's policy is denied", broken: func(c *demo.Cloud) {
			allow(c)
			c.Fail("Projects.GetIamPolicy", denied("resourcemanager.projects.getIamPolicy", "projects/acme-prod"))
		}, levels: "acme-prod (710000000042) acme.example", failed: "acme-prod",
			unread: []string{"project acme-prod: resourcemanager.projects.getIamPolicy shows it (roles/browser)"}},
		{name: "the folder's policy is denied", broken: func(c *demo.Cloud) {
			allow(c)
			c.Fail("Folders.GetIamPolicy", denied("resourcemanager.folders.getIamPolicy", "folders/"+shops))
		}, levels: "acme-prod (710000000042) acme.example", failed: "(710000000042)",
			unread: []string{"folder Shops (710000000042): resourcemanager.folders.getIamPolicy shows it (roles/iam.securityReviewer)"}},
		{name: "the project cannot be looked at, so that nobody knows what is above", broken: func(c *demo.Cloud) {
			allow(c)
			c.Fail("GetProject", denied("resourcemanager.projects.get", "projects/acme-prod"))
		}, levels: "acme-prod",
			unread: []string{"the folders and organisation above project acme-prod: resourcemanager.projects.get shows them (roles/browser)"},
			deny:   []string{"deny policies of what is above project acme-prod: what that is was not read"}},
		{name: "the folder cannot be looked at: it has its number for a name", broken: func(c *demo.Cloud) {
			allow(c)
			c.Fail("GetFolder", denied("resourcemanager.folders.get", "folders/"+shops))
		}, levels: "acme-prod 710000000042",
			unread: []string{"the folders and organisation above folder 710000000042: resourcemanager.folders.get shows them (roles/browser)"},
			deny:   []string{"deny policies of what is above folder 710000000042: what that is was not read"}},
		{name: "the organisation cannot be looked at: it has its number for a name, and nothing is missing", broken: func(c *demo.Cloud) {
			allow(c)
			c.Fail("GetOrganization", denied("resourcemanager.organizations.get", "organizations/"+acme))
		}, levels: "acme-prod (710000000042) 900000000042"},
		{name: "Resource Manager is off", broken: func(c *demo.Cloud) {
			allow(c)
			c.Fail("GetProject", demo.Disabled("cloudresourcemanager.googleapis.com"))
			c.Fail("Projects.GetIamPolicy", demo.Disabled("cloudresourcemanager.googleapis.com"))
		}, levels: "acme-prod", failed: "acme-prod", err: codes.PermissionDenied,
			unread: []string{
				"project acme-prod: cloudresourcemanager.googleapis.com is off in this project",
				"the folders and organisation above project acme-prod: cloudresourcemanager.googleapis.com is off in this project",
			},
			deny: []string{"deny policies of what is above project acme-prod: what that is was not read"}},
		{name: "the folder's policy never comes", broken: func(c *demo.Cloud) {
			allow(c)
			c.Slow("Folders.GetIamPolicy", time.Hour)
		}, levels: "acme-prod (710000000042) acme.example", failed: "(710000000042)",
			unread: []string{"folder Shops (710000000042): no answer in time"}},
		{name: "deny policies may not be listed: those with one reason stand together", broken: func(c *demo.Cloud) {
			allow(c)
			c.Fail("ListPolicies", denied("iam.denypolicies.list", "somewhere"))
		}, levels: "acme-prod (710000000042) acme.example",
			deny: []string{"deny policies of project acme-prod, folder Shops (710000000042) and organisation acme.example: iam.denypolicies.list shows them (roles/iam.denyReviewer)"}},
		{name: "a deny policy may be listed and not read", broken: func(c *demo.Cloud) {
			allow(c)
			c.Fail("GetPolicy", denied("iam.denypolicies.get", "somewhere"))
		}, levels: "acme-prod (710000000042) acme.example",
			deny: []string{"deny policies of project acme-prod: iam.denypolicies.get shows them (roles/iam.denyReviewer)"}},
		{name: "a passing failure passes", broken: func(c *demo.Cloud) {
			allow(c)
			c.FailTimes("GetProject", 2, demo.Unavailable())
			c.FailTimes("Organizations.GetIamPolicy", 2, demo.Unavailable())
			c.FailTimes("ListPolicies", 2, demo.Unavailable())
		}, levels: "acme-prod (710000000042) acme.example"},
		{name: "a project in no organisation has nothing above it", broken: func(c *demo.Cloud) {
			allow(c)
			c.SetProject(&resourcemanagerpb.Project{Name: "projects/424242424242", ProjectId: "acme-prod"})
		}, levels: "acme-prod"},
		{name: "a parent that is nothing known", broken: func(c *demo.Cloud) {
			allow(c)
			c.SetProject(&resourcemanagerpb.Project{Name: "projects/424242424242", ProjectId: "acme-prod", Parent: "realms/7"})
		}, levels: "acme-prod",
			unread: []string{"the folders and organisation above project acme-prod: Google gave a parent that is not to be understood"},
			deny:   []string{"deny policies of what is above project acme-prod: what that is was not read"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
				c.broken(cloud)
				in, err := client.Inherited(t.Context())
				if c.err == codes.OK && err != nil || c.err != codes.OK && failed(t, err).Code != c.err {
					t.Fatalf("error %v", err)
				}
				var names, denied []string
				for _, l := range in.Levels {
					short := l.Name[strings.LastIndexByte(l.Name, ' ')+1:]
					names = append(names, short)
					if l.Err != nil {
						denied = append(denied, short)
						if e := failed(t, l.Err); len(l.Bindings) > 0 || e.Hint == "" {
							t.Errorf("%s: %v, %q, %v", l.Name, e, e.Hint, l.Bindings)
						}
					}
				}
				if got := strings.Join(names, " "); got != c.levels {
					t.Errorf("levels %q, want %q", got, c.levels)
				}
				if got := strings.Join(denied, " "); got != c.failed {
					t.Errorf("failed %q, want %q", got, c.failed)
				}
				if !slices.Equal(in.Unread, c.unread) {
					t.Errorf("unread %q\nwant   %q", in.Unread, c.unread)
				}
				if !slices.Equal(in.DenyUnread, c.deny) {
					t.Errorf("deny policies unread %q\nwant %q", in.DenyUnread, c.deny)
				}
			})
		})
	}
}

func TestInheritedExpandsRoles(t *testing.T) {
	const custom = "projects/acme-prod/roles/"
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.SetRole(&adminpb.Role{Name: custom + "gone", Deleted: true, IncludedPermissions: []string{"run.routes.invoke"}})
		cloud.SetRole(&adminpb.Role{Name: custom + "caller", IncludedPermissions: []string{"run.routes.invoke"}})
		cloud.SetRole(&adminpb.Role{Name: custom + "reader", IncludedPermissions: []string{"run.services.get"}})
		cloud.Fail("GetRole", demo.PermissionDenied("iam.roles.get", "roles/editor"), "editor", "run.jobsExecutor", "logging.viewer")
		until := &expr.Expr{Title: "for now", Expression: `request.time < timestamp("2030-01-01T00:00:00Z")`}
		cloud.SetLevelPolicy("folders/" + shops)
		cloud.SetLevelPolicy("projects/acme-prod",
			&iampb.Binding{Role: custom + "gone", Members: []string{"user:a@acme.example"}},
			&iampb.Binding{Role: custom + "caller", Members: []string{"user:b@acme.example"}, Condition: until},
			&iampb.Binding{Role: custom + "reader", Members: []string{"user:c@acme.example"}},
			&iampb.Binding{Role: "organizations/" + acme + "/roles/any", Members: []string{"user:d@acme.example"}},
			&iampb.Binding{Role: "roles/editor", Members: []string{"user:e@acme.example"}},
			&iampb.Binding{Role: "roles/run.jobsExecutor", Members: []string{"user:f@acme.example"}},
			&iampb.Binding{Role: "roles/logging.viewer", Members: []string{"user:g@acme.example"}},
		)
		for range 2 {
			in, err := client.Inherited(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want := []struct {
				role    string
				invokes gcp.Answer
				from    string
			}{
				{custom + "caller", gcp.Yes, "role read"},
				{"organizations/" + acme + "/roles/any", gcp.Unsure, "role not read"},
				{"roles/editor", gcp.Yes, "shipped list"},
				{"roles/run.jobsExecutor", gcp.No, "shipped list"}, // kept: people take it for an invoker
				{"roles/logging.viewer", gcp.Unsure, "role not read"},
			}
			got := in.Levels[0].Bindings
			if len(got) != len(want) {
				t.Fatalf("got %+v", got)
			}
			for i, w := range want {
				if b := got[i]; b.Role != w.role || b.Invokes != w.invokes || !strings.HasPrefix(b.RoleFrom, w.from) {
					t.Errorf("got %+v, want %+v", b, w)
				}
			}
			if c := got[0].Condition; c.Title != "for now" || !strings.Contains(c.Expression, "2030") {
				t.Errorf("condition %+v", c)
			}
		}
		if n := cloud.Calls("GetRole"); n != 7 {
			t.Errorf("%d roles were read, want each once", n)
		}
	})
}

// TestADisabledRoleContributesNothing: its bindings stay, its permissions do not count until it is enabled again.
func TestADisabledRoleContributesNothing(t *testing.T) {
	const custom = "projects/acme-prod/roles/"
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		role := func(name string, stage adminpb.Role_RoleLaunchStage) {
			cloud.SetRole(&adminpb.Role{Name: custom + name, Stage: stage, IncludedPermissions: []string{"run.routes.invoke"}})
		}
		role("off", adminpb.Role_DISABLED)
		role("old", adminpb.Role_DEPRECATED)
		cloud.SetPolicy("shop-api", &iampb.Binding{Role: custom + "off", Members: []string{"user:a@acme.example"}}, &iampb.Binding{Role: custom + "old", Members: []string{"user:b@acme.example"}})
		check := func(invokes gcp.Answer, from string) {
			t.Helper()
			p, err := client.Policy(t.Context(), "projects/acme-prod/locations/europe-west1/services/shop-api")
			if err != nil {
				t.Fatal(err)
			}
			if b := p.Bindings[0]; b.Invokes != invokes || b.RoleFrom != from {
				t.Errorf("the disabled role: %d, %s; want %d, %s", b.Invokes, b.RoleFrom, invokes, from)
			}
			if b := p.Bindings[1]; b.Invokes != gcp.Yes {
				t.Errorf("a deprecated role still counts: %d, %s", b.Invokes, b.RoleFrom)
			}
		}
		check(gcp.No, "role read: it is disabled")
		role("off", adminpb.Role_GA)
		check(gcp.No, "role read: it is disabled")
		time.Sleep(2 * time.Minute) // of the bubble: what is said of a role that is off holds for a minute
		check(gcp.Yes, "role read")
	})
}

func TestInheritedReadsSixteenRolesAtATime(t *testing.T) {
	inside(t, []demo.Option{demo.Latency(20 * time.Millisecond)}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		var many []*iampb.Binding
		for i := range 100 {
			many = append(many, &iampb.Binding{Role: fmt.Sprintf("roles/product%d.viewer", i), Members: []string{"user:a@acme.example"}})
		}
		cloud.SetLevelPolicy("projects/acme-prod", many...)
		cloud.SetLevelPolicy("folders/"+shops, many...)
		if _, err := client.Inherited(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := cloud.Peak("GetRole"); n != 16 {
			t.Errorf("%d roles at a time", n)
		}
		if n := cloud.Calls("GetRole"); n != 100 {
			t.Errorf("%d roles were read, want each once", n)
		}
	})
}

func TestDenyRules(t *testing.T) {
	rule := func(denied []string, except ...string) *iamv2pb.DenyRule {
		return &iamv2pb.DenyRule{DeniedPrincipals: []string{"principalSet://goog/public:all"}, DeniedPermissions: denied, ExceptionPermissions: except}
	}
	const invoke = "run.googleapis.com/routes.invoke"
	for _, c := range []struct {
		name  string
		rule  *iamv2pb.DenyRule
		found bool
	}{
		{"the permission itself", rule([]string{"run.googleapis.com/jobs.run", invoke}), true},
		{"another permission", rule([]string{"run.googleapis.com/routes.get"}), false},
		{"all of the resource", rule([]string{"run.googleapis.com/routes.*"}), true},
		{"all of the product", rule([]string{"run.googleapis.com/*.*"}), true},
		{"all of that verb", rule([]string{"run.googleapis.com/*.invoke"}), true},
		{"all of another product", rule([]string{"iam.googleapis.com/*.*"}), false},
		{"a dot is a dot", rule([]string{"runXgoogleapis.com/routes.*"}), false},
		{"excepted itself", rule([]string{"run.googleapis.com/*.*"}, invoke), false},
		{"excepted as a group", rule([]string{invoke}, "run.googleapis.com/routes.*"), false},
		{"another is excepted", rule([]string{"run.googleapis.com/*.*"}, "run.googleapis.com/routes.get"), true},
		{"no permission at all", rule(nil), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
				c.rule.ExceptionPrincipals = []string{"principal://goog/subject/ada@acme.example"}
				c.rule.DenialCondition = &expr.Expr{Title: "tagged", Expression: "resource.matchTag('acme/env', 'prod')"}
				cloud.SetDenyPolicy("organizations/"+acme, demo.Denying("one", c.rule))
				in, err := client.Inherited(t.Context())
				if err != nil || len(in.DenyUnread) > 0 {
					t.Fatalf("%v, %q", err, in.DenyUnread)
				}
				if len(in.Deny) != 1 && c.found || len(in.Deny) > 0 && !c.found {
					t.Fatalf("got %+v", in.Deny)
				}
				if c.found {
					want := gcp.DenyRule{
						Level: "organisation acme.example", Policy: "one", Denied: c.rule.DeniedPrincipals, Except: c.rule.ExceptionPrincipals,
						Condition: gcp.Condition{Title: "tagged", Expression: "resource.matchTag('acme/env', 'prod')"},
					}
					if got := fmt.Sprintf("%+v", in.Deny[0]); got != fmt.Sprintf("%+v", want) {
						t.Errorf("got  %s\nwant %+v", got, want)
					}
				}
			})
		})
	}
}

func TestInheriting(t *testing.T) {
	own := gcp.Policy{
		Service: "s", Bindings: make([]gcp.Binding, 1, 9), Unread: []string{"project acme-prod and its folders and organisation"},
	}
	own.Bindings[0] = gcp.Binding{Role: "roles/run.viewer", Level: "service"}
	if p := own.Inheriting(nil); fmt.Sprintf("%+v", p) != fmt.Sprintf("%+v", own) {
		t.Errorf("nothing read changes it: %+v", p)
	}
	h := &gcp.Inherited{
		Levels: []gcp.Level{
			{Name: "project acme-prod", Bindings: []gcp.Binding{{Role: "roles/owner", Level: "project acme-prod"}}},
			{Name: "folder 7", Bindings: []gcp.Binding{{Role: "roles/run.invoker", Level: "folder 7"}}},
		},
		Deny: []gcp.DenyRule{{Policy: "one"}}, DenyUnread: []string{"deny policies of folder 7"},
	}
	p := own.Inheriting(h)
	var order []string
	for _, b := range p.Bindings {
		order = append(order, b.Level)
	}
	if got := strings.Join(order, ", "); got != "service, project acme-prod, folder 7" {
		t.Errorf("order: %s", got)
	}
	if len(p.Unread) != 0 || len(p.Deny) != 1 || len(p.DenyUnread) != 1 || p.Service != "s" {
		t.Errorf("got %+v", p)
	}
	if len(own.Bindings) != 1 || own.Bindings[:2][1].Role != "" {
		t.Error("the policy that was there is changed")
	}
}

func TestAProjectWithNothingAboveItIsKnownForCertain(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, _ *gcp.Client) {
		client, err := gcp.New(t.Context(), gcp.Config{Project: "434343434343", Options: cloud.Options()})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		in, err := client.Inherited(t.Context())
		if err != nil || len(in.Unread)+len(in.DenyUnread) > 0 || len(in.Levels) != 1 {
			t.Fatalf("%v, %+v", err, in)
		}
		if in.Project != "acme-staging" || in.Levels[0].Name != "project acme-staging" || in.Levels[0].ID != "projects/acme-staging" {
			t.Errorf("asked for by its number: %+v", in)
		}
	})
}

// BenchmarkAccess is the way from a new client to the first rows, and to the policies of all services and what they inherit, over
// 20 regions with 20 ms to each answer. The budgets are 300 ms and 1 s with 500 services; the list of 10,000 has 2 s.
func BenchmarkAccess(b *testing.B) {
	for _, n := range []int{500, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			cloud := demo.New(demo.InMemory(), demo.Empty(), demo.Regions(20), demo.Services(n), demo.Latency(20*time.Millisecond))
			if err := cloud.Start(); err != nil {
				b.Fatal(err)
			}
			defer cloud.Close()
			var first, rows, policies time.Duration
			for b.Loop() {
				f, r, p := access(b, cloud, n)
				first, rows, policies = first+f, rows+r, policies+p
			}
			b.ReportMetric(float64(first.Milliseconds())/float64(b.N), "ms/first")
			b.ReportMetric(float64(rows.Milliseconds())/float64(b.N), "ms/rows")
			b.ReportMetric(float64(policies.Milliseconds())/float64(b.N), "ms/policies")
		})
	}
}

// access lists n services and reads the policies of all, or of the first 500, as the screen does.
func access(b *testing.B, cloud *demo.Cloud, n int) (first, rows, policies time.Duration) {
	b.Helper()
	start := time.Now()
	client, err := gcp.New(b.Context(), gcp.Config{Project: cloud.Project(), Options: cloud.Options()})
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	var work sync.WaitGroup
	work.Go(func() {
		if _, err := client.Inherited(b.Context()); err != nil {
			b.Error(err)
		}
	})
	lister := client.List(b.Context())
	for more := true; more; {
		var part gcp.Part
		part, more = lister.Next()
		if first == 0 && len(part.Services) > 0 {
			first = time.Since(start)
		}
	}
	l, err := lister.Listing()
	if err != nil || len(l.Services) != n {
		b.Fatal(err, len(l.Services))
	}
	rows = time.Since(start)
	for _, s := range l.Services[:min(n, 500)] {
		work.Go(func() {
			if _, err := client.Policy(b.Context(), s.ID); err != nil {
				b.Error(err)
			}
		})
	}
	work.Wait()
	return first, rows, time.Since(start)
}

// TestErrorsBehindWhatIsUnread: each cause with its next step once, and none where all was read.
func TestErrorsBehindWhatIsUnread(t *testing.T) {
	for _, c := range []struct {
		name   string
		broken func(*demo.Cloud)
		want   []string // the ends of their hints
	}{
		{"all is read", func(*demo.Cloud) {}, nil},
		{"an API is off, for every call", func(c *demo.Cloud) {
			for _, m := range []string{"GetProject", "Projects.GetIamPolicy"} {
				c.Fail(m, demo.Disabled("cloudresourcemanager.googleapis.com"))
			}
		}, []string{"gcloud services enable cloudresourcemanager.googleapis.com --project acme-prod"}},
		{"a policy and the deny policies", func(c *demo.Cloud) {
			c.Fail("Folders.GetIamPolicy", demo.PermissionDenied("resourcemanager.folders.getIamPolicy", "x"))
			c.Fail("ListPolicies", demo.Unavailable())
		}, []string{"https://status.cloud.google.com", "--role=roles/iam.securityReviewer --member=user:YOU"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
				cloud.Heal("Organizations.GetIamPolicy")
				cloud.Heal("ListPolicies")
				c.broken(cloud)
				in, _ := client.Inherited(t.Context())
				own := gcp.Policy{}.Inheriting(&in)
				if len(in.Errs) != len(c.want) || len(own.Errs) != len(c.want) {
					t.Fatalf("%d errors, want %d: %v", len(in.Errs), len(c.want), in.Errs)
				}
				for i, e := range in.Errs {
					if !strings.HasSuffix(e.Hint, c.want[i]) {
						t.Errorf("hint %q, want %q", e.Hint, c.want[i])
					}
				}
			})
		})
	}
}
