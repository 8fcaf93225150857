package ui

import (
	"time"

	"why401/gcp"
	"why401/token"
)

// Messages are past-tense facts. Each names the request it answers and carries its own error, so that an answer to a
// question nobody asks any more is told from one that is awaited.

// clientOpened answers openClient.
type clientOpened struct {
	client *gcp.Client
	err    error
}

// servicesFound answers listServices and nextServices of a generation, while there is more to come.
type servicesFound struct {
	generation int
	lister     *gcp.Lister
	part       gcp.Part
	at         time.Time
}

// servicesListed answers listServices of a generation.
type servicesListed struct {
	generation int
	listing    gcp.Listing
	at         time.Time
	err        error
}

// policyRead answers readPolicy of a service in a generation.
type policyRead struct {
	generation int
	service    string
	policy     gcp.Policy
	at         time.Time
	err        error
}

// tailOpened answers openTail.
type tailOpened struct {
	attempt int
	tail    *gcp.Tail
	at      time.Time
	err     error
}

// entriesArrived answers nextEntries: one message of a tail, or its end.
type entriesArrived struct {
	attempt    int
	refusals   []*refusal
	changes    []gcp.Change
	suppressed gcp.Suppressed
	at         time.Time
	err        error
}

// entriesListed answers listLate, and nextPage of the reading with a serial.
type entriesListed struct {
	attempt  int
	serial   int
	purpose  purpose
	from     time.Time // of a second list: how far it reaches back
	refusals []*refusal
	changes  []gcp.Change
	more     bool // there were more than were read
	full     bool // the ring takes no more that is older
	at       time.Time
	err      error
}

// changesListed answers readChanges since a moment.
type changesListed struct {
	attempt int
	from    time.Time
	changes []gcp.Change
	more    bool
	at      time.Time
	err     error
}

// keysFetched answers fetchKeys.
type keysFetched struct {
	url   string
	set   token.KeySet
	clock token.Clock
	at    time.Time
	err   error
}

// tokenRead answers readToken and loadSample: the credentials of what was pasted or chosen, the likeliest first.
type tokenRead struct {
	tokens []*token.Token
	label  string // where they came from, in words
	err    error
}

// The timers. Each names what it was set for; one that was set for something else by now is dropped.
type (
	ticked     struct{}                    // a second passed while something counts down
	refreshDue struct{ generation int }    // the services are to be listed again
	quotaDue   struct{ of spot }           // a region whose quota was used up may be asked for policies again
	drawDue    struct{}                    // new rows may be drawn again
	restDue    struct{ serial int }        // the cursor may have come to rest
	answerLost struct{ turn int }          // the terminal has not answered in time
	rotateDue  struct{ attempt int }       // the tail is to be replaced before it ends
	streamDue  struct{ attempt, turn int } // the stream's next step is due
	noticeDue  struct{ serial int }        // a notice has stood long enough
	openDue    struct{ turn int }          // the client may be opened again
)
