package sandbox

import (
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

// lacks is how much at least is missing until there has been no call for so long; 0 when there has not.
func (t *traffic) lacks(quiet time.Duration) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.calls > 0 {
		return quiet
	}
	return max(0, quiet-time.Since(t.ended))
}
