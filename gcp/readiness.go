package gcp

import "cloud.google.com/go/run/apiv2/runpb"

// traffic is where the requests go, as far as it is in effect.
func traffic(s *runpb.Service) []Traffic {
	var out []Traffic
	for _, t := range s.GetTrafficStatuses() {
		v := Traffic{
			Revision: last(t.GetRevision()), Percent: int(t.GetPercent()), Tag: t.GetTag(), URL: t.GetUri(),
			Latest: t.GetType() == runpb.TrafficTargetAllocationType_TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST,
		}
		if v.Latest && v.Revision == "" {
			v.Revision = last(s.GetLatestReadyRevision())
		}
		out = append(out, v)
	}
	return out
}

// why says in plain words why a service is not ready: the reason of its terminal condition, or of the first other one that failed.
func why(s *runpb.Service) string {
	if text := reasonOf(s.GetTerminalCondition()); text != "" {
		return text
	}
	for _, c := range s.GetConditions() {
		if c.GetState() == runpb.Condition_CONDITION_FAILED {
			if text := reasonOf(c); text != "" {
				return text
			}
		}
	}
	return ""
}

// reasonOf puts a condition's reason into words; "" for one that says nothing more than its message.
// Source: https://cloud.google.com/run/docs/reference/rest/v2/Condition
func reasonOf(c *runpb.Condition) string {
	switch c.GetReason() {
	case runpb.Condition_REVISION_FAILED:
		return "the newest revision did not become ready"
	case runpb.Condition_PROGRESS_DEADLINE_EXCEEDED:
		return "it did not become ready in the time that Cloud Run gives it"
	case runpb.Condition_CONTAINER_MISSING:
		return "the container image is not there"
	case runpb.Condition_CONTAINER_PERMISSION_DENIED:
		return "Cloud Run may not read the container image"
	case runpb.Condition_CONTAINER_IMAGE_UNAUTHORIZED:
		return "Binary Authorization does not allow the container image"
	case runpb.Condition_CONTAINER_IMAGE_AUTHORIZATION_CHECK_FAILED:
		return "Binary Authorization could not check the container image"
	case runpb.Condition_ENCRYPTION_KEY_PERMISSION_DENIED:
		return "Cloud Run may not use the encryption key"
	case runpb.Condition_ENCRYPTION_KEY_CHECK_FAILED:
		return "the encryption key could not be checked"
	case runpb.Condition_SECRETS_ACCESS_CHECK_FAILED:
		return "a secret is not there, or the service's account may not read it"
	case runpb.Condition_WAITING_FOR_OPERATION:
		return "another operation has to end first"
	case runpb.Condition_IMMEDIATE_RETRY, runpb.Condition_POSTPONED_RETRY:
		return "the last attempt failed; Cloud Run tries again by itself"
	case runpb.Condition_INTERNAL:
		return "something failed inside Cloud Run"
	case runpb.Condition_VPC_NETWORK_NOT_FOUND:
		return "the VPC network or subnetwork is not there"
	}
	switch c.GetRevisionReason() {
	case runpb.Condition_HEALTH_CHECK_CONTAINER_ERROR:
		return "the container did not start, or did not listen on its port in time"
	case runpb.Condition_MIN_INSTANCES_NOT_PROVISIONED:
		return "the least number of instances could not be started"
	case runpb.Condition_ACTIVE_REVISION_LIMIT_REACHED:
		return "the project has as many active revisions as it may have"
	case runpb.Condition_NO_DEPLOYMENT:
		return "there is no deployment of it"
	case runpb.Condition_MIN_INSTANCES_WARMING:
		return "the least number of instances is still starting"
	}
	return ""
}
