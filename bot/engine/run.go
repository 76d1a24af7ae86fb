package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// cancelGrace is how long cancelled jobs may take to return, and to store what they have done.
const cancelGrace = 5 * time.Second

// Run works on jobs until ctx ends, waits for the running ones up to Config.Drain and then cancels
// them. It returns nil after a regular end; jobs cut short run again at the next start or with
// another replica, without having used up an attempt. On PostgreSQL it also ends, with an error
// that wraps ErrLost, when the other replicas may take this one for dead. It can be called once.
// Handle and ReportFailure get the values of ctx, the logger among them.
func (e *Engine) Run(ctx context.Context) error {
	if e.started.Swap(true) {
		return errors.New("run jobs: called twice")
	}
	lasting := context.WithoutCancel(ctx)
	working, cancelJobs := context.WithCancel(lasting)
	defer cancelJobs()
	e.dispatcher.start(func(row *queueRow) { e.work(working, row) })
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	untilStopped, stopped := context.WithCancel(lasting)
	var background sync.WaitGroup
	background.Go(func() { e.runDispatcher(ctx) })
	background.Go(func() { e.runMaintenance(ctx) })
	background.Go(func() { e.health.watchWrites(untilStopped) })
	membership := make(chan error, 1)
	go func() { membership <- e.membership.waitForLoss(untilStopped) }()

	var failure error
	select {
	case <-ctx.Done():
		failure = e.stopWorkers(lasting, e.config.Drain, cancelJobs) // a member to the end
	case err := <-membership:
		zerolog.Ctx(ctx).Error().Err(err).Msg("jobs are left to the other replicas")
		failure = errors.Join(err, e.stopWorkers(lasting, -1, cancelJobs))
		membership <- nil
	}
	cancel()
	stopped()
	background.Wait()
	if err := errors.Join(failure, <-membership); err != nil {
		return fmt.Errorf("run jobs: %w", err)
	}
	return nil
}

// stopWorkers waits for the running jobs, and then cancels them.
func (e *Engine) stopWorkers(ctx context.Context, patience time.Duration, cancelJobs func()) error {
	e.dispatcher.stop()
	drain, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if e.dispatcher.wait(drain) {
		return nil
	}
	if running := e.countRunning(); running > 0 {
		zerolog.Ctx(ctx).Info().Int("running", running).Msg("jobs took too long to end and were cancelled")
	}
	cancelJobs()
	grace, cancel := context.WithTimeout(ctx, cancelGrace)
	defer cancel()
	if e.dispatcher.wait(grace) {
		return nil
	}
	e.stuck.Store(true)
	return fmt.Errorf("%d jobs did not end when cancelled", e.countRunning())
}
