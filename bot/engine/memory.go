package engine

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

// memory is what a running job knows of its steps and intents. While the job is ours nobody else writes them, so they are read once.
type memory struct {
	mu      sync.Mutex // guards what follows
	results map[string]json.RawMessage
	intents map[string]intent
	inside  map[string]chan struct{} // steps being done; closed when left
	fresh   bool                     // a result was stored in this attempt
}

type intent struct {
	n    int
	last time.Time
}

func newMemory() *memory {
	return &memory{
		results: map[string]json.RawMessage{}, intents: map[string]intent{}, inside: map[string]chan struct{}{},
	}
}

// enter waits until nobody else is doing the step.
func (m *memory) enter(ctx context.Context, step string) (leave func(), err error) {
	for {
		m.mu.Lock()
		other, taken := m.inside[step]
		if !taken {
			mine := make(chan struct{})
			m.inside[step] = mine
			m.mu.Unlock()
			return func() { m.leave(step, mine) }, nil
		}
		m.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (m *memory) leave(step string, mine chan struct{}) {
	m.mu.Lock()
	delete(m.inside, step)
	m.mu.Unlock()
	close(mine)
}

func (m *memory) result(step string) (json.RawMessage, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.results[step]
	return r, ok
}

func (m *memory) steps() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.results)
}

func (m *memory) setResult(step string, r json.RawMessage) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.results[step] = r
	m.fresh = true
}

func (m *memory) recallResult(step string, r json.RawMessage) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.results[step] = r
}

func (m *memory) stored() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.fresh
}

func (m *memory) intent(step string) intent {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.intents[step]
}

func (m *memory) setIntent(step string, i intent) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.intents[step] = i
}
