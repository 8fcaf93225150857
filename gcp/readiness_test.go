package gcp

import (
	"testing"

	"cloud.google.com/go/run/apiv2/runpb"
)

func TestAServiceSaysWhyItIsNotReady(t *testing.T) {
	failed := func(c *runpb.Condition) *runpb.Condition {
		c.State = runpb.Condition_CONDITION_FAILED
		return c
	}
	for _, c := range []struct {
		name string
		s    *runpb.Service
		want string
	}{
		{"by its terminal condition", &runpb.Service{TerminalCondition: failed(&runpb.Condition{Reasons: &runpb.Condition_Reason{Reason: runpb.Condition_CONTAINER_MISSING}})},
			"the container image is not there"},
		{"by the revision's reason", &runpb.Service{TerminalCondition: failed(&runpb.Condition{Reasons: &runpb.Condition_RevisionReason_{RevisionReason: runpb.Condition_HEALTH_CHECK_CONTAINER_ERROR}})},
			"the container did not start, or did not listen on its port in time"},
		{"by another condition, where the terminal one gives no reason", &runpb.Service{TerminalCondition: failed(&runpb.Condition{}), Conditions: []*runpb.Condition{
			{State: runpb.Condition_CONDITION_SUCCEEDED, Reasons: &runpb.Condition_Reason{Reason: runpb.Condition_INTERNAL}},
			failed(&runpb.Condition{Reasons: &runpb.Condition_Reason{Reason: runpb.Condition_SECRETS_ACCESS_CHECK_FAILED}}),
		}}, "a secret is not there, or the service's account may not read it"},
		{"not at all, where none does", &runpb.Service{TerminalCondition: failed(&runpb.Condition{})}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if v := service("p", "r", c.s); v.State != StateFailed || v.StateWhy != c.want {
				t.Errorf("state %d, because %q; want failed, because %q", v.State, v.StateWhy, c.want)
			}
		})
	}
	ready := service("p", "r", &runpb.Service{TerminalCondition: &runpb.Condition{State: runpb.Condition_CONDITION_SUCCEEDED, Reasons: &runpb.Condition_Reason{Reason: runpb.Condition_INTERNAL}}})
	if ready.StateWhy != "" {
		t.Errorf("a ready service says %q", ready.StateWhy)
	}
}

func TestTrafficNamesTheLatestRevision(t *testing.T) {
	v := service("p", "r", &runpb.Service{
		LatestReadyRevision: "projects/p/locations/r/services/s/revisions/s-00007-vab",
		TrafficStatuses: []*runpb.TrafficTargetStatus{
			{Type: runpb.TrafficTargetAllocationType_TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST, Percent: 90},
			{Revision: "s-00006-old", Percent: 10, Tag: "old", Uri: "https://old---s.a.run.app"},
		},
	})
	want := []Traffic{{Revision: "s-00007-vab", Percent: 90, Latest: true}, {Revision: "s-00006-old", Percent: 10, Tag: "old", URL: "https://old---s.a.run.app"}}
	if len(v.Traffic) != 2 || v.Traffic[0] != want[0] || v.Traffic[1] != want[1] {
		t.Errorf("traffic %+v, want %+v", v.Traffic, want)
	}
}
