package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	// pollEvery is how often it looks for what other processes have done and asked for, which is
	// carried out within a second, and while the store is out of order, whether it still is. It is
	// a little less at random, so that of two replicas it is not always the same one that is first.
	pollEvery   = 900 * time.Millisecond
	repairEvery = time.Minute
	purgeEvery  = 10 * time.Minute
	purgeBatch  = 200                    // jobs deleted in one transaction
	purgePause  = 100 * time.Millisecond // between two transactions, for the others
)

// runMaintenance deletes old jobs, interrupts cancelled ones and repairs the queue, until ctx ends.
func (e *Engine) runMaintenance(ctx context.Context) {
	polls, repairs, purges := time.NewTimer(pollEvery), time.NewTicker(repairEvery), time.NewTicker(purgeEvery)
	traces := time.NewTicker(e.store.dialect().tracesEvery)
	defer traces.Stop()
	defer polls.Stop()
	defer repairs.Stop()
	defer purges.Stop()
	e.purge(ctx)
	e.eraseTraces(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-polls.C:
			polls.Reset(pollEvery - rand.N(pollEvery/8))
			if e.health.outage.IsOngoing() {
				e.repairQueue(ctx)
			}
			if err := e.pollStore(ctx); err != nil {
				e.health.noteFailure(err)
			}
		case <-e.waiting.due:
			if err := e.announceWaiting(ctx, time.Now()); err != nil {
				e.health.noteFailure(err)
			}
		case <-repairs.C:
			e.repairQueue(ctx)
		case <-traces.C:
			e.eraseTraces(ctx)
		case <-purges.C:
			e.purge(ctx)
		}
	}
}

// pollStore looks for what other processes have done: jobs that are ready, jobs that were
// cancelled, and acts of operators; and for entries of the audit record that are to be linked.
func (e *Engine) pollStore(ctx context.Context) error {
	var ready, acts, unlinked, held bool
	var last int64
	_, err := queryRow(ctx, e.store, []any{&ready, &acts, &unlinked, &last, &held}, `SELECT EXISTS (SELECT 1 FROM river_job WHERE state = 'available'
		AND scheduled_at <= `+e.store.dialect().stamp+`), EXISTS (SELECT 1 FROM act), EXISTS (SELECT 1 FROM audit_unlinked),
		(SELECT coalesce(max(seq), 0) FROM audit), EXISTS (SELECT 1 FROM command WHERE held <> '' AND finished IS NULL)`)
	if err != nil {
		return err
	}
	if ready {
		e.dispatcher.notify()
	}
	e.returnFetched(ctx, e.dispatcher.takeUncertain())
	var record error
	if acts {
		record = e.reportActs(ctx)
	}
	if unlinked {
		record = errors.Join(record, e.LinkEntries(ctx))
	}
	err = e.health.noteRecord(record)
	e.reportHead(last)
	if held {
		err = errors.Join(err, e.freeLeftHeld(ctx), e.freeUnanswered(ctx))
	}
	return errors.Join(err, e.interruptCancelled(ctx))
}

// repairQueue also shows whether the store can be written.
func (e *Engine) repairQueue(ctx context.Context) {
	if err := e.store.write(ctx, e.repairQueueInTx); err != nil {
		e.health.noteFailure(err)
	}
	e.dispatcher.notify()
}

// Cancel ends a job that is not finished: its running attempt is interrupted, what its steps have
// stored stays, and Config.ReportFailure tells the user. A job that waits for its turn ends when
// its turn comes.
func (e *Engine) Cancel(ctx context.Context, id string) error {
	if err := e.jobAdmin.Cancel(ctx, id); err != nil {
		return err
	}
	return e.interruptCancelled(ctx)
}

// Stop is Cancel by whoever asked for the job; the cause is ErrStopped. It fails with ErrEnded
// where the job has ended already, or is about to.
func (e *Engine) Stop(ctx context.Context, id string) error {
	err := e.store.write(ctx, func(ctx context.Context, tx runner) error { return e.endInTx(ctx, tx, id, causeStopped) })
	if err != nil {
		return fmt.Errorf("stop job: %w", err)
	}
	e.dispatcher.notify()
	return e.interruptCancelled(ctx)
}

