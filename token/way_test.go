package token

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestWaysOut(t *testing.T) {
	for _, c := range []struct {
		name   string
		paste  string
		target func(*Target)
		titles []string
		has    []string
		lacks  []string
	}{
		{name: "of a Firebase token", paste: firebase(), titles: []string{"Verify in the app", "Put a gateway in front", "IAP with Identity Platform", "Call from a backend of yours"},
			has: []string{"x-google-issuer: https://securetoken.google.com/acme-prod", "two Google texts disagree", "--no-invoker-iam-check"}},
		{name: "of a Firebase token where the policy could not be read", paste: firebase(), target: func(s *Target) { s.Policy = Policy{} }, titles: []string{"Verify in the app", "Put a gateway in front", "IAP with Identity Platform", "Call from a backend of yours"}},
		{name: "of a self-signed token", paste: account(set("iss", caller), set("sub", caller)), titles: []string{"Exchange it", "Have it minted"}, has: []string{"--impersonate-service-account=" + caller + " ", "target_audience", "oauth2.googleapis.com/token"}},
		{name: "of a token of GitHub", paste: account(set("iss", "https://token.actions.githubusercontent.com")), titles: []string{"Federate", "Make the service public"}},
		{name: "of an access token", paste: accessToken, titles: []string{"Send the ID token"}, has: []string{"gcloud auth print-identity-token"}},
		{name: "of an audience that gcloud would split", paste: account(set("aud", "a,b")), titles: []string{"Ask for the right audience", "Accept this audience"}, has: []string{"--add-custom-audiences=AUDIENCE "}},
		{name: "of an audience with a blank", paste: account(set("aud", "a b")), titles: []string{"Ask for the right audience", "Accept this audience"}, has: []string{"--add-custom-audiences='a b' "}},
		{name: "of an assertion of IAP", paste: assertion(), titles: []string{"Get a new ID token"}},
		{name: "of a switched-off URL", paste: account(), target: func(s *Target) { s.DefaultURL = No }, titles: []string{"Call it by its other name", "Switch the run.app URL on"}, has: []string{"gcloud run services update shop-api --default-url --region=europe-west1 --project=acme-prod"}},
		{name: "of internal ingress", paste: account(), target: func(s *Target) { s.Ingress = IngressInternal }, titles: []string{"Come by a path that is admitted", "Admit the load balancer", "Admit every path"}},
		{name: "of ingress for the load balancer", paste: account(), target: func(s *Target) { s.Ingress = IngressLoadBalancer }, titles: []string{"Come by a path that is admitted", "Admit every path"}, has: []string{"or by the load balancer's name"}},
		{name: "of IAP's own list", paste: account(), target: func(s *Target) { s.IAP, s.ProjectNumber = Yes, "" }, titles: []string{"Let IAP invoke the service", "Look at what IAP says", "Let the caller through IAP"}, has: []string{"service-PROJECT_NUMBER@"}},
		{name: "of a caller without a binding", paste: account(), target: bound(), titles: []string{"Let the caller in", "See the whole policy"}, has: []string{"--member=serviceAccount:" + caller}},
		{name: "of a caller whose grant is young", paste: account(), target: func(s *Target) { s.Policy.Changed = moment.Add(-120e9) }, titles: []string{"Wait", "See the whole policy"}, has: []string{"changed 2:00 ago"}},
		{name: "of a caller who is denied", paste: account(), target: denying(Denial{Denied: []string{public}}), titles: []string{"Have the caller excepted", "Call by another account"}, has: []string{"--impersonate-service-account=CALLER@", "gcloud iam policies list --kind=denypolicies --attachment-point=cloudresourcemanager.googleapis.com/projects/acme-prod\n"}},
		{name: "of a caller without an email", paste: account(drop("email")), titles: []string{"Ask for the token with its email", "Let the caller in", "See the whole policy"},
			has: []string{"--audiences=" + shopURL + " --include-email\n", "&format=full'", "--member=serviceAccount:EMAIL "}},
		{name: "of an email that is not verified", paste: account(set("email_verified", false)), titles: []string{"Verify the address", "Get a new ID token"}},
		{name: "of a grant that has ended, which must not be made for good unsaid", paste: account(), target: bound(past(invoker("serviceAccount:" + caller))), titles: []string{"Change the condition", "Let the caller in", "See the whole policy"},
			has: []string{"set-iam-policy shop-api policy.json --region=europe-west1 --project=acme-prod", "it may have ended, or be narrow, on purpose", "--role=roles/run.invoker --condition=None --region", "for good", "every path of the service"}},
		{name: "of a grant handed down that has ended", paste: account(), target: bound(at("project acme-prod", past(invoker("serviceAccount:"+caller)))), titles: []string{"Change the condition", "Let the caller in", "See the whole policy"},
			lacks: []string{"set-iam-policy shop-api", "--condition=None"}},
		{name: "of a condition that cannot be evaluated", paste: account(), target: bound(when("resource.name == 'x'", invoker("serviceAccount:"+caller))), titles: []string{"Ask Policy Troubleshooter", "Change the condition", "Let the caller in", "See the whole policy"},
			has: []string{"\ngcloud policy-troubleshoot iam //run.googleapis.com/projects/acme-prod/locations/europe-west1/services/shop-api --permission=run.routes.invoke --principal-email=" + caller + "\n"}},
		{name: "of a group that cannot be seen", paste: account(), target: bound(invoker("group:ops@example.com")), titles: []string{"Ask Policy Troubleshooter", "Let the caller in", "See the whole policy"}, lacks: []string{"--condition"}},
		{name: "of a caller without a binding in a policy with conditions", paste: account(), target: bound(past(invoker("user:ann@example.com"))), titles: []string{"Let the caller in", "See the whole policy"},
			has: []string{"--member=serviceAccount:" + caller + " --role=roles/run.invoker --condition=None "}},
		{name: "of a run.app URL of which nobody knows whether it is on", paste: account(), target: func(s *Target) { s.DefaultURL = Unsure }, titles: []string{"Look it up"},
			has: []string{"gcloud run services describe shop-api --region=europe-west1 --project=acme-prod"}, lacks: []string{"--default-url", "on purpose"}},
		{name: "of an ingress setting that is not known", paste: account(), target: func(s *Target) { s.Ingress = IngressUnknown }, titles: []string{"Look it up"}, lacks: []string{"--ingress"}},
		{name: "of an IAP setting that is not known", paste: account(), target: func(s *Target) { s.IAP = Unsure }, titles: []string{"Look it up"}, lacks: []string{"add-iam-policy-binding"}},
		{name: "of audiences that are not all known", paste: account(set("aud", "https://api.example.com")), target: func(s *Target) { s.AudiencesKnown = false }, titles: []string{"Look it up", "Ask for the right audience", "Accept this audience"}},
		{name: "of an ingress that admits no path", paste: account(), target: func(s *Target) { s.Ingress = IngressNone }, titles: []string{"Admit what is internal", "Admit the load balancer", "Admit every path"}, lacks: []string{"Call it from inside the VPC"}},
		{name: "of a signature without keys to verify it", paste: account(), target: func(s *Target) { s.Keys = nil }, titles: []string{"Verify it with the published keys"}, has: []string{"curl -o keys.json https://www.googleapis.com/oauth2/v3/certs"}},
		{name: "of an empty header beside a credential", paste: "X-Serverless-Authorization:\nAuthorization: Bearer " + account(), titles: []string{"Take the other header off"}},
		{name: "of an open door that a deny policy may shut", paste: account(), target: func(s *Target) {
			bound(invoker("allUsers"))(s)
			denying(Denial{Denied: []string{public}, Condition: "resource.name == 'x'"})(s)
		}, titles: []string{"Have everybody excepted"}},
		{name: "of an application-default login", paste: gcloud(set("aud", adcClient), set("azp", adcClient)), target: bound(invoker(ann)), titles: []string{"Ask for the right audience", "Accept this audience"}, has: []string{"\ngcloud auth print-identity-token\n"}},
		{name: "without a service", paste: account(set("exp", after(-72e12))), target: nowhere, titles: []string{"Get a new ID token"}, has: []string{"--impersonate-service-account=" + caller + " --audiences=SERVICE_URL"}},
		{name: "without a service and an address", paste: account(set("exp", after(-72e12)), drop("email")), target: nowhere, titles: []string{"Get a new ID token"}, has: []string{"CALLER@PROJECT.iam", "--audiences=SERVICE_URL"}},
		{name: "of a service account's token with another audience", paste: account(set("aud", "https://api.example.com")), titles: []string{"Ask for the right audience", "Accept this audience"}, has: []string{"--impersonate-service-account=" + caller + " "}},
		{name: "of another user's token with another audience", paste: gcloud(set("aud", "https://api.example.com")), titles: []string{"Ask for the right audience", "Accept this audience"}, has: []string{"--impersonate-service-account=CALLER@acme-prod.iam"}},
		{name: "of a default service account's token", paste: account(set("email", "4242-compute@developer.gserviceaccount.com"), set("exp", after(-72e12))), titles: []string{"Get a new ID token"}, has: []string{"account=4242-compute@developer.gserviceaccount.com "}},
		{name: "of an address that is no account's", paste: account(set("email", "a$(id)@x.gserviceaccount.com"), set("exp", after(-72e12))), titles: []string{"Get a new ID token"}, has: []string{"--impersonate-service-account=CALLER@acme-prod.iam"}},
		{name: "in a project of a domain", paste: account(set("email", "x@y.example"), set("exp", after(-72e12))), target: func(s *Target) { s.Project = "example.com:acme" }, titles: []string{"Get a new ID token"},
			has: []string{"--impersonate-service-account=CALLER@acme.example.com.iam.gserviceaccount.com --audiences"}},
		{name: "of an expired token of gcloud's", paste: gcloud(set("exp", after(-72e12))), titles: []string{"Get a new ID token"}, has: []string{"\ngcloud auth print-identity-token\n"}},
		{name: "of nothing that is wrong", paste: account(), titles: nil},
		{name: "of nothing that is known to be wrong", paste: account(), target: nowhere, titles: nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := shop(t)
			if c.target != nil {
				c.target(&target)
			}
			token, err := Read([]byte(c.paste))
			if err != nil {
				t.Fatal(err)
			}
			var titles []string
			for _, w := range Ways(token, target) {
				titles = append(titles, w.Title)
				if w.Text == "" {
					t.Errorf("%s says nothing", w.Title)
				}
			}
			if !slices.Equal(titles, c.titles) {
				t.Errorf("ways %q, want %q", titles, c.titles)
			}
			text := read(t, c.paste, target)
			for _, part := range c.has {
				if !strings.Contains(text, part) {
					t.Errorf("no %q in\n%s", part, text)
				}
			}
			for _, part := range c.lacks {
				if strings.Contains(text, part) {
					t.Errorf("%q in\n%s", part, text)
				}
			}
		})
	}
}

