package demo

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/logging/apiv2/loggingpb"
	"cloud.google.com/go/run/apiv2/runpb"
	"google.golang.org/genproto/googleapis/cloud/audit"
	iamlog "google.golang.org/genproto/googleapis/iam/v1/logging"
	ltype "google.golang.org/genproto/googleapis/logging/type"
	rpcstatus "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// Change is one entry of the audit log: somebody changed a service, or tried to. What a method has no use for is left out.
//
// The shapes are those of entries found in public: a SetIamPolicy carries the whole policy and an empty service_name, a
// ReplaceService the whole service before and after its change. Whether Cloud Run adds the delta of a policy is not documented:
// Bare leaves it out.
type Change struct {
	Service  string // short or whole name
	Method   string // "google.cloud.run.v1.Services.SetIamPolicy" and the like
	Actor    string // "": deployer@acme.example
	Time     time.Time
	Received time.Time
	ID       string

	Before, After []*iampb.Binding // of SetIamPolicy: the policy before and after; both nil: nothing is told
	Bare          bool             // of SetIamPolicy: no delta
	Settings      *runpb.Service   // of the methods that set a service: how they leave it; nil: nothing is told
	Code          codes.Code       // OK, or why it was not done
	Message       string           // beside Code
	Operation     string           // of version 2: its long-running operation; the entry is its beginning
	Ends          bool             // the entry is the operation's end
}

// entry is the change as the audit log holds it.
func (h Change) entry(c *Cloud) *loggingpb.LogEntry {
	at := c.locate(h.Service, "")
	id := c.journal.next(at.project)
	name, place := at.name, at.region
	whole := "projects/" + at.project + "/locations/" + place + "/services/" + name
	log := &audit.AuditLog{
		ServiceName: "run.googleapis.com", MethodName: h.Method, ResourceName: whole,
		ResourceLocation:   &audit.ResourceLocation{CurrentLocations: []string{place}},
		AuthenticationInfo: &audit.AuthenticationInfo{PrincipalEmail: or(h.Actor, "deployer@acme.example")},
	}
	m := &loggingpb.LogEntry{
		LogName: "projects/" + at.project + activityLog, Resource: at.revision(""), Severity: ltype.LogSeverity_NOTICE,
		Timestamp: stamped(h.Time), ReceiveTimestamp: stamped(h.Received), InsertId: or(h.ID, fmt.Sprintf("-a%07x", id)),
	}
	m.Resource.Labels["configuration_name"] = ""
	switch {
	case strings.HasSuffix(h.Method, "SetIamPolicy"):
		m.Resource.Labels["service_name"] = ""
		h.policy(log, whole)
	case strings.Contains(h.Method, ".v1."):
		log.ResourceName = "namespaces/" + at.project + "/services/" + name
		h.knative(log, name, place)
	default:
		h.second(log, whole)
	}
	if h.Operation != "" {
		m.Operation = &loggingpb.LogEntryOperation{Id: h.Operation, Producer: "run.googleapis.com", First: !h.Ends, Last: h.Ends}
	}
	if h.Code != codes.OK {
		m.Severity = ltype.LogSeverity_ERROR
		log.Status = &rpcstatus.Status{Code: int32(h.Code), Message: h.Message}
		log.Response = nil
		//lint:ignore SA1019 IAM's deltas come in this field and in no other
		log.ServiceData = nil
	}
	m.Payload = &loggingpb.LogEntry_ProtoPayload{ProtoPayload: packed(log)}
	return m
}

// packed puts a message into an Any, nil for one with invalid UTF-8.
func packed(m proto.Message) *anypb.Any {
	body, err := anypb.New(m)
	if err != nil {
		return nil
	}
	return body
}

// policy fills in a SetIamPolicy.
func (h Change) policy(log *audit.AuditLog, whole string) {
	if h.Before == nil && h.After == nil {
		return
	}
	bindings := listed(h.After)
	log.Request = structure(map[string]any{
		"@type": "type.googleapis.com/google.iam.v1.SetIamPolicyRequest", "resource": whole,
		"policy": map[string]any{"bindings": bindings, "etag": etagOf(h.Before)},
	})
	log.Response = structure(map[string]any{"@type": "type.googleapis.com/google.iam.v1.Policy", "bindings": bindings, "etag": etagOf(h.After)})
	if h.Bare {
		return
	}
	was, is := deltas(h.Before, iampb.BindingDelta_REMOVE), deltas(h.After, iampb.BindingDelta_ADD)
	same := func(a *iampb.BindingDelta) func(*iampb.BindingDelta) bool {
		return func(b *iampb.BindingDelta) bool {
			return a.Role == b.Role && a.Member == b.Member && proto.Equal(a.Condition, b.Condition)
		}
	}
	d := &iampb.PolicyDelta{}
	for _, x := range is {
		if !slices.ContainsFunc(was, same(x)) {
			d.BindingDeltas = append(d.BindingDeltas, x)
		}
	}
	for _, x := range was {
		if !slices.ContainsFunc(is, same(x)) {
			d.BindingDeltas = append(d.BindingDeltas, x)
		}
	}
	//lint:ignore SA1019 IAM's deltas come in this field and in no other
	log.ServiceData = packed(&iamlog.AuditData{PolicyDelta: d})
}

