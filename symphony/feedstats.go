package symphony

import (
	"sync"
	"time"
)

// FeedStats is how a feed fares.
type FeedStats struct {
	// Feed is the one being read, empty when none is.
	Feed DatafeedID
	// LastRead is when a read last completed, zero if never. A healthy feed's is at
	// most half a minute ago, even when nothing happens.
	LastRead time.Time
	// Reads, Events, Unknown and Failures count since the start.
	Reads, Events, Unknown, Failures int64
	// LastError is the last failure since the last completed read, nil if there was none.
	LastError error
}

type feedStats struct {
	mu  sync.Mutex // guards now
	now FeedStats
}

// Stats tells how the feed fares.
func (f *Feed) Stats() FeedStats {
	f.stats.mu.Lock()
	defer f.stats.mu.Unlock()
	return f.stats.now
}

// LastRead is when a read last completed, zero if never.
func (f *Feed) LastRead() time.Time { return f.Stats().LastRead }

func (s *feedStats) acquired(id DatafeedID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now.Feed = id
}

func (s *feedStats) read(at time.Time, events []Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now.LastRead, s.now.LastError = at, nil
	s.now.Reads++
	s.now.Events += int64(len(events))
	for _, e := range events {
		if _, unknown := e.(Unknown); unknown {
			s.now.Unknown++
		}
	}
}

func (s *feedStats) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now.LastError = err
	s.now.Failures++
}

func (s *feedStats) unhandled(err error) { s.failed(err) }
