package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
)

// Bounds are how much may wait, and how long.
type Bounds struct {
	// PerPerson is how many requests of one person in one chat may be unfinished; those beyond are
	// left out. Default DefaultPerPerson.
	PerPerson int
	// PerConversation is the same for all requests of one chat. Default DefaultPerConversation.
	PerConversation int
	// Queue is how many jobs may wait before the feed is no longer read. Default DefaultQueue.
	Queue int
	// HeldPerPerson is how many requests of one person a pause may hold, and Held how many in all;
	// those beyond are refused. Defaults DefaultHeldPerPerson, DefaultHeld.
	HeldPerPerson, Held int
	// Late is the age up to which a missed request is carried out without asking: after that, its
	// sender may have found another way. Default DefaultLate.
	Late time.Duration
	// PutOff is for how long a request may fail before it is said that it takes longer. Default
	// DefaultPutOff.
	PutOff time.Duration
	// Ask is for how long a request may fail before its sender is asked whether to go on. Default
	// DefaultAsk.
	Ask time.Duration
}

// The defaults of Bounds.
const (
	DefaultPerPerson       = 10
	DefaultPerConversation = 40
	DefaultQueue           = 1000
	DefaultHeldPerPerson   = 20
	DefaultHeld            = 10000
	DefaultLate            = time.Hour
	DefaultPutOff          = 2 * time.Second
	DefaultAsk             = 2 * time.Minute
)

func (b Bounds) withDefaults() Bounds {
	if b.PerPerson <= 0 {
		b.PerPerson = DefaultPerPerson
	}
	if b.PerConversation <= 0 {
		b.PerConversation = DefaultPerConversation
	}
	if b.Queue <= 0 {
		b.Queue = DefaultQueue
	}
	if b.HeldPerPerson <= 0 {
		b.HeldPerPerson = DefaultHeldPerPerson
	}
	if b.Held <= 0 {
		b.Held = DefaultHeld
	}
	if b.Late <= 0 {
		b.Late = DefaultLate
	}
	if b.PutOff <= 0 {
		b.PutOff = DefaultPutOff
	}
	if b.Ask <= 0 {
		b.Ask = DefaultAsk
	}
	return b
}

// admission decides which arrivals are taken, which are left out as surplus and which of those is
// answered for all, and whether the queue is full.
type admission struct {
	store  *engine.Engine
	bounds Bounds

	// turn holds a value while arrivals are decided about and stored, which asks the store and
	// takes its time. The mutex is held for moments only, so that no look at the health waits for
	// that.
	turn chan struct{}

	mu        sync.Mutex // guards what follows
	waiting   int        // jobs, when they were counted last, and those added since
	counted   time.Time  // when that was
	refused   error      // why the last batch was not taken
	refusedAt time.Time
}

func newAdmission(store *engine.Engine, bounds Bounds) *admission {
	return &admission{store: store, bounds: bounds, turn: make(chan struct{}, 1)}
}

// take stores arrivals, unless the queue is full, and returns how many are surplus. Those are
// stored like all others, so that they are known when they come again, but in a conversation of
// their own, and nothing is done for them but that one of them is answered.
func (a *admission) take(ctx context.Context, arrived []arrival) (surplus int, err error) {
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if err := a.checkQueue(ctx); err != nil {
		return 0, errors.Join(err, a.takeUrgent(ctx, arrived))
	}
	if err := a.markSurplus(ctx, arrived); err != nil {
		return 0, err
	}
	jobs, err := jobsOf(arrived)
	if err != nil {
		return 0, err
	}
	if err := a.store.Insert(ctx, jobs...); err != nil {
		return 0, err
	}
	a.addWaiting(len(jobs))
	return logSurplus(ctx, arrived), nil
}

// takeUrgent stores what is heard while the queue is full. The batch comes again as a whole, and
// what is stored then counts once.
func (a *admission) takeUrgent(ctx context.Context, arrived []arrival) error {
	jobs, err := jobsOf(slices.DeleteFunc(slices.Clone(arrived), func(a arrival) bool { return !a.urgent }))
	if err != nil || len(jobs) == 0 {
		return err
	}
	return a.store.Insert(ctx, jobs...)
}

func jobsOf(arrived []arrival) ([]engine.Job, error) {
	jobs := make([]engine.Job, len(arrived))
	for i, a := range arrived {
		var err error
		if jobs[i], err = a.request.job(a.id); err != nil {
			return nil, err
		}
		jobs[i].Memo, jobs[i].Urgent = a, a.urgent
		if a.request.Surplus == "" {
			jobs[i].Lane = a.lane
		}
		if a.silent {
			jobs[i].Finished, jobs[i].Payload = true, nil
		}
	}
	return jobs, nil
}

// logSurplus counts the surplus requests.
func logSurplus(ctx context.Context, arrived []arrival) (surplus int) {
	for _, a := range arrived {
		if a.request.Surplus != "" {
			surplus++
			zerolog.Ctx(ctx).Debug().Str("job", a.id).Str("chat", string(a.request.Stream)).
				Int64("user", int64(a.request.From.ID)).Msg("surplus request was left out")
		}
	}
	return surplus
}

// recountAfter is how long a count of the queue serves.
const recountAfter = time.Second

// checkQueue is an error while the queue is full. The batch is then left unacknowledged, and what
// comes after it unread.
func (a *admission) checkQueue(ctx context.Context) error {
	a.mu.Lock()
	waiting, fresh := a.waiting, time.Since(a.counted) < recountAfter
	a.mu.Unlock()
	if !fresh || waiting >= a.bounds.Queue {
		stats, err := a.store.Stats(ctx)
		if err != nil {
			return err
		}
		waiting = stats.Queued
		a.setWaiting(waiting)
	}
	if waiting >= a.bounds.Queue {
		return fmt.Errorf("%d jobs wait, and no more than %d may", waiting, a.bounds.Queue)
	}
	return nil
}

func (a *admission) setWaiting(waiting int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting, a.counted = waiting, time.Now()
}

func (a *admission) addWaiting(added int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting += added
}

// noteBatch remembers whether a batch of the feed was taken.
func (a *admission) noteBatch(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refused = err; err != nil {
		a.refusedAt = time.Now()
	}
}

// refusalCounts is how long a refusal counts when no batch has come again: another replica may have
// taken it.
const refusalCounts = 45 * time.Second

// refusal is why the last batch of the feed was not taken, nil if it was.
func (a *admission) refusal() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if time.Since(a.refusedAt) > refusalCounts {
		return nil
	}
	return a.refused
}
