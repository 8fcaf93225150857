package token

import (
	"slices"
	"time"
)

// listed names the credentials of a paste by their kinds. Those of one kind are told apart by the first thing in which they all differ: the
// header, a claim, the expiry; where nothing short tells them apart, their place in the list does.
func listed(all []found) []string {
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = f.token.kind.Title()
	}
	titles := slices.Clone(names)
	for i, title := range titles {
		if slices.Index(titles, title) != i {
			continue
		}
		var same []int
		for j := range titles {
			if titles[j] == title {
				same = append(same, j)
			}
		}
		for n, text := range tellApart(all, same) {
			names[same[n]] += text
		}
	}
	return names
}

// tellApart are the words that tell some credentials of one kind apart; nil for one alone, and where nothing does.
func tellApart(all []found, same []int) []string {
	if len(same) < 2 {
		return nil
	}
	for _, by := range [...]struct {
		word string
		of   func(found) string
	}{
		{" in ", func(f found) string { return f.piece.via }},
		{" for ", func(f found) string { return f.claim("aud") }},
		{" of ", func(f found) string { return f.claim("email") }},
		{" until ", func(f found) string {
			if at, ok := f.token.Expiry(); ok {
				return at.Format(time.RFC3339)
			}
			return ""
		}},
	} {
		const longest = 100 // bytes; a list is for reading
		var texts []string
		for _, i := range same {
			text := by.of(all[i])
			if text == "" || len(text) > longest || slices.Contains(texts, by.word+text) {
				break
			}
			texts = append(texts, by.word+text)
		}
		if len(texts) == len(same) {
			return texts
		}
	}
	return nil
}

// claim is a claim for a list, without what looks like a credential.
func (f found) claim(name string) string {
	s, _ := f.token.claims.str(name)
	return Scrub(s)
}
