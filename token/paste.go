package token

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxTokens bounds how many credentials are listed of one paste.
const maxTokens = 16

// Read finds the credential in what was pasted and parses it: a token by itself, a header, a whole curl command, JSON, with or without Bearer, quotes, line
// wraps, terminal sequences. What it had to repair for that is reported by the checks. Of several it takes the one that is likeliest meant for Cloud
// Run; see ReadAll. What is no credential is a Token of kind Unrecognised, and a request without one is a Token of kind None.
//
// It errs where there is nothing to judge: an empty paste, one of more than 1 MiB, a command whose token stands in a variable. The error says
// what to do and holds no part of the input.
func Read(pasted []byte) (*Token, error) {
	tokens, err := ReadAll(pasted)
	if err != nil {
		return nil, err
	}
	return tokens[0], nil
}

// ReadAll finds every credential in what was pasted, at most 16, the likeliest first, and at least one where it does not err. Errors are as for Read. Each of
// several carries a repair "in.multiple", whose Sent says that they were sent in one request, which Cloud Run refuses.
func ReadAll(pasted []byte) ([]*Token, error) {
	if len(pasted) > maxPaste {
		return nil, errors.New("read paste: larger than 1 MiB; paste the token alone, or the header it was sent in")
	}
	c := clean(pasted)
	if text, ok := uncaret(c.text); ok {
		c.text, c.hidden = text, nil
	}
	c.rows()
	c.unbreak()
	c.rename()
	if strings.TrimSpace(c.text) == "" {
		return nil, errors.New("read paste: nothing was pasted; copy the token, its header, or the whole curl command, and paste again")
	}
	found, err := c.read()
	if err != nil {
		return nil, err
	}
	return finish(found, c, len(pasted)), nil
}

// found is a token and the piece it was found in.
type found struct {
	token *Token
	piece piece
}

// read finds the pieces and reads each. A private key is judged where there is nothing else to judge.
func (c *cleaned) read() ([]found, error) {
	trimmed := strings.TrimSpace(c.text)
	if kind, ok := byPrefix(trimmed); ok && (kind == PEM || kind == ServiceAccountKey) {
		rest, key := withoutKeys(c.text)
		if rest != c.text && holdsStart(rest) {
			c.text = rest
			if all, err := c.unwrap(); err == nil {
				if key != "" {
					all = append(all, found{Parse(key), piece{}})
				}
				return all, nil
			}
		}
		return []found{{Parse(trimmed), piece{}}}, nil
	}
	return c.unwrap()
}

// unwrap finds the pieces of what is no key.
func (c *cleaned) unwrap() ([]found, error) {
	pieces := fromJSON(c.text)
	var isCommand, unread bool
	if len(pieces) == 0 {
		pieces, isCommand, unread = fromCommand(c.text)
	}
	if len(pieces) == 0 {
		inLines, open := fromLines(c.text)
		pieces, unread = inLines, unread || open
	}
	isCommand = isCommand || strings.Contains(c.text, "HTTP/") && requestLine.MatchString(c.text)
	bareText := len(pieces) == 0 && !unread && !(isCommand && !holdsStart(c.text))
	if bareText {
		switch text, encoded := unbase64(c.text); {
		case encoded && !holdsStart(c.text):
			c.text, c.hidden = text, nil
			c.repairs = append(c.repairs, Repair{ID: "in.prefix", Text: "undid base64"})
			return c.read()
		case answered.MatchString(c.text) && !holdsStart(c.text):
			return nil, errors.New("read paste: that is what a server answered, not what was sent; paste the token, or the request's header")
		}
	}
	if bareText {
		pieces = []piece{{raw: c.text}}
	}
	var all []found
	for _, p := range pieces {
		v := value{piece: p, text: p.raw, in: *c}
		tokens := v.tokens()
		unread = unread || v.unread
		if p.form >= line && p.via != "" && twice(tokens) {
			tokens[0].repairs = append(tokens[0].repairs, Repair{ID: "in.multiple", Text: "one token stands twice in one request's " + p.via + " header", Sent: true})
		}
		for _, t := range tokens {
			all = append(all, found{t, p})
		}
	}
	switch {
	case len(all) > 0:
		return all, nil
	case unread:
		return nil, errors.New("read paste: the token is not in it, only the variable, file or placeholder it comes from; print the value and paste that")
	case bareText:
		return nil, errors.New("read paste: only what stands around a token was pasted; copy the token itself as well")
	}
	none := Parse("")
	none.preflight = preflight.MatchString(c.text)
	return []found{{none, piece{}}}, nil
}

