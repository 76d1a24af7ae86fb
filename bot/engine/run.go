package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/riverqueue/river/rivertype"
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
	if err := e.queue.Start(lasting); err != nil {
		return fmt.Errorf("run jobs: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	untilStopped, stopped := context.WithCancel(lasting)
	var background sync.WaitGroup
	background.Go(func() { e.runMaintenance(ctx) })
	background.Go(func() { e.health.watchWrites(untilStopped) })
	membership := make(chan error, 1)
	go func() { membership <- e.membership.waitForLoss(untilStopped) }()

	var failure error
	select {
	case <-ctx.Done():
		failure = e.stopQueue(lasting, e.config.Drain) // a member to the end
	case err := <-membership:
		zerolog.Ctx(ctx).Error().Err(err).Msg("jobs are left to the other replicas")
		failure = errors.Join(err, e.stopQueue(lasting, -1))
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

// returnFetched gives jobs back that were fetched and not begun.
func (e *Engine) returnFetched(ctx context.Context, rows []*rivertype.JobRow) {
	for _, row := range rows {
		d := &delivery{queueID: row.ID, token: e.store.dialect().tokenOf(row), attempt: row.Attempt}
		e.settle(ctx, &Attempt{engine: e, delivery: d}, settlement{handedBack: true})
	}
}

func (e *Engine) stopQueue(ctx context.Context, patience time.Duration) error {
	e.returnFetched(ctx, e.queue.stopFetching())
	drain, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if e.queue.Stop(drain) == nil {
		return nil
	}
	zerolog.Ctx(ctx).Info().Int("running", e.countRunning()).Msg("jobs took too long to end and were cancelled")
	grace, cancel := context.WithTimeout(ctx, cancelGrace)
	defer cancel()
	err := e.queue.StopAndCancel(grace)
	if err == nil {
		return nil
	}
	if running := e.countRunning(); running > 0 {
		e.stuck.Store(true)
		return fmt.Errorf("%d jobs did not end when cancelled: %w", running, err)
	}
	// The jobs have ended. The queue's own maintenance has not, on a machine that is slow or does
	// not get to its disk.
	rest, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	if err := e.queue.Stop(rest); err != nil {
		e.stuck.Store(true) // it may be about to begin a job
		return fmt.Errorf("the queue did not end: %w", err)
	}
	return nil
}
