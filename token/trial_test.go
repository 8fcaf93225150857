package token

import (
	"os/exec"
	"strings"
	"testing"
)

// TestTheCommandsOfATrial: each makes exactly the change that was tried, on the service that it was tried on.
func TestTheCommandsOfATrial(t *testing.T) {
	target := shop(t)
	held, err := Read([]byte(account()))
	if err != nil {
		t.Fatal(err)
	}
	const place = " --region=europe-west1 --project=acme-prod"
	for _, c := range []struct {
		name string
		way  Way
		want string
	}{
		{"an audience", target.ToAccept("https://shop.acme.example"), "gcloud run services update shop-api --add-custom-audiences=https://shop.acme.example" + place},
		{"a grant", target.ToInvite("user:ann@example.com"), "gcloud run services add-iam-policy-binding shop-api --member=user:ann@example.com --role=roles/run.invoker" + place},
		{"everybody", target.ToInvite("allUsers"), "gcloud run services add-iam-policy-binding shop-api --member=allUsers --role=roles/run.invoker" + place},
		{"no check", target.ToUncheck(), "gcloud run services update shop-api --no-invoker-iam-check" + place},
		{"every path", target.ToAdmit(IngressAll), "gcloud run services update shop-api --ingress=all" + place},
		{"internal", target.ToAdmit(IngressInternal), "gcloud run services update shop-api --ingress=internal" + place},
		{"the load balancer", target.ToAdmit(IngressLoadBalancer), "gcloud run services update shop-api --ingress=internal-and-cloud-load-balancing" + place},
		{"the held account's token", target.ToMint(held, shopNumber), "gcloud auth print-identity-token --impersonate-service-account=" + caller + " --audiences=" + shopNumber + " --include-email"},
		{"nobody's token", target.ToMint(nil, shopNumber), "gcloud auth print-identity-token --impersonate-service-account=CALLER@acme-prod.iam.gserviceaccount.com --audiences=" + shopNumber + " --include-email"},
	} {
		if len(c.way.Commands) == 0 || c.way.Commands[0] != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.way.Commands, c.want)
		}
		if c.way.Title == "" || c.way.Text == "" || c.way.Cost == "" {
			t.Errorf("%s: title %q, text %q, cost %q: want all", c.name, c.way.Title, c.way.Text, c.way.Cost)
		}
	}
	if w := target.ToMint(held, shopNumber); !strings.Contains(w.Commands[2], "audience=https%3A%2F%2F") || strings.Contains(w.Commands[2], shopURL) {
		t.Errorf("the metadata server is asked by %q, want the audience that was tried", w.Commands[2])
	}
	for _, none := range []Ingress{IngressUnknown, IngressNone} {
		if w := target.ToAdmit(none); len(w.Commands) > 0 {
			t.Errorf("ingress %d has the command %q", none, w.Commands)
		}
	}
	if everybody, one := target.ToInvite("allUsers"), target.ToInvite("user:ann@example.com"); everybody.Cost == one.Cost {
		t.Error("to let everybody in costs no more than to let one in")
	}
}

// TestNoTrialHoldsMoreThanItShould fills every name with hostile text: a real shell sees one program a line all the same.
func TestNoTrialHoldsMoreThanItShould(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	script, lines := "set -f; gcloud() { echo ran; }; curl() { echo ran; }\n", 0
	for _, text := range hostile {
		target := shop(t)
		target.Service, target.Region, target.Project = text, text, text
		held, err := Read([]byte(account(set("email", text+"@"+text+accountDomain))))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range []Way{target.ToAccept(text), target.ToMint(held, text), target.ToInvite(text), target.ToUncheck(), target.ToAdmit(IngressAll)} {
			for _, command := range w.Commands {
				if strings.HasPrefix(command, "# ") {
					continue
				}
				if strings.ContainsAny(command, "\n\r\x1b\x00\u202e") {
					t.Errorf("not one plain line: %q", command)
				}
				script += command + "\n"
				lines++
			}
		}
	}
	run := exec.Command(sh)
	run.Stdin = strings.NewReader(script)
	if out, err := run.CombinedOutput(); err != nil || string(out) != strings.Repeat("ran\n", lines) || lines < 50 {
		t.Errorf("%d commands ran as %q (%v)", lines, out, err)
	}
}
