package ui

import "strings"

// tier is what a project's id says it is for.
type tier int8

const (
	unsaid tier = iota
	production
	staging
	development
)

// tiers are the words that say so, as a part of an id between two dashes, without digits at its end.
var tiers = map[string]tier{
	"prod": production, "production": production, "prd": production, "live": production,
	"staging": staging, "stage": staging, "stg": staging, "uat": staging, "preview": staging, "test": staging, "testing": staging, "tst": staging, "qa": staging,
	"dev": development, "development": development, "sandbox": development, "sbx": development, "play": development, "demo": development,
}

// tierOf reads an id: acme-prod, acmeprod2 and prod-test are production, since it is worse to take that for something else than the other
// way round; acme-non-prod and acme-preprod are not. Google's own blueprint writes prj-p-, prj-n- and prj-d-
// (https://cloud.google.com/architecture/blueprints/security-foundations).
func tierOf(id string) tier {
	found, not := unsaid, false
	parts := strings.FieldsFunc(strings.ToLower(id), func(r rune) bool { return r == '-' || r == ':' || r == '.' })
	if len(parts) > 1 && parts[0] == "prj" {
		if p, ok := map[string]tier{"p": production, "n": staging, "d": development}[parts[1]]; ok {
			return p
		}
	}
	for _, part := range parts {
		part = strings.TrimRight(part, "0123456789")
		if part == "non" || part == "pre" || part == "not" {
			not = true
			continue
		}
		p := tiers[part]
		if p == unsaid {
			p = ending(part)
		}
		if p == production && not {
			p = staging
		}
		not = false
		if found == unsaid || p == production {
			found = p
		}
	}
	return found
}

// ending is what the end of a part says that is written together: acmeprod, nonprod.
func ending(part string) tier {
	for _, word := range [...]string{"production", "prod"} {
		if head, ok := strings.CutSuffix(part, word); ok {
			if strings.HasSuffix(head, "non") || strings.HasSuffix(head, "pre") || strings.HasSuffix(head, "not") {
				return staging
			}
			return production
		}
	}
	if strings.HasSuffix(part, "staging") {
		return staging
	}
	return unsaid
}

// project is the colour of a project's bar, so that production is not mistaken for staging: what its id says it is for, or one of a few
// colours by the id. The bar carries the name too.
func (t theme) project(id string) style {
	sum := 0
	for _, b := range []byte(id) {
		sum += int(b)
	}
	return t.shades(id)[sum%3]
}

// shades are the colours that a project may have among others, all of them of its purpose.
func (t theme) shades(id string) []style {
	of := []style{t.other1, t.other2, t.other3}
	switch tierOf(id) {
	case production:
		of = []style{t.production, t.production, t.production}
	case staging:
		of = []style{t.staging, t.staging, t.staging}
	case development:
		of = []style{t.development, t.development, t.development}
	}
	for _, s := range of[:3] {
		of = append(of, style{t.underline.on + s.on, t.underline.off}) // one ending ends all
	}
	return of
}

// hues gives projects that are shown together a colour each: its own where no project before it has that, else another of the same
// purpose, underlined where there is none left. With more than those, colours come again; the name stands beside.
func (t theme) hues(ids []string) map[string]style {
	of, taken := make(map[string]style, len(ids)), map[style]bool{}
	for _, id := range ids {
		hue := t.project(id)
		for _, s := range t.shades(id) {
			if !taken[hue] {
				break
			}
			hue = s
		}
		of[id], taken[hue] = hue, true
	}
	return of
}
