package ui

import (
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
	mailText = regexp.MustCompile("[^\\s@<>(),;:'\"/?&=`|\\[\\]]+(?:@|%40)[\\pL\\pN-]+(?:\\.[\\pL\\pN-]+)+")
	ip6Text  = regexp.MustCompile(`(?:[0-9A-Fa-f.]|:|%3[Aa]){2,}`)
	ip4Text  = regexp.MustCompile(`(?:[0-9]{1,3}\.){3}[0-9]{1,3}`)
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
		return v.name("mail", strings.Replace(mail, "%40", "@", 1))
	})
	s = replaceWords(s, ip6Text, func(word string) (string, bool) {
		plain := strings.NewReplacer("%3A", ":", "%3a", ":").Replace(word)
		text := strings.TrimRight(plain, ".:")
		if strings.HasSuffix(plain, "::") {
			text = plain
		}
		if a, err := netip.ParseAddr(text); err != nil || !a.Is6() {
			return "", false
		}
		return v.name("ip", text) + plain[len(text):], true
	})
	return ip4Text.ReplaceAllStringFunc(s, func(word string) string {
		if _, err := netip.ParseAddr(word); err != nil {
			return word
		}
		return v.name("ip", word)
	})
}

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
	letter := func(i int) bool {
		return i >= 0 && i < len(s) && (s[i] == '_' || '0' <= s[i] && s[i] <= '9' || 'A' <= s[i] && s[i] <= 'Z' || 'a' <= s[i] && s[i] <= 'z')
	}
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
