package token

import (
	"regexp"
	"slices"
)

// longWord is more than any name has in one piece, and less than any token.
var longWord = regexp.MustCompile(`[A-Za-z0-9_+=-]{64}|eyJ[A-Za-z0-9_-]{6}`)

// Suspect says whether an argument of a command line looks like a credential, by its kind or by its length. It would rather refuse a
// strange name than let a token stand in a shell's history.
func Suspect(arg string) bool {
	if longWord.MatchString(arg) {
		return true
	}
	t, err := Read([]byte(arg))
	return err == nil && t.Kind() != None && t.Kind() != Unrecognised
}

// wordOfToken is what the pieces of tokens are made of, and longer than most words of names.
var wordOfToken = regexp.MustCompile(`[A-Za-z0-9_+=~-]{20,}`)

// HoldsPiece says whether text may hold a piece of a token, such as the name of a file that was pasted in the wrong place. It goes by what
// is random, so that a long name of words and dates passes.
func HoldsPiece(text string) bool {
	return slices.ContainsFunc(wordOfToken.FindAllString(text, -1), restless)
}

// restless says whether a word changes between capitals, small letters and digits all the time, as what is random does and names do not.
func restless(word string) bool {
	class := func(c byte) int {
		switch {
		case c >= 'a' && c <= 'z':
			return 0
		case c >= 'A' && c <= 'Z':
			return 1
		case c >= '0' && c <= '9':
			return 2
		}
		return 3
	}
	changes := 0
	for i := 1; i < len(word); i++ {
		if class(word[i]) != class(word[i-1]) {
			changes++
		}
	}
	return changes*5 >= len(word)*2
}
