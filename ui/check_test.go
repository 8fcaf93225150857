package ui

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"why401/gcp"
	"why401/token"
)

// judgedAt is the moment of these tests, by --now.
var judgedAt = time.Date(2026, 11, 24, 3, 12, 0, 0, time.UTC)

// throwaway is a key of this run alone.
var throwaway = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

type claims map[string]any

// signed is a token with these claims, issued five minutes before judgedAt unless they say otherwise, signed with the throwaway key.
func signed(t testing.TB, c claims) string {
	t.Helper()
	b64 := base64.RawURLEncoding.EncodeToString
	all := claims{"iat": judgedAt.Add(-5 * time.Minute).Unix(), "exp": judgedAt.Add(55 * time.Minute).Unix()}
	for name, value := range c {
		all[name] = value
	}
	body, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	text := b64([]byte(`{"alg":"RS256","kid":"throwaway","typ":"JWT"}`)) + "." + b64(body)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, throwaway(), crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + b64(signature)
}

// jwks is the throwaway key as a JWKS, under an id.
func jwks(id string) []byte {
	return fmt.Appendf(nil, `{"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":%q,"e":"AQAB","n":%q}]}`,
		id, base64.RawURLEncoding.EncodeToString(new(big.Int).Set(throwaway().N).Bytes()))
}

func firebaseToken(t testing.TB) string {
	return signed(t, claims{
		"iss": "https://securetoken.google.com/acme-prod", "aud": "acme-prod", "sub": "u1", "user_id": "u1", "auth_time": judgedAt.Add(-time.Hour).Unix(),
		"email": "jo.customer@acme.example", "firebase": claims{"sign_in_provider": "password"},
	})
}

func accountToken(t testing.TB, audience string) string {
	return signed(t, claims{
		"iss": "https://accounts.google.com", "aud": audience, "azp": "112233445566778899001", "sub": "112233445566778899001",
		"email": "caller@acme-prod.iam.gserviceaccount.com", "email_verified": true,
	})
}

const shopURL = "https://shop-api-424242424242.europe-west1.run.app"

// seedTarget is the question that the tool began with, as a --target file.
const seedTarget = `{
  "service": {
    "name": "projects/acme-prod/locations/europe-west1/services/shop-api",
    "uri": "https://shop-api-1a2b3c4d5e-ew.a.run.app",
    "urls": ["https://shop-api-424242424242.europe-west1.run.app", "https://shop-api-1a2b3c4d5e-ew.a.run.app"],
    "customAudiences": ["acme-prod"],
    "ingress": "INGRESS_TRAFFIC_ALL",
    "invokerIamDisabled": false, "defaultUriDisabled": false, "iapEnabled": false
  },
  "policy": {"bindings": [{"role": "roles/run.invoker", "members": ["allAuthenticatedUsers"]}], "etag": "BwYx", "version": 1},
  "policyComplete": true,
  "request": {"url": "https://shop-api-424242424242.europe-west1.run.app/orders", "method": "GET", "from": "internet", "header": "Authorization"}
}`

// edited is the seed question's target with pieces of it replaced, in pairs.
func edited(t testing.TB, pairs ...string) []byte {
	t.Helper()
	text := seedTarget
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the target has no %q", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return []byte(text)
}

// checked is what a check wrote.
type checked struct {
	exit int
	err  error
	out  string
	json checkJSON
}

// check runs a check that needs no network, as JSON; change changes its options.
func check(t testing.TB, pasted string, change ...func(*CheckOptions)) checked {
	t.Helper()
	var out bytes.Buffer
	o := CheckOptions{
		In: strings.NewReader(pasted), Out: &out, JSON: true, Target: []byte(seedTarget), Offline: true, Now: judgedAt,
		Keys: []KeyFile{{Name: "keys.json", Body: jwks("throwaway")}},
	}
	for _, c := range change {
		c(&o)
	}
	var c checked
	c.exit, c.err = Check(context.Background(), o)
	c.out = out.String()
	if o.JSON && c.err == nil {
		strict := json.NewDecoder(strings.NewReader(c.out))
		strict.DisallowUnknownFields()
		if err := strict.Decode(&c.json); err != nil {
			t.Fatalf("%v:\n%s", err, c.out)
		}
	}
	return c
}

