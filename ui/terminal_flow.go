package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// A slow link has no brakes: sshd takes whatever is written, and what the link does not carry waits in line, the echo of a key behind
// it. So what is drawn without being asked for, new rows of the log, goes out at most every drawTime, and one frame at a time: behind
// each goes a question (DA1, which every terminal answers and which changes nothing), and until the answer is back no newer rows are
// drawn. They are kept meanwhile, and the next frame shows them all. What the user asks for with a key is drawn at once.
const (
	drawTime   = 100 * time.Millisecond // between two drawings of new log rows
	behindTime = 20 * time.Millisecond  // until a frame has been written: Bubble Tea writes sixty a second
	lostTime   = 2 * time.Second        // until an answer is given up
	silentTime = 30 * time.Second       // until a terminal that did not answer is asked again
)

// flow says when new rows of the log may be drawn. Its zero value lets the first ones through.
type flow struct {
	paced  bool      // drawTime is not over
	asking bool      // an answer is awaited
	silent bool      // the last answer did not come: nothing waits for the next one
	asked  time.Time // the last question
	turn   int       // of the last question
}

// ready says whether new rows may be drawn now.
func (f *flow) ready() bool { return !f.paced && f.arrived() }

// arrived says whether the terminal has come as far as the last question, as far as that can be known.
func (f *flow) arrived() bool { return !f.asking || f.silent }

// drew notes that new rows are drawn, and has the terminal asked behind them.
func (f *flow) drew(at time.Time) tea.Cmd {
	f.paced = true
	return tea.Batch(after(drawTime, drawDue{}), f.ask(at))
}

// ask has the terminal asked behind the frame that is drawn now, unless it is being asked or has nothing to say.
func (f *flow) ask(at time.Time) tea.Cmd {
	if f.asking || f.silent && at.Sub(f.asked) < silentTime {
		return nil
	}
	f.asking, f.asked = true, at
	f.turn++
	question := after(behindTime, tea.RawMsg{Msg: ansi.RequestPrimaryDeviceAttributes})
	return tea.Batch(question, after(behindTime+lostTime, answerLost{f.turn}))
}

// answered takes the terminal's answer, however late.
func (f *flow) answered() { f.asking, f.silent = false, false }

// lost gives the answer up: the terminal has none to give, or the link is that slow. Then the pace alone is kept.
func (f *flow) lost(m answerLost) {
	if f.asking && m.turn == f.turn {
		f.asking, f.silent = false, true
	}
}
