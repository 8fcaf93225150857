package gcp_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/structpb"

	"why401/gcp"
	"why401/gcp/demo"
)

// stamped is an entry of the test's shapes at another time and under another id.
func stamped(t *testing.T, id string, at time.Time, format string, parts ...any) gcp.Change {
	t.Helper()
	c := gcp.ChangeOf(logged(t, format, parts...))
	c.ID, c.Time = id, at
	return c
}

func told(h *gcp.History) (texts []string) {
	for _, c := range h.List() {
		texts = append(texts, strings.TrimPrefix(c.Text(), "jo@acme.example "))
	}
	return texts
}

const (
	nowHolds = `"response":{"bindings":[{"members":[%s],"role":"roles/run.invoker"}],"etag":%q},`
	nowIs    = `"response":{"kind":"Service","spec":{},"metadata":{"generation":%d,"annotations":{%s}}},`
)

func TestHistoryComparesAPolicyWithTheOneBefore(t *testing.T) {
	first := stamped(t, "1", noon, policyEntry, fmt.Sprintf(nowHolds, `"allUsers"`, "A"))
	second := stamped(t, "2", noon.Add(time.Minute), policyEntry, fmt.Sprintf(nowHolds, `"user:a","user:b"`, "B"))
	third := stamped(t, "3", noon.Add(2*time.Minute), policyEntry, fmt.Sprintf(nowHolds, `"user:b"`, "C"))
	failed := stamped(t, "2x", noon.Add(90*time.Second), policyEntry, `"status":{"code":7},`)
	const unknown = "set the policy to allUsers as roles/run.invoker; what it was before is not known"
	want := []string{
		unknown,
		"removed allUsers from roles/run.invoker, added user:a to roles/run.invoker and added user:b to roles/run.invoker",
		"tried to remove user:a from roles/run.invoker, remove user:b from roles/run.invoker and add user:jo@acme.example to roles/run.invoker, which failed: permission denied",
		"removed user:a from roles/run.invoker",
	}
	all := []gcp.Change{first, second, failed, third}
	dice := rand.New(rand.NewPCG(4, 5))
	for range 24 { // in any order, one by one, and twice
		var h gcp.History
		dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, c := range all {
			if got := h.Add(c); len(got) != 1 || got[0].ID != c.ID {
				t.Fatalf("a new change: %+v", got)
			}
			if got := h.Add(c); len(got) != 0 {
				t.Fatalf("the same again: %+v", got)
			}
		}
		if got := told(&h); !slices.Equal(got, want) {
			t.Fatalf("got  %q\nwant %q", got, want)
		}
	}
}

func TestHistoryDoesNotCompareAcrossAHole(t *testing.T) {
	var h gcp.History
	first := stamped(t, "1", noon, policyEntry, fmt.Sprintf(nowHolds, `"allUsers"`, "A"))
	second := logged(t, policyEntry, fmt.Sprintf(nowHolds, `"user:b"`, "C"))
	body := second.GetProtoPayload()
	log := auditOf(t, body)
	log.GetRequest().GetFields()["policy"].GetStructValue().GetFields()["etag"] = structpb.NewStringValue("B") // of a policy that nobody saw
	second.Payload = payload(t, log)
	c := gcp.ChangeOf(second)
	c.Time = noon.Add(time.Minute)
	h.Add(first, c)
	if got := told(&h)[1]; !strings.Contains(got, "is not known") {
		t.Errorf("got %q", got)
	}
	log.GetRequest().GetFields()["policy"].GetStructValue().GetFields()["etag"] = structpb.NewStringValue("A")
	second.Payload = payload(t, log)
	c = gcp.ChangeOf(second)
	c.Time = noon.Add(time.Minute)
	h = gcp.History{}
	h.Add(first, c)
	if got := told(&h)[1]; !strings.HasPrefix(got, "removed allUsers") {
		t.Errorf("got %q", got)
	}
}

