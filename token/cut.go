package token

import (
	"slices"
	"strings"
)

// claimOf is the claim that a rule cannot do without; "" for one that needs none in particular.
func claimOf(rule string) string {
	switch rule {
	case "clm.lifetime":
		return "exp"
	case "clm.scope":
		return ""
	case "iam.principal", "iam.binding", "iam.condition", "iam.inherited", "iam.deny":
		return "email"
	}
	claim, _ := strings.CutPrefix(rule, "clm.")
	if claim == rule {
		return ""
	}
	return claim
}

// beyond says whether a rule asks for a claim that may have stood where the claims were cut off: that it is not there is then
// nothing that is known of the token.
func (t *Token) beyond(rule string) bool {
	claim := claimOf(rule)
	if claim == "" || t.Kind() == None || t.claims.has(claim) {
		return false
	}
	return slices.ContainsFunc(t.defects, func(d defect) bool { return d.rule == "in.truncated" && strings.HasPrefix(d.got, "claims ") }) || t.shortened()
}

// shortened says whether dots or asterisks that somebody put there for showing stand where the claims should: what is behind them is not known.
func (t *Token) shortened() bool {
	return len(t.segments) > 1 && shortened(t.segments[1]) || len(t.segments) == 2 && shortened(t.raw)
}

// shortened says whether the text of a token was shortened for showing.
func shortened(text string) bool {
	return strings.Contains(text, "...") || strings.Contains(text, "***") || strings.Contains(text, "…")
}
