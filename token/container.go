package token

import "strings"

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
	at       int    // tells two equal headers of one request apart, for form line
	mark     string // what stands before the header on its row: curl -v shows one header twice, after "*" as it makes the request and after ">" as it sends it
	literal  bool   // a dollar in it is a dollar, since it stood in single quotes
	beaten   bool   // the request also has X-Serverless-Authorization, whose value is not in the paste
	note     string // how it was taken out, for a repair
	rank     int    // the lower the likelier to be meant
}

// besideHeaders is where a command has a token that stands in no header.
const besideHeaders = "the command's address or data"

// noHeader is where a command has a token in an option for a header that is none: there is no colon, or a space in its name.
const noHeader = "a header without a proper name and colon"

// authorizes says whether Cloud Run looks for a credential in the header.
func (p piece) authorizes() bool {
	return p.via == "Authorization" || p.via == "X-Serverless-Authorization"
}

// headers are the headers that carry a credential, in the order in which Cloud Run and then the app look at them, and their ranks.
// Gateways and proxies put what they were sent in the last two.
var headers = []string{"X-Serverless-Authorization", "Authorization", "X-Goog-Iap-Jwt-Assertion", "X-Firebase-Appcheck", "Cookie", "X-Forwarded-Authorization", "Proxy-Authorization"}

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

// cookiePiece is what a cookie header carries that has no __session: a cookie that looks like a credential, or else all of it.
func cookiePiece(cookies string, f form) piece {
	p := piece{raw: cookies, form: f, via: "Cookie", rank: len(headers)}
	for part := range strings.SplitSeq(cookies, ";") {
		if _, value, ok := strings.Cut(part, "="); ok && carries(value) {
			p.raw = value
			break
		}
	}
	return p
}

// cookie is the value of __session, the only cookie that Firebase Hosting hands on.
func cookie(header string) (string, bool) {
	const longest = 8 << 10 // bytes of a header that anybody takes; it bounds the cost of a text full of them
	for part := range strings.SplitSeq(header[:min(len(header), longest)], ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if ok && name == "__session" {
			return value, true
		}
	}
	return "", false
}
