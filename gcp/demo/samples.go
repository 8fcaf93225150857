package demo

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"
)

// Sample is a credential to try: a token, or lines of headers as somebody might paste them.
type Sample struct{ Label, Token string }

const gcloudClient = "32555940559.apps.googleusercontent.com"

// Samples are the credentials that a service's callers send, by the service's short name: nil for a service that has none. They
// are signed at each call and fit the present. The first call may take some tenths of a second, for the keys.
func (c *Cloud) Samples(service string) []Sample {
	m := mint{time.Now()}
	url := "https://" + service + "-" + number + ".europe-west1.run.app"
	if s := c.Service(service); s != nil {
		url = s.Uri
	}
	tell, ok := tellers()[service]
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
				{"browser's preflight: no credential", "Authorization:"},
				{"service account ID token, right audience", m.account("web-frontend", url)},
			}
		},
		"order-events": func(m mint, url string) []Sample {
			return []Sample{{"Pub/Sub push token", m.account("order-push", url)}}
		},
		"public-site": func(m mint, url string) []Sample {
			return []Sample{{"gcloud user ID token", m.gcloud("kim.web@acme.example")}}
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

// mint makes tokens that were issued three minutes before now.
type mint struct{ now time.Time }

// times are iat and exp.
func (m mint) times(life time.Duration) []member {
	iat := m.now.Add(-3 * time.Minute)
	return []member{{"iat", iat.Unix()}, {"exp", iat.Add(life).Unix()}}
}

// digits are a made-up numeric account id, always the same for a name.
func digits(name string) string {
	h := fnv.New64a()
	h.Write([]byte(name))
	return fmt.Sprintf("1%020d", h.Sum64())
}

func address(account string) string { return account + "@" + project + ".iam.gserviceaccount.com" }

// account is a service account's ID token as Google mints it.
func (m mint) account(name, audience string) string {
	id := digits(name)
	return googleKey.token(append([]member{
		{"aud", audience}, {"azp", id}, {"email", address(name)}, {"email_verified", true},
		{"iss", "https://accounts.google.com"}, {"sub", id},
	}, m.times(time.Hour)...)...)
}

// gcloud is a user's ID token from gcloud auth print-identity-token.
func (m mint) gcloud(email string) string {
	return googleKey.token(append([]member{
		{"iss", "https://accounts.google.com"}, {"azp", gcloudClient}, {"aud", gcloudClient}, {"sub", digits(email)},
		{"hd", "acme.example"}, {"email", email}, {"email_verified", true}, {"at_hash", "ZmFrZS1hdC1oYXNoLWRlbQ"},
	}, m.times(time.Hour)...)...)
}

func (m mint) firebase(email string) string { return m.firebaseOf(project, email) }

func (m mint) firebaseOf(project, email string) string {
	return firebaseKey.token(append([]member{
		{"iss", "https://securetoken.google.com/" + project}, {"aud", project},
	}, m.person(email)...)...)
}

func (m mint) session(email string) string {
	life := m.times(5 * 24 * time.Hour)
	claims := append([]member{
		{"iss", "https://session.firebase.google.com/" + project}, {"aud", project},
	}, m.person(email)...)
	return sessionKey.token(append(claims[:len(claims)-2], life...)...)
}

// person is what Firebase says of a user; iat and exp are last.
func (m mint) person(email string) []member {
	uid := ("demo" + b64([]byte(email)) + "0000000000000000000000000000")[:28]
	return append([]member{
		{"auth_time", m.now.Add(-26 * time.Hour).Unix()}, {"user_id", uid}, {"sub", uid},
		{"email", email}, {"email_verified", true},
		{"firebase", map[string]any{"identities": map[string][]string{"email": {email}}, "sign_in_provider": "password"}},
	}, m.times(time.Hour)...)
}

// custom is a Firebase custom token: signed by a service account's own key, without a kid.
func (m mint) custom(uid string) string {
	return accountKey.seal(object(member{"alg", "RS256"}, member{"typ", "JWT"}), object(append([]member{
		{"iss", address("firebase-adminsdk-demo")}, {"sub", address("firebase-adminsdk-demo")},
		{"aud", "https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit"}, {"uid", uid},
	}, m.times(time.Hour)...)...))
}

func (m mint) appCheck() string {
	return appCheckKey.token(append([]member{
		{"sub", "1:" + number + ":ios:0123456789abcdef012345"},
		{"aud", []string{"projects/" + number, "projects/" + project}}, {"provider", "app_attest"},
		{"iss", "https://firebaseappcheck.googleapis.com/" + number},
	}, m.times(time.Hour)...)...)
}

func (m mint) iap(email, service, region string) string {
	return iapKey.token(append([]member{
		{"aud", "/projects/" + number + "/locations/" + region + "/services/" + service}, {"azp", "/projects/" + number},
		{"email", email}, {"hd", "acme.example"}, {"iss", "https://cloud.google.com/iap"},
		{"sub", "accounts.google.com:" + digits(email)},
	}, m.times(10*time.Minute)...)...)
}

// selfSigned is a service account's JWT about itself, which Google's APIs take and Cloud Run does not.
func (m mint) selfSigned(name, audience string) string {
	return accountKey.token(append([]member{
		{"iss", address(name)}, {"sub", address(name)}, {"aud", audience},
	}, m.times(time.Hour)...)...)
}

// stranger is a token of an issuer of one's own.
func (m mint) stranger() string {
	return strangerKey.token(append([]member{
		{"iss", "https://id.acme.example/"}, {"sub", "probe"}, {"aud", "status"},
	}, m.times(time.Hour)...)...)
}

// accessToken has the shape of a user's access token and plainly is none.
func accessToken() string {
	return "ya29." + "a0" + strings.Repeat("DemoNotARealAccessToken", 9)
}
