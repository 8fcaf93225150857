package token

import (
	"bytes"
	"fmt"
	"strings"
)

// where is the path to the value that is being read: firebase.identities.email[0].
func (r *jsonReader) where() string {
	var b strings.Builder
	for i, s := range r.path {
		if s.name == nil {
			fmt.Fprintf(&b, "[%d]", s.index)
			continue
		}
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(cutName(s.name))
	}
	return b.String()
}

// nameSet tells a name that has been seen before; a short list is faster than a map for the few names of most objects.
type nameSet struct {
	few  [][]byte
	many map[string]bool
}

func (s *nameSet) add(name []byte) bool {
	if s.many == nil {
		for _, n := range s.few {
			if bytes.Equal(n, name) {
				return false
			}
		}
		s.few = append(s.few, name)
		if len(s.few) > 24 {
			s.many = make(map[string]bool, 64)
			for _, n := range s.few {
				s.many[string(n)] = true
			}
		}
		return true
	}
	if s.many[string(name)] {
		return false
	}
	s.many[string(name)] = true
	return true
}
