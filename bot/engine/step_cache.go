package engine

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

// stepCache is what an attempt knows of the steps and intentions of its job. Nobody else writes
// them during the attempt, so they are read once.
type stepCache struct {
	mu         sync.Mutex // guards what follows
	results    map[string]json.RawMessage
	intentions map[string]intention
	locks      map[string]chan struct{} // of steps being done; closed when unlocked
	progress   bool                     // this attempt has stored a result
}

type intention struct {
	n    int
	last time.Time
}

func newStepCache() *stepCache {
	return &stepCache{
		results: map[string]json.RawMessage{}, intentions: map[string]intention{}, locks: map[string]chan struct{}{},
	}
}

// lockStep waits until nobody else is doing the step.
func (c *stepCache) lockStep(ctx context.Context, step string) (unlock func(), err error) {
	for {
		c.mu.Lock()
		other, taken := c.locks[step]
		if !taken {
			own := make(chan struct{})
			c.locks[step] = own
			c.mu.Unlock()
			return func() { c.unlockStep(step, own) }, nil
		}
		c.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (c *stepCache) unlockStep(step string, own chan struct{}) {
	c.mu.Lock()
	delete(c.locks, step)
	c.mu.Unlock()
	close(own)
}

func (c *stepCache) result(step string) (json.RawMessage, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.results[step]
	return r, ok
}

func (c *stepCache) countResults() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.results)
}

// summarize counts the intentions of each step, and has 1 beside where its result is stored.
func (c *stepCache) summarize() map[string][2]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := map[string][2]int{}
	for step, i := range c.intentions {
		if i.n > 0 {
			all[step] = [2]int{i.n, 0}
		}
	}
	for step := range c.results {
		all[step] = [2]int{all[step][0], 1}
	}
	return all
}

// setResult keeps a result; isNew says that this attempt has stored it.
func (c *stepCache) setResult(step string, r json.RawMessage, isNew bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.results[step] = r
	c.progress = c.progress || isNew
}

// hasProgress reports whether this attempt has stored a result.
func (c *stepCache) hasProgress() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.progress
}

func (c *stepCache) intention(step string) intention {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.intentions[step]
}

func (c *stepCache) setIntention(step string, i intention) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.intentions[step] = i
}