func aimed(text []byte) func(*CheckOptions) { return func(o *CheckOptions) { o.Target = text } }

// find is a check of the report by its id.
func (c checked) find(id string) findingJSON {
	for _, f := range c.json.Checks {
		if f.ID == id {
			return f
		}
	}
	return findingJSON{}
}

// goldenFile compares a text with testdata/NAME.
func goldenFile(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with: go test ./ui -run %s -update", err, t.Name())
	}
	if got != string(want) {
		t.Errorf("%s differs.\n--- want\n%s\n--- got\n%s", path, want, got)
	}
}

// TestCheckSeedQuestion: a Firebase ID token, the project id as custom audience, allAuthenticatedUsers, and still 401.
func TestCheckSeedQuestion(t *testing.T) {
	bound := func(o *CheckOptions) { o.Keys[0].Issuer = "https://securetoken.google.com/acme-prod" }
	c := check(t, firebaseToken(t), bound)
	if c.err != nil || c.exit != ExitRefused || c.json.Verdict.Status == nil || *c.json.Verdict.Status != 401 || c.json.Verdict.DecidedBy != "clm.iss" {
		t.Errorf("exit %d, %v, verdict %+v", c.exit, c.err, c.json.Verdict)
	}
	if c.json.Kind != token.FirebaseID || !c.json.KindVerified {
		t.Errorf("kind %s, verified %v", c.json.Kind, c.json.KindVerified)
	}
	for id, want := range map[string]string{"clm.iss": "fail", "clm.aud": "pass", "sig.verify": "pass", "clm.exp": "pass", "kind.accepted": "fail", "iam.binding": "skip", "predict.status": "fail"} {
		if got := c.find(id).Status; got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	goldenFile(t, "check-seed.json", c.out)
	plain := check(t, firebaseToken(t), bound, func(o *CheckOptions) { o.JSON = false })
	goldenFile(t, "check-seed.txt", plain.out)
	if plain.exit != c.exit {
		t.Errorf("as plain text the exit status is %d, as JSON %d", plain.exit, c.exit)
	}
}

func TestCheckAnswers(t *testing.T) {
	const firstBinding = `[{"role": "roles/run.invoker", "members": ["allAuthenticatedUsers"]}]`
	good := accountToken(t, shopURL)
	none := func(o *CheckOptions) { o.Target = nil }
	for _, c := range []struct {
		name   string
		pasted string
		change func(*CheckOptions)
		exit   int
		status int // 0: null
		by     string
	}{
		{"a service account's token for the service is let in", good, nil, ExitLetIn, 200, "iam.binding"},
		{"a header line is as good as the token", "Authorization: Bearer " + good + "\n", nil, ExitLetIn, 200, "iam.binding"},
		{"nothing on standard input is a request without a credential", "", nil, ExitRefused, 403, "req.credential"},
		{"an empty line is nothing", " \n", nil, ExitRefused, 403, "req.credential"},
		{"no credential at an open door", "", aimed(edited(t, `"invokerIamDisabled": false`, `"invokerIamDisabled": true`)), ExitLetIn, 200, "svc.iam_check"},
		{"a Firebase token at an open door", firebaseToken(t), aimed(edited(t, `"invokerIamDisabled": false`, `"invokerIamDisabled": true`)), ExitLetIn, 200, "svc.iam_check"},
		{"an access token", "ya29.a0AfH6SMBxxxxxxxxxxxxxxxxxxxx", nil, ExitRefused, 401, "kind.accepted"},
		{"another audience", accountToken(t, "https://other.example"), nil, ExitRefused, 401, "clm.aud"},
		{"another audience, custom audiences left out", accountToken(t, "https://other.example"),
			aimed(edited(t, `"customAudiences": ["acme-prod"],`, ``)), ExitUnknown, 0, "clm.aud"},
		{"another audience, no custom audiences", accountToken(t, "https://other.example"),
			aimed(edited(t, `"customAudiences": ["acme-prod"],`, `"customAudiences": [], "labels": {},`)), ExitRefused, 401, "clm.aud"},
		{"another audience, URLs left out", accountToken(t, "https://other.example"),
			aimed(edited(t, `"urls"`, `"urlsOfOld"`)), ExitUnknown, 0, "clm.aud"},
		{"a function's address, labels left out", accountToken(t, "https://europe-west1-acme-prod.cloudfunctions.net/shop-api"), nil, ExitUnknown, 0, "clm.aud"},
		{"a function's address, and it is one", accountToken(t, "https://europe-west1-acme-prod.cloudfunctions.net/shop-api"),
			aimed(edited(t, `"iapEnabled": false`, `"iapEnabled": false, "labels": {"goog-managed-by": "cloudfunctions"}`)), ExitLetIn, 200, "iam.binding"},
		{"a function's origin alone", accountToken(t, "https://europe-west1-acme-prod.cloudfunctions.net"), nil, ExitRefused, 401, "clm.aud"},
		{"the API's whole answer leaves out what is empty", accountToken(t, "https://other.example"),
			aimed(edited(t, `"customAudiences": ["acme-prod"],`, ``, `"policy"`, `"serviceComplete": true, "policy"`)), ExitRefused, 401, "clm.aud"},
		{"ingress left out", good, aimed(edited(t, `"ingress": "INGRESS_TRAFFIC_ALL",`, ``)), ExitUnknown, 0, "svc.ingress"},
		{"internal, from the internet", good, aimed(edited(t, `INGRESS_TRAFFIC_ALL`, `INGRESS_TRAFFIC_INTERNAL_ONLY`)), ExitRefused, 404, "svc.ingress"},
		{"internal, from the VPC", good, aimed(edited(t, `INGRESS_TRAFFIC_ALL`, `INGRESS_TRAFFIC_INTERNAL_ONLY`, `"internet"`, `"vpc"`)), ExitLetIn, 200, "iam.binding"},
		{"internal, from nobody says where", good, aimed(edited(t, `INGRESS_TRAFFIC_ALL`, `INGRESS_TRAFFIC_INTERNAL_ONLY`, `"from": "internet", `, ``)), ExitUnknown, 0, "svc.ingress"},
		{"the run.app URL is off", good, aimed(edited(t, `"defaultUriDisabled": false`, `"defaultUriDisabled": true`)), ExitRefused, 404, "svc.default_url"},
		{"IAP left out", good, aimed(edited(t, `, "iapEnabled": false`, ``)), ExitUnknown, 0, "svc.iap"},
		{"the invoker check left out, no credential", "", aimed(edited(t, `"invokerIamDisabled": false, `, ``)), ExitUnknown, 0, "svc.iam_check"},
		{"no policy", good, aimed(edited(t, `"policy": {"bindings": `+firstBinding+`, "etag": "BwYx", "version": 1},`, ``)), ExitUnknown, 0, "iam.binding"},
		{"a complete policy without a binding", good, aimed(edited(t, firstBinding, `[]`)), ExitRefused, 403, "iam.binding"},
		{"a complete policy that has an etag only", good, aimed(edited(t, `"bindings": `+firstBinding+`, `, ``)), ExitRefused, 403, "iam.binding"},
		{"no binding, and nobody read what is inherited", good, aimed(edited(t, firstBinding, `[]`, `"policyComplete": true`, `"policyComplete": false`)), ExitUnknown, 0, "iam.binding"},
		{"a role that holds nothing of it", good, aimed(edited(t, `roles/run.invoker`, `roles/cloudfunctions.invoker`)), ExitRefused, 403, "iam.binding"},
		{"a role of one's own", good, aimed(edited(t, `roles/run.invoker`, `projects/acme-prod/roles/caller`)), ExitUnknown, 0, "iam.binding"},
		{"a preflight", "", aimed(edited(t, `"GET"`, `"OPTIONS"`)), ExitRefused, 403, "req.credential"},
		{"a year later", good, func(o *CheckOptions) { o.Now = judgedAt.AddDate(1, 0, 0) }, ExitRefused, 401, "clm.exp"},
		{"no keys, no network", good, func(o *CheckOptions) { o.Keys = nil }, ExitUnknown, 0, "sig.verify"},
		{"keys of another issuer", good, func(o *CheckOptions) { o.Keys[0].Issuer = "https://cloud.google.com/iap" }, ExitUnknown, 0, "sig.verify"},
		{"no service, and a token that none accepts", firebaseToken(t), none, ExitUnknown, 0, "clm.iss"},
		{"no service, and nothing against the token", good, none, ExitUnknown, 0, ""},
		{"an empty target: everything is unknown", good, aimed([]byte(`{}`)), ExitUnknown, 0, "svc.default_url"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var change []func(*CheckOptions)
			if c.change != nil {
				change = append(change, c.change)
			}
			got := check(t, c.pasted, change...)
			if got.err != nil {
				t.Fatal(got.err)
			}
			status := 0
			if got.json.Verdict.Status != nil {
				status = *got.json.Verdict.Status
			}
			if got.exit != c.exit || status != c.status || got.json.Verdict.DecidedBy != c.by {
				t.Errorf("exit %d, status %d by %q; want %d, %d by %q: %s", got.exit, status, got.json.Verdict.DecidedBy, c.exit, c.status, c.by, got.json.Verdict.Text)
			}
			if wantKind := c.pasted == "" || c.pasted == " \n"; wantKind != (got.json.Kind == token.None) {
				t.Errorf("kind %s", got.json.Kind)
			}
		})
	}
}

