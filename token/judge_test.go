package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The moment, the service and the callers of every test of the rules.
const (
	shopURL    = "https://shop-api-1a2b3c-ew.a.run.app"
	shopNumber = "https://shop-api-4242.europe-west1.run.app"
	caller     = "cart@acme-prod.iam.gserviceaccount.com"
	callerID   = "101112131415161718190"
	keyID      = "k1"
)

var moment = time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC)

type jsonObject map[string]any

// pair are the keys that the tests sign with, made once: every issuer of the tests publishes the same.
type pair struct {
	rsa, other *rsa.PrivateKey
	ec         *ecdsa.PrivateKey
}

var signers = sync.OnceValue(func() pair {
	first, err1 := rsa.GenerateKey(rand.Reader, 2048)
	second, err2 := rsa.GenerateKey(rand.Reader, 2048)
	ec, err3 := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err1 != nil || err2 != nil || err3 != nil {
		panic("no keys")
	}
	return pair{first, second, ec}
})

// publish is the answer of a key server: the one RSA key, or the one EC key.
func publish(t testing.TB, alg string) KeySet {
	t.Helper()
	b64 := base64.RawURLEncoding.EncodeToString
	jwk := jsonObject{"kid": keyID, "alg": alg, "use": "sig"}
	if alg == "ES256" {
		point, err := signers().ec.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(jwk, jsonObject{"kty": "EC", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])})
	} else {
		public := signers().rsa.PublicKey
		maps.Copy(jwk, jsonObject{"kty": "RSA", "n": b64(public.N.Bytes()), "e": b64(big.NewInt(int64(public.E)).Bytes())})
	}
	body, err := json.Marshal(jsonObject{"keys": []any{jwk}})
	if err != nil {
		t.Fatal(err)
	}
	set, err := ParseKeys(body)
	if err != nil {
		t.Fatal(err)
	}
	set.Read, set.Age = moment.Add(-time.Hour), 6*time.Hour
	return set
}

// keysOf is the address of an issuer's keys.
func keysOf(issuer string) string {
	b64 := base64.RawURLEncoding.EncodeToString
	return Parse(b64([]byte(`{"alg":"RS256"}`)) + "." + b64([]byte(`{"iss":"`+issuer+`"}`)) + ".c2ln").KeysURL()
}

// shop is a private service with everything about it known, which lets caller in.
func shop(t testing.TB) Target {
	t.Helper()
	rs := publish(t, "RS256")
	keys := Keys{}
	for _, issuer := range []string{"https://accounts.google.com", "https://securetoken.google.com/p", "https://session.firebase.google.com/p"} {
		keys[keysOf(issuer)] = rs
	}
	keys[keysOf("https://cloud.google.com/iap")] = publish(t, "ES256")
	return Target{
		Now: moment, Clock: Clock{Known: true, Who: "www.googleapis.com"}, Keys: keys,
		Has: true, Service: "shop-api", Region: "europe-west1", Project: "acme-prod", ProjectNumber: "4242",
		Audiences:      []Audience{{Value: shopURL, Source: "url"}, {Value: shopNumber, Source: "url"}, {Value: "acme-prod", Source: "custom"}},
		AudiencesKnown: true,
		Elsewhere:      []Audience{{Value: "https://billing-1a2b3c-ew.a.run.app", Source: "url", Of: "billing"}},
		InvokerCheck:   Yes, DefaultURL: Yes, IAP: No, Ingress: IngressAll,
		Policy:  Policy{Known: true, Bindings: []Binding{invoker("serviceAccount:" + caller)}},
		Request: Request{From: FromInternet, Host: "shop-api-1a2b3c-ew.a.run.app", Method: "GET", Header: "Authorization"},
	}
}

func invoker(members ...string) Binding {
	return Binding{Role: "roles/run.invoker", Members: members, Level: "service", Invokes: Yes}
}

// draft is a token before it is signed.
type draft struct {
	header, claims jsonObject
	sign           string // "RS256" by default, "ES256", "other" for a key that nobody publishes, "none"
	claimsJSON     string // the claims as they stand, in place of claims
}

// change changes a draft.
type change func(*draft)

func set(name string, value any) change { return func(d *draft) { d.claims[name] = value } }
func drop(names ...string) change {
	return func(d *draft) {
		for _, name := range names {
			delete(d.claims, name)
		}
	}
}
func head(name string, value any) change { return func(d *draft) { d.header[name] = value } }
func headless(name string) change        { return func(d *draft) { delete(d.header, name) } }
func signed(how string) change           { return func(d *draft) { d.sign = how } }
func after(d time.Duration) int64        { return moment.Add(d).Unix() }

