package gcp_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cloud.google.com/go/auth"
	compute "google.golang.org/api/compute/v1"
	"google.golang.org/api/iap/v1"
	"google.golang.org/api/option"
	"google.golang.org/grpc/codes"

	"why401/gcp"
	"why401/gcp/demo"
)

var shopService = gcp.Service{Name: "shop", Region: "europe-west1", Project: "acme-prod", FunctionURL: ""}

// neg is a serverless NEG of europe-west1 and the backend service on it.
func neg(name string, to compute.NetworkEndpointGroupCloudRun) demo.Balancer {
	return demo.Balancer{
		NEGs: []*compute.NetworkEndpointGroup{{Name: name + "-neg", Region: "europe-west1", CloudRun: &to}},
		Backends: []*compute.BackendService{{Name: name, LoadBalancingScheme: "EXTERNAL_MANAGED",
			Backends: []*compute.Backend{{Group: demo.SelfLink("regions/europe-west1/networkEndpointGroups/" + name + "-neg")}}}},
	}
}

var toShop = compute.NetworkEndpointGroupCloudRun{Service: "shop"}

func global(backend string) string { return demo.SelfLink("global/backendServices/" + backend) }

// mapped adds URL maps that listen nowhere.
func mapped(b demo.Balancer, m ...*compute.UrlMap) demo.Balancer {
	b.URLMaps = append(b.URLMaps, m...)
	return b
}

// listen adds an address to a global URL map.
func listen(b demo.Balancer, urlMap, scheme string, https bool) demo.Balancer {
	kind, port := "targetHttpProxies", "80-80"
	if https {
		kind, port = "targetHttpsProxies", "443-443"
		b.HTTPSProxies = append(b.HTTPSProxies, &compute.TargetHttpsProxy{Name: urlMap + "-s", UrlMap: demo.SelfLink("global/urlMaps/" + urlMap)})
		urlMap += "-s"
	} else {
		b.HTTPProxies = append(b.HTTPProxies, &compute.TargetHttpProxy{Name: urlMap, UrlMap: demo.SelfLink("global/urlMaps/" + urlMap)})
	}
	b.Rules = append(b.Rules, &compute.ForwardingRule{Name: urlMap, IPAddress: "203.0.113.9", PortRange: port, LoadBalancingScheme: scheme,
		Target: demo.SelfLink("global/" + kind + "/" + urlMap)})
	return b
}

// inFront sums a way up in a line.
func inFront(f gcp.Front) string {
	answer := map[gcp.Answer]string{gcp.Yes: "yes", gcp.No: "no", gcp.Unsure: "unsure"}
	var routes, addresses []string
	for _, r := range f.Routes {
		routes = append(routes, r.String())
	}
	for _, a := range f.Addresses {
		addresses = append(addresses, a.Kind+" "+a.IP+":"+a.Ports)
	}
	s := fmt.Sprintf("%s: %s -> %s", f.Name, strings.Join(routes, "; "), f.Backend)
	if f.NEG.Tag != "" {
		s += " tag " + f.NEG.Tag
	}
	return s + fmt.Sprintf(" [%s] leads %s, external %s", strings.Join(addresses, ", "), answer[f.Leads], answer[f.External])
}

