package token

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// value is a piece that is being unwrapped: one thing after another is taken off until the credential lies bare.
type value struct {
	piece
	in       cleaned
	text     string
	bearers  int
	quoted   int
	encoded  int
	unsigned bool // without the percent sign at its end
	unread   bool // a variable or a placeholder stands in the place of the token
	repairs  []Repair
}

var (
	// prompt, verb and label are what people copy along with a token that lies by itself.
	prompt = regexp.MustCompile(`^(?:\S+@\S+\s?\S*)?[$%#>❯➜]\s+`)
	verb   = regexp.MustCompile(`^(?:echo|printf|export|set|setx)\s+(?:-n\s+)?`)
	label  = regexp.MustCompile(`^["']?[A-Za-z_$][\w:$ .-]{0,48}?["']?\s*[:=]\s*`)

	// placeholder is what stands in a text for a token: the variable it comes from, or what a log writes in its place.
	placeholder = regexp.MustCompile("^(?:\\$[A-Za-z_{(]|`|\\{\\{|\\{[A-Za-z_0-9.]*\\}|<[A-Za-z0-9_ .-]+>|%[sv]|%[A-Za-z_][A-Za-z0-9_]*%|(?i:\\*{3,}|\\.{3}|…|-{3} ?token redacted ?-{3}|\\[?redacted\\]?|x{3,})$)")

	// absent is what programs write for a value that they do not have.
	absent = regexp.MustCompile(`^(?:undefined|null|none|None|nil|NaN|false|\[object Object\])$`)

	// pythonBytes is how Python prints bytes, and sends them where they are formatted into a header.
	pythonBytes = regexp.MustCompile(`^b(?:'[^']*'|"[^"]*")$`)
)

// stands says whether the text begins with something that stands in the place of a token. Angle brackets may be around the token itself.
func stands(text string) bool {
	return placeholder.MatchString(text) && !((text[0] == '<' || text[0] == '{') && holdsStart(text))
}

// note adds a repair that says nothing about the request; sent one that counts against it, where the form tells that it was sent so.
func (v *value) note(id, text string) {
	if r := (Repair{ID: id, Text: text}); !slices.Contains(v.repairs, r) {
		v.repairs = append(v.repairs, r)
	}
}

func (v *value) sent(text string, sent bool) {
	if !sent {
		v.note("in.prefix", text)
		return
	}
	if r := (Repair{ID: "req.credential", Text: text, Sent: true}); !slices.Contains(v.repairs, r) {
		v.repairs = append(v.repairs, r)
	}
}

// tokens unwraps the piece and parses what is in it. There is none where the token is not in the paste, or where text by itself holds nothing
// but wrapping.
func (v *value) tokens() []*Token {
	if v.form == shell && strings.HasSuffix(strings.TrimRight(strings.ReplaceAll(v.text, "\r", "\n"), " \t"), "\n") && !v.in.wrapped(v.from, v.to) {
		v.sent("a line break at the end of the header", true)
	}
	for range 64 {
		v.text = strings.TrimSpace(v.text)
		if !v.peel() {
			break
		}
	}
	if v.authorizes() && absent.MatchString(v.text) {
		v.sent("a program's word for nothing in place of the token", true)
	} else {
		v.scheme()
	}
	kind, whole := byPrefix(v.text)
	switch {
	case v.text == "" && v.form < line:
		return nil
	case v.text == "":
		if v.bearers > 0 {
			v.sent("the word Bearer without a token", v.authorizes())
		}
		return v.finish([]string{""})
	case stands(v.text):
		if !v.literal {
			v.unread = true
			return nil
		}
		v.sent("a variable in single quotes, which the shell sends as it stands", true)
		return v.finish([]string{v.text})
	case whole && (kind == Basic || kind == PEM || kind == ServiceAccountKey):
		return v.finish([]string{v.text})
	case whole && kind == SAML:
		return v.finish([]string{strings.Join(strings.Fields(v.text), "")})
	}
	return v.finish(v.split())
}