// TestCheckAnswersForTheApp: behind an open door, and the predicted status stays Cloud Run's.
func TestCheckAnswersForTheApp(t *testing.T) {
	for _, c := range []struct{ name, app, kind, project, says string }{
		{"the app takes the project", `{"firebase": {"project": "acme-prod"}}`, "pass", "pass", "as the app expects"},
		{"the app takes another", `{"firebase": {"project": "acme-staging"}}`, "pass", "fail", "acme-prod"},
		{"nobody said what the app takes", `null`, "pass", "pass", "is a guess"},
	} {
		got := check(t, firebaseToken(t), aimed(edited(t, `"invokerIamDisabled": false`, `"invokerIamDisabled": true`, `"policy"`, `"app": `+c.app+`, "policy"`)))
		if kind, project := got.find("kind.accepted"), got.find("fb.project"); got.exit != ExitLetIn || kind.Status != c.kind || project.Status != c.project || !strings.Contains(project.Got, c.says) {
			t.Errorf("%s: exit %d, %v, kind.accepted %s, fb.project %s: %s", c.name, got.exit, got.err, kind.Status, project.Status, project.Got)
		}
	}
}

// TestCheckJSONKeepsToItsSchema: every check, every word, nothing left out.
func TestCheckJSONKeepsToItsSchema(t *testing.T) {
	var raw map[string]any
	c := check(t, "Bearer "+accountToken(t, shopURL))
	if err := json.Unmarshal([]byte(c.out), &raw); err != nil {
		t.Fatal(err)
	}
	keys := func(place string, v any, want string) {
		m, _ := v.(map[string]any)
		for _, name := range strings.Fields(want) {
			if _, ok := m[name]; !ok {
				t.Errorf("%s has no %s", place, name)
			}
		}
		if len(m) != len(strings.Fields(want)) {
			t.Errorf("%s has %d fields, want %s", place, len(m), want)
		}
	}
	keys("the report", raw, "schema kind kindVerified repairs checks verdict ways")
	keys("verdict", raw["verdict"], "status decidedBy confidence source text")
	words := map[string]string{"status": "pass fail warn unknown skip", "confidence": "documented observed inferred unknown"}
	var ids []string
	for _, v := range raw["checks"].([]any) {
		keys("a check", v, "id status got want why fix confidence source")
		for name, allowed := range words {
			if word := v.(map[string]any)[name].(string); !strings.Contains(" "+allowed+" ", " "+word+" ") {
				t.Errorf("%s is %q, want one of %s", name, word, allowed)
			}
		}
		ids = append(ids, v.(map[string]any)["id"].(string))
	}
	var want []string
	for _, r := range token.Rules() {
		want = append(want, r.ID)
	}
	if got, want := strings.Join(ids, " "), strings.Join(append(want, "predict.status"), " "); got != want {
		t.Errorf("checks %s\nwant   %s", got, want)
	}
	if raw["schema"] != "why401/check/1" {
		t.Errorf("schema %v", raw["schema"])
	}
	if len(c.json.Repairs) != 1 || c.json.Repairs[0].ID != "in.prefix" {
		t.Errorf("repairs %+v", c.json.Repairs)
	}
	keys("a repair", raw["repairs"].([]any)[0], "id text sent")
	if c := check(t, "", aimed([]byte(`{}`))); !strings.Contains(c.out, `"status": null`) || !strings.Contains(c.out, `"repairs": []`) {
		t.Errorf("an unknown status is null, and no repairs are an empty list:\n%s", c.out)
	}
	if c := check(t, accountToken(t, shopURL)); !strings.Contains(c.out, `"ways": []`) {
		t.Errorf("where the request is let in there is no way out:\n%s", c.out)
	}
	for _, field := range []string{checkSchema, `"kindVerified"`, `"ways"`, `"repairs"`, `"sent"`, `"decidedBy"`, "predict.status", "serviceComplete", "policyComplete", "load-balancer"} {
		if !strings.Contains(CheckHelp, field) {
			t.Errorf("the help does not tell of %s", field)
		}
	}
}

