package sandbox

import (
	"slices"
	"sync"
	"time"
)

// traffic knows whether a bot is at work: a call is under way, or one has ended a moment ago. Waiting for events is no work.
type traffic struct {
	mu    sync.Mutex
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

// lacks is how much longer it takes, at least, until there has been no call for so long; 0 when that is so now.
func (t *traffic) lacks(quiet time.Duration) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.calls > 0 {
		return quiet
	}
	return max(0, quiet-time.Since(t.ended))
}

// lacks is how much longer it takes, at least, until the bots have been at rest for a moment after somebody has spoken to
// them; 0 when they have.
func (p *Pod) lacks(spoken time.Time) time.Duration {
	if p.handling(spoken) || p.cfg.AtWork != nil && p.cfg.AtWork() {
		return p.cfg.Quiet
	}
	return p.calls.lacks(p.cfg.Quiet)
}

// handling tells whether a bot was given events since then, has not acknowledged them, and does not ask for more either.
func (p *Pod) handling(since time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, given := p.now(), since.Add(p.cfg.Visibility)
	return slices.ContainsFunc(p.state.Feeds, func(f *feed) bool {
		return p.parked[f.ID] == 0 && slices.ContainsFunc(f.Queue, func(d *delivery) bool {
			return d.Visible.After(now) && !d.Visible.Before(given)
		})
	})
}
