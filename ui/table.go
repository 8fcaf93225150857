package ui

import (
	"slices"
	"strings"
)

// cell is one field of a table's row: clean text and its style.
type cell struct {
	text  string
	style style
}

// row draws cells into widths.
func row(widths []int, cols []column, cells []cell) string {
	var b strings.Builder
	first := true
	for i, c := range cells {
		if widths[i] == 0 {
			continue
		}
		if !first {
			b.WriteByte(' ')
		}
		first = false
		text := fit(c.text, widths[i])
		if cols[i].right {
			text = fitRight(c.text, widths[i])
		}
		b.WriteString(c.style.of(text))
	}
	return b.String()
}

// fitRight is fit with the text at the right edge.
func fitRight(s string, w int) string {
	s = cut(s, w)
	return strings.Repeat(" ", room(w, width(s))) + s
}

// plainly takes the styles away.
func plainly(cells []cell) []cell {
	out := slices.Clone(cells)
	for i := range out {
		out[i].style = style{}
	}
	return out
}

// heading draws the titles of columns, filled up to w cells.
func heading(th theme, widths []int, cols []column, w int) string {
	cells := make([]cell, len(cols))
	for i, c := range cols {
		cells[i] = cell{c.title, th.dim}
	}
	return tableRow(th, widths, cols, cells, false, w)
}

// tableRow draws cells filled up to w cells; a selected row in one style, since a style that ends inside would end the selection
// too.
func tableRow(th theme, widths []int, cols []column, cells []cell, selected bool, w int) string {
	if selected {
		return th.selected.of(fit(row(widths, cols, plainly(cells)), w))
	}
	return row(widths, cols, cells) + strings.Repeat(" ", room(w, used(widths)))
}

// withoutAt is a list less one element.
func withoutAt[T any](list []T, at int) []T { return slices.Delete(slices.Clone(list), at, at+1) }