// finish parses the credentials and gives each the repairs.
func (v *value) finish(raws []string) []*Token {
	tokens := make([]*Token, len(raws))
	for i, raw := range raws {
		t := Parse(raw)
		t.via, t.beaten = v.via, v.beaten
		repairs := append([]Repair(nil), v.repairs...)
		if n := strings.Count(strings.Map(dashes, raw), "-"); n > 0 {
			repairs = append(repairs, Repair{ID: "in.hidden_chars", Sent: v.form == shell,
				Text: "a dash stands where a hyphen may have been" + times(n) + "; not repaired, since it may have been two"})
		}
		if shortened(raw) && t.kind != Unrecognised {
			repairs = append(repairs, Repair{ID: "in.truncated", Text: "dots or asterisks stand in the token: it was shortened for showing"})
		}
		t.repairs = append(repairs, t.repairs...)
		tokens[i] = t
	}
	return tokens
}

// dashes keeps the dashes of word processors, as hyphens, and drops everything else.
func dashes(r rune) rune {
	if dash(r) {
		return '-'
	}
	return -1
}

// peel takes off one wrapping, and says whether there was one.
func (v *value) peel() bool {
	switch {
	case v.percentEncoding(), v.bearer(), v.quotes(), v.base64():
		return true
	case v.form != bare:
		return false
	}
	if text := strings.TrimSuffix(v.text, "%"); text != v.text && text != "" && !v.unsigned {
		v.text, v.unsigned = text, true
		v.note("in.prefix", "removed the percent sign that zsh prints at the end")
		return true
	}
	return v.cut(prompt, "removed a shell prompt") || v.cut(verb, "removed a command") || v.label()
}

// bearer takes off the word Bearer. In a header that authorizes, one is as it should be.
func (v *value) bearer() bool {
	const word = "bearer"
	if len(v.text) < len(word) || !strings.EqualFold(v.text[:len(word)], word) {
		return false
	}
	rest := v.text[len(word):]
	expected := v.authorizes() && v.bearers == 0
	switch {
	case rest == "" || strings.IndexByte(" \t\n", rest[0]) >= 0:
	case rest[0] == ':' || rest[0] == '=':
		rest = rest[1:]
		v.sent("a colon after Bearer", v.authorizes())
		expected = true
	case rest[0] == '+' && v.form == bare:
		rest = rest[1:]
	case starts(rest):
		v.sent("no space after Bearer", v.authorizes())
		expected = true
	default:
		return false
	}
	v.text = rest
	v.bearers++
	switch {
	case expected:
	case v.bearers == 1:
		v.note("in.prefix", "removed Bearer")
	case v.bearers == 2:
		// Nobody types it twice: also where the header's name is not in the paste, the value was sent like that.
		v.sent("Bearer stands twice", v.authorizes() || v.form == bare)
	}
	return true
}

