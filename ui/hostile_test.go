package ui

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"why401/gcp"
	"why401/token"
)

// foul is a text that would do everything to a terminal that a text can, with a word by which it is found.
const foul = "fouled\x1b[31m\x1b]0;t\x07\x1bPq\x1b\\\x9b2J\u009b2J\u202e\u2066\u200b\u2028\U000e0041\x00\r\n\t\x7f\xff\ufeff\u0301\u0301\u0301"

// fouled is a value in which every string says foul, and every list and table has two things in it; a field that is new to a type is
// fouled too. Numbers and moments stay as the caller sets them.
func fouled[T any]() (v T) {
	var soil func(reflect.Value, int)
	soil = func(v reflect.Value, depth int) {
		switch v.Kind() {
		case reflect.String:
			v.SetString(foul)
		case reflect.Bool:
			v.SetBool(true)
		case reflect.Struct:
			if v.Type() == reflect.TypeFor[time.Time]() {
				return
			}
			for i := range v.NumField() {
				if v.Field(i).CanSet() {
					soil(v.Field(i), depth)
				}
			}
		case reflect.Slice:
			if depth > 4 {
				return
			}
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			soil(v.Index(0), depth+1)
			soil(v.Index(1), depth+1)
		case reflect.Pointer:
			if depth > 4 {
				return
			}
			v.Set(reflect.New(v.Type().Elem()))
			soil(v.Elem(), depth+1)
		case reflect.Interface:
			if v.Type() == reflect.TypeFor[error]() {
				v.Set(reflect.ValueOf(errors.New(foul)))
			}
		}
	}
	soil(reflect.ValueOf(&v).Elem(), 0)
	return v
}

// fouledError is Google's refusal with a foul text in it.
func fouledError() error {
	e := fouled[gcp.Error]()
	e.Code, e.Err = codes.Internal, status.Error(codes.Internal, foul)
	return &e
}

// fouledRoot is a dashboard in which every foreign text is foul: services, bindings, what is handed down, refusals, changes, errors,
// the token's claims and what stands around it.
func fouledRoot(t *testing.T, failing bool) *root {
	t.Helper()
	at := now()
	// Without colours and bold, so that any sequence on the screen is a foreign one.
	r := newRoot(context.Background(), Options{Project: foul, Version: foul})
	r.paint(theme{glyph: unicodeGlyphs})
	r.resize(120, 40)

	var l gcp.Listing
	for _, state := range []gcp.State{gcp.StateFailed, gcp.StateReconciling, gcp.StateReady} {
		s := fouled[gcp.Service]()
		s.State, s.Updated = state, at
		s.ID += string(rune('a' + state))
		s.InvokerOff, s.DefaultURLOff = false, false
		l.Services = append(l.Services, s)
	}
	l.Regions = 5
	e := fouled[gcp.Error]()
	e.Err = status.Error(codes.Internal, foul)
	l.Failed = []gcp.RegionError{{Region: foul, Err: &e}}
	r.services.show(l, at, nil)

	policy := fouled[gcp.Policy]()
	policy.Bindings[0].Invokes, policy.Bindings[1].Invokes = gcp.Yes, gcp.Unsure
	policy.Bindings[0].Level = "service"
	for _, s := range l.Services {
		state := &policyState{policy: &policy, at: at}
		if failing {
			state.policy, state.err = nil, fouledError()
		}
		r.policies[s.ID] = state
	}
	inherited := fouled[gcp.Inherited]()
	r.inherited.of = map[string]*inheriting{"p": {value: &inherited, at: at}}

	fronts := fouled[gcp.Fronts]()
	r.fronting.fronts, r.fronting.at, r.fronting.logAt = &fronts, at, at
	front := fouled[gcp.FrontEntry]()
	front.Time = at
	r.fronting.log = frontsLogged{window: time.Hour, entries: []gcp.FrontEntry{front}, at: at}

	var entries []gcp.Entry
	for i := range 20 {
		entry := fouled[gcp.Entry]()
		entry.Time, entry.Status = at.Add(time.Duration(i-60)*time.Second), 401+2*(i%2)
		if i%3 == 0 {
			entry.Instance = ""
		}
		entries = append(entries, entry)
	}
	r.keep(ingest(entries))
	change := fouled[gcp.Change]()
	change.Time = at.Add(-10 * time.Second)
	r.history.take([]gcp.Change{change})
	r.stream = &stream{state: streamLive, filled: true}
	var err error
	if failing {
		err = fouledError()
		r.services.show(gcp.Listing{}, at, err)
	}
	r.show()
	r.refused.tell(nil, err)
	return r
}