// TestCheckTellsTheSameWaysOutInBothForms: every title and command of the JSON stands in the text.
func TestCheckTellsTheSameWaysOutInBothForms(t *testing.T) {
	pasted := accountToken(t, "https://elsewhere.example")
	text := check(t, pasted, func(o *CheckOptions) { o.JSON = false }).out
	commands := 0
	for _, w := range check(t, pasted).json.Ways {
		for _, said := range append(w.Commands, w.Title) {
			if !strings.Contains(text, said) {
				t.Errorf("the text does not have %q:\n%s", said, text)
			}
		}
		commands += len(w.Commands)
	}
	if commands == 0 {
		t.Error("no way out has a command")
	}
}

// TestCheckNeverShowsTheToken: neither the signature nor any stretch of what was sent, whatever is written.
func TestCheckNeverShowsTheToken(t *testing.T) {
	whole := accountToken(t, shopURL)
	for name, pasted := range map[string]string{
		"a service account's": whole, "Firebase's": firebaseToken(t), "in a header": "X-Serverless-Authorization: Bearer " + whole,
		"cut short": whole[:len(whole)-20], "twice": whole + "\n" + firebaseToken(t), "not canonical": whole + "==",
		"inside a claim": signed(t, claims{"iss": "https://accounts.google.com", "aud": whole, "email": whole, whole: whole, "list": []string{whole}}),
		"opaque":         "ya29.a0AfH6SMBq9WnV3kT7xYzB2cD4eF6gH8jK0",
		"malformed":      strings.Replace(whole, ".", "!", 1),
	} {
		for _, asJSON := range []bool{true, false} {
			for _, target := range [][]byte{nil, []byte(seedTarget)} {
				c := check(t, pasted, aimed(target), func(o *CheckOptions) { o.JSON = asJSON })
				if c.err != nil {
					t.Errorf("%s: %v", name, c.err)
				}
				// What was pasted, and the token inside a claim. Claims may stand there decoded; no stretch that is encoded may.
				for _, secret := range []string{pasted[strings.LastIndexByte(pasted, ' ')+1:], whole} {
					for i := 0; i+16 <= len(secret); i += 4 {
						if part := secret[i : i+16]; strings.Contains(c.out, part) {
							t.Fatalf("%s: %q of the token is in the report", name, part)
						}
					}
				}
			}
		}
	}
}

