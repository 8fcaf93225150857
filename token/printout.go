package token

import (
	"regexp"
	"slices"
	"strings"
)

var (
	// headerName finds a header's name and what a printout (a colon, or a line break in a browser's panel) or a program puts between it and its value.
	headerName = regexp.MustCompile("(?i)(?:^|[^a-z0-9_-]|\\\\[rn])(x-serverless-authorization|x-forwarded-authorization|proxy-authorization|x-goog-iap-jwt-assertion|x-firebase-appcheck|set-cookie|cookie|authorization)" +
		"([\"'`]\\]?[ \t]*(?:=>|[:=,])[ \t]*|[ \t]*[:=][ \t]*|[ \t]*\n)")

	// requestLine is how a request begins as a printout shows it; preflight is what only a browser's CORS preflight, or a command that plays one, has.
	requestLine = regexp.MustCompile(`(?m)^[<>* \t]*(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S+ HTTP/`)
	preflight   = regexp.MustCompile(`(?i)access-control-request-method|(?m:^)[<>* \t]*options \S+ http/|\bcurl\b[^\n]*\s(?:-X|--request)[ =]?["']?options\b`)

	bearerFirst = regexp.MustCompile("^(?i)[\"'`]?bearer\\b")

	// inList is how a list of texts begins in a program, where a header's value is one.
	inList = regexp.MustCompile("^(?:\\[\\]string\\{|\\[|\\{|\\()[ \t\n]*[\"'`]")

	// answered is how a server's answer begins, or the header that says what it wants.
	answered = regexp.MustCompile(`(?im)^[<* \t]*(?:HTTP/[0-9.]+ [1-5][0-9][0-9]\b|(?:www|proxy)-authenticate[ \t]*:|<!doctype html|<html)`)

	// literal is what a program's text puts before a quote: f"…", @"…".
	literal = regexp.MustCompile("^[A-Za-z@$]{1,2}[\"'`]")

	// between tells two requests apart in a printout: an empty line, a request line, another command.
	between = regexp.MustCompile(`\n[<>* \t]*\n|\n[<>* \t]*[A-Z]+ \S+ HTTP/|\bcurl\b`)
)

// fromLines finds the credentials in headers as a program prints them or a source text writes them. Unread is as in fromCommand.
func fromLines(text string) (pieces []piece, unread bool) {
	if !mentions(strings.ToLower(text), "authorization", "cookie", "appcheck", "assertion") {
		return nil, false
	}
	var others []piece // in cookies of other names; of use only where there is nothing else
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
		if separator = strings.TrimSpace(separator); separator == "=" && !bearerFirst.MatchString(text[end:min(len(text), end+64)]) {
			continue // a variable of that name
		}
		value, next, open := headerValue(text, end, separator == "")
		p, ok := headerPiece(name, value, line)
		if next >= 0 && !ok && separator != "=" && len(others) < maxTokens {
			others = append(others, cookiePiece(value, line))
		}
		if !ok || next < 0 {
			continue
		}
		end = next
		if open {
			unread = true
			continue
		}
		p.request, p.at, p.mark = request, len(pieces)+1, mark(text[:at[2]])
		pieces = append(pieces, p)
	}
	if len(pieces) == 0 && !unread && len(others) > 0 {
		whole := requestLine.MatchString(text) // and then a request with nothing but cookies carries no credential
		pieces = slices.DeleteFunc(others, func(p piece) bool { return whole && !holdsStart(p.raw) })
	}
	slices.SortStableFunc(pieces, func(a, b piece) int { return a.rank - b.rank })
	return pieces, unread
}

// mark is what a printout puts before a header on its row: ">", "* [HTTP/2] [1] [".
func mark(before string) string {
	return strings.TrimSpace(before[strings.LastIndexByte(before, '\n')+1:])
}

// headerValue is the value that begins at from, and where it ends; next is -1 where there is none. Below says that the value must stand on the
// next line, as a browser's panel copies it. Open says that the value goes on in a variable of a program.
func headerValue(text string, from int, below bool) (value string, next int, open bool) {
	rest := text[from:]
	if literal.MatchString(rest[:min(len(rest), 4)]) {
		rest = strings.TrimLeft(rest, "@$abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
		from = len(text) - len(rest)
	}
	if strings.HasPrefix(rest, "[") {
		if end := strings.IndexByte(rest[:min(len(rest), maxToken)], ']'); end >= 0 && carries(rest[1:end]) {
			return rest[1:end], from + end, false // Go's way to print a header
		}
	}
	if list := inList.FindString(rest[:min(len(rest), 64)]); list != "" {
		rest = rest[len(list)-1:]
		from = len(text) - len(rest)
	}
	if rest != "" && strings.IndexByte("\"'`", rest[0]) >= 0 {
		if value, n, open := quotedValue(rest); n > 0 {
			return value, from + n, open
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
			if quote := strings.IndexAny(row, "\"'"); quote > 0 && joinable(strings.TrimSpace(row[:quote])) {
				end += 1 + quote // the last row of a token in quotes, and something behind them
				value = rest[:end]
			}
			break
		}
		end += 1 + len(row)
		value = rest[:end]
	}
	return value, from + end, false
}

// quotedValue is the value in quotes at the start of a program's text, with those that the program adds to it, and its length in the text; 0 where the quotes
// are never closed. Open says that it goes on in a variable.
func quotedValue(text string) (value string, n int, open bool) {
	var whole strings.Builder
	rest := text
	for {
		end := strings.IndexByte(rest[1:], rest[0])
		if end < 0 {
			break
		}
		whole.WriteString(rest[1 : end+1])
		n = len(text) - len(rest) + end + 2
		after := strings.TrimLeft(text[n:], " \t")
		if after == "" || strings.IndexByte("+.%", after[0]) < 0 {
			return text[:1] + whole.String() + text[:1], n, false
		}
		rest = strings.TrimLeft(after[1:], " \t\n")
		if rest == "" || after[0] == '%' || strings.IndexByte("\"'`", rest[0]) < 0 {
			break
		}
	}
	return text[:1] + whole.String() + text[:1], n, true
}

// carries says whether the text is a header's value by itself: Bearer and something, or a credential.
func carries(text string) bool {
	text = strings.TrimSpace(text)
	if len(text) > 7 && strings.EqualFold(text[:7], "Bearer ") {
		return true
	}
	return starts(text)
}