func TestHistoryComparesWithWhatWasRead(t *testing.T) {
	policy := func(at time.Time) *gcp.Policy {
		return &gcp.Policy{Read: at, Bindings: []gcp.Binding{{Role: "roles/run.invoker", Members: []string{"allUsers", "user:b"}}}}
	}
	change := stamped(t, "1", noon, policyEntry, fmt.Sprintf(nowHolds, `"user:b"`, "A"))
	for _, c := range []struct {
		name    string
		service string
		read    time.Duration
		want    string
	}{
		{"read before", "shop-api", -time.Hour, "removed allUsers from roles/run.invoker"},
		{"read after it, so that it shows the change", "shop-api", time.Second, "set the policy to user:b as roles/run.invoker; what it was before is not known"},
		{"of another service", "billing", -time.Hour, "set the policy to user:b as roles/run.invoker; what it was before is not known"},
	} {
		var h gcp.History
		h.Saw(gcp.Service{Project: "p", Name: c.service, Region: "us-west1"}, policy(noon.Add(c.read)))
		if got := h.Add(change)[0]; strings.TrimPrefix(got.Text(), "jo@acme.example ") != c.want {
			t.Errorf("%s: %s", c.name, got.Text())
		}
	}
}

func TestHistoryComparesSettings(t *testing.T) {
	deploy := func(id string, minutes int, generation int, notes string) gcp.Change {
		return stamped(t, id, noon.Add(time.Duration(minutes)*time.Minute), replaceEntry, fmt.Sprintf(nowIs, generation, notes))
	}
	const open, closed = `"run.googleapis.com/ingress":"all"`, `"run.googleapis.com/ingress":"internal"`
	for _, c := range []struct {
		name    string
		saw     gcp.Service
		changes []gcp.Change
		kind    gcp.ChangeKind
		want    string // of the last
	}{
		{"the first of which anything is known", gcp.Service{}, []gcp.Change{deploy("1", 0, 5, open)}, gcp.ChangeDeploy, "deployed"},
		{"nothing else changed", gcp.Service{}, []gcp.Change{deploy("1", 0, 5, open), deploy("2", 1, 6, open)}, gcp.ChangeDeploy, "deployed"},
		{"ingress", gcp.Service{}, []gcp.Change{deploy("1", 0, 5, open), deploy("2", 1, 6, closed)}, gcp.ChangeIngress, "changed the settings: ingress all → internal"},
		{"a change between was not seen", gcp.Service{}, []gcp.Change{deploy("1", 0, 5, open), deploy("2", 1, 7, closed)}, gcp.ChangeDeploy, "deployed"},
		{"the invoker check comes first", gcp.Service{}, []gcp.Change{deploy("1", 0, 5, open), deploy("2", 1, 6, closed+`,"run.googleapis.com/invoker-iam-disabled":"True"`)},
			gcp.ChangeInvokerCheck, "changed the settings: invoker check on → off, ingress all → internal"},
		{"audiences", gcp.Service{}, []gcp.Change{deploy("1", 0, 5, open+`,"run.googleapis.com/custom-audiences":"[\"a\",\"b\"]"`),
			deploy("2", 1, 6, open+`,"run.googleapis.com/custom-audiences":"[\"b\"]"`)}, gcp.ChangeAudience, "changed the settings: custom audience a removed"},
		{"audiences that cannot be read", gcp.Service{}, []gcp.Change{deploy("1", 0, 5, open+`,"run.googleapis.com/custom-audiences":"[\"a\",\"b\"]"`),
			deploy("2", 1, 6, open+`,"run.googleapis.com/custom-audiences":"a"`)}, gcp.ChangeDeploy, "deployed"},
		{"IAP and the run.app URL", gcp.Service{}, []gcp.Change{deploy("1", 0, 5, open),
			deploy("2", 1, 6, open+`,"run.googleapis.com/iap-enabled":"true","run.googleapis.com/default-url-disabled":"true"`)},
			gcp.ChangeIAP, "changed the settings: IAP off → on, run.app URL on → off"},
		{"what the service was before", gcp.Service{Project: "p", Name: "shop-api", Region: "europe-west1", Ingress: gcp.IngressAll, Updated: noon.Add(-time.Hour)},
			[]gcp.Change{deploy("1", 0, 5, closed)}, gcp.ChangeIngress, "changed the settings: ingress all → internal"},
		{"what the service is after", gcp.Service{Project: "p", Name: "shop-api", Region: "europe-west1", Ingress: gcp.IngressAll, Updated: noon.Add(time.Second)},
			[]gcp.Change{deploy("1", 0, 5, closed)}, gcp.ChangeDeploy, "deployed"},
		{"after one that failed", gcp.Service{}, []gcp.Change{deploy("1", 0, 5, open), stamped(t, "2", noon.Add(time.Minute), replaceEntry, `"status":{"code":3},`),
			deploy("3", 2, 6, closed)}, gcp.ChangeIngress, "changed the settings: ingress all → internal"},
	} {
		var h gcp.History
		if c.saw.Name != "" {
			h.Saw(c.saw, nil)
		}
		h.Add(c.changes...)
		all := h.List()
		last := all[len(all)-1]
		if got := strings.TrimPrefix(last.Text(), "jo@acme.example "); got != c.want || last.Kind != c.kind {
			t.Errorf("%s: %s, %q; want %s, %q", c.name, last.Kind, got, c.kind, c.want)
		}
	}
}

