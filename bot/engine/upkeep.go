package engine

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

const (
	sweepEvery = time.Minute
	purgeEvery = time.Hour
	purgeBatch = 200                    // commands forgotten in one transaction
	purgePause = 100 * time.Millisecond // between two transactions, for the others
)

// upkeep forgets old commands and puts right what should not happen, until ctx ends.
func (e *Engine) upkeep(ctx context.Context) {
	sweeps, purges := time.NewTicker(sweepEvery), time.NewTicker(purgeEvery)
	defer sweeps.Stop()
	defer purges.Stop()
	e.purge(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-sweeps.C:
			if err := e.store.write(ctx, sweep); err != nil {
				e.complain(ctx, err)
			}
			e.driver.bell.ring()
		case <-purges.C:
			e.purge(ctx)
		}
	}
}

// takeBack makes ready what a dead process left running. With the file locked, nobody else can be running it.
func takeBack(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running'`); err != nil {
		return fmt.Errorf("take back running commands: %w", err)
	}
	// The dead process may hold the queue's upkeep for another 15 s.
	if _, err := tx.ExecContext(ctx, `DELETE FROM river_leader`); err != nil {
		return fmt.Errorf("take back the queue's upkeep: %w", err)
	}
	return nil
}

// sweep is the net under release: it frees the first command of every conversation, and closes commands whose job was ended by hand.
func sweep(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx,
		`UPDATE command SET state = 'failed', cause = 'its job was ended by hand', finished = $1 WHERE finished IS NULL
			AND job IN (SELECT id FROM river_job WHERE state IN ('cancelled', 'discarded', 'completed'))`, time.Now().UnixMicro())
	if err != nil {
		return fmt.Errorf("close commands: %w", err)
	}
	_, err = tx.ExecContext(ctx,
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
			e.complain(ctx, err)
			return
		}
		if n < purgeBatch || !sleep(ctx, purgePause) {
			return
		}
	}
}

func (e *Engine) purgeSome(ctx context.Context, horizon int64) (n int64, err error) {
	const old = `(SELECT id FROM command WHERE finished < $1 ORDER BY finished, id LIMIT $2)`
	err = e.store.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, table := range []string{"step", "intent", "claim"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE command IN `+old, horizon, purgeBatch); err != nil {
				return fmt.Errorf("purge %s: %w", table, err)
			}
		}
		res, err := tx.ExecContext(ctx, `DELETE FROM command WHERE id IN `+old, horizon, purgeBatch)
		if err != nil {
			return fmt.Errorf("purge commands: %w", err)
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}
