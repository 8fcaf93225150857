package token

import "slices"

// Repairs are what Read changed in what was pasted, and what it noticed, in the order in which it did. The slice is the caller's.
func (t *Token) Repairs() []Repair {
	if t.absent() {
		return nil
	}
	return slices.Clone(t.repairs)
}
