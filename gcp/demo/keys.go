package demo

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// signer is one issuer's key: what it is called, and the key itself, made when it is first wanted. Only the key differs from
// run to run.
type signer struct {
	kid string
	alg string // "RS256" or "ES256"
	key func() crypto.Signer
}

// The issuers' keys. They are made once a process, since a 2048-bit RSA key costs a tenth of a second.
var (
	googleKey   = &signer{"5d1a0c2e7f3b4968a1c0e2d4f6b8097a1c3e5d70", "RS256", sync.OnceValue(newRSA)}
	firebaseKey = &signer{"a9c0b1d2e3f4051627384950617283940a5b6c7d", "RS256", sync.OnceValue(newRSA)}
	sessionKey  = &signer{"b7T9aQ", "RS256", sync.OnceValue(newRSA)}
	appCheckKey = &signer{"jK3f9w", "RS256", sync.OnceValue(newRSA)}
	iapKey      = &signer{"q8Zr1A", "ES256", sync.OnceValue(newEC)}
	accountKey  = &signer{"0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b", "RS256", sync.OnceValue(newRSA)} // a service account's own: not published here
	strangerKey = &signer{"f0e1d2c3b4a5968778695a4b3c2d1e0f", "RS256", sync.OnceValue(newRSA)}         // of nobody

	keyring = []*signer{googleKey, firebaseKey, iapKey, sessionKey, appCheckKey, accountKey, strangerKey}
)

func newRSA() crypto.Signer {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		// crypto/rand does not fail since Go 1.24, and 2048 bits are allowed.
		panic(err)
	}
	return k
}

func newEC() crypto.Signer {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return k
}

// published are the addresses of keys, without the scheme, and who is behind each.
func published() map[string]func(now time.Time) ([]byte, error) {
	jwks := func(s *signer) func(time.Time) ([]byte, error) {
		return func(time.Time) ([]byte, error) { return s.jwks() }
	}
	return map[string]func(time.Time) ([]byte, error){
		"www.googleapis.com/oauth2/v3/certs":                                                jwks(googleKey),
		"www.googleapis.com/oauth2/v1/certs":                                                googleKey.x509,
		"www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com": jwks(firebaseKey),
		"www.googleapis.com/robot/v1/metadata/x509/securetoken@system.gserviceaccount.com":  firebaseKey.x509,
		"www.googleapis.com/identitytoolkit/v3/relyingparty/publicKeys":                     sessionKey.x509,
		"www.gstatic.com/iap/verify/public_key-jwk":                                         jwks(iapKey),
		"firebaseappcheck.googleapis.com/v1/jwks":                                           jwks(appCheckKey),
	}
}

// jwks is the key as a JSON Web Key Set (RFC 7517).
func (s *signer) jwks() ([]byte, error) {
	type jwk struct {
		Kty string `json:"kty"`
		Alg string `json:"alg"`
		Use string `json:"use"`
		Kid string `json:"kid"`
		N   string `json:"n,omitempty"`
		E   string `json:"e,omitempty"`
		Crv string `json:"crv,omitempty"`
		X   string `json:"x,omitempty"`
		Y   string `json:"y,omitempty"`
	}
	k := jwk{Alg: s.alg, Use: "sig", Kid: s.kid}
	switch pub := s.key().Public().(type) {
	case *rsa.PublicKey:
		k.Kty, k.N, k.E = "RSA", b64(pub.N.Bytes()), b64(big.NewInt(int64(pub.E)).Bytes())
	case *ecdsa.PublicKey:
		raw, err := pub.Bytes()
		if err != nil {
			return nil, err
		}
		k.Kty, k.Crv, k.X, k.Y = "EC", "P-256", b64(raw[1:33]), b64(raw[33:])
	}
	return json.MarshalIndent(map[string][]jwk{"keys": {k}}, "", "  ")
}

// x509 is the key as a map of self-signed certificates, as Google publishes some of its keys.
func (s *signer) x509(now time.Time) ([]byte, error) {
	now = now.UTC().Truncate(24 * time.Hour)
	c := &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes([]byte(s.kid)[:6]),
		Subject:               pkix.Name{CommonName: "demo.system.gserviceaccount.example"},
		NotBefore:             now.Add(-5 * 24 * time.Hour),
		NotAfter:              now.Add(12 * 24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
	}
	key := s.key()
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(map[string]string{
		s.kid: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
	}, "", "  ")
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// keyServer answers for the published keys, by host and path.
type keyServer struct{ c *Cloud }

func (k keyServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := k.c
	now := time.Now().Add(c.skew)
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	address := r.Host + r.URL.Path
	leave, err := c.enter(r.Context(), "PublicKeys", address)
	defer leave()
	if err != nil {
		http.Error(w, status.Convert(err).Message(), httpStatus(err))
		return
	}
	body, ok, err := c.keyFile(address, now)
	if !ok || r.URL.RawQuery != "" {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if err != nil {
		http.Error(w, "no keys", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Cache-Control", fmt.Sprintf("public, max-age=%d, must-revalidate, no-transform", int(c.keyAge.Seconds())))
	w.Header().Set("Expires", now.Add(c.keyAge).UTC().Format(http.TimeFormat))
	w.Write(body)
}

// httpStatus is the HTTP status of a gRPC one, as Google's gateways translate it.
func httpStatus(err error) int {
	switch status.Code(err) {
	case codes.InvalidArgument:
		return http.StatusBadRequest
	case codes.PermissionDenied:
		return http.StatusForbidden
	case codes.NotFound:
		return http.StatusNotFound
	case codes.ResourceExhausted:
		return http.StatusTooManyRequests
	case codes.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// KeyAddresses are the addresses at which every cloud publishes keys, in order.
func KeyAddresses() []string {
	var all []string
	for a := range published() {
		all = append(all, "https://"+a)
	}
	slices.Sort(all)
	return all
}

// PublishKeys replaces what one of the KeyAddresses answers, for a client that must cope with it; nil puts the keys back.
func (c *Cloud) PublishKeys(address string, body []byte) {
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	c.world.bodies[strings.TrimPrefix(address, "https://")] = body
}

// keyFile is what an address answers, and whether it is one that answers.
func (c *Cloud) keyFile(address string, now time.Time) ([]byte, bool, error) {
	publish, ok := published()[address]
	if !ok {
		return nil, false, nil
	}
	c.world.mu.Lock()
	body := c.world.bodies[address]
	c.world.mu.Unlock()
	if body != nil {
		return body, true, nil
	}
	body, err := publish(now)
	return body, true, err
}
