package gcp_test

import (
	"strings"
	"testing"

	"why401/gcp"
)

func TestMemberMeaning(t *testing.T) {
	for _, c := range []struct{ member, says string }{
		{"user:ada@acme.example", ""},
		{"serviceAccount:robot@acme-prod.iam.gserviceaccount.com", ""},
		{"serviceAccount:acme-prod.svc.id.goog[shop/cart]", "no Google ID token"},
		{"allUsers", "without a credential"},
		{"allAuthenticatedUsers", "no Firebase user"},
		{"group:all@acme.example", "cannot be seen"},
		{"domain:acme.example", "of the domain"},
		{"deleted:serviceAccount:robot@acme-prod.iam.gserviceaccount.com?uid=1", "grants nothing"},
		{"deleted:principal://goog/subject/ada@acme.example?uid=1", "grants nothing"},
		{"projectOwner:acme-prod", "basic role"},
		{"principal://goog/subject/ada@acme.example", ""},
		{"principal://iam.googleapis.com/projects/-/serviceAccounts/robot@acme-prod.iam.gserviceaccount.com", ""},
		{"principalSet://goog/group/all@acme.example", "cannot be seen"},
		{"principalSet://goog/public:all", "without a credential"},
		{"principalSet://goog/cloudIdentityCustomerId/C01Abc35", "of that customer"},
		{"principalSet://cloudresourcemanager.googleapis.com/projects/42/type/ServiceAccount", "every service account"},
		{"principalSet://cloudresourcemanager.googleapis.com/folders/42/type/ServiceAgent", "agent"},
		{"principalSet://cloudresourcemanager.googleapis.com/organizations/42", "belongs to it"},
		{"principal://iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/ci/subject/x", "no Google ID token"},
		{"principalSet://iam.googleapis.com/locations/global/workforcePools/staff/group/x", "no Google ID token"},
		{"principalSet://agents.example/everything", "not known here"},
		{"", ""},
	} {
		got := gcp.MemberMeaning(c.member)
		if !strings.Contains(got, c.says) || (got == "") != (c.says == "") {
			t.Errorf("%s: %q, want %q in it", c.member, got, c.says)
		}
	}
}
