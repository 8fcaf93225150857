package demo

import (
	"slices"
	"sync"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// mostEntries is how many entries the log keeps; the oldest go first.
const mostEntries = 200_000

// journal is the log of all projects, in the order in which entries came in.
type journal struct {
	mu      sync.Mutex
	entries []*loggingpb.LogEntry
	made    map[string]uint64      // by project
	lists   map[string][]time.Time // ListLogEntries calls of the last minute, by project
	hidden  []hidden
}

// hidden are entries that are received and cannot be found yet.
type hidden struct {
	until   time.Time
	entries []*loggingpb.LogEntry
}

// next numbers the entries of a project; no two projects use the same numbers.
func (j *journal) next(of string) uint64 {
	const apart = 10 * mostEntries
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.made == nil {
		j.made = map[string]uint64{project: 0}
	}
	if _, there := j.made[of]; !there {
		j.made[of] = apart * uint64(len(j.made))
	}
	j.made[of]++
	return j.made[of]
}

func (j *journal) add(entries []*loggingpb.LogEntry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, entries...)
	if over := len(j.entries) - mostEntries; over > 0 {
		j.entries = append([]*loggingpb.LogEntry(nil), j.entries[over:]...)
	}
}

// hide takes in entries that are found from a moment on.
func (j *journal) hide(until time.Time, entries []*loggingpb.LogEntry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.hidden = append(j.hidden, hidden{until, entries})
}

// all is the log as it stands. Entries are never changed once they are in it.
func (j *journal) all() []*loggingpb.LogEntry {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := time.Now()
	j.hidden = slices.DeleteFunc(j.hidden, func(h hidden) bool {
		if now.Before(h.until) {
			return false
		}
		j.entries = append(j.entries, h.entries...)
		return true
	})
	return j.entries[:len(j.entries):len(j.entries)]
}

// listed counts a ListLogEntries call of a project and says whether it is within 60 a minute.
func (j *journal) listed(now time.Time, of string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.lists == nil {
		j.lists = map[string][]time.Time{}
	}
	var recent []time.Time
	for _, t := range j.lists[of] {
		if now.Sub(t) < time.Minute {
			recent = append(recent, t)
		}
	}
	j.lists[of] = recent
	if len(recent) >= 60 {
		return false
	}
	j.lists[of] = append(recent, now)
	return true
}

// Emit puts refusals into the log and hands them to the open tails, in the order given.
func (c *Cloud) Emit(refusals ...Refusal) {
	c.EmitEntries(c.entries(refusals)...)
}

func (c *Cloud) entries(refusals []Refusal) []*loggingpb.LogEntry {
	entries := make([]*loggingpb.LogEntry, len(refusals))
	for i, r := range refusals {
		entries[i] = r.entry(c)
	}
	return entries
}

// EmitUntold puts refusals into the log of which no tail tells, and which a list finds only after a while: they are received now, as
// what comes in while a tail is being opened, or what a tail holds back.
func (c *Cloud) EmitUntold(found time.Duration, refusals ...Refusal) {
	entries := c.entries(refusals)
	timed(entries)
	c.journal.hide(time.Now().Add(found), entries)
}

// EmitChange puts changes into the audit log and hands them to the open tails.
func (c *Cloud) EmitChange(changes ...Change) {
	entries := make([]*loggingpb.LogEntry, len(changes))
	for i, h := range changes {
		entries[i] = h.entry(c)
	}
	c.EmitEntries(entries...)
}

// EmitEntries puts entries into the log as they are and hands them to the open tails. Where timestamp or receiveTimestamp are
// missing they become now. The entries must not be changed afterwards. The same entry may be given twice: a tail then brings
// it twice, a list once, as in the real API.
func (c *Cloud) EmitEntries(entries ...*loggingpb.LogEntry) {
	timed(entries)
	c.journal.add(entries)
	c.tails.offer(entries)
}

// timed gives entries the times that they lack.
func timed(entries []*loggingpb.LogEntry) {
	now := timestamppb.New(time.Now())
	for _, e := range entries {
		if e.ReceiveTimestamp == nil {
			e.ReceiveTimestamp = now
		}
		if e.Timestamp == nil {
			e.Timestamp = e.ReceiveTimestamp
		}
	}
}