// finish drops doubles, notes what concerns the paste as a whole, and puts the repairs in the order in which they were made.
func finish(all []found, c cleaned, size int) []*Token {
	// In a text without a container a JWT is likelier meant than the access token beside it.
	slices.SortStableFunc(all, func(a, b found) int { return bareRank(a) - bareRank(b) })
	var unique []found
	for _, f := range all {
		i := slices.IndexFunc(unique, func(u found) bool { return u.token.raw == f.token.raw })
		switch {
		case i < 0 && len(unique) < maxTokens:
			unique = append(unique, f)
		case i >= 0 && unique[i].piece.twin(f.piece) && unique[i].piece != f.piece && unique[i].piece.mark == f.piece.mark:
			unique[i].token.repairs = append(unique[i].token.repairs, Repair{ID: "in.multiple", Text: "the header " + f.piece.via + " stands twice in one request", Sent: true})
		}
	}
	tokens := make([]*Token, len(unique))
	for i, f := range unique {
		repairs := c.inside(f.piece)
		if f.piece.note != "" {
			repairs = append(repairs, Repair{ID: "in.prefix", Text: f.piece.note})
		}
		repairs = append(repairs, f.token.repairs...)
		if len(unique) > 1 {
			repairs = append(repairs, several(unique, i))
			f.token.wins = f.overAnother(unique)
		}
		repairs = append(repairs, c.lasting(unique, i)...)
		if (size == 4095 || size == 4096) && !f.token.whole() {
			repairs = append(repairs, Repair{ID: "in.truncated", Text: fmt.Sprintf("the paste has %d bytes, where a Linux terminal cuts a line", size)})
		}
		f.token.repairs = repairs
		tokens[i] = f.token
	}
	return tokens
}

// twice says whether one of the tokens is there a second time.
func twice(tokens []*Token) bool {
	for i, t := range tokens {
		if slices.ContainsFunc(tokens[:i], func(before *Token) bool { return before.raw == t.raw }) {
			return true
		}
	}
	return false
}

// twin says whether both lay in one header of one request, or in two of one name.
func (p piece) twin(other piece) bool {
	return p.form >= line && other.form >= line && p.request == other.request && p.via == other.via && p.via != ""
}

func bareRank(f found) int {
	if f.piece.form == bare && !f.token.kind.JWT() {
		return 1
	}
	return 0
}

// inside are the repairs of the cleaning. They count against the request where something hidden stood in a command's header.
func (c cleaned) inside(p piece) []Repair {
	sent := false
	if p.form == shell {
		for _, at := range c.hidden {
			sent = sent || p.from < at && at < p.to
		}
	}
	repairs := make([]Repair, 0, len(c.repairs)+4)
	for _, r := range c.repairs {
		r.Sent = sent
		repairs = append(repairs, r)
	}
	return repairs
}

// several says that the paste holds more than one credential. Two in one request's one header are refused (troubleshooting page, "401"); beside
// X-Serverless-Authorization, Authorization is not looked at.
func several(all []found, i int) Repair {
	this := all[i]
	twins := 0
	for j, other := range all {
		if j == i || other.piece.request != this.piece.request {
			continue
		}
		if this.piece.twin(other.piece) {
			twins++
		}
	}
	r := Repair{ID: "in.multiple", Text: fmt.Sprintf("%d credentials in the paste (%s), judged is number %d", len(all), strings.Join(listed(all), ", "), i+1), Sent: twins > 0}
	switch {
	case r.Sent:
		r.Text += fmt.Sprintf("; %d of them in one request's %s header", twins+1, this.piece.via)
	case this.overAnother(all):
		r.Text += "; Authorization is not looked at beside X-Serverless-Authorization"
	}
	return r
}

// overAnother says whether it came in the header that wins over another credential's in the same request.
func (f found) overAnother(all []found) bool {
	return f.piece.via == serverlessHeader && slices.ContainsFunc(all, func(other found) bool {
		return other.piece.request == f.piece.request && other.piece.via == "Authorization"
	})
}

// whole says whether a JWT's signature has the length that its algorithm gives it, so that nothing can be missing at the end.
func (t *Token) whole() bool {
	return complete(t.raw)
}

// wrapped says whether the line breaks in a stretch of the text were made by a terminal, two or more after rows of one width, or by whoever quoted it.
func (c cleaned) wrapped(from, to int) bool {
	if c.quoted {
		return true
	}
	width, rows := 0, 0
	for at := from; at < to; at++ {
		if c.text[at] != '\n' {
			continue
		}
		row := utf8.RuneCountInString(c.text[strings.LastIndexByte(c.text[:at], '\n')+1 : at])
		if rows > 0 && row != width || row < 20 {
			return false
		}
		width = row
		rows++
	}
	return rows >= 2
}
