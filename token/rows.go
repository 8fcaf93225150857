package token

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

var (
	// rowMark is what stands at the beginning of each row of quoted mail, a table or a comment. A sign that base64url has too counts with a space only.
	rowMark = regexp.MustCompile(`^[ \t]*((?:(?:[>|]|(?:#|//|\*|\+|-|;)[ \t])[ \t]*)+)`)
	// rowNumber is the number of a row, as an editor or grep shows it.
	rowNumber = regexp.MustCompile(`^[ \t]*([0-9]{1,6})(?:[ \t]*[:|)][ \t]*|[ \t]+)`)

	// seam is where one text goes on in the next: quotes that close and open again, with at most a plus, a dot or a backslash between them.
	seam = regexp.MustCompile(`"[ \t]*[+.\\]?[ \t]*\n?[ \t]*[+.]?[ \t]*[bfru]?"|'[ \t]*[+.\\]?[ \t]*\n?[ \t]*[+.]?[ \t]*[bfru]?'`)

	// wrappedName is a header's name, up to Bearer where that follows, in which a terminal may have broken the row; rowBreak is such a break.
	wrappedName = regexp.MustCompile(breakable("authorization:") + `(?:[ \t\n]*` + breakable("bearer") + `)?`)
	rowBreak    = regexp.MustCompile(`[ \t]*\n[ \t]*`)

	// nameEnd is what stands behind a text that is a name.
	nameEnd = regexp.MustCompile(`^[ \t]*[=:]`)
)

// rows takes off what stands before every row of a paste that was copied out of quoted mail, a table, a numbered listing or a program. In a command the
// shell puts texts together itself.
func (c *cleaned) rows() {
	for _, step := range []struct {
		strip  func(string) (string, bool)
		quoted bool
		note   string
	}{
		{unmarked, true, "removed a sign at the beginning of each row"},
		{unnumbered, true, "removed the number of each row"},
		{unseamed, false, "put together texts that stood in quotes one after another"},
	} {
		if text, ok := step.strip(c.text); ok && holdsStart(text) {
			c.text, c.hidden, c.quoted = text, nil, c.quoted || step.quoted
			c.repairs = append(c.repairs, Repair{ID: "in.prefix", Text: step.note})
		}
	}
}

// unmarked is the text without the sign that each of its rows begins with, spaces aside; ok is false where they have none in common.
func unmarked(text string) (string, bool) {
	return eachRow(text, rowMark, func(first, this string, _ int) bool {
		return strings.ReplaceAll(first, " ", "") == strings.ReplaceAll(this, " ", "")
	})
}

// unnumbered is the text without numbers that count its rows.
func unnumbered(text string) (string, bool) {
	return eachRow(text, rowNumber, func(first, this string, row int) bool {
		from, err1 := strconv.Atoi(first)
		n, err2 := strconv.Atoi(this)
		return err1 == nil && err2 == nil && n == from+row
	})
}

// eachRow takes off what the pattern finds at the beginning of every row, where all of them, two at least, have it, the test holds for each, and one holds
// nothing but what may be a part of a token: curl -v marks its rows too, and wraps none. Empty rows at the ends are none.
func eachRow(text string, pattern *regexp.Regexp, holds func(first, this string, row int) bool) (string, bool) {
	rows := strings.Split(strings.Trim(text, "\n"), "\n")
	if len(rows) < 2 {
		return "", false
	}
	first, part := "", false
	for i, row := range rows {
		at := pattern.FindStringSubmatchIndex(row + " ")
		if at == nil {
			return "", false
		}
		sign := strings.TrimSpace((row + " ")[at[2]:at[3]])
		if i == 0 {
			first = sign
		}
		if !holds(first, sign, i) {
			return "", false
		}
		rows[i] = row[min(at[1], len(row)):]
		if strings.HasSuffix(sign, "|") { // a table closes its rows, too
			rows[i] = strings.TrimRight(rows[i], " \t|")
		}
		part = part || joinable(strings.TrimSpace(rows[i]))
	}
	return strings.Join(rows, "\n"), part
}

// unseamed is the text with such seams closed as stand inside a token: behind a long run of base64url and dots, before a text of nothing else, and not
// where that begins a token of its own.
func unseamed(text string) (string, bool) {
	if !strings.ContainsAny(text, `"'`) {
		return "", false
	}
	var b strings.Builder
	from := 0
	for _, at := range seam.FindAllStringIndex(text, -1) {
		before, after := text[:at[0]], text[at[1]:]
		const least = 16
		if tail := before[max(0, len(before)-least):]; len(tail) < least || strings.ContainsFunc(tail, notInToken) {
			continue
		}
		if end := strings.IndexFunc(after, notInToken); end <= 0 || after[end] != text[at[0]] || starts(after) && before[len(before)-1] != '.' || nameEnd.MatchString(after[end+1:]) {
			continue
		}
		b.WriteString(text[from:at[0]])
		from = at[1]
	}
	if from == 0 {
		return "", false
	}
	if _, command, _ := fromCommand(text); command {
		return "", false
	}
	b.WriteString(text[from:])
	return b.String(), true
}

// breakable is a pattern for a word with a break of the row anywhere inside.
func breakable(word string) string {
	return "(?i:" + strings.Join(strings.Split(word, ""), `(?:[ \t]*\n[ \t]*)?`) + ")"
}

// rename puts together the name of a header, and the word Bearer behind it, where a narrow terminal broke the row in one of them. Nobody sends a name like
// that, and so the other breaks around it are the terminal's, too.
func (c *cleaned) rename() {
	const least = 20 // characters of a row
	if strings.IndexByte(c.text, '\n') < least {
		return
	}
	text := wrappedName.ReplaceAllStringFunc(c.text, func(name string) string {
		head, word, ok := strings.Cut(name, ":")
		if !ok {
			return name
		}
		space := word[:len(word)-len(strings.TrimLeft(word, " \t\n"))]
		return rowBreak.ReplaceAllString(head, "") + ":" + space + rowBreak.ReplaceAllString(word[len(space):], "")
	})
	if text != c.text {
		c.text, c.hidden, c.quoted = text, nil, true
		c.repairs = append(c.repairs, Repair{ID: "in.whitespace", Text: "removed a line break inside the header's name or Bearer"})
	}
}

// unbreak is a JSON document without the breaks that a terminal made, where only they keep it from being one.
func (c *cleaned) unbreak() {
	text := strings.TrimSpace(c.text)
	if text == "" || text[0] != '{' && text[0] != '[' || !strings.Contains(text, "\n") || json.Valid([]byte(text)) {
		return
	}
	if text = strings.ReplaceAll(text, "\n", ""); json.Valid([]byte(text)) {
		c.text, c.hidden = text, nil
		c.repairs = append(c.repairs, Repair{ID: "in.whitespace", Text: "removed line breaks that a terminal made"})
	}
}

func notInToken(r rune) bool { return r != '.' && notBase64(r) }
