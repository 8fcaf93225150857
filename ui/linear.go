package ui

import (
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"why401/token"
)

// The dashboard in lines, for screen readers, for pipes and for terminals that can do nothing else: the same model without its screen. A line
// is read, its answer is written when what it takes is known, and nothing that was written ever changes. Its rules:
//
//   - A sentence or two a line, words for glyphs, nothing drawn in columns.
//   - Nothing is said unasked, but for new refusals while follow is on, and those not more often than every announceTime.
//   - A line that takes longer than answerWithin is answered with what is known by then.
const (
	answerWithin = 20 * time.Second
	announceTime = 3 * time.Second
	spokenWidth  = 4000 // cells of a line: nothing is wrapped, the terminal does that
	promptSign   = "why401> "
)

// linear is the model of the dashboard in lines. It owns a root, which does everything but draw.
type linear struct {
	root   *root
	in     *lineReader
	out    io.Writer
	prompt bool // somebody types: a sign stands where the next line goes

	text    strings.Builder // still to be written
	writing bool
	reading bool
	hidden  bool   // the next line is a token
	asked   string // the line whose answer is awaited; "" for none
	late    bool   // it has been awaited long enough
	turn    int    // of patienceOver
	taking  bool   // a token is on its way
	ending  bool   // no more lines are read
	err     error  // of the output, or errInterrupted

	listed    []*refusal // as they were numbered last
	following bool
	told      *refusal // the newest that was announced
	pausing   bool     // an announceDue is on its way
}

// The messages of the dashboard in lines.
type (
	lineRead struct { // answers readLine
		text   string
		hidden bool
		err    error // io.EOF, errGivenUp, errInterrupted
	}
	linesWritten struct{ err error } // answers writeLines
	patienceOver struct{ turn int }  // an answer has been awaited long enough
	announceDue  struct{}            // new refusals may be told again
)

// newLinear puts a root without a screen behind lines.
func newLinear(r *root, in *lineReader, out io.Writer) *linear {
	r.resize(200, 60)
	return &linear{root: r, in: in, out: out, prompt: in.typed}
}

func readLine(in *lineReader) tea.Cmd {
	return func() tea.Msg {
		text, err := in.line()
		return lineRead{text, false, err}
	}
}

// readSecret reads a line that is not shown, and invites to it once nothing is shown any more.
func readSecret(in *lineReader, out io.Writer, invitation string) tea.Cmd {
	return func() tea.Msg {
		text, err := in.secret(func() { _, _ = io.WriteString(out, invitation) })
		return lineRead{text, true, err}
	}
}

func writeLines(out io.Writer, text string) tea.Cmd {
	return func() tea.Msg {
		_, err := io.WriteString(out, text)
		return linesWritten{err}
	}
}

// Init begins, and says what can be said.
func (l *linear) Init() tea.Cmd {
	if l.prompt {
		l.say("why401, " + clean(l.root.project()) + ". Say help for the words it knows.")
	}
	return tea.Batch(l.root.Init(), l.proceed())
}

// View draws nothing.
func (l *linear) View() tea.View { return tea.NewView("") }

// Update routes a message to the root, or takes it, and proceeds.
func (l *linear) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch m := msg.(type) {
	case tea.WindowSizeMsg: // there is no screen
	case lineRead:
		cmd = l.read(m)
	case linesWritten:
		l.writing = false
		if m.err != nil {
			l.err, l.ending = m.err, true
			l.text.Reset()
		}
	case patienceOver:
		l.late = l.late || m.turn == l.turn
	case announceDue:
		l.pausing = false
	default:
		_, cmd = l.root.Update(msg)
		if _, ok := msg.(tokenRead); ok {
			l.taking = false
		}
	}
	return l, tea.Batch(cmd, l.proceed())
}

