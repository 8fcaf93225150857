package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"slices"
	"time"
)

const (
	maxKeys    = 1 << 20 // bytes of a key set
	minRSABits = 2048
	maxRSABits = 8192 // so that no key makes a check slow
)

// Keys are published keys, by the address they were fetched from, or by another name (see KeysName).
type Keys map[string]KeySet

// KeySet is one published set of keys.
type KeySet struct {
	Read time.Time     // when it was fetched
	Age  time.Duration // how long it may be kept, from Cache-Control; 0 unknown
	Err  string        // why it could not be fetched, in words; the keys are then what was known before
	keys []key
}

// key is one public key of a set.
type key struct {
	id     string
	alg    string // "RS256", "ES256"
	public any    // *rsa.PublicKey or *ecdsa.PublicKey
	bits   int
}

// IDs are the ids of the set's keys, in their order.
func (s KeySet) IDs() []string {
	ids := make([]string, len(s.keys))
	for i, k := range s.keys {
		ids[i] = k.id
	}
	return ids
}

// byID is the key of that id, and how many keys the set has under it: with two of them nobody knows which one is meant. An empty id is
// none: a key without one cannot be asked for.
func (s KeySet) byID(id string) (k key, n int) {
	if id == "" {
		return key{}, 0
	}
	for _, other := range s.keys {
		if other.id == id {
			k = other
			n++
		}
	}
	if n > 1 {
		return key{}, n
	}
	return k, n
}

// ErrNoKey is the error of ParseKeys for a JWKS that has keys, and none that is of use here: too short ones, or those of another algorithm.
var ErrNoKey = errors.New("read key set: no key for RS256 or ES256 in it, of 2048 bits or more; look at what answers at its address")

// ParseKeys reads a JWKS (RFC 7517), or an x509 map of key ids to PEM certificates as Google publishes them, of at most 1 MiB. Keys it cannot use
// are left out: no RSA key of 2048 bits or more nor a P-256 key, meant for something other than signatures, of another algorithm than RS256 and
// ES256. A key that stands there twice counts once; two keys of one id both stay, and neither verifies anything. No usable key is an error,
// see ErrNoKey, and so is a set that no publisher means: not strict JSON, a private or symmetric key. A certificate is a wrapping here, its dates and
// its signature say nothing. Read, Age and Err are the caller's to set.
func ParseKeys(body []byte) (KeySet, error) {
	if len(body) > maxKeys {
		return KeySet{}, errors.New("read key set: larger than 1 MiB, so it is no key set; look at what answers at its address")
	}
	set, defects, _ := readObject(body, "keys", nil)
	if len(defects) > 0 {
		return KeySet{}, errors.New("read key set: no strict JSON (" + defects[0].got + "); look for a proxy that answers in its place")
	}
	var keys []key
	var err error
	if set.has("keys") {
		keys, err = readJWKS(set)
	} else {
		keys = readCertificates(set)
	}
	if err != nil {
		return KeySet{}, err
	}
	switch {
	case len(keys) > 0:
	case set.has("keys") && len(set.values["keys"]) > len("[{}]"):
		return KeySet{}, ErrNoKey
	default:
		return KeySet{}, errors.New("read key set: no key for RS256 or ES256 in it; look at what answers at its address")
	}
	var once []key
	for _, k := range keys {
		if !slices.ContainsFunc(once, k.same) {
			once = append(once, k)
		}
	}
	return KeySet{keys: once}, nil
}

// same says whether it is the same key under the same id.
func (k key) same(other key) bool {
	public, ok := k.public.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.id == other.id && public.Equal(other.public)
}

func readJWKS(set object) ([]key, error) {
	var members []json.RawMessage
	if json.Unmarshal(set.values["keys"], &members) != nil {
		return nil, errors.New("read key set: keys is no list; look at what answers at its address")
	}
	var keys []key
	for _, m := range members {
		jwk, defects, _ := readObject(m, "key", nil)
		if len(defects) > 0 {
			continue
		}
		if kty, _ := jwk.str("kty"); kty == "oct" || jwk.has("d") || jwk.has("k") || jwk.has("p") || jwk.has("q") {
			return nil, errors.New("read key set: it holds a secret key, which no publisher shows; trust none of its keys")
		}
		if k, ok := readJWK(jwk); ok {
			keys = append(keys, k)
		}
	}
	return keys, nil
}

// readJWK reads one key; ok is false for one that cannot verify RS256 or ES256.
func readJWK(jwk object) (k key, ok bool) {
	if use, _ := jwk.str("use"); jwk.has("use") && use != "sig" {
		return key{}, false
	}
	if ops, _ := jwk.list("key_ops"); jwk.has("key_ops") && !slices.Contains(ops, "verify") {
		return key{}, false
	}
	id, _ := jwk.str("kid")
	if id == "" {
		return key{}, false
	}
	switch kty, _ := jwk.str("kty"); kty {
	case "RSA":
		k, ok = rsaKey(bigEndian(jwk, "n"), bigEndian(jwk, "e"))
	case "EC":
		if crv, _ := jwk.str("crv"); crv == "P-256" {
			k, ok = p256Key(bigEndian(jwk, "x"), bigEndian(jwk, "y"))
		}
	}
	if alg, _ := jwk.str("alg"); jwk.has("alg") && alg != k.alg {
		return key{}, false
	}
	k.id = id
	return k, ok
}

// bigEndian is a member that holds bytes; nil where it is absent or not canonical base64url.
func bigEndian(jwk object, name string) []byte {
	s, _ := jwk.str(name)
	for _, r := range s {
		if notBase64(r) {
			return nil
		}
	}
	data, err := strictBase64.DecodeString(s)
	if err != nil {
		return nil
	}
	return data
}

func rsaKey(n, e []byte) (key, bool) {
	if len(n) == 0 || n[0] == 0 || len(e) == 0 || len(e) > 4 || e[0] == 0 {
		return key{}, false
	}
	exponent := new(big.Int).SetBytes(e).Int64()
	return usableRSA(&rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(exponent)})
}

// usableRSA says whether the key is one that could stand behind an RS256 signature today.
func usableRSA(public *rsa.PublicKey) (key, bool) {
	bits := public.N.BitLen()
	odd := public.N.Bit(0) == 1 && public.E&1 == 1
	if bits < minRSABits || bits > maxRSABits || !odd || public.E < 3 || public.E > 1<<31-1 {
		return key{}, false
	}
	return key{alg: "RS256", public: public, bits: bits}, true
}

func p256Key(x, y []byte) (key, bool) {
	if len(x) != 32 || len(y) != 32 {
		return key{}, false
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, x, y))
	if err != nil {
		return key{}, false
	}
	return key{alg: "ES256", public: public, bits: 256}, true
}

// readCertificates reads an x509 map. A member that is no certificate of a usable key is left out.
func readCertificates(set object) []key {
	var keys []key
	for _, id := range set.names {
		text, _ := set.str(id)
		block, rest := pem.Decode([]byte(text))
		if id == "" || block == nil || block.Type != "CERTIFICATE" || len(rest) > 0 {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			continue
		}
		k, ok := certifiedKey(certificate.PublicKey)
		if ok {
			k.id = id
			keys = append(keys, k)
		}
	}
	return keys
}

func certifiedKey(public any) (key, bool) {
	switch public := public.(type) {
	case *rsa.PublicKey:
		return usableRSA(public)
	case *ecdsa.PublicKey:
		if public.Curve == elliptic.P256() {
			return key{alg: "ES256", public: public, bits: 256}, true
		}
	}
	return key{}, false
}
