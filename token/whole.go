package token

import (
	"slices"
	"strings"
)

// growing is a JWT that is put together piece by piece; it knows at each moment whether the signature has the right length.
type growing struct {
	header    strings.Builder
	alg       string
	dots      int
	signature int             // its characters
	tail      strings.Builder // the signature, as far as the name of a removed one reaches
	length    int
}

func (g *growing) add(s string) {
	g.length += len(s)
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '.':
			g.dots++
			if g.dots == 1 {
				header, _, _ := readObject(looseBase64(g.header.String()), "", nil)
				g.alg, _ = header.str("alg")
			}
		case g.dots == 0:
			g.header.WriteByte(s[i])
		case g.dots == 2:
			g.signature++
			if g.signature <= len(removedSignature)+1 {
				g.tail.WriteByte(s[i])
			}
		}
	}
}

func (g *growing) complete() bool {
	return g.dots == 2 && (slices.Contains(signatureLengths(g.alg), g.signature) || g.tail.String() == removedSignature)
}

// complete says whether s is a JWT whose signature is as long as its algorithm makes it.
func complete(s string) bool {
	var g growing
	g.add(s)
	return g.complete()
}

// signatureLengths are the lengths in base64url of an algorithm's signatures (RFC 7518, RFC 8037), for RSA of keys of 2048, 3072 and 4096 bits; none for one that
// is not known.
func signatureLengths(alg string) []int {
	switch alg {
	case "RS256", "RS384", "RS512", "PS256", "PS384", "PS512":
		return []int{342, 512, 683}
	case "ES256", "HS512", "EdDSA":
		return []int{86}
	case "ES384":
		return []int{128}
	case "ES512":
		return []int{176}
	case "HS256":
		return []int{43}
	case "HS384":
		return []int{64}
	case "none":
		return []int{0}
	}
	return nil
}
