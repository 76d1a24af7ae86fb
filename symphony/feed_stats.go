package symphony

import (
	"sync"
	"time"
)

// FeedStats is how a feed fares.
type FeedStats struct {
	// Feed is the one being read, empty when none is.
	Feed DatafeedID
	// LastRead is when a read last completed, zero if never. A healthy feed's is at most half a
	// minute ago, even when nothing happens.
	LastRead time.Time
	// DownSince is when the outage began that has not ended, zero when there is none.
	DownSince time.Time
	// Lag is how long ago, at the last read, the oldest event that it brought had happened, by the
	// service's clock; zero when it brought none.
	Lag time.Duration
	// Reads, Events, Unknown and Failures count since the start; Failures are both reads that
	// failed and batches that were not handled, which Unhandled counts alone.
	Reads, Events, Unknown, Failures, Unhandled int64
	// Handled counts the events that were taken.
	Handled int64
	// Lost counts the feeds that had ended or were taken away; what they held is gone.
	Lost int64
	// LastError is the last failure since the last completed read, nil if there was none.
	LastError error
}

type feedStats struct {
	mu  sync.Mutex // guards now
	now FeedStats
}

// Stats is how the feed fares.
func (f *Feed) Stats() FeedStats {
	f.stats.mu.Lock()
	defer f.stats.mu.Unlock()
	return f.stats.now
}

func (s *feedStats) recordFeed(id DatafeedID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now.Feed = id
}

func (s *feedStats) recordLostFeed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now.Feed = ""
	s.now.Lost++
}

func (s *feedStats) recordRead(at time.Time, events []Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now.LastRead, s.now.DownSince, s.now.LastError = at, time.Time{}, nil
	s.now.Reads++
	s.now.Events += int64(len(events))
	s.now.Lag = eventLag(at, events)
	for _, e := range events {
		if _, unknown := e.(Unknown); unknown {
			s.now.Unknown++
		}
	}
}

// eventLag is the age of the oldest event that has a time.
func eventLag(at time.Time, events []Event) time.Duration {
	var oldest time.Duration
	for _, e := range events {
		if t := e.Head().Time; !t.IsZero() {
			oldest = max(oldest, at.Sub(t))
		}
	}
	return oldest
}

func (s *feedStats) recordFailure(at time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now.DownSince.IsZero() {
		s.now.DownSince = at
	}
	s.now.LastError = err
	s.now.Failures++
}

func (s *feedStats) recordUnhandled(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now.LastError = err
	s.now.Failures++
	s.now.Unhandled++
}

func (s *feedStats) recordHandled(events int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now.Handled += int64(events)
}
