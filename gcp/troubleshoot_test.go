package gcp_test

import (
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	iamv2pb "cloud.google.com/go/iam/apiv2/iampb"
	"google.golang.org/genproto/googleapis/type/expr"
	"google.golang.org/grpc/codes"

	"why401/gcp"
	"why401/gcp/demo"
)

func TestTroubleshoot(t *testing.T) {
	const robots = "@acme-prod.iam.gserviceaccount.com"
	deny := func(c *demo.Cloud, condition *expr.Expr) {
		c.SetDenyPolicy("folders/"+shops, demo.Denying("freeze", &iamv2pb.DenyRule{
			DeniedPrincipals: []string{"principalSet://goog/group/shops-backends@acme.example"}, DeniedPermissions: []string{"run.googleapis.com/routes.invoke"},
			DenialCondition: condition,
		}))
	}
	for _, c := range []struct {
		name, service, principal string
		world                    func(*demo.Cloud)
		access, allow, deny      gcp.Answer
		text, by, taken          string // in the sentences
	}{
		{"a binding of the service", "europe-west1/services/billing", "serviceAccount:invoicer" + robots, allow,
			gcp.Yes, gcp.Yes, gcp.No, "may invoke", "granted by roles/run.invoker to serviceAccount:invoicer" + robots + " (service)", "no deny policy"},
		{"a group's binding on the folder, whose members no policy tells", "europe-west1/services/billing", "storefront" + robots, allow,
			gcp.Yes, gcp.Yes, gcp.No, "may invoke", "granted by roles/run.invoker to group:shops-backends@acme.example (folder " + shops + ")", ""},
		{"an owner of the project", "europe-west1/services/billing", "user:lena.owner@acme.example", allow,
			gcp.Yes, gcp.Yes, gcp.No, "may invoke", "roles/owner to user:lena.owner@acme.example (project acme-prod)", ""},
		{"nobody", "europe-west1/services/billing", "nobody@acme.example", allow,
			gcp.No, gcp.No, gcp.No, "may not invoke", "no binding of the service, or of anything above it", ""},
		{"nobody, where the organisation may not be seen", "europe-west1/services/billing", "nobody@acme.example", nil,
			gcp.Unsure, gcp.Unsure, gcp.Unsure, "not known: policies, roles or groups", "not known whether a binding grants it", "not known whether a deny policy takes it away"},
		{"granted, where the organisation may not be seen, which might deny", "europe-west1/services/billing", "invoicer" + robots, nil,
			gcp.Unsure, gcp.Yes, gcp.Unsure, "not known", "granted", "not known"},
		{"granted by the service and taken away by the project", "europe-west1/services/edge-gateway", "edge-monitor" + robots, allow,
			gcp.No, gcp.Yes, gcp.Yes, "may not invoke", "granted", "taken away by the deny policy quarantine (project acme-prod)"},
		{"taken away from a group", "europe-west1/services/billing", "storefront" + robots, func(c *demo.Cloud) { allow(c); deny(c, nil) },
			gcp.No, gcp.Yes, gcp.Yes, "may not invoke", "granted", "taken away by the deny policy freeze (folder " + shops + ")"},
		{"taken away under a condition", "europe-west1/services/billing", "storefront" + robots, func(c *demo.Cloud) { allow(c); deny(c, &expr.Expr{Expression: "resource.matchTag('a/b', 'c')"}) },
			gcp.Unsure, gcp.Yes, gcp.Unsure, "not known: it depends on a condition", "granted", "not known whether a deny policy takes it away"},
		{"a condition on the time that is over", "asia-northeast1/services/partner-api", "fulfilment" + robots, allow,
			gcp.No, gcp.No, gcp.No, "may not invoke", "no binding", ""},
		{"a condition on the time that holds", "asia-northeast1/services/partner-api", "fulfilment" + robots, func(c *demo.Cloud) {
			allow(c)
			c.SetPolicy("partner-api", &iampb.Binding{Role: "roles/run.invoker", Members: []string{"serviceAccount:fulfilment" + robots},
				Condition: &expr.Expr{Expression: `request.time < timestamp("2999-01-01T00:00:00Z")`}})
		}, gcp.Yes, gcp.Yes, gcp.No, "may invoke", "granted", ""},
		{"another condition", "asia-northeast1/services/partner-api", "fulfilment" + robots, func(c *demo.Cloud) {
			allow(c)
			c.SetPolicy("partner-api", &iampb.Binding{Role: "roles/run.invoker", Members: []string{"serviceAccount:fulfilment" + robots},
				Condition: &expr.Expr{Expression: `request.path.startsWith("/feeds")`}})
		}, gcp.Unsure, gcp.Unsure, gcp.No, "not known: it depends on a condition", "not known whether a binding grants it", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
				if c.world != nil {
					c.world(cloud)
				}
				got, err := client.Troubleshoot(t.Context(), "projects/acme-prod/locations/"+c.service, c.principal)
				if err != nil {
					t.Fatal(err)
				}
				if got.Access != c.access || got.Allow != c.allow || got.Deny != c.deny {
					t.Errorf("access %d, allow %d, deny %d", got.Access, got.Allow, got.Deny)
				}
				for _, s := range [][2]string{{got.Text, c.text}, {got.AllowText, c.by}, {got.DenyText, c.taken}} {
					if !strings.Contains(s[0], s[1]) || s[0] == "" {
						t.Errorf("got %q, want %q in it", s[0], s[1])
					}
				}
				if _, why, ok := strings.Cut(got.Text, ": "); ok && strings.Contains(got.AllowText+got.DenyText, why) {
					t.Errorf("%q is said again: %q, %q", why, got.AllowText, got.DenyText)
				}
				if strings.Contains(got.Principal, ":") || !got.Read.Equal(time.Now()) {
					t.Errorf("got %+v", got)
				}
			})
		})
	}
}

func TestTroubleshootSaysWhyItCannot(t *testing.T) {
	const billing = "projects/acme-prod/locations/europe-west1/services/billing"
	for _, c := range []struct {
		name, service, principal string
		err                      error
		code                     codes.Code
		says                     string // in the error or its hint
	}{
		{"the API is off", billing, "ada@acme.example", demo.Disabled("policytroubleshooter.googleapis.com"), codes.PermissionDenied,
			"gcloud services enable policytroubleshooter.googleapis.com --project acme-prod"},
		{"a permission is missing", billing, "ada@acme.example", demo.PermissionDenied("policytroubleshooter.googleapis.troubleshoot", "projects/acme-prod"),
			codes.PermissionDenied, "policytroubleshooter.googleapis.troubleshoot"},
		{"the service is gone", "projects/acme-prod/locations/europe-west1/services/gone", "ada@acme.example", nil, codes.NotFound, "not found"},
		{"a group is no principal", billing, "group:all@acme.example", nil, codes.InvalidArgument, "give an address"},
		{"a federated identity is none", billing, "principal://iam.googleapis.com/x/subject/a@b", nil, codes.InvalidArgument, "give an address"},
		{"a name without a domain", billing, "ada", nil, codes.InvalidArgument, "give an address"},
		{"a service by its short name", "billing", "ada@acme.example", nil, codes.InvalidArgument, "give an address"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
				if c.err != nil {
					cloud.Fail("TroubleshootIamPolicy", c.err)
				}
				got, err := client.Troubleshoot(t.Context(), c.service, c.principal)
				e := failed(t, err)
				if got != (gcp.Troubleshot{}) || e.Code != c.code || !strings.Contains(e.Error()+"; "+e.Hint, c.says) {
					t.Errorf("%+v; %v; %s", got, e, e.Hint)
				}
			})
		})
	}
}
