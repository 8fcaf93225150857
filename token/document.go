package token

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// members are the names under which JSON holds a credential, without case, dashes and underscores, the likeliest to be meant for Cloud Run first.
var members = []string{"idtoken", "token", "jwt", "sessioncookie", "credential", "assertion", "value", "accesstoken", "refreshtoken"}

// fromJSON finds the credentials in a JSON document, or none where the text is no JSON.
func fromJSON(text string) []piece {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' || !json.Valid([]byte(trimmed)) {
		return nil
	}
	var found []piece
	pair := "" // the name in a pair of name and value, as HAR files and Postman write headers
	eachString([]byte(trimmed), func(name, value string, object, around int) {
		request := object // headers of one object are of one request, and so are pairs of one list
		switch name {
		case "name", "key":
			pair = value
		case "value":
			if pair != "" {
				name, pair, request = pair, "", around
			}
		}
		if p, ok := headerPiece(name, value, line); ok {
			p.note, p.request, p.at = "took the header "+p.via+" out of JSON", request, len(found)+1
			found = append(found, p)
			return
		}
		plain := strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name))
		rank := slices.Index(members, plain)
		if value == "" || (rank < 0 || plain == "value") && !carries(value) {
			return
		}
		note := "took a value out of JSON"
		if rank >= 0 {
			note = "took the value of " + cutName([]byte(name)) + " out of JSON"
		} else {
			rank = len(members)
		}
		found = append(found, piece{raw: value, form: field, note: note, rank: len(headers) + rank})
	})
	slices.SortStableFunc(found, func(a, b piece) int { return a.rank - b.rank })
	return found
}

// eachString calls visit with every string of a valid document that is not a name, the name of the member it belongs to, the number of the
// object that has the member, and the number of what is around that object.
func eachString(document []byte, visit func(name, value string, object, around int)) {
	type level struct {
		object bool
		name   string
		named  bool // a name has been read, its value has not
		at     int  // its number, or for a list inside an object the object's
		around int
	}
	levels := []level{{}}
	count := 0
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	for {
		t, err := d.Token()
		if err != nil {
			return
		}
		now := &levels[len(levels)-1]
		if s, ok := t.(string); ok && now.object && !now.named {
			now.name, now.named = s, true
			continue
		}
		now.named = false
		switch t := t.(type) {
		case json.Delim:
			switch t {
			case '{', '[':
				count++
				inner := level{object: t == '{', name: now.name, at: count, around: now.at}
				if t == '[' && now.object {
					inner.at, inner.around = now.at, now.around
				}
				levels = append(levels, inner)
			default:
				levels = levels[:len(levels)-1]
			}
		case string:
			visit(now.name, t, now.at, now.around)
		}
	}
}
