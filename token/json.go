package token

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxDepth   = 32   // objects and lists inside one another, the outermost counted
	maxMembers = 4096 // of all objects of one document together
	maxRepeats = 8    // duplicate names reported one by one
)

// jsonReader reads one JSON object as RFC 8259 writes it, and refuses what a looser reader lets through. It reports each breach and goes
// on, so that what can be read is there to be looked at; after a breach of the grammar itself it keeps the members before it.
type jsonReader struct {
	text    []byte
	at      int
	part    string   // "header", "claims", "keys": how a defect names the text
	exact   []string // names whose case must be exact, at the top
	path    []step
	members int
	repeats int
	deep    bool // jws.depth has been reported
	lost    bool // the grammar is broken: nothing after this can be read
	early   bool // and that because the text ends
	defects []defect
}

// step is one step of the path to a value: a name, or an index where the name is nil.
type step struct {
	name  []byte
	index int
}

// readObject reads text, which must be one object with nothing after it. Early says whether it ends in the middle.
func readObject(text []byte, part string, exact []string) (o object, defects []defect, early bool) {
	r := jsonReader{text: text, part: part, exact: exact}
	if !utf8.Valid(text) {
		r.report("jws.json", fmt.Sprintf("byte %d: not UTF-8", invalidByte(text)+1), "valid UTF-8")
	}
	r.space()
	switch {
	case r.at == len(text):
		r.fail("empty", "one JSON object")
	case text[r.at] != '{':
		r.fail(fmt.Sprintf("byte %d: no JSON object begins here", r.at+1), "one JSON object")
	default:
		o = r.top()
	}
	r.space()
	if !r.lost && r.at < len(text) {
		r.report("jws.json", fmt.Sprintf("byte %d: %d bytes after the object", r.at+1, len(text)-r.at), "nothing after the object")
	}
	if r.repeats > maxRepeats {
		r.report("jws.dup_keys", fmt.Sprintf("%d more names stand twice", r.repeats-maxRepeats), "each name once")
	}
	if r.members > maxMembers {
		r.report("jws.depth", fmt.Sprintf("%d members", r.members), fmt.Sprintf("at most %d members", maxMembers))
	}
	return o, r.defects, r.early
}

func (r *jsonReader) report(rule, got, want string) {
	r.defects = append(r.defects, defect{rule: rule, got: r.part + ", " + got, want: want})
}

// fail reports a breach of the grammar. The rest of the text is lost.
func (r *jsonReader) fail(got, want string) {
	if !r.lost {
		r.report("jws.json", got, want)
	}
	r.lost = true
}

// unexpected fails at the byte to be read next, or at the end of the text.
func (r *jsonReader) unexpected(want string) {
	if r.at >= len(r.text) {
		r.early = r.early || !r.lost
		r.fail(fmt.Sprintf("byte %d: ends early", len(r.text)), want)
		return
	}
	r.fail(fmt.Sprintf("byte %d: not JSON", r.at+1), want)
}

func (r *jsonReader) space() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

