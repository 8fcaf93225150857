package token

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// form is how a credential lay in the paste. It decides what the wrapping says about the request: a quote in a header of a command was sent, one around a token
// by itself was not.
type form int8

const (
	bare  form = iota // by itself, or in some text
	field             // a member of JSON
	line              // a header, written or printed
	shell             // a header of a command
)

// piece is one part of the paste that holds a credential.
type piece struct {
	raw      string
	form     form
	via      string // the header, in its usual spelling
	from, to int    // where it stands in the cleaned paste, for form shell
	request  int    // which request of the paste it belongs to
	literal  bool   // a dollar in it is a dollar, since it stood in single quotes
	note     string // how it was taken out, for a repair
	rank     int    // the lower the likelier to be meant
}

// authorizes says whether Cloud Run looks for a credential in the header.
func (p piece) authorizes() bool {
	return p.via == "Authorization" || p.via == "X-Serverless-Authorization"
}

// headers are the headers that carry a credential, in the order in which Cloud Run and then the app look at them, and their ranks.
var headers = []string{"X-Serverless-Authorization", "Authorization", "X-Goog-Iap-Jwt-Assertion", "X-Firebase-Appcheck", "Cookie"}

// header is the usual spelling of a header's name and its rank; ok is false for one that carries no credential.
func header(name string) (via string, rank int, ok bool) {
	if strings.EqualFold(name, "Set-Cookie") {
		name = "Cookie"
	}
	for i, h := range headers {
		if strings.EqualFold(h, name) {
			if i == 3 {
				h = "X-Firebase-AppCheck"
			}
			return h, i, true
		}
	}
	return "", 0, false
}

// headerPiece is the credential in a header, if it carries one. A cookie header carries one in __session only.
func headerPiece(name, value string, f form) (piece, bool) {
	via, rank, ok := header(name)
	if !ok {
		return piece{}, false
	}
	if via == "Cookie" {
		if value, ok = cookie(value); !ok {
			return piece{}, false
		}
	}
	return piece{raw: value, form: f, via: via, rank: rank}, true
}

// cookie is the value of __session, the only cookie that Firebase Hosting hands on.
func cookie(header string) (string, bool) {
	for part := range strings.SplitSeq(header, ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if ok && name == "__session" {
			return value, true
		}
	}
	return "", false
}

// members are the names under which JSON holds a credential, without case, dashes and underscores, the likeliest to be meant for Cloud Run first.
var members = []string{"idtoken", "token", "jwt", "sessioncookie", "credential", "assertion", "value", "accesstoken", "refreshtoken"}

// fromJSON finds the credentials in a JSON document, or none where the text is no JSON.
func fromJSON(text string) []piece {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' || !json.Valid([]byte(trimmed)) {
		return nil
	}
	var found []piece
	eachString([]byte(trimmed), func(name, value string) {
		if p, ok := headerPiece(name, value, line); ok {
			p.note = "took the header " + p.via + " out of JSON"
			found = append(found, p)
			return
		}
		plain := strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name))
		rank := slices.Index(members, plain)
		if value == "" || rank < 0 && !starts(value) || plain == "value" && !starts(value) {
			return
		}
		note := "took a value out of JSON"
		if rank >= 0 {
			note = "took the value of " + cutName([]byte(name)) + " out of JSON"
		} else {
			rank = len(members)
		}
		found = append(found, piece{raw: value, form: field, note: note, rank: len(headers) + rank})
	})
	slices.SortStableFunc(found, func(a, b piece) int { return a.rank - b.rank })
	return found
}

// eachString calls visit with every string of a valid document that is not a name, and the name of the member it belongs to.
func eachString(document []byte, visit func(name, value string)) {
	type level struct {
		object bool
		name   string
		named  bool // a name has been read, its value has not
	}
	levels := []level{{}}
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	for {
		t, err := d.Token()
		if err != nil {
			return
		}
		now := &levels[len(levels)-1]
		if s, ok := t.(string); ok && now.object && !now.named {
			now.name, now.named = s, true
			continue
		}
		now.named = false
		switch t := t.(type) {
		case json.Delim:
			switch t {
			case '{', '[':
				levels = append(levels, level{object: t == '{', name: now.name})
			default:
				levels = levels[:len(levels)-1]
			}
		case string:
			visit(now.name, t)
		}
	}
}

// fromCommand finds the credentials in the headers of a command such as curl. Found says whether there is a command; unread, whether it takes a credential
// from a variable, a command or a file, so that it is not in the paste.
func fromCommand(text string) (pieces []piece, found, unread bool) {
	if !mentions(text, "curl", "wget", "http", "xh ", "hey ") {
		return nil, false, false
	}
	at := command.FindStringSubmatchIndex(text)
	if at == nil {
		return nil, false, false
	}
	words := shellWords(text, at[2])
	httpie := strings.IndexByte("hx", text[at[2]]) >= 0 // takes headers as words
	request := 0
	for i := 0; i < len(words); i++ {
		w := words[i]
		if i > 0 && (w.text == "curl" || w.text == "wget") {
			request++
		}
		option, value, joined := optionOf(w.text)
		if option != "" && !joined {
			i++
			if i == len(words) {
				break
			}
			w = words[i]
			value = w.text
		}
		if option == "" && !httpie {
			continue
		}
		p, ok := optionPiece(option, value)
		switch {
		case !ok:
			unread = unread || option == "header" && strings.HasPrefix(value, "@")
		case w.expands:
			unread = true
		default:
			p.from, p.to, p.request = w.from, w.to, request
			p.literal = strings.Contains(text[w.from:w.to], "$")
			pieces = append(pieces, p)
		}
	}
	slices.SortStableFunc(pieces, func(a, b piece) int { return a.rank - b.rank })
	return pieces, true, unread
}

