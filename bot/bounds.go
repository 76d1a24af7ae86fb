package bot

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// What is assumed of a bound that is not given.
const (
	DefaultPerConversation = 20
	DefaultQueue           = 1000
)

// Bounds are how much may wait, and how long.
type Bounds struct {
	// PerConversation is how many commands of one conversation may be
	// unfinished; those beyond are not carried out. Default DefaultPerConversation.
	PerConversation int
	// Queue is how many commands of all may wait before the feed is no longer
	// read. Default DefaultQueue.
	Queue int
	// Late is the age up to which a missed command is carried out without asking:
	// after that, its sender may have found another way. Default 1 h.
	Late time.Duration
}

func (b Bounds) withDefaults() Bounds {
	if b.PerConversation <= 0 {
		b.PerConversation = DefaultPerConversation
	}
	if b.Queue <= 0 {
		b.Queue = DefaultQueue
	}
	if b.Late <= 0 {
		b.Late = time.Hour
	}
	return b
}

// gate remembers how many commands wait in the store, and how the last batch
// fared.
type gate struct {
	mu      sync.Mutex // guards what follows
	refused error
	at      time.Time // when it was refused last
	waiting int       // commands, when they were counted last, and those added since
	counted time.Time
}

// recountAfter is how long a count of the queue serves.
const recountAfter = time.Second

// reasonKept is how long a refusal counts when nobody has come again: another
// replica may have taken the batch.
const reasonKept = 45 * time.Second

// full is an error while enough commands wait. The batch is then left
// unacknowledged, and what comes after it unread.
func (b *Bot) full(ctx context.Context) error {
	waiting, fresh := b.gate.count()
	if !fresh || waiting >= b.bounds.Queue {
		stats, err := b.engine.Stats(ctx)
		if err != nil {
			return err
		}
		waiting = b.gate.recount(stats.Queued)
	}
	if waiting >= b.bounds.Queue {
		return fmt.Errorf("%d commands wait, and no more than %d may", waiting, b.bounds.Queue)
	}
	return nil
}

func (g *gate) count() (waiting int, fresh bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.waiting, time.Since(g.counted) < recountAfter
}

func (g *gate) recount(waiting int) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting, g.counted = waiting, time.Now()
	return waiting
}

// passed remembers how a batch fared.
func (g *gate) passed(commands int, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refused = err; err != nil {
		g.at = time.Now()
		return
	}
	g.waiting += commands
}

// reason is why the last batch was not taken, if it was not.
func (g *gate) reason() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if time.Since(g.at) > reasonKept {
		return nil
	}
	return g.refused
}
