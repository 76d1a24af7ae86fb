package sandbox

import (
	"slices"
	"sync"
	"time"

	"roombot/symphony/sandbox/world"
)

// traffic knows whether a bot is at work: a call is under way, or one has ended a moment ago.
type traffic struct {
	mu    sync.Mutex // guards the rest
	calls int
	ended time.Time
}

func (t *traffic) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls++
}

func (t *traffic) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls--
	t.ended = time.Now()
}

// untilQuiet is how much longer it takes, at least, until there has been no call for so long; 0
// when that is so now.
func (t *traffic) untilQuiet(quiet time.Duration) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.calls > 0 {
		return quiet
	}
	return max(0, quiet-time.Since(t.ended))
}

// UntilQuiet is how much longer it takes, at least, until the bots have called nothing for so long,
// with nothing left of what they were given since a moment of the pod's clock; 0 when that is so
// now.
func (p *Pod) UntilQuiet(quiet time.Duration, since time.Time) time.Duration {
	if p.isHandlingEvents(since) {
		return quiet
	}
	return p.traffic.untilQuiet(quiet)
}

// isHandlingEvents reports whether a bot was given events since then, has not acknowledged them,
// and does not ask for more either.
func (p *Pod) isHandlingEvents(since time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.world.Feeds(), func(f *world.Feed) bool {
		return p.parked[f.ID] == 0 && p.world.HasTakenSince(f, since)
	})
}