// quotes takes off quotes, brackets and what stands behind them in a program's text. The quotes that a shell takes off are gone before.
func (v *value) quotes() bool {
	text := v.text
	if text == "" || text[0] == '`' && !holdsStart(text) {
		return false // a command, whose output is not in the paste
	}
	before := len(text)
	text = strings.TrimSuffix(text, `\`)
	if strings.HasPrefix(text, `\"`) || strings.HasPrefix(text, `\'`) {
		text = text[1:]
	}
	rest := len(text)
	text = strings.TrimSuffix(strings.TrimRight(text, ",;"), `\n`)
	if pythonBytes.MatchString(text) {
		text = text[1:]
	}
	inner, opening, ok := inQuotes(text)
	if !ok {
		v.text = text
		v.behind(len(text) < rest)
		return len(text) < before
	}
	v.text = strings.TrimSuffix(inner, `\`)
	v.quoted++
	switch {
	case v.quoted > 1:
	case v.form == shell, v.form == line && v.bearers > 0 && opening:
		v.sent("quotes or brackets inside the header", true)
	case v.form != line:
		v.note("in.prefix", "removed quotes")
	}
	return true
}

// behind notes what stood behind the token. At the end of a printed header it is the program's that printed it.
func (v *value) behind(something bool) {
	switch {
	case !something:
	case v.form == shell:
		v.sent("something stands in the header behind the token", true)
	case v.form == bare:
		v.note("in.prefix", "took the token out of the text around it")
	}
}

// inQuotes is the text without the quotes or angle brackets around it, or without a quote that stands at one end alone. Opening says whether there was one at
// the start; a closing one alone, at the end of a line, is the program's that printed the line.
func inQuotes(text string) (inner string, opening, ok bool) {
	const marks = "\"'`"
	n := len(text)
	if n == 0 {
		return "", false, false
	}
	first, last := text[0], text[n-1]
	switch {
	case n >= 2 && first == last && strings.IndexByte(marks, first) >= 0:
		return text[1 : n-1], true, true
	case n > 4 && strings.HasPrefix(text, "**") && strings.HasSuffix(text, "**") && !stands(text):
		return text[2 : n-2], true, true // bold in Markdown
	case n > 4 && strings.HasSuffix(text, "**") && strings.IndexByte(text[:n-2], '*') < 0:
		return text[:n-2], false, true
	case n >= 2 && (first == '<' && last == '>' || first == '{' && last == '}' && starts(text[1:])) && !saml(text) && !stands(text):
		return text[1 : n-1], true, true
	case strings.IndexByte(marks, first) >= 0 && strings.IndexByte(text[1:], first) < 0:
		return text[1:], true, true
	case strings.IndexByte(marks, last) >= 0 && strings.IndexByte(text[:n-1], last) < 0:
		return text[:n-1], false, true
	}
	return "", false, false
}

// percentEncoding undoes URL-encoding, three times at most.
func (v *value) percentEncoding() bool {
	if v.encoded == 3 || stands(v.text) || !escapes(v.text) {
		return false
	}
	plain, err := url.PathUnescape(v.text)
	if err != nil || plain == v.text {
		return false
	}
	v.text = clean([]byte(plain)).text
	v.encoded++
	if v.encoded == 1 {
		v.sent("undid URL-encoding", v.authorizes())
	}
	return true
}

// escapes says whether an escape of a URL stands in the text: a percent sign and two hexadecimal digits.
func escapes(text string) bool {
	const digits = "0123456789abcdefABCDEF"
	for at := 0; at+2 < len(text); at++ {
		next := strings.IndexByte(text[at:len(text)-2], '%')
		if next < 0 {
			return false
		}
		at += next
		if strings.IndexByte(digits, text[at+1]) >= 0 && strings.IndexByte(digits, text[at+2]) >= 0 {
			return true
		}
	}
	return false
}

// base64 undoes base64 around a whole JWT, as a Kubernetes secret holds it.
func (v *value) base64() bool {
	if !strings.HasPrefix(v.text, "ZXlK") {
		return false
	}
	plain, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(v.text), ""))
	if err != nil || !starts(string(plain)) {
		return false
	}
	v.text = clean(plain).text
	v.sent("undid base64 around the token", v.authorizes())
	return true
}

// head is as much of the text as a prompt or a name before a token takes.
func (v *value) head() string { return v.text[:min(len(v.text), 256)] }

func (v *value) cut(prefix *regexp.Regexp, text string) bool {
	at := prefix.FindStringIndex(v.head())
	if at == nil || starts(v.text) || at[1] == len(v.text) {
		return false
	}
	v.text = v.text[at[1]:]
	v.note("in.prefix", text)
	return true
}

// label takes off a name before the token: "Token: ", "export ID_TOKEN=". The name of the session cookie tells the header besides.
func (v *value) label() bool {
	at := label.FindStringIndex(v.head())
	if at == nil || starts(v.text) || at[1] == len(v.text) || strings.HasPrefix(v.text[at[1]:], "//") {
		return false
	}
	if _, ok := byPrefix(v.text); ok {
		return false
	}
	name := v.text[:at[1]]
	v.text = v.text[at[1]:]
	if strings.HasPrefix(strings.Trim(name, `"'`), "__session") {
		v.via = "Cookie"
	}
	v.note("in.prefix", "removed the name before the token")
	return true
}

// What Cloud Run makes of a header without its scheme no page says, unlike of one with Bearer twice, quotes or a line break in it.
const (
	noScheme      = "no Bearer before the token"
	anotherScheme = "the scheme is not Bearer"
)

// scheme judges what a header that authorizes has in place of Bearer.
func (v *value) scheme() {
	if !v.authorizes() || v.bearers > 0 || v.text == "" {
		return
	}
	if kind, _ := byPrefix(v.text); kind == Basic {
		return
	}
	word, rest, ok := strings.Cut(v.text, " ")
	if ok && !starts(word) && starts(strings.TrimSpace(rest)) {
		v.text = strings.TrimSpace(rest)
		v.sent(anotherScheme, true)
		return
	}
	v.sent(noScheme, true)
}