// interruptCancelled ends the attempts at jobs that were cancelled, here or by another process.
func (e *Engine) interruptCancelled(ctx context.Context) error {
	if e.countRunning() == 0 {
		return nil
	}
	return e.store.query(ctx, func(read scan) error {
		var queueID int64
		if err := read(&queueID); err != nil {
			return err
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		if d, ok := e.running[queueID]; ok && !d.reporting {
			d.cancel(ErrCancelled)
		}
		return nil
	}, `SELECT job FROM command WHERE state = 'failing'`)
}

// repairQueueInTx is the safety net under settle and releaseNext. It takes back jobs that no
// replica can be running any more, closes jobs that were ended in the queue by hand, and frees the
// first job of every lane.
func (e *Engine) repairQueueInTx(ctx context.Context, tx runner) error {
	if stuck := e.store.dialect().stuckCondition; stuck != "" {
		_, err := tx.exec(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running' AND `+stuck,
			(e.config.Timeout + rescueMargin).Microseconds())
		if err != nil {
			return fmt.Errorf("take back jobs: %w", err)
		}
	}
	// River's workers, and its tools, may have put jobs off in states of their own.
	_, err := tx.exec(ctx, `UPDATE river_job SET state = 'available' WHERE state IN ('scheduled', 'retryable')`)
	if err != nil {
		return fmt.Errorf("ready jobs that were put off: %w", err)
	}
	_, err = tx.exec(ctx,
		`UPDATE command SET state = 'failed', cause = $1, finished = $2 WHERE finished IS NULL
			AND job IN (SELECT id FROM river_job WHERE state IN ('cancelled', 'discarded', 'completed'))`,
		causeQueueEnded, time.Now().UnixMicro())
	if err != nil {
		return fmt.Errorf("close jobs: %w", err)
	}
	_, err = tx.exec(ctx,
		`UPDATE river_job SET state = 'available' WHERE state = 'pending' AND id IN (
			SELECT min(job) FROM command WHERE finished IS NULL AND conversation <> '' AND lane <> 2 AND held = '' GROUP BY conversation, lane
			UNION ALL SELECT job FROM command WHERE finished IS NULL AND lane = 2 AND held = '')`)
	if err != nil {
		return fmt.Errorf("free jobs: %w", err)
	}
	return nil
}

// purge deletes finished jobs older than Config.Keep, a few at a time, errors that belong to no
// job, and what is too old of the audit record.
func (e *Engine) purge(ctx context.Context) {
	if now, err := e.purgeTime(ctx); err != nil {
		e.health.noteFailure(err)
	} else {
		e.purgeJobs(ctx, now)
		e.purgeQueue(ctx, now)
		if err := e.purgeRecord(ctx, now); err != nil {
			e.health.noteFailure(err)
		}
	}
	err := e.store.write(ctx, func(ctx context.Context, tx runner) error {
		n, err := eraseOrphanErrors(ctx, tx)
		if err == nil && n > 0 {
			e.erasures.Add(1)
		}
		return err
	})
	if err != nil {
		e.health.noteFailure(err)
	}
}

// keepDelivered is how long the queue keeps its row of a done job, which has a record of its own.
// The id of a row that is gone may be used again, which must not be soon.
const keepDelivered = time.Hour

// purgeQueue deletes the queue's rows of ended jobs.
func (e *Engine) purgeQueue(ctx context.Context, now time.Time) {
	for {
		var n int64
		err := e.store.write(ctx, func(ctx context.Context, tx runner) (err error) {
			n, err = e.queue.deleteEnded(ctx, tx, now.Add(-min(e.config.Keep, keepDelivered)), now.Add(-e.config.Keep), purgeBatch)
			return err
		})
		if err != nil {
			e.health.noteFailure(fmt.Errorf("purge the queue: %w", err))
			return
		}
		if n < purgeBatch || !sleep(ctx, purgePause) {
			return
		}
	}
}

func (e *Engine) purgeJobs(ctx context.Context, now time.Time) {
	horizon := now.Add(-e.config.Keep).UnixMicro()
	for {
		n, err := e.purgeOldest(ctx, horizon)
		if n > 0 {
			e.erasures.Add(1)
		}
		if err != nil {
			e.health.noteFailure(err)
			return
		}
		if n < purgeBatch || !sleep(ctx, purgePause) {
			return
		}
	}
}

// purgeOldest deletes from the table of jobs first, so that a job which is retried at this moment
// keeps its steps.
func (e *Engine) purgeOldest(ctx context.Context, horizon int64) (n int, err error) {
	err = e.store.write(ctx, func(ctx context.Context, tx runner) error {
		var old [][]any
		err := tx.query(ctx, func(read scan) error {
			var id string
			err := read(&id)
			old = append(old, []any{id})
			return err
		}, `DELETE FROM command WHERE finished < $1
			AND id IN (SELECT id FROM command WHERE finished < $1 ORDER BY finished, id LIMIT $2) RETURNING id`, horizon, purgeBatch)
		if err != nil {
			return fmt.Errorf("purge jobs: %w", err)
		}
		for _, table := range []string{"step", "intent", "claim", "quota", "question"} {
			if err := tx.execMany(ctx, nil, `DELETE FROM `+table+` WHERE command = $1`, old); err != nil {
				return fmt.Errorf("purge %s: %w", table, err)
			}
		}
		n = len(old)
		return nil
	})
	return n, err
}
