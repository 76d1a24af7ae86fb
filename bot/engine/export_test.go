package engine

import (
	"context"
	"database/sql"
	"time"

	"github.com/rs/zerolog"
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
	if err := e.Exec(ctx, `UPDATE river_job SET state = 'pending' WHERE state = 'available'`); err != nil {
		return err
	}
	if err := e.store.write(ctx, e.sweepIn); err != nil {
		return err
	}
	e.queue.ring()
	return nil
}

// Exec runs a statement in the store.
func (e *Engine) Exec(ctx context.Context, statement string, args ...any) error {
	_, err := e.store.exec(ctx, statement, args...)
	return err
}

// Count says how many rows a table has.
func (e *Engine) Count(ctx context.Context, table string) (n int, err error) {
	_, err = one(ctx, e.store, []any{&n}, `SELECT count(*) FROM `+table)
	return n, err
}

// SetVersion pretends that another program has written the store.
func (e *Engine) SetVersion(ctx context.Context, version int) error {
	return e.Exec(ctx, `INSERT INTO schema_version (version) VALUES ($1)`, version)
}

// OtherConnection opens the file a second time, and makes the engine give up on a locked file at once.
func (e *Engine) OtherConnection(ctx context.Context) (*sql.DB, error) {
	if err := e.Exec(ctx, `PRAGMA busy_timeout = 0`); err != nil {
		return nil, err
	}
	other, err := openFile(e.config.Store)
	if err != nil {
		return nil, err
	}
	return other.db, nil
}

// QueueSays has the queue complain of what went wrong at a time.
func (e *Engine) QueueSays(ctx context.Context, says string, at time.Time) {
	e.doubt(ctx, queueProblem{log: zerolog.Ctx(ctx), at: at, says: says})
}

// Trouble is what is known about a store.
type Trouble struct{ trouble }

// NewTrouble is that of a store that works.
func NewTrouble(log *zerolog.Logger) *Trouble { return &Trouble{trouble{log: log}} }

// Watch tells of writes that come to no end, until ctx ends.
func (t *Trouble) Watch(ctx context.Context) { t.watch(ctx) }

// Write is a write that has begun; end ends it.
func (t *Trouble) Write() (end func(error)) {
	t.begins()
	return func(err error) { _ = t.ends(err) }
}

// Refuses is since when nothing can be written.
func (t *Trouble) Refuses() time.Time { return t.refuses() }

// WithSilence changes how long a replica may be silent.
func WithSilence(c Config, silence time.Duration) Config {
	c.silence = silence
	return c
}

// CutSession ends the other engine's session with the database, as an administrator might.
func (e *Engine) CutSession(ctx context.Context, other *Engine) error {
	return e.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objid = $2`,
		lockClass, other.presence.(*session).id)
}

// StandStill is a transaction in the middle of which the process stands still, until its time is up.
func (e *Engine) StandStill(ctx context.Context) error {
	return e.store.write(ctx, func(ctx context.Context, tx runner) error {
		<-ctx.Done()
		_, err := tx.exec(ctx, `SELECT 1`)
		return err
	})
}