// TestCheckIsSafeToShow: nothing in a report moves a terminal's cursor or hides text.
func TestCheckIsSafeToShow(t *testing.T) {
	const hostile = "a\x1b[31mb\u202ec\u200bd\u009be\x7f"
	pasted := signed(t, claims{"iss": "https://accounts.google.com", "aud": hostile, "email": hostile, hostile: hostile, "sub": "1"})
	target := edited(t, `allAuthenticatedUsers`, `user:a\u001b[2J\u202e\u009b`, `["acme-prod"]`, `["\u001b]0;x\u0007\u202e"]`, `services/shop-api`, `services/\u001b[1m\u202e`)
	for _, asJSON := range []bool{true, false} {
		c := check(t, pasted, aimed(target), func(o *CheckOptions) { o.JSON = asJSON })
		if c.err != nil {
			t.Fatal(c.err)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(c.out, "\n"), "\n") {
			if clean(line) != line {
				t.Errorf("JSON %v: %q", asJSON, line)
			}
		}
		if !strings.Contains(c.out, `u202e`) {
			t.Errorf("JSON %v: nothing hostile is shown at all", asJSON)
		}
	}
}

func TestPlainReportIsNarrow(t *testing.T) {
	for _, pasted := range []string{"", firebaseToken(t), accountToken(t, "https://other.example/"+strings.Repeat("long-name/", 30))} {
		c := check(t, pasted, func(o *CheckOptions) { o.JSON = false })
		for line := range strings.SplitSeq(c.out, "\n") {
			command := strings.Contains(line, "gcloud ") || strings.Contains(line, "curl ")
			if width(line) > plainWidth && !command || strings.TrimRight(line, " ") != line {
				t.Errorf("a line of %d cells: %q", width(line), line)
			}
		}
	}
}