func TestFronts(t *testing.T) {
	api := func(p *compute.PathMatcher) *compute.UrlMap {
		p.Name = "m"
		return &compute.UrlMap{Name: "lb", DefaultService: demo.SelfLink("global/backendBuckets/none"),
			HostRules: []*compute.HostRule{{Hosts: []string{"api.example.com"}, PathMatcher: "m"}}, PathMatchers: []*compute.PathMatcher{p}}
	}
	plain := &compute.UrlMap{Name: "lb", DefaultService: global("b")}
	twoRegions := neg("b", toShop)
	twoRegions.NEGs = append(twoRegions.NEGs, &compute.NetworkEndpointGroup{Name: "far", Region: "us-east1", CloudRun: &toShop})
	twoRegions.Backends[0].Backends = append(twoRegions.Backends[0].Backends, &compute.Backend{Group: demo.SelfLink("regions/us-east1/networkEndpointGroups/far")})
	regional := demo.Balancer{
		NEGs:     neg("b", toShop).NEGs,
		Backends: []*compute.BackendService{{Name: "b", Region: "europe-west1", LoadBalancingScheme: "INTERNAL_MANAGED", Backends: neg("b", toShop).Backends[0].Backends}},
		URLMaps: []*compute.UrlMap{{Name: "lb", Region: "europe-west1", DefaultService: demo.SelfLink("regions/europe-west1/backendServices/b")},
			{Name: "lb", DefaultService: global("b")}}, // a global part of the same name is another
		HTTPProxies: []*compute.TargetHttpProxy{{Name: "p", Region: "europe-west1", UrlMap: demo.SelfLink("regions/europe-west1/urlMaps/lb")}},
		Rules: []*compute.ForwardingRule{{Name: "r", Region: "europe-west1", IPAddress: "10.0.0.7", Ports: []string{"80"}, LoadBalancingScheme: "INTERNAL_MANAGED",
			Target: demo.SelfLink("regions/europe-west1/targetHttpProxies/p")}},
	}
	elsewhere := neg("b", toShop)
	elsewhere.Backends[0].UsedBy = []*compute.BackendServiceUsedBy{{Reference: "https://www.googleapis.com/compute/v1/projects/acme-host/global/urlMaps/host-lb"}}
	function := neg("b", toShop)
	function.NEGs[0].CloudRun, function.NEGs[0].CloudFunction = nil, &compute.NetworkEndpointGroupCloudFunction{Function: "resize"}
	zonal := neg("b", toShop)
	zonal.Backends[0].Backends[0].Group = demo.SelfLink("zones/europe-west1-b/networkEndpointGroups/b-neg")
	other := neg("b", toShop)
	other.Backends[0].Backends[0].Group = strings.ReplaceAll(demo.SelfLink("regions/europe-west1/networkEndpointGroups/b-neg"), "acme-prod", "acme-host")
	fn := shopService
	fn.FunctionURL = "https://europe-west1-acme-prod.cloudfunctions.net/resize"

	for _, c := range []struct {
		name    string
		b       demo.Balancer
		service gcp.Service
		want    []string
	}{
		{"a global external one, HTTP and HTTPS", listen(listen(mapped(neg("b", toShop), plain), "lb", "EXTERNAL_MANAGED", false), "lb", "EXTERNAL_MANAGED", true), shopService,
			[]string{"lb: any host -> b [global external 203.0.113.9:443, global external 203.0.113.9:80] leads yes, external yes"}},
		{"a classic one", listen(mapped(neg("b", toShop), plain), "lb", "EXTERNAL", true), shopService,
			[]string{"lb: any host -> b [classic external 203.0.113.9:443] leads yes, external yes"}},
		{"an internal one of a region", regional, shopService,
			[]string{"lb: any host -> b [internal 10.0.0.7:80] leads yes, external no"}},
		{"a cross-region internal one: the service of one region", listen(mapped(twoRegions, plain), "lb", "INTERNAL_MANAGED", false), shopService,
			[]string{"lb: any host -> b [cross-region internal 203.0.113.9:80] leads yes, external no"}},
		{"a URL map that listens nowhere", mapped(neg("b", toShop), plain), shopService, []string{"lb: any host -> b [] leads yes, external no"}},
		{"host and path rules", mapped(neg("b", toShop), api(&compute.PathMatcher{DefaultService: global("x"),
			PathRules: []*compute.PathRule{{Paths: []string{"/v1", "/v1/*"}, Service: global("b")}, {Paths: []string{"/old"}, UrlRedirect: &compute.HttpRedirectAction{}}}})),
			shopService, []string{"lb: api.example.com /v1, /v1/* -> b [] leads yes, external no"}},
		{"what other path rules leave", mapped(neg("b", toShop), api(&compute.PathMatcher{DefaultService: global("b"),
			PathRules: []*compute.PathRule{{Paths: []string{"/img/*"}, Service: global("x")}}})),
			shopService, []string{"lb: api.example.com, every other path -> b [] leads yes, external no"}},
		{"what other hosts leave", mapped(neg("b", toShop), &compute.UrlMap{Name: "lb", DefaultService: global("b"),
			HostRules: []*compute.HostRule{{Hosts: []string{"x.example.com"}, PathMatcher: "m"}}, PathMatchers: []*compute.PathMatcher{{Name: "m", DefaultService: global("x")}}}),
			shopService, []string{"lb: whatever no other rule takes -> b [] leads yes, external no"}},
		{"a host rule for any host leaves nothing to the default", mapped(neg("b", toShop), &compute.UrlMap{Name: "lb", DefaultService: global("b"),
			HostRules: []*compute.HostRule{{Hosts: []string{"*"}, PathMatcher: "m"}}, PathMatchers: []*compute.PathMatcher{{Name: "m", DefaultService: global("x")}}}),
			shopService, []string{": -> b [] leads yes, external unsure"}},
		{"route rules by priority, with headers and weights", mapped(neg("b", toShop), api(&compute.PathMatcher{DefaultService: global("x"),
			RouteRules: []*compute.HttpRouteRule{
				{Priority: 9, MatchRules: []*compute.HttpRouteRuleMatch{{FullPathMatch: "/exact"}}, Service: global("b")},
				{Priority: 1, MatchRules: []*compute.HttpRouteRuleMatch{{PrefixMatch: "/beta/", HeaderMatches: []*compute.HttpHeaderMatch{{HeaderName: "x-beta"}}}},
					RouteAction: &compute.HttpRouteAction{WeightedBackendServices: []*compute.WeightedBackendService{
						{BackendService: global("b"), Weight: 10}, {BackendService: global("x"), Weight: 90}}}},
			}})), shopService,
			[]string{"lb: api.example.com /beta/* (10%) (only with certain headers or query parameters); api.example.com /exact -> b [] leads yes, external no"}},
		{"a share of nothing is no way", mapped(neg("b", toShop), &compute.UrlMap{Name: "lb", DefaultRouteAction: &compute.HttpRouteAction{WeightedBackendServices: []*compute.WeightedBackendService{
			{BackendService: global("b"), Weight: 0}, {BackendService: global("x"), Weight: 1}}}}), shopService, []string{": -> b [] leads yes, external unsure"}},
		{"a mirror gets copies", mapped(neg("b", toShop), &compute.UrlMap{Name: "lb", DefaultService: global("x"),
			DefaultRouteAction: &compute.HttpRouteAction{RequestMirrorPolicy: &compute.RequestMirrorPolicy{BackendService: global("b")}}}), shopService,
			[]string{"lb: any host (a copy of each request, whose answer nobody sees) -> b [] leads yes, external no"}},
		{"a redirect leads nowhere", mapped(neg("b", toShop), &compute.UrlMap{Name: "lb", DefaultService: global("b"), DefaultUrlRedirect: &compute.HttpRedirectAction{}}), shopService,
			[]string{": -> b [] leads yes, external unsure"}},
		{"one backend service under two URL maps", mapped(neg("b", toShop), plain, &compute.UrlMap{Name: "ml", DefaultService: global("b")}), shopService,
			[]string{"lb: any host -> b [] leads yes, external no", "ml: any host -> b [] leads yes, external no"}},
		{"a tag", mapped(neg("b", compute.NetworkEndpointGroupCloudRun{Service: "shop", Tag: "canary"}), plain), shopService,
			[]string{"lb: any host -> b tag canary [] leads yes, external no"}},
		{"a URL mask", mapped(neg("b", compute.NetworkEndpointGroupCloudRun{UrlMask: "<service>.example.com"}), plain), shopService,
			[]string{"lb: any host -> b [] leads unsure, external no"}},
		{"a URL mask of the tag alone", mapped(neg("b", compute.NetworkEndpointGroupCloudRun{Service: "shop", UrlMask: "<tag>.example.com"}), plain), shopService,
			[]string{"lb: any host -> b [] leads yes, external no"}},
		{"a NEG that names nothing", mapped(neg("b", compute.NetworkEndpointGroupCloudRun{}), plain), shopService, []string{"lb: any host -> b [] leads unsure, external no"}},
		{"a function of the name", mapped(function, plain), fn, []string{"lb: any host -> b [] leads unsure, external no"}},
		{"a function, and the service is none", mapped(function, plain), shopService, nil},
		{"the same name in another region", mapped(neg("b", toShop), plain), gcp.Service{Name: "shop", Region: "us-east1"}, nil},
		{"another service", mapped(neg("b", toShop), plain), gcp.Service{Name: "shopping", Region: "europe-west1"}, nil},
		{"a zonal NEG is no serverless one", mapped(zonal, plain), shopService, nil},
		{"a NEG of another project", mapped(other, plain), shopService, nil},
		{"a URL map of another project", elsewhere, shopService, []string{": -> b [] leads yes, external unsure"}},
		{"nothing at all", demo.Balancer{}, shopService, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			inside(t, []demo.Option{demo.Empty(), demo.PageSize(1)}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
				cloud.SetBalancer(c.b)
				f, err := client.Fronts(t.Context())
				if err != nil || len(f.Unread) > 0 || f.Read.IsZero() {
					t.Fatalf("%v, unread %q", err, f.Unread)
				}
				var got []string
				for _, v := range f.Of(c.service) {
					got = append(got, strings.ReplaceAll(inFront(v), ":  ->", ": ->"))
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
				}
			})
		})
	}
}

