package token

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// command finds a program that sends HTTP requests, where a command may begin.
var command = regexp.MustCompile(`(?m)(?:^|[|;&(]|[$%#>❯➜])[ \t]*(?:sudo[ \t]+|time[ \t]+)?(curl|wget|grpcurl|xh|https?|hey)(?:\.exe)?[ \t\\\n` + "`" + `]`)

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
	program := text[at[2]:at[3]]
	httpie := takesWords(program)
	bearer := httpie && saysBearer(words)
	var beside []piece // in no header that carries a credential; of use only where there is none
	var winner []int   // the requests whose X-Serverless-Authorization is not in the paste
	request := 0
	for i := 0; i < len(words); i++ {
		w := words[i]
		if i > 0 && (w.text == "curl" || w.text == "wget") {
			request++
		}
		option, value, joined := optionOf(program, w.text)
		if option != "" && !joined {
			i++
			if i == len(words) {
				break
			}
			w = words[i]
			value = w.text
		}
		if option == "user" && bearer {
			option = "bearer"
		}
		if p, ok := besidePiece(option, value, i > 0 && takesData(words[i-1].text)); ok && !w.expands {
			p.request = request
			beside = append(beside, p)
		}
		unread = unread || option == "config" || option == "" && w.expands && userOf(value) != ""
		if option == "" && !httpie {
			continue
		}
		p, ok := optionPiece(option, value)
		switch {
		case ok && p.via == serverlessHeader && strings.HasSuffix(strings.TrimSpace(value), ":"):
			// curl takes a header without a value out of the request.
		case !ok:
			unread = unread || option == "header" && strings.HasPrefix(value, "@")
		case w.expands:
			unread = true
			if p.via == serverlessHeader {
				winner = append(winner, request)
			}
		default:
			p.from, p.to, p.request = w.from, w.to, request
			p.literal = strings.Contains(text[w.from:w.to], "$")
			pieces = append(pieces, p)
		}
	}
	for i := range pieces {
		pieces[i].beaten = pieces[i].via == "Authorization" && slices.Contains(winner, pieces[i].request)
	}
	if len(pieces) == 0 && !unread {
		pieces = beside
	}
	slices.SortStableFunc(pieces, func(a, b piece) int { return a.rank - b.rank })
	return pieces, true, unread
}

// besidePiece is the credential that a word of a command holds where Cloud Run's check does not look: in another header, in a cookie, in the address, in the
// data. A user in the address is sent in Authorization, where no header says anything else.
func besidePiece(option, value string, data bool) (piece, bool) {
	name, rest, ok := strings.Cut(value, ":")
	_, _, known := header(name)
	switch {
	case option == "cookie":
		return cookiePiece(value, field), strings.Contains(value, "=")
	case option == "header" && ok && strings.EqualFold(name, "Cookie"):
		return cookiePiece(rest, field), true
	case option == "header" && ok && fieldName.MatchString(name) && carries(rest):
		return piece{raw: rest, form: field, via: name}, !known
	case option == "header" && !known:
		return piece{raw: value, form: field, via: noHeader}, holdsStart(value)
	case option == "" && userOf(value) != "":
		return piece{raw: basic(userOf(value)), form: shell, via: "Authorization", rank: 1}, true
	case option == "" && (data || strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "https://")):
		return piece{raw: value, form: field, via: besideHeaders}, holdsStart(value)
	}
	return piece{}, false
}

// userOf is the user of an address, with the password; "" where it has none.
func userOf(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok || scheme != "http" && scheme != "https" {
		return ""
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	at := strings.LastIndexByte(rest, '@')
	if at < 0 {
		return ""
	}
	if plain, err := url.PathUnescape(rest[:at]); err == nil {
		return plain
	}
	return rest[:at]
}

// basic is what a program sends for a user and a password.
func basic(user string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user))
}

