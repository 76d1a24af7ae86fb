package engine

import (
	"context"
	"database/sql"
	"time"
)

// Purge forgets now what finished before the horizon.
func (e *Engine) Purge(ctx context.Context, horizon time.Time) error {
	for {
		n, err := e.purgeSome(ctx, horizon.UnixMicro())
		if err != nil || n < purgeBatch {
			return err
		}
	}
}

// LoseReleaseAndSweep puts ready jobs back, as if its release had been lost, and then sweeps.
func (e *Engine) LoseReleaseAndSweep(ctx context.Context) error {
	if _, err := e.store.db.ExecContext(ctx, `UPDATE river_job SET state = 'pending' WHERE state = 'available'`); err != nil {
		return err
	}
	if err := e.store.write(ctx, sweep); err != nil {
		return err
	}
	e.driver.bell.ring()
	return nil
}

// Count says how many rows a table has.
func (e *Engine) Count(ctx context.Context, table string) (n int, err error) {
	err = e.store.db.QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&n)
	return n, err
}

// SetVersion pretends that another program has written the file.
func (e *Engine) SetVersion(ctx context.Context, version int) error {
	_, err := e.store.db.ExecContext(ctx, `INSERT INTO schema_version (version) VALUES ($1)`, version)
	return err
}

// OtherConnection opens the file a second time, and makes the engine give up on a locked file at once.
func (e *Engine) OtherConnection(ctx context.Context) (*sql.DB, error) {
	if _, err := e.store.db.ExecContext(ctx, `PRAGMA busy_timeout = 0`); err != nil {
		return nil, err
	}
	other, err := openStore(e.config.File)
	return other.db, err
}
