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
	in      cleaned
	text    string
	bearers int
	quoted  int
	encoded int
	unread  bool // a variable or a placeholder stands in the place of the token
	repairs []Repair
}

var (
	percent = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

	// prompt, verb and label are what people copy along with a token that lies by itself.
	prompt = regexp.MustCompile(`^(?:\S+@\S+\s?\S*)?[$%#>❯➜]\s+`)
	verb   = regexp.MustCompile(`^(?:echo|printf|export|set|setx)\s+(?:-n\s+)?`)
	label  = regexp.MustCompile(`^["']?[A-Za-z_$][\w:$ .-]{0,48}?["']?\s*[:=]\s*`)

	// placeholder is what stands in a text for a token that its reader is to put there.
	placeholder = regexp.MustCompile("^(?:\\$[A-Za-z_{(]|`|\\{\\{|\\{[A-Za-z_0-9]*\\}|<[A-Za-z0-9_ .-]+>|%[sv])")
)

// note adds a repair that says nothing about the request; sent one that counts against it, where the form tells that it was sent so.
func (v *value) note(id, text string) {
	if r := (Repair{ID: id, Text: text}); !slices.Contains(v.repairs, r) {
		v.repairs = append(v.repairs, r)
	}
}

func (v *value) sent(text string, sent bool) {
	if sent {
		v.repairs = append(v.repairs, Repair{ID: "req.credential", Text: text, Sent: true})
		return
	}
	v.note("in.prefix", text)
}

// tokens unwraps the piece and parses what is in it. There is none where the token is not in the paste, or where text by itself holds nothing
// but wrapping.
func (v *value) tokens() []*Token {
	if v.form == shell && strings.HasSuffix(strings.TrimRight(v.text, " \t"), "\n") {
		v.sent("a line break at the end of the header", true)
	}
	for range 64 {
		v.text = strings.TrimSpace(v.text)
		if !v.peel() {
			break
		}
	}
	v.scheme()
	kind, whole := byPrefix(v.text)
	switch {
	case v.text == "" && v.form < line:
		return nil
	case v.text == "":
		return v.finish([]string{""})
	case placeholder.MatchString(v.text):
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
		t.via = v.via
		repairs := append([]Repair(nil), v.repairs...)
		if n := strings.Count(strings.Map(dashes, raw), "-"); n > 0 {
			repairs = append(repairs, Repair{ID: "in.hidden_chars", Sent: v.form == shell,
				Text: "a dash stands where a hyphen may have been" + times(n) + "; not repaired, since it may have been two"})
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
		v.sent("Bearer stands twice", v.authorizes())
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
	text = strings.TrimRight(text, ",;")
	text = strings.TrimSuffix(text, `\n`)
	trailing := len(text) < before
	if n := len(text); n >= 2 && (text[0] == text[n-1] && strings.IndexByte("\"'`", text[0]) >= 0 || text[0] == '<' && text[n-1] == '>' && !saml(text) && !placeholder.MatchString(text)) {
		v.text = strings.TrimSuffix(text[1:n-1], `\`)
	} else if n >= 1 && strings.IndexByte("\"'`", text[0]) >= 0 && strings.IndexByte(text[1:], text[0]) < 0 {
		v.text = text[1:]
	} else if n >= 1 && strings.IndexByte("\"'`", text[n-1]) >= 0 && strings.IndexByte(text[:n-1], text[n-1]) < 0 {
		v.text = text[:n-1]
	} else {
		v.text = text
		return trailing
	}
	v.quoted++
	if v.quoted == 1 {
		in := v.form == shell || v.form == line && v.bearers > 0
		if in {
			v.sent("quotes inside the header", true)
		} else if v.form != line {
			v.note("in.prefix", "removed quotes")
		}
	}
	return true
}

// percentEncoding undoes URL-encoding, three times at most.
func (v *value) percentEncoding() bool {
	if v.encoded == 3 || placeholder.MatchString(v.text) || !percent.MatchString(v.text) {
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
		v.sent("the scheme is not Bearer", true)
		return
	}
	v.sent("no Bearer before the token", true)
}