func TestFrontsTellsWhatStandsThere(t *testing.T) {
	b := listen(mapped(neg("b", toShop), &compute.UrlMap{Name: "lb", DefaultService: global("b")}), "lb", "EXTERNAL_MANAGED", true)
	s := b.Backends[0]
	s.Id, s.SecurityPolicy, s.EdgeSecurityPolicy = 18446744073709551615, demo.SelfLink("global/securityPolicies/waf"), demo.SelfLink("global/securityPolicies/edge")
	s.Iap = &compute.BackendServiceIAP{Enabled: true, Oauth2ClientId: "77-x.apps.googleusercontent.com"}
	s.LogConfig = &compute.BackendServiceLogConfig{Enable: true, SampleRate: 0.1}
	s.UsedBy = []*compute.BackendServiceUsedBy{{Reference: demo.SelfLink("global/urlMaps/lb")}, {Reference: "https://www.googleapis.com/compute/v1/projects/other/global/urlMaps/lb"}}
	b.HTTPSProxies[0].SslCertificates = []string{demo.SelfLink("global/sslCertificates/new"), demo.SelfLink("global/sslCertificates/own"), demo.SelfLink("global/sslCertificates/gone")}
	b.HTTPSProxies[0].CertificateMap = "//certificatemanager.googleapis.com/projects/acme-prod/locations/global/certificateMaps/map"
	b.Certificates = []*compute.SslCertificate{
		{Name: "new", Managed: &compute.SslCertificateManagedSslCertificate{Domains: []string{"a.example.com"}, Status: "PROVISIONING"}},
		{Name: "own", SubjectAlternativeNames: []string{"b.example.com"}},
	}
	inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.SetBalancer(b)
		all, err := client.Fronts(t.Context())
		if err != nil || len(all.Fronts) != 1 {
			t.Fatal(err, all)
		}
		f := all.Fronts[0]
		if f.BackendID != "18446744073709551615" || f.Armor != "waf" || f.EdgeArmor != "edge" || f.IAP != gcp.Yes || f.IAPClient != "77-x.apps.googleusercontent.com" ||
			!f.LogOn || f.LogSampling != 0.1 || f.Secure != gcp.Yes || !slices.Equal(f.UsedBy, []string{"projects/other/global/urlMaps/lb"}) {
			t.Errorf("got %+v", f)
		}
		if want := []string{"a.example.com (certificate provisioning)", "b.example.com", "certificate gone", "those of certificate map map"}; !slices.Equal(f.Certificates, want) {
			t.Errorf("certificates %q", f.Certificates)
		}
	})
}