func TestHistoryKnowsWhatPrunedChangesLeft(t *testing.T) {
	var h gcp.History
	h.Add(stamped(t, "1", noon, policyEntry, fmt.Sprintf(nowHolds, `"allUsers"`, "A")), stamped(t, "2", noon, replaceEntry, fmt.Sprintf(nowIs, 5, "")),
		stamped(t, "3", noon.Add(time.Second), policyEntry, `"status":{"code":7},`))
	h.Prune(noon.Add(time.Minute))
	if len(h.List()) != 0 {
		t.Fatalf("left: %+v", h.List())
	}
	h.Add(stamped(t, "4", noon.Add(2*time.Minute), policyEntry, fmt.Sprintf(nowHolds, `"user:b"`, "C")),
		stamped(t, "5", noon.Add(2*time.Minute), replaceEntry, fmt.Sprintf(nowIs, 6, `"run.googleapis.com/iap-enabled":"true"`)))
	want := []string{"removed allUsers from roles/run.invoker and added user:b to roles/run.invoker", "changed the settings: IAP off → on"}
	if got := told(&h); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	h.Prune(noon.Add(2 * time.Minute)) // the moment itself stays
	if n := len(h.List()); n != 2 {
		t.Errorf("%d are left", n)
	}
}

func TestAnOperationIsOneChange(t *testing.T) {
	begin := stamped(t, "1", noon, updateEntry, `"first":true`, "")
	end := stamped(t, "2", noon.Add(40*time.Second), updateEntry, `"last":true`, `"status":{"code":9,"message":"not ready"},`)
	other := stamped(t, "3", noon.Add(50*time.Second), strings.Replace(updateEntry, "op-77", "op-78", 1), `"last":true`, "")
	for _, order := range [][]gcp.Change{{begin, end, other}, {end, other, begin}, {other, end, begin, end}} {
		var h gcp.History
		for _, c := range order {
			h.Add(c)
		}
		all := h.List()
		if len(all) != 2 || all[0].ID != "1" || !strings.HasSuffix(all[0].Text(), "tried to deploy, which failed: FailedPrecondition, not ready") || all[1].ID != "3" || all[1].Failed != "" {
			t.Errorf("got %+v", all)
		}
	}
}

func TestHistoryHasACeiling(t *testing.T) {
	var h gcp.History
	for i := range 5100 {
		h.Add(gcp.Change{ID: fmt.Sprint(i), Time: noon.Add(time.Duration(i) * time.Second), Service: fmt.Sprint("s", i%50)})
	}
	all := h.List()
	if len(all) != 5000 || all[0].ID != "100" {
		t.Errorf("%d, from %s on", len(all), all[0].ID)
	}
	if own := h.Of(gcp.Place{Service: "s7"}); len(own) != 100 {
		t.Errorf("%d of one service", len(own))
	}
	if added := h.Add(gcp.Change{ID: "old", Time: noon}); len(added) != 1 || len(h.List()) != 5000 {
		t.Errorf("one that is too old: %+v", added)
	}
}

