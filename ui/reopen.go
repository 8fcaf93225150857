package ui

import (
	"errors"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"
	"google.golang.org/grpc/codes"

	"why401/gcp"
)

// The client is opened in the background, again and again until it stands, and anew when Google no longer takes its credentials:
// the user logs in again in another window, and a client goes on with the credentials that it was made with. Whatever is on the
// screen stays, with its age.
const (
	firstReopen = time.Second      // until the client is opened again: the new login may be there already
	reopenTime  = 15 * time.Second // the longest such wait
	firstRelist = 5 * time.Second  // until the services are listed again after a failure; refreshTime is the longest wait
	longestAsk  = 10 * time.Minute // that Google may ask to wait
)

// opener is what is known of opening the client.
type opener struct {
	opening bool // an openClient is on its way
	turn    int  // of openDue
	wait    time.Duration
	at      time.Time // when it is opened again, where err says why
	err     error     // why there is no client; nil before the first answer, and while there is one
	since   int       // the generation from which on answers are the client's
}

// open opens the client, where there is none and none is on its way.
func (r *root) open() tea.Cmd {
	if r.client != nil || r.opener.opening {
		return nil
	}
	r.opener.opening = true
	return openClient(r.ctx, r.o.Open)
}

func (r *root) clientOpened(m clientOpened) tea.Cmd {
	r.opener.opening = false
	if m.err != nil {
		return r.reopen(m.err)
	}
	r.opener.err = nil
	r.client = m.client
	r.refused.project = m.client.Project()
	r.refused.several = len(m.client.All()) > 1
	r.services.projects, r.access.projects = m.client.All(), m.client.All()
	if r.stream == nil {
		r.stream = newStream(r.ctx, r.client, r.o.Since)
		return tea.Batch(r.refresh(false), r.streamed(r.stream.open()))
	}
	return tea.Batch(r.refresh(false), r.streamed(r.stream.join(r.client)))
}

// dismissed is the error of an answer that says that Google no longer takes the client's credentials; nil for every other
// message, and for answers to a client before it.
func (r *root) dismissed(msg tea.Msg) error {
	var err error
	mine := r.client != nil
	switch m := msg.(type) {
	case servicesListed:
		err, mine = m.err, mine && m.generation == r.generation
		if err == nil && len(m.listing.Failed) > 0 {
			err = m.listing.Failed[0].Err
		}
	case policyRead:
		err, mine = m.err, mine && m.generation >= r.opener.since
		if mine && unauthenticated(err) {
			r.policyRead(m)
		}
	case tailOpened:
		err, mine = m.err, mine && m.attempt == r.stream.attempt
	case watched:
		err, mine = m.err, mine && m.attempt == r.stream.attempt
	case entriesArrived:
		err, mine = m.err, mine && m.attempt == r.stream.attempt
	case entriesListed:
		err, mine = m.err, mine && m.attempt == r.stream.attempt
	}
	if !mine || !unauthenticated(err) {
		return nil
	}
	return err
}

// unauthenticated says that credentials are not taken; that the way to where they are looked at is broken is another thing, and
// mends without a login.
func unauthenticated(err error) bool {
	var e *gcp.Error
	return errors.As(err, &e) && e.Code == codes.Unauthenticated && !e.Unreached
}

// part gives up a client whose credentials are no longer taken, and opens the next.
func (r *root) part(err error) tea.Cmd {
	old := r.client
	r.client = nil
	if r.cancelList != nil {
		r.cancelList()
	}
	r.generation++
	r.opener.since = r.generation
	r.inherited.forget() // its answers will be another client's
	r.stream.part(err)
	return tea.Batch(closeClient(old), r.reopen(err))
}

// reopen opens the client after a while, a longer one each time.
func (r *root) reopen(err error) tea.Cmd {
	o := &r.opener
	o.err = err
	o.wait = clamp(2*o.wait, firstReopen, reopenTime)
	d := max(o.wait, googleAsks(err))
	o.turn++
	o.at = now().Add(d)
	r.services.show(gcp.Listing{}, now(), err)
	if r.stream == nil {
		r.refused.tell(nil, err)
	} else {
		r.stream.err = err
		r.streamed(nil)
	}
	return after(d, openDue{o.turn})
}

// googleAsks is how long Google asks to wait after an error, within reason; 0 where it asks nothing.
func googleAsks(err error) time.Duration {
	var e *gcp.Error
	if errors.As(err, &e) {
		return min(e.Retry, longestAsk)
	}
	return 0
}

// waits is the nearest moment at which something that failed is tried again; the zero value where nothing waits.
func (r *root) waits() time.Time {
	switch {
	case r.client == nil && r.opener.err != nil && !r.opener.opening:
		return r.opener.at
	case r.client == nil:
		return time.Time{}
	case r.stream.waits(r.time) > 0:
		return r.stream.next
	}
	return r.services.again
}

// pulse is what goes on, in words for the header, and whether all is well. It is the one place in which seconds are counted
// down: each costs the link some twenty bytes.
func (r *root) pulse() (word string, well bool) {
	o := r.opener
	switch {
	case r.client == nil && o.err != nil && o.opening:
		return "connecting", false
	case r.client == nil && o.err != nil && unauthenticated(o.err):
		return "log in, retry " + seconds(o.at.Sub(r.time)), false
	case r.client == nil && o.err != nil:
		return "retry " + seconds(o.at.Sub(r.time)), false
	}
	word = r.stream.word(r.time)
	if well = word == "live"; well && !r.services.again.IsZero() {
		return "live, list retry " + seconds(r.services.again.Sub(r.time)), false
	}
	return word, well
}

// seconds is what a count-down shows: whole seconds, rounded up, so that it ends with what it announces.
func seconds(d time.Duration) string {
	return strconv.Itoa(int((max(d, 0)+time.Second-1)/time.Second)) + "s"
}
