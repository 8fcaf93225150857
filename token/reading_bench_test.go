package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func BenchmarkParse(b *testing.B) {
	jwt := googleToken(b)
	b.ReportAllocs()
	for b.Loop() {
		Parse(jwt)
	}
}

func BenchmarkRead(b *testing.B) {
	jwt := googleToken(b)
	for name, pasted := range map[string]string{"bare": jwt, "wrapped": wrapAt(jwt, 80, "\n"), "curl": `curl -H "Authorization: Bearer ` + jwt + `" https://x.run.app/`} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read([]byte(pasted)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkReadHostile is the cost of a paste of 1 MiB that is made to be slow: the worst is at most so long, and takes at most so much memory.
func BenchmarkReadHostile(b *testing.B) {
	for name, unit := range hostilePastes {
		pasted := []byte(strings.Repeat(unit, maxPaste/len(unit)))
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			from := cpu()
			for b.Loop() {
				_, _ = Read(pasted)
			}
			b.ReportMetric(float64((cpu()-from).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// hostilePastes are texts that, repeated, would make a careless reader look at the rest again and again.
var hostilePastes = map[string]string{
	"letters": "a", "spaces": " ", "line breaks": "\n", "dots": ".", "words": "a ", "starts": "eyJ ", "starts with dots": "eyJ. ", "starts in lines": "eyJhbGciOiJSUzI1NiJ9.\n",
	"quotes": `"`, "single quotes": "'", "backticks": "`", "dollars": "$(", "variables": "$a", "escapes": "\x1b]", "sequences": "\x1b[", "percent": "%25", "braces": "{", "brackets": "[",
	"headers": "Authorization: ", "header lines": "Authorization: Bearer a\n", "cookies": "Cookie: __session=a\n", "commands": "curl -H ", "command lines": "curl -H 'Authorization: Bearer ", "labels": "a: ", "Bearer": "Bearer ",
	"access tokens": "ya29.a ", "codes": "4/aaaaaaaaaaaaaaaaaaaa", "equals": "a=", "slashes": "/", "hidden": "\u200b", "dashes": "–", "backslashes": `\`, "base64": "ZXlK", "prompts": "$ ", "at": "a@", "less": "<", "JSON": `{"id_token":"eyJ",`,
	"names alone": "authorization\n", "carets": `^"`, "addresses": "a@b ", "wrapped headers": "Authorization: Bearer\na\n", "empty headers": "Authorization:\n",
	"other cookies": "Cookie: sid=eyJ; ", "other cookie lines": "Cookie: sid=a\n", "base64 words": "ZXlKAAAAAAAAAAAAAAAAAAAA ", "added texts": `Authorization: "a"+`, "keys": "-----BEGIN PRIVATE KEY-----", "users": "curl https://a:b@x ",
}

// BenchmarkLargestToken reads and checks a token of 64 KiB: one long claim, many members, one that is all escapes.
func BenchmarkLargestToken(b *testing.B) {
	target := shop(b)
	many := make([]string, 3750)
	for i := range many {
		many[i] = "group-" + strconv.Itoa(i)
	}
	for name, value := range map[string]any{"one claim": strings.Repeat("x", 48000), "many members": many, "escapes": strings.Repeat("\x01", 7900)} {
		paste := []byte(account(set("x", value)))
		if len(paste) > longestToken || len(paste) < longestToken*9/10 {
			b.Fatalf("%s: %d bytes", name, len(paste))
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			from := cpu()
			for b.Loop() {
				token, err := Read(paste)
				if err != nil || Check(token, target).Find("sig.verify").Status != Pass {
					b.Fatal("not verified")
				}
			}
			b.ReportMetric(float64((cpu()-from).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// cpu is how long this process has been computing, on all processors: what others do on them does not count.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkVerify(b *testing.B) {
	keys := rfcKeys(b)
	jwt, iap := Parse(googleToken(b)), Parse(mintES256(b, iapHeader, iapClaims))
	google, assertion := jwt.raw, iap.raw
	rsaKey, ecKey := &rsaSigner(b).PublicKey, &ecSigner(b).PublicKey
	digest := func(t *Token) []byte {
		sum := sha256.Sum256([]byte(t.raw[:strings.LastIndexByte(t.raw, '.')]))
		return sum[:]
	}
	b.Run("RS256 bare", func(b *testing.B) {
		sum := digest(jwt)
		for b.Loop() {
			if rsa.VerifyPKCS1v15(rsaKey, crypto.SHA256, sum, jwt.signature) != nil {
				b.Fatal("no")
			}
		}
	})
	b.Run("RS256 parse and verify", func(b *testing.B) {
		for b.Loop() {
			if Parse(google).Verified(keys) != Yes {
				b.Fatal("no")
			}
		}
	})
	b.Run("ES256 bare", func(b *testing.B) {
		sum := digest(iap)
		r, s := new(big.Int).SetBytes(iap.signature[:32]), new(big.Int).SetBytes(iap.signature[32:])
		for b.Loop() {
			if !ecdsa.Verify(ecKey, sum, r, s) {
				b.Fatal("no")
			}
		}
	})
	b.Run("ES256 parse and verify", func(b *testing.B) {
		for b.Loop() {
			if Parse(assertion).Verified(keys) != Yes {
				b.Fatal("no")
			}
		}
	})
}
