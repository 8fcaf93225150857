package ui

import (
	"fmt"
	"strings"
	"time"

	"why401/token"
)

// several says which of the paste's credentials is judged.
func (p *tokenPane) several() []string {
	if len(p.found) < 2 {
		return nil
	}
	names := apart(p.found)
	names[p.chosen] = p.th.glyph.cursor + names[p.chosen]
	return para(p.th.accent, fmt.Sprintf("%d of %d found, %s next: %s", p.chosen+1, len(p.found), p.km.another.Help().Key, strings.Join(names, ", ")), p.w)
}

// alarm says that a long-lived secret was pasted: pasted is pasted, whichever credential is judged.
func (p *tokenPane) alarm() []string {
	text := alarmed(p.token, p.found)
	if text == "" {
		return nil
	}
	return para(p.th.badBadge, " "+text+" ", p.w)
}

// alarmed is what to tell of the long-lived secrets of a paste; "" where there is none. held is the credential that is judged.
func alarmed(held *token.Token, found []*token.Token) string {
	const now = "hoever sees it can use it. Rotate it now."
	var kinds []string
	for _, t := range found {
		if t != held && t.LongLived() {
			kinds = append(kinds, t.Kind().Title())
		}
	}
	switch {
	case held.LongLived() && kinds == nil:
		return "A long-lived secret: w" + now
	case held.LongLived():
		return "A long-lived secret, and beside it: " + strings.Join(kinds, ", ") + ". Whoever sees them can use them. Rotate them now."
	case len(kinds) == 1:
		return "A long-lived secret is in the paste: " + kinds[0] + ". W" + now
	case kinds != nil:
		return "Long-lived secrets are in the paste: " + strings.Join(kinds, ", ") + ". Whoever sees them can use them. Rotate them now."
	}
	return ""
}

// apart names the credentials of a paste. Those of one kind are told apart by the first of their claims in which all of them differ, or else
// by their place.
func apart(found []*token.Token) []string {
	names := make([]string, len(found))
	same := map[string][]int{}
	for i, t := range found {
		names[i] = t.Kind().Title()
		same[names[i]] = append(same[names[i]], i)
	}
	for _, at := range same {
		if len(at) < 2 {
			continue
		}
		by := difference(found, at)
		for n, i := range at {
			if by == nil {
				names[i] += fmt.Sprintf(" (%d)", n+1)
			} else {
				names[i] += " (" + by[n] + ")"
			}
		}
	}
	return names
}

// difference are the texts by which some of the credentials of a paste are told apart, clean and short; nil where nothing does.
func difference(found []*token.Token, at []int) []string {
	const most = 36
	for _, name := range []string{"aud", "email", "sub", "iss", "exp"} {
		texts, seen := make([]string, len(at)), map[string]bool{}
		for n, i := range at {
			texts[n] = name + " " + cutMiddle(clean(valueOf(found[i], name)), most)
			seen[texts[n]] = true
		}
		if len(seen) == len(at) {
			return texts
		}
	}
	return nil
}

// valueOf is a claim for a list: an expiry as a moment; "none" where it is missing.
func valueOf(t *token.Token, name string) string {
	if at, ok := t.Expiry(); ok && name == "exp" {
		return at.Local().Format(time.DateTime)
	}
	for _, c := range t.Claims() {
		if c.Name == name && !c.Header && c.Value != "" {
			return c.Value
		}
	}
	return "none"
}
