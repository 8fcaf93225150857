package gcp_test

import (
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/iam/admin/apiv1/adminpb"
	"cloud.google.com/go/iam/apiv1/iampb"

	"why401/gcp"
	"why401/gcp/demo"
)

// TestARoleIsNotBelievedForEver: what a custom role holds may change at any time, and no entry of a service's log tells.
func TestARoleIsNotBelievedForEver(t *testing.T) {
	const name = "projects/acme-prod/roles/auditor"
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.SetPolicy("status", &iampb.Binding{Role: name, Members: []string{"user:a@acme.example"}})
		holds := func(permissions ...string) {
			cloud.SetRole(&adminpb.Role{Name: name, IncludedPermissions: permissions})
		}
		invokes := func(want gcp.Answer, when string) {
			t.Helper()
			p, err := client.Policy(t.Context(), cloud.Service("status").Name)
			if err != nil || len(p.Bindings) != 1 || p.Bindings[0].Invokes != want {
				t.Errorf("%s: %v, %+v, want %v", when, err, p.Bindings, want)
			}
		}
		holds("run.services.get")
		invokes(gcp.No, "without the permission")
		holds("run.services.get", "run.routes.invoke")
		calls := cloud.Calls("GetRole")
		time.Sleep(4 * time.Minute)
		invokes(gcp.No, "some minutes after it was read")
		if n := cloud.Calls("GetRole"); n != calls {
			t.Errorf("%d calls more: it is believed for some minutes", n-calls)
		}
		time.Sleep(2 * time.Minute)
		invokes(gcp.Yes, "the permission was added")
		holds("run.services.get")
		time.Sleep(6 * time.Minute)
		invokes(gcp.No, "the permission was taken away")

		// What is known is not forgotten for a failure in passing, nor kept for ever either.
		cloud.Fail("GetRole", demo.Unavailable())
		time.Sleep(6 * time.Minute)
		invokes(gcp.No, "it cannot be read just now")
		time.Sleep(29 * time.Minute)
		invokes(gcp.Unsure, "it could not be read for half an hour")
		cloud.Heal("GetRole")
		holds("run.routes.invoke")
		invokes(gcp.Yes, "it can be read again")
		cloud.Fail("GetRole", demo.PermissionDenied("iam.roles.get", "projects/acme-prod"))
		time.Sleep(6 * time.Minute)
		invokes(gcp.Unsure, "it may no longer be read")
	})
}

// TestARoleThatMayNotBeReadSaysWhereToAsk: a grant on the project shows no role of the organisation's, nor of another project's.
func TestARoleThatMayNotBeReadSaysWhereToAsk(t *testing.T) {
	for _, c := range []struct{ name, role, want string }{
		{"the project's own", "projects/acme-prod/roles/auditor", "gcloud projects add-iam-policy-binding acme-prod --role=roles/iam.roleViewer"},
		{"another project's", "projects/acme-shared/roles/auditor", "gcloud projects add-iam-policy-binding acme-shared --role=roles/iam.roleViewer"},
		{"the organisation's", "organizations/42/roles/auditor", "gcloud organizations add-iam-policy-binding 42 --role=roles/iam.roleViewer"},
		{"a name that is none goes into no command", "organizations/4; rm/roles/auditor", "gcloud projects add-iam-policy-binding acme-prod --role=roles/iam.roleViewer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
				cloud.Fail("GetRole", demo.PermissionDenied("iam.roles.get", c.role))
				cloud.SetPolicy("status", &iampb.Binding{Role: c.role, Members: []string{"user:a@acme.example"}})
				p, err := client.Policy(t.Context(), cloud.Service("status").Name)
				if err != nil || len(p.Bindings) != 1 || p.Bindings[0].Invokes != gcp.Unsure || !strings.Contains(p.Bindings[0].RoleFrom, c.want) {
					t.Errorf("%v, %+v, want %q", err, p.Bindings, c.want)
				}
			})
		})
	}
}