// hostile are names that want to be more than one word of a command, or to look like another.
var hostile = []string{
	"x; touch /tmp/owned", "$(id)", "`id`", "a b", "it's", `"`, "a\nb", "a\x1b[2Jb", "\u202egnp", "-rf", "--flag=1", "a'b\"c$d", "*", "~", "a\\", "#x", "a\u00a0b", "&", "|", "", "x\x00y", "^,^a,b",
}

// TestForeignTextStaysOneWord runs what a command would be through a real shell, which prints the words it sees.
func TestForeignTextStaysOneWord(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	for _, text := range hostile {
		word := shellWord(text, "PLACEHOLDER")
		out, err := exec.Command(sh, "-c", "printf '<%s>' --x="+word).Output()
		want := "<--x=" + text + ">"
		if word == "PLACEHOLDER" {
			want = "<--x=PLACEHOLDER>"
		}
		if err != nil || string(out) != want {
			t.Errorf("%q became %s, which the shell reads as %q (%v)", text, word, out, err)
		}
		if strings.ContainsAny(word, "\n\x1b\x00\u202e") {
			t.Errorf("%q keeps what a screen does not show as it is", text)
		}
	}
}

// TestNoCommandHoldsMoreThanItShould fills every name of a target and a token with hostile text. Each command is still one plain line that runs one
// program: a real shell runs them all, with functions in place of the programs, and sees as many as there are lines.
func TestNoCommandHoldsMoreThanItShould(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	targets := []func(*Target){func(*Target) {}, func(s *Target) { s.Policy.Bindings = nil }, func(s *Target) { s.IAP = Yes }, func(s *Target) { s.DefaultURL = No }}
	commands := map[string]bool{}
	for _, text := range hostile {
		for _, paste := range []string{firebase(set("iss", "https://securetoken.google.com/"+text)), account(set("aud", text)), account(set("email", text)), ""} {
			for _, change := range targets {
				target := shop(t)
				target.Service, target.Region, target.Project, target.ProjectNumber = text, text, text, text
				target.Audiences = []Audience{{Value: text + "/", Source: "url"}}
				change(&target)
				var token *Token
				if paste != "" {
					if token, err = Read([]byte(paste)); err != nil {
						t.Fatal(err)
					}
				}
				for _, w := range Ways(token, target) {
					for _, command := range w.Commands {
						commands[command] = true
					}
				}
			}
		}
	}
	script := "set -f; gcloud() { echo ran; }; curl() { echo ran; }\n"
	for command := range commands {
		name, _, _ := strings.Cut(command, " ")
		if strings.ContainsAny(command, "\n\r\x1b\x00\u202e") || name != "gcloud" && name != "curl" && name != "#" {
			t.Errorf("not one plain command: %q", command)
		}
		if name == "#" {
			command = "echo ran"
		}
		script += command + "\n"
	}
	run := exec.Command(sh)
	run.Stdin = strings.NewReader(script)
	out, err := run.CombinedOutput()
	if want := strings.Repeat("ran\n", len(commands)); err != nil || string(out) != want || len(commands) < 50 {
		t.Errorf("%d commands ran as %q (%v)", len(commands), out, err)
	}
}