func (r *jsonReader) peek() byte {
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

// top reads the outermost object and keeps its members.
func (r *jsonReader) top() object {
	o := object{values: make(map[string]json.RawMessage, 16)}
	r.eachMember(1, func(name []byte, value []byte) {
		key := string(name)
		if _, twice := o.values[key]; twice {
			return
		}
		o.names = append(o.names, key)
		o.values[key] = value
		if slices.Contains(r.exact, key) {
			return
		}
		for _, exact := range r.exact {
			if strings.EqualFold(key, exact) {
				r.report("jws.case", "the name "+quoteName(name), strconv.Quote(exact))
			}
		}
	})
	return o
}

// eachMember reads an object at the given depth and hands on each member that was read to its end; value is its text.
func (r *jsonReader) eachMember(depth int, keep func(name, value []byte)) {
	r.at++ // the brace
	r.space()
	if r.peek() == '}' {
		r.at++
		return
	}
	var seen nameSet
	for !r.lost {
		r.space()
		if r.peek() != '"' {
			r.unexpected("a name in quotes")
			return
		}
		quote := r.at
		if !r.str() {
			return
		}
		name := unquoteName(r.text[quote:r.at])
		r.members++
		r.path = append(r.path, step{name: name})
		if !seen.add(name) {
			r.repeats++
			if r.repeats <= maxRepeats {
				r.report("jws.dup_keys", r.where()+" stands twice", "each name once")
			}
		}
		r.space()
		if r.peek() != ':' {
			r.unexpected("a colon after the name")
			return
		}
		r.at++
		r.space()
		start := r.at
		r.value(depth)
		if r.lost {
			return
		}
		r.path = r.path[:len(r.path)-1]
		if keep != nil {
			keep(name, r.text[start:r.at:r.at])
		}
		if r.listEnds('}') {
			return
		}
	}
}

// listEnds reads the comma or the closing byte after an item, and says whether the list ends.
func (r *jsonReader) listEnds(closing byte) bool {
	r.space()
	switch r.peek() {
	case ',':
		r.at++
		return false
	case closing:
		r.at++
		return true
	}
	r.unexpected("a comma or " + strconv.QuoteRune(rune(closing)))
	return true
}

// value reads any value that stands inside depth others.
func (r *jsonReader) value(depth int) {
	c := r.peek()
	if (c == '{' || c == '[') && depth == maxDepth {
		if !r.deep {
			r.report("jws.depth", fmt.Sprintf("byte %d: more than %d levels deep", r.at+1, maxDepth), fmt.Sprintf("at most %d levels", maxDepth))
		}
		r.deep = true
		r.skip()
		return
	}
	switch {
	case c == '{':
		r.eachMember(depth+1, nil)
	case c == '[':
		r.items(depth + 1)
	case c == '"':
		r.str()
	case c == '-' || '0' <= c && c <= '9':
		r.number()
	case c == 't':
		r.literal("true")
	case c == 'f':
		r.literal("false")
	case c == 'n':
		r.literal("null")
	default:
		r.unexpected("a value")
	}
}

func (r *jsonReader) items(depth int) {
	r.at++ // the bracket
	r.space()
	if r.peek() == ']' {
		r.at++
		return
	}
	for i := 0; !r.lost; i++ {
		r.space()
		r.path = append(r.path, step{index: i})
		r.value(depth)
		r.path = r.path[:len(r.path)-1]
		if r.lost || r.listEnds(']') {
			return
		}
	}
}

// skip passes over a value that is too deep, by its brackets alone: what is in it is not read, and recursion stays bounded.
func (r *jsonReader) skip() {
	open := 0
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case '"':
			if !r.str() {
				return
			}
			continue
		case '{', '[':
			open++
		case '}', ']':
			open--
		}
		r.at++
		if open == 0 {
			return
		}
	}
	r.unexpected("the end of a value")
}

func (r *jsonReader) literal(word string) {
	rest := r.text[r.at:]
	if bytes.HasPrefix(rest, []byte(word)) {
		r.at += len(word)
		return
	}
	if strings.HasPrefix(word, string(rest)) {
		r.at = len(r.text)
	}
	r.unexpected("a value")
}

func (r *jsonReader) digits() bool {
	start := r.at
	for r.at < len(r.text) && '0' <= r.text[r.at] && r.text[r.at] <= '9' {
		r.at++
	}
	return r.at > start
}

func (r *jsonReader) number() {
	if r.peek() == '-' {
		r.at++
	}
	if r.peek() == '0' {
		r.at++
	} else if !r.digits() {
		r.unexpected("a digit")
		return
	}
	if r.peek() == '.' {
		r.at++
		if !r.digits() {
			r.unexpected("a digit")
			return
		}
	}
	if c := r.peek(); c == 'e' || c == 'E' {
		r.at++
		if c := r.peek(); c == '+' || c == '-' {
			r.at++
		}
		if !r.digits() {
			r.unexpected("a digit")
		}
	}
}