// fouledTokens are tokens whose claims, header and surroundings are foul.
func fouledTokens(t *testing.T) map[string]string {
	t.Helper()
	c := claims{"exp": 1, "iat": 1, "nbf": 1, "aud": []any{foul, foul}, "firebase": map[string]any{"tenant": foul, "sign_in_provider": foul}}
	for _, name := range []string{"iss", "sub", "azp", "email", "hd", "jti", "scope", "target_audience", "user_id", "tenant", foul} {
		c[name] = foul
	}
	google := claims{"iss": "https://accounts.google.com", "aud": foul, "email": foul, "email_verified": true, "sub": "1", "exp": 1}
	return map[string]string{
		"every claim":      signed(t, c),
		"a Google token":   signed(t, google),
		"around a token":   foul + "\nAuthorization: " + foul + " Bearer " + signed(t, google) + foul,
		"nothing but foul": foul,
	}
}

// sound fails if a text has anything in it that is not drawn as itself.
func sound(t *testing.T, where, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Fatalf("%s: no UTF-8", where)
	}
	for i, r := range text {
		if r != '\n' && !drawable(r) && !unicode.Is(unicode.M, r) || r == 0x301 {
			t.Fatalf("%s: %q in %q", where, r, text[max(i-40, 0):min(i+40, len(text))])
		}
	}
}

// TestForeignTextFromEverySource: whatever Google, a caller, a token or a file says reaches the screen, the report and the lines as
// visible escapes alone, in every pane, at every size.
func TestForeignTextFromEverySource(t *testing.T) {
	for _, failing := range []bool{false, true} {
		for what, pasted := range fouledTokens(t) {
			r := fouledRoot(t, failing)
			seen := 0
			look := func(where string) {
				t.Helper()
				text := strings.Join(r.screen(), "\n")
				sound(t, where+" with "+what, text)
				seen += strings.Count(text, "fouled")
			}
			for _, held := range []bool{false, true} {
				if held {
					found, err := token.ReadAll([]byte(pasted))
					r.Update(tokenRead{tokens: found, label: foul, err: err})
				}
				r.Update(ticked{})
				for f := range panes {
					for _, s := range []struct{ w, h int }{{200, 60}, {120, 40}, {80, 24}, {40, 12}, {20, 8}} {
						for _, zoom := range []bool{false, true} {
							r.at, r.zoom = f, zoom
							r.resize(s.w, s.h)
							look([]string{"services", "access", "token", "refused"}[f])
						}
					}
				}
				r.resize(120, 40)
				for _, keys := range [][]string{{"4", "enter", "k", "k", "k"}, {"v", "enter"}, {"esc", "v", "a"}, {"2", "t"}, {"a", "enter"}, {"esc", "esc", "l", "a", "enter"}, {"esc", "3", "w", "1", "2", "enter"}, {"?"}, {"esc"}} {
					for _, k := range keys {
						r.Update(press(k))
					}
					look(strings.Join(keys, " "))
				}
			}
			if seen < 100 {
				t.Errorf("with %s the foul text was drawn %d times: it is not looked at", what, seen)
			}

			// In lines.
			var heard bytes.Buffer
			spoken := newLinear(r, newLineReader(strings.NewReader("")), &heard)
			for _, o := range spokenOrders() {
				if o.name != "quit" && o.name != "refresh" {
					o.run(spoken, nil)
				}
			}
			o, _ := spoken.order("service")
			o.run(spoken, []string{"1"})
			o.run(spoken, []string{foul})
			o, _ = spoken.order("why")
			o.run(spoken, []string{"1"})
			sound(t, "in lines with "+what, spoken.text.String())
			if !strings.Contains(spoken.text.String(), "fouled") {
				t.Errorf("in lines, with %s, the foul text was not said at all", what)
			}

			// On standard error.
			var said bytes.Buffer
			Explain(&said, fouledError())
			Explain(&said, &Error{foul, foul})
			sound(t, "the error", said.String())
		}
	}
}
