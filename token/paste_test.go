package token

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// repairsOf lists a token's repairs as "id" or "id!" where it was sent like that.
func repairsOf(t *Token) string {
	var ids []string
	for _, r := range t.repairs {
		id := r.ID
		if r.Sent {
			id += "!"
		}
		ids = append(ids, id)
	}
	return strings.Join(ids, " ")
}

// wrapAt breaks text into rows of a width, as a terminal does.
func wrapAt(text string, width int, with string) string {
	var rows []string
	for len(text) > width {
		rows = append(rows, text[:width])
		text = text[width:]
	}
	return strings.Join(append(rows, text), with)
}

// numbered has the number of each row before it.
func numbered(text string, from int, sign string) string {
	rows := strings.Split(text, "\n")
	for i := range rows {
		rows[i] = strconv.Itoa(from+i) + sign + rows[i]
	}
	return strings.Join(rows, "\n")
}

// TestTwoTextsAreTwoTokens: what stands in quotes one after another is put together inside a token only.
func TestTwoTextsAreTwoTokens(t *testing.T) {
	jwt, other := googleToken(t), mintES256(t, iapHeader, iapClaims)
	for _, paste := range []string{`"` + jwt + `" "` + other + `"`, `'` + jwt + `' + '` + other + `'`, "> " + jwt + "\n> \n> " + other, "1: " + jwt + "\n2: " + other} {
		all, err := ReadAll([]byte(paste))
		if err != nil || len(all) != 2 || all[0].raw != jwt || all[1].raw != other {
			t.Errorf("%d tokens of %.12q…: %v", len(all), paste, err)
		}
	}
}

