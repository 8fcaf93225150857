package demo

import (
	"math"

	compute "google.golang.org/api/compute/v1"
	"google.golang.org/api/iap/v1"
)

// The load balancers of the story: one shared by the shop and billing, guarded by Cloud Armor; one with IAP for customers before
// the reports; one with IAP before the admin console, which has IAP of its own too; a classic one; one that chooses the service by
// a URL mask; and an internal one to a tag that the shop does not have.

// front is one backend service of the story with its serverless NEG.
type front struct {
	backend, region string // of the service
	cloudRun        compute.NetworkEndpointGroupCloudRun
	scheme          string
	place           string // of the backend service: "" global, or a region
	armor           string
	iap             bool
	log             *compute.BackendServiceLogConfig
}

const (
	managed         = "EXTERNAL_MANAGED"
	classic         = "EXTERNAL"
	internalManaged = "INTERNAL_MANAGED"
)

func fronts() []front {
	sampled := func(rate float64) *compute.BackendServiceLogConfig {
		return &compute.BackendServiceLogConfig{Enable: true, SampleRate: rate}
	}
	to := func(service string) compute.NetworkEndpointGroupCloudRun {
		return compute.NetworkEndpointGroupCloudRun{Service: service}
	}
	return []front{
		{backend: "shop-api-backend", region: "europe-west1", cloudRun: to("shop-api"), scheme: managed, armor: "edge-guard", log: sampled(shopSampling)},
		{backend: "billing-backend", region: "europe-west1", cloudRun: to("billing"), scheme: managed, armor: "edge-guard",
			log: &compute.BackendServiceLogConfig{}},
		{backend: "reports-backend", region: "us-central1", cloudRun: to("reports"), scheme: managed, iap: true, log: sampled(1)},
		{backend: "admin-backend", region: "europe-west4", cloudRun: to("admin-console"), scheme: managed, iap: true, log: sampled(1)},
		{backend: "edge-backend", region: "europe-west1", cloudRun: to("edge-gateway"), scheme: classic, log: sampled(1)},
		{backend: "preview-backend", region: "us-central1", cloudRun: compute.NetworkEndpointGroupCloudRun{UrlMask: "<service>.run.acme.example"},
			scheme: managed, log: sampled(1)},
		{backend: "canary-backend", region: "europe-west1", cloudRun: compute.NetworkEndpointGroupCloudRun{Service: "shop-api", Tag: "green"},
			scheme: internalManaged, place: "europe-west1", log: sampled(1)},
	}
}

// shopSampling is the share of the shop's requests that its load balancer logs.
const shopSampling = 0.25

// raise puts the story's load balancers into the world: they were there before.
func (c *Cloud) raise() {
	b := Balancer{URLMaps: urlMaps()}
	for i, f := range fronts() {
		neg := "regions/" + f.region + "/networkEndpointGroups/" + f.backend + "-neg"
		b.NEGs = append(b.NEGs, &compute.NetworkEndpointGroup{
			Name: f.backend + "-neg", Region: f.region, NetworkEndpointType: "SERVERLESS", CloudRun: &f.cloudRun,
		})
		s := &compute.BackendService{
			Id: 4_200_000_000_000_000_000 + uint64(i), Name: f.backend, Region: f.place, LoadBalancingScheme: f.scheme, Protocol: "HTTPS",
			Backends: []*compute.Backend{{Group: SelfLink(neg)}}, LogConfig: f.log,
		}
		if f.armor != "" {
			s.SecurityPolicy = SelfLink("global/securityPolicies/" + f.armor)
		}
		if f.iap {
			s.Iap = &compute.BackendServiceIAP{Enabled: true, Oauth2ClientId: number + "-" + f.backend + ".apps.googleusercontent.com"}
		}
		b.Backends = append(b.Backends, s)
	}
	b.listen("acme-lb", "", managed, "203.0.113.10", "api.acme.example", "billing.acme.example")
	b.listen("reports-lb", "", managed, "203.0.113.11", "reports.acme.example")
	b.listen("admin-lb", "", managed, "203.0.113.12", "admin.acme.example")
	b.listen("edge-lb", "", classic, "203.0.113.13", "edge.acme.example")
	b.listen("preview-lb", "", managed, "203.0.113.14")
	b.listen("canary-lb", "europe-west1", internalManaged, "10.132.0.40")
	c.SetBalancer(b)

	const web = "projects/" + project + "/iap_web/compute/services/"
	c.SetIAP(web+"reports-backend", &iap.IapSettings{AccessSettings: &iap.AccessSettings{GcipSettings: &iap.GcipSettings{
		TenantIds: []string{"customers-a1b2c"}, LoginPageUri: "https://login.acme.example/",
	}}})
}