// mentions says whether one of the words stands somewhere in the text. A token holds none by chance, and so the slow look is spared.
func mentions(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}

// optionOf reads one word as an option: "header", "cookie", "bearer", "user", or "" for any other. Joined says whether its value stands in the same word.
func optionOf(w string) (option, value string, joined bool) {
	plain := strings.TrimLeftFunc(w, func(r rune) bool { return r == '-' || dash(r) })
	if plain == w {
		return "", w, true
	}
	name, value, joined := strings.Cut(plain, "=")
	switch name {
	case "header", "cookie", "user":
		return name, value, joined
	case "oauth2-bearer":
		return "bearer", value, joined
	case "H", "b", "u":
		return map[string]string{"H": "header", "b": "cookie", "u": "user"}[name], value, joined
	}
	if strings.HasPrefix(plain, "HAuth") || strings.HasPrefix(plain, "HX-") || strings.HasPrefix(plain, "Hauth") || strings.HasPrefix(plain, "Hx-") {
		return "header", plain[1:], true
	}
	if n := len(plain); n > 1 && n < 8 && plain[n-1] == 'H' && !strings.HasPrefix(w, "--") && strings.Trim(plain, "fgiklnsSvLNaH") == "" {
		return "header", "", false
	}
	return "", w, true
}

// optionPiece is the credential in an option's value. A word that is no option may be a header, as httpie takes them.
func optionPiece(option, value string) (piece, bool) {
	switch option {
	case "cookie":
		return headerPiece("Cookie", value, shell)
	case "bearer":
		return piece{raw: "Bearer " + value, form: shell, via: "Authorization", rank: 1}, true
	case "user":
		return piece{raw: "Basic " + base64.StdEncoding.EncodeToString([]byte(value)), form: shell, via: "Authorization", rank: 1}, value != ""
	}
	name, rest, ok := strings.Cut(value, ":")
	if !ok {
		// curl sends a header without a value where a semicolon stands in place of the colon.
		name, ok = strings.CutSuffix(value, ";")
	}
	if !ok {
		return piece{}, false
	}
	return headerPiece(strings.TrimSpace(name), rest, shell)
}

var (
	headerName = regexp.MustCompile("(?i)(?:^|[^a-z0-9_-])(x-serverless-authorization|x-goog-iap-jwt-assertion|x-firebase-appcheck|set-cookie|cookie|authorization)([\"'`]?[ \t]*[:=][ \t]*|[ \t]*\n)")

	// between tells two requests apart in a printout: an empty line, a request line, another command.
	between = regexp.MustCompile(`\n[<>* \t]*\n|\n[<>* \t]*[A-Z]+ \S+ HTTP/|\bcurl\b`)
)

// fromLines finds the credentials in headers as a program prints them or a source text writes them. Unread is as in fromCommand.
func fromLines(text string) (pieces []piece, unread bool) {
	if !mentions(strings.ToLower(text), "authorization", "cookie", "appcheck", "assertion") {
		return nil, false
	}
	end, request := 0, 0
	for end < len(text) && len(pieces) <= maxTokens {
		at := headerName.FindStringSubmatchIndex(text[end:])
		if at == nil {
			break
		}
		for i := range at {
			at[i] += end
		}
		name, separator := text[at[2]:at[3]], text[at[4]:at[5]]
		if len(pieces) > 0 && between.MatchString(text[end:at[2]]) {
			request++
		}
		end = at[5]
		value, next, open := headerValue(text, end, strings.HasSuffix(separator, "\n"))
		p, ok := headerPiece(name, value, line)
		if !ok || next < 0 {
			continue
		}
		end = next
		if open {
			unread = true
			continue
		}
		p.request = request
		pieces = append(pieces, p)
	}
	slices.SortStableFunc(pieces, func(a, b piece) int { return a.rank - b.rank })
	return pieces, unread
}

// headerValue is the value that begins at from, and where it ends; next is -1 where there is none. Below says that the value must stand on the
// next line, as a browser's panel copies it. Open says that the value goes on in a variable of a program.
func headerValue(text string, from int, below bool) (value string, next int, open bool) {
	rest := text[from:]
	if rest != "" && strings.IndexByte("\"'`", rest[0]) >= 0 {
		if end := strings.IndexByte(rest[1:], rest[0]); end >= 0 {
			after := strings.TrimLeft(rest[end+2:], " \t")
			open = strings.HasPrefix(after, "+") || strings.HasPrefix(after, ".") || strings.HasPrefix(after, "%")
			return rest[:end+2], from + end + 2, open
		}
	}
	row, _, _ := strings.Cut(rest, "\n")
	if below && !carries(row) {
		return "", -1, false
	}
	end := len(row)
	value = row
	for end < len(rest) && end < maxToken {
		row, _, _ = strings.Cut(rest[end+1:], "\n")
		trimmed := strings.TrimSpace(row)
		if bareWord := strings.TrimSpace(value); bareWord == "" || strings.EqualFold(bareWord, "Bearer") {
			if !carries(trimmed) {
				break
			}
		} else if trimmed == "" || !joinable(strings.TrimRight(trimmed, "\"'`,")) {
			break
		}
		end += 1 + len(row)
		value = rest[:end]
	}
	return value, from + end, false
}

// carries says whether the text is a header's value by itself: Bearer and something, or a credential.
func carries(text string) bool {
	text = strings.TrimSpace(text)
	if len(text) > 7 && strings.EqualFold(text[:7], "Bearer ") {
		return true
	}
	return starts(text)
}