func TestEscapesOfAURL(t *testing.T) {
	for text, want := range map[string]bool{"": false, "%": false, "%2": false, "%2e": true, "a%2Eb": true, "%%": false, "%%%41": true, "%4%41": true, "%g1%1g%": false, "100%": false, "a%zz%7": false} {
		if got := escapes(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestRead(t *testing.T) {
	jwt := googleToken(t)
	iap := mintES256(t, iapHeader, iapClaims)
	emulator := b64(`{"alg":"none","typ":"JWT"}`) + "." + b64(`{"iss":"https://securetoken.google.com/demo","aud":"demo"}`) + "."
	removed := strings.Join(strings.Split(jwt, ".")[:2], ".") + "." + removedSignature
	access := "ya29.c.b0AXv0zTPIXKyZ0123456789.abcdefghij"
	middle := len(jwt) / 2
	cases := []struct {
		name    string
		paste   string
		raw     string
		via     string
		repairs string
	}{
		{"a token by itself", jwt, jwt, "", ""},
		{"with a line break behind it", jwt + "\n", jwt, "", ""},
		{"with Bearer", "Bearer " + jwt, jwt, "", "in.prefix"},
		{"with Bearer twice", "bearer Bearer " + jwt, jwt, "", "in.prefix req.credential!"},
		{"in double quotes", `"` + jwt + `"`, jwt, "", "in.prefix"},
		{"in typographic quotes", "“" + jwt + "”", jwt, "", "in.hidden_chars in.prefix"},
		{"in one quote only", `"` + jwt, jwt, "", "in.prefix"},
		{"in backticks of Markdown", "```\n" + jwt + "\n```", jwt, "", "in.prefix"},
		{"with a comma behind it", `"` + jwt + `",`, jwt, "", "in.prefix"},
		{"at the end of a sentence", "the token is " + jwt + ".", jwt, "", "in.prefix"},
		{"the emulator's own dot at the end of a text", "it is " + emulator, emulator, "", "in.prefix"},
		{"in angle brackets", "<" + jwt + ">", jwt, "", "in.prefix"},
		{"in XML", "<token>" + jwt + "</token>", jwt, "", "in.prefix in.prefix"},
		{"a printed request without a credential", "GET /x HTTP/1.1\nHost: shop\n", "", "", ""},
		{"with the end of a bracketed paste", jwt + "\x1b[201~", jwt, "", "in.hidden_chars"},
		{"in colour", "\x1b[32m" + jwt + "\x1b[0m", jwt, "", "in.hidden_chars"},
		{"with a window title", "\x1b]0;bash\x07" + jwt, jwt, "", "in.hidden_chars"},
		{"with an ESC in it that begins nothing", jwt[:9] + "\x1b" + jwt[9:], jwt, "", "in.hidden_chars"},
		{"with a NUL in it", jwt[:9] + "\x00" + jwt[9:], jwt, "", "in.hidden_chars"},
		{"with a zero-width space in it", jwt[:9] + "\u200b" + jwt[9:], jwt, "", "in.hidden_chars"},
		{"with a byte order mark", "\ufeff" + jwt, jwt, "", "in.hidden_chars"},
		{"with a soft hyphen and a no-break space", "Bearer\u00a0" + jwt[:30] + "\u00ad" + jwt[30:], jwt, "", "in.hidden_chars in.hidden_chars in.prefix"},
		{"as UTF-16 of PowerShell", utf16LE(jwt + "\r\n"), jwt, "", "in.hidden_chars"},
		{"wrapped at 80 columns", wrapAt(jwt, 80, "\n"), jwt, "", "in.whitespace"},
		{"wrapped with carriage returns, as tmux pastes", wrapAt(jwt, 72, "\r"), jwt, "", "in.whitespace"},
		{"wrapped by Windows", wrapAt(jwt, 100, "\r\n"), jwt, "", "in.whitespace"},
		{"wrapped with indents", wrapAt(jwt, 60, "\n    "), jwt, "", "in.whitespace"},
		{"wrapped with backslashes", wrapAt(jwt, 60, "\\\n"), jwt, "", "in.whitespace"},
		{"wrapped at three columns", wrapAt(jwt, 3, "\n"), jwt, "", "in.whitespace"},
		{"wrapped with text after it", wrapAt(jwt, 80, "\n") + "\nuser@host:~$ ", jwt, "", "in.whitespace in.prefix"},
		{"wrapped with a word after it", wrapAt(jwt, 80, "\n") + "\nthanks", jwt, "", "in.whitespace in.prefix"},
		{"with a space in it", jwt[:middle] + " " + jwt[middle:], jwt, "", "in.whitespace"},
		{"in prose", "this is the token: " + jwt + " thanks", jwt, "", "in.prefix in.prefix"},
		{"with a label", "Token: " + jwt, jwt, "", "in.prefix"},
		{"as an assignment", "export ID_TOKEN=" + jwt, jwt, "", "in.prefix in.prefix"},
		{"as an assignment in PowerShell", `$env:TOKEN = "` + jwt + `"`, jwt, "", "in.prefix in.prefix"},
		{"after a prompt", "$ " + jwt, jwt, "", "in.prefix"},
		{"after the command that printed it", "user@host:~$ gcloud auth print-identity-token\n" + jwt, jwt, "", "in.prefix in.prefix"},
		{"in a URL", "https://app.example.com/cb#state=1&id_token=" + jwt + "&x=1", jwt, "", "in.prefix"},
		{"URL-encoded", "Bearer%20" + strings.ReplaceAll(jwt, ".", "%2E"), jwt, "", "in.prefix in.prefix"},
		{"in base64 of a Kubernetes secret", stdBase64(jwt), jwt, "", "in.prefix"},
		{"of a removed signature", removed, removed, "", ""},
		{"of a removed signature, wrapped", wrapAt(removed, 80, "\n"), removed, "", "in.whitespace"},
		{"of the emulator", emulator, emulator, "", ""},
		{"of another kind", access, access, "", ""},
		{"of another kind with a word after it", access + " ok", access, "", "in.prefix"},

		{"a header", "Authorization: Bearer " + jwt, jwt, "Authorization", ""},
		{"a header in small letters", "authorization: bearer " + jwt + "\r\n", jwt, "Authorization", ""},
		{"a header of curl -v", "> GET / HTTP/2\n> host: x\n> authorization: Bearer " + jwt + "\n> accept: */*\n", jwt, "Authorization", ""},
		{"a header of a proxy", "X-Serverless-Authorization: Bearer " + jwt, jwt, "X-Serverless-Authorization", ""},
		{"the assertion of IAP", "X-Goog-IAP-JWT-Assertion: " + iap, iap, "X-Goog-Iap-Jwt-Assertion", ""},
		{"a header with a word behind the token", "Authorization: Bearer " + jwt + " foo", jwt, "Authorization", "in.prefix"},
		{"a gateway's header", "X-Forwarded-Authorization: Bearer " + jwt, jwt, "X-Forwarded-Authorization", "in.prefix"},
		{"a gateway's header before the one that counts", "x-forwarded-authorization: Bearer " + iap + "\nauthorization: Bearer " + jwt, jwt, "Authorization", "in.multiple"},
		{"a proxy's own header", "Proxy-Authorization: Bearer " + jwt, jwt, "Proxy-Authorization", "in.prefix"},
		{"the header of App Check", "x-firebase-appcheck: " + jwt, jwt, "X-Firebase-AppCheck", ""},
		{"the session cookie", "Cookie: a=b; __session=" + jwt + "; c=d", jwt, "Cookie", ""},
		{"the session cookie by itself", "__session=" + jwt, jwt, "Cookie", "in.prefix"},
		{"a header that a terminal wrapped", wrapAt("Authorization: Bearer "+jwt, 80, "\n"), jwt, "Authorization", "in.whitespace"},
		{"a header on two lines, as a browser shows it", "Authorization\nBearer " + jwt, jwt, "Authorization", ""},
		{"a header in a program", `headers = {"Authorization": "Bearer ` + jwt + `", "Accept": "x"}`, jwt, "Authorization", ""},
		{"a header in PowerShell", `-Headers @{ 'Authorization' = 'Bearer ` + jwt + `' }`, jwt, "Authorization", ""},
		{"a header with Bearer twice", "Authorization: Bearer Bearer " + jwt, jwt, "Authorization", "req.credential!"},
		{"a header without Bearer", "Authorization: " + jwt, jwt, "Authorization", "req.credential!"},
		{"a header with another scheme", "Authorization: Token " + jwt, jwt, "Authorization", "req.credential!"},
		{"a header with a colon after Bearer", "Authorization: Bearer: " + jwt, jwt, "Authorization", "req.credential!"},
		{"a header without a space", "Authorization: Bearer" + jwt, jwt, "Authorization", "req.credential!"},
		{"a header with quotes in it", `Authorization: Bearer "` + jwt + `"`, jwt, "Authorization", "req.credential!"},
		{"an empty header", "Authorization:", "", "Authorization", ""},
		{"an empty header before another", "Authorization:\nHost: example.com\n", "", "Authorization", ""},
		{"a header with Bearer alone", "Authorization: Bearer ", "", "Authorization", "req.credential!"},
		{"a header with Basic", "Authorization: Basic dXNlcjpwYXNz", "Basic dXNlcjpwYXNz", "Authorization", ""},

		{"a curl command", `curl -H "Authorization: Bearer ` + jwt + `" https://x.run.app/`, jwt, "Authorization", ""},
		{"a curl command with --header", `$ curl -sS https://x.run.app/ --header 'X-Serverless-Authorization: Bearer ` + jwt + `'`, jwt, "X-Serverless-Authorization", ""},
		{"a curl command with --header=", `curl --header="authorization: Bearer ` + jwt + `" x`, jwt, "Authorization", ""},
		{"a curl command with options in one word", `curl -sSLH "Authorization: Bearer ` + jwt + `" x`, jwt, "Authorization", ""},
		{"a curl command with $'…'", `curl -H $'Authorization: Bearer ` + jwt + `' x`, jwt, "Authorization", ""},
		{"a curl command of a browser", "curl 'https://x.run.app/' \\\n  -H 'accept: */*' \\\n  -H 'authorization: Bearer " + jwt + "' \\\n  --compressed", jwt, "Authorization", ""},
		{"a curl command of a browser on Windows", "curl ^\"https://x.run.app/^\" ^\n  -H ^\"authorization: Bearer " + jwt + "^\" ^\n  --compressed", jwt, "Authorization", ""},
		{"a curl command from a word processor", "curl –H “Authorization: Bearer " + jwt + "” x", jwt, "Authorization", "in.hidden_chars!"},
		{"a curl command with a cookie", `curl -b '__session=` + jwt + `' x`, jwt, "Cookie", ""},
		{"a curl command with --oauth2-bearer", `curl --oauth2-bearer ` + jwt + ` x`, jwt, "Authorization", ""},
		{"a curl command with a user", `curl -u user:pass x`, "Basic dXNlcjpwYXNz", "Authorization", ""},
		{"a curl command with Bearer twice", `curl -H "Authorization: Bearer Bearer ` + jwt + `" x`, jwt, "Authorization", "req.credential!"},
		{"a curl command with quotes in the header", `curl -H 'Authorization: Bearer "` + jwt + `"' x`, jwt, "Authorization", "req.credential!"},
		{"a curl command with a line break in the token", `curl -H "Authorization: Bearer ` + jwt[:middle] + "\n" + jwt[middle:] + `" x`, jwt, "Authorization", "in.whitespace!"},
		{"a curl command with a line break behind the token", `curl -H "Authorization: Bearer ` + jwt + "\n" + `" x`, jwt, "Authorization", "req.credential!"},
		{"a curl command with a line break that $'…' writes", `curl -H $'Authorization: Bearer ` + jwt[:middle] + `\n` + jwt[middle:] + `' x`, jwt, "Authorization", "in.whitespace!"},
		{"a curl command with a space in the token", `curl -H "Authorization: Bearer ` + jwt[:middle] + " " + jwt[middle:] + `" x`, jwt, "Authorization", "in.whitespace!"},
		{"a curl command with a zero-width space in the token", `curl -H "Authorization: Bearer ` + jwt[:middle] + "\u200b" + jwt[middle:] + `" x`, jwt, "Authorization", "in.hidden_chars!"},
		{"a curl command with a zero-width space elsewhere", "\u200bcurl -H \"Authorization: Bearer " + jwt + `" x`, jwt, "Authorization", "in.hidden_chars"},
		{"a curl command that a terminal wrapped", wrapAt(`curl -H "Authorization: Bearer `+jwt+`" https://x.run.app/`, 80, "\n"), jwt, "Authorization", "in.whitespace"},
		{"a curl command with a user in the word of the option", `curl -uuser:pass x`, "Basic dXNlcjpwYXNz", "Authorization", ""},
		{"a curl command with a user behind other options", `curl -sSu user:pass x`, "Basic dXNlcjpwYXNz", "Authorization", ""},
		{"a curl command with a user in its address", `curl https://user:p%61ss@x.run.app/y@z`, "Basic dXNlcjpwYXNz", "Authorization", ""},
		{"a curl command with a user in its address, and a header, which wins", `curl -H "Authorization: Bearer ` + jwt + `" https://user:pass@x.run.app/`, jwt, "Authorization", ""},
		{"a curl command with an address that has a mail address in it", `curl -H "Authorization: Bearer ` + jwt + `" https://x.run.app/?to=a@b`, jwt, "Authorization", ""},
		{"a curl command with another cookie", `curl -b 'theme=dark; sid=` + jwt + `' x`, jwt, "Cookie", ""},
		{"a curl command with another cookie in a header", `curl -H 'Cookie: sid=` + jwt + `' x`, jwt, "Cookie", ""},
		{"a curl command with another cookie beside the header", `curl -b 'sid=` + iap + `' -H "Authorization: Bearer ` + jwt + `" x`, jwt, "Authorization", ""},
		{"a curl command with a header without a colon", `curl -H "Authorization Bearer ` + jwt + `" x`, jwt, noHeader, "in.prefix"},
		{"a curl command with an equals sign for the colon", `curl -H "Authorization=Bearer ` + jwt + `" x`, jwt, noHeader, "in.prefix"},
		{"a curl command with a space before the colon", `curl -H "Authorization : Bearer ` + jwt + `" x`, jwt, noHeader, "in.prefix"},
		{"a curl command with braces around the token", `curl -H "Authorization: Bearer {` + jwt + `}" x`, jwt, "Authorization", "req.credential!"},
		{"a curl command with the braces of a template", `curl -H "Authorization: Bearer {{` + jwt + `}}" x`, jwt, "Authorization", "req.credential!"},
		{"a curl command with something before the token", `curl -H "Authorization: Bearer (` + jwt + `" x`, jwt, "Authorization", "req.credential!"},
		{"a curl command with a carriage return that $'…' writes behind the token", `curl -H $'Authorization: Bearer ` + jwt + `\r' x`, jwt, "Authorization", "req.credential!"},
		{"a wget command that goes to the background", `wget -b --header="Authorization: Bearer ` + jwt + `" x`, jwt, "Authorization", ""},
		{"a curl command whose option a terminal broke", "curl https://x.run.app/ -\nH \"Authorization: Bearer " + wrapAt(jwt, 60, "\n") + `" -d x`, jwt, "Authorization", "in.whitespace"},
		{"a curl command without a header", "curl https://x.run.app/", "", "", ""},
		{"a curl command with an empty header", `curl -H "Authorization: Bearer " https://x.run.app/`, "", "Authorization", "req.credential!"},
		{"a curl command with a variable in single quotes", `curl -H 'Authorization: Bearer $TOKEN' x`, "$TOKEN", "Authorization", "req.credential!"},
		{"a curl command with the token in a header that Cloud Run does not read", `curl -H "X-Api-Key: ` + jwt + `" x`, jwt, "X-Api-Key", ""},
		{"a curl command with the token in a gateway's header", `curl -H "X-Forwarded-Authorization: Bearer ` + jwt + `" x`, jwt, "X-Forwarded-Authorization", "in.prefix"},
		{"a curl command with the token in its address", `curl "https://x.run.app/?access_token=` + jwt + `&x=1"`, jwt, besideHeaders, "in.prefix"},
		{"a curl command with the token in its data", `curl -d '{"token":"` + jwt + `"}' https://x.run.app/`, jwt, besideHeaders, "in.prefix"},
		{"a curl command with tokens in its data and its header", `curl --data '{"token":"` + iap + `"}' -H "Authorization: Bearer ` + jwt + `" x`, jwt, "Authorization", ""},
		{"a curl command that prints the token", "curl -H 'Metadata-Flavor: Google' 'http://metadata/identity?audience=https://x.run.app'\n" + jwt + "\n", jwt, "", "in.prefix"},
		{"a curl command with an empty header, which curl does not send", `curl -H "X-Serverless-Authorization: " -H "Authorization: Bearer ` + jwt + `" x`, jwt, "Authorization", ""},
		{"an httpie command", `http GET x.run.app "Authorization: Bearer ` + jwt + `"`, jwt, "Authorization", ""},
		{"an httpie command with a user", `http -a user:pass GET x.run.app`, "Basic dXNlcjpwYXNz", "Authorization", ""},
		{"an httpie command with a token as its user", `https -A bearer -a ` + jwt + ` x.run.app`, jwt, "Authorization", ""},
		{"an httpie command with a token as its user, in long", `xh --auth-type=bearer --auth=` + jwt + ` x.run.app`, jwt, "Authorization", ""},
		{"what curl prints after a command with a variable", "$ curl -v -H \"Authorization: Bearer $T\" x\n> authorization: Bearer " + jwt + "\n", jwt, "Authorization", ""},

		{"a header of Go's printing", "map[Accept:[*/*] Authorization:[Bearer " + jwt + "] X:[y]]", jwt, "Authorization", ""},
		{"a header of Ruby", `"Authorization" => "Bearer ` + jwt + `"`, jwt, "Authorization", ""},
		{"a header of Java, its value put together", `.header("Authorization", "Bearer " + "` + jwt + `")`, jwt, "Authorization", ""},
		{"a header of PHP, its value put together", `$h['Authorization'] = 'Bearer ' . "` + jwt + `";`, jwt, "Authorization", ""},
		{"a header of JavaScript, its value put together on two lines", "Authorization: 'Bearer ' +\n  '" + jwt + "'", jwt, "Authorization", ""},
		{"a header of Go in a list", `http.Header{"Authorization": []string{"Bearer ` + jwt + `"}}`, jwt, "Authorization", ""},
		{"a header in a list of texts", `metadata: {"authorization": ["Bearer ` + jwt + `"], "x": ["y"]}`, jwt, "Authorization", ""},
		{"a header of Ruby in a list", "{'authorization' => [\n  'Bearer " + jwt + "']}", jwt, "Authorization", ""},
		{"headers as a browser copies them for PowerShell", "-Headers @{\n\"accept\"=\"*/*\"\n  \"authorization\"=\"Bearer " + jwt + "\"\n  \"priority\"=\"u\"\n  \"x-client-data\"=\"y\"\n}", jwt, "Authorization", ""},
		{"a header of Java", `.header("Authorization", "Bearer ` + jwt + `")`, jwt, "Authorization", ""},
		{"a header of PowerShell without quotes", `@{Authorization = "Bearer ` + jwt + `"}`, jwt, "Authorization", ""},
		{"a header in Python's log", `send: b'GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ` + jwt + `\r\n\r\n'`, jwt, "Authorization", "in.prefix"},
		{"a request", "GET / HTTP/1.1\nHost: x\nAuthorization: Bearer " + jwt + "\nContent-Type: application/json\n\n{\"a\":1}", jwt, "Authorization", ""},
		{"a header in a browser's panel", "accept:\n*/*\nauthorization:\nBearer " + jwt + "\nhost:\nx", jwt, "Authorization", ""},
		{"a variable called AUTHORIZATION", "AUTHORIZATION=" + jwt, jwt, "", "in.prefix"},
		{"a header with undefined", "Authorization: Bearer undefined", "undefined", "Authorization", "req.credential!"},
		{"a header into which Python formatted bytes", "Authorization: Bearer b'" + jwt + "'", jwt, "Authorization", "req.credential!"},
		{"a header of Python whose whole value is bytes", "headers = {'Authorization': b'Bearer " + jwt + "'}", jwt, "Authorization", ""},
		{"bytes of Python", "b'" + jwt + "'", jwt, "", "in.prefix"},
		{"a command with a line break that the shell leaves as written", `curl -H "Authorization: Bearer ` + jwt + `\n" x`, jwt, "Authorization", "req.credential!"},
		{"a command with a comma behind the token", `curl -H "Authorization: Bearer ` + jwt + `," x`, jwt, "Authorization", "req.credential!"},
		{"a command before another", `curl -H "Authorization: Bearer ` + jwt + `"; echo done`, jwt, "Authorization", ""},
		{"a comma behind the token", jwt + ",", jwt, "", "in.prefix"},
		{"brackets around the token", "(" + jwt + ")", jwt, "", "in.prefix"},
		{"a header that stands twice", `curl -H "Authorization: Bearer ` + jwt + `" -H "Authorization: Bearer ` + jwt + `" x`, jwt, "Authorization", "in.multiple!"},
		{"a command with backslashes before spaces", `curl -H Authorization:\ Bearer\ ` + jwt + ` x`, jwt, "Authorization", ""},
		{"JSON of a HAR file", `{"headers":[{"name":"accept","value":"x"},{"name":"authorization","value":"Bearer ` + jwt + `"}]}`, jwt, "Authorization", "in.prefix"},
		{"JSON that a terminal wrapped", wrapAt(`{"access_token":"`+access+`","id_token":"`+jwt+`"}`, 80, "\n"), jwt, "", "in.whitespace in.prefix in.multiple"},
		{"with the percent sign of zsh", jwt + "%", jwt, "", "in.prefix"},
		{"with marks of a bracketed paste, printed", "^[[200~" + jwt + "^[[201~", jwt, "", "in.hidden_chars"},
		{"with what is left of such marks", "[200~" + jwt + "[201~", jwt, "", "in.hidden_chars"},
		{"as UTF-16 with a byte behind it", utf16LE(jwt+"\r\n") + "\n", jwt, "", "in.hidden_chars"},
		{"in a command in a frame", "│" + wrapAt(`curl -H "Authorization: Bearer `+jwt+`" https://x.run.app/`, 72, "│\n│") + "│", jwt, "Authorization", "in.hidden_chars in.whitespace"},
		{"in a Kubernetes secret", "apiVersion: v1\ndata:\n  token: " + stdBase64(jwt) + "\nkind: Secret\n", jwt, "", "in.prefix in.prefix in.prefix"},
		{"in base64, wrapped", wrapAt(stdBase64(jwt), 76, "\n") + "\n", jwt, "", "in.prefix"},
		{"in base64 with Bearer", stdBase64("Bearer " + jwt), jwt, "", "in.prefix in.prefix"},
		{"a header in base64", stdBase64("Authorization: Bearer " + jwt), jwt, "Authorization", "in.prefix"},
		{"in bold", "**" + jwt + "**", jwt, "", "in.prefix"},
		{"a header in bold", "**Authorization: Bearer " + jwt + "**", jwt, "Authorization", ""},
		{"a cookie of another name", "Cookie: theme=dark; sid=" + jwt, jwt, "Cookie", ""},
		{"a cookie of another name in a printed request", "GET / HTTP/1.1\nHost: x\nCookie: sid=" + jwt + "\n", jwt, "Cookie", ""},
		{"a cookie of another name beside the header", "Cookie: sid=" + iap + "\nAuthorization: Bearer " + jwt, jwt, "Authorization", ""},
		{"cookies without a token", "Cookie: theme=dark; lang=en", "theme=dark; lang=en", "Cookie", ""},
		{"a printed request with cookies alone", "GET / HTTP/1.1\nHost: x\nCookie: theme=dark\n", "", "", ""},
		{"twice in one piece, as by two clicks", jwt + jwt, jwt, "", "in.multiple in.prefix"},
		{"twice in one piece in a header", "Authorization: Bearer " + jwt + jwt, jwt, "Authorization", "in.multiple!"},
		{"in a frame", "│" + wrapAt(jwt, 78, "│\n│") + "│", jwt, "", "in.hidden_chars in.whitespace"},
		{"shortened", jwt[:80] + "...", jwt[:80] + "...", "", "in.truncated"},
		{"JSON of gcloud", `{"access_token":"` + access + `","id_token":"` + jwt + `"}`, jwt, "", "in.prefix in.multiple"},
		{"JSON of the IAM API", "{\n  \"token\": \"" + jwt + "\"\n}", jwt, "", "in.prefix"},
		{"JSON inside JSON", `[{"status":{"token":"` + jwt + `"}}]`, jwt, "", "in.prefix"},
		{"JSON of Firebase", `{"kind":"x","idToken":"` + jwt + `","refreshToken":"AMf-vBx","expiresIn":"3600"}`, jwt, "", "in.prefix in.multiple in.secret_long_lived"},
		{"JSON of a session cookie", `{"sessionCookie":"` + jwt + `"}`, jwt, "", "in.prefix"},
		{"JSON under a name nobody knows", `{"x":"` + jwt + `"}`, jwt, "", "in.prefix"},
		{"JSON of request headers", `{"headers":{"authorization":"Bearer ` + jwt + `"}}`, jwt, "Authorization", "in.prefix"},
		{"a line of JSON", `"id_token": "` + jwt + `",`, jwt, "", "in.prefix in.prefix"},

		{"in quoted mail", "> " + wrapAt(jwt, 72, "\n> "), jwt, "", "in.prefix in.whitespace"},
		{"in quoted mail that was answered", ">> " + wrapAt(jwt, 72, "\n>>"), jwt, "", "in.prefix in.whitespace"},
		{"in quoted mail with rows around it", "> the token is\n>\n> " + wrapAt(jwt, 72, "\n> ") + "\n>\n", jwt, "", "in.prefix in.whitespace in.prefix"},
		{"in rows behind a bar", "  | " + wrapAt(jwt, 60, "\n  | "), jwt, "", "in.prefix in.whitespace"},
		{"in a table", "| " + wrapAt(jwt, 60, " |\n| ") + " |", jwt, "", "in.prefix in.whitespace"},
		{"in a comment", "# " + wrapAt(jwt, 60, "\n# "), jwt, "", "in.prefix in.whitespace"},
		{"in a comment of Go", "\t// " + wrapAt(jwt, 60, "\n\t// "), jwt, "", "in.prefix in.whitespace"},
		{"in added rows of a patch", "+ " + wrapAt(jwt, 60, "\n+ "), jwt, "", "in.prefix in.whitespace"},
		{"in numbered rows", numbered(wrapAt(jwt, 60, "\n"), 9, "  "), jwt, "", "in.prefix in.whitespace"},
		{"in numbered rows of grep", numbered(wrapAt(jwt, 60, "\n"), 1, ":"), jwt, "", "in.prefix in.whitespace"},
		{"in numbered rows with a bar", numbered(wrapAt(jwt, 60, "\n"), 98, " | "), jwt, "", "in.prefix in.whitespace"},
		{"in texts of Python", "token = (\n    \"" + wrapAt(jwt, 60, "\"\n    \"") + "\"\n)", jwt, "", "in.prefix in.prefix in.prefix"},
		{"a text of Python beside others", "f('Metadata-Flavor', 'https://example.com/abcdefghijklmnop' '/x', \"" + jwt + "\")", jwt, "", "in.prefix"},
		{"in texts of Python with a letter before each", "b'" + wrapAt(jwt, 60, "'\n b'") + "'", jwt, "", "in.prefix in.prefix"},
		{"in texts of JavaScript", "const t = \"" + wrapAt(jwt, 60, "\" +\n  \"") + "\";", jwt, "", "in.prefix in.prefix in.prefix in.prefix"},
		{"in texts of a shell", "T='" + wrapAt(jwt, 60, "'\\\n'") + "'", jwt, "", "in.prefix in.prefix in.prefix"},
		{"a header in quoted mail", "> Authorization: Bearer " + wrapAt(jwt, 60, "\n> "), jwt, "Authorization", "in.prefix in.whitespace"},
		{"a header in texts of Python", "headers = {\n 'Authorization': 'Bearer " + wrapAt(jwt, 60, "'\n    '") + "'}", jwt, "Authorization", "in.prefix"},
		{"a command in quoted mail", "> curl -H 'Authorization: Bearer " + wrapAt(jwt, 60, "\n> ") + "' x", jwt, "Authorization", "in.prefix in.whitespace"},
		{"a command with texts that the shell puts together", "curl -H 'Authorization: Bearer " + wrapAt(jwt, 60, "''") + "' x", jwt, "Authorization", ""},
		{"in rows that begin with a hyphen of their own", wrapAt(b64(`{"alg":"none"}`)+"."+b64(`{"iss":"x"}`)+".", 8, "\n"), b64(`{"alg":"none"}`) + "." + b64(`{"iss":"x"}`) + ".", "", "in.whitespace"},

		{"a text", "hello world", "hello world", "", ""},
		{"a word", "hello", "hello", "", ""},
		{"a service account key", `{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\nx"}`, `{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\nx"}`, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Read([]byte(c.paste))
			if err != nil {
				t.Fatal(err)
			}
			if got.raw != c.raw {
				t.Errorf("read\n%s\nwant\n%s", got.raw, c.raw)
			}
			if got.Via() != c.via {
				t.Errorf("via %q, want %q", got.Via(), c.via)
			}
			if repairs := repairsOf(got); repairs != c.repairs {
				t.Errorf("repairs %q, want %q: %v", repairs, c.repairs, got.repairs)
			}
		})
	}
}

// TestWhereverATerminalBreaksTheRows: the width of a terminal puts the first break anywhere, also inside a header's name.
func TestWhereverATerminalBreaksTheRows(t *testing.T) {
	jwt := googleToken(t)
	for name, text := range map[string]string{
		"a header":           "Authorization: Bearer " + jwt,
		"a command":          `curl -sS https://shop-1a2b3c4d5e-ew.a.run.app/x -H "Authorization: Bearer ` + jwt + `" -d x=1`,
		"a command's output": "> GET /x HTTP/2\n> authorization: Bearer " + jwt + "\n> accept: */*\n>\n",
		"JSON":               `{"access_token": "ya29.c.b0AXv0zTPIXKyZ0123456789.abcdefghij", "id_token": "` + jwt + `", "expires_in": 3599}`,
	} {
		for width := 24; width < 140; width++ {
			var rows []string
			for row := range strings.SplitSeq(text, "\n") {
				rows = append(rows, wrapAt(row, width, "\n"))
			}
			got, err := Read([]byte(strings.Join(rows, "\n")))
			if err != nil || got.raw != jwt {
				t.Errorf("%s at %d columns: %v, %v", name, width, got, err)
				continue
			}
			if slices.ContainsFunc(got.repairs, func(r Repair) bool { return r.Sent }) || name != "JSON" && got.Via() != "Authorization" {
				t.Errorf("%s at %d columns: in %q, %v", name, width, got.Via(), got.repairs)
			}
		}
	}
}

// TestABreakThatNoTerminalMakes: a short row is nobody's terminal, and what is written like that was sent.
func TestABreakThatNoTerminalMakes(t *testing.T) {
	jwt := googleToken(t)
	got, err := Read([]byte("curl -H \"Autho\nrization: Bearer " + jwt[:99] + "\n" + jwt[99:] + "\" x"))
	if err != nil || got.raw != jwt || got.Via() == "Authorization" {
		t.Errorf("%v in %q: %v", got, got.Via(), err)
	}
}

// TestATokenInAnAddressIsToldOf: it is read, but Cloud Run would not have.
func TestATokenInAnAddressIsToldOf(t *testing.T) {
	jwt := googleToken(t)
	for _, c := range []struct {
		name, paste string
		told        bool
	}{
		{"a parameter", "https://shop.example/x?a=1&token=" + jwt, true},
		{"behind a hash, as OAuth answers", "https://shop.example/#id_token=" + jwt + "&state=1", true},
		{"in a line of a log", "GET https://shop.example/x?access_token=" + jwt + " 401", true},
		{"beside an address", "https://shop.example/x?a=1 token=" + jwt, false},
		{"a path", "https://shop.example/" + jwt, false},
	} {
		got, err := Read([]byte(c.paste))
		if err != nil || got.raw != jwt {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		told := false
		for _, r := range got.Repairs() {
			told = told || strings.Contains(r.Text, "out of an address")
		}
		if told != c.told {
			t.Errorf("%s: told %v, repairs %+v", c.name, told, got.Repairs())
		}
	}
}
