package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// cancelGrace is how long cancelled commands may take to return, and to store what they have done.
const cancelGrace = 5 * time.Second

// Run carries out commands until ctx ends, waits for the running ones up to Config.Drain and then cancels them.
// It returns nil after a regular end; commands cut short run again at the next start or with another replica, without having used up an
// attempt. On PostgreSQL it also ends, with an error that wraps ErrLost, when the other replicas may take this one for dead.
// It can be called once. Handle and Failed get the values of ctx, the logger among them.
func (e *Engine) Run(ctx context.Context) error {
	if e.started.Swap(true) {
		return errors.New("run commands: called twice")
	}
	lasting := context.WithoutCancel(ctx)
	if err := e.queue.Start(lasting); err != nil {
		return fmt.Errorf("run commands: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	present, leave := context.WithCancel(lasting)
	var upkeep sync.WaitGroup
	upkeep.Go(func() { e.upkeep(ctx) })
	upkeep.Go(func() { e.trouble.watch(present) })
	watched := make(chan error, 1)
	go func() { watched <- e.presence.watch(present) }()

	var lost error
	select {
	case <-ctx.Done():
		lost = e.stop(lasting, e.config.Drain) // present to the end
	case err := <-watched:
		zerolog.Ctx(ctx).Error().Err(err).Msg("commands are given up to the other replicas")
		lost = errors.Join(err, e.stop(lasting, -1))
		watched <- nil
	}
	cancel()
	leave()
	upkeep.Wait()
	if err := errors.Join(lost, <-watched); err != nil {
		return fmt.Errorf("run commands: %w", err)
	}
	return nil
}

func (e *Engine) stop(ctx context.Context, patience time.Duration) error {
	drain, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if e.queue.Stop(drain) == nil {
		return nil
	}
	zerolog.Ctx(ctx).Info().Int("running", e.runningNow()).Msg("commands took too long to end and were cancelled")
	grace, cancel := context.WithTimeout(ctx, cancelGrace)
	defer cancel()
	err := e.queue.StopAndCancel(grace)
	if err == nil {
		return nil
	}
	if running := e.runningNow(); running > 0 {
		e.stuck.Store(true)
		return fmt.Errorf("%d commands did not end when cancelled: %w", running, err)
	}
	// The commands have ended. The queue's own housekeeping has not, on a machine that is slow or does not get to its disk.
	rest, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	if err := e.queue.Stop(rest); err != nil {
		e.stuck.Store(true) // it may be about to begin one
		return fmt.Errorf("the queue did not end: %w", err)
	}
	return nil
}
