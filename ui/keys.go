package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// keyMap is every key of the program with its help, so that the footer, the help screen and Update cannot disagree.
type keyMap struct {
	quit, help, next, prev, one, two, three, four                 key.Binding
	zoom, back, paste, typed, sample, clear, copy                 key.Binding
	whatIf, another, caller, audience, troubleshoot               key.Binding
	report, project                                               key.Binding
	filter, sort, reverse, refresh                                key.Binding
	pause, follow, scope                                          key.Binding
	longer, shorter, again, address, groups, mark, match, unmatch key.Binding
	up, down, pageUp, pageDown, halfUp, halfDown, first, last     key.Binding
	detailUp, detailDown, show                                    key.Binding

	// What the help shows in place of the keys that move, as long as none is changed; they match nothing.
	move, ends key.Binding
	moved      bool
}

func newKeyMap() keyMap {
	bind := func(keys []string, sign, words string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(sign, words))
	}
	return keyMap{
		quit:    bind([]string{"q"}, "q", "quit"),
		help:    bind([]string{"?"}, "?", "help"),
		next:    bind([]string{"tab"}, "tab", "next pane"),
		prev:    bind([]string{"shift+tab"}, "shift+tab", "previous pane"),
		one:     bind([]string{"1"}, "1", "services"),
		two:     bind([]string{"2"}, "2", "access"),
		three:   bind([]string{"3"}, "3", "token"),
		four:    bind([]string{"4"}, "4", "refused"),
		zoom:    bind([]string{"enter"}, "enter", "zoom"),
		back:    bind([]string{"esc"}, "esc", "back"),
		paste:   bind([]string{"p"}, "p", "paste a token"),
		typed:   bind([]string{"i"}, "i", "type a token"),
		sample:  bind([]string{"d"}, "d", "demo token"),
		clear:   bind([]string{"x"}, "x", "forget the token"),
		another: bind([]string{"n"}, "n", "next credential"),
		whatIf:  bind([]string{"w"}, "w", "what if"),
		copy:    bind([]string{"c"}, "c", "copy the fix"),
		show:    bind([]string{"C"}, "C", "show what can be copied"),
		filter:  bind([]string{"/"}, "/", "filter"),
		sort:    bind([]string{"s"}, "s", "sort"),
		reverse: bind([]string{"S"}, "S", "reverse"),
		refresh: bind([]string{"r"}, "r", "refresh"),
		report:  bind([]string{"R"}, "R", "report"),
		pause:   bind([]string{"space"}, "space", "pause"),
		follow:  bind([]string{"f"}, "f", "follow"),
		scope:   bind([]string{"a"}, "a", "all services"),
		mark:    bind([]string{"m"}, "m", "mark or hide"),
		match:   bind([]string{"n"}, "n", "next match"),
		unmatch: bind([]string{"N"}, "N", "match before"),
		groups:  bind([]string{"v"}, "v", "groups"),
		again:   bind([]string{"c"}, "c", "copy as curl"),
		address: bind([]string{"u"}, "u", "copy the log's address"),
		longer:  bind([]string{"]"}, "]", "longer window"),
		shorter: bind([]string{"["}, "[", "shorter window"),

		caller:   bind([]string{"t"}, "t", "can they?"),
		audience: bind([]string{"l"}, "l", "who accepts?"),

		project:      bind([]string{"P"}, "P", "another project"),
		troubleshoot: bind([]string{"T"}, "T", "ask Google's Policy Troubleshooter too"),

		up:         bind([]string{"up", "k"}, "↑ k", "up"),
		down:       bind([]string{"down", "j"}, "↓ j", "down"),
		pageUp:     bind([]string{"pgup", "ctrl+b"}, "pgup", "a page up"),
		pageDown:   bind([]string{"pgdown", "ctrl+f"}, "pgdown", "a page down"),
		halfUp:     bind([]string{"ctrl+u"}, "ctrl+u", "half a page up"),
		halfDown:   bind([]string{"ctrl+d"}, "ctrl+d", "half a page down"),
		first:      bind([]string{"home", "g"}, "home g", "first"),
		last:       bind([]string{"end", "G"}, "end G", "last"),
		detailUp:   bind([]string{"K"}, "K", "scroll the explanation up"),
		detailDown: bind([]string{"J"}, "J", "scroll the explanation down"),
		move:       key.NewBinding(key.WithHelp("↑↓ jk", "move")),
		ends:       key.NewBinding(key.WithHelp("g G", "first, last")),
	}
}

// motion is where a key moves to; noMotion for a key that does not.
func (km keyMap) motion(m tea.KeyPressMsg) motion {
	switch {
	case key.Matches(m, km.up):
		return lineUp
	case key.Matches(m, km.down):
		return lineDown
	case key.Matches(m, km.pageUp):
		return pageUp
	case key.Matches(m, km.pageDown):
		return pageDown
	case key.Matches(m, km.halfUp):
		return halfUp
	case key.Matches(m, km.halfDown):
		return halfDown
	case key.Matches(m, km.first):
		return toFirst
	case key.Matches(m, km.last):
		return toLast
	}
	return noMotion
}
