package ui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// substitutes are ASCII characters for the signs that this program draws.
var substitutes = map[rune]string{
	'…': "~", '·': "-", '—': "-", '–': "-", '‘': "'", '’': "'", '“': `"`, '”': `"`,
	'→': ">", '←': "<", '↑': "^", '↓': "v", '▸': ">", '▲': "^", '▼': "v", '✓': "+", '✗': "x", '●': "*", '○': "o", '×': "x",
	'▁': "_", '▂': ".", '▃': ".", '▄': "-", '▅': "-", '▆': "=", '▇': "=", '█': "#", '▏': "|",
	'─': "-", '│': "|", '╭': "+", '╮': "+", '╰': "+", '╯': "+",
}

// plain draws a line of the screen, sequences and all, in ASCII alone and in as many cells: for a terminal on which nothing else can be
// counted on. What has no substitute of its own is a question mark. The cells are those that were measured: two where the libraries
// below take a sign for two.
func plain(line string) string {
	at := strings.IndexFunc(line, func(r rune) bool { return r >= utf8.RuneSelf })
	if at < 0 {
		return line
	}
	var b strings.Builder
	b.Grow(len(line))
	b.WriteString(line[:at])
	for _, r := range line[at:] {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
			continue
		}
		s, ok := substitutes[r]
		if !ok {
			s = "?"
		}
		b.WriteString(strings.Repeat(s, ansi.StringWidthWc(string(r))))
	}
	return b.String()
}
