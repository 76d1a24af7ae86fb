package engine

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/rs/zerolog"

	"roombot/symphony/outage"
)

// lockClass is the first key of our advisory locks; the second is the id of a replica, or
// migrating.
const (
	lockClass = 1919905645 // "room"
	migrating = 0
)

var postgresDialect = &dialect{
	now:         `CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)`,
	stamp:       `clock_timestamp()`,
	stampAfter:  `clock_timestamp() + (%s) * INTERVAL '1 second'`,
	lockText:    `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`,
	shareLock:   ` FOR SHARE`,
	token:       `attempted_at`,
	newToken:    func() any { return new(time.Time) },
	failures:    `coalesce(array_length(j.errors, 1), 0)`,
	lastError:   `coalesce(j.errors[array_upper(j.errors, 1)]->>'error', '')`,
	lastReplica: `coalesce(j.attempted_by[array_upper(j.attempted_by, 1)], '')`,
	tracesEvery: 10 * time.Second,
	size: `SELECT CAST(coalesce(sum(pg_total_relation_size(oid)), 0) AS BIGINT) FROM pg_class
			WHERE relkind = 'r' AND relnamespace = CAST(current_schema() AS regnamespace)`,
	triggers: `WITH ours AS (SELECT c.oid, c.relname FROM unnest(string_to_array('` + strings.Join(tableNames(), ",") + `', ',')) AS n (name)
			JOIN pg_class c ON c.oid = to_regclass(n.name))
		SELECT 'trigger', t.tgname, o.relname FROM pg_trigger t JOIN ours o ON o.oid = t.tgrelid WHERE NOT t.tgisinternal
		UNION ALL SELECT 'rule', r.rulename, o.relname FROM pg_rewrite r JOIN ours o ON o.oid = r.ev_class
		ORDER BY 3, 2`,
	recordSchema: `SELECT 'index', i.relname, t.relname, pg_get_indexdef(x.indexrelid, 0, true) || CASE WHEN x.indisvalid THEN '' ELSE ' (not valid)' END
			FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
			WHERE t.relnamespace = CAST(current_schema() AS regnamespace) AND ` + inRecordTables(`t.relname`) + ` ORDER BY i.relname`,
	stampIn: `clock_timestamp() + CAST($1 AS BIGINT) * INTERVAL '1 microsecond'`,
	stampOf: func(t time.Time) any { return t },
	fetch: `WITH ready AS (` + fmt.Sprintf(nextReady, `clock_timestamp()`) + ` FOR UPDATE SKIP LOCKED)
			UPDATE river_job j SET state = 'running', attempt = j.attempt + 1, attempted_at = clock_timestamp(),
			attempted_by = array_append(CASE WHEN array_length(j.attempted_by, 1) >= 100 THEN j.attempted_by[2:] ELSE j.attempted_by END,
				CAST($1 AS TEXT))
			FROM ready WHERE j.id = ready.id RETURNING j.id, j.attempted_at, j.attempt, array_length(j.attempted_by, 1),
			coalesce(array_length(j.errors, 1), 0), coalesce(j.args ->> 'command', '')`,
	addError:  `array_append(errors, CAST($2 AS JSONB))`,
	queueArgs: `CAST($1 AS JSONB)`, queueState: `CAST($4 AS river_job_state)`,
	stuckCondition: `attempted_at < clock_timestamp() - CAST($1 AS BIGINT) * INTERVAL '1 microsecond'`,
}

// openPostgres joins the replicas on the database.
func (e *Engine) openPostgres(ctx context.Context) error {
	config, err := poolConfig(e.config.Store, e.config.Workers)
	if err != nil {
		return err
	}
	p, err := connect(ctx, config, e.config.Patience)
	if err != nil {
		return err
	}
	e.store = p
	driver := riverpgxv5.New(p.pool)
	if err := migrate(ctx, p, driver); err != nil {
		return err
	}
	s, err := e.openSession(ctx, config.ConnConfig)
	if err != nil {
		return err
	}
	e.membership = s
	e.queue = queue{dialect: p.dialect(), replica: s.name}
	return p.write(ctx, e.repairQueueInTx)
}

// poolConfig adds to what the URL says, where it says nothing. A frozen or vanished process must
// not keep others waiting for the rows it has locked, so its transactions and connections end
// without it.
func poolConfig(address Address, workers int) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(address.Reveal())
	if err != nil {
		return nil, fmt.Errorf("read the database's URL: %w", err)
	}
	if !strings.Contains(address.Reveal(), "pool_max_conns=") {
		config.MaxConns = int32(min(max(workers/2, 4), 16) + 4)
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 10 * time.Second
	}
	for name, value := range map[string]string{
		"application_name":                    "roombot",
		"idle_in_transaction_session_timeout": strconv.Itoa(int(writeTimeout.Milliseconds())),
		"tcp_keepalives_idle":                 "10",
		"tcp_keepalives_interval":             "5",
		"tcp_keepalives_count":                "3",
	} {
		if _, given := config.ConnConfig.RuntimeParams[name]; !given {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	// Whoever has waited for a lock must see what was committed meanwhile.
	config.ConnConfig.RuntimeParams["default_transaction_isolation"] = "read committed"
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		// A server may be set to forget the last commits when it crashes. An intention must not be
		// forgotten.
		_, err := conn.Exec(ctx, `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`)
		return err
	}
	return config, nil
}