// TestCheckRefusesToGuess: what cannot be judged is exit status 2, a next step, and nothing on standard output.
func TestCheckRefusesToGuess(t *testing.T) {
	stuck := errors.New("stuck")
	for _, c := range []struct {
		name   string
		pasted string
		change func(*CheckOptions)
		says   string
	}{
		{"two services", "", func(o *CheckOptions) { o.Service = "shop-api" }, "both name a service"},
		{"a cloud without the network", "", func(o *CheckOptions) { o.Service, o.Target = "shop-api", nil }, "--offline forbids"},
		{"a region of no service", "", func(o *CheckOptions) { o.Region = "europe-west1" }, "without --service"},
		{"standard input that breaks", "", func(o *CheckOptions) { o.In = broken{stuck} }, "stuck"},
		{"a paste that is too large", strings.Repeat("a", 2<<20), nil, "1 MiB"},
		{"only what stands around a token", "Bearer ", nil, "read paste"},
		{"a command whose token is a variable", `curl -H "Authorization: Bearer $TOKEN" https://x.example`, nil, "variable"},
		{"keys that are none", "", func(o *CheckOptions) { o.Keys[0].Body = []byte(`{}`) }, "keys.json: "},
		{"keys of an issuer that nobody knows", "", func(o *CheckOptions) { o.Keys[0].Issuer = "https://accounts.gogle.com" }, "keys.json: "},
		{"a target that is no JSON", "", aimed([]byte("{")), "the target file, line 1"},
		{"output that is closed", "", func(o *CheckOptions) { o.Out = broken{stuck} }, "write the report: stuck"},
	} {
		for _, asJSON := range []bool{true, false} {
			change := []func(*CheckOptions){func(o *CheckOptions) { o.JSON = asJSON }}
			if c.change != nil {
				change = append(change, c.change)
			}
			got := check(t, c.pasted, change...)
			var own *Error
			if got.exit != ExitUsage || !errors.As(got.err, &own) || !strings.Contains(own.Text, c.says) || own.Hint == "" || got.out != "" {
				t.Errorf("%s: exit %d, %v, out %q; want %q", c.name, got.exit, got.err, got.out, c.says)
			}
		}
	}
}

