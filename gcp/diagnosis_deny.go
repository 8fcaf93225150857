package gcp

import (
	"slices"
	"strings"
)

// denied: a deny policy takes the permission away whatever any binding grants. It is named where it hits everybody, or one of those
// who may invoke.
func (k *clues) denied() {
	if k.p == nil {
		return
	}
	holders := k.holders()
	for _, r := range k.p.Deny {
		name := "the deny policy " + r.Policy + " of the " + r.Level
		if r.Condition != (Condition{}) {
			name += ", under the condition " + r.Condition.name() + ","
		}
		for _, d := range r.Denied {
			if d == "principalSet://goog/public:all" {
				if r.Condition == (Condition{}) && len(r.Except) == 0 {
					k.likely(inferred, "A deny policy stops everybody, whatever any binding grants.")
				}
				but := ""
				if len(r.Except) > 0 {
					but = " but " + list(r.Except)
				}
				k.pro("%s stops everybody%s", name, but)
			}
			if m := memberOf(d); m != "" && slices.Contains(holders, m) && !slices.Contains(r.Except, d) {
				k.pro("%s may invoke by its role, and %s stops it", m, name)
			}
		}
	}
}

// memberOf is a principal of a deny rule as bindings write it, "" where they write it otherwise or not at all.
func memberOf(principal string) string {
	if account, ok := strings.CutPrefix(principal, "principal://iam.googleapis.com/projects/-/serviceAccounts/"); ok {
		return "serviceAccount:" + account
	}
	if user, ok := strings.CutPrefix(principal, "principal://goog/subject/"); ok {
		return "user:" + user
	}
	if group, ok := strings.CutPrefix(principal, "principalSet://goog/group/"); ok {
		return "group:" + group
	}
	return ""
}
