package ui

import (
	"slices"
	"time"
)

// stillness is the log as it was when the list was paused: filter, scope and groups go on working, on what was there then, and what
// comes in is only counted.
type stillness struct {
	at      time.Time
	entries []*refusal
	log     logState // what counts of them are worth
	held    int      // new rows since
}

// pause makes the list stand still, or shows again what came in meanwhile.
func (p *refusedPane) pause(still bool) {
	p.paused = nil
	if still {
		p.paused = &stillness{at: now(), entries: slices.Clone(p.ring.entries), log: p.listed()}
	}
	p.take()
}

// listed is what numbers of rows are worth: the oldest may have made room, and only be counted.
func (p *refusedPane) listed() logState {
	switch {
	case p.paused != nil:
		return p.paused.log
	case p.log == logWhole && p.ring.short():
		return logPart
	}
	return p.log
}

// worth is what counts of the shown are worth: while the list stands still, what they were then.
func (p *refusedPane) worth() logState {
	if p.paused != nil {
		return p.paused.log
	}
	return p.log
}