func TestLogBringsRefusalsAndChangesInOneCall(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		page, err := client.Log(t.Context(), time.Now().Add(-time.Hour), time.Time{}, 10_000)
		if err != nil || page.More || len(page.Entries) < 300 || cloud.Calls("ListLogEntries") != 1 {
			t.Fatalf("%v, more %v, %d entries, %d calls", err, page.More, len(page.Entries), cloud.Calls("ListLogEntries"))
		}
		if !slices.IsSortedFunc(page.Changes, func(a, b gcp.Change) int { return b.Time.Compare(a.Time) }) {
			t.Error("the changes are not sorted, newest first")
		}
		var h gcp.History
		h.Add(page.Changes...)
		var got []string
		for _, c := range h.List() {
			got = append(got, fmt.Sprintf("%2.0f %s: %s", time.Since(c.Time).Minutes(), c.Service, c.Text()))
		}
		want := []string{
			"57 shop-api: ci-deployer@acme-prod.iam.gserviceaccount.com deployed",
			"52 public-site: ci-deployer@acme-prod.iam.gserviceaccount.com deployed",
			"49 ledger: ci-deployer@acme-prod.iam.gserviceaccount.com deployed",
			"38 mobile-bff: ci-deployer@acme-prod.iam.gserviceaccount.com deployed",
			"35 ledger: sec.review@acme.example changed the settings: ingress all → internal",
			"22 shop-api: sec.review@acme.example removed allUsers from roles/run.invoker and added allAuthenticatedUsers to roles/run.invoker",
			"18 shop-api: deployer@acme.example changed the settings: custom audience acme-prod added",
			" 9 public-site: sec.review@acme.example removed allUsers from roles/run.invoker",
			" 6 checkout-preview: deployer@acme.example deployed",
			" 5 public-site: ci-deployer@acme-prod.iam.gserviceaccount.com tried to add allUsers to roles/run.invoker, which failed: FailedPrecondition, " +
				"One or more users named in the policy do not belong to a permitted customer.",
		}
		if len(got) != 11 || !slices.Equal(got[:10], want) || !strings.HasSuffix(got[10], "what it was before is not known") {
			t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
		changes, more, err := client.Changes(t.Context(), time.Now().Add(-time.Hour), time.Time{}, 100)
		if err != nil || more || len(changes) != len(page.Changes) || cloud.Calls("ListLogEntries") != 2 {
			t.Errorf("changes alone: %v, more %v, %d of %d", err, more, len(changes), len(page.Changes))
		}
		entries, _, err := client.Refused(t.Context(), time.Now().Add(-time.Hour), time.Time{}, 10_000)
		if err != nil || !slices.Equal(entries, page.Entries) {
			t.Errorf("refusals alone: %v, %d of %d", err, len(entries), len(page.Entries))
		}
		few, err := client.Log(t.Context(), time.Now().Add(-time.Hour), time.Time{}, 60)
		if err != nil || !few.More || len(few.Entries)+len(few.Changes) != 60 || len(few.Changes) == 0 {
			t.Errorf("a limit: %v, more %v, %d and %d", err, few.More, len(few.Entries), len(few.Changes))
		}
	})
}

// TestTheStoryBeganWithAChange: what the demonstration tells is found in it.
func TestTheStoryBeganWithAChange(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		from, to := time.Now().Add(-time.Hour), time.Now()
		page, err := client.Log(t.Context(), from, to, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		var h gcp.History
		var line gcp.Timeline
		h.Add(page.Changes...)
		for _, e := range page.Entries {
			line.Add(e)
		}
		for _, c := range []struct{ service, region, says string }{
			{"shop-api", "europe-west1", "one minute after sec.review@acme.example removed allUsers from roles/run.invoker and added"},
			{"public-site", "us-east1", "after sec.review@acme.example removed allUsers from roles/run.invoker"},
			{"billing", "europe-west1", "on, begins with them"},
			{"order-events", "us-central1", "on, begins with them"},
		} {
			of := gcp.Place{Project: "acme-prod", Service: c.service, Region: c.region}
			b := gcp.Onset(line.Of(of, from, to), from).Blame(of, pointers(page.Entries), h.Of(of))
			if !strings.Contains(b.Text, c.says) || b.Known != strings.HasPrefix(b.Text, "began ") {
				t.Errorf("%s: %q, want %q", c.service, b.Text, c.says)
			}
		}
		if b := gcp.Onset(line.Counts(from, to), from).Blame(gcp.Place{}, pointers(page.Entries), h.List()); !b.Rose || b.After == nil ||
			b.After.Service != "shop-api" || !strings.Contains(b.Text, " at shop-api, ") {
			t.Errorf("the project: %q", b.Text)
		}
	})
}