// written is the token, signed.
func (d draft) written() string {
	b64 := base64.RawURLEncoding.EncodeToString
	header, err1 := json.Marshal(d.header)
	claims, err2 := json.Marshal(d.claims)
	if err1 != nil || err2 != nil {
		panic("no JSON")
	}
	if d.claimsJSON != "" {
		claims = []byte(d.claimsJSON)
	}
	text := b64(header) + "." + b64(claims)
	digest := sha256.Sum256([]byte(text))
	switch d.sign {
	case "none":
		return text + "."
	case "ES256":
		r, s, err := ecdsa.Sign(rand.Reader, signers().ec, digest[:])
		if err != nil {
			panic(err)
		}
		signature := make([]byte, 64)
		r.FillBytes(signature[:32])
		s.FillBytes(signature[32:])
		return text + "." + b64(signature)
	}
	by := signers().rsa
	if d.sign == "other" {
		by = signers().other
	}
	signature, err := rsa.SignPKCS1v15(nil, by, crypto.SHA256, digest[:])
	if err != nil {
		panic(err)
	}
	return text + "." + b64(signature)
}

func write(claims jsonObject, changes []change) string {
	d := draft{header: jsonObject{"alg": "RS256", "kid": keyID, "typ": "JWT"}, claims: maps.Clone(claims)}
	for _, c := range changes {
		c(&d)
	}
	return d.written()
}

// account is the ID token of a service account.
func account(changes ...change) string {
	return write(jsonObject{"iss": "https://accounts.google.com", "aud": shopURL, "azp": callerID, "sub": callerID, "email": caller, "email_verified": true,
		"iat": after(-10 * time.Minute), "exp": after(50 * time.Minute)}, changes)
}

// gcloud is what gcloud auth print-identity-token prints for a user.
func gcloud(changes ...change) string {
	return write(jsonObject{"iss": "https://accounts.google.com", "aud": gcloudClient, "azp": gcloudClient, "sub": "111213141516171819202", "email": "ann@example.com",
		"email_verified": true, "hd": "example.com", "iat": after(-10 * time.Minute), "exp": after(50 * time.Minute)}, changes)
}

// firebase is the ID token of a user who signed in with Firebase.
func firebase(changes ...change) string {
	return write(jsonObject{"iss": "https://securetoken.google.com/acme-prod", "aud": "acme-prod", "auth_time": after(-time.Hour), "user_id": "u1", "sub": "u1",
		"iat": after(-10 * time.Minute), "exp": after(50 * time.Minute), "email": "bob@example.com", "email_verified": false,
		"firebase": jsonObject{"sign_in_provider": "password", "identities": jsonObject{}}}, changes)
}

// selfSigned is what a service account signs with its own key.
func selfSigned(changes ...change) string {
	return write(jsonObject{"iss": caller, "sub": caller, "aud": shopURL, "iat": after(-time.Minute), "exp": after(59 * time.Minute)}, changes)
}

// custom is a Firebase custom token, which names no key.
func custom(changes ...change) string {
	return write(jsonObject{"iss": caller, "sub": caller, "aud": customAudience, "uid": "u1", "iat": after(-time.Minute), "exp": after(59 * time.Minute)}, append([]change{headless("kid")}, changes...))
}

// assertion is what IAP hands to the container.
func assertion(changes ...change) string {
	return write(jsonObject{"iss": "https://cloud.google.com/iap", "aud": "/projects/4242/global/backendServices/7", "sub": "accounts.google.com:1", "email": "ann@example.com",
		"iat": after(-time.Minute), "exp": after(9 * time.Minute)}, append([]change{head("alg", "ES256"), signed("ES256")}, changes...))
}

const accessToken = "ya29.a0AfB_byC-not-a-real-access-token-0123456789abcdefghijklmnop"

// judge reads a paste and judges it; "" is a request without a credential.
func judge(t testing.TB, paste string, target Target) (Report, Verdict) {
	t.Helper()
	var token *Token
	if paste != "" {
		var err error
		if token, err = Read([]byte(paste)); err != nil {
			t.Fatalf("read: %v", err)
		}
	}
	report := Check(token, target)
	verdict := report.Verdict()
	keepsSecret(t, token, report, verdict)
	return report, verdict
}

// keepsSecret fails where a finding or the verdict quotes the signature.
func keepsSecret(t testing.TB, token *Token, report Report, verdict Verdict) {
	t.Helper()
	if token == nil || len(token.segments) != 3 || len(token.segments[2]) < 32 {
		return
	}
	text := fmt.Sprintf("%+v %+v", report, verdict)
	if strings.Contains(text, token.segments[2][:32]) && !token.removed {
		t.Error("a finding quotes the signature")
	}
}

// show is a report for a failed test.
func (r Report) show() string {
	var b strings.Builder
	word := map[Status]string{Skip: "skip", Pass: "pass", Warn: "warn", Unknown: "unknown", Fail: "fail"}
	for _, f := range r {
		fmt.Fprintf(&b, "%-20s %-8s %s\n", f.ID, word[f.Status], f.Got)
	}
	return b.String()
}

func contains(list []int, status int) bool { return slices.Contains(list, status) }
