package demo

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// page is a position in a list: how many empty pages came already, and after which key to go on.
type page struct {
	hollow int
	after  string
}

// position reads a token of the list that scope names. The token of another list is refused, as in the real API.
func (c *Cloud) position(token, scope string) (page, error) {
	if token == "" {
		return page{}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < 9 || string(raw[:8]) != stamp(scope) {
		return page{}, invalid("The page token is invalid: it must come from the previous response to the same request.")
	}
	return page{hollow: int(raw[8]), after: string(raw[9:])}, nil
}

// token seals a position for the list that scope names.
func (p page) token(scope string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(stamp(scope) + string([]byte{byte(p.hollow)}) + p.after))
}

func stamp(scope string) string {
	sum := sha256.Sum256([]byte(scope))
	return string(sum[:8])
}

func scopeOf(parts ...string) string { return strings.Join(parts, "\x00") }

// take cuts one page out of items, which are ordered by key. It returns the token of the next page, "" at the end.
func take[T any](c *Cloud, items []T, key func(T) string, token, scope string, size, limit int) ([]T, string, error) {
	p, err := c.position(token, scope)
	if err != nil {
		return nil, "", err
	}
	if p.hollow < c.hollow {
		p.hollow++
		return nil, p.token(scope), nil
	}
	if size <= 0 || size > limit {
		size = limit
	}
	if c.pageSize > 0 {
		size = min(size, c.pageSize)
	}
	from := 0
	if p.after != "" {
		for from < len(items) && key(items[from]) <= p.after {
			from++
		}
	}
	to := min(from+size, len(items))
	if to == len(items) {
		return items[from:to], "", nil
	}
	p.after = key(items[to-1])
	return items[from:to], p.token(scope), nil
}
