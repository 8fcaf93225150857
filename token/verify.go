package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"
)

// signature outcomes, for the rules of family key.
type outcome int8

const (
	noKeys       outcome = iota // no key set was fetched
	noSuchKey                   // the set has no key of this id
	severalKeys                 // the set has more than one key of this id
	verified                    // it verifies
	broken                      // it does not
	unverifiable                // nothing to verify: no signature that can be decoded, or no issuer whose keys are published
)

// Verified says whether the signature verifies with the target's keys: Unsure where there is no key to try it with, or nothing to try.
func (t *Token) Verified(k Keys) Answer {
	switch o, _ := t.proven(k); o {
	case verified:
		return Yes
	case broken:
		return No
	}
	return Unsure
}

// verify checks the signature with the keys of the claimed issuer; the key's algorithm is fixed by the issuer, never by the token. The key is the one that the
// token names, zero where there is none of that name.
func (t *Token) verify(k Keys) (outcome, key) {
	by, ok := t.signer(k)
	if !ok {
		return unverifiable, key{}
	}
	return t.verifyBy(k[by.keys], by.alg)
}

// verifyBy checks the signature with the key of the set that the token names, by that algorithm and no other.
func (t *Token) verifyBy(set KeySet, alg string) (outcome, key) {
	switch {
	case len(t.signature) == 0 || len(t.segments) != 3:
		return unverifiable, key{}
	case len(set.keys) == 0:
		return noKeys, key{}
	}
	claimed, _ := t.header.str("alg")
	k, n := set.byID(t.kidOf())
	switch {
	case n == 0 && t.kind == FirebaseCustom && !t.header.has("kid") && claimed == alg:
		return t.verifyByAny(set, alg)
	case n == 0:
		return noSuchKey, key{}
	case n > 1:
		return severalKeys, key{}
	}
	if claimed != alg || k.alg != alg || !k.verifies(t.raw[:len(t.segments[0])+1+len(t.segments[1])], t.signature) {
		return broken, k
	}
	return verified, k
}

// verifyByAny is for what names no key: Firebase custom tokens. That none of the keys at hand verifies does not say that none does.
func (t *Token) verifyByAny(set KeySet, alg string) (outcome, key) {
	for _, k := range set.keys {
		if k.alg == alg && k.verifies(t.raw[:len(t.segments[0])+1+len(t.segments[1])], t.signature) {
			return verified, k
		}
	}
	return noSuchKey, key{}
}

// kidOf is the id of the key that the token names, "" for none.
func (t *Token) kidOf() string {
	id, _ := t.header.str("kid")
	return id
}

// verifies says whether it is the key's signature of the text, by the key's own algorithm.
func (k key) verifies(text string, signature []byte) bool {
	digest := sha256.Sum256([]byte(text))
	switch public := k.public.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], signature) == nil
	case *ecdsa.PublicKey:
		// RFC 7518, 3.4: the two numbers in 32 bytes each. Cutting them out of anything shorter is how a reader panics.
		if len(signature) != 64 {
			return false
		}
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		return ecdsa.Verify(public, digest[:], r, s)
	}
	return false
}