func TestWhomIAPAsks(t *testing.T) {
	const web, kind = "projects/acme-prod/iap_web", "projects/acme-prod/iap_web/compute"
	gcip := func(tenants ...string) *iap.IapSettings {
		return &iap.IapSettings{AccessSettings: &iap.AccessSettings{GcipSettings: &iap.GcipSettings{TenantIds: tenants}}}
	}
	pool := &iap.IapSettings{AccessSettings: &iap.AccessSettings{GcipSettings: &iap.GcipSettings{TenantIds: []string{"t"}},
		WorkforceIdentitySettings: &iap.WorkforceIdentitySettings{WorkforcePools: []string{"locations/global/workforcePools/staff"}}}}
	for _, c := range []struct {
		name  string
		set   map[string]*iap.IapSettings
		deny  string // the resource whose settings may not be read
		want  gcp.Answer
		words string
	}{
		{"nobody set anything", nil, "", gcp.No, "Google accounts"},
		{"other settings say nothing of it", map[string]*iap.IapSettings{kind + "/services/b": {AccessSettings: &iap.AccessSettings{}}}, "", gcp.No, "Google accounts"},
		{"one tenant", map[string]*iap.IapSettings{kind + "/services/b": gcip("t-1")}, "", gcp.Yes, "Identity Platform, tenant t-1"},
		{"two tenants", map[string]*iap.IapSettings{kind + "/services/b": gcip("t-1", "t-2")}, "", gcp.Yes, "tenants t-1, t-2"},
		{"the project's users", map[string]*iap.IapSettings{kind + "/services/b": gcip("_4242")}, "", gcp.Yes, "the project's users"},
		{"handed down", map[string]*iap.IapSettings{web: gcip("t-1")}, "", gcp.Yes, "Identity Platform"},
		{"a workforce pool comes first", map[string]*iap.IapSettings{kind + "/services/b": pool}, "", gcp.Yes, "workforce pool staff"},
		{"a source without its pool", map[string]*iap.IapSettings{kind + "/services/b": {AccessSettings: &iap.AccessSettings{
			IdentitySources: []string{"WORKFORCE_IDENTITY_FEDERATION"}}}}, "", gcp.Yes, "workforce identity federation"},
		{"another backend service's settings", map[string]*iap.IapSettings{kind + "/services/c": gcip("t-1")}, "", gcp.No, "Google accounts"},
		{"not permitted", nil, "services", gcp.Unsure, "iap.webServices.getSettings"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
				b := mapped(neg("b", toShop), &compute.UrlMap{Name: "lb", DefaultService: global("b")})
				b.Backends[0].Iap = &compute.BackendServiceIAP{Enabled: true}
				cloud.SetBalancer(b)
				for name, s := range c.set {
					cloud.SetIAP(name, s)
				}
				if c.deny != "" {
					cloud.Fail("iap.getIapSettings", demo.PermissionDenied("iap.webServices.getSettings", "projects/acme-prod"), c.deny)
				}
				f, err := client.Fronts(t.Context())
				if err != nil || len(f.Fronts) != 1 {
					t.Fatal(err, f)
				}
				if got := f.Fronts[0]; got.IAPExternal != c.want || !strings.Contains(got.Identities, c.words) {
					t.Errorf("got %v, %q", got.IAPExternal, got.Identities)
				}
				if said := strings.Join(f.Unread, "\n"); (said != "") != (c.deny != "") || c.deny != "" && !strings.Contains(said, "roles/iap.settingsAdmin") {
					t.Errorf("unread %q", said)
				}
			})
		})
	}
}

