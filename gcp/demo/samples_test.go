package demo

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func contextFor(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), d)
}

// fetch reads published keys by kid: JWKS and maps of certificates.
func (c clients) fetch(url string) map[string]any {
	c.t.Helper()
	resp, err := c.http.Get(url)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		c.t.Fatalf("%s: %s, %v", url, resp.Status, err)
	}
	keys := map[string]any{}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(body, &set); err == nil && len(set.Keys) > 0 {
		for _, k := range set.Keys {
			keys[k.KeyID] = k.Key
		}
		return keys
	}
	var certs map[string]string
	if err := json.Unmarshal(body, &certs); err != nil {
		c.t.Fatalf("%s: %v", url, err)
	}
	for kid, text := range certs {
		block, _ := pem.Decode([]byte(text))
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			c.t.Fatalf("%s: %v", url, err)
		}
		if now := time.Now(); now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
			c.t.Errorf("%s: the certificate is valid from %v to %v", url, cert.NotBefore, cert.NotAfter)
		}
		keys[kid] = cert.PublicKey
	}
	return keys
}

// sample is the one of a service whose label has a word in it.
func (c clients) sample(service, word string) string {
	c.t.Helper()
	for _, s := range c.Samples(service) {
		if strings.Contains(s.Label, word) {
			return s.Token
		}
	}
	c.t.Fatalf("%s has no sample %q", service, word)
	return ""
}

func claims(t *testing.T, payload []byte) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(payload, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSamplesVerifyWithThePublishedKeys(t *testing.T) {
	const google = "https://www.googleapis.com/"
	algs := []jose.SignatureAlgorithm{jose.RS256, jose.ES256}
	for _, r := range []struct{ service, word, keys, iss, aud string }{
		{"shop-api", "Firebase", google + "service_accounts/v1/jwk/securetoken@system.gserviceaccount.com", "https://securetoken.google.com/acme-prod", "acme-prod"},
		{"edge-gateway", "Firebase", google + "robot/v1/metadata/x509/securetoken@system.gserviceaccount.com", "https://securetoken.google.com/acme-prod", "acme-prod"},
		{"shop-api", "right audience", google + "oauth2/v3/certs", "https://accounts.google.com", "https://shop-api-1a2b3c4d5e-ew.a.run.app"},
		{"billing", "load balancer", google + "oauth2/v1/certs", "https://accounts.google.com", "https://billing.acme.example"},
		{"reports", "gcloud", google + "oauth2/v3/certs", "https://accounts.google.com", gcloudClient},
		{"resize-image", "origin only", google + "oauth2/v3/certs", "https://accounts.google.com", "https://us-central1-acme-prod.cloudfunctions.net"},
		{"profile", "session cookie", google + "identitytoolkit/v3/relyingparty/publicKeys", "https://session.firebase.google.com/acme-prod", "acme-prod"},
		{"admin-console", "IAP", "https://www.gstatic.com/iap/verify/public_key-jwk", "https://cloud.google.com/iap", "/projects/424242424242/locations/europe-west4/services/admin-console"},
		{"mobile-bff", "App Check", "https://firebaseappcheck.googleapis.com/v1/jwks", "https://firebaseappcheck.googleapis.com/424242424242", ""},
	} {
		t.Run(r.service+" "+r.word, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := connect(t, InMemory())
				time.Sleep(36 * time.Hour) // samples are of the present, not of the start
				token := c.sample(r.service, r.word)
				sig, err := jose.ParseSignedCompact(token, algs)
				if err != nil {
					t.Fatal(err)
				}
				keys := c.fetch(r.keys)
				payload, err := sig.Verify(keys[sig.Signatures[0].Header.KeyID])
				if err != nil {
					t.Fatalf("kid %s among %d keys: %v", sig.Signatures[0].Header.KeyID, len(keys), err)
				}
				got := claims(t, payload)
				if got["iss"] != r.iss || r.aud != "" && got["aud"] != r.aud {
					t.Errorf("iss %v, aud %v", got["iss"], got["aud"])
				}
				now := float64(time.Now().Unix())
				if iat, exp := got["iat"].(float64), got["exp"].(float64); iat > now || exp < now {
					t.Errorf("from %v to %v, now %v", iat, exp, now)
				}
				if bad, err := jose.ParseSignedCompact(token[:len(token)-6]+"AAAAAA", algs); err == nil {
					if _, err := bad.Verify(keys[sig.Signatures[0].Header.KeyID]); err == nil {
						t.Error("another signature verifies too")
					}
				}
			})
		})
	}
}

func TestEveryServiceOfTheStoryHasSamples(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory())
		for _, s := range append(scenes(time.Now()), rehearsals()...) {
			got := c.Samples(s.full())
			if len(got) < 1 || len(got) > 3 {
				t.Errorf("%s has %d samples", s.name, len(got))
			}
			labels := map[string]bool{}
			for _, v := range got {
				if v.Label == "" || v.Token == "" || labels[v.Label] {
					t.Errorf("%s: sample %q with %d bytes", s.name, v.Label, len(v.Token))
				}
				labels[v.Label] = true
			}
		}
		if a, b := c.Samples("billing")[1], c.Samples(wholeProject + "/locations/europe-west1/services/billing")[1]; a != b {
			t.Errorf("a short name means production's service: %q and %q", a.Label, b.Label)
		}
		if a, b := c.Samples("billing")[1], c.Samples("projects/acme-staging/locations/europe-west1/services/billing")[1]; a.Token == b.Token {
			t.Error("staging's samples are production's")
		}
		if got := c.Samples("none"); got != nil {
			t.Errorf("a service that is not there has %d samples", len(got))
		}
		if a, b := c.sample("profile", "copied"), ".SIGNATURE_REMOVED_BY_GOOGLE"; !strings.HasSuffix(a, b) {
			t.Errorf("no %s", b)
		}
		if a := c.sample("reports", "access token"); !strings.HasPrefix(a, "ya29.a") || !strings.Contains(a, "NotARealAccessToken") {
			t.Error("the access token is not plainly made up")
		}
		if a := c.sample("webhooks", "two headers"); !strings.Contains(a, "\nX-Serverless-Authorization: Bearer ") {
			t.Error("no second header")
		}
		expired, err := jose.ParseSignedCompact(c.sample("shop-api", "expired"), []jose.SignatureAlgorithm{jose.RS256})
		if err != nil {
			t.Fatal(err)
		}
		if exp := claims(t, expired.UnsafePayloadWithoutVerification())["exp"].(float64); exp >= float64(time.Now().Unix()) {
			t.Error("the expired token is not")
		}
	})
}

func TestThePublishedKeysSayTheirTimeAndAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, InMemory(), ClockSkew(90*time.Second), KeyAge(5*time.Minute))
		for _, url := range KeyAddresses() {
			resp, err := c.http.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			date, err := time.Parse(time.RFC1123, resp.Header.Get("Date"))
			if err != nil || date.Sub(time.Now().Add(90*time.Second)).Abs() > time.Second {
				t.Errorf("%s: date %v, %v", url, date, err)
			}
			if got := resp.Header.Get("Cache-Control"); !strings.Contains(got, "max-age=300,") {
				t.Errorf("%s: %s", url, got)
			}
		}
	})
}
