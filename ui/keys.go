package ui

import "charm.land/bubbles/v2/key"

// keyMap is every key of the program with its help, so that the footer, the help screen and Update cannot disagree.
type keyMap struct {
	quit, help, next, prev, one, two, three, four                 key.Binding
	zoom, back, paste, typed, sample, clear, copy                 key.Binding
	whatIf, another                                               key.Binding
	filter, sort, reverse, refresh                                key.Binding
	pause, follow, scope, move, ends                              key.Binding
	longer, shorter, again, address, groups, mark, match, unmatch key.Binding
}

func newKeyMap() keyMap {
	bind := func(keys []string, sign, words string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(sign, words))
	}
	return keyMap{
		quit:    bind([]string{"q", "ctrl+c"}, "q", "quit"),
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
		filter:  bind([]string{"/"}, "/", "filter"),
		sort:    bind([]string{"s"}, "s", "sort"),
		reverse: bind([]string{"S"}, "S", "reverse"),
		refresh: bind([]string{"r"}, "r", "refresh"),
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
		move:    bind([]string{"up", "down", "k", "j", "pgup", "pgdown"}, "↑↓ jk", "move"),
		ends:    bind([]string{"g", "G", "home", "end"}, "g G", "first, last"),
	}
}
