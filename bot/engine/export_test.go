package engine

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/audit"
)

// Purge forgets now what finished before the horizon.
func (e *Engine) Purge(ctx context.Context, horizon time.Time) error {
	for {
		n, err := e.purgeOldest(ctx, horizon.UnixMicro())
		if err != nil || n < purgeBatch {
			return err
		}
	}
}

// PurgeAt purges at a time of the database's clock, after a time that has passed for the process.
func (e *Engine) PurgeAt(ctx context.Context, database time.Time, steady time.Duration) {
	e.purging.database = func(context.Context, runner) (time.Time, error) { return database, nil }
	e.purging.steady = func() time.Duration { return steady }
	e.purge(ctx)
}

// PurgeTime is the time by which the purge goes, with the database's own clock.
func (e *Engine) PurgeTime(ctx context.Context) (time.Time, error) { return e.purgeTime(ctx) }

// EraseTraces does what the maintenance does each minute.
func (e *Engine) EraseTraces(ctx context.Context) { e.eraseTraces(ctx) }

// HasNoTraces reports whether all erasures have left no trace.
func (e *Engine) HasNoTraces() bool { return e.traced == e.erasures.Load() }

// LoseReleaseAndRepair holds ready jobs back, as if their release had been lost, and then repairs
// the queue.
func (e *Engine) LoseReleaseAndRepair(ctx context.Context) error {
	if err := e.Exec(ctx, `UPDATE river_job SET state = 'pending' WHERE state = 'available'`); err != nil {
		return err
	}
	if err := e.store.write(ctx, e.repairQueueInTx); err != nil {
		return err
	}
	e.dispatcher.notify()
	return nil
}

// LinkNow links what is stored of the audit record.
func (a *Attempt) LinkNow(ctx context.Context) error { return a.engine.LinkEntries(ctx) }

// Exec runs a statement in the store.
func (e *Engine) Exec(ctx context.Context, statement string, args ...any) error {
	_, err := e.store.exec(ctx, statement, args...)
	return err
}

// Count is how many rows a table has.
func (e *Engine) Count(ctx context.Context, table string) (n int, err error) {
	_, err = queryRow(ctx, e.store, []any{&n}, `SELECT count(*) FROM `+table)
	return n, err
}

// NextDelivery is when the queue delivers a job next, or has delivered it last.
func (e *Engine) NextDelivery(ctx context.Context, id string) (at string, err error) {
	_, err = queryRow(ctx, e.store, []any{&at}, `SELECT CAST(scheduled_at AS TEXT) FROM river_job WHERE id = (SELECT job FROM command WHERE id = $1)`, id)
	return at, err
}

// SetVersion pretends that another program has written the store.
func (e *Engine) SetVersion(ctx context.Context, version int) error {
	return e.Exec(ctx, `INSERT INTO schema_version (version) VALUES ($1)`, version)
}

// OtherConnection opens the file a second time, and makes the engine give up on a locked file at
// once.
func (e *Engine) OtherConnection(ctx context.Context) (*sql.DB, error) {
	if err := e.Exec(ctx, `PRAGMA busy_timeout = 0`); err != nil {
		return nil, err
	}
	return openForWrites(e.config.Store.File())
}

// StoreHealth is the health of a store.
type StoreHealth struct{ *storeHealth }

// NewStoreHealth is the health of a store that works.
func NewStoreHealth(log *zerolog.Logger) *StoreHealth { return &StoreHealth{newStoreHealth(log)} }

// WatchWrites reports writes that hang, until ctx ends.
func (h *StoreHealth) WatchWrites(ctx context.Context) { h.watchWrites(ctx) }

// BeginWrite begins a write; end ends it.
func (h *StoreHealth) BeginWrite() (end func(error)) {
	h.beginWrite()
	return func(err error) { _ = h.endWrite(err) }
}

// OutageSince is when writes began to fail or to hang.
func (h *StoreHealth) OutageSince() time.Time { return h.outageSince() }

// WithMaxSilence changes how long a replica may be silent.
func WithMaxSilence(c Config, maxSilence time.Duration) Config {
	c.maxSilence = maxSilence
	return c
}

// QueueArgs is what the queue stores of a job.
func QueueArgs(id string) (kind string, args any) { return queueKind, jobArgs{ID: id} }

// CutSession ends the other engine's session with the database, as an administrator might.
func (e *Engine) CutSession(ctx context.Context, other *Engine) error {
	return e.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objid = $2`,
		lockClass, other.membership.(*replicaSession).id)
}

// StandStill is a transaction in the middle of which the process stands still, until its time is
// up.
func (e *Engine) StandStill(ctx context.Context) error {
	return e.store.write(ctx, func(ctx context.Context, tx runner) error {
		<-ctx.Done()
		_, err := tx.exec(ctx, `SELECT 1`)
		return err
	})
}

// FillRecord adds entries to the end of the chain at once, as if they had been linked.
func (e *Engine) FillRecord(ctx context.Context, n int, entry func(n int) audit.Entry) error {
	return e.store.write(ctx, func(ctx context.Context, tx runner) error {
		head, err := readHead(ctx, tx)
		var rows [][]any
		for i := range n {
			linked := entry(i).Link(head)
			head = linked.Head()
			rows = append(rows, linkedRow(linked))
		}
		return errors.Join(err, tx.execMany(ctx, nil, insertLinked, rows))
	})
}

// KeepFacts stores the facts of an entry, beside one that is in the chain.
func (e *Engine) KeepFacts(ctx context.Context, entry audit.Entry, facts *audit.Facts) error {
	return e.Exec(ctx, `INSERT INTO audit_facts (request, part, salt, facts, at) VALUES ($1, $2, $3, $4, $5)`,
		entry.Request, entry.Part, facts.Salt, string(facts.Text), entry.At.UnixMicro())
}

// Engine is the engine that makes the attempt.
func (a *Attempt) Engine() *Engine { return a.engine }

// TableNames are the tables of this program and of its queue.
func TableNames() []string { return tableNames() }

// TablesOfDatabase are the tables that a database has.
func (e *Engine) TablesOfDatabase(ctx context.Context) (names []string) {
	_ = e.store.query(ctx, func(read scan) error {
		var name string
		err := read(&name)
		names = append(names, name)
		return err
	}, `SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = CAST(current_schema() AS regnamespace)`)
	return names
}
