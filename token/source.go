package token

// The pages that the rules rest on.
const (
	pageInvoke      = "https://cloud.google.com/run/docs/authenticating/service-to-service"
	pageTrouble     = "https://cloud.google.com/run/docs/troubleshooting"
	pageIngress     = "https://cloud.google.com/run/docs/securing/ingress"
	pageAudiences   = "https://cloud.google.com/run/docs/configuring/custom-audiences"
	pageAccess      = "https://cloud.google.com/run/docs/securing/managing-access"
	pageIAPRun      = "https://cloud.google.com/run/docs/securing/identity-aware-proxy-cloud-run"
	pageMembers     = "https://cloud.google.com/iam/docs/principal-identifiers"
	pageConditions  = "https://cloud.google.com/iam/docs/conditions-overview"
	pageInherited   = "https://cloud.google.com/iam/docs/resource-hierarchy-access-control"
	pageDeny        = "https://cloud.google.com/iam/docs/deny-overview"
	pageTokens      = "https://cloud.google.com/docs/authentication/token-types"
	pageOpenID      = "https://developers.google.com/identity/openid-connect/openid-connect"
	pageFirebase    = "https://firebase.google.com/docs/auth/admin/verify-id-tokens"
	pageRevoked     = "https://firebase.google.com/docs/auth/admin/manage-sessions"
	pageJWS         = "https://www.rfc-editor.org/rfc/rfc7515"
	pageJWT         = "https://www.rfc-editor.org/rfc/rfc7519"
	pageJWTPractice = "https://www.rfc-editor.org/rfc/rfc8725"
)
