package token

import (
	"encoding/base64"
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
	httpie := strings.IndexByte("hx", text[at[2]]) >= 0 // takes headers as words
	var beside []piece                                  // in no header that carries a credential; of use only where there is none
	var winner []int                                    // the requests whose X-Serverless-Authorization is not in the paste
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
		if p, ok := besidePiece(option, value, i > 0 && takesData(words[i-1].text)); ok && !w.expands {
			p.request = request
			beside = append(beside, p)
		}
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

// besidePiece is the credential that a word of a command holds where Cloud Run's check does not look: in another header, in the address, in the data.
func besidePiece(option, value string, data bool) (piece, bool) {
	name, rest, ok := strings.Cut(value, ":")
	switch {
	case option == "header" && ok && fieldName.MatchString(name) && carries(rest):
		_, _, known := header(name)
		return piece{raw: rest, form: field, via: name}, !known
	case option == "" && (data || strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "https://")):
		return piece{raw: value, form: field, via: besideHeaders}, holdsStart(value)
	}
	return piece{}, false
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
