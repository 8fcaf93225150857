package gcp_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"google.golang.org/api/option"
	"google.golang.org/grpc/codes"

	"why401/gcp"
	"why401/gcp/demo"
)

func TestPublicKeys(t *testing.T) {
	inside(t, []demo.Option{demo.KeyAge(90 * time.Minute), demo.ClockSkew(time.Minute)}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		for _, address := range []string{gcp.GoogleKeys, gcp.FirebaseKeys, gcp.SessionKeys, gcp.IAPKeys, gcp.AppCheckKeys} {
			f, err := client.PublicKeys(t.Context(), address)
			if err != nil {
				t.Errorf("%s: %v", address, err)
				continue
			}
			if f.URL != address || len(f.Body) == 0 || f.MaxAge != 90*time.Minute || !f.Read.Equal(time.Now()) {
				t.Errorf("%s: %d bytes, fresh for %v, read %v", address, len(f.Body), f.MaxAge, f.Read)
			}
			if ahead := f.Date.Sub(f.Read); ahead != time.Minute {
				t.Errorf("%s: the server's clock is %v ahead, want a minute", address, ahead)
			}
		}
	})
}

func TestPublicKeysRefusesAnyOtherAddress(t *testing.T) {
	inside(t, nil, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		for _, address := range []string{"", "https://evil.example/jwks", strings.Replace(gcp.GoogleKeys, "https:", "http:", 1), gcp.GoogleKeys + "?x=y", gcp.GoogleKeys + "/"} {
			_, err := client.PublicKeys(t.Context(), address)
			if e := failed(t, err); e.Code != codes.InvalidArgument {
				t.Errorf("%q: %v", address, e)
			}
		}
		if n := cloud.Calls("PublicKeys"); n != 0 {
			t.Errorf("%d requests were sent", n)
		}
	})
}

func TestFetchKeysNeedsNoProject(t *testing.T) {
	inside(t, []demo.Option{demo.KeyAge(90 * time.Minute)}, func(t *testing.T, cloud *demo.Cloud, client *gcp.Client) {
		for _, address := range []string{gcp.GoogleKeys, gcp.FirebaseKeys, gcp.SessionKeys, gcp.IAPKeys, gcp.AppCheckKeys} {
			f, err := gcp.FetchKeys(t.Context(), cloud.HTTP(), address)
			if err != nil || f.URL != address || len(f.Body) == 0 || f.MaxAge != 90*time.Minute {
				t.Errorf("%s: %d bytes, fresh for %v, %v", address, len(f.Body), f.MaxAge, err)
			}
		}
		_, err := gcp.FetchKeys(t.Context(), cloud.HTTP(), "https://evil.example/jwks")
		if e := failed(t, err); e.Code != codes.InvalidArgument {
			t.Error(e)
		}
		cloud.Fail("PublicKeys", demo.Unavailable())
		_, err = gcp.FetchKeys(t.Context(), cloud.HTTP(), gcp.GoogleKeys)
		if e := failed(t, err); e.On != "www.googleapis.com" {
			t.Error(e)
		}
	})
}

// transport answers requests without a server.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answering(t *testing.T, answer transport) *gcp.Client {
	t.Helper()
	client, err := gcp.New(t.Context(), gcp.Config{
		Project: "acme-prod", HTTP: &http.Client{Transport: answer},
		Options: []option.ClientOption{option.WithoutAuthentication(), option.WithEndpoint("passthrough:///nowhere.example:443")},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

func TestPublicKeysGuardsItself(t *testing.T) {
	reply := func(fill func(w *httptest.ResponseRecorder)) transport {
		return func(*http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			fill(w)
			return w.Result(), nil
		}
	}
	redirect := func(to string) transport {
		return reply(func(w *httptest.ResponseRecorder) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		})
	}
	for _, c := range []struct {
		name   string
		answer transport
		says   string
	}{
		{"a status that is not 200", reply(func(w *httptest.ResponseRecorder) { w.WriteHeader(503) }), "HTTP 503"},
		{"an answer without end", reply(func(w *httptest.ResponseRecorder) { w.Write(make([]byte, 1<<20+1)) }), "larger than 1 MiB"},
		{"a redirect to another host", redirect("https://evil.example/"), "redirects elsewhere"},
		{"a redirect out of https", redirect("http://www.googleapis.com/oauth2/v3/certs"), "redirects elsewhere"},
		{"a redirect in a circle", redirect(gcp.GoogleKeys), "redirects elsewhere"},
		{"a broken connection", func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, "unexpected EOF"},
		{"a name that does not resolve", func(*http.Request) (*http.Response, error) {
			return nil, errors.New("dial tcp: lookup www.googleapis.com: no such host")
		}, "does not resolve"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sent := 0
			count := func(r *http.Request) (*http.Response, error) {
				if sent++; r.URL.String() != gcp.GoogleKeys {
					t.Errorf("it went to %s", r.URL)
				}
				return c.answer(r)
			}
			_, err := answering(t, count).PublicKeys(t.Context(), gcp.GoogleKeys)
			if sent == 0 || sent > 4 {
				t.Errorf("%d requests", sent)
			}
			if e := failed(t, err); !strings.Contains(e.Error(), c.says) || e.On != "www.googleapis.com" {
				t.Errorf("got %v", e)
			}
		})
	}
}

func TestPublicKeysSendsNothingElse(t *testing.T) {
	var got *http.Request
	client := answering(t, func(r *http.Request) (*http.Response, error) {
		got = r
		w := httptest.NewRecorder()
		w.Write(make([]byte, 1<<20))
		return w.Result(), nil
	})
	if f, err := client.PublicKeys(t.Context(), gcp.IAPKeys); err != nil || len(f.Body) != 1<<20 || !f.Date.IsZero() || f.MaxAge != 0 {
		t.Errorf("an answer of just 1 MiB: %v", err)
	}
	want, _ := url.Parse(gcp.IAPKeys)
	if *got.URL != *want || got.Body != nil || len(got.Header) != 1 || got.Header.Get("User-Agent") != "why401" {
		t.Errorf("sent %v %v", got.URL, got.Header)
	}
}

func TestFreshness(t *testing.T) {
	for _, c := range []struct {
		control, age string
		want         time.Duration
	}{
		{"public, max-age=19800, must-revalidate", "", 5*time.Hour + 30*time.Minute},
		{"Max-Age=60", "45", 15 * time.Second},
		{"max-age=60", "61", 0},
		{"max-age=60, no-store", "", 0},
		{"no-cache, max-age=60", "", 0},
		{"max-age=31536000", "", 24 * time.Hour},
		{"max-age=soon", "", 0},
		{"max-age=99999999999999999999", "", 0},
		{"", "", 0},
	} {
		client := answering(t, func(*http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			w.Header().Set("Cache-Control", c.control)
			w.Header().Set("Age", c.age)
			w.Header().Set("Date", "Tue, 24 Nov 2026 03:00:00 GMT")
			return w.Result(), nil
		})
		f, err := client.PublicKeys(t.Context(), gcp.GoogleKeys)
		if err != nil || f.MaxAge != c.want {
			t.Errorf("%q, age %q: %v, %v; want %v", c.control, c.age, f.MaxAge, err, c.want)
		}
		// An answer from a cache has the date of when it was made: the server's clock is ahead of that by its age.
		age, _ := time.ParseDuration(c.age + "s")
		if want := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC).Add(age); !f.Date.Equal(want) {
			t.Errorf("age %q: the server's clock is taken for %v, want %v", c.age, f.Date, want)
		}
	}
}
