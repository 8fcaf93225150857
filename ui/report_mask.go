package ui

import (
	"cmp"
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"strings"

	"why401/token"
)

// veil is what every text of a report goes through: what looks like a credential is taken out, what could disturb a terminal becomes
// an escape, and where the report is masked every address of a caller gets a name in its place, the same one wherever it stands.
type veil struct {
	masked bool
	words  []string // other words to hide where it is masked: the subject of a held token
	named  map[string]string
	counts map[string]int
}

var (
	mailText = regexp.MustCompile("(?:\"[^\"@]+\"|[^\\s@<>(),;:'\"/?&=`|\\[\\]]+)(?:@|%(?:25)*40)[\\pL\\pN-]+(?:\\.[\\pL\\pN-]+)+")
	mailSign = regexp.MustCompile(`%(?:25)*40`)
	ip6Text  = regexp.MustCompile(`(?:[0-9A-Fa-f.]|:|%(?:25)*3[Aa]){2,}`)
	ip6Sign  = regexp.MustCompile(`%(?:25)*3[Aa]`)
	ip4Text  = regexp.MustCompile(`(?:[0-9]{1,3}(?:\.|%(?:25)*2[Ee])){3}[0-9]{1,3}`)
	ip4Sign  = regexp.MustCompile(`%(?:25)*2[Ee]`)
)

// over puts the veil over every text of a value, by reflection, so that no field can be forgotten.
func (v *veil) over(at reflect.Value) {
	switch at.Kind() {
	case reflect.Pointer:
		if !at.IsNil() {
			v.over(at.Elem())
		}
	case reflect.Slice:
		for i := range at.Len() {
			v.over(at.Index(i))
		}
	case reflect.Struct:
		for i := range at.NumField() {
			field := at.Field(i)
			if field.Kind() == reflect.String && at.Type().Field(i).Tag.Get("veil") == "link" {
				if s := field.String(); v.hide(s) != s {
					field.SetString("") // a link with a part hidden leads nowhere
				}
				continue
			}
			if v.masked && field.Kind() == reflect.String && at.Type().Field(i).Tag.Get("veil") == "address" {
				if s := field.String(); s != "" {
					field.SetString(v.name("ip", s))
				}
				continue
			}
			if field.CanSet() {
				v.over(field)
			}
		}
	case reflect.String:
		at.SetString(v.hide(at.String()))
	}
}

// hide is a text as the report shows it.
func (v *veil) hide(s string) string {
	s = token.Scrub(s)
	if v.masked {
		s = v.mask(s)
	}
	return clean(s)
}

// mask names the addresses in a text: those of mail, but for service accounts', and those of the internet protocol.
func (v *veil) mask(s string) string {
	for _, w := range v.words {
		s = replaceWords(s, regexp.MustCompile(regexp.QuoteMeta(w)), func(string) (string, bool) { return v.name("subject", w), true })
	}
	s = mailText.ReplaceAllStringFunc(s, func(mail string) string {
		if strings.HasSuffix(strings.ToLower(mail), ".gserviceaccount.com") {
			return mail
		}
		return v.name("mail", mailSign.ReplaceAllString(mail, "@"))
	})
	s = v.maskIP6(s)
	return ip4Text.ReplaceAllStringFunc(s, func(word string) string {
		parts := strings.Split(ip4Sign.ReplaceAllString(word, "."), ".")
		for i, p := range parts {
			parts[i] = cmp.Or(strings.TrimLeft(p, "0"), "0") // some write leading zeros
		}
		address := strings.Join(parts, ".")
		if _, err := netip.ParseAddr(address); err != nil {
			return word
		}
		return v.name("ip", address)
	})
}

// maskIP6 names the IPv6 addresses in a text, also where words or a port are joined to them by colons.
func (v *veil) maskIP6(s string) string {
	var b strings.Builder
	last := 0
	for _, at := range ip6Text.FindAllStringIndex(s, -1) {
		word := ip6Sign.ReplaceAllString(s[at[0]:at[1]], ":")
		b.WriteString(s[last:at[0]])
		last = at[1]
		if masked := v.maskColons(word, letterAt(s, at[0]-1), letterAt(s, at[1])); masked != word {
			b.WriteString(masked)
		} else {
			b.WriteString(s[at[0]:at[1]])
		}
	}
	return b.String() + s[last:]
}

// leastGroups is how many groups an address must have where letters are joined to it: std::bad is none.
const leastGroups = 3

// maskColons names the addresses in a word of hexadecimal digits, colons and dots: before and after say that it is part of a longer one.
func (v *veil) maskColons(word string, before, after bool) string {
	var ends []int // where an address may begin or end: beside a colon, but not within two of them
	for i := range len(word) + 1 {
		if i == 0 || i == len(word) || word[i] == ':' || word[i-1] == ':' || word[i-1] == '.' || word[i] == '.' {
			ends = append(ends, i)
		}
	}
	var b strings.Builder
	last := 0
	for i := 0; i < len(ends); i++ {
		for j := min(len(ends)-1, i+mostEnds); j > i; j-- {
			text := word[ends[i]:ends[j]]
			joined := ends[i] == 0 && before || ends[j] == len(word) && after || letterAt(word, ends[i]-1) || letterAt(word, ends[j])
			groups := len(strings.FieldsFunc(text, func(r rune) bool { return r == ':' }))
			if a, err := netip.ParseAddr(text); err != nil || !a.Is6() || joined && groups < leastGroups {
				continue
			}
			b.WriteString(word[last:ends[i]] + v.name("ip", text))
			last, i = ends[j], j-1
			break
		}
	}
	return b.String() + word[last:]
}

// mostEnds is how many places an address can span where it may begin or end: its groups, their colons, and the dots of an IPv4 address in it.
const mostEnds = 24

// name is what stands in place of an address: the kind and a number.
func (v *veil) name(kind, address string) string {
	key := kind + " " + strings.ToLower(address)
	if a, err := netip.ParseAddr(address); err == nil {
		key = kind + " " + a.String()
	}
	if v.named == nil {
		v.named, v.counts = map[string]string{}, map[string]int{}
	}
	if v.named[key] == "" {
		v.counts[kind]++
		v.named[key] = fmt.Sprintf("%s-%d", kind, v.counts[kind])
	}
	return v.named[key]
}

// replaceWords replaces what a pattern finds, where it is no part of a longer word.
func replaceWords(s string, pattern *regexp.Regexp, by func(string) (string, bool)) string {
	letter := func(i int) bool { return letterAt(s, i) }
	var b strings.Builder
	last := 0
	for _, at := range pattern.FindAllStringIndex(s, -1) {
		if letter(at[0]-1) && letter(at[0]) || letter(at[1]) && letter(at[1]-1) {
			continue
		}
		if text, ok := by(s[at[0]:at[1]]); ok {
			b.WriteString(s[last:at[0]] + text)
			last = at[1]
		}
	}
	return b.String() + s[last:]
}

func letterAt(s string, i int) bool {
	return i >= 0 && i < len(s) && (s[i] == '_' || '0' <= s[i] && s[i] <= '9' || 'A' <= s[i] && s[i] <= 'Z' || 'a' <= s[i] && s[i] <= 'z')
}
