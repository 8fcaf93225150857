package token

import (
	"encoding/json"
	"maps"
)

// MintedFor is the token as it would be, had it been asked for with another audience; everything else stays, the outcome of
// its signature too. It is for trying out what would help, and nil for what nobody can ask for with an audience of their own:
// all but ID tokens of service accounts.
func (t *Token) MintedFor(audience string) *Token {
	if t.Kind() != GoogleIDSA && t.Kind() != GoogleIDSAFull {
		return nil
	}
	aud, err := json.Marshal(audience)
	if err != nil || !t.claims.has("aud") {
		return nil
	}
	claims := object{names: t.claims.names, values: maps.Clone(t.claims.values)}
	claims.values["aud"] = aud
	return &Token{&sealed{&content{
		raw: t.raw, header: t.header, claims: claims, signature: t.signature, segments: t.segments, removed: t.removed,
		kind: t.kind, repairs: t.repairs, defects: t.defects, via: t.via, wins: t.wins, beaten: t.beaten,
	}}}
}
