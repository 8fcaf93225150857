package token

import (
	"slices"
	"testing"
)

func TestNumbersAreWholeAndPlain(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "1700000000": 1700000000, "-5": -5, "9223372036854775807": 9223372036854775807, "-9223372036854775808": -9223372036854775808} {
		o, _, _ := readObject([]byte(`{"n":`+text+`}`), "claims", nil)
		if got, ok := o.num("n"); !ok || got != want {
			t.Errorf("%s is read as %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"1e3", "1.0", "1700000000.5", "-0", "1E0", "9223372036854775808", `"1700000000"`, "null", "true", "[1]", "{}"} {
		o, defects, _ := readObject([]byte(`{"n":`+text+`}`), "claims", nil)
		if got, ok := o.num("n"); ok || len(defects) > 0 {
			t.Errorf("%s is read as the whole number %d (%v)", text, got, defects)
		}
	}
	if _, ok := (object{}).num("n"); ok {
		t.Error("what is not there is a number")
	}
}

func TestMembersOfAnObject(t *testing.T) {
	o, defects, _ := readObject([]byte(`{"s":"a\u00e9\n","l":["a","b"],"e":[],"m":["a",1],"o":{"p":{"q":"r"}},"z":null,"s":"second"}`), "claims", nil)
	if len(defects) != 1 {
		t.Errorf("defects %v", defects)
	}
	if !slices.Equal(o.names, []string{"s", "l", "e", "m", "o", "z"}) {
		t.Errorf("names %v", o.names)
	}
	if s, ok := o.str("s"); !ok || s != "aé\n" {
		t.Errorf("s is %q, %v: the first of two is kept", s, ok)
	}
	for _, name := range []string{"l", "o", "z", "absent"} {
		if s, ok := o.str(name); ok {
			t.Errorf("%s is the string %q", name, s)
		}
	}
	if l, ok := o.list("l"); !ok || !slices.Equal(l, []string{"a", "b"}) {
		t.Errorf("l is %q, %v", l, ok)
	}
	if l, ok := o.list("e"); !ok || len(l) != 0 {
		t.Errorf("e is %q, %v", l, ok)
	}
	for _, name := range []string{"s", "m", "o", "z", "absent"} {
		if l, ok := o.list(name); ok {
			t.Errorf("%s is the list %q", name, l)
		}
	}
	p, ok := o.object("o")
	q, ok2 := p.object("p")
	if r, _ := q.str("q"); !ok || !ok2 || r != "r" {
		t.Errorf("o.p.q is %q", r)
	}
	for _, name := range []string{"s", "l", "z", "absent"} {
		if _, ok := o.object(name); ok {
			t.Errorf("%s is an object", name)
		}
	}
	if !o.has("z") || o.has("absent") {
		t.Error("null is there, the absent is not")
	}
}
