package demo

import (
	"fmt"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/run/apiv2/runpb"
	"google.golang.org/genproto/googleapis/type/expr"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// scene is one service of the story: how it is set up, who may call it, and who calls it in vain.
type scene struct {
	in           site // zero: production
	name, region string
	ingress      runpb.IngressTraffic
	audiences    []string
	open         bool // the invoker check is off
	iap          bool
	function     bool
	tag          string
	broken       string // why the latest revision is not ready
	modifier     string
	changed      time.Duration // ago
	bindings     []*iampb.Binding
	callers      []caller
}

const (
	everywhere   = runpb.IngressTraffic_INGRESS_TRAFFIC_ALL
	internal     = runpb.IngressTraffic_INGRESS_TRAFFIC_INTERNAL_ONLY
	loadBalancer = runpb.IngressTraffic_INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER
)

func bind(role string, members ...string) *iampb.Binding {
	return &iampb.Binding{Role: role, Members: members}
}

func robot(account string) string { return "serviceAccount:" + address(account) }

// scenes are the story: what people really run into, one service each. The first is the one that is on fire.
func scenes(now time.Time) []scene {
	expired := bind("roles/run.invoker", robot("fulfilment"))
	expired.Condition = &expr.Expr{
		Title:      "until the migration is over",
		Expression: fmt.Sprintf("request.time < timestamp(%q)", now.Add(-50*time.Hour).UTC().Truncate(time.Hour).Format(time.RFC3339)),
	}
	return []scene{
		{
			name: "shop-api", region: "europe-west1", ingress: loadBalancer, audiences: []string{project}, tag: "canary",
			changed:  18 * time.Minute,
			bindings: []*iampb.Binding{bind("roles/run.invoker", "allAuthenticatedUsers")},
			callers:  shopCallers(),
		}, {
			name: "billing", region: "europe-west1", ingress: loadBalancer, changed: 9 * 24 * time.Hour,
			bindings: []*iampb.Binding{bind("roles/run.invoker", robot("invoicer"), "group:finance-systems@acme.example")},
			callers: []caller{
				{hourly: 34, status: 401, method: "POST", host: "https://billing.acme.example", agent: "python-requests/2.32.3", ip: "198.51.100.23",
					paths: []string{"/v2/invoices", "/v2/invoices/90417/lines", "/v2/payments/settle"}},
				{hourly: 5, status: 403, method: "GET", host: "https://billing.acme.example", agent: "curl/8.5.0", ip: "198.51.100.61",
					empty: true, paths: []string{"/healthz"}},
			},
		}, {
			name: "reports", region: "us-central1", ingress: everywhere, changed: 40 * 24 * time.Hour,
			bindings: []*iampb.Binding{bind("roles/run.invoker", robot("report-builder"), "domain:acme.example"), bind("roles/run.developer", "user:sam.analyst@acme.example")},
			callers: []caller{{hourly: 12, status: 401, method: "GET", agent: "axios/1.7.9", ip: "198.51.100.140",
				paths: []string{"/api/v1/reports/weekly?format=csv", "/api/v1/reports/churn"}}},
		}, {
			name: "web-gateway", region: "europe-west1", ingress: everywhere, changed: 3 * time.Hour,
			bindings: []*iampb.Binding{bind("roles/run.invoker", robot("web-frontend"))},
			callers: []caller{{hourly: 46, status: 403, method: "OPTIONS", agent: chrome, ip: "2001:db8:17::a3", empty: true,
				referer: "https://app.acme.example/", protocol: "HTTP/2", paths: []string{"/graphql", "/graphql", "/upload"}}},
		}, {
			name: "order-events", region: "us-central1", ingress: everywhere, changed: 16 * 24 * time.Hour,
			bindings: []*iampb.Binding{bind("roles/cloudfunctions.invoker", robot("order-push")), bind("projects/"+project+"/roles/auditor", robot("order-push"))},
			callers: []caller{{hourly: 58, status: 403, method: "POST", agent: "CloudPubSub-Google", ip: "2001:db8:4860::1f",
				paths: []string{"/push/orders?__GCP_CloudEventsMode=CE_PUBSUB_BINDING"}}},
		}, {
			name: "public-site", region: "us-east1", ingress: everywhere, changed: 52 * time.Minute, modifier: ciDeployer,
			callers: []caller{{hourly: 150, since: 8 * time.Minute, status: 403, method: "GET", host: "https://www.acme.example", agent: safari, ip: "2001:db8:90::7", empty: true,
				protocol: "HTTP/2", paths: []string{"/", "/pricing", "/assets/app.css", "/favicon.ico"}}},
		}, {
			name: "resize-image", region: "us-central1", ingress: everywhere, function: true, changed: 5 * 24 * time.Hour,
			bindings: []*iampb.Binding{bind("roles/run.invoker", robot("media-pipeline"))},
			callers: []caller{{hourly: 9, status: 401, method: "POST", host: functionURL("us-central1", "resize-image"), agent: "google-auth-library-nodejs/9.15.0",
				ip: "198.51.100.88", paths: []string{"", "?size=640"}}},
		}, {
			name: "profile", region: "asia-northeast1", ingress: everywhere, changed: 12 * 24 * time.Hour,
			bindings: []*iampb.Binding{bind("roles/run.invoker", robot("bff"))},
			callers: []caller{{hourly: 7, status: 401, method: "GET", agent: "Go-http-client/2.0", ip: "198.51.100.119", protocol: "HTTP/2",
				paths: []string{"/users/me", "/users/me/avatar"}}},
		}, {
			name: "admin-console", region: "europe-west4", ingress: everywhere, iap: true, changed: 95 * time.Minute,
			bindings: []*iampb.Binding{bind("roles/run.viewer", "group:platform-admins@acme.example"), bind("roles/iap.httpsResourceAccessor", "group:platform-admins@acme.example")},
			callers: []caller{{hourly: 14, status: 403, method: "GET", agent: chrome, ip: "2001:db8:aa::12", referer: "https://accounts.google.com/",
				protocol: "HTTP/2", paths: []string{"/", "/tenants", "/static/main.js"}}},
		}, {
			name: "ledger", region: "europe-west4", ingress: internal, changed: 35 * time.Minute, modifier: "sec.review@acme.example",
			bindings: []*iampb.Binding{bind("roles/run.invoker", robot("ledger-writer"))},
		}, {
			name: "nightly-sync", region: "us-east1", ingress: everywhere, changed: 31 * 24 * time.Hour,
			bindings: []*iampb.Binding{bind("roles/run.invoker", "deleted:"+robot("nightly")+"?uid=104424242424242424242")},
			callers: []caller{{hourly: 4, status: 403, method: "POST", agent: "Google-Cloud-Scheduler", ip: "2001:db8:4860::2a",
				paths: []string{"/jobs/sync"}}},
		}, {
			name: "edge-gateway", region: "europe-west1", ingress: everywhere, changed: 8 * time.Hour,
			bindings: []*iampb.Binding{bind("projects/"+project+"/roles/edgeCaller", robot("edge-monitor"))},
			callers: []caller{{hourly: 19, status: 401, method: "GET", host: "https://edge.acme.example", agent: "Dart/3.6 (dart:io)", ip: "198.51.100.201",
				paths: []string{"/v1/offers", "/v1/basket"}}},
		}, {
			name: "partner-api", region: "asia-northeast1", ingress: everywhere, changed: 60 * 24 * time.Hour,
			bindings: []*iampb.Binding{bind("roles/run.invoker", robot("partner-feed")), expired},
			callers: []caller{{hourly: 48, ends: 6 * time.Minute, status: 403, method: "PUT", agent: "Apache-HttpClient/5.4 (Java/21)", ip: "198.51.100.55",
				paths: []string{"/feeds/stock", "/feeds/price"}}},
		}, {
			name: "webhooks", region: "us-central1", ingress: everywhere, changed: 20 * time.Hour,
			bindings: []*iampb.Binding{bind("roles/run.invoker", robot("hook-relay"))},
			callers: []caller{{hourly: 11, status: 401, method: "POST", host: "https://hooks.acme.example", agent: "Envoy/1.32", ip: "198.51.100.9",
				paths: []string{"/hooks/payment", "/hooks/shipment"}}},
		}, {
			name: "mobile-bff", region: "australia-southeast1", ingress: everywhere, changed: 38 * time.Minute, modifier: ciDeployer,
			bindings: []*iampb.Binding{bind("roles/run.invoker", "allUsers")},
			callers: []caller{{hourly: 26, status: 401, method: "GET", host: "https://m.acme.example", agent: "AcmeShop/5.2 CFNetwork/1568 Darwin/24.2.0",
				ip: "2001:db8:61::4", app: true, protocol: "HTTP/2", paths: []string{"/bff/home", "/bff/wishlist"}}},
		}, {
			name: "status", region: "us-central1", ingress: everywhere, open: true, changed: 200 * 24 * time.Hour,
		}, {
			name: "checkout-preview", region: "europe-west1", ingress: everywhere, changed: 6 * time.Minute,
			broken: "Revision 'checkout-preview-00003-fuq' is not ready and cannot serve traffic. The user-provided container failed to start " +
				"and listen on the port defined provided by the PORT=8080 environment variable within the allocated timeout.",
			bindings: []*iampb.Binding{bind("roles/run.invoker", robot("checkout"))},
		},
	}
}

func functionURL(region, name string) string {
	return "https://" + region + "-" + project + ".cloudfunctions.net/" + name
}

// settle puts the story's services and policies into the world, silently: they were there before.
func (c *Cloud) settle(now time.Time) {
	for _, s := range append(scenes(now), rehearsals()...) {
		v := s.service(now)
		c.world.put(v)
		if len(s.bindings) > 0 {
			c.putPolicy(v.Name, s.bindings)
		}
	}
}

// full is the service's whole name.
func (s scene) full() string {
	return "projects/" + s.in.project() + "/locations/" + s.region + "/services/" + s.name
}

// urls are both run.app addresses of the service; the first is the main one.
func (s scene) urls() []string {
	hash := "1a2b3c4d5e"
	if s.in != (site{}) {
		hash = "9z8y7x6w5v"
	}
	return []string{
		"https://" + s.name + "-" + hash + "-" + regionCode(s.region) + ".a.run.app",
		"https://" + s.name + "-" + s.in.numbered() + "." + s.region + ".run.app",
	}
}

// service is the scene as the Admin API shows it.
func (s scene) service(now time.Time) *runpb.Service {
	name, urls := s.full(), s.urls()
	current := name + "/revisions/" + s.name + "-00007-vab"
	v := &runpb.Service{
		Name: name, Uid: digits(s.name)[:8] + "-0000-4000-8000-" + digits(s.region)[:12], Generation: 7, ObservedGeneration: 7,
		Labels:       map[string]string{"team": "demo"},
		CreateTime:   timestamppb.New(now.Add(-300 * 24 * time.Hour)),
		UpdateTime:   timestamppb.New(now.Add(-s.changed)),
		Creator:      "deployer@acme.example",
		LastModifier: or(s.modifier, "deployer@acme.example"),
		Ingress:      s.ingress, InvokerIamDisabled: s.open, IapEnabled: s.iap,
		CustomAudiences:   s.audiences,
		Template:          &runpb.RevisionTemplate{ServiceAccount: s.in.address(s.name + "-run")},
		Uri:               urls[0],
		Urls:              urls,
		TerminalCondition: &runpb.Condition{Type: "Ready", State: runpb.Condition_CONDITION_SUCCEEDED},
		TrafficStatuses: []*runpb.TrafficTargetStatus{{
			Type: runpb.TrafficTargetAllocationType_TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST, Percent: 100,
		}},
		LatestReadyRevision: current, LatestCreatedRevision: current,
		Etag: `"demo-` + digits(s.name)[:6] + `"`,
	}
	if s.tag != "" {
		v.TrafficStatuses = append(v.TrafficStatuses, &runpb.TrafficTargetStatus{
			Type:     runpb.TrafficTargetAllocationType_TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION,
			Revision: s.name + "-00008-qiw", Tag: s.tag, Uri: "https://" + s.tag + "---" + urls[0][len("https://"):],
		})
	}
	if s.function {
		v.Labels["goog-managed-by"] = "cloudfunctions"
		v.Urls = append([]string{functionURL(s.region, s.name)}, v.Urls...)
	}
	if s.broken != "" {
		v.Reconciling = true
		v.Generation++
		v.LatestReadyRevision = name + "/revisions/" + s.name + "-00002-tob"
		v.LatestCreatedRevision = name + "/revisions/" + s.name + "-00003-fuq"
		v.TerminalCondition.State = runpb.Condition_CONDITION_FAILED
		v.TerminalCondition.Message = s.broken
		v.TerminalCondition.Severity = runpb.Condition_ERROR
		v.TerminalCondition.LastTransitionTime = v.UpdateTime
	}
	return v
}

// multiply adds n services in all regions.
func (c *Cloud) multiply(n int, now time.Time) {
	all := c.regions()
	for i := range n {
		s := scene{
			name: fmt.Sprintf("service-%05d", i), region: all[i%len(all)][0], ingress: everywhere,
			changed: time.Duration(i%700) * time.Hour,
		}
		v := s.service(now)
		c.world.put(v)
		c.putPolicy(v.Name, []*iampb.Binding{bind("roles/run.invoker", robot(fmt.Sprintf("caller-%05d", i)))})
	}
}