func TestFrontsSaysWhatIsMissing(t *testing.T) {
	whole := listen(mapped(neg("b", toShop), &compute.UrlMap{Name: "lb", DefaultService: global("b")}), "lb", "EXTERNAL_MANAGED", true)
	for _, c := range []struct{ collection, want string }{
		{"urlMaps", ": -> b [] leads yes, external unsure"},
		{"backendServices", ""},
		{"networkEndpointGroups", "lb: any host -> b [global external 203.0.113.9:443] leads unsure, external yes"},
		{"forwardingRules", "lb: any host -> b [] leads yes, external unsure"},
		{"targetHttpProxies", "lb: any host -> b [global external 203.0.113.9:443] leads yes, external yes"},
		{"targetHttpsProxies", "lb: any host -> b [] leads yes, external unsure"},
		{"sslCertificates", "lb: any host -> b [global external 203.0.113.9:443] leads yes, external yes"},
	} {
		t.Run(c.collection, func(t *testing.T) {
			inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
				cloud.SetBalancer(whole)
				permission := "compute." + c.collection + ".list"
				cloud.Fail("compute."+c.collection+".aggregatedList", demo.PermissionDenied(permission, "projects/acme-prod"))
				f, err := client.Fronts(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if len(f.Unread) != 1 || !strings.Contains(f.Unread[0], "permission "+permission+" is missing on projects/acme-prod") || !strings.Contains(f.Unread[0], "roles/compute.viewer") {
					t.Errorf("unread %q", f.Unread)
				}
				got := ""
				for _, v := range f.Of(shopService) {
					got += strings.ReplaceAll(inFront(v), ":  ->", ": ->")
				}
				if got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			})
		})
	}
}

