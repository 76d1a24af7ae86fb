package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/riverqueue/river/riverdriver/riversqlite"
	"modernc.org/sqlite"
)

// sqliteDialect relies on two locks: that on the file, by which one process works on its jobs, and
// the database's own, by which one transaction writes at a time, also of the shell beside the bot.
var sqliteDialect = &dialect{
	now:         `CAST(unixepoch('subsec') * 1000000 AS INTEGER)`,
	stamp:       `datetime('now', 'subsec')`,
	stampAfter:  `datetime('now', 'subsec', '+' || (%s) || ' seconds')`,
	token:       `attempt`,
	newToken:    func() any { return new(int64) },
	failures:    `coalesce(json_array_length(j.errors), 0)`,
	lastError:   `coalesce(json_extract(j.errors, '$[#-1].error'), '')`,
	lastReplica: `coalesce(json_extract(j.attempted_by, '$[#-1]'), '')`,
	tracesEvery: time.Minute,
	size:        `SELECT (page_count - freelist_count) * page_size FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`,
	triggers:    `SELECT type, name, tbl_name FROM sqlite_schema WHERE type = 'trigger' ORDER BY tbl_name, name`,
	recordSchema: `SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE type <> 'trigger' AND sql IS NOT NULL
			AND (` + inRecordTables(`tbl_name`) + ` OR ` + inRecordTables(`name`) + `) ORDER BY name`,

	stampIn: `datetime('now', 'subsec', '+' || printf('%.3f', $1 / 1000000.0) || ' seconds')`,
	stampOf: func(t time.Time) any { return t.UTC().Format("2006-01-02 15:04:05.000") },
	fetch: `UPDATE river_job SET state = 'running', attempt = attempt + 1, attempted_at = datetime('now', 'subsec'),
			attempted_by = jsonb_insert(CASE WHEN json_array_length(attempted_by) >= 100 THEN jsonb_remove(attempted_by, '$[0]')
				ELSE coalesce(attempted_by, jsonb('[]')) END, '$[#]', $1)
			WHERE id IN (` + fmt.Sprintf(nextReady, `datetime('now', 'subsec')`) + `)
			RETURNING id, attempt, attempt, json_array_length(attempted_by), coalesce(json_array_length(errors), 0), coalesce(args ->> '$.command', '')`,
	addError:  `jsonb_insert(coalesce(errors, jsonb('[]')), '$[#]', jsonb($2))`,
	queueArgs: `jsonb($1)`, queueState: `$4`,

	payloadInStep: true,
}

// openSQLite locks the file and takes back what a dead process left running.
func (e *Engine) openSQLite(ctx context.Context) error {
	file, err := resolveFile(e.config.Store.File())
	if err != nil {
		return err
	}
	if err := checkRegularFile(file); err != nil {
		return err
	}
	lock, err := lockFile(file)
	if err != nil {
		return err
	}
	e.membership = soleMember{}
	s, err := openFile(file)
	if err != nil {
		return errors.Join(err, lock.Unlock())
	}
	s.lock = lock
	return e.prepareSQLite(ctx, s)
}

func (e *Engine) prepareSQLite(ctx context.Context, s *sqliteStore) (err error) {
	e.store = s
	if err = checkDamage(ctx, s.sqlRunner); err != nil {
		return err
	}
	driver := riversqlite.New(s.db)
	if err = migrate(ctx, s, driver); err != nil {
		return err
	}
	if err = e.rewriteOnce(ctx, s); err != nil {
		return err
	}
	e.queue = queue{dialect: s.dialect(), replica: e.config.Replica}
	return s.write(ctx, func(ctx context.Context, tx runner) error {
		_, err := tx.exec(ctx, takeBack(s.dialect(), e.config.BackoffFloor)+` WHERE state = 'running'`)
		if err != nil {
			return fmt.Errorf("take back running jobs: %w", err)
		}
		return e.repairQueueInTx(ctx, tx)
	})
}

// busyTimeout has a connection wait for another program on the file.
const busyTimeout = "busy_timeout(5000)"

// secureDelete overwrites what is deleted.
const secureDelete = "secure_delete(ON)"

// openFile opens the database for its one writer, and for reads beside it.
func openFile(file string) (*sqliteStore, error) {
	db, err := openForWrites(file)
	if err != nil {
		return nil, err
	}
	read, err := openDB(file, url.Values{"_pragma": {busyTimeout, "query_only(1)"}})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return newSQLiteStore(db, read), nil
}

func openForWrites(file string) (*sql.DB, error) {
	if err := createPrivateFile(file); err != nil {
		return nil, err
	}
	return openDB(file, url.Values{
		"_txlock": {"immediate"},
		// auto_vacuum comes first: it counts only before the file has a first page.
		"_pragma": {busyTimeout, "auto_vacuum(INCREMENTAL)", "journal_mode(WAL)", "synchronous(FULL)", secureDelete},
	})
}

func openDB(file string, query url.Values) (*sql.DB, error) {
	plain, err := sqlite.NewConnector("file:" + (&url.URL{Path: file}).EscapedPath() + "?" + query.Encode())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(cachingConnector{plain})
	db.SetMaxOpenConns(1) // one writer is all the database has; more connections only wait for each other
	return db, nil
}

// sqlRunner runs statements by database/sql, in a transaction or without. A statement that has
// begun does not end with its context: that would take a goroutine of the driver and one of
// database/sql for each, and none waits for a lock longer than busyTimeout.
type sqlRunner struct {
	sql interface {
		ExecContext(ctx context.Context, statement string, args ...any) (sql.Result, error)
		QueryContext(ctx context.Context, statement string, args ...any) (*sql.Rows, error)
	}
}

func (r sqlRunner) exec(ctx context.Context, statement string, args ...any) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, sqliteError(err)
	}
	res, err := r.sql.ExecContext(context.WithoutCancel(ctx), statement, args...)
	if err != nil {
		return 0, sqliteError(err)
	}
	return res.RowsAffected()
}

func (r sqlRunner) query(ctx context.Context, row func(scan) error, statement string, args ...any) error {
	if err := ctx.Err(); err != nil {
		return sqliteError(err)
	}
	rows, err := r.sql.QueryContext(context.WithoutCancel(ctx), statement, args...)
	if err != nil {
		return sqliteError(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := ctx.Err(); err != nil {
			return sqliteError(err)
		}
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return sqliteError(rows.Err())
}

func (r sqlRunner) execMany(ctx context.Context, row func(int, scan) error, statement string, args [][]any) error {
	for n, a := range args {
		if err := r.query(ctx, func(s scan) error { return row(n, s) }, statement, a...); err != nil {
			return err
		}
	}
	return nil
}

// sqliteError tells what is the disk's fault, or that of another program on the file, from what is
// the statement's.
func sqliteError(err error) error {
	if err == nil {
		return nil
	}
	const constraint = 19
	if said, ok := errors.AsType[*sqlite.Error](err); ok && said.Code()&0xff == constraint {
		return err
	}
	return &outageError{err} // also a transaction whose time is up, perhaps since the whole process stood still
}