// broken is a reader and a writer that fails.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error)  { return 0, b.err }
func (b broken) Write([]byte) (int, error) { return 0, b.err }

// TestTheAPIAndTheFileAgree: a service that was read and the same service from a file are the same target.
func TestTheAPIAndTheFileAgree(t *testing.T) {
	s, err := readTarget([]byte(seedTarget))
	if err != nil {
		t.Fatal(err)
	}
	at := moment{now: judgedAt}
	fromFile := s.target(nil, at)
	fromCloud := target(gcp.Service{
		Name: "shop-api", Region: "europe-west1", Project: "acme-prod", ProjectNumber: "424242424242", URI: "https://shop-api-1a2b3c4d5e-ew.a.run.app",
		URLs: []string{shopURL, "https://shop-api-1a2b3c4d5e-ew.a.run.app"}, Audiences: []string{"acme-prod"}, Ingress: gcp.IngressAll,
	}, &gcp.Policy{Bindings: []gcp.Binding{{Role: "roles/run.invoker", Members: []string{"allAuthenticatedUsers"}, Level: "service", Invokes: gcp.Yes}}}, nil, at)
	fromCloud.Request = token.Request{From: token.FromInternet, Host: "shop-api-424242424242.europe-west1.run.app", Method: "GET", Header: "Authorization"}
	if got, want := fmt.Sprintf("%+v", fromFile), fmt.Sprintf("%+v", fromCloud); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestCheckMarksWhatDiffersInAnAudience: in three pieces, each cleaned; where nothing is near, and where a piece of a credential would be shown, not at all.
func TestCheckMarksWhatDiffersInAnAudience(t *testing.T) {
	for _, c := range []struct{ name, aud, got string }{
		{"a slash too much", shopURL + "/", shopURL + "|/|"},
		{"what a terminal would obey", shopURL + "/\x1b[2J", shopURL + `|/\x1b[2J|`},
		{"the service's own", shopURL, ""},
		{"nothing near", "whatever", ""},
		{"a credential in it", shopURL + "/" + firebaseToken(t), ""},
	} {
		f := check(t, accountToken(t, c.aud)).find("clm.aud")
		got := ""
		if f.Difference != nil {
			got = strings.Join(f.Difference.Got[:], "|")
		}
		if got != c.got {
			t.Errorf("%s: %q, want %q (%s)", c.name, got, c.got, f.Got)
		}
		if f.Difference != nil && strings.Join(f.Difference.Want[:], "") != shopURL {
			t.Errorf("%s: wanted %q", c.name, f.Difference.Want)
		}
	}
}

// TestThePlainReportCutsNothing: what passed takes as many lines as it needs, and a claim without a text shows that it has none.
func TestThePlainReportCutsNothing(t *testing.T) {
	caller := "serviceAccount:a-caller-with-a-long-name@a-project-with-a-long-name-24.iam.gserviceaccount.com"
	pasted := signed(t, claims{
		"iss": "https://accounts.google.com", "aud": shopURL, "azp": "1", "sub": "1", "email": strings.TrimPrefix(caller, "serviceAccount:"), "email_verified": true, "note": "",
	})
	plain := func(o *CheckOptions) { o.JSON = false }
	c := check(t, pasted, plain, aimed(edited(t, `"allAuthenticatedUsers"`, `"`+caller+`"`)))
	if text := strings.Join(strings.Fields(c.out), ""); !strings.Contains(text, "caller"+caller+"holdsroles/run.invoker(service)") {
		t.Errorf("the caller is cut:\n%s", c.out)
	}
	if !strings.Contains(c.out, `note           ""`) {
		t.Errorf("an empty claim is not told:\n%s", c.out)
	}
	if strings.Contains(c.out, "…") {
		t.Errorf("something is cut:\n%s", c.out)
	}
	c = check(t, signed(t, claims{"iss": "https://accounts.google.com", "aud": "", "azp": "1", "sub": "1"}), plain)
	if !strings.Contains(c.out, "audience     empty") {
		t.Errorf("an empty audience is not told:\n%s", c.out)
	}
}
