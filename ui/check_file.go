package ui

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// mostTarget is how large a --target file may be, in bytes; a service with its policy has some ten thousand.
const mostTarget = 4 << 20

// wellFormed checks that a file is one JSON value as everybody reads it: UTF-8, no name twice in an object, nothing after it.
// The error says the place and quotes no value of the file.
func wellFormed(file string, text []byte) error {
	const mend = "mend the file; jq . FILE shows the place too"
	switch {
	case len(text) > mostTarget:
		return &Error{Text: fmt.Sprintf("%s: larger than %d MiB", file, mostTarget>>20), Hint: "give the service and its policy alone"}
	case len(bytes.TrimSpace(text)) == 0:
		return &Error{Text: file + ": empty", Hint: "see why401 check --help for what belongs into it"}
	case !utf8.Valid(text):
		return &Error{Text: file + ": not UTF-8", Hint: "write it again as UTF-8; PowerShell's > writes UTF-16"}
	}
	var whole json.RawMessage
	err := json.Unmarshal(text, &whole)
	if bad := (*json.SyntaxError)(nil); errors.As(err, &bad) {
		return &Error{Text: fmt.Sprintf("%s, %s: %s", file, position(text, bad.Offset), clean(bad.Error())), Hint: mend}
	}
	if err != nil {
		return &Error{Text: file + ": not JSON", Hint: mend}
	}
	if place := doubled(text); place != "" {
		return &Error{Text: file + ": " + place + " stands there twice", Hint: "keep one of the two"}
	}
	return nil
}

// position is the line and the column of a byte, both from 1.
func position(text []byte, offset int64) string {
	before := text[:min(max(offset-1, 0), int64(len(text)))]
	line := bytes.Count(before, []byte("\n"))
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return fmt.Sprintf("line %d, column %d", line+1, column+1)
}

// level is an object or a list that is being read.
type level struct {
	names map[string]bool // nil for a list
	name  string          // of the member being read
	at    int             // the element being read
	value bool            // a member's name has been read, its value comes next
}

// doubled is the place of the first name that stands twice in one object, "" where there is none. The text is valid JSON.
func doubled(text []byte) string {
	in := json.NewDecoder(bytes.NewReader(text))
	in.UseNumber()
	var open []*level
	for {
		t, err := in.Token()
		if err != nil { // io.EOF, since the text is valid
			return ""
		}
		if t == json.Delim('}') || t == json.Delim(']') {
			open = open[:len(open)-1]
			continue
		}
		if n := len(open); n > 0 {
			top := open[n-1]
			if top.names != nil && !top.value {
				top.name, top.value = t.(string), true
				if top.names[top.name] {
					return placeOf(open)
				}
				top.names[top.name] = true
				continue
			}
			top.value = false
			top.at++
		}
		switch t {
		case json.Delim('{'):
			open = append(open, &level{names: map[string]bool{}})
		case json.Delim('['):
			open = append(open, &level{at: -1})
		}
	}
}

// placeOf writes where a reader stands: policy.bindings[0].role.
func placeOf(open []*level) string {
	var b strings.Builder
	for i, l := range open {
		switch {
		case l.names == nil:
			b.WriteString("[" + strconv.Itoa(l.at) + "]")
		case i == 0:
			b.WriteString(nameOf(l.name))
		default:
			b.WriteString("." + nameOf(l.name))
		}
	}
	return b.String()
}

// nameOf is a member's name for a message. A long one is not repeated: it may be a token that came into the wrong file.
func nameOf(name string) string {
	const most = 32
	if len(name) > most || name == "" {
		return fmt.Sprintf("(a name of %d bytes)", len(name))
	}
	return clean(name)
}

// readAtMost reads no more than n bytes, and one more where there are more.
func readAtMost(in io.Reader, n int64) ([]byte, error) {
	return io.ReadAll(io.LimitReader(in, n+1))
}
