package gcp

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/api/iap/v1"
)

// identities fills in whom IAP asks to log in, for the backend services that have IAP, and says what could not be read. Settings
// are handed down: what a backend service does not set, its kind, the project's web resources and the project may
// (https://cloud.google.com/iap/docs/customizing). Those of folder and organisation are not read.
func (c *Client) identities(ctx context.Context, project string, ask askIAP, fronts []Front) (unread []string, errs []*Error) {
	book := settingsBook{client: c, project: project, ask: ask, of: map[string]*iapSettings{}}
	var g together
	g.SetLimit(8)
	for i := range fronts {
		f := &fronts[i]
		if f.IAP == Yes {
			g.Go(func() error {
				f.IAPExternal, f.Identities = book.who(ctx, f.Region, f.Backend)
				return nil
			})
		}
	}
	g.Wait()
	var said saying
	for _, e := range book.failed() {
		said.add(e, e.On)
	}
	return said.words, book.failed()
}

// askIAP reads the settings of one resource.
type askIAP func(ctx context.Context, name string) (*iap.IapSettings, error)

// settingsBook reads the settings of each resource once.
type settingsBook struct {
	client  *Client
	project string
	ask     askIAP
	mu      sync.Mutex
	of      map[string]*iapSettings
}

type iapSettings struct {
	once   sync.Once
	access *iap.AccessSettings
	err    *Error
}

// who asks the resources from the backend service upwards.
func (b *settingsBook) who(ctx context.Context, region, backend string) (external Answer, words string) {
	project := "projects/" + b.project
	kind := project + "/iap_web/compute"
	if region != "" {
		kind += "-" + region
	}
	for _, level := range []struct{ name, words, need string }{
		{kind + "/services/" + backend, "the IAP settings of " + backend, needIAP},
		{kind, "the IAP settings of all backend services", "iap.webTypes.getSettings"},
		{project + "/iap_web", "the IAP settings of the project's web resources", "iap.web.getSettings"},
		{project, "the IAP settings of the project", "iap.projects.getSettings"},
	} {
		s := b.read(ctx, level.name, level.words, level.need)
		if s.err != nil {
			return Unsure, "unknown whether Google accounts or external identities: " + s.err.Cause()
		}
		if external, words := identitySource(s.access); external == Yes {
			return Yes, words
		}
	}
	return No, "Google accounts, as far as backend service and project say"
}

func (b *settingsBook) read(ctx context.Context, name, words, need string) *iapSettings {
	b.mu.Lock()
	s := b.of[name]
	if s == nil {
		s = &iapSettings{}
		b.of[name] = s
	}
	b.mu.Unlock()
	s.once.Do(func() {
		began := time.Now()
		got, err := onceREST(ctx, func(ctx context.Context) (*iap.IapSettings, error) { return b.ask(ctx, name) })
		called(b.client.log, "getIapSettings", began, err)
		if err != nil {
			s.err = b.client.failureIn(b.project, "read the IAP settings", words, need, err)
			return
		}
		s.access = got.AccessSettings
	})
	return s
}

func (b *settingsBook) failed() []*Error {
	var out []*Error
	for _, s := range b.of {
		if s.err != nil {
			out = append(out, s.err)
		}
	}
	slices.SortFunc(out, func(a, b *Error) int { return strings.Compare(a.On, b.On) })
	return out
}

// identitySource is whom settings name. A workforce pool comes before Identity Platform, says the reference.
func identitySource(s *iap.AccessSettings) (external Answer, words string) {
	switch {
	case s == nil:
	case s.WorkforceIdentitySettings != nil && len(s.WorkforceIdentitySettings.WorkforcePools) > 0:
		return Yes, "external identities: workforce pool " + last(s.WorkforceIdentitySettings.WorkforcePools[0])
	case slices.Contains(s.IdentitySources, "WORKFORCE_IDENTITY_FEDERATION"):
		return Yes, "external identities: workforce identity federation"
	case s.GcipSettings != nil && (len(s.GcipSettings.TenantIds) > 0 || s.GcipSettings.LoginPageUri != ""):
		return Yes, "external identities: Identity Platform" + tenants(s.GcipSettings.TenantIds)
	}
	return No, ""
}

// tenants names the tenants. One that begins with "_" stands for the project's own users.
func tenants(ids []string) string {
	switch {
	case len(ids) == 0:
		return ""
	case len(ids) == 1 && strings.HasPrefix(ids[0], "_"):
		return ", the project's users"
	case len(ids) == 1:
		return ", tenant " + ids[0]
	}
	return ", tenants " + strings.Join(ids, ", ")
}
