package ui

import (
	"context"
	"errors"

	"why401/gcp"
	"why401/token"
)

// KeyFile is a set of public keys that the user has at hand: a JWKS, or an x509 map as Google publishes some.
type KeyFile struct {
	Issuer string // whose keys they are, as tokens name it in iss; "" for whatever issuer the token names
	Name   string // the file's name, for messages
	Body   []byte
}

// keyring is the keys that a token is verified with, and what their server's clock says.
type keyring struct {
	keys  token.Keys
	clock token.Clock
}

// keyring takes the keys for a token from the files, and fetches them where no file is for its issuer and the network may be
// used. Keys that cannot be had are no error: the signature is then unknown, and the report says why.
func (o CheckOptions) keyring(ctx context.Context, t *token.Token) (keyring, error) {
	name, url := t.KeysName(), t.KeysURL()
	set, found, err := fromFiles(o.Keys, t, name)
	switch {
	case err != nil || name == "":
		return keyring{}, err
	case found, o.Offline && set.Err != "":
		return keyring{keys: token.Keys{name: set}}, nil
	case o.Offline || url == "":
		return keyring{}, nil
	}
	file, err := gcp.FetchKeys(ctx, o.HTTP, url)
	if err == nil {
		set, err = token.ParseKeys(file.Body)
	}
	set.Read, set.Age = file.Read, file.MaxAge
	if err != nil {
		set.Err = clean(err.Error())
	}
	return keyring{keys: token.Keys{url: set}, clock: clockOf(file)}, nil
}

// fromFiles chooses among the files the one for a token's issuer, whose keys have a name: of those bound to it, or else of those
// bound to none, the first that verifies the token, and otherwise the first that has the key it names. How old a file's keys are
// nobody knows, so that a key that is not among them may still be published. found says whether they are the issuer's: a file that is bound
// to none and lacks the key may be another's. A service account's own keys are in a file that is bound to it, or nowhere.
func fromFiles(files []KeyFile, t *token.Token, name string) (chosen token.KeySet, found bool, err error) {
	worth := map[token.Answer]int{token.Unsure: 1, token.No: 2, token.Yes: 3}
	best, bound := 0, false
	for _, f := range files {
		set, err := token.ParseKeys(f.Body)
		because := "not fetched: from " + clean(f.Name)
		if errors.Is(err, token.ErrNoKey) {
			err, because = nil, clean(f.Name)+" has no key for RS256 or ES256"
		}
		if err != nil {
			return token.KeySet{}, false, &Error{Text: clean(f.Name) + ": " + clean(err.Error()), Hint: "give a JWKS or a map of key ids to certificates, as the issuer publishes it"}
		}
		issuer := token.KeysOf(f.Issuer)
		switch {
		case f.Issuer != "" && issuer == "":
			return token.KeySet{}, false, &Error{Text: clean(f.Name) + ": keys of its issuer verify nothing here",
				Hint: "issuers known are https://accounts.google.com, https://securetoken.google.com/PROJECT, https://session.firebase.google.com/PROJECT, https://firebaseappcheck.googleapis.com/NUMBER, https://cloud.google.com/iap, and a service account by its address"}
		case f.Issuer != "" && issuer != name, f.Issuer == "" && (bound || t.KeysURL() == ""):
			continue
		case f.Issuer != "" && !bound:
			bound, best = true, 0
		}
		set.Err = because
		if w := worth[t.Verified(token.Keys{name: set})]; w > best {
			chosen, best = set, w
		}
	}
	return chosen, bound && best > 0 || best > worth[token.Unsure], nil
}
