package demo

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"
)

// mint makes tokens that were issued three minutes before now.
type mint struct{ now time.Time }

// gcloudClient is the OAuth client of gcloud itself.
const gcloudClient = "32555940559.apps.googleusercontent.com"

// times are iat and exp.
func (m mint) times(life time.Duration) []member {
	iat := m.now.Add(-3 * time.Minute)
	return []member{{"iat", iat.Unix()}, {"exp", iat.Add(life).Unix()}}
}

// digits are a made-up numeric account id, always the same for a name.
func digits(name string) string {
	h := fnv.New64a()
	h.Write([]byte(name))
	return fmt.Sprintf("1%020d", h.Sum64())
}

func address(account string) string { return account + "@" + project + ".iam.gserviceaccount.com" }

// account is a service account's ID token as Google mints it.
func (m mint) account(name, audience string) string { return m.accountOf(site{}, name, audience) }

func (m mint) accountOf(in site, name, audience string) string {
	id := digits(in.id + name)
	return googleKey.token(append([]member{
		{"aud", audience}, {"azp", id}, {"email", in.address(name)}, {"email_verified", true},
		{"iss", "https://accounts.google.com"}, {"sub", id},
	}, m.times(time.Hour)...)...)
}

// gcloud is a user's ID token from gcloud auth print-identity-token.
func (m mint) gcloud(email string) string {
	return googleKey.token(append([]member{
		{"iss", "https://accounts.google.com"}, {"azp", gcloudClient}, {"aud", gcloudClient}, {"sub", digits(email)},
		{"hd", "acme.example"}, {"email", email}, {"email_verified", true}, {"at_hash", "ZmFrZS1hdC1oYXNoLWRlbQ"},
	}, m.times(time.Hour)...)...)
}

func (m mint) firebase(email string) string { return m.firebaseOf(project, email) }

func (m mint) firebaseOf(project, email string) string {
	return firebaseKey.token(append([]member{
		{"iss", "https://securetoken.google.com/" + project}, {"aud", project},
	}, m.person(email, time.Hour)...)...)
}

func (m mint) session(email string) string {
	return sessionKey.token(append([]member{
		{"iss", "https://session.firebase.google.com/" + project}, {"aud", project},
	}, m.person(email, 5*24*time.Hour)...)...)
}

// person is what Firebase says of a user.
func (m mint) person(email string, life time.Duration) []member {
	uid := ("demo" + b64([]byte(email)) + strings.Repeat("0", 28))[:28]
	return append([]member{
		{"auth_time", m.now.Add(-26 * time.Hour).Unix()}, {"user_id", uid}, {"sub", uid},
		{"email", email}, {"email_verified", true},
		{"firebase", map[string]any{"identities": map[string][]string{"email": {email}}, "sign_in_provider": "password"}},
	}, m.times(life)...)
}

// custom is a Firebase custom token: signed by a service account's own key, without a kid.
func (m mint) custom(uid string) string {
	return accountKey.seal(object(member{"alg", "RS256"}, member{"typ", "JWT"}), object(append([]member{
		{"iss", address("firebase-adminsdk-demo")}, {"sub", address("firebase-adminsdk-demo")},
		{"aud", "https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit"}, {"uid", uid},
	}, m.times(time.Hour)...)...))
}

func (m mint) appCheck() string {
	return appCheckKey.token(append([]member{
		{"sub", "1:" + number + ":ios:0123456789abcdef012345"},
		{"aud", []string{"projects/" + number, "projects/" + project}}, {"provider", "app_attest"},
		{"iss", "https://firebaseappcheck.googleapis.com/" + number},
	}, m.times(time.Hour)...)...)
}

func (m mint) iap(email, service, region string) string {
	return iapKey.token(append([]member{
		{"aud", "/projects/" + number + "/locations/" + region + "/services/" + service}, {"azp", "/projects/" + number},
		{"email", email}, {"hd", "acme.example"}, {"iss", "https://cloud.google.com/iap"},
		{"sub", "accounts.google.com:" + digits(email)},
	}, m.times(10*time.Minute)...)...)
}

// selfSigned is a service account's JWT about itself, which Google's APIs take and Cloud Run does not.
func (m mint) selfSigned(name, audience string) string {
	return accountKey.token(append([]member{
		{"iss", address(name)}, {"sub", address(name)}, {"aud", audience},
	}, m.times(time.Hour)...)...)
}

// stranger is a token of an issuer of one's own.
func (m mint) stranger() string {
	return strangerKey.token(append([]member{
		{"iss", "https://id.acme.example/"}, {"sub", "probe"}, {"aud", "status"},
	}, m.times(time.Hour)...)...)
}

// accessToken has the shape of a user's access token and plainly is none.
func accessToken() string {
	return "ya29." + "a0" + strings.Repeat("DemoNotARealAccessToken", 9)
}
