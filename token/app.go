package token

import "strings"

// App is what the container's own verifier takes, as far as anybody said. The zero App says nothing: where the door is open and a
// Firebase token comes, the service's own project is taken as a guess, and shown as one.
type App struct {
	Firebase bool   // it takes Firebase ID tokens, of Project
	Project  string // the Firebase project; "" for the service's own, as a guess
	Tenant   string // the Identity Platform tenant; "" where nobody said
}

const firebaseIssuer = "a Firebase ID token of the app's project"

// toApp says whether it is the app that judges this credential: nobody looks at one at an open door, and the app behind it is
// known, or by the token guessed, to take Firebase's.
func (t *Target) toApp(k Kind) bool {
	return (t.App.Firebase || k.Firebase()) && t.looks == byNobody
}

// firebase is the Firebase project that the app takes tokens of, "" where nothing tells, and whether that is a guess.
func (t *Target) firebase() (project string, guess bool) {
	if t.App.Firebase && t.App.Project != "" {
		return t.App.Project, false
	}
	return t.Project, true
}

// appAccepts judges a kind of credential for the app's own verifier.
func (t *Token) appAccepts(target *Target) Result {
	project, guess := target.firebase()
	switch {
	case t.kind == FirebaseSession:
		return Result{Status: Warn, Got: t.kind.Title() + ", for the app behind the open door", Want: firebaseIssuer,
			Fix: "make sure that the app verifies session cookies, which is another call than that for ID tokens"}
	case t.kind == FirebaseEmulator, t.kind == FirebaseCustom, t.kind == FirebaseAppCheck:
		return Result{Status: Fail, Got: t.kind.Title() + ", for the app behind the open door", Want: firebaseIssuer, Fix: t.kind.instead()}
	case t.kind != FirebaseID:
		return Result{Status: Fail, Got: t.kind.Title() + ", while the app behind the open door takes Firebase's", Want: firebaseIssuer,
			Fix: "sign in with Firebase, and send its ID token"}
	case !guess:
		return pass(t.kind.Title() + ", which the app behind the open door takes")
	}
	r := pass(t.kind.Title() + ", for the app behind the open door to verify; that it does" + forProject(project) + " is a guess")
	r.Confidence = Inferred
	return r
}

func forProject(project string) string {
	if project == "" {
		return ""
	}
	return " for " + project
}

// appTakes judges the project that a Firebase token names in iss or aud, for the app's own verifier.
func (t *Target) appTakes(named, got, want string) Result {
	project, guess := t.firebase()
	switch {
	case project == "":
		return Result{Status: Unknown, Got: got + "; which project the app verifies for is not known", Fix: "look at what the app's Firebase Admin SDK is set up for"}
	case guess && project != named:
		return Result{Status: Warn, Got: got + ", while the service is in " + project, Fix: "make sure that the app verifies for " + named, Confidence: Observed}
	case project != named:
		return Result{Status: Fail, Got: got, Want: want + project, Fix: "send a token of " + project + ", or set the app up for " + named}
	case guess:
		r := pass(got + "; that the app verifies for the service's own project is a guess")
		r.Confidence = Inferred
		return r
	}
	return pass(got + ", as the app expects")
}

// issuedBy is the project at the end of a Firebase issuer.
func (t *Token) issuedBy() string {
	iss, _ := t.claims.str("iss")
	return iss[strings.LastIndexByte(iss, '/')+1:]
}

// appIssuer judges iss for the app's own verifier.
func (t *Token) appIssuer(target *Target) Result {
	iss, _ := t.claims.str("iss")
	if !t.kind.Firebase() {
		project, _ := target.firebase()
		if project == "" {
			project = "PROJECT"
		}
		return Result{Status: Fail, Got: orNone(iss) + ", while the app behind the open door takes Firebase's", Want: issuerFirebase + project,
			Fix: "sign in with Firebase, and send its ID token"}
	}
	return target.appTakes(t.issuedBy(), iss, strings.TrimSuffix(iss, t.issuedBy()))
}

// appAudience judges aud for the app's own verifier: a Firebase token is for a project, not for a service's address.
func (t *Token) appAudience(target *Target) Result {
	aud, ok := t.claims.str("aud")
	if !t.kind.Firebase() {
		project, _ := target.firebase()
		return Result{Status: Fail, Got: orNone(aud) + ", while the app behind the open door takes Firebase's", Want: orElse(project, "PROJECT"),
			Fix: "sign in with Firebase, and send its ID token"}
	}
	if !ok || aud == "" {
		project, _ := target.firebase()
		return Result{Status: Fail, Got: "aud names no project", Want: project, Fix: "find out who made this token"}
	}
	return target.appTakes(aud, aud, "")
}
