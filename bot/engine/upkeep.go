package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"
)

const (
	cancelEvery = time.Second
	probeEvery  = time.Second // while the store is out of order
	sweepEvery  = time.Minute
	purgeEvery  = time.Hour
	purgeBatch  = 200                    // commands forgotten in one transaction
	purgePause  = 100 * time.Millisecond // between two transactions, for the others
)

// upkeep forgets old commands and puts right what should not happen, until ctx ends.
func (e *Engine) upkeep(ctx context.Context) {
	cancels, sweeps, purges := time.NewTicker(cancelEvery), time.NewTicker(sweepEvery), time.NewTicker(purgeEvery)
	probes := time.NewTicker(probeEvery)
	defer probes.Stop()
	defer cancels.Stop()
	defer sweeps.Stop()
	defer purges.Stop()
	e.purge(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-cancels.C:
			if err := e.interrupt(ctx); err != nil {
				e.trouble.failed(err)
			}
		case <-probes.C:
			if e.trouble.lasts() {
				e.sweep(ctx)
			}
		case p := <-e.doubts:
			e.doubt(ctx, p)
		case <-sweeps.C:
			e.sweep(ctx)
		case <-purges.C:
			e.purge(ctx)
		}
	}
}

// sweep puts right what should not happen. It also shows whether the store takes anything.
func (e *Engine) sweep(ctx context.Context) {
	if err := e.store.write(ctx, e.sweepIn); err != nil {
		e.trouble.failed(err)
	}
	e.queue.ring()
}

// doubt logs what the queue complained of, unless the store is to blame, which logs its trouble once for all. A sweep finds out.
func (e *Engine) doubt(ctx context.Context, p queueProblem) {
	if !e.trouble.explains(p.at) {
		e.sweep(ctx)
	}
	if !e.trouble.explains(p.at) && sleep(ctx, probeEvery) { // the queue's connection may only have been the first to break
		e.sweep(ctx)
	}
	level := zerolog.WarnLevel
	if e.trouble.explains(p.at) {
		level = zerolog.DebugLevel
	}
	p.log.WithLevel(level).Interface("queue_fields", p.fields).Str("queue_says", p.says).Msg("job queue reported a problem")
}

// Cancel ends a command that is not finished: what it does at the moment is interrupted, what it has done stays, and the user is told
// by Config.Failed. One that waits for its turn ends when its turn comes.
func (e *Engine) Cancel(ctx context.Context, id string) error {
	if err := e.ledger.Cancel(ctx, id); err != nil {
		return err
	}
	return e.interrupt(ctx)
}

// interrupt ends the attempts of commands that were cancelled, here or by another process.
func (e *Engine) interrupt(ctx context.Context) error {
	if e.runningNow() == 0 {
		return nil
	}
	return e.store.query(ctx, func(read scan) error {
		var job int64
		if err := read(&job); err != nil {
			return err
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		if h, ok := e.running[job]; ok && !h.telling {
			h.cancel(ErrCancelled)
		}
		return nil
	}, `SELECT job FROM command WHERE state = 'failing'`)
}

// sweepIn is the net under settle and release: it takes back jobs that no replica can have in hand any more, closes commands whose job
// was ended by hand, and frees the first command of every conversation.
func (e *Engine) sweepIn(ctx context.Context, tx runner) error {
	if stuck := e.store.dialect().stuck; stuck != "" {
		_, err := tx.exec(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running' AND `+stuck,
			(e.config.Timeout + rescueMargin).Microseconds())
		if err != nil {
			return fmt.Errorf("take back jobs: %w", err)
		}
	}
	_, err := tx.exec(ctx,
		`UPDATE command SET state = 'failed', cause = 'its job was ended by hand', finished = $1 WHERE finished IS NULL
			AND job IN (SELECT id FROM river_job WHERE state IN ('cancelled', 'discarded', 'completed'))`, time.Now().UnixMicro())
	if err != nil {
		return fmt.Errorf("close commands: %w", err)
	}
	_, err = tx.exec(ctx,
		`UPDATE river_job SET state = 'available' WHERE state = 'pending' AND id IN (
			SELECT min(job) FROM command WHERE finished IS NULL AND conversation <> '' GROUP BY conversation)`)
	if err != nil {
		return fmt.Errorf("release commands: %w", err)
	}
	return nil
}

// purge forgets finished commands older than Config.Keep, a few at a time.
func (e *Engine) purge(ctx context.Context) {
	horizon := time.Now().Add(-e.config.Keep).UnixMicro()
	for {
		n, err := e.purgeSome(ctx, horizon)
		if err != nil {
			e.trouble.failed(err)
			return
		}
		if n < purgeBatch || !sleep(ctx, purgePause) {
			return
		}
	}
}

// purgeSome begins with the commands, so that one which is tried again at this moment keeps its steps.
func (e *Engine) purgeSome(ctx context.Context, horizon int64) (n int, err error) {
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
			return fmt.Errorf("purge commands: %w", err)
		}
		for _, table := range []string{"step", "intent", "claim"} {
			if err := tx.many(ctx, nil, `DELETE FROM `+table+` WHERE command = $1`, old); err != nil {
				return fmt.Errorf("purge %s: %w", table, err)
			}
		}
		n = len(old)
		return nil
	})
	return n, err
}
