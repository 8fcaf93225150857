package token

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"strings"
	"testing"
	"text/template"
)

// canary is a token of which every stretch of eight characters can be found again in what is printed.
func canary(t *testing.T) (string, *Token) {
	t.Helper()
	raw := googleToken(t)
	return raw, Parse(raw)
}

// leaks says whether the text holds a stretch of the token, as it stands, as bytes, or in hexadecimal, or a decoded claim.
func leaks(text, raw string) string {
	for i := 0; i+8 <= len(raw); i += 67 {
		part := raw[i : i+8]
		for _, form := range []string{part, fmt.Sprintf("%x", part), fmt.Sprintf("%X", part), strings.Trim(fmt.Sprint([]byte(part)), "[]")} {
			if strings.Contains(text, form) {
				return form
			}
		}
	}
	for _, claim := range []string{"caller@acme-prod", "112233445566778899001", "shop-api-4242"} {
		if strings.Contains(text, claim) || strings.Contains(text, fmt.Sprintf("%x", claim)) {
			return claim
		}
	}
	return ""
}

// holder has tokens where fmt does not call their methods: in fields that are not exported.
type holder struct {
	value   Token
	pointer *Token
	list    []Token
	named   map[string]Token
}

func TestNoVerbPrintsAToken(t *testing.T) {
	raw, tok := canary(t)
	inside := holder{*tok, tok, []Token{*tok}, map[string]Token{"a": *tok}}
	for name, v := range map[string]any{
		"pointer": tok, "value": *tok, "in a struct": inside, "in a pointer to a struct": &inside,
		"in a list": []*Token{tok}, "in a map": map[string]any{"t": *tok}, "in an error": fmt.Errorf("x: %v", tok),
	} {
		for verb := rune('!'); verb <= '~'; verb++ {
			for _, flags := range []string{"", "+", "#", "-", " ", "0", "+#", "40.3", "# "} {
				format := "%" + flags + string(verb)
				if got := fmt.Sprintf(format, v); leaks(got, raw) != "" {
					t.Fatalf("%s as %s shows %q", name, format, leaks(got, raw))
				}
			}
		}
	}
	want := tok.String()
	if !strings.HasPrefix(want, "google_id_token_sa, ") || !strings.Contains(want, " bytes, sha256 ") || leaks(want, raw) != "" {
		t.Errorf("the redaction is %q", want)
	}
	for _, format := range []string{"%s", "%v", "%+v", "%#v", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(format, tok); got != want {
			t.Errorf("%s prints %q, want the redaction", format, got)
		}
		if got := fmt.Sprintf(format, *tok); got != want {
			t.Errorf("%s of a value prints %q, want the redaction", format, got)
		}
	}
}

func TestNoEncoderWritesAToken(t *testing.T) {
	raw, tok := canary(t)
	encoders := map[string]func(io.Writer, any) error{
		"encoding/json": func(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) },
		"json indented": func(w io.Writer, v any) error {
			b, err := json.MarshalIndent(map[string]any{"t": v}, "", " ")
			_, _ = w.Write(b)
			return err
		},
		"encoding/xml": func(w io.Writer, v any) error { return xml.NewEncoder(w).Encode(v) },
		"encoding/gob": func(w io.Writer, v any) error { return gob.NewEncoder(w).Encode(v) },
		"text/template": func(w io.Writer, v any) error {
			return template.Must(template.New("").Parse("{{.}} {{printf \"%#v\" .}}")).Execute(w, v)
		},
		"log": func(w io.Writer, v any) error {
			log.New(w, "", 0).Printf("%v %+v %s", v, v, v)
			return nil
		},
		"slog text": func(w io.Writer, v any) error {
			slog.New(slog.NewTextHandler(w, nil)).Info("x", "t", v, slog.Group("g", "t", v), "list", []any{v})
			return nil
		},
		"slog JSON": func(w io.Writer, v any) error {
			slog.New(slog.NewJSONHandler(w, nil)).Info("x", "t", v, slog.Group("g", "t", v), "list", []any{v})
			return nil
		},
		"fmt.Fprint": func(w io.Writer, v any) error {
			_, err := fmt.Fprintln(w, v, []any{v}, struct{ T any }{v})
			return err
		},
	}
	for name, encode := range encoders {
		for form, v := range map[string]any{"pointer": tok, "value": *tok, "struct": struct{ T Token }{*tok}} {
			t.Run(name+" of a "+form, func(t *testing.T) {
				var b bytes.Buffer
				err := encode(&b, v)
				text := b.String() + fmt.Sprint(err)
				if leak := leaks(text, raw); leak != "" {
					t.Errorf("shows %q", leak)
				}
				if name != "encoding/gob" && form != "struct" && !strings.Contains(text, tok.String()) {
					t.Errorf("wrote %q, which lacks the redaction", text)
				}
			})
		}
	}
}