// TestChangesComeWithTheTail: a change that is made now arrives with the refusals, once each, and says what it did.
func TestChangesComeWithTheTail(t *testing.T) {
	inside(t, []demo.Option{demo.Empty()}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		cloud.SetService(demoService("shop-api"))
		cloud.SetPolicy("shop-api", &iampb.Binding{Role: "roles/run.invoker", Members: []string{"allUsers"}})
		time.Sleep(time.Minute)
		tail, err := client.Tail(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer tail.Close()
		if _, err := tail.Next(); err != nil {
			t.Fatal(err)
		}
		cloud.SetPolicy("shop-api", &iampb.Binding{Role: "roles/run.invoker", Members: []string{"user:jo@acme.example"}})
		s := demoService("shop-api")
		s.InvokerIamDisabled = true
		cloud.SetService(s)
		cloud.RemoveService("shop-api")
		cloud.Emit(demo.Refusal{Service: "shop-api"})
		cloud.EmitChange(demo.Change{Service: "shop-api", Method: "google.cloud.run.v1.Services.SetIamPolicy", Code: codes.PermissionDenied})
		cloud.EmitChange(demo.Change{Service: "shop-api", Method: "google.cloud.run.v1.Jobs.SetIamPolicy"}) // not a service's
		b, err := tail.Next()
		if err != nil || len(b.Entries) != 1 || len(b.Changes) != 4 {
			t.Fatalf("%v, %d entries, %d changes", err, len(b.Entries), len(b.Changes))
		}
		listed, _, err := client.Changes(t.Context(), time.Now().Add(-time.Hour), time.Time{}, 100)
		if err != nil {
			t.Fatal(err)
		}
		var h gcp.History
		h.Add(b.Changes...)
		h.Add(listed...)
		want := map[string]int{
			"deployer@acme.example created the service":                                                                         1,
			"deployer@acme.example added allUsers to roles/run.invoker":                                                         1,
			"deployer@acme.example deleted the service":                                                                         1,
			"deployer@acme.example changed the settings: invoker check on → off":                                                1,
			"deployer@acme.example removed allUsers from roles/run.invoker and added user:jo@acme.example to roles/run.invoker": 1,
			"deployer@acme.example tried to set the policy, which failed: permission denied":                                    1,
		}
		got := map[string]int{}
		for _, c := range h.List() {
			got[c.Text()]++
		}
		// Removals come first in the text, whatever order the entry has them in.
		if !maps.Equal(got, want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
	})
}

// TestAWindowIsBounded follows the story through six tails, with what a window keeps.
func TestAWindowIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("hours of entries")
	}
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done := make(chan struct{})
		go func() { defer close(done); cloud.Run(ctx) }()
		const window = 15 * time.Minute
		var h gcp.History
		var line gcp.Timeline
		groups := gcp.Groups{Most: 50}
		type held struct {
			entry gcp.Entry
			key   gcp.GroupKey
		}
		var ring []held
		begin, total, next := time.Now(), 0, time.Now()
		for time.Since(begin) < 6*time.Hour {
			tail, err := client.Tail(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for {
				b, err := tail.Next()
				if err != nil {
					break // after an hour
				}
				h.Add(b.Changes...)
				for _, e := range b.Entries {
					line.Add(e)
					ring = append(ring, held{e, groups.Add(e.GroupKey(), e.Time)})
					total++
				}
				now := time.Now()
				for len(ring) > 0 && now.Sub(ring[0].entry.Time) > window {
					line.Remove(ring[0].entry)
					groups.Remove(ring[0].key)
					ring = ring[1:]
				}
				h.Prune(now.Add(-window))
				if now.After(next) { // somebody keeps changing things
					next = now.Add(5 * time.Minute)
					cloud.SetPolicy("ledger", &iampb.Binding{Role: "roles/run.invoker", Members: []string{fmt.Sprint("user:", now.Unix())}})
				}
				if n := groups.Len(); n > 100 || len(h.List()) > 10 {
					t.Fatalf("%d groups, %d changes", n, len(h.List()))
				}
			}
			tail.Close()
		}
		sum := 0
		for _, of := range groups.List(begin, time.Now()) {
			sum += of.Count
		}
		counted := 0
		for _, n := range line.Counts(begin, time.Now()) {
			counted += n
		}
		if sum != len(ring) || counted != len(ring) || total < 5000 || len(ring) > total/10 {
			t.Errorf("of %d entries the window has %d, the groups %d, the minutes %d", total, len(ring), sum, counted)
		}
		cancel()
		<-done
	})
}

// TestTheFilterIsShort: the API takes 20,000 characters.
func TestTheFilterIsShort(t *testing.T) {
	if n := len(gcp.Everything()); n > 2000 {
		t.Errorf("%d characters", n)
	}
}
