package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkCheck is one token against one service. Budget: 100 µs without the signature.
func BenchmarkCheck(b *testing.B) {
	target := shop(b)
	for _, c := range []struct{ name, paste string }{{"account", account()}, {"firebase", firebase()}, {"wrong audience", account(set("aud", "https://api.example.com"))}} {
		b.Run(c.name, func(b *testing.B) {
			token, err := Read([]byte(c.paste))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				_ = Check(token, target).Verdict()
			}
		})
	}
}

// BenchmarkReadAndCheck reads one token and checks it by every rule, the signature anew each time, and does the bare operation in turn with that, so
// that both meet the same machine; the medians are compared. Budget: twice the bare RSA operation, and 50 µs.
func BenchmarkReadAndCheck(b *testing.B) {
	target := shop(b)
	for _, c := range []struct {
		alg, paste string
		bare       func(digest, signature []byte) bool
	}{
		{"RS256", account(), func(digest, signature []byte) bool {
			return rsa.VerifyPKCS1v15(&signers().rsa.PublicKey, crypto.SHA256, digest, signature) == nil
		}},
		{"ES256", assertion(), func(digest, signature []byte) bool {
			r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
			return ecdsa.Verify(&signers().ec.PublicKey, digest, r, s)
		}},
	} {
		b.Run(c.alg, func(b *testing.B) {
			paste, signature := []byte(c.paste), Parse(c.paste).signature
			digest := sha256.Sum256(paste[:strings.LastIndexByte(c.paste, '.')])
			var bare, whole []time.Duration
			for b.Loop() {
				start := time.Now()
				if !c.bare(digest[:], signature) {
					b.Fatal("the bare operation does not verify")
				}
				between := time.Now()
				token, err := Read(paste)
				if err != nil || Check(token, target).Find("sig.verify").Status != Pass {
					b.Fatal("not verified")
				}
				bare, whole = append(bare, between.Sub(start)), append(whole, time.Since(between))
			}
			slices.Sort(bare)
			slices.Sort(whole)
			one, all := bare[len(bare)/2], whole[len(whole)/2]
			b.ReportMetric(float64(one.Nanoseconds())/1000, "bare-µs")
			b.ReportMetric(float64(all.Nanoseconds())/1000, "read-and-check-µs")
			b.ReportMetric(float64(all)/float64(one), "×bare")
		})
	}
}

// BenchmarkThousandServices is one token against every service of a large project, each of which knows the audiences of all others. Budget: 20 ms.
func BenchmarkThousandServices(b *testing.B) {
	base := shop(b)
	var all []Audience
	for i := range 1000 {
		of := fmt.Sprintf("svc-%d", i)
		all = append(all, Audience{Value: fmt.Sprintf("https://svc-%d-1a2b3c-ew.a.run.app", i), Source: "url", Of: of},
			Audience{Value: fmt.Sprintf("https://svc-%d-4242.europe-west1.run.app", i), Source: "url", Of: of})
	}
	targets := make([]Target, 1000)
	for i := range targets {
		targets[i] = base
		targets[i].Service, targets[i].Audiences, targets[i].Elsewhere = fmt.Sprintf("svc-%d", i), all[2*i:2*i+2], all
	}
	for _, c := range []struct{ name, paste string }{{"of one of them", account(set("aud", "https://svc-500-4242.europe-west1.run.app"))}, {"of none", account(set("aud", "https://api.example.com"))}, {"firebase", firebase()}} {
		b.Run(c.name, func(b *testing.B) {
			token, err := Read([]byte(c.paste))
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				for i := range targets {
					_ = Check(token, targets[i]).Verdict()
				}
			}
		})
	}
}

// BenchmarkPredict is what BenchmarkThousandServices is, for who wants the verdicts alone. Budget: 20 ms for 1,000.
func BenchmarkPredict(b *testing.B) {
	target := shop(b)
	token, err := Read([]byte(account()))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_ = Predict(token, target)
	}
}
