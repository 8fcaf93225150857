package demo

import (
	"sync"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// mostEntries is how many entries the log keeps; the oldest go first.
const mostEntries = 200_000

// journal is the project's log, in the order in which entries came in.
type journal struct {
	mu      sync.Mutex
	entries []*loggingpb.LogEntry
	made    uint64
	lists   []time.Time // ListLogEntries calls of the last minute
}

// next numbers entries.
func (j *journal) next() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.made++
	return j.made
}

func (j *journal) add(entries []*loggingpb.LogEntry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, entries...)
	if over := len(j.entries) - mostEntries; over > 0 {
		j.entries = append([]*loggingpb.LogEntry(nil), j.entries[over:]...)
	}
}

// all is the log as it stands. Entries are never changed once they are in it.
func (j *journal) all() []*loggingpb.LogEntry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.entries[:len(j.entries):len(j.entries)]
}

// listed counts a ListLogEntries call and says whether it is within 60 a minute.
func (j *journal) listed(now time.Time) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	var recent []time.Time
	for _, t := range j.lists {
		if now.Sub(t) < time.Minute {
			recent = append(recent, t)
		}
	}
	j.lists = recent
	if len(recent) >= 60 {
		return false
	}
	j.lists = append(j.lists, now)
	return true
}

// Emit puts refusals into the log and hands them to the open tails, in the order given.
func (c *Cloud) Emit(refusals ...Refusal) {
	entries := make([]*loggingpb.LogEntry, len(refusals))
	for i, r := range refusals {
		entries[i] = r.entry(c)
	}
	c.EmitEntries(entries...)
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
	now := timestamppb.New(time.Now())
	for _, e := range entries {
		if e.ReceiveTimestamp == nil {
			e.ReceiveTimestamp = now
		}
		if e.Timestamp == nil {
			e.Timestamp = e.ReceiveTimestamp
		}
	}
	c.journal.add(entries)
	c.tails.offer(entries)
}