func deltas(bindings []*iampb.Binding, action iampb.BindingDelta_Action) []*iampb.BindingDelta {
	var all []*iampb.BindingDelta
	for _, b := range bindings {
		for _, m := range b.Members {
			all = append(all, &iampb.BindingDelta{Action: action, Role: b.Role, Member: m, Condition: b.Condition})
		}
	}
	return all
}

func listed(bindings []*iampb.Binding) []any {
	all := []any{}
	for _, b := range bindings {
		members := []any{}
		for _, m := range b.Members {
			members = append(members, m)
		}
		one := map[string]any{"role": b.Role, "members": members}
		if b.Condition != nil {
			one["condition"] = map[string]any{"title": b.Condition.Title, "expression": b.Condition.Expression}
		}
		all = append(all, one)
	}
	return all
}

// etagOf is the same for the same policy.
func etagOf(bindings []*iampb.Binding) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%x", stamp(fmt.Sprint(listed(bindings)))))
}

// knative fills in a method of version 1, whose services have the Knative form.
func (h Change) knative(log *audit.AuditLog, name, place string) {
	log.Request = structure(map[string]any{"@type": "type.googleapis.com/google.cloud.run.v1.ReplaceServiceRequest", "name": log.ResourceName, "region": place})
	if h.Settings == nil {
		return
	}
	s := h.Settings
	const of = "run.googleapis.com/"
	notes := map[string]any{of + "client-name": "gcloud", of + "ingress": ingressNote(s.Ingress), of + "ingress-status": ingressNote(s.Ingress)}
	if len(s.CustomAudiences) > 0 {
		list, _ := json.Marshal(s.CustomAudiences)
		notes[of+"custom-audiences"] = string(list)
	}
	for note, on := range map[string]bool{"invoker-iam-disabled": s.InvokerIamDisabled, "default-url-disabled": s.DefaultUriDisabled, "iap-enabled": s.IapEnabled} {
		if on {
			notes[of+note] = "true"
		}
	}
	after := map[string]any{
		"@type": "type.googleapis.com/google.cloud.run.v1.Service", "apiVersion": "serving.knative.dev/v1", "kind": "Service",
		"metadata": map[string]any{"name": name, "namespace": number, "generation": float64(s.Generation), "annotations": notes},
		"spec": map[string]any{"template": map[string]any{"spec": map[string]any{"serviceAccountName": s.GetTemplate().GetServiceAccount()}},
			"traffic": []any{map[string]any{"latestRevision": true, "percent": 100}}},
		"status": map[string]any{"observedGeneration": float64(s.Generation - 1), "url": s.Uri},
	}
	log.Response = structure(after)
	delete(after, "@type")
	log.Request.Fields["service"] = structpb.NewStructValue(structure(after))
}

func ingressNote(i runpb.IngressTraffic) string {
	switch i {
	case internal:
		return "internal"
	case loadBalancer:
		return "internal-and-cloud-load-balancing"
	case runpb.IngressTraffic_INGRESS_TRAFFIC_NONE:
		return "none"
	}
	return "all"
}

// second fills in a method of version 2: the beginning of its operation carries what was asked for, the end how it went.
func (h Change) second(log *audit.AuditLog, whole string) {
	kind := h.Method[strings.LastIndexByte(h.Method, '.')+1:]
	log.Request = structure(map[string]any{"@type": "type.googleapis.com/google.cloud.run.v2." + kind + "Request"})
	if h.Settings == nil {
		return
	}
	asked := &structpb.Struct{}
	if raw, err := protojson.Marshal(h.Settings); err == nil && asked.UnmarshalJSON(raw) == nil {
		log.Request.Fields["service"] = structpb.NewStructValue(asked)
	}
	if h.Ends || h.Operation == "" {
		log.Response = asked
	}
}

// structure is a Struct of plain values.
func structure(of map[string]any) *structpb.Struct {
	s, err := structpb.NewStruct(of)
	if err != nil { // a value of another type, or invalid UTF-8
		return &structpb.Struct{Fields: map[string]*structpb.Value{}}
	}
	return s
}