// fieldName is the name of a header, as short as any is.
var fieldName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,47}$`)

// takesData says whether a word is an option whose value curl sends as the body.
func takesData(option string) bool {
	switch option {
	case "-d", "--data", "--data-raw", "--data-binary", "--data-urlencode", "--json", "-F", "--form":
		return true
	}
	return false
}

// mentions says whether one of the words stands somewhere in the text. A token holds none by chance, and so the slow look is spared.
func mentions(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}

// takesWords says whether a program takes headers as words, as httpie does.
func takesWords(program string) bool { return program[0] == 'x' || strings.HasPrefix(program, "http") }

// saysBearer says whether the words tell httpie that what it gets as --auth is a token.
func saysBearer(words []word) bool {
	for i, w := range words {
		value, ok := strings.CutPrefix(w.text, "--auth-type=")
		if !ok && (w.text == "-A" || w.text == "--auth-type") && i+1 < len(words) {
			value = words[i+1].text
		}
		if strings.EqualFold(value, "bearer") {
			return true
		}
	}
	return false
}

// optionOf reads one word as an option: "header", "cookie", "bearer", "user", "config" (a file that may hold any of them), or "" for any other. Joined says
// whether its value stands in the same word.
func optionOf(program, w string) (option, value string, joined bool) {
	plain := strings.TrimLeftFunc(w, func(r rune) bool { return r == '-' || dash(r) })
	if plain == w || plain == "" {
		return "", w, true
	}
	name, value, joined := strings.Cut(plain, "=")
	switch name {
	case "header", "cookie", "user", "config":
		return name, value, joined
	case "oauth2-bearer":
		return "bearer", value, joined
	case "H":
		return "header", value, joined
	}
	switch {
	case takesWords(program):
		if name == "a" || name == "auth" {
			return "user", value, joined
		}
		if name == "bearer" {
			return name, value, joined
		}
	case program == "curl" && !strings.HasPrefix(w, "--"):
		if option, value, joined = cluster(plain); option != "" {
			return option, value, joined
		}
	}
	return "", w, true
}

// cluster reads the short options of one word of curl, "sSLH": those without a value, and one with, whose value is what is left of the word or the next.
func cluster(letters string) (option, value string, joined bool) {
	for i := range len(letters) {
		switch letters[i] {
		case 'H':
			option = "header"
		case 'b':
			option = "cookie"
		case 'u':
			option = "user"
		case 'K':
			option = "config"
		default:
			if strings.IndexByte("#:01234679BGIJLMNOZSRVafgijklnpqsv", letters[i]) < 0 {
				return "", "", false
			}
			continue
		}
		value = letters[i+1:]
		return option, value, value != ""
	}
	return "", "", false
}

// optionPiece is the credential in an option's value. A word that is no option may be a header, as httpie takes them.
func optionPiece(option, value string) (piece, bool) {
	switch option {
	case "cookie":
		return headerPiece("Cookie", value, shell)
	case "bearer":
		return piece{raw: "Bearer " + value, form: shell, via: "Authorization", rank: 1}, true
	case "user":
		return piece{raw: basic(value), form: shell, via: "Authorization", rank: 1}, value != ""
	}
	name, rest, ok := strings.Cut(value, ":")
	if !ok {
		// curl sends a header without a value where a semicolon stands in place of the colon.
		name, ok = strings.CutSuffix(value, ";")
	}
	if !ok {
		return piece{}, false
	}
	return headerPiece(strings.TrimLeft(name, " \n"), rest, shell)
}

// uncaret undoes the quoting of Windows' cmd, as a browser writes it ("copy as cURL (cmd)"), and says whether there was any.
func uncaret(text string) (string, bool) {
	if !strings.Contains(text, `^"`) || !strings.Contains(text, "curl") {
		return text, false
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '^' && i+1 < len(text) {
			i++
			if text[i] == '\n' {
				b.WriteByte(' ')
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String(), true
}
