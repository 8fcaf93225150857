package ui

import (
	"image"
	"time"
)

// focus names a pane.
type focus int

const (
	onServices focus = iota
	onAccess
	onToken
	onRefused
	panes // how many there are
)

// layout says where everything stands. A rectangle without area is not drawn. Every subtraction of the screen's arithmetic
// is in this file.
type layout struct {
	header, tabs, footer image.Rectangle
	body                 image.Rectangle // between header and footer
	pane                 [panes]image.Rectangle
	framed               bool
	wide                 bool // four panes at once
}

// Sizes from which more fits: four panes; frames around one.
const (
	wideWidth, wideHeight     = 100, 30
	framedWidth, framedHeight = 60, 18
)

// split lays out a screen of w×h cells. single shows one pane alone, as a narrow screen always does. It takes any size,
// also none.
func split(w, h int, at focus, single bool) layout {
	w, h = max(w, 0), max(h, 0)
	var l layout
	l.header = image.Rect(0, 0, w, min(1, h))
	body := image.Rect(0, l.header.Max.Y, w, h)
	if body.Dy() > 1 {
		l.footer = image.Rect(0, h-1, w, h)
		body.Max.Y--
	}
	l.body = body
	if w >= wideWidth && h >= wideHeight && !single {
		l.wide, l.framed = true, true
		l.four(body)
		return l
	}
	if body.Dy() > 3 {
		l.tabs = image.Rect(0, body.Min.Y, w, body.Min.Y+1)
		body.Min.Y++
	}
	l.framed = w >= framedWidth && h >= framedHeight
	l.pane[at] = body
	return l
}

// four places the panes: refused requests below over the whole width, so that the terminal scrolls them by itself.
func (l *layout) four(body image.Rectangle) {
	refused := clamp(body.Dy()/4, 7, 16)
	left := clamp(body.Dx()*13/30, 44, 84)
	y := body.Max.Y - refused
	access := clamp((y-body.Min.Y)*9/20, 8, 20)
	l.pane[onRefused] = image.Rect(body.Min.X, y, body.Max.X, body.Max.Y)
	l.pane[onServices] = image.Rect(body.Min.X, body.Min.Y, body.Min.X+left, y)
	l.pane[onAccess] = image.Rect(body.Min.X+left, body.Min.Y, body.Max.X, body.Min.Y+access)
	l.pane[onToken] = image.Rect(body.Min.X+left, body.Min.Y+access, body.Max.X, y)
}

// inner is the part of a pane inside its frame, or under its title line where there is no frame: what the pane itself draws.
func (l layout) inner(f focus) image.Rectangle {
	r := l.pane[f]
	if r.Empty() {
		return r
	}
	if !l.framed {
		r.Min.Y++
		return r
	}
	r.Min.X, r.Max.X = r.Min.X+1, max(r.Max.X-1, r.Min.X+1)
	r.Min.Y, r.Max.Y = r.Min.Y+1, max(r.Max.Y-1, r.Min.Y+1)
	return r
}

// halves splits a height between a list and the detail below it, with one line between; a list keeps at least two rows. What stands above
// the rows of a low list makes it higher, as long as the detail keeps its half.
func halves(h, above int) (list, detail int) {
	if h < 6 {
		return max(h, 0), 0
	}
	list = clamp(h*2/5, 2, 14)
	list += clamp(min(above, 14-list, h/2-list), 0, above)
	return list, h - list - 1
}

// column is one column of a table: at least min cells wide, at most max, given up for lack of room in the order of drop
// (the highest first; 0 never).
type column struct {
	title    string
	min, max int
	drop     int
	right    bool
	flex     bool // takes what is left when every column has its max
}

// columns gives each column its width in w cells, with one cell between neighbours; 0 leaves a column out. What is left
// over goes to the columns from the left, as far as each has use for it.
func columns(w int, cols []column) []int {
	widths := make([]int, len(cols))
	for i, c := range cols {
		widths[i] = c.min
	}
	for used(widths) > w {
		worst := -1
		for i, c := range cols {
			if widths[i] > 0 && c.drop > 0 && (worst < 0 || c.drop > cols[worst].drop) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		widths[worst] = 0
	}
	for over := used(widths) - w; over > 0; over = used(widths) - w {
		// Nothing more to leave out: the widest gives way.
		widest := 0
		for i := range widths {
			if widths[i] > widths[widest] {
				widest = i
			}
		}
		if widths[widest] == 0 {
			break
		}
		widths[widest]--
	}
	spare := max(w-used(widths), 0)
	for i, c := range cols {
		if widths[i] > 0 {
			more := clamp(c.max-widths[i], 0, spare)
			widths[i] += more
			spare -= more
		}
	}
	for i, c := range cols {
		if c.flex && widths[i] > 0 {
			widths[i] += spare
			break
		}
	}
	return widths
}

// used is the room that columns take, gaps included.
func used(widths []int) int {
	n, shown := 0, 0
	for _, w := range widths {
		if w > 0 {
			n += w
			shown++
		}
	}
	return n + max(shown-1, 0)
}

// window is the part of n rows that a height of h shows, so that cursor is seen and top moves as little as it can.
func window(n, h, cursor, top int) (newTop int) {
	if h <= 0 || n <= h {
		return 0
	}
	if cursor < top {
		top = cursor
	}
	if cursor >= top+h {
		top = cursor - h + 1
	}
	return clamp(top, 0, n-h)
}

// room is what is left of w after used cells, never less than 0.
func room(w int, used ...int) int {
	for _, u := range used {
		w -= u
	}
	return max(w, 0)
}

func clamp[T int | time.Duration](n, lo, hi T) T { return max(lo, min(n, hi)) }