func TestNoErrorHoldsTheInput(t *testing.T) {
	secret := "c4n4ry0123456789"
	for name, paste := range map[string]string{
		"nothing":                     " \x1b[201~\n",
		"too much":                    strings.Repeat(secret, 1<<17),
		"a variable":                  `curl -H "Authorization: Bearer $` + secret + `" x`,
		"a command":                   `curl -H "Authorization: Bearer $(print ` + secret + `)" x`,
		"a command in backticks":      "curl -H \"Authorization: Bearer `print " + secret + "`\" x",
		"a file":                      `curl -H @` + secret + ` x`,
		"a file in the option's word": `curl -H@` + secret + ` x`,
		"a file of options":           `curl -K ` + secret + ` x`,
		"a file of options in long":   `curl --config=` + secret + ` x`,
		"a password of an address":    `curl https://user:$` + secret + `@x.run.app/`,
		"what gcloud logs":            "b'authorization': --- Token Redacted ---\n",
		"a server's answer":           "HTTP/2 401\nwww-authenticate: Bearer error=\"" + secret + "\"\n",
		"a server's demand":           `WWW-Authenticate: Bearer error="` + secret + `"`,
		"a server's page":             "<!DOCTYPE html>\n<html>" + secret + "</html>",
		"a placeholder":               `Authorization: Bearer <your-` + strings.Trim(secret, "0123456789") + `-token>`,
		"a variable of a program":     `{'Authorization': 'Bearer ' + ` + secret + `}`,
		"a template":                  "`Authorization: Bearer ${" + secret + "}`",
		"a variable of Windows":       `curl -H "Authorization: Bearer %` + secret + `%" x`,
		"a variable of Python":        `headers={"Authorization": f"Bearer {` + secret + `}"}`,
		"a variable of Go":            `req.Header.Set("Authorization", "Bearer "+` + secret + `)`,
		"asterisks":                   `authorization: Bearer *****`,
		"redacted":                    `authorization: Bearer [REDACTED]`,
		"Bearer by itself":            "Bearer ",
		"quotes by themselves":        `""`,
		"a bearer word and its quote": `Bearer "`,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Read([]byte(paste))
			if err == nil {
				t.Fatalf("no error, but %v", got)
			}
			for i := 0; i+6 <= len(secret); i++ {
				if strings.Contains(err.Error(), secret[i:i+6]) {
					t.Errorf("the error holds the input: %v", err)
				}
			}
			if errors.Unwrap(err) != nil {
				t.Errorf("the error wraps another: %v", err)
			}
		})
	}
}

func TestTheZeroTokenIsNoCredential(t *testing.T) {
	for name, tok := range map[string]*Token{"nil": nil, "zero": {}, "empty": Parse("")} {
		if tok.Kind() != None || tok.Via() != "" || tok.Claims() != nil && len(tok.Claims()) > 0 || tok.KeysURL() != "" || tok.Verified(nil) != Unsure || tok.LongLived() {
			t.Errorf("the %s token is not an absent credential", name)
		}
		if _, ok := tok.Expiry(); ok {
			t.Errorf("the %s token expires", name)
		}
		if got := fmt.Sprint(tok); got != "none" && got != "<nil>" {
			t.Errorf("the %s token prints %q", name, got)
		}
	}
}
