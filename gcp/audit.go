package gcp

import (
	"encoding/json"
	"strings"

	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/genproto/googleapis/cloud/audit"
	iamlog "google.golang.org/genproto/googleapis/iam/v1/logging"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// activity is the filter of what this package reads from the audit log: admin activity on Cloud Run's services. The methods have
// other prefixes in each version of the API; denied and failed calls are among them.
const activity = `log_id("cloudaudit.googleapis.com/activity")
AND protoPayload.serviceName="run.googleapis.com"
AND protoPayload.methodName:("Services.SetIamPolicy" OR "Services.ReplaceService" OR "Services.UpdateService" OR "Services.CreateService" OR "Services.DeleteService")`

// mostGrants bounds what is kept of one policy: IAM itself allows 1,500 principals in one.
const mostGrants = 1500

// change converts one entry of the audit log. An entry whose payload cannot be read is a change too, of which little is known.
func (p pool) change(m *loggingpb.LogEntry) Change {
	of := m.GetResource().GetLabels()
	c := Change{
		ID: cutTo(m.GetInsertId()), Project: p.keep(of["project_id"]), Service: p.keep(of["service_name"]), Region: p.keep(of["location"]),
		Operation: cutTo(m.GetOperation().GetId()), Ends: m.GetOperation().GetLast() && !m.GetOperation().GetFirst(),
	}
	if t := m.GetTimestamp(); t != nil {
		c.Time = t.AsTime()
	}
	if t := m.GetReceiveTimestamp(); t != nil {
		c.Received = t.AsTime()
	}
	var a audit.AuditLog
	if body := m.GetProtoPayload(); !body.MessageIs(&a) || proto.Unmarshal(body.GetValue(), &a) != nil {
		c.Detail = []string{"the entry's payload could not be read"}
		return c
	}
	c.Who = p.keep(a.GetAuthenticationInfo().GetPrincipalEmail())
	if c.Who == "" { // a federated identity has no address
		c.Who = p.keep(a.GetAuthenticationInfo().GetPrincipalSubject())
	}
	c.Method = p.keep(lastPart(a.GetMethodName()))
	p.place(&c, &a)
	c.Failed = failed(&a)
	switch c.Method {
	case "SetIamPolicy":
		c.Kind = ChangePolicy
		p.policy(&c, &a)
	case "ReplaceService", "UpdateService":
		c.Kind = ChangeDeploy
		c.after = p.settings(&a)
	case "CreateService":
		c.Kind = ChangeCreated
		c.after = p.settings(&a)
	case "DeleteService":
		c.Kind = ChangeDeleted
	}
	return c
}

// lastPart is the last part of a method's name: it comes as google.cloud.run.v1.Services.SetIamPolicy and as /Services.SetIamPolicy.
func lastPart(method string) string { return method[strings.LastIndexAny(method, "./")+1:] }

// place fills in the service and its region where the entry's labels do not tell: on a SetIamPolicy the service's is empty.
func (p pool) place(c *Change, a *audit.AuditLog) {
	name := strings.Split(a.GetResourceName(), "/")
	for i := 0; i+1 < len(name); i++ {
		switch {
		case name[i] == "projects" && c.Project == "":
			c.Project = p.keep(name[i+1])
		case name[i] == "services" && c.Service == "":
			c.Service = p.keep(name[i+1])
		case name[i] == "locations" && c.Region == "":
			c.Region = p.keep(name[i+1])
		}
	}
	if at := a.GetResourceLocation().GetCurrentLocations(); c.Region == "" && len(at) == 1 {
		c.Region = p.keep(at[0])
	}
	if c.Region == "" {
		c.Region = p.keep(text(a.GetRequest(), "region"))
	}
}

// failed is why a call was not done. The code's name comes first, since the message may be missing.
func failed(a *audit.AuditLog) string {
	s := a.GetStatus()
	if s.GetCode() == 0 {
		return ""
	}
	why := codes.Code(s.GetCode()).String()
	if codes.Code(s.GetCode()) == codes.PermissionDenied {
		why = "permission denied"
	}
	if msg := oneLine(s.GetMessage()); msg != "" {
		why += ", " + msg
	}
	return why
}

// policy reads a SetIamPolicy: the delta, where the entry carries one, and the whole policy: as the response tells it, or as it
// was asked for.
func (p pool) policy(c *Change, a *audit.AuditLog) {
	if d := delta(a); d != nil {
		c.Compared, c.told = true, true
		for _, b := range d {
			g := Grant{p.keep(b.GetRole()), p.keep(b.GetMember()), p.keep(conditionName(b.GetCondition().GetTitle(), b.GetCondition().GetExpression()))}
			switch {
			case len(c.Added)+len(c.Removed) == mostGrants:
			case b.GetAction() == iampb.BindingDelta_ADD:
				c.Added = append(c.Added, g)
			case b.GetAction() == iampb.BindingDelta_REMOVE:
				c.Removed = append(c.Removed, g)
			}
		}
	}
	asked := child(a.GetRequest(), "policy")
	from := a.GetResponse()
	if from == nil {
		from = asked
	}
	if from == nil {
		return
	}
	c.grants = grants{known: true, etag: cutTo(text(a.GetResponse(), "etag")), upon: cutTo(text(asked, "etag"))}
	for _, b := range items(from, "bindings") {
		condition := child(b, "condition")
		for _, m := range b.GetFields()["members"].GetListValue().GetValues() {
			if len(c.grants.all) == mostGrants {
				c.grants.known = false // cut: what is missing from it tells nothing
				return
			}
			c.grants.all = append(c.grants.all, Grant{p.keep(text(b, "role")), p.keep(m.GetStringValue()),
				p.keep(conditionName(text(condition, "title"), text(condition, "expression")))})
		}
	}
}

// delta is the entry's own account of what a SetIamPolicy changed, nil where it has none.
func delta(a *audit.AuditLog) []*iampb.BindingDelta {
	var d iamlog.AuditData
	//lint:ignore SA1019 IAM's deltas come in this field and in no other
	if body := a.GetServiceData(); body.MessageIs(&d) && proto.Unmarshal(body.GetValue(), &d) == nil && d.GetPolicyDelta() != nil {
		return append([]*iampb.BindingDelta{}, d.GetPolicyDelta().GetBindingDeltas()...)
	}
	of := child(a.GetMetadata(), "policyDelta")
	if of == nil {
		return nil
	}
	all := []*iampb.BindingDelta{}
	for _, b := range items(of, "bindingDeltas") {
		all = append(all, &iampb.BindingDelta{
			Action: iampb.BindingDelta_Action(iampb.BindingDelta_Action_value[text(b, "action")]), Role: text(b, "role"), Member: text(b, "member"),
		})
	}
	return all
}

// settings are those that a deploy leaves behind, as its response tells them; the request's where that is the whole service.
func (p pool) settings(a *audit.AuditLog) settings {
	of := a.GetResponse()
	if of == nil && text(a.GetRequest(), "updateMask") == "" && child(a.GetRequest(), "updateMask") == nil {
		of = child(a.GetRequest(), "service")
	}
	meta := child(of, "metadata")
	switch {
	case meta != nil && of.GetFields()["spec"] != nil: // version 1: a Knative service, whose settings are annotations
		return p.annotated(meta)
	case text(of, "ingress") != "" || text(of, "uri") != "": // version 2
		s := settings{
			known: true, ingress: ingressNamed(text(of, "ingress")), invokerOff: flag(of, "invokerIamDisabled"),
			urlOff: flag(of, "defaultUriDisabled"), iap: flag(of, "iapEnabled"),
		}
		for _, v := range of.GetFields()["customAudiences"].GetListValue().GetValues() {
			s.audiences = append(s.audiences, p.keep(v.GetStringValue()))
		}
		return s
	}
	return settings{}
}

// annotated reads the annotations of a Knative service.
//
// Source: https://cloud.google.com/run/docs/reference/rest/v1/ObjectMeta
func (p pool) annotated(meta *structpb.Struct) settings {
	const of = "run.googleapis.com/"
	notes := child(meta, "annotations")
	s := settings{
		known: true, ingress: ingressNamed(text(notes, of+"ingress")), invokerOff: flag(notes, of+"invoker-iam-disabled"),
		urlOff: flag(notes, of+"default-url-disabled"), iap: flag(notes, of+"iap-enabled"),
		generation: int64(meta.GetFields()["generation"].GetNumberValue()),
	}
	if list := text(notes, of+"custom-audiences"); list != "" {
		var all []string
		if json.Unmarshal([]byte(list), &all) != nil {
			return settings{}
		}
		for _, a := range all {
			s.audiences = append(s.audiences, p.keep(a))
		}
	}
	return s
}

// ingressNamed reads an ingress setting in the names of both versions of the API.
func ingressNamed(name string) Ingress {
	switch name {
	case "all", "INGRESS_TRAFFIC_ALL":
		return IngressAll
	case "internal", "INGRESS_TRAFFIC_INTERNAL_ONLY":
		return IngressInternal
	case "internal-and-cloud-load-balancing", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER":
		return IngressLoadBalancer
	case "none", "INGRESS_TRAFFIC_NONE":
		return IngressNone
	}
	return IngressUnknown
}

// The readers of a Struct: what is not there, or of another type, is empty.

func child(s *structpb.Struct, name string) *structpb.Struct {
	return s.GetFields()[name].GetStructValue()
}

func text(s *structpb.Struct, name string) string { return s.GetFields()[name].GetStringValue() }

func flag(s *structpb.Struct, name string) bool {
	v := s.GetFields()[name]
	return v.GetBoolValue() || strings.EqualFold(v.GetStringValue(), "true")
}

func items(s *structpb.Struct, name string) []*structpb.Struct {
	var all []*structpb.Struct
	for _, v := range s.GetFields()[name].GetListValue().GetValues() {
		if of := v.GetStructValue(); of != nil {
			all = append(all, of)
		}
	}
	return all
}
