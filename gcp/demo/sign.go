package demo

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"strings"
)

// member is one name and value of a JSON object whose order is kept.
type member struct {
	name  string
	value any
}

// object writes members in the order given.
func object(members ...member) []byte {
	var b strings.Builder
	b.WriteByte('{')
	for i, m := range members {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(m.name)
		value, err := json.Marshal(m.value)
		if err != nil {
			value = []byte("null")
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return []byte(b.String())
}

// token signs claims: a compact JWS with the issuer's key.
func (s *signer) token(claims ...member) string {
	header := object(member{"alg", s.alg}, member{"kid", s.kid}, member{"typ", "JWT"})
	return s.seal(header, object(claims...))
}

// seal signs a header and a payload as they are.
func (s *signer) seal(header, payload []byte) string {
	input := b64(header) + "." + b64(payload)
	sum := sha256.Sum256([]byte(input))
	key := s.key()
	if ec, ok := key.(*ecdsa.PrivateKey); ok {
		r, v, err := ecdsa.Sign(rand.Reader, ec, sum[:])
		if err != nil {
			return input + "."
		}
		raw := make([]byte, 64)
		r.FillBytes(raw[:32])
		v.FillBytes(raw[32:])
		return input + "." + b64(raw)
	}
	sig, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return input + "."
	}
	return input + "." + b64(sig)
}

// unsigned replaces a token's signature with the words that Cloud Run puts there before it hands a request to the container.
func unsigned(token string) string {
	return token[:strings.LastIndexByte(token, '.')+1] + "SIGNATURE_REMOVED_BY_GOOGLE"
}