// connect waits for a database that is starting or cannot be reached, for at most patience.
func connect(ctx context.Context, config *pgxpool.Config, patience time.Duration) (*postgresStore, error) {
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	var down outage.Outage
	_, err = backoff.Retry(ctx, func() (bool, error) {
		err := pool.Ping(ctx)
		if err != nil && !isOutage(err) {
			err = backoff.Permanent(err)
		}
		return err == nil, err
	}, backoff.WithMaxElapsedTime(patience), backoff.WithNotify(func(err error, _ time.Duration) {
		if lasts, report := down.Fail(time.Now()); report {
			zerolog.Ctx(ctx).Warn().Err(err).Dur("lasts", lasts).Msg("database could not be reached, trying again")
		}
	}))
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	if lasted, _, report := down.End(time.Now()); report {
		zerolog.Ctx(ctx).Info().Dur("lasted", lasted).Msg("database was reached")
	}
	return &postgresStore{pgRunner: pgRunner{pool}, pool: pool}, nil
}

// postgresStore writes on as many connections as it has.
type postgresStore struct {
	pgRunner
	pool    *pgxpool.Pool
	commits atomic.Int64
}

func (p *postgresStore) countCommits() int64 { return p.commits.Load() }

func (p *postgresStore) dialect() *dialect { return postgresDialect }

// eraseTraces removes deleted rows, whose place is used again from then on. The server's autovacuum
// would do so once a minute at best, when fifty requests a second have left thousands of them.
func (p *postgresStore) eraseTraces(ctx context.Context) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	_, err = p.exec(ctx, `VACUUM (SKIP_LOCKED, TRUNCATE FALSE) command, step, intent, claim, quota, river_job, audit_unlinked, audit_facts`)
	if ctx.Err() != nil { // much is to be removed: what is not done goes on the next time, or is autovacuum's
		return false, nil
	}
	return err == nil, err
}

// close waits for statements under way, but not for ever: with the server out of reach, they end
// much later.
func (p *postgresStore) close() error {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		p.pool.Close()
	}()
	select {
	case <-closed:
		return nil
	case <-time.After(cancelGrace):
		return errors.New("statements are still under way")
	}
}

func (p *postgresStore) runExclusively(ctx context.Context, do func(context.Context) error) error {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1, $2)`, lockClass, migrating); err != nil {
		return err
	}
	err = do(ctx)
	_, unlock := conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1, $2)`, lockClass, migrating)
	return errors.Join(err, unlock)
}

func (p *postgresStore) writeStatement(ctx context.Context, row func(scan) error, statement string, args ...any) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	p.commits.Add(1)
	return p.resetAfterOutage(p.query(ctx, row, statement, args...))
}

// resetAfterOutage drops the connections that were there before an outage, so that the next try
// does not meet another dead one.
func (p *postgresStore) resetAfterOutage(err error) error {
	if errors.Is(err, ErrOutOfOrder) {
		p.pool.Reset()
	}
	return err
}

// conflictTries is how often a transaction is tried that conflicts with others.
const conflictTries = 5

func (p *postgresStore) write(ctx context.Context, t transaction) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	err := p.transact(ctx, t)
	for try := 1; isConflict(err) && try < conflictTries; try++ {
		err = p.transact(ctx, t)
	}
	return p.resetAfterOutage(err)
}

func (p *postgresStore) transact(ctx context.Context, t transaction) error {
	tx, err := p.pool.Begin(ctx)
	if err != nil {
		return postgresError(fmt.Errorf("begin: %w", err))
	}
	if err := t(ctx, pgRunner{tx}); err != nil {
		_ = tx.Rollback(ctx) // the first error tells more
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return postgresError(fmt.Errorf("commit: %w", err))
	}
	p.commits.Add(1)
	return nil
}

// pgRunner runs statements by pgx, in a transaction or without.
type pgRunner struct {
	pg interface {
		Exec(ctx context.Context, statement string, args ...any) (pgconn.CommandTag, error)
		Query(ctx context.Context, statement string, args ...any) (pgx.Rows, error)
		SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
	}
}

func (r pgRunner) exec(ctx context.Context, statement string, args ...any) (int64, error) {
	tag, err := r.pg.Exec(ctx, statement, args...)
	return tag.RowsAffected(), postgresError(err)
}

func (r pgRunner) query(ctx context.Context, row func(scan) error, statement string, args ...any) error {
	rows, err := r.pg.Query(ctx, statement, args...)
	if err != nil {
		return postgresError(err)
	}
	return eachRow(rows, row)
}

func (r pgRunner) execMany(ctx context.Context, row func(int, scan) error, statement string, args [][]any) error {
	batch := &pgx.Batch{}
	for n, a := range args {
		batch.Queue(statement, a...).Query(func(rows pgx.Rows) error {
			return eachRow(rows, func(s scan) error { return row(n, s) })
		})
	}
	return postgresError(r.pg.SendBatch(ctx, batch).Close())
}

func eachRow(rows pgx.Rows, row func(scan) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return postgresError(rows.Err())
}

// postgresError marks an outage. A server that lets nobody in any more is one too, though at the
// start that is a mistake in the URL.
func postgresError(err error) error {
	if err == nil || errors.Is(err, ErrOutOfOrder) {
		return err
	}
	if _, unconnected := errors.AsType[*pgconn.ConnectError](err); unconnected || isOutage(err) {
		return &outageError{err}
	}
	return err
}

// isOutage reports whether an error is the server's or the network's fault and not the statement's.
func isOutage(err error) bool {
	said, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return true // the server did not even answer
	}
	switch said.Code[:2] {
	case "08", "53", "55", "57", "58", "40": // connection, resources, in use, shutting down or starting, disk, conflicts
		return true
	}
	return said.Code == "25006" || said.Code == "25P03" // a standby; a transaction that took too long
}

// isConflict reports whether two transactions were in each other's way and this one gave in.
func isConflict(err error) bool {
	const deadlock, serialization = "40P01", "40001"
	said, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (said.Code == deadlock || said.Code == serialization)
}
