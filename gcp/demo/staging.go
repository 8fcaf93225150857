package demo

import (
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
)

// site is a project: its id and its number. The zero value is the story's own, production.
type site struct{ id, number string }

// staging is the project in which the shop is tried out.
func staging() site { return site{"acme-staging", "434343434343"} }

func (s site) project() string  { return or(s.id, project) }
func (s site) numbered() string { return or(s.number, number) }

// address is that of a service account of the project.
func (s site) address(account string) string {
	return account + "@" + s.project() + ".iam.gserviceaccount.com"
}

// rehearsals are what goes wrong in staging. Nothing is above that project, so that whoever reads it knows for certain who may call.
func rehearsals() []scene {
	in := staging()
	account := func(name string) string { return "serviceAccount:" + in.address(name) }
	return []scene{
		{
			// The tests ask for tokens with the address of production.
			in: in, name: "shop-api", region: "europe-west1", ingress: everywhere, changed: 26 * time.Hour, modifier: in.address("ci-deployer"),
			bindings: []*iampb.Binding{bind("roles/run.invoker", account("qa-runner"))},
			callers: []caller{{hourly: 44, status: 401, method: "POST", agent: "k6/0.55.0 (https://k6.io/)", ip: "198.51.100.176",
				paths: []string{"/api/cart", "/api/checkout", "/api/session"}}},
		}, {
			// The nightly run comes with production's account, which nobody let in here.
			in: in, name: "billing", region: "europe-west1", ingress: everywhere, changed: 3 * 24 * time.Hour,
			bindings: []*iampb.Binding{bind("roles/run.invoker", account("invoicer"))},
			callers: []caller{{hourly: 13, status: 403, method: "POST", agent: "python-requests/2.32.3", ip: "198.51.100.23",
				paths: []string{"/v2/invoices", "/v2/payments/settle"}}},
		}, {
			in: in, name: "preview-214", region: "us-central1", ingress: everywhere, changed: 2 * time.Hour, modifier: in.address("ci-deployer"),
			bindings: []*iampb.Binding{bind("roles/run.invoker", "allUsers")},
		},
	}
}

// rehearsed are the samples of staging's services, given their main URL.
func rehearsed() map[string]func(m mint, url string) []Sample {
	in := staging()
	return map[string]func(m mint, url string) []Sample{
		"shop-api": func(m mint, url string) []Sample {
			return []Sample{
				{"the tests' token, asked for with production's address", m.accountOf(in, "qa-runner", scene{name: "shop-api", region: "europe-west1"}.urls()[0])},
				{"the same for staging's own address", m.accountOf(in, "qa-runner", url)},
			}
		},
		"billing": func(m mint, url string) []Sample {
			return []Sample{
				{"production's account", m.account("invoicer", url)},
				{"staging's own account of the same name", m.accountOf(in, "invoicer", url)},
			}
		},
		"preview-214": func(m mint, url string) []Sample {
			return []Sample{{"any bearer: handed on untouched", m.stranger()}}
		},
	}
}

// lend gives staging the policy of its own level: nobody there is an invoker by the project.
func (c *Cloud) lend() {
	c.putPolicy("projects/"+staging().number, []*iampb.Binding{
		bind("roles/owner", "user:lena.owner@acme.example"),
		bind("roles/viewer", "user:sam.analyst@acme.example"),
	})
}
