package demo

import (
	"fmt"
	"strings"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/genproto/googleapis/cloud/audit"
	ltype "google.golang.org/genproto/googleapis/logging/type"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// kind is how a field's values compare.
type kind int8

const (
	text kind = iota
	integer
	moment
	severity
)

// field is one field of an entry: how to read it, and whether it is there.
type field struct {
	kind kind
	text func(*loggingpb.LogEntry) (string, bool)
	num  func(*loggingpb.LogEntry) (int64, bool)
	time func(*loggingpb.LogEntry) *timestamppb.Timestamp
}

// present says whether the field is there.
func (f field) present(e *loggingpb.LogEntry) bool {
	var ok bool
	switch f.kind {
	case integer, severity:
		_, ok = f.num(e)
	case moment:
		ok = f.time(e) != nil
	default:
		_, ok = f.text(e)
	}
	return ok
}

// fieldOf finds a field by its name in the language.
func fieldOf(name string) (field, error) {
	str := func(read func(*loggingpb.LogEntry) string) (field, error) {
		return field{text: func(e *loggingpb.LogEntry) (string, bool) { s := read(e); return s, s != "" }}, nil
	}
	lookup := func(read func(*loggingpb.LogEntry) map[string]string, key string) (field, error) {
		key = strings.Trim(key, `"`)
		return field{text: func(e *loggingpb.LogEntry) (string, bool) { s, ok := read(e)[key]; return s, ok }}, nil
	}
	if key, ok := strings.CutPrefix(name, "resource.labels."); ok && key != "" {
		return lookup(func(e *loggingpb.LogEntry) map[string]string { return e.GetResource().GetLabels() }, key)
	}
	if key, ok := strings.CutPrefix(name, "labels."); ok && key != "" {
		return lookup((*loggingpb.LogEntry).GetLabels, key)
	}
	if key, ok := strings.CutPrefix(name, "httpRequest."); ok {
		return httpField(key, str)
	}
	if key, ok := strings.CutPrefix(name, "protoPayload."); ok {
		return auditField(key)
	}
	if key, ok := strings.CutPrefix(name, "jsonPayload."); ok {
		return payloadField(key)
	}
	switch name {
	case "resource.type":
		return str(func(e *loggingpb.LogEntry) string { return e.GetResource().GetType() })
	case "logName":
		return str((*loggingpb.LogEntry).GetLogName)
	case "textPayload":
		return str((*loggingpb.LogEntry).GetTextPayload)
	case "insertId":
		return str((*loggingpb.LogEntry).GetInsertId)
	case "trace":
		return str((*loggingpb.LogEntry).GetTrace)
	case "spanId":
		return str((*loggingpb.LogEntry).GetSpanId)
	case "timestamp":
		return field{kind: moment, time: (*loggingpb.LogEntry).GetTimestamp}, nil
	case "receiveTimestamp":
		return field{kind: moment, time: (*loggingpb.LogEntry).GetReceiveTimestamp}, nil
	case "severity":
		return field{kind: severity, num: func(e *loggingpb.LogEntry) (int64, bool) { return int64(e.GetSeverity()), true }}, nil
	}
	return field{}, fmt.Errorf("the field %q is not known", name)
}

type strField func(func(*loggingpb.LogEntry) string) (field, error)

func httpField(key string, str strField) (field, error) {
	read := func(get func(*ltype.HttpRequest) string) (field, error) {
		return str(func(e *loggingpb.LogEntry) string { return get(e.GetHttpRequest()) })
	}
	switch key {
	case "status":
		return field{kind: integer, num: func(e *loggingpb.LogEntry) (int64, bool) {
			n := e.GetHttpRequest().GetStatus()
			return int64(n), n != 0
		}}, nil
	case "requestMethod":
		return read((*ltype.HttpRequest).GetRequestMethod)
	case "requestUrl":
		return read((*ltype.HttpRequest).GetRequestUrl)
	case "userAgent":
		return read((*ltype.HttpRequest).GetUserAgent)
	case "remoteIp":
		return read((*ltype.HttpRequest).GetRemoteIp)
	case "referer":
		return read((*ltype.HttpRequest).GetReferer)
	case "protocol":
		return read((*ltype.HttpRequest).GetProtocol)
	}
	return field{}, fmt.Errorf("the field %q is not known", "httpRequest."+key)
}

// payloadField finds a field of a load balancer's entry; another one is as unknown here as a misspelt one.
func payloadField(key string) (field, error) {
	path := strings.Split(key, ".")
	value := func(e *loggingpb.LogEntry) *structpb.Value {
		v := structpb.NewStructValue(e.GetJsonPayload())
		for _, p := range path {
			v = v.GetStructValue().GetFields()[p]
		}
		return v
	}
	switch key {
	case "statusDetails", "proxyStatus", "enforcedSecurityPolicy.name", "enforcedSecurityPolicy.outcome", "enforcedSecurityPolicy.configuredAction":
		return field{text: func(e *loggingpb.LogEntry) (string, bool) { s := value(e).GetStringValue(); return s, s != "" }}, nil
	case "enforcedSecurityPolicy.priority":
		return field{kind: integer, num: func(e *loggingpb.LogEntry) (int64, bool) {
			n, ok := value(e).GetKind().(*structpb.Value_NumberValue)
			if !ok {
				return 0, false
			}
			return int64(n.NumberValue), true
		}}, nil
	}
	return field{}, fmt.Errorf("the field %q is not known", "jsonPayload."+key)
}

func auditField(key string) (field, error) {
	read := func(get func(*audit.AuditLog) string) (field, error) {
		return field{text: func(e *loggingpb.LogEntry) (string, bool) {
			var a audit.AuditLog
			if e.GetProtoPayload() == nil || e.GetProtoPayload().UnmarshalTo(&a) != nil {
				return "", false
			}
			s := get(&a)
			return s, s != ""
		}}, nil
	}
	switch key {
	case "@type":
		return field{text: func(e *loggingpb.LogEntry) (string, bool) {
			s := e.GetProtoPayload().GetTypeUrl()
			return s, s != ""
		}}, nil
	case "serviceName":
		return read((*audit.AuditLog).GetServiceName)
	case "methodName":
		return read((*audit.AuditLog).GetMethodName)
	case "resourceName":
		return read((*audit.AuditLog).GetResourceName)
	case "authenticationInfo.principalEmail":
		return read(func(a *audit.AuditLog) string { return a.GetAuthenticationInfo().GetPrincipalEmail() })
	}
	return field{}, fmt.Errorf("the field %q is not known", "protoPayload."+key)
}
