package ui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// substitutes are ASCII characters for the signs that this program draws, cell by cell.
var substitutes = map[rune]string{
	'…': "~", '·': "-", '—': "-", '–': "-", '‘': "'", '’': "'", '“': `"`, '”': `"`,
	'→': ">", '←': "<", '↑': "^", '↓': "v", '▸': ">", '▲': "^", '▼': "v", '✓': "+", '✗': "x", '●': "*", '○': "o",
	'▁': "_", '▂': ".", '▃': ".", '▄': "-", '▅': "-", '▆': "=", '▇': "=", '█': "#", '▏': "|",
	'─': "-", '│': "|", '╭': "+", '╮': "+", '╰': "+", '╯': "+",
}

// plain draws a line of the screen, sequences and all, in ASCII alone and in as many cells: for a terminal on which nothing else can be
// counted on. What has no substitute of its own is a question mark in every cell.
func plain(line string) string {
	at := strings.IndexFunc(line, func(r rune) bool { return r >= utf8.RuneSelf })
	if at < 0 {
		return line
	}
	var b strings.Builder
	b.Grow(len(line))
	b.WriteString(line[:at])
	for _, r := range line[at:] {
		switch s, ok := substitutes[r]; {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case ok:
			b.WriteString(s)
		default:
			b.WriteString("??"[:min(ansi.StringWidthWc(string(r)), 2)])
		}
	}
	return b.String()
}
