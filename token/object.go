package token

import (
	"encoding/json"
	"strconv"
)

// object is one JSON object whose names stand in their order. A member that stands twice keeps its first value (and is a defect).
type object struct {
	names  []string
	values map[string]json.RawMessage
}

// str is a member's string value; ok is false where it is absent or no string.
func (o object) str(name string) (string, bool) {
	v := o.values[name]
	if len(v) < 2 || v[0] != '"' {
		return "", false
	}
	return unquote(v), true
}

// has says whether the member is there, null included.
func (o object) has(name string) bool {
	_, ok := o.values[name]
	return ok
}

// num is a member's value as a whole number; ok is false where it is absent or not a whole number in its one plain form: 1000, not 1e3, 1000.0,
// -0, or a number that 64 bits do not hold. RFC 7519 lets a time have a fraction, but no two readers agree on it, and Google writes none.
func (o object) num(name string) (int64, bool) {
	text := string(o.values[name])
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != text {
		return 0, false
	}
	return n, true
}

// list is a member's value as a list of strings; ok is false where it is absent or anything else, a list that holds something else included.
func (o object) list(name string) ([]string, bool) {
	v := o.values[name]
	if len(v) == 0 || v[0] != '[' {
		return nil, false
	}
	var items []json.RawMessage
	if json.Unmarshal(v, &items) != nil {
		return nil, false
	}
	list := make([]string, 0, len(items))
	for _, item := range items {
		if item[0] != '"' {
			return nil, false
		}
		list = append(list, unquote(item))
	}
	return list, true
}

// object is a member's value as an object; ok is false where it is absent or anything else.
func (o object) object(name string) (object, bool) {
	v := o.values[name]
	if len(v) == 0 || v[0] != '{' {
		return object{}, false
	}
	inner, _, _ := readObject(v, "", nil)
	return inner, true
}
