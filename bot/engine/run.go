package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// cancelGrace is how long cancelled commands may take to return.
const cancelGrace = 5 * time.Second

// Run carries out commands until ctx ends, waits for the running ones up to Config.Drain and then cancels them.
// It returns nil after a regular end; commands cut short run again at the next start, without having used up an attempt.
// It can be called once. Handle and Failed get the values of ctx, the logger among them.
func (e *Engine) Run(ctx context.Context) error {
	if e.started.Swap(true) {
		return errors.New("run commands: called twice")
	}
	lasting := context.WithoutCancel(ctx)
	if err := e.client.Start(lasting); err != nil {
		return fmt.Errorf("run commands: %w", err)
	}
	var upkeep sync.WaitGroup
	upkeep.Go(func() { e.upkeep(ctx) })
	<-ctx.Done()
	err := e.stop(lasting)
	upkeep.Wait()
	return err
}

func (e *Engine) stop(ctx context.Context) error {
	drain, cancel := context.WithTimeout(ctx, e.config.Drain)
	defer cancel()
	if e.client.Stop(drain) == nil {
		return nil
	}
	zerolog.Ctx(ctx).Info().Int64("running", e.running.Load()).Msg("commands took too long to end and were cancelled")
	grace, cancel := context.WithTimeout(ctx, cancelGrace)
	defer cancel()
	if err := e.client.StopAndCancel(grace); err != nil {
		return fmt.Errorf("run commands: %d did not end when cancelled: %w", e.running.Load(), err)
	}
	return nil
}
