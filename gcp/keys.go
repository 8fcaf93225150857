package gcp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
)

// The addresses of published keys: the only ones that are fetched. An address inside a token is never followed.
const (
	GoogleKeys   = "https://www.googleapis.com/oauth2/v3/certs"                                                // Google ID tokens; JWKS
	FirebaseKeys = "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com" // Firebase ID tokens; JWKS
	SessionKeys  = "https://www.googleapis.com/identitytoolkit/v3/relyingparty/publicKeys"                     // Firebase session cookies; x509 map
	IAPKeys      = "https://www.gstatic.com/iap/verify/public_key-jwk"                                         // IAP assertions; JWKS
	AppCheckKeys = "https://firebaseappcheck.googleapis.com/v1/jwks"                                           // Firebase App Check tokens; JWKS
)

const (
	keyTime   = 5 * time.Second
	keyBytes  = 1 << 20
	longestOK = 24 * time.Hour // a max-age beyond this is taken as this
)

// KeyFile is a published set of keys as bytes.
type KeyFile struct {
	URL    string
	Body   []byte        // at most 1 MiB
	Date   time.Time     // the server's clock when the answer came, to a second; zero where it gave none
	MaxAge time.Duration // how long the answer is still fresh, at most a day; 0 where the server did not say
	Read   time.Time     // the local clock when the answer had come
}

// PublicKeys fetches one of the constant addresses, as FetchKeys does, over the client's own HTTP connections.
func (c *Client) PublicKeys(ctx context.Context, url string) (KeyFile, error) {
	began := time.Now()
	f, err := published(ctx, c.http, c.project, url)
	if c.log != nil {
		host, _, _ := strings.Cut(strings.TrimPrefix(url, "https://"), "/")
		c.log.Info("keys", slog.String("host", host), slog.Bool("ok", err == nil), slog.Int64("ms", time.Since(began).Milliseconds()), slog.Int("bytes", len(f.Body)))
	}
	return f, err
}

// FetchKeys fetches one of the constant addresses; any other is refused. It needs neither a project nor credentials: keys are
// public. The request carries nothing but its address, and follows no redirect to another host. It keeps nothing: whoever asks
// holds the answer for MaxAge. via is the client whose transport is used, nil for one of its own; its time-out and redirect
// policy are replaced. The error is an *Error.
func FetchKeys(ctx context.Context, via *http.Client, url string) (KeyFile, error) {
	client := keyClient(via)
	if via == nil {
		defer client.CloseIdleConnections()
	}
	return published(ctx, client, "", url)
}

func published(ctx context.Context, client *http.Client, project, url string) (KeyFile, error) {
	const op = "fetch public keys"
	switch url {
	case GoogleKeys, FirebaseKeys, SessionKeys, IAPKeys, AppCheckKeys:
	default:
		return KeyFile{}, &Error{Op: op, Code: codes.InvalidArgument, text: "not an address of published keys"}
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(url, "https://"), "/")
	f, err := fetch(ctx, client, url)
	if err != nil {
		return KeyFile{}, failure(op, host, project, "", err)
	}
	return f, nil
}

func fetch(ctx context.Context, client *http.Client, url string) (KeyFile, error) {
	ctx, cancel := context.WithTimeout(ctx, keyTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return KeyFile{}, err
	}
	req.Header.Set("User-Agent", "why401")
	resp, err := client.Do(req)
	if err != nil {
		return KeyFile{}, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return KeyFile{}, fmt.Errorf("the server answered HTTP %d", resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, keyBytes+1))
	if err != nil {
		return KeyFile{}, err
	}
	if len(body) > keyBytes {
		return KeyFile{}, errors.New("the answer is larger than 1 MiB")
	}
	f := KeyFile{URL: url, Body: body, MaxAge: freshFor(resp.Header), Read: time.Now()}
	if d, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		f.Date = d.Add(cached(resp.Header))
	}
	return f, nil
}

// cached is how long a cache on the way has held the answer: its Date is that much in the past (RFC 9111, 4.2.3).
func cached(h http.Header) time.Duration {
	n, err := strconv.ParseUint(h.Get("Age"), 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// freshFor is max-age less the age that a cache on the way gave (RFC 9111).
func freshFor(h http.Header) time.Duration {
	var age time.Duration
	for part := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch strings.ToLower(name) {
		case "no-store", "no-cache":
			return 0
		case "max-age":
			n, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31)
			if err != nil {
				return 0
			}
			age = min(time.Duration(n)*time.Second, longestOK)
		}
	}
	return max(0, age-cached(h))
}

// keyClient is the client for published keys: the given one's transport, with limits of its own.
func keyClient(given *http.Client) *http.Client {
	c := &http.Client{
		Timeout: keyTime,
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) > 3 || req.URL.Scheme != "https" || req.URL.Host != via[0].URL.Host {
				return errors.New("the server redirects elsewhere, which is not followed")
			}
			return nil
		},
	}
	if given != nil {
		c.Transport = given.Transport
	}
	if c.Transport == nil {
		c.Transport = &http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: keyTime,
			MaxIdleConns: 4, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10,
		}
	}
	return c
}