// listen gives a URL map its proxy and its address: HTTPS with a managed certificate for domains, plain HTTP without any.
func (b *Balancer) listen(name, region, scheme, ip string, domains ...string) {
	scope := "global"
	if region != "" {
		scope = "regions/" + region
	}
	rule := &compute.ForwardingRule{Name: name + "-rule", Region: region, IPAddress: ip, LoadBalancingScheme: scheme, PortRange: "80-80"}
	urlMap := SelfLink(scope + "/urlMaps/" + name)
	if domains == nil {
		b.HTTPProxies = append(b.HTTPProxies, &compute.TargetHttpProxy{Name: name + "-proxy", Region: region, UrlMap: urlMap})
		rule.Target = SelfLink(scope + "/targetHttpProxies/" + name + "-proxy")
	} else {
		b.Certificates = append(b.Certificates, &compute.SslCertificate{Name: name + "-cert", Type: "MANAGED",
			Managed: &compute.SslCertificateManagedSslCertificate{Domains: domains, Status: "ACTIVE"}})
		b.HTTPSProxies = append(b.HTTPSProxies, &compute.TargetHttpsProxy{Name: name + "-proxy", Region: region, UrlMap: urlMap,
			SslCertificates: []string{SelfLink("global/sslCertificates/" + name + "-cert")}})
		rule.Target, rule.PortRange = SelfLink(scope+"/targetHttpsProxies/"+name+"-proxy"), "443-443"
	}
	b.Rules = append(b.Rules, rule)
}

func urlMaps() []*compute.UrlMap {
	backend := func(name string) string { return SelfLink("global/backendServices/" + name) }
	return []*compute.UrlMap{
		{
			Name: "acme-lb", DefaultService: SelfLink("global/backendBuckets/nothing-here"),
			HostRules: []*compute.HostRule{
				{Hosts: []string{"api.acme.example"}, PathMatcher: "api"}, {Hosts: []string{"billing.acme.example"}, PathMatcher: "billing"},
			},
			PathMatchers: []*compute.PathMatcher{
				{Name: "api", DefaultService: SelfLink("global/backendBuckets/nothing-here"),
					PathRules: []*compute.PathRule{{Paths: []string{"/api", "/api/*"}, Service: backend("shop-api-backend")}}},
				{Name: "billing", DefaultService: backend("billing-backend")},
			},
		},
		{Name: "reports-lb", DefaultService: backend("reports-backend")},
		{Name: "admin-lb", DefaultService: backend("admin-backend")},
		{Name: "edge-lb", DefaultService: backend("edge-backend")},
		{Name: "preview-lb", DefaultService: SelfLink("global/backendBuckets/nothing-here"),
			HostRules:    []*compute.HostRule{{Hosts: []string{"*.run.acme.example"}, PathMatcher: "any"}},
			PathMatchers: []*compute.PathMatcher{{Name: "any", DefaultService: backend("preview-backend")}}},
		{Name: "canary-lb", Region: "europe-west1", DefaultService: SelfLink("regions/europe-west1/backendServices/canary-backend")},
	}
}

// knocks are the requests that load balancers answer themselves.
func knocks() []knock {
	const waf, limit = 1000, 2000
	return []knock{
		{urlMap: "acme-lb", backend: "shop-api-backend", hourly: 66, status: 403, details: "denied_by_security_policy",
			policy: "edge-guard", priority: waf, action: "DENY", outcome: "DENY", rules: []string{"owasp-crs-v030301-id942100-sqli"},
			method: "GET", host: "https://api.acme.example", agent: "sqlmap/1.8.11#stable", ip: "192.0.2.66",
			paths: []string{"/api/catalog?page=2%27%20OR%201=1--", "/api/orders/41877%27", "/api/session?id=1%20UNION%20SELECT"}},
		{urlMap: "acme-lb", backend: "shop-api-backend", hourly: 44, status: 429, details: "throttled_by_security_policy",
			policy: "edge-guard", priority: limit, action: "THROTTLE", outcome: "DENY",
			method: "POST", host: "https://api.acme.example", agent: "okhttp/4.12.0", ip: "198.51.100.78", paths: []string{"/api/cart/items"}},
		{urlMap: "reports-lb", backend: "reports-backend", hourly: 17, status: 302, details: iapDetails, method: "GET", host: "https://reports.acme.example",
			agent: chrome, ip: "2001:db8:31::8", paths: []string{"/", "/weekly"}},
		{urlMap: "reports-lb", backend: "reports-backend", hourly: 21, status: 401, details: iapDetails, method: "GET", host: "https://reports.acme.example",
			agent: "python-requests/2.32.3", ip: "198.51.100.141", paths: []string{"/api/v1/reports/weekly?format=csv"}},
		{urlMap: "admin-lb", backend: "admin-backend", hourly: 11, status: 500, details: "multiple_iap_policies", method: "GET", host: "https://admin.acme.example",
			agent: chrome, ip: "2001:db8:aa::12", paths: []string{"/", "/tenants"}},
		{urlMap: "canary-lb", backend: "canary-backend", region: "europe-west1", hourly: 5, status: 404, details: "serverless_neg_routing_failed", method: "GET",
			host: "http://canary.acme.internal", agent: "curl/8.5.0", ip: "10.132.0.61", paths: []string{"/healthz"}},
	}
}

const iapDetails = "handled_by_identity_aware_proxy"

// seen says through which load balancer of the story a host's requests come, and which share of them is in its log.
func seen(host string) (urlMap, backend string, share float64) {
	switch host {
	case "api.acme.example":
		return "acme-lb", "shop-api-backend", shopSampling
	case "edge.acme.example":
		return "edge-lb", "edge-backend", 1
	}
	return "", "", 0
}

const noRule = math.MaxInt32 // the priority of a policy's default rule
