package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// filter is a line to type words into; a list shows what has them all.
type filter struct {
	input  textinput.Model
	typing bool
	words  []string
}

func newFilter() filter {
	in := textinput.New()
	in.CharLimit = 200
	// Its ctrl+v runs a helper program on the host; nothing here may start a child process.
	in.KeyMap.Paste = key.NewBinding(key.WithDisabled())
	return filter{input: in}
}

// another starts typing a word of its own behind those that are there.
func (f *filter) another() {
	if v := f.input.Value(); v != "" && !strings.HasSuffix(v, " ") {
		f.input.SetValue(v + " ")
	}
	f.begin()
}

// begin starts typing at the end of what is there.
func (f *filter) begin() {
	f.typing = true
	f.input.Focus()
	f.input.CursorEnd()
}

// update takes a key while typing: enter keeps the filter, esc clears it. It says whether the words changed.
func (f *filter) update(m tea.KeyPressMsg) (changed bool) {
	switch m.String() {
	case "esc":
		f.clear()
		return true
	case "enter":
		f.typing = false
		f.input.Blur()
		return false
	}
	before := f.input.Value()
	f.input, _ = f.input.Update(m)
	return f.read(before)
}

// paste takes pasted text while typing.
func (f *filter) paste(text string) (changed bool) {
	before := f.input.Value()
	f.input.SetValue(before + strings.Join(strings.Fields(text), " "))
	f.input.CursorEnd()
	return f.read(before)
}

func (f *filter) read(before string) bool {
	f.words = strings.Fields(strings.ToLower(f.input.Value()))
	return f.input.Value() != before
}

// value is what was typed, without the space around it.
func (f *filter) value() string { return strings.TrimSpace(f.input.Value()) }

// clear ends typing and forgets the words.
func (f *filter) clear() {
	f.typing = false
	f.input.Blur()
	f.input.Reset()
	f.words = nil
}

// on says whether the filter hides anything.
func (f *filter) on() bool { return len(f.words) > 0 }

// text is the filter as it stands, for a title: "/cart", with a bar where the next letter comes.
func (f *filter) text(g glyphs) string {
	if !f.typing && !f.on() {
		return ""
	}
	if !f.typing {
		return "/" + clean(f.value())
	}
	runes := []rune(f.input.Value())
	at := clamp(f.input.Position(), 0, len(runes))
	return "/" + clean(string(runes[:at])) + g.bar + clean(string(runes[at:]))
}