// read takes a line.
func (l *linear) read(m lineRead) tea.Cmd {
	l.reading, l.hidden = false, false
	switch {
	case errors.Is(m.err, errGivenUp):
		l.say("Given up.")
		return nil
	case m.err != nil:
		if l.ending = true; errors.Is(m.err, errInterrupted) {
			l.err = m.err
		}
		if m.text == "" {
			return nil
		}
	}
	l.root.time = now()
	l.turn++
	l.late = false
	wait := after(answerWithin, patienceOver{l.turn})
	switch {
	case m.hidden:
		l.asked = "verdict"
		return tea.Batch(l.take(m.text), wait)
	case isCredential(m.text):
		l.say("This looks like a token, and is taken for one. A terminal shows what is typed here, and may cut it at 4095 characters; the word token reads the next line unseen and whole.")
		l.asked = "verdict"
		return tea.Batch(l.take(m.text), wait)
	}
	l.asked = strings.TrimSpace(m.text)
	if strings.HasPrefix(l.asked, "access") {
		// What stands in front of a service is read only where somebody looks at its access.
		l.root.focus(onAccess)
		return tea.Batch(wait, l.root.settle())
	}
	return wait
}

// take reads a token that was pasted or piped in.
func (l *linear) take(text string) tea.Cmd {
	l.root.forget()
	if strings.TrimSpace(text) == "" {
		l.asked = ""
		l.say("That was empty.")
		return nil
	}
	l.taking = true
	return readToken([]byte(text), "pasted")
}

// proceed answers the line that is awaited if it can be, announces, reads the next line, and writes.
func (l *linear) proceed() tea.Cmd {
	var cmds []tea.Cmd
	if l.asked != "" {
		words := strings.Fields(l.asked)
		o, known := l.order(words[0])
		switch {
		case !known:
			l.asked = ""
			l.say("There is no word " + nameOf(words[0]) + ". Say help for those there are.")
		case l.late || o.ready == nil || o.ready(l):
			l.asked = ""
			if o.ready != nil {
				l.root.services.keep() // what is said next is of the same service
			}
			cmds = append(cmds, o.run(l, words[1:]))
		}
	}
	cmds = append(cmds, l.announce())
	if l.asked == "" && !l.reading && !l.ending {
		l.reading = true
		switch {
		case !l.hidden && l.prompt:
			l.text.WriteString(promptSign)
			fallthrough
		case !l.hidden:
			cmds = append(cmds, readLine(l.in))
		case l.prompt:
			cmds = append(cmds, readSecret(l.in, l.out, "Paste the token, then press enter. It is not shown. Escape gives up.\r\n"))
		default:
			cmds = append(cmds, readSecret(l.in, l.out, ""))
		}
	}
	return tea.Batch(append(cmds, l.write())...)
}

// write writes what is to be written, one piece at a time, and ends when there is nothing more to do.
func (l *linear) write() tea.Cmd {
	switch {
	case l.writing:
		return nil
	case l.text.Len() > 0:
		text := l.text.String()
		l.text.Reset()
		l.writing = true
		return writeLines(l.out, text)
	case l.ending && l.asked == "":
		return l.root.quit()
	}
	return nil
}

// say writes one line, clean but for what is our own.
func (l *linear) say(line string) {
	if l.root.o.ASCII {
		line = plain(line)
	}
	l.text.WriteString(line + "\n")
}

// announce tells of refusals that are new while follow is on.
func (l *linear) announce() tea.Cmd {
	if !l.following || l.pausing || l.ending {
		return nil
	}
	fresh := l.entries()
	if l.told != nil {
		at, found := slices.BinarySearchFunc(fresh, l.told, order)
		if found {
			at++
		}
		fresh = fresh[at:]
	}
	if len(fresh) == 0 {
		return nil
	}
	l.told = fresh[len(fresh)-1]
	l.pausing = true
	if l.prompt && l.reading {
		l.text.WriteString("\n") // away from the sign, and what is being typed
	}
	const most = 3
	if n := len(fresh) - most; n > 0 {
		l.say(plural(n, "more refusal") + ".")
		fresh = fresh[n:]
	}
	for _, e := range fresh {
		l.say(l.spoken(e))
	}
	if l.prompt && l.reading {
		l.text.WriteString(promptSign)
	}
	return after(announceTime, announceDue{})
}

// entries are the refusals of the scope, in the order of the log, without changes and gaps.
func (l *linear) entries() []*refusal {
	return slices.DeleteFunc(slices.Clone(l.root.refused.shown), func(e *refusal) bool { return e.note != "" })
}

// isCredential says whether a line is a token rather than words.
func isCredential(line string) bool {
	return token.Scrub(line) != line || len(line) > 200
}
