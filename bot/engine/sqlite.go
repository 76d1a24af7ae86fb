package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
	"modernc.org/sqlite"
)

// sqliteDialect relies on the lock on the file: there is one process, and in it one writer.
func sqliteDialect() dialect {
	return dialect{
		now:       `CAST(unixepoch('subsec') * 1000000 AS INTEGER)`,
		stamp:     `datetime('now', 'subsec')`,
		token:     `attempt`,
		tokenOf:   func(row *rivertype.JobRow) any { return row.Attempt },
		failures:  `coalesce(json_array_length(j.errors), 0)`,
		lastError: `coalesce(json_extract(j.errors, '$[#-1].error'), '')`,
		holder:    `coalesce(json_extract(j.attempted_by, '$[#-1]'), '')`,
	}
}

// openSQLite locks the file and takes back what a dead process left running.
func (e *Engine) openSQLite(ctx context.Context) error {
	file, err := resolve(e.config.Store)
	if err != nil {
		return err
	}
	held, err := lock(file)
	if err != nil {
		return err
	}
	e.presence = alone{}
	s, err := openFile(file)
	if err != nil {
		return errors.Join(err, held.Unlock())
	}
	s.lock = held
	return e.prepareSQLite(ctx, s)
}

func (e *Engine) prepareSQLite(ctx context.Context, s *sqliteStore) (err error) {
	e.store = s
	driver := newDriver(riversqlite.New(s.db), nil)
	if err = migrate(ctx, s, driver); err != nil {
		return err
	}
	if e.queue, err = newQueue(driver, nativeSQLite, e.queueConfig(ctx, e.config.Replica)); err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context, tx runner) error {
		_, err := tx.exec(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running'`)
		if err != nil {
			return fmt.Errorf("take back running commands: %w", err)
		}
		return e.sweepIn(ctx, tx)
	})
}

// alone is the presence of the one process that has the file.
type alone struct{}

func (alone) watch(ctx context.Context) error {
	<-ctx.Done()
	return nil
}
func (alone) sure() error                       { return nil }
func (alone) leave(context.Context, bool) error { return nil }

// openFile opens the database for its one writer.
func openFile(file string) (*sqliteStore, error) {
	if err := create(file); err != nil {
		return nil, err
	}
	db, err := openDB(file, url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)"},
	})
	if err != nil {
		return nil, err
	}
	return &sqliteStore{sqlRunner: sqlRunner{db}, db: db, turn: make(chan struct{}, 1)}, nil
}

func openDB(file string, query url.Values) (*sql.DB, error) {
	plain, err := sqlite.NewConnector("file:" + (&url.URL{Path: file}).EscapedPath() + "?" + query.Encode())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector{plain})
	db.SetMaxOpenConns(1) // one writer is all the database has; more connections only wait for each other
	return db, nil
}

// sqlRunner runs statements by database/sql, in a transaction or without.
type sqlRunner struct {
	sql interface {
		ExecContext(ctx context.Context, statement string, args ...any) (sql.Result, error)
		QueryContext(ctx context.Context, statement string, args ...any) (*sql.Rows, error)
	}
}

func nativeSQLite(r runner) *sql.Tx { return r.(sqlRunner).sql.(*sql.Tx) }

func (r sqlRunner) exec(ctx context.Context, statement string, args ...any) (int64, error) {
	res, err := r.sql.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, sqliteError(err)
	}
	return res.RowsAffected()
}

func (r sqlRunner) query(ctx context.Context, row func(scan) error, statement string, args ...any) error {
	rows, err := r.sql.QueryContext(ctx, statement, args...)
	if err != nil {
		return sqliteError(err)
	}
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return sqliteError(errors.Join(rows.Err(), rows.Close()))
}

func (r sqlRunner) many(ctx context.Context, row func(int, scan) error, statement string, args [][]any) error {
	for n, a := range args {
		if err := r.query(ctx, func(s scan) error { return row(n, s) }, statement, a...); err != nil {
			return err
		}
	}
	return nil
}

// sqliteError tells what is the disk's fault, or that of another program on the file, from what is the statement's.
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