func TestFrontsFailsOnlyWhereNothingIsRead(t *testing.T) {
	collections := []string{"urlMaps", "backendServices", "networkEndpointGroups", "forwardingRules", "targetHttpProxies", "targetHttpsProxies", "sslCertificates"}
	for _, c := range []struct {
		name string
		err  error
		code codes.Code
		hint string
	}{
		{"the API is off", demo.Disabled("compute.googleapis.com"), codes.PermissionDenied, "gcloud services enable compute.googleapis.com --project acme-prod"},
		{"the quota is used up", demo.QuotaExceeded("compute.googleapis.com", "global", 0), codes.ResourceExhausted, "wait 1m0s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
				for _, k := range collections {
					cloud.Fail("compute."+k+".aggregatedList", c.err)
				}
				f, err := client.Fronts(t.Context())
				e := failed(t, err)
				if e.Code != c.code || e.Hint != c.hint || len(f.Unread) != 1 || !strings.HasPrefix(f.Unread[0], "URL maps, backend services, serverless NEGs") {
					t.Errorf("%v: %v; hint %q; unread %q", e.Code, e, e.Hint, f.Unread)
				}
			})
		})
	}
}

func TestFrontsGoesOnWithoutARegionAndTriesAgain(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.FailTimes("compute.urlMaps.aggregatedList", 2, demo.Unavailable())
		cloud.Darken("us-central1")
		f, err := client.Fronts(t.Context())
		if err != nil || !slices.Contains(f.Unread, "serverless NEGs of us-central1: Google could not reach it") {
			t.Fatal(err, f.Unread)
		}
		if got := f.Of(gcp.Service{Name: "reports", Region: "us-central1"}); len(got) != 2 || got[0].Leads != gcp.Unsure {
			t.Errorf("a NEG of a region out of reach: %+v", got)
		}
		if got := f.Of(gcp.Service{Name: "billing", Region: "europe-west1"}); len(got) != 1 || got[0].Leads != gcp.Yes {
			t.Errorf("another region's: %+v", got)
		}
		if n := cloud.Calls("compute.urlMaps.aggregatedList"); n != 3 {
			t.Errorf("%d calls", n)
		}
	})
}

// TestFrontsThatDoNotAnswerAreToldAsThat: a deadline that REST reports is no attempt's failure.
func TestFrontsThatDoNotAnswerAreToldAsThat(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		all := []string{"urlMaps", "backendServices", "networkEndpointGroups", "forwardingRules", "targetHttpProxies", "targetHttpsProxies", "sslCertificates"}
		for _, k := range all {
			cloud.Slow("compute."+k+".aggregatedList", time.Hour)
		}
		began := time.Now()
		_, err := client.Fronts(t.Context())
		if e := failed(t, err); e.Cause() != "no answer in time" || time.Since(began) > 11*time.Second {
			t.Errorf("after %v: %q", time.Since(began), e.Cause())
		}
		for _, k := range all {
			cloud.Heal("compute." + k + ".aggregatedList")
			cloud.Fail("compute."+k+".aggregatedList", demo.Unavailable())
		}
		if _, err = client.Fronts(t.Context()); !strings.HasPrefix(failed(t, err).Cause(), "no answer in time; the last attempt: ") {
			t.Errorf("unavailable all the time: %v", err)
		}
	})
}

