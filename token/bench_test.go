package token

import (
	"fmt"
	"testing"
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

// BenchmarkReadAndCheck parses too, and verifies the signature anew each time. Budget: twice the bare RSA operation, and 50 µs.
func BenchmarkReadAndCheck(b *testing.B) {
	target := shop(b)
	paste := []byte(account())
	for b.Loop() {
		token, err := Read(paste)
		if err != nil {
			b.Fatal(err)
		}
		_ = Check(token, target).Verdict()
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
