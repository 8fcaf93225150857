package demo

import (
	"strings"
	"time"
)

// Sample is a credential to try: a token, or lines of headers as somebody might paste them.
type Sample struct{ Label, Token string }

// Samples are the credentials that a service's callers send, by its short or whole name: nil for a service that has none. They
// are signed at each call and fit the present. The first call may take some tenths of a second, for the keys.
func (c *Cloud) Samples(service string) []Sample {
	m := mint{time.Now()}
	url := "https://" + service + "-" + number + ".europe-west1.run.app"
	if s := c.Service(service); s != nil {
		url = s.Uri
	}
	of, short := tellers(), service
	if p := strings.Split(service, "/"); len(p) == 6 {
		if short = p[5]; p[1] != project {
			of = rehearsed()
		}
	}
	tell, ok := of[short]
	if !ok {
		return nil
	}
	return tell(m, url)
}

// tellers are the samples of each service of the story, given its main URL.
func tellers() map[string]func(m mint, url string) []Sample {
	return map[string]func(m mint, url string) []Sample{
		"shop-api": func(m mint, url string) []Sample {
			return []Sample{
				{"Firebase ID token (mobile app)", m.firebase("jo.customer@acme.example")},
				{"service account ID token, right audience", m.account("orders-worker", url)},
				{"service account ID token, expired an hour ago", mint{m.now.Add(-2 * time.Hour)}.account("orders-worker", url)},
			}
		},
		"billing": func(m mint, url string) []Sample {
			return []Sample{
				{"ID token for the load balancer's name", m.account("invoicer", "https://billing.acme.example")},
				{"ID token for the run.app URL", m.account("invoicer", url)},
			}
		},
		"reports": func(m mint, url string) []Sample {
			return []Sample{
				{"access token in place of an ID token", accessToken()},
				{"self-signed service account JWT", m.selfSigned("report-builder", url)},
				{"gcloud user ID token", m.gcloud("sam.analyst@acme.example")},
			}
		},
		"web-gateway": func(m mint, url string) []Sample {
			return []Sample{
				{"browser's preflight: no credential", "OPTIONS /graphql HTTP/1.1\nOrigin: https://app.acme.example\nAccess-Control-Request-Method: POST"},
				{"service account ID token, right audience", m.account("web-frontend", url)},
			}
		},
		"order-events": func(m mint, url string) []Sample {
			return []Sample{{"Pub/Sub push token", m.account("order-push", url)}}
		},
		"public-site": func(m mint, url string) []Sample {
			return []Sample{
				{"nobody's: it was deployed with --allow-unauthenticated", "Authorization:"},
				{"gcloud user ID token", m.gcloud("kim.web@acme.example")},
			}
		},
		"resize-image": func(m mint, url string) []Sample {
			origin := "https://us-central1-" + project + ".cloudfunctions.net"
			return []Sample{
				{"ID token for the origin only", m.account("media-pipeline", origin)},
				{"ID token for the function's whole URL", m.account("media-pipeline", origin+"/resize-image")},
			}
		},
		"profile": func(m mint, url string) []Sample {
			return []Sample{
				{"token copied from a container's headers", unsigned(m.account("bff", url))},
				{"Firebase session cookie", m.session("jo.customer@acme.example")},
				{"service account ID token, right audience", m.account("bff", url)},
			}
		},
		"admin-console": func(m mint, url string) []Sample {
			return []Sample{
				{"IAP assertion", m.iap("sam.analyst@acme.example", "admin-console", "europe-west4")},
				{"gcloud user ID token", m.gcloud("sam.analyst@acme.example")},
			}
		},
		"ledger": func(m mint, url string) []Sample {
			return []Sample{{"service account ID token, right audience", m.account("ledger-writer", url)}}
		},
		"nightly-sync": func(m mint, url string) []Sample {
			return []Sample{{"Cloud Scheduler's token, account made again", m.account("nightly", url)}}
		},
		"edge-gateway": func(m mint, url string) []Sample {
			return []Sample{
				{"Firebase ID token, meant for the gateway's own check", m.firebase("ada.partner@acme.example")},
				{"Firebase ID token of another project", m.firebaseOf("acme-staging", "ada.partner@acme.example")},
			}
		},
		"partner-api": func(m mint, url string) []Sample {
			return []Sample{
				{"account that was granted two minutes ago", m.account("partner-feed", url)},
				{"account whose grant has run out", m.account("fulfilment", url)},
			}
		},
		"webhooks": func(m mint, url string) []Sample {
			right := m.account("hook-relay", url)
			return []Sample{
				{"two headers: X-Serverless-Authorization wins", "Authorization: Bearer " + right +
					"\nX-Serverless-Authorization: Bearer " + m.account("upstream-proxy", "https://proxy.acme.example")},
				{"Bearer twice", "Authorization: Bearer Bearer " + right},
				{"two tokens in one header", "Authorization: Bearer " + right + ", Bearer " + m.firebase("jo.customer@acme.example")},
			}
		},
		"mobile-bff": func(m mint, url string) []Sample {
			return []Sample{
				{"Firebase ID token, expired: the app refuses it", mint{m.now.Add(-90 * time.Minute)}.firebase("jo.customer@acme.example")},
				{"Firebase App Check token", m.appCheck()},
				{"Firebase custom token", m.custom("jo-customer")},
			}
		},
		"status": func(m mint, url string) []Sample {
			return []Sample{{"any bearer: handed on untouched", m.stranger()}}
		},
		"checkout-preview": func(m mint, url string) []Sample {
			return []Sample{{"service account ID token, right audience", m.account("checkout", url)}}
		},
	}
}