func TestNothingIsAskedOfComputeBeforeItIsWanted(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		if _, err := client.Services(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := cloud.Calls("compute.urlMaps.aggregatedList"); n != 0 {
			t.Errorf("%d calls", n)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := client.Fronts(ctx)
		if e := failed(t, err); e.Code != codes.Canceled {
			t.Errorf("%v: %v", e.Code, e)
		}
	})
}

func TestComputeEndpointOverride(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.URL.Path)
		mu.Unlock()
		if r.Header.Get("Authorization") != "" {
			t.Error("a credential went over plain HTTP")
		}
		http.Error(w, "<html>not today</html>", http.StatusTeapot)
	}))
	defer server.Close()
	for _, c := range []struct{ name, value, says string }{
		{"plain, with the API's path", server.URL + "/compute/v1/", "HTTP 418"},
		{"plain, without", server.URL, "HTTP 418"},
		{"another path", server.URL + "/other/", "not a host"},
		{"a credential in it", "https://user:secret@compute.example.com/", "not a host"},
		{"no host", "https:///compute/v1/", "not a host"},
		{"another scheme", "ftp://compute.example.com", "not a host"},
		{"an escape that is none", "http://%zz", "not a host"},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked = nil
			cloud := demo.New(demo.Empty())
			if err := cloud.Start(); err != nil {
				t.Fatal(err)
			}
			defer cloud.Close()
			client, err := gcp.New(t.Context(), gcp.Config{Project: "acme-prod", Options: cloud.Options(), Env: func(name string) string {
				if name == "CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE" || name == "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAP" && strings.HasPrefix(c.value, "http://") {
					if strings.HasSuffix(name, "IAP") {
						return server.URL
					}
					return c.value
				}
				return ""
			}})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			_, err = client.Fronts(ctx)
			e := failed(t, err)
			if !strings.Contains(e.Error(), c.says) || strings.Contains(e.Error()+e.Hint, "secret") {
				t.Errorf("%v; hint %q", e, e.Hint)
			}
			if c.says == "HTTP 418" && (len(asked) != 7 || asked[0] != "/compute/v1/projects/acme-prod/aggregated/"+asked[0][strings.LastIndexByte(asked[0], '/')+1:]) {
				t.Errorf("asked %q", asked)
			}
		})
	}
}

// TestComputeTakesTheLogin: the REST clients are made with the same options as the others, and call where they are told to.
func TestComputeTakesTheLogin(t *testing.T) {
	tokens := auth.NewCredentials(&auth.CredentialsOptions{TokenProvider: tokenOf("secret-access-token")})
	client, err := gcp.New(t.Context(), gcp.Config{
		Project: "acme-prod", Options: []option.ClientOption{option.WithAuthCredentials(tokens), option.WithQuotaProject("acme-bill")},
		Env: func(name string) string {
			if strings.HasSuffix(name, "_COMPUTE") {
				return "127.0.0.1:9/compute/v1/"
			}
			return ""
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	_, err = client.Fronts(t.Context())
	if e := failed(t, err); !strings.Contains(e.Error(), "Google cannot be reached") || strings.Contains(fmt.Sprint(e, e.Err), "secret") {
		t.Errorf("got %v", e)
	}
}

type tokenOf string

func (s tokenOf) Token(context.Context) (*auth.Token, error) {
	return &auth.Token{Value: string(s), Expiry: time.Now().Add(time.Hour)}, nil
}

func BenchmarkFronts(b *testing.B) {
	const n = 500
	cloud := demo.New(demo.InMemory(), demo.Empty())
	if err := cloud.Start(); err != nil {
		b.Fatal(err)
	}
	defer cloud.Close()
	for i := range n {
		name := fmt.Sprintf("b-%d", i)
		m := &compute.UrlMap{Name: "lb-" + name, DefaultService: global(name)}
		cloud.SetBalancer(listen(mapped(neg(name, toShop), m), m.Name, "EXTERNAL_MANAGED", true))
	}
	client, err := gcp.New(b.Context(), gcp.Config{Project: cloud.Project(), Options: cloud.Options(), HTTP: cloud.HTTP()})
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	for b.Loop() {
		if f, err := client.Fronts(b.Context()); err != nil || len(f.Of(shopService)) != n {
			b.Fatal(err, len(f.Fronts))
		}
	}
}
